// Whole numbers of Go with base 0: the prefix names the base, underscores may stand between digits.
import { uint, type Parsed } from './go-number.ts'

const FORM = /^(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/

/** Without a sign; undefined = no such number. */
export function wholeNumber(text: string): bigint | undefined {
  if (!FORM.test(text)) return undefined
  const plain = text.replaceAll('_', '')
  return BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain)
}

/** strconv.ParseUint with base 0. */
export const parseUintAny = (text: string, bits: number): Parsed<number> => uint(text, wholeNumber(text), bits)

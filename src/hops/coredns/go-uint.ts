// strconv.ParseUint of Go with base 0: the prefix names the base, underscores may stand between digits.
import type { Parsed } from './go-number.ts'

const FORMS: readonly { readonly pattern: RegExp; readonly prefix: string }[] = [
  { pattern: /^0x(?:_?[0-9a-f])+$/i, prefix: '0x' },
  { pattern: /^0b(?:_?[01])+$/i, prefix: '0b' },
  { pattern: /^0o(?:_?[0-7])+$/i, prefix: '0o' },
  { pattern: /^0(?:_?[0-7])+$/, prefix: '0o' },
  { pattern: /^(?:0|[1-9](?:_?\d)*)$/, prefix: '' },
]

export function parseUintAny(text: string, bits: number): Parsed<number> {
  const form = FORMS.find(f => f.pattern.test(text))
  const fault = (what: string): Parsed<number> => ({ fault: `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${what}` })
  if (!form) return fault('invalid syntax')
  const digits = text.replaceAll('_', '').replace(/^0[xbo]/i, '')
  const value = BigInt(form.prefix + (form.prefix === '0o' && digits.length > 1 ? digits.replace(/^0(?=.)/, '') : digits))
  return value >= 2n ** BigInt(bits) ? fault('value out of range') : { value: Number(value) }
}

// Numbers of Go templates: one literal has the values of all types that can hold it (text/template/parse/node.go newNumber).
// Not modelled: complex numbers.
import { goQuote, unquoteChar } from './go-quote.ts'
import { TemplateFault, TemplateUnmodelled } from './go-template-fault.ts'
import type { NumberForms } from './go-template-nodes.ts'
import { wholeNumber } from './go-uint.ts'

const MAX_UINT = 2n ** 64n - 1n
const MAX_INT = 2n ** 63n - 1n
const MIN_INT = -(2n ** 63n)

/** @throws TemplateFault (its text is without the place), TemplateUnmodelled */
export function numberForms(text: string, kind: 'number' | 'charConstant' | 'complex'): NumberForms {
  if (kind === 'complex' || text.endsWith('i')) throw new TemplateUnmodelled('complex numbers in a template are not modelled')
  if (kind === 'charConstant') {
    const one = unquoteChar(text, 1, '\'')
    if (!one) throw new TemplateFault('invalid syntax')
    if (text.slice(one.next) !== '\'') throw new TemplateFault(`malformed character constant: ${text}`)
    return { int: BigInt(one.code), float: one.code }
  }
  const whole = integer(text)
  if (whole !== undefined && isInt(whole)) return { int: whole, float: Number(whole) }
  // A uint64, which is read without a sign.
  if (whole !== undefined && whole > MAX_INT && whole <= MAX_UINT && !text.startsWith('+')) return { float: Number(whole) }
  const float = floatOf(text)
  if (float === undefined) throw new TemplateFault(`illegal number syntax: ${goQuote(text)}`)
  if (!/[.eEpP]/.test(text)) throw new TemplateFault(`integer overflow: ${goQuote(text)}`)
  return Number.isInteger(float) && isInt(BigInt(float)) ? { float, int: BigInt(float) } : { float }
}

const isInt = (whole: bigint): boolean => whole >= MIN_INT && whole <= MAX_INT

/** strconv.ParseInt with base 0. */
function integer(text: string): bigint | undefined {
  const value = wholeNumber(text.replace(/^[+-]/, ''))
  return value !== undefined && text.startsWith('-') ? -value : value
}

function floatOf(text: string): number | undefined {
  const plain = text.replaceAll('_', '')
  if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(plain)) {
    if (text !== plain && !/^[+-]?[0-9](?:_?[0-9])*(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/.test(text)) return undefined
    const value = Number(plain)
    return Number.isFinite(value) ? value : undefined
  }
  const parts = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/.exec(plain)
  if (!parts || `${parts[2]}${parts[3]}` === '') return undefined
  const value = Number.parseInt(`${parts[2]}${parts[3]}`, 16) * 2 ** (Number(parts[4]) - 4 * (parts[3] as string).length)
  return Number.isFinite(value) ? (parts[1] === '-' ? -value : value) : undefined
}

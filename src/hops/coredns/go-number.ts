// strconv.Atoi, ParseUint and ParseBool of Go, with the texts of what they refuse. Bounds are those of 64 bits, as far as a double tells.
import { goQuote } from './go-quote.ts'

export type Parsed<T> = { readonly value: T } | { readonly fault: string }

export const isFault = <T>(parsed: Parsed<T>): parsed is { readonly fault: string } => 'fault' in parsed

/** strconv.NumError; `by` is the function of strconv. */
export const numberFault = (by: string, text: string, why: 'invalid syntax' | 'value out of range'): { readonly fault: string } =>
  ({ fault: `strconv.${by}: parsing ${goQuote(text)}: ${why}` })

const LARGEST_INT = 2n ** 63n

export function atoi64(text: string): Parsed<bigint> {
  if (!/^[+-]?\d+$/.test(text)) return numberFault('Atoi', text, 'invalid syntax')
  const value = BigInt(text.replace('+', ''))
  return value >= LARGEST_INT || value < -LARGEST_INT ? numberFault('Atoi', text, 'value out of range') : { value }
}

export function atoi(text: string): Parsed<number> {
  const parsed = atoi64(text)
  return isFault(parsed) ? parsed : { value: Number(parsed.value) }
}

/** `%d` of what atoi made: 64 bits, which a double holds but for the last few. */
export const intText = (value: number): string => String(value >= 2 ** 63 ? LARGEST_INT - 1n : BigInt(value))

export function parseUint(text: string, bits: number): Parsed<number> {
  return uint(text, /^\d+$/.test(text) ? BigInt(text) : undefined, bits)
}

/** ParseUint, when the digits are read: `value` undefined = they are none. */
export function uint(text: string, value: bigint | undefined, bits: number): Parsed<number> {
  if (value === undefined) return numberFault('ParseUint', text, 'invalid syntax')
  return value >= 2n ** BigInt(bits) ? numberFault('ParseUint', text, 'value out of range') : { value: Number(value) }
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

export const parseBool = (text: string): Parsed<boolean> =>
  TRUE.has(text) || FALSE.has(text) ? { value: TRUE.has(text) } : numberFault('ParseBool', text, 'invalid syntax')

const NOT_FINITE = /^(?:[+-]?inf(?:inity)?|nan)$/i
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const HEXADECIMAL = /^([+-]?)0[xX]([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)$/

/** Underscores may part digits. */
export function parseFloat64(text: string): Parsed<number> {
  if (NOT_FINITE.test(text)) return { value: /nan/i.test(text) ? NaN : text.startsWith('-') ? -Infinity : Infinity }
  const digits = text.replaceAll('_', '')
  const hex = HEXADECIMAL.exec(digits)
  const parted = (hex ? /^_|_$|__|_[^\da-fA-F]|[^\da-fA-FxX]_/ : /^_|_$|__|_\D|\D_/).test(text)
  const value = hex ? hexadecimal(hex) : DECIMAL.test(digits) ? Number(digits) : undefined
  if (parted || value === undefined) return numberFault('ParseFloat', text, 'invalid syntax')
  return Number.isFinite(value) ? { value } : numberFault('ParseFloat', text, 'value out of range')
}

function hexadecimal([, sign, whole = '', part = '', exponent]: RegExpExecArray): number | undefined {
  if (whole === '' && part === '') return undefined
  const units = [...whole + part].reduce((sum, digit) => sum * 16 + Number.parseInt(digit, 16), 0)
  return (sign === '-' ? -1 : 1) * units * 2 ** (Number(exponent) - 4 * part.length)
}

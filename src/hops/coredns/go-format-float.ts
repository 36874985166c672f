// Floating-point verbs of package fmt of Go: fmtFloat of fmt/format.go over strconv.FormatFloat.
import { doubleParts, exponentText, fixedText, signOf } from './go-float.ts'

export interface FloatSpec {
  readonly verb: string
  readonly flags: ReadonlySet<string>
  readonly precision: number | undefined
}

/** Digits as the verb asks for them, without a sign for what is positive; undefined = no verb of numbers. */
export function floatDigits(value: number, { verb, flags, precision }: FloatSpec): string | undefined {
  const text = verbText(value, verb === 'v' ? 'g' : verb, precision)
  if (text === undefined || !flags.has('#') || verb === 'b') return text
  return pointed(text, verb, precision)
}

function verbText(value: number, verb: string, precision: number | undefined): string | undefined {
  switch (verb) {
    case 'g': return general(value, precision)
    case 'G': return general(value, precision).toUpperCase()
    case 'e': return exponentText(value, precision ?? 6)
    case 'E': return exponentText(value, precision ?? 6).toUpperCase()
    case 'f': case 'F': return fixedText(value, precision ?? 6)
    case 'b': return binary(value)
    case 'x': return hexadecimal(value, precision)
    case 'X': return hexadecimal(value, precision).toUpperCase()
    default: return undefined
  }
}

/** With `#` there is a point, and `%g` keeps its zeroes. */
function pointed(text: string, verb: string, precision: number | undefined): string {
  const [, sign = '', digits = '', tail = ''] = /^(-?)((?:0[xX])?[^eEpP]*)([eEpP].*)?$/.exec(verb === 'x' || verb === 'X' ? text.replace(/[eE](?=.*[pP])/g, '9') : text) ?? []
  const shown = verb === 'x' || verb === 'X' ? text.slice(sign.length, sign.length + digits.length) : digits
  const counts = verb === 'v' || verb === 'g' || verb === 'G' || verb === 'x'
  let missing = counts ? precision ?? 6 : 0
  missing -= shown.replace(/^[0.]*/, '').replace('.', '').length
  if (shown === '0') missing--
  return `${sign}${shown}${shown.includes('.') ? '' : '.'}${'0'.repeat(Math.max(0, missing))}${tail}`
}

/** Of a precision beyond it there are no more digits. */
const HEX_DIGITS = 13
const FRACTION_BITS = 52n

function binary(value: number): string {
  const { mantissa, power } = doubleParts(value)
  return `${signOf(value)}${mantissa}p${power < 0 ? '-' : '+'}${Math.abs(power)}`
}

function hexadecimal(value: number, precision: number | undefined): string {
  let { mantissa, power } = doubleParts(value)
  if (mantissa === 0n) power = -Number(FRACTION_BITS)
  while (mantissa !== 0n && mantissa < 1n << FRACTION_BITS) {
    mantissa <<= 1n
    power--
  }
  if (precision !== undefined && precision < HEX_DIGITS) mantissa = rounded(mantissa, BigInt(4 * (HEX_DIGITS - precision)))
  if (mantissa >= 1n << (FRACTION_BITS + 1n)) {
    mantissa >>= 1n
    power++
  }
  const fraction = (mantissa & ((1n << FRACTION_BITS) - 1n)).toString(16).padStart(HEX_DIGITS, '0')
  const digits = precision === undefined ? fraction.replace(/0+$/, '') : fraction.slice(0, precision).padEnd(precision, '0')
  const exponent = power + Number(FRACTION_BITS)
  return `${signOf(value)}0x${mantissa >> FRACTION_BITS}${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** The last bits are cut off; half a unit goes to the even neighbour. */
function rounded(mantissa: bigint, bits: bigint): bigint {
  const rest = mantissa & ((1n << bits) - 1n)
  const whole = mantissa >> bits
  const half = 1n << (bits - 1n)
  return (rest > half || (rest === half && whole % 2n === 1n) ? whole + 1n : whole) << bits
}

/** As if six digits were asked for. */
const SHORTEST_FROM = 6

/** Shortest form that reads back, with an exponent below 1e-4 and from 1e6 on (with a precision: from that many digits on). */
function general(value: number, precision: number | undefined): string {
  if (value === 0) return `${signOf(value)}0`
  const digits = precision === undefined ? value.toExponential() : exponentText(value, Math.max(precision, 1) - 1)
  const [mantissa = '', power = '0'] = digits.split('e')
  const from = precision === undefined ? SHORTEST_FROM : Math.max(precision, 1)
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  const at = Number(power)
  // Exponents have at least two digits.
  if (at < -4 || at >= from) return `${trimmed}e${power}`.replace(/e([+-])(\d)$/, 'e$10$2')
  const plain = trimmed.replace(/[-.]/g, '')
  if (at < 0) return `${signOf(value)}0.${'0'.repeat(-at - 1)}${plain}`
  return plain.length <= at + 1 ? signOf(value) + plain.padEnd(at + 1, '0') : `${signOf(value)}${plain.slice(0, at + 1)}.${plain.slice(at + 1)}`
}

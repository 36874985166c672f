// strconv.FormatFloat of Go with a precision: the exact value of the double, rounded half to even. (The formats of JavaScript stop at 100 digits
// and round halves up.) Finite numbers only; the caller bounds the precision.

/** Of a double: value = mantissa × 2^power. */
export function doubleParts(value: number): { readonly mantissa: bigint; readonly power: number } {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, Math.abs(value))
  const word = bits.getBigUint64(0)
  const exponent = Number(word >> 52n)
  const fraction = word & (2n ** 52n - 1n)
  return exponent === 0 ? { mantissa: fraction, power: -1074 } : { mantissa: fraction | 2n ** 52n, power: exponent - 1075 }
}

/** value × 10^digits as a whole number. */
function scaled(value: number, digits: number): bigint {
  const { mantissa, power } = doubleParts(value)
  const above = mantissa * (digits > 0 ? 10n ** BigInt(digits) : 1n) * (power > 0 ? 2n ** BigInt(power) : 1n)
  const below = (digits < 0 ? 10n ** BigInt(-digits) : 1n) * (power < 0 ? 2n ** BigInt(-power) : 1n)
  const whole = above / below
  const twice = (above % below) * 2n
  const isUp = twice > below || (twice === below && whole % 2n === 1n)
  return isUp ? whole + 1n : whole
}

export const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '')

/** `%.<digits>f`. */
export function fixedText(value: number, digits: number): string {
  const all = scaled(value, digits).toString().padStart(digits + 1, '0')
  return signOf(value) + (digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`)
}

/** `%.<digits>e`; an exponent has two digits or more. */
export function exponentText(value: number, digits: number): string {
  let power = value === 0 ? 0 : Number(value.toExponential().split('e')[1])
  let all = scaled(value, digits - power).toString()
  // The shortest form may be on the other side of a power of ten, and rounding may carry.
  if (all.length <= digits && value !== 0) all = scaled(value, digits - --power).toString()
  else if (all.length > digits + 1) all = scaled(value, digits - ++power).toString()
  all = all.padStart(digits + 1, '0')
  const mantissa = digits === 0 ? all : `${all.slice(0, 1)}.${all.slice(1)}`
  return `${signOf(value)}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

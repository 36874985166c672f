/** Exact odds: [numerator, denominator], in lowest terms, denominator > 0. */
export type Rational = readonly [bigint, bigint]

export const ZERO: Rational = [0n, 1n]
export const ONE: Rational = [1n, 1n]

const gcd = (a: bigint, b: bigint): bigint => {
  while (b !== 0n) [a, b] = [b, a % b]
  return a < 0n ? -a : a
}

export function rational(numerator: bigint | number, denominator: bigint | number = 1n): Rational {
  let n = BigInt(numerator)
  let d = BigInt(denominator)
  if (d === 0n) throw new RangeError('rational: denominator is 0')
  if (d < 0n) [n, d] = [-n, -d]
  const g = gcd(n, d)
  return g === 1n ? [n, d] : [n / g, d / g]
}

export const add = (a: Rational, b: Rational): Rational =>
  a[1] === b[1] ? rational(a[0] + b[0], a[1]) : rational(a[0] * b[1] + b[0] * a[1], a[1] * b[1])
export const subtract = (a: Rational, b: Rational): Rational => rational(a[0] * b[1] - b[0] * a[1], a[1] * b[1])
export const multiply = (a: Rational, b: Rational): Rational => rational(a[0] * b[0], a[1] * b[1])
export const divide = (a: Rational, b: Rational): Rational => rational(a[0] * b[1], a[1] * b[0])
export const compare = (a: Rational, b: Rational): number => {
  const left = a[0] * b[1]
  const right = b[0] * a[1]
  return left < right ? -1 : left > right ? 1 : 0
}
export const sameRational = (a: Rational, b: Rational): boolean => a[0] === b[0] && a[1] === b[1]
export const toNumber = (a: Rational): number => {
  // Both parts may exceed 2^1024; scale to 64 significant bits before leaving bigint.
  const bits = a[1].toString(2).length
  return bits < 1000 ? Number(a[0]) / Number(a[1]) : Number((a[0] << 64n) / a[1]) / 2 ** 64
}
/** `1/3`; a whole number is printed alone. */
export const formatRational = (a: Rational): string => (a[1] === 1n ? `${a[0]}` : `${a[0]}/${a[1]}`)
export const sum = (all: readonly Rational[]): Rational => all.reduce(add, ZERO)

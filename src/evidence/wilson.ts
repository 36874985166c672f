// The Wilson score interval of a share (E. B. Wilson, JASA 22, 1927): sound for the few fills a short log has, where ±√(pq/n) is not.

export interface Interval {
  readonly low: number
  readonly high: number
}

/** 97.5 % point of the normal distribution: 95 % two-sided. */
const Z = 1.959963984540054

/** Of `failed` among `n`; n = 0 knows nothing: 0..1. */
export function wilson(failed: number, n: number): Interval {
  if (!(n > 0)) return { low: 0, high: 1 }
  const share = Math.min(1, Math.max(0, failed / n))
  const scale = 1 + (Z * Z) / n
  const middle = (share + (Z * Z) / (2 * n)) / scale
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n))
  // At the ends the formula is exactly 0 or 1; floating point may miss it by one unit.
  return { low: failed <= 0 ? 0 : Math.max(0, middle - half), high: failed >= n ? 1 : Math.min(1, middle + half) }
}

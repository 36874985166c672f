// Whether a count is chance: the exact two-sided tail of the binomial distribution.

/** ln n!, exact sums up to here, Stirling beyond. */
const SUMMED = 256
const logs: number[] = [0]
for (let n = 1; n <= SUMMED; n++) logs.push((logs[n - 1] as number) + Math.log(n))

const logFactorial = (n: number): number => logs[n] ?? n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3)

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k)

/** The odds of `k` successes or fewer of `n`. */
export function atMost(k: number, n: number, p: number): number {
  if (p <= 0 || k >= n) return 1
  if (p >= 1) return 0
  let sum = 0
  for (let i = 0; i <= k; i++) sum += Math.exp(logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p))
  return Math.min(1, sum)
}

/** Twice the smaller tail: how likely a count as far off as `k`, or farther, is. */
export const tails = (k: number, n: number, p: number): number =>
  (p <= 0 ? (k === 0 ? 1 : 0) : p >= 1 ? (k === n ? 1 : 0) : Math.min(1, 2 * Math.min(atMost(k, n, p), 1 - atMost(k - 1, n, p))))

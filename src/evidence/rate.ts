// How often a name is asked at one CoreDNS pod: what decides how long a bad entry is noticed and how quickly an expired one is filled
// again.
import { sameName } from '../dns/name.ts'
import type { ServedQuery } from './observation.ts'

export interface Rate {
  readonly n: number
  readonly seconds: number
  readonly perSecond: number
}

/** Questions for (name, type) among the lines of one pod, over the time between its first and last. undefined: fewer than two, or no times.
 * */
export function rateOf(lines: readonly ServedQuery[], name: string, type: string): Rate | undefined {
  let n = 0
  let fromMs = Infinity
  let toMs = -Infinity
  for (const line of lines) {
    if (line.atMs === undefined || line.type !== type || !sameName(line.name, name)) continue
    n++
    fromMs = Math.min(fromMs, line.atMs)
    toMs = Math.max(toMs, line.atMs)
  }
  if (n < 2 || toMs <= fromMs) return undefined
  const seconds = (toMs - fromMs) / 1000
  // n lines bound n − 1 intervals.
  return { n, seconds, perSecond: (n - 1) / seconds }
}

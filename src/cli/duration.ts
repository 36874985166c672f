// Times and rates as people write them: `10m`, `1h30m`, `500ms`; `0.25/s`, `15/min`.
import { OperatingError } from './operating-error.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }
/** A month: further on nothing in a cache differs. */
const LONGEST_MS = 31 * 86_400_000

/** Whole milliseconds, at least one. */
export function durationMs(text: string, flag: string): number {
  const parts = [...text.trim().toLowerCase().matchAll(/(\d{1,9}(?:\.\d{1,9})?)(ms|s|min|m|h|d)/g)]
  const ms = Math.round(parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNIT_MS[unit as string] as number), 0))
  if (parts.map(([whole]) => whole).join('') !== text.trim().toLowerCase() || ms < 1 || ms > LONGEST_MS)
    throw new OperatingError(2, { en: `\`${flag} ${text.slice(0, 40)}\` is not a time`, zh: `\`${flag} ${text.slice(0, 40)}\` 不是时间` }, [{ en: 'for example: 500ms, 4s, 10m, 1h30m (31d at most)', zh: '例如：500ms、4s、10m、1h30m（最长 31d）' }])
  return ms
}

export function perSecond(text: string): number {
  const [, n, unit = 's'] = /^(\d{1,9}(?:\.\d{1,9})?)(?:\/(s|m|min|h))?$/.exec(text.trim().toLowerCase()) ?? []
  const rate = Number(n) * 1000 / (UNIT_MS[unit] as number)
  if (n === undefined || rate < 1e-5 || rate > 1000)
    throw new OperatingError(2, { en: `\`--rate ${text.slice(0, 40)}\` is not a rate`, zh: `\`--rate ${text.slice(0, 40)}\` 不是频率` }, [{ en: 'for example: 0.25/s, 15/min (1000/s at most)', zh: '例如：0.25/s、15/min（最高 1000/s）' }])
  return rate
}

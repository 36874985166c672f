// Numbers as the report writes them: the same in both languages, never more exact than they are.
import type { Probability } from '../findings/diagnosis.ts'

/** Odds with long numerators say nothing to a reader; the exact ones are in the JSON. */
const LONGEST_FRACTION = 9

export function percent(part: number): string {
  if (!Number.isFinite(part)) return '?'
  const value = part * 100
  if (value > 0 && value < 0.1) return '< 0.1 %'
  if (value < 100 && value > 99.9) return '> 99.9 %'
  return `${trimZero(value.toFixed(1))} %`
}

/** Of an interval: whole percents, without the sign. */
export const wholePercent = (part: number): string => String(Math.round(part * 100))

const trimZero = (text: string): string => text.replace(/\.0+$/, '')

const fraction = ({ exact, value }: { readonly exact: string; readonly value: number }): string =>
  exact.length <= LONGEST_FRACTION ? exact : percent(value)

export function odds(probability: Probability): string {
  return 'exact' in probability ? fraction(probability) : `${fraction(probability.min)}..${fraction(probability.max)}`
}

export function share(probability: Probability): string {
  return 'exact' in probability ? percent(probability.value) : `${percent(probability.min.value)}..${percent(probability.max.value)}`
}

/** `34 s`, `2 min 5 s`, `1 h 30 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?'
  if (seconds < 10) return `${trimZero(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  if (whole < 120) return `${whole} s`
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  return h > 0 ? `${h} h${min > 0 ? ` ${min} min` : ''}` : `${min} min${s > 0 ? ` ${s} s` : ''}`
}

/** `23:31:21` of an RFC 3339 time, in UTC as the evidence has it; a text that is none is kept. */
export function clock(at: string): string {
  return /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at
}

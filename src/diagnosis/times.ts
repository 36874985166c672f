// Times of what was seen, as documents carry them: RFC 3339 in UTC.
import { spellsOf } from '../evidence/spells.ts'

const SPELLS_LISTED = 200

export const iso = (ms: number): string => new Date(ms).toISOString()

export interface Window {
  readonly from: string
  readonly to: string
}

/** From the first to the last; null: no time is known. */
export function windowOfTimes(timesMs: Iterable<number>): Window | null {
  let [from, to] = [Infinity, -Infinity]
  for (const ms of timesMs) [from, to] = [Math.min(from, ms), Math.max(to, ms)]
  return from <= to ? { from: iso(from), to: iso(to) } : null
}

/** The first spells of which both ends are known. */
export function listedSpells(results: readonly { readonly atMs: number | undefined; readonly result: string }[],
  isListed: (fromMs: number) => boolean = () => true): (Window & { readonly result: string; readonly count: number })[] {
  return spellsOf(results).filter(s => s.fromMs !== undefined && s.toMs !== undefined && isListed(s.fromMs))
    .map(s => ({ from: iso(s.fromMs as number), to: iso(s.toMs as number), result: s.result, count: s.count })).slice(0, SPELLS_LISTED)
}

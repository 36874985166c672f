// Counts of a reading: fills of CoreDNS logs, lookups of applications, questions without an answer.
import { absolute, nameKey } from '../dns/name.ts'
import { fillsOf, rasterOf } from '../evidence/fills.ts'
import type { FillCounts } from '../evidence/fills.ts'
import type { ApplicationReading, FillReading, Reading, UnansweredReading } from '../findings/reading.ts'
import { isDated } from './read-gather.ts'
import type { ReadEvidence } from './read-evidence.ts'
import { isLoopProbe } from './read-lookups.ts'
import { iso, listedSpells, windowOfTimes } from './times.ts'

export const FILLS_LISTED = 500
export const UNANSWERED_LISTED = 200

export interface PlaceFills {
  readonly place: string
  readonly fills: readonly FillCounts[]
}

/** One log is one pod: a cache of its own. */
export function fillsByPlace({ lines }: ReadEvidence): PlaceFills[] {
  const places = Map.groupBy(lines, line => line.place ?? line.source.file)
  return [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, own]) => ({ place, fills: fillsOf(own) }))
}

export function fillReadings(e: ReadEvidence): FillReading[] {
  return fillsByPlace(e).flatMap(({ place, fills }) => fills.filter(f => f.n > 0 && !isLoopProbe(f)).map(f => {
    const results = new Map<string, number>()
    for (const fill of f.fills) results.set(fill.rcode, (results.get(fill.rcode) ?? 0) + 1)
    return {
      place, name: nameKey(f.name), type: f.type, n: f.n, failed: f.failed, low: f.low, high: f.high,
      results: Object.fromEntries([...results].sort(([a], [b]) => (a < b ? -1 : 1))), letters: rasterOf(f.fills).letters.slice(0, 200),
    }
  })).sort((a, b) => Number(b.failed > 0 && b.failed < b.n) - Number(a.failed > 0 && a.failed < a.n) || b.n - a.n || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.type < b.type ? -1 : 1)).slice(0, FILLS_LISTED)
}

export function applicationReadings({ application }: ReadEvidence): ApplicationReading[] {
  const groups = Map.groupBy(application, seen => `${seen.place ?? seen.source.file}\n${nameKey(absolute(seen.name))}`)
  return [...groups.values()].map(own => {
    const results = new Map<string, number>()
    const resultOf = (seen: (typeof own)[number]): string => (seen.ok ? 'answer' : seen.result ?? 'error')
    for (const seen of own) results.set(resultOf(seen), (results.get(resultOf(seen)) ?? 0) + 1)
    const [first] = own as [(typeof own)[number]]
    return {
      place: first.place ?? first.source.file, name: nameKey(absolute(first.name)), lookups: own.length, failed: own.filter(seen => !seen.ok).length,
      results: Object.fromEntries([...results].sort(([a], [b]) => (a < b ? -1 : 1))),
      spells: listedSpells(own.map(seen => ({ atMs: seen.atMs, result: resultOf(seen) })), isDated),
    }
  }).sort((a, b) => b.failed - a.failed || b.lookups - a.lookups || (a.place < b.place ? -1 : a.place > b.place ? 1 : a.name < b.name ? -1 : 1))
}

export function unansweredOf({ asks }: ReadEvidence): UnansweredReading[] {
  return asks.flatMap((ask): UnansweredReading[] => (ask.result !== 'unanswered' && ask.result !== 'unreachable' ? [] : [{
    client: ask.client, server: ask.server, name: nameKey(ask.name), type: ask.type, at: ask.fromMs === undefined || !isDated(ask.fromMs) ? '' : iso(ask.fromMs), how: ask.result, evidence: ask.id,
  }])).slice(0, UNANSWERED_LISTED)
}

export const windowOf = (e: ReadEvidence): Reading['spec']['window'] => windowOfTimes(datedTimes(e))

function* datedTimes({ asks, lines, application, errors }: ReadEvidence): Generator<number> {
  for (const { fromMs, toMs } of asks) for (const ms of [fromMs, toMs]) if (ms !== undefined && isDated(ms)) yield ms
  for (const { atMs } of [...lines, ...application, ...errors]) if (atMs !== undefined && isDated(atMs)) yield atMs
}

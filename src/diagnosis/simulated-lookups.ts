// One world of one question, run in virtual time: every lookup with what it ended in and whether it made CoreDNS ask an upstream.
import type { Note, Plain } from '../chain/effects.ts'
import { absolute, nameKey } from '../dns/name.ts'
import { simulate, type SimulateOptions } from '../drivers/simulate.ts'
import type { SpellStatistics } from '../findings/simulation.ts'
import { spellsOf } from '../evidence/spells.ts'
import { endingKey, isAnswer } from './ending.ts'
import { rootOf, type Lookup } from './explain.ts'
import { schedule, until, type Arrivals } from './simulated-schedule.ts'
import { SLOW_MS } from './verdict.ts'

export interface SimulatedLookup {
  readonly atMs: number
  readonly ending: string
  readonly good: boolean
  readonly slow: boolean
  /** It was not served from a cache: a question for the name itself went to an upstream. */
  readonly fill: boolean
  readonly elapsedMs: number
}

export interface Window {
  readonly arrivals: Arrivals
  readonly endMs: number
  /** Lookups at most. */
  readonly limit: number
}

export interface Ran {
  readonly lookups: readonly SimulatedLookup[]
  /** All unknowns as they were: given, or met on the way and drawn. */
  readonly world: ReadonlyMap<string, Plain>
}

export function runWorld(lookup: Lookup, window: Window, options: SimulateOptions): Ran {
  const lookups: SimulatedLookup[] = []
  let world: ReadonlyMap<string, Plain> = options.world ?? new Map()
  const root = rootOf(lookup)
  const asked = upstreamQuestion(lookup)
  for (const one of simulate(lookup.chain, until(schedule(root, window.arrivals, options.seed), window.endMs, window.limit), options)) {
    lookups[one.index] = simulatedLookup(one, asked)
    world = one.world
  }
  return { lookups, world }
}

/** True for the note of an upstream being asked for the name itself, not for a candidate with a suffix. */
export function upstreamQuestion({ name, family }: Pick<Lookup, 'name' | 'family'>): (note: Note) => boolean {
  const key = nameKey(absolute(name))
  const type = family === 'inet6' ? 'AAAA' : 'A'
  return note => note.kind === 'upstream-asked' && note['type'] === type && nameKey(String(note['name'])) === key
}

export function simulatedLookup(one: { readonly atMs: number; readonly value: Plain; readonly elapsedMs: number; readonly notes: readonly Note[] }, asked: (note: Note) => boolean): SimulatedLookup {
  const ending = endingKey(one.value)
  return { atMs: one.atMs, ending, good: isAnswer(ending), slow: one.elapsedMs >= SLOW_MS, fill: one.notes.some(asked), elapsedMs: one.elapsedMs }
}

/** Runs of good and of bad lookups, each from its first lookup to the first of the next; the last one has no end. */
export function spellStatistics(lookups: readonly SimulatedLookup[], good: boolean): SpellStatistics {
  const lengths = spellsOf(lookups.map(l => ({ atMs: l.atMs, result: l.good ? 'good' : 'bad' })))
    .flatMap(s => (s.result === (good ? 'good' : 'bad') && s.untilChangeMs !== undefined ? [s.untilChangeMs] : []))
  const total = lengths.reduce((sum, ms) => sum + ms, 0)
  return { n: lengths.length, meanS: lengths.length === 0 ? 0 : tenths(total / lengths.length), longestS: tenths(Math.max(0, ...lengths)) }
}

/** Seconds with one decimal. */
export const tenths = (ms: number): number => Math.round(ms / 100) / 10

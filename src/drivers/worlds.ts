// What outcomes say, world by world. An outcome holds wherever its own unknowns are what they were; so worlds are opened up
// only as far as some outcome depends on them, and odds are exact in each. Nothing is averaged over worlds.
import { text, type Plain } from '../chain/effects.ts'
import type { Outcome } from '../chain/outcome.ts'
import { compare, ONE, sameRational, sum, type Rational } from '../chain/rational.ts'
import { addTo, type Distribution } from './tally.ts'

/** One setting of the unknowns that matter in it; the others make no difference there. */
export interface World {
  readonly settled: ReadonlyMap<string, Plain>
  readonly outcomes: readonly Outcome[]
}

export interface Worlds {
  readonly worlds: readonly World[]
  /** False: there are more than the limit, and these are the first. */
  readonly complete: boolean
}

/** What a class of outcomes is called: `answer`, `nxdomain`. */
export type Projection = (value: Plain, outcome: Outcome) => string

export const WORLDS = 4096

/** The unknowns that some outcome depends on, with what they are known to be able to be. */
export function unknownsOf(outcomes: readonly Outcome[]): ReadonlyMap<string, readonly Plain[]> {
  const options = new Map<string, Map<string, Plain>>()
  for (const { world } of outcomes) {
    for (const [key, is] of world) {
      const known = options.get(key) ?? new Map<string, Plain>()
      options.set(key, known.set(text(is), is))
    }
  }
  return new Map([...options].map(([key, values]) => [key, [...values.values()]]))
}

/** All worlds, in a tree that asks for an unknown only where an outcome depends on it. */
export function worldsOf(outcomes: readonly Outcome[], limit = WORLDS): Worlds {
  const worlds: World[] = []
  let complete = true
  const settle = (settled: ReadonlyMap<string, Plain>, left: readonly Outcome[]): void => {
    if (worlds.length >= limit) {
      complete = false
      return
    }
    const key = openUnknown(settled, left)
    if (key === undefined) {
      worlds.push({ settled, outcomes: left })
      return
    }
    const options = new Map(left.flatMap(o => (o.world.has(key) ? [[text(o.world.get(key)), o.world.get(key)] as const] : [])))
    for (const [name, is] of options) {
      settle(new Map(settled).set(key, is), left.filter(o => !o.world.has(key) || text(o.world.get(key)) === name))
    }
  }
  settle(new Map(), outcomes)
  return { worlds, complete }
}

function openUnknown(settled: ReadonlyMap<string, Plain>, outcomes: readonly Outcome[]): string | undefined {
  for (const o of outcomes) for (const key of o.world.keys()) if (!settled.has(key)) return key
  return undefined
}

/** The outcomes of the worlds that agree with the evidence. Each is repeated for every such world it holds in. */
export function restrict(
  outcomes: readonly Outcome[], holds: (world: ReadonlyMap<string, Plain>) => boolean, limit = WORLDS,
): readonly Outcome[] {
  return worldsOf(outcomes, limit).worlds
    .filter(w => holds(w.settled))
    .flatMap(w => w.outcomes.map(o => (o.world.size === w.settled.size ? o : { ...o, world: w.settled })))
}

export function distributionIn(outcomes: readonly Outcome[], project: Projection): Distribution {
  const odds = new Map<string, Rational>()
  for (const o of outcomes) addTo(odds, project(o.value, o), o.odds)
  return odds
}

export interface ClassOdds {
  readonly min: Rational
  readonly max: Rational
  /** Given when it is the same in all worlds. */
  readonly exact?: Rational
  readonly worlds: readonly { readonly settled: ReadonlyMap<string, Plain>; readonly odds: Rational }[]
}

/** For each class its odds in every world, from the least to the most. */
export function oddsByClass(
  outcomes: readonly Outcome[], project: Projection, limit = WORLDS,
): { readonly classes: ReadonlyMap<string, ClassOdds>; readonly complete: boolean } {
  const { worlds, complete } = worldsOf(outcomes, limit)
  const settings = worlds.map(w => ({ settled: w.settled, odds: distributionIn(w.outcomes, project) }))
  const names = new Set(settings.flatMap(s => [...s.odds.keys()]))
  const classes = new Map([...names].map(name => {
    const each = settings.map(s => ({ settled: s.settled, odds: s.odds.get(name) ?? [0n, 1n] as Rational }))
    const [min, max] = range(each.map(e => e.odds))
    return [name, { min, max, ...(sameRational(min, max) && { exact: min }), worlds: each }] as const
  }))
  return { classes, complete }
}

function range(all: readonly Rational[]): readonly [min: Rational, max: Rational] {
  let [min, max] = [all[0] ?? ONE, all[0] ?? ONE]
  for (const odds of all) {
    if (compare(odds, min) < 0) min = odds
    if (compare(odds, max) > 0) max = odds
  }
  return [min, max]
}

/** The worlds in which the odds do not add up to 1: none, unless a bound was hit or an explorer is wrong. */
export function leakyWorlds(outcomes: readonly Outcome[], limit = WORLDS): readonly World[] {
  return worldsOf(outcomes, limit).worlds.filter(w => !sameRational(sum(w.outcomes.map(o => o.odds)), ONE))
}

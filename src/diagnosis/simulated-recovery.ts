// How long a bad answer lives on: the choice that decides is mended at the worst moment, right after a bad fill, and the same
// requests go on.
import { explore } from '../drivers/explore.ts'
import { simulate, type SimulateOptions, type SimulationState } from '../drivers/simulate.ts'
import type { Outcome, Site } from '../chain/outcome.ts'
import { restrict } from '../drivers/worlds.ts'
import type { Deciding } from '../findings/case.ts'
import type { Simulation } from '../findings/simulation.ts'
import { endingKey, isAnswer } from './ending.ts'
import { rootOf, type Lookup } from './explain.ts'
import { compatible, type WorldSetting } from './simulated-prediction.ts'
import { simulatedLookup, tenths, upstreamQuestion, type Ran, type Window } from './simulated-lookups.ts'
import { schedule, until } from './simulated-schedule.ts'

/** Bad fills at which it is tried. */
const MOMENTS = 5
/** What is watched when nothing says how long an entry lives: the longest that CoreDNS keeps any (plugin/cache, maxTTL). */
const LONGEST_S = 3600
const LOOKUPS = 4000

type Recovery = Simulation['status']['recovery']

/** Null: nothing fails, or no single choice mends it in the model. */
export function simulatedRecovery(lookup: Lookup, ran: Ran, window: Window, options: SimulateOptions, decidedBy: readonly Deciding[], sites: readonly Site[], predictedWorstS: number | undefined): Recovery {
  const pins = mendingPins(decidedBy, sites)
  const bad = ran.lookups.flatMap((l, index) => (l.fill && !l.good ? [index] : []))
  if (pins.size === 0 || bad.length === 0 || !mends(lookup, pins, options.world ?? new Map())) return null
  // The first ones: everything up to the moment is run again.
  const moments = bad.slice(0, MOMENTS)
  const horizonMs = 2000 * (predictedWorstS ?? LONGEST_S)
  const lastedMs = moments.map(index => lastFailureMs(lookup, index, window, { ...options, pins }, horizonMs))
  return { mended: [...pins.keys()], predictedWorstS: predictedWorstS ?? null, worstS: tenths(Math.max(...lastedMs)), n: moments.length }
}

/** Each choice by chance that ends well with one of its alternatives is held to it. */
function mendingPins(decidedBy: readonly Deciding[], sites: readonly Site[]): Map<string, string> {
  const pins = new Map<string, string>()
  for (const { at, unknown, alternatives } of decidedBy) {
    const good = unknown ? undefined : alternatives.find(a => a.ends.size > 0 && [...a.ends.keys()].every(isAnswer))
    const option = good && sites.find(s => s.at === at)?.options.find(o => (typeof o.value === 'string' ? o.value : o.text) === good.taken)
    if (option) pins.set(at, option.text)
  }
  return pins
}

function mends(lookup: Lookup, pins: ReadonlyMap<string, string>, settled: WorldSetting): boolean {
  const outcomes: readonly Outcome[] = restrict(explore(lookup.chain, rootOf(lookup), { start: 'cold', pins }).outcomes, world => compatible(world, settled))
  return outcomes.length > 0 && outcomes.every(o => isAnswer(endingKey(o.value)))
}

/** From the bad fill to the last lookup that still fails. */
function lastFailureMs(lookup: Lookup, index: number, window: Window, options: SimulateOptions, horizonMs: number): number {
  const { pins: _, ...before } = options
  const root = rootOf(lookup)
  const asked = upstreamQuestion(lookup)
  let mendedMs = 0
  function* upToTheFill(): Generator<{ atMs: number; ask: typeof root }> {
    for (const one of until(schedule(root, window.arrivals, options.seed), Infinity, index + 1)) {
      mendedMs = one.atMs
      yield one
    }
  }
  const running = simulate(lookup.chain, upToTheFill(), before)
  let step = running.next()
  while (!step.done) step = running.next()
  const state: SimulationState = step.value
  const rest = until(schedule(root, window.arrivals, options.seed), mendedMs + horizonMs, index + 1 + LOOKUPS)
  for (let i = 0; i <= index; i++) rest.next()
  let lastMs = mendedMs
  for (const one of simulate(lookup.chain, rest, { ...options, state })) {
    if (!simulatedLookup(one, asked).good) lastMs = Math.max(lastMs, one.atMs)
  }
  return lastMs - mendedMs
}

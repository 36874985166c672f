// Every possible end of a lookup, with exact odds in each world, what led there, and whether anything may be missing.
//
// How it works, from the outside in: `calls.ts` explores one call and merges its paths; `choices.ts`, `asks.ts`, `held.ts`
// turn one effect into the ways it can go; `frame.ts` knows what a call depended on, so that a result found once is reused
// wherever its surrounding looks the same; `path.ts` and `timeline.ts` are what a path carries. The judge of all this is
// `test/worlds`: a flat replay that merges nothing and shares no code with it.
import type { Ask, Chain } from '../chain/effects.ts'
import type { Explored, Outcome } from '../chain/outcome.ts'
import { enter, mergedEndings } from './calls.ts'
import type { Exploration, Limits, Start } from './exploration.ts'
import { inRounds } from './held.ts'
import { withoutIdleOrders } from './orders.ts'
import { FRESH, type Ending } from './path.ts'
import { SiteBook } from './sites.ts'
import { NO_CELLS } from './timeline.ts'
import { itemsOf } from './trail.ts'

export type { Limits, Start } from './exploration.ts'

export interface ExploreOptions {
  readonly start: Start
  /** `Pick.at` → `text()` of the one option it is held to, wherever that option is offered. */
  readonly pins?: ReadonlyMap<string, string>
  readonly limits?: Partial<Limits>
}

/** Far beyond what a real chain needs (thousands of paths), and still within seconds and a few hundred megabytes. */
export const LIMITS: Limits = { paths: 200_000, steps: 5_000, depth: 400, orders: 720, combinations: 20_000 }

export function explore(chain: Chain, root: Ask, options: ExploreOptions): Explored {
  const x: Exploration = {
    chain, start: options.start, pins: options.pins ?? new Map(), limits: { ...LIMITS, ...options.limits },
    memo: new Map(), open: new Set(), fills: new Map(), selfFeeding: false, rounds: false, grew: false,
    sites: new SiteBook(), hitBounds: new Set(), paths: 0, entries: 0, depth: 0,
    enter: (caller, ask) => enter(x, caller, ask),
  }
  let { endings } = enter(x, undefined, root)
  if (x.selfFeeding) {
    // In the long run such a cell holds a mixture of its own past: a fixed point of the odds that is not worked out here.
    if (x.start === 'steady') x.hitBounds.add('a cell that is filled from what it holds')
    else endings = inRounds(x, root)
  }
  const outcomes = withoutIdleUnknowns(mergedEndings(endings.map(atTheEnd))).map(outcomeOf)
  return {
    outcomes, sites: x.sites.all(), complete: x.hitBounds.size === 0,
    ...(x.hitBounds.size > 0 && { hitBound: [...x.hitBounds].join('; ') }),
    paths: x.paths, entries: x.entries,
  }
}

/** Nobody looks at cells and keys once the lookup is over. */
const atTheEnd = (e: Ending): Ending => ({ ...e, path: { ...e.path, cells: NO_CELLS, draws: FRESH.draws } })

/** An unknown that makes no difference to anything is left out of the worlds: nothing is summed, for the distributions are equal. */
const withoutIdleUnknowns = (endings: readonly Ending[]): readonly Ending[] => mergedEndings(withoutIdleOrders(endings, () => true))

const outcomeOf = ({ value, path }: Ending): Outcome => ({
  value, odds: path.odds, elapsedMs: path.elapsedMs,
  world: new Map([...path.world].map(([key, draw]) => [key, draw.is])),
  witness: itemsOf(path.steps), notes: itemsOf(path.notes),
})

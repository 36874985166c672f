// What decides. Each choice that was met is held to each of its alternatives in turn and everything is explored again; how
// far apart the results can be is the influence of that choice. The root cause is the choice whose alternatives end
// differently, and nobody had to write a rule for it.
import type { Ask, Chain, Plain } from '../chain/effects.ts'
import type { Outcome, Site, SiteOption } from '../chain/outcome.ts'
import { compare, sameRational, ZERO, type Rational } from '../chain/rational.ts'
import type { Source } from '../chain/source.ts'
import { explore, type ExploreOptions } from './explore.ts'
import { totalVariation } from './tally.ts'
import { distributionIn, oddsByClass, restrict, worldsOf, type ClassOdds, type Projection } from './worlds.ts'

export interface Alternative {
  readonly taken: Plain
  /** Canonical; what a pin names. */
  readonly text: string
  readonly source?: Source
  /** What everything ends in when this is taken, by class. */
  readonly ends: ReadonlyMap<string, ClassOdds>
  readonly complete: boolean
}

export interface Influence {
  readonly at: string
  readonly unknown: boolean
  readonly source?: Source
  readonly keys: readonly string[]
  /** Largest total variation between two alternatives, in the world where it is largest. */
  readonly influence: Rational
  readonly alternatives: readonly Alternative[]
  /** False: a bound was hit, or not all alternatives were tried; the influence may be larger. */
  readonly complete: boolean
}

export interface InfluenceOptions extends ExploreOptions {
  /** Alternatives tried at one site; the first ones. A random order of many servers has thousands. */
  readonly alternatives?: number
  /** Worlds compared. */
  readonly worlds?: number
  /** Worlds that count; the others are left out on both sides of a comparison. */
  readonly holds?: (world: ReadonlyMap<string, Plain>) => boolean
  /** Sites left out: true = ask about it. */
  readonly about?: (site: Site) => boolean
}

const ALTERNATIVES = 64
const WORLDS_COMPARED = 512

/** All choices met on the way that have an alternative, most decisive first; those that decide nothing last, in order of name. */
export function influences(chain: Chain, root: Ask, project: Projection, options: InfluenceOptions): readonly Influence[] {
  const { sites = [] } = explore(chain, root, options)
  const pinned = options.pins ?? new Map<string, string>()
  return sites
    .filter(s => s.options.length > 1 && !pinned.has(s.at) && (options.about?.(s) ?? true))
    .map(site => influenceOf(chain, root, project, options, site))
    .toSorted((a, b) => compare(b.influence, a.influence) || (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

function influenceOf(chain: Chain, root: Ask, project: Projection, options: InfluenceOptions, site: Site): Influence {
  const limit = options.alternatives ?? ALTERNATIVES
  const tried = site.options.slice(0, limit).map(option => {
    const explored = explore(chain, root, { ...options, pins: new Map([...(options.pins ?? []), [site.at, option.text]]) })
    const left = options.holds && restrict(explored.outcomes, options.holds)
    return { option, explored: left && left.length > 0 ? { ...explored, outcomes: left } : explored }
  })
  let largest = ZERO
  let all = site.options.length <= limit && tried.every(t => t.explored.complete)
  for (const [i, a] of tried.entries()) {
    for (const b of tried.slice(i + 1)) {
      const { variation, complete } = apart(a.explored.outcomes, b.explored.outcomes, project, site.keys, options.worlds ?? WORLDS_COMPARED)
      if (compare(variation, largest) > 0) largest = variation
      all &&= complete
    }
  }
  return {
    at: site.at, unknown: site.unknown, ...(site.source && { source: site.source }), keys: site.keys, influence: largest,
    alternatives: tried.map(t => alternative(t.option, t.explored.outcomes, t.explored.complete, project, options.worlds)), complete: all,
  }
}

function alternative(
  option: SiteOption, outcomes: readonly Outcome[], explored: boolean, project: Projection, limit?: number,
): Alternative {
  const { classes, complete } = oddsByClass(outcomes, project, limit)
  const { value, text, source } = option
  return { taken: value, text, ...(source && { source }), ends: classes, complete: explored && complete }
}

/** The largest total variation over the worlds that both sides share; the unknowns of the site itself are what differs. */
function apart(
  a: readonly Outcome[], b: readonly Outcome[], project: Projection, own: readonly string[], limit: number,
): { readonly variation: Rational; readonly complete: boolean } {
  const left = a.map(o => marked(o, own, 'a'))
  const right = b.map(o => marked(o, own, 'b'))
  const { worlds, complete } = worldsOf([...left, ...right], limit)
  let largest = ZERO
  for (const { outcomes } of worlds) {
    const side = (name: string): readonly Outcome[] => outcomes.filter(o => sides.get(o) === name)
    const variation = totalVariation(distributionIn(side('a'), project), distributionIn(side('b'), project))
    if (compare(variation, largest) > 0) largest = variation
    if (sameRational(largest, [1n, 1n])) break
  }
  return { variation: largest, complete }
}

const sides = new WeakMap<Outcome, string>()

function marked(outcome: Outcome, own: readonly string[], side: string): Outcome {
  const world = new Map([...outcome.world].filter(([key]) => !own.includes(key)))
  const copy = { ...outcome, world }
  sides.set(copy, side)
  return copy
}

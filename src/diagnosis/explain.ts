// One name asked at one place: explored, read world by world, put into words a report can print.
import { text, type Ask, type Chain, type Plain } from '../chain/effects.ts'
import { hopId } from '../chain/hop.ts'
import type { Model, StubModel } from '../chain/model.ts'
import type { Explored, Outcome, Site } from '../chain/outcome.ts'
import { add, compare, ZERO, type Rational } from '../chain/rational.ts'
import { explore, type Start } from '../drivers/explore.ts'
import { influences, type Influence } from '../drivers/influence.ts'
import { distributionIn, oddsByClass, restrict, worldsOf, type ClassOdds, type World } from '../drivers/worlds.ts'
import { absolute, isAbsolute, nameKey } from '../dns/name.ts'
import type { Said } from '../findings/diagnosis.ts'
import { targets } from '../findings/forward-loop.ts'
import type { Deciding, Ending, Explanation, OddsRange, OpenUnknown } from '../findings/case.ts'
import { endingKey, isAnswer, isDenial, isStubResult } from './ending.ts'
import { withoutIdleUnknowns } from './idle-unknowns.ts'
import { plainWorlds } from './plain-worlds.ts'
import { verdictOf, type WorldOdds } from './verdict.ts'

/** True for worlds that agree with the evidence. */
export type Holds = (world: ReadonlyMap<string, Plain>) => boolean

export interface Lookup {
  readonly chain: Chain
  readonly model: Model
  readonly place: string
  readonly name: string
  readonly family: 'unspec' | 'inet' | 'inet6'
  readonly holds?: Holds
}

export const rootOf = (lookup: Lookup): Ask => ({ hop: hopId.stub(lookup.place), query: { name: lookup.name, family: lookup.family } })
const project = (value: Plain): string => endingKey(value)

export interface Explained {
  readonly explanation: Explanation
  readonly explored: Explored
  /** Outcomes of the worlds that agree with the evidence. */
  readonly outcomes: readonly Outcome[]
  /** What had to be taken for granted to get through. */
  readonly pins?: ReadonlyMap<string, string>
}

/** Paths of a first try. The incident takes 120; a search list over three servers that nobody asked would take millions. */
const PATHS = 12_000

export function explainLookup(lookup: Lookup, start: Start = 'cold'): Explained {
  const whole = explore(lookup.chain, rootOf(lookup), { start, limits: { paths: PATHS } })
  const pins = whole.complete ? undefined : plainest(lookup)
  const explored = pins ? { ...explore(lookup.chain, rootOf(lookup), { start, pins, limits: { paths: 2 * PATHS } }), complete: false, hitBound: whole.hitBound ?? 'paths' } : whole
  const outcomes = withoutIdleUnknowns(lookup.holds ? agreeing(explored.outcomes, lookup.holds) : explored.outcomes, project)
  const { worlds, complete: allWorlds } = worldsOf(outcomes)
  const { classes } = oddsByClass(outcomes, project)
  const endings = [...classes].map(([key, odds]) => endingOf(key, odds, outcomes)).sort(byOdds)
  const verdict = verdictOf(worlds.map(worldOdds))
  const plain = verdict === 'inconclusive' ? plainWorlds(lookup.model, worlds) : undefined
  const settled = plain && plain.worlds.length > 0 ? verdictOf(plain.worlds.map(worldOdds)) : verdict
  const success = successOf(worlds)
  return {
    explored, outcomes, ...(pins && { pins }),
    explanation: {
      place: lookup.place, name: lookup.name, verdict: settled, endings, success,
      complete: explored.complete && allWorlds, ...(explored.hitBound !== undefined && { hitBound: explored.hitBound }),
      unknowns: unknownsOf(outcomes, explored.sites ?? []),
      assumed: [...(pins ? [PLAINEST] : []), ...(settled === verdict ? [] : plain?.assumed ?? [])],
    },
  }
}

const PLAINEST: Said = {
  en: 'too many combinations to explore: servers that nobody saw fail are taken to be up, and names with a search suffix that nobody asked for not to exist',
  zh: '组合过多，无法逐一推演：假定没有失败记录的服务器可达，且没有人查询过的带后缀名称不存在',
}

/** Addresses that anybody in the model asks. */
const addressesOf = (model: Model, place: string): string[] => {
  const stub = model.stubs.find(s => s.place === place)
  return [...new Set([...model.upstreams.map(u => u.address), ...model.coredns.flatMap(c => targets(c).map(t => t.address)), ...(stub ? nameserverWords(stub) : [])])]
}

/** Servers that nobody saw fail, and nobody saw answer: up. */
function untoldAreUp({ model, place }: Lookup): readonly (readonly [string, string])[] {
  return addressesOf(model, place).filter(a => (model.upstreams.find(u => u.address === a)?.reachable ?? 'unknown') === 'unknown').map(a => [`up ${a}`, text('yes')] as const)
}

/** Pins for the second try: untold servers are up, unseen names with a search suffix are absent at every upstream. */
function plainest(lookup: Lookup): ReadonlyMap<string, string> {
  const { model, place, name } = lookup
  const stub = model.stubs.find(s => s.place === place)
  const suffixes = isAbsolute(name) ? [] : stub?.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []
  return new Map([
    ...untoldAreUp(lookup),
    ...addressesOf(model, place).flatMap(a => suffixes.map(s => [`view ${a} ${nameKey(`${name}.${s.value}`)}`, text('NXDOMAIN')] as const)),
  ])
}

const nameserverWords = (stub: StubModel): string[] => stub.resolvConf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1).map(w => w.value))

/** Evidence that no world agrees with says that the model is wrong somewhere, not that nothing can happen. */
export function agreeing(outcomes: readonly Outcome[], holds: Holds): readonly Outcome[] {
  const left = restrict(outcomes, holds)
  return left.length > 0 ? left : outcomes
}

/** Unknowns whose influence is worked out. */
const UNKNOWNS_WEIGHED = 6

/** Choices of this lookup by influence, with servers up that nobody saw fail; those that decide nothing are left out, and unknowns that the evidence settled. */
export function decidersOf(lookup: Lookup, { explanation, pins }: Explained): Deciding[] {
  const open = new Set(explanation.unknowns.map(u => u.key))
  const bare = nameKey(absolute(lookup.name))
  let unknowns = 0
  const about = (site: Site): boolean => {
    if (!site.unknown) return true
    if (site.at.startsWith('order of ') || !site.keys.some(key => open.has(key))) return false
    // What a server knows of the name itself, and whether it is up, comes before what it knows of the name with a suffix.
    return (site.at.startsWith('up ') || !site.at.startsWith('view ') || site.at.includes(` ${bare}`)) && ++unknowns <= (pins ? 1 : UNKNOWNS_WEIGHED)
  }
  return influences(lookup.chain, rootOf(lookup), project, { start: 'cold', about, alternatives: 16, worlds: 128, limits: { paths: PATHS }, pins: new Map([...untoldAreUp(lookup), ...(pins ?? [])]), ...(lookup.holds && { holds: lookup.holds }) })
    .filter(i => compare(i.influence, ZERO) > 0).map(decidingOf)
}

function decidingOf(influence: Influence): Deciding {
  return {
    at: influence.at, unknown: influence.unknown, influence: Number(influence.influence[0]) / Number(influence.influence[1]),
    ...(influence.source && { source: influence.source }),
    alternatives: influence.alternatives.map(a => ({
      taken: typeof a.taken === 'string' ? a.taken : a.text, ...(a.source && { source: a.source }),
      ends: new Map([...a.ends].map(([key, { min, max }]) => [key, { min, max }])),
    })),
  }
}

function endingOf(key: string, odds: ClassOdds, outcomes: readonly Outcome[]): Ending {
  const own = outcomes.filter(o => endingKey(o.value) === key)
  const likeliest = own.reduce((best, o) => (compare(o.odds, best.odds) > 0 ? o : best), own[0] as Outcome)
  const values = own.flatMap(o => (isStubResult(o.value) ? [o.value] : []))
  const causes = new Map(values.flatMap(v => (v.cause ? [[`${v.cause.kind} ${v.cause.by} ${v.cause.detail ?? ''}`, v.cause] as const] : [])))
  const value = isStubResult(likeliest.value) ? likeliest.value : undefined
  return {
    key, result: value?.result ?? 'error', addresses: value?.addresses ?? [], says: value?.says ?? '', causes: [...causes.values()],
    odds: { min: odds.min, max: odds.max },
    worlds: odds.worlds.filter(w => compare(w.odds, ZERO) > 0).map(w => ({ world: w.settled, odds: w.odds })),
    witness: likeliest.witness, elapsedMs: likeliest.elapsedMs,
  }
}

const byOdds = (a: Ending, b: Ending): number => compare(b.odds.max, a.odds.max) || compare(b.odds.min, a.odds.min) || (a.key < b.key ? -1 : 1)

function worldOdds(world: World): WorldOdds {
  let success = ZERO
  let deniedOnly = true
  for (const [key, odds] of distributionIn(world.outcomes, project)) {
    if (isAnswer(key)) success = add(success, odds)
    else if (!isDenial(key)) deniedOnly = false
  }
  const slowestMs = Math.max(0, ...world.outcomes.filter(o => isAnswer(endingKey(o.value))).map(o => o.elapsedMs))
  const unmodelled = world.outcomes.some(o => isStubResult(o.value) && o.value.cause?.kind === 'unmodelled')
  return { success, deniedOnly, unmodelled, slowestMs }
}

function successOf(worlds: readonly World[]): OddsRange {
  const all: Rational[] = worlds.map(w => worldOdds(w).success)
  const first = all[0] ?? ZERO
  return all.reduce<OddsRange>((range, odds) => ({
    min: compare(odds, range.min) < 0 ? odds : range.min, max: compare(odds, range.max) > 0 ? odds : range.max,
  }), { min: first, max: first })
}

function unknownsOf(outcomes: readonly Outcome[], sites: readonly Site[]): OpenUnknown[] {
  const options = new Map<string, Set<Plain>>()
  for (const { world } of outcomes) for (const [key, is] of world) options.set(key, (options.get(key) ?? new Set<Plain>()).add(is))
  return [...options].filter(([, values]) => values.size > 1).map(([key, values]) => {
    const source = sites.find(s => s.keys.includes(key))?.source
    return { key, options: [...values], ...(source && { source }) }
  })
}

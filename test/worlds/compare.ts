// Is what the explorer says the same as what the judge found? As exact fractions, in every world.
//
// Unknowns are compared setting by setting. An order that no clock tells has no name that two independent programs could
// share, so for each setting of the unknowns the *set* of distributions over all orders must be equal.
import { text, type Ask, type Chain, type Plain } from '../../src/chain/effects.ts'
import { judge, plus, type Fraction } from './judge.ts'
import { chainOf, ROOT, type World } from './random-world.ts'

/** What is needed of an explorer; a mutant is one as well. */
export interface ExploredLike {
  readonly outcomes: readonly {
    readonly value: Plain
    readonly odds: Fraction
    readonly elapsedMs: number
    readonly world: ReadonlyMap<string, Plain>
  }[]
  readonly complete: boolean
}
export type ExploreLike = (chain: Chain, root: Ask, options: { readonly start: 'cold' | 'any' }) => ExploredLike

export type Result =
  | { readonly is: 'equal'; readonly flats: number; readonly forgets: boolean; readonly complete: boolean; readonly worlds: number }
  | { readonly is: 'skipped' }
  | { readonly is: 'different'; readonly where: string; readonly explored: string; readonly judged: string }

export interface Flattened {
  readonly end: string
  readonly odds: Fraction
  readonly world: ReadonlyMap<string, string>
  readonly orders: ReadonlyMap<string, string>
}

export interface Judged {
  readonly chain: Chain
  readonly start: 'cold' | 'any'
  readonly flats: readonly Flattened[]
  readonly forgets: boolean
}

/** The judge's verdict on a world; undefined when it is too large for it. Kept apart, because many mutants face the same verdicts. */
export function judgeWorld(world: World, start: 'cold' | 'any', limit: number): Judged | undefined {
  for (const forgetting of [true, false]) {
    const chain = chainOf({ ...world, forgetting })
    const verdict = judge(chain, ROOT, start, limit)
    if (verdict.stopped) return undefined
    // A hop that declares forgotten what is read again breaks rule 9: the same world is judged without the declaration.
    if (verdict.forgottenRead !== undefined) continue
    const flats = verdict.flats.map(f => ({ end: `${text(f.value)} after ${f.elapsedMs}`, odds: f.odds, world: f.world, orders: f.orders }))
    return { chain, start, flats, forgets: forgetting && world.hops.some(h => h.forgets) }
  }
  return undefined
}

const isOrder = (key: string): boolean => key.startsWith('order of ')

export function compareWith(explore: ExploreLike, judged: Judged): Result {
  const explored = explore(judged.chain, ROOT, { start: judged.start })
  const mine: Flattened[] = explored.outcomes.map(o => {
    const entries = [...o.world].map(([k, v]): [string, string] => [k, text(v)])
    return {
      end: `${text(o.value)} after ${o.elapsedMs}`, odds: o.odds,
      world: new Map(entries.filter(([k]) => !isOrder(k))), orders: new Map(entries.filter(([k]) => isOrder(k))),
    }
  })
  const settings = settingsOf(judged.flats)
  if (!settings) return { is: 'skipped' }
  for (const setting of settings) {
    const a = distributions(mine.filter(f => agrees(f.world, setting)))
    const b = distributions(judged.flats.filter(f => agrees(f.world, setting)))
    if (!a || !b) return { is: 'skipped' }
    const [left, right] = [[...a].sort().join('\n'), [...b].sort().join('\n')]
    const where = `${judged.start} ${text(Object.fromEntries(setting))}${explored.complete ? '' : ' (incomplete)'}`
    if (left !== right) return { is: 'different', where, explored: left, judged: right }
    if (b.size > 1 && explored.complete && ![...mine].some(f => f.orders.size > 0)) {
      return { is: 'different', where: 'orders matter, unsaid', explored: left, judged: right }
    }
  }
  return { is: 'equal', flats: judged.flats.length, forgets: judged.forgets, complete: explored.complete, worlds: settings.length }
}

const SETTINGS = 256

function settingsOf(flats: readonly Flattened[]): ReadonlyMap<string, string>[] | undefined {
  const unknowns = new Map<string, Set<string>>()
  for (const f of flats) for (const [k, v] of f.world) unknowns.set(k, (unknowns.get(k) ?? new Set()).add(v))
  let settings: ReadonlyMap<string, string>[] = [new Map()]
  for (const [k, values] of unknowns) {
    settings = settings.flatMap(s => [...values].map(v => new Map(s).set(k, v)))
    if (settings.length > SETTINGS) return undefined
  }
  return settings
}

const agrees = (world: ReadonlyMap<string, string>, setting: ReadonlyMap<string, string>): boolean =>
  [...world].every(([k, v]) => !setting.has(k) || setting.get(k) === v)

const LEAVES = 3000

/** The distributions that the orders can lead to, as texts; undefined when there are too many to list. */
function distributions(flats: readonly Flattened[]): Set<string> | undefined {
  const found = new Set<string>()
  let leaves = 0
  const settle = (left: readonly Flattened[], settled: ReadonlyMap<string, string>): boolean => {
    const open = left.flatMap(f => [...f.orders.keys()]).find(k => !settled.has(k))
    if (open === undefined) {
      if (++leaves > LEAVES) return false
      const odds = new Map<string, Fraction>()
      for (const f of left) odds.set(f.end, plus(odds.get(f.end) ?? [0n, 1n], f.odds))
      found.add([...odds].sort(([x], [y]) => (x < y ? -1 : 1)).map(([end, p]) => `${end}: ${p[0]}/${p[1]}`).join(', '))
      return true
    }
    const values = new Set(left.flatMap(f => f.orders.get(open) ?? []))
    return [...values].every(v => settle(left.filter(f => (f.orders.get(open) ?? v) === v), new Map(settled).set(open, v)))
  }
  return settle(flats, new Map()) ? found : undefined
}

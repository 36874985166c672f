// Parallel asks. They begin at the same instant and are worked through one after the other, which is exact as long as they
// do not get in each other's way (`clash`). Where they do, every order of work is explored as an unknown, and the result is
// not complete: real ones interleave.
import { LOST, type Arrival, type Effect } from '../chain/effects.ts'
import { textOf } from './canonical.ts'
import { settleOrder, type Way } from './choices.ts'
import type { Exploration } from './exploration.ts'
import type { Frame } from './frame.ts'
import { landings, resultOf } from './in-flight.ts'
import { arrivalOrderAt, byArrival, clash, permutations, receivedLists, workOrderAt, type Done } from './orders.ts'
import { after, identity, later, merged, type Path } from './path.ts'

export type AskEffect = Extract<Effect, { op: 'ask' }>

/** More parallel asks than this are not permuted in full; then only the order written and its reverse. */
const PERMUTED = 4

export function expandAsk(x: Exploration, frame: Frame, e: AskEffect): readonly Way[] {
  const start = frame.path
  const many = e.asks.length > 1
  const what = many ? textOf(e.asks) : ''
  const orders = many && frame.clashing.has(what) ? ordersOfWork(e.asks.length) : [e.asks.map((_, i) => i)]
  const ways: Way[] = []
  for (const begun of settleOrder(x, frame, start, workOrderAt(e.asks), what, orders)) {
    for (const done of workThrough(x, frame, e, what, begun.path, begun.value as readonly number[])) {
      ways.push(...received(x, frame, e, what, done))
    }
    if (frame.again) return []
  }
  return withoutTwins(ways)
}

const ordersOfWork = (n: number): number[][] => {
  if (n <= PERMUTED) return permutations(n)
  const written = Array.from({ length: n }, (_, i) => i)
  return [written, written.toReversed()]
}

interface Worked {
  readonly path: Path
  readonly replies: readonly Arrival[]
  readonly done: readonly Done[]
}

function workThrough(x: Exploration, frame: Frame, e: AskEffect, what: string, path: Path, order: readonly number[]): readonly Worked[] {
  let all: Worked[] = [{ path, replies: [], done: [] }]
  for (const from of order) {
    const next: Worked[] = []
    for (const so of all) {
      frame.path = so.path
      const entry = x.enter(frame, e.asks[from] as AskEffect['asks'][number])
      for (const first of so.done) {
        const over = frame.clashing.has(what) ? undefined : clash(first, entry)
        if (over === undefined) continue
        x.hitBounds.add(`interleaving of parallel asks over ${over}`)
        frame.clashing.add(what)
        frame.again = true
        return []
      }
      for (const ending of entry.endings) {
        const { elapsedMs } = ending.path
        const inTime = ending.value !== LOST && elapsedMs <= e.timeoutMs
        const arrived = inTime || (e.open !== undefined && ending.value !== LOST)
        next.push({
          path: after(so.path, ending.path),
          replies: arrived ? [...so.replies, { from, value: ending.value, atMs: elapsedMs }] : so.replies,
          done: order.length > 1 ? [...so.done, { entry, ending }] : so.done,
        })
      }
    }
    if (next.length > x.limits.combinations) x.hitBounds.add(`more than ${x.limits.combinations} combinations of parallel replies`)
    all = next.slice(0, x.limits.combinations)
  }
  return all
}

/** What the asker has in hand when it goes on, and when that is. */
function received(x: Exploration, frame: Frame, e: AskEffect, what: string, { path, replies }: Worked): readonly Way[] {
  const lastOf = (got: readonly Arrival[]): number => got.reduce((ms, r) => Math.max(ms, r.atMs), 0)
  if (!e.enough) {
    const waited = replies.length === e.asks.length ? lastOf(replies) : e.timeoutMs
    return [{ path: later(path, waited), value: byArrival(replies) }]
  }
  const all = e.open ? byArrival([...replies, ...landings(e.open, e.asks.length)]) : replies
  const { lists, cut } = receivedLists(all.filter(r => r.atMs <= e.timeoutMs), e.enough, x.limits.orders)
  if (cut) x.hitBounds.add(`more than ${x.limits.orders} orders of arrival`)
  const ways = settleOrder(x, frame, path, arrivalOrderAt(e.asks), e.open ? textOf([e.asks, e.open]) : what, lists.map(l => l.got.map(r => r.from)))
  return ways.map(way => {
    const { got, satisfied } = lists[lists.findIndex(l => textOf(l.got.map(r => r.from)) === textOf(way.value))] as (typeof lists)[number]
    const waited = satisfied ? lastOf(got) : e.timeoutMs
    return { path: later(way.path, waited), value: resultOf(e, all, got, waited) }
  })
}

/** Ways that the asker, and everybody after it, cannot tell apart: a reply that was lost here or there, or came too late. */
function withoutTwins(ways: readonly Way[]): readonly Way[] {
  if (ways.length < 2) return ways
  const distinct = new Map<string, Way>()
  for (const way of ways) {
    const id = identity(textOf(way.value), way.path)
    const twin = distinct.get(id)
    distinct.set(id, twin ? { value: twin.value, path: merged(twin.path, way.path) } : way)
  }
  return [...distinct.values()]
}

// Follows a witness: makes exactly the choices it lists, in its order, and says what comes out, or where the chain no longer
// fits it. It works through parallel asks one after the other, as the explorer's witness lists them.
import { LOOP, LOST, type Arrival, type Ask, type Chain, type Effect, type Note, type Plain } from '../chain/effects.ts'
import type { Step } from '../chain/outcome.ts'
import { textOf } from './canonical.ts'
import { assert } from './choices.ts'
import type { Start } from './exploration.ts'
import { heldAt } from './held.ts'
import { landings, resultOf } from './in-flight.ts'
import { arrivalOrderAt, byArrival, receivedLists, workOrderAt } from './orders.ts'
import { visible, withVersion, NO_CELLS, type Cells } from './timeline.ts'

export type Replayed =
  | { readonly followed: true; readonly value: Plain; readonly elapsedMs: number; readonly notes: readonly Note[] }
  | { readonly followed: false; readonly step: number; readonly why: string }

export interface ReplayOptions {
  /** The start it was explored from; it decides how long a held cell holds. */
  readonly start?: Start
  /** `Outcome.world`: unknowns that were settled by what a cell held, not by a step. */
  readonly world?: ReadonlyMap<string, Plain>
}

export function replay(chain: Chain, root: Ask, witness: readonly Step[], options: ReplayOptions = {}): Replayed {
  const follower = new Follower(chain, witness, options)
  try {
    const { value, atMs } = follower.call(root, 0, [])
    follower.done()
    return { followed: true, value, elapsedMs: atMs, notes: follower.notes }
  } catch (thrown) {
    if (thrown instanceof Diverged) return { followed: false, step: follower.at, why: thrown.message }
    throw thrown
  }
}

/** Never leaves this file. */
class Diverged extends Error {}

const ORDERS = 1e6

class Follower {
  at = 0
  readonly notes: Note[] = []
  private cells: Cells = NO_CELLS
  private readonly draws = new Map<string, Plain>()
  private readonly chain: Chain
  private readonly witness: readonly Step[]
  private readonly start: Start
  private readonly world: ReadonlyMap<string, Plain>

  constructor(chain: Chain, witness: readonly Step[], options: ReplayOptions) {
    this.chain = chain
    this.witness = witness
    this.start = options.start ?? 'cold'
    this.world = options.world ?? new Map()
  }

  done(): void {
    const left = this.witness[this.at]
    if (left) throw new Diverged(`the lookup ended before "${left.at}"`)
  }

  call(ask: Ask, beganMs: number, around: readonly string[]): { readonly value: Plain; readonly atMs: number } {
    const id = `${ask.hop} ${textOf(ask.query)}`
    if (around.includes(id)) return { value: LOOP, atMs: beganMs }
    const within = [...around, id]
    const hop = this.chain.get(ask.hop)
    assert(hop, `the chain has no hop "${ask.hop}"`)
    const run = hop(ask.query)
    let now = beganMs
    let result = run.next()
    while (!result.done) {
      const e: Effect = result.value
      let value: Plain
      switch (e.op) {
        case 'pick': value = this.pick(e); break
        case 'get': value = this.get(e, now); break
        case 'put': this.keep('put', e.cell, e.value, now, now + e.lifeMs); break
        case 'sleep': now += e.ms; break
        case 'note': this.notes.push(e.note); break
        case 'call': ({ value, atMs: now } = this.call(e.ask, now, within)); break
        case 'ask': ({ value, atMs: now } = this.ask(e, now, within))
      }
      result = run.next(value)
    }
    const { forgets } = hop
    if (forgets) for (const key of this.draws.keys()) if (forgets(ask.query, key)) this.draws.delete(key)
    return { value: result.value, atMs: now }
  }

  private keep(kind: 'put' | 'held' | 'absent', cell: string, value: Plain, sinceMs: number, untilMs: number): void {
    this.cells = withVersion(this.cells, cell, { kind, value, text: textOf(value), sinceMs, untilMs })
  }

  private next(at: string): Step {
    const step = this.witness[this.at]
    if (step?.at !== at) throw new Diverged(`"${at}" is chosen here, and the witness has ${step ? `"${step.at}"` : 'ended'}`)
    this.at++
    return step
  }

  private pick(e: Extract<Effect, { op: 'pick' }>): Plain {
    if (e.key !== undefined && this.draws.has(e.key)) return this.draws.get(e.key)
    if (e.key !== undefined && !e.odds && this.world.has(e.key) && this.witness[this.at]?.at !== e.at) return this.world.get(e.key)
    const step = this.next(e.at)
    if (step.index >= e.options.length || textOf(e.options[step.index]) !== textOf(step.taken)) {
      throw new Diverged(`"${e.at}" does not offer ${textOf(step.taken)} as its alternative ${step.index}`)
    }
    if (e.key !== undefined) this.draws.set(e.key, step.taken)
    return step.taken
  }

  private get(e: Extract<Effect, { op: 'get' }>, now: number): Plain {
    const seen = visible(this.cells.get(e.cell), now, -Infinity)
    if (seen?.live) return seen.version.kind === 'absent' ? undefined : { value: seen.version.value, ageMs: seen.ageMs }
    if (this.start === 'cold' || !e.fill) return undefined
    const { index, taken } = this.next(heldAt(e.cell))
    const [since, until] = this.start === 'any' ? [now, now] : [-Infinity, Infinity]
    this.keep(index < 0 ? 'absent' : 'held', e.cell, taken, since, until)
    return index < 0 ? undefined : { value: taken, ageMs: 0 }
  }

  private ask(
    e: Extract<Effect, { op: 'ask' }>, now: number, within: readonly string[],
  ): { readonly value: Plain; readonly atMs: number } {
    const ordered = e.asks.length > 1 && this.witness[this.at]?.at === workOrderAt(e.asks)
    const order = ordered ? (this.next(workOrderAt(e.asks)).taken as readonly number[]) : e.asks.map((_, i) => i)
    const replies: Arrival[] = []
    for (const from of order) {
      const { value, atMs } = this.call(e.asks[from] as Ask, now, within)
      if (value !== LOST && (atMs - now <= e.timeoutMs || e.open)) replies.push({ from, value, atMs: atMs - now })
    }
    const lastOf = (got: readonly Arrival[]): number => got.reduce((ms, r) => Math.max(ms, r.atMs), 0)
    if (!e.enough) return { value: byArrival(replies), atMs: now + (replies.length === e.asks.length ? lastOf(replies) : e.timeoutMs) }
    if (e.open) replies.push(...landings(e.open, e.asks.length))
    const { lists } = receivedLists(replies.filter(r => r.atMs <= e.timeoutMs), e.enough, ORDERS)
    let list = lists[0]
    if (lists.length > 1) {
      const taken = textOf(this.next(arrivalOrderAt(e.asks)).taken)
      list = lists.find(l => textOf(l.got.map(r => r.from)) === taken)
    }
    if (!list) throw new Diverged(`the replies do not come in that order`)
    const waited = list.satisfied ? lastOf(list.got) : e.timeoutMs
    return { value: resultOf(e, replies, list.got, waited), atMs: now + waited }
  }
}

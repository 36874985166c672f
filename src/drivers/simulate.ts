// The chain in virtual time: lookups one after the other or over each other, caches that fill and run out, health checks that
// go on meanwhile. Everything really runs side by side here: each running call is a task, and an event queue says whose
// turn it is. What can only be known by measuring is drawn by seed: chance by its odds, an unknown once and for all.
import { LOOP, type Ask, type Chain, type Effect, type Note, type Plain } from '../chain/effects.ts'
import type { Step } from '../chain/outcome.ts'
import { assert } from './choices.ts'
import { EventQueue, timeoutRank } from './event-queue.ts'
import { Hearing, Tickets } from './in-flight.ts'
import { enter, isOpen, leave, type OpenCalls } from './open-calls.ts'
import { arrivalOrderAt } from './orders.ts'
import { Memory, type SimulationState } from './simulation-memory.ts'

export type { SimulatedCell, SimulationState } from './simulation-memory.ts'

/** Lookups to make, by time. May be endless: nothing is read ahead. */
export type Schedule = Iterable<{ readonly atMs: number; readonly ask: Ask }>

export interface SimulateOptions {
  readonly seed: number
  /** What the unknowns are; those not named are chosen by the seed and reported. */
  readonly world?: ReadonlyMap<string, Plain>
  /** As for `explore`. */
  readonly pins?: ReadonlyMap<string, string>
  readonly state?: SimulationState
  /** Hops that run on their own from the start: health checks, reload. They need not end. */
  readonly background?: readonly Ask[]
}

export interface Lookup {
  /** Place in the schedule. Lookups are given as they end, so a later one may come first. */
  readonly index: number
  readonly atMs: number
  readonly ask: Ask
  readonly value: Plain
  readonly elapsedMs: number
  /** Choices made, nested calls in the order asked, as in a witness. */
  readonly steps: readonly Step[]
  readonly notes: readonly Note[]
  /** All unknowns settled so far. */
  readonly world: ReadonlyMap<string, Plain>
}

/** Runs the schedule. What it returns at its end is where it stands then, late replies included. */
export function* simulate(chain: Chain, schedule: Schedule, options: SimulateOptions): Generator<Lookup, SimulationState, void> {
  const clockwork = new Clockwork(chain, options)
  let index = 0
  let lastMs = -Infinity
  for (const { atMs, ask } of schedule) {
    assert(atMs >= lastMs, 'a schedule goes forward in time')
    lastMs = atMs
    while (clockwork.nextMs() <= atMs) {
      clockwork.turn()
      yield* clockwork.ended.splice(0)
    }
    clockwork.lookUp(index++, Math.max(atMs, clockwork.nowMs), ask)
    yield* clockwork.ended.splice(0)
  }
  while (clockwork.running > 0) {
    clockwork.turn()
    yield* clockwork.ended.splice(0)
  }
  return clockwork.snapshot()
}

/** Every `everyMs`, `count` times, from `fromMs` on. */
export function* repeated(ask: Ask, everyMs: number, count: number, fromMs = 0): Generator<{ atMs: number; ask: Ask }> {
  for (let i = 0; i < count; i++) yield { atMs: fromMs + i * everyMs, ask }
}

/** Entries, and at the place where it was asked the log of a parallel ask; written out when the lookup has ended. */
class Log<T> {
  private readonly entries: (T | Log<T>)[] = []

  add(entry: T | Log<T>): void {
    this.entries.push(entry)
  }

  flat(into: T[] = []): T[] {
    for (const entry of this.entries) {
      if (entry instanceof Log) entry.flat(into)
      else into.push(entry)
    }
    return into
  }
}

interface Task extends OpenCalls {
  readonly asker: Task | undefined
  readonly depth: number
  readonly background: boolean
  readonly steps: Log<Step>
  readonly notes: Log<Note>
  readonly ended: (value: Plain) => void
}

/** Effects at one instant; a chain that does more never moves on. */
const RUNAWAY = 1_000_000

class Clockwork {
  nowMs: number
  /** Tasks that belong to a lookup and have not ended. */
  running = 0
  readonly ended: Lookup[] = []
  private readonly chain: Chain
  private readonly memory: Memory
  private readonly queue = new EventQueue()
  private readonly tickets = new Tickets()
  private busy = 0

  constructor(chain: Chain, options: SimulateOptions) {
    this.chain = chain
    this.nowMs = options.state?.nowMs ?? 0
    this.memory = new Memory(options.seed, options.state, options.world ?? new Map(), options.pins ?? new Map())
    for (const ask of options.background ?? []) this.inBackground(ask)
  }

  /** A hop that nobody waits for: a health check, a refresh. */
  private inBackground(ask: Ask): void {
    this.queue.add({ atMs: this.nowMs, rank: 0, run: () => this.begin(ask, undefined, true, () => {}) })
  }

  nextMs(): number {
    return this.queue.nextMs()
  }

  turn(): void {
    const event = this.queue.take()
    assert(event && event.atMs >= this.nowMs, 'virtual time goes forward')
    if (event.atMs > this.nowMs) this.busy = 0
    this.nowMs = event.atMs
    event.run()
  }

  lookUp(index: number, atMs: number, ask: Ask): void {
    if (atMs > this.nowMs) this.busy = 0
    this.nowMs = atMs
    const task: Task = this.begin(ask, undefined, false, value => {
      this.ended.push({
        index, atMs, ask, value, elapsedMs: this.nowMs - atMs, world: this.memory.world,
        steps: task.steps.flat(), notes: task.notes.flat(),
      })
    })
  }

  snapshot(): SimulationState {
    return this.memory.snapshot(this.nowMs)
  }

  private begin(ask: Ask, asker: Task | undefined, background: boolean, ended: (value: Plain) => void): Task {
    const task: Task = { calls: [], asker, depth: (asker?.depth ?? 0) + 1, background, steps: new Log(), notes: new Log(), ended }
    if (!background) this.running++
    // A lookup's end is reported through `task`, which its maker has in hand only after this returns.
    if (asker === undefined) this.queue.add({ atMs: this.nowMs, rank: 0, run: () => this.enterFirst(task, ask) })
    else this.enterFirst(task, ask)
    return task
  }

  private enterFirst(task: Task, ask: Ask): void {
    if (isOpen(task, ask)) this.end(task, LOOP)
    else {
      enter(task, this.chain, ask)
      this.run(task, undefined)
    }
  }

  private end(task: Task, value: Plain): void {
    if (!task.background) this.running--
    task.ended(value)
  }

  /** Goes on until the task has to wait, or has ended. */
  private run(task: Task, given: Plain): void {
    let value = given
    for (;;) {
      const call = task.calls.at(-1)
      if (!call) return this.end(task, value)
      assert(++this.busy <= RUNAWAY, `more than ${RUNAWAY} effects at one instant, in "${call.ask.hop}"`)
      const step = call.run.next(value)
      value = undefined
      if (step.done) {
        leave(task, this.memory)
        value = step.value
        continue
      }
      const e = step.value
      switch (e.op) {
        case 'pick': value = this.pick(task, e); break
        case 'get': value = this.memory.get(e.cell, this.nowMs); break
        case 'put': this.memory.put(e.cell, e.value, e.lifeMs, this.nowMs); break
        case 'note':
          if (e.note.kind === 'background') this.inBackground({ hop: String(e.note['hop']), query: e.note['query'] })
          else task.notes.add(e.note)
          break
        case 'call':
          if (isOpen(task, e.ask)) value = LOOP
          else enter(task, this.chain, e.ask)
          break
        case 'sleep':
          if (e.ms <= 0) break
          this.queue.add({ atMs: this.nowMs + e.ms, rank: 0, run: () => this.run(task, undefined) })
          return
        case 'ask': {
          const got = this.ask(task, e)
          if (got === undefined) return
          value = got
        }
      }
    }
  }

  private pick(task: Task, e: Extract<Effect, { op: 'pick' }>): Plain {
    const { value, index } = this.memory.pick(e)
    if (index !== undefined) {
      const source = e.optionSources?.[index] ?? e.source
      task.steps.add({ at: e.at, taken: value, index, ...(e.key !== undefined && { key: e.key }), ...(source && { source }) })
    }
    return value
  }

  /** The replies, if they are all there at this very instant; else undefined, and the task goes on later. */
  private ask(task: Task, e: Extract<Effect, { op: 'ask' }>): Plain | undefined {
    const hearing = new Hearing(e, this.tickets, () => this.nowMs, value => this.run(task, value))
    const logs = e.asks.map(() => ({ steps: new Log<Step>(), notes: new Log<Note>() }))
    for (const log of logs) {
      task.steps.add(log.steps)
      task.notes.add(log.notes)
    }
    for (const from of this.startingOrder(e)) {
      if (!hearing.isOver) hearing.waitFor(from)
      const child: Task = this.begin(e.asks[from] as Ask, task, task.background, value => hearing.flights[from]?.land(value))
      logs[from]?.steps.add(child.steps)
      logs[from]?.notes.add(child.notes)
    }
    const heard = hearing.started()
    if (heard !== undefined) return heard
    this.queue.add({ atMs: this.nowMs + e.timeoutMs, rank: timeoutRank(task.depth), run: () => hearing.end() })
    return undefined
  }

  /** Nothing tells which of several questions of one instant is worked on first; whoever acts on it sees both, by seed. */
  private startingOrder(e: Extract<Effect, { op: 'ask' }>): readonly number[] {
    const order = e.asks.map((_, i) => i)
    if (!e.enough || order.length < 2) return order
    const site = arrivalOrderAt(e.asks)
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.memory.streams.even(site, i + 1)
      const [a, b] = [order[i] as number, order[j] as number]
      order[i] = b
      order[j] = a
    }
    return order
  }
}

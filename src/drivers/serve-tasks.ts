// The chain in real time: each lookup is a task that runs until it has to wait, for a reply, a time limit or a sleep. What `simulate` does
// on a virtual clock, on one that runs. Within one turn (a packet, a timer) time stands still, as for the model.
// A chain without end is cut off where the model has no end either: effects of one turn, tasks at once, nested asks.
import { LOOP, LOST, type Ask, type Chain, type Effect, type Note, type Plain } from '../chain/effects.ts'
import { Hearing, Tickets, type Flight } from './in-flight.ts'
import { enter, isOpen, leave, type OpenCalls } from './open-calls.ts'
import type { ServedMemory } from './serve-memory.ts'

export interface Clock {
  /** Milliseconds of the model. */
  readonly nowMs: () => number
  /** Calls back once, after so many milliseconds of the model; what is returned calls it off. */
  readonly after: (ms: number, run: () => void) => () => void
}

/** Asks somebody outside. Undefined: the hop is one of the chain. `done` is called at most once, and not before `Remote` has returned. */
export type Remote = (ask: Ask, done: (value: Plain) => void) => (() => void) | undefined

export interface TasksOptions {
  readonly chain: Chain
  readonly memory: ServedMemory
  readonly clock: Clock
  readonly remote?: Remote
  /** A hop threw: a mistake of the model. Its lookup gets no answer, the others go on. */
  readonly onFault?: (error: unknown) => void
}

/** How a lookup ended. */
export interface Ended {
  readonly value: Plain
  readonly notes: readonly Note[]
  readonly elapsedMs: number
}

interface Task extends OpenCalls {
  readonly asker: Task | undefined
  readonly depth: number
  readonly notes: Note[]
  readonly ended: (value: Plain) => void
}

type Wait = { readonly op: 'ended'; readonly value: Plain } | Extract<Effect, { op: 'sleep' | 'ask' }>

/** Effects of one turn: a chain that does more never moves on, and its lookup is given up. */
const RUNAWAY = 100_000
const DEEPEST = 200
const MOST_NOTES = 1000
const MOST_LOOKUPS = 4096
const MOST_IN_BACKGROUND = 512

export class Tasks {
  lookups = 0
  inBackground = 0
  private readonly options: TasksOptions
  private readonly timers = new Set<() => void>()
  private readonly tickets = new Tickets()
  private nowMs: number
  private busy = 0
  private isClosed = false

  constructor(options: TasksOptions) {
    this.options = options
    this.nowMs = options.clock.nowMs()
  }

  /** False: too many are under way, nothing was begun. `ended` may be called before this returns. */
  lookUp(ask: Ask, ended: (how: Ended) => void): boolean {
    if (this.isClosed || this.lookups >= MOST_LOOKUPS) return false
    this.lookups++
    this.turn(() => {
      const beganMs = this.nowMs
      const notes: Note[] = []
      this.begin(ask, undefined, notes, value => {
        this.lookups--
        ended({ value, notes, elapsedMs: this.options.clock.nowMs() - beganMs })
      })
    })
    return true
  }

  /** Runs a hop that nobody waits for. */
  start(ask: Ask): void {
    if (this.isClosed || this.inBackground >= MOST_IN_BACKGROUND) return
    this.inBackground++
    this.after(0, () => this.begin(ask, undefined, [], () => { this.inBackground-- }))
  }

  /** What waits is given up without an answer. */
  close(): void {
    this.isClosed = true
    for (const callOff of this.timers) callOff()
    this.timers.clear()
  }

  private turn(run: () => void): void {
    this.nowMs = this.options.clock.nowMs()
    this.busy = 0
    run()
  }

  private after(ms: number, run: () => void): () => void {
    const callOff = (): void => {
      this.timers.delete(callOff)
      stop()
    }
    const stop = this.options.clock.after(ms, () => {
      this.timers.delete(callOff)
      this.turn(run)
    })
    this.timers.add(callOff)
    return callOff
  }

  private begin(ask: Ask, asker: Task | undefined, notes: Note[], ended: (value: Plain) => void): void {
    const task: Task = { calls: [], asker, depth: (asker?.depth ?? 0) + 1, notes, ended }
    if (isOpen(task, ask)) return ended(LOOP)
    if (task.depth > DEEPEST) return ended(LOST)
    const isIn = this.guarded(() => {
      enter(task, this.options.chain, ask)
      return true
    })
    if (isIn) this.run(task, undefined)
    else ended(LOST)
  }

  /** Nothing of what another task does runs in here. */
  private guarded<T>(step: () => T): T | undefined {
    try {
      return step()
    } catch (error) {
      this.options.onFault?.(error)
      return undefined
    }
  }

  /** Goes on until the task has to wait, or has ended. */
  private run(task: Task, given: Plain): void {
    let value = given
    for (;;) {
      const wait = this.guarded(() => this.untilWait(task, value))
      if (!wait) return task.ended(LOST)
      if (wait.op === 'ended') return task.ended(wait.value)
      if (wait.op === 'sleep') {
        this.after(wait.ms, () => this.run(task, undefined))
        return
      }
      const got = this.ask(task, wait)
      if (got === undefined) return
      value = got
    }
  }

  private untilWait(task: Task, given: Plain): Wait {
    const { memory } = this.options
    let value = given
    for (;;) {
      const call = task.calls.at(-1)
      if (!call) return { op: 'ended', value }
      if (++this.busy > RUNAWAY) return { op: 'ended', value: LOST }
      const step = call.run.next(value)
      value = undefined
      if (step.done) {
        leave(task, memory)
        value = step.value
        continue
      }
      const e = step.value
      switch (e.op) {
        case 'pick': value = memory.pick(e, this.nowMs); break
        case 'get': value = memory.get(e.cell, this.nowMs); break
        case 'put': memory.put(e.cell, e.value, e.lifeMs, this.nowMs); break
        case 'note': this.note(task, e.note); break
        case 'call':
          if (isOpen(task, e.ask)) value = LOOP
          else enter(task, this.options.chain, e.ask)
          break
        case 'sleep':
          if (e.ms > 0) return e
          break
        case 'ask': return e
      }
    }
  }

  private note(task: Task, note: Note): void {
    if (note.kind === 'background') this.start({ hop: String(note['hop']), query: note['query'] })
    else if (task.notes.length < MOST_NOTES) task.notes.push(note)
  }

  /** The replies, if they are all there in this very turn; else undefined, and the task goes on later. */
  private ask(task: Task, e: Extract<Effect, { op: 'ask' }>): Plain | undefined {
    let stopTimer = (): void => undefined
    const hearing = new Hearing(e, this.tickets, () => this.nowMs, value => {
      stopTimer()
      this.run(task, value)
    })
    for (const [from, ask] of e.asks.entries()) {
      if (hearing.isOver) break
      const flight = hearing.flights[from] as Flight
      hearing.waitFor(from)
      const callOff = this.options.remote?.(ask, value => this.turn(() => flight.land(value)))
      if (callOff) flight.callOff = callOff
      else this.begin(ask, task, task.notes, value => flight.land(value))
    }
    const heard = hearing.started()
    if (heard !== undefined) return heard
    stopTimer = this.after(e.timeoutMs, () => hearing.end())
    return undefined
  }
}

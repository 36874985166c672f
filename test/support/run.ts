// A small virtual-time driver for replaying recorded scenarios: one instance of a chain lives through many queries, pauses and
// changes of its upstreams. Time jumps to the next event; events of one instant happen in the order they were made.
import { LOOP, LOST, text, type Arrival, type Chain, type Effect, type HopRun, type Note, type Pick, type Plain } from '../../src/chain/effects.ts'

interface Cell { readonly value: Plain; readonly atMs: number; readonly untilMs: number }

/** A running call and what called it: asking it again with the same question is a loop. */
interface Open { readonly id: string; readonly asker: Open | undefined }

export interface Noted { readonly atMs: number; readonly note: Note }

export class Run {
  nowMs = 0
  readonly notes: Noted[] = []
  private readonly events: { readonly atMs: number; readonly nth: number; readonly act: () => void }[] = []
  private readonly cells = new Map<string, Cell>()
  private made = 0
  private steps = 0
  private chain: Chain
  private readonly choose: (pick: Pick) => number

  constructor(chain: Chain, choose: (pick: Pick) => number = () => 0) {
    this.chain = chain
    this.choose = choose
  }

  /** Asks and lets time pass until the reply is there; LOST when nothing is left that could bring one, or after `limitMs`. */
  query(hop: string, query: Plain, limitMs = 60_000): Plain {
    let reply: Plain
    let done = false
    this.enter(undefined, hop, query, value => { [reply, done] = [value, value !== LOST] })
    const end = this.nowMs + limitMs
    while (!done && this.next(end)) { /* until the reply */ }
    return done ? reply : LOST
  }

  /** Another instance of the same process: what runs goes on as it was, what is asked from now on meets these hops. */
  use(chain: Chain): void {
    this.chain = chain
  }

  /** Starts a hop that nobody waits for. */
  background(hop: string, query: Plain): void {
    this.at(0, () => this.enter(undefined, hop, query, () => undefined))
  }

  pass(ms: number): void {
    const end = this.nowMs + ms
    while (this.next(end)) { /* until then */ }
    this.nowMs = end
  }

  private next(end: number): boolean {
    let first = -1
    for (const [i, e] of this.events.entries()) {
      const best = this.events[first]
      if (!best || e.atMs < best.atMs || (e.atMs === best.atMs && e.nth < best.nth)) first = i
    }
    const event = this.events[first]
    if (!event || event.atMs > end) return false
    this.events.splice(first, 1)
    this.nowMs = Math.max(this.nowMs, event.atMs)
    event.act()
    return true
  }

  private at(ms: number, act: () => void): void {
    this.events.push({ atMs: this.nowMs + ms, nth: this.made++, act })
  }

  private enter(asker: Open | undefined, hop: string, query: Plain, done: (value: Plain) => void): void {
    const make = this.chain.get(hop)
    if (!make) throw new Error(`no hop ${hop}`)
    const id = `${hop} ${text(query)}`
    for (let open = asker; open; open = open.asker) if (open.id === id) return done(LOOP)
    this.step({ id, asker }, make(query), undefined, done)
  }

  private step(open: Open, run: HopRun, input: unknown, done: (value: Plain) => void): void {
    if (++this.steps > 1_000_000) throw new Error('too many steps')
    for (let result = run.next(input); ; result = run.next(input)) {
      if (result.done) return done(result.value)
      const effect: Effect = result.value
      const resume = (value: unknown): void => this.step(open, run, value, done)
      if (effect.op === 'ask') return this.ask(open, effect, resume)
      if (effect.op === 'call') return this.enter(open, effect.ask.hop, effect.ask.query, resume)
      if (effect.op === 'sleep') return this.at(effect.ms, () => resume(undefined))
      input = this.now(effect)
    }
  }

  private now(effect: Exclude<Effect, { op: 'ask' | 'call' | 'sleep' }>): unknown {
    if (effect.op === 'pick') return effect.options[this.choose(effect)]
    if (effect.op === 'note') {
      if (effect.note.kind === 'background') this.background(String(effect.note['hop']), effect.note['query'])
      else this.notes.push({ atMs: this.nowMs, note: effect.note })
      return undefined
    }
    if (effect.op === 'put') {
      this.cells.set(effect.cell, { value: effect.value, atMs: this.nowMs, untilMs: this.nowMs + effect.lifeMs })
      return undefined
    }
    const cell = this.cells.get(effect.cell)
    return cell && cell.untilMs > this.nowMs ? { value: cell.value, ageMs: this.nowMs - cell.atMs } : undefined
  }

  private ask(open: Open, effect: Extract<Effect, { op: 'ask' }>, resume: (arrivals: readonly Arrival[]) => void): void {
    const begun = this.nowMs
    const got: Arrival[] = []
    let over = false
    const end = (): void => {
      if (over) return
      over = true
      resume(got)
    }
    this.at(effect.timeoutMs, end)
    for (const [from, { hop, query }] of effect.asks.entries()) {
      this.at(0, () => this.enter(open, hop, query, value => {
        if (over || value === LOST) return
        got.push({ from, value, atMs: this.nowMs - begun })
        if (got.length === effect.asks.length || effect.enough?.(got)) end()
      }))
    }
  }
}

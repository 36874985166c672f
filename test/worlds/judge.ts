// The explorer's judge: the same hops, replayed from the very start for every single combination of choices. Nothing is
// merged, nothing remembered, no clock is shifted: there is one clock, and one list of everything that was put. It is slow
// and meant to be obviously right; so it shares no code with src/drivers, not even the arithmetic.
import { LOOP, LOST, text, type Arrival, type Ask, type Chain, type Effect, type Fill, type Plain } from '../../src/chain/effects.ts'

export type Fraction = readonly [bigint, bigint]

export interface Flat {
  readonly value: Plain
  readonly elapsedMs: number
  readonly odds: Fraction
  /** Unknowns, by key. */
  readonly world: ReadonlyMap<string, string>
  /** Orders that no clock tells, by occurrence. */
  readonly orders: ReadonlyMap<string, string>
}

export interface Verdict {
  readonly flats: readonly Flat[]
  /** Stopped at the limit: no verdict. */
  readonly stopped: boolean
  /** Somebody read what a hop had declared forgotten (rule 9). */
  readonly forgottenRead?: string
}

type Start = 'cold' | 'any'
/** What each cell may have been filled with: by cell and filling ask. */
type Past = Map<string, { readonly fill: Fill; values: Map<string, Plain> }>

export function judge(chain: Chain, root: Ask, start: Start, limit: number): Verdict {
  const past: Past = new Map()
  for (;;) {
    const verdict = enumerate(chain, root, start, past, limit)
    if (verdict.stopped || verdict.forgottenRead !== undefined || start === 'cold') return verdict
    // The contents of cells are the least fixed point: fills are found on the way, and may themselves read cells.
    let grew = false
    for (let more = true; more;) {
      more = false
      for (const entry of past.values()) {
        const found = enumerate(chain, entry.fill.from, start, past, limit)
        if (found.stopped || found.forgottenRead !== undefined) return found
        for (const { value } of found.flats) {
          if (value === LOST || value === LOOP || !(entry.fill.lifeMs(value) > 0)) continue
          const stored = entry.fill.stores ? entry.fill.stores(value) : value
          if (!entry.values.has(text(stored))) {
            entry.values.set(text(stored), stored)
            grew = more = true
          }
        }
      }
    }
    if (!grew) return verdict
  }
}

class Forgotten extends Error {}

function enumerate(chain: Chain, root: Ask, start: Start, past: Past, limit: number): Verdict {
  const flats: Flat[] = []
  const scripts: number[][] = [[]]
  let paths = 0
  for (let script = scripts.pop(); script; script = scripts.pop()) {
    const life = new Life(chain, start, past, script, scripts)
    try {
      const { value, atMs } = life.run(root, 0, [])
      if (++paths > limit) return { flats, stopped: true }
      flats.push({ value, elapsedMs: atMs, odds: life.odds, world: life.world, orders: life.orders })
    } catch (thrown) {
      if (thrown instanceof Forgotten) return { flats, stopped: false, forgottenRead: thrown.message }
      throw thrown
    }
  }
  return { flats, stopped: false }
}

interface Put {
  readonly cell: string
  readonly value: Plain
  readonly fromMs: number
  readonly toMs: number
  /** What was there before the lookup, known for this instant only. */
  readonly before: boolean
}

/** One lookup, by one script of choices. Where the script ends, the first alternative is taken and the others become scripts. */
class Life {
  odds: Fraction = [1n, 1n]
  readonly world = new Map<string, string>()
  readonly orders = new Map<string, string>()
  private readonly puts: Put[] = []
  private readonly drawn = new Map<string, Plain>()
  private readonly forgotten: ((key: string) => boolean)[] = []
  private readonly occurrences = new Map<string, number>()
  private at = 0
  private readonly chain: Chain
  private readonly start: Start
  private readonly past: Past
  private readonly script: number[]
  private readonly others: number[][]

  constructor(chain: Chain, start: Start, past: Past, script: number[], others: number[][]) {
    this.chain = chain
    this.start = start
    this.past = past
    this.script = script
    this.others = others
  }

  run(ask: Ask, atMs: number, around: readonly string[]): { value: Plain; atMs: number } {
    const me = text([ask.hop, ask.query])
    if (around.includes(me)) return { value: LOOP, atMs }
    const hop = this.chain.get(ask.hop)
    if (!hop) throw new Error(`no hop ${ask.hop}`)
    const run = hop(ask.query)
    let now = atMs
    let step = run.next()
    while (!step.done) {
      const e: Effect = step.value
      let result: Plain
      switch (e.op) {
        case 'sleep': now += e.ms; break
        case 'note': break
        case 'put': this.puts.push({ cell: e.cell, value: e.value, fromMs: now, toMs: now + e.lifeMs, before: false }); break
        case 'get': result = this.get(e.cell, e.fill, now); break
        case 'pick': result = this.pick(e); break
        case 'call': {
          const called = this.run(e.ask, now, [...around, me])
          result = called.value
          now = called.atMs
          break
        }
        case 'ask': {
          const asked = this.ask(e, now, [...around, me])
          result = asked.got
          now = asked.atMs
        }
      }
      step = run.next(result)
    }
    if (hop.forgets) {
      const { forgets } = hop
      this.forgotten.push(key => forgets(ask.query, key))
    }
    return { value: step.value, atMs: now }
  }

  private choose(ways: number): number {
    if (ways === 1) return 0
    if (this.at === this.script.length) {
      for (let i = ways - 1; i > 0; i--) this.others.push([...this.script, i])
      this.script.push(0)
    }
    return this.script[this.at++]!
  }

  private remember(key: string): void {
    if (this.forgotten.some(gone => gone(key))) throw new Forgotten(key)
  }

  private occurrence(what: string): string {
    const n = (this.occurrences.get(what) ?? 0) + 1
    this.occurrences.set(what, n)
    return `${what} #${n}`
  }

  private pick(e: Extract<Effect, { op: 'pick' }>): Plain {
    if (e.key !== undefined) {
      this.remember(e.key)
      if (this.drawn.has(e.key)) return this.drawn.get(e.key)
    }
    const possible = e.options.map((_, i) => i).filter(i => !e.odds || e.odds[i]![0] > 0n)
    const i = possible[this.choose(possible.length)]!
    if (e.odds) this.odds = times(this.odds, e.odds[i]!)
    else this.world.set(e.key!, text(e.options[i]))
    if (e.key !== undefined) this.drawn.set(e.key, e.options[i])
    return e.options[i]
  }

  private get(cell: string, fill: Fill | undefined, now: number): Plain {
    this.remember(cell)
    let last: Put | undefined
    for (const put of this.puts) if (put.cell === cell && put.fromMs <= now && (!last || put.fromMs >= last.fromMs)) last = put
    if (last && (last.before ? last.fromMs === now : now < last.toMs)) {
      return last.value === NOTHING ? undefined : { value: last.value, ageMs: last.before ? 0 : now - last.fromMs }
    }
    if (this.start === 'cold' || !fill) return undefined
    const id = text([cell, fill.from])
    const entry = this.past.get(id) ?? { fill, values: new Map<string, Plain>() }
    this.past.set(id, entry)
    const options = [NOTHING, ...entry.values.values()]
    this.odds = times(this.odds, [1n, BigInt(options.length)])
    const value = options[this.choose(options.length)]
    this.puts.push({ cell, value, fromMs: now, toMs: now, before: true })
    return value === NOTHING ? undefined : { value, ageMs: 0 }
  }

  private ask(e: Extract<Effect, { op: 'ask' }>, now: number, around: readonly string[]): { got: Plain; atMs: number } {
    const work = orders(e.asks.map((_, i) => i))
    const order = work[this.choose(work.length)]!
    if (work.length > 1) this.orders.set(this.occurrence(`work ${text(e.asks)}`), text(order))
    const came: Arrival[] = []
    const late: Arrival[] = []
    for (const from of order) {
      const { value, atMs } = this.run(e.asks[from]!, now, around)
      if (value !== LOST && atMs - now <= e.timeoutMs) came.push({ from, value, atMs: atMs - now })
      else if (value !== LOST) late.push({ from, value, atMs: atMs - now })
    }
    // A ticket says what will come, and when by the one clock.
    const tickets = (e.open ?? []) as readonly { readonly value: Plain; readonly dueMs: number }[]
    for (const [i, { value, dueMs }] of tickets.entries()) {
      ;(dueMs - now <= e.timeoutMs ? came : late).push({ from: e.asks.length + i, value, atMs: dueMs - now })
    }
    const last = (got: readonly Arrival[]): number => Math.max(0, ...got.map(r => r.atMs))
    came.sort((a, b) => a.atMs - b.atMs || a.from - b.from)
    if (!e.enough) return { got: came, atMs: now + (came.length === e.asks.length ? last(came) : e.timeoutMs) }
    const sequences = orders(came).filter(s => s.every((r, i) => i === 0 || s[i - 1]!.atMs <= r.atMs))
    const cut = new Map(sequences.map(s => {
      const n = s.findIndex((_, i) => e.enough!(s.slice(0, i + 1)))
      const got = n < 0 ? s : s.slice(0, n + 1)
      return [text(got.map(r => r.from)), { got, atMs: now + (n < 0 ? e.timeoutMs : last(got)) }]
    }))
    const [name, taken] = [...cut][this.choose(cut.size)]!
    const waiting = tickets.map(({ value, dueMs }) => [value, dueMs - now])
    if (cut.size > 1) this.orders.set(this.occurrence(`arrival ${text([e.asks, waiting])} ${text([...cut.keys()])}`), name)
    if (!e.open) return taken
    const open = [...came.filter(reply => !taken.got.includes(reply)), ...late].sort((a, b) => a.from - b.from)
    const kept = open.map(({ from, value, atMs }) => ({ from, ticket: { value, dueMs: now + atMs } }))
    return { got: { arrivals: taken.got, open: kept }, atMs: taken.atMs }
  }
}

const NOTHING = '(nothing)'

const orders = <T>(all: readonly T[]): T[][] =>
  all.length === 0 ? [[]] : all.flatMap((x, i) => orders([...all.slice(0, i), ...all.slice(i + 1)]).map(rest => [x, ...rest]))

export function times(a: Fraction, b: Fraction): Fraction {
  return lowest(a[0] * b[0], a[1] * b[1])
}
export function plus(a: Fraction, b: Fraction): Fraction {
  return lowest(a[0] * b[1] + b[0] * a[1], a[1] * b[1])
}
function lowest(n: bigint, d: bigint): Fraction {
  let [a, b] = [n, d]
  while (b) [a, b] = [b, a % b]
  return a === 0n ? [0n, 1n] : [n / a, d / a]
}

// What a served chain remembers between queries: cells with real lifetimes, keyed draws, the unknowns. Clients decide how many there are, so
// everything has a bound; what was written or read longest ago goes first. A draw nobody looks at for as long as conntrack keeps an idle
// flow is dropped with it.
// Not modelled: which entry a full cache of the real program throws out (there it is any entry of a shard).
import type { Held, Pick, Plain } from '../chain/effects.ts'
import { compare, multiply, rational, toNumber, type Rational } from '../chain/rational.ts'
import { checkPick } from './choices.ts'

interface Cell {
  readonly value: Plain
  readonly sinceMs: number
  readonly untilMs: number
}

interface Draw {
  readonly value: Plain
  usedMs: number
}

export interface ServedMemoryOptions {
  /** A uniform whole number in [0, n); n is at most 2^47. */
  readonly below: (n: number) => number
  /** Unknowns that are given. */
  readonly world: ReadonlyMap<string, Plain>
  /** What one that is not given is taken to be; undefined = it is drawn. */
  readonly guess?: (key: string) => Plain
  /** An unknown that was met for the first time, and what it was taken to be. */
  readonly onUnknown?: (key: string, is: Plain) => void
}

/** Twice CoreDNS's default of 9984 entries in each of its two maps. */
const MOST_CELLS = 20_000
const MOST_DRAWS = 20_000
const MOST_UNKNOWNS = 20_000
/** nf_conntrack_udp_timeout_stream. */
const IDLE_FLOW_MS = 120_000
/** randomInt's own limit is 2^48. */
const LARGEST_RANGE = 2 ** 47

export class ServedMemory {
  private readonly unknowns = new Map<string, Plain>()
  private readonly cells = new Map<string, Cell>()
  /** Order of last use: the first is the one idle for longest. */
  private readonly draws = new Map<string, Draw>()
  private readonly options: ServedMemoryOptions

  constructor(options: ServedMemoryOptions) {
    this.options = options
  }

  /** The unknowns, as given and as drawn. */
  get world(): ReadonlyMap<string, Plain> {
    return new Map([...this.unknowns, ...this.options.world])
  }

  get size(): number {
    return this.cells.size + this.draws.size
  }

  get(cell: string, nowMs: number): Held | undefined {
    const held = this.cells.get(cell)
    if (!held) return undefined
    if (nowMs < held.untilMs) return { value: held.value, ageMs: nowMs - held.sinceMs }
    this.cells.delete(cell)
    return undefined
  }

  put(cell: string, value: Plain, lifeMs: number, nowMs: number): void {
    this.cells.delete(cell)
    if (lifeMs <= 0) return
    this.cells.set(cell, { value, sinceMs: nowMs, untilMs: nowMs + lifeMs })
    if (this.cells.size > MOST_CELLS) this.cells.delete(oldest(this.cells))
  }

  pick(pick: Pick, nowMs: number): Plain {
    const { key, odds, options } = pick
    checkPick(pick)
    if (key === undefined) return options[this.index(odds as readonly Rational[])]
    const known = this.drawn(key, nowMs) ?? this.unknown(key)
    if (known) return known.value
    const guessed = odds ? undefined : this.options.guess?.(key)
    const value = guessed !== undefined && options.includes(guessed) ? guessed : options[odds ? this.index(odds) : this.options.below(options.length)]
    if (odds) this.keep(key, value, nowMs)
    else this.settle(key, value)
    return value
  }

  /** Only draws: what a hop says nobody reads again. */
  forget(gone: (key: string) => boolean): void {
    for (const key of this.draws.keys()) if (gone(key)) this.draws.delete(key)
  }

  /** As after a restart of everything that is served; the unknowns are what they were. */
  clear(): void {
    this.cells.clear()
    this.draws.clear()
  }

  private drawn(key: string, nowMs: number): Draw | undefined {
    const draw = this.draws.get(key)
    if (!draw) return undefined
    this.draws.delete(key)
    if (nowMs - draw.usedMs >= IDLE_FLOW_MS) return undefined
    draw.usedMs = nowMs
    this.draws.set(key, draw)
    return draw
  }

  private unknown(key: string): { readonly value: Plain } | undefined {
    const from = [this.options.world, this.unknowns].find(map => map.has(key))
    return from && { value: from.get(key) }
  }

  private keep(key: string, value: Plain, nowMs: number): void {
    this.draws.set(key, { value, usedMs: nowMs })
    for (const [other, { usedMs }] of this.draws) {
      if (this.draws.size <= MOST_DRAWS && nowMs - usedMs < IDLE_FLOW_MS) break
      this.draws.delete(other)
    }
  }

  /** An unknown that had to make room is drawn again when it is met again. */
  private settle(key: string, value: Plain): void {
    if (this.unknowns.size >= MOST_UNKNOWNS) this.unknowns.delete(oldest(this.unknowns))
    this.unknowns.set(key, value)
    this.options.onUnknown?.(key, value)
  }

  /** An index by its odds, exact as long as they share a denominator that fits. */
  private index(odds: readonly Rational[]): number {
    const whole = odds.reduce((all, [, d]) => lcm(all, d), 1n)
    const isExact = whole <= BigInt(LARGEST_RANGE)
    const range = isExact ? Number(whole) : LARGEST_RANGE
    let left = this.options.below(range)
    let last = 0
    for (const [i, share] of odds.entries()) {
      if (compare(share, [0n, 1n]) <= 0) continue
      last = i
      left -= isExact ? toNumber(multiply(share, rational(whole))) : toNumber(share) * range
      if (left < 0) return i
    }
    // What rounding left over.
    return last
  }
}

const oldest = (map: ReadonlyMap<string, unknown>): string => map.keys().next().value as string

function lcm(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return a / x * b
}

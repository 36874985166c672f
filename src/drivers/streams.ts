// Seeded randomness, one stream for each choice site: adding a site to a chain does not reshuffle the draws of the others,
// so two simulations that differ in one line of a configuration stay comparable lookup by lookup.
import type { Rational } from '../chain/rational.ts'

/** FNV-1a over UTF-16 units. */
function hash(seed: number, name: string): number {
  let h = (0x811c9dc5 ^ seed) >>> 0
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193) >>> 0
  return h
}

export class Streams {
  private readonly seed: number
  private readonly states: Map<string, number>

  constructor(seed: number, states: ReadonlyMap<string, number> = new Map()) {
    this.seed = seed
    this.states = new Map(states)
  }

  /** Uniform in [0, 1), 32 bits: mulberry32. */
  next(site: string): number {
    const state = ((this.states.get(site) ?? hash(this.seed, site)) + 0x6d2b79f5) >>> 0
    this.states.set(site, state)
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** An index by its odds; never one that has none. */
  index(site: string, odds: readonly Rational[]): number {
    let left = this.next(site)
    let last = 0
    for (const [i, [n, d]] of odds.entries()) {
      if (n === 0n) continue
      last = i
      left -= Number(n) / Number(d)
      if (left < 0) return i
    }
    // What rounding left over.
    return last
  }

  even(site: string, n: number): number {
    return Math.floor(this.next(site) * n)
  }

  snapshot(): ReadonlyMap<string, number> {
    return new Map(this.states)
  }
}

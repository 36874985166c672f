// Seeded choices of the case generators.
import { Streams } from '../../src/drivers/streams.ts'

export class Dice {
  private readonly streams: Streams

  constructor(seed: number) {
    this.streams = new Streams(seed)
  }

  /** 0 … n - 1. */
  below(n: number): number {
    return this.streams.even('', n)
  }

  between(from: number, to: number): number {
    return from + this.below(to - from + 1)
  }

  chance(share: number): boolean {
    return this.streams.next('') < share
  }

  of<T>(options: readonly [T, ...T[]] | readonly T[]): T {
    return options[this.below(options.length)] as T
  }

  /** Each with that chance, in order. */
  some<T>(options: readonly T[], share: number): T[] {
    return options.filter(() => this.chance(share))
  }

  shuffled<T>(options: readonly T[]): T[] {
    const left = [...options]
    for (let i = left.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      ;[left[i], left[j]] = [left[j] as T, left[i] as T]
    }
    return left
  }
}

/** One seed of two: the k-th case of a run has the same scenario whatever else is run. */
export const seedOf = (seed: number, nth: number): number => (Math.imul(seed, 0x9e3779b1) ^ Math.imul(nth + 1, 0x85ebca6b)) >>> 0

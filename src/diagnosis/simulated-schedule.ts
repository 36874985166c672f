// When simulated lookups come: at fixed intervals, or at random with a mean rate (Poisson), drawn by the same seed as all else.
import type { Ask } from '../chain/effects.ts'
import { Streams } from '../drivers/streams.ts'

export type Arrivals =
  | { readonly kind: 'every'; readonly everyMs: number }
  | { readonly kind: 'random'; readonly perSecond: number }

export const perSecondOf = (arrivals: Arrivals): number => (arrivals.kind === 'every' ? 1000 / arrivals.everyMs : arrivals.perSecond)

/** Endless, from 0 on. Whole milliseconds, as everything in the chain. */
export function* schedule(ask: Ask, arrivals: Arrivals, seed: number): Generator<{ readonly atMs: number; readonly ask: Ask }> {
  const streams = new Streams(seed)
  let atMs = 0
  for (;;) {
    yield { atMs, ask }
    // 1 - u is never 0.
    atMs += arrivals.kind === 'every' ? arrivals.everyMs : Math.round(-Math.log(1 - streams.next('requests')) * 1000 / arrivals.perSecond)
  }
}

/** The part of a schedule before `endMs`, at most `limit` of it. */
export function* until<T extends { readonly atMs: number }>(all: Iterable<T>, endMs: number, limit: number): Generator<T> {
  let count = 0
  for (const each of all) {
    if (each.atMs >= endMs || count++ >= limit) return
    yield each
  }
}

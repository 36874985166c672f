// Good times and bad times: what a cache makes of a choice that is made anew at each fill. All in closed form; the simulator
// is the judge of it. Fill i comes with odds p and is held for D; requests come at random (Poisson), at fixed intervals, or
// so densely that the cell is never empty (`busy`).
//
// The longer-lived outcome is over-represented: not the upstreams' odds decide, but odds times lifetime.
import { toNumber, type Rational } from '../chain/rational.ts'

export interface SpellFill {
  readonly odds: number | Rational
  /** How long such a fill is held; 0 = not stored. */
  readonly lifeMs: number
  readonly bad: boolean
}

export type Requests =
  | { readonly kind: 'busy' }
  /** At random, this many a second. */
  | { readonly kind: 'poisson'; readonly perS: number }
  | { readonly kind: 'every'; readonly everyMs: number }

export interface Spells {
  /** Share of lookups that fail in the long run. */
  readonly failingShare: number
  /** Share of time a failing entry is held. */
  readonly heldShare: number
  /** Mean length of a run of failing fills, and of working ones, with the gaps after each; Infinity when it never ends. */
  readonly meanBadMs: number
  readonly meanGoodMs: number
  readonly alternationsPerDay: number
  /** Longest time a bad answer lives on after its cause is mended. */
  readonly worstRecoveryMs: number
}

/** CoreDNS' cache keeps a reply for at least this long, however little of its TTL is left (plugin/cache, minTTL). */
const LEAST_HELD_MS = 5000
const DAY_MS = 86_400_000

interface Fill {
  readonly p: number
  readonly d: number
  readonly bad: boolean
}

/** `levels`: caches further down the chain, each of which may keep what is left of the answer for its least time again. */
export function spells(fills: readonly SpellFill[], requests: Requests, levels = 0): Spells {
  const all = normalised(fills)
  const bad = all.filter(f => f.bad)
  const good = all.filter(f => !f.bad)
  const q = total(bad, f => f.p)
  const cycle = cycleOf(requests)
  const spell = (of: readonly Fill[], share: number): number =>
    share === 0 ? 0 : share >= 1 ? Infinity : total(of, f => f.p * cycle(f.d)) / share / (1 - share)
  const meanBadMs = spell(bad, q)
  const meanGoodMs = spell(good, 1 - q)
  const longest = Math.max(0, ...bad.filter(f => f.p > 0).map(f => f.d))
  return {
    failingShare: failingShare(all, requests),
    heldShare: ratio(total(bad, f => f.p * f.d), total(all, f => f.p * cycle(f.d))),
    meanBadMs, meanGoodMs,
    alternationsPerDay: q === 0 || q === 1 ? 0 : ratio(DAY_MS, meanBadMs + meanGoodMs),
    worstRecoveryMs: longest === 0 ? 0 : longest + levels * LEAST_HELD_MS,
  }
}

/** Requests served by a fill: the one that fetched it, and those that come while it is held. */
function failingShare(all: readonly Fill[], requests: Requests): number {
  const bad = all.filter(f => f.bad)
  if (requests.kind === 'busy') {
    const held = total(all, f => f.p * f.d)
    // Nothing is ever stored: each request is a fill of its own.
    return held === 0 ? ratio(total(bad, f => f.p), total(all, f => f.p)) : total(bad, f => f.p * f.d) / held
  }
  const served = (f: Fill): number => f.p * (1 + hitsWithin(f.d, requests))
  return ratio(total(bad, served), total(all, served))
}

const hitsWithin = (d: number, requests: Exclude<Requests, { kind: 'busy' }>): number =>
  requests.kind === 'poisson' ? (requests.perS * d) / 1000 : Math.max(0, Math.ceil(d / requests.everyMs) - 1)

/** From one fill to the next: the time it is held, and the wait for the request that finds it gone. */
const cycleOf = (requests: Requests) => (d: number): number => {
  switch (requests.kind) {
    case 'busy': return d
    case 'poisson': return d + 1000 / requests.perS
    case 'every': return Math.max(1, Math.ceil(d / requests.everyMs)) * requests.everyMs
  }
}

/** Share of lookups still failing `laterMs` after the cause was mended; a busy cell, and nobody flushes it. */
export function stillFailing(fills: readonly SpellFill[], laterMs: number): number {
  const all = normalised(fills)
  return ratio(total(all.filter(f => f.bad), f => f.p * Math.max(0, f.d - laterMs)), total(all, f => f.p * f.d))
}

/** Busy share at a cache with cap `capMs` that polls `servers` caches (each busy with `fills`) at random. Exact for a cap much
 * smaller than what they hold, where both ends meet; else the truth lies between a mixture with 1/servers of fresh fills and
 * independence, and only simulation tells more. Outermost cap last. */
export function stackedShare(fills: readonly SpellFill[], capMs: number, servers: number): { readonly low: number; readonly high: number } {
  const all = normalised(fills).filter(f => f.d > 0)
  const held = total(all, f => f.p * f.d)
  const left = (f: Fill): number => ratio(f.p * f.d, held) * meanLeft(f.d, capMs)
  const fresh = (f: Fill): number => f.p * Math.min(capMs, f.d)
  const mixed = (f: Fill): number => fresh(f) / servers + left(f) * (1 - 1 / servers)
  const bad = all.filter(f => f.bad)
  const ends = [ratio(total(bad, left), total(all, left)), ratio(total(bad, mixed), total(all, mixed))]
  return { low: Math.min(...ends), high: Math.max(...ends) }
}

/** E[min(cap, max(least, U(0, d)))]: what a downstream cache gets of an entry that it meets at a random moment of its life. */
function meanLeft(d: number, capMs: number): number {
  if (capMs <= LEAST_HELD_MS) return capMs
  if (d <= LEAST_HELD_MS) return LEAST_HELD_MS
  const least = LEAST_HELD_MS
  const top = Math.min(capMs, d)
  return (least * least + (top * top - least * least) / 2 + Math.max(0, d - capMs) * capMs) / d
}

/** All of `tries` immediate retries fail, each at one of `servers` caches at random, of which a share `f` holds a failing entry. */
export function allTriesFail(f: number, servers: number, tries: number): number {
  let sum = 0
  for (let n = 0; n <= servers; n++) sum += choose(servers, n) * f ** n * (1 - f) ** (servers - n) * (n / servers) ** tries
  return sum
}

const choose = (n: number, k: number): number => {
  let ways = 1
  for (let i = 1; i <= k; i++) ways *= (n - k + i) / i
  return ways
}

const total = (fills: readonly Fill[], of: (fill: Fill) => number): number => fills.reduce((sum, f) => sum + of(f), 0)
const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b)

function normalised(fills: readonly SpellFill[]): Fill[] {
  const odds = fills.map(f => (typeof f.odds === 'number' ? f.odds : toNumber(f.odds)))
  const sum = odds.reduce((a, b) => a + b, 0)
  return fills.map((f, i) => ({ p: ratio(odds[i] as number, sum), d: Math.max(0, f.lifeMs), bad: f.bad }))
}

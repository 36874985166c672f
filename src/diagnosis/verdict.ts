// From odds per world to one word. A world is one setting of everything nobody knows; worlds are never averaged.
import { compare, ONE, ZERO, type Rational } from '../chain/rational.ts'
import type { Verdict } from '../findings/diagnosis.ts'

/** What one world says. */
export interface WorldOdds {
  /** Odds that the application gets addresses. */
  readonly success: Rational
  /** Every failure is the word of a server that may know (NXDOMAIN or NODATA), none is an error. */
  readonly deniedOnly: boolean
  /** Part of it runs through something that is not modelled, or of which the evidence has nothing: then this world tells nothing. */
  readonly unmodelled: boolean
  /** The slowest success, virtual milliseconds. */
  readonly slowestMs: number
}

/** A success slower than this is noticed: one lost packet costs a stub 2.5 s (musl) or 5 s (glibc, Go), one dead upstream 2 s in CoreDNS. */
export const SLOW_MS = 1000

export function verdictOfWorld(world: WorldOdds): Verdict {
  if (world.unmodelled) return 'inconclusive'
  if (compare(world.success, ONE) === 0) return world.slowestMs >= SLOW_MS ? 'slow' : 'works'
  if (compare(world.success, ZERO) === 0) return world.deniedOnly ? 'absent' : 'fails'
  return 'intermittent'
}

/** One verdict for all worlds that the evidence leaves open; `inconclusive` when they differ in a way that matters. */
export function verdictOf(worlds: readonly WorldOdds[]): Verdict {
  const each = new Set(worlds.map(verdictOfWorld))
  if (each.size === 0) return 'inconclusive'
  if (each.size === 1) return [...each][0] as Verdict
  if (each.has('inconclusive')) return 'inconclusive'
  const good = each.has('works')
  if (!good && each.has('intermittent')) return 'intermittent'
  if (!good && !each.has('slow')) return 'fails'
  return 'inconclusive'
}

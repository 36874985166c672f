// What a lookup can end in, as drivers give it and as findings read it.
import type { Cause } from '../dns/message.ts'
import type { Note, Plain } from './effects.ts'
import type { Rational } from './rational.ts'
import type { Source } from './source.ts'

/** How a stub's lookup ended, in the application's eyes. */
export type StubResult = {
  readonly result: 'answer' | 'nxdomain' | 'nodata' | 'servfail' | 'refused' | 'timeout' | 'error'
  /** Sorted, because no caller may depend on their order. */
  readonly addresses: readonly string[]
  /** The library's own code: `EAI_NONAME`, `EAI_AGAIN`, … or Go's error text; `OK`. */
  readonly code: string
  /** The line as the application prints it; empty on success. */
  readonly says: string
  /** Why, when it is not an answer. */
  readonly cause?: Cause
}

/** One choice that was made on the way. Replaying all of them in order reproduces the outcome. */
export interface Step {
  readonly at: string
  readonly taken: Plain
  /** Index into the options of the pick; for cells held from before the lookup, the index of the fill. */
  readonly index: number
  readonly key?: string
  readonly source?: Source
}

/** One way a call can end. In a world in which `world` holds, its odds are `odds`; exact. */
export interface Outcome {
  readonly value: Plain
  readonly odds: Rational
  readonly elapsedMs: number
  /** The unknowns that had to be settled to get here: key → what it is. Empty = holds in every world. */
  readonly world: ReadonlyMap<string, Plain>
  readonly witness: readonly Step[]
  /** Notes of the witness' path, in order. */
  readonly notes: readonly Note[]
}

/** A choice that was met while exploring: `Pick.at`, all that was offered there, and the text it comes from. */
export interface Site {
  readonly at: string
  /** True: nobody knows what it is (an unknown, or an order that nothing tells). */
  readonly unknown: boolean
  readonly source?: Source
  /** The keys it was drawn under, if any; for an unknown these are keys of `Outcome.world`. */
  readonly keys: readonly string[]
  readonly options: readonly SiteOption[]
}
export interface SiteOption {
  readonly value: Plain
  /** Canonical: what a pin names. */
  readonly text: string
  readonly source?: Source
}

export interface Explored {
  readonly outcomes: readonly Outcome[]
  /** Every choice met, on any path. */
  readonly sites?: readonly Site[]
  /** False when a bound was hit or an order of parallel work was not covered: then nothing may be called impossible. */
  readonly complete: boolean
  readonly hitBound?: string
  readonly paths: number
  readonly entries: number
}

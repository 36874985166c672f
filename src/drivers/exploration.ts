// What one exploration knows as a whole: the chain, the rules it runs under, what was worked out already, and which bounds
// were hit.
import type { Ask, Chain, Fill, Plain } from '../chain/effects.ts'
import type { Rational } from '../chain/rational.ts'
import type { Entry, Frame } from './frame.ts'
import type { Draws } from './path.ts'
import type { SiteBook } from './sites.ts'

/** What cells hold when the lookup begins: nothing, what they hold in the long run, or anything they can ever hold. */
export type Start = 'cold' | 'steady' | 'any'

export interface Limits {
  /** Paths explored, over all calls. */
  readonly paths: number
  /** Effects along one path of one call. */
  readonly steps: number
  /** Calls inside calls. */
  readonly depth: number
  /** Orders of one set of replies that came at the same instant. */
  readonly orders: number
  /** Combinations of endings of one set of parallel asks, and worlds that one held cell depends on. */
  readonly combinations: number
}

export interface Exploration {
  readonly chain: Chain
  readonly start: Start
  readonly pins: ReadonlyMap<string, string>
  readonly limits: Limits
  readonly memo: Map<string, Entry[]>
  /** Calls that are being explored right now, outermost first. */
  open: Set<string>
  /** What a cell can have been filled with before the lookup, by cell and filling ask. */
  readonly fills: Map<string, Fills>
  readonly sites: SiteBook
  readonly hitBounds: Set<string>
  /** A cell was looked at while it was being worked out what fills it. */
  selfFeeding: boolean
  /** The contents of all cells are being worked out together, round by round; a cell met for the first time is empty until the next. */
  rounds: boolean
  grew: boolean
  paths: number
  entries: number
  depth: number
  /** Explores a call that begins now in `caller`; without a caller, one of its own, in an empty surrounding. */
  readonly enter: (caller: Frame | undefined, ask: Ask) => Entry
}

/** What one cell can have been filled with. */
export interface Fills {
  readonly cell: string
  readonly fill: Fill
  /** Being worked out: the list is what is known so far. */
  open: boolean
  stored: readonly Stored[]
}
export interface Stored {
  readonly value: Plain
  readonly text: string
  /** Each way to such a fill: its odds times how long it is then held, and the world it needs. */
  readonly ways: readonly { readonly weight: Rational; readonly world: Draws }[]
}

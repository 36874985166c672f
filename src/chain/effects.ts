// The seven things a hop may do. A hop never sees a clock, randomness or I/O: it yields one of these and is
// resumed with the result. Only this file holds a bare `yield`, because its result is untyped; hops use
// `yield*` on the helpers below. Adding an effect means editing every driver; the compiler lists them.
import type { Rational } from './rational.ts'
import type { Source } from './source.ts'

/** Plain data: what queries, cells and values are made of. Its canonical text (`text()`) is its identity. */
export type Plain = null | boolean | number | string | undefined | readonly Plain[] | { readonly [key: string]: Plain }

/** A question to one hop. `query` holds everything the hop may read, and nothing else: it is the merge key. */
export type Ask = {
  readonly hop: string
  readonly query: Plain
}

/** One reply of a parallel ask: which ask, what, how long after the asking. */
export type Arrival = {
  readonly from: number
  readonly value: Plain
  readonly atMs: number
}

/** A reply still under way when an `askOn` ended: `from` as in Arrival. The ticket is the driver's; it is good for this instant, and for one `askOn`. */
export type InFlight = {
  readonly from: number
  readonly ticket: Plain
}

/** What came to a socket that stays open, and what has not come yet. */
export type Heard = {
  readonly arrivals: readonly Arrival[]
  readonly open: readonly InFlight[]
}

/** What a cell holds, and for how long it has held it (driver's clock). A cell that was there before the exploration began is shown with `ageMs` 0. */
export type Held = {
  readonly value: Plain
  readonly ageMs: number
}

/** Who may have filled a cell before the lookup began: used by `explore` for the starts `steady` and `any`. */
export interface Fill {
  /** The ask whose outcome is what a fill stores. */
  readonly from: Ask
  /** Lifetime of a stored value; 0 = such a value is not stored. Must be the same rule as the hop's `put`. */
  readonly lifeMs: (value: Plain) => number
  /** What the cell holds when `from` ended in this value; default: the value itself. */
  readonly stores?: (value: Plain) => Plain
}

/** A choice. With `odds` it is chance; without, an unknown, and then `key` must be given. `key` = drawn once per lookup-world, then fixed. */
export interface Pick {
  readonly op: 'pick'
  /** Stable id of the choice, the same for every question: `coredns-edge-bz9bq forward . first server`. Pins and `decidedBy` name it. */
  readonly at: string
  readonly options: readonly Plain[]
  readonly odds?: readonly Rational[]
  readonly key?: string
  /** The text that makes this a choice (the `forward` line). */
  readonly source?: Source
  /** The text behind each option (the resolv.conf line of each server). */
  readonly optionSources?: readonly (Source | undefined)[]
}

export type Effect =
  | Pick
  | {
    readonly op: 'ask'; readonly asks: readonly Ask[]; readonly timeoutMs: number; readonly enough?: (got: readonly Arrival[]) => boolean
    /** Tickets that are waited for as well. With it, even when empty, the result is a `Heard`. */
    readonly open?: readonly Plain[]
  }
  | { readonly op: 'call'; readonly ask: Ask }
  | { readonly op: 'get'; readonly cell: string; readonly fill?: Fill }
  | { readonly op: 'put'; readonly cell: string; readonly value: Plain; readonly lifeMs: number }
  | { readonly op: 'sleep'; readonly ms: number }
  | { readonly op: 'note'; readonly note: Note }

/** What is observed but never branched on: a log line, an upstream exchange. `kind` is the reader's switch. */
export type Note = {
  readonly kind: string
  readonly [field: string]: Plain
}

export type HopRun<T = Plain> = Generator<Effect, T, unknown>

/** A resolver-like process, or one part of it that can branch by itself. Deterministic between effects. */
export interface Hop {
  (query: Plain): HopRun
  /** Keys and cells that nobody reads after this call has ended (rule 9); the flat judge asserts it. */
  forgets?: (query: Plain, key: string) => boolean
}

/** Id → hop. A driver knows ids, never kinds. */
export type Chain = ReadonlyMap<string, Hop>

/** The value of an ask whose packet, or whose reply, never arrived. */
export const LOST = 'LOST'
/** The value of a call that is already open: a resolution loop. */
export const LOOP = 'LOOP'

export function* pick<T extends Plain>(choice: Omit<Pick, 'op' | 'options'> & { readonly options: readonly T[] }): HopRun<T> {
  return (yield { op: 'pick', ...choice }) as T
}

/** Asks over the network, in parallel; resolves when `enough` holds (default: all arrived) or `timeoutMs` has passed. Replies in arrival order; a lost one is absent. */
export function* ask(asks: readonly Ask[], timeoutMs: number, enough?: (got: readonly Arrival[]) => boolean): HopRun<readonly Arrival[]> {
  return (yield { op: 'ask', asks, timeoutMs, ...(enough && { enough }) }) as readonly Arrival[]
}

/** As `ask`, from sockets that stay open: what has not come when it ends is handed out as tickets, and `open` are tickets of the `askOn` before.
 * `from` counts through `asks`, then through `open`. A ticket that is not waited for again at the same instant is a closed socket. */
export function* askOn(
  asks: readonly Ask[], open: readonly Plain[], timeoutMs: number, enough: (got: readonly Arrival[]) => boolean,
): HopRun<Heard> {
  return (yield { op: 'ask', asks, timeoutMs, enough, open }) as Heard
}

/** Calls inside the same process: cannot be lost, is only a merge boundary. */
export function* call(hop: string, query: Plain): HopRun {
  return (yield { op: 'call', ask: { hop, query } }) as Plain
}

export function* get(cell: string, fill?: Fill): HopRun<Held | undefined> {
  return (yield { op: 'get', cell, ...(fill && { fill }) }) as Held | undefined
}

export function* put(cell: string, value: Plain, lifeMs: number): HopRun<void> {
  yield { op: 'put', cell, value, lifeMs }
}

export function* sleep(ms: number): HopRun<void> {
  yield { op: 'sleep', ms }
}

export function* note(what: Note): HopRun<void> {
  yield { op: 'note', note: what }
}

/** Starts a hop that nobody waits for (a health check, a refresh). A driver with a clock runs it; `explore` does not (rule 10): what it
 * would leave behind are cells. */
export function* background(hop: string, query: Plain): HopRun<void> {
  yield { op: 'note', note: { kind: 'background', hop, query } }
}

/** Canonical text: keys sorted, `undefined` members dropped, Infinity kept. Equal text = equal value. */
export function text(value: unknown): string {
  if (value === undefined) return 'undefined'
  if (value === Infinity) return 'inf'
  if (typeof value === 'bigint') return `${value}n`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`
  const record = value instanceof Map ? Object.fromEntries(value) : (value as Record<string, unknown>)
  let members = ''
  for (const key of Object.keys(record).sort()) {
    const member = record[key]
    if (member !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${text(member)}`
  }
  return `{${members}}`
}

// One way through one call, as far as it has got: its odds, its clock, what it wrote and what it settled. A path is never
// changed, only replaced; so a fork costs nothing, and the outcome of a call is simply its path at the end.
import type { Note, Plain } from '../chain/effects.ts'
import type { Step } from '../chain/outcome.ts'
import { add, multiply, ONE, type Rational } from '../chain/rational.ts'
import { NO_CELLS, withVersions, type Cells } from './timeline.ts'
import { joined, sizeOf, type Trail } from './trail.ts'

/** What a key was drawn to be. */
export interface Draw {
  readonly is: Plain
  readonly text: string
}
export type Draws = ReadonlyMap<string, Draw>

export interface Path {
  readonly odds: Rational
  /** Since the start of the call. */
  readonly elapsedMs: number
  readonly cells: Cells
  /** Keys drawn by chance, and how often an order was drawn. */
  readonly draws: Draws
  /** Unknowns settled on the way; these are never forgotten and never summed out. */
  readonly world: Draws
  readonly steps: Trail<Step>
  readonly notes: Trail<Note>
  /** Odds of this very path, to keep the likeliest witness of those that merge. A float will do: nothing depends on it. */
  readonly likelihood: number
}

/** How a call can end, seen by its caller. */
export interface Ending {
  readonly value: Plain
  readonly text: string
  readonly path: Path
}

const NONE: Draws = new Map()
export const FRESH: Path = {
  odds: ONE, elapsedMs: 0, cells: NO_CELLS, draws: NONE, world: NONE, steps: undefined, notes: undefined, likelihood: 1,
}

/** `path`, and within it a call that began now and ended like this. Time is added by the caller: an ask waits as long as it likes. */
export function after(path: Path, callee: Path): Path {
  return {
    odds: path.odds === ONE ? callee.odds : callee.odds === ONE ? path.odds : multiply(path.odds, callee.odds),
    elapsedMs: path.elapsedMs,
    cells: withVersions(path.cells, callee.cells, path.elapsedMs),
    draws: union(path.draws, callee.draws),
    world: union(path.world, callee.world),
    steps: joined(path.steps, callee.steps),
    notes: joined(path.notes, callee.notes),
    likelihood: path.likelihood * callee.likelihood,
  }
}

export const later = (path: Path, ms: number): Path => (ms === 0 ? path : { ...path, elapsedMs: path.elapsedMs + ms })

export const withDraw = (draws: Draws, key: string, draw: Draw): Draws => new Map(draws).set(key, draw)

const union = (a: Draws, b: Draws): Draws => (b.size === 0 ? a : a.size === 0 ? b : new Map([...a, ...b]))

/** Everything a caller, or anybody later, can tell apart. Notes and steps are not in it. */
export function identity(text: string, path: Path, worldWithout?: string): string {
  let id = `${path.elapsedMs} ${text}`
  if (path.cells.size > 0) {
    for (const cell of [...path.cells.keys()].sort()) {
      for (const v of path.cells.get(cell) ?? []) id += `\n${cell} ${v.kind} ${v.sinceMs} ${v.untilMs} ${v.text}`
    }
  }
  return `${id}\n:${drawsText(path.draws)}\n:${drawsText(path.world, worldWithout)}`
}

function drawsText(draws: Draws, without?: string): string {
  if (draws.size === 0) return ''
  let id = ''
  for (const key of [...draws.keys()].sort()) if (key !== without) id += `\n${key}=${draws.get(key)?.text}`
  return id
}

/** Two paths that nobody can tell apart: the odds add up, the likelier (then the shorter) lends its steps and notes. */
export function merged(a: Path, b: Path): Path {
  const best = b.likelihood > a.likelihood || (b.likelihood === a.likelihood && sizeOf(b.steps) < sizeOf(a.steps)) ? b : a
  return { ...best, odds: add(a.odds, b.odds) }
}

// One call while it is being explored. What it looks up and did not write itself comes from the calls around it; each of
// them notes what was seen, because that is what its own result depends on.
import type { Draw, Ending, Path } from './path.ts'
import { visible, type Seen } from './timeline.ts'

/** Something a call looked at and had not written itself. `saw` is '' for nothing. Times count from the start of the call. */
export interface Read {
  readonly key: string
  /** Undefined: a drawn key, which has no time. */
  readonly atMs: number | undefined
  /** The call's own version began then: only what came later from outside would have hidden it. */
  readonly afterMs: number
  readonly saw: string
}

/** What became of one call in one surrounding. It holds wherever the surrounding looks the same (`fits`). */
export interface Entry {
  readonly reads: readonly Read[]
  /** Calls that were entered: none of them may be open, or it would have been a loop. */
  readonly entered: ReadonlySet<string>
  /** Calls that were found open: a loop ended there, so they must be open again. */
  readonly looped: ReadonlySet<string>
  /** Keyed picks met: key → the laws it was to be drawn by. One, unless two hops mean different things by it. */
  readonly laws: ReadonlyMap<string, ReadonlySet<string>>
  /** Cells that some outcome has put. */
  readonly puts: ReadonlySet<string>
  readonly endings: readonly Ending[]
}

export interface Frame {
  readonly id: string
  readonly outer: Frame | undefined
  /** Start of this call on the clock of the outer call. */
  readonly startMs: number
  path: Path
  readonly reads: Map<string, Read>
  readonly entered: Set<string>
  readonly looped: Set<string>
  readonly laws: Map<string, Set<string>>
  readonly absorbed: Set<Entry>
  /** Parallel asks of this call, by their text, that turned out not to commute; then the call is explored again. */
  readonly clashing: Set<string>
  again: boolean
}

export function openFrame(id: string, outer: Frame | undefined, path: Path): Frame {
  return {
    id, outer, startMs: outer?.path.elapsedMs ?? 0, path, reads: new Map(), entered: new Set([id]), looped: new Set(),
    laws: new Map(), absorbed: new Set(), clashing: new Set(), again: false,
  }
}

export function seeDraw(frame: Frame, key: string, record = true): Draw | undefined {
  const own = frame.path.draws.get(key) ?? frame.path.world.get(key)
  if (own) return own
  const seen = frame.outer && seeDraw(frame.outer, key, record)
  if (record) {
    const id = `k ${key}`
    if (!frame.reads.has(id)) frame.reads.set(id, { key, atMs: undefined, afterMs: 0, saw: seen?.text ?? '' })
  }
  return seen
}

export function seeCell(frame: Frame, cell: string, atMs: number, record = true, afterMs = -Infinity): Seen | undefined {
  const own = visible(frame.path.cells.get(cell), atMs, afterMs)
  const ownMs = own ? own.version.sinceMs : afterMs
  const outside = frame.outer && seeCell(frame.outer, cell, atMs + frame.startMs, record, ownMs + frame.startMs)
  if (record) {
    const id = `c ${atMs} ${ownMs} ${cell}`
    if (!frame.reads.has(id)) frame.reads.set(id, { key: cell, atMs, afterMs: ownMs, saw: describe(outside) })
  }
  return outside ?? own
}

const describe = (seen: Seen | undefined): string =>
  seen === undefined ? '' : seen.live ? `${seen.version.kind} ${seen.ageMs} ${seen.version.text}` : 'expired'

/** The same look, from a call that begins now in `caller`. */
function lookAgain(caller: Frame, read: Read, record: boolean): string {
  if (read.atMs === undefined) return seeDraw(caller, read.key, record)?.text ?? ''
  const now = caller.path.elapsedMs
  return describe(seeCell(caller, read.key, now + read.atMs, record, now + read.afterMs))
}

/** Would the call, begun now in `caller`, see all that it saw then? */
export function fits(entry: Entry, caller: Frame | undefined, open: ReadonlySet<string>): boolean {
  for (const id of entry.looped) if (!open.has(id)) return false
  for (const id of open) if (entry.entered.has(id)) return false
  return entry.reads.every(read => (caller ? lookAgain(caller, read, false) : '') === read.saw)
}

/** What the callee's result depended on, the caller's depends on as well. */
export function absorb(caller: Frame, entry: Entry, reused: boolean): void {
  if (reused) for (const read of entry.reads) lookAgain(caller, read, true)
  if (caller.absorbed.has(entry)) return
  caller.absorbed.add(entry)
  for (const id of entry.entered) caller.entered.add(id)
  for (const id of entry.looped) if (id !== caller.id) caller.looped.add(id)
  for (const [key, laws] of entry.laws) for (const law of laws) noteLaw(caller, key, law)
}

export function noteLaw(frame: Frame, key: string, law: string): void {
  const laws = frame.laws.get(key)
  if (laws) laws.add(law)
  else frame.laws.set(key, new Set([law]))
}

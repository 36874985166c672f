// One call: all its paths, merged into its endings, once for each surrounding that looks different to it.
//
// A generator cannot be copied. So a path that forks is run on along its first alternative, and the others are kept as a
// tape of results to feed to a fresh generator, which must be deterministic between effects. Only this call is run again:
// the calls it makes offer endings, never paths. That is why the work is a sum over hops, not a product.
import { LOOP, type Ask, type Effect, type Hop, type Plain } from '../chain/effects.ts'
import { expandAsk } from './asks.ts'
import { textOf } from './canonical.ts'
import { assert, expandPick, isOwnKey, type Way } from './choices.ts'
import type { Exploration } from './exploration.ts'
import { absorb, fits, openFrame, type Entry, type Frame } from './frame.ts'
import { expandGet } from './held.ts'
import { hasPut, withoutIdleOrders } from './orders.ts'
import { after, FRESH, identity, later, merged, type Ending, type Path } from './path.ts'
import { withVersion } from './timeline.ts'
import { joined, trailOf } from './trail.ts'

const NOTHING: Entry = { reads: [], entered: new Set(), looped: new Set(), laws: new Map(), puts: new Set(), endings: [] }
const LOOPED: Entry = { ...NOTHING, endings: [{ value: LOOP, text: textOf(LOOP), path: FRESH }] }

/** The endings of a call that begins now in `caller`.
 *
 * Results found inside an open loop are provisional: they hold only while that call is open. This is a guard like any other
 * (`Entry.looped`), as is the opposite: that nothing the call enters is open already (`Entry.entered`). */
export function enter(x: Exploration, caller: Frame | undefined, ask: Ask): Entry {
  const id = `${ask.hop} ${textOf(ask.query)}`
  if (x.open.has(id)) {
    if (caller && caller.id !== id) caller.looped.add(id)
    return LOOPED
  }
  const known = x.memo.get(id)
  const hit = known?.find(entry => fits(entry, caller, x.open))
  if (hit) {
    if (caller) absorb(caller, hit, true)
    return hit
  }
  const hop = x.chain.get(ask.hop)
  assert(hop, `the chain has no hop "${ask.hop}"`)
  if (x.depth >= x.limits.depth) {
    x.hitBounds.add(`more than ${x.limits.depth} calls inside one another`)
    return NOTHING
  }
  const frame = openFrame(id, caller, FRESH)
  x.open.add(id)
  x.depth++
  const endings = withoutIdleOrders(exploreCall(x, frame, hop, ask.query))
  x.depth--
  x.open.delete(id)
  x.entries++
  const entry = entryOf(frame, mergedEndings(endings))
  x.memo.set(id, known ? [...known, entry] : [entry])
  if (caller) absorb(caller, entry, false)
  return entry
}

function entryOf(frame: Frame, endings: readonly Ending[]): Entry {
  const puts = new Set<string>()
  for (const { path } of endings) for (const cell of path.cells.keys()) if (hasPut(path, cell)) puts.add(cell)
  const { entered, looped, laws } = frame
  return { reads: [...frame.reads.values()], entered, looped, laws, puts, endings }
}

interface Tape {
  readonly before: Tape | undefined
  readonly result: Plain
}
interface Pending {
  readonly path: Path
  readonly tape: Tape | undefined
}

function exploreCall(x: Exploration, frame: Frame, hop: Hop, query: Plain): readonly Ending[] {
  const ended: Ending[] = []
  const todo: Pending[] = [{ path: FRESH, tape: undefined }]
  for (let next = todo.pop(); next; next = todo.pop()) {
    if (x.paths >= x.limits.paths) {
      x.hitBounds.add(`more than ${x.limits.paths} paths`)
      break
    }
    x.paths++
    const ending = followPath(x, frame, hop, query, next, todo)
    if (frame.again) {
      // Parallel asks of this call do not commute; from now on their order is an unknown.
      frame.again = false
      ended.length = 0
      todo.splice(0, todo.length, { path: FRESH, tape: undefined })
    } else if (ending) ended.push(ending)
  }
  return mergedEndings(ended)
}

export function mergedEndings(endings: readonly Ending[]): readonly Ending[] {
  if (endings.length < 2) return endings
  const distinct = new Map<string, Ending>()
  for (const ending of endings) {
    const id = identity(ending.text, ending.path)
    const twin = distinct.get(id)
    distinct.set(id, twin ? { ...twin, path: merged(twin.path, ending.path) } : ending)
  }
  return [...distinct.values()]
}

function followPath(x: Exploration, frame: Frame, hop: Hop, query: Plain, from: Pending, todo: Pending[]): Ending | undefined {
  const run = hop(query)
  let { tape } = from
  frame.path = from.path
  let result = run.next()
  for (const value of resultsOn(tape)) {
    assert(!result.done, `the hop of "${frame.id}" is not deterministic: it ended where it had gone on`)
    result = run.next(value)
  }
  for (let steps = 0; !result.done; steps++) {
    if (steps >= x.limits.steps) {
      x.hitBounds.add(`more than ${x.limits.steps} effects in one call`)
      return undefined
    }
    const ways = expand(x, frame, result.value)
    const [first] = ways
    if (!first) return undefined
    for (let j = ways.length - 1; j > 0; j--) {
      const way = ways[j] as Way
      todo.push({ path: way.path, tape: { before: tape, result: way.value } })
    }
    tape = { before: tape, result: first.value }
    frame.path = first.path
    result = run.next(first.value)
  }
  return { value: result.value, text: textOf(result.value), path: forgotten(hop, query, frame.path) }
}

function resultsOn(tape: Tape | undefined): Plain[] {
  const results: Plain[] = []
  for (let at = tape; at; at = at.before) results.push(at.result)
  return results.reverse()
}

/** What one effect can result in. Exactly one way for most; none when a bound was hit. */
function expand(x: Exploration, frame: Frame, e: Effect): readonly Way[] {
  const { path } = frame
  switch (e.op) {
    case 'pick': return expandPick(x, frame, e)
    case 'ask': return expandAsk(x, frame, e)
    case 'call': return enter(x, frame, e.ask).endings.map(o => ({ path: later(after(path, o.path), o.path.elapsedMs), value: o.value }))
    case 'get': return expandGet(x, frame, e)
    case 'put': {
      const sinceMs = path.elapsedMs
      const version = { kind: 'put', value: e.value, text: textOf(e.value), sinceMs, untilMs: sinceMs + e.lifeMs } as const
      return [{ path: { ...path, cells: withVersion(path.cells, e.cell, version) }, value: undefined }]
    }
    case 'sleep': return [{ path: later(path, e.ms), value: undefined }]
    case 'note': return [{ path: { ...path, notes: joined(path.notes, trailOf(e.note)) }, value: undefined }]
  }
}

/** Drops what nobody reads again, so that paths which differ in nothing else can merge. Unknowns stay: they are the world. */
function forgotten(hop: Hop, query: Plain, path: Path): Path {
  const { forgets } = hop
  if (!forgets || (path.draws.size === 0 && path.cells.size === 0)) return path
  const keep = <T>(all: ReadonlyMap<string, T>): ReadonlyMap<string, T> => {
    const kept = [...all].filter(([key]) => isOwnKey(key) || !forgets(query, key))
    return kept.length === all.size ? all : new Map(kept)
  }
  return { ...path, draws: keep(path.draws), cells: keep(path.cells) }
}

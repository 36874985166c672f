// What a cell holds from before the lookup began: the starts `steady` and `any`.
//
// `any`: at each instant anew, nothing or anything it can have been filled with, whatever the unknowns were then. Anew,
// because between two looks of one lookup (a retry, 5 s later) what was held may have run out and somebody else may have
// filled the cell again; only within one instant do two looks agree. So nothing that a cell can show is ever lost. The odds
// of `any` are those of "each content alike" and mean nothing; only what is possible does.
//
// `steady`: a busy cell shows each fill in proportion to how long it is held, in the world as it is. What it showed once it
// shows for the rest of the lookup, until somebody puts something else: the renewal within one lookup (5 of 30 s, after a
// lost packet) is left out of the odds; `any` has it.
import type { Ask, Effect, Fill, Plain } from '../chain/effects.ts'
import { LOOP, LOST } from '../chain/effects.ts'
import { add, divide, multiply, rational, ZERO, type Rational } from '../chain/rational.ts'
import type { Step } from '../chain/outcome.ts'
import { textOf } from './canonical.ts'
import { byOdds, type Way } from './choices.ts'
import type { Exploration, Fills, Stored } from './exploration.ts'
import { seeCell, seeDraw, type Frame } from './frame.ts'
import { isOrder } from './orders.ts'
import { withDraw, type Draws, type Ending, type Path } from './path.ts'
import { withVersion } from './timeline.ts'
import { joined, trailOf } from './trail.ts'

export const heldAt = (cell: string): string => `held by ${cell}`

export function expandGet(x: Exploration, frame: Frame, e: Extract<Effect, { op: 'get' }>): readonly Way[] {
  const { path } = frame
  const seen = seeCell(frame, e.cell, path.elapsedMs)
  if (seen?.live) return [{ path, value: seen.version.kind === 'absent' ? undefined : { value: seen.version.value, ageMs: seen.ageMs } }]
  if (x.start === 'cold' || !e.fill) return [{ path, value: undefined }]
  const { stored } = fillsOf(x, e.cell, e.fill)
  if (x.start === 'any') {
    const each = rational(1, stored.length + 1)
    return [undefined, ...stored].map((s, i) => holding(byOdds(path, each), e.cell, s, i - 1, path.elapsedMs, path.elapsedMs))
  }
  const worlds = settledWorlds(frame, path, stored, x.limits.combinations)
  if (worlds.length === x.limits.combinations) x.hitBounds.add(`${x.limits.combinations} worlds for what ${e.cell} holds`)
  return worlds.flatMap(world => heldInWorld(frame, world, e.cell, stored))
}

function heldInWorld(frame: Frame, path: Path, cell: string, stored: readonly Stored[]): readonly Way[] {
  const weights = stored.map(s => s.ways.filter(w => agrees(frame, path, w.world)).reduce((sum, w) => add(sum, w.weight), ZERO))
  const total = weights.reduce(add, ZERO)
  // Nothing that can be fetched is ever stored: such a cell is always empty.
  if (total[0] === 0n) return [holding(path, cell, undefined, -1, -Infinity, Infinity)]
  return stored.flatMap((s, i) => {
    const weight = weights[i] as Rational
    return weight[0] === 0n ? [] : [holding(byOdds(path, divide(weight, total)), cell, s, i, -Infinity, Infinity)]
  })
}

function holding(path: Path, cell: string, stored: Stored | undefined, index: number, sinceMs: number, untilMs: number): Way {
  const step: Step = { at: heldAt(cell), taken: stored?.value, index, key: cell }
  const version = { kind: stored ? 'held' : 'absent', value: stored?.value, text: stored?.text ?? '', sinceMs, untilMs } as const
  return {
    path: { ...path, cells: withVersion(path.cells, cell, version), steps: joined(path.steps, trailOf(step)) },
    value: stored && { value: stored.value, ageMs: 0 },
  }
}

/** One path for each setting of the unknowns that the fills depend on, as far as they do. */
function settledWorlds(frame: Frame, path: Path, stored: readonly Stored[], limit: number): readonly Path[] {
  const ways = stored.flatMap(s => s.ways).filter(w => agrees(frame, path, w.world))
  for (const way of ways) {
    for (const key of way.world.keys()) {
      if (drawn(frame, path, key)) continue
      const options = new Map(ways.flatMap(w => (w.world.has(key) ? [[w.world.get(key)!.text, w.world.get(key)!] as const] : [])))
      const worlds: Path[] = []
      for (const draw of options.values()) {
        if (worlds.length >= limit) break
        worlds.push(...settledWorlds(frame, { ...path, world: withDraw(path.world, key, draw) }, stored, limit - worlds.length))
      }
      return worlds
    }
  }
  return [path]
}

const agrees = (frame: Frame, path: Path, world: Draws): boolean =>
  [...world].every(([key, draw]) => (drawn(frame, path, key)?.text ?? draw.text) === draw.text)

function drawn(frame: Frame, path: Path, key: string): ReturnType<typeof seeDraw> {
  const before = frame.path
  frame.path = path
  const draw = seeDraw(frame, key)
  frame.path = before
  return draw
}

function fillsOf(x: Exploration, cell: string, fill: Fill): Fills {
  const id = `${cell} ${textOf(fill.from)}`
  const known = x.fills.get(id)
  if (known) {
    if (known.open) x.selfFeeding = true
    return known
  }
  const fills: Fills = { cell, fill, open: false, stored: [] }
  x.fills.set(id, fills)
  if (x.rounds) x.grew = true
  else refill(x, fills)
  return fills
}

function refill(x: Exploration, fills: Fills): void {
  const { open } = x
  x.open = new Set()
  fills.open = true
  const stored = storedBy(fills.fill, x.enter(undefined, fills.fill.from).endings, fills.cell)
  fills.open = false
  x.open = open
  if (stored.length > fills.stored.length) x.grew = true
  fills.stored = stored
}

/** A cell whose fill reads the cell, perhaps through others, needs rounds until the contents of all no longer grow. */
const ROUNDS = 30

/** Start `any`: works out the least contents of cells that feed each other. The memo of a round does not outlive it. */
export function inRounds(x: Exploration, root: Ask): readonly Ending[] {
  x.rounds = true
  for (let round = 0; ; round++) {
    x.memo.clear()
    x.grew = false
    for (const fills of x.fills.values()) refill(x, fills)
    const { endings } = x.enter(undefined, root)
    if (!x.grew) return endings
    if (round === ROUNDS) {
      x.hitBounds.add('cells that are filled from what they hold, without end')
      return endings
    }
  }
}

function storedBy(fill: Fill, endings: readonly Ending[], cell: string): Stored[] {
  const stored = new Map<string, { value: Plain; text: string; ways: { weight: Rational; world: Draws }[] }>()
  for (const { value, path } of endings) {
    if (value === LOST || value === LOOP) continue
    const lifeMs = fill.lifeMs(value)
    if (!(lifeMs > 0)) continue
    const held = fill.stores ? fill.stores(value) : value
    const text = textOf(held)
    const same = stored.get(text) ?? { value: held, text, ways: [] }
    stored.set(text, same)
    // Whole microseconds; a life without end outweighs all others.
    const weight = multiply(path.odds, rational(BigInt(Math.round(Math.min(lifeMs, 1e12) * 1000))))
    same.ways.push({ weight, world: earlier(path.world, cell) })
  }
  return [...stored.values()]
}

/** Unknowns are facts and were the same when the cell was filled. Orders were not: the fill had its own. */
function earlier(world: Draws, cell: string): Draws {
  if (![...world.keys()].some(isOrder)) return world
  return new Map([...world].map(([key, draw]) => [isOrder(key) ? `when ${cell} was filled: ${key}` : key, draw]))
}

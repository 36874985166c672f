// A fork: one path becomes several. Every choice, of whatever kind, is made here, so that pins, sites and steps hold for all.
import type { Pick, Plain } from '../chain/effects.ts'
import { ONE, multiply, sum, type Rational } from '../chain/rational.ts'
import type { Step } from '../chain/outcome.ts'
import { textOf } from './canonical.ts'
import type { Exploration } from './exploration.ts'
import { noteLaw, seeDraw, type Frame } from './frame.ts'
import { withDraw, type Path } from './path.ts'
import { joined, trailOf } from './trail.ts'

/** A path up to an effect's result, and that result. */
export interface Way {
  readonly path: Path
  readonly value: Plain
}

export function assert(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(`broken invariant: ${what}`)
}

export function checkPick({ at, key, odds, options }: Pick): void {
  assert(options.length > 0, `pick "${at}" offers nothing`)
  assert(odds !== undefined || key !== undefined, `pick "${at}" has neither odds nor a key`)
}

/** A pick of a hop. A key that is drawn already is what it was drawn to be, whoever asks and by chance or not. */
export function expandPick(x: Exploration, frame: Frame, pick: Pick): readonly Way[] {
  const { path } = frame
  checkPick(pick)
  x.sites.met(pick)
  if (pick.key !== undefined) {
    noteLaw(frame, pick.key, `${textOf(pick.options)} ${textOf(pick.odds)}`)
    const drawn = seeDraw(frame, pick.key)
    if (drawn) return [{ path, value: drawn.is }]
  }
  if (pick.odds) checkOdds(pick.at, pick.options, pick.odds)
  return offered(x, pick).map(i => {
    const taken = pick.options[i]
    const pinned = x.pins.has(pick.at) && textOf(taken) === x.pins.get(pick.at)
    return { path: chosen(path, pick, i, pinned ? ONE : pick.odds?.[i] ?? ONE, pinned), value: taken }
  })
}

/** Indices of the alternatives that can be taken: the pinned one alone where it is offered, else all that have odds. */
function offered(x: Exploration, pick: Pick): number[] {
  const pin = x.pins.get(pick.at)
  const pinned = pin === undefined ? -1 : pick.options.findIndex((o, i) => textOf(o) === pin && pick.odds?.[i]?.[0] !== 0n)
  if (pinned >= 0) return [pinned]
  return pick.options.map((_, i) => i).filter(i => pick.odds?.[i]?.[0] !== 0n)
}

const fair = new WeakSet<readonly Rational[]>()
function checkOdds(at: string, options: readonly Plain[], odds: readonly Rational[]): void {
  if (fair.has(odds)) return
  assert(odds.length === options.length, `pick "${at}" has ${odds.length} odds for ${options.length} options`)
  assert(odds.every(o => o[0] >= 0n), `pick "${at}" has negative odds`)
  const total = sum(odds)
  assert(total[0] === total[1], `odds of "${at}" add up to ${total[0]}/${total[1]}`)
  fair.add(odds)
}

function chosen(path: Path, pick: Pick, index: number, odds: Rational, pinned: boolean): Path {
  const taken = pick.options[index]
  const source = pick.optionSources?.[index] ?? pick.source
  const step: Step = { at: pick.at, taken, index, ...(pick.key !== undefined && { key: pick.key }), ...(source && { source }) }
  const draw = { is: taken, text: textOf(taken) }
  const { key } = pick
  return {
    ...byOdds(path, odds),
    // A pinned unknown is no unknown any more: it is the same on every path, so no world needs to tell it. But it is drawn:
    // another site may read the same key, and must find what it was held to.
    draws: key !== undefined && (pick.odds || pinned) ? withDraw(path.draws, key, draw) : path.draws,
    world: key !== undefined && !pick.odds && !pinned ? withDraw(path.world, key, draw) : path.world,
    steps: joined(path.steps, trailOf(step)),
  }
}

export const byOdds = (path: Path, odds: Rational): Path =>
  odds === ONE || (odds[0] === 1n && odds[1] === 1n)
    ? path
    : {
      ...path, odds: path.odds === ONE ? odds : multiply(path.odds, odds),
      likelihood: path.likelihood * (Number(odds[0]) / Number(odds[1])),
    }

const COUNT = '\0 how often '
/** Keys that the driver made, not a hop: no hop is asked whether it forgets them. */
export const isOwnKey = (key: string): boolean => key.startsWith(COUNT)

/** An order that nobody knows: an unknown, settled anew each time it comes up, for nothing says that it repeats. */
export function settleOrder(
  x: Exploration, frame: Frame, path: Path, at: string, what: string, orders: readonly (readonly number[])[],
): readonly Way[] {
  if (orders.length === 1) return [{ path, value: orders[0] as readonly number[] }]
  // Where other replies came, it is another order: a world must say what happens wherever chance leads.
  const base = `${at} ${textOf(orders)} ${what}`
  const before = frame.path
  frame.path = path
  const n = (seeDraw(frame, COUNT + base)?.is ?? 0) as number
  frame.path = before
  const pick: Pick = { op: 'pick', at, options: orders, key: `${base} #${n + 1}` }
  x.sites.met(pick)
  const counted: Path = { ...path, draws: withDraw(path.draws, COUNT + base, { is: n + 1, text: String(n + 1) }) }
  return offered(x, pick).map(i => ({ path: chosen(counted, pick, i, ONE, false), value: orders[i] as readonly number[] }))
}

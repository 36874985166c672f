// In which order things happened that no clock tells apart: replies that arrived at the same instant, and parallel asks of
// which one puts what another gets.
import type { Arrival, Ask } from '../chain/effects.ts'
import { sameRational, ZERO, type Rational } from '../chain/rational.ts'
import type { Entry } from './frame.ts'
import { identity, type Ending, type Path } from './path.ts'
import { addTo, type Distribution } from './tally.ts'

const ARRIVAL = 'order of arrival from'
const WORK = 'order of work at'
const names = (asks: readonly Ask[]): string => asks.map(a => a.hop).join(', ')
/** Whose reply came first, of those that came at the same instant. */
export const arrivalOrderAt = (asks: readonly Ask[]): string => `${ARRIVAL} ${names(asks)}`
/** Which of the parallel asks got to the cells first. */
export const workOrderAt = (asks: readonly Ask[]): string => `${WORK} ${names(asks)}`
export const isOrder = (key: string): boolean => key.startsWith(ARRIVAL) || key.startsWith(WORK)

/** What the asker can have received when it went on, in order: the replies until `enough` had come, or all that came in time. */
export function receivedLists(
  replies: readonly Arrival[], enough: (got: readonly Arrival[]) => boolean, limit: number,
): { lists: readonly { readonly got: readonly Arrival[]; readonly satisfied: boolean }[]; cut: boolean } {
  const lists: { got: readonly Arrival[]; satisfied: boolean }[] = []
  let cut = false
  const grow = (got: readonly Arrival[], rest: readonly Arrival[]): void => {
    if (got.length > 0 && enough(got)) {
      lists.push({ got, satisfied: true })
    } else if (rest.length === 0) {
      lists.push({ got, satisfied: false })
    } else {
      const firstMs = Math.min(...rest.map(r => r.atMs))
      for (const next of rest.filter(r => r.atMs === firstMs)) {
        if (lists.length >= limit) cut = true
        else grow([...got, next], rest.filter(r => r !== next))
      }
    }
  }
  grow([], replies)
  return { lists, cut }
}

/** By time, then by question: the order of a list whose order nobody acts on. */
export const byArrival = (replies: readonly Arrival[]): Arrival[] => replies.toSorted((a, b) => a.atMs - b.atMs || a.from - b.from)

export function permutations(n: number): number[][] {
  if (n === 0) return [[]]
  return permutations(n - 1).flatMap(order => Array.from({ length: n }, (_, at) => order.toSpliced(at, 0, n - 1))).toSorted(lexically)
}
const lexically = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((v, i) => v !== b[i])
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number)
}

/** Work that was done first, and what is known of it: the call, and which of its endings was taken. */
export interface Done {
  readonly entry: Entry
  readonly ending: Ending
}

/** The cell, or key, over which two parallel calls get in each other's way; undefined when their order cannot matter.
 * Drawing the same key does not: it has one law, whoever is first. Unless the two would draw it differently. */
export function clash(first: Done, second: Entry): string | undefined {
  for (const read of second.reads) if (read.atMs !== undefined && hasPut(first.ending.path, read.key)) return read.key
  for (const read of first.entry.reads) if (read.atMs !== undefined && second.puts.has(read.key)) return read.key
  for (const cell of first.ending.path.cells.keys()) if (second.puts.has(cell) && hasPut(first.ending.path, cell)) return cell
  for (const [key, laws] of first.entry.laws) {
    const others = second.laws.get(key)
    if (others && new Set([...laws, ...others]).size > 1) return key
  }
  return undefined
}

export const hasPut = (path: Path, cell: string): boolean => path.cells.get(cell)?.some(v => v.kind === 'put') ?? false

/** Endings that differ in nothing but an order that decided nothing become one: nobody can ask for that order again. */
export function withoutIdleOrders(endings: readonly Ending[], isIdle: (key: string) => boolean = isOrder): readonly Ending[] {
  let left = endings
  const keys = new Set(endings.flatMap(e => [...e.path.world.keys()].filter(isIdle)))
  for (const key of keys) left = withoutIfIdle(left, key)
  return left
}

function withoutIfIdle(endings: readonly Ending[], key: string): readonly Ending[] {
  const shares = new Map<string, Map<string, Rational>>()
  for (const e of endings) {
    const settled = e.path.world.get(key)
    if (!settled) continue
    const share = shares.get(settled.text) ?? new Map<string, Rational>()
    shares.set(settled.text, share)
    addTo(share, identity(e.text, e.path, key), e.path.odds)
  }
  const [first, ...others] = [...shares.values()] as [Map<string, Rational>, ...Map<string, Rational>[]]
  const same = (other: Distribution): boolean =>
    other.size === first.size && [...first].every(([id, odds]) => sameRational(other.get(id) ?? ZERO, odds))
  const idle = others.length > 0 && others.every(same)
  if (!idle) return endings
  const [kept] = shares.keys()
  return endings.filter(e => !e.path.world.has(key) || e.path.world.get(key)?.text === kept).map(e => {
    if (!e.path.world.has(key)) return e
    const world = new Map(e.path.world)
    world.delete(key)
    return { ...e, path: { ...e.path, world } }
  })
}

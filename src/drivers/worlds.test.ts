import { expect, test } from 'vitest'
import type { Plain } from '../chain/effects.ts'
import type { Outcome } from '../chain/outcome.ts'
import { formatRational, rational } from '../chain/rational.ts'
import { leakyWorlds, oddsByClass, restrict, unknownsOf, worldsOf } from './worlds.ts'

const outcome = (value: string, n: number, d: number, world: Record<string, Plain> = {}): Outcome =>
  ({ value, odds: rational(n, d), elapsedMs: 0, world: new Map(Object.entries(world)), witness: [], notes: [] })
const asItIs = (v: Plain): string => String(v)

// `b` matters only where `a` is true.
const outcomes = [
  outcome('ok', 1, 2),
  outcome('ok', 1, 2, { a: true, b: 'x' }),
  outcome('nx', 1, 2, { a: true, b: 'y' }),
  outcome('lost', 1, 2, { a: false }),
]

test('worlds are opened only as far as something depends on them', () => {
  expect([...unknownsOf(outcomes)]).toEqual([['a', [true, false]], ['b', ['x', 'y']]])
  const settled = worldsOf(outcomes).worlds.map(w => Object.fromEntries(w.settled))
  expect(settled).toEqual([{ a: true, b: 'x' }, { a: true, b: 'y' }, { a: false }])
  expect(leakyWorlds(outcomes)).toEqual([])
})

test('odds of a class go from its least to its greatest world, and are exact where they are the same in all', () => {
  const { classes } = oddsByClass(outcomes, asItIs)
  expect([...classes].map(([k, c]) => [k, formatRational(c.min), formatRational(c.max), c.exact !== undefined])).toEqual([
    ['ok', '1/2', '1', false], ['nx', '0', '1/2', false], ['lost', '0', '1/2', false],
  ])
  expect(oddsByClass(outcomes, () => 'any').classes.get('any')?.exact).toEqual([1n, 1n])
})

test('evidence leaves the worlds that agree with it', () => {
  const left = restrict(outcomes, world => world.get('b') !== 'x')
  expect(worldsOf(left).worlds.map(w => Object.fromEntries(w.settled))).toEqual([{ a: true, b: 'y' }, { a: false }])
  expect(leakyWorlds(left)).toEqual([])
  expect([...oddsByClass(left, asItIs).classes.get('ok')?.exact ?? []]).toEqual([1n, 2n])
  expect(restrict(outcomes, () => false)).toEqual([])
})

test('a limit on worlds is said', () => {
  expect(worldsOf(outcomes, 2)).toMatchObject({ complete: false, worlds: { length: 2 } })
  expect(worldsOf(outcomes, 3).complete).toBe(true)
})

test('odds that do not add up are found, in the world where they do not', () => {
  const leaky = leakyWorlds(outcomes.slice(0, 3).concat(outcome('lost', 1, 3, { a: false })))
  expect(leaky.map(w => Object.fromEntries(w.settled))).toEqual([{ a: false }])
})

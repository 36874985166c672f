import { expect, test } from 'vitest'
import { rational } from '../chain/rational.ts'
import { ServedMemory } from './serve-memory.ts'

const memory = (below: (n: number) => number = () => 0, more: { world?: ReadonlyMap<string, string>; guess?: (key: string) => string | undefined } = {}): ServedMemory =>
  new ServedMemory({ below, world: more.world ?? new Map(), ...(more.guess && { guess: more.guess }) })

test('a cell is held until its life is over, and says how long', () => {
  const m = memory()
  m.put('c', 1, 1000, 50)
  expect(m.get('c', 1049)).toEqual({ value: 1, ageMs: 999 })
  expect(m.get('c', 1050)).toBeUndefined()
  m.put('c', 2, Infinity, 0)
  expect(m.get('c', 1e12)).toEqual({ value: 2, ageMs: 1e12 })
  m.put('c', 3, 0, 1)
  expect(m.get('c', 1)).toBeUndefined()
})

test('cells have a bound, and what was written last stays', () => {
  const m = memory()
  m.put('probe', true, Infinity, 0)
  for (let n = 0; n < 50_000; n++) {
    m.put(`name ${n}`, n, 1e6, 0)
    if (n % 1000 === 0) m.put('probe', true, Infinity, 0)
  }
  expect(m.size).toBe(20_000)
  expect(m.get('name 49999', 0)?.value).toBe(49_999)
  expect(m.get('name 0', 0)).toBeUndefined()
  expect(m.get('probe', 0)?.value).toBe(true)
})

test('a keyed draw holds for its flow, and is gone when the flow was idle or a hop forgets it', () => {
  let turn = 0
  const m = memory(n => turn++ % n)
  const draw = (atMs: number, key = 'flow 1'): unknown => m.pick({ op: 'pick', at: 'x', key, options: ['a', 'b'], odds: [rational(1, 2), rational(1, 2)] }, atMs)
  expect([draw(0), draw(100_000), draw(219_999)]).toEqual(['a', 'a', 'a'])
  expect(draw(340_000)).toBe('b')
  m.forget(key => key === 'flow 1')
  expect(draw(340_001)).toBe('a')
  for (let n = 0; n < 50_000; n++) draw(340_002, `flow ${n + 2}`)
  expect(m.size).toBeLessThanOrEqual(20_000)
})

test('an unknown is given, guessed or drawn, once, and the given one stays through a flood', () => {
  const heard: string[] = []
  const m = new ServedMemory({ below: () => 1, world: new Map([['given', 'no']]), guess: key => (key.startsWith('up ') ? 'yes' : undefined), onUnknown: (key, is) => heard.push(`${key} ${String(is)}`) })
  const settle = (key: string): unknown => m.pick({ op: 'pick', at: key, key, options: ['yes', 'no'] }, 0)
  expect([settle('given'), settle('up 10.0.0.1'), settle('other'), settle('other')]).toEqual(['no', 'yes', 'no', 'no'])
  expect(heard).toEqual(['up 10.0.0.1 yes', 'other no'])
  for (let n = 0; n < 30_000; n++) settle(`view ${n}`)
  expect(m.world.size).toBe(20_001)
  expect(settle('given')).toBe('no')
})

test('odds are met exactly over one round of all numbers', () => {
  for (const odds of [[rational(1, 3), rational(1, 6), rational(1, 2)], [rational(0), rational(1)], [rational(2, 7), rational(5, 7)]]) {
    const whole = odds.reduce((all, [, d]) => all * Number(d), 1)
    let next = 0
    let range = 0
    const m = memory(n => (range = n, next++ % n))
    const hits = odds.map(() => 0)
    for (let n = 0; n < whole; n++) hits[m.pick({ op: 'pick', at: 'x', options: odds.map((_, i) => i), odds }, 0) as number]!++
    expect(hits).toEqual(odds.map(([n, d]) => Number(n) * whole / Number(d)))
    expect(whole % range).toBe(0)
  }
})

test('odds with denominators that share nothing within the range are still met', () => {
  const large = 2n ** 61n - 1n
  const m = memory(n => n - 1)
  expect(m.pick({ op: 'pick', at: 'x', options: ['a', 'b'], odds: [rational(1, large), rational(large - 1n, large)] }, 0)).toBe('b')
})

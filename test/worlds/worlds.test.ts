// The small run of `npm run worlds`: enough worlds to notice every mutant of the explorer.
import { expect, test } from 'vitest'
import { LOOP, LOST, type Chain, type Hop } from '../../src/chain/effects.ts'
import { call, get, put, sleep } from '../../src/chain/effects.ts'
import { explore } from '../../src/drivers/explore.ts'
import { checkContract } from '../support/contract.ts'
import { compareWith, type ExploreLike } from './compare.ts'
import { judge } from './judge.ts'
import { SOCKET_MUTANTS } from './mutants.ts'
import { chainOf, randomWorld, ROOT, socketWorld } from './random-world.ts'
import { compareWorlds, TELLING, tryMutants } from './run.ts'

test('the explorer says what the judge says, in every world, and no mutant of it goes unnoticed', async () => {
  const small = compareWorlds(1, 300, 600, Infinity)
  const telling = TELLING.map(seed => compareWorlds(seed, 1, 600, Infinity))
  expect([small, ...telling].flatMap(r => r.tally.different)).toEqual([])
  expect(small.tally.compared).toBeGreaterThan(570)
  expect(small.tally.branching).toBeGreaterThan(300)
  expect(small.tally.withWorlds).toBeGreaterThan(50)
  const trials = await tryMutants([...small.verdicts, ...telling.flatMap(r => r.verdicts)])
  expect(trials.length).toBeGreaterThanOrEqual(12)
  expect(trials.filter(t => t.killedBy === undefined).map(t => t.name)).toEqual([])
})

test('what is simulated was explored, and every witness replays, on random worlds of honest caches', () => {
  const broken: string[] = []
  for (let seed = 1; seed <= 150; seed++) {
    const chain = chainOf({ ...randomWorld(seed), forgetting: false, fair: true })
    broken.push(...checkContract(chain, ROOT, { seeds: 4, everyMs: [1, 2, 3, 7] }).broken.map(b => `world ${seed}: ${b}`))
  }
  expect(broken).toEqual([])
})

test('a socket that stays open hears late replies as the judge says, and no mistake there goes unnoticed', async () => {
  const { tally, verdicts } = compareWorlds(1, 100, 600, Infinity, socketWorld)
  expect(tally.different).toEqual([])
  expect(tally.branching).toBeGreaterThan(100)
  expect((await tryMutants(verdicts, SOCKET_MUTANTS)).filter(t => t.killedBy === undefined).map(t => t.name)).toEqual([])
})

test('simulated sockets hear what was explored, and every witness of theirs replays', () => {
  const broken: string[] = []
  let whole = 0
  for (let seed = 1; seed <= 60; seed++) {
    const chain = chainOf({ ...socketWorld(seed), forgetting: false, fair: true })
    const contract = checkContract(chain, ROOT, { seeds: 4, everyMs: [1, 2, 3, 7], limits: { paths: 2000, combinations: 500 } })
    if (contract.any.complete) whole++
    broken.push(...contract.broken.map(b => `world ${seed}: ${b}`))
  }
  expect(broken).toEqual([])
  expect(whole).toBeGreaterThan(45)
})

test('the judge itself: a loop, a lost reply and a cell that runs out, worked out by hand', () => {
  const chain: Chain = new Map<string, Hop>([
    ['h0', function* () {
      yield* put('c', 'kept', 2)
      const before = yield* get('c')
      yield* sleep(2)
      const after = yield* get('c')
      return [before?.value, after?.value, yield* call('h0', 'a'), yield* call('gone', 'a')]
    }],
    ['gone', function* () { return LOST }],
  ])
  const { flats } = judge(chain, ROOT, 'cold', 10)
  expect(flats.map(f => [f.value, f.elapsedMs, f.odds])).toEqual([[['kept', undefined, LOOP, LOST], 2, [1n, 1n]]])
})

test('a hop that declares forgotten what is read again is found out by the judge', () => {
  const liar: Hop = Object.assign(function* () { yield* put('c', 1, 9); return 'x' }, { forgets: () => true })
  const reader: Hop = function* () { yield* call('liar', ''); return (yield* get('c'))?.value }
  const chain: Chain = new Map([['h0', reader], ['liar', liar]])
  expect(judge(chain, ROOT, 'cold', 10).forgottenRead).toBe('c')
})

test('a comparison that should fail does', () => {
  const wrong: ExploreLike = (...args) => {
    const x = explore(...args)
    return { ...x, outcomes: x.outcomes.map(o => ({ ...o, elapsedMs: o.elapsedMs + 1 })) }
  }
  const { verdicts } = compareWorlds(1, 1, 800, Infinity)
  expect(verdicts.map(v => compareWith(wrong, v.judged).is)).toContain('different')
})

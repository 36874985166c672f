// The small run of `npm run worlds`: enough worlds to notice every mutant of the explorer.
import { expect, test } from 'vitest'
import { LOOP, LOST, type Chain, type Hop } from '../../src/chain/effects.ts'
import { call, get, put, sleep } from '../../src/chain/effects.ts'
import { explore } from '../../src/drivers/explore.ts'
import { checkContract } from '../support/contract.ts'
import { compareWith, type ExploreLike } from './compare.ts'
import { judge } from './judge.ts'
import { chainOf, randomWorld, ROOT } from './random-world.ts'
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

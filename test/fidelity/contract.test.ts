// The driver contract on the recorded scenarios: what is simulated and what is served of their questions was explored, and each
// witness replays. Every version sees every question in turn; `npm run fidelity -- --contract` takes all.
import { expect, test } from 'vitest'
import { rational } from '../../src/chain/rational.ts'
import { call, pick, type Hop } from '../../src/chain/effects.ts'
import type { Json } from './programs.ts'
import { rows } from './rows.ts'
import { checkRows } from './scene-rows.ts'
import { checkScene, type Scene } from './scene.ts'

const fixtures = rows<Json>('coredns-kubernetes-fixture')

/** Of the rows that share a question, one: another version for each. */
const oneVersionEach = (all: readonly Json[], question: (row: Json) => string, version: (row: Json) => string): readonly Json[] => {
  const versions = [...new Set(all.map(version))].sort()
  const questions = [...new Set(all.map(question))]
  const turn = new Map(questions.map((q, i) => [q, versions[i % versions.length]]))
  return all.filter(row => turn.get(question(row)) === version(row))
}

test.each([
  ['coredns', 450], ['coredns-kubernetes', 200], ['stub-resolvers', 200],
])('%s: simulated and served lie within explored, every witness replays', (file, least) => {
  const all = rows<Json>(file)
  const chosen = file === 'stub-resolvers' ? oneVersionEach(all, row => `${row['group']} ${row['case']}`, row => String(row['client']))
    : oneVersionEach(all, row => String(row['id']), row => String(row['version']))
  const { checked, incomplete, broken } = checkRows(chosen, fixtures)
  expect(broken).toEqual([])
  expect(checked).toBeGreaterThan(least)
  expect(incomplete).toBeLessThan(checked / 50)
})

const coin: Hop = function* () { return yield* pick({ at: 'coin', options: ['heads', 'tails'], odds: [rational(1, 2), rational(1, 2)] }) }
const sceneOf = (hop: Hop): Scene => ({ chain: new Map([['hop', hop], ['coin', coin]]), before: [], last: { atMs: 0, ask: { hop: 'hop', query: null } } })

test('a hop that keeps state beside its cells is noticed', () => {
  let asked = 0
  expect(checkScene(sceneOf(function* () { return yield* call('coin', null) })).broken).toEqual([])
  const [first] = checkScene(sceneOf(function* () { return `${++asked} times ${String(yield* call('coin', null))}` })).broken
  expect(first).toMatch(/was not explored/)
})

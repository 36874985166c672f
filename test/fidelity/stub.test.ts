// Lookups of stub resolvers and of programs beside the replay of their rows (fidelity.test.ts).
import { expect, test } from 'vitest'
import { text } from '../../src/chain/effects.ts'
import { explore } from '../../src/drivers/explore.ts'
import { simulate } from '../../src/drivers/simulate.ts'
import { rows } from './rows.ts'
import { stubScene } from './scene-rows.ts'
import { differenceOf, type StubRow } from './stub-replay.ts'

test.each([
  ['stub-resolvers', 5], ['stub-applications', 3],
])('%s: what is simulated, and how long it takes, is among what is explored, for one in %i recorded lookups', (file, step) => {
  const outside: string[] = []
  for (const row of rows<StubRow>(file).filter((_, i) => i % step === 0)) {
    const scene = stubScene(row)
    if (!scene) continue
    const { chain, last } = scene
    const explored = explore(chain, last.ask, { start: 'cold' })
    expect(explored.complete, `${row.client} ${row.case}`).toBe(true)
    const ends = new Set(explored.outcomes.map(outcome => `${text(outcome.value)} ${outcome.elapsedMs}`))
    for (const seed of [1, 2]) {
      for (const lookup of simulate(chain, [last], { seed })) {
        if (!ends.has(`${text(lookup.value)} ${lookup.elapsedMs}`)) outside.push(`${row.client} ${row.case}, seed ${seed}: ${text(lookup.value)}`)
      }
    }
  }
  expect(outside).toEqual([])
})

test('an end that no order of arrival leads to is a difference', () => {
  const pairs = rows<StubRow>('stub-pairs')
  const row = (client: string, title: string): StubRow => pairs.find(one => one.client === client && one.case === title) as StubRow
  for (const one of [row('go1.26', '1 NX / SERVFAIL'), row('musl1.2.5', '1 NODATA / NODATA'), row('glibc2.36', '1 NX / NX')]) {
    expect(differenceOf({ ...one, result: { rc: 0, code: 'OK', error: '', ms: 0, addrs: ['10.0.0.1'] } } as StubRow)).toBeDefined()
  }
})

import { expect, test } from 'vitest'
import { text } from '../../src/chain/effects.ts'
import { explore } from '../../src/drivers/explore.ts'
import { simulate } from '../../src/drivers/simulate.ts'
import { rows } from './rows.ts'
import { askOf, chainOf, differenceOf, type StubRow } from './stub-replay.ts'

const ALL = rows<StubRow>('stub-applications')

test('Java, Node, c-ares, curl, getent, dig, host, nslookup and busybox look names up, and say how it ended, as recorded', () => {
  const different = ALL.flatMap(row => {
    const odd = differenceOf(row)
    return odd === undefined ? [] : [`${row.client} ${row.group}: ${row.case}: ${odd}`]
  })
  expect(new Set(ALL.map(row => row.implementation)).size).toBe(11)
  expect(different).toEqual([])
})

test('what their lookups come to in a simulation is among what is explored', () => {
  const outside: string[] = []
  for (const row of ALL.filter((r, i) => i % 3 === 0 && r.repeat === undefined && r.rules.every(rule => rule.nth === undefined))) {
    const chain = chainOf(row, undefined)
    const explored = explore(chain, askOf(row), { start: 'cold' })
    expect(explored.complete, `${row.client} ${row.case}`).toBe(true)
    const ends = new Set(explored.outcomes.map(outcome => `${text(outcome.value)} ${outcome.elapsedMs}`))
    for (const seed of [1, 2]) {
      for (const lookup of simulate(chain, [{ atMs: 0, ask: askOf(row) }], { seed })) {
        if (!ends.has(`${text(lookup.value)} ${lookup.elapsedMs}`)) outside.push(`${row.client} ${row.case}, seed ${seed}: ${text(lookup.value)}`)
      }
    }
  }
  expect(outside).toEqual([])
})

// YurtHub against what six releases of it did: which filters a request meets, what they read, and what the client is given.
import { expect, test } from 'vitest'
import { replay, type OpenyurtRow } from './openyurt-replay.ts'
import { rows } from './rows.ts'
import { unequal } from './verdict.ts'

const all = rows<OpenyurtRow>('openyurt-topology')

for (const [group, of] of Map.groupBy(all, row => row.group)) {
  test(`a client of YurtHub is given what every release gave it: ${group}`, () => {
    expect(unequal(of, replay, row => `${row.version} ${row.case}`)).toEqual([])
  })
}

test('every group and every release is there', () => {
  expect(all.length).toBe(1936)
  expect(new Set(all.map(row => row.group)).size).toBe(14)
  expect([...new Set(all.map(row => row.version))].sort()).toEqual(['HEAD', 'v1.2.0', 'v1.4.0', 'v1.5.0', 'v1.6.0', 'v1.7.0'])
})

test('a row that says something else is told apart', () => {
  const row = all.find(one => one.group === 'annotation' && one.version === 'v1.7.0' && (one.out?.length ?? 0) > 0) as OpenyurtRow
  expect(replay({ ...row, out: [] }).kind).toBe('different')
  expect(replay({ ...row, filterNames: ['masterservice'] }).kind).toBe('different')
  expect(replay({ ...row, informerRequests: [] }).kind).toBe('different')
  expect(replay({ ...row, version: 'trunk' }).kind).toBe('not modelled')
})

// YurtHub: that the replay of its rows (fidelity.test.ts) looks at the filters a request meets, what they read, and what the client is given.
import { expect, test } from 'vitest'
import { replay, type OpenyurtRow } from './openyurt-replay.ts'
import { rows } from './rows.ts'

const all = rows<OpenyurtRow>('openyurt-topology')

test('a row that says something else is told apart', () => {
  const row = all.find(one => one.group === 'annotation' && one.version === 'v1.7.0' && (one.out?.length ?? 0) > 0) as OpenyurtRow
  expect(replay({ ...row, out: [] }).kind).toBe('different')
  expect(replay({ ...row, filterNames: ['masterservice'] }).kind).toBe('different')
  expect(replay({ ...row, informerRequests: [] }).kind).toBe('different')
  expect(replay({ ...row, version: 'trunk' }).kind).toBe('not modelled')
})

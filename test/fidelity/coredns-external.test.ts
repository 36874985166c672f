import { expect, test } from 'vitest'
import { replay, type Row } from './coredns-replay.ts'
import { rows } from './rows.ts'

const scenarioOf = (row: Row): string => `${row.version} ${row.id.split('/')[0]}`

test.each(['coredns-external', 'coredns-options'])('every recorded row of %s is what the model does', file => {
  const all = rows<Row>(file)
  expect(all.length).toBeGreaterThan(100)
  for (const [scenario, steps] of Map.groupBy(all, scenarioOf)) {
    for (const [i, verdict] of replay(steps).entries()) expect([scenario, steps[i]?.id, verdict]).toEqual([scenario, steps[i]?.id, { kind: 'equal' }])
  }
})

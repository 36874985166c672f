import { expect, test } from 'vitest'
import { replay, type Row } from './coredns-replay.ts'
import { rows } from './rows.ts'

const all = rows<Row>('coredns-external')
const scenarioOf = (row: Row): string => row.id.split('/')[0] as string

test.each(['alternate', 'fanout', 'setup'])('every recorded row of %s, compiled into CoreDNS, is what the model does', group => {
  const mine = all.filter(r => r.id.startsWith(`${group}.`))
  expect(mine.length).toBeGreaterThan(20)
  for (const scenario of new Set(mine.map(scenarioOf))) {
    const steps = mine.filter(r => scenarioOf(r) === scenario)
    for (const [i, verdict] of replay(steps).entries()) expect([steps[i]?.id, verdict]).toEqual([steps[i]?.id, { kind: 'equal' }])
  }
})

import { expect, test } from 'vitest'
import { replay, type Row } from './coredns-replay.ts'
import { rows } from './rows.ts'

const all = rows<Row>('coredns-file')

test.each(['1.9.3', '1.11.3', '1.14.7', '1.15.0'])('CoreDNS %s answers from zone files, and says what is wrong with them, as recorded', version => {
  const scenarios = Map.groupBy(all.filter(r => r.version === version), r => r.id.split('/')[0])
  const different = [...scenarios.values()].flatMap(steps => replay(steps).flatMap((verdict, i) => (verdict.kind === 'equal' ? [] : [`${steps[i]?.id}: ${JSON.stringify(verdict)}`])))
  expect(different).toEqual([])
  expect(scenarios.size).toBeGreaterThan(60)
})

import { afterAll, describe, expect, test } from 'vitest'
import { ACCEPTED, acceptedFor } from './accepted.ts'
import { replay, type Row } from './coredns-replay.ts'
import type { Verdict } from './verdict.ts'
import { rows } from './rows.ts'

const all = rows<Row>('coredns')
const groupOf = (row: Row): string => row.id.split('.')[0] as string
const scenarioOf = (row: Row): string => row.id.split('/')[0] as string

/** Rows that are equal, per group, in each of 1.9.3, 1.11.3, 1.14.7, 1.15.0. May only grow. */
const EQUAL: Readonly<Record<string, readonly [number, number, number, number]>> = {
  block: [20, 20, 20, 20], cache: [169, 174, 174, 174], forward: [130, 130, 135, 134], log: [64, 64, 64, 64], loop: [1, 1, 1, 1],
  server: [16, 16, 16, 16], size: [8, 8, 8, 8], small: [18, 20, 20, 20],
}
const VERSIONS = ['1.9.3', '1.11.3', '1.14.7', '1.15.0']

const tally = new Map<string, Verdict['kind'][]>()
const stillDifferent = new Set<unknown>()

describe.each(VERSIONS)('CoreDNS %s', version => {
  const mine = all.filter(r => r.version === version)
  test.each(Object.keys(EQUAL))('%s', group => {
    const verdicts: Verdict[] = []
    const surprises: string[] = []
    const ofGroup = mine.filter(r => groupOf(r) === group)
    for (const scenario of new Set(ofGroup.map(scenarioOf))) {
      const steps = ofGroup.filter(r => scenarioOf(r) === scenario)
      for (const [i, verdict] of replay(steps).entries()) {
        verdicts.push(verdict)
        if (verdict.kind !== 'different') continue
        const id = (steps[i] as Row).id
        const accepted = acceptedFor({ program: 'coredns', version, id })
        if (accepted) stillDifferent.add(accepted)
        else surprises.push(`${id}: ${verdict.what.join('; ').slice(0, 1000)}`)
      }
    }
    tally.set(`${group} ${version}`, verdicts.map(v => v.kind))
    expect(surprises).toEqual([])
    expect(verdicts.filter(v => v.kind === 'equal').length).toBeGreaterThanOrEqual(EQUAL[group]?.[VERSIONS.indexOf(version)] as number)
  })
})

test('every accepted difference is still one', () => {
  expect(ACCEPTED.filter(a => a.program === 'coredns' && !stillDifferent.has(a))).toEqual([])
})

afterAll(() => {
  const count = (kinds: readonly string[], kind: string): number => kinds.filter(k => k === kind).length
  const lines = [...tally].map(([name, kinds]) => `${name}: ${count(kinds, 'equal')} equal, ${count(kinds, 'different')} different, ${count(kinds, 'not modelled')} not modelled`)
  console.log(lines.join('\n'))
})

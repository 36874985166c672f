import { afterAll, describe, expect, test } from 'vitest'
import { ACCEPTED, acceptedFor, isSurprise } from './accepted.ts'
import { judgeRows, type Judged } from './judge.ts'
import type { Json } from './programs.ts'
import { rows } from './rows.ts'
import { groupLine, tallyOf } from './tally.ts'

const all = rows<Json>('coredns')

/** Rows that are equal, per group, in each of 1.9.3, 1.11.3, 1.14.7, 1.15.0. May only grow. */
const EQUAL: Readonly<Record<string, readonly [number, number, number, number]>> = {
  block: [20, 20, 20, 20], cache: [169, 174, 174, 174], forward: [130, 130, 135, 134], log: [64, 64, 64, 64], loop: [1, 1, 1, 1],
  server: [16, 16, 16, 16], size: [8, 8, 8, 8], small: [18, 20, 20, 20],
}
const VERSIONS = ['1.9.3', '1.11.3', '1.14.7', '1.15.0']

const seen: Judged[] = []

describe.each(VERSIONS)('CoreDNS %s', version => {
  test.each(Object.keys(EQUAL))('%s', group => {
    const { judged } = judgeRows(all, { only: `coredns@${version}`, group })
    seen.push(...judged)
    expect(judged.filter(row => row.verdict.kind === 'different' && isSurprise(row))).toEqual([])
    expect(judged.filter(row => row.verdict.kind === 'equal').length).toBeGreaterThanOrEqual(EQUAL[group]?.[VERSIONS.indexOf(version)] as number)
  })
})

test('every accepted difference is still one', () => {
  const explained = new Set(seen.filter(row => row.verdict.kind === 'different').map(acceptedFor))
  expect(ACCEPTED.filter(entry => entry.program === 'coredns' && !explained.has(entry))).toEqual([])
})

afterAll(() => console.log(tallyOf(seen, row => `${row.group} ${row.version}`).map(groupLine).join('\n')))

import { afterAll, describe, expect, test } from 'vitest'
import { ACCEPTED, acceptedFor, isSurprise } from './accepted.ts'
import { judgeRows, type Judged } from './judge.ts'
import type { Json } from './programs.ts'
import { rows } from './rows.ts'
import { groupLine, tallyOf } from './tally.ts'

const all = rows<Json>('coredns')

/** Rows that are equal, per group, in each of 1.9.3, 1.11.3, 1.14.7, 1.15.0. May only grow. */
const EQUAL: Readonly<Record<string, readonly [number, number, number, number]>> = {
  block: [39, 43, 44, 44], cache: [180, 185, 185, 185], errors: [1, 1, 1, 1], forward: [159, 159, 165, 163], hosts: [38, 38, 38, 38],
  key: [21, 21, 21, 21], life: [27, 27, 27, 27], loadbalance: [2, 2, 2, 2], log: [64, 64, 64, 64], loop: [11, 11, 11, 11],
  parse: [36, 36, 36, 36], rewrite: [30, 33, 33, 33], server: [26, 26, 26, 26], setup: [56, 56, 56, 56], size: [8, 8, 8, 8],
  small: [42, 49, 49, 49], start: [7, 7, 7, 7], template: [14, 14, 14, 14],
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

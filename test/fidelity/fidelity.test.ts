// All recorded rows of all programs, on our hops and readers: what `npm run fidelity` does, with the bars that must hold.
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { ACCEPTED, isSurprise, outdated } from './accepted.ts'
import type { Judged } from './judge.ts'
import { fidelityPage } from './page.ts'
import { judgeInParallel } from './parallel.ts'
import { recordedFiles } from './rows.ts'
import { tallyOf } from './tally.ts'

/** Of the rows of each program and version. */
const LEAST_EQUAL = 0.99

let judged: readonly Judged[] = []
let strangers: readonly string[] = []

beforeAll(async () => {
  ({ judged, strangers } = await judgeInParallel(recordedFiles().map(url => url.pathname), {}))
}, 120_000)

test('every row is of a program that is known, and none is lost', () => {
  expect(strangers).toEqual([])
  const programs = new Set(judged.map(row => row.program))
  for (const program of ['coredns', 'coredns-kubernetes', 'node-cache', 'glibc', 'musl', 'go', 'java', 'node', 'dig', 'kubelet', 'kube-proxy', 'netplan', 'openyurt', 'systemd-resolved']) {
    expect(programs).toContain(program)
  }
  expect(judged.length).toBeGreaterThan(25_000)
})

test('every row that differs, or is not modelled, is explained', () => {
  expect(judged.filter(isSurprise).map(({ program, version, id, verdict }) => ({ program, version, id, verdict }))).toEqual([])
})

test('of each program and version at least 99 % are equal', () => {
  expect(tallyOf(judged, row => `${row.program}@${row.version}`).filter(({ rows, equal }) => equal / rows < LEAST_EQUAL)).toEqual([])
})

test('an explanation says why and what would mend it, and explains something', () => {
  expect(outdated(judged)).toEqual([])
  expect(ACCEPTED.filter(entry => !judged.some(row => row.program === entry.program && row.id.startsWith(entry.id)))).toEqual([])
  expect(ACCEPTED.filter(({ reason, mend }) => reason.length < 20 || mend.length < 5)).toEqual([])
})

test('docs/fidelity.md is what the rows say today (npm run fidelity -- --docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8')).toBe(fidelityPage(judged))
})

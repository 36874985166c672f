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

const PROGRAMS = [
  'coredns', 'coredns-kubernetes', 'node-cache', 'kubelet', 'kube-proxy', 'netplan', 'openyurt', 'systemd-resolved', 'glibc', 'musl', 'go',
  'java', 'node', 'c-ares', 'curl', 'getent', 'getent-hosts', 'dig', 'dig-search', 'host', 'nslookup', 'busybox',
]

test('every row is of a program that is known, and none is lost', () => {
  expect(strangers).toEqual([])
  const rowsOf = Object.fromEntries(tallyOf(judged, row => row.program).map(({ name, rows }) => [name, rows]))
  expect(Object.keys(rowsOf).sort()).toEqual(PROGRAMS.toSorted())
  expect(rowsOf).toMatchObject({ 'kube-proxy': 46, kubelet: 614, openyurt: 1936, 'node-cache': 456 })
  expect(judged.length).toBeGreaterThan(25_000)
})

test('every group and every release of a program is there', () => {
  const rowsBy = (program: string, name: (row: Judged) => string): Readonly<Record<string, number>> =>
    Object.fromEntries(tallyOf(judged.filter(row => row.program === program), name).map(({ name: of, rows }) => [of, rows]))
  const [group, version] = [(row: Judged): string => row.group, (row: Judged): string => row.version]
  // Of netplan: every recorded run, and one for each way in which thousands of generated configurations ended.
  expect(rowsBy('netplan', group)).toEqual({ all: 164, aborted: expect.any(Number), refused: expect.any(Number), written: expect.any(Number), yaml: expect.any(Number) })
  expect(Object.keys(rowsBy('openyurt', group)).length).toBe(14)
  expect(Object.keys(rowsBy('openyurt', version)).sort()).toEqual(['HEAD', 'v1.2.0', 'v1.4.0', 'v1.5.0', 'v1.6.0', 'v1.7.0'])
  expect(Object.keys(rowsBy('systemd-resolved', group)).sort()).toEqual(['cache', 'files', 'hosts', 'race', 'routing', 'sticky', 'stub'])
  expect(rowsBy('systemd-resolved', version)).toEqual({ 247: 92, 252: 92, 257: 92 })
  const pairs = judged.filter(row => ['pairs', 'single', 'no-aaaa'].includes(row.group))
  expect(tallyOf(pairs, row => `${row.program}${row.version}`).length).toBe(14)
  expect(tallyOf(pairs, group).length).toBe(3)
})

test('every row that differs, or is not modelled, is explained', () => {
  expect(judged.filter(isSurprise).map(({ program, version, id, verdict }) => ({ program, version, id, verdict }))).toEqual([])
})

test('of each program and version at least 99 % are equal', () => {
  expect(tallyOf(judged, row => `${row.program}@${row.version}`).filter(({ rows, equal }) => equal / rows < LEAST_EQUAL)).toEqual([])
})

test('an explanation says why and what would mend it, and explains something', () => {
  expect(outdated(judged)).toEqual([])
  expect(judged.filter(row => row.program === 'node-cache' && row.verdict.kind !== 'equal').map(row => row.id)).toEqual(['node-cache.no-endpoint/1'])
  expect(ACCEPTED.filter(entry => !judged.some(row => row.program === entry.program && row.id.startsWith(entry.id)))).toEqual([])
  expect(ACCEPTED.filter(({ reason, mend }) => reason.length < 20 || mend.length < 5)).toEqual([])
})

test('docs/fidelity.md is what the rows say today (npm run fidelity -- --docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/fidelity.md', import.meta.url), 'utf8')).toBe(fidelityPage(judged))
})

// What `npm run fidelity` does with rows it has never seen, and with files that are none.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { judgeRows } from './judge.ts'
import { fidelityPage } from './page.ts'
import type { Json } from './programs.ts'
import { readRows } from './rows.ts'
import { groupLine, tallyOf } from './tally.ts'

const folder = mkdtempSync(join(tmpdir(), 'rows-'))
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const whoami: Json = {
  id: 'small.made-here/0', version: '1.11.3', corefile: '. {\n    whoami\n}\n', files: null, state: { preamble: [] },
  query: { name: 'a.test.', type: 'A', proto: 'udp' }, upstreamScript: null,
  observed: {
    rcode: 'NOERROR', flags: ['qr', 'aa', 'rd'], question: ['a.test. IN A'], answer: [], authority: [],
    additional: ['a.test. 0 IN A 127.0.0.1', '_udp.a.test. 0 IN SRV 0 0 40000 .'], opt: null, log: [], upstreamAsked: [],
  },
}
const changed = (row: Json, observed: object): Json => ({ ...row, observed: { ...(row['observed'] as object), ...observed } })

test('a row never seen before is replayed, and a wrong answer in it is told with both sides', () => {
  const { judged } = judgeRows([whoami, changed({ ...whoami, id: 'small.other/0' }, { rcode: 'NXDOMAIN' })])
  expect(judged.map(row => row.verdict.kind)).toEqual(['equal', 'different'])
  expect(judged[1]?.verdict).toMatchObject({ what: [expect.stringMatching(/^reply: .*NOERROR.* for .*NXDOMAIN/)] })
})

test('a plugin that nobody models is not modelled at its line of the Corefile, whatever was recorded', () => {
  const { judged } = judgeRows([{ ...whoami, corefile: '. {\n    whoami\n    dnssec\n}\n' }])
  expect(judged[0]?.verdict).toMatchObject({ kind: 'not modelled', at: expect.stringContaining('dnssec') })
})

test('a question that nothing answered lasts as long as its client waited, and what a probe of loop wrote meanwhile is not its own', () => {
  const line = '[INFO] 127.0.0.1:0 - 0 "A IN a.test. udp 24 false 512" - - 0 0s'
  const silent = { noReply: 'timeout', elapsedMs: 4000, log: [line], upstreamAsked: [] }
  const dropped: Json = { ...whoami, corefile: '. {\n    bind 127.0.0.1\n    log\n    loop\n    acl {\n        drop net 127.0.0.1/32\n    }\n    cache\n    forward . 127.0.0.13\n}\n', observed: silent }
  const answer = { rcode: 'NOERROR', flags: ['qr', 'rd', 'ra'], question: ['b.test. IN A'], answer: ['b.test. 30 IN A 10.0.0.1'], authority: [], additional: [], opt: null, log: [], upstreamAsked: [] }
  const upstreamScript = { '127.0.0.13': [{ do: { answer: ['@ 30 IN A 10.0.0.1'] } }] }
  const ask = { name: 'b.test.', type: 'A', proto: 'udp', from: '127.0.0.2' }
  const logged = (flags: string): string => `[INFO] 127.0.0.2:0 - 0 "A IN b.test. udp 24 false 512" NOERROR ${flags} 46 0s`
  const asked = [{ to: '127.0.0.13', proto: 'udp', name: 'b.test.', type: 'A', flags: ['rd'], opt: null, atMs: 0 }]
  const kept = { ...answer, flags: ['qr', 'aa', 'rd', 'ra'], answer: ['b.test. 26 IN A 10.0.0.1'], log: [logged('qr,aa,rd,ra')] }
  const rows: Json[] = [
    { ...dropped, id: 'small.dropped/0', upstreamScript, query: ask, observed: { ...answer, upstreamAsked: asked, log: [logged('qr,rd,ra')] } },
    { ...dropped, id: 'small.dropped/1', upstreamScript, state: { preamble: [{ query: ask }] } },
    { ...dropped, id: 'small.dropped/2', upstreamScript, state: { preamble: [{ query: ask }, { query: whoami['query'] as Json }] }, query: ask, observed: kept },
  ]
  expect(judgeRows(rows).judged.map(({ verdict }) => verdict)).toEqual([{ kind: 'equal' }, { kind: 'equal' }, { kind: 'equal' }])
})

test('rows can be chosen by program, version and group', () => {
  const rows = [whoami, { ...whoami, version: '1.9.3' }, { ...whoami, id: 'block.x/0' }]
  expect(judgeRows(rows, { only: 'coredns@1.9.3' }).judged.map(row => row.version)).toEqual(['1.9.3'])
  expect(judgeRows(rows, { group: 'block' }).judged.map(row => row.id)).toEqual(['block.x/0'])
  expect(judgeRows(rows, { only: 'netplan' }).judged).toEqual([])
})

test('a row of no program is not lost', () => {
  expect(judgeRows([{ some: 1, thing: 2 }]).strangers).toEqual(['some, thing'])
})

test('rows are counted by group, and written into the page', () => {
  const { judged } = judgeRows([whoami, changed({ ...whoami, id: 'small.other/0' }, { rcode: 'NXDOMAIN' })])
  expect(tallyOf(judged, row => row.group).map(groupLine)).toEqual(['small: 2 rows, 1 equal, 1 different, 0 not modelled'])
  expect(fidelityPage(judged)).toContain('| coredns 1.11.3 | 2 | 1 | 50.0 % | 0 | 1 | 0 |')
})

test('a damaged file is named with its line', () => {
  const line = JSON.stringify(whoami)
  expect(() => readRows(file('cut.jsonl', `${line}\n${line.slice(0, 40)}`))).toThrow(/cut\.jsonl:2: not JSON/)
  expect(() => readRows(file('list.jsonl.gz', gzipSync('[1]\n')))).toThrow(/list\.jsonl\.gz:1: not an object/)
  expect(() => readRows(file('cut.jsonl.gz', gzipSync(line.repeat(50)).subarray(0, 40)))).toThrow(/cut\.jsonl\.gz: /)
  expect(() => readRows(join(folder, 'absent.jsonl'))).toThrow(/absent\.jsonl: /)
})

const fidelity = (...args: readonly string[]) => spawnSync(process.execPath, ['scripts/fidelity.ts', ...args], { encoding: 'utf8' })

test('the command exits 0 when all is equal, 1 on a difference that nobody explained, 2 on a damaged file', () => {
  const good = fidelity(file('good.jsonl', JSON.stringify(whoami)))
  expect([good.status, good.stdout.split('\n')[0]]).toEqual([0, 'coredns@1.11.3 small: 1 rows, 1 equal, 0 different, 0 not modelled'])
  const bad = fidelity('--list', '--rows', file('bad.jsonl', JSON.stringify(changed(whoami, { rcode: 'REFUSED' }))))
  expect(bad.status).toBe(1)
  expect(bad.stdout).toContain('different: coredns@1.11.3 small.made-here/0')
  const damaged = fidelity(file('damaged.jsonl', '{'))
  expect([damaged.status, damaged.stdout]).toEqual([2, ''])
  expect(damaged.stderr).toMatch(/damaged\.jsonl:1: not JSON/)
  expect(fidelity('--colour').status).toBe(2)
})

// `whydns read`: what captures, logs and pasted output say by themselves. The counts are those that tshark measured (incident-bundle.md).
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as v from 'valibot'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../src/cli/main.ts'
import type { Reading } from '../src/findings/reading.ts'
import { readingSchema } from '../src/report/read-schema.ts'
import { widthOf } from '../src/report/width.ts'

const folder = mkdtempSync(join(tmpdir(), 'whydns-read-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const INCIDENT = 'examples/incident'
const NODE = `${INCIDENT}/captures/hz-edge-1/any-port53.pcap.gz`
const POD = `${INCIDENT}/captures/kube-system/coredns-edge-bz9bq/eth0-port53.pcap`

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function whydns(args: readonly string[], stdin: string | Uint8Array = ''): Promise<Ran> {
  const written = { out: '', err: '' }
  const code = await run(['read', ...args], {
    out: text => { written.out += text }, err: text => { written.err += text }, env: {},
    outTerminal: { isTty: false, columns: 80 }, errTerminal: { isTty: false, columns: 80 }, calledAs: 'whydns',
    readStdin: () => Promise.resolve(typeof stdin === 'string' ? Buffer.from(stdin) : stdin), diagnose: () => Promise.resolve([]), simulate: () => Promise.resolve([]),
  })
  return { code, ...written }
}

interface Read {
  readonly code: number
  readonly status: Reading['status']
  readonly spec: Reading['spec']
}

const known = new Map<string, Promise<Read>>()

/** Each capture of the incident is read once. */
function reading(args: readonly string[], stdin?: string | Uint8Array): Promise<Read> {
  const key = args.join(' ')
  const found = stdin === undefined ? known.get(key) : undefined
  if (found) return found
  const made = freshReading(args, stdin)
  known.set(key, made)
  return made
}

async function freshReading(args: readonly string[], stdin: string | Uint8Array = ''): Promise<Read> {
  const { code, out, err } = await whydns([...args, '-o', 'json'], stdin)
  const parsed: unknown = JSON.parse(out === '' ? `{"err":${JSON.stringify(err)}}` : out)
  expect(v.safeParse(readingSchema, parsed).issues).toBeUndefined()
  return { code, ...(parsed as Reading) }
}

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const ids = (status: Reading['status']): string[] => status.findings.map(finding => `${finding.level} ${finding.id} ${finding.certainty}`)

/** Rows of the measured table: what 172.17.5.159 was told. */
const MEASURED = `
  10.53.136.11 other nodata 10
  10.53.136.11 other answer 42
  10.53.136.11 other nxdomain 8
  10.53.136.11 a.corp-example.com. A answer 12
  10.53.136.11 a.corp-example.com. AAAA nodata 9
  10.53.136.12 other nodata 9
  10.53.136.12 other answer 53
  10.53.136.12 other nxdomain 13
  10.53.136.12 a.corp-example.com. A answer 16
  10.53.136.12 a.corp-example.com. AAAA nodata 16
  223.5.5.5 other nxdomain 35
  223.5.5.5 a.corp-example.com. A nxdomain 15
  223.5.5.5 a.corp-example.com. AAAA nxdomain 18
  223.6.6.6 a.corp-example.com. A nxdomain 8
  223.6.6.6 a.corp-example.com. AAAA nxdomain 8`.trim().split('\n').map(line => line.trim())

function toldTo(client: string, status: Reading['status']): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { name, type, cells } of status.matrix) {
    for (const { server, results } of cells) {
      for (const { result, askers } of results) {
        const key = `${server} ${name === 'a.corp-example.com.' ? `${name} ${type}` : 'other'} ${result}`
        if (askers[client] !== undefined) counts.set(key, (counts.get(key) ?? 0) + askers[client])
      }
    }
  }
  return counts
}

describe('the capture of the incident alone', () => {
  test('names the servers that disagree, with the packets; exit 1', async () => {
    const { code, status } = await reading([NODE])
    expect(code).toBe(1)
    expect(status.verdict).toBe('intermittent')
    expect(ids(status)).toEqual(['error mixed-upstreams confirmed', 'info ndots-amplification confirmed'])
    const [mixed] = status.findings
    expect(mixed?.message).toBe('upstreams that disagree about `corp-example.com` are used as if they were equal: 10.53.136.11, 10.53.136.12 know it, 223.5.5.5, 223.6.6.6 deny it')
    expect(mixed?.message_zh).toContain('223.5.5.5、223.6.6.6 否认')
    expect(mixed?.sources.filter(source => source.primary).map(source => source.text.split('.53 >')[0])).toEqual(['223.5.5.5', '223.6.6.6'])
    expect(mixed?.evidence.every(id => /^tx:\d+$/.test(id))).toBe(true)
    // Who only passes on what it was told is not accused.
    expect(mixed?.message).not.toContain('172.17.5.159')
    expect(status.servers.filter(server => server.forwards).map(server => server.server)).toEqual(['127.0.0.53', '172.17.5.159'])
    expect(status.servers.find(server => server.server === '172.17.5.159')?.asked).toEqual(['192.168.0.10'])
    expect(status.matrix[0]).toMatchObject({ name: 'a.corp-example.com.', type: 'A', verdict: 'split' })
    expect(status.unanswered).toEqual([])
    expect(status.problems).toEqual([])
  })

  test.each([[NODE], [POD]])('%s: every upstream answer and every reply as measured', async path => {
    const { status } = await reading([path])
    const told = toldTo('172.17.5.159', status)
    for (const row of MEASURED) expect(`${row.split(' ').slice(0, -1).join(' ')} ${told.get(row.split(' ').slice(0, -1).join(' ')) ?? 0}`).toBe(row)
    // NOERROR of the document: answers and NODATA of the names that have none.
    expect((told.get('223.5.5.5 other answer') ?? 0) + (told.get('223.5.5.5 other nodata') ?? 0)).toBe(26)
    const replies = status.matrix.find(row => row.name === 'a.corp-example.com.' && row.type === 'A')?.cells.find(cell => cell.server === '172.17.5.159')?.results
    expect(replies?.map(({ result, askers }) => [result, askers])).toEqual([
      ['answer', { '172.17.5.129': 56, '172.17.5.163': 177, '172.17.5.170': 7, '172.17.5.201': 40 }],
      ['nxdomain', { '172.17.5.129': 35, '172.17.5.163': 100, '172.17.5.170': 6, '172.17.5.201': 25 }],
    ])
    const lookups = status.lookups.filter(lookup => lookup.name === 'a.corp-example.com.' && lookup.client.startsWith('172.17.')).map(({ client, lookups: n, failed }) => `${client} ${failed}/${n}`)
    expect(lookups).toEqual(['172.17.5.163 100/277', '172.17.5.129 35/91', '172.17.5.201 25/65', '172.17.5.170 6/13'])
  })

  test('node and pod together count each question once', async () => {
    const [alone, both] = [await reading([NODE, '--name', '*.corp-example.com']), await reading([NODE, POD, '--name', '*.corp-example.com'])]
    expect(toldTo('172.17.5.159', both.status)).toEqual(toldTo('172.17.5.159', alone.status))
    expect(ids(both.status)).toEqual(ids(alone.status))
  })

  test.each([[1 / 2], [0.93]])('cut off at %f: the same verdict, one Problem with its place', async share => {
    const whole = readFileSync(POD)
    const packed = gzipSync(whole)
    for (const [name, bytes] of [['cut.pcap', whole.subarray(0, Math.floor(whole.length * share) + 7)], ['cut.pcap.gz', packed.subarray(0, Math.floor(packed.length * share))]] as const) {
      const { code, status } = await freshReading([file(name, bytes)])
      expect(code).toBe(1)
      expect(ids(status)).toContain('error mixed-upstreams confirmed')
      const damaged = status.problems.filter(problem => problem.state === 'damaged')
      expect(damaged.length).toBeGreaterThan(0)
      if (name === 'cut.pcap') {
        expect(status.problems).toHaveLength(1)
        expect(damaged[0]?.source?.start).toBeGreaterThan(whole.length * share - 2000)
      }
    }
  })
})

test.each([['incident-after-corefile'], ['incident-after-netplan']])('%s: answers that somebody got by hand from other servers are no fault; exit 0', async bundle => {
  const { code, status } = await reading(['--bundle', `examples/${bundle}`])
  expect(ids(status)).toEqual(['info ndots-amplification confirmed'])
  expect(status.verdict).toBe('works')
  expect(status.matrix.find(row => row.name === 'a.corp-example.com.' && row.type === 'A')?.verdict).toBe('split')
  expect(status.summary.en).toContain('nobody who waited was told so')
  expect(code).toBe(0)
})

test('incident-edited-generated-file: still mixed', async () => {
  const { code, status } = await reading(['--bundle', 'examples/incident-edited-generated-file'])
  expect([code, ids(status)[0]]).toEqual([1, 'error mixed-upstreams confirmed'])
})

test('a CoreDNS log alone: fills by turns tell that upstreams disagree, not which', async () => {
  const { code, status } = await reading([`${INCIDENT}/logs/kube-system/coredns-edge-bz9bq.log`])
  expect(code).toBe(1)
  expect(ids(status)).toEqual(['error mixed-upstreams likely', 'info ndots-amplification confirmed'])
  expect(status.fills.find(fill => fill.name === 'a.corp-example.com.' && fill.type === 'A')).toMatchObject({ n: 20, failed: 7, results: { NOERROR: 13, NXDOMAIN: 7 } })
  expect(status.lookups.filter(lookup => lookup.name === 'a.corp-example.com.').map(({ client, lookups, failed }) => `${client} ${failed}/${lookups}`))
    .toEqual(['172.17.5.163 100/278', '172.17.5.129 35/91', '172.17.5.201 25/65', '172.17.5.170 6/13'])
  const good = await reading([`${INCIDENT}/logs/kube-system/coredns-edge-m2cjd.log`])
  expect([good.code, ids(good.status)]).toEqual([0, ['info ndots-amplification confirmed']])
})

test('pasted digs alone name the servers; those of the resolver itself are the effect', async () => {
  const digs = readdirSync(`${INCIDENT}/text`).filter(name => name.startsWith('dig-')).map(name => `${INCIDENT}/text/${name}`)
  const all = await reading(digs)
  expect([all.code, ids(all.status)]).toEqual([1, ['error mixed-upstreams confirmed']])
  expect(all.status.findings[0]?.message).toBe('servers disagree about `corp-example.com`: 10.53.136.11, 10.53.136.12 know it, 223.5.5.5, 223.6.6.6 deny it')
  const two = await reading(digs.filter(path => /136\.11|223\.5/.test(path)))
  expect([two.code, ids(two.status)]).toEqual([1, ['error mixed-upstreams likely']])
  const same = await reading(digs.filter(path => /136\.1[12]/.test(path)))
  expect([same.code, ids(same.status), same.status.matrix[0]?.verdict]).toEqual([0, [], 'same'])
})

test('probes alone, from standard input', async () => {
  const { code, status, spec } = await reading(['-'], readFileSync(`${INCIDENT}/probes/upstreams.jsonl`))
  expect([code, ids(status)]).toEqual([1, ['error mixed-upstreams likely']])
  expect(spec.files).toEqual([{ file: '<stdin>', kind: 'probes', observations: 64 }])
})

test('an application log alone: lookups and spells, and that nothing tells why; exit 3', async () => {
  const { code, status } = await reading([`${INCIDENT}/logs/alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9.log`])
  expect(code).toBe(3)
  expect(status.applications).toMatchObject([{ name: 'a.corp-example.com.', lookups: 147, failed: 55, results: { answer: 92, nxdomain: 55 } }])
  expect(status.applications[0]?.spells).toHaveLength(13)
  expect(status.findings).toEqual([])
  // A log without a failure names no name.
  expect((await whydns([`${INCIDENT}/logs/alpha01/order-sync-shanghai-zp72c-84bcd94655-46jgg.log`])).code).toBe(3)
})

test('a listing without any answer shows one direction: nothing is called unreachable; exit 3', async () => {
  const { code, status } = await reading([`${INCIDENT}/text/tcpdump-grep.txt`])
  expect([code, status.findings, status.unanswered]).toEqual([3, [], []])
})

test('what one resolver says to and fro is possible, and open; exit 3', async () => {
  const { code, status } = await reading([`${INCIDENT}/text/nslookup-watch.txt`])
  expect([code, ids(status)]).toEqual([3, ['warning mixed-upstreams possible']])
  expect((await whydns([`${INCIDENT}/text/nslookup-watch.txt`, '--fail-on', 'warning'])).code).toBe(1)
})

test('text: both languages, at most 100 columns, the same each time, next command last', async () => {
  for (const lang of ['en', 'zh']) {
    for (const how of ['text', 'wide']) {
      const first = await whydns([POD, '--lang', lang, '-o', how, '--name', 'a.corp-example.com'])
      expect(first.out.split('\n').filter(line => widthOf(line) > 100)).toEqual([])
      expect(first.out).toContain('error[mixed-upstreams]')
      expect(first.out).toContain('223.6.6.6')
      expect(first.out.trimEnd().split('\n').at(-1)).toContain('whydns explain mixed-upstreams')
      expect(first.out.includes('矛盾')).toBe(lang === 'zh')
    }
  }
})

test('the same input gives the same bytes', async () => {
  const args = [`${INCIDENT}/logs/kube-system/coredns-edge-bz9bq.log`, `${INCIDENT}/probes/upstreams.jsonl`, '-o', 'json']
  expect(await whydns(args)).toEqual(await whydns(args))
})

describe('bad input', () => {
  test('nothing that can be read: exit 5; nothing about DNS: exit 3; no file: exit 2', async () => {
    expect((await whydns([file('short.pcap', readFileSync(POD).subarray(0, 20))])).code).toBe(5)
    expect((await whydns([file('noise.pcap.gz', Uint8Array.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7]))])).code).toBe(5)
    expect((await whydns([file('Corefile', '.:53 {\n    forward . 10.0.0.2\n}\n')])).code).toBe(3)
    expect((await whydns([file('empty', '')])).code).toBe(3)
    expect((await whydns([])).code).toBe(2)
    expect((await whydns([join(folder, 'absent')])).code).toBe(2)
    expect((await whydns([folder])).code).toBe(2)
  })

  test('one damaged file beside a good one: what the good one says', async () => {
    const { code, status } = await reading([file('short2.pcap', readFileSync(POD).subarray(0, 20)), `${INCIDENT}/probes/upstreams.jsonl`])
    expect(code).toBe(1)
    expect(status.problems.map(problem => problem.code)).toEqual(['capture-unknown-format'])
  })

  test('hostile names are escaped, in the matrix and in findings', async () => {
    const hostile = 'a\u001b[31m\u202e.corp.example'
    const lines = ['10.0.0.2', '10.0.0.3'].map((server, at) => JSON.stringify({ server, name: hostile, type: 'A', rcode: at === 0 ? 'NOERROR' : 'NXDOMAIN', answers: at === 0 ? [{ name: hostile, type: 'A', ttl: 5, data: '\u001b]0;x\u0007' }] : [] }))
    const path = file('hostile.jsonl', [...lines, JSON.stringify({ server: '10.0.0.2', name: '__proto__', type: 'constructor', rcode: 'NOERROR', answers: [] })].join('\n'))
    for (const args of [[path], [path, '-o', 'wide'], [path, '-o', 'json']]) {
      const { out } = await whydns(args)
      expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(out)).toBe(false)
      expect(out).toContain('__proto__')
    }
  })
})

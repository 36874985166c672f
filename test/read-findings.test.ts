// Each finding of `whydns read` from a few packets or lines, and the near miss that must not have it.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as v from 'valibot'
import type { EvidenceFile } from '../src/chain/evidence-files.ts'
import type { Reading } from '../src/findings/reading.ts'
import { readingSchema } from '../src/report/read-schema.ts'
import { renderReading } from '../src/report/read-text.ts'
import { readEvidence } from '../src/read.ts'

const text = (path: string, content: string): EvidenceFile => ({ path, sizeBytes: content.length, text: () => content, chunks: () => [content] })
const read = (...files: readonly EvidenceFile[]): Reading => readEvidence(files, { name: 'test' })
const ids = (reading: Reading): string[] => reading.status.findings.map(finding => `${finding.level} ${finding.id} ${finding.certainty}`)

/** `client > server name type: answer`, one exchange every `everyMs`, as tcpdump prints it with a date. */
function listing(exchanges: readonly string[], everyMs = 1000): EvidenceFile {
  const stamp = (ms: number): string => new Date(Date.UTC(2026, 10, 25, 12) + ms).toISOString().replace('T', ' ').replace('Z', '000')
  const lines = exchanges.flatMap((exchange, at) => {
    const [client, , server, name, type, answer, delay = '1'] = exchange.split(/\s+/)
    const ends = (from: string, to: string): string => `${from} > ${to}:`
    const [c, s] = [`${client}.${40000 + at}`, `${server}.53`]
    const query = `${stamp(at * everyMs)} IP ${ends(c, s)} ${at + 1}+ ${type}? ${name} (40)`
    const reply = answer === 'nx' ? 'NXDomain 0/1/0 (90)' : answer === 'none' ? '0/1/0 (90)' : `1/0/0 ${type} ${answer} (56)`
    return answer === 'silence' ? [query] : [query, `${stamp(at * everyMs + Number(delay))} IP ${ends(s, c)} ${at + 1} ${reply}`]
  })
  return text('listing.txt', `$ tcpdump -nn -tttt port 53\n${lines.join('\n')}\n`)
}

interface Probe { readonly server: string; readonly name?: string; readonly rcode?: string; readonly data?: string; readonly soa?: string; readonly error?: string; readonly type?: string }

const probes = (rows: readonly Probe[]): EvidenceFile => text('probes.jsonl', rows.map(({ server, name = 'db.corp.example.', rcode, data, soa, error, type = 'A' }) => JSON.stringify({
  server, name, type, ...(rcode === undefined ? { error: error ?? 'timed out' } : { rcode }), ...(data !== undefined && { answers: [{ name, type, ttl: 30, data }] }),
  ...(soa !== undefined && { authority: [{ name: soa.split(' ')[0], type: 'SOA', ttl: 60, data: soa.split(' ').slice(1).join(' ') }] }),
})).join('\n'))

const ZONE = (serial: number, primary = 'ns1.corp.example.'): string => `corp.example. ${primary} host.corp.example. ${serial} 3600 600 86400 60`
const ROOT = '. a.root-servers.net. nstld.verisign-grs.com. 2026112500 1800 900 604800 86400'

test('mixed-upstreams: the forwarder\'s own servers, in packets of both sides', () => {
  const rounds = [0, 1, 2, 3].flatMap(at => {
    const [server, answer] = at % 2 === 0 ? ['10.0.0.2', '10.9.9.9'] : ['223.5.5.5', 'nx']
    // The client waits until the upstream has answered.
    return [`10.1.0.5 > 10.0.0.9 db.corp.example. A ${answer} 1500`, `10.0.0.9 > ${server} db.corp.example. A ${answer}`]
  })
  expect(ids(read(listing(rounds)))).toEqual(['error mixed-upstreams confirmed'])
  // Nobody waited for the question that was denied.
  const byHand = Array.from({ length: 8 }, () => rounds.slice(0, 2)).flat()
  expect(ids(read(listing([...byHand, '10.0.0.9 > 223.5.5.5 db.corp.example. A nx'])))).toEqual([])
  // Two clients, each with a server of its own: nobody mixes them.
  expect(ids(read(listing(['10.1.0.5 > 10.0.0.2 db.corp.example. A 10.9.9.9', '10.1.0.6 > 10.0.0.3 db.corp.example. A nx'])))).toEqual([])
})

test('unequal-twins: the denial shows the zone and primary of those who know', () => {
  const twins = (denial: string): Reading => read(probes([
    { server: '10.0.0.2', rcode: 'NOERROR', data: '10.9.9.9' }, { server: '10.0.0.2', type: 'AAAA', rcode: 'NOERROR', soa: ZONE(2026112501) },
    { server: '10.0.0.3', rcode: 'NXDOMAIN', soa: denial },
  ]))
  expect(ids(twins(ZONE(2026110101)))).toEqual(['error unequal-twins confirmed'])
  expect(twins(ZONE(2026110101)).status.findings[0]?.notes[0]?.en).toContain('2026110101 and 2026112501')
  expect(ids(twins(ZONE(2026112501)))).toEqual(['error unequal-twins likely'])
  expect(ids(twins(ROOT))).toEqual(['error mixed-upstreams likely'])
})

test('a server that contradicts itself is no side of a division; all that deny are the same', () => {
  const flapping = read(probes([{ server: '10.0.0.2', rcode: 'NOERROR', data: '10.9.9.9' }, { server: '10.0.0.3', rcode: 'NXDOMAIN', soa: ROOT }, { server: '10.0.0.3', rcode: 'NOERROR', data: '10.9.9.9' }]))
  expect(ids(flapping)).toEqual([])
  const absent = read(probes([{ server: '10.0.0.2', rcode: 'NXDOMAIN', soa: ROOT }, { server: '10.0.0.3', rcode: 'NXDOMAIN', soa: ROOT }]))
  expect([ids(absent), absent.status.matrix[0]?.verdict, absent.status.verdict]).toEqual([[], 'same', 'works'])
})

test('rotation and parts of one set are told from other answers', () => {
  const verdict = (...said: readonly (readonly [server: string, data: string])[]): string | undefined =>
    read(probes(said.map(([server, data]) => ({ server, data, rcode: 'NOERROR' })))).status.matrix[0]?.verdict
  expect(verdict(['10.0.0.2', '10.9.9.1'], ['10.0.0.3', '10.9.9.1'])).toBe('same')
  expect(verdict(['10.0.0.2', '10.9.9.1'], ['10.0.0.2', '10.9.9.2'], ['10.0.0.3', '10.9.9.2'], ['10.0.0.3', '10.9.9.1'])).toBe('rotates')
  expect(verdict(['10.0.0.2', '10.9.9.1'], ['10.0.0.3', '10.9.9.2'])).toBe('split')
})

test('upstream-unreachable: asked by a forwarder and silent; one lost packet is none', () => {
  const silent = (n: number): readonly string[] => [
    '10.1.0.5 > 10.0.0.9 www.example.com. A 192.0.2.1', ...Array.from({ length: n }, () => '10.0.0.9 > 10.0.0.3 www.example.com. A silence'),
    ...Array.from({ length: 8 }, () => '10.0.0.9 > 10.0.0.2 www.example.com. A 192.0.2.1'),
  ]
  const dead = read(listing(silent(3)))
  expect(ids(dead)).toEqual(['error upstream-unreachable likely'])
  expect(dead.status.unanswered.map(each => each.server)).toEqual(['10.0.0.3', '10.0.0.3', '10.0.0.3'])
  expect(dead.status.verdict).toBe('fails')
  expect(ids(read(listing(silent(1))))).toEqual([])
  // Asked by hand, too: two ways.
  expect(ids(read(listing(silent(3)), probes([{ server: '10.0.0.3', error: 'timed out' }])))).toEqual(['error upstream-unreachable confirmed'])
})

test('upstream-unreachable: CoreDNS names the server', () => {
  const log = text('coredns.log', [1, 2, 3].map(n => `2026-11-25T12:00:0${n}.000000000Z [ERROR] plugin/errors: 2 www.example.com. A: read udp 10.244.0.5:4000${n}->10.0.0.3:53: i/o timeout`).join('\n'))
  expect(ids(read(log))).toEqual(['error upstream-unreachable likely'])
})

test('wildcard-search-domain: unrelated names get one address under a suffix', () => {
  const lookup = (name: string, own: string): string[] => ['shop.svc.cluster.local.', 'svc.cluster.local.', 'cluster.local.'].map(suffix => `10.1.0.5 > 10.0.0.9 ${name}.${suffix} A nx`)
    .concat(`10.1.0.5 > 10.0.0.9 ${name}.corp.example. A ${own}`)
  const hit = read(listing([...lookup('github.com', '10.7.7.7'), ...lookup('www.example.org', '10.7.7.7'), ...lookup('registry.example.net', '10.7.7.7')], 20))
  expect(ids(hit)).toContain('error wildcard-search-domain confirmed')
  expect(hit.status.findings.find(finding => finding.id === 'wildcard-search-domain')?.message).toContain('`corp.example`')
  // Names of the domain itself, each with an address of its own.
  const own = read(listing([...lookup('git.team', '10.7.7.1'), ...lookup('wiki.team', '10.7.7.2')], 20))
  expect(ids(own)).not.toContain('error wildcard-search-domain confirmed')
  expect(ids(own).filter(id => id.includes('wildcard'))).toEqual([])
})

test('ndots-amplification: by share and by lookups; a list that finds the name is at work', () => {
  const suffixes = ['shop.svc.cluster.local.', 'svc.cluster.local.', 'cluster.local.']
  const wasted = Array.from({ length: 3 }, () => [...suffixes.flatMap(s => ['A', 'AAAA'].map(type => `10.1.0.5 > 10.0.0.9 api.example.com.${s} ${type} nx`)), '10.1.0.5 > 10.0.0.9 api.example.com. A 192.0.2.1']).flat()
  const paused = read(listing(wasted, 20))
  expect(ids(paused)).toEqual(['info ndots-amplification confirmed'])
  expect(paused.status.lookups).toMatchObject([{ name: 'api.example.com.', lookups: 3, failed: 0, questions: 21, suffixed: 18 }])
  const found = Array.from({ length: 3 }, () => ['10.1.0.5 > 10.0.0.9 web.shop.shop.svc.cluster.local. A nx', '10.1.0.5 > 10.0.0.9 web.shop.svc.cluster.local. A 10.96.1.1']).flat()
  expect(ids(read(listing(found, 20)))).toEqual([])
})

test('negative-cache: denials from a cache, then answers only; back and forth is none', () => {
  const line = (s: number, rcode: string, ms: number, flags: string): string =>
    `2026-11-25T12:00:${String(s).padStart(2, '0')}.000000000Z [INFO] 10.1.0.5:4${1000 + s} - ${s} "A IN new.corp.example. udp 40 false 512" ${rcode} ${flags} 90 ${ms / 1000}s`
  const denied = [line(0, 'NXDOMAIN', 4, 'qr,rd,ra'), ...[5, 10, 15, 20].map(s => line(s, 'NXDOMAIN', 0.1, 'qr,aa,rd,ra'))]
  expect(ids(read(text('coredns.log', [...denied, line(31, 'NOERROR', 4, 'qr,rd,ra')].join('\n'))))).toEqual(['warning negative-cache likely'])
  expect(ids(read(text('coredns.log', [...denied, line(31, 'NOERROR', 4, 'qr,rd,ra'), line(50, 'NXDOMAIN', 4, 'qr,rd,ra')].join('\n'))))).not.toContain('warning negative-cache likely')
  expect(ids(read(text('coredns.log', denied.join('\n'))))).toEqual([])
})

test('--name keeps a name, its suffixed candidates, and what matches a star', () => {
  const all = ['10.1.0.5 > 10.0.0.2 a.corp.example. A 10.9.9.9', '10.1.0.5 > 10.0.0.2 a.corp.example.svc.cluster.local. A nx', '10.1.0.5 > 10.0.0.2 b.corp.example. A nx', '10.1.0.5 > 10.0.0.2 corp.example.net. A nx']
  // Replies of a listing have no name: a whole capture is narrowed by probes here.
  const rows = all.map(line => ({ server: '10.0.0.2', name: line.split(' ')[3] as string, rcode: 'NXDOMAIN' }))
  const names = (pattern: string): string[] => readEvidence([probes(rows)], { name: 'test', pattern }).status.matrix.map(row => row.name).sort()
  expect(names('a.corp.example')).toEqual(['a.corp.example.', 'a.corp.example.svc.cluster.local.'])
  expect(names('*.CORP.example')).toEqual(['a.corp.example.', 'a.corp.example.svc.cluster.local.', 'b.corp.example.'])
  expect(names(`${'*a'.repeat(120)}`)).toEqual([])
})

test('mutated and cut evidence of every kind is read without an exception, into the schema', () => {
  const files = ['captures/kube-system/coredns-edge-bz9bq/eth0-port53.pcap', 'logs/kube-system/coredns-edge-bz9bq.log', 'text/dig-223.5.5.5.txt', 'text/tcpdump-grep.txt', 'probes/upstreams.jsonl', 'logs/alpha01/order-report-7b5f558c54-kllk6.log']
    .map(path => readFileSync(`examples/incident/${path}`).subarray(0, 12_000))
  let state = 20_261_125
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
  for (let n = 0; n < 240; n++) {
    const bytes = Buffer.from((files[n % files.length] as Buffer).subarray(0, 200 + random(11_800)))
    for (let k = random(40); k > 0; k--) bytes[random(bytes.length)] = random(256)
    const content = bytes.toString()
    const reading = read({ path: `mutated-${n}`, sizeBytes: bytes.length, text: () => content, chunks: () => (bytes.includes(0) ? [] : [content]), bytes: () => [bytes] })
    expect(v.safeParse(readingSchema, reading).issues, `seed 20261125, round ${n}`).toBeUndefined()
    renderReading(reading, { lang: n % 2 === 0 ? 'en' : 'zh', columns: 100, color: false, wide: n % 3 === 0, command: 'whydns' })
  }
})

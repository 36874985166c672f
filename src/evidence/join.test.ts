// The join on made-up moments: what is certain, what stays possible, what is listed as without a partner.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { captureFile, START_MS, type Told } from '../../test/support/wire-story.ts'
import { join } from './join.ts'
import { aboutNameOnWire, numberedTransactions, packetsOf } from './join-packets.ts'
import type { ApplicationLookup, DirectAnswer, Observation, ServedQuery } from './observation.ts'
import { lineSource } from '../chain/source.ts'
import type { Joined, JoinTopology } from './trace.ts'

const NAME = 'a.corp.example.'
const POD = '10.244.0.3'
const CLIENT = '10.244.0.9'
const VIP = '10.96.0.10'
const UP = '10.0.0.2'
const PUBLIC = '223.5.5.5'
const PLACES: Readonly<Record<string, string>> = { [POD]: 'kube-system/coredns-a', [CLIENT]: 'default/web', '10.244.0.8': 'default/other', '192.168.1.1': 'node/n1' }

const topology = (more: Partial<JoinTopology> = {}, asksAhead = false): JoinTopology => ({
  servers: [{ place: 'kube-system/coredns-a', node: 'n1', addresses: [POD], asksAhead }], services: new Map([[VIP, new Set([POD])]]), placeOf: address => PLACES[address], ...more,
})

const ask = (atMs: number, says: string | undefined, more: Partial<Told> = {}): Told => ({ atMs, from: CLIENT, to: POD, name: NAME, ...(says !== undefined && { says }), ...more })
const up = (atMs: number, says: string | undefined, more: Partial<Told> = {}): Told => ({ atMs, from: POD, to: UP, name: NAME, ...(says !== undefined && { says }), ...more })

function joined(captures: Readonly<Record<string, readonly Told[]>>, observations: readonly Observation[] = [], where = topology()): Joined {
  const seen = packetsOf(Object.entries(captures).map(([path, story]) => captureFile(path, story)), new Map(), aboutNameOnWire(NAME))
  return join({ name: NAME, ...numberedTransactions(seen), captures: seen.captures, observations, topology: where })
}
const atPod = (story: readonly Told[], observations: readonly Observation[] = [], where = topology()): Joined => joined({ 'captures/kube-system/coredns-a/eth0.pcap': story }, observations, where)

let line = 0
const probe = (atMs: number, says: string, server = UP, place: string | undefined = 'kube-system/coredns-a'): DirectAnswer => ({
  kind: 'direct', tool: 'probe', place, atMs: START_MS + atMs, source: lineSource('probes/x.jsonl', ++line, ''), server, query: { name: NAME, type: 'A', transport: 'udp' },
  reply: { rcode: says === 'NXDOMAIN' ? 'NXDOMAIN' : 'NOERROR', flags: [], answer: says === 'NXDOMAIN' ? [] : [{ name: NAME, type: 'A', ttlS: 300, data: says }], authority: [], additional: [] },
})
const logged = (atMs: number, rcode: string, id: number, port: number, durationMs: number): ServedQuery => ({
  kind: 'served', place: 'kube-system/coredns-a', atMs: START_MS + atMs, source: lineSource('logs/x.log', ++line, ''), client: CLIENT, clientPort: port, id, name: NAME, type: 'A',
  transport: 'udp', rcode, flags: ['qr', 'rd', 'ra'], querySizeBytes: 33, replySizeBytes: 100, durationMs,
})
const said = (atMs: number, ok: boolean): ApplicationLookup => ({
  kind: 'application', place: 'default/web', atMs: START_MS + atMs, source: lineSource('logs/web.log', ++line, ''), name: 'a.corp.example', ok, ...(!ok && { result: 'nxdomain' as const }),
  basis: 'stated', addresses: [], text: '',
})
const origins = (j: Joined): string[] => j.upstream.map(a => `${a.exchange.server.address} ${a.origin}${a.servedFor.length > 1 ? ` for one of ${a.servedFor.length}` : ''}`)

test('a client waited: forwarded, and a fill', () => {
  const j = atPod([ask(100, '10.9.0.7', { afterMs: 5 }), up(100.3, '10.9.0.7', { afterMs: 4 })])
  expect(origins(j)).toEqual([`${UP} forwarded`])
  expect(j.upstream[0]?.reasons).toEqual(['asked-while-waited', 'asked-at-once', 'reply-followed', 'same-result', 'only-candidate'])
  expect(j.fills.map(f => [f.rcode, f.served?.id, f.upstream.exchange.id])).toEqual([['NOERROR', 'tx:1', 'tx:2']])
})

test('nobody waited: probed, whether a probe is on record or not; without the clients\' side nobody knows', () => {
  const reply = ask(100, '10.9.0.7')
  expect(origins(atPod([reply, up(700, 'NXDOMAIN', { to: PUBLIC, afterMs: 40 })], [probe(690, 'NXDOMAIN', PUBLIC)]))).toEqual([`${PUBLIC} probed`])
  expect(atPod([reply, up(700, 'NXDOMAIN', { to: PUBLIC })]).upstream[0]).toMatchObject({ origin: 'probed', reasons: ['nobody-waited'] })
  expect(atPod([up(700, 'NXDOMAIN', { to: PUBLIC })]).upstream[0]).toMatchObject({ origin: 'unknown', reasons: ['nobody-else-asks-here'] })
})

test('a probe while a client waits: the tight one was forwarded, the other is the probe', () => {
  const story = [ask(100, '10.9.0.7', { afterMs: 60 }), up(100.2, '10.9.0.7', { afterMs: 59 }), up(120, '10.9.0.7', { afterMs: 4 })]
  expect(origins(atPod(story, [probe(118, '10.9.0.7')]))).toEqual([`${UP} forwarded`, `${UP} probed`])
})

test('a probe with another answer, of another place or another hour is not it', () => {
  const story = [ask(10, '10.9.0.7'), up(700, '10.9.0.7')]
  for (const other of [probe(700, 'NXDOMAIN'), probe(700, '10.9.0.7', PUBLIC), probe(700, '10.9.0.7', UP, 'default/web'), probe(60_000, '10.9.0.7')]) {
    const j = atPod(story, [other])
    expect(j.upstream[0]?.probe).toEqual([])
  }
  // It was made while and where the capture was taken, and is not in it: said.
  expect(atPod([...story, up(5000, '10.9.0.8')], [probe(800, 'NXDOMAIN')]).unmatched.direct.length).toBe(1)
})

test('two questions, one probe: each is possible, both are probed', () => {
  const j = atPod([ask(10, '10.9.0.7'), up(700, '10.9.0.7'), up(760, '10.9.0.7')], [probe(731, '10.9.0.7')])
  expect(j.upstream.map(a => [a.origin, a.probe.map(p => p.certain)])).toEqual([['probed', [false]], ['probed', [false]]])
})

test('two clients, two questions: each belongs to the nearer; where neither is nearer both are possible', () => {
  const apart = [ask(100, '10.9.0.7', { afterMs: 9 }), up(100.1, '10.9.0.7', { afterMs: 8.8 }), ask(103, '10.9.0.7', { afterMs: 9, from: '10.244.0.8' }), up(103.1, '10.9.0.7', { afterMs: 8.8 })]
  expect(atPod(apart).upstream.map(a => a.servedFor.map(l => [l.certain, l.to.asker]))).toEqual([[[true, 'default/web']], [[true, 'default/other']]])
  const together = [ask(100, '10.9.0.7', { afterMs: 9 }), ask(100.1, '10.9.0.7', { afterMs: 9, from: '10.244.0.8' }), up(100.3, '10.9.0.7', { afterMs: 8 })]
  expect(origins(atPod(together))).toEqual([`${UP} forwarded for one of 2`])
  expect(atPod(together).fills[0]?.certain).toBe(false)
})

test('after a timeout another server is asked: one fill, from the one that answered', () => {
  const j = atPod([ask(100, '10.9.0.7', { afterMs: 2010 }), up(100.2, undefined), up(2100.5, '10.9.0.7', { to: '10.0.0.3', afterMs: 9 }), ask(60_000, '10.9.0.7')])
  expect(origins(j)).toEqual([`${UP} forwarded`, '10.0.0.3 forwarded'])
  expect(j.upstream[0]?.exchange.state).toBe('unanswered')
  expect(j.fills.map(f => f.upstream.exchange.server.address)).toEqual(['10.0.0.3'])
})

test('asked ahead of need only where the Corefile has prefetch or serve_stale', () => {
  const story = [ask(100, '10.9.0.7', { afterMs: 0.2 }), up(100.1, '10.9.0.7', { afterMs: 5 })]
  expect(atPod(story).upstream[0]).toMatchObject({ origin: 'probed' })
  expect(atPod(story, [], topology({}, true)).upstream[0]).toMatchObject({ origin: 'forwarded', reasons: ['asked-ahead'] })
})

test('a capture of the way to the upstream only: the log tells for whom', () => {
  const j = atPod([up(100.2, 'NXDOMAIN', { afterMs: 30 })], [logged(130.5, 'NXDOMAIN', 7, 40_000, 30.5), logged(200, 'NOERROR', 8, 40_001, 0.1)])
  expect(j.upstream[0]).toMatchObject({ origin: 'forwarded', reasons: ['inside-the-logged-time', 'same-result'] })
  expect(j.fills[0]?.line?.id).toBe(7)
})

test('log lines: by socket and id, the time keeps apart what came later; what is not in the capture is listed', () => {
  const story = [ask(100, '10.9.0.7', { id: 7, port: 40_000 }), ask(30_000, 'NXDOMAIN', { id: 7, port: 40_000 }), ask(40_000, '10.9.0.7', { id: 9, port: 40_009 })]
  const lines = [logged(101, 'NOERROR', 7, 40_000, 0.1), logged(30_001, 'NXDOMAIN', 7, 40_000, 0.1), logged(20_000, 'NOERROR', 8, 40_008, 0.1)]
  const j = atPod(story, lines)
  expect(j.logged.map(l => [l.exchange.id, l.lines.map(x => x.to.rcode)])).toEqual([['tx:1', ['NOERROR']], ['tx:3', ['NXDOMAIN']]])
  expect(j.unmatched.lines).toEqual([lines[2]])
  expect(j.unmatched.served.map(e => e.id)).toEqual(['tx:5'])
})

test('one question on the node and in the pod, through Service and masquerade', () => {
  const pod = [ask(100, '10.9.0.7', { id: 5, port: 40_000 }), up(100.2, '10.9.0.7', { id: 6, port: 41_000, afterMs: 0.5 })]
  const onNode = [ask(99.9, '10.9.0.7', { id: 5, port: 40_000, to: VIP, afterMs: 1.2 }), ask(99.95, '10.9.0.7', { id: 5, port: 40_000, afterMs: 1.1 }),
    up(100.21, '10.9.0.7', { id: 6, port: 41_000, afterMs: 0.45 }), up(100.22, '10.9.0.7', { id: 6, port: 1234, from: '192.168.1.1', afterMs: 0.4 })]
  const j = joined({ 'captures/kube-system/coredns-a/eth0.pcap': pod, 'captures/n1/any.pcap': onNode })
  expect(j.exchanges.map(e => [e.role, e.sightings.length, e.client.address, e.addressed.address, e.server.address])).toEqual([
    ['served', 3, CLIENT, VIP, POD], ['upstream', 3, POD, UP, UP],
  ])
  expect(origins(j)).toEqual([`${UP} forwarded`])
})

test('clocks that differ by the offset that the bundle states', () => {
  const j = joined({ 'captures/kube-system/coredns-a/eth0.pcap': [ask(100, '10.9.0.7', { id: 5, port: 40_000 })], 'captures/n2/any.pcap': [ask(8100, '10.9.0.7', { id: 5, port: 40_000 })] }, [],
    topology({ offsetMs: place => (place === 'node/n2' ? 8000 : 0) }))
  expect(j.exchanges.map(e => e.sightings.length)).toEqual([2])
})

test('the same id twice at one moment behind a masquerade: listed as possible, not joined', () => {
  const story = [up(100, '10.9.0.7', { id: 6, port: 41_000 }), up(100.1, '10.9.0.7', { id: 6, port: 1234, from: '192.168.1.1' }), up(100.2, '10.9.0.7', { id: 6, port: 42_000, from: '10.244.0.8' })]
  const j = joined({ 'captures/n1/any.pcap': story })
  expect(j.exchanges.length).toBe(3)
  expect(j.possibleSightings.map(p => `${p.a} ${p.b}`)).toEqual(['tx:1 tx:2', 'tx:2 tx:3'])
})

test('a search list, A and AAAA: one lookup, and the line that the application wrote of it', () => {
  const suffixed = `${NAME}default.svc.cluster.local.`
  const walk = (atMs: number, says: string): Told[] => [ask(atMs, 'NXDOMAIN', { name: suffixed }), ask(atMs + 0.1, 'NXDOMAIN', { name: suffixed, type: 'AAAA' }), ask(atMs + 3, says), ask(atMs + 3.1, 'NODATA', { type: 'AAAA' })]
  const j = atPod([...walk(100, '10.9.0.7'), ...walk(4000, 'NXDOMAIN')], [said(106, true), said(4008, false), said(2000, true)])
  expect(j.lookups.map(l => [l.questions.length, l.result, l.said.map(s => s.to.ok)])).toEqual([[4, 'answer', [true]], [4, 'nxdomain', [false]]])
  expect(j.unmatched.application.length).toBe(1)
})

test('two walks of one client at once stay ambiguous', () => {
  const suffixed = `${NAME}default.svc.cluster.local.`
  const story = [ask(100, 'NXDOMAIN', { name: suffixed }), ask(100.2, 'NXDOMAIN', { name: suffixed }), ask(103, '10.9.0.7'), ask(103.2, '10.9.0.7')]
  const j = atPod(story)
  expect(j.lookups.length).toBe(2)
  expect(j.lookups.flatMap(l => l.questions).some(q => !q.certain)).toBe(true)
})

test('numbers do not depend on what is asked about', () => {
  const other = ask(50, '10.9.0.1', { name: 'b.corp.example' })
  expect(atPod([other, ask(100, '10.9.0.7')]).exchanges.map(e => e.id)).toEqual(['tx:3'])
})

test('a flood is joined in time: one socket and id, one moment, a hundred thousand lines', () => {
  const flood = Array.from({ length: 4000 }, (_, i): Told => (i % 4 === 3 ? up(100 + i / 1000, '10.9.0.7', { id: 5, port: 41_000 + (i % 7) }) : ask(100 + i / 1000, '10.9.0.7', { id: 5, port: 40_000 + (i % 3) })))
  const lines = Array.from({ length: 20_000 }, (_, i) => logged(100 + (i % 50), 'NOERROR', 5, 40_000 + (i % 3), 0.1))
  const probes = Array.from({ length: 5000 }, (_, i) => probe(100 + i, '10.9.0.7'))
  const j = atPod(flood, [...lines, ...probes, ...Array.from({ length: 5000 }, (_, i) => said(100 + i, true))])
  expect(j.exchanges.length).toBeGreaterThan(1000)
})

test('whatever the bytes of a capture, nothing is thrown', () => {
  const file = captureFile('captures/kube-system/coredns-a/eth0.pcap', [ask(100, '10.9.0.7', { afterMs: 5 }), up(100.3, '10.9.0.7', { afterMs: 4 }), ask(900, 'NXDOMAIN', { name: `${NAME}svc.cluster.local` }), up(950, undefined)])
  const [whole] = [...file.bytes?.() ?? []] as [Uint8Array]
  const joinBytes = (bytes: Uint8Array): Joined => {
    const seen = packetsOf([{ ...file, bytes: () => [bytes] }], new Map(), aboutNameOnWire(NAME))
    return join({ name: NAME, ...numberedTransactions(seen), captures: seen.captures, observations: [probe(950, '10.9.0.7'), logged(106, 'NOERROR', 1, 20_001, 6)], topology: topology() })
  }
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }), fc.nat(whole.length), (changes, length) => {
    const bytes = whole.slice(0, length)
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
    expect(joinBytes(bytes).exchanges.length).toBeLessThan(20)
  }), { numRuns: 400 })
})

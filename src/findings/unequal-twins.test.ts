import { expect, test } from 'vitest'
import { brief, bundle, hit, hits, lines, log, patched, probe, served, stockCluster, STOCK_COREFILE, why, type Piece } from '../../test/support/bundle.ts'

const ID = 'unequal-twins'
const NAME = 'db.corp.example'
const HAS = probe('10.0.0.2', NAME, '10.9.0.7')
const LACKS = probe('10.0.0.3', NAME, 'NXDOMAIN')
const FLAPS = log('kube-system/coredns-a', served('08:00:00.000', 'A', NAME, 'NOERROR'), served('08:01:00.000', 'A', NAME, 'NXDOMAIN'))
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2', '10.0.0.3']), ...more)
/** The zone's SOA, asked for. */
const soa = (server: string, serial: number, primary = 'ns1.corp.example.'): Piece => ({
  'probes/soa.jsonl': `${JSON.stringify({
    at: '2024-09-03T08:00:00.000Z', from: 'pod kube-system/coredns-a', server, name: 'corp.example.', type: 'SOA', transport: 'udp', rcode: 'NOERROR', flags: ['qr', 'rd', 'ra'],
    answers: [{ name: 'corp.example.', type: 'SOA', ttl: 300, data: `${primary} hostmaster.corp.example. ${serial} 3600 900 604800 300` }], authority: [], rttMs: 3,
  })}\n`,
})

test('both private, one lacks the name: likely by the answers, confirmed with the log; mixed-upstreams is silent', () => {
  const diagnosis = why(cluster(HAS, LACKS), NAME)
  expect(diagnosis.status.verdict).toBe('intermittent')
  expect([brief(hit(diagnosis, ID)), hits(diagnosis, 'mixed-upstreams')]).toEqual(['error likely unequal-twins', []])
  const found = hit(why(cluster(HAS, LACKS, FLAPS), NAME), ID)
  expect(brief(found)).toBe('error confirmed unequal-twins')
  expect([found.message, found.message_zh]).toEqual(['copies of `corp.example` are out of step: 10.0.0.3 lacks the name that 10.0.0.2 has', expect.stringContaining('各副本不一致')])
  expect(lines(found)).toEqual([
    '* cluster/configmaps.yaml: forward . /etc/resolv.conf', '  cluster/configmaps.yaml: cache 30', '* nodes/n1/etc/resolv.conf: 10.0.0.3', '  nodes/n1/etc/resolv.conf: 10.0.0.2',
  ])
  expect(found.evidence).toEqual([1, 2, 3, 4].map(n => `probes/upstreams.jsonl:${n}`))
})

test('the serial of the SOA is a second way', () => {
  const found = hit(why(cluster(probe('10.0.0.2', NAME, '10.9.0.7'), LACKS, soa('10.0.0.2', 1), soa('10.0.0.3', 1)), NAME), ID)
  expect(found.certainty).toBe('likely')
  // The probes of the name show serial 1: the server that has the name has moved on since.
  const files = cluster({ ...probe('10.0.0.2', NAME, '10.9.0.7') }, LACKS)
  const text = files.files.get('probes/upstreams.jsonl')?.text() ?? ''
  const moved = bundle(...stockCluster(['10.0.0.2', '10.0.0.3']), { 'probes/upstreams.jsonl': text.split('\n').map(line => (line.includes('"10.0.0.2"') ? line.replace(' 1 3600', ' 2024090301 3600') : line)).join('\n') })
  const confirmed = hit(why(moved, NAME), ID)
  expect(confirmed.certainty).toBe('confirmed')
  expect(confirmed.notes.map(n => n.en).join()).toContain('10.0.0.2: 2024090301, 10.0.0.3: 1')
})

test('masters that name themselves (Active Directory): their serials prove nothing, the answers do', () => {
  const own = (server: string): Piece => Object.fromEntries(Object.entries(probe(server, NAME, server === '10.0.0.2' ? '10.9.0.7' : 'NXDOMAIN')).map(([path, text]) => [path, text.replaceAll('ns1.corp.example.', `dc-${server}.corp.example.`)]))
  expect(brief(hit(why(cluster(own('10.0.0.2'), own('10.0.0.3')), NAME), ID))).toBe('error likely unequal-twins')
})

test('near miss: the denial carries the SOA of a parent or the root, so that server does not have the zone: mixed', () => {
  const diagnosis = why(cluster(HAS, probe('10.0.0.3', NAME, 'NXDOMAIN', { zone: 'example.' })), NAME)
  expect(hits(diagnosis, ID)).toEqual([])
  expect(brief(hit(diagnosis, 'mixed-upstreams'))).toBe('error likely mixed-upstreams')
})

test('near miss: a public and a private server', () => {
  const diagnosis = why(bundle(...stockCluster(['10.0.0.2', '223.5.5.5']), HAS, probe('223.5.5.5', NAME, 'NXDOMAIN', { zone: 'example.' })), NAME)
  expect([hits(diagnosis, ID), hits(diagnosis, 'mixed-upstreams').length]).toEqual([[], 1])
})

test('near miss: both lack it, or both have it', () => {
  expect(hits(why(cluster(probe('10.0.0.2', NAME, 'NXDOMAIN'), LACKS), NAME), ID)).toEqual([])
  expect(hits(why(cluster(HAS, probe('10.0.0.3', NAME, '10.9.0.7')), NAME), ID)).toEqual([])
})

test('near miss: one and the same server says both', () => {
  expect(hits(why(cluster(HAS, probe('10.0.0.3', NAME, '10.9.0.7'), LACKS), NAME), ID)).toEqual([])
})

test('near miss: nobody asked the second one', () => {
  expect(hits(why(cluster(HAS), NAME), ID)).toEqual([])
})

const OLD = probe('10.0.0.3', NAME, '10.9.0.8')

test('other addresses: an information once, a warning when each says so again, sure with an older serial', () => {
  expect(brief(hit(why(cluster(HAS, OLD), NAME), ID))).toBe('info possible unequal-twins')
  const twice = cluster(HAS, HAS, OLD, OLD)
  const found = hit(why(twice, NAME), ID)
  expect([brief(found), found.message]).toEqual(['warning likely unequal-twins', 'servers that should be alike give `db.corp.example` other addresses (10.0.0.2: 10.9.0.7; 10.0.0.3: 10.9.0.8)'])
})

test('the older serial says who is behind', () => {
  const only = (piece: Piece): Piece => Object.fromEntries(Object.entries(piece).map(([path, text]) => [path, text.split('\n').slice(0, 1).join('\n') + '\n']))
  const files = cluster(only(HAS), only(HAS), only(OLD), only(OLD), soa('10.0.0.2', 2024090301), soa('10.0.0.3', 2024081900))
  const found = hit(why(files, NAME), ID)
  expect([brief(found), lines(found).filter(l => l.startsWith('*'))]).toEqual(['warning confirmed unequal-twins', ['* cluster/configmaps.yaml: forward . /etc/resolv.conf', '* nodes/n1/etc/resolv.conf: 10.0.0.3']])
  expect(found.fixes.map(f => f.title)).toEqual(['take 10.0.0.3 out of the resolv.conf of n1', 'bring the copies of `corp.example` in step again (10.0.0.3)'])
})

test('near miss: public servers give other addresses by design', () => {
  const public2 = bundle(...stockCluster(['1.1.1.1', '223.5.5.5']), probe('1.1.1.1', 'www.example.org', '203.0.113.5'), probe('223.5.5.5', 'www.example.org', '203.0.113.6'))
  expect(hits(why(public2, 'www.example.org'), ID)).toEqual([])
})

test('the copy that is behind, taken out of the list: proved, and then gone', () => {
  const files = bundle(...stockCluster(['10.0.0.2'], { corefile: STOCK_COREFILE.replace('/etc/resolv.conf', '10.0.0.2 10.0.0.3') }), HAS, LACKS)
  const [out, byHand] = hit(why(files, NAME), ID).fixes
  expect([out?.title, out?.proof?.before, out?.proof?.after]).toEqual(['take 10.0.0.3 out of the forward line', { 'answer 10.9.0.7': '1/2', nxdomain: '1/2' }, { 'answer 10.9.0.7': '1' }])
  expect([byHand?.applicability, byHand?.caution?.en]).toEqual(['byHand', expect.stringContaining('policy sequential')])
  const again = why(patched(files, out?.edits ?? []), NAME)
  expect([again.status.verdict, hits(again, ID)]).toEqual(['works', []])
})

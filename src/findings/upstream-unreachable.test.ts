import { expect, test } from 'vitest'
import { brief, bundle, CONFIG_MAP, hit, hits, lines, log, patched, probe, served, stockCluster, STOCK_COREFILE, why, type Piece } from '../../test/support/bundle.ts'

const ID = 'upstream-unreachable'
const NAME = 'db.corp.example'
const GOOD = probe('10.0.0.2', NAME, '10.9.0.7')
const SILENT = probe('10.0.0.3', NAME, 'timeout')
const error = (at: string, name = NAME, says = 'i/o timeout'): string => `2024-09-03T${at}Z [ERROR] plugin/errors: 2 ${name}. A: read udp 10.244.0.3:46620->10.0.0.3:53: ${says}`
const ERRORS = log('kube-system/coredns-a', error('08:00:00.000'), error('08:00:40.000'))
const PING: Piece = { 'text/ping.txt': '$ ping 10.0.0.3\nPING 10.0.0.3 (10.0.0.3): 56 data bytes\nRequest timeout for icmp_seq 0\nRequest timeout for icmp_seq 1\n' }
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2', '10.0.0.3']), ...more)
const explicit = (options = '', version = '1.11.1'): Piece[] => stockCluster(['10.0.0.2'], { version, corefile: STOCK_COREFILE.replace('/etc/resolv.conf', `10.0.0.2 10.0.0.3${options}`) })

test('errors that name it and a question without an answer: confirmed, at the forward line and at the line with the server', () => {
  const diagnosis = why(cluster(GOOD, SILENT, ERRORS), NAME)
  expect(diagnosis.status.verdict).toBe('slow')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('error confirmed upstream-unreachable')
  expect([found.message, found.message_zh]).toEqual(['10.0.0.3 of the 2 servers of this line gives kube-system/coredns-a no answer', expect.stringContaining('得不到')])
  expect(lines(found)).toEqual(['* cluster/configmaps.yaml: forward . /etc/resolv.conf', '* nodes/n1/etc/resolv.conf: 10.0.0.3', `  logs/kube-system/coredns-a.log: ${error('08:00:00.000')}`])
  expect(found.evidence).toEqual(['logs/kube-system/coredns-a.log:1', 'logs/kube-system/coredns-a.log:2', 'probes/upstreams.jsonl:3', 'probes/upstreams.jsonl:4'])
  expect(found.notes.map(n => n.en).join()).toContain('1 in 2 cache fills begin there and take 2s longer')
})

test('a ping without an answer is the second way as well; one way alone is likely, one lost packet possible', () => {
  expect(brief(hit(why(cluster(GOOD, ERRORS, PING), NAME), ID))).toBe('error confirmed upstream-unreachable')
  expect(brief(hit(why(cluster(GOOD, ERRORS), NAME), ID))).toBe('error likely upstream-unreachable')
  expect(brief(hit(why(cluster(GOOD, SILENT), NAME), ID))).toBe('error likely upstream-unreachable')
  expect(brief(hit(why(cluster(GOOD, log('kube-system/coredns-a', error('08:00:00.000'))), NAME), ID))).toBe('warning possible upstream-unreachable')
})

test('the log shows how many fills waited', () => {
  const slow = served('08:02:00.000', 'A', NAME, 'NOERROR').replace('0.031942', '2.004100')
  const files = cluster(GOOD, SILENT, log('kube-system/coredns-a', slow, served('08:03:00.000', 'A', NAME, 'NOERROR'), served('08:03:01.000', 'A', NAME, 'NOERROR', { cached: true })))
  expect(hit(why(files, NAME), ID).notes.map(n => n.en)).toContain('1 of 2 forwarded questions for the name took 2 s or longer')
})

test('no server is left: it fails, and nothing can be taken away', () => {
  const diagnosis = why(bundle(...stockCluster(['10.0.0.3']), SILENT, ERRORS), NAME)
  const found = hit(diagnosis, ID)
  expect([diagnosis.status.verdict, brief(found), found.fixes.map(f => f.applicability)]).toEqual(['fails', 'error confirmed upstream-unreachable', ['byHand']])
  expect(found.notes[0]?.en).toContain('SERVFAIL')
})

test('the node is answered and the pod is not: the way, not the server', () => {
  const found = hit(why(cluster(GOOD, probe('10.0.0.3', NAME, '10.9.0.7', { from: 'node n1' }), SILENT, ERRORS), NAME), ID)
  expect(found.certainty).toBe('confirmed')
  expect(found.notes.map(n => n.en).join()).toContain('10.0.0.3 does answer node/n1')
})

test('proxy and max_fails 0 do not mark a server down as forward does', () => {
  const note = (...pieces: Piece[]): string => hit(why(bundle(...pieces, GOOD, SILENT), NAME), ID).notes.map(n => n.en).join()
  expect(note(...explicit(' {\n        max_fails 0\n    }'))).toContain('never marked down')
  expect(note(...explicit())).toContain('three failed probes')
  expect(note(...stockCluster(['10.0.0.2'], { version: '1.3.1', corefile: STOCK_COREFILE.replace('forward . /etc/resolv.conf', 'proxy . 10.0.0.2 10.0.0.3') }))).toContain('`proxy` of CoreDNS 1.3.1')
})

test('near miss: it answers the pod too, one packet was lost', () => {
  expect(hits(why(cluster(GOOD, probe('10.0.0.3', NAME, '10.9.0.7'), log('kube-system/coredns-a', error('08:00:00.000'))), NAME), ID)).toEqual([])
})

test('a server that answers, and leaves questions open again and again, is a warning', () => {
  const many = log('kube-system/coredns-a', error('08:00:00.000'), error('08:00:40.000'), error('08:01:20.000'))
  const found = hits(why(cluster(GOOD, probe('10.0.0.3', NAME, '10.9.0.7'), many), NAME), ID)
  expect(found.filter(f => f.level === 'error')).toEqual([])
  expect(found).toHaveLength(1)
})

test('near miss: another node does not reach it; this CoreDNS was not seen to fail', () => {
  expect(hits(why(cluster(GOOD, probe('10.0.0.3', NAME, 'timeout', { from: 'node n2' })), NAME), ID)).toEqual([])
})

test('near miss: an error that is no silence', () => {
  expect(hits(why(cluster(GOOD, log('kube-system/coredns-a', error('08:00:00.000', NAME, 'no such host'), error('08:00:01.000', NAME, 'no such host'))), NAME), ID)).toEqual([])
})

test('near miss: a name that never leaves the cluster', () => {
  const service: Piece = { 'cluster/services.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: shop, namespace: default}\nspec: {clusterIP: 10.96.0.77, ports: [{port: 80, protocol: TCP}]}\n' }
  const diagnosis = why(cluster(service, GOOD, SILENT, ERRORS), 'shop')
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('near miss: the zone has servers of its own, and the dot is written', () => {
  const own = `corp.example:53 {\n    forward . 10.0.0.2\n}\n${STOCK_COREFILE}`
  const files = bundle(...stockCluster(['10.0.0.3'], { corefile: own }), GOOD, SILENT)
  expect(hits(why(files, `${NAME}.`), ID)).toEqual([])
  // Without the dot the suffixes stay in the cluster zone: still nothing is asked there.
  expect(hits(why(files, NAME), ID)).toEqual([])
})

test('a suffix of the node leads every lookup to the dead server', () => {
  const own = `corp.example:53 {\n    forward . 10.0.0.2\n}\n${STOCK_COREFILE}`
  const found = hits(why(bundle(...stockCluster(['10.0.0.3'], { corefile: own, client: { search: ['site.example'] } }), GOOD, ERRORS, PING), NAME), ID)
  expect(found.map(f => f.certainty)).toEqual(['confirmed'])
})

test('taken out of the Corefile’s own list: proved, and then gone', () => {
  const files = bundle(...explicit(), GOOD, SILENT, ERRORS)
  const fix = hit(why(files, NAME), ID).fixes[0]
  expect(fix?.title).toBe('take 10.0.0.3 out of the forward line')
  expect([fix?.proof?.after, fix?.proof?.gains]).toEqual([{ 'answer 10.9.0.7': '1' }, ['default/web db.corp.example: slow -> works']])
  const after = patched(files, fix?.edits ?? [])
  expect(after.files.get(CONFIG_MAP)?.text()).toContain('forward . 10.0.0.2\n')
  const again = why(after, NAME)
  expect([again.status.verdict, hits(again, ID)]).toEqual(['works', []])
})

test('taken out of the node’s own resolv.conf: kubelet’s copy follows', () => {
  const files = cluster(GOOD, SILENT, ERRORS)
  const fix = hit(why(files, NAME), ID).fixes[0]
  expect(fix?.edits.map(e => [e.file, e.madeBy])).toEqual([['nodes/n1/etc/resolv.conf', undefined], ['pods/kube-system/coredns-a/etc/resolv.conf', 'kubelet']])
  const again = why(patched(files, fix?.edits ?? []), NAME)
  expect([again.status.verdict, hits(again, ID)]).toEqual(['works', []])
})

import { expect, test } from 'vitest'
import { brief, bundle, changed, hit, hits, lines, log, probe, served, stockCluster, why, type Piece } from '../../test/support/bundle.ts'

const ID = 'ndots-amplification'
const NAME = 'db.corp.example'
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2']), probe('10.0.0.2', NAME, '10.9.0.7'), ...more)

test('three suffixes, two types: six questions too many; likely by the files, confirmed by the log', () => {
  const found = hit(why(cluster(), NAME), ID)
  expect(brief(found)).toBe('info likely ndots-amplification')
  expect(found.message).toContain('6 questions')
  expect(lines(found)).toEqual([
    '* pods/default/web/etc/resolv.conf: search default.svc.cluster.local svc.cluster.local cluster.local',
    '  pods/default/web/etc/resolv.conf: ndots:5',
  ])
  const asked = log('kube-system/coredns-a', served('08:00:00.000', 'A', `${NAME}.default.svc.cluster.local`, 'NXDOMAIN'))
  const confirmed = hit(why(cluster(asked), NAME), ID)
  expect([brief(confirmed), confirmed.evidence]).toEqual(['info confirmed ndots-amplification', ['logs/kube-system/coredns-a.log:1']])
})

test('the questions are counted by what is asked', () => {
  const six = why(cluster(), NAME)
  expect(six.spec.type).toBe('A,AAAA')
  const longer = changed(cluster(), 'pods/default/web/etc/resolv.conf', 'search ', 'search a.example b.example ')
  expect(hit(why(longer, NAME), ID).message).toContain('10 questions')
})

test('near miss: the trailing dot, a lower ndots, enough dots', () => {
  expect(hits(why(cluster(), `${NAME}.`), ID)).toEqual([])
  expect(hits(why(changed(cluster(), 'pods/default/web/etc/resolv.conf', 'ndots:5', 'ndots:2'), NAME), ID)).toEqual([])
  expect(hits(why(cluster(probe('10.0.0.2', 'a.b.c.d.corp.example', '10.9.0.8')), 'a.b.c.d.corp.example'), ID)).toEqual([])
})

test('near miss: the list is what finds the name', () => {
  expect(hits(why(cluster(), 'kube-dns.kube-system'), ID)).toEqual([])
  expect(hits(why(cluster(), 'kubernetes'), ID)).toEqual([])
})

test('the named change takes it away: a lower ndots in the pod’s dnsConfig', () => {
  const fix = hit(why(cluster(), NAME), ID).fixes[0]
  expect([fix?.applicability, fix?.proof, fix?.steps[0]?.en]).toEqual(['byHand', null, 'spec.template.spec.dnsConfig.options: [{name: ndots, value: "2"}]'])
  const mended = changed(changed(cluster(), 'cluster/pods.yaml', '  dnsPolicy: ClusterFirst\n', '  dnsPolicy: ClusterFirst\n  dnsConfig: {options: [{name: ndots, value: "2"}]}\n'),
    'pods/default/web/etc/resolv.conf', 'ndots:5', 'ndots:2')
  const after = why(mended, NAME)
  expect([after.status.verdict, hits(after, ID)]).toEqual(['works', []])
})

import { expect, test } from 'vitest'
import {
  brief, bundle, changed, client, coredns, corefile, dnsService, hit, hits, kubeletConfig, lines, node, patched, probe, resolvConf, VIP, why, without,
  type Piece,
} from '../../test/support/bundle.ts'

const ID = 'missing-cluster-dns'
const NAME = 'kube-dns.kube-system.svc.cluster.local'
const NODE_FILE = resolvConf(['9.9.9.9'])
const NO_DNS = kubeletConfig('resolvConf: /etc/resolv.conf\n')
const EVENT: Piece = {
  'cluster/events.yaml': 'apiVersion: v1\nkind: Event\nmetadata: {name: x, namespace: default}\nreason: MissingClusterDNS\nmessage: kubelet does not have ClusterDNS IP configured\ninvolvedObject: {kind: Pod, name: web, namespace: default}\n',
}

const cluster = (kubelet: string | null = NO_DNS, given: string | null = NODE_FILE, ...more: Piece[]): ReturnType<typeof bundle> => bundle(
  node('n1', { resolvConf: NODE_FILE, kubelet }), corefile(), coredns('coredns-a', { resolvConf: NODE_FILE }), dnsService([['10.244.0.3', 'n1']]),
  client('web', { resolvConf: given }), probe('9.9.9.9', NAME, 'NXDOMAIN', { zone: '.' }), ...more,
)

test('no clusterDNS in kubelet’s file and the node’s servers in the pod: confirmed', () => {
  const diagnosis = why(cluster(), NAME)
  expect(diagnosis.status.verdict).toBe('fails')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('error confirmed missing-cluster-dns')
  expect(lines(found)).toEqual(['* nodes/n1/var/lib/kubelet/config.yaml: apiVersion: kubelet.config.k8s.io/v1beta1', '  cluster/pods.yaml: ClusterFirst'])
})

test('kubelet’s event confirms it where the pod’s file is not seen; without either it is likely', () => {
  expect(brief(hit(why(cluster(NO_DNS, null), NAME), ID))).toBe('error likely missing-cluster-dns')
  const told = hit(why(cluster(NO_DNS, null, EVENT), NAME), ID)
  expect([brief(told), told.evidence]).toEqual(['error confirmed missing-cluster-dns', ['cluster/events.yaml:1']])
})

test('the event alone is likely, and no edit of the event is proposed', () => {
  const found = hit(why(cluster(null, NODE_FILE, EVENT), NAME), ID)
  expect([brief(found), found.fixes[0]?.applicability, found.fixes[0]?.edits]).toEqual(['error likely missing-cluster-dns', 'byHand', []])
})

test('a name that the node’s servers know as well: a warning', () => {
  const diagnosis = why(cluster(NO_DNS, NODE_FILE, probe('9.9.9.9', 'www.example.org', '203.0.113.5')), 'www.example.org')
  expect([diagnosis.status.verdict, brief(hit(diagnosis, ID))]).toEqual(['works', 'warning confirmed missing-cluster-dns'])
})

test('near miss: clusterDNS is set', () => {
  expect(hits(why(cluster(kubeletConfig()), NAME), ID)).toEqual([])
})

test('near miss: the flag --cluster-dns, which stands in no file; the pod has the address', () => {
  const diagnosis = why(cluster(NO_DNS, resolvConf([VIP], ['default.svc.cluster.local'])), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('near miss: the pod asks for the node’s servers', () => {
  expect(hits(why(changed(cluster(), 'cluster/pods.yaml', 'dnsPolicy: ClusterFirst', 'dnsPolicy: Default'), NAME), ID)).toEqual([])
})

test('near miss: kubelet’s configuration was not looked at', () => {
  expect(hits(why(cluster(null), NAME), ID)).toEqual([])
})

test('the line in kubelet’s file is proved, and applied it works', () => {
  const files = cluster(NO_DNS, NODE_FILE, EVENT)
  const [fix] = hit(why(files, NAME), ID).fixes
  expect(fix?.proof?.after).toEqual({ 'answer 10.96.0.10': '1' })
  const after = patched(files, fix?.edits ?? [])
  expect(after.files.get('nodes/n1/var/lib/kubelet/config.yaml')?.text()).toContain(`clusterDNS:\n- ${VIP}\n`)
  const diagnosis = why(without(after, /events/), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

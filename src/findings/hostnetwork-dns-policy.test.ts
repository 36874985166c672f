import { expect, test } from 'vitest'
import {
  brief, bundle, changed, client, CONFIG_MAP, coredns, corefile, dnsService, hit, hits, lines, log, node, patched, probe, resolvConf, STOCK_COREFILE, why, without,
  type Piece,
} from '../../test/support/bundle.ts'

const ID = 'hostnetwork-dns-policy'
const SERVICE = 'kube-dns.kube-system.svc.cluster.local'
const STUB_ZONE = `stack.corp.example:53 {\n    forward . 10.6.255.53\n}\n${STOCK_COREFILE}`
const NODE_FILE = resolvConf(['9.9.9.9'])
const DENIED = probe('9.9.9.9', SERVICE, 'NXDOMAIN', { zone: '.' })

const cluster = (policy = 'ClusterFirst', ...more: Piece[]): ReturnType<typeof bundle> => bundle(
  node('n1', { resolvConf: NODE_FILE }), corefile(STUB_ZONE), coredns('coredns-a', { resolvConf: NODE_FILE }), dnsService([['10.244.0.3', 'n1']]),
  client('web', { address: '10.1.0.5', resolvConf: NODE_FILE, spec: `  dnsPolicy: ${policy}\n  hostNetwork: true\n` }), DENIED, ...more,
)
const FAILED = log('default/web', `dial tcp: lookup ${SERVICE} on 9.9.9.9:53: no such host`)

test('ClusterFirst on the host network: likely; with the application’s error: confirmed', () => {
  const silent = why(cluster(), SERVICE)
  expect([silent.status.verdict, brief(hit(silent, ID))]).toEqual(['fails', 'error likely hostnetwork-dns-policy'])
  const found = hit(why(cluster('ClusterFirst', FAILED), SERVICE), ID)
  expect([brief(found), found.evidence]).toEqual(['error confirmed hostnetwork-dns-policy', ['logs/default/web.log:1']])
  expect(lines(found)).toEqual([
    '* cluster/pods.yaml: ClusterFirst', '  cluster/pods.yaml: true', '  pods/default/web/etc/resolv.conf: nameserver 9.9.9.9',
  ])
})

test('a zone with a block of its own in the Corefile is a reason as well', () => {
  const name = 'keystone.stack.corp.example'
  const files = cluster('ClusterFirst', probe('9.9.9.9', name, 'NXDOMAIN', { zone: '.' }))
  expect(brief(hit(why(files, name), ID))).toBe('error likely hostnetwork-dns-policy')
})

test('a name that the cluster DNS would ask other servers for: possible, a warning', () => {
  const name = 'db.corp.example'
  const files = changed(cluster('ClusterFirst', probe('9.9.9.9', name, 'NXDOMAIN', { zone: 'example.' })), CONFIG_MAP, 'forward . /etc/resolv.conf', 'forward . 10.0.0.2')
  expect(brief(hit(why(files, name), ID))).toBe('warning possible hostnetwork-dns-policy')
})

test('near miss: ClusterFirstWithHostNet', () => {
  const right = changed(cluster('ClusterFirstWithHostNet'), 'pods/default/web/etc/resolv.conf', NODE_FILE, resolvConf(['10.96.0.10'], ['default.svc.cluster.local']))
  const diagnosis = why(right, SERVICE)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('near miss: Default is what was asked for', () => {
  expect(hits(why(cluster('Default', FAILED), SERVICE), ID)).toEqual([])
})

test('near miss: not on the host network', () => {
  const own = changed(cluster(), 'cluster/pods.yaml', '  hostNetwork: true\n', '')
  expect(hits(why(own, SERVICE), ID)).toEqual([])
})

test('near miss: a name that the cluster DNS would ask the same servers for', () => {
  const name = 'typo.example.org'
  const diagnosis = why(cluster('ClusterFirst', probe('9.9.9.9', name, 'NXDOMAIN', { zone: 'org.' })), name)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['absent', []])
})

test('near miss: the node’s servers know the name', () => {
  const name = 'www.example.org'
  expect(hits(why(cluster('ClusterFirst', probe('9.9.9.9', name, '203.0.113.5')), name), ID)).toEqual([])
})

test('the policy is an edit, proved through kubelet, and applied it works', () => {
  const files = cluster('ClusterFirst', FAILED)
  const [fix] = hit(why(files, SERVICE), ID).fixes
  expect(fix?.proof?.after).toEqual({ 'answer 10.96.0.10': '1' })
  expect(fix?.edits.map(e => [e.file, e.madeBy])).toEqual([['cluster/pods.yaml', undefined], ['pods/default/web/etc/resolv.conf', 'kubelet']])
  const after = why(without(patched(files, fix?.edits ?? []), /^logs/), SERVICE)
  expect([after.status.verdict, hits(after, ID)]).toEqual(['works', []])
})

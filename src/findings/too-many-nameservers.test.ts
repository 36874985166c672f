import { expect, test } from 'vitest'
import {
  brief, bundle, changed, client, coredns, corefile, dnsService, hit, hits, lines, node, probe, resolvConf, why, without, type Piece,
} from '../../test/support/bundle.ts'

const ID = 'too-many-nameservers'
const NAME = 'db.corp.example'
const FOUR = ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5']

const cluster = (servers: readonly string[], ...more: Piece[]): ReturnType<typeof bundle> => bundle(
  node('n1', { resolvConf: resolvConf(servers) }), corefile(), coredns('coredns-a', { resolvConf: resolvConf(servers.slice(0, 3)) }),
  dnsService([['10.244.0.3', 'n1']]), client('web'), ...more,
)
const knowing = (...servers: string[]): Piece[] => servers.map(server => probe(server, NAME, '10.9.0.7'))

test('four servers in the node’s file, three in the pod’s: confirmed, and harmless while they agree', () => {
  const diagnosis = why(cluster(FOUR, ...knowing(...FOUR)), NAME)
  expect(diagnosis.status.verdict).toBe('works')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('info confirmed too-many-nameservers')
  expect(found.message).toContain('10.0.0.5')
  expect(lines(found)).toEqual(['* nodes/n1/etc/resolv.conf: 10.0.0.5'])
})

test('what kubelet would do is likely; its event about this pod confirms it, one about another does not', () => {
  const unseen = without(cluster(FOUR, ...knowing(...FOUR)), /^pods\/kube-system/)
  expect(brief(hit(why(unseen, NAME), ID))).toBe('info likely too-many-nameservers')
  const event = (pod: string): Piece => ({
    'cluster/events.yaml': `apiVersion: v1\nkind: Event\nmetadata: {name: x, namespace: kube-system}\nreason: DNSConfigForming\nmessage: Nameserver limits were exceeded\ninvolvedObject: {kind: Pod, name: ${pod}, namespace: kube-system}\n`,
  })
  const withEvent = (pod: string): ReturnType<typeof bundle> => without(cluster(FOUR, ...knowing(...FOUR), event(pod)), /^pods\/kube-system/)
  const told = hit(why(withEvent('coredns-a'), NAME), ID)
  expect([brief(told), told.evidence]).toEqual(['info confirmed too-many-nameservers', ['cluster/events.yaml:1']])
  expect(brief(hit(why(withEvent('other'), NAME), ID))).toBe('info likely too-many-nameservers')
})

test('the one left out is the only one that knows: an error, gone once it comes first', () => {
  const denying = FOUR.slice(0, 3).map(server => probe(server, NAME, 'NXDOMAIN', { zone: '.' }))
  const files = cluster(FOUR, ...denying, ...knowing('10.0.0.5'))
  const diagnosis = why(files, NAME)
  expect([diagnosis.status.verdict, brief(hit(diagnosis, ID))]).toEqual(['fails', 'error confirmed too-many-nameservers'])
  expect(hit(diagnosis, ID).notes[0]?.en).toBe('10.0.0.5 knows the name, and none of those kept does')
  const alone = resolvConf(['10.0.0.5'])
  const mended = changed(changed(files, 'nodes/n1/etc/resolv.conf', resolvConf(FOUR), alone), 'pods/kube-system/coredns-a/etc/resolv.conf', resolvConf(FOUR.slice(0, 3)), alone)
  const after = why(mended, NAME)
  expect([after.status.verdict, hits(after, ID)]).toEqual(['works', []])
})

test('near miss: three servers fit', () => {
  expect(hits(why(cluster(FOUR.slice(0, 3), ...knowing(...FOUR)), NAME), ID)).toEqual([])
})

test('near miss: the pod does not use the node’s file', () => {
  const own = changed(cluster(FOUR, ...knowing(...FOUR)), 'cluster/pods.yaml', 'dnsPolicy: Default', 'dnsPolicy: None\n  dnsConfig: {nameservers: [10.0.0.2]}')
  expect(hits(why(own, NAME), ID)).toEqual([])
})

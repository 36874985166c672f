import { expect, test } from 'vitest'
import { lineSource, type Sourced } from '../chain/source.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import type { KubeletDnsSettings } from './kubelet-resolv-conf.ts'
import { podDns, type PodDnsFields } from './pod-dns.ts'

const said = <T>(value: T, file = 'kubelet'): Sourced<T> => ({ value, source: lineSource(file, 1, String(value)) })
const NODE_FILE = 'nodes/hz/run/systemd/resolve/resolv.conf'
const host =
  readResolvConf(NODE_FILE,
    'nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 223.5.5.5\nnameserver 223.6.6.6\nsearch corp.example\n').value
const netplan = lineSource('nodes/hz/etc/netplan/a.yaml', 9, '223.5.5.5')
const withNetplan = { ...host, lines: host.lines.map(line =>
  (line.words[0]?.value === '223.5.5.5' ? { ...line, words: line.words.map(w => ({ ...w, source: { ...w.source, behind: [netplan] } })) }
    : line)) }
const kubelet: KubeletDnsSettings = { version: [1, 32, 0], resolvConf: said('/run/systemd/resolve/resolv.conf'),
  host: { state: 'present', resolvConf: withNetplan }, clusterDNS: [said('192.168.0.10')],
  clusterDomain: said('cluster.local'), nodeIPs: ['10.1.1.1'] }
const pod = (dnsPolicy: string, more: Partial<PodDnsFields> = {}): PodDnsFields =>
  ({ namespace: 'kube-system', name: 'coredns', uid: 'u', dnsPolicy: said(dnsPolicy, 'pods'), hostNetwork: false, ...more })
const file = 'pods/kube-system/coredns/etc/resolv.conf'

test('a Default pod: three servers, the fourth named as dropped, the netplan line behind each', () => {
  const { text, resolvConf, droppedServers, events, effectivePolicy } = podDns({ kubelet, pod: pod('Default'), file })
  expect(text).toBe('search corp.example\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 223.5.5.5\n')
  expect(droppedServers.map(s => `${s.value} ${s.source.file}:${s.source.line}`)).toEqual([`223.6.6.6 ${NODE_FILE}:4`])
  expect(events.map(e => e.reason)).toEqual(['DNSConfigForming'])
  expect(effectivePolicy).toBe('Default')
  const third = resolvConf?.lines[3]
  expect(third?.words[0]?.source).toMatchObject({ file, line: 4, column: 12, text: '223.5.5.5', obtained: 'inferred',
    behind: [{ file: NODE_FILE, line: 3 }, { file: netplan.file, line: 9 }] })
  expect(resolvConf?.lines).toHaveLength(4)
})

test('what the runtime writes is what it reads back as', () => {
  for (const policy of ['Default', 'ClusterFirst', 'ClusterFirstWithHostNet']) {
    const { text, resolvConf } = podDns({ kubelet, pod: pod(policy), file })
    const back = readResolvConf(file, text).value
    expect(resolvConf?.lines.map(l => [l.keyword, l.words.map(w => [w.value, w.source.start, w.source.end]), l.source.line, l.source.text]))
      .toEqual(back.lines.map(l => [l.keyword, l.words.map(w => [w.value, w.source.start, w.source.end]), l.source.line, l.source.text]))
  }
})

test('hostNetwork with ClusterFirst acts as Default; a cluster DNS that is not set falls back', () => {
  expect(podDns({ kubelet, pod: pod('ClusterFirst', { hostNetwork: true }), file }).effectivePolicy).toBe('Default')
  const none = podDns({ kubelet: { ...kubelet, clusterDNS: [] }, pod: pod('ClusterFirst'), file })
  expect([none.effectivePolicy, none.servers[0]?.value, none.events.map(e => e.reason)]).toEqual(['Default', '10.0.0.1',
    ['MissingClusterDNS', 'MissingClusterDNS', 'DNSConfigForming']])
})

test('None without dnsConfig: the runtime copies the node\'s own file', () => {
  const own = readResolvConf('nodes/hz/etc/resolv.conf', 'nameserver 127.0.0.53\n').value
  expect(podDns({ kubelet, pod: pod('None'), file, runtimeResolvConf: own }).resolvConf).toBe(own)
})

test('a node file that is not in the evidence is said, not guessed', () => {
  const { servers, searches, problems } = podDns({ kubelet: { ...kubelet, host: { state: 'unknown' } }, pod: pod('ClusterFirst'), file })
  expect([servers.map(s => s.value), searches.map(s => s.value), problems.map(p => p.code)]).toEqual([
    ['192.168.0.10'], ['kube-system.svc.cluster.local', 'svc.cluster.local', 'cluster.local'], ['kubelet-resolv-conf-not-seen']])
})

test('search . by release: empty up to 1.24, kept in 1.25.0, dropped since', () => {
  const stub = readResolvConf('h', 'nameserver 127.0.0.53\nsearch .\n').value
  const at = (version: KubeletDnsSettings['version']): string =>
    podDns({ kubelet: { ...kubelet, version, host: { state: 'present', resolvConf: stub } }, pod: pod('Default'), file }).text
  expect([at([1, 24, 0]), at([1, 25, 0]), at([1, 25, 1]), at([1, 32, 0])].map(t =>
    t.replace('nameserver 127.0.0.53\n', ''))).toEqual(['search \n', 'search .\n', '', ''])
})

test.each([[21, 1], [22, 0]])('kubelet 1.%i: of one search word of 254 letters %i stays', (minor, left) => {
  const long = 'a'.repeat(254)
  const old: KubeletDnsSettings = { ...kubelet, version: [1, minor, 0], host: { state: 'present', resolvConf: readResolvConf(NODE_FILE, `nameserver 10.0.0.1\nsearch ${long}\n`).value } }
  expect(podDns({ kubelet: old, pod: pod('Default'), file }).searches.map(s => s.value)).toEqual(left === 1 ? [long] : [])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recognise, type FileKind } from './recognise.ts'

const texts: readonly (readonly [FileKind, string])[] = [
  ['corefile', '# mine\n.:53 {\n    errors\n    forward . 10.0.0.1\n}\n'],
  ['corefile', 'corp.example:53 {\n\tforward . 10.0.0.1\n}\n'],
  ['resolv.conf', '# Generated\nnameserver 10.0.0.1\noptions ndots:5\n'],
  ['netplan', 'network:\n  version: 2\n  ethernets:\n    eth0: {}\n'],
  ['kubernetes', 'apiVersion: v1\nkind: ConfigMap\n'],
  ['kubernetes', '{\n  "apiVersion": "v1",\n  "kind": "List"\n}'],
  ['kubelet-config', 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n'],
  ['bundle', 'apiVersion: whydns/v1\nkind: Bundle\n'],
  ['coredns-log', '[INFO] 10.0.0.1:1 - 1 "A IN a.b. udp 20 false 512" NOERROR qr 20 0.1s\n'],
  ['coredns-log', '.:53\nCoreDNS-1.9.3\n'],
  ['application-log', '2026/11/25 23:31:21 level=error err="lookup a.b: no such host"\n'],
  ['pasted', '$ dig a.b\n\n; <<>> DiG 9.18 <<>> a.b\n'],
  ['pasted', 'Server:\t\t10.0.0.10\nAddress:\t10.0.0.10#53\n'],
  ['pasted', '23:32:32.103511 eth0 Out IP 10.0.0.1.35232 > 10.0.0.2.53: 20507+ A? a.b. (62)\n'],
  ['probes', '{"at":"x","server":"10.0.0.1","name":"a.b.","type":"A","rcode":"NOERROR"}\n'],
  ['hosts', '127.0.0.1\tlocalhost\n10.0.0.1 a.b a\n'],
  ['nsswitch', 'passwd: files\nhosts: files dns\n'],
  ['resolved.conf', '[Resolve]\nDNS=10.0.0.1\n'],
  ['networkd', '[Match]\nName=eth0\n[Network]\nDNS=10.0.0.1\n'],
  ['metrics', '# HELP coredns_build_info A metric\n'],
  ['iptables-save', '*nat\n:PREROUTING ACCEPT [0:0]\n'],
  ['unknown', 'once upon a time\n'],
]

test.each(texts)('%s: %j', (kind, text) => {
  expect(recognise('misleading.txt', text)).toBe(kind)
  expect(recognise('misleading.txt', new TextEncoder().encode(text))).toBe(kind)
})

test('binary files, as bytes and after somebody decoded them', () => {
  const pcap = new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0])
  expect(recognise('x', pcap)).toBe('pcap')
  expect(recognise('x', new TextDecoder().decode(pcap))).toBe('pcap')
  expect(recognise('x', new TextDecoder('latin1').decode(pcap))).toBe('pcap')
  expect(recognise('x', new Uint8Array([0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0]))).toBe('pcapng')
  expect(recognise('x.txt', new Uint8Array([0x1f, 0x8b, 8]))).toBe('gzip')
  expect(recognise('x', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]))).toBe('zstd')
})

test('the name decides only where the content cannot', () => {
  expect(recognise('etc/resolv.conf', '')).toBe('resolv.conf')
  expect(recognise('x', '  \n')).toBe('empty')
  expect(recognise('Corefile', 'nameserver 10.0.0.1\n')).toBe('resolv.conf')
  expect(recognise('my.Corefile', '. {\n whoami2\n}')).toBe('corefile')
})

test('any text: no exception', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array({ maxLength: 100 }), (text, bytes) => {
    expect(typeof recognise('x', text) + typeof recognise('x', bytes)).toBe('stringstring')
  }), { numRuns: 1000 })
})

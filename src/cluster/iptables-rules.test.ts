import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bundleText } from '../../test/support/cluster-files.ts'
import { backendsOf, readConntrack } from './conntrack-flows.ts'
import { installedAt, readIptablesRules } from './iptables-rules.ts'

const NODES = { 'cloud-1': '172.17.4.8', 'hz-edge-1': '172.17.5.159', 'hz-edge-2': '172.17.5.159', 'sh-edge-1': '172.17.6.12' }

test.each(Object.entries(NODES))('the recorded rules and flows of %s lead DNS to %s', (node, address) => {
  const file = `nodes/${node}/iptables-save.txt`
  const { value, problems } = readIptablesRules(file, bundleText('incident', file) ?? '')
  expect(problems).toEqual([])
  for (const protocol of ['UDP', 'TCP']) expect(installedAt(value, '192.168.0.10', 53, protocol)?.endpoints.map(one => one.value.address)).toEqual([address])
  const flows = readConntrack('c', bundleText('incident', `nodes/${node}/conntrack.txt`) ?? '')
  expect([...backendsOf(flows.value, '192.168.0.10', 53).keys()]).toEqual([address])
})

test('an endpoint points at the line that leads to it', () => {
  const file = 'nodes/hz-edge-1/iptables-save.txt'
  const installed = installedAt(readIptablesRules(file, bundleText('incident', file) ?? '').value, '192.168.0.10', 53, 'UDP')
  expect(installed).toMatchObject({ name: 'kube-system/kube-dns:dns', sticky: false, source: { file, line: 88 }, endpoints: [{ source: { text: expect.stringContaining('kube-dns:dns -> 172.17.5.159:53') } }] })
})

const RULES = `*nat
:KUBE-SERVICES - [0:0]
[12:800] -A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-A
[12:800] -A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p udp -m comment --comment "x" -m udp --dport 53 -j KUBE-MARK-MASQ
[1:80] -A KUBE-SVC-A -m comment --comment "a \\"b\\" -> c" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-1
[1:80] -A KUBE-SVC-A -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-2
-A KUBE-SVC-A -j KUBE-SEP-3
-A KUBE-SEP-1 -p udp -m udp -j DNAT --to-destination 10.244.0.2:53
-A KUBE-SEP-2 -p udp -m udp -j DNAT --to-destination [fd00::2]:5353
-A KUBE-SEP-3 -s 10.244.0.4/32 -j KUBE-MARK-MASQ
COMMIT
*raw
-A PREROUTING -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK
-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 53 -j CT --notrack
COMMIT
`

test('counters, 11-digit probabilities, IPv6, a chain without destination, NodeLocal DNSCache', () => {
  const { value, problems } = readIptablesRules('r', RULES)
  expect(installedAt(value, '10.96.0.10', 53, 'UDP')?.endpoints.map(one => one.value)).toEqual([
    { address: '10.244.0.2', port: 53, odds: [1n, 3n] }, { address: 'fd00::2', port: 5353, odds: [1n, 3n] },
  ])
  expect(problems).toMatchObject([{ code: 'iptables-no-destination', state: 'unknown', source: { line: 7 } }])
  expect(value.notrack.map(one => one.value)).toEqual(['169.254.20.10', '10.96.0.10'])
})

test('rules of a node in ipvs or nftables mode say nothing about endpoints', () => {
  expect(readIptablesRules('r', '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n').value).toMatchObject({ proxied: false, services: [] })
  expect(readIptablesRules('r', '*nat\n-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT\n').value.services).toEqual([])
})

test('flows in both spellings, and those without an answer', () => {
  const text = 'ipv4     2 udp      17 26 src=10.0.0.1 dst=10.96.0.10 sport=4 dport=53 [UNREPLIED] src=10.244.0.2 dst=10.0.0.1 sport=53 dport=4 mark=0\ntcp      6 5 CLOSE src=a dst=b sport=1 dport=2 src=c dst=a sport=3 dport=1 [ASSURED]\nunknown  2 387 src=10.53.33.21 dst=224.0.0.22\n\n'
  expect(readConntrack('c', text).value.map(({ protocol, backend, replied, source }) => ({ protocol, backend, replied, line: source.line }))).toEqual([
    { protocol: 'udp', backend: '10.244.0.2', replied: false, line: 1 }, { protocol: 'tcp', backend: 'c', replied: true, line: 2 },
  ])
})

test('no text breaks the readers', () => {
  const word = fc.constantFrom('*nat\n', ':KUBE-SERVICES - [0:0]\n', '-A KUBE-SERVICES ', '-j KUBE-SVC-A\n', '-A KUBE-SVC-A ', '-j KUBE-SEP-1 ', '--probability 0 ', '--probability x\n', '"', '\\', '\n', '-d ', '!', '[1:2] ', '-A ', 'udp src=a dst=b sport=1 dport=2 ')
  fc.assert(fc.property(fc.array(word, { maxLength: 30 }), words => {
    readIptablesRules('r', words.join(''))
    readConntrack('c', words.join(''))
  }), { numRuns: 500 })
})

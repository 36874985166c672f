// kubelet's pod DNS beside the replay of its rows (fidelity.test.ts): orders of chance, and what other releases' sources say.
import { expect, test } from 'vitest'
import { podDnsOf, type KubeletRow } from './kubelet-replay.ts'
import { rows } from './rows.ts'

test('an option order that was seen to change is called random', () => {
  for (const row of rows<KubeletRow>('kubelet-dns').filter(one => (one.out.optionOrdersSeenIn24Runs ?? 1) > 1)) expect(podDnsOf(row).optionsInRandomOrder, row.case).toBe(true)
})

const rowOf = (version: string, resolvConf: string, gates: string | null = null): KubeletRow => ({
  version, featureGates: gates, group: 'read', case: version, out: { events: [], checkLimitsForResolvConf: [] },
  in: { hostResolvConf: resolvConf, hostFileState: 'present', clusterDNS: [], clusterDomain: '', nodeIPs: [], pod: { namespace: 'd', name: 'p', dnsPolicy: 'Default', hostNetwork: false } },
})
const searchesOf = (row: KubeletRow): readonly string[] => podDnsOf(row).searches.map(one => one.value)

test.each([
  ['1.24.17', ['']], ['1.25.0', ['.']], ['1.25.1', []], ['1.34.0', []],
])('`search .` in %s', (version, searches) => {
  expect(searchesOf(rowOf(version, 'search .\n'))).toEqual(searches)
})

test.each([
  ['1.21.14', 'ExpandedDNSConfig=true', 6], ['1.22.17', null, 6], ['1.22.17', 'ExpandedDNSConfig=true', 32], ['1.25.16', 'A=true,ExpandedDNSConfig=true', 32],
  ['1.26.0', null, 32], ['1.27.0', 'ExpandedDNSConfig=false', 6], ['1.28.0', 'ExpandedDNSConfig=false', 32], ['1.35.0', null, 32],
])('%s with %s keeps %i search domains', (version, gates, count) => {
  const search = Array.from({ length: 40 }, (_, at) => `s${at}`).join(' ')
  expect(searchesOf(rowOf(version, `search ${search}\n`, gates)).length).toBe(count)
})

test('the text around a parse error came with 1.27', () => {
  expect(podDnsOf(rowOf('1.26.15', 'nameserver\n')).error).toBe('nameserver list is empty ')
  expect(podDnsOf(rowOf('1.27.0', 'nameserver\n')).error).toBe('Encountered error while parsing resolv conf file. Error: nameserver list is empty ')
})

test('options are merged from all lines since 1.26', () => {
  const options = (version: string): readonly string[] => podDnsOf(rowOf(version, 'options ndots:2 rotate\noptions ndots:3\n')).options.map(one => one.value).sort()
  expect(options('1.25.16')).toEqual(['ndots:3'])
  expect(options('1.26.0')).toEqual(['ndots:3', 'rotate'])
})

test('white space is that of Go', () => {
  expect(podDnsOf(rowOf('1.34.0', 'nameserver\u00a010.0.0.1\u000b10.0.0.2\n\u3000nameserver 10.0.0.3\n')).servers.map(one => one.value)).toEqual(['10.0.0.1', '10.0.0.3'])
})

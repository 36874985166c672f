import { expect, test } from 'vitest'
import { lineSource, type Sourced } from '../../src/chain/source.ts'
import { checkLimits, type HostFile, type KubeletDnsSettings, type KubeletVersion } from '../../src/cluster/kubelet-resolv-conf.ts'
import { podDns } from '../../src/cluster/pod-dns.ts'
import { readResolvConf } from '../../src/config/resolv-conf.ts'
import { rows } from './rows.ts'

interface Row {
  readonly version: string
  readonly featureGates: string | null
  readonly group: string
  readonly case: string
  readonly in: {
    readonly hostResolvConf: string | null
    readonly hostFileState: 'present' | 'missing' | 'directory' | 'unset'
    readonly clusterDNS: readonly string[]
    readonly clusterDomain: string
    readonly nodeIPs: readonly string[]
    readonly pod: {
      readonly namespace: string
      readonly name: string
      readonly dnsPolicy: string
      readonly hostNetwork: boolean
      readonly dnsConfig?: {
        readonly nameservers?: readonly string[]
        readonly searches?: readonly string[]
        readonly options?: readonly { readonly name: string; readonly value?: string }[]
      }
    }
  }
  readonly out: {
    readonly error?: string
    readonly servers?: readonly string[]
    readonly searches?: readonly string[]
    readonly optionsSorted?: readonly string[]
    readonly optionOrdersSeenIn24Runs: number
    readonly optionsInOrder?: string
    readonly events: readonly object[]
    readonly checkLimitsForResolvConf: readonly object[]
  }
}

const said = <T>(value: T): Sourced<T> => ({ value, source: lineSource('given', 1, String(value)) })
const path = 'RESOLVCONF'

function settingsOf(row: Row): KubeletDnsSettings {
  const { hostFileState: state, hostResolvConf } = row.in
  const host: HostFile = state === 'present' ? { state, resolvConf: readResolvConf('host', hostResolvConf ?? '').value } : { state }
  return {
    version: row.version.split('.').map(Number) as unknown as KubeletVersion,
    ...(row.featureGates !== null && { expandedDnsConfig: row.featureGates === 'ExpandedDNSConfig=true' }),
    resolvConf: said(state === 'unset' ? '' : path), host,
    clusterDNS: row.in.clusterDNS.map(said), clusterDomain: said(row.in.clusterDomain), nodeIPs: row.in.nodeIPs,
  }
}

function run(row: Row): Row['out'] {
  const kubelet = settingsOf(row)
  const { dnsConfig, ...pod } = row.in.pod
  const result = podDns({ kubelet, file: 'pod', pod: {
    ...pod, uid: 'uid', dnsPolicy: said(pod.dnsPolicy),
    ...(dnsConfig && { dnsConfig: { nameservers: (dnsConfig.nameservers ?? []).map(said), searches: (dnsConfig.searches ?? []).map(said),
      options: (dnsConfig.options ?? []).map(said) } }),
  } })
  const fixed = row.out.optionOrdersSeenIn24Runs === 1 && !result.optionsInRandomOrder
  return {
    checkLimitsForResolvConf: checkLimits(kubelet), events: result.events, optionOrdersSeenIn24Runs: row.out.optionOrdersSeenIn24Runs,
    ...(row.out.optionsInOrder !== undefined
      && { optionsInOrder: fixed ? result.options.map(o => o.value).join(' ') : row.out.optionsInOrder }),
    ...(result.error !== undefined ? { error: result.error } : {
      optionsSorted: result.options.map(o => o.value).sort(), searches: result.searches.map(s => s.value),
        servers: result.servers.map(s => s.value),
    }),
  }
}

const trim = (out: Row['out']): Row['out'] => (out.error === undefined ? out : { ...out, error: out.error.trim() })

test('every recorded row of kubelet\'s pod DNS', () => {
  const all = rows<Row>('kubelet-dns')
  const different = all.filter(row => JSON.stringify(sortKeys(run(row))) !== JSON.stringify(sortKeys(row.out)))
  for (const row of different.slice(0, 5)) expect(trim(run(row)), `${row.version} ${row.featureGates} ${row.case}`).toEqual(trim(row.out))
  expect(different.map(row => `${row.version} ${row.featureGates} ${row.group} ${row.case}`)).toEqual([])
  expect(all.length).toBe(614)
})

const sortKeys = (value: unknown): unknown => value !== null && typeof value === 'object' && !Array.isArray(value)
  ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortKeys(item)]))
  : Array.isArray(value) ? value.map(sortKeys) : value

test('an option order that was seen to change is called random', () => {
  for (const row of rows<Row>('kubelet-dns').filter(r => r.out.optionOrdersSeenIn24Runs > 1)) {
    const { dnsConfig, ...pod } = row.in.pod
    const result = podDns({ kubelet: settingsOf(row), file: 'pod', pod: { ...pod, uid: 'uid', dnsPolicy: said(pod.dnsPolicy),
      ...(dnsConfig && { dnsConfig: { nameservers: [], searches: [], options: (dnsConfig.options ?? []).map(said) } }) } })
    expect(result.optionsInRandomOrder, row.case).toBe(true)
  }
})

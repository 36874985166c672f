// One recorded call of kubelet's pod DNS configurer and of its node check.
import { lineSource, type Sourced } from '../../src/chain/source.ts'
import { checkLimits, type HostFile, type KubeletDnsSettings } from '../../src/cluster/kubelet-resolv-conf.ts'
import { podDns, type PodDns } from '../../src/cluster/pod-dns.ts'
import { readResolvConf } from '../../src/config/resolv-conf.ts'
import { judged, type Verdict } from './verdict.ts'

export interface KubeletRow {
  readonly version: string
  /** `ExpandedDNSConfig=true`; several with commas. */
  readonly featureGates: string | null
  readonly group: string
  readonly case: string
  readonly in: {
    readonly hostResolvConf: string | null
    readonly hostFileState: 'present' | 'missing' | 'directory' | 'unset'
    readonly clusterDNS: readonly string[] | null
    readonly clusterDomain: string
    readonly nodeIPs: readonly string[] | null
    readonly pod: {
      readonly namespace: string
      readonly name: string
      readonly dnsPolicy: string
      readonly hostNetwork: boolean
      readonly dnsConfig?: {
        readonly nameservers?: readonly string[] | null
        readonly searches?: readonly string[] | null
        readonly options?: readonly { readonly name: string; readonly value?: string | null }[] | null
      } | null
    }
  }
  readonly out: {
    readonly error?: string | null
    readonly servers?: readonly string[] | null
    readonly searches?: readonly string[] | null
    readonly optionsSorted?: readonly string[] | null
    readonly optionOrdersSeenIn24Runs?: number
    readonly optionsInOrder?: string | null
    readonly events: readonly object[] | null
    readonly checkLimitsForResolvConf: readonly object[] | null
  }
}

const said = <T>(value: T): Sourced<T> => ({ value, source: lineSource('given', 1, String(value)) })
/** Stands in the rows for the path of the file. */
const PATH = 'RESOLVCONF'

function settingsOf(row: KubeletRow): KubeletDnsSettings {
  const { hostFileState: state, hostResolvConf } = row.in
  const host: HostFile = state === 'present' ? { state, resolvConf: readResolvConf('host', hostResolvConf ?? '').value } : { state }
  const [major = 1, minor = 0, patch = 0] = row.version.replace(/^v/, '').split('.').map(Number)
  const gate = /(?:^|,)\s*ExpandedDNSConfig=(true|false)/.exec(row.featureGates ?? '')
  return {
    version: [major, minor, patch], ...(gate && { expandedDnsConfig: gate[1] === 'true' }),
    resolvConf: said(state === 'unset' ? '' : PATH), host, nodeIPs: row.in.nodeIPs ?? [],
    clusterDNS: (row.in.clusterDNS ?? []).map(said), clusterDomain: said(row.in.clusterDomain),
  }
}

/** What kubelet gives the row's pod. */
export function podDnsOf(row: KubeletRow): PodDns {
  const { dnsConfig, ...pod } = row.in.pod
  return podDns({ kubelet: settingsOf(row), file: 'pod', pod: {
    ...pod, uid: 'uid', dnsPolicy: said(pod.dnsPolicy),
    ...(dnsConfig && { dnsConfig: {
      nameservers: (dnsConfig.nameservers ?? []).map(said), searches: (dnsConfig.searches ?? []).map(said), options: (dnsConfig.options ?? []).map(said),
    } }),
  } })
}

export function replay(row: KubeletRow): Verdict {
  const mine = podDnsOf(row)
  const theirs = row.out
  const what: string[] = []
  const compare = (name: string, own: unknown, recorded: unknown): void => {
    const [a, b] = [text(own), text(recorded)]
    if (a !== b) what.push(`${name} ${a} instead of ${b}`)
  }
  compare('error', mine.error, theirs.error)
  if (mine.error === undefined && (theirs.error ?? undefined) === undefined) {
    compare('servers', mine.servers.map(one => one.value), theirs.servers ?? [])
    compare('searches', mine.searches.map(one => one.value), theirs.searches ?? [])
    compare('options', mine.options.map(one => one.value).sort(), theirs.optionsSorted ?? [])
    // Of an order that is drawn, 24 runs may by chance have seen one only.
    if (!mine.optionsInRandomOrder) compare('options in order', mine.options.map(one => one.value).join(' '), theirs.optionsInOrder ?? mine.options.map(one => one.value).join(' '))
    if (!mine.optionsInRandomOrder && (theirs.optionOrdersSeenIn24Runs ?? 1) > 1) what.push('the order of options is random')
  }
  compare('events', mine.events, theirs.events ?? [])
  compare('node check', checkLimits(settingsOf(row)), theirs.checkLimitsForResolvConf ?? [])
  return judged(what)
}

const text = (value: unknown): string => JSON.stringify(value ?? null, (_, one: unknown) =>
  (one !== null && typeof one === 'object' && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one))

// What a pod is given as /etc/resolv.conf: GetPodDNS of kubelet's pkg/kubelet/network/dns/dns.go, run at Kubernetes 1.24.0 and
// 1.32.0 (all recorded rows: test/fidelity/fidelity.test.ts), and the file that containerd writes from it
// (pkg/cri/server/sandbox_run_linux.go: search, nameserver, options; a line only if its list is not empty).
// The file belongs to the sandbox: it is what the node had when the pod was made, which only the caller can tell apart from today's.
// Not modelled: API validation (it came before), Windows, cri-dockerd's other order of lines.
import type { ResolvConf, ResolvConfLine } from '../chain/model.ts'
import type { Problem, Source, Sourced } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import { parseAddress } from '../dns/go-address.ts'
import type { HostDns, KubeletDnsSettings, KubeletEvent } from './kubelet-resolv-conf.ts'
import { byteLength, hostDns, limitsOf, optionName, withoutHostFile, type SearchLimits } from './kubelet-resolv-conf.ts'

export interface PodDnsFields {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** As written; '' or absent in the object acts as ClusterFirst. Its Source is the pod's when the field is absent. */
  readonly dnsPolicy: Sourced<string>
  readonly hostNetwork: boolean
  readonly dnsConfig?: {
    readonly nameservers: readonly Sourced<string>[]
    readonly searches: readonly Sourced<string>[]
    readonly options: readonly Sourced<{ readonly name: string; readonly value?: string | null }>[]
  }
}

export interface PodDnsInput {
  readonly kubelet: KubeletDnsSettings
  readonly pod: PodDnsFields
  /** Name of the file that the result's Sources lie in: `pods/<namespace>/<pod>/etc/resolv.conf`. */
  readonly file: string
  /** The node's own /etc/resolv.conf, which containerd copies when all three lists are empty. */
  readonly runtimeResolvConf?: ResolvConf
}

export interface PodDns {
  readonly effectivePolicy: 'ClusterFirst' | 'Default' | 'None'
  /** Undefined when kubelet fails: then there is no sandbox and no pod. Sources are `inferred`, with the node's line or the object's field
   * behind. */
  readonly resolvConf: ResolvConf | undefined
  readonly text: string
  /** The three lists as kubelet hands them to the runtime; Sources are where each value is written. */
  readonly servers: readonly Sourced<string>[]
  readonly searches: readonly Sourced<string>[]
  readonly options: readonly Sourced<string>[]
  /** The options are written in Go's map order: compare as a set. */
  readonly optionsInRandomOrder: boolean
  readonly droppedServers: readonly Sourced<string>[]
  readonly droppedSearches: readonly Sourced<string>[]
  readonly events: readonly KubeletEvent[]
  readonly error?: string
  readonly problems: readonly Problem[]
}

const NAMESERVER_LIMIT = 3

export function podDns(input: PodDnsInput): PodDns {
  const { kubelet, pod } = input
  const problems: Problem[] = []
  const events: KubeletEvent[] = []
  const policy = classify(pod, problems)
  const missing = policy === 'ClusterFirst' && clusterServers(kubelet).length === 0
  const effectivePolicy = missing ? 'Default' : policy
  const host = hostDns(kubelet)
  if (!host.dns) {
    return { effectivePolicy, resolvConf: undefined, text: '', servers: [], searches: [], options: [], optionsInRandomOrder: false,
      droppedServers: [], droppedSearches: [], events, error: host.error ?? '', problems }
  }
  if (kubelet.host.state === 'unknown' && policy !== 'None') {
    problems.push({ code: 'kubelet-resolv-conf-not-seen', state: 'unknown', source: kubelet.resolvConf.source,
      message: `${kubelet.resolvConf.value} is not in the evidence: what ${pod.namespace}/${pod.name} takes from it is unknown` })
  }
  if (missing) events.push(...missingClusterDns(pod))
  const base = effectivePolicy === 'Default' ? (kubelet.host.state === 'unset' ? withoutHostFile(kubelet) : host.dns)
    : effectivePolicy === 'None' ? NOTHING : clusterFirst(input, host.dns)
  const merged = pod.dnsConfig ? withDnsConfig(base, pod.dnsConfig) : base
  const servers = merged.servers.slice(0, NAMESERVER_LIMIT)
  if (servers.length < merged.servers.length) {
    const left = 'Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is:'
    events.push(forming(`${left} ${joined(servers)}`))
  }
  const searches = fitSearches(merged.searches, limitsOf(kubelet))
  if (searches.length < merged.searches.length) {
    const left = 'Search Line limits were exceeded, some search paths have been omitted, the applied search line is:'
    events.push(forming(`${left} ${joined(searches)}`))
  }
  const text = render(servers, searches, merged.options)
  return {
    effectivePolicy, text, servers, searches, options: merged.options, optionsInRandomOrder: merged.optionsInRandomOrder, events, problems,
    resolvConf: text === '' && input.runtimeResolvConf ? input.runtimeResolvConf
      : linesOf(input.file, text, [searches, ...servers.map(server => [server]), merged.options]),
    droppedServers: merged.servers.slice(NAMESERVER_LIMIT),
    droppedSearches: merged.searches.filter(search => !searches.includes(search)),
  }
}

const NOTHING: HostDns = { servers: [], searches: [], options: [], optionsInRandomOrder: false }

function classify(pod: PodDnsFields, problems: Problem[]): 'ClusterFirst' | 'Default' | 'None' {
  const policy = pod.dnsPolicy.value
  if (policy === 'None' || policy === 'Default') return policy
  if (policy === 'ClusterFirst') return pod.hostNetwork ? 'Default' : 'ClusterFirst'
  if (policy !== 'ClusterFirstWithHostNet' && policy !== '') {
    problems.push({ code: 'pod-dns-policy-unknown', message: `dnsPolicy "${policy}" is none of kubelet's: it acts as ClusterFirst`,
      source: pod.dnsPolicy.source, state: 'ignored' })
  }
  return 'ClusterFirst'
}

/** kubelet keeps what net.ParseIP takes and logs the rest. */
function clusterServers(kubelet: KubeletDnsSettings): Sourced<string>[] {
  return kubelet.clusterDNS.flatMap(({ value, source }) => {
    const address = parseAddress(value)
    return address ? [{ value: address.text, source }] : []
  })
}

function clusterFirst({ kubelet, pod }: PodDnsInput, host: HostDns): HostDns {
  const domain = kubelet.clusterDomain
  const own = domain && domain.value !== ''
    ? [`${pod.namespace}.svc.${domain.value}`, `svc.${domain.value}`, domain.value].map(value => ({ value, source: domain.source })) : []
  return {
    servers: clusterServers(kubelet),
    searches: own.length > 0 ? withoutRepeats([...own, ...host.searches]) : host.searches,
    options: [{ value: 'ndots:5', source: pod.dnsPolicy.source }],
    optionsInRandomOrder: false,
  }
}

function withDnsConfig(base: HostDns, config: NonNullable<PodDnsFields['dnsConfig']>): HostDns {
  const options = new Map<string, Sourced<string>>()
  for (const option of base.options) {
    // `ndots:` without a value loses its colon.
    options.set(optionName(option.value), { value: option.value.replace(/^([^:]*):$/, '$1'), source: option.source })
  }
  // An option of dnsConfig is keyed by its whole name: one named `ndots:3` does not replace `ndots:5`.
  for (const { value, source } of config.options) options.set(value.name,
    { value: value.value ? `${value.name}:${value.value}` : value.name, source })
  return {
    servers: withoutRepeats([...base.servers, ...config.nameservers]),
    searches: withoutRepeats([...base.searches, ...config.searches]),
    options: [...options.values()],
    optionsInRandomOrder: options.size > 1,
  }
}

function withoutRepeats(all: readonly Sourced<string>[]): Sourced<string>[] {
  const seen = new Set<string>()
  return all.filter(({ value }) => !seen.has(value) && seen.add(value))
}

function fitSearches(all: readonly Sourced<string>[], limits: SearchLimits): readonly Sourced<string>[] {
  const kept = all.slice(0, limits.searchCount).filter(search => byteLength(search.value) <= limits.entryChars)
  while (kept.length > 0 && byteLength(joined(kept)) > limits.searchChars) kept.pop()
  return kept
}

const joined = (all: readonly Sourced<string>[]): string => all.map(item => item.value).join(' ')
const forming = (message: string): KubeletEvent => ({ on: 'pod', type: 'Warning', reason: 'DNSConfigForming', message })

function missingClusterDns(pod: PodDnsFields): KubeletEvent[] {
  const why =
    'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.'
  const event = (on: 'node' | 'pod', message: string): KubeletEvent => ({ on, type: 'Warning', reason: 'MissingClusterDNS', message })
  return [event('node', why), event('pod', `pod: "${pod.name}_${pod.namespace}(${pod.uid})". ${why}`)]
}

function render(servers: readonly Sourced<string>[], searches: readonly Sourced<string>[], options: readonly Sourced<string>[]): string {
  return (searches.length > 0 ? `search ${joined(searches)}\n` : '') + servers.map(server => `nameserver ${server.value}\n`).join('') +
    (options.length > 0 ? `options ${joined(options)}\n` : '')
}

/** The rendered text as a resolv.conf whose words know where they come from. */
function linesOf(file: string, text: string, origins: readonly (readonly Sourced<string>[])[]): ResolvConf {
  const at = sourcesOf(file, text)
  const lines: ResolvConfLine[] = []
  let start = 0
  for (const words of origins.filter(list => list.length > 0)) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end)
    const keyword = line.slice(0, line.indexOf(' '))
    let offset = start + keyword.length + 1
    const placed: Sourced<string>[] = []
    for (const word of words) {
      // A 1.24 kubelet writes an empty word for `.`, which no reader sees.
      if (word.value !== '') placed.push({ value: word.value, source: inferred(at(offset, offset + word.value.length), [word.source]) })
      offset += word.value.length + 1
    }
    lines.push({ keyword, words: placed, source: inferred(at(start, end), words.map(word => word.source)) })
    start = end + 1
  }
  return { file, lines }
}

function inferred(source: Source, origins: readonly Source[]): Source {
  const behind: Source[] = []
  for (const origin of origins.flatMap(one => [one, ...(one.behind ?? [])])) {
    if (!behind.some(known => known.file === origin.file && known.start === origin.start && known.end === origin.end)) behind.push(origin)
  }
  return { ...source, obtained: 'inferred', behind }
}

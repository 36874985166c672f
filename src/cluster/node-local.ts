// NodeLocal DNSCache on a node: what its pod was started with (flags of cmd/node-cache/main.go 1.16.0 to 1.26.7), and which addresses are its
// own there. It puts every address of -localip on a dummy interface before CoreDNS starts; the NOTRACK rules, without which kube-proxy's
// translation of a Service address comes first, follow when the pid file is there, or within a minute. An orderly end takes both away.
// A process that is killed, or ends itself over its Corefile or a loop, leaves behind what it had made: nobody listens there then.
// With ipvs the Service address is kube-proxy's on the same machine, rules or not: there node-cache is only met at the other address.
// Not modelled: eBPF data planes and Cilium's local redirect, -interfacename of somebody else's interface, the minute until the rules are there.
import type { KubeObject } from '../chain/model.ts'
import type { Problem, Source, Sourced } from '../chain/source.ts'
import { argumentOf } from './container-arguments.ts'
import type { CorednsPod } from './coredns-pods.ts'
import { fieldOf, listOf, numberOf, textOf } from './fields.ts'
import type { Inventory } from './inventory.ts'
import type { IptablesRules } from './iptables-rules.ts'
import { clusterAddresses } from './kube-proxy.ts'
import { kubeProxyMode } from './kube-proxy-mode.ts'

const DEFAULT_TEMPLATE = '/etc/coredns/Corefile.base'
const DEFAULT_WRITTEN = '/etc/Corefile'
const DEFAULT_KUBE_DNS = '/etc/kube-dns'
const DEFAULT_SERVICE = 'kube-dns'

export interface NodeLocalFlags {
  /** As written: comma-separated. */
  readonly localIps: Sourced<string> | undefined
  /** Each of them. */
  readonly addresses: readonly Sourced<string>[]
  /** Paths in the container: what it reads, and what it writes and CoreDNS reads. */
  readonly template: string
  readonly written: string
  readonly kubeDns: string
  readonly upstreamService: Sourced<string>
  readonly setsUpRules: boolean
}

export type NodeLocalPod = CorednsPod & { readonly nodeLocal: NodeLocalFlags }
export const isNodeLocal = (server: CorednsPod): server is NodeLocalPod => server.nodeLocal !== undefined

export function nodeLocalFlags(pod: KubeObject, container: number): NodeLocalFlags {
  const flag = (name: string): Sourced<string> | undefined => argumentOf(pod, container, name)
  const localIps = flag('localip')
  const each = (localIps?.value ?? '').split(',').map(text => text.trim()).filter(text => text !== '')
  return {
    localIps, addresses: localIps ? each.map(value => ({ value, source: localIps.source })) : [],
    template: flag('basecorefile')?.value ?? DEFAULT_TEMPLATE, written: flag('conf')?.value ?? DEFAULT_WRITTEN,
    kubeDns: flag('kubednscm')?.value ?? DEFAULT_KUBE_DNS,
    upstreamService: flag('upstreamsvc') ?? { value: DEFAULT_SERVICE, source: pod.at('spec', 'containers', container, 'args') },
    setsUpRules: !/^(?:false|0|f)$/i.test(flag('setupiptables')?.value ?? ''),
  }
}

/** The address of -upstreamsvc in the process's environment: a Service of its namespace. Undefined value: none was there; undefined: nobody looked. */
export function upstreamAddress(cluster: Inventory, { pod, nodeLocal: { upstreamService } }: NodeLocalPod): { readonly value: string | undefined; readonly source: Source } | undefined {
  const hasLinks = fieldOf(pod.body, 'spec', 'enableServiceLinks') !== false
  if (!hasLinks) return { value: undefined, source: pod.at('spec', 'enableServiceLinks') }
  const service = cluster.get('Service', upstreamService.value, pod.namespace)
  const address = service && clusterAddresses(service)[0]
  if (service && address !== undefined && !isYounger(service, pod)) return { value: address, source: { ...service.at('spec', 'clusterIP'), behind: [upstreamService.source] } }
  if (service) return { value: undefined, source: service.at('metadata', 'creationTimestamp') }
  return cluster.looked('Service') ? { value: undefined, source: upstreamService.source } : undefined
}

/** Made after the pod was started, which looks once. */
function isYounger(service: KubeObject, pod: KubeObject): boolean {
  const made = Date.parse(textOf(service.body, 'metadata', 'creationTimestamp') ?? '')
  const started = Date.parse(textOf(pod.body, 'status', 'startTime') ?? '')
  return made > started
}

export interface NodeLocalAddresses {
  /** A packet of the node to these comes to the process, or finds nobody there. */
  readonly own: readonly Sourced<string>[]
  /** Nobody's on this node: neither the interface nor a Service has them. */
  readonly nobodys: readonly Sourced<string>[]
  readonly problems: readonly Problem[]
}

/** `isRefused`: CoreDNS does not start with the Corefile, so the process never came as far as the rules. */
export function nodeLocalAddresses(cluster: Inventory, server: NodeLocalPod, rules: IptablesRules | undefined, isRefused: boolean): NodeLocalAddresses {
  const flags = server.nodeLocal
  const own: Sourced<string>[] = []
  const nobodys: Sourced<string>[] = []
  const problems: Problem[] = []
  const left = leftBehind(server)
  for (const address of flags.addresses) {
    const { value } = address
    const isService = cluster.services.some(service => clusterAddresses(service).includes(value))
    if (left === 'nothing') {
      if (!isService) nobodys.push(address)
      continue
    }
    const why = isService ? whyTheService(cluster, flags, value, rules, isRefused) : undefined
    if (why === undefined) own.push(address)
    else problems.push({ code: 'node-local-not-in-front', message: `${server.place} does not get what is sent to ${value}: ${why}`, state: 'ignored', source: address.source })
  }
  return { own, nobodys, problems }
}

/** Why a Service address that the interface has, too, still leads to the Service. */
function whyTheService(cluster: Inventory, flags: NodeLocalFlags, address: string, rules: IptablesRules | undefined, isRefused: boolean): string | undefined {
  if (kubeProxyMode(cluster) === 'ipvs') return 'with kube-proxy in ipvs mode the Service address is kube-proxy\'s'
  if (rules?.notrack.some(one => one.value === address)) return undefined
  if (rules?.proxied) return 'the node has no NOTRACK rule for it, and kube-proxy\'s rules come first'
  if (!flags.setsUpRules) return '-setupiptables=false makes no NOTRACK rule, and kube-proxy\'s rules come first'
  return isRefused ? 'it does not start, and makes no NOTRACK rule before it has' : undefined
}

/** What a process that is not there any more left on the node. */
function leftBehind({ pod, container, ready, running, node }: CorednsPod): 'all' | 'nothing' {
  if (node === '') return 'nothing'
  if (ready || running) return 'all'
  const name = textOf(pod.body, 'spec', 'containers', container, 'name')
  const status = listOf(pod.body, 'status', 'containerStatuses').find(one => textOf(one, 'name') === name)
  if (status === undefined) return textOf(pod.body, 'status', 'phase') === 'Running' ? 'all' : 'nothing'
  const ended = fieldOf(status, 'state', 'terminated') ?? fieldOf(status, 'lastState', 'terminated')
  return ended === undefined || numberOf(ended, 'exitCode') === 0 ? 'nothing' : 'all'
}

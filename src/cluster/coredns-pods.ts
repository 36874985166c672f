// Which pods are CoreDNS, and what each was started with: version (image tag), Corefile (`-conf`, a mounted ConfigMap's key) and the other
// files that a Corefile may name (k3s' NodeHosts, `coredns-custom`, ACK Edge's tunnel-nodes), listening port (`-dns.port`).
// Recognised by the image; else by the labels of a DNS workload together with a mounted Corefile, for images of another name.
// NodeLocal DNSCache (k8s-dns-node-cache) is one of them, with the template of its Corefile (node-local.ts).
// Not modelled: kube-dns (dnsmasq), Corefiles baked into an image, arguments taken from environment variables.
import type { KubeObject } from '../chain/model.ts'
import type { Problem, Read, Sourced } from '../chain/source.ts'
import { argumentOf } from './container-arguments.ts'
import { fieldOf, listOf, textOf } from './fields.ts'
import { isHostNetwork, podAddressesOf, type Inventory } from './inventory.ts'
import { clusterAddresses, portsOf } from './kube-proxy.ts'
import { mountedFiles, type MountedFile } from './mounted-files.ts'
import { nodeLocalFlags, type NodeLocalFlags } from './node-local.ts'
import { matchesLabels } from './selector.ts'

export interface CorednsPod {
  readonly role: 'coredns' | 'node-local-dns'
  readonly pod: KubeObject
  /** Index of its container in the pod. */
  readonly container: number
  /** `kube-system/coredns-edge-bz9bq`. */
  readonly place: string
  readonly node: string
  readonly addresses: readonly string[]
  readonly hostNetwork: boolean
  /** `1.9.3`; undefined = the image's tag is no version. */
  readonly version: Sourced<string> | undefined
  /** Of NodeLocal DNSCache. */
  readonly nodeLocal: NodeLocalFlags | undefined
  /** Path of the Corefile in the container; of NodeLocal DNSCache that of its template. */
  readonly corefilePath: string
  /** Undefined: its ConfigMap is not in the evidence (a file of the pod may be). */
  readonly corefile: MountedFile | undefined
  /** Every file that a ConfigMap puts into the container, by absolute path. */
  readonly files: ReadonlyMap<string, MountedFile>
  /** `-dns.port`: the port of server blocks that name none. */
  readonly port: number
  readonly ready: boolean
  /** The process is up; false while it waits or crashes. */
  readonly running: boolean
}

const COREDNS_IMAGE = /(?:^|[/-])coredns(?:[:@]|$)/
const NODE_CACHE_IMAGE = /(?:^|\/)(?:[\w.-]*-)?(?:k8s-dns-)?node-cache(?:-amd64|-arm64)?(?:[:@]|$)/
/** Every pod mounts it beside its token. */
const ROOT_CA = 'kube-root-ca.crt'
const DNS_LABELS = [
  ['k8s-app', 'kube-dns'], ['k8s-app', 'coredns'], ['app.kubernetes.io/name', 'coredns'], ['app.kubernetes.io/name', 'rke2-coredns'],
] as const

export function corednsPods(cluster: Inventory): Read<readonly CorednsPod[]> {
  const problems: Problem[] = []
  const value = cluster.pods.flatMap(pod => {
    const found = recognise(cluster, pod)
    return found ? [describe(cluster, pod, found, problems)] : []
  })
  return { value, problems }
}

interface Recognised { readonly role: CorednsPod['role']; readonly container: number }

function recognise(cluster: Inventory, pod: KubeObject): Recognised | undefined {
  if (['Succeeded', 'Failed'].includes(textOf(pod.body, 'status', 'phase') ?? '')) return undefined
  const images = listOf(pod.body, 'spec', 'containers').map(container => textOf(container, 'image') ?? '')
  const cache = images.findIndex(image => NODE_CACHE_IMAGE.test(image))
  if (cache >= 0) return { role: 'node-local-dns', container: cache }
  const server = images.findIndex(image => COREDNS_IMAGE.test(image))
  if (server >= 0) return { role: 'coredns', container: server }
  if (!DNS_LABELS.some(([key, value]) => pod.labels[key] === value)) return undefined
  const mounts = images.findIndex((_, at) => [...mountedFiles(cluster, pod, at).files.values()].some(file => file.key === 'Corefile'))
  return mounts >= 0 ? { role: 'coredns', container: mounts } : undefined
}

function describe(cluster: Inventory, pod: KubeObject, { role, container }: Recognised, problems: Problem[]): CorednsPod {
  const nodeLocal = role === 'node-local-dns' ? nodeLocalFlags(pod, container) : undefined
  const path = nodeLocal ? nodeLocal.template : argumentOf(pod, container, 'conf')?.value ?? '/Corefile'
  const corefilePath = path.startsWith('/') ? path : `${textOf(pod.body, 'spec', 'containers', container, 'workingDir') ?? ''}/${path}`
  const { files, missing } = mountedFiles(cluster, pod, container)
  const corefile = files.get(corefilePath)
  const place = `${pod.namespace}/${pod.name}`
  for (const map of missing.filter(one => one.name !== ROOT_CA && !(corefile && one.optional))) {
    problems.push({
      code: 'configmap-not-seen', state: map.optional ? 'ignored' : 'unknown', source: map.source,
      message: `${place} mounts ConfigMap ${pod.namespace}/${map.name}, which is not in the evidence`,
    })
  }
  return {
    role, pod, container, place, nodeLocal, corefilePath, corefile, files,
    node: textOf(pod.body, 'spec', 'nodeName') ?? '', addresses: podAddressesOf(pod), hostNetwork: isHostNetwork(pod),
    version: versionOf(pod, container), port: Number(argumentOf(pod, container, 'dns.port', 'p')?.value ?? 53) || 53,
    ready: textOf(listOf(pod.body, 'status', 'conditions').find(one => textOf(one, 'type') === 'Ready'), 'status') === 'True',
    running: listOf(pod.body, 'status', 'containerStatuses').some(status => fieldOf(status, 'state', 'running') !== undefined),
  }
}

/** `v1.8.4-eksbuild.1` is 1.8.4: builders put their own number behind it. */
function versionOf(pod: KubeObject, container: number): Sourced<string> | undefined {
  const path = ['spec', 'containers', container, 'image'] as const
  const name = textOf(pod.body, 'spec', 'containers', container, 'name')
  const status = listOf(pod.body, 'status', 'containerStatuses').findIndex(one => textOf(one, 'name') === name)
  for (const at of [path, ['status', 'containerStatuses', status, 'image']]) {
    const tag = /:v?(\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d.])[^:/]*(?:@.*)?$/.exec(textOf(pod.body, ...at) ?? '')?.[1]
    if (tag !== undefined) return { value: tag, source: pod.at(...at) }
  }
  return undefined
}

export interface DnsService {
  readonly service: KubeObject
  readonly addresses: readonly string[]
  /** CoreDNS pods that its selector takes. */
  readonly servers: readonly CorednsPod[]
}

/** Services with an address and port 53 that are named or labelled as cluster DNS, or lead to CoreDNS; the one called kube-dns first. */
export function dnsServices(cluster: Inventory, servers: readonly CorednsPod[]): readonly DnsService[] {
  const found = cluster.services.flatMap((service): DnsService[] => {
    const addresses = clusterAddresses(service)
    if (addresses.length === 0 || !portsOf(service).some(port => port.port === 53)) return []
    const selector = fieldOf(service.body, 'spec', 'selector')
    const own = servers.filter(server =>
      server.role === 'coredns' && server.pod.namespace === service.namespace && matchesLabels(selector, server.pod.labels))
    return isNamedDns(service) || own.length > 0 ? [{ service, addresses, servers: own }] : []
  })
  const rank = ({ service }: DnsService): number =>
    service.name === 'kube-dns' ? 0 : service.labels['kubernetes.io/cluster-service'] === 'true' ? 1 : 2
  return found.sort((a, b) => rank(a) - rank(b))
}

const isNamedDns = (service: KubeObject): boolean =>
  service.name === 'kube-dns' || ['CoreDNS', 'KubeDNS'].includes(service.labels['kubernetes.io/name'] ?? '')
  || DNS_LABELS.some(([key, value]) => service.labels[key] === value)

export type AddressOwner =
  | { readonly kind: 'service'; readonly service: KubeObject }
  | { readonly kind: 'coredns'; readonly server: CorednsPod }
  | { readonly kind: 'pod'; readonly pod: KubeObject }
  | { readonly kind: 'node'; readonly node: KubeObject }

/** Who has an address that a resolv.conf or kubelet names; undefined = nobody that the evidence shows. */
export function ownerOfAddress(cluster: Inventory, servers: readonly CorednsPod[], address: string): AddressOwner | undefined {
  const service = cluster.services.find(one => clusterAddresses(one).includes(address))
  if (service) return { kind: 'service', service }
  const server = servers.find(one => one.addresses.includes(address) || one.nodeLocal?.addresses.some(own => own.value === address))
  if (server) return { kind: 'coredns', server }
  const pod = cluster.podByAddress(address)
  if (pod) return { kind: 'pod', pod }
  const node = cluster.nodes.find(one => listOf(one.body, 'status', 'addresses').some(entry => textOf(entry, 'address') === address))
  return node && { kind: 'node', node }
}

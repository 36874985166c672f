// kube-proxy's choice of endpoints for one Service port on one node (pkg/proxy/topology.go, CategorizeEndpoints, endpointslicecache.go, and
// the refusals of pkg/proxy/iptables/proxier.go), run at 1.34.0 in iptables mode (all recorded rows: test/fidelity/fidelity.test.ts),
// read at 1.22 to 1.35. The balance is uniform: the i-th of n rules has probability 1/(n−i). Hints never leave a Service empty;
// `internalTrafficPolicy: Local` does. ipvs and nftables choose from the same set (kube-proxy-mode.ts).
// By release, with the gates as they are by default: internalTrafficPolicy since 1.22; terminating pods as a last resort since 1.26; zone hints only for an annotated
// Service from 1.24, for every Service since 1.31; node hints since 1.34.
// Not modelled: `service.kubernetes.io/service-proxy-name`, loadBalancerSourceRanges, the window between a changed slice and its rules,
// conntrack entries of endpoints that are gone; of an address that two slices tell differently Go's map order decides, here the ready one.
import { fieldOf, listOf, numberOf, textOf } from './fields.ts'
import type { Endpoint } from './endpoint-slices.ts'
import type { KubeObject } from '../chain/model.ts'
import { socketText } from '../dns/socket-address.ts'

export interface ServicePort {
  readonly name: string
  readonly protocol: string
  readonly port: number
  /** 0: none. */
  readonly nodePort: number
}

export interface ProxyNode {
  readonly name: string
  readonly zone: string | undefined
  /** Of kube-proxy's release, 34 for 1.34; undefined = not known: the newest. */
  readonly minor?: number | undefined
}

/** An endpoint of a port: the slice's port belongs to the slice, not to the endpoint. */
export interface PortEndpoint extends Endpoint {
  readonly port: number
}

export type Refusal = 'reject' | 'drop'

export interface Balanced {
  /** Chain KUBE-SVC: ready ones that pass the hints. Undefined when no policy uses them. */
  readonly cluster: readonly PortEndpoint[] | undefined
  /** Chain KUBE-SVL: those of this node. Undefined when no policy uses them. */
  readonly local: readonly PortEndpoint[] | undefined
  /** What a packet to the cluster IP may reach, in rule order. */
  readonly internal: readonly PortEndpoint[]
  /** Why it is empty: no usable endpoint in sight (ICMP, at once) or none on this node (silence). */
  readonly internalRefusal: Refusal | undefined
  /** Node ports, external IPs and load balancer addresses; undefined when the Service has none. */
  readonly externalRefusal: Refusal | undefined
  readonly hints: 'none' | 'same-zone' | 'same-node'
}

export const portsOf = (service: KubeObject): readonly ServicePort[] =>
  listOf(service.body, 'spec', 'ports').flatMap(port => {
    const number = numberOf(port, 'port')
    if (number === undefined) return []
    const nodePort = numberOf(port, 'nodePort') ?? 0
    return [{ name: textOf(port, 'name') ?? '', protocol: textOf(port, 'protocol') ?? 'TCP', port: number, nodePort }]
  })

/** Addresses that kube-proxy makes rules for; a headless or ExternalName Service has none. */
export function clusterAddresses(service: KubeObject): readonly string[] {
  const all = listOf(service.body, 'spec', 'clusterIPs').filter(address => typeof address === 'string')
  const first = textOf(service.body, 'spec', 'clusterIP')
  const addresses = all.length > 0 ? all : first === undefined ? [] : [first]
  return textOf(service.body, 'spec', 'type') === 'ExternalName' ? [] : addresses.filter(address => address !== '' && address !== 'None')
}

/** Reached by a node port, an external address or a load balancer's address that is not behind a proxy. */
const isExternal = (service: KubeObject, port: Pick<ServicePort, 'nodePort'>): boolean =>
  port.nodePort !== 0 || listOf(service.body, 'spec', 'externalIPs').length > 0
  || listOf(service.body, 'status', 'loadBalancer', 'ingress').some(one => textOf(one, 'ip') !== undefined && textOf(one, 'ipMode') !== 'Proxy')

const NEWEST = Infinity

export function balance(
  service: KubeObject, endpoints: readonly PortEndpoint[], node: ProxyNode, port: Pick<ServicePort, 'nodePort'>,
): Balanced {
  const minor = node.minor ?? NEWEST
  const isLastResort = (endpoint: Endpoint): boolean => minor >= 26 && endpoint.serving && endpoint.terminating
  const internalLocal = minor >= 22 && textOf(service.body, 'spec', 'internalTrafficPolicy') === 'Local'
  const external = isExternal(service, port)
  const externalLocal = external && textOf(service.body, 'spec', 'externalTrafficPolicy') === 'Local'
  const all = inRuleOrder(endpoints, node)
  // Even with `externalTrafficPolicy: Local` pods of this node reach an external address through the whole set.
  const usesCluster = !internalLocal || external
  const hints = usesCluster ? hintMode(all, node, usesZones(service, minor), minor >= 34) : 'none'
  const passing = all.filter(endpoint => endpoint.ready && passes(endpoint, hints, node))
  const clusterSet = passing.length > 0 ? passing : all.filter(isLastResort)
  const cluster = usesCluster ? clusterSet : undefined
  const ownReady = all.filter(endpoint => endpoint.nodeName === node.name && endpoint.ready)
  const own = ownReady.length > 0 ? ownReady : all.filter(endpoint => endpoint.nodeName === node.name && isLastResort(endpoint))
  const local = internalLocal || externalLocal ? own : undefined
  const usable = all.some(endpoint => endpoint.ready || isLastResort(endpoint))
  const refusalOf = (set: readonly PortEndpoint[], policyLocal: boolean): Refusal | undefined =>
    set.length > 0 ? undefined : usable && policyLocal ? 'drop' : 'reject'
  const internal = internalLocal ? own : clusterSet
  return {
    cluster, local, internal, hints,
    internalRefusal: refusalOf(internal, internalLocal),
    externalRefusal: external ? refusalOf(externalLocal ? own : clusterSet, externalLocal) : undefined,
  }
}

/** Does this release heed zone hints of this Service? `topology-mode` has its name since 1.27, and the older name comes first. */
function usesZones(service: KubeObject, minor: number): boolean {
  if (minor >= 31) return true
  const old = service.annotations['service.kubernetes.io/topology-aware-hints']
  if (minor < 27) return minor >= 24 && (old === 'Auto' || old === 'auto')
  const value = old ?? service.annotations['service.kubernetes.io/topology-mode'] ?? ''
  return value !== '' && value !== 'disabled' && value !== 'Disabled'
}

/** kube-proxy keeps endpoints by `ip:port`, sorted; the same one in two slices counts once, as that of this node where one says so. */
function inRuleOrder(endpoints: readonly PortEndpoint[], node: ProxyNode): readonly PortEndpoint[] {
  const byAddress = new Map<string, PortEndpoint>()
  for (const endpoint of endpoints) {
    const key = socketText(endpoint)
    const known = byAddress.get(key)
    const [own, knownOwn] = [endpoint.nodeName === node.name, known?.nodeName === node.name]
    if (!known || (own && !knownOwn) || (own === knownOwn && !known.ready && endpoint.ready)) byAddress.set(key, endpoint)
  }
  return [...byAddress].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, endpoint]) => endpoint)
}

/** Hints count only when every ready endpoint has them and one of them fits this node. */
function hintMode(all: readonly PortEndpoint[], node: ProxyNode, zones: boolean, nodes: boolean): Balanced['hints'] {
  const ready = all.filter(endpoint => endpoint.ready)
  if (ready.length === 0) return 'none'
  if (nodes && ready.every(endpoint => endpoint.forNodes) && ready.some(endpoint => endpoint.forNodes?.includes(node.name))) return 'same-node'
  const zone = node.zone ?? ''
  const zoned = zones && zone !== '' && ready.every(endpoint => endpoint.forZones) && ready.some(endpoint => endpoint.forZones?.includes(zone))
  return zoned ? 'same-zone' : 'none'
}

function passes(endpoint: PortEndpoint, hints: Balanced['hints'], node: ProxyNode): boolean {
  if (hints === 'same-node') return endpoint.forNodes?.includes(node.name) === true
  return hints === 'none' || endpoint.forZones?.includes(node.zone ?? '') === true
}

/** `sessionAffinity: ClientIP`. */
export const isSticky = (service: KubeObject): boolean => fieldOf(service.body, 'spec', 'sessionAffinity') === 'ClientIP'

// kube-proxy 1.34's choice of endpoints for one Service port on one node (pkg/proxy/topology.go, CategorizeEndpoints, and the refusals of
// pkg/proxy/iptables/proxier.go), run in iptables mode (all recorded rows: test/fidelity/kube-proxy.test.ts). The balance is uniform:
// the i-th of n rules has probability 1/(n−i). Hints never leave a Service empty; `internalTrafficPolicy: Local` does.
// ipvs and nftables choose from the same set; ipvs' round robin is taken as uniform too, since other clients move the wheel.
// Not modelled: `PreferSameNode` hints before 1.33 (an older kube-proxy ignores node hints), `service.kubernetes.io/service-proxy-name`,
// the window between a changed slice and its rules, conntrack entries of endpoints that are gone.
import { fieldOf, listOf, numberOf, textOf } from './fields.ts'
import type { Endpoint } from './endpoint-slices.ts'
import type { KubeObject } from '../chain/model.ts'
import { socketText } from '../dns/socket-address.ts'

export interface ServicePort {
  readonly name: string
  readonly protocol: string
  readonly port: number
}

export interface ProxyNode {
  readonly name: string
  readonly zone: string | undefined
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
    return number === undefined ? [] : [{ name: textOf(port, 'name') ?? '', protocol: textOf(port, 'protocol') ?? 'TCP', port: number }]
  })

/** Addresses that kube-proxy makes rules for; a headless or ExternalName Service has none. */
export function clusterAddresses(service: KubeObject): readonly string[] {
  const all = listOf(service.body, 'spec', 'clusterIPs').filter(address => typeof address === 'string')
  const first = textOf(service.body, 'spec', 'clusterIP')
  const addresses = all.length > 0 ? all : first === undefined ? [] : [first]
  return textOf(service.body, 'spec', 'type') === 'ExternalName' ? [] : addresses.filter(address => address !== '' && address !== 'None')
}

const isExternal = (service: KubeObject): boolean =>
  ['NodePort', 'LoadBalancer'].includes(textOf(service.body, 'spec', 'type') ?? '')
  || listOf(service.body, 'spec', 'externalIPs').length > 0 || listOf(service.body, 'status', 'loadBalancer', 'ingress').length > 0

export function balance(service: KubeObject, endpoints: readonly PortEndpoint[], node: ProxyNode): Balanced {
  const internalLocal = textOf(service.body, 'spec', 'internalTrafficPolicy') === 'Local'
  const external = isExternal(service)
  const externalLocal = external && textOf(service.body, 'spec', 'externalTrafficPolicy') === 'Local'
  const all = inRuleOrder(endpoints)
  const usesCluster = !internalLocal || (external && !externalLocal)
  const hints = usesCluster ? hintMode(all, node) : 'none'
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

/** Used only when nothing is ready: a terminating pod that still answers. */
const isLastResort = (endpoint: Endpoint): boolean => endpoint.serving && endpoint.terminating

/** kube-proxy keeps endpoints by `ip:port`, sorted; the same one in two slices counts once, and a ready copy wins over one that is not. */
function inRuleOrder(endpoints: readonly PortEndpoint[]): readonly PortEndpoint[] {
  const byAddress = new Map<string, PortEndpoint>()
  for (const endpoint of endpoints) {
    const key = socketText(endpoint)
    const known = byAddress.get(key)
    if (!known || (!known.ready && endpoint.ready)) byAddress.set(key, endpoint)
  }
  return [...byAddress].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, endpoint]) => endpoint)
}

/** Hints count only when every ready endpoint has them and one of them fits this node. */
function hintMode(all: readonly PortEndpoint[], node: ProxyNode): Balanced['hints'] {
  const ready = all.filter(endpoint => endpoint.ready)
  if (ready.length === 0) return 'none'
  if (ready.every(endpoint => endpoint.forNodes) && ready.some(endpoint => endpoint.forNodes?.includes(node.name))) return 'same-node'
  const zone = node.zone ?? ''
  const zoned = zone !== '' && ready.every(endpoint => endpoint.forZones) && ready.some(endpoint => endpoint.forZones?.includes(zone))
  return zoned ? 'same-zone' : 'none'
}

function passes(endpoint: PortEndpoint, hints: Balanced['hints'], node: ProxyNode): boolean {
  if (hints === 'same-node') return endpoint.forNodes?.includes(node.name) === true
  return hints === 'none' || endpoint.forZones?.includes(node.zone ?? '') === true
}

/** `sessionAffinity: ClientIP`. */
export const isSticky = (service: KubeObject): boolean => fieldOf(service.body, 'spec', 'sessionAffinity') === 'ClientIP'

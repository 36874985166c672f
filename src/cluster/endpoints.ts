// The endpoints of a Service address as one node sees them: what the API holds, minus what YurtHub's topology filter takes away from
// this node's kube-proxy, minus what kube-proxy does not use (readiness, hints, traffic policy). Where the node's own rules are in the
// evidence they are what packets meet, and what was worked out stands beside them (`predicted`): a difference is a finding.
// Where the bundle has no slices the endpoints are inferred from ready pods that the selector takes, and said to be.
import type { KubeObject, ServiceModel } from '../chain/model.ts'
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { socketText } from '../dns/socket-address.ts'
import { endpointSetsOf, type Endpoint, type EndpointSet } from './endpoint-slices.ts'
import { fieldOf, listOf, numberOf, textOf } from './fields.ts'
import { podAddressesOf, type Inventory } from './inventory.ts'
import { installedAt, type InstalledEndpoint, type InstalledService, type IptablesRules } from './iptables-rules.ts'
import { balance, clusterAddresses, isSticky, portsOf, type Balanced, type PortEndpoint, type ServicePort } from './kube-proxy.ts'
import { kubeletVersionOf } from './kubelet-resolv-conf.ts'
import { ipvsDraws } from './kube-proxy-mode.ts'
import type { NodePools } from './node-pools.ts'
import { matchesLabels } from './selector.ts'
import type { YurtHub } from './yurthub.ts'
import { droppedBy } from './yurthub-services.ts'
import { filterEndpoints, TOPOLOGY_ANNOTATION, TOPOLOGY_VALUES, topologyScope, type Scope } from './yurthub-topology.ts'

export interface RemovedEndpoint {
  readonly address: string
  readonly node?: string
  /** The field that decided, as it is spelled: `apps.openyurt.io/nodepool=shanghai`, `conditions.ready=false`. */
  readonly because: string
  readonly source: Source
}

export interface ServiceAtNode {
  /** Its endpoints are those in effect: installed where seen, else predicted. */
  readonly service: ServiceModel
  /** Addresses that the rules should hold, by the objects alone. */
  readonly predicted: readonly string[]
  /** Taken away by the topology annotation; when `bypassed`, what it would have taken away. */
  readonly removed: readonly RemovedEndpoint[]
  /** Left out by kube-proxy: not ready, hints, traffic policy. */
  readonly unused: readonly RemovedEndpoint[]
  readonly installed: readonly string[] | undefined
  readonly topology: Sourced<string> | undefined
  /** What the annotation comes to on this node. */
  readonly scope: Scope
  readonly pool: string | undefined
}

export interface ServiceAtNodeInput {
  readonly cluster: Inventory
  readonly pools: NodePools
  readonly service: KubeObject
  readonly node: string
  readonly hub: YurtHub
  /** The node's iptables-save, if the evidence has it. */
  readonly rules?: IptablesRules
}

/** One for each cluster IP and DNS port number; `port` asks for another one. */
export function serviceAtNode(input: ServiceAtNodeInput, port = 53): Read<readonly ServiceAtNode[]> {
  const { cluster, service } = input
  const problems: Problem[] = []
  const ports = portsOf(service).filter(one => one.port === port && (one.protocol === 'UDP' || one.protocol === 'TCP'))
  if (ports.length === 0) return { value: [], problems }
  const held = endpointSetsOf(cluster, service) ?? inferredSets(cluster, service, problems)
  const filtered = filterSets(input, held, problems)
  const value = clusterAddresses(service).map(address => atAddress(input, address, ports, filtered))
  return { value, problems }
}

interface FilteredSets {
  /** A filter of YurtHub takes the whole Service away: this node has no rule for it. */
  readonly dropped: boolean
  readonly sets: readonly EndpointSet[]
  readonly removed: readonly RemovedEndpoint[]
  readonly scope: Scope
  readonly topology: Sourced<string> | undefined
}

function filterSets(input: ServiceAtNodeInput, sets: readonly EndpointSet[], problems: Problem[]): FilteredSets {
  const { service, hub, pools, node, cluster } = input
  const value = service.annotations[TOPOLOGY_ANNOTATION] ?? ''
  const topology = value === '' ? undefined : { value, source: service.at('metadata', 'annotations', TOPOLOGY_ANNOTATION) }
  const view = pools.viewFor(node)
  const scopeOf = (set: EndpointSet | undefined): Scope => topologyScope(hub.filter, value, set?.shape ?? 'slice v1', view)
  const scope = scopeOf(sets[0])
  if (topology) problems.push(...saidOf(scope, topology, hub, pools, cluster))
  const between = hub.present !== 'no' && hub.present !== 'unknown' && !hub.bypassed
  const applies = between && !hub.switchedOff
  const removed: RemovedEndpoint[] = []
  const left = sets.map(set => {
    const result = filterEndpoints(set.endpoints, scopeOf(set), set.shape, hub.filter.version)
    if (result.panics && topology) {
      problems.push({
        code: 'yurthub-filter-panics', state: 'partly-modelled', source: topology.source,
        message: `${hub.node}: an endpoint without nodeName ends YurtHub's filter (up to v1.7); it is taken as left out`,
      })
    }
    removed.push(...result.removed.map(endpoint => ({ ...placeOf(endpoint), because: reasonOf(endpoint, scope, pools) })))
    return applies ? { ...set, endpoints: result.kept } : set
  })
  const drop = between ? droppedBy(hub.settings, service, view) : undefined
  if (drop) {
    problems.push({
      code: 'service-dropped-by-yurthub', state: 'ignored', source: service.at(...drop.field),
      message: `${node}: YurtHub's filter ${drop.filter} takes ${service.namespace}/${service.name} away; its address leads nowhere there`,
    })
  }
  return { sets: drop ? [] : left, removed, scope, topology, dropped: drop !== undefined }
}

function reasonOf(endpoint: Endpoint, scope: Scope, pools: NodePools): string {
  if (endpoint.node === undefined || endpoint.node === '') return 'no nodeName'
  if (scope.kind === 'nodes' && scope.because !== 'own-pool' && scope.because !== 'pool-empty') return `nodeName=${endpoint.node}`
  const pool = pools.poolOf(endpoint.node)?.value
  return pool === undefined ? `nodeName=${endpoint.node}, in no pool` : `apps.openyurt.io/nodepool=${pool}`
}

function saidOf(scope: Scope, topology: Sourced<string>, hub: YurtHub, pools: NodePools, cluster: Inventory): Problem[] {
  const said = (code: string, message: string, state: Problem['state'] = 'ignored'): Problem[] =>
    [{ code, message: `${hub.node}: ${message}`, state, source: topology.source }]
  if (hub.present === 'no') return said('topology-without-yurthub', 'no YurtHub here, so the annotation has no effect')
  if (hub.switchedOff) return said('topology-switched-off', `${hub.switchedOff.value} switches the topology filter off`)
  if (hub.bypassed) return said('topology-bypassed', `${hub.bypassed.value}, so its reads do not pass through YurtHub`)
  if (scope.kind === 'hangs') return said('yurthub-waits', 'YurtHub before v1.4 waits for its own Node object', 'partly-modelled')
  if (scope.kind === 'nodes') {
    if (cluster.looked('NodePool') || scope.because === 'own-node') return []
    return said('node-pools-not-seen', 'no NodePool object in the evidence; pools are taken from the labels of nodes', 'unknown')
  }
  switch (scope.because) {
    case 'unknown-value':
      return said('topology-unknown-value', `"${topology.value}" is none of ${TOPOLOGY_VALUES.join(', ')}: the filter does nothing`)
    case 'pool-not-found': {
      const pool = pools.poolOf(hub.node)?.value ?? hub.filter.poolFlag
      return said('topology-fails-open', `YurtHub does not find pool ${pool} and passes every endpoint`)
    }
    case 'pool-topology-off': return said('topology-switched-off', 'pool topology is switched off')
    default: return []
  }
}

function atAddress(input: ServiceAtNodeInput, address: string, ports: readonly ServicePort[], filtered: FilteredSets): ServiceAtNode {
  const { service, node, rules, pools } = input
  const number = ports[0]?.port ?? 53
  const byProtocol = new Map(ports.map(port => [port.protocol, ofPort(input, address, port, filtered)]))
  const main = (byProtocol.get('UDP') ?? byProtocol.get('TCP')) as OfPort
  const tcp = byProtocol.get('UDP') && byProtocol.get('TCP')
  const model: ServiceModel = {
    name: `${service.namespace}/${service.name}`, node, address, port: number,
    protocols: ports.map(port => (port.protocol === 'TCP' ? 'tcp' as const : 'udp' as const)),
    endpoints: main.endpoints, whenEmpty: main.whenEmpty,
    ...(tcp && !sameEndpoints(tcp, main) && { tcp: { endpoints: tcp.endpoints, whenEmpty: tcp.whenEmpty } }),
    affinity: isSticky(service) ? 'client' : (rules?.proxied ? undefined : ipvsDraws(input.cluster)) ?? 'flow',
    source: decidingField(service, filtered, main.balanced),
  }
  return {
    service: model, predicted: main.balanced.internal.map(endpoint => endpoint.address), unused: main.unused,
    removed: dropRepeats(filtered.removed.filter(one => familyOf(one.address) === familyOf(address))),
    installed: main.installed?.endpoints.map(endpoint => endpoint.value.address),
    topology: filtered.topology, scope: filtered.scope, pool: pools.poolOf(node)?.value,
  }
}

interface OfPort {
  readonly endpoints: ServiceModel['endpoints']
  readonly whenEmpty: ServiceModel['whenEmpty']
  readonly balanced: Balanced
  readonly unused: readonly RemovedEndpoint[]
  readonly installed: InstalledService | undefined
}

const familyOf = (address: string): 'IPv4' | 'IPv6' => (address.includes(':') ? 'IPv6' : 'IPv4')

function ofPort(input: ServiceAtNodeInput, address: string, port: ServicePort, { sets, dropped }: FilteredSets): OfPort {
  const { service, node, rules, cluster } = input
  const candidates = sets.filter(set => set.family === familyOf(address)).flatMap(set => {
    const own = set.ports.find(one => one.name === port.name && one.protocol === port.protocol)?.port
    return own === undefined ? [] : set.endpoints.map((endpoint): PortEndpoint => ({ ...endpoint, port: own }))
  })
  const object = cluster.get('Node', node)
  // kube-proxy is of kubelet's release, or one older: the API no longer says which.
  const [, minor] = kubeletVersionOf(object) ?? []
  const balanced = balance(service, candidates, { name: node, zone: object?.labels['topology.kubernetes.io/zone'], minor }, port)
  const installed = rules?.proxied ? installedAt(rules, address, port.port, port.protocol) : undefined
  const unused = candidates.filter(endpoint => !balanced.internal.some(one => one.address === endpoint.address))
    .map(endpoint => ({ ...placeOf(endpoint), because: unusedBecause(endpoint, balanced, service, node) }))
  return {
    balanced, unused: dropRepeats(unused), installed,
    endpoints: installed ? installed.endpoints.map(one => installedEndpoint(one, candidates, cluster)) : balanced.internal.map(sourced),
    whenEmpty: (installed ? installed.refusal : dropped ? 'drop' : balanced.internalRefusal) ?? 'reject',
  }
}

type ModelEndpoint = ServiceModel['endpoints'][number]

const sourced = (endpoint: PortEndpoint): ModelEndpoint => ({
  value: { address: endpoint.address, port: endpoint.port, ...(endpoint.nodeName !== undefined && { node: endpoint.nodeName }) },
  source: endpoint.source,
})

/** The rule is the fact; the slice's line stands behind it. */
function installedEndpoint(rule: Sourced<InstalledEndpoint>, candidates: readonly PortEndpoint[], cluster: Inventory): ModelEndpoint {
  const { value: { address, port }, source } = rule
  const known = candidates.find(endpoint => endpoint.address === address)
  const node = known?.nodeName ?? textOf(cluster.podByAddress(address)?.body, 'spec', 'nodeName')
  return { value: { address, port, ...(node !== undefined && { node }) }, source: known ? { ...source, behind: [known.source] } : source }
}

function unusedBecause(endpoint: PortEndpoint, balanced: Balanced, service: KubeObject, node: string): string {
  if (!endpoint.ready) return endpoint.terminating ? 'conditions.terminating=true' : 'conditions.ready=false'
  if (textOf(service.body, 'spec', 'internalTrafficPolicy') === 'Local' && endpoint.nodeName !== node) return 'internalTrafficPolicy=Local'
  return balanced.hints === 'same-node' ? 'hints.forNodes' : 'hints.forZones'
}

const placeOf = (endpoint: Endpoint): Pick<RemovedEndpoint, 'address' | 'node' | 'source'> =>
  ({ address: endpoint.address, ...(endpoint.nodeName !== undefined && { node: endpoint.nodeName }), source: endpoint.source })

const dropRepeats = (all: readonly RemovedEndpoint[]): RemovedEndpoint[] =>
  all.filter((one, at) => all.findIndex(other => other.address === one.address) === at)

const socketsOf = ({ endpoints }: OfPort): string => endpoints.map(endpoint => socketText(endpoint.value)).join()
const sameEndpoints = (a: OfPort, b: OfPort): boolean => a.whenEmpty === b.whenEmpty && socketsOf(a) === socketsOf(b)

/** The line that makes the set what it is. */
function decidingField(service: KubeObject, { topology, removed }: FilteredSets, balanced: Balanced): Source {
  if (topology && removed.length > 0) return topology.source
  if (textOf(service.body, 'spec', 'internalTrafficPolicy') === 'Local') return service.at('spec', 'internalTrafficPolicy')
  const distribution = textOf(service.body, 'spec', 'trafficDistribution')
  if (balanced.hints !== 'none' && distribution !== undefined) return service.at('spec', 'trafficDistribution')
  if (topology) return topology.source
  return fieldOf(service.body, 'spec', 'selector') === undefined ? service.source : service.at('spec', 'selector')
}

/** What the EndpointSlice controller would have written: pods that the selector takes, ready when the kubelet says so. */
function inferredSets(cluster: Inventory, service: KubeObject, problems: Problem[]): readonly EndpointSet[] {
  const selector = fieldOf(service.body, 'spec', 'selector')
  problems.push({ code: 'endpoints-not-seen', state: 'unknown', source: service.source,
    message: `no EndpointSlice or Endpoints in the evidence: those of ${service.namespace}/${service.name} are inferred from its pods` })
  if (typeof selector !== 'object' || selector === null) return []
  const pods = cluster.pods.filter(pod => pod.namespace === service.namespace && matchesLabels(selector, pod.labels))
  return pods.flatMap(pod => podAddressesOf(pod).map((address): EndpointSet => ({
    object: pod, shape: 'slice v1', family: familyOf(address),
    ports: portsOf(service).map((port, at) => ({ ...port, port: targetPort(service, at, pod) ?? port.port })),
    endpoints: [podEndpoint(service, pod, address)],
  })))
}

function podEndpoint(service: KubeObject, pod: KubeObject, address: string): Endpoint {
  const condition = listOf(pod.body, 'status', 'conditions').find(one => textOf(one, 'type') === 'Ready')
  const serving = textOf(condition, 'status') === 'True'
  const terminating = fieldOf(pod.body, 'metadata', 'deletionTimestamp') !== undefined
  const node = textOf(pod.body, 'spec', 'nodeName')
  return {
    address, index: 0, node, nodeName: node, serving, terminating, pod: `${pod.namespace}/${pod.name}`,
    zone: undefined, forZones: undefined, forNodes: undefined,
    ready: (serving && !terminating) || fieldOf(service.body, 'spec', 'publishNotReadyAddresses') === true,
    get source() { return { ...pod.at('status', 'podIP'), obtained: 'inferred' as const } },
  }
}

function targetPort(service: KubeObject, at: number, pod: KubeObject): number | undefined {
  const target = fieldOf(service.body, 'spec', 'ports', at, 'targetPort')
  if (typeof target === 'number') return target
  if (typeof target !== 'string') return undefined
  for (const container of listOf(pod.body, 'spec', 'containers')) {
    const port = listOf(container, 'ports').find(one => textOf(one, 'name') === target)
    if (port) return numberOf(port, 'containerPort')
  }
  return undefined
}

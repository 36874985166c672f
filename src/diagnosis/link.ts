// From what was gathered and observed to the model: who asks with which stub and resolv.conf, through which Service, at which
// CoreDNS, which forwards where. What is not known stays unknown; what is inferred is said.
import { nodeLocalAt } from '../chain/hop.ts'
import type { CorednsModel, Model, NobodyModel, ResolvConf, ServiceModel, StubModel } from '../chain/model.ts'
import type { Problem, Source, Sourced } from '../chain/source.ts'
import { corednsPods, dnsServices, ownerOfAddress, type CorednsPod, type DnsService } from '../cluster/coredns-pods.ts'
import { serviceAtNode, type ServiceAtNode } from '../cluster/endpoints.ts'
import type { Observation } from '../evidence/observation.ts'
import { viewsOf } from '../evidence/views.ts'
import type { ClusterFacts, GivenResolvConf, NodeServers } from '../findings/case.ts'
import type { CorefileText } from '../fixes/corefile-edit.ts'
import type { Gathered } from './gather.ts'
import { linkCoredns } from './link-coredns.ts'
import { linkNode, nodeNames, type LinkedNode } from './link-nodes.ts'
import { filesOnlyPod, linkPod, placeOf } from './link-pods.ts'
import { stubOfNode, stubOfPod } from './link-stubs.ts'

export interface Linked {
  readonly model: Model
  readonly facts: ClusterFacts
  readonly nodes: ReadonlyMap<string, LinkedNode>
  readonly problems: readonly Problem[]
}

export function link(gathered: Gathered, servers: readonly CorednsPod[], observations: readonly Observation[]): Linked {
  const problems: Problem[] = []
  const { inventory, pools } = gathered
  const services = dnsServices(inventory, servers)
  const vips = services.flatMap(s => s.addresses.map(value => ({ value, source: s.service.at('spec', 'clusterIP') })))
  const nodes = new Map(nodeNames(gathered).map(name => [name, linkNode(gathered, name, vips, problems)]))
  const given = givenToPods(gathered, nodes, problems)
  const coredns: CorednsModel[] = []
  const corefiles = new Map<string, CorefileText>()
  const nobody: NobodyModel[] = []
  for (const server of servers) {
    const linked = linkCoredns(gathered, server, nodes.get(server.node), given.get(server.place), observations, problems)
    if (!linked) continue
    coredns.push(linked.model)
    nobody.push(...linked.nobody)
    corefiles.set(server.place, linked.text)
  }
  for (const node of nodes.values()) problems.push(...unseenNodeLocal(node, coredns))
  const atNodes = dnsAtNodes(gathered, nodes, services, coredns, problems)
  const stubs = stubsOf(gathered, nodes, given, observations)
  const ours = new Set([...vips.map(v => v.value), ...servers.flatMap(s => s.addresses)])
  const unowned = addressesOfNobody(gathered, servers, stubs)
  const inferred = inferredServices(unowned.inferred, nodes, coredns, problems)
  const upstreams = viewsOf(observations, { isOurs: address => ours.has(address) || unowned.nobody.some(n => n.address === address) || unowned.inferred.has(address) })
  return {
    problems, nodes,
    model: {
      stubs, coredns, upstreams, services: [...atNodes.map(s => s.service), ...inferred], nobody: [...unowned.nobody, ...nobody],
      resolved: [...nodes.values()].flatMap(n => (n.dns.resolved ? [n.dns.resolved] : [])),
    },
    facts: {
      objects: inventory.objects, podObject: place => inventory.get('Pod', place.slice(place.indexOf('/') + 1), place.slice(0, place.indexOf('/'))),
      nodeDns: new Map([...nodes].map(([name, node]) => [name, serversOf(node)])), given, dnsServices: atNodes, corefiles,
      clusterDns: new Map([...nodes].map(([name, node]) => [name, node.kubelet.clusterDNS])),
      poolOf: node => pools.poolOf(node)?.value, kubeletSource: node => nodes.get(node)?.kubelet.source,
    },
  }
}

function givenToPods(gathered: Gathered, nodes: ReadonlyMap<string, LinkedNode>, problems: Problem[]): Map<string, GivenResolvConf> {
  const given = new Map<string, GivenResolvConf>()
  for (const pod of gathered.inventory.pods) {
    const node = nodes.get(String((pod.body['spec'] as Record<string, unknown> | undefined)?.['nodeName'] ?? ''))
    const linked = node && linkPod(gathered, pod, node, problems)
    if (linked) given.set(placeOf(pod), linked.given)
  }
  for (const place of gathered.layout.podFiles.keys()) {
    if (given.has(place)) continue
    const own = filesOnlyPod(gathered, place, problems)
    if (own) given.set(place, own)
  }
  return given
}

/** DNS Services on each node, without endpoints that are known not to serve. */
function dnsAtNodes(gathered: Gathered, nodes: ReadonlyMap<string, LinkedNode>, services: readonly DnsService[], coredns: readonly CorednsModel[], problems: Problem[]): ServiceAtNode[] {
  const all: ServiceAtNode[] = []
  const dead = new Set(coredns.filter(c => c.down).flatMap(c => c.addresses))
  for (const node of nodes.values()) {
    for (const { service } of services) {
      const read = serviceAtNode({ cluster: gathered.inventory, pools: gathered.pools, service, node: node.name, hub: node.hub, ...(node.rules && { rules: node.rules }) })
      problems.push(...read.problems)
      for (const at of read.value) all.push({ ...at, service: { ...at.service, ...alive(at.service, dead), ...(at.service.tcp && { tcp: { ...at.service.tcp, ...alive(at.service.tcp, dead) } }) } })
    }
  }
  return all
}

/** NOTRACK rules of a NodeLocal DNSCache that is not in the evidence: what answers there is not known. */
function unseenNodeLocal({ name, rules }: LinkedNode, coredns: readonly CorednsModel[]): Problem[] {
  return (rules?.notrack ?? []).filter(({ value }) => !nodeLocalAt({ coredns }, name, value)).map(({ value, source }) => ({
    code: 'node-local-dns', state: 'unknown', source,
    message: `on ${name} a NodeLocal DNSCache answers at ${value}, which is not in the evidence: taken to be the Service`,
  }))
}

const alive = ({ endpoints }: Pick<ServiceModel, 'endpoints'>, dead: ReadonlySet<string>): Pick<ServiceModel, 'endpoints'> =>
  ({ endpoints: endpoints.filter(e => !dead.has(e.value.address)) })

function stubsOf(gathered: Gathered, nodes: ReadonlyMap<string, LinkedNode>, given: ReadonlyMap<string, GivenResolvConf>, observations: readonly Observation[]): StubModel[] {
  const stubs: StubModel[] = []
  for (const [place, own] of given) stubs.push(stubOfPod(gathered, place, own.resolvConf, observations))
  for (const node of nodes.values()) if (node.dns.etcResolvConf) stubs.push(stubOfNode(node, node.dns.etcResolvConf))
  return stubs
}

/** Name servers of pods that no object owns: nobody's, where the Services were looked at; else taken for the cluster DNS, and said. */
function addressesOfNobody(gathered: Gathered, servers: readonly CorednsPod[], stubs: readonly StubModel[]): { readonly nobody: NobodyModel[]; readonly inferred: ReadonlyMap<string, Source> } {
  const nobody = new Map<string, NobodyModel>()
  const inferred = new Map<string, Source>()
  for (const stub of stubs) {
    if (stub.place.startsWith('node/') || !asksCluster(stub.resolvConf)) continue
    for (const { value, source } of nameservers(stub.resolvConf)) {
      if (value.startsWith('127.') || value.startsWith('169.254.') || ownerOfAddress(gathered.inventory, servers, value)) continue
      if (gathered.inventory.looked('Service')) nobody.set(value, { address: value, source })
      else inferred.set(value, source)
    }
  }
  return { nobody: [...nobody.values()], inferred }
}

/** kubelet wrote cluster search domains: the servers are meant to be the cluster's. */
const asksCluster = (conf: ResolvConf): boolean => conf.lines.some(l => l.keyword === 'search' && l.words.some(w => /^svc\./.test(w.value) || /\.svc\./.test(w.value)))
export const nameservers = (conf: ResolvConf): Sourced<string>[] => conf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1))

function inferredServices(addresses: ReadonlyMap<string, Source>, nodes: ReadonlyMap<string, LinkedNode>, coredns: readonly CorednsModel[], problems: Problem[]): ServiceModel[] {
  const live = coredns.filter(c => !c.down)
  return [...addresses].flatMap(([address, source]) => {
    problems.push({ code: 'dns-service-not-seen', message: `no Service is in the evidence: ${address} is taken for the cluster DNS, with every CoreDNS pod behind it`, source, state: 'unknown' })
    return [...nodes.keys()].map((node): ServiceModel => ({
      name: address, node, address, port: 53, protocols: ['udp', 'tcp'], whenEmpty: 'reject', affinity: 'flow', source,
      endpoints: live.flatMap(c => c.addresses.map(a => ({ value: { address: a, port: 53, node: c.node }, source: c.versionSource ?? source }))),
    }))
  })
}

function serversOf(node: LinkedNode): NodeServers {
  const conf = node.handedOn
  return {
    servers: conf?.servers ?? [], generatedBy: conf?.generatedBy, file: conf?.path, strayLines: conf?.strayLines ?? [], missing: conf?.missing ?? [],
    routes: node.dns.routes,
  }
}

export { corednsPods }

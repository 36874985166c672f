// A Service address on one node: kube-proxy's rules (iptables, ipvs and nftables choose from the same set; resolver-chain.md §8.1).
// The first packet of a flow draws an endpoint, uniformly, and conntrack keeps it for the rest of the flow: A and AAAA of one glibc
// socket meet the same replica, Go's two sockets may not. `sessionAffinity: ClientIP` binds a client for hours, so which replica it
// has is an unknown. So it is with ipvs, whose round robin is no chance: a flow gets the next in line, and all clients of the node move it.
// An empty set refuses at once (ICMP, RST) or is silent. A Service has no cache and no time of its own.
// Not modelled: a flow that outlives its endpoint, the conntrack insert race (§8.4), eBPF socket balancing (which draws at connect).
import { call, LOST, pick, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { ServiceModel } from '../chain/model.ts'
import { rational } from '../chain/rational.ts'
import { REFUSED_PORT, type DnsQuery } from '../dns/message.ts'
import { formatServer } from '../dns/socket-address.ts'

type Endpoints = ServiceModel['endpoints']

export function serviceHops(model: ServiceModel, reach: Reach): HopEntries {
  const hop: Hop = query => throughService(model, reach, query as unknown as DnsQuery)
  return [[hopId.service(model.node, model.address, model.port), hop]]
}

function* throughService(model: ServiceModel, reach: Reach, query: DnsQuery): HopRun {
  const { flow: _flow, ...passed } = query
  // Without a rule for its protocol the address belongs to nobody: the packet is routed away.
  if (!model.protocols.includes(query.transport)) return LOST
  const { endpoints, whenEmpty } = query.transport === 'tcp' && model.tcp ? model.tcp : model
  const first = endpoints[0]
  if (!first) return whenEmpty === 'reject' ? REFUSED_PORT : LOST
  const sockets = endpoints.map(endpoint => formatServer(endpoint.value))
  const chosen = endpoints.length === 1 ? undefined : yield* choose(model, endpoints, sockets, query)
  const { address, port } = (endpoints.find((_, i) => sockets[i] === chosen) ?? first).value
  return yield* call(reach(address, port), passed as Plain)
}

function* choose(model: ServiceModel, endpoints: Endpoints, options: readonly string[], { flow, client, name, type }: DnsQuery): HopRun<string> {
  const vip = `${model.address}:${model.port}`
  const at = `${model.name} on ${model.node} . endpoint`
  const choice = { at, options, source: model.source, optionSources: endpoints.map(endpoint => endpoint.source) }
  // The binding is kept per client address on each node (xt_recent, ipvs persistence), whatever the flow.
  if (model.affinity === 'client') return yield* pick({ ...choice, key: `affinity ${vip} on ${model.node} ${client ?? ''}`.trimEnd() })
  if (model.affinity === 'turn') return yield* pick({ ...choice, key: `turn ${vip} on ${model.node} ${flow ?? `${name} ${type}`}` })
  const odds = options.map(() => rational(1, options.length))
  return yield* pick({ ...choice, odds, ...(flow !== undefined && { key: `flow ${flow} ${vip}` }) })
}

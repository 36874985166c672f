// What the join must know of the cluster: whose an address is, where a Service leads, whose clock is off.
import { dnsServices, type CorednsPod } from '../cluster/coredns-pods.ts'
import { listOf, textOf } from '../cluster/fields.ts'
import { readIpAddr } from '../config/ip-addr.ts'
import type { JoinTopology } from '../evidence/trace.ts'
import type { Gathered } from './gather.ts'

export function joinTopology(gathered: Gathered, servers: readonly CorednsPod[]): JoinTopology {
  const { inventory } = gathered
  const own = servers.filter(s => s.role === 'coredns')
  const services = new Map<string, Set<string>>()
  for (const { service, addresses, servers: behind } of dnsServices(inventory, servers)) {
    const endpoints = inventory.slicesOf(service).flatMap(slice => listOf(slice.body, 'endpoints')).flatMap(e => listOf(e, 'addresses')).flatMap(a => (typeof a === 'string' ? [a] : []))
    for (const address of addresses) services.set(address, new Set([...behind.flatMap(s => s.addresses), ...endpoints]))
  }
  const nodes = nodeAddresses(gathered)
  const nodeOf = (place: string | undefined): string | undefined => {
    if (place === undefined || place.startsWith('node/')) return place?.slice(5)
    const pod = inventory.get('Pod', place.slice(place.indexOf('/') + 1), place.slice(0, place.indexOf('/')))
    return pod && textOf(pod.body, 'spec', 'nodeName')
  }
  const known = new Map<string, string | undefined>()
  const placeOf = (address: string): string | undefined => {
    if (!known.has(address)) {
      const pod = inventory.podByAddress(address)
      known.set(address, pod ? `${pod.namespace}/${pod.name}` : nodes.get(address))
    }
    return known.get(address)
  }
  const offsets = clockOffsets(gathered.layout.bundle?.text() ?? '')
  return {
    services,
    servers: own.map(s => ({ place: s.place, node: s.node, addresses: s.addresses, asksAhead: /^\s*(?:prefetch|serve_stale)\b/m.test(s.corefile?.text ?? '') })),
    placeOf,
    ...(offsets.size > 0 && { offsetMs: place => offsets.get(nodeOf(place) ?? '') ?? 0 }),
  }
}

function nodeAddresses(gathered: Gathered): ReadonlyMap<string, string> {
  const nodes = new Map<string, string>()
  for (const node of gathered.inventory.nodes) {
    for (const entry of listOf(node.body, 'status', 'addresses')) {
      const address = textOf(entry, 'address')
      if (address !== undefined) nodes.set(address, `node/${node.name}`)
    }
  }
  // A bridge's address is the node's too: what resolved on the node asks a pod comes from there.
  for (const [node, output] of gathered.layout.nodeOutput) {
    for (const link of readIpAddr(output.get('ip-addr.txt')?.text() ?? '')) for (const address of link.routable) nodes.set(address.replace(/\/.*$/, ''), `node/${node}`)
  }
  return nodes
}

const OFFSETS_MOST = 10_000

/** `clockOffsets:` of bundle.yaml: node → milliseconds that its clock is ahead. */
function clockOffsets(text: string): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>()
  const [, below = ''] = /^clockOffsets:[ \t]*\n((?:[ \t]+[^\n]*\n?)*)/m.exec(text.slice(0, 1_048_576)) ?? []
  for (const line of below.split('\n').slice(0, OFFSETS_MOST)) {
    const [, node, ms] = /^\s+['"]?([\w.-]{1,253})['"]?:\s*(-?\d{1,12}(?:\.\d{1,9})?)\s*$/.exec(line) ?? []
    if (node !== undefined && Number(ms) !== 0) offsets.set(node, Number(ms))
  }
  return offsets
}

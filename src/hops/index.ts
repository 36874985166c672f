// From a Model to a Chain: one entry for each hop and each of its continuations, and who answers at which address, seen
// from where. This is the only file that knows all kinds of hops.
import { LOST, type Chain, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { corednsAt, hopId, nodeLocalAt, type HopEntries, type Reach } from '../chain/hop.ts'
import type { CorednsModel, Model, UpstreamModel } from '../chain/model.ts'
import type { Problem } from '../chain/source.ts'
import { REFUSED_PORT, type Reply } from '../dns/message.ts'
import { isLoopback } from '../dns/socket-address.ts'
import { corednsHops } from './coredns/server.ts'
import { serviceHops } from './service-vip.ts'
import { stubHops } from './stub.ts'
import { resolvedHops } from './systemd-resolved.ts'
import { upstreamHop } from './upstream.ts'

export interface Wired {
  readonly chain: Chain
  readonly problems: readonly Problem[]
  /** Who answers at an address, seen from a node; an upstream that nobody asked before is added to the chain. */
  readonly reachFrom: (node: string) => Reach
  /** The upstreams that are hops of the chain, by hop id. */
  readonly upstreams: ReadonlyMap<string, Pick<UpstreamModel, 'address' | 'port'>>
}

/** ICMP port unreachable: the host is there, nobody listens. */
const CLOSED_PORT = 'closed port'
const NOBODY = 'nobody'

/** Makes every hop of the model. Upstreams become hops when somebody first asks them; one that is only named (nobody ever saw it answer) has an unknown view. */
export function buildChain(model: Model): Wired {
  const wiring = new Wiring(model)
  for (const stub of model.stubs) wiring.add(stubHops(stub, wiring.reachFrom(stub.node, undefined)))
  for (const coredns of model.coredns) wiring.addCoredns(coredns)
  for (const resolved of model.resolved) wiring.add(resolvedHops(resolved, wiring.reachFrom(resolved.node, undefined)))
  for (const service of model.services) wiring.add(serviceHops(service, wiring.reachFrom(service.node, undefined)))
  return { chain: wiring.chain, problems: wiring.problems, reachFrom: node => wiring.reachFrom(node, undefined), upstreams: wiring.asked }
}

class Wiring {
  readonly chain = new Map<string, Hop>([[CLOSED_PORT, () => fixed(REFUSED_PORT)], [NOBODY, () => fixed(LOST)]])
  readonly problems: Problem[] = []
  readonly asked = new Map<string, Pick<UpstreamModel, 'address' | 'port'>>()
  private readonly upstreams = new Map<string, UpstreamModel>()
  private readonly model: Model

  constructor(model: Model) {
    this.model = model
    for (const upstream of model.upstreams) this.upstreams.set(hopId.upstream(upstream.address, upstream.port), upstream)
  }

  add(entries: HopEntries): void {
    for (const [id, hop] of entries) this.chain.set(id, hop)
  }

  addCoredns(coredns: CorednsModel): void {
    const id = hopId.coredns(coredns.pod)
    if (coredns.down) {
      this.chain.set(id, () => fixed(REFUSED_PORT))
      return
    }
    if (coredns.refused) {
      const reply: Reply = { rcode: 'SERVFAIL', flags: [], answer: [], authority: [], additional: [], cause: { kind: 'unmodelled', by: id, detail: coredns.refused.value } }
      this.chain.set(id, () => fixed(reply as unknown as Plain))
      return
    }
    const { entries, problems } = corednsHops(coredns, this.reachFrom(coredns.node, coredns))
    this.add(entries)
    this.problems.push(...problems)
  }

  /** Who answers, seen from a network namespace: a node's, or that of one CoreDNS pod. Every query asks; the model is looked through once. */
  reachFrom(node: string, pod: CorednsModel | undefined): Reach {
    const reach = this.lookedUp(node, pod)
    const known = new Map<string, string>()
    return (address, port = 53) => {
      const key = `${address} ${port}`
      let id = known.get(key)
      if (id === undefined) known.set(key, id = reach(address, port))
      return id
    }
  }

  private lookedUp(node: string, pod: CorednsModel | undefined): (address: string, port: number) => string {
    const host = pod === undefined || pod.hostNetwork
    return (address, port) => {
      if (isLoopback(address)) return host ? this.onNodeLoopback(node, address, port) : listensOn(pod).has(port) ? hopId.coredns(pod.pod) : CLOSED_PORT
      const local = nodeLocalAt(this.model, node, address)
      if (local) return listensOn(local).has(port) ? hopId.coredns(local.pod) : CLOSED_PORT
      if (this.model.nobody.some(n => n.address === address && (n.node === undefined || n.node === node))) return NOBODY
      const service = this.model.services.find(s => s.node === node && s.address === address && s.port === port)
      if (service) return hopId.service(node, address, port)
      const server = corednsAt(this.model, address) ?? (isLinkLocal(address) ? this.onNode(node) : undefined)
      if (server) return hopId.coredns(server.pod)
      return this.upstream(address, port)
    }
  }

  private onNodeLoopback(node: string, address: string, port: number): string {
    const resolved = this.model.resolved.find(r => r.node === node)
    if (resolved?.stubListener && (address === '127.0.0.53' || address === '127.0.0.54') && port === 53) return hopId.resolved(node)
    const server = this.onNode(node)
    if (server) return hopId.coredns(server.pod)
    // Another local resolver (dnsmasq, unbound) may listen; the bundle does not say, so its view is unknown.
    return address === '127.0.0.53' && resolved ? CLOSED_PORT : this.upstream(address, port)
  }

  /** A CoreDNS that listens on every address of the node. */
  private onNode(node: string): CorednsModel | undefined {
    return this.model.coredns.find(c => c.hostNetwork && c.node === node && !(c.nodeAddresses && c.corefile.blocks.every(b => b.directives.some(d => d.name === 'bind'))))
  }

  private upstream(address: string, port: number): string {
    const id = hopId.upstream(address, port)
    this.asked.set(id, { address, port })
    if (!this.chain.has(id)) this.add(upstreamHop(this.upstreams.get(id) ?? { address, port, view: [], reachable: 'unknown', reachableSources: [] }))
    return id
  }
}

function* fixed(value: Plain): HopRun {
  return value
}

/** Ports of the server blocks; a key that names none has 53. */
const listensOn = (pod: CorednsModel): ReadonlySet<number> => new Set(pod.corefile.blocks.flatMap(b => b.keys.map(k => Number(/:(\d+)$/.exec(k.value)?.[1] ?? 53))))

const isLinkLocal = (address: string): boolean => address.startsWith('169.254.')

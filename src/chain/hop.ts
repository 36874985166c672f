// How hops are made and wired. `hops/index.ts` turns a Model into a Chain with these; drivers see only the Chain.
import type { Hop } from './effects.ts'
import type { CorednsModel, Model } from './model.ts'

/** What a hop factory returns: the hop itself and the continuations it calls, each under its own id. */
export type HopEntries = readonly (readonly [id: string, hop: Hop])[]

/** The hop that answers at `address` (and UDP/TCP `port`, default 53), as seen from the place the asking hop lives in.
 * Loopback is the place's own listener, a Service VIP the node's rules, anything else an upstream. Always an id of the chain. */
export type Reach = (address: string, port?: number) => string

/** The NodeLocal DNSCache that has the address on this node. */
export const nodeLocalAt = (model: Pick<Model, 'coredns'>, node: string | undefined, address: string): CorednsModel | undefined =>
  model.coredns.find(c => c.node === node && c.nodeAddresses?.some(a => a.value === address))

/** The CoreDNS whose pod has the address. NodeLocal DNSCache is met at `nodeAddresses` alone: what its pod has is its node's. */
export const corednsAt = (model: Pick<Model, 'coredns'>, address: string): CorednsModel | undefined =>
  model.coredns.find(c => !c.nodeAddresses && c.addresses.includes(address))

/** Hop ids. One spelling, in one place, so that witnesses and pins can name them. */
export const hopId = {
  stub: (place: string): string => `stub ${place}`,
  service: (node: string, address: string, port: number): string => `service ${address}:${port} on ${node}`,
  coredns: (pod: string): string => `coredns ${pod}`,
  resolved: (node: string): string => `systemd-resolved ${node}`,
  upstream: (address: string, port = 53): string => `upstream ${address}${port === 53 ? '' : `:${port}`}`,
}

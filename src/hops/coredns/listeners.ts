// Which sockets a CoreDNS process listens on, and which blocks each serves: core/dnsserver/register.go and address.go, 1.9.3 to 1.15.0. All
// keys with one transport, address and port are one listener; a packet comes to the socket with its own address before one for all.
// Not modelled: who gets a packet among several equal sockets (`multisocket`, a reload under way): they serve the same.
import type { BlockKey } from './block-keys.ts'
import { joinHostPort } from './go-host-port.ts'
import { since, type CorednsVersion } from './plugin.ts'

export interface ServedBlock {
  readonly keys: readonly BlockKey[]
  readonly hasView: boolean
  /** Of `bind`; empty = all. */
  readonly addresses: readonly string[]
  /** `bind` left it none at all. */
  readonly isBoundNowhere: boolean
  /** Of `multisocket`. */
  readonly sockets: number
  /** `tls` is set up. */
  readonly hasTls: boolean
}

export interface Listener<B extends ServedBlock> {
  readonly transport: string
  /** Empty = all addresses. */
  readonly address: string
  readonly port: number
  readonly sockets: number
  /** In the order of the file. */
  readonly served: readonly { readonly zone: string; readonly block: B }[]
}

const hostsOf = (block: ServedBlock): readonly string[] => (block.addresses.length > 0 || block.isBoundNowhere ? block.addresses : [''])

export function listenersOf<B extends ServedBlock>(blocks: readonly B[]): readonly Listener<B>[] {
  const groups = new Map<string, { transport: string; address: string; port: number; sockets: number; served: { zone: string; block: B }[] }>()
  for (const block of blocks) {
    for (const { transport, port, zones } of block.keys) {
      if (transport === 'unix') continue
      for (const zone of zones) {
        for (const address of hostsOf(block)) {
          const id = `${transport}://${joinHostPort(address, port)}`
          const group = groups.get(id) ?? { transport, address, port, sockets: block.sockets, served: [] }
          groups.set(id, group)
          group.served.push({ zone, block })
        }
      }
    }
  }
  return [...groups.values()]
}

/** The listener that gets what is sent to `address` and `port`; undefined = nobody listens there. */
export const listenerAt = <L extends Pick<Listener<ServedBlock>, 'transport' | 'address' | 'port'>>(listeners: readonly L[], address: string, port: number): L | undefined => {
  const mine = listeners.filter(l => l.transport === 'dns' && l.port === port)
  return mine.find(l => l.address === address) ?? mine.find(l => l.address === '' || l.address === '::' || (l.address === '0.0.0.0' && !address.includes(':')))
}

const LARGEST_PORT = 65_535

/** The first reason for which these blocks cannot be served together, with the key it is about. */
export function servingFault(blocks: readonly ServedBlock[], version: CorednsVersion): { readonly text: string; readonly key: BlockKey } | undefined {
  const overlap = zoneOverlap(blocks, version)
  const port = blocks.flatMap(b => b.keys).find(k => k.port > LARGEST_PORT || k.port < 0)
  const invalid = port && { text: `address ${port.port}: invalid port`, key: port }
  // Since 1.10 the sockets are looked at first.
  return since(version, 1, 10) ? invalid ?? withoutTls(blocks) ?? overlap : overlap ?? invalid
}

function withoutTls(blocks: readonly ServedBlock[]): { readonly text: string; readonly key: BlockKey } | undefined {
  const key = blocks.filter(b => !b.hasTls).flatMap(b => b.keys).find(k => k.transport === 'https3')
  return key && { text: 'DoH3 requires TLS, no TLS config found', key }
}

/** Zones that two keys claim on one socket. Blocks with a view are told apart by it. */
function zoneOverlap(blocks: readonly ServedBlock[], version: CorednsVersion): { readonly text: string; readonly key: BlockKey } | undefined {
  const claimed = new Map<string, readonly string[]>()
  const text = (zone: string, address: string): string => (address === '' ? zone : `${zone} on ${address}`)
  for (const block of blocks) {
    for (const [nth, { key, zone }] of claimsOf(block).entries()) {
      // 1.9.3 looks before the addresses of the first key are given to the others.
      const hosts = nth > 0 && !since(version, 1, 10) ? [''] : hostsOf(block)
      for (const address of hosts) {
        const others = claimed.get(zone) ?? []
        const same = others.includes(address)
        if (same && !(block.hasView && since(version, 1, 14, 3))) return { text: `cannot serve ${text(zone, address)} - it is already defined`, key }
        const other = same ? undefined : address === '' ? others.at(-1) : others.find(o => o === '')
        if (other !== undefined) return { text: `cannot serve ${text(zone, address)} - zone overlap listener capacity with ${text(zone, other)}`, key }
        if (!block.hasView) claimed.set(zone, [...others, address])
      }
    }
  }
  return undefined
}

const claimsOf = (block: ServedBlock): { key: BlockKey; zone: string }[] =>
  block.keys.flatMap(key => key.zones.map(zone => ({ key, zone: `${key.transport}://${zone}:${key.port}` })))

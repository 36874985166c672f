// One attempt of `forward` to get a reply from one upstream: plugin/pkg/proxy/connect.go, 1.9.3 to 1.15.0.
// Not modelled: pooled connections and the ports they keep, the dial time-out that adapts to earlier dials (30 s at first, down to 1 s).
import { ask, LOOP, note, sleep, type HopRun, type Plain } from '../../chain/effects.ts'
import { FLAG_ORDER, REFUSED_PORT, type DnsQuery, type Reply } from '../../dns/message.ts'
import { socketText } from '../../dns/socket-address.ts'
import { cutDatagram } from './cut-datagram.ts'
import type { ForwardOptions, Server } from './forward-options.ts'
import { sourceAddress } from './local-address.ts'
import { plain, since, type PluginSetup } from './plugin.ts'
import { clientBytes } from './server-reply.ts'

/** Odd things an upstream does on the wire; they arrive like a reply. */
export const ODD = {
  /** A TCP connection that is accepted, and then silence. */
  silentConnection: 'SILENT_CONNECTION',
  /** A TCP connection that is accepted and closed. */
  closedConnection: 'CLOSED_CONNECTION',
  /** A datagram that ends in the middle of a record. */
  overflow: 'OVERFLOW',
  /** A datagram without a whole header. */
  short: 'SHORT',
  /** No route to it. */
  unreachable: 'UNREACHABLE',
  /** A firewall of the node itself. */
  notPermitted: 'NOT_PERMITTED',
} as const

export type Attempt = { readonly spentMs: number } & (
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: 'lost' | 'refused' | 'loop' | 'broken' }
)

/** Where a dial begins: twice the 15 s that the average starts with. */
const FIRST_DIAL_MS = 30_000
const LATER_DIAL_MS = 1000

export function* exchange(setup: PluginSetup, options: ForwardOptions, server: Server, query: DnsQuery): HopRun<Attempt> {
  const first = options.forceTcp ? 'tcp' : options.preferUdp ? 'udp' : query.transport
  const bufferBytes = clientBytes(query)
  const attempt = yield* once(setup, options, server, { ...query, transport: first }, bufferBytes)
  const isCut = attempt.kind === 'reply' && attempt.reply.flags.includes('tc') && first === 'udp' && options.preferUdp
  if (!isCut) return attempt
  const again = yield* once(setup, options, server, { ...query, transport: 'tcp' }, bufferBytes)
  return { ...again, spentMs: attempt.spentMs + again.spentMs }
}

/** `bufferBytes`: a UDP reply is read into as much as the client takes; a client on TCP takes the most. */
function* once(setup: PluginSetup, options: ForwardOptions, server: Server, query: DnsQuery, bufferBytes: number): HopRun<Attempt> {
  if (server.broken !== undefined) return { kind: 'failed', error: server.broken, cause: 'broken', spentMs: 0 }
  const { client: _, aliases: _inside, metadata: _labels, ...rest } = query
  const own = sourceAddress(setup.model, server.address)
  const sent: DnsQuery = { ...rest, ...(own !== undefined && { client: own }) }
  yield* note({ kind: 'upstream-asked', by: setup.server, to: server.label, name: sent.name, type: sent.type, transport: sent.transport, query: plain(sent) })
  const dialMs = options.forceTcp ? FIRST_DIAL_MS : LATER_DIAL_MS
  const limitMs = sent.transport === 'tcp' ? Math.max(dialMs, options.readTimeoutMs) : options.readTimeoutMs
  const [arrival] = yield* ask([{ hop: setup.reach(server.address, server.port), query: plain(sent) }], limitMs)
  if (!arrival) return sent.transport === 'udp' ? timedOut(setup, server, 'udp', limitMs) : failed(`dial tcp ${socketText(server)}: i/o timeout`, 'lost', dialMs)
  const attempt = arrived(setup, options, server, sent, { ...arrival, bufferBytes })
  // What came is no reply, and the read goes on until its deadline.
  if (attempt.spentMs > arrival.atMs) yield* sleep(attempt.spentMs - arrival.atMs)
  return attempt
}

const failed = (error: string, cause: 'lost' | 'refused' | 'loop' | 'broken', spentMs: number): Attempt => ({ kind: 'failed', error, cause, spentMs })

/** `read udp 10.244.0.5:0->192.0.2.53:53`: the port of the own side is not known. */
function socket(setup: PluginSetup, server: Server, transport: string): string {
  const own = sourceAddress(setup.model, server.address) ?? '0.0.0.0'
  return `read ${transport} ${socketText({ address: own, port: 0 })}->${socketText(server)}`
}

const timedOut = (setup: PluginSetup, server: Server, transport: string, spentMs: number): Attempt =>
  failed(`${socket(setup, server, transport)}: i/o timeout`, 'lost', spentMs)

interface Arrived {
  readonly value: Plain
  readonly atMs: number
  readonly bufferBytes: number
}

function arrived(setup: PluginSetup, options: ForwardOptions, server: Server, query: DnsQuery, { value, atMs, bufferBytes }: Arrived): Attempt {
  const { transport } = query
  // 1.11.0 waited for a better datagram, too; 1.11.1 took that back.
  const waits = since(setup.version, 1, 14, 7) || (since(setup.version, 1, 11) && !since(setup.version, 1, 11, 1))
  if (value === LOOP) {
    // With `max_concurrent` the innermost query of the loop is refused, and that reply comes back through all of them.
    const spentMs = options.maxConcurrent > 0 ? atMs : options.readTimeoutMs
    return failed(`${socket(setup, server, transport)}: i/o timeout`, 'loop', spentMs)
  }
  if (value === REFUSED_PORT) {
    const error = transport === 'udp' ? `${socket(setup, server, 'udp')}: read: connection refused` : `dial tcp ${socketText(server)}: connect: connection refused`
    return failed(error, 'refused', atMs)
  }
  if (value === ODD.unreachable) return failed(`dial ${transport} ${socketText(server)}: connect: network is unreachable`, 'lost', atMs)
  if (value === ODD.notPermitted) return failed(`${socket(setup, server, transport).replace('read', 'write')}: write: operation not permitted`, 'lost', atMs)
  if (value === ODD.silentConnection) return timedOut(setup, server, transport, options.readTimeoutMs)
  if (value === ODD.closedConnection) return failed('EOF', 'lost', atMs)
  if (value === ODD.overflow) {
    return since(setup.version, 1, 11, 3) ? { kind: 'reply', reply: cutShort(query), spentMs: atMs } : failed('dns: buffer size too small', 'broken', atMs)
  }
  if (value === ODD.short) {
    return waits ? timedOut(setup, server, transport, options.readTimeoutMs) : failed('dns: short read', 'broken', atMs)
  }
  const { uncompressed, ...reply } = value as unknown as Reply
  const cut = transport === 'udp' ? cutDatagram(reply.question?.name ?? query.name, { ...reply, ...(uncompressed && { uncompressed }) }, bufferBytes) : undefined
  if (cut && 'reply' in cut) return { kind: 'reply', reply: cut.reply, spentMs: atMs }
  if (cut) {
    if (!since(setup.version, 1, 11, 3)) return failed(cut.error, 'broken', atMs)
    return { kind: 'reply', reply: { ...cutShort(query), rcode: reply.rcode, flags: [...new Set(['tc', ...reply.flags])].sort(byWire) }, spentMs: atMs }
  }
  return { kind: 'reply', reply, spentMs: atMs }
}

const order: readonly string[] = FLAG_ORDER
const byWire = (a: string, b: string): number => order.indexOf(a) - order.indexOf(b)

const cutShort = (query: DnsQuery): Reply =>
  ({ rcode: 'NOERROR', flags: ['tc', ...(query.rd ? ['rd'] : []), 'ra'], answer: [], authority: [], additional: [], cause: { kind: 'truncated', by: 'upstream' } })

// The scripted upstreams of a scenario on real sockets. What a rule does is what `answer` of test/fidelity/coredns-replay-upstream.ts does in virtual time.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { DnsQuery } from '../../src/dns/message.ts'
import { bytesOfHex } from '../../src/dns/presentation-bytes.ts'
import { queryFromWire, replyToWire } from '../../src/dns/wire-chain.ts'
import { decodeMessage } from '../../src/dns/wire-decode.ts'
import { framed, Frames } from '../../src/drivers/serve-frames.ts'
import { RuleFinder } from '../fidelity/coredns-replay-rules.ts'
import { replyOf } from '../fidelity/coredns-replay-upstream.ts'
import type { Lane } from './lane.ts'
import type { Observed, Rule, Script } from './scenario.ts'

type Asked = NonNullable<Observed['upstreamAsked']>[number] & { readonly atMs: number; readonly size: number }
type Send = (bytes: Uint8Array, thenClose: boolean) => void

export class LiveUpstreams {
  script: Script
  /** Every question that came, in order. */
  readonly asked: Asked[] = []
  private readonly lane: Lane
  private readonly rules = new RuleFinder()
  private readonly udp: UdpSocket[] = []
  private readonly tcp: Server[] = []
  private readonly connections = new Set<Socket>()
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly beganMs = performance.now()

  constructor(script: Script, lane: Lane) {
    this.script = script
    this.lane = lane
  }

  async open(addresses: readonly string[]): Promise<void> {
    await Promise.all(addresses.flatMap(address => [this.openUdp(address), this.openTcp(address)]))
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer)
    for (const socket of this.udp) socket.close()
    for (const server of this.tcp) server.close()
    for (const connection of this.connections) connection.destroy()
  }

  private async openUdp(address: string): Promise<void> {
    const socket = createSocket({ type: 'udp4', reusePort: true })
    this.udp.push(socket)
    socket.on('message', (bytes, from) => this.take(address, 'udp', bytes, reply => socket.send(reply, from.port, from.address), () => {}))
    socket.bind(this.lane.ports.upstream, this.lane.real(address))
    await once(socket, 'listening')
    socket.on('error', () => {})
  }

  private async openTcp(address: string): Promise<void> {
    const server = createServer(connection => {
      this.connections.add(connection)
      connection.on('close', () => this.connections.delete(connection))
      connection.on('error', () => {})
      const frames = new Frames()
      connection.on('data', chunk => {
        frames.push(chunk)
        for (let message = frames.next(); message; message = frames.next()) {
          this.take(address, 'tcp', message, (reply, thenClose) => {
            connection.write(framed(reply))
            if (thenClose) connection.end()
          }, () => connection.destroy())
        }
      })
    })
    this.tcp.push(server)
    server.listen({ port: this.lane.ports.upstream, host: this.lane.real(address), reusePort: true })
    await once(server, 'listening')
  }

  private take(address: string, transport: 'udp' | 'tcp', bytes: Uint8Array, send: Send, drop: () => void): void {
    const { message } = decodeMessage(bytes)
    const query = queryFromWire(message, { transport })
    if (!query) return
    this.asked.push({
      to: address, proto: transport, name: query.name, type: query.type, flags: (['rd', 'ad', 'cd'] as const).filter(f => query[f]),
      opt: query.edns ? { size: query.edns.sizeBytes, do: query.edns.do === true, options: (query.edns.options ?? []).map(([code, hex]) => ({ code, hex: this.lane.writtenHex(hex) })) } : null,
      atMs: Math.round(performance.now() - this.beganMs), size: bytes.length,
    })
    const rule = this.rules.find(this.script, address, query)
    if (!rule || rule.do.drop) return
    if (rule.do.close) return drop()
    const reply = packetOf(rule, query, message.id)
    if (!reply) return
    const { delayMs, thenClose = false } = rule.do
    if (!delayMs) return send(reply, thenClose)
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      send(reply, thenClose)
    }, delayMs)
    this.timers.add(timer)
  }
}

function packetOf({ do: act }: Rule, query: DnsQuery, id: number): Uint8Array | undefined {
  if (act.raw !== undefined) return withId(bytesOfHex(act.raw) ?? new Uint8Array(0), id)
  const { value } = replyToWire(replyOf(act, query), query, act.wrongId ? id ^ 1 : id)
  return value && act.chop !== undefined ? value.slice(0, act.chop) : value
}

function withId(bytes: Uint8Array, id: number): Uint8Array {
  const out = bytes.slice()
  out.set([id >> 8, id & 255])
  return out
}

// The scripted upstreams of a scenario on real sockets. What a rule does is what `scripted` of test/fidelity/coredns-replay.ts does in virtual time.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { DnsQuery, Edns, Reply } from '../../src/dns/message.ts'
import { nameKey } from '../../src/dns/name.ts'
import { bytesOfHex } from '../../src/dns/presentation-bytes.ts'
import { queryFromWire, replyToWire } from '../../src/dns/wire-chain.ts'
import { decodeMessage } from '../../src/dns/wire-decode.ts'
import { framed, Frames } from '../../src/drivers/serve-frames.ts'
import type { Lane } from './lane.ts'
import type { Observed, Rule, Script } from './scenario.ts'

type Asked = NonNullable<Observed['upstreamAsked']>[number] & { readonly atMs: number; readonly size: number }
type Send = (bytes: Uint8Array, thenClose: boolean) => void

export class LiveUpstreams {
  script: Script
  /** Every question that came, in order. */
  readonly asked: Asked[] = []
  private readonly lane: Lane
  private readonly counts = new Map<string, number>()
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
    const socket = createSocket('udp4')
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
    server.listen(this.lane.ports.upstream, this.lane.real(address))
    await once(server, 'listening')
  }

  private take(address: string, transport: 'udp' | 'tcp', bytes: Uint8Array, send: Send, drop: () => void): void {
    const { message } = decodeMessage(bytes)
    const query = queryFromWire(message, { transport })
    if (!query) return
    this.asked.push({
      to: address, proto: transport, name: query.name, type: query.type, flags: (['rd', 'ad', 'cd'] as const).filter(f => query[f]),
      opt: query.edns ? { size: query.edns.sizeBytes, do: query.edns.do === true, options: (query.edns.options ?? []).map(([code, hex]) => ({ code, hex })) } : null,
      atMs: Math.round(performance.now() - this.beganMs), size: bytes.length,
    })
    const rule = this.script[address]?.find((r, i) => this.fits(r, `${address} ${i} ${query.name} ${query.type}`, query))
    if (!rule || rule.do.drop) return
    if (rule.do.close) return drop()
    const reply = packetOf(rule, query, message.id)
    if (!reply) return
    const thenClose = (rule.do as { readonly thenClose?: boolean }).thenClose === true
    if (!rule.do.delayMs) return send(reply, thenClose)
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      send(reply, thenClose)
    }, rule.do.delayMs)
    this.timers.add(timer)
  }

  private fits({ when = {} }: Rule, id: string, query: DnsQuery): boolean {
    const same = (when.name === undefined || nameKey(when.name) === nameKey(query.name)) && (when.type ?? query.type) === query.type && (when.proto ?? query.transport) === query.transport
    if (!same || !when.nth) return same
    const count = (this.counts.get(id) ?? 0) + 1
    this.counts.set(id, count)
    return when.nth.includes(count)
  }
}

export function packetOf({ do: act }: Rule, query: DnsQuery, id: number): Uint8Array | undefined {
  if (act.raw !== undefined) return withId(bytesOfHex(act.raw) ?? new Uint8Array(0), id)
  const records = (lines: readonly string[] = []): Reply['answer'] => lines.map(line => {
    const [owner = '', ttl = '', cls = '', type = '', ...data] = line.split(' ')
    return { name: owner === '@' ? query.name : owner, type, ttlS: Number(ttl), ...(cls !== 'IN' && { class: cls }), data: data.map(d => (d === '@' ? query.name : d)).join(' ') }
  })
  const asked = act.noQuestion ? { name: '', type: '' } : act.question === undefined ? undefined : { name: act.question.split(' ')[0] as string, type: act.question.split(' ')[1] as string }
  const edns: Edns | undefined = act.opt === 'echo' ? query.edns && { sizeBytes: query.edns.sizeBytes, ...(query.edns.do && { do: true }) } : act.opt && {
    sizeBytes: act.opt.size, ...(act.opt.do && { do: true }), options: (act.opt.options ?? []).map(o => [o.code, o.hex] as const),
  }
  const made = replyToWire({
    rcode: act.rcode ?? 'NOERROR', flags: [...(act.flags ?? ['ra']), ...(query.rd ? ['rd'] : []), ...(query.cd ? ['cd'] : [])],
    answer: records(act.answer), authority: records(act.authority), additional: records(act.additional), ...(edns && { edns }), ...(asked && { question: asked }),
  }, query, act.wrongId ? id ^ 1 : id)
  return made.value && act.chop !== undefined ? made.value.slice(0, act.chop) : made.value
}

function withId(bytes: Uint8Array, id: number): Uint8Array {
  const out = bytes.slice()
  out.set([id >> 8, id & 255])
  return out
}

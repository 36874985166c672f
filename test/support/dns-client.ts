// Clients for a server on loopback, over the project's own codec. Nothing waits for a time to pass: that a packet got no answer is told by the
// answer to a later one, because a server handles what comes to one socket in order.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { DnsQuery } from '../../src/dns/message.ts'
import { queryToWire } from '../../src/dns/wire-chain.ts'
import { framed, Frames } from '../../src/drivers/serve-frames.ts'

export interface DnsClient {
  readonly port: number
  /** Sends a packet as it is. */
  readonly send: (packet: Uint8Array) => void
  /** The next packet that comes. */
  readonly next: () => Promise<Uint8Array>
  readonly ask: (query: DnsQuery) => Promise<Uint8Array>
  /** What the server sent before it answered a last question, in order, that answer left out. */
  readonly answersTo: (packets: Iterable<Uint8Array>, last: DnsQuery) => Promise<readonly Uint8Array[]>
  readonly close: () => void
}

const LAST_ID = 0xfffe

export const packetOf = (query: DnsQuery, id: number): Uint8Array => queryToWire(query, id).value as Uint8Array
export const question = (name: string, type = 'A', more: Partial<DnsQuery> = {}): DnsQuery => ({ name, type, transport: 'udp', rd: true, ...more })

function clientOver(port: number, send: (packet: Uint8Array) => void, close: () => void): { readonly client: DnsClient, readonly came: (packet: Uint8Array) => void } {
  const waiting: ((packet: Uint8Array) => void)[] = []
  const here: Uint8Array[] = []
  const next = (): Promise<Uint8Array> => {
    const packet = here.shift()
    return packet ? Promise.resolve(packet) : new Promise(resolve => waiting.push(resolve))
  }
  let id = 0
  const client: DnsClient = {
    port, send, next, close,
    ask: async query => {
      id = (id + 1) % LAST_ID
      send(packetOf(query, id))
      return next()
    },
    answersTo: async (packets, last) => {
      for (const packet of packets) send(packet)
      send(packetOf(last, LAST_ID))
      const answers: Uint8Array[] = []
      for (let answer = await next(); ((answer[0] as number) << 8 | (answer[1] as number)) !== LAST_ID; answer = await next()) answers.push(answer)
      return answers
    },
  }
  return { client, came: packet => { (waiting.shift() ?? (p => void here.push(p)))(packet) } }
}

export async function udpClient(server: number): Promise<DnsClient> {
  const socket = createSocket('udp4')
  socket.connect(server, '127.0.0.1')
  await once(socket, 'connect')
  const { client, came } = clientOver(socket.address().port, packet => socket.send(packet), () => socket.close())
  socket.on('message', came)
  return client
}

export async function tcpClient(server: number): Promise<DnsClient & { readonly socket: Socket }> {
  const socket = connect(server, '127.0.0.1')
  await once(socket, 'connect')
  const frames = new Frames()
  const { client, came } = clientOver(socket.localPort ?? 0, packet => socket.write(framed(packet)), () => socket.destroy())
  socket.on('data', chunk => {
    frames.push(chunk)
    for (let packet = frames.next(); packet; packet = frames.next()) came(packet)
  })
  socket.on('error', () => {})
  return { ...client, socket }
}

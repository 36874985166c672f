// The chain as a DNS server: the hops that `explore` and `simulate` run, on real UDP and TCP sockets, with real time and real chance. The
// only driver that is not pure. `call`, and `ask` of another hop of the chain, stay in this process; a hop may be given a real server
// instead. An unknown is drawn when it is first met and stays what it is; `onUnknown` hears of it.
// What packets get that are no queries is `serve-door.ts`; what runs a lookup, `serve-tasks.ts`; what is kept between lookups, `serve-memory.ts`.
// Not modelled: ICMP for a Service without endpoints over UDP (silence instead), several processes, priorities of the kernel's queues.
import { randomInt } from 'node:crypto'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Chain, Note, Plain } from '../chain/effects.ts'
import { REFUSED_PORT, type DnsQuery, type Reply } from '../dns/message.ts'
import { atTheDoor, isReply, replyBytes, untold, type DoorWays } from './serve-door.ts'
import { ServedMemory } from './serve-memory.ts'
import { Tasks, type Clock, type Ended } from './serve-tasks.ts'
import { serveConnection, type Answer } from './serve-tcp.ts'
import { realUpstreams, type Upstream } from './serve-upstream.ts'

export type { Clock } from './serve-tasks.ts'
export type { Upstream } from './serve-upstream.ts'

export interface ServeOptions {
  /** An IP address of this machine. */
  readonly address: string
  /** The same for UDP and TCP; 0 = any that is free for both. */
  readonly port: number
  /** Real milliseconds for each one of the model: 0.1 = ten times as fast. */
  readonly timeScale?: number
  readonly door?: DoorWays
  /** Real servers in place of hops. */
  readonly ask?: (hop: string) => Upstream | undefined
  readonly world?: ReadonlyMap<string, Plain>
  readonly guess?: (key: string) => Plain
  readonly onUnknown?: (key: string, is: Plain) => void
  readonly onServed?: (served: ServedQuery) => void
  /** A mistake of the model, or of a socket; serving goes on. */
  readonly onFault?: (error: unknown) => void
  /** In place of the real ones, for tests. */
  readonly clock?: Clock
  readonly below?: (n: number) => number
}

/** A query that the chain was asked, and how that ended. */
export interface ServedQuery {
  readonly query: DnsQuery
  readonly id: number
  readonly clientPort: number
  /** Undefined: silence, or a reset of the connection. */
  readonly reply: Reply | undefined
  readonly elapsedMs: number
  readonly notes: readonly Note[]
}

export interface ServeCounts {
  /** Packets by what became of them: given to the chain, refused before it, ignored, too many at once. */
  readonly asked: number
  readonly refused: number
  readonly ignored: number
  readonly dropped: number
}

export interface Serving {
  readonly address: string
  readonly port: number
  /** All unknowns met so far, and those given. */
  readonly world: () => ReadonlyMap<string, Plain>
  readonly counts: () => ServeCounts
  /** Caches and flows are forgotten, as after a restart of everything. */
  readonly clear: () => void
  readonly close: () => Promise<void>
}

const MOST_CONNECTIONS = 512
const MOST_BINDS = 16

/** Rejects with the system's error (`EADDRINUSE`, `EACCES`) when the port cannot be had. */
export async function serve(chain: Chain, root: string, options: ServeOptions): Promise<Serving> {
  const server = new DnsServer(chain, root, options)
  const port = await server.listen()
  return {
    address: options.address, port, world: () => server.memory.world, counts: () => ({ ...server.counts }),
    clear: () => server.memory.clear(), close: () => server.close(),
  }
}

class DnsServer {
  readonly counts = { asked: 0, refused: 0, ignored: 0, dropped: 0 }
  readonly memory: ServedMemory
  private readonly root: string
  private readonly options: ServeOptions
  private readonly clock: Clock
  private readonly tasks: Tasks
  private readonly connections = new Set<Socket>()
  private udp: UdpSocket | undefined
  private tcp: Server | undefined

  constructor(chain: Chain, root: string, options: ServeOptions) {
    const { ask, guess, onUnknown, onFault } = options
    this.root = root
    this.options = options
    this.clock = options.clock ?? realClock(options.timeScale ?? 1)
    this.memory = new ServedMemory({ below: options.below ?? randomInt, world: options.world ?? new Map(), ...(guess && { guess }), ...(onUnknown && { onUnknown }) })
    this.tasks = new Tasks({ chain, memory: this.memory, clock: this.clock, ...(ask && { remote: realUpstreams(ask) }), ...(onFault && { onFault }) })
  }

  async listen(): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const tcp = createServer({ allowHalfOpen: true, pauseOnConnect: false }, socket => this.connected(socket))
      tcp.maxConnections = MOST_CONNECTIONS
      const port = await bound(tcp, () => tcp.listen(this.options.port, this.options.address, MOST_CONNECTIONS))
      const udp = createSocket({ type: isIPv6(this.options.address) ? 'udp6' : 'udp4', lookup: asGiven, recvBufferSize: RECEIVE_BYTES })
      try {
        await bound(udp, () => udp.bind(port, this.options.address))
      } catch (error) {
        tcp.close()
        if (this.options.port === 0 && attempt < MOST_BINDS && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue
        throw error
      }
      udp.on('message', (packet, from) => this.datagram(udp, packet, from.address, from.port))
      for (const socket of [tcp, udp]) socket.on('error', error => this.options.onFault?.(error))
      this.udp = udp
      this.tcp = tcp
      return port
    }
  }

  async close(): Promise<void> {
    this.tasks.close()
    for (const socket of this.connections) socket.destroy()
    await Promise.all([this.udp, this.tcp].map(socket => socket && new Promise<void>(resolve => socket.close(() => resolve()))))
  }

  private datagram(udp: UdpSocket, packet: Uint8Array, address: string, port: number): void {
    this.answer(packet, 'udp', address, port, answer => {
      if (typeof answer === 'string') return
      try {
        udp.send(answer, port, address)
      } catch (error) {
        // The socket was closed while the lookup went on.
        this.options.onFault?.(error)
      }
    })
  }

  private connected(socket: Socket): void {
    const { remoteAddress, remotePort } = socket
    if (remoteAddress === undefined || remotePort === undefined) return void socket.destroy()
    this.connections.add(socket)
    socket.on('close', () => this.connections.delete(socket))
    serveConnection(socket, this.clock, (packet, send) => this.answer(packet, 'tcp', remoteAddress, remotePort, send))
  }

  private answer(packet: Uint8Array, transport: DnsQuery['transport'], address: string, clientPort: number, send: (answer: Answer) => void): void {
    const client = address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address
    const door = atTheDoor(packet, { transport, client, flow: `${transport} ${client}#${clientPort}` }, this.options.door)
    if (door.kind === 'silence') {
      this.counts.ignored++
      return send('silence')
    }
    if (door.kind === 'refused') {
      this.counts.refused++
      return send(door.bytes)
    }
    const { query, id } = door
    const begun = this.tasks.lookUp({ hop: this.root, query: query as unknown as Plain }, ended => {
      const { reply, answer } = outgoing(ended, query, id)
      send(answer)
      this.options.onServed?.({ query, id, clientPort, reply, elapsedMs: ended.elapsedMs, notes: ended.notes })
    })
    this.counts[begun ? 'asked' : 'dropped']++
    if (!begun) send('silence')
  }
}

/** Loopback has no losses; a burst that comes while a lookup is worked out waits here. */
const RECEIVE_BYTES = 4 * 1024 * 1024
/** An IPv4 client of an IPv6 socket. */
const MAPPED = '::ffff:'

/** What goes back for the value that the root ended in. */
function outgoing({ value }: Ended, query: DnsQuery, id: number): { readonly reply: Reply | undefined; readonly answer: Answer } {
  if (!isReply(value)) return { reply: undefined, answer: value === REFUSED_PORT ? 'refused' : 'silence' }
  const said = value as unknown as Reply
  const why = said.cause?.kind === 'unmodelled' ? said.cause.detail ?? said.cause.by : undefined
  const bytes = why === undefined ? replyBytes(said, query, id) : undefined
  if (bytes) return { reply: said, answer: bytes }
  const reply = untold(query, why ?? `an answer exists, nobody saw which: ${query.name} ${query.type}`)
  return { reply, answer: replyBytes(reply, query, id) ?? 'silence' }
}

const asGiven = (address: string, _: unknown, done: (error: null, address: string, family: number) => void): void => done(null, address, isIPv6(address) ? 6 : 4)

function bound(socket: Server | UdpSocket, bind: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('listening', () => {
      socket.off('error', reject)
      resolve((socket.address() as AddressInfo).port)
    })
    bind()
  })
}

/** setTimeout's own limit. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

function realClock(timeScale: number): Clock {
  return {
    nowMs: () => performance.now() / timeScale,
    after: (ms, run) => {
      const timer = setTimeout(run, Math.min(ms * timeScale, LONGEST_TIMER_MS))
      return () => clearTimeout(timer)
    },
  }
}

// One question to a real server, and what came back as a recorded row has it.
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { queryToWire, replyFromWire } from '../../src/dns/wire-chain.ts'
import { bytesOfHex } from '../../src/dns/presentation-bytes.ts'
import { decodeMessage } from '../../src/dns/wire-decode.ts'
import { FLAG, headerBits } from '../../src/dns/wire-message.ts'
import { className, opcodeName, typeName } from '../../src/dns/wire-numbers-table.ts'
import { framed, Frames } from '../../src/drivers/serve-frames.ts'
import { dnsQuery, octets } from '../fidelity/coredns-replay-rows.ts'
import type { Lane } from './lane.ts'
import type { Observed, Query } from './scenario.ts'

/** Longer than forward's 5 s and one more read time-out. */
const PATIENCE_MS = 9000
/** For bytes that are no question: the server is silent at once, or replies at once. */
const RAW_PATIENCE_MS = 600

const patienceMs = (query: Query): number => (query.rawHex === undefined ? PATIENCE_MS : RAW_PATIENCE_MS)
const tooLate = (query: Query): string => `no reply within ${patienceMs(query) / 1000}s`

const CLIENT = '127.0.0.1'

function packetOf(query: Query, id: number): Uint8Array {
  if (query.rawHex !== undefined) return bytesOfHex(query.rawHex) ?? new Uint8Array(0)
  const made = queryToWire(dnsQuery(query), id)
  if (!made.value) throw new Error(`no packet can hold ${JSON.stringify(query)}`)
  const bytes = made.value.slice()
  if (query.aa) bytes[2] = (bytes[2] as number) | FLAG.aa >> 8
  return bytes
}

/** A question on its way: what came first, and, once nobody waits any more, what came behind it. */
export interface Asking {
  readonly observed: Observed & { readonly elapsedMs: number }
  readonly close: () => Pick<Observed, 'extraReplies'>
}

/** Never rejects: what went wrong is `noReply`, as the recordings have it. */
export async function ask(query: Query, id: number, lane: Lane): Promise<Asking> {
  const began = performance.now()
  const { first, close } = await (query.proto === 'tcp' ? overTcp : overUdp)(query, packetOf(query, id), lane)
  const elapsedMs = Math.round((performance.now() - began) * 10) / 10
  return {
    observed: typeof first === 'string' ? { noReply: first, elapsedMs } : { ...seen(first, id, lane), elapsedMs },
    close: () => {
      const more = close()
      return more.length === 0 ? {} : { extraReplies: more.map(bytes => seen(bytes, id, lane)) }
    },
  }
}

/** The first message, or why there is none; `close` gives those behind it. */
interface Exchanged {
  readonly first: Uint8Array | string
  readonly close: () => readonly Uint8Array[]
}

type Exchange = (query: Query, packet: Uint8Array, lane: Lane) => Promise<Exchanged>

/** Messages as they come, the socket closed by whoever asked. */
class Mailbox {
  readonly exchanged: Promise<Exchanged>
  private readonly messages: Uint8Array[] = []
  private readonly limit: NodeJS.Timeout
  private readonly shut: () => void
  private settle: (exchanged: Exchanged) => void = () => {}

  constructor(query: Query, shut: () => void) {
    this.shut = shut
    this.exchanged = new Promise(resolve => { this.settle = resolve })
    this.limit = setTimeout(() => this.end(tooLate(query)), patienceMs(query))
  }

  take(message: Uint8Array): void {
    this.messages.push(message)
    if (this.messages.length === 1) this.end(message)
  }

  end(first: Uint8Array | string): void {
    clearTimeout(this.limit)
    this.settle({ first, close: () => {
      this.shut()
      return this.messages.slice(1)
    } })
  }
}

const overUdp: Exchange = (query, packet, lane) => {
  const socket = createSocket('udp4')
  const box = new Mailbox(query, () => {
    socket.removeAllListeners()
    socket.on('error', () => {})
    socket.close()
  })
  socket.on('message', message => box.take(message))
  socket.on('error', error => box.end(error.message))
  socket.bind(0, lane.real(query.from ?? CLIENT), () => {
    socket.connect(lane.ports.server, lane.real(CLIENT), () => socket.send(packet))
  })
  return box.exchanged
}

const overTcp: Exchange = (query, packet, lane) => {
  const socket = connect({ port: lane.ports.server, host: lane.real(CLIENT), localAddress: lane.real(query.from ?? CLIENT) }, () => socket.write(framed(packet)))
  const frames = new Frames()
  const box = new Mailbox(query, () => socket.destroy())
  socket.on('data', chunk => {
    frames.push(chunk)
    for (let message = frames.next(); message; message = frames.next()) box.take(message)
  })
  socket.on('error', error => box.end(error.message))
  socket.on('close', () => box.end('closed'))
  return box.exchanged
}

const WIRE_FLAGS = ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const

function seen(bytes: Uint8Array, id: number, lane: Lane): Observed {
  const { message, faults } = decodeMessage(bytes)
  const bits = headerBits(message.flags)
  const reply = replyFromWire(message)
  const lines = (records: typeof reply.answer): string[] => records.map(r => lane.written(`${r.name} ${r.ttlS} ${r.class ?? 'IN'} ${r.type} ${octets(r)}`))
  return {
    rcode: reply.rcode, flags: [...(bits.qr ? ['qr'] : []), ...WIRE_FLAGS.filter(f => bits[f])],
    question: message.questions.map(q => `${q.name.text} ${className(q.class)} ${typeName(q.type)}`),
    answer: lines(reply.answer), authority: lines(reply.authority), additional: lines(reply.additional),
    opt: reply.edns ? {
      version: reply.edns.version ?? 0, size: reply.edns.sizeBytes, do: reply.edns.do === true, options: (reply.edns.options ?? []).map(([code, hex]) => ({ code, hex: lane.writtenHex(hex) })),
    } : null,
    wireSize: bytes.length, ...(bits.opcode !== 0 && { opcode: opcodeName(bits.opcode) }), ...(message.id !== id && { idMatches: false }),
    ...(faults.length > 0 && { faults: faults.map(f => f.code) }),
  } as Observed
}

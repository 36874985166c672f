// The message a capture is at → an observation that outlives it. Only for messages somebody wants: of a capture of millions, those about one name
// (`questionMatcher`). Its bytes are copied and decoded when asked for; what repeats (endpoints, questions, flags) is shared.
import { decodeMessage, type Decoded } from '../dns/wire-decode.ts'
import { replyFromWire } from '../dns/wire-chain.ts'
import { FLAG, headerBits } from '../dns/wire-message.ts'
import { nameToBytes, NAME_ROOM } from '../dns/wire-name.ts'
import { className, rcodeName, typeName } from '../dns/wire-numbers-table.ts'
import { hashName, newScan, sameNameBytes, scanMessage } from '../dns/wire-scan.ts'
import { ip4Text, ip6Text } from '../dns/presentation-address.ts'
import { absolute } from '../dns/name.ts'
import { FLAG_ORDER, type Reply } from '../dns/message.ts'
import { MESSAGE, REFUSED, TCP, type CapturedMessage } from './capture-cursor.ts'
import { packetSource } from './capture-oddities.ts'
import type { DnsPacket, Endpoint, PrintedReply } from './observation.ts'

export interface PacketOrigin {
  readonly file: string
  readonly place: string | undefined
  /** `CaptureReader.interfaceName`. */
  readonly interfaceName?: (index: number) => string | undefined
}

type Question = NonNullable<DnsPacket['question']>

/** Shared values are forgotten together at this many: a capture of random names fills no memory. */
const SHARED_LIMIT = 65_536
const ARENA_BYTES = 64 * 1024
const HEADER_BYTES = 12
const ALL_FLAGS = FLAG_ORDER.reduce((mask, flag) => mask | FLAG[flag], 0)
const PASSING: readonly DnsPacket['passing'][] = ['in', 'in', 'in', 'by', 'out']

/** A maker of observations from one capture. */
export function packetMaker(origin: PacketOrigin): (m: CapturedMessage) => DnsPacket {
  const endpointOf = sharedEndpoints()
  const questionOf = sharedQuestions()
  const copyOf = copier()
  const flagsBy = new Map<number, readonly string[]>()
  const scan = newScan()
  const flagsOf = (bits: number): readonly string[] => {
    let known = flagsBy.get(bits & ALL_FLAGS)
    if (!known) flagsBy.set(bits & ALL_FLAGS, (known = FLAG_ORDER.filter(flag => headerBits(bits)[flag])))
    return known
  }
  return m => {
    const length = m.messageEnd - m.start
    const hasQuestion = scanMessage(m.message, m.start, m.messageEnd, scan) && scan.qtype >= 0
    const hasHeader = length >= HEADER_BYTES
    const id = length >= 2 ? m.messageView.getUint16(m.start) : -1
    const isReply = hasHeader && (scan.flags & FLAG.qr) !== 0
    const isRefusal = m.event !== MESSAGE
    const question = hasQuestion ? questionOf(m.message, scan.qnameStart, scan.qnameEnd, scan.qtype, scan.qclass) : undefined
    const direction = isRefusal ? (m.event === REFUSED ? 'refused' as const : 'unreachable' as const) : isReply ? 'reply' as const : 'query' as const
    const from = endpointOf(m, m.fromAt, m.fromPort)
    const to = endpointOf(m, m.toAt, m.toPort)
    const rcode = isReply && !isRefusal ? rcodeName(scan.rcode) : undefined
    return {
      kind: 'packet', place: origin.place, atMs: Number.isNaN(m.atMs) ? undefined : m.atMs,
      source: packetSource(origin.file, m.number, m.base + m.recordStart, m.base + m.recordEnd, said(from, to, direction, id, question, rcode)),
      interface: origin.interfaceName?.(m.interfaceIndex) ?? (m.kernelInterface >= 0 ? `ifindex ${m.kernelInterface}` : undefined),
      passing: m.packetType < 0 ? undefined : PASSING[m.packetType],
      from, to, transport: m.transport === TCP ? 'tcp' : 'udp', direction,
      ...(isRefusal && hasHeader && { refused: isReply ? 'reply' as const : 'query' as const }),
      id, flags: hasHeader ? flagsOf(scan.flags) : [], question, rcode, bytes: copyOf(m.message, m.start, m.messageEnd), missingBytes: m.missingBytes,
    }
  }
}

function said(from: Endpoint, to: Endpoint, direction: string, id: number, question: Question | undefined, rcode: string | undefined): string {
  return `${from.address}.${from.port} > ${to.address}.${to.port}: ${id < 0 ? '' : `${id} `}${rcode ?? direction} ${question ? `${question.type}? ${question.name}` : ''}`
}

function sharedEndpoints(): (m: CapturedMessage, at: number, port: number) => Endpoint {
  const narrow = new Map<number, Endpoint>()
  const wide = new Map<string, Endpoint>()
  const bytes = new Uint8Array(16)
  return (m, at, port) => {
    for (let i = 0; i < m.addressBytes; i++) bytes[i] = m.header.getUint8(at + i)
    if (m.addressBytes === 4) {
      const key = m.header.getUint32(at) * 65_536 + port
      let known = narrow.get(key)
      if (!known) {
        if (narrow.size >= SHARED_LIMIT) narrow.clear()
        narrow.set(key, (known = { address: ip4Text(bytes), port }))
      }
      return known
    }
    const address = ip6Text(bytes)
    const key = `${address} ${port}`
    let known = wide.get(key)
    if (!known) {
      if (wide.size >= SHARED_LIMIT) wide.clear()
      wide.set(key, (known = { address, port }))
    }
    return known
  }
}

interface KnownQuestion {
  readonly name: Uint8Array
  readonly type: number
  readonly dnsClass: number
  readonly question: Question
}

function sharedQuestions(): (bytes: Uint8Array, start: number, end: number, type: number, dnsClass: number) => Question {
  let known = new Map<number, KnownQuestion[]>()
  return (bytes, start, end, type, dnsClass) => {
    const hash = hashName(bytes, start, end) ^ type
    let bucket = known.get(hash)
    const same = bucket?.find(each => each.type === type && each.dnsClass === dnsClass && each.name.length === end - start
      && each.name.every((byte, i) => byte === bytes[start + i]))
    if (same) return same.question
    if (known.size >= SHARED_LIMIT) known = new Map()
    if (!bucket || bucket.length > 8) known.set(hash, (bucket = []))
    const name = bytes.slice(start, end)
    const question = { name: nameText(name), type: typeName(type), class: className(dnsClass) }
    bucket.push({ name, type, dnsClass, question })
    return question
  }
}

/** A message of nothing but the question gives its name in the codec's spelling. */
function nameText(name: Uint8Array): string {
  const message = new Uint8Array(HEADER_BYTES + name.length + 4)
  message[5] = 1
  message.set(name, HEADER_BYTES)
  return decodeMessage(message).message.questions[0]?.name.text ?? '.'
}

/** Copies go into blocks: a view costs less than an allocation of its own. */
function copier(): (bytes: Uint8Array, start: number, end: number) => Uint8Array {
  let block = new Uint8Array(0)
  let used = 0
  return (bytes, start, end) => {
    const length = end - start
    if (used + length > block.length) {
      block = new Uint8Array(Math.max(ARENA_BYTES, length))
      used = 0
    }
    block.set(bytes.subarray(start, end), used)
    used += length
    return block.subarray(used - length, used)
  }
}

const decoded = new WeakMap<DnsPacket, Decoded>()

/** The whole message with what is wrong with it, decoded once. Undefined: the capture has no byte of it. */
export function messageIn(packet: DnsPacket): Decoded | undefined {
  if (packet.bytes.length === 0) return undefined
  let known = decoded.get(packet)
  if (!known) decoded.set(packet, (known = decodeMessage(packet.bytes)))
  return known
}

/** What a reply says, in the words of the chain. Undefined: no reply, or text that does not list its answer. Of a reply that is cut off: what could be read.
 * `question`: what it answers, where the packet itself does not say (pasted text). */
export function replyIn(packet: DnsPacket, question = packet.question): Reply | undefined {
  if (packet.direction !== 'reply') return undefined
  if (packet.printed) return printedReply(packet, packet.printed, question?.name ?? '')
  const found = messageIn(packet)
  return found && replyFromWire(found.message, question && { name: question.name, type: question.type, transport: packet.transport })
}

/** Printed answers follow each other along the aliases, from the question's name on. */
function printedReply(packet: DnsPacket, printed: PrintedReply, asked: string): Reply | undefined {
  if (packet.rcode === undefined || (printed.answerCount > 0 && printed.answer.length === 0)) return undefined
  let owner = asked
  const answer = printed.answer.map(record => {
    const named = record.name === '' ? { ...record, name: owner } : record
    if (record.type === 'CNAME') owner = record.data
    return named
  })
  return { rcode: packet.rcode, flags: packet.flags, answer, authority: [], additional: [] }
}

/** True for messages about one of `names`, letters of either case; refusals without a question pass, as nobody can say. Allocates nothing. */
export function questionMatcher(names: readonly string[]): (m: CapturedMessage) => boolean {
  const scan = newScan()
  const wanted = names.flatMap(name => {
    const room = new Uint8Array(NAME_ROOM)
    const length = nameToBytes(absolute(name), room)
    return typeof length === 'number' ? [room.subarray(0, length)] : []
  })
  return m => {
    if (!scanMessage(m.message, m.start, m.messageEnd, scan) || scan.qtype < 0) return m.event !== MESSAGE || scan.questionCount === 0
    for (const name of wanted) if (sameNameBytes(m.message, scan.qnameStart, scan.qnameEnd, name, 0, name.length)) return true
    return false
  }
}

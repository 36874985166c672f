// Between packets and the chain: what a DNS server of CoreDNS' kind (miekg/dns server.go, acceptfunc.go, msg.go; coredns.md §2.2) does
// with a packet before any plugin sees it, and how a reply leaves. Total: any bytes give silence, a reply or a query.
// Not modelled: compression pointers of a question's name into the header or forward (refused here), RDATA of a query that one parser takes
// and the other does not.
import type { Plain } from '../chain/effects.ts'
import type { DnsQuery, Reply } from '../dns/message.ts'
import { emptyRdataCounted } from '../dns/empty-rdata.ts'
import { OPT_BYTES, recordBytes } from '../dns/size.ts'
import { queryFromWire, recordFromWire, replyToWire, type Arrival } from '../dns/wire-chain.ts'
import { decodeMessage } from '../dns/wire-decode.ts'
import { bytesOfHex, hexOf } from '../dns/presentation-bytes.ts'
import type { FaultCode } from '../dns/wire-fault.ts'
import { FLAG, HEADER_END, optOf, TYPE_OPT, type WireMessage, type WireRecord } from '../dns/wire-message.ts'
import { typeName } from '../dns/wire-numbers-table.ts'
import { u16 } from '../dns/wire-reader.ts'

export type AtTheDoor =
  | { readonly kind: 'silence' }
  | { readonly kind: 'refused'; readonly bytes: Uint8Array }
  | { readonly kind: 'query'; readonly query: DnsQuery; readonly id: number }

const SILENCE: AtTheDoor = { kind: 'silence' }
/** MinMsgSize: what is longer is cut by the read. */
export const UDP_READ_BYTES = 512
const QUERY = 0
const NOTIFY = 4
const [FORMERR, SERVFAIL, NOTIMP] = [1, 2, 4]
const MOST_ADDITIONAL = 2
const QUESTION_REST = 4
const OPCODE_BITS = 0x7800
/** What the server copies from the query into a reply of its own: opcode, RD and CD. */
const COPIED = OPCODE_BITS | FLAG.rd | FLAG.cd

/** Faults of ours that are none there. */
const TAKEN: ReadonlySet<FaultCode> = new Set([
  'trailing-bytes', 'opt-owner-not-root', 'opt-repeated', 'opt-misplaced', 'type-bitmap-not-canonical', 'svcb-params-not-ascending', 'option-malformed',
])

/** What releases of the server do not do alike. */
export interface DoorWays {
  /** A question that ends in the middle of its class has class 0 (miekg/dns up to v1.1.66, unpackQuestion). */
  readonly takesHalfClass?: boolean
}

export function atTheDoor(packet: Uint8Array, arrival: Arrival, ways: DoorWays = {}): AtTheDoor {
  const bytes = arrival.transport === 'udp' && packet.length > UDP_READ_BYTES ? packet.subarray(0, UDP_READ_BYTES) : packet
  if (bytes.length < HEADER_END) return SILENCE
  const flags = u16(bytes, 2)
  if ((flags & FLAG.qr) !== 0) return SILENCE
  const opcode = (flags & OPCODE_BITS) >> 11
  if (opcode !== QUERY && opcode !== NOTIFY) return { kind: 'refused', bytes: headerOnly(bytes, rejected(flags, NOTIMP) | (flags & OPCODE_BITS)) }
  if (u16(bytes, 4) !== 1 || u16(bytes, 6) > 1 || u16(bytes, 8) > 1 || u16(bytes, 10) > MOST_ADDITIONAL) return { kind: 'refused', bytes: headerOnly(bytes, rejected(flags, FORMERR)) }
  // A header that announces a question and ends is read without error, and a server without a question fails.
  if (bytes.length === HEADER_END) return { kind: 'refused', bytes: headerOnly(bytes, FLAG.qr | (opcode === QUERY ? flags & COPIED : flags & OPCODE_BITS) | SERVFAIL) }
  return parsed(withWholeQuestion(bytes, ways), flags, arrival)
}

function parsed(bytes: Uint8Array, flags: number, arrival: Arrival): AtTheDoor {
  const { message, faults } = decodeMessage(bytes)
  const query = queryFromWire(message, arrival)
  // No RDATA at all is right for every type.
  const isOfEmpty = (at: number): boolean => recordsOf(message).some(record => isEmpty(record) && record.rdataStart === at)
  const isBad = faults.some(({ code, start, end }) => !TAKEN.has(code) && !(code === 'count-exceeds-data' && start >= bytes.length) && !(start === end && isOfEmpty(start)))
  if (query && !isBad && !recordsOf(message).some(hasWrongOption)) {
    const besideBytes = bytesBeside(message)
    return { kind: 'query', query: { ...rewritten(query), ...(besideBytes > 0 && { besideBytes }) }, id: message.id }
  }
  const header = rejected(flags, FORMERR)
  if (!query) return { kind: 'refused', bytes: headerOnly(bytes, header) }
  const echo = replyToWire({ rcode: 'FORMERR', flags: [], answer: [], authority: [], additional: [] }, { ...query, opcode: 'QUERY' }, message.id)
  const out = echo.value ? echo.value.slice() : headerOnly(bytes, header)
  out[2] = header >> 8
  out[3] = header
  return { kind: 'refused', bytes: out }
}

const isEmpty = ({ rdataStart, end }: WireRecord): boolean => rdataStart === end

const recordsOf = ({ answers, authorities, additionals }: WireMessage): readonly WireRecord[] => [...answers, ...authorities, ...additionals]

/** Of all records but the OPT that counts, uncompressed. */
function bytesBeside(message: WireMessage): number {
  const counts = optOf(message)
  return recordsOf(message).filter(record => record !== counts)
    .reduce((sum, record) => sum + (record.type === TYPE_OPT ? optBytes(record) : recordBytes(recordFromWire(record), 0) + (isEmpty(record) ? emptyRdataCounted(typeName(record.type)) : 0)), 0)
}

const optBytes = ({ rdata }: WireRecord): number =>
  OPT_BYTES + (rdata.kind === 'OPT' ? rdata.options.reduce((sum, { code, data }) => sum + 4 + (code === SUBNET ? maskedSubnet(data) : data).length, 0) : 0)

/** Client subnets are written again with no more octets than their prefix has. */
function rewritten(query: DnsQuery): DnsQuery {
  const options = query.edns?.options
  if (!query.edns || !options?.some(([code]) => code === SUBNET)) return query
  return { ...query, edns: { ...query.edns, options: options.map(([code, hex]) => [code, code === SUBNET ? hexOf(maskedSubnet(bytesOfHex(hex) ?? new Uint8Array(0))).toLowerCase() : hex] as const) } }
}

function maskedSubnet(data: Uint8Array): Uint8Array {
  const bits = u16(data, 0) === 0 ? 0 : data[2] as number
  const address = Uint8Array.from({ length: Math.ceil(bits / 8) }, (_, i) => (data[4 + i] ?? 0) & (0xff << Math.max(0, 8 * (i + 1) - bits)))
  return Uint8Array.of(...data.subarray(0, 4), ...address)
}

/** Lengths that the option's own reader takes (edns.go, unpack), by code; others are taken as they are. */
const OPTION_LENGTHS: ReadonlyMap<number, (length: number) => boolean> = new Map([
  [1, length => length >= 18], [2, length => length === 4 || length === 8], [9, length => length === 0 || length >= 4], [11, length => length === 0 || length === 2],
  [15, length => length >= 2],
])
const SUBNET = 8

const hasWrongOption = ({ rdata }: WireRecord): boolean =>
  rdata.kind === 'OPT' && rdata.options.some(({ code, data }) => (code === SUBNET ? !isSubnet(data) : OPTION_LENGTHS.get(code)?.(data.length) === false))

function isSubnet(data: Uint8Array): boolean {
  if (data.length < 4) return false
  const [family, source, scope] = [u16(data, 0), data[2] as number, data[3] as number]
  if (family === 0) return source === 0
  const most = family === 1 ? 32 : family === 2 ? 128 : -1
  return source <= most && scope <= most
}

/** SetRcodeFormatError: the query's own bits go back, but for AA and Z; the opcode becomes QUERY. */
const rejected = (flags: number, rcode: number): number =>
  FLAG.qr | (flags & (FLAG.tc | FLAG.rd | FLAG.ra | FLAG.ad | FLAG.cd)) | rcode

function headerOnly(bytes: Uint8Array, flags: number): Uint8Array {
  const out = new Uint8Array(HEADER_END)
  out.set(bytes.subarray(0, 2))
  out[2] = flags >> 8
  out[3] = flags
  return out
}

/** A question that ends after its name or after its type is taken: what is missing is 0. */
function withWholeQuestion(bytes: Uint8Array, { takesHalfClass = false }: DoorWays): Uint8Array {
  let at = HEADER_END
  while (at < bytes.length && (bytes[at] as number) > 0 && (bytes[at] as number) < 64) at += (bytes[at] as number) + 1
  const missing = at + 1 + QUESTION_REST - bytes.length
  if (bytes[at] !== 0 || (missing !== QUESTION_REST && missing !== 2 && !(missing === 1 && takesHalfClass))) return bytes
  const whole = new Uint8Array(bytes.length + missing)
  whole.set(missing === 1 ? bytes.subarray(0, -1) : bytes)
  return whole
}

/** UDP replies that fit the client's size uncompressed are compressed all the same above these (request.go, Scrub). */
const UNFRAGMENTED_IPV4 = 1480
const UNFRAGMENTED_IPV6 = 1220
const SMALLEST_UDP_BYTES = 512
const LARGEST_BYTES = 65_535
/** RFC 8914: EXTENDED DNS ERROR, code 0, Other. */
const EDE = 15
const EDE_OTHER = '0000'

/** A reply as CoreDNS writes it: in full where that fits, else compressed. Undefined: no packet can hold it. */
export function replyBytes(reply: Reply, query: DnsQuery, id: number): Uint8Array | undefined {
  const limit = query.transport === 'tcp' ? LARGEST_BYTES : Math.min(clientBytes(reply, query), query.client?.includes(':') ? UNFRAGMENTED_IPV6 : UNFRAGMENTED_IPV4)
  const whole = replyToWire(reply, query, id)
  const fits = whole.value ? whole.value.length <= limit : whole.fault.code !== 'message-too-long'
  return fits ? whole.value : replyToWire(reply, query, id, { compress: true }).value
}

/** The size that the reply's own OPT repeats is the one the server cut it to (`bufsize` may have lowered it). */
const clientBytes = (reply: Reply, query: DnsQuery): number =>
  query.edns ? Math.max(SMALLEST_UDP_BYTES, reply.edns?.sizeBytes ?? query.edns.sizeBytes) : SMALLEST_UDP_BYTES

/** A value of the chain that is a reply; anything else is silence. */
export const isReply = (value: Plain): boolean => typeof value === 'object' && value !== null && 'rcode' in value

/** What is sent in place of an answer nobody knows: SERVFAIL, with the reason where the client can read one. */
export function untold(query: DnsQuery, why: string): Reply {
  const text = [...new TextEncoder().encode(`whydns: ${why}`)].slice(0, 200).map(b => b.toString(16).padStart(2, '0')).join('')
  return {
    rcode: 'SERVFAIL', flags: [...(query.rd ? ['rd'] : []), ...(query.cd ? ['cd'] : [])], answer: [], authority: [], additional: [],
    ...(query.edns && { edns: { sizeBytes: query.edns.sizeBytes, options: [[EDE, EDE_OTHER + text]] } }),
    cause: { kind: 'unmodelled', by: 'whydns', detail: why },
  }
}

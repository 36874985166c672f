// Between the wire and what the chain passes on (`message.ts`): words for numbers, text for RDATA, EDNS beside the sections.
import { FLAG_ORDER, type DnsQuery, type Edns, type Rcode, type Reply, type ResourceRecord } from './message.ts'
import { nameKey } from './name.ts'
import { bytesOfHex, hexOf } from './presentation-bytes.ts'
import { rdataFromText, rdataToText } from './presentation-record.ts'
import { readOption } from './edns-options.ts'
import type { Fault, Result } from './wire-fault.ts'
import { failed } from './wire-fault.ts'
import { encodeMessage } from './wire-encode.ts'
import type { EncodeOptions } from './wire-encode.ts'
import type { Flag, WireMessage, WireQuestion, WireRecord } from './wire-message.ts'
import { FLAG, headerBits, newRecord, optOf, rcodeOf, TYPE_OPT } from './wire-message.ts'
import { nameFromText, newName } from './wire-name.ts'
import { className, classNumber, opcodeName, opcodeNumber, rcodeName, rcodeNumber, typeName, typeNumber } from './wire-numbers-table.ts'

const CLASS_IN = 1
const EDNS_DO = 0x8000
/** RFC 2181 §8: a TTL with the highest bit set counts as 0. */
const TTL_SIGN = 0x80000000
const QUERY_FLAGS = ['rd', 'ad', 'cd'] as const

/** Fields of a query that the packet itself does not hold. */
export type Arrival = Pick<DnsQuery, 'transport' | 'client' | 'flow'>

/** The first question; undefined: there is none, or its name cannot be read. */
export function queryFromWire(message: WireMessage, arrival: Arrival): DnsQuery | undefined {
  const question = message.questions[0]
  if (question === undefined || question.name.broken) return undefined
  const bits = headerBits(message.flags)
  const edns = ednsFromWire(message)
  return {
    name: question.name.text, type: typeName(question.type), ...(question.class !== CLASS_IN && { class: className(question.class) }), ...arrival,
    ...(bits.rd && { rd: true }), ...(bits.ad && { ad: true }), ...(bits.cd && { cd: true }),
    ...(edns && { edns }), ...(bits.opcode !== 0 && { opcode: opcodeName(bits.opcode) }),
  }
}

function ednsFromWire(message: WireMessage): Edns | undefined {
  const opt = optOf(message)
  if (opt === undefined) return undefined
  const version = (opt.ttl >> 16) & 0xff
  const options = opt.rdata.kind === 'OPT' ? opt.rdata.options : []
  return {
    sizeBytes: opt.class, ...((opt.ttl & EDNS_DO) !== 0 && { do: true }), ...(version !== 0 && { version }),
    ...(options.length > 0 && { options: options.map(option => [option.code, hexOf(option.data).toLowerCase()] as const) }),
  }
}

/**
 * `query`: what it answers, if that is known; its question is then left out when it is the same, letters of either case.
 * Why a reply is what it is (`cause`) is not on the wire. Records with a name that cannot be read are left out: the faults of decoding name them.
 */
export function replyFromWire(message: WireMessage, query?: DnsQuery): Reply {
  const bits = headerBits(message.flags)
  const edns = ednsFromWire(message)
  const question = message.questions[0]
  const asked = question && !question.name.broken ? { name: question.name.text, type: typeName(question.type) } : undefined
  const isEcho = asked !== undefined && query !== undefined && nameKey(asked.name) === nameKey(query.name) && asked.type === query.type
  return {
    rcode: rcodeName(rcodeOf(message)), flags: FLAG_ORDER.filter(flag => bits[flag]),
    answer: recordsFromWire(message.answers), authority: recordsFromWire(message.authorities), additional: recordsFromWire(message.additionals),
    ...(edns && { edns }), ...(asked && !isEcho && { question: asked }),
  }
}

const recordsFromWire = (records: readonly WireRecord[]): ResourceRecord[] => records.filter(record => record.type !== TYPE_OPT && !isBroken(record)).map(recordFromWire)

const isBroken = ({ name, rdata }: WireRecord): boolean =>
  name.broken === true || Object.values(rdata).some(value => typeof value === 'object' && value !== null && 'broken' in value)

export function recordFromWire(record: WireRecord): ResourceRecord {
  return {
    name: record.name.text, type: typeName(record.type), ttlS: record.ttl >= TTL_SIGN ? 0 : record.ttl,
    ...(record.class !== CLASS_IN && { class: className(record.class) }), data: rdataToText(record.rdata),
  }
}

/** Names without a trailing dot are taken as absolute. */
export function recordToWire(record: ResourceRecord): Result<WireRecord> {
  const name = nameFromText(record.name, '.')
  if (name.fault) return name
  const type = typeNumber(record.type)
  if (type === undefined) return failed('text-type', 0, record.type.length)
  const dnsClass = record.class === undefined ? CLASS_IN : classNumber(record.class)
  if (dnsClass === undefined) return failed('text-class', 0, (record.class ?? '').length)
  const own = rdataFromText(type, record.data, { origin: '.', class: dnsClass })
  // A server may write the address of IN into a record of another class, as CoreDNS's whoami does.
  const rdata = own.fault && dnsClass !== CLASS_IN ? rdataFromText(type, record.data, { origin: '.', class: CLASS_IN }) : own
  return rdata.fault ? rdata : { value: newRecord(name.value, type, dnsClass, Math.max(0, Math.floor(record.ttlS)) >>> 0, rdata.value) }
}

function questionToWire({ name, type, class: word }: { readonly name: string; readonly type: string; readonly class?: string | undefined }): Result<WireQuestion> {
  const wire = nameFromText(name, '.')
  if (wire.fault) return wire
  const [number, dnsClass] = [typeNumber(type), classNumber(word ?? 'IN')]
  if (number === undefined) return failed('text-type', 0, type.length)
  if (dnsClass === undefined) return failed('text-class', 0, (word ?? '').length)
  return { value: { name: wire.value, type: number, class: dnsClass, start: -1, end: -1 } }
}

/** `rcode`: its upper eight bits travel here. Options that are not hexadecimal are left out by the caller's own fault. */
function optToWire(edns: Edns, rcode: number): Result<WireRecord> {
  const options = []
  for (const [code, hex] of edns.options ?? []) {
    const data = bytesOfHex(hex)
    if (data === undefined || data.length > 0xffff) return failed('text-hex', 0, hex.length)
    options.push({ code, data, value: readOption(code, data), start: -1, end: -1 })
  }
  const ttl = (((rcode >> 4) << 24) | ((edns.version ?? 0) << 16) | (edns.do ? EDNS_DO : 0)) >>> 0
  return { value: newRecord(newName('.'), TYPE_OPT, edns.sizeBytes, ttl, { kind: 'OPT', options }) }
}

const bitsOf = (flags: readonly Flag[]): number => flags.reduce((bits, flag) => bits | FLAG[flag], 0)

/** A packet asks with the opcode, flags and EDNS of the query; transport, client and flow are not in it. */
export function queryToWire(query: DnsQuery, id: number): Result<Uint8Array> {
  const question = questionToWire(query)
  if (question.fault) return question
  const opt = query.edns && optToWire(query.edns, 0)
  if (opt?.fault) return opt
  const flags = bitsOf(QUERY_FLAGS.filter(flag => query[flag])) | ((opcodeNumber(query.opcode ?? 'QUERY') ?? 0) << 11)
  return encoded({ id, flags, questions: [question.value], answers: [], authorities: [], additionals: opt ? [opt.value] : [] }, {})
}

/** The packet that answers `query`; a question without a name is left out. OPT is the last record. A record that no packet can hold is a
 * fault of the whole. */
export function replyToWire(reply: Reply, query: DnsQuery, id: number, options: EncodeOptions = {}): Result<Uint8Array> {
  const question = reply.question?.name === '' ? undefined : questionToWire({ ...query, ...reply.question })
  if (question?.fault) return question
  const rcode = rcodeNumber(reply.rcode as Rcode) ?? 0
  if (rcode > 15 && reply.edns === undefined) return failed('rcode-needs-edns', 0, 0)
  const sections: WireRecord[][] = []
  for (const records of [reply.answer, reply.authority, reply.additional]) {
    const section = recordsToWire(records)
    if (section.fault) return section
    sections.push(section.value)
  }
  const opt = reply.edns && optToWire(reply.edns, rcode)
  if (opt?.fault) return opt
  const [answers, authorities, additionals] = sections as [WireRecord[], WireRecord[], WireRecord[]]
  if (opt) additionals.push(opt.value)
  const flags = FLAG.qr | bitsOf(FLAG_ORDER.filter(flag => reply.flags.includes(flag))) | ((opcodeNumber(query.opcode ?? 'QUERY') ?? 0) << 11) | (rcode & 15)
  return encoded({ id, flags, questions: question ? [question.value] : [], answers, authorities, additionals }, options)
}

function recordsToWire(records: readonly ResourceRecord[]): Result<WireRecord[]> {
  const out: WireRecord[] = []
  for (const record of records) {
    const wire = recordToWire(record)
    if (wire.fault) return wire
    out.push(wire.value)
  }
  return { value: out }
}

function encoded(message: WireMessage, options: EncodeOptions): Result<Uint8Array> {
  const total = [message.answers, message.authorities, message.additionals].some(section => section.length > 0xffff)
  const bytes = total ? undefined : encodeMessage(message, options)
  return bytes && bytes.length <= 0xffff ? { value: bytes } : { fault: tooLong(bytes?.length ?? 0xffff) }
}

const tooLong = (length: number): Fault => ({ code: 'message-too-long', start: 0xffff, end: Math.max(0xffff, length) })

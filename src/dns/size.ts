// Length of a message on the wire, computed from its values as miekg/dns 1.1 computes it (msg.go, msg_truncate.go, length helpers):
// CoreDNS decides by it whether to compress and what to cut off. Names are compressed as there: owner names, and the names in
// NS, CNAME, PTR, MX, SOA; targets are found by their exact spelling.
// RDATA of a type not listed here counts what it takes on the wire; where its text cannot be read, as long as that text.
import { FLAG_ORDER, type Edns, type Reply, type ResourceRecord } from './message.ts'
import { rdataBytes, rdataFromText } from './presentation-record.ts'

/** Suffixes a pointer can go to. */
export type Compression = Set<string>

export const HEADER_BYTES = 12
const POINTER_LIMIT = 1 << 14
export const OPT_BYTES = 11

/** A text with one letter for each escape. */
export const withoutEscapes = (text: string): string => (text.includes('\\') ? text.replace(/\\(\d{3}|[^])/g, 'x') : text)
/** Octets of a name given in presentation form, escapes counting as one. */
export const textBytes = (text: string): number => withoutEscapes(text).length

export function nameBytes(name: string, offset = 0, compression?: Compression, compressible = false): number {
  if (name === '' || name === '.') return 1
  if (compression) {
    for (let at = 0; at < name.length; at = nextLabel(name, at)) {
      const suffix = name.slice(at)
      if (compression.has(suffix)) {
        if (compressible) return textBytes(name.slice(0, at)) + 2
        break
      }
      if (offset + at < POINTER_LIMIT) compression.add(suffix)
    }
  }
  return textBytes(name) + 1
}

function nextLabel(name: string, from: number): number {
  for (let at = from; at < name.length; at++) {
    if (name[at] === '\\') at++
    else if (name[at] === '.') return at + 1
  }
  return name.length
}

const stringsOf = (data: string): string[] => data.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? []
const stringBytes = (text: string): number => 1 + textBytes(text.startsWith('"') ? text.slice(1, -1) : text)

/** Names inside RDATA that may be compressed, and the octets beside them. */
const NAMED: ReadonlyMap<string, { readonly fields: readonly number[]; readonly fixed: number; readonly compressible: boolean }> = new Map([
  ['CNAME', { fields: [0], fixed: 0, compressible: true }], ['DNAME', { fields: [0], fixed: 0, compressible: false }],
  ['MX', { fields: [1], fixed: 2, compressible: true }], ['NS', { fields: [0], fixed: 0, compressible: true }],
  ['PTR', { fields: [0], fixed: 0, compressible: true }], ['SOA', { fields: [0, 1], fixed: 20, compressible: true }],
  ['SRV', { fields: [3], fixed: 6, compressible: false }],
])

function dataBytes(record: ResourceRecord, offset: number, compression?: Compression): number {
  const generic = record.data.startsWith('\\# ') ? /^\\# (\d+)/.exec(record.data) : undefined
  if (generic) return Number(generic[1])
  if (record.type === 'A') return 4
  if (record.type === 'AAAA') return 16
  const named = NAMED.get(record.type)
  const words = stringsOf(record.data)
  if (named) {
    let length = named.fixed
    for (const field of named.fields) length += nameBytes(words[field] ?? '.', offset + length, compression, named.compressible)
    return length
  }
  if (record.type === 'TXT' || record.type === 'HINFO' || record.type === 'SPF') return words.reduce((sum, w) => sum + stringBytes(w), 0)
  if (record.type === 'CAA') return 1 + stringBytes(words[1] ?? '') + stringBytes(words[2] ?? '') - 1
  if (record.type === 'NAPTR') {
    const beside = 4 + words.slice(2, 5).reduce((sum, w) => sum + stringBytes(w), 0)
    return beside + nameBytes(words[5] ?? '.', offset + beside, compression)
  }
  const read = rdataFromText(record.type, record.data, { origin: '.' })
  return read.fault ? record.data.length + 1 : rdataBytes(read.value).length
}

export function recordBytes(record: ResourceRecord, offset: number, compression?: Compression): number {
  const owner = nameBytes(record.name, offset, compression, true)
  return owner + 10 + dataBytes(record, offset + owner + 10, compression)
}

export const ednsBytes = (edns: Edns): number =>
  OPT_BYTES + (edns.options ?? []).reduce((sum, [, hex]) => sum + 4 + hex.length / 2, 0)

/** The whole message: one question, three sections, OPT. */
export function messageBytes(question: string, reply: Pick<Reply, 'answer' | 'authority' | 'additional' | 'edns'>, compression?: Compression): number {
  let length = HEADER_BYTES + nameBytes(question, HEADER_BYTES, compression) + 4
  for (const section of [reply.answer, reply.authority, reply.additional]) for (const record of section) length += recordBytes(record, length, compression)
  return length + (reply.edns ? ednsBytes(reply.edns) : 0)
}

export const queryBytes = (name: string, edns: Edns | undefined): number =>
  messageBytes(name, { answer: [], authority: [], additional: [], ...(edns && { edns }) })

/** Cuts a reply to `budgetBytes`, keeping records in order while they fit. A message that fits uncompressed is left as it is. */
export function truncate(question: string, reply: Reply, budgetBytes: number): Reply {
  if (messageBytes(question, reply) <= budgetBytes) return reply
  const budget = budgetBytes - (reply.edns ? ednsBytes(reply.edns) : 0)
  const compression: Compression = new Set()
  let length = HEADER_BYTES + nameBytes(question, HEADER_BYTES, compression) + 4
  const keep = (records: readonly ResourceRecord[]): readonly ResourceRecord[] => {
    if (length >= budget) return []
    for (const [i, record] of records.entries()) {
      length += recordBytes(record, length, compression)
      if (length > budget) {
        length = budget
        return records.slice(0, i)
      }
      if (length === budget) return records.slice(0, i + 1)
    }
    return records
  }
  const cut = { answer: keep(reply.answer), authority: keep(reply.authority), additional: keep(reply.additional) }
  const lost = cut.answer.length < reply.answer.length || cut.authority.length < reply.authority.length || cut.additional.length < reply.additional.length
  return { ...reply, ...cut, flags: lost && !reply.flags.includes('tc') ? withFlag(reply.flags, 'tc') : reply.flags }
}

const withFlag = (flags: readonly string[], flag: string): string[] => FLAG_ORDER.filter(f => f === flag || flags.includes(f))

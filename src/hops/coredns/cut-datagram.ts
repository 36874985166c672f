// What CoreDNS reads from a UDP reply that is longer than its receive buffer: miekg/dns 1.1.49 to 1.1.73 (msg.go, UnpackRR and unpackRRslice).
// The datagram is cut; where the cut lies between two records, what stands before it counts as the whole.
import type { Reply, ResourceRecord } from '../../dns/message.ts'
import { ednsBytes, HEADER_BYTES, nameBytes, recordBytes, type Compression } from '../../dns/size.ts'

export type Cut = { readonly reply: Reply } | { readonly error: string }

const QUESTION_REST = 4
/** Of a record behind its owner: type, class, TTL, length of RDATA. */
const HEADER_FIELDS: readonly (readonly [end: number, error: string])[] = [
  [4, 'dns: overflow unpacking uint16'], [8, 'dns: overflow unpacking uint32'], [10, 'dns: overflow unpacking uint16'],
]
const IN_NAME = 'dns: buffer size too small'
const IN_RDATA = 'dns: overflowing header size'
const ROOT_BYTES = 1

/** Undefined: it fits. OPT came last. */
export function cutDatagram(question: string, reply: Reply, bufferBytes: number): Cut | undefined {
  const compression: Compression | undefined = reply.uncompressed ? undefined : new Set()
  let at = HEADER_BYTES + nameBytes(question, HEADER_BYTES, compression) + QUESTION_REST
  const kept: ResourceRecord[][] = []
  for (const records of [reply.answer, reply.authority, reply.additional]) {
    const section: ResourceRecord[] = []
    kept.push(section)
    for (const record of records) {
      if (at === bufferBytes) return { reply: { ...withoutEdns(reply), ...sections(kept) } }
      const owner = nameBytes(record.name, at, compression && new Set(compression), true)
      const end = at + recordBytes(record, at, compression)
      if (end > bufferBytes) return { error: errorAt(bufferBytes - at, owner) }
      section.push(record)
      at = end
    }
  }
  const end = at + (reply.edns ? ednsBytes(reply.edns) : 0)
  if (end <= bufferBytes) return undefined
  return at === bufferBytes ? { reply: withoutEdns(reply) } : { error: errorAt(bufferBytes - at, ROOT_BYTES) }
}

function errorAt(bytes: number, owner: number): string {
  if (bytes < owner) return IN_NAME
  return HEADER_FIELDS.find(([end]) => bytes < owner + end)?.[1] ?? IN_RDATA
}

const sections = ([answer = [], authority = [], additional = []]: readonly ResourceRecord[][]): Pick<Reply, 'answer' | 'authority' | 'additional'> => ({ answer, authority, additional })

function withoutEdns(reply: Reply): Reply {
  const { edns: _, uncompressed: __, ...rest } = reply
  return rest
}

// Rows of bytes that are no ordinary query: what the server does at the door, and what leaves it.
import { LOST, type Plain } from '../../src/chain/effects.ts'
import type { Reply } from '../../src/dns/message.ts'
import { bytesOfHex } from '../../src/dns/presentation-bytes.ts'
import { replyFromWire } from '../../src/dns/wire-chain.ts'
import { decodeMessage } from '../../src/dns/wire-decode.ts'
import { headerBits } from '../../src/dns/wire-message.ts'
import { className, opcodeName, typeName } from '../../src/dns/wire-numbers-table.ts'
import { atTheDoor, isReply, replyBytes } from '../../src/drivers/serve-door.ts'
import { takesHalfClass } from '../../src/hops/coredns/version.ts'
import { differences, observedSections, sectionLines, type Lines } from './coredns-replay-compare.ts'
import type { Process } from './coredns-replay-process.ts'
import { octets, PAUSE_MS, type Observed, type RowQuery } from './coredns-replay-rows.ts'

/** The bytes that would be sent; undefined = nothing. */
export function rawReply(query: RowQuery, process: Process, limitMs?: number): Uint8Array | undefined {
  const packet = bytesOfHex(query.rawHex ?? '') ?? new Uint8Array(0)
  const met = atTheDoor(packet, { transport: query.proto, client: '127.0.0.1' }, { takesHalfClass: takesHalfClass(process.version) })
  if (met.kind !== 'query') {
    process.pass(PAUSE_MS)
    return met.kind === 'refused' ? met.bytes : undefined
  }
  const value: Plain = process.askPlain(query, met.query as unknown as Plain, limitMs)
  return value === LOST || !isReply(value) ? undefined : replyBytes(value as unknown as Reply, met.query, met.id)
}

export function rawFaults(bytes: Uint8Array | undefined, observed: Observed): string[] {
  if (observed.noReply !== undefined) return bytes ? ['replies, for silence'] : []
  if (!bytes) return ['silence, for a reply']
  return [...differences('reply', wireLines(bytes), realLines(observed)), ...differences('size', bytes.length, observed.wireSize)]
}

function wireLines(bytes: Uint8Array): Lines {
  const { message } = decodeMessage(bytes)
  const read = replyFromWire(message)
  const plain = (records: Reply['answer']): Reply['answer'] => records.map(r => ({ ...r, data: octets(r) }))
  const reply = { ...read, answer: plain(read.answer), authority: plain(read.authority), additional: plain(read.additional) }
  const bits = headerBits(message.flags)
  return {
    rcode: reply.rcode, opcode: opcodeName(bits.opcode), flags: ['qr', ...reply.flags].join(','),
    question: message.questions.map(q => `${q.name.text} ${className(q.class)} ${typeName(q.type)}`), ...sectionLines(reply),
  }
}

const realLines = (o: Observed): Lines =>
  ({ rcode: o.rcode, opcode: o.opcode ?? 'QUERY', flags: (o.flags ?? []).join(','), question: o.question ?? [], ...observedSections(o) })

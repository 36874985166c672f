// Rows of bytes that are no ordinary query: what the server does at the door, and what leaves it.
import { LOST, type Plain } from '../../src/chain/effects.ts'
import type { Reply, ResourceRecord } from '../../src/dns/message.ts'
import { replyFromWire } from '../../src/dns/wire-chain.ts'
import { decodeMessage } from '../../src/dns/wire-decode.ts'
import { headerBits } from '../../src/dns/wire-message.ts'
import { className, opcodeName, typeName } from '../../src/dns/wire-numbers-table.ts'
import { atTheDoor, isReply, replyBytes } from '../../src/drivers/serve-door.ts'
import { differences, type Lines } from './coredns-replay-compare.ts'
import type { Process } from './coredns-replay-process.ts'
import { ednsText, optText, type Observed, type RowQuery } from './coredns-replay-rows.ts'

/** The bytes that would be sent; undefined = nothing. */
export function rawReply(query: RowQuery, process: Process): Uint8Array | undefined {
  const packet = Uint8Array.from((query.rawHex ?? '').match(/../g) ?? [], byte => Number.parseInt(byte, 16))
  const met = atTheDoor(packet, { transport: query.proto, client: '127.0.0.1' })
  if (met.kind === 'silence') return undefined
  if (met.kind === 'refused') return met.bytes
  const value: Plain = process.askPlain(query, met.query as unknown as Plain)
  return value === LOST || !isReply(value) ? undefined : replyBytes(value as unknown as Reply, met.query, met.id)
}

export function rawFaults(bytes: Uint8Array | undefined, observed: Observed): string[] {
  if (observed.noReply !== undefined) return bytes ? ['replies, for silence'] : []
  if (!bytes) return ['silence, for a reply']
  return [...differences('reply', wireLines(bytes), realLines(observed)), ...differences('size', bytes.length, observed.wireSize)]
}

const portless = (line: string): string => line.replace(/SRV 0 0 \d+ \./, 'SRV 0 0 0 .')

function wireLines(bytes: Uint8Array): Lines {
  const { message } = decodeMessage(bytes)
  const reply = replyFromWire(message)
  const bits = headerBits(message.flags)
  const lines = (records: readonly ResourceRecord[]): string[] => records.map(r => portless(`${r.name} ${r.ttlS} ${r.class ?? 'IN'} ${r.type} ${r.data}`)).sort()
  return {
    rcode: reply.rcode, opcode: opcodeName(bits.opcode), flags: ['qr', ...reply.flags].join(','),
    question: message.questions.map(q => `${q.name.text} ${className(q.class)} ${typeName(q.type)}`),
    answer: lines(reply.answer), authority: lines(reply.authority), additional: lines(reply.additional), opt: ednsText(reply.edns),
  }
}

function realLines(o: Observed): Lines {
  return {
    rcode: o.rcode, opcode: o.opcode ?? 'QUERY', flags: (o.flags ?? []).join(','), question: o.question ?? [], answer: (o.answer ?? []).map(portless).sort(),
    authority: (o.authority ?? []).map(portless).sort(), additional: (o.additional ?? []).map(portless).sort(), opt: optText(o.opt),
  }
}

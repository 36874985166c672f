// A DNS message as it is on the wire (RFC 1035 §4, RFC 6891), nothing decided yet: numbers as numbers, names as text, every part with its place.
// Offsets count from the beginning of the message. A message made by hand has no places: it is made by `newRecord`, `newName`.
import type { Rdata } from './rdata-layout.ts'
import type { WireName } from './wire-name.ts'

export interface WireQuestion {
  readonly name: WireName
  readonly type: number
  readonly class: number
  readonly start: number
  readonly end: number
}

export interface WireRecord {
  readonly name: WireName
  readonly type: number
  /** In an OPT record: the sender's UDP size. */
  readonly class: number
  /** As sent, 32 bits; in an OPT record extended rcode, version and flags. */
  readonly ttl: number
  readonly rdata: Rdata
  readonly start: number
  /** Where RDATA begins; it goes on to `end`. */
  readonly rdataStart: number
  readonly end: number
}

export interface WireMessage {
  readonly id: number
  /** The 16 bits after the id; `headerBits` takes them apart. */
  readonly flags: number
  readonly questions: readonly WireQuestion[]
  readonly answers: readonly WireRecord[]
  readonly authorities: readonly WireRecord[]
  readonly additionals: readonly WireRecord[]
}

export const SECTIONS = ['answers', 'authorities', 'additionals'] as const
export type Section = (typeof SECTIONS)[number]

export const HEADER_END = 12
export const FLAG = { qr: 0x8000, aa: 0x0400, tc: 0x0200, rd: 0x0100, ra: 0x0080, z: 0x0040, ad: 0x0020, cd: 0x0010 } as const
export type Flag = keyof typeof FLAG

export interface HeaderBits extends Readonly<Record<Flag, boolean>> {
  readonly opcode: number
  /** The four bits of the header; `rcodeOf` adds those of OPT. */
  readonly rcode: number
}

export const headerBits = (flags: number): HeaderBits => ({
  qr: (flags & FLAG.qr) !== 0, opcode: (flags >> 11) & 15, aa: (flags & FLAG.aa) !== 0, tc: (flags & FLAG.tc) !== 0, rd: (flags & FLAG.rd) !== 0,
  ra: (flags & FLAG.ra) !== 0, z: (flags & FLAG.z) !== 0, ad: (flags & FLAG.ad) !== 0, cd: (flags & FLAG.cd) !== 0, rcode: flags & 15,
})

export const TYPE_OPT = 41

/** Of several, which no message should have, the last counts: so miekg/dns looks for it (msg_helpers.go, IsEdns0). */
export const optOf = (message: WireMessage): WireRecord | undefined => message.additionals.findLast(record => record.type === TYPE_OPT)

/** Twelve bits where there is an OPT record. */
export function rcodeOf(message: WireMessage): number {
  const opt = optOf(message)
  return (message.flags & 15) | (opt ? (opt.ttl >>> 24) << 4 : 0)
}

export const newRecord = (name: WireName, type: number, dnsClass: number, ttl: number, rdata: Rdata): WireRecord =>
  ({ name, type, class: dnsClass, ttl, rdata, start: -1, rdataStart: -1, end: -1 })

// The fields of RDATA in a zone file, a word or the rest of a line each, as miekg/dns reads them (scan_rr.go, scan.go, v1.1.49 to v1.1.73).
import { ip4Bytes, ip6Bytes } from '../../dns/presentation-address.ts'
import { isFault, parseFloat64 } from './go-number.ts'
import { atEnd, END, ZoneFault, type ZoneLexer, type ZoneToken } from './zone-file-lexer.ts'
import { quote, stringsOf } from './zone-file-strings.ts'
import { absoluteName, goTypeName, unsigned, zoneTtl, zoneTypeNumber, type ZoneDialect } from './zone-file-types.ts'

export interface Reading {
  readonly lexer: ZoneLexer
  readonly origin: string
  readonly dialect: ZoneDialect
}

/** One word, printed; undefined: it is wrong; a fault where it is not said as usual. */
export type Word = (token: ZoneToken, reading: Reading) => string | ZoneFault | undefined
/** All that is left of the line, printed. */
export type Rest = (reading: Reading, label: string) => string | ZoneFault
export type WordField = readonly [label: string, read: Word]
export type Field = WordField | readonly [label: string, rest: Rest, kind: 'rest' | 'rest after blank']

const unsignedOf = (bits: number) => (token: ZoneToken): string | undefined => {
  const value = token.fault ? undefined : unsigned(token.text, bits)
  return value === undefined ? undefined : String(value)
}
export const u8 = unsignedOf(8)
export const u16 = unsignedOf(16)
export const u32 = unsignedOf(32)
export const name = (token: ZoneToken, { origin, dialect }: Reading): string | undefined => (token.fault ? undefined : absoluteName(token.text, origin, dialect))
export const ip4: Word = token => (!token.fault && ip4Bytes(token.text) ? token.text : undefined)
export const ip6: Word = token => (!token.fault && token.text.includes(':') && ip6Bytes(token.text) ? token.text : undefined)
export const plainWord: Word = token => (token.kind === 'word' ? token.text : undefined)
export const anyWord: Word = token => (token.fault ? undefined : token.text)
/** strconv.ParseFloat takes it; it stays as it is written. */
export const float: Word = token => (token.fault || isFault(parseFloat64(token.text)) ? undefined : token.text)
/** Refresh, retry, expire and minimum may have units; the serial not. */
export const span: Word = (token, { dialect }) => {
  const value = token.fault ? undefined : unsigned(token.text, 32) ?? zoneTtl(token.text, dialect.ttlWraps)
  return value === undefined ? undefined : String(value)
}

export const ALGORITHMS: Readonly<Record<string, number>> = {
  RSAMD5: 1, DH: 2, DSA: 3, RSASHA1: 5, 'DSA-NSEC3-SHA1': 6, 'RSASHA1-NSEC3-SHA1': 7, RSASHA256: 8, RSASHA512: 10, 'ECC-GOST': 12,
  ECDSAP256SHA256: 13, ECDSAP384SHA384: 14, ED25519: 15, ED448: 16, INDIRECT: 252, PRIVATEDNS: 253, PRIVATEOID: 254,
}
const named = (token: ZoneToken): string | undefined => text(token.fault ? undefined : ALGORITHMS[token.text.toUpperCase()])
export const algorithm: Word = token => u8(token) ?? named(token)
/** That of RRSIG was a number only, in v1.1.49. */
export const signing: Word = (token, reading) => u8(token) ?? (reading.dialect.first ? undefined : named(token))
const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value))

export const covered: Word = (token, { dialect }) => {
  const upper = token.text.toUpperCase()
  const type = zoneTypeNumber(upper, dialect) ?? (upper.startsWith('TYPE') ? unsigned(upper.slice(4), 16) : undefined)
  return type === undefined ? undefined : goTypeName(type)
}
/** `20060102150405`, or seconds. */
export const time: Word = token => (/^\d{14}$/.test(token.text) || unsigned(token.text, 32) !== undefined ? token.text : undefined)

/** The words of the line without what is between them. */
export const joined: Rest = ({ lexer }, label) => {
  let all = ''
  for (let token = lexer.next(); !atEnd(token); token = lexer.next()) {
    if (token.fault || (token.kind !== 'word' && token.kind !== 'blank')) return new ZoneFault(label, token)
    if (token.kind === 'word') all += token.text
  }
  return all
}

export const types: Rest = ({ lexer, dialect }, label) => {
  const found: string[] = []
  for (let token = lexer.next(); !atEnd(token); token = lexer.next()) {
    if (token.kind === 'blank') continue
    const number = zoneTypeNumber(token.text, dialect) ?? unsigned(token.text.slice(4), 16)
    if (token.kind !== 'word' || token.fault || number === undefined) return new ZoneFault(label, token)
    found.push(goTypeName(number))
  }
  return found.join(' ')
}

export const strings: Rest = (reading, label) => {
  const found = stringsOf(reading.lexer, reading.dialect, label)
  return found instanceof ZoneFault ? found : found.length === 0 ? '\\# 0' : found.map(quote).join(' ')
}

/** Two strings; a lone one is parted at its blanks. */
export const two: Rest = (reading, label) => {
  const found = stringsOf(reading.lexer, reading.dialect, label)
  if (found instanceof ZoneFault) return found
  const all = found.length === 1 ? (found[0] as string).split(/[ \t\n\r]+/).filter(word => word !== '') : found
  const parts = all.length > 1 ? all : [found[0] ?? '', '']
  return `${quote(parts[0] as string)} ${quote(parts.slice(1).join(' '))}`
}

/** Replaced by an error at the word before. */
export const NOT_ONE = new ZoneFault('', END)

export const one: Rest = (reading, label) => {
  const found = stringsOf(reading.lexer, reading.dialect, label)
  if (found instanceof ZoneFault) return found
  return found.length === 1 ? quote(found[0] as string) : NOT_ONE
}

/** DS, and types like it. */
export const digest: readonly Field[] = [['KeyTag', u16], ['Algorithm', algorithm], ['DigestType', u8], ['Digest', joined, 'rest']]

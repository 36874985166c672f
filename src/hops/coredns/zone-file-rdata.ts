// RDATA of a zone file as miekg/dns reads it (scan_rr.go, v1.1.49 to v1.1.72), type by type, with its words for what is wrong. Between two
// fields one token is eaten whatever it is. What comes out is presentation form as the record is printed after it went over the wire.
// Not modelled: LOC, HIP, CERT, APL, IPSECKEY, AMTRELAY, CSYNC, EUI48 and other types that no table below has: their words are taken as they are.
import { rdataFromText, rdataToText } from '../../dns/presentation-record.ts'
import { ip4Bytes, ip6Bytes } from '../../dns/presentation-address.ts'
import { atEnd, END, ZoneFault, type ZoneLexer, type ZoneToken } from './zone-file-lexer.ts'
import { quote, stringsOf } from './zone-file-strings.ts'
import { bindingParams } from './zone-file-svcb.ts'
import { absoluteName, escapedBytes, goTypeName, unsigned, zoneTtl, zoneTypeNumber, type ZoneDialect } from './zone-file-types.ts'

interface Reading {
  readonly lexer: ZoneLexer
  readonly origin: string
  readonly dialect: ZoneDialect
}

/** One word, printed; undefined: it is wrong. */
type Word = (token: ZoneToken, reading: Reading) => string | undefined
/** All that is left of the line, printed. */
type Rest = (reading: Reading, label: string) => string | ZoneFault
type Field = readonly [label: string, read: Word] | readonly [label: string, rest: Rest, kind: 'rest' | 'rest after blank']

const unsignedOf = (bits: number): Word => token => {
  const value = token.fault ? undefined : unsigned(token.text, bits)
  return value === undefined ? undefined : String(value)
}
const u8 = unsignedOf(8)
const u16 = unsignedOf(16)
const u32 = unsignedOf(32)
const name: Word = (token, { origin, dialect }) => (token.fault ? undefined : absoluteName(token.text, origin, dialect))
const ip4: Word = token => (!token.fault && ip4Bytes(token.text) ? token.text : undefined)
const ip6: Word = token => (!token.fault && token.text.includes(':') && ip6Bytes(token.text) ? token.text : undefined)
const plainWord: Word = token => (token.kind === 'word' ? token.text : undefined)
const anyWord: Word = token => (token.fault ? undefined : token.text)
/** Refresh, retry, expire and minimum may have units; the serial not. */
const span: Word = (token, { dialect }) => {
  const value = token.fault ? undefined : unsigned(token.text, 32) ?? zoneTtl(token.text, dialect.ttlWraps)
  return value === undefined ? undefined : String(value)
}

const ALGORITHMS: Readonly<Record<string, number>> = {
  RSAMD5: 1, DH: 2, DSA: 3, RSASHA1: 5, 'DSA-NSEC3-SHA1': 6, 'RSASHA1-NSEC3-SHA1': 7, RSASHA256: 8, RSASHA512: 10, 'ECC-GOST': 12,
  ECDSAP256SHA256: 13, ECDSAP384SHA384: 14, ED25519: 15, ED448: 16, INDIRECT: 252, PRIVATEDNS: 253, PRIVATEOID: 254,
}
const named = (token: ZoneToken): string | undefined => text(token.fault ? undefined : ALGORITHMS[token.text.toUpperCase()])
const algorithm: Word = (token, reading) => u8(token, reading) ?? named(token)
/** That of RRSIG was a number only, in v1.1.49. */
const signing: Word = (token, reading) => u8(token, reading) ?? (reading.dialect.first ? undefined : named(token))
const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value))

const covered: Word = (token, { dialect }) => {
  const upper = token.text.toUpperCase()
  const type = zoneTypeNumber(upper, dialect) ?? (upper.startsWith('TYPE') ? unsigned(upper.slice(4), 16) : undefined)
  return type === undefined ? undefined : goTypeName(type)
}
/** `20060102150405`, or seconds. */
const time: Word = token => (/^\d{14}$/.test(token.text) || unsigned(token.text, 32) !== undefined ? token.text : undefined)

/** The words of the line without what is between them. */
const joined: Rest = ({ lexer }, label) => {
  let all = ''
  for (let token = lexer.next(); !atEnd(token); token = lexer.next()) {
    if (token.fault || (token.kind !== 'word' && token.kind !== 'blank')) return new ZoneFault(label, token)
    if (token.kind === 'word') all += token.text
  }
  return all
}

const types: Rest = ({ lexer, dialect }, label) => {
  const found: string[] = []
  for (let token = lexer.next(); !atEnd(token); token = lexer.next()) {
    if (token.kind === 'blank') continue
    const number = zoneTypeNumber(token.text, dialect) ?? unsigned(token.text.slice(4), 16)
    if (token.kind !== 'word' || token.fault || number === undefined) return new ZoneFault(label, token)
    found.push(goTypeName(number))
  }
  return found.join(' ')
}

const strings: Rest = (reading, label) => {
  const found = stringsOf(reading.lexer, reading.dialect, label)
  return found instanceof ZoneFault ? found : found.length === 0 ? '\\# 0' : found.map(quote).join(' ')
}

/** Two strings; a lone one is parted at its blanks. */
const two: Rest = (reading, label) => {
  const found = stringsOf(reading.lexer, reading.dialect, label)
  if (found instanceof ZoneFault) return found
  const all = found.length === 1 ? (found[0] as string).split(/[ \t\n\r]+/).filter(word => word !== '') : found
  const parts = all.length > 1 ? all : [found[0] ?? '', '']
  return `${quote(parts[0] as string)} ${quote(parts.slice(1).join(' '))}`
}

/** Replaced by an error at the word before. */
const NOT_ONE = new ZoneFault('', END)

const one: Rest = (reading, label) => {
  const found = stringsOf(reading.lexer, reading.dialect, label)
  if (found instanceof ZoneFault) return found
  return found.length === 1 ? quote(found[0] as string) : NOT_ONE
}

/** Types that have a word and no form of their own. */
const FORMLESS: ReadonlySet<string> = new Set(['ATMA', 'AXFR', 'IXFR', 'MAILA', 'MAILB', 'UNSPEC'])

const key: readonly Field[] = [['Flags', u16], ['Protocol', u8], ['Algorithm', u8], ['PublicKey', joined, 'rest']]
const digest: readonly Field[] = [['KeyTag', u16], ['Algorithm', algorithm], ['DigestType', u8], ['Digest', joined, 'rest']]
const certificate: readonly Field[] = [['Usage', u8], ['Selector', u8], ['MatchingType', u8], ['Certificate', joined, 'rest']]
const host = (label: string): readonly Field[] => [[label, name]]
const preferred = (first: string, second: string): readonly Field[] => [[first, u16], [second, name]]
const SOA_NUMBER = 'zone parameter'

const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  A: [['A', ip4]], AAAA: [['AAAA', ip6]], AFSDB: preferred('Subtype', 'Hostname'), AVC: [['Txt', strings, 'rest']],
  CAA: [['Flag', u8], ['Tag', plainWord], ['Value', one, 'rest after blank']],
  CDNSKEY: key, CDS: digest, CNAME: host('Target'), DHCID: [['Digest', joined, 'rest']], DLV: digest, DNAME: host('Target'), DNSKEY: key, DS: digest,
  HINFO: [['Fields', two, 'rest']], KEY: key, KX: preferred('Pref', 'Exchanger'), MB: host('Mb'), MD: host('Md'), MF: host('Mf'), MG: host('Mg'),
  MINFO: [['Rmail', name], ['Email', name]], MR: host('Mr'), MX: preferred('Pref', 'Mx'), NS: host('Ns'), 'NSAP-PTR': host('Ptr'),
  NSEC: [['NextDomain', name], ['TypeBitMap', types, 'rest']],
  NSEC3: [['Hash', u8], ['Flags', u8], ['Iterations', u16], ['Salt', anyWord], ['NextDomain', anyWord], ['TypeBitMap', types, 'rest']],
  NSEC3PARAM: [['Hash', u8], ['Flags', u8], ['Iterations', u16], ['Salt', anyWord]],
  OPENPGPKEY: [['PublicKey', joined, 'rest']], PTR: host('Ptr'), RP: [['Mbox', name], ['Txt', name]],
  RRSIG: [
    ['Typecovered', covered], ['Algorithm', signing], ['Labels', u8], ['OrigTtl', u32], ['Expiration', time], ['Inception', time], ['KeyTag', u16],
    ['SignerName', name], ['Signature', joined, 'rest'],
  ],
  RT: preferred('Preference', 'Host'), SMIMEA: certificate,
  SOA: [['Ns', name], ['Mbox', name], [SOA_NUMBER, u32], [SOA_NUMBER, span], [SOA_NUMBER, span], [SOA_NUMBER, span], [SOA_NUMBER, span]],
  SPF: [['Txt', strings, 'rest']], SRV: [['Priority', u16], ['Weight', u16], ['Port', u16], ['Target', name]],
  SSHFP: [['Algorithm', u8], ['Type', u8], ['FingerPrint', joined, 'rest after blank']], TLSA: certificate, TXT: [['Txt', strings, 'rest']],
  URI: [['Priority', u16], ['Weight', u16], ['Target', one, 'rest after blank']],
}

/** The RDATA that begins with the next token, up to the end of its line. */
export function readRdata(lexer: ZoneLexer, type: string, origin: string, dialect: ZoneDialect): string | ZoneFault {
  const reading = { lexer, origin, dialect }
  if (lexer.peek().text === '\\#' || /^TYPE\d+$/.test(type) || FORMLESS.has(type)) return generic(reading, type)
  if (type === 'NAPTR') return finished(naptr(reading), reading, type)
  if (type === 'SVCB' || type === 'HTTPS') return finished(bindingParams(lexer, dialect, token => name(token, reading)), undefined, type)
  const fields = FIELDS[type]
  return fields ? listed(fields, reading, type) : asWritten(reading, type)
}

function listed(fields: readonly Field[], reading: Reading, type: string): string | ZoneFault {
  const parts: string[] = []
  let last = END
  for (const [index, field] of fields.entries()) {
    const label = `bad ${type} ${type === 'SSHFP' && field[0] === 'FingerPrint' ? 'Fingerprint' : field[0]}`
    if (field.length === 3) {
      if (field[2] === 'rest after blank') reading.lexer.next()
      const rest = field[1](reading, label)
      if (rest instanceof ZoneFault) return rest === NOT_ONE ? new ZoneFault(label, last) : rest
      return canonicalRdata(type, [...parts, rest].filter(part => part !== '').join(' '))
    }
    if (index > 0) reading.lexer.next()
    const token = reading.lexer.next()
    const value = field[1](token, reading)
    if (value === undefined) return new ZoneFault(label, token)
    parts.push(value)
    last = token
  }
  return finished(parts.join(' '), reading, type)
}

function finished(data: string | ZoneFault, reading: Reading | undefined, type: string): string | ZoneFault {
  if (data instanceof ZoneFault) return data
  return (reading && lineRest(reading.lexer)) ?? canonicalRdata(type, data)
}

/** What may stand behind a record: nothing but white space. */
export function lineRest(lexer: ZoneLexer): ZoneFault | undefined {
  let token = lexer.next()
  if (token.kind === 'blank') token = lexer.next()
  return atEnd(token) ? undefined : new ZoneFault('garbage after rdata', token)
}

/** As it is printed after the wire; what the wire codec refuses stays as written. */
export function canonicalRdata(type: string, data: string): string {
  const ascii = escapedBytes(data)
  const { value } = rdataFromText(type, ascii)
  return value ? rdataToText(value) : ascii
}

function naptr(reading: Reading): string | ZoneFault {
  const { lexer } = reading
  const parts: string[] = []
  for (const [label, read] of [['Order', u16], ['Preference', u16]] as const) {
    if (parts.length > 0) lexer.next()
    const token = lexer.next()
    const value = read(token, reading)
    if (value === undefined) return new ZoneFault(`bad NAPTR ${label}`, token)
    parts.push(value)
  }
  for (const label of ['Flags', 'Service', 'Regexp']) {
    lexer.next()
    let token = lexer.next()
    if (token.kind !== 'quote') return new ZoneFault(`bad NAPTR ${label}`, token)
    token = lexer.next()
    parts.push(quote(token.kind === 'word' ? token.text : ''))
    if (token.kind === 'word') token = lexer.next()
    if (token.kind !== 'quote') return new ZoneFault(`bad NAPTR ${label}`, token)
  }
  lexer.next()
  const token = lexer.next()
  const replacement = name(token, reading)
  return replacement === undefined ? new ZoneFault('bad NAPTR Replacement', token) : [...parts, replacement].join(' ')
}

/** RFC 3597: `\# <length> <hex>`. */
function generic(reading: Reading, type: string): string | ZoneFault {
  const { lexer } = reading
  const mark = lexer.next()
  if (mark.text !== '\\#') return new ZoneFault('bad RFC3597 Rdata', mark)
  lexer.next()
  const length = lexer.next()
  const bytes = length.fault ? undefined : unsigned(length.text, 16)
  if (bytes === undefined) return new ZoneFault('bad RFC3597 Rdata ', length)
  const hex = joined(reading, 'bad RFC3597 Rdata')
  if (hex instanceof ZoneFault) return hex
  if (hex.length !== 2 * bytes) return new ZoneFault('bad RFC3597 Rdata', length)
  // An error at the end token is placed by the caller.
  if ((type === 'A' && bytes < 4) || (type === 'AAAA' && bytes < 16)) {
    return new ZoneFault(`${reading.dialect.untypedOverflow ? '' : `${type}: `}dns: overflow unpacking ${type.toLowerCase()}`, END)
  }
  const usedBytes = Math.min(bytes, type === 'A' ? 4 : type === 'AAAA' ? 16 : bytes)
  return canonicalRdata(type, `\\# ${usedBytes} ${hex.slice(0, 2 * usedBytes)}`.trimEnd())
}

function asWritten({ lexer }: Reading, type: string): string {
  const words: string[] = []
  for (let token = lexer.next(); !atEnd(token) && !token.fault; token = lexer.next()) {
    if (token.kind !== 'blank' && token.kind !== 'quote') words.push(token.text)
  }
  return canonicalRdata(type, words.join(' '))
}

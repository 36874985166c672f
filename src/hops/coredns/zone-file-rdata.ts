// RDATA of a zone file as miekg/dns reads it (scan_rr.go, v1.1.49 to v1.1.73), type by type, with its words for what is wrong. Types that
// hardly any zone has: zone-file-rare-types.ts. What comes out is presentation form as the record is printed after it went over the wire.
import { anyWord, covered, digest, ip4, ip6, joined, name, one, plainWord, signing, span, strings, time, two, types, u16, u32, u8, type Field, type Reading } from './zone-file-fields.ts'
import { bytesLike, canonicalRdata, finished, listed } from './zone-file-form.ts'
import { END, ZoneFault, type ZoneLexer } from './zone-file-lexer.ts'
import { RARE_FIELDS, RARE_FORMS } from './zone-file-rare-types.ts'
import { quote } from './zone-file-strings.ts'
import { bindingParams } from './zone-file-svcb.ts'
import { unsigned, type ZoneDialect } from './zone-file-types.ts'

/** Types that got a form of their own with v1.1.58. */
const FORMLESS_ONCE: ReadonlySet<string> = new Set(['ISDN', 'NXT'])
/** Types that no text can stand for. */
const TEXTLESS: ReadonlySet<string> = new Set(['ANY', 'NULL', 'NXNAME', 'OPT', 'TSIG'])
/** Read, and said, as another. */
const SAME_AS: ReadonlyMap<string, string> = new Map([['NXT', 'NSEC'], ['SIG', 'RRSIG']])

const key: readonly Field[] = [['Flags', u16], ['Protocol', u8], ['Algorithm', u8], ['PublicKey', joined, 'rest']]
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
  OPENPGPKEY: [['PublicKey', joined, 'rest']], PTR: host('Ptr'), RKEY: key, RP: [['Mbox', name], ['Txt', name]],
  RRSIG: [
    ['Typecovered', covered], ['Algorithm', signing], ['Labels', u8], ['OrigTtl', u32], ['Expiration', time], ['Inception', time], ['KeyTag', u16],
    ['SignerName', name], ['Signature', joined, 'rest'],
  ],
  RT: preferred('Preference', 'Host'), SMIMEA: certificate,
  SOA: [['Ns', name], ['Mbox', name], [SOA_NUMBER, u32], [SOA_NUMBER, span], [SOA_NUMBER, span], [SOA_NUMBER, span], [SOA_NUMBER, span]],
  SPF: [['Txt', strings, 'rest']], SRV: [['Priority', u16], ['Weight', u16], ['Port', u16], ['Target', name]],
  SSHFP: [['Algorithm', u8], ['Type', u8], ['Fingerprint', joined, 'rest after blank']], TLSA: certificate, TXT: [['Txt', strings, 'rest']],
  URI: [['Priority', u16], ['Weight', u16], ['Target', one, 'rest after blank']],
}

/** The RDATA that begins with the next token, up to the end of its line. */
export function readRdata(lexer: ZoneLexer, type: string, origin: string, dialect: ZoneDialect): string | ZoneFault {
  const reading = { lexer, origin, dialect }
  if (lexer.peek().text === '\\#' || (FORMLESS_ONCE.has(type) && !dialect.hasIsdn)) return generic(reading, type)
  if (TEXTLESS.has(type)) return new ZoneFault(`${type} records do not have a presentation format`, END)
  if (type === 'NAPTR') return finished(naptr(reading), reading, type)
  if (type === 'SVCB' || type === 'HTTPS') return finished(bindingParams(lexer, dialect, token => name(token, reading)), undefined, type)
  const other = SAME_AS.get(type)
  if (other !== undefined) return bytesLike(other, listed(FIELDS[other] as readonly Field[], reading, other))
  const form = RARE_FORMS[type]
  if (form) return form(reading)
  const fields = FIELDS[type] ?? RARE_FIELDS[type]
  // `TYPE65280`, and types that have a word and no form, such as AXFR.
  return fields ? listed(fields, reading, type) : generic(reading, type)
}

function naptr(reading: Reading): string | ZoneFault {
  const { lexer } = reading
  const parts: string[] = []
  for (const [label, read] of [['Order', u16], ['Preference', u16]] as const) {
    if (parts.length > 0) lexer.next()
    const token = lexer.next()
    const value = read(token)
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

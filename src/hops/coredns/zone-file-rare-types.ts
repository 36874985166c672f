// RDATA that hardly any zone has, as miekg/dns reads it (scan_rr.go, v1.1.49 to v1.1.73). Types that the wire codec knows are printed by their
// fields, others as bytes. What cannot be packed (odd hex, bad base64) stays as it is written.
import { parseCidr } from '../../dns/go-cidr.ts'
import { addressBytes, ip4Bytes, ip4Text, ip6Bytes, isMapped } from '../../dns/presentation-address.ts'
import { bytesOfBase64, bytesOfHex } from '../../dns/presentation-bytes.ts'
import { genericText, rdataBytes, rdataFromText } from '../../dns/presentation-record.ts'
import { isFault, parseUint } from './go-number.ts'
import { ALGORITHMS, anyWord, digest, float, joined, name, plainWord, strings, two, types, u16, u32, u8, type Field, type Reading, type Rest, type Word, type WordField } from './zone-file-fields.ts'
import { bytesLike, finished, lineRest, listed, wordsOf } from './zone-file-form.ts'
import { atEnd, ZoneFault, type ZoneToken } from './zone-file-lexer.ts'
import { location } from './zone-file-location.ts'
import { quote, stringsOf } from './zone-file-strings.ts'

type Form = (reading: Reading) => string | ZoneFault

/** Of that many octets, two digits each with a dash between. */
const groups = (octets: number, fault: string | undefined): Word => token => {
  if (token.fault || token.text.length !== 3 * octets - 1) return undefined
  const octetsOf = Array.from({ length: octets }, (_, i) => token.text.slice(3 * i, 3 * i + 2))
  if (token.text !== octetsOf.join('-')) return undefined
  if (octetsOf.every(octet => /^[\da-f]{2}$/i.test(octet))) return token.text
  return fault === undefined ? undefined : new ZoneFault(fault, token)
}

/** `0014:4fff:ff20:ee64`; what stands at the colons' places does not matter as long as one is a colon, nor what comes behind. */
const node: Word = ({ text }) => {
  if (text.length < 19 || (text[4] !== ':' && text[9] !== ':' && text[14] !== ':')) return undefined
  const parts = [0, 5, 10, 15].map(at => text.slice(at, at + 4))
  return parts.every(part => /^[\da-f]{4}$/i.test(part)) ? parts.join(':') : undefined
}
const NODE_FAULT = 'bad NID/L64 NodeID/Locator64'

/** Any address; of one that is not of IPv4 nothing is written. */
const locator: Word = token => {
  const bytes = token.fault ? undefined : addressBytes(token.text)
  return bytes && (bytes.length === 4 ? token.text : isMapped(bytes) ? ip4Text(bytes, 12) : '0.0.0.0')
}

/** The first string; what follows is dropped. */
const first: Rest = (reading, label) => {
  const found = stringsOf(reading.lexer, reading.dialect, label)
  return found instanceof ZoneFault ? found : quote(found[0] ?? '')
}

const preferred = (...labels: readonly string[]): readonly Field[] => [['Preference', u16], ...labels.map((label): Field => [label, name])]

export const RARE_FIELDS: Readonly<Record<string, readonly Field[]>> = {
  CSYNC: [['serial', u32], ['flags', u16], ['TypeBitMap', types, 'rest']], EID: [['Endpoint', joined, 'rest']], EUI48: [['Address', groups(6, undefined)]],
  EUI64: [['Address', groups(8, 'bad EUI68 Address')]], GID: [['Gid', u32]], GPOS: [['Longitude', float], ['Latitude', float], ['Altitude', float]],
  L32: [['Preference', u16], ['Locator', locator]], L64: [['Preference', u16], [NODE_FAULT, node]], LP: preferred('Fqdn'),
  NID: [['Preference', u16], [NODE_FAULT, node]], NIMLOC: [['Locator', joined, 'rest']], NINFO: [['ZSData', strings, 'rest']], PX: preferred('Map822', 'Mapx400'),
  TALINK: [['PreviousName', name], ['NextName', name]], UID: [['Uid', u32]], UINFO: [['Uinfo', first, 'rest']], X25: [['PSDNAddress', anyWord]],
  ZONEMD: [['Serial', u32], ['Scheme', u8], ['Hash Algorithm', u8], ['Digest', joined, 'rest']],
}

const like = (type: string, fields: readonly Field[], called: string): Form => reading => bytesLike(type, listed(fields, reading, called))

/** What comes of the words, or the words where that is nothing. */
const packed = (data: string | ZoneFault, pack: (words: readonly string[]) => Uint8Array | undefined): string | ZoneFault => {
  const bytes = data instanceof ZoneFault ? undefined : pack(data.split(' '))
  return bytes ? genericText(bytes) : data
}

const CERTIFICATES: ReadonlyMap<string, number> = new Map([
  ['PKIX', 1], ['SPKI', 2], ['PGP', 3], ['IPIX', 4], ['ISPKI', 5], ['IPGP', 6], ['ACPKIX', 7], ['IACPKIX', 8], ['URI', 253], ['OID', 254],
])
const certificateType: Word = token => CERTIFICATES.get(token.text)?.toString() ?? u16(token)
/** Capitals only, here. */
const capitalAlgorithm: Word = token => u8(token) ?? ALGORITHMS[token.text]?.toString()
const certificate: readonly Field[] = [['Type', certificateType], ['KeyTag', u16], ['Algorithm', capitalAlgorithm], ['Certificate', joined, 'rest']]

const cert: Form = reading => packed(listed(certificate, reading, 'CERT'), ([type, keyTag, of, data64 = '']) => {
  const data = bytesOfBase64(data64)
  return data && Uint8Array.of(...octets(Number(type)), ...octets(Number(keyTag)), Number(of), ...data)
})

const octets = (number: number): readonly [number, number] => [number >> 8, number & 0xff]
const nameBytes = (text: string): Uint8Array | undefined => {
  const { value } = rdataFromText('DNAME', text)
  return value && rdataBytes(value)
}

const some = (token: ZoneToken): string | undefined => (token.fault || token.text === '' ? undefined : token.text)
const base64: Word = token => (bytesOfBase64(token.text) ? some(token) : undefined)
const names: Rest = (reading, label) => {
  const found: string[] = []
  for (let token = reading.lexer.next(); !atEnd(token); token = reading.lexer.next()) {
    if (token.kind === 'blank') continue
    const each = token.kind === 'word' ? name(token, reading) : undefined
    if (each === undefined) return new ZoneFault(label, token)
    found.push(each)
  }
  return found.join(' ')
}
const identity: readonly Field[] = [['PublicKeyAlgorithm', u8], ['Hit', some], ['PublicKey', base64], ['RendezvousServers', names, 'rest']]

const hip: Form = reading => packed(listed(identity, reading, 'HIP'), ([of, hit = '', key64 = '', ...servers]) => {
  const [tag, publicKey, written] = [bytesOfHex(hit), bytesOfBase64(key64), servers.map(nameBytes)]
  if (!tag || !publicKey || written.includes(undefined)) return undefined
  return Uint8Array.of(tag.length, Number(of), ...octets(publicKey.length), ...tag, ...publicKey, ...written.flatMap(bytes => [...bytes as Uint8Array]))
})

/** An error that holds another has had no words of its own since v1.1.58. */
const wrapped = ({ dialect }: Reading, text: string, token: ZoneToken): ZoneFault => new ZoneFault(dialect.losesWords ? '' : text, token)

const apl: Form = reading => {
  const bytes: number[] = []
  let isFirst = true
  for (let token = reading.lexer.next(); !atEnd(token); token = reading.lexer.next()) {
    if (token.kind === 'blank' && !isFirst) continue
    if (token.kind !== 'word' || token.fault) return new ZoneFault('unexpected APL field', token)
    const prefix = prefixOf(token, reading)
    if (prefix instanceof ZoneFault) return prefix
    bytes.push(...prefix)
    isFirst = false
  }
  return genericText(Uint8Array.from(bytes))
}

/** `1:192.0.2.0/24`, `!2:2001:db8::/32`. */
function prefixOf(token: ZoneToken, reading: Reading): readonly number[] | ZoneFault {
  const colon = token.text.indexOf(':')
  if (colon < 0) return new ZoneFault('missing colon in APL field', token)
  const [family, network] = [token.text.slice(0, colon), token.text.slice(colon + 1)]
  const isNegated = family.startsWith('!')
  const number = parseUint(isNegated ? family.slice(1) : family, 16)
  if (isFault(number)) return wrapped(reading, `failed to parse APL family: ${number.fault}`, token)
  if (number.value !== 1 && number.value !== 2) return new ZoneFault('unrecognized APL family', token)
  const cidr = parseCidr(network)
  if (!cidr) return wrapped(reading, `failed to parse APL address: invalid CIDR address: ${network}`, token)
  const host = addressBytes(network.slice(0, network.indexOf('/'))) as Uint8Array
  if (!host.every((byte, i) => byte === cidr.bytes[i])) return new ZoneFault('extra bits in APL address', token)
  if (cidr.bytes.length !== (number.value === 1 ? 4 : 16)) return new ZoneFault('address mismatch with the APL family', token)
  const last = cidr.bytes.findLastIndex(byte => byte !== 0)
  return [...octets(number.value), cidr.bits, last + 1 | (isNegated ? 0x80 : 0), ...cidr.bytes.subarray(0, last + 1)]
}

/** Where a gateway is: nowhere, an address, a name; undefined: it says nothing. */
function gatewayBytes(token: ZoneToken, reading: Reading, type: number): Uint8Array | string {
  const { text } = token
  const [bytes, four] = [addressBytes(text), ip4Bytes(text)]
  switch (type) {
    case 0: return text === '.' ? new Uint8Array(0) : 'gateway type none with gateway set'
    case 1: case 2: {
      if (!bytes) return 'gateway IP invalid'
      const mapped = isMapped(bytes) ? bytes.subarray(12) : undefined
      if ((four ?? mapped) === undefined ? type === 1 : type === 2) return 'gateway IP family mismatch'
      return type === 1 ? four ?? mapped as Uint8Array : ip6Bytes(text) as Uint8Array
    }
    case 3: {
      const host = name(token, reading)
      return (host === undefined ? undefined : nameBytes(host)) ?? 'invalid gateway host'
    }
    default: return new Uint8Array(0)
  }
}

/** The words ahead of a gateway, and the gateway itself; `typeOf`: of which kind it is. */
function withGateway(reading: Reading, type: string, fields: readonly WordField[], typeOf: (values: readonly string[]) => number): { readonly values: readonly string[]; readonly gateway: Uint8Array } | ZoneFault {
  const words = wordsOf(fields, reading, type)
  if (words instanceof ZoneFault) return words
  reading.lexer.next()
  const token = reading.lexer.next()
  if (token.fault) return new ZoneFault(`bad ${type} gateway`, token)
  const gateway = gatewayBytes(token, reading, typeOf(words.values))
  return typeof gateway === 'string' ? wrapped(reading, `${type} ${gateway}`, token) : { values: words.values, gateway }
}

const ipseckey: Form = reading => {
  const read = withGateway(reading, 'IPSECKEY', [['value', u8], ['value', u8], ['value', u8]], ([, type]) => Number(type))
  if (read instanceof ZoneFault) return read
  reading.lexer.next()
  const key64 = joined(reading, 'bad IPSECKEY PublicKey')
  if (key64 instanceof ZoneFault) return key64
  // The line has ended already: what is looked at is the next one.
  const beyond = lineRest(reading.lexer)
  if (beyond) return beyond
  const publicKey = bytesOfBase64(key64)
  return publicKey ? genericText(Uint8Array.of(...read.values.map(Number), ...read.gateway, ...publicKey)) : read.values.join(' ')
}

const DISCOVERY_BIT = 0x80
const discovery: Word = token => (!token.fault && (token.text === '0' || token.text === '1') ? token.text : undefined)

const amtrelay: Form = reading => {
  const read = withGateway(reading, 'AMTRELAY', [['value', u8], ['bad discovery value', discovery], ['value', u8]], ([, , type]) => Number(type) & ~DISCOVERY_BIT)
  if (read instanceof ZoneFault) return read
  const [precedence = 0, discovers = 0, type = 0] = read.values.map(Number)
  // With the bit set it is of no known kind to whoever writes it.
  const written = (type & DISCOVERY_BIT) !== 0 || discovers === 1 ? [type | DISCOVERY_BIT] : [type, ...read.gateway]
  return finished(genericText(Uint8Array.of(precedence, ...written)), reading, 'AMTRELAY')
}

/** Nothing looks at what stands behind. */
const tkey: Form = reading => {
  const words = wordsOf([['algorithm', plainWord], ['key length', u8], ['key', plainWord], ['otherdata length', u8], ['otherday', plainWord]], reading, 'TKEY')
  if (words instanceof ZoneFault) return words
  const [of = '', size, keyHex = '', length, otherHex = ''] = words.values
  const [owner, data, other] = [of.endsWith('.') ? nameBytes(of) : undefined, bytesOfHex(keyHex), bytesOfHex(otherHex)]
  if (!owner || !data || !other) return words.values.join(' ')
  return genericText(Uint8Array.of(...owner, ...new Uint8Array(12), ...octets(Number(size)), ...data, ...octets(Number(length)), ...other))
}

export const RARE_FORMS: Readonly<Record<string, Form>> = {
  AMTRELAY: amtrelay, APL: apl, CERT: cert, HIP: hip, IPSECKEY: ipseckey, ISDN: like('HINFO', [['Fields', two, 'rest']], 'ISDN'), LOC: location,
  RESINFO: like('TXT', [['Resinfo', strings, 'rest']], 'RESINFO'), TA: like('DS', digest, 'TA'), TKEY: tkey,
}

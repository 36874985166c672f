// Arbitrary DNS messages for property tests: every modelled type, names that share suffixes and differ in case, labels of any bytes.
import fc from 'fast-check'
import type { EdnsOption, OptionValue } from '../../src/dns/edns-options.ts'
import { newOption, readOption } from '../../src/dns/edns-options.ts'
import { textOfBytes } from '../../src/dns/presentation-escape.ts'
import { ip4Text, ip6Text } from '../../src/dns/presentation-address.ts'
import type { GenericRdata, Rdata, RdataKind } from '../../src/dns/rdata-layout.ts'
import type { SvcParam } from '../../src/dns/rdata-svcb.ts'
import type { WireMessage, WireRecord } from '../../src/dns/wire-message.ts'
import { newRecord } from '../../src/dns/wire-message.ts'
import type { WireName } from '../../src/dns/wire-name.ts'
import { nameFromText } from '../../src/dns/wire-name.ts'
import { typeNumber } from '../../src/dns/wire-numbers-table.ts'

const escapeLabel = (bytes: Uint8Array): string => [...bytes].map(byte => `\\${String(byte).padStart(3, '0')}`).join('')
const label = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'A', 'www', 'example', 'Example', 'svc', 'cluster', 'local', 'corp-example', '_dns', '*', 'xn--fiqs8s') },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 63 }).map(escapeLabel) },
  { weight: 1, arbitrary: fc.constantFrom('a\\.b', 'back\\\\slash', 'sp\\032ace', 'q\\"', 'semi\\;', '\\@', '\\000') },
)
const suffix = fc.constantFrom('', '', 'cluster.local.', 'svc.cluster.local.', 'corp-example.com.', 'COM.')

export const nameText = fc.tuple(fc.array(label, { maxLength: 4 }), suffix).map(([labels, end]) => labels.map(each => `${each}.`).join('') + end || '.')
export const anyName: fc.Arbitrary<WireName> = nameText.map(text => nameFromText(text).value).filter(name => name !== undefined)

const u8 = fc.nat(0xff)
const u16 = fc.nat(0xffff)
const u32 = fc.nat({ max: 0xffffffff })
const bytes = (maxLength = 40, minLength = 0): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength, maxLength })
const string = bytes(20).map(textOfBytes)
const strings = fc.array(string, { minLength: 1, maxLength: 4 })
const types = fc.uniqueArray(fc.oneof(fc.constantFrom(1, 2, 5, 6, 15, 16, 28, 46, 47, 257), fc.integer({ min: 1, max: 65535 })), { maxLength: 8 })
  .map(all => all.sort((a, b) => a - b))

const param: fc.Arbitrary<SvcParam> = fc.oneof(
  fc.record({ key: fc.constant(1), value: fc.constant(Uint8Array.of(2, 104, 50, 2, 104, 51)) }),
  fc.record({ key: fc.constant(3), value: bytes(2, 2) }),
  fc.record({ key: fc.constant(4), value: bytes(4, 4) }),
  fc.record({ key: fc.constant(6), value: bytes(16, 16) }),
  fc.record({ key: fc.oneof(fc.nat(10), u16), value: bytes(12) }),
)
const params = fc.uniqueArray(param, { maxLength: 5, selector: each => each.key }).map(all => all.sort((a, b) => a.key - b.key))

const optionValue: fc.Arbitrary<OptionValue> = fc.oneof(
  fc.record({ kind: fc.constant('NSID' as const), text: string }),
  fc.record({ kind: fc.constant('COOKIE' as const), client: fc.constant('0011223344556677'.toUpperCase()), server: fc.constantFrom('', '00112233445566778899AABBCCDDEEFF') }),
  fc.record({ kind: fc.constant('KEEPALIVE' as const), timeoutMs: fc.option(u16.map(n => 100 * n), { nil: undefined }) }),
  fc.record({ kind: fc.constant('PADDING' as const), sizeBytes: fc.nat(50) }),
  fc.record({ kind: fc.constant('EDE' as const), infoCode: u16, extraText: fc.string({ maxLength: 10, unit: 'grapheme' }) }),
  fc.constantFrom(
    { kind: 'ECS', family: 4, address: '10.53.0.0', sourcePrefix: 16, scopePrefix: 0 } as const,
    { kind: 'ECS', family: 6, address: 'fd00:10::', sourcePrefix: 32, scopePrefix: 48 } as const,
  ),
)
const rawOption = fc.record({ code: fc.integer({ min: 100, max: 65535 }), data: bytes(8) })
  .map(({ code, data }): EdnsOption => ({ code, data, value: readOption(code, data), start: -1, end: -1 }))
export const options = fc.array(fc.oneof(optionValue.map(newOption), rawOption), { maxLength: 3 })

const digest = { keyTag: u16, algorithm: u8, digestType: u8, digest: bytes() }
const key = { flags: u16, protocol: u8, algorithm: u8, publicKey: bytes() }
const binding = { priority: u16, target: anyName, params }
const certificate = { usage: u8, selector: u8, matchingType: u8, data: bytes() }
const preferredHost = { preference: u16, host: anyName }
const groups = (size: number, octets: number, between: string): fc.Arbitrary<string> =>
  fc.array(bytes(octets, octets).map(b => Buffer.from(b).toString('hex')), { minLength: size, maxLength: size }).map(all => all.join(between))

const FIELDS: { readonly [K in RdataKind]: { readonly [F in Exclude<keyof Extract<Rdata, { kind: K }>, 'kind'>]: fc.Arbitrary<Extract<Rdata, { kind: K }>[F]> } } = {
  A: { address: bytes(4, 4).map(b => ip4Text(b)) },
  AAAA: { address: fc.oneof(bytes(16, 16), fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 }).map(b => Uint8Array.from(b))).map(b => ip6Text(b)) },
  CAA: { flags: u8, tag: string, value: string },
  AFSDB: { subtype: u16, host: anyName }, KX: preferredHost, LP: preferredHost, RT: preferredHost,
  CDNSKEY: key, CDS: digest,
  CSYNC: { serial: u32, flags: u16, types },
  DHCID: { digest: bytes(20, 1) }, OPENPGPKEY: { publicKey: bytes(20, 1) },
  EID: { endpoint: bytes(20, 1) }, NIMLOC: { locator: bytes(20, 1) },
  EUI48: { address: groups(6, 1, '-') }, EUI64: { address: groups(8, 1, '-') },
  GID: { id: u32 }, UID: { id: u32 },
  GPOS: { longitude: string, latitude: string, altitude: string },
  KEY: key, RKEY: key,
  L64: { preference: u16, locator: groups(4, 2, ':').map(text => text.toUpperCase()) }, NID: { preference: u16, node: groups(4, 2, ':') },
  'NSAP-PTR': { host: anyName },
  PX: { preference: u16, map822: anyName, mapX400: anyName },
  TALINK: { previous: anyName, next: anyName },
  UINFO: { text: string },
  L32: { preference: u16, locator: bytes(4, 4).map(b => ip4Text(b)) },
  MB: { host: anyName }, MD: { host: anyName }, MF: { host: anyName }, MG: { host: anyName }, MR: { host: anyName },
  MINFO: { rmailbx: anyName, emailbx: anyName }, RP: { mbox: anyName, txt: anyName },
  CNAME: { target: anyName }, DNAME: { target: anyName }, NS: { target: anyName }, PTR: { target: anyName },
  DNSKEY: key, DS: digest,
  HINFO: { cpu: string, os: string },
  HTTPS: binding, SVCB: binding,
  MX: { preference: u16, exchange: anyName },
  NAPTR: { order: u16, preference: u16, flags: string, services: string, regexp: string, replacement: anyName },
  NSEC: { next: anyName, types },
  NSEC3: { algorithm: u8, flags: u8, iterations: u16, salt: bytes(8), next: bytes(20, 1), types },
  NSEC3PARAM: { algorithm: u8, flags: u8, iterations: u16, salt: bytes(8) },
  OPT: { options },
  RRSIG: { covered: u16, algorithm: u8, labels: u8, originalTtl: u32, expiration: u32, inception: u32, keyTag: u16, signer: anyName, signature: bytes() },
  SMIMEA: certificate, TLSA: certificate,
  SOA: { mname: anyName, rname: anyName, serial: u32, refresh: u32, retry: u32, expire: u32, minimum: u32 },
  AVC: { strings }, NINFO: { strings }, SPF: { strings }, TXT: { strings },
  SRV: { priority: u16, weight: u16, port: u16, target: anyName },
  SSHFP: { algorithm: u8, fingerprintType: u8, fingerprint: bytes() },
  URI: { priority: u16, weight: u16, target: string },
  X25: { address: string },
  ZONEMD: { serial: u32, scheme: u8, algorithm: u8, digest: bytes() },
}
export const RDATA_KINDS = Object.keys(FIELDS) as readonly RdataKind[]

export const rdataOf = (kind: RdataKind): fc.Arbitrary<Rdata> => 
  fc.record({ kind: fc.constant(kind), ...(FIELDS[kind] as Readonly<Record<string, fc.Arbitrary<unknown>>>) }) as unknown as fc.Arbitrary<Rdata>

const generic: fc.Arbitrary<GenericRdata> = bytes().map(b => ({ kind: 'generic', bytes: b }))

const typed = (kind: RdataKind): fc.Arbitrary<WireRecord> =>
  fc.tuple(anyName, fc.constantFrom(1, 1, 1, 254), u32, rdataOf(kind)).map(([name, dnsClass, ttl, rdata]) => newRecord(name, typeNumber(kind) as number, dnsClass, ttl, rdata))
const unknown = fc.tuple(anyName, fc.constantFrom(1, 3, 32), u32, fc.constantFrom(10, 250, 65280), generic)
  .map(([name, dnsClass, ttl, type, rdata]) => newRecord(name, type, dnsClass, ttl, rdata))

export const anyRecord: fc.Arbitrary<WireRecord> = fc.oneof(...RDATA_KINDS.filter(kind => kind !== 'OPT').map(typed), unknown)
const opt = fc.tuple(fc.nat(0xffff), u32, rdataOf('OPT')).map(([size, ttl, rdata]) => newRecord(nameFromText('.').value as WireName, 41, size, ttl, rdata))

const question = fc.tuple(anyName, u16, u16).map(([name, type, dnsClass]) => ({ name, type, class: dnsClass, start: -1, end: -1 }))
const section = fc.array(anyRecord, { maxLength: 4 })

export const anyMessage: fc.Arbitrary<WireMessage> = fc.tuple(u16, u16, fc.array(question, { maxLength: 2 }), section, section, section, fc.option(opt), fc.nat(4))
  .map(([id, flags, questions, answers, authorities, rest, optRecord, at]) => ({
    id, flags, questions, answers, authorities,
    additionals: optRecord === null ? rest : [...rest.slice(0, at), optRecord, ...rest.slice(at)],
  }))

/** The message without the places of its parts: what a copy must agree in. */
export function valuesOf(message: WireMessage): unknown {
  const plain = (value: unknown): unknown => {
    if (value instanceof Uint8Array) return [...value]
    if (Array.isArray(value)) return value.map(plain)
    if (typeof value !== 'object' || value === null) return value
    if ('literal' in value && 'text' in value) return value.text
    return Object.fromEntries(Object.entries(value).filter(([field]) => !['start', 'end', 'rdataStart'].includes(field)).map(([field, each]) => [field, plain(each)]))
  }
  return plain(message)
}


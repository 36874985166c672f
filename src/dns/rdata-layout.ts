// What RDATA consists of, type by type: RFC 1035 and the RFC of each later type. A type that is not here is bytes (RFC 3597); so is RDATA that
// does not have the form of its type, together with a fault, so that nothing is lost and it can be sent again as it came.
// Not modelled: TSIG, SIG, TKEY, LOC, CERT, APL, HIP, IPSECKEY, AMTRELAY and the types that no library of the field prints as fields.
import type { Field } from './rdata-fields.ts'
import { compressibleNameField, eui48Field, eui64Field, hashField, ip4Field, ip6Field, locator64Field, node64Field, plainNameField, restBase64Field, restHexField, restTextField, saltField, stringField,
  stringsField, tagField, timeField, typeField, u16Field, u32Field, u8Field } from './rdata-fields.ts'
import { typesField } from './rdata-bitmap.ts'
import { paramsField } from './rdata-svcb.ts'
import { optionsField } from './edns-options.ts'
import { typeName } from './wire-numbers-table.ts'
import type { WireReader } from './wire-reader.ts'
import { fault } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'
import { writeBytes } from './wire-writer.ts'

const digest = [['keyTag', u16Field], ['algorithm', u8Field], ['digestType', u8Field], ['digest', restHexField]] as const
const textStrings = [['strings', stringsField]] as const
const key = [['flags', u16Field], ['protocol', u8Field], ['algorithm', u8Field], ['publicKey', restBase64Field]] as const
const binding = [['priority', u16Field], ['target', plainNameField], ['params', paramsField]] as const
const preferredHost = [['preference', u16Field], ['host', plainNameField]] as const
const oldHost = [['host', compressibleNameField]] as const
const certificate = [['usage', u8Field], ['selector', u8Field], ['matchingType', u8Field], ['data', restHexField]] as const

const LAYOUTS = {
  A: [['address', ip4Field]],
  AAAA: [['address', ip6Field]],
  AFSDB: [['subtype', u16Field], ['host', plainNameField]],
  AVC: textStrings,
  CAA: [['flags', u8Field], ['tag', tagField], ['value', restTextField]],
  CDNSKEY: key,
  CDS: digest,
  CNAME: [['target', compressibleNameField]],
  CSYNC: [['serial', u32Field], ['flags', u16Field], ['types', typesField]],
  DHCID: [['digest', restBase64Field]],
  DNAME: [['target', plainNameField]],
  DNSKEY: key,
  DS: digest,
  EID: [['endpoint', restHexField]],
  EUI48: [['address', eui48Field]],
  EUI64: [['address', eui64Field]],
  GID: [['id', u32Field]],
  GPOS: [['longitude', tagField], ['latitude', tagField], ['altitude', tagField]],
  HINFO: [['cpu', stringField], ['os', stringField]],
  HTTPS: binding,
  KEY: key,
  KX: preferredHost,
  L32: [['preference', u16Field], ['locator', ip4Field]],
  L64: [['preference', u16Field], ['locator', locator64Field]],
  LP: preferredHost,
  MB: oldHost,
  MD: oldHost,
  MF: oldHost,
  MG: oldHost,
  MINFO: [['rmailbx', compressibleNameField], ['emailbx', compressibleNameField]],
  MR: oldHost,
  MX: [['preference', u16Field], ['exchange', compressibleNameField]],
  NAPTR: [['order', u16Field], ['preference', u16Field], ['flags', stringField], ['services', stringField], ['regexp', stringField], ['replacement', plainNameField]],
  NID: [['preference', u16Field], ['node', node64Field]],
  NIMLOC: [['locator', restHexField]],
  NINFO: textStrings,
  NS: [['target', compressibleNameField]],
  'NSAP-PTR': [['host', plainNameField]],
  NSEC: [['next', plainNameField], ['types', typesField]],
  NSEC3: [['algorithm', u8Field], ['flags', u8Field], ['iterations', u16Field], ['salt', saltField], ['next', hashField], ['types', typesField]],
  NSEC3PARAM: [['algorithm', u8Field], ['flags', u8Field], ['iterations', u16Field], ['salt', saltField]],
  OPENPGPKEY: [['publicKey', restBase64Field]],
  OPT: [['options', optionsField]],
  PTR: [['target', compressibleNameField]],
  PX: [['preference', u16Field], ['map822', plainNameField], ['mapX400', plainNameField]],
  RKEY: key,
  RP: [['mbox', plainNameField], ['txt', plainNameField]],
  RRSIG: [['covered', typeField], ['algorithm', u8Field], ['labels', u8Field], ['originalTtl', u32Field], ['expiration', timeField], ['inception', timeField],
    ['keyTag', u16Field], ['signer', plainNameField], ['signature', restBase64Field]],
  RT: preferredHost,
  SMIMEA: certificate,
  SOA: [['mname', compressibleNameField], ['rname', compressibleNameField], ['serial', u32Field], ['refresh', u32Field], ['retry', u32Field], ['expire', u32Field],
    ['minimum', u32Field]],
  SPF: textStrings,
  SRV: [['priority', u16Field], ['weight', u16Field], ['port', u16Field], ['target', plainNameField]],
  SSHFP: [['algorithm', u8Field], ['fingerprintType', u8Field], ['fingerprint', restHexField]],
  SVCB: binding,
  TALINK: [['previous', plainNameField], ['next', plainNameField]],
  TLSA: certificate,
  TXT: textStrings,
  UID: [['id', u32Field]],
  UINFO: [['text', stringField]],
  URI: [['priority', u16Field], ['weight', u16Field], ['target', restTextField]],
  X25: [['address', tagField]],
  ZONEMD: [['serial', u32Field], ['scheme', u8Field], ['algorithm', u8Field], ['digest', restHexField]],
} as const

type Layouts = typeof LAYOUTS
export type RdataKind = keyof Layouts
type Fields<L extends readonly (readonly [string, unknown])[]> = { readonly [E in L[number] as E[0]]: E[1] extends { print(value: infer T): string } ? T : never }

/** RDATA of one type, its fields by name. */
export type RdataOf<K extends RdataKind> = { readonly kind: K } & Fields<Layouts[K]>
export interface GenericRdata {
  readonly kind: 'generic'
  readonly bytes: Uint8Array
}
export type Rdata = { [K in RdataKind]: RdataOf<K> }[RdataKind] | GenericRdata

export interface Layout {
  readonly kind: RdataKind
  readonly fields: readonly (readonly [name: string, field: Field<unknown>])[]
}

const BY_KIND: ReadonlyMap<string, Layout> = new Map(Object.entries(LAYOUTS).map(([kind, fields]) =>
  [kind, { kind: kind as RdataKind, fields: fields as unknown as Layout['fields'] }]))
const BY_NUMBER: readonly (Layout | undefined)[] = Array.from({ length: 259 }, (_, type) => BY_KIND.get(typeName(type)))

const CLASS_CHAOS = 3
const CLASS_NONE = 254
const CLASS_ANY = 255
const TYPE_A = 1

/** Undefined: RDATA of this type is bytes. The address of the CH class is something else (RFC 1035 §3.4.1 is for IN). */
export const layoutOf = (type: number, dnsClass: number): Layout | undefined => (type === TYPE_A && dnsClass === CLASS_CHAOS ? undefined : BY_NUMBER[type])

export const genericRdata = (bytes: Uint8Array): GenericRdata => ({ kind: 'generic', bytes })

export type FieldSeen = (name: string, start: number, end: number) => void

/** Reads RDATA from `reader.at` to `end`, whatever it is, and leaves the reader there. */
export function readRdata(reader: WireReader, type: number, dnsClass: number, end: number, seen?: FieldSeen): Rdata {
  const start = reader.at
  const layout = layoutOf(type, dnsClass)
  // A record of an update may stand for its type or its name alone (RFC 2136 §2.4).
  const isEmptied = start === end && (dnsClass === CLASS_ANY || dnsClass === CLASS_NONE) && layout?.kind !== 'OPT'
  const rdata = layout === undefined || isEmptied ? undefined : readFields(reader, layout, end, seen)
  const bytes = rdata === undefined ? reader.bytes.slice(start, end) : undefined
  reader.at = end
  return rdata ?? genericRdata(bytes as Uint8Array)
}

function readFields(reader: WireReader, layout: Layout, end: number, seen?: FieldSeen): Rdata | undefined {
  const faultCount = reader.faults.length
  const rdata: Record<string, unknown> = { kind: layout.kind }
  for (const [name, field] of layout.fields) {
    const start = reader.at
    const value = field.read(reader, end)
    if (value === undefined) {
      if (reader.faults.length === faultCount) fault(reader, 'rdata-length-mismatch', start, end)
      return undefined
    }
    if (seen) seen(name, start, reader.at)
    rdata[name] = value
  }
  if (reader.at === end) return rdata as unknown as Rdata
  fault(reader, 'rdata-length-mismatch', reader.at, end)
  return undefined
}

export function writeRdata(writer: WireWriter, rdata: Rdata): void {
  if (rdata.kind === 'generic') {
    writeBytes(writer, rdata.bytes)
    return
  }
  const values = rdata as unknown as Readonly<Record<string, unknown>>
  for (const [name, field] of fieldsOf(rdata.kind)) field.write(writer, values[name])
}

export const fieldsOf = (kind: RdataKind): Layout['fields'] => (BY_KIND.get(kind) as Layout).fields

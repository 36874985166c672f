// A zone of CoreDNS's `file` and `auto` as it is held after loading: plugin/file/file.go Parse and zone.go Insert, 1.9.3 to 1.15.0. SOA and apex
// NS stand apart from the tree; names are lower case but those of SRV (since 1.12.3). Up to 1.11.3 a file with an error behind its SOA is
// loaded up to the error, without a word.
import type { CorednsModel } from '../../chain/model.ts'
import type { Problem, Source } from '../../chain/source.ts'
import type { ResourceRecord } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { nameFromText } from '../../dns/wire-name.ts'
import { containerPath } from './go-path.ts'
import { goQuote } from './go-quote.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { laterTypes } from './type-word.ts'
import { readZoneFile } from './zone-file.ts'
import type { ZoneRecord } from './zone-file-parser.ts'
import type { ZoneDialect } from './zone-file-types.ts'
import { ZoneTree } from './zone-tree.ts'

export interface Zone {
  readonly version: CorednsVersion
  /** Absolute, lower case. */
  readonly origin: string
  readonly tree: ZoneTree
  /** Absent: not loaded. */
  readonly soa: ResourceRecord | undefined
  readonly ns: readonly ResourceRecord[]
  readonly soaSignatures: readonly ResourceRecord[]
  readonly nsSignatures: readonly ResourceRecord[]
}

/** `refused`: the text of the error, without the plugin. */
export type RefusedZone = { readonly refused: string; readonly source: Source | undefined }
export type LoadedZone = { readonly zone: Zone; readonly problems: readonly Problem[] } | RefusedZone | 'missing'

export const emptyZone = (origin: string, version: CorednsVersion): Zone =>
  ({ version, origin, tree: new ZoneTree(version), soa: undefined, ns: [], soaSignatures: [], nsSignatures: [] })

/** What the model has at a path of the container; relative paths begin at its working directory, the root. */
export const containerFile = (model: CorednsModel, path: string): { readonly file: string; readonly text: string } | undefined =>
  model.files.get(containerPath(path))

/**
 * Of the github.com/miekg/dns in the go.mod of each release: v1.1.49 in 1.9.3, v1.1.50 in 1.9.4 and 1.10, .55 in 1.11.0, .58 in 1.11.2, .62 in
 * 1.11.4, .64 in 1.12.1, .66 in 1.12.2, .67 in 1.12.3, .68 in 1.12.4, .69 in 1.14.0, .70 in 1.14.1, .72 in 1.14.2.
 */
export const dialectOf = (version: CorednsVersion): ZoneDialect => ({
  wordLimitBytes: since(version, 1, 11) ? Infinity : 2048, leadingDot: !since(version, 1, 9, 4), first: !since(version, 1, 11),
  looseEscapes: !since(version, 1, 11, 4), knowsOhttp: since(version, 1, 11, 4), laterTypes: laterTypes(version), hasIsdn: since(version, 1, 11, 2), losesWords: since(version, 1, 11, 2),
  lineEndIsName: !since(version, 1, 12, 2), untypedOverflow: !since(version, 1, 12, 3), ttlWraps: !since(version, 1, 14, 1),
})

const known = new WeakMap<CorednsModel['files'], Map<string, LoadedZone>>()

/** The set-up check and the plugin both ask; the file is read once. */
export function loadZone(model: CorednsModel, path: string, origin: string, version: CorednsVersion): LoadedZone {
  const loaded = known.get(model.files) ?? new Map<string, LoadedZone>()
  known.set(model.files, loaded)
  const key = [path, origin, ...version].join('\0')
  const zone = loaded.get(key) ?? readZone(model, path, origin, version)
  loaded.set(key, zone)
  return zone
}

export const noSoaText = (path: string, origin: string): string => `file ${goQuote(path)} has no SOA record for origin ${origin}`

function readZone(model: CorednsModel, path: string, origin: string, version: CorednsVersion): LoadedZone {
  const found = containerFile(model, path)
  if (!found) return 'missing'
  const { value, problems } = readZoneFile(found.file, found.text, { origin, path, dialect: dialectOf(version), open: at => containerFile(model, at) })
  const soaAt = value.records.findIndex(r => r.type === 'SOA' && r.data !== '')
  const first = value.records[soaAt]
  const noSoa = { refused: noSoaText(path, origin), source: value.error?.source }
  const odd = oddRecord(value.records, path, origin, version)
  if (odd) return odd
  // A serial of 0 is that of a zone not loaded yet: the file counts as unchanged.
  if (first && ZERO_SERIAL.test(first.data)) {
    return { refused: `no change in SOA serial for origin ${origin} in file ${path}, with 0 SOA serial`, source: first.source }
  }
  const parseError = value.error && since(version, 1, 11, 4) ? `failed to parse file ${goQuote(path)} for origin ${origin} with error ${value.error.text}` : ''
  // Up to 1.13 a missing SOA is said first.
  if (parseError !== '' && (first || since(version, 1, 14))) return { refused: parseError, source: value.error?.source }
  if (!first) return noSoa
  return { zone: zoneOf(value.records, origin, version), problems: problems.map(p => (p.code === 'zone-file-syntax' ? silently(p, version) : p)) }
}

/** Of a SOA. */
const ZERO_SERIAL = / 0 \d+ \d+ \d+ \d+$/

function silently(problem: Problem, version: CorednsVersion): Problem {
  return { ...problem, state: 'ignored', message: `CoreDNS ${version.join('.')} loads the zone up to here and says nothing: ${problem.message}` }
}

function oddRecord(records: readonly ZoneRecord[], path: string, origin: string, version: CorednsVersion): RefusedZone | undefined {
  for (const record of records) {
    const { type, name, source } = record
    if (type === 'NSEC3' || type === 'NSEC3PARAM') {
      return { refused: `NSEC3 zone is not supported, dropping RR: ${ownerOf(record, version)} for zone: ${origin}`, source }
    }
    if (type === 'SOA' && since(version, 1, 15) && printedName(name).toLowerCase() !== printedName(origin).toLowerCase()) {
      return { refused: `file ${goQuote(path)} has SOA owner ${name} that does not match origin ${origin}`, source }
    }
    // The serial is compared as soon as the first SOA is met.
    if (type === 'SOA' && ZERO_SERIAL.test(record.data)) return undefined
  }
  return undefined
}

/** As it comes back from the wire. */
export const printedName = (name: string): string => nameFromText(name).value?.text.replace(/\\\$/g, '$') ?? name

/** As the DNS library writes a name it has read from a packet: these behind a backslash, what does not print as `\DDD`, all else bare. */
export const unpackedName = (name: string): string => name.replace(/\\(\d{3})|\\([ -~])|[ '@;()"\\]/g, (all, code: string | undefined, escaped: string | undefined) => {
  const octet = code === undefined ? escaped ?? all : String.fromCharCode(Number(code))
  return BACKSLASHED.has(octet) ? `\\${octet}` : /^[ -~]$/.test(octet) ? octet : all
})

const BACKSLASHED = new Set('. \'@;()"\\')

/** The name of a request as plugins see it, and print it: folded. */
export const requestName = (name: string): string => unpackedName(nameKey(name))

export const recordOf = ({ name, type, ttlS, class: dnsClass, data }: Omit<ZoneRecord, 'source'>): ResourceRecord =>
  ({ name: printedName(name), type, ttlS, ...(dnsClass !== 'IN' && { class: dnsClass }), data })

/** How a record is filed: escapes as written up to 1.14.3. */
function ownerOf({ name, type }: ZoneRecord, version: CorednsVersion): string {
  if (type === 'SRV' && since(version, 1, 12, 3)) return name
  return (since(version, 1, 14, 4) ? unpackedName(printedName(name)) : name).toLowerCase()
}

/** Types whose names in RDATA are lower case. */
const folds = (type: string, version: CorednsVersion): boolean =>
  type === 'NS' || type === 'SOA' || type === 'CNAME' || type === 'MX' || (type === 'SRV' && !since(version, 1, 12, 3))

function foldedData({ type, data }: ZoneRecord, version: CorednsVersion): string {
  if (folds(type, version)) return data.toLowerCase()
  if ((type !== 'SVCB' && type !== 'HTTPS') || !since(version, 1, 14, 3)) return data
  const [priority = '', target = '', ...params] = data.split(' ')
  return [priority, target.toLowerCase(), ...params].join(' ')
}

function zoneOf(records: readonly ZoneRecord[], origin: string, version: CorednsVersion): Zone {
  const tree = new ZoneTree(version)
  let soa: ResourceRecord | undefined
  const ns: ResourceRecord[] = []
  const soaSignatures: ResourceRecord[] = []
  const nsSignatures: ResourceRecord[] = []
  for (const record of records) {
    const name = ownerOf(record, version)
    const held = recordOf({ ...record, name, data: foldedData(record, version) })
    const covers = record.type === 'RRSIG' ? record.data.slice(0, record.data.indexOf(' ')) : undefined
    if (record.type === 'SOA') soa = held
    else if (record.type === 'NS' && name === origin) ns.push(held)
    else if (covers === 'SOA') soaSignatures.push(held)
    else if (covers === 'NS' && name === origin) nsSignatures.push(held)
    else tree.insert(name, held)
  }
  return { version, origin, tree, soa, ns, soaSignatures, nsSignatures }
}

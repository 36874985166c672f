// What the set-up of CoreDNS's `dynupdate` plugin (since 1.15.0) refuses: plugin/dynupdate/setup.go.
// Not modelled: its database, limits of size.
import { isDomainName, isSubdomain, nameKey } from '../../dns/name.ts'
import type { Dispenser } from './dispenser.ts'
import { atoi, isFault } from './go-number.ts'
import { cleanPath } from './go-path.ts'
import { goQuote } from './go-quote.ts'
import { originsOf } from './origins.ts'
import { ONCE_TEXT } from './refuse.ts'
import { joined, onlyWord, readFault, statFault, textAt, type SetupAt, type SetupCheck } from './setup-check.ts'
import { dialectOf } from './zone-data.ts'
import { readZoneFile } from './zone-file.ts'
import type { ZoneRecord } from './zone-file-parser.ts'
import { goTypeName, goTypeNumber } from './zone-file-types.ts'

const LIMITS = new Set(['max_records', 'max_bytes', 'max_update_records'])

export const dynupdateSetup: SetupCheck = (c, at) => {
  c.next()
  const origin = originOf(c, at)
  const seen = new Set<string>()
  let file: string | undefined
  let rules = 0
  while (c.nextBlock()) {
    const name = c.val()
    if (name !== 'allow' && seen.has(name)) throw c.err(`${name} specified more than once`)
    seen.add(name)
    if (name === 'file') file = onlyWord(c)
    else if (name === 'database') {
      if (onlyWord(c) === '') throw c.argErr()
    } else if (LIMITS.has(name)) {
      const count = atoi(onlyWord(c))
      if (isFault(count) || count.value <= 0) throw c.err(`${name} requires a positive integer`)
    } else if (name === 'allow') {
      checkRule(c, c.remainingArgs(), origin)
      rules++
    } else throw c.err(`unknown property ${goQuote(name)}`)
  }
  if (c.next()) throw c.refuse(ONCE_TEXT)
  if (file === undefined) throw c.err('file is required')
  if (rules === 0) throw c.err('at least one allow rule is required')
  if (!seen.has('database')) checkZone(c, at, joined(at, file), origin)
}

function originOf(c: Dispenser, at: SetupAt): string {
  const [word, ...more] = c.remainingArgs()
  if (more.length > 0) throw c.refuse('exactly one zone is allowed')
  const zones = [...new Set(at.zones.map(nameKey))]
  if (word === undefined && zones.length !== 1) throw c.refuse('zone is required when the server block does not define exactly one zone')
  if (word === undefined) return zones[0] as string
  const hosts = originsOf([word], [])
  const origin = hosts.length === 1 ? nameKey(hosts[0] as string) : ''
  if (origin === '' || !isDomainName(origin)) throw c.refuse(`invalid zone ${goQuote(word)}`)
  return origin
}

/** KEY NAME TYPE…; `*` is any name or any type, `@` the zone. */
function checkRule(c: Dispenser, [key, name, ...types]: readonly string[], origin: string): void {
  if (key === undefined || name === undefined || types.length === 0) throw c.refuse('allow requires KEY NAME and at least one RR type')
  if (key.trim() === '' || key === '*' || key === '@' || !isDomainName(key)) throw c.refuse(`invalid TSIG key ${goQuote(key)}`)
  const isInside = name === '*' || name === '@' || (isDomainName(name) && isSubdomain(origin, nameKey(name)))
  if (!isInside) throw c.refuse(`allow name ${goQuote(name)} is outside zone ${goQuote(origin)}`)
  for (const type of types) {
    if (type === '*' && types.length > 1) throw c.refuse('wildcard RR type must be the only type in an allow rule')
    if (type !== '*' && !isAllowed(type.toUpperCase())) throw c.refuse(`invalid RR type ${goQuote(type)} in allow rule`)
  }
}

/** No zone may have them. */
const UNSUPPORTED = new Set(['SIG', 'KEY', 'NXT', 'DS', 'RRSIG', 'NSEC', 'DNSKEY', 'NSEC3', 'NSEC3PARAM', 'TALINK', 'CDS', 'CDNSKEY', 'ZONEMD', 'TA', 'DLV'])

/** No rule may allow them, nor types of questions only and those without a form of their own. */
const REFUSED_TYPES = new Set([...UNSUPPORTED, 'AXFR', 'IXFR', 'MAILA', 'MAILB', 'OPT', 'TKEY', 'TSIG', 'NONE', 'ATMA', 'UNSPEC', 'RESERVED', 'WKS'])

function isAllowed(word: string): boolean {
  const number = /^TYPE(\d{1,5})$/.exec(word)?.[1]
  const type = number === undefined ? word : goTypeName(Number(number))
  return goTypeNumber(type) !== undefined && !REFUSED_TYPES.has(type)
}

function checkZone(c: Dispenser, at: SetupAt, path: string, origin: string): void {
  const missing = statFault(at, path)
  if (missing !== undefined) throw c.refuse(`opening zone file ${goQuote(path)}: open ${cleanPath(path)}: ${missing}`)
  const unread = readFault(at, path)
  if (unread !== undefined) throw c.refuse(`parsing zone file ${goQuote(path)}: read ${cleanPath(path)}: is a directory`)
  const text = textAt(at, path)
  if (text === undefined) return
  const { records, error } = readZoneFile(path, text, { origin, path, dialect: dialectOf(at.version), open: () => undefined }).value
  if (error) throw c.refuse(`parsing zone file ${goQuote(path)}: ${error.text}`)
  const count = records.filter(r => r.type === 'SOA').length
  if (count === 0) throw c.refuse(`zone ${goQuote(origin)} has no SOA`)
  if (count > 1) throw c.refuse(`zone ${goQuote(origin)} contains more than one SOA`)
  const fault = recordFault(records, origin)
  if (fault !== undefined) throw c.refuse(`invalid zone ${goQuote(origin)}: zone contains ${fault}`)
}

/** The apex is looked at first; the order of the other names is not looked at here. */
function recordFault(records: readonly ZoneRecord[], origin: string): string | undefined {
  const aliased = new Map<string, boolean>()
  const isApex = (record: ZoneRecord): boolean => nameKey(record.name) === origin
  for (const record of [...records.filter(isApex), ...records.filter(r => !isApex(r))]) {
    const { name, type } = record
    if (record.class !== 'IN') return 'a non-IN record'
    if (!isSubdomain(origin, name)) return 'an out-of-zone record'
    if (UNSUPPORTED.has(type)) return `unsupported RR type ${type}`
    const key = nameKey(name)
    const isAlias = type === 'CNAME'
    if (aliased.has(key) && (isAlias || aliased.get(key))) return `CNAME data conflict at ${name}`
    aliased.set(key, isAlias)
    if (type === 'SOA' && !isApex(record)) return 'a non-apex SOA record'
    if (type === 'SOA' && / 0 \d+ \d+ \d+ \d+$/.test(record.data)) return 'an SOA with serial zero'
  }
  return undefined
}

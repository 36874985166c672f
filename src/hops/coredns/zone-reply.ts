// From an answer of a zone to the reply: ServeDNS of CoreDNS's `file` and `auto`, 1.9.3 to 1.15.0, behind the choice of the zone.
import type { HopRun } from '../../chain/effects.ts'
import type { Cause, DnsQuery, Reply } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { authoritativeReply } from './authoritative-reply.ts'
import { internalLookup } from './internal-lookup.ts'
import { matchZone } from './origins.ts'
import { since, written, type Next, type PluginSetup, type Served } from './plugin.ts'
import type { ZoneAnswer } from './zone-answer.ts'
import { unpackedName, type Zone } from './zone-data.ts'
import { lookUpInZone } from './zone-lookup.ts'
import { sharesRecords, withWrittenTtls } from './zone-ttls.ts'

/** `why`: what is said of a zone that is not loaded. */
export interface ServedZone {
  readonly zone: Zone
  readonly file: string
  readonly why?: Cause
}

export function* zoneReply(setup: PluginSetup, by: string, held: ServedZone, query: DnsQuery, next: Next, fallthrough: readonly string[]): HopRun<Served> {
  const { zone } = held
  if (query.type === 'AXFR' || query.type === 'IXFR') return { rcode: 'REFUSED', cause: { kind: 'refused', by, detail: 'zone transfer' } }
  const shown = nameKey(query.name)
  const name = unpackedName(shown)
  const looked = yield* lookUpInZone({
    zone, query, name, shown, type: query.type, isDo: query.edns?.do === true, lookup: (target, type, aliases) => internalLookup(setup, query, target, type, aliases),
  })
  const found = sharesRecords(setup) ? yield* withWrittenTtls(setup, zone, looked) : looked
  const served = yield* endOf(setup, by, held, { query, name, found, next, fallthrough })
  if (found.wildcard === undefined || !query.metadata || !since(setup.version, 1, 10)) return served
  return { ...served, metadata: { [WILDCARD_LABEL]: found.wildcard, ...served.metadata } }
}

/** Of `metadata`: the wildcard that an answer comes of. */
export const WILDCARD_LABEL = 'zone/wildcard'

interface Ending {
  readonly query: DnsQuery
  readonly name: string
  readonly found: ZoneAnswer
  readonly next: Next
  readonly fallthrough: readonly string[]
}

function* endOf(setup: PluginSetup, by: string, held: ServedZone, { query, name, found, next, fallthrough }: Ending): HopRun<Served> {
  const { answer, result } = found
  const isNothing = answer.length === 0
  if (isNothing && (result === 'no name' || result === 'success') && matchZone(fallthrough, name) !== undefined) return yield* next(query)
  if (result === 'loop') return { rcode: 'SERVFAIL', cause: { kind: 'loop', by } }
  if (result === 'failed' && isNothing) return { rcode: 'SERVFAIL', cause: held.why ?? { kind: 'failed', by, detail: `aliases in ${held.file} lead nowhere` } }
  return written({ ...replyOf(by, held, query, found, since(setup.version, 1, 14, 7)), ...(sharesRecords(setup) && { held: true }) })
}

function replyOf(by: string, { file }: ServedZone, query: DnsQuery, found: ZoneAnswer, keepsAuthority: boolean): Reply {
  const { answer, authority, additional, result } = found
  const isNegative = answer.length === 0 && result !== 'delegation'
  const cause = found.cause ?? (isNegative ? { kind: 'denied', by, detail: file } as const : undefined)
  const rcode = result === 'no name' ? 'NXDOMAIN' : result === 'failed' ? 'SERVFAIL' : 'NOERROR'
  const reply = authoritativeReply(query, { rcode, answer, authority, additional, ...(cause && { cause }) })
  // Behind an alias the zone still has authority over the name that was asked.
  const isReferral = result === 'delegation' && (answer.length === 0 || !keepsAuthority)
  return isReferral ? { ...reply, flags: reply.flags.filter(flag => flag !== 'aa') } : reply
}

/** Behind the last plugin of the chain a server of zones refuses, since 1.12.3. */
export function* notOurs(setup: PluginSetup, by: string, query: DnsQuery, next: Next): HopRun<Served> {
  if (since(setup.version, 1, 12, 3) && setup.isLast === true) return { rcode: 'REFUSED', cause: { kind: 'policy', by, detail: 'no zone for this name' } }
  return yield* next(query)
}

// What CoreDNS's cache keeps of a reply and for how long: plugin/cache/cache.go (ResponseWriter), item.go, plugin/pkg/dnsutil/ttl.go,
// 1.9.3 to 1.15.0. A cell holds both maps of one key, because the second lookup depends on the first.
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { isForOther } from '../../dns/question-match.ts'
import { isNonAnswer } from './cache-answers.ts'
import type { CacheOptions } from './cache-options.ts'
import { matchZone } from './origins.ts'
import { since, type CorednsVersion, type Served } from './plugin.ts'
import { replyTypeOf, type ReplyType } from './reply-type.ts'
import { WILDCARD_LABEL } from './zone-reply.ts'
import { bareReply, messagesOf } from './server-reply.ts'

export type Entry = {
  /** All records carry the entry's full TTL. */
  readonly reply: Reply
  readonly ttlS: number
  /** Its age when the cell was written; 0 for the reply that was just stored. */
  readonly sinceMs: number
  /** Metadata that a hit sets again, since 1.10. */
  readonly wildcard?: string
  /** Filled before the lookup, by nobody knows whom. */
  readonly mayLackAd?: boolean
}
export type Content = { readonly success?: Entry; readonly denial?: Entry }
export type MapName = keyof Content

/** For messages without records, and for those that are neither an answer nor a denial. */
const SHORT_TTL_S = 5
const OLD_TTL_LIMIT_S = 3600

const recordsOf = (reply: Reply): readonly ResourceRecord[] => [...reply.answer, ...reply.authority, ...reply.additional]

function minimalTtlS(reply: Reply, type: ReplyType, version: CorednsVersion): number {
  if (type !== 'NOERROR' && type !== 'NXDOMAIN' && type !== 'NODATA') return SHORT_TTL_S
  const records = recordsOf(reply)
  if (records.length === 0) return SHORT_TTL_S
  const least = records.reduce((ttl, r) => Math.min(ttl, r.ttlS), Infinity)
  return since(version, 1, 14, 4) ? least : Math.min(least, OLD_TTL_LIMIT_S)
}

/** TTL that a reply leaves with, stored or not. */
export function lifetimeS(reply: Reply, query: DnsQuery, options: CacheOptions, version: CorednsVersion): number {
  const type = keptTypeOf(reply, query, version)
  if (type === 'SERVERERROR') return options.servfailS
  const limits = type === 'NXDOMAIN' || type === 'NODATA' ? options.denial : options.success
  return Math.min(Math.max(minimalTtlS(reply, type, version), limits.minTtlS), limits.maxTtlS)
}

/** The map a reply goes to, or undefined when it is not kept. */
function mapFor(reply: Reply, query: DnsQuery, options: CacheOptions, version: CorednsVersion): MapName | undefined {
  const type = keptTypeOf(reply, query, version)
  if (reply.flags.includes('tc') || type === 'OTHERERROR' || type === 'META') return undefined
  if (isForOther(reply, query)) return undefined
  if (type === 'NXDOMAIN' && !hasSoa(reply)) return undefined
  if (type === 'NOERROR' && since(version, 1, 14, 7) && isNonAnswer(reply, query)) return undefined
  const map = type === 'NOERROR' || type === 'DELEGATION' ? 'success' : 'denial'
  return matchZone(map === 'success' ? options.exceptSuccess : options.exceptDenial, query.name) === undefined ? map : undefined
}

/** The type of a reply as `cache` takes it; `log` takes it otherwise. */
function keptTypeOf(reply: Reply, query: DnsQuery, version: CorednsVersion): ReplyType {
  const type = replyTypeOf(reply, query, version)
  return type === 'NOERROR' && since(version, 1, 14, 7) && hasSoa(reply) && isNonAnswer(reply, query) ? 'NODATA' : type
}

const hasSoa = (reply: Reply): boolean => reply.authority.some(r => r.type === 'SOA')

/** `type`: of the question that the reply has, under which it is kept. */
export interface Stored { readonly type: string; readonly map: MapName; readonly entry: Entry }

/** What of a later plugin's result is stored, in the order in which it is written: where a `rewrite` writes a second message, that one too.
 * A failure nobody wrote is kept since 1.15.0, if it came with an error. */
export function storedOf(served: Served, query: DnsQuery, options: CacheOptions, version: CorednsVersion): readonly Stored[] {
  const { reply } = served
  if (!reply) {
    const keeps = since(version, 1, 15) && served.rcode === 'SERVFAIL' && served.error !== undefined && options.servfailS > 0
    if (!keeps || matchZone(options.exceptDenial, query.name) !== undefined) return []
    const failure = { ...bareReply({ ...query, rd: false, cd: false }, 'SERVFAIL'), ...(served.cause && { cause: served.cause }) }
    return [{ type: query.type, map: 'denial', entry: { reply: failure, ttlS: options.servfailS, sinceMs: 0 } }]
  }
  const wildcard = served.metadata?.[WILDCARD_LABEL]
  const keepsAd = !losesAd(version) || query.ad === true || query.edns?.do === true
  // A `rewrite type` behind the cache changes the very query that the reply is held against; the name is that of before.
  const type = served.askedType ?? served.query?.type ?? query.type
  return messagesOf(reply).flatMap(message => {
    const asked = message.question ? { ...query, type } : query
    const map = mapFor(message, asked, options, version)
    const ttlS = lifetimeS(message, asked, options, version)
    if (map === undefined || !(ttlS > 0)) return []
    const kept = withTtl(message, ttlS)
    const flags = kept.flags.filter(f => f === 'aa' || f === 'ra' || (f === 'ad' && keepsAd))
    return [{ type: asked.type, map, entry: { reply: { ...kept, flags }, ttlS, sinceMs: 0, ...(wildcard !== undefined && { wildcard }) } }]
  })
}

/** AD is taken out for a client that did not want it, and from 1.12.3 to 1.14.6 before the reply is kept. */
export const losesAd = (version: CorednsVersion): boolean => since(version, 1, 12, 3) && !since(version, 1, 14, 7)

/** Every record with one TTL, and no OPT: how a reply leaves the cache, and how it is kept. */
export function withTtl(reply: Reply, ttlS: number): Reply {
  const { edns: _, question: __, ...rest } = reply
  const ttl = Math.floor(ttlS)
  const set = (records: readonly ResourceRecord[]): readonly ResourceRecord[] => records.map(r => (r.ttlS === ttl ? r : { ...r, ttlS: ttl }))
  return { ...rest, answer: set(reply.answer), authority: set(reply.authority), additional: set(reply.additional) }
}

export const ageMsOf = (entry: Entry, heldMs: number): number => entry.sinceMs + heldMs

/** Whole seconds left; below 0 = that long past its end. */
export const leftS = (entry: Entry, heldMs: number): number => Math.floor(entry.ttlS) - Math.floor(ageMsOf(entry, heldMs) / 1000)

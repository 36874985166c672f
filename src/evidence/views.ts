// What each upstream is known to answer, from answers to direct questions; whether it answers at all, from those and from errors that name
// it. A question is not asked of the view when its tool does not show the server, or when the address is one of ours (a CoreDNS pod, the
// Service VIP): the caller says which those are. What a log line says of an upstream (`{/forward/upstream}`) is a result without records:
// results-seen.ts.
import { nameKey } from '../dns/name.ts'
import { isNodata, type Reply, type ResourceRecord } from '../dns/message.ts'
import { isNodeLocal } from '../dns/socket-address.ts'
import type { UpstreamModel, ViewEntry } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import type { DirectAnswer, Observation } from './observation.ts'
import { serverAddress } from './server-address.ts'

export interface ViewSettings {
  /** True for addresses that are part of the chain: CoreDNS pods, Service VIPs, node-local caches. Loopback is always. */
  readonly isOurs?: (address: string) => boolean
}

/** A value may be told a thousand times; the first places prove it. */
const SOURCE_LIMIT = 5
/** Different names and upstreams a hostile bundle may make us keep. */
const ENTRY_LIMIT = 100_000

interface Answers {
  reply: Reply
  count: number
  ttlKnown: boolean
  /** Fullest TTL seen, by record. */
  readonly ttlS: Map<string, number>
  readonly sources: Source[]
}
interface Entry {
  readonly name: string
  readonly type: string
  readonly replies: Map<string, Answers>
}
interface Upstream {
  readonly address: string
  readonly port: number
  readonly entries: Map<string, Entry>
  answered: number
  unanswered: number
  readonly answeredSources: Source[]
  readonly unansweredSources: Source[]
}

const keep = (sources: Source[], source: Source): void => {
  if (sources.length < SOURCE_LIMIT) sources.push(source)
}

/** Types whose data is a name. */
const NAME_DATA: ReadonlySet<string> = new Set(['CNAME', 'NS', 'PTR', 'DNAME'])

/** A record's identity. Of an SOA owner and primary: serial numbers change while the denial stays the same. */
const recordKey = ({ name, type, data }: ResourceRecord): string =>
  `${nameKey(name)} ${type} ${type === 'SOA' ? nameKey(data.split(' ', 1)[0] as string) : NAME_DATA.has(type) ? nameKey(data) : data}`

/** Order and TTLs aside: a rotated answer is the same answer, a counted-down one too. Additional data and the cookie-like options are not
 * part of it. */
const replyKey = (reply: Reply): string =>
  JSON.stringify([reply.rcode, reply.flags.includes('tc'), reply.answer.map(recordKey).sort(), reply.authority.map(recordKey).sort()])

export function viewsOf(observations: Iterable<Observation>, settings: ViewSettings = {}): UpstreamModel[] {
  const upstreams = new Map<string, Upstream>()
  const upstreamAt = (server: string): Upstream | undefined => {
    const where = serverAddress(server)
    if (!where || isNodeLocal(where.address) || settings.isOurs?.(where.address)) return undefined
    let upstream = upstreams.get(server)
    if (!upstream && upstreams.size < ENTRY_LIMIT) {
      upstream = { ...where, entries: new Map(), answered: 0, unanswered: 0, answeredSources: [], unansweredSources: [] }
      upstreams.set(server, upstream)
    }
    return upstream
  }
  const pings: { readonly address: string; readonly source: Source }[] = []
  for (const seen of observations) {
    if (seen.kind === 'direct' && seen.server !== '') addDirect(upstreamAt(seen.server), seen)
    else if (seen.kind === 'server-error' && seen.upstream !== undefined && seen.failure !== 'other') {
      const upstream = upstreamAt(seen.upstream)
      if (upstream) {
        upstream.unanswered++
        keep(upstream.unansweredSources, seen.source)
      }
    } else if (seen.kind === 'served' && seen.upstream !== undefined) {
      const upstream = upstreamAt(seen.upstream)
      if (upstream) {
        upstream.answered++
        keep(upstream.answeredSources, seen.source)
      }
    } else if (seen.kind === 'reachability' && seen.received === 0) pings.push(seen)
  }
  // A ping that is not answered proves nothing by itself; beside unanswered questions it is a second, independent sign.
  for (const { address, source } of pings) {
    for (const upstream of upstreams.values()) if (upstream.address === address && upstream.unanswered > 0) keep(upstream.unansweredSources,
      source)
  }
  return [...upstreams.values()].map(modelOf).sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port))
}

function addDirect(upstream: Upstream | undefined, seen: DirectAnswer): void {
  if (!upstream) return
  if (!seen.reply) {
    upstream.unanswered++
    return keep(upstream.unansweredSources, seen.source)
  }
  upstream.answered++
  keep(upstream.answeredSources, seen.source)
  const key = `${nameKey(seen.query.name)} ${seen.query.type}`
  let entry = upstream.entries.get(key)
  if (!entry) {
    if (upstream.entries.size >= ENTRY_LIMIT) return
    upstream.entries.set(key, (entry = { name: seen.query.name, type: seen.query.type, replies: new Map() }))
  }
  const same = replyKey(seen.reply)
  let answers = entry.replies.get(same)
  if (!answers) entry.replies.set(same, (answers = { reply: seen.reply, count: 0, ttlKnown: seen.ttlKnown !== false, ttlS: new Map(),
    sources: [] }))
  answers.count++
  keep(answers.sources, seen.source)
  if (seen.ttlKnown === false) return
  if (!answers.ttlKnown) Object.assign(answers, { reply: seen.reply, ttlKnown: true })
  for (const record of [...seen.reply.answer, ...seen.reply.authority]) {
    const id = recordKey(record)
    answers.ttlS.set(id, Math.max(answers.ttlS.get(id) ?? 0, record.ttlS))
  }
}

function modelOf(upstream: Upstream): UpstreamModel {
  const { address, port, answered, unanswered } = upstream
  const view = [...upstream.entries.values()].map(({ name, type, replies }) => ({
    name, type,
    replies: [...replies.values()].sort((a, b) => b.count - a.count).map(answers => ({
      reply: fullest(answers), count: answers.count, sources: answers.sources, ...(!answers.ttlKnown && { ttlUnknown: true as const }),
    })),
  }))
  const reachable = answered > 0 ? (unanswered > 0 ? 'sometimes' : 'yes') : unanswered > 0 ? 'no' : 'unknown'
  return { address, port, view, reachable, reachableSources: [...upstream.unansweredSources.slice(0, answered > 0 ? 3 : SOURCE_LIMIT),
    ...upstream.answeredSources].slice(0, SOURCE_LIMIT) }
}

function fullest({ reply, ttlS, ttlKnown }: Answers): Reply {
  if (!ttlKnown) return reply
  const full = (records: readonly ResourceRecord[]): ResourceRecord[] =>
    records.map(record => ({ ...record, ttlS: ttlS.get(recordKey(record)) ?? record.ttlS }))
  return { ...reply, answer: full(reply.answer), authority: full(reply.authority) }
}

export interface Denial {
  readonly result: 'nxdomain' | 'nodata'
  /** Owner of the SOA: the zone that says no. undefined: a denial without SOA, which no cache keeps. */
  readonly zone: string | undefined
  /** MNAME of the SOA: who runs that zone. Public and internal servers of one name differ here. */
  readonly primary: string | undefined
  /** Seconds a cache may keep it: the smaller of the SOA's own TTL and its minimum field (RFC 2308 §5). */
  readonly ttlS: number | undefined
  readonly count: number
  readonly sources: readonly Source[]
}

/** How an upstream denies this question; undefined: it never does. The most frequent denial, when there are several. */
export function denialOf(entry: ViewEntry): Denial | undefined {
  const denied = entry.replies.find(({ reply }) => reply.rcode === 'NXDOMAIN' || isNodata(reply))
  if (!denied) return undefined
  const { reply, count, sources } = denied
  const soa = reply.authority.find(record => record.type === 'SOA')
  const fields = soa?.data.trim().split(/\s+/) ?? []
  const minimum = Number(fields[6])
  return {
    result: reply.rcode === 'NXDOMAIN' ? 'nxdomain' : 'nodata', zone: soa?.name, primary: fields[0],
    ttlS: soa && (Number.isFinite(minimum) ? Math.min(soa.ttlS, minimum) : soa.ttlS), count, sources,
  }
}

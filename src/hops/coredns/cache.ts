// CoreDNS's `cache` plugin, 1.9.3 to 1.15.0: plugin/cache/. It keeps answers and denials apart; a denial is looked at first, except that
// since 1.14.4 a kept SERVFAIL gives way to a good answer. The first reply already leaves with the TTL it is kept for. `prefetch` and
// the refresh of a stale entry run beside the query, over TCP.
// Not modelled: capacity (an entry can be gone early), the last good answer that `prefer_positive` keeps behind one that answers nothing, answers made
// from wildcards of signed zones.
import { ask, background, call, get, LOST, pick, put, type Fill, type Hop, type HopRun, type Plain } from '../../chain/effects.ts'
import { FLAG_ORDER, type DnsQuery, type Reply } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { ageMsOf, leftS, lifetimeS, losesAd, storedOf, withTtl, type Content, type Entry, type Stored } from './cache-entry.ts'
import { readCacheOptions, type CacheOptions } from './cache-options.ts'
import { endsAtZero, isRenewed, mayRenew, renewalEnded } from './cache-stale.ts'
import { matchZone } from './origins.ts'
import { inBlock, panicked, plain, since, written, type CorednsVersion, type Next, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { WILDCARD_LABEL } from './zone-reply.ts'
import { copiedFlags, onEachMessage } from './server-reply.ts'
import { sharesRecords, writeTtls } from './zone-ttls.ts'

interface Cache {
  readonly options: CacheOptions
  readonly version: CorednsVersion
  readonly nextHop: string
  /** Begins every cell and hop of this instance. */
  readonly id: string
  /** The TTLs of replies stay in the zones they come from. */
  readonly writes: ((reply: Reply) => HopRun<void>) | undefined
  /** Two entries of one key can be alive at once only if something is refreshed before it has ended. */
  readonly refreshes: boolean
}

const OLD_EDNS_BYTES = 2048

/** Later plugins work on a copy of the query: what they change in it stays there. */
function ownQuery(served: Served): Served {
  const { query: _, answered: __, ...rest } = served
  return served.query || served.answered ? { ...rest, ...(served.query && { askedType: served.query.type }) } : served
}

export const cache: PluginFactory = setup => {
  const options = readCacheOptions(setup)
  const id = inBlock(setup, 'cache')
  const c: Cache = { options, version: setup.version, nextHop: setup.nextHop, id, writes: sharesRecords(setup) ? reply => writeTtls(setup, reply) : undefined,
    refreshes: options.prefetch !== undefined || options.stale !== undefined }
  const refresh = registerRefresh(c, setup)
  return function* (query, after) {
    const next: Next = function* (question) { return ownQuery(yield* after(question)) }
    if (matchZone(options.zones, query.name) === undefined) return leaving(yield* next(query))
    if (since(c.version, 1, 15) && query.opcode !== undefined && query.opcode !== 'QUERY') return yield* next(query)
    const cell = cellOf(c, query)
    const held = yield* get(cell, fillFor(c, query))
    const found = held && usable(c, held.value as unknown as Content, held.ageMs)
    if (!held || !found) return yield* miss(c, query, next)
    const left = leftS(found, held.ageMs)
    const isStale = left < 0 || (left === 0 && endsAtZero(c.version))
    if (isStale && options.stale?.verify) {
      const verified = yield* (options.stale.verifyMs > 0 ? verifyInTime(c, query, refresh) : verify(c, query, next, cell))
      if (verified) return verified
    } else if (isStale) yield* refreshInBackground(refresh, query, true)
    else if (yield* isDueForPrefetch(c, cell, found, left)) yield* refreshInBackground(refresh, query, false)
    const ttlS = options.keepTtl ? Math.floor(found.ttlS) : Math.max(0, left)
    const entry = yield* asFirstAsked(c, query, cell, found)
    const answered = hit(c, query, entry, (isStale && options.stale?.ttlS) || ttlS)
    // 1.7.0 writes into copies here.
    if (since(c.version, 1, 7, 1)) yield* writeHeld(c, answered)
    return leaving(answered)
  }
}

function cellOf(c: Cache, query: DnsQuery): string {
  const parts = [
    nameKey(query.name), query.type,
    since(c.version, 1, 14, 7) ? query.class ?? 'IN' : '',
    !addsDo(c) && query.edns?.do ? 'do' : '',
    since(c.version, 1, 11, 2) && query.cd ? 'cd' : '',
  ]
  return `${c.id} ${parts.filter(p => p !== '').join(' ')}`
}

/** The entry that answers, fresh or allowed to be stale. */
function usable(c: Cache, content: Content, heldMs: number): Entry | undefined {
  const staleS = Math.floor((c.options.stale?.upToMs ?? 0) / 1000)
  const isUsable = (entry: Entry | undefined): entry is Entry => entry !== undefined && leftS(entry, heldMs) > -staleS
  const { denial, success } = content
  if (c.options.stale?.prefersPositive && isUsable(success)) return success
  if (!isUsable(denial)) return isUsable(success) ? success : undefined
  const yields = since(c.version, 1, 14, 4) && denial.reply.rcode === 'SERVFAIL' && isUsable(success)
  return yields ? success : denial
}

function hit(c: Cache, query: DnsQuery, entry: Entry, ttlS: number): Served {
  const stored = entry.reply
  const flags = new Set([...copiedFlags(query), ...stored.flags])
  if (!since(c.version, 1, 15)) flags.add('aa')
  if (!mayHaveAd(c, query)) flags.delete('ad')
  const reply = { ...withTtl(withoutProofs(c, query, stored), ttlS), flags: FLAG_ORDER.filter(f => flags.has(f)) }
  return { ...written(reply), ...(entry.wildcard !== undefined && query.metadata && { metadata: { [WILDCARD_LABEL]: entry.wildcard } }) }
}

/** Whoever filled the cell before the lookup may not have wanted AD. */
function* asFirstAsked(c: Cache, query: DnsQuery, cell: string, entry: Entry): HopRun<Entry> {
  if (!entry.mayLackAd || !mayHaveAd(c, query)) return entry
  const key = `${cell} kept for a client that wanted AD`
  if (yield* pick({ at: key, key, options: [true, false] })) return entry
  return { ...entry, reply: { ...entry.reply, flags: entry.reply.flags.filter(f => f !== 'ad') } }
}

const mayHaveAd = (c: Cache, query: DnsQuery): boolean => query.edns?.do === true || (since(c.version, 1, 9, 4) && query.ad === true) || !since(c.version, 1, 7, 1)

const PROOFS: ReadonlySet<string> = new Set(['DS', 'NSEC', 'NSEC3', 'RRSIG', 'SIG'])

/** From 1.7.1 to 1.10.0 every question goes on with DO. */
const addsDo = (c: Cache): boolean => since(c.version, 1, 7, 1) && !since(c.version, 1, 10, 1)

/** What came of that is taken out again for a client that did not set it. */
function withoutProofs(c: Cache, query: DnsQuery, reply: Reply): Reply {
  if (!addsDo(c) || query.edns?.do) return reply
  const left = (records: Reply['answer']): Reply['answer'] => records.filter(r => !PROOFS.has(r.type))
  return { ...reply, answer: left(reply.answer), authority: left(reply.authority), additional: left(reply.additional) }
}

/** The query as later plugins see it on a miss. */
function asked(c: Cache, query: DnsQuery): DnsQuery {
  if (since(c.version, 1, 14, 7)) return { ...query, ad: true }
  if (!addsDo(c) || query.edns?.do) return query
  return { ...query, edns: { ...query.edns, sizeBytes: OLD_EDNS_BYTES, do: true } }
}

function* miss(c: Cache, query: DnsQuery, next: Next): HopRun<Served> {
  const served = yield* next(asked(c, query))
  if (served.reply?.unpackable) return panicked(c.id)
  yield* store(c, query, storedOf(served, query, c.options, c.version), false)
  const answered = rewritten(c, query, served)
  yield* writeHeld(c, answered)
  return leaving(answered)
}

function* writeHeld(c: Cache, { reply }: Served): HopRun<void> {
  if (reply?.held && c.writes) yield* c.writes(reply)
}

/** Nobody ahead writes into records. */
function leaving(served: Served): Served {
  if (!served.reply?.held) return served
  const { held: _, ...reply } = served.reply
  return { ...served, reply }
}

/** A reply on its way out for the first time. */
function rewritten(c: Cache, query: DnsQuery, served: Served): Served {
  if (!served.reply) return served
  const reply = onEachMessage(served.reply, message => {
    const capped: Reply = withTtl(withoutProofs(c, query, message), lifetimeS(message, query, c.options, c.version))
    const flags = mayHaveAd(c, query) ? capped.flags : capped.flags.filter(f => f !== 'ad')
    return { ...capped, flags, ...(message.question && { question: message.question }) }
  })
  return { ...served, reply }
}

/** An answer that was prefetched takes a kept denial away. */
function* store(c: Cache, query: DnsQuery, stored: readonly Stored[], prefetched: boolean): HopRun<void> {
  const [first] = stored
  if (!first) return
  const cell = cellOf(c, { ...query, type: first.type })
  const held = c.refreshes ? yield* get(cell) : undefined
  let content = held ? aged(held.value as unknown as Content, held.ageMs) : {}
  for (const { map, entry } of stored) content = { ...(!prefetched || map === 'denial') && content, [map]: entry }
  yield* put(cell, content as unknown as Plain, contentLifeMs(c, content))
}

function aged({ success, denial }: Content, heldMs: number): Content {
  const of = (entry: Entry): Entry => ({ ...entry, sinceMs: ageMsOf(entry, heldMs) })
  return { ...(success && { success: of(success) }), ...(denial && { denial: of(denial) }) }
}

const contentLifeMs = (c: Cache, content: Content): number =>
  Math.max(...[content.success, content.denial].map(e => (e ? e.ttlS * 1000 - e.sinceMs + (c.options.stale?.upToMs ?? 0) : 0)))

/** Who else may have filled the cell: the same question, asked before. A stale entry is renewed by the first who asks for it, so in the long
 * run it counts no longer than its TTL. */
function fillFor(c: Cache, query: DnsQuery): Fill {
  const of = (value: Plain): readonly Stored[] => storedOf(value as unknown as Served, query, c.options, c.version).filter(({ type }) => type === query.type)
  return {
    from: { hop: c.nextHop, query: plain(asked(c, query)) },
    lifeMs: value => of(value).reduce((most, { entry }) => Math.max(most, entry.ttlS * 1000), 0),
    stores: value => Object.fromEntries(of(value).map(({ map, entry }) => {
      const mayLackAd = losesAd(c.version) && entry.reply.flags.includes('ad')
      return [map, { ...entry, ...(mayLackAd && { mayLackAd }) }]
    })) as unknown as Plain,
  }
}

/** Hits so far are counted only where `prefetch` is on. */
function* isDueForPrefetch(c: Cache, cell: string, entry: Entry, left: number): HopRun<boolean> {
  const { prefetch } = c.options
  if (!prefetch) return false
  const counter = `${cell} hits`
  const before = yield* get(counter)
  const hits = before && before.ageMs < prefetch.gapMs ? Number(before.value) + 1 : 1
  yield* put(counter, hits, Infinity)
  return hits >= prefetch.amount && left <= Math.ceil(prefetch.percent / 100 * entry.ttlS)
}

function* refreshInBackground(refresh: string | undefined, query: DnsQuery, stale: boolean): HopRun<void> {
  if (refresh !== undefined) yield* background(refresh, { query: { ...plain(query) as object, transport: 'tcp' } as Plain, stale })
}

function registerRefresh(c: Cache, setup: PluginSetup): string | undefined {
  if (!c.refreshes || !setup.register) return undefined
  const id = `${c.id} refresh`
  const hop: Hop = function* (value) {
    const { query, stale } = value as unknown as Renewal
    const cell = cellOf(c, query)
    if (!(yield* mayRenew(c.options, c.version, cell, stale))) return plain({ rcode: 'SERVFAIL' } as Served)
    const served = (yield* call(c.nextHop, plain(asked(c, query)))) as unknown as Served
    const renewed = stale ? isRenewed(served.reply, query, c.options, c.version, !c.options.stale?.verify) : served.reply !== undefined
    if (isKept(c, served, renewed)) yield* store(c, query, storedOf(served, query, c.options, c.version), true)
    yield* renewalEnded(c.options, c.version, cell, renewed)
    return stale ? plain({ ...served, ...(!renewed && { rcode: 'SERVFAIL', reply: undefined }) } as Served) : LOST
  }
  setup.register(id, hop)
  return id
}

/** With `prefer_positive` what is no answer is kept beside the stale one. */
const isKept = (c: Cache, served: Served, renewed: boolean): boolean => renewed || (c.options.stale?.prefersPositive === true && served.reply !== undefined)

interface Renewal {
  readonly query: DnsQuery
  /** The entry is past its end; else it is prefetched. */
  readonly stale: boolean
}

/** `serve_stale verify` with a time limit: what comes in it is answered as from the cache, the rest runs on. */
function* verifyInTime(c: Cache, query: DnsQuery, refresh: string | undefined): HopRun<Served | undefined> {
  if (refresh === undefined) return undefined
  const [arrival] = yield* ask([{ hop: refresh, query: { query: plain(query), stale: true } }], c.options.stale?.verifyMs ?? 0)
  const served = arrival?.value as unknown as Served | undefined
  if (!served?.reply) return undefined
  const [stored] = storedOf(served, query, c.options, c.version)
  return stored ? hit(c, query, stored.entry, stored.entry.ttlS) : rewritten(c, query, served)
}

/** `serve_stale verify`: an answer or a denial replaces the stale entry, anything else leaves it. */
function* verify(c: Cache, query: DnsQuery, next: Next, cell: string): HopRun<Served | undefined> {
  const isTracked = (c.options.stale?.recheckMs ?? 0) > 0
  if (isTracked && !(yield* mayRenew(c.options, c.version, cell, true))) return undefined
  const served = yield* next(asked(c, query))
  const renewed = isRenewed(served.reply, query, c.options, c.version, false)
  if (isKept(c, served, renewed)) yield* store(c, query, storedOf(served, query, c.options, c.version), false)
  if (isTracked) yield* renewalEnded(c.options, c.version, cell, renewed)
  return renewed ? rewritten(c, query, served) : undefined
}

// One name, all servers, all attempts: __res_context_send and send_dg of resolv/res_send.c, __res_context_query of res_query.c
// (2.31 to 2.42). A and AAAA leave one socket together. SERVFAIL, NOTIMP, REFUSED and an answer that looks lame go on to the next
// server, anything else is final. One missing reply of a pair costs three rounds: together, one after the other, with a new socket.
// That switch sticks to the thread, so it is handed back. TC goes to TCP for the rest of this name, one try a server. Each server has
// its socket until something closes them all, so a reply to an earlier attempt counts in a later one (glibc-stub-sockets.ts). Over UDP a
// reply to another question is passed over (res_queriesmatch).
// Since 2.41: after a bad reply to the first of two questions asked one by one nothing is waited for; strict-error.
// Not modelled: a TCP server that takes the connection and says nothing (glibc has no limit there).
import { ask, call, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { REFUSED_PORT, type Cause, type DnsQuery, type Rcode } from '../dns/message.ts'
import { isForOther } from '../dns/question-match.ts'
import type { GlibcSettings } from './glibc-stub-settings.ts'
import { read, type Got, type Reading } from './glibc-stub-reading.ts'
import { listen, type Came, type Waiting } from './glibc-stub-sockets.ts'
import { isCellOf } from './stub-cells.ts'
import { causeOf, ownAddressesOf, replyOf } from './stub-reply.ts'
import { atLeast, type StubVersion } from './stub-version.ts'

/** RES_SNGLKUP and RES_SNGLKUPREOP of the thread: A and AAAA together; one after the other; that, each from a new socket. */
export type Single = 'together' | 'single' | 'reopen'
export type HError = 'HOST_NOT_FOUND' | 'NO_DATA' | 'TRY_AGAIN' | 'NO_RECOVERY'

/** One try: attempt and server are `at` divided by the number of servers. */
export type Exchange = {
  readonly name: string
  /** Place in the search: a name that is on the list twice has new sockets the second time. */
  readonly step: number
  readonly types: readonly string[]
  readonly at: number
  /** Tries that are left to be made end here; TCP ends with the current round. */
  readonly until: number
  readonly single: Single
  /** Server to begin with (rotate). */
  readonly turn: number
  /** How often the sockets were closed: a new one has a new port. */
  readonly sockets: number
  /** Replies to earlier tries that may still come, or have come to the socket of a server whose turn it is not. */
  readonly open: readonly Waiting[]
  readonly tcp: boolean
  /** Anything was heard, or waited for: else the error is ECONNREFUSED. */
  readonly heard: boolean
  /** rcode of the reply that lies in the first answer buffer; the search looks at it after a failure. */
  readonly rcode?: Rcode
  readonly cause?: Cause
}

export type Exchanged =
  | { readonly end: 'positive'; readonly addresses: readonly string[]; readonly single: Single; readonly cause?: Cause }
  | { readonly end: HError; readonly single: Single; readonly refused?: boolean; readonly servfail?: boolean
    /** No reply ended it; `unheard`: no packet came at all. */
    readonly gaveUp?: boolean; readonly unheard?: boolean; readonly cause: Cause }

export interface ExchangeSetup {
  /** Hop id of the stub. */
  readonly id: string
  readonly version: StubVersion
  readonly settings: GlibcSettings
  /** Hop of each server. */
  readonly hops: readonly string[]
}

/** SYN and six repeats (tcp_syn_retries). */
const TCP_CONNECT_MS = 127_000
/** RESOLV_EDNS_BUFFER_SIZE. */
const EDNS_SIZE = 1200

type Tried =
  | { readonly kind: 'done'; readonly replies: readonly Got[]; readonly single: Single; readonly rcode: Rcode | undefined }
  | { readonly kind: 'tcp'; readonly single: Single }
  /** `heard`: not a closed port. `close`: all sockets are closed. */
  | { readonly kind: 'next'; readonly single: Single; readonly heard: boolean; readonly close: boolean; readonly rcode: Rcode | undefined
    readonly cause: Cause; readonly open: readonly Waiting[] }

export const exchangeId = (id: string): string => `${id} exchange`
/** Every flow of a candidate begins so. */
const flowPrefix = (id: string, { name, step }: Exchange): string => `${id}|${step} ${name}|`

export const firstTry = (setup: ExchangeSetup, start: Pick<Exchange, 'name' | 'step' | 'types' | 'single' | 'turn'>): Exchange => {
  const { settings, hops } = setup
  const tcp = settings.flags.has('use-vc')
  const rounds = tcp ? Math.min(settings.attempts, 1) : settings.attempts
  return { ...start, at: 0, until: hops.length * rounds, turn: start.turn % hops.length, sockets: 0, open: [], tcp, heard: false }
}

export function glibcExchange(setup: ExchangeSetup): Hop {
  const { id, hops } = setup
  const exchange: Hop = function* exchange(query) {
    const q = query as unknown as Exchange
    if (q.at >= q.until) return plain(gaveUp(q))
    const server = (q.at + q.turn) % hops.length
    const tried = q.tcp ? yield* overTcp(setup, q, server) : yield* overUdp(setup, q, server)
    if (tried.kind === 'done') return plain(judged(tried, q, hops[server] as string, atLeast(setup.version, 2, 36)))
    return yield* call(exchangeId(id), plain(tried.kind === 'tcp' ? toTcp(q, tried.single, hops.length) : afterNext(q, tried)))
  }
  exchange.forgets = (query, key) => key.includes(flowPrefix(id, query as unknown as Exchange)) || isCellOf((query as unknown as Exchange).name, key)
  return exchange
}

const plain = (value: Exchanged | Exchange | DnsQuery): Plain => value as unknown as Plain

const toTcp = (q: Exchange, single: Single, count: number): Exchange =>
  ({ ...q, rcode: q.rcode ?? 'NOERROR', tcp: true, single, sockets: q.sockets + 1, open: [], until: (Math.floor(q.at / count) + 1) * count })

const afterNext = (q: Exchange, tried: Tried & { readonly kind: 'next' }): Exchange => ({
  ...q, at: q.at + 1, single: tried.single, sockets: q.sockets + (tried.close ? 1 : 0), open: tried.close ? [] : tried.open,
  heard: q.heard || tried.heard, cause: tried.cause,
  ...(tried.rcode !== undefined && { rcode: tried.rcode }),
})

const gaveUp = (q: Exchange): Exchanged => {
  const cause = q.cause ?? { kind: 'failed', by: 'glibc', detail: 'attempts:0 sends no query' }
  const refused = q.tcp ? cause.kind === 'refused' : !q.heard
  return { end: 'TRY_AGAIN', single: q.single, cause, gaveUp: true, ...(refused && { refused }), ...(q.rcode === 'SERVFAIL' && { servfail: true }), ...(q.rcode === undefined && { unheard: true }) }
}

const holdsAnswer = (got: Got): boolean => got.reply.rcode === 'NOERROR' && got.reply.answer.length > 0

const H_ERRORS: ReadonlyMap<Rcode, HError> = new Map([['NXDOMAIN', 'HOST_NOT_FOUND'], ['SERVFAIL', 'TRY_AGAIN'], ['NOERROR', 'NO_DATA']])

/** __res_context_query: of two failures the first reply's counts, unless it is a NODATA. */
function judged(tried: Tried & { readonly kind: 'done' }, { name, types }: Exchange, hop: string, strictTypes: boolean): Exchanged {
  const { single, replies } = tried
  const first = replies[0] as Got
  const second = replies[1] ?? first
  // Two equal words are one result, whichever came first: A's cause stands for both.
  const alike = first.reply.rcode === second.reply.rcode
  const deciding = alike ? (first.type === 'A' ? first : second) : first.reply.rcode === 'NOERROR' ? second : first
  const cause = causeOf(plain(deciding.reply as never), hop)
  if (holdsAnswer(first) || holdsAnswer(second)) {
    const wanted = ({ type }: Got): readonly string[] => (strictTypes ? [type] : types)
    const addresses = replies.flatMap(got => wanted(got).flatMap(type => ownAddressesOf(got.reply, name, type)))
    // Only an alias: positive for the search, and no address.
    return { end: 'positive', addresses, single, ...(addresses.length === 0 && { cause: { kind: 'denied', by: hop, detail: 'alias without address' } }) }
  }
  const rcode = deciding.reply.rcode
  const end = H_ERRORS.get(rcode) ?? 'NO_RECOVERY'
  return { end, single, cause, ...(end === 'TRY_AGAIN' && tried.rcode === 'SERVFAIL' && { servfail: true }) }
}

function question(setup: ExchangeSetup, q: Exchange, server: number, type: string, socket: string): Ask {
  const { flags } = setup.settings
  const query: DnsQuery = {
    name: q.name, type, transport: q.tcp ? 'tcp' : 'udp', rd: true, flow: `${flowPrefix(setup.id, q)}${server} ${socket}`,
    ...(flags.has('trust-ad') && { ad: true }), ...(flags.has('edns0') && { edns: { sizeBytes: EDNS_SIZE } }),
  }
  return { hop: setup.hops[server] as string, query: plain(query) }
}

/** Milliseconds for server number `server`: doubled for each, shared by all (send_dg). */
export const serverTimeoutMs = (settings: GlibcSettings, server: number): number => {
  const seconds = Math.trunc(settings.timeoutMs / 1000) * 2 ** server
  return Math.max(1, server > 0 ? Math.trunc(seconds / settings.servers.length) : seconds) * 1000
}

type Listened = { readonly reading: Reading; readonly open: readonly Waiting[] }

function* overUdp(setup: ExchangeSetup, q: Exchange, server: number): HopRun<Tried> {
  const { settings, hops, version } = setup
  const hop = hops[server] as string
  const strict = settings.flags.has('strict-error')
  const timeoutMs = serverTimeoutMs(settings, server)
  let { single, sockets, open } = q
  for (;;) {
    const inTurn = single !== 'together'
    const heard = inTurn
      ? yield* oneByOne(setup, { ...q, open, single, sockets }, server, timeoutMs)
      : yield* allAtOnce(setup, { ...q, open, sockets }, server, timeoutMs)
    open = heard.open
    const { state, replies, rcode, last } = heard.reading
    const next = { kind: 'next', single, heard: true, close: false, rcode, cause: causeOf(last, hop), open } as const
    if (state === 'done') return { kind: 'done', replies, single, rcode }
    if (state === 'tcp') return { kind: 'tcp', single }
    if (state === 'closed') return { ...next, heard: rcode !== undefined, close: true }
    if (state === 'bad') return { ...next, close: q.types.length === 1 || strict || (inTurn && atLeast(version, 2, 41)) }
    if (replies.length === 0) return next
    // Half of the pair is there: ask again, in another manner.
    if (single === 'reopen') return { kind: 'done', replies, single, rcode }
    if (single === 'single') {
      sockets++
      open = []
    }
    single = single === 'together' ? 'single' : 'reopen'
  }
}

function* allAtOnce(setup: ExchangeSetup, q: Exchange, server: number, timeoutMs: number): HopRun<Listened> {
  const strict = setup.settings.flags.has('strict-error')
  const reads = (came: readonly Came[]): Reading => read(q.name, q.types, came, strict)
  const asks = q.types.map(type => question(setup, q, server, type, `${q.sockets}`))
  const { came, open } = yield* listen({ server, types: q.types, asks, open: q.open, timeoutMs, enough: so => reads(so).state !== 'wait' })
  return { reading: reads(came), open }
}

/** Single-request: AAAA leaves when A has been answered; both share the time. After a bad answer to A the time was waited out until
 * 2.37 (bug 30081; Debian's 2.36 has the correction), although nothing is to come. */
function* oneByOne(setup: ExchangeSetup, q: Exchange, server: number, timeoutMs: number): HopRun<Listened> {
  const [first, second] = q.types as readonly [string, string]
  const strictError = setup.settings.flags.has('strict-error')
  const ask1 = question(setup, q, server, first, `${q.sockets}`)
  const isHeard = (value: Plain): boolean => { const reply = replyOf(value); return reply !== undefined && !isForOther(reply, { name: q.name, type: first }) }
  const half = yield* listen({ server, types: [first], asks: [ask1], open: q.open, timeoutMs, enough: so => so.some(({ value }) => value === REFUSED_PORT || isHeard(value)) })
  const reading = read(q.name, q.types, half.came, strictError || atLeast(setup.version, 2, 36))
  const leftMs = timeoutMs - half.waitedMs
  if (reading.state !== 'wait' || replyOf(reading.last) === undefined) return { reading, open: half.open }
  const goesOn = reading.replies.length > 0
  const socket = q.single === 'reopen' ? `${q.sockets} ${second}` : `${q.sockets}`
  const asks = goesOn ? [question(setup, q, server, second, socket)] : []
  const all = (so: readonly Came[]): Reading => read(q.name, q.types, [...half.came, ...so], strictError)
  const more = yield* listen({ server, types: [second], asks, open: half.open, timeoutMs: leftMs, enough: so => all(so).state !== 'wait' })
  return { reading: all(more.came), open: more.open }
}

function* overTcp(setup: ExchangeSetup, q: Exchange, server: number): HopRun<Tried> {
  const arrivals = yield* ask(q.types.map(type => question(setup, q, server, type, `tcp ${q.sockets}`)), TCP_CONNECT_MS)
  const hop = setup.hops[server] as string
  const replies = arrivals.flatMap(({ from, value }) => {
    const reply = replyOf(value)
    return reply ? [{ type: q.types[from] as string, reply }] : []
  })
  const rcode = replies[0]?.reply.rcode
  if (replies.length === q.types.length) return { kind: 'done', replies, single: q.single, rcode }
  const odd = arrivals.find(arrival => replyOf(arrival.value) === undefined)
  return { kind: 'next', single: q.single, heard: q.heard, close: true, rcode, cause: causeOf(odd?.value, hop), open: [] }
}

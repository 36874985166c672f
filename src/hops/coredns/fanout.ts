// The external plugin `fanout` (github.com/networkservicemesh/fanout at be135961 of 2024-11-08, built for CoreDNS 1.11.3; in other releases it is
// taken to work the same): all servers are asked at once, each up to three times with 100 ms between. The first NOERROR ends it, an empty
// one too; with `race` any reply does. Else the first reply of another code, else the first error. Over UDP whatever the client used.
// Where it stands: ahead of `forward` (order.ts).
// Not modelled: TLS (asked as plain DNS over TCP), another place in the order of plugins, and with fewer workers than servers, who of them
// takes the next server (here each takes every Nth, and what came meanwhile counts when it is done).
import { ask, pick, sleep, type Arrival, type Hop, type HopRun, type Plain } from '../../chain/effects.ts'
import { rational } from '../../chain/rational.ts'
import type { Cause, DnsQuery, Reply } from '../../dns/message.ts'
import { isSubdomain } from '../../dns/name.ts'
import { isForOther } from '../../dns/question-match.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { readFanout, type FanoutOptions } from './fanout-options.ts'
import { exchange, type Attempt } from './forward-exchange.ts'
import type { Server } from './forward-options.ts'
import { matchZone } from './origins.ts'
import { plain, written, type Handler, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { refuse } from './refuse.ts'
import { replyForOther } from './server-reply.ts'

interface Fanout {
  readonly setup: PluginSetup
  readonly options: FanoutOptions
  readonly id: string
}

/** What a server gave in the end. */
type Result = { readonly server: string } & ({ readonly reply: Reply } | { readonly error: string; readonly cause: Cause['kind'] })

const PAUSE_MS = 100

export const fanout: PluginFactory = setup => {
  const options = readFanout(setup)
  const id = `${setup.server} fanout`
  if ('refused' in options) {
    refuse(setup.report, `plugin/fanout: ${options.refused}`, options.source)
    return refusedHandler(id, options.refused)
  }
  const f: Fanout = { setup, options, id: `${id} ${options.from}` }
  for (const server of options.servers) setup.register?.(clientId(f, server), clientHop(f, server))
  setup.register?.(workerId(f), workerHop(f))
  return handler(f)
}

const clientId = (f: Fanout, server: Server): string => `${f.id} ${server.label}`
const workerId = (f: Fanout): string => `${f.id} worker`

const handler = (f: Fanout): Handler => function* (query, next) {
  const { options } = f
  if (!isSubdomain(options.from, query.name) || matchZone(options.except, query.name) !== undefined) return yield* next(query)
  if (options.unknown !== undefined || !f.setup.register) {
    return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: f.id, detail: options.unknown ?? 'servers asked at once' } }
  }
  const results = yield* asked(f, query)
  return served(f, query, best(results))
}

/** All results until one ends it, in the order of their coming. */
function* asked(f: Fanout, query: DnsQuery): HopRun<readonly Result[]> {
  const { options } = f
  const servers = yield* selected(f)
  const hops = options.workers >= servers.length ? servers.map(s => ({ hop: clientId(f, s), query: plain(query) }))
    : Array.from({ length: options.workers }, (_, i) => ({ hop: workerId(f), query: { query: plain(query), servers: servers.filter((__, n) => n % options.workers === i).map(s => s.label) } }))
  const arrivals = yield* ask(hops, options.timeoutMs, got => resultsOf(got).some(r => ends(r, options)))
  return resultsOf(arrivals)
}

const resultsOf = (got: readonly Arrival[]): readonly Result[] =>
  got.flatMap(a => (Array.isArray(a.value) ? a.value as unknown as Result[] : [a.value as unknown as Result]))

const ends = (result: Result, options: FanoutOptions): boolean => 'reply' in result && (options.race || result.reply.rcode === 'NOERROR')

/** Without weights the first ones; with them each is drawn among those left. */
function* selected(f: Fanout): HopRun<readonly Server[]> {
  const { servers, weights, asked: count, source } = f.options
  if (!weights || count === servers.length) return servers.slice(0, count)
  const left = servers.map((server, i) => ({ server, weight: weights[i] ?? 1 }))
  const chosen: Server[] = []
  while (chosen.length < count) {
    const total = left.reduce((sum, l) => sum + l.weight, 0)
    const label = yield* pick({
      at: `${f.id} server ${chosen.length + 1}`, options: left.map(l => l.server.label), odds: left.map(l => rational(l.weight, total)), source,
      optionSources: left.map(l => l.server.source),
    })
    const [taken] = left.splice(left.findIndex(l => l.server.label === label), 1)
    if (taken) chosen.push(taken.server)
  }
  return chosen
}

/** One server until it replies or the attempts are over. */
const clientHop = (f: Fanout, server: Server): Hop => function* (value) {
  return (yield* tried(f, server, value as unknown as DnsQuery)) as unknown as Plain
}

/** The servers of one worker, one after the other. */
const workerHop = (f: Fanout): Hop => function* (value) {
  const { query, servers } = value as unknown as { query: DnsQuery; servers: readonly string[] }
  const results: Result[] = []
  for (const server of f.options.servers.filter(s => servers.includes(s.label))) {
    const result = yield* tried(f, server, query)
    results.push(result)
    if (ends(result, f.options)) break
  }
  return results as unknown as Plain
}

function* tried(f: Fanout, server: Server, query: DnsQuery): HopRun<Result> {
  const { attempts, transport, timeoutMs } = f.options
  let last: Attempt | undefined
  for (let nth = 0, spentMs = 0; (attempts === 0 || nth < attempts) && spentMs < timeoutMs; nth++) {
    last = yield* exchange(f.setup, f.options.wire, server, { ...query, transport })
    spentMs += last.spentMs + PAUSE_MS
    if (last.kind === 'reply') return { server: server.label, reply: last.reply }
    yield* sleep(PAUSE_MS)
  }
  const failure = last?.kind === 'failed' ? last : undefined
  return { server: server.label, error: `attempt limit has been reached: ${failure?.error ?? ''}`, cause: failure?.cause ?? 'lost' }
}

/** A reply before any error, NOERROR before other codes, else the first. */
function best(results: readonly Result[]): Result | undefined {
  let kept: Result | undefined
  for (const result of results) {
    if (!kept) kept = result
    else if ('reply' in result && (!('reply' in kept) || (kept.reply.rcode !== 'NOERROR' && result.reply.rcode === 'NOERROR'))) kept = result
  }
  return kept
}

function served(f: Fanout, query: DnsQuery, result: Result | undefined): Served {
  if (!result) return { rcode: 'SERVFAIL', error: 'context deadline exceeded', cause: { kind: 'lost', by: f.id } }
  const by = `upstream ${result.server}`
  if (!('reply' in result)) {
    const { cause: kind } = result
    return { rcode: 'SERVFAIL', error: result.error, cause: { kind, by: kind === 'loop' ? f.setup.server : by } }
  }
  const { reply } = result
  if (isForOther(reply, query)) return written(replyForOther(query, by))
  const kind = reply.rcode === 'NXDOMAIN' ? 'denied' : reply.rcode === 'NOERROR' ? reply.answer.length === 0 ? 'denied' : undefined : 'failed'
  return written(reply.cause || !kind ? reply : { ...reply, cause: { kind, by } })
}

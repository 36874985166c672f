// CoreDNS's `forward` plugin, 1.9.3 to 1.15.0: plugin/forward/forward.go over plugin/pkg/proxy. Servers are tried in the order of the
// policy until one replies: any parsable reply ends it, whatever its rcode. A server is skipped when three probes in a row failed.
// Several uses in a block are tried in file order. The forerunner `proxy` (until 1.5.0) is taken to work the same way.
// Not modelled: queries in flight at once (`max_concurrent` matters in a loop only), `expire`, `max_age`, pools. A server that refuses
// at once is asked thousands of times by releases without `max_connect_attempts`; here once every probe interval, for the same time.
import { background, get, pick, put, sleep, type HopRun } from '../../chain/effects.ts'
import { rational } from '../../chain/rational.ts'
import type { Cause, DnsQuery, Reply } from '../../dns/message.ts'
import { isSubdomain, nameKey } from '../../dns/name.ts'
import { isForOther } from '../../dns/question-match.ts'
import { socketText } from '../../dns/socket-address.ts'
import { exchange, type Attempt } from './forward-exchange.ts'
import { readForward, type Forward, type ForwardOptions, type Server } from './forward-options.ts'
import { downBefore, failsCell, probedHop, probedId, probeHop, probesAsAsked } from './forward-probe.ts'
import { matchZone } from './origins.ts'
import { since, written, type Handler, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { ONCE_TEXT, refuse } from './refuse.ts'
import { replyForOther } from './server-reply.ts'

export const forward: PluginFactory = setup => {
  const name = setup.directives[0]?.name ?? 'forward'
  const [first, second] = setup.directives
  if (name === 'proxy' && first) {
    const message = 'proxy is taken to work like forward; its own time limits and `spray` are not modelled'
    setup.report({ code: 'corefile-proxy', message, source: first.source, state: 'partly-modelled' })
  }
  if (name === 'forward' && second && !since(setup.version, 1, 9, 4)) refuse(setup.report, `plugin/forward: ${ONCE_TEXT}`, second.source)
  const uses = setup.directives.map((directive, i) => {
    const options = readForward(directive, setup)
    const id = `${setup.server} ${labelOf(setup, name, options.from, i)}`
    const probes = new Map(options.servers.map(server => [server, `${id} probe ${server.label}`] as const))
    const use: Forward = { setup, options, id, probes }
    for (const [server, hop] of probes) {
      setup.register?.(hop, probeHop(use, server))
      setup.register?.(probedId(hop), probedHop(use, server))
    }
    return use
  })
  return uses.reduceRight<Handler | undefined>((rest, use, i) => handlerOf(use, rest, i < uses.length - 1), undefined)
}

/** `forward .`; in a block for another zone, or the second of the same FROM, said apart. */
function labelOf(setup: PluginSetup, name: string, from: string, index: number): string {
  const zone = setup.zones[0] ?? '.'
  const same = setup.directives.slice(0, index).filter(d => (d.args[0]?.value ?? '') === (setup.directives[index]?.args[0]?.value ?? '')).length
  return `${zone === '.' ? '' : `${zone} `}${name} ${from}${same > 0 ? ` #${same + 1}` : ''}`
}

const handlerOf = (f: Forward, rest: Handler | undefined, restIsForward: boolean): Handler => function* (query, next) {
  const pass = (): HopRun<Served> => (rest ? rest(query, next) : next(query))
  if (!covers(f.options, query.name)) return yield* pass()
  if (f.options.unknown !== undefined) return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: f.id, detail: f.options.unknown } }
  if (f.options.servers.length === 0) return { rcode: 'SERVFAIL', error: 'no healthy proxies', cause: { kind: 'broken', by: f.id, detail: 'no upstream servers' } }
  return yield* counted(f, forwarded(f, query, restIsForward ? pass : undefined))
}

/** A limit above it is met by no number of queries that is looked at here; counting would only make each query a state of its own. */
const LARGEST_LIMIT_COUNTED = 100

/** `max_concurrent`: queries that wait for an upstream at once. */
function* counted(f: Forward, run: HopRun<Served>): HopRun<Served> {
  const { maxConcurrent } = f.options
  if (maxConcurrent === 0 || maxConcurrent > LARGEST_LIMIT_COUNTED) return yield* run
  const cell = `${f.id} in flight`
  const before = Number((yield* get(cell))?.value ?? 0)
  if (before >= maxConcurrent) return refusedAsMany(f, 'policy')
  yield* put(cell, before + 1, Infinity)
  const served = yield* run
  yield* put(cell, Number((yield* get(cell))?.value ?? 1) - 1, Infinity)
  return served
}

function covers(options: ForwardOptions, name: string): boolean {
  if (!isSubdomain(options.from, name)) return false
  return nameKey(name) === options.from || matchZone(options.except, name) === undefined
}

type Failure = Extract<Attempt, { kind: 'failed' }> & { readonly server: Server }

/** One query: the loop of ServeDNS. Time is the sum of what the attempts took. */
function* forwarded(f: Forward, query: DnsQuery, nextForward: (() => HopRun<Served>) | undefined): HopRun<Served> {
  const { options } = f
  const order = yield* orderOf(f)
  let [i, skipped, attempts, failovers, nowMs] = [0, 0, 0, 0, 0]
  let failure: Failure | undefined
  let tried: Server | undefined
  // Each upstream that is tried leaves its address behind.
  const said = (served: Served): Served =>
    (tried && query.metadata ? { ...served, metadata: { 'forward/upstream': socketText(tried), ...served.metadata } } : served)
  const watch = new RefusalWatch(options, probesAsAsked(f))
  while (nowMs < options.deadlineMs && (options.attempts === 0 || attempts < options.attempts)) {
    if (i >= options.servers.length) [i, skipped] = [0, 0]
    let server = yield* order(i++)
    if ((yield* isDown(f, server)) || watch.isDown(server, nowMs)) {
      if (++skipped < options.servers.length) continue
      if (options.failfast) break
      server = yield* spray(f)
    }
    tried = server
    const attempt = yield* exchange(f.setup, options, server, query)
    nowMs += attempt.spentMs
    if (attempt.kind === 'failed') {
      failure = { ...attempt, server }
      if (attempt.cause === 'loop' && options.maxConcurrent > 0) return said(refusedAsMany(f, 'loop'))
      if (options.maxFails > 0) yield* background(f.probes.get(server) as string, null)
      attempts++
      if (skipped >= options.servers.length) break
      nowMs += yield* watch.pace(server, attempt, nowMs)
      continue
    }
    const reply = withCause(attempt.reply, server)
    if (isForOther(reply, query)) return said(written(replyForOther(query, upstream(server))))
    failure = undefined
    if (options.failover.has(reply.rcode)) {
      if (since(f.setup.version, 1, 14, 7)) {
        if (++failovers < options.servers.length) continue
      } else if (skipped < options.servers.length) {
        // Up to 1.14.6 the count begins again with the list: where all servers say so, they are asked until the time is up.
        skipped++
        if (i < options.servers.length) continue
        const waitMs = Math.min(options.healthCheckMs, Math.max(options.deadlineMs - nowMs, 1))
        yield* sleep(waitMs)
        nowMs += waitMs
        continue
      }
    }
    const isEmpty = reply.rcode === 'NOERROR' && reply.answer.length === 0
    if (nextForward && (options.next.has(reply.rcode) || (options.nextOnNodata && isEmpty))) return said(yield* nextForward())
    return said(written(reply))
  }
  return said(unanswered(f, failure))
}

function unanswered(f: Forward, failure: Failure | undefined): Served {
  if (!failure) return { rcode: 'SERVFAIL', error: 'no healthy proxies', cause: { kind: 'lost', by: f.id, detail: 'no healthy proxies' } }
  const by = failure.cause === 'loop' ? f.setup.server : upstream(failure.server)
  return { rcode: 'SERVFAIL', error: failure.error, cause: { kind: failure.cause, by } }
}

/** As one query too many ends, and with it the innermost query of a loop. */
function refusedAsMany(f: Forward, kind: 'loop' | 'policy'): Served {
  const error = `concurrent queries exceeded maximum ${f.options.maxConcurrent}`
  return { rcode: 'REFUSED', error, cause: { kind, by: f.setup.server, detail: error } }
}

const upstream = (server: Server): string => `upstream ${server.label}`

function withCause(reply: Reply, server: Server): Reply {
  if (reply.cause) return reply
  const kind = causeKind(reply)
  return kind ? { ...reply, cause: { kind, by: upstream(server), ...(kind === 'failed' && { detail: reply.rcode }) } } : reply
}

function causeKind(reply: Reply): Cause['kind'] | undefined {
  if (reply.rcode === 'NXDOMAIN') return 'denied'
  if (reply.rcode === 'REFUSED') return 'refused'
  if (reply.rcode !== 'NOERROR') return 'failed'
  if (reply.answer.length > 0) return undefined
  return reply.flags.includes('tc') ? 'truncated' : 'denied'
}

/** Server of each place of the policy's list; `random` draws one place at a time, so that a reply ends the branching. */
function* orderOf(f: Forward): HopRun<(place: number) => HopRun<Server>> {
  const { servers, policy } = f.options
  if (policy === 'random' && servers.length > 1) {
    const drawn: Server[] = []
    return function* (place) {
      while (drawn.length <= place) drawn.push(yield* draw(f, `server ${drawn.length + 1}`, servers.filter(s => !drawn.includes(s))))
      return drawn[place] as Server
    }
  }
  const list = policy === 'round_robin' && servers.length > 1 ? yield* rotated(f) : servers
  return function* (place) { return list[place] as Server }
}

function* draw(f: Forward, what: string, among: readonly Server[]): HopRun<Server> {
  if (among.length === 1) return among[0] as Server
  const taken = yield* pick({
    at: `${f.id} ${what}`, options: among.map(s => s.label), odds: among.map(() => rational(1, among.length)),
    source: f.options.source, optionSources: among.map(s => s.source),
  })
  return among.find(s => s.label === taken) as Server
}

/** The counter is shared by all clients, so what it stands at is not known; this query moves it on. */
function* rotated(f: Forward): HopRun<readonly Server[]> {
  const { servers, source } = f.options
  const cell = `${f.id} counter`
  const held = yield* get(cell)
  const before = held ? Number(held.value) : yield* pick({ at: cell, key: cell, options: servers.map((_, i) => i), source })
  const start = (before + 1) % servers.length
  yield* put(cell, start, Infinity)
  const first = servers[start] as Server
  return [first, ...servers.filter(s => s !== first)]
}

/** Everything is down: any server is tried, once. */
const spray = (f: Forward): HopRun<Server> => draw(f, 'while all are down', f.options.servers)

function* isDown(f: Forward, server: Server): HopRun<boolean> {
  if (f.options.maxFails === 0) return false
  const probe = f.setup.register && f.probes.get(server)
  const fails = yield* get(failsCell(f, server), probe === undefined ? undefined : downBefore(f, probe))
  return fails !== undefined && Number(fails.value) > f.options.maxFails
}

/** What happens to attempts that fail at once, in releases that have no limit of attempts: they go on until the probes have failed. */
class RefusalWatch {
  private readonly since = new Map<Server, number>()
  private inARow = 0
  private readonly options: ForwardOptions
  private readonly isProbedAlike: boolean
  constructor(options: ForwardOptions, isProbedAlike: boolean) {
    this.options = options
    this.isProbedAlike = isProbedAlike
  }

  /** The probes of a server that refuses are refused, too: the first at once, the next ones an interval later each. */
  isDown(server: Server, nowMs: number): boolean {
    const first = this.since.get(server)
    return this.options.maxFails > 0 && first !== undefined && nowMs - first >= this.options.maxFails * this.options.healthCheckMs
  }

  * pace(server: Server, attempt: Attempt, nowMs: number): HopRun<number> {
    if (this.options.attempts > 0) return 0
    const atOnce = attempt.spentMs < AT_ONCE_MS
    // A probe would get something with a header where the reply was only malformed.
    const probesFail = this.isProbedAlike && attempt.kind === 'failed' && (attempt.cause !== 'broken' || server.broken !== undefined)
    if (atOnce && probesFail && !this.since.has(server)) this.since.set(server, nowMs)
    this.inARow = atOnce ? this.inARow + 1 : 0
    if (this.inARow < this.options.servers.length * ROUNDS_AT_ONCE) return 0
    this.inARow = 0
    const waitMs = Math.min(this.options.healthCheckMs, Math.max(this.options.deadlineMs - nowMs, 1))
    yield* sleep(waitMs)
    return waitMs
  }
}

const AT_ONCE_MS = 50
/** A server that answers at the second time is met as early as it would be. */
const ROUNDS_AT_ONCE = 2

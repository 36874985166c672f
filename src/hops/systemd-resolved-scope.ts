// One DNS scope of systemd-resolved: its cache (src/resolve/resolved-dns-cache.c) and its transactions (resolved-dns-transaction.c), v245
// to v257. Before 248 servers that refuse are asked in turn until the attempts are over.
// A scope has one current server. It stays until it fails by silence, SERVFAIL, REFUSED or an error of the socket; nothing moves it
// back. Which one it is at the time of the trouble is an unknown, `resolved <node> <scope> current server`: a status printed today does not
// say.
// Each server has cells of its own, because a switch flushes the cache. The records of an answer are kept apart by name and type: an alias
// holds for all types of its name.
// Not modelled: feature levels beyond "with or without EDNS", the grace period, serving stale records (254), cells of a server that was
// left and came back within their lifetime, replies to another question, an alias that an earlier question of another type left in the cache before the first question.
import { ask, call, get, LOOP, LOST, pick, put, sleep, type Fill, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import type { HopEntries, Reach } from '../chain/hop.ts'
import type { ResolvedModel, ResolvedScope } from '../chain/model.ts'
import type { Sourced } from '../chain/source.ts'
import { REFUSED_PORT, type DnsQuery, type Reply, type ResourceRecord } from '../dns/message.ts'
import { isSubdomain, nameKey, sameName } from '../dns/name.ts'
import { isLoopback } from '../dns/socket-address.ts'

/** DNS_TIMEOUT_USEC: 120 s over 24 attempts. */
const ATTEMPT_MS = 5_000
const MOST_ATTEMPTS = 24
const CACHE_TTL_MAX_S = 7_200
/** CACHE_TTL_STRANGE_RCODE_USEC; 30 s before v247. */
const SERVFAIL_S = 10
const SERVFAIL_OLD_S = 30
/** A bound of ours: no answer may cost much. */
const MOST_KEPT_APART = 64
/** Link MTU 1500 less the IPv4 and UDP headers; before 248 the least there is. */
const EDNS_BYTES = 1_472
const EDNS_OLD_BYTES = 512

/** How the question stands: part of the merge key, so as small as it can be. */
type Attempt = {
  readonly name: string
  readonly type: string
  readonly server: number
  /** How many servers this transaction has left behind: they are asked in turn. */
  readonly left: number
  readonly attempt: number
  readonly edns: boolean
  /** This server was asked the same again after SERVFAIL. */
  readonly repeated: boolean
  /** A server of the scope asked this very resolver. */
  readonly looped?: true
}

type Taken = { readonly reply: Reply; readonly uncached?: true }

export interface ScopeSetup {
  readonly model: ResolvedModel
  readonly scope: ResolvedScope
  readonly version: number
  readonly reach: Reach
}

const label = ({ model, scope }: ScopeSetup): string => `resolved ${model.node} ${scope.name}`
export const scopeId = (node: string, scope: string): string => `systemd-resolved ${node} scope ${scope}`
const attemptId = ({ model, scope }: ScopeSetup): string => `${scopeId(model.node, scope.name)} attempt`

const plain = (value: Attempt | Taken | DnsQuery): Plain => value as unknown as Plain

/** The scope's hop takes `{name, type}` and ends in a Reply, LOST or LOOP. */
export function scopeHops(setup: ScopeSetup): HopEntries {
  const scopeHop: Hop = function* (asked) {
    const { name, type } = asked as { readonly name: string; readonly type: string }
    const server = yield* currentServer(setup)
    const first: Attempt = { name, type, server, left: 0, attempt: 1, edns: true, repeated: false }
    for (const { cell, fill } of cellsOf(setup, name, type, server, first)) {
      const held = yield* get(cell, fill)
      if (held) return aged(held.value as unknown as Reply, held.ageMs) as unknown as Plain
    }
    const alias = yield* get(`${cellOf(setup, server, name)} CNAME`)
    if (alias) return aged(alias.value as unknown as Reply, alias.ageMs) as unknown as Plain
    const taken = yield* call(attemptId(setup), plain(first))
    if (typeof taken === 'string') return taken
    // The answer is kept by the server that gave it, which is the current one now.
    const now = yield* currentServer(setup)
    for (const { cell, fill } of cellsOf(setup, name, type, now, first)) {
      const lifeMs = fill.lifeMs(taken)
      if (lifeMs > 0) yield* put(cell, (taken as unknown as Taken).reply as unknown as Plain, lifeMs)
    }
    yield* keepApart(setup, now, { name, type }, taken as unknown as Taken)
    return (taken as unknown as Taken).reply as unknown as Plain
  }
  return [[scopeId(setup.model.node, setup.scope.name), scopeHop], [attemptId(setup), attemptHop(setup)]]
}

function* currentServer(setup: ScopeSetup): HopRun<number> {
  const { servers } = setup.scope
  if (servers.length === 1) return 0
  const moved = yield* get(movedCell(setup))
  if (moved) return moved.value as number
  const key = `${label(setup)} current server`
  const options = servers.map(server => server.value)
  const taken = yield* pick({ at: key, key, options, optionSources: servers.map(server => server.source),
    source: (servers[0] as Sourced<string>).source })
  return options.indexOf(taken)
}

const cellOf = (setup: ScopeSetup, server: number, name: string): string =>
  `${label(setup)} cache ${setup.scope.servers[server]?.value ?? ''} ${nameKey(name)}`

/** dns_cache_put: the records of other names and types of a positive answer, each a cell of its own unless it is there already. */
function* keepApart(setup: ScopeSetup, server: number, asked: { readonly name: string; readonly type: string }, taken: Taken): HopRun<void> {
  const { reply, uncached } = taken
  if (uncached || reply.rcode !== 'NOERROR') return
  const lifeS = lifetimeS(reply, asked.name, setup.model, setup.version)
  if (lifeS === 0) return
  const apart = new Map<string, ResourceRecord[]>()
  for (const record of reply.answer.slice(0, MOST_KEPT_APART)) {
    const cell = `${cellOf(setup, server, record.name)} ${record.type}`
    if (record.type !== asked.type || !sameName(record.name, asked.name)) apart.set(cell, [...apart.get(cell) ?? [], record])
  }
  for (const [cell, answer] of apart) {
    if (!(yield* get(cell))) yield* put(cell, { ...reply, answer, authority: [], additional: [] } as unknown as Plain, lifeS * 1000)
  }
}

const movedCell = (setup: ScopeSetup): string => `${label(setup)} moved to`

function cellsOf(setup: ScopeSetup, name: string, type: string, server: number,
  first: Attempt): { readonly cell: string; readonly fill: Fill }[] {
  const { model, version } = setup
  const cell = cellOf(setup, server, name)
  const from = { hop: attemptId(setup), query: plain({ ...first, server }) }
  // Silence fills nothing, so the value is a Taken.
  const stores = (value: Plain): Plain => (value as unknown as Taken).reply as unknown as Plain
  const life = (value: Plain, nxdomain: boolean): number => {
    const { reply, uncached } = value as unknown as Taken
    return uncached || (reply.rcode === 'NXDOMAIN') !== nxdomain ? 0 : lifetimeS(reply, name, model, version) * 1000
  }
  // NXDOMAIN holds for every type of the name.
  return [{ cell: `${cell} ${type}`, fill: { from, stores, lifeMs: value => life(value, false) } },
    { cell: `${cell} NXDOMAIN`, fill: { from, stores, lifeMs: value => life(value, true) } }]
}

function lifetimeS(reply: Reply, name: string, model: ResolvedModel, version: number): number {
  if (model.cache === 'no') return 0
  if (reply.rcode === 'SERVFAIL') return version < 247 ? SERVFAIL_OLD_S : SERVFAIL_S
  if (reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN') return 0
  if (reply.rcode === 'NOERROR' && reply.answer.length > 0) return Math.min(CACHE_TTL_MAX_S, ...reply.answer.map(record => record.ttlS))
  if (model.cache === 'no-negative') return 0
  const soa = reply.authority.find(record => record.type === 'SOA' && isSubdomain(record.name, name))
  if (!soa) return 0
  const minimum = Number(soa.data.split(/\s+/)[6])
  return Number.isFinite(minimum) ? Math.min(CACHE_TTL_MAX_S, minimum, soa.ttlS, ...reply.answer.map(record => record.ttlS)) : 0
}

/** From the cache: the remaining time of the shortest record, at least one second. */
function aged(reply: Reply, ageMs: number): Reply {
  const left = (ttlS: number): number => Math.max(1, Math.min(ttlS, CACHE_TTL_MAX_S) - Math.floor(ageMs / 1000))
  const answer = Math.min(...reply.answer.map(record => record.ttlS))
  return { ...reply, answer: reply.answer.map(record => ({ ...record, ttlS: left(answer) })),
    authority: reply.authority.map(record => ({ ...record, ttlS: left(record.ttlS) })) }
}

function attemptHop(setup: ScopeSetup): Hop {
  const { scope, reach } = setup
  const ports = scope.servers.map(server => addressAndPort(server.value))
  return function* (asked) {
    const state = asked as unknown as Attempt
    const server = ports[state.server] as { readonly address: string; readonly port: number }
    const arrivals = yield* exchange(setup, state, reach(server.address, server.port), 'udp')
    const value = arrivals[0]?.value ?? LOST
    if (value === LOOP) {
      // The question comes back to a transaction that is already under way, and waits for it until the attempt is over.
      yield* sleep(ATTEMPT_MS)
      return yield* moveOn(setup, { ...state, looped: true })
    }
    if (value === LOST || value === REFUSED_PORT) return yield* moveOn(setup, state)
    let reply = value as unknown as Reply
    if (reply.flags.includes('tc')) {
      const whole = (yield* exchange(setup, state, reach(server.address, server.port), 'tcp'))[0]?.value ?? LOST
      if (typeof whole === 'string') return yield* moveOn(setup, state)
      reply = whole as unknown as Reply
    }
    return yield* judge(setup, state, reply, isLoopback(server.address))
  }
}

function* exchange({ model, scope, version }: ScopeSetup, state: Attempt, hop: string,
  transport: 'udp' | 'tcp'): HopRun<readonly { readonly value: Plain }[]> {
  const query: DnsQuery = {
    name: state.name, type: state.type, transport, rd: true, ...(state.edns && { edns: { sizeBytes: version < 248 ? EDNS_OLD_BYTES : EDNS_BYTES } }),
    // One socket for each attempt: a Service address draws anew.
    flow: `resolved ${model.node} ${scope.name}|${state.name}|${state.type} ${state.attempt} ${transport}`,
  }
  return yield* ask([{ hop, query: plain(query) }], ATTEMPT_MS)
}

function* judge(setup: ScopeSetup, state: Attempt, reply: Reply, loopback: boolean): HopRun {
  const { version, scope } = setup
  const taken = plain({ reply, ...(loopback && { uncached: true as const }) })
  const again = (changes: Partial<Attempt>): HopRun => call(attemptId(setup), plain({ ...state, ...changes, attempt: state.attempt + 1 }))
  switch (reply.rcode) {
    case 'NXDOMAIN':
      // DVE-2018-0001: from v248 to v253 an NXDOMAIN to a question with EDNS is asked again without.
      return state.edns && version >= 248 && version < 254 ? yield* again({ edns: false }) : taken
    case 'SERVFAIL': case 'FORMERR': case 'NOTIMP': {
      const sameAgain = reply.rcode === 'SERVFAIL' && version >= 250 && !state.repeated && state.edns
      if (sameAgain) return yield* again({ repeated: true })
      if (state.edns) return yield* again({ edns: false })
      return pickedAll(state, scope) ? taken : yield* moveOn(setup, state)
    }
    case 'REFUSED':
      // Before 248 they are asked in turn for as long as there are attempts, and nobody is told.
      return version >= 248 && pickedAll(state, scope) ? taken : yield* moveOn(setup, state)
    default:
      return taken
  }
}

const pickedAll = (state: Attempt, scope: ResolvedScope): boolean => state.left + 1 >= scope.servers.length

/** The next server is current from now on, and the question goes there. */
function* moveOn(setup: ScopeSetup, state: Attempt): HopRun {
  const { servers } = setup.scope
  if (state.attempt >= MOST_ATTEMPTS) return state.looped ? LOOP : LOST
  const server = (state.server + 1) % servers.length
  yield* put(movedCell(setup), server, Infinity)
  return yield* call(attemptId(setup), plain({ ...state, server, left: state.left + 1, attempt: state.attempt + 1, edns: true, repeated: false }))
}

/** `1.2.3.4:5353%eth0#name`. */
function addressAndPort(text: string): { readonly address: string; readonly port: number } {
  const bare = text.replace(/#.*$/, '').replace(/%.*$/, '')
  const match = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(bare) ?? /^\[([^\]]*)\]:(\d+)$/.exec(bare)
  return match ? { address: match[1] as string, port: Number(match[2]) } : { address: bare.replace(/^\[|\]$/g, ''), port: 53 }
}

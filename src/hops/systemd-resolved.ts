// systemd-resolved on a node, as its stub at 127.0.0.53 answers: src/resolve/resolved-dns-stub.c, -query.c, -scope.c, v245 to v257,
// behaviour executed at v247, v252 and v257 (test/fidelity/rows/systemd-resolved.jsonl.gz). /etc/hosts first, then all scopes that fit the
// name best, at once: the first NOERROR wins, even one without data; NXDOMAIN and errors count only when all scopes gave up. No scope wants
// the name: REFUSED (before 248: SERVFAIL). No server answered: the client gets nothing. Scope = `systemd-resolved-scope.ts`, routing = `systemd-resolved-routing.ts`, /etc/hosts and names
// of the machine = `systemd-resolved-own.ts`.
// Not modelled: LLMNR, mDNS (such names come out as unmodelled), DNSSEC, DNS over TLS, 127.0.0.54 as a plain proxy, DO+CD bypass,
// `%interface` of a server.
import { ask, call, LOOP, LOST, pick, type Arrival, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { ResolvedModel, ResolvedScope } from '../chain/model.ts'
import type { Cause, DnsQuery, Rcode, Reply, ResourceRecord } from '../dns/message.ts'
import { sameName } from '../dns/name.ts'
import { replyOf } from './stub-reply.ts'
import { ownAnswers, STUB_ANEW, type OwnAnswer } from './systemd-resolved-own.ts'
import { router, type Router } from './systemd-resolved-routing.ts'
import { scopeHops, scopeId } from './systemd-resolved-scope.ts'

/** SD_RESOLVED_QUERY_TIMEOUT_USEC. */
const QUERY_MS = 120_000
/** CNAME_REDIRECTS_MAX. */
const MOST_ALIASES = 16
/** What the stub offers to clients that use EDNS. */
const CLIENT_EDNS_BYTES = 65_494
/** A release whose behaviour is that of most; used where the node does not say. */
const USUAL_VERSION = 255
const NEVER_ANSWERED = new Set(['AXFR', 'IXFR', 'OPT', 'TSIG', 'TKEY', 'MAILA', 'MAILB', 'MD', 'MF'])

/** No packet comes back. */
type Silence = typeof LOST | typeof LOOP

interface Setup {
  readonly model: ResolvedModel
  readonly version: number
  readonly by: string
  readonly own: OwnAnswer
  readonly route: Router
}

export function resolvedHops(model: ResolvedModel, reach: Reach): HopEntries {
  const asked = model.scopes.filter(scope => scope.servers.length > 0)
  // Fallback servers are used when nobody else has one.
  const scopes: readonly ResolvedScope[] = asked.length > 0 || model.fallbackServers.length === 0 ? asked
    : [{ name: 'fallback', servers: model.fallbackServers, domains: [], defaultRoute: true }]
  const version = Number.parseInt(model.version ?? '', 10) || USUAL_VERSION
  const by = hopId.resolved(model.node)
  const setup: Setup = { model, version, by, own: ownAnswers(model, version, by), route: router(model, scopes, version) }
  const stub: Hop = function* (value) {
    const query = value as unknown as DnsQuery
    const reply = yield* answer(setup, query)
    return typeof reply === 'string' ? reply : toClient(reply, version, query) as unknown as Plain
  }
  return [[by, stub], ...scopes.flatMap(scope => scopeHops({ model, scope, version, reach }))]
}

function* answer(setup: Setup, query: DnsQuery): HopRun<Reply | Silence> {
  const { version, by } = setup
  if (!query.rd || NEVER_ANSWERED.has(query.type)) return failure(query.rd && version < STUB_ANEW ? 'NOTIMP' : 'REFUSED',
    { kind: 'refused', by, detail: query.rd ? `type ${query.type}` : 'recursion not desired' })
  const aliases: ResourceRecord[] = []
  for (let name = query.name; aliases.length <= MOST_ALIASES;) {
    const reply = setup.own(name, query.type) ?? (yield* fromScopes(setup, name, query.type))
    if (typeof reply === 'string') return reply
    if (reply.rcode !== 'NOERROR') return { ...reply, answer: [...aliases, ...reply.answer] }
    const target = openAlias(reply, name, query.type)
    if (target === undefined) return { ...reply, answer: [...aliases, ...reply.answer] }
    // A chain that the server left open is followed, by the routes of the new name.
    aliases.push(...reply.answer)
    name = target
  }
  return failure('SERVFAIL', { kind: 'loop', by, detail: `more than ${MOST_ALIASES} aliases` })
}

/** The name at the end of an alias chain that has no record of the type; undefined = nothing to follow. */
function openAlias(reply: Reply, name: string, type: string): string | undefined {
  if (type === 'ANY' || reply.answer.some(record => record.type === type)) return undefined
  const aliasOf = (at: string): string => reply.answer.find(record => record.type === 'CNAME' && sameName(record.name, at))?.data ?? at
  const end = reply.answer.reduce(aliasOf, name)
  return sameName(end, name) ? undefined : end
}

function* fromScopes({ model, version, by, route }: Setup, name: string, type: string): HopRun<Reply | Silence> {
  const routed = route(name, type)
  // Nothing of it came from the network, so it counts as authoritative.
  if (routed.kind === 'nobody') return { ...failure(version < STUB_ANEW ? 'SERVFAIL' : 'REFUSED', { kind: 'refused', by, detail: routed.why }), flags: ['aa'] }
  if (routed.kind === 'unmodelled') return failure('SERVFAIL', { kind: 'unmodelled', by, detail: routed.why })
  const query = { name, type }
  const ids = routed.scopes.map(scope => scopeId(model.node, scope.name))
  if (ids.length === 1) return passedOn(yield* call(ids[0] as string, query))
  const arrivals = yield* ask(ids.map(hop => ({ hop, query })), QUERY_MS, got => got.some(isSuccess) || got.length === ids.length)
  const winner = arrivals.find(isSuccess)
  if (winner) return passedOn(winner.value)
  return yield* oneFailure(model, arrivals, routed.scopes)
}

/** Records of a server are passed on as not authoritative; the stub sets the other flags. */
function passedOn(value: Plain | undefined): Reply | Silence {
  const reply = replyOf(value)
  return reply ? { ...reply, flags: [] } : value === LOOP ? LOOP : LOST
}

/** With or without data. */
const isSuccess = ({ value }: Arrival): boolean => replyOf(value)?.rcode === 'NOERROR'

/** All scopes gave up: the failure of one of them is reported, in the order of a list that is not known. */
function* oneFailure(model: ResolvedModel, arrivals: readonly Arrival[], scopes: readonly ResolvedScope[]): HopRun<Reply | Silence> {
  const replies = scopes.map((_, from) => passedOn(arrivals.find(arrival => arrival.from === from)?.value))
  const kinds = new Set(replies.map(reply => (typeof reply === 'string' ? reply : `${reply.rcode} ${reply.cause?.by ?? ''}`)))
  if (kinds.size === 1) return replies[0] as Reply | Silence
  const key = `resolved ${model.node} scope whose failure is reported`
  const names = scopes.map(scope => scope.name)
  return replies[names.indexOf(yield* pick({ at: key, key, options: names }))] as Reply | Silence
}

const failure = (rcode: Rcode, cause: Cause): Reply => ({ rcode, flags: [], answer: [], authority: [], additional: [], cause })

/** The stub makes its own message: recursion offered, authoritative for what it made up; before 248 never so, and answers alone. */
function toClient(reply: Reply, version: number, query: DnsQuery): Reply {
  const { edns: _, ...rest } = reply
  const old = version < STUB_ANEW
  return { ...rest, ...(old && { authority: [], additional: [] }),
    flags: [...(reply.flags.includes('aa') && !old ? ['aa' as const] : []), ...(query.rd || old ? ['rd' as const] : []), 'ra'],
    ...(query.edns && { edns: { sizeBytes: CLIENT_EDNS_BYTES } }) }
}

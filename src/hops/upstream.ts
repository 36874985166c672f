// An upstream server, known only by what it was seen to answer (UpstreamModel.view). A question that was seen gets its reply; several
// different replies are an unknown, never a share. A question that was not seen is answered as far as the view proves it (another type
// of the name, a name above it, an alias chain); the rest is an unknown in two steps, so that the types of a name fit together:
// `view <address> <name>` exists, NXDOMAIN or SERVFAIL; then, if it exists, `view <address> <name> <type>` answer or NODATA.
// An answer nobody saw has the data `unknown`. Whether the server can be reached is the unknown `up <address>`.
// Not modelled: what the server is (its cache, its own upstreams), TTLs counting down, classes other than IN, a server that
// answers some names with silence (that is `up`), one that refuses names nobody asked it.
import { LOST, pick, type Effect, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries } from '../chain/hop.ts'
import type { UpstreamModel } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import { FLAG_ORDER, type Cause, type DnsQuery, type Rcode, type Reply, type ResourceRecord } from '../dns/message.ts'
import { labelsOf, nameKey, wireLength } from '../dns/name.ts'
import { agreed, aliasAt, ancestors, existence, viewOf, type SeenQuestion, type SeenReply, type View } from './upstream-view.ts'

/** TTL of records nobody saw: short, so that no cache holds a guess for long. */
const UNKNOWN_TTL_S = 30
const LONGEST_CHAIN = 8
const UDP_WITHOUT_EDNS_BYTES = 512
/** Ways through the hop that `upstreamUnknowns` looks at; one question has a handful, a hostile view could have millions. */
const MOST_RUNS = 2000

type Draft = {
  readonly rcode: Rcode
  readonly answer: readonly ResourceRecord[]
  readonly authority: readonly ResourceRecord[]
  /** The reply it is, where it was seen as it is. */
  readonly seen?: Reply
}

export function upstreamHop(model: UpstreamModel): HopEntries {
  const view = viewOf(model)
  const hop: Hop = function* (asked) {
    const query = asked as unknown as DnsQuery
    if (!(yield* isUp(model, view))) return LOST
    return finished(yield* replyTo(view, query, 0), query, view) as unknown as Plain
  }
  return [[hopId.upstream(model.address, model.port), hop]]
}

function* isUp(model: UpstreamModel, view: View): HopRun<boolean> {
  if (model.reachable === 'no') return false
  if (model.reachable === 'yes' || model.reachable === 'unknown' && view.names.size > 0) return true
  const key = `up ${view.label}`
  const source = model.reachableSources[0]
  return (yield* pick({ at: key, key, options: ['yes', 'no'], ...(source && { source }) })) === 'yes'
}

function* unknown<T extends string>(key: string, options: readonly T[], sources?: readonly (Source | undefined)[]): HopRun<T> {
  return yield* pick({ at: key, key, options, ...(sources && { optionSources: sources }) })
}

function* replyTo(view: View, query: DnsQuery, depth: number): HopRun<Draft> {
  const key = nameKey(query.name)
  const question = view.names.get(key)?.get(query.type)
  const usable = question && forTransport(question, query)
  if (usable && usable.replies.length > 0) return drafted(yield* drawn(view, key, usable), query)
  const alias = aliasAt(view, key)
  if (alias) {
    if (query.type === 'CNAME') return { rcode: 'NOERROR', answer: [alias], authority: [] }
    if (depth >= LONGEST_CHAIN) return { rcode: 'SERVFAIL', answer: [], authority: [] }
    const behind = yield* replyTo(view, { ...query, name: alias.data }, depth + 1)
    return { ...behind, answer: [alias, ...behind.answer] }
  }
  const is = yield* exists(view, key)
  if (is === 'SERVFAIL') return { rcode: is, answer: [], authority: [] }
  if (is === 'NXDOMAIN') return { rcode: is, answer: [], authority: [soaFor(view, key)] }
  const guess: ResourceRecord = { name: query.name, type: query.type, ttlS: UNKNOWN_TTL_S, data: 'unknown' }
  // Seen truncated: there is an answer, and it begins like this.
  if (question) return { rcode: 'NOERROR', answer: partialAnswer(question) ?? [guess], authority: [] }
  const has = yield* unknown(`view ${view.label} ${key} ${query.type}`, ['answer', 'NODATA'])
  if (has === 'NODATA') return { rcode: 'NOERROR', answer: [], authority: [soaFor(view, key)] }
  return { rcode: 'NOERROR', answer: [guess], authority: [] }
}

/** Which of the replies to one question it is in this world. */
function* drawn(view: View, key: string, { type, replies }: SeenQuestion): HopRun<Reply> {
  const [only, ...more] = replies
  if (only && more.length === 0) return only.reply
  const options = distinct(replies.map(r => summary(r.reply)))
  const taken = yield* unknown(`view ${view.label} ${key} ${type}`, options, replies.map(r => r.source))
  return (replies[options.indexOf(taken)] as SeenReply).reply
}

function* exists(view: View, key: string): HopRun<'exists' | 'NXDOMAIN' | 'SERVFAIL'> {
  const questions = [...view.names.get(key)?.values() ?? []]
  const said = new Set(questions.map(agreed).filter(s => s !== undefined))
  if (said.size === 1) return said.has('exists') ? 'exists' : 'NXDOMAIN'
  if (said.size === 0) {
    for (const question of questions.filter(saysSomething)) {
      const is = existence(yield* drawn(view, key, question))
      if (is) return is === 'exists' ? 'exists' : 'NXDOMAIN'
    }
    if (key === '.' || view.certain.has(key)) return 'exists'
    if (yield* isBelowNothing(view, key)) return 'NXDOMAIN'
  }
  return yield* unknown(`view ${view.label} ${key}`, ['exists', 'NXDOMAIN', 'SERVFAIL'])
}

const saysSomething = (question: SeenQuestion): boolean => question.replies.some(r => existence(r.reply) !== undefined)

/** RFC 8020: a name above it does not exist. */
function* isBelowNothing(view: View, key: string): HopRun<boolean> {
  for (const above of ancestors(key)) {
    const questions = [...view.names.get(above)?.values() ?? []]
    if (questions.length === 0 || view.inhabited.has(above) || questions.some(q => agreed(q) === 'exists')) continue
    if (questions.some(q => agreed(q) === 'absent')) return true
    for (const question of questions.filter(saysSomething)) {
      if (existence(yield* drawn(view, above, question)) === 'absent') return true
    }
  }
  return false
}

/** A truncated reply comes over UDP only; what was seen whole comes over TCP, and over UDP if it fits. */
function forTransport(question: SeenQuestion, query: DnsQuery): SeenQuestion {
  const cut = question.replies.filter(r => r.reply.flags.includes('tc'))
  if (cut.length === 0) return question
  const whole = question.replies.filter(r => !r.reply.flags.includes('tc'))
  if (query.transport === 'tcp') return { ...question, replies: whole }
  const budget = Math.max(UDP_WITHOUT_EDNS_BYTES, query.edns?.sizeBytes ?? UDP_WITHOUT_EDNS_BYTES)
  const fits = whole.length > 0 && whole.every(r => wireBytes(r.reply, query) <= budget)
  return { ...question, replies: fits ? whole : cut }
}

/** The records of a truncated reply, for the TCP reply nobody saw: it has these and more. */
function partialAnswer(question: SeenQuestion): readonly ResourceRecord[] | undefined {
  const records = question.replies[0]?.reply.answer ?? []
  return records.length > 0 ? records : undefined
}

const dataBytes = (r: ResourceRecord): number => (r.type === 'A' ? 4 : r.type === 'AAAA' ? 16 : r.data.length + 1)

/** Size with compressed owner names; addresses exact, other data as long as its text. */
function wireBytes(reply: Reply, query: DnsQuery): number {
  const records = [...reply.answer, ...reply.authority, ...reply.additional]
  return 12 + wireLength(query.name) + 4 + (reply.edns ? 11 : 0) + records.reduce((sum, r) => sum + 12 + dataBytes(r), 0)
}

const drafted = (reply: Reply, query: DnsQuery): Draft => {
  const key = nameKey(query.name)
  // Servers echo the case of the question in its own records.
  const answer = reply.answer.map(r => (nameKey(r.name) === key ? { ...r, name: query.name } : r))
  return { rcode: reply.rcode, answer, authority: reply.authority, seen: reply }
}

function finished(draft: Draft, query: DnsQuery, view: View): Reply {
  const { seen } = draft
  const isSet = (flag: string): boolean => (flag === 'rd' ? query.rd === true : seen ? seen.flags.includes(flag) : flag === 'ra')
  const flags = FLAG_ORDER.filter(isSet)
  const cause = causeOf(draft, query, `upstream ${view.label}`, flags.includes('tc'))
  return {
    rcode: draft.rcode, flags, answer: draft.answer, authority: draft.authority, additional: seen?.additional ?? [],
    ...(query.edns && seen?.edns && { edns: seen.edns }), ...(seen?.question && { question: seen.question }), ...(cause && { cause }),
  }
}

function causeOf({ rcode, answer }: Draft, query: DnsQuery, by: string, truncated: boolean): Cause | undefined {
  if (rcode === 'NXDOMAIN') return { kind: 'denied', by }
  if (rcode === 'REFUSED') return { kind: 'refused', by }
  if (rcode !== 'NOERROR') return { kind: 'failed', by, detail: rcode }
  const hasType = query.type === 'ANY' ? answer.length > 0 : answer.some(r => r.type === query.type)
  return hasType ? undefined : { kind: truncated ? 'truncated' : 'denied', by }
}

/** The SOA that a denial of this name would carry: one seen for a zone above it, else one of its parent. */
function soaFor(view: View, key: string): ResourceRecord {
  for (const above of [key, ...ancestors(key), '.']) {
    const soa = view.soas.get(above)
    if (soa) return soa
  }
  const labels = labelsOf(key)
  return { name: `${labels.slice(1).join('.')}.`, type: 'SOA', ttlS: UNKNOWN_TTL_S, data: `unknown. unknown. 0 0 0 0 ${UNKNOWN_TTL_S}` }
}

/** How a reply is told from its siblings: `NXDOMAIN`, `NODATA`, `10.0.0.1 10.0.0.2`. */
function summary(reply: Reply): string {
  if (reply.rcode !== 'NOERROR') return reply.rcode
  return reply.answer.length === 0 ? 'NODATA' : reply.answer.map(r => r.data).join(' ')
}

const distinct = (texts: readonly string[]): string[] => texts.map((t, i) => (texts.indexOf(t) === i ? t : `${t} (${i + 1})`))

export interface UpstreamUnknown {
  readonly key: string
  readonly options: readonly Plain[]
}

/** What is not known about this server when these questions come to it, in the order in which it matters. */
export function upstreamUnknowns(
  model: UpstreamModel, questions: readonly { readonly name: string; readonly type: string }[],
): readonly UpstreamUnknown[] {
  const found = new Map<string, UpstreamUnknown>()
  const [[, hop]] = upstreamHop(model) as [[string, Hop]]
  for (const { name, type } of questions) {
    const pending: ReadonlyMap<string, Plain>[] = [new Map()]
    for (let runs = 0; pending.length > 0 && runs < MOST_RUNS; runs++) {
      const settled = pending.pop() as ReadonlyMap<string, Plain>
      const open = firstOpen(hop({ name, type, transport: 'udp' }), settled)
      if (!open) continue
      found.set(open.key, open)
      pending.push(...open.options.map(option => new Map([...settled, [open.key, option]])))
    }
  }
  return [...found.values()]
}

/** The first unknown that is not settled yet. */
function firstOpen(run: HopRun, settled: ReadonlyMap<string, Plain>): UpstreamUnknown | undefined {
  for (let step = run.next(); !step.done;) {
    // An upstream does nothing but draw unknowns.
    const { key, options } = step.value as UpstreamUnknown & Effect
    if (!settled.has(key)) return { key, options }
    step = run.next(settled.get(key))
  }
  return undefined
}

// Packets, probes and pasted output → asks: one question and what became of it, however often it was captured. Of the sightings of one question (before and
// after the address translation of a Service or of masquerade, on several machines) the client is the first on the path and the server the last.
import { nameKey } from '../dns/name.ts'
import { isNodata, type Reply } from '../dns/message.ts'
import type { Source } from '../chain/source.ts'
import type { Transaction } from '../evidence/capture-transactions.ts'
import { replyIn } from '../evidence/captured-packet.ts'
import type { DirectAnswer } from '../evidence/observation.ts'
import { formatServer, isNodeLocal } from '../dns/socket-address.ts'
import type { AnswerResult } from '../findings/reading.ts'

export interface Ask {
  /** `tx:88`, `probes.jsonl:3`. */
  readonly id: string
  /** Asked by hand: the line of a probe or of pasted output. */
  readonly byHand: boolean
  /** A captured question as `dig` sends it: with AD set, which stubs and resolvers of nodes do not unless told to. */
  readonly asDig: boolean
  /** The answer of a resolver that the tool found configured, not of a server that somebody named. */
  readonly isDefault: boolean
  /** Address; of what was asked by hand the place, where it is told. */
  readonly client: string
  readonly clientPort: number
  readonly dnsId: number
  readonly server: string
  /** The address on the question, where a Service stands before the server. */
  readonly addressed: string | undefined
  readonly name: string
  readonly type: string
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly rttMs: number | undefined
  /** Undefined: the capture ends, or holds no reply that can be told apart. */
  readonly result: AnswerResult | undefined
  readonly reply: Reply | undefined
  /** Of the answer, else of the question. */
  readonly source: Source
}

/** Clocks of two machines may be this far apart; an id of a socket comes again later. */
const CLOCKS_MS = 5000

function resultOf(reply: Reply): AnswerResult {
  if (reply.rcode === 'NXDOMAIN') return 'nxdomain'
  if (reply.rcode === 'SERVFAIL') return 'servfail'
  if (reply.rcode === 'REFUSED') return 'refused'
  if (reply.rcode !== 'NOERROR') return 'error'
  return isNodata(reply) ? 'nodata' : 'answer'
}

/** Transactions of all captures, each file a place of its own → asks in order of time. */
export function asksOfPackets(transactions: readonly Transaction[]): Ask[] {
  const groups = sightings(transactions)
  return groups.flatMap(group => askOf(group) ?? []).sort((a, b) => (a.fromMs ?? 0) - (b.fromMs ?? 0))
}

/** Union of what the pairing holds to be the same question, and of the same socket, id and question in another capture. */
function sightings(transactions: readonly Transaction[]): Transaction[][] {
  const parent = transactions.map((_, i) => i)
  const rootOf = (i: number): number => {
    let root = i
    while (parent[root] !== root) root = parent[root] as number
    for (let at = i; parent[at] !== root;) [at, parent[at]] = [parent[at] as number, root]
    return root
  }
  const indexOf = new Map(transactions.map((t, i) => [t.id, i]))
  const bySocket = new Map<string, number[]>()
  for (const [i, t] of transactions.entries()) {
    for (const same of t.sameAs) {
      const other = indexOf.get(same.id)
      if (same.differs !== 'both' && other !== undefined) parent[rootOf(i)] = rootOf(other)
    }
    const key = `${t.transport} ${formatServer(t.client)} ${formatServer(t.server)} ${t.dnsId} ${t.question?.type ?? ''} ${nameKey(t.question?.name ?? '')}`
    const recent = (bySocket.get(key) ?? []).filter(j => Math.abs((t.atMs ?? NaN) - (transactions[j]?.atMs ?? NaN)) <= CLOCKS_MS)
    const twin = recent.find(j => transactions[j]?.place !== t.place)
    if (twin !== undefined) parent[rootOf(i)] = rootOf(twin)
    bySocket.set(key, twin === undefined ? [...recent, i].slice(-8) : recent.filter(j => j !== twin))
  }
  const groups = new Map<number, Transaction[]>()
  for (const [i, t] of transactions.entries()) {
    const group = groups.get(rootOf(i))
    if (group) group.push(t)
    else groups.set(rootOf(i), [t])
  }
  return [...groups.values()]
}

function askOf(group: readonly Transaction[]): Ask | undefined {
  const files = new Map<string, Transaction[]>()
  for (const t of group) files.set(t.query.source.file, [...files.get(t.query.source.file) ?? [], t])
  const [path = group] = [...files.values()].sort((a, b) => b.length - a.length)
  const along = [...path].sort((a, b) => a.query.source.line - b.query.source.line)
  const first = along[0] as Transaction
  const last = along.at(-1) as Transaction
  const { question } = first
  if (!question) return undefined
  const answered = along.find(t => t.answers.length > 0) ?? group.find(t => t.answers.length > 0)
  const answer = answered?.answers[0]
  const reply = answer && replyIn(answer, question)
  const refused = group.flatMap(t => t.refusals)[0]
  return {
    id: first.id, byHand: false, asDig: first.query.flags.includes('ad'), isDefault: false, client: first.client.address, clientPort: first.client.port, dnsId: first.dnsId, server: formatServer(last.server),
    addressed: first.server.address === last.server.address ? undefined : formatServer(first.server), name: question.name, type: question.type,
    fromMs: first.atMs, toMs: answer?.atMs, rttMs: last.rttMs ?? answered?.rttMs, reply,
    result: reply ? resultOf(reply) : answer ? undefined : refused ? 'unreachable' : group.some(t => t.state === 'open' || t.state === 'ambiguous') ? undefined : 'unanswered',
    source: (answer ?? refused ?? first.query).source,
  }
}

export function askOfDirect(seen: DirectAnswer): Ask {
  const { query, reply, source, atMs } = seen
  return {
    id: `${source.file}:${source.line}`, byHand: true, asDig: false, isDefault: isDefaultServer(seen), client: seen.place ?? '', clientPort: -1, dnsId: -1, server: seen.server, addressed: undefined,
    name: query.name, type: query.type, fromMs: atMs, toMs: atMs === undefined ? undefined : atMs + (seen.rttMs ?? 0), rttMs: seen.rttMs, reply, source,
    result: reply ? resultOf(reply) : seen.failure === 'refused' || seen.failure === 'unreachable' ? 'unreachable' : seen.failure === 'unresolved' ? undefined : 'unanswered',
  }
}

/** `dig NAME` without `@SERVER`: its first line repeats the arguments. getent and ping name no server at all. */
const isDefaultServer = ({ tool, source }: DirectAnswer): boolean => tool === 'dig' && source.text.startsWith('; <<>> DiG') && !/ <<>> (?:.* )?@/.test(source.text.split('\n', 1)[0] as string)

/** A recording without any answer shows one direction (a filter, a `grep`): that no answer came is not known then. */
export function knownSilence(asks: readonly Ask[]): Ask[] {
  const bothWays = new Set(asks.filter(ask => ask.reply).map(ask => ask.source.file))
  return asks.map(ask => (ask.result === 'unanswered' && !ask.byHand && !bothWays.has(ask.source.file) ? { ...ask, result: undefined } : ask))
}

/** Servers that are asked and ask others themselves; a loopback address is a resolver of the machine, a configured one that of a pod. */
export function forwardersOf(asks: readonly Ask[]): ReadonlySet<string> {
  const clients = new Set(asks.filter(ask => !ask.byHand).map(ask => ask.client))
  const configured = new Set(asks.filter(ask => ask.isDefault).map(ask => ask.server))
  return new Set(asks.map(ask => ask.server).filter(server => isNodeLocal(server) || clients.has(server) || configured.has(server)))
}

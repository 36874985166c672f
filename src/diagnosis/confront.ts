// Observation against model: every reply of a CoreDNS pod about the name, and every question that it forwarded, is placed in the set of what the engine says
// can happen there, whatever its caches held before (start `any`). What lies outside is counted, and is a finding of its own.
// Not placed: questions that got no answer (the wire lost them, which is not the model's business), replies cut off in the capture, and whatever was asked
// where a bound of the exploration was hit: nothing is called impossible then.
import { hopId } from '../chain/hop.ts'
import type { CorednsModel } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import { explore } from '../drivers/explore.ts'
import type { Reply } from '../dns/message.ts'
import { nameKey } from '../dns/name.ts'
import { replyIn } from '../evidence/captured-packet.ts'
import type { ServedQuery } from '../evidence/observation.ts'
import { formatServer } from '../dns/socket-address.ts'
import type { Exchange } from '../evidence/trace.ts'
import type { OutsideModel } from '../findings/case.ts'
import { forwardLinesFor, targetsOf } from '../findings/forward-targets.ts'
import { isPrivateAddress } from '../findings/upstream-choice.ts'
import type { Session } from './session.ts'

/** Different questions that are explored; the candidates of a search list, A and AAAA, are a dozen. */
const QUESTIONS = 24

interface Seen {
  readonly server: CorednsModel
  readonly name: string
  readonly type: string
  readonly what: string
  readonly source: Source
  readonly evidence: string
  /** A packet and a line tell of it. */
  readonly twoWays: boolean
}

export interface Confrontation {
  /** Observations that were held against the model. */
  readonly placed: number
  readonly outside: readonly OutsideModel[]
}

export function confront(session: Session, servers: readonly CorednsModel[]): Confrontation {
  const explored = new Map<string, Possible | undefined>()
  const possibleAt = (server: CorednsModel, name: string, type: string): Possible | undefined => {
    const key = `${server.pod} ${nameKey(name)} ${type}`
    if (!explored.has(key)) explored.set(key, explored.size < QUESTIONS ? explorePossible(session, server, name, type) : undefined)
    return explored.get(key)
  }
  const groups = new Map<string, Seen[]>()
  let placed = 0
  for (const seen of [...packetsSeen(session, servers), ...linesSeen(session, servers), ...askedElsewhere(session, servers)]) {
    placed++
    const key = `${seen.server.pod} ${nameKey(seen.name)} ${seen.type} ${seen.what}`
    const group = groups.get(key)
    if (group) group.push(seen)
    else groups.set(key, [seen])
  }
  const outside = [...groups.values()].flatMap((group): OutsideModel[] => {
    const first = group[0] as Seen
    const { server, name, type, what, source } = first
    const possible = what.startsWith('asked ') ? upstreamsFor(server, name).map(address => `asked ${address}`) : possibleAt(server, name, type)
    if (!possible || (Array.isArray(possible) ? possible.includes(what) : (possible as Possible).allows(what))) return []
    return [{
      pod: server.pod, name, type, seen: what, possible: Array.isArray(possible) ? possible : (possible as Possible).words, source,
      count: group.length, evidence: group.slice(0, 5).map(s => s.evidence), twoWays: group.some(s => s.twoWays),
    }]
  })
  return { placed, outside }
}

interface Possible {
  readonly words: readonly string[]
  readonly allows: (what: string) => boolean
}

function explorePossible(session: Session, server: CorednsModel, name: string, type: string): Possible | undefined {
  const hop = hopId.coredns(server.pod)
  if (!session.chain.has(hop)) return undefined
  const { outcomes, complete } = explore(session.chain, { hop, query: { name: nameKey(name), type, transport: 'udp', rd: true } }, { start: 'any' })
  if (!complete) return undefined
  const replies = outcomes.map(o => o.value as unknown as Reply | string | undefined)
  // What is not modelled, or not in the evidence, may be anything.
  if (replies.some(r => typeof r === 'object' && r.cause?.kind === 'unmodelled')) return undefined
  const words = [...new Set(replies.map(r => (typeof r === 'object' ? wordOf(r) : 'no reply')))]
  const isOpen = words.some(word => word.startsWith('answer') && /\bunknown\b/.test(word))
  return {
    words,
    // A log line says NOERROR only; an answer nobody saw may be any; public names are answered with other addresses every minute.
    allows: what => words.includes(what) || (what === 'noerror' && words.some(w => w === 'nodata' || w.startsWith('answer')))
      || (what.startsWith('answer') && (isOpen || (isPublic(what) && words.some(isPublic)))),
  }
}

const isPublic = (word: string): boolean => word.startsWith('answer ') && !word.slice('answer '.length).split(' ').some(isPrivateAddress)

/** Addresses sorted: their order is shuffled on the way. */
function wordOf(reply: Reply): string {
  if (reply.rcode !== 'NOERROR') return reply.rcode.toLowerCase()
  if (reply.answer.length === 0) return 'nodata'
  return `answer ${reply.answer.map(r => (r.type === 'A' || r.type === 'AAAA' ? r.data : `${r.type} ${nameKey(r.data)}`)).sort().join(' ')}`
}

function packetsSeen(session: Session, servers: readonly CorednsModel[]): Seen[] {
  const logged = new Map(session.captured?.joined.logged.map(l => [l.exchange, l.lines]))
  return (session.captured?.joined.exchanges ?? []).flatMap((e): Seen[] => {
    const server = e.role === 'served' ? servers.find(s => s.pod === e.pod) : undefined
    const reply = e.answer && e.answer.missingBytes === 0 ? replyIn(e.answer) : undefined
    if (!server || !e.answer || !reply || !isOrdinary(e) || reply.flags.includes('tc')) return []
    return [{ server, name: e.name, type: e.type, what: wordOf(reply), source: e.answer.source, evidence: e.id, twoWays: logged.get(e)?.some(l => l.certain && l.to.rcode === reply.rcode) === true }]
  })
}

/** A query as clients send it: the model is asked no other. */
const isOrdinary = (e: Exchange): boolean => e.main.question?.class === 'IN' && e.main.query.flags.includes('rd')

/** Lines of which no packet is known: what a packet shows is placed once, by the packet. */
function linesSeen(session: Session, servers: readonly CorednsModel[]): Seen[] {
  const captured = session.captured?.joined
  const withPackets = new Set<ServedQuery>(captured?.logged.filter(l => l.exchange.answer).flatMap(l => l.lines.map(link => link.to)))
  return session.observations.flatMap((o): Seen[] => {
    if (o.kind !== 'served' || o.tx !== undefined || withPackets.has(o) || o.rcode === '-' || (o.class ?? 'IN') !== 'IN') return []
    const server = servers.find(s => s.pod === o.place)
    if (!server || !(o.type === 'A' || o.type === 'AAAA')) return []
    const what = o.rcode === 'NOERROR' ? 'noerror' : o.rcode.toLowerCase()
    return [{ server, name: o.name, type: o.type, what, source: o.source, evidence: `${o.source.file}:${o.source.line}`, twoWays: false }]
  })
}

/** Questions that a client waited for, sent to a server that no line of the Corefile leads to. */
function askedElsewhere(session: Session, servers: readonly CorednsModel[]): Seen[] {
  return (session.captured?.joined.upstream ?? []).flatMap(({ exchange: e, origin, servedFor, loggedAs }): Seen[] => {
    const server = servers.find(s => s.pod === e.pod)
    if (!server || origin !== 'forwarded' || servedFor.length + loggedAs.length === 0 || upstreamsFor(server, e.name).length === 0) return []
    return [{ server, name: e.name, type: e.type, what: `asked ${formatServer(e.server)}`, source: e.main.query.source, evidence: e.id, twoWays: servedFor.some(l => l.certain) && loggedAs.length > 0 }]
  })
}

const upstreamsFor = (server: CorednsModel, name: string): string[] =>
  forwardLinesFor(server, nameKey(name)).flatMap(line => targetsOf(server, line.forward)).map(formatServer)

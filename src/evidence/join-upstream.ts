// Step 2 of the join: who made a question to an upstream be asked. *Forwarded*: a client of the CoreDNS pod waited for it, or CoreDNS asked ahead of
// need. *Probed*: somebody asked by hand from the pod's address (`probes/`, a pasted dig). Both look alike on the wire; what tells them apart:
//   a served question of the same name and type was open meanwhile, was asked just before and answered just after, with the same result;
//   a recorded direct question to this server at this moment got this answer, while nobody waited.
// The bytes do not tell: CoreDNS' cache adds EDNS and DO (before 1.10.1) or AD (from 1.14.7) to what a client asked.
// CoreDNS asks once for each client that misses (no single flight in plugin/forward), again after a timeout, and ahead of need with `prefetch`.
import { nameKey } from '../dns/name.ts'
import type { Reply, ResourceRecord } from '../dns/message.ts'
import { replyIn } from './captured-packet.ts'
import { addLink } from './join-links.ts'
import type { DirectAnswer, ServedQuery } from './observation.ts'
import { formatServer } from '../dns/socket-address.ts'
import { byTime, within } from './time-window.ts'
import type { Exchange, JoinTopology, Link, Origin, Reason, UpstreamAsk } from './trace.ts'

/** CoreDNS asks, and passes an answer on, within this; a busy machine takes some milliseconds. */
const AT_ONCE_MS = 5
/** Time stamps of packets and of processes on one machine. */
const CLOCK_MS = 1
/** A log line is stamped by the container runtime; a probe is stamped when its tool starts or ends; a pasted dig prints whole seconds. */
const LOG_MS = 20
const PROBE_MS = 1500
/** CoreDNS gives a question up after 5 s, at most 6 with a last try. */
const LONGEST_MS = 10_000
/** Packets that a direct question without a time is compared with. */
const UNTIMED = 64
/** Together they leave no room for another's question. */
const TIGHT: readonly Reason[] = ['asked-at-once', 'reply-followed', 'same-result']

export interface UpstreamEvidence {
  readonly served: readonly Exchange[]
  readonly direct: readonly DirectAnswer[]
  /** Query lines of served questions that are not in the captures. */
  readonly lines: readonly ServedQuery[]
}

export function joinUpstream(asks: readonly Exchange[], evidence: UpstreamEvidence, topology: JoinTopology): UpstreamAsk[] {
  const waits = byQuestion(evidence.served, e => `${e.pod ?? ''}`)
  const fits = new Map(asks.map(ask => [ask, ask.role === 'upstream' ? fitsOf(ask, waits.get(keyOf(ask.pod ?? '', ask)) ?? []) : []]))
  const isTight = (ask: Exchange): boolean => (fits.get(ask) ?? []).some(fit => TIGHT.every(reason => fit.reasons.includes(reason)))
  const probes = joinDirect(asks.filter(ask => !isTight(ask)), evidence.direct)
  const linesBy = Map.groupBy(byTime(evidence.lines.map((line): Logged => ({ line, fromMs: line.atMs }))), ({ line }) => keyOf(line.place ?? '', line))
  const isClientSideSeen = new Set(evidence.served.map(e => e.pod))
  return asks.map(exchange => {
    const probe = probes.get(exchange) ?? []
    const servedFor = probe.some(p => p.certain) ? [] : settled(fits.get(exchange) ?? [])
    const loggedAs = servedFor.length > 0 || probe.length > 0 ? [] : logged(exchange, linesBy.get(keyOf(exchange.pod ?? '', exchange)) ?? [])
    return { exchange, servedFor, loggedAs, probe, ...originOf(exchange, servedFor, loggedAs, probe, waits, topology, isClientSideSeen) }
  })
}

const keyOf = (place: string, e: Pick<Exchange, 'name' | 'type'>): string => `${place} ${e.type} ${nameKey(e.name)}`
const byQuestion = (exchanges: readonly Exchange[], place: (e: Exchange) => string): Map<string, Exchange[]> =>
  Map.groupBy(byTime(exchanges), e => keyOf(place(e), e))

interface Logged {
  readonly line: ServedQuery
  readonly fromMs: number | undefined
}

interface Fit {
  readonly to: Exchange
  readonly reasons: readonly Reason[]
  /** How loosely the served question encloses the one to the upstream, ms. */
  readonly slackMs: number
}

/** Served questions that were open when this one was asked, and answered after it was. */
function fitsOf(ask: Exchange, waits: readonly Exchange[]): Fit[] {
  const { fromMs, toMs } = ask
  if (fromMs === undefined) return []
  return within(waits, fromMs - LONGEST_MS, fromMs + LOG_MS).flatMap((wait): Fit[] => {
    const tolerance = wait.main.place === ask.main.place ? CLOCK_MS : LOG_MS
    if (wait.fromMs === undefined || wait.fromMs > fromMs + tolerance) return []
    if (wait.toMs !== undefined && (wait.toMs < fromMs - tolerance || (toMs !== undefined && wait.toMs < toMs - tolerance))) return []
    const after = wait.toMs !== undefined && toMs !== undefined ? wait.toMs - toMs : NaN
    const before = fromMs - wait.fromMs
    const reasons: Reason[] = ['asked-while-waited']
    if (before <= AT_ONCE_MS) reasons.push('asked-at-once')
    if (after <= AT_ONCE_MS) reasons.push('reply-followed')
    if (ask.answer && wait.answer && ask.answer.rcode === wait.answer.rcode) reasons.push('same-result')
    return [{ to: wait, reasons, slackMs: Math.max(0, before) + (after >= 0 ? after : 0) }]
  })
}

/** One that fits in more ways, or much closer, than the others is the one; else each is possible. */
function settled(fits: readonly Fit[]): Link<Exchange>[] {
  const most = Math.max(...fits.map(fit => fit.reasons.length))
  const best = fits.filter(fit => fit.reasons.length === most).sort((a, b) => a.slackMs - b.slackMs)
  const [first, second] = best
  if (!first) return []
  if (fits.length === 1) return [{ to: first.to, certain: true, reasons: [...first.reasons, 'only-candidate'] }]
  if (!second || first.slackMs * 3 + CLOCK_MS < second.slackMs) return [{ to: first.to, certain: true, reasons: [...first.reasons, 'nearest'] }]
  return best.map(({ to, reasons }) => ({ to, certain: false, reasons }))
}

function logged(ask: Exchange, lines: readonly Logged[]): Link<ServedQuery>[] {
  const { fromMs, toMs } = ask
  if (fromMs === undefined) return []
  const inside = within(lines, (toMs ?? fromMs) - LOG_MS, fromMs + LONGEST_MS).map(({ line }) => line).filter(line => line.atMs !== undefined && line.atMs - line.durationMs - LOG_MS <= fromMs && line.atMs + LOG_MS >= (toMs ?? fromMs)
    && (ask.answer === undefined || ask.answer.rcode === line.rcode) && line.durationMs + CLOCK_MS >= (toMs ?? fromMs) - fromMs)
  return inside.map(to => ({ to, certain: inside.length === 1, reasons: ['inside-the-logged-time', 'same-result'] }))
}

function originOf(ask: Exchange, servedFor: readonly Link<Exchange>[], loggedAs: readonly Link<ServedQuery>[], probe: readonly Link<DirectAnswer>[],
  waits: ReadonlyMap<string, readonly Exchange[]>, topology: JoinTopology, isClientSideSeen: ReadonlySet<string | undefined>): { readonly origin: Origin; readonly reasons: readonly Reason[] } {
  const first = servedFor[0] ?? loggedAs[0]
  if (first) return { origin: 'forwarded', reasons: first.reasons }
  if (probe[0]) return { origin: 'probed', reasons: probe[0].reasons }
  if (ask.role !== 'upstream') return { origin: 'probed', reasons: [] }
  const server = topology.servers.find(s => s.place === ask.pod)
  const copies = waits.get(keyOf(ask.pod ?? '', ask)) ?? []
  // A reply from the cache that is about to expire makes CoreDNS ask anew, beside the reply.
  if (server?.asksAhead && ask.fromMs !== undefined && within(copies, ask.fromMs - 2 * AT_ONCE_MS, ask.fromMs + 2 * AT_ONCE_MS).length > 0) {
    return { origin: 'forwarded', reasons: ['asked-ahead'] }
  }
  if (isClientSideSeen.has(ask.pod)) return { origin: 'probed', reasons: ['nobody-waited'] }
  return { origin: 'unknown', reasons: ['nobody-else-asks-here'] }
}

/** Direct questions and the packets of them: one to one, in order of time, each with the nearest that got the same answer. */
export function joinDirect(exchanges: readonly Exchange[], direct: readonly DirectAnswer[]): Map<Exchange, Link<DirectAnswer>[]> {
  const links = new Map<Exchange, Link<DirectAnswer>[]>()
  const byServer = new Map<string, Exchange[]>()
  for (const e of byTime(exchanges)) for (const server of new Set([formatServer(e.server), formatServer(e.addressed)])) {
    const key = keyOf(server, e)
    const asked = byServer.get(key)
    if (asked) asked.push(e)
    else byServer.set(key, [e])
  }
  const taken = new Set<Exchange>()
  for (const seen of inOrder(direct)) {
    const all = byServer.get(keyOf(seen.server, seen.query)) ?? []
    const candidates = (seen.atMs === undefined ? all.slice(0, UNTIMED) : within(all, seen.atMs - PROBE_MS - LONGEST_MS, seen.atMs + PROBE_MS))
      .filter(e => !taken.has(e) && (seen.place === undefined || e.asker === seen.place || e.pod === seen.place) && apartMs(e, seen) <= PROBE_MS && sameAnswer(e, seen))
      .sort((a, b) => apartMs(a, seen) - apartMs(b, seen))
    const [best, second] = candidates
    if (!best) continue
    const isNearest = !second || (seen.atMs !== undefined && apartMs(best, seen) * 2 + CLOCK_MS < apartMs(second, seen))
    const reasons: Reason[] = ['same-server', 'same-question', 'same-result', ...(seen.atMs === undefined ? [] : ['same-moment' as const]), second ? 'nearest' : 'only-candidate']
    if (isNearest && (seen.place !== undefined || !second)) taken.add(best)
    for (const e of isNearest ? [best] : [best, second as Exchange]) {
      const link: Link<DirectAnswer> = { to: seen, certain: isNearest && seen.atMs !== undefined, reasons: isNearest ? reasons : reasons.filter(r => r !== 'nearest') }
      addLink(links, e, link)
    }
  }
  return links
}

const inOrder = (direct: readonly DirectAnswer[]): DirectAnswer[] => [...direct].sort((a, b) => (a.atMs ?? Infinity) - (b.atMs ?? Infinity) || 0)

/** From the asking to the moment that the tool names, or from the answer to it. */
function apartMs(e: Exchange, seen: DirectAnswer): number {
  if (seen.atMs === undefined || e.fromMs === undefined) return 0
  return Math.min(Math.abs(e.fromMs - seen.atMs), e.toMs === undefined ? Infinity : Math.abs(e.toMs - seen.atMs))
}

function sameAnswer(e: Exchange, seen: DirectAnswer): boolean {
  if (!seen.reply) return e.answer === undefined || e.main.late
  const reply = e.answer && replyIn(e.answer)
  return reply !== undefined && reply.rcode === seen.reply.rcode && answerKey(reply) === answerKey(seen.reply)
}

const answerKey = (reply: Reply): string => reply.answer.map((r: ResourceRecord) => `${r.type} ${r.type === 'A' || r.type === 'AAAA' ? r.data : nameKey(r.data)}`).sort().join(';')

// Step 4 of the join: the questions of one client → lookups of one application call. A stub walks its search list: the candidates one after the other, A and
// AAAA of each together (glibc on one socket, Go on two, musl on all servers at once). What belongs together: the same client, a candidate or type that
// this lookup has not asked yet, soon after what it asked last. A lookup that has its answer asks no further candidate.
// Parallel lookups of the same name by one client can not be told apart: their questions are linked to each as possible.
import { nameKey } from '../dns/name.ts'
import { replyIn } from './captured-packet.ts'
import { addLink } from './join-links.ts'
import type { ApplicationLookup } from './observation.ts'
import { byTime, within } from './time-window.ts'
import type { Exchange, Link, Reason, WireLookup } from './trace.ts'

/** A and AAAA leave together; the next candidate when both are answered. Scheduling of a busy machine included. */
const SOON_MS = 250
/** Nothing came: the next try, or the next candidate, after the stub's timeout. */
const AFTER_TIMEOUT_MS = 5500
/** An application logs when the lookup is over, and a connection has been tried. */
const LOG_MS = 3000
/** Lookups of one client that are looked at together. */
const AT_ONCE = 64
/** A walk through a search list whose servers do not answer. */
const LONGEST_MS = 60_000

interface Open {
  readonly questions: Link<Exchange>[]
  readonly asked: Set<string>
  /** Candidates in the order of asking. */
  readonly names: string[]
  readonly client: string
  readonly asker: string | undefined
  fromMs: number
  lastMs: number
  /** The last answer. */
  answeredMs: number
  isAnswered: boolean
  unanswered: boolean
}

export function joinLookups(exchanges: readonly Exchange[], application: readonly ApplicationLookup[], name: string): WireLookup[] {
  const byClient = Map.groupBy(exchanges.filter(e => e.fromMs !== undefined && (e.type === 'A' || e.type === 'AAAA')), e => e.client.address)
  const lookups = [...byClient].flatMap(([client, own]) => lookupsOf(client, own)).sort((a, b) => a.fromMs - b.fromMs)
  return withApplication(lookups.map(lookupOf), application, name)
}

function lookupsOf(client: string, exchanges: readonly Exchange[]): Open[] {
  const done: Open[] = []
  let open: Open[] = []
  for (const e of byTime(exchanges)) {
    const atMs = e.fromMs as number
    const isLive = (lookup: Open): boolean => atMs - Math.max(lookup.lastMs, lookup.answeredMs) <= (lookup.unanswered ? AFTER_TIMEOUT_MS : SOON_MS)
    if (!open.every(isLive)) {
      done.push(...open.filter(lookup => !isLive(lookup)))
      open = open.filter(isLive)
    }
    const fitting = open.flatMap(lookup => {
      const reasons = belongs(lookup, e)
      return reasons ? [{ lookup, reasons }] : []
    })
    for (const { lookup, reasons } of fitting) add(lookup, { to: e, certain: fitting.length === 1, reasons })
    if (fitting.length > 0) continue
    const lookup: Open = { questions: [], asked: new Set(), names: [], client, asker: e.asker, fromMs: atMs, lastMs: atMs, answeredMs: -Infinity, isAnswered: false, unanswered: false }
    add(lookup, { to: e, certain: true, reasons: ['first-candidate'] })
    if (open.push(lookup) > AT_ONCE) done.push(open.shift() as Open)
  }
  return [...done, ...open]
}

function belongs(lookup: Open, e: Exchange): readonly Reason[] | undefined {
  const name = nameKey(e.name)
  if (lookup.asked.has(`${name} ${e.type}`)) return undefined
  if (lookup.names.at(-1) === name) return ['same-question', 'other-type']
  if (lookup.names.includes(name) || lookup.isAnswered) return undefined
  // The next candidate is asked when this one has been told: not before its answer.
  return lookup.answeredMs <= (e.fromMs as number) + 1 ? ['next-candidate', 'same-moment'] : undefined
}

function add(lookup: Open, link: Link<Exchange>): void {
  const e = link.to
  const name = nameKey(e.name)
  lookup.questions.push(link)
  // A question that may be another lookup's does not keep this one from asking it.
  if (link.certain) lookup.asked.add(`${name} ${e.type}`)
  if (lookup.names.at(-1) !== name) lookup.names.push(name)
  lookup.lastMs = Math.max(lookup.lastMs, e.fromMs as number)
  if (e.toMs === undefined) lookup.unanswered = true
  else lookup.answeredMs = Math.max(lookup.answeredMs, e.toMs)
  if (resultOf(e) === 'answer') lookup.isAnswered = true
}

/** In the words of an outcome. */
export function resultOf(e: Exchange): string {
  if (!e.answer) return e.state === 'refused' || e.state === 'unreachable' ? 'refused' : 'timeout'
  const { rcode } = e.answer
  if (rcode !== 'NOERROR') return (rcode ?? 'error').toLowerCase()
  const reply = replyIn(e.answer)
  return reply && reply.answer.length > 0 ? 'answer' : 'nodata'
}

function lookupOf(open: Open): WireLookup {
  const last = open.questions.filter(q => nameKey(q.to.name) === open.names.at(-1)).map(q => resultOf(q.to))
  const result = open.isAnswered ? 'answer' : last.find(r => r !== 'nodata') ?? last[0] ?? 'timeout'
  return { asker: open.asker, client: open.client, questions: open.questions, fromMs: open.fromMs, toMs: Math.max(open.answeredMs, open.lastMs), result, said: [] }
}

/** What the application wrote of a lookup: the same outcome, soon after it. */
function withApplication(lookups: readonly WireLookup[], application: readonly ApplicationLookup[], name: string): WireLookup[] {
  const said = new Map<WireLookup, Link<ApplicationLookup>[]>()
  const taken = new Set<WireLookup>()
  const byAsker = Map.groupBy(lookups, lookup => lookup.asker)
  for (const line of application) {
    if (line.place === undefined || line.atMs === undefined || nameKey(line.name) !== nameKey(name)) continue
    const apartMs = (lookup: WireLookup): number => (line.atMs as number) - (lookup.toMs ?? lookup.fromMs ?? NaN)
    const candidates = within(byAsker.get(line.place) ?? [], line.atMs - LOG_MS - LONGEST_MS, line.atMs + 20).filter(lookup => !taken.has(lookup) && apartMs(lookup) >= -20 && apartMs(lookup) <= LOG_MS && agrees(lookup, line))
      .sort((a, b) => apartMs(a) - apartMs(b))
    const [best, second] = candidates
    if (!best) continue
    const isOne = !second || apartMs(best) * 2 + 20 < apartMs(second)
    if (isOne) taken.add(best)
    for (const lookup of isOne ? [best] : [best, second as WireLookup]) {
      addLink(said, lookup, { to: line, certain: isOne, reasons: ['same-question', 'same-result', 'same-moment', ...(second ? [] : ['only-candidate' as const])] })
    }
  }
  return lookups.map(lookup => ({ ...lookup, said: said.get(lookup) ?? [] }))
}

function agrees(lookup: WireLookup, line: ApplicationLookup): boolean {
  if (line.ok) return lookup.result === 'answer'
  if (line.result === undefined || line.result === 'error') return lookup.result !== 'answer'
  // Libraries say "no such host" of a name without addresses too.
  return line.result === lookup.result || (line.result === 'nxdomain' && lookup.result === 'nodata')
}

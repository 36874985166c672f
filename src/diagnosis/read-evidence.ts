// What findings of a reading look at: the evidence of all files, put in order once.
import { isSubdomain, labelsOf, nameKey } from '../dns/name.ts'
import type { ApplicationLookup, ServedQuery, ServerError } from '../evidence/observation.ts'
import type { Source } from '../chain/source.ts'
import type { Said, FindingReport } from '../findings/diagnosis.ts'
import { askOfDirect, asksOfPackets, forwardersOf, knownSilence, type Ask } from './read-asks.ts'
import type { GatheredEvidence } from './read-gather.ts'
import { lookupsOf, questionOfAsk, questionOfLine, type Lookup } from './read-lookups.ts'
import { soaOf } from './read-matrix.ts'

export interface ReadEvidence {
  readonly asks: readonly Ask[]
  readonly forwarders: ReadonlySet<string>
  /** Questions of packets that some client waited for while the forwarder asked. */
  readonly isForwarded: (ask: Ask) => boolean
  /** Query lines of CoreDNS, in the order of each log. */
  readonly lines: readonly ServedQuery[]
  readonly errors: readonly ServerError[]
  readonly application: readonly ApplicationLookup[]
  readonly lookups: readonly Lookup[]
}

export function readEvidenceOf(gathered: GatheredEvidence): ReadEvidence {
  const { observations } = gathered
  const lines = observations.filter((o): o is ServedQuery => o.kind === 'served')
  const packets = knownSilence(asksOfPackets(gathered.transactions))
  const direct = observations.flatMap(o => (o.kind === 'direct' && o.server !== '' ? [askOfDirect(o)] : []))
  const asks = [...packets, ...direct, ...lines.flatMap(line => askOfLine(line) ?? [])]
  const forwarders = forwardersOf(asks)
  return {
    asks, forwarders, isForwarded: forwardedIn(asks, forwarders), lines, errors: observations.filter((o): o is ServerError => o.kind === 'server-error'),
    application: observations.filter((o): o is ApplicationLookup => o.kind === 'application'), lookups: lookupsOf(clientQuestions(asks, forwarders, lines)),
  }
}

/** A log whose format prints `{/forward/upstream}` says who answered. NOERROR of AAAA may be NODATA: not used. */
function askOfLine(line: ServedQuery): Ask | undefined {
  if (line.upstream === undefined || (line.rcode === 'NOERROR' && line.type !== 'A')) return undefined
  const result = line.rcode === 'NOERROR' ? 'answer' : line.rcode === 'NXDOMAIN' ? 'nxdomain' : line.rcode === 'SERVFAIL' ? 'servfail' : line.rcode === 'REFUSED' ? 'refused' : undefined
  if (result === undefined) return undefined
  return {
    id: `${line.source.file}:${line.source.line}`, byHand: false, asDig: false, isDefault: false, client: line.place ?? '', clientPort: -1, dnsId: -1, server: line.upstream, addressed: undefined, name: line.name, type: line.type,
    fromMs: line.atMs === undefined ? undefined : line.atMs - line.durationMs, toMs: line.atMs, rttMs: undefined, result, reply: undefined, source: line.source,
  }
}

/** Asks of stubs; what a forwarder asks is no lookup of its own, nor is a `dig` past it. Log lines of packets that were captured are not counted again. */
function clientQuestions(asks: readonly Ask[], forwarders: ReadonlySet<string>, lines: readonly ServedQuery[]): NonNullable<ReturnType<typeof questionOfAsk>>[] {
  const ofPackets = asks.filter(ask => !ask.byHand && !(ask.asDig && !forwarders.has(ask.server)) && ask.clientPort >= 0 && !forwarders.has(ask.client))
  const captured = new Set(asks.filter(ask => !ask.byHand && ask.clientPort >= 0).map(ask => `${ask.client} ${ask.clientPort} ${ask.dnsId} ${ask.type} ${nameKey(ask.name)}`))
  return [
    ...ofPackets.flatMap(ask => questionOfAsk(ask) ?? []),
    ...lines.filter(line => !captured.has(`${line.client} ${line.clientPort} ${line.id} ${line.type} ${nameKey(line.name)}`)).flatMap(line => questionOfLine(line) ?? []),
  ]
}

const SLACK_MS = 1

/** Asked while a client of the forwarder waited for the same question. A forwarder whose clients were not captured: all of its questions. */
function forwardedIn(asks: readonly Ask[], forwarders: ReadonlySet<string>): (ask: Ask) => boolean {
  const served = new Map<string, Ask[]>()
  const captured = new Set<string>()
  for (const ask of asks) {
    if (ask.byHand || !forwarders.has(ask.server)) continue
    captured.add(ask.server)
    const key = `${ask.server} ${ask.type} ${nameKey(ask.name)}`
    const list = served.get(key)
    if (list) list.push(ask)
    else served.set(key, [ask])
  }
  return ask => {
    if (ask.byHand) return false
    // Whoever forwards is told from a person with `dig` by the client that waits; of others only the look of the question speaks.
    if (!captured.has(ask.client) || ask.fromMs === undefined) return !ask.asDig || forwarders.has(ask.client)
    return (served.get(`${ask.client} ${ask.type} ${nameKey(ask.name)}`) ?? []).some(waiting =>
      (waiting.fromMs as number) <= (ask.fromMs as number) + SLACK_MS && (waiting.toMs === undefined || waiting.toMs >= (ask.toMs ?? ask.fromMs as number) - SLACK_MS))
  }
}

/** The zone of a name by the SOA that servers show; else the name without its first label. Never a top-level domain. */
export function zoneShown(name: string, asks: readonly Ask[]): string {
  for (const ask of asks) {
    const soa = soaOf(ask.reply)
    if (soa && isSubdomain(soa.name, name) && labelsOf(soa.name).length >= 2) return nameKey(soa.name)
  }
  const labels = labelsOf(nameKey(name))
  return `${(labels.length > 2 ? labels.slice(1) : labels).join('.')}.`
}

export interface Labelled {
  readonly source: Source
  readonly label: Said
  readonly primary?: boolean
}

export interface ReadHit {
  readonly id: string
  readonly level: FindingReport['level']
  readonly certainty: FindingReport['certainty']
  readonly message: Said
  readonly fingerprint: string
  readonly sources: readonly Labelled[]
  readonly evidence: readonly string[]
  readonly notes: readonly { readonly kind: 'why' | 'seen' | 'confirmed' | 'note'; readonly said: Said }[]
  readonly suggestion?: { readonly title: Said; readonly steps: readonly Said[] }
}

/** A packet's Source is its line in a listing: the whole of it is meant. */
const marked = (source: Source): Source => (source.endLine === source.line && source.endColumn <= source.column ? { ...source, endColumn: source.column + source.text.length } : source)

export function reportOfHit(hit: ReadHit): FindingReport {
  return {
    id: hit.id, level: hit.level, certainty: hit.certainty, message: hit.message.en, message_zh: hit.message.zh, fingerprint: hit.fingerprint,
    sources: hit.sources.map(({ source, label, primary }) => ({ ...marked(source), label: label.en, label_zh: label.zh, primary: primary === true })),
    evidence: hit.evidence, notes: hit.notes.map(({ kind, said }) => ({ kind, ...said })),
    fixes: hit.suggestion ? [{ title: hit.suggestion.title.en, title_zh: hit.suggestion.title.zh, applicability: 'byHand', edits: [], steps: hit.suggestion.steps, proof: null }] : [],
  }
}

// The captures of a bundle, joined with its logs and probes; and what they tell beyond those, in the words of the readers of text: answers of upstreams that
// no probe or pasted output tells, and replies of CoreDNS pods that have no log.
import type { Problem } from '../chain/source.ts'
import type { CorednsPod } from '../cluster/coredns-pods.ts'
import { readCaptureList } from '../evidence/capture-place.ts'
import { messageIn, replyIn } from '../evidence/captured-packet.ts'
import { aboutNameOnWire, numberedTransactions, packetsOf, type CaptureSeen } from '../evidence/join-packets.ts'
import { join } from '../evidence/join.ts'
import type { DirectAnswer, Observation, ServedQuery } from '../evidence/observation.ts'
import { formatServer } from '../dns/socket-address.ts'
import type { Exchange, Joined, UpstreamAsk } from '../evidence/trace.ts'
import { messageBytes } from '../dns/size.ts'
import type { Gathered } from './gather.ts'
import { joinTopology } from './join-topology.ts'

export interface CapturesObserved {
  readonly joined: Joined
  readonly captures: readonly CaptureSeen[]
  readonly observations: readonly (DirectAnswer | ServedQuery)[]
  readonly problems: readonly Problem[]
}

/** Undefined: there are no captures. */
export function observeCaptures(gathered: Gathered, servers: readonly CorednsPod[], observations: readonly Observation[], name: string): CapturesObserved | undefined {
  const { captures, captureList } = gathered.layout
  if (captures.length === 0) return undefined
  const listed = captureList ? readCaptureList(captureList.path, captureList.text()) : undefined
  const seen = packetsOf(captures, listed?.value ?? new Map(), aboutNameOnWire(name))
  const joined = join({ name, ...numberedTransactions(seen), captures: seen.captures, observations, topology: joinTopology(gathered, servers) })
  // A capture of one direction (`dst port 53`) holds no answers: questions without one prove nothing there.
  const heard = new Set(joined.exchanges.flatMap(e => (e.answer ? [e.main.place] : [])))
  const logged = new Set(observations.flatMap(o => (o.kind === 'served' ? [o.place] : [])))
  return {
    joined, captures: seen.captures, problems: [...listed?.problems ?? [], ...seen.problems],
    observations: [
      ...joined.upstream.filter(ask => ask.probe.length === 0 && (ask.exchange.answer || heard.has(ask.exchange.main.place))).flatMap(directFrom),
      ...joined.exchanges.filter(e => e.role === 'served' && e.answer && !logged.has(e.pod)).map(servedFrom),
    ],
  }
}

function directFrom({ exchange }: UpstreamAsk): DirectAnswer[] {
  const { name, type, main, answer, state } = exchange
  const reply = answer && replyIn(answer)
  const failure = state === 'unanswered' ? 'timeout' : state === 'refused' || state === 'unreachable' ? state : undefined
  if (!reply && !failure) return []
  return [{
    kind: 'direct', tool: 'capture', tx: exchange.id, place: exchange.pod ?? exchange.asker, atMs: exchange.fromMs, server: formatServer(exchange.server),
    query: { name, type, transport: main.transport, rd: main.query.flags.includes('rd') }, reply, source: (answer ?? main.query).source,
    ...(failure && { failure }), ...(main.rttMs !== undefined && { rttMs: main.rttMs }),
  }]
}

/** As CoreDNS would have logged it: sizes without compression. */
function servedFrom(e: Exchange): ServedQuery {
  const { main, answer } = e
  const reply = answer && replyIn(answer)
  const opt = messageIn(main.query)?.message.additionals.find(r => r.type === 41)
  return {
    kind: 'served', tx: e.id, place: e.pod, atMs: e.toMs, client: main.client.address, clientPort: main.client.port, id: main.dnsId, name: e.name, type: e.type,
    transport: main.transport, rcode: answer?.rcode ?? '-', flags: ['qr', ...answer?.flags ?? []], do: opt !== undefined && (opt.ttl & 0x8000) !== 0,
    querySizeBytes: main.query.bytes.length, replySizeBytes: reply ? messageBytes(e.name, { ...reply, additional: [] }) : 0, durationMs: main.rttMs ?? 0,
    source: (answer ?? main.query).source,
  }
}

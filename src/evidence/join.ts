// The join: packets, log lines and direct questions of a bundle → what belongs together, step by step, each link with its reasons. Pure.
//   1 transactions → exchanges      the same question wherever it was captured, before and after address translation     join-exchanges.ts
//   2 log lines ↔ served exchanges  client socket, id, name, type, time                                                  join-logs.ts
//   3 upstream ← served             forwarded or probed; for whom                                                        join-upstream.ts
//   4 fills                         served questions that had to ask                                                     here
//   5 lookups                       search list, A and AAAA, and what the application wrote                              join-lookups.ts
// Ambiguity stays: two candidates are two possible links. What matches nothing is listed in `unmatched`.
import { nameKey } from '../dns/name.ts'
import { isLoopback } from '../dns/socket-address.ts'
import type { Transaction } from './capture-transactions.ts'
import { joinExchanges } from './join-exchanges.ts'
import { joinLogs, type Logged } from './join-logs.ts'
import { joinLookups } from './join-lookups.ts'
import type { CaptureSeen } from './join-packets.ts'
import { joinDirect, joinUpstream } from './join-upstream.ts'
import type { ApplicationLookup, DirectAnswer, DnsPacket, Observation, ServedQuery } from './observation.ts'
import type { Exchange, Joined, JoinTopology, UpstreamAsk, WireFill } from './trace.ts'

export interface JoinInput {
  /** As the user wrote it: the lookups that applications log are of this name. */
  readonly name: string
  readonly transactions: readonly Transaction[]
  readonly strays: readonly DnsPacket[]
  readonly captures: readonly CaptureSeen[]
  readonly observations: readonly Observation[]
  readonly topology: JoinTopology
}

export function join(input: JoinInput): Joined {
  const { topology, observations } = input
  const { exchanges, possibleSightings } = joinExchanges(input.transactions, topology)
  const served = exchanges.filter(e => e.role === 'served')
  const outward = exchanges.filter(e => e.role !== 'served' && !isOurs(topology, e))
  const lines = observations.filter((o): o is ServedQuery => o.kind === 'served')
  const direct = observations.filter((o): o is DirectAnswer => o.kind === 'direct' && o.server !== '')
  const application = observations.filter((o): o is ApplicationLookup => o.kind === 'application')
  const logs = joinLogs(served, lines)
  const upstream = joinUpstream(outward, { served, lines: logs.lines, direct }, topology)
  const about = nameKey(input.name)
  const asked = exchanges.filter(e => nameKey(e.name).startsWith(about) && (e.role === 'served' || (e.role === 'other' && topology.services.has(e.server.address))))
  const lookups = joinLookups(asked, application, input.name)
  const withPackets = new Set([...upstream.flatMap(u => u.probe), ...[...joinDirect(served, direct).values()].flat()].map(link => link.to))
  const said = new Set(lookups.flatMap(l => l.said).map(link => link.to))
  const covers = covering(input.captures, topology)
  // Whose lookups are captured at all: others ask a server that nobody listened at.
  const askers = new Set(lookups.map(l => l.asker))
  const during = (atMs: number | undefined): boolean => input.captures.some(c => atMs !== undefined && c.fromMs !== undefined && c.toMs !== undefined && atMs >= c.fromMs && atMs <= c.toMs)
  return {
    exchanges, possibleSightings, upstream, logged: logs.logged, fills: fillsOf(upstream, logs), lookups,
    unmatched: {
      strays: input.strays, served: logs.served, lines: logs.lines.filter(covers),
      direct: direct.filter(d => !withPackets.has(d) && covers(d)),
      application: application.filter(a => nameKey(a.name) === about && !said.has(a) && askers.has(a.place) && during(a.atMs)),
    },
  }
}

const isOurs = (topology: JoinTopology, e: Exchange): boolean =>
  topology.services.has(e.server.address) || isLoopback(e.server.address) || topology.servers.some(s => s.addresses.includes(e.server.address))

/** A served question and the upstream's answer that it was told: what went into the cache. */
function fillsOf(upstream: readonly UpstreamAsk[], logs: Logged): WireFill[] {
  const lineOf = new Map(logs.logged.map(({ exchange, lines }) => [exchange, lines.length === 1 ? lines[0]?.to : undefined]))
  const fills: WireFill[] = []
  const last = new Map<Exchange, number>()
  for (const ask of upstream) {
    const answer = ask.exchange.answer
    if (ask.origin !== 'forwarded' || ask.exchange.pod === undefined || !answer) continue
    const link = ask.servedFor.find(l => l.certain) ?? ask.servedFor[0]
    const line = link ? lineOf.get(link.to) : ask.loggedAs[0]?.to
    const fill: WireFill = {
      pod: ask.exchange.pod, served: link?.to, line, upstream: ask, name: ask.exchange.name, type: ask.exchange.type, rcode: answer.rcode ?? '',
      atMs: ask.exchange.toMs, certain: link ? link.certain : ask.loggedAs.length === 1,
    }
    // A second server after a timeout: the later answer is the one the client got.
    const before = link?.certain ? last.get(link.to) : undefined
    if (link?.certain) last.set(link.to, before ?? fills.length)
    if (before === undefined) fills.push(fill)
    else fills[before] = fill
  }
  return fills
}

/** Whether a capture would have it: taken at the place, or at the node it is on, while it happened. */
function covering(captures: readonly CaptureSeen[], topology: JoinTopology): (seen: { readonly place: string | undefined; readonly atMs: number | undefined }) => boolean {
  const placesOf = (place: string): (string | undefined)[] => [place, ...topology.servers.filter(s => s.place === place).map(s => `node/${s.node}`)]
  return ({ place, atMs }) => place !== undefined && atMs !== undefined
    && captures.some(c => placesOf(place).includes(c.place) && c.fromMs !== undefined && c.toMs !== undefined && atMs >= c.fromMs && atMs <= c.toMs)
}

// What packets add to the counts: which upstream each fill came from, which slow copies are no fills, what CoreDNS forwarded and what was probed.
import type { Fill, FillCounts } from '../evidence/fills.ts'
import { resultOf } from '../evidence/join-lookups.ts'
import type { DirectAnswer } from '../evidence/observation.ts'
import { formatServer } from '../dns/socket-address.ts'
import type { Exchange, Joined } from '../evidence/trace.ts'
import { wilson } from '../evidence/wilson.ts'
import type { Source } from '../chain/source.ts'
import { nameKey } from '../dns/name.ts'

/** Fills with the upstream that packets name. A reply that took long, though nobody was asked for it, was a copy. */
export function fillsWithUpstreams(counts: readonly FillCounts[], joined: Joined | undefined): FillCounts[] {
  if (!joined) return [...counts]
  const exchangeOf = new Map<Source, Exchange>()
  for (const { exchange, lines } of joined.logged) for (const { to } of lines) exchangeOf.set(to.source, exchange)
  for (const e of joined.exchanges) if (e.role === 'served' && e.answer) exchangeOf.set(e.answer.source, e)
  const upstreamOf = new Map<Exchange | Source, string>()
  for (const { exchange, servedFor, loggedAs, origin } of joined.upstream) {
    if (origin !== 'forwarded' || !exchange.answer) continue
    const server = formatServer(exchange.server)
    for (const link of servedFor) if (link.certain || !upstreamOf.has(link.to)) upstreamOf.set(link.to, server)
    for (const link of loggedAs) upstreamOf.set(link.to.source, server)
  }
  const podsSeenAsking = new Set(joined.upstream.map(ask => ask.exchange.pod))
  return counts.map(own => {
    const fills = own.fills.flatMap((fill): Fill[] => {
      const exchange = exchangeOf.get(fill.source)
      const upstream = (exchange && upstreamOf.get(exchange)) ?? upstreamOf.get(fill.source)
      if (upstream !== undefined) return [{ ...fill, upstream, doubtful: false }]
      const isCopy = exchange !== undefined && podsSeenAsking.has(exchange.pod) && (fill.doubtful || fill.source === exchange.answer?.source)
      return isCopy ? [] : [fill]
    })
    const failed = fills.filter(fill => fill.rcode !== 'NOERROR').length
    return { ...own, fills, n: fills.length, failed, ...wilson(failed, fills.length), doubtful: fills.filter(fill => fill.doubtful).length }
  })
}

export interface ServerCounts {
  forwarded: number
  probed: number
  readonly answers: Record<string, number>
}

/** What upstreams told the CoreDNS pods of this case, by packets. Direct questions that a capture of the pod would hold are in it; others are added. */
export function countUpstreams(joined: Joined | undefined, pods: ReadonlySet<string>, name: string, direct: readonly DirectAnswer[], at: (address: string) => ServerCounts): ReadonlySet<DirectAnswer> {
  const counted = new Set<DirectAnswer>()
  const seen = new Set<string>()
  for (const { exchange, origin, probe } of joined?.upstream ?? []) {
    if (exchange.role !== 'upstream' || !pods.has(exchange.pod as string) || nameKey(exchange.name) !== name) continue
    const server = formatServer(exchange.server)
    seen.add(server)
    for (const link of probe) counted.add(link.to)
    const counts = at(server)
    if (origin === 'probed') counts.probed++
    else counts.forwarded++
    const result = exchange.answer ? resultOf(exchange) : 'no answer'
    counts.answers[result] = (counts.answers[result] ?? 0) + 1
  }
  // Where the pod's own packets are counted, questions of others (a dig on the node) are not; and those of `capture` are these packets again.
  for (const o of direct) if (o.tool === 'capture' || (seen.has(o.server) && !(o.place !== undefined && pods.has(o.place)))) counted.add(o)
  return counted
}

const LETTERS = 'ABCDEFGHIJKLMNPQRUVWYZ'
const RESULT_LETTERS: Readonly<Record<string, string>> = { NOERROR: 'o', NXDOMAIN: 'X', SERVFAIL: 'S', REFUSED: 'r', '-': 't' }
const resultWord = (rcode: string): string => (rcode === 'NOERROR' ? 'ok' : rcode)

/** One letter for each upstream and result, the same in every row: `A 10.53.136.11 ok`. Fills whose upstream nobody saw keep the letter of their result. */
export function upstreamLetters(all: readonly FillCounts[]): ((fill: Fill) => readonly [letter: string, meaning: string]) | undefined {
  const pairs = new Map<string, readonly [server: string, rcode: string]>()
  for (const { upstream, rcode } of all.flatMap(f => f.fills)) if (upstream !== undefined) pairs.set(`${upstream} ${rcode}`, [upstream, rcode])
  if (pairs.size === 0 || pairs.size > LETTERS.length) return undefined
  const sorted = [...pairs.values()].sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
  const letterOf = new Map(sorted.map(([server, rcode], i) => [`${server} ${rcode}`, LETTERS[i] as string]))
  return ({ upstream, rcode }) => (upstream === undefined ? [RESULT_LETTERS[rcode] ?? '?', `${resultWord(rcode)}, server not seen`]
    : [letterOf.get(`${upstream} ${rcode}`) as string, `${upstream} ${resultWord(rcode)}`])
}

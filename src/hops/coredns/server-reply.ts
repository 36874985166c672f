// What the server puts around a plugin's reply: errorFunc of core/dnsserver/server.go, SizeAndDo and the scrub writer of request/,
// 1.9.3 to 1.15.0: EDNS of the query is answered, the reply is cut to the client's size.
// Not modelled: TSIG, options registered by `rewrite edns0` (no code is registered).
import { messageBytes, truncate } from '../../dns/size.ts'
import type { Cause, DnsQuery, Edns, Rcode, Reply } from '../../dns/message.ts'
import { since, type CorednsVersion } from './plugin.ts'

const TCP_BYTES = 65_535
const SMALLEST_UDP_BYTES = 512
/** NSID, EXPIRE, COOKIE, TCP-KEEPALIVE, PADDING. */
const ECHOED_OPTIONS = new Set([3, 9, 10, 11, 12])

export const clientBytes = (query: DnsQuery): number =>
  query.transport === 'tcp' ? TCP_BYTES : Math.max(SMALLEST_UDP_BYTES, query.edns?.sizeBytes ?? 0)

/** RD and CD are the query's, for opcode QUERY. */
export const copiedFlags = (query: DnsQuery): string[] =>
  query.opcode === undefined || query.opcode === 'QUERY' ? [...(query.rd ? ['rd'] : []), ...(query.cd ? ['cd'] : [])] : []

/** A reply without records, as the server or a plugin makes it with SetRcode. */
export const bareReply = (query: DnsQuery, rcode: Rcode, cause?: Cause): Reply =>
  ({ rcode, flags: copiedFlags(query), answer: [], authority: [], additional: [], ...(cause && { cause }) })

/** The query's OPT as it goes back, and as it is counted in the log, when the reply brings none. */
export const echoedEdns = (edns: Edns, version: CorednsVersion): Edns => {
  const { options, ...rest } = edns
  const kept = since(version, 1, 15) ? [] : (options ?? []).filter(([code]) => ECHOED_OPTIONS.has(code))
  return kept.length > 0 ? { ...rest, options: kept } : rest
}

function ednsOf(query: DnsQuery, reply: Reply, version: CorednsVersion): Edns | undefined {
  if (!query.edns) return reply.edns
  if (!reply.edns) return echoedEdns(query.edns, version)
  const isDo = query.edns.do === true || reply.edns.do === true
  return { sizeBytes: query.edns.sizeBytes, ...(isDo && { do: true }), ...(reply.edns.options && { options: reply.edns.options }) }
}

/** The reply as it leaves the server. */
export function scrubbed(query: DnsQuery, reply: Reply, version: CorednsVersion): Reply {
  const { edns: _, ...rest } = reply
  const edns = ednsOf(query, reply, version)
  const sized: Reply = { ...rest, ...(edns && { edns }) }
  return truncate(query.name, sized, clientBytes(query))
}

/** Size that `log` counts: uncompressed, before cutting, with an OPT only if the reply brought one. */
export const loggedBytes = (query: DnsQuery, reply: Reply): number => messageBytes(reply.question?.name ?? query.name, reply)

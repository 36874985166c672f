// What kind of reply a message is: plugin/pkg/response/typify.go. `log` sorts by it and `cache` decides by it what to keep.
// Not modelled: signatures outside their validity (they make a reply OTHERERROR for clients that set DO).
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { since, type CorednsVersion } from './plugin.ts'

export type ReplyType = 'NOERROR' | 'NXDOMAIN' | 'SERVERERROR' | 'NODATA' | 'DELEGATION' | 'META' | 'OTHERERROR'
export type ReplyClass = 'success' | 'denial' | 'error'

export function replyTypeOf(reply: Pick<Reply, 'rcode' | 'answer' | 'authority'>, query: Pick<DnsQuery, 'type' | 'opcode'>, version: CorednsVersion): ReplyType {
  if (query.opcode === 'NOTIFY' || query.type === 'AXFR' || query.type === 'IXFR') return 'META'
  const sorted = since(version, 1, 14, 5)
  if (reply.answer.length > 0 && reply.rcode === 'NOERROR') return 'NOERROR'
  if (sorted && reply.answer.length > 0 && reply.rcode === 'NXDOMAIN') return 'OTHERERROR'
  const has = (type: string): boolean => reply.authority.some(r => r.type === type)
  if (has('SOA') && reply.rcode === 'NOERROR') return 'NODATA'
  if (reply.rcode === 'NXDOMAIN' && (sorted || has('SOA'))) return 'NXDOMAIN'
  if (reply.rcode === 'SERVFAIL' || reply.rcode === 'NOTIMP') return 'SERVERERROR'
  if (has('NS') && reply.rcode === 'NOERROR') return 'DELEGATION'
  return reply.rcode === 'NOERROR' ? 'NOERROR' : 'OTHERERROR'
}

export const replyClassOf = (type: ReplyType): ReplyClass =>
  type === 'NOERROR' || type === 'DELEGATION' ? 'success' : type === 'NXDOMAIN' || type === 'NODATA' ? 'denial' : 'error'

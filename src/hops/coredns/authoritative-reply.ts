// The reply of a CoreDNS plugin that has the data itself: dns.Msg.SetReply with AA. RD and CD are the query's (opcode QUERY only),
// RA and AD stay 0; the server echoes EDNS and cuts to size later.
import type { DnsQuery, Reply } from '../../dns/message.ts'
import type { Handler } from './plugin.ts'
import { copiedFlags } from './server-reply.ts'

export function authoritativeReply(query: DnsQuery, parts: Partial<Reply> & { readonly truncated?: boolean }): Reply {
  const { truncated, ...sections } = parts
  const flags = ['aa', ...(truncated ? ['tc'] : []), ...copiedFlags(query)]
  return { rcode: 'NOERROR', flags, answer: [], authority: [], additional: [], ...sections }
}

/** In place of a plugin whose directive keeps CoreDNS from starting: nothing here answers. */
export const refusedHandler = (by: string, detail: string): Handler => function* () {
  return { rcode: 'SERVFAIL', error: detail, cause: { kind: 'broken', by, detail } }
}

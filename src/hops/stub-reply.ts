// What a stub reads off a reply: its addresses, and why it is none.
import { LOOP, type Plain } from '../chain/effects.ts'
import { hasFlag, isNodata, REFUSED_PORT, type Cause, type Reply } from '../dns/message.ts'
import { nameKey } from '../dns/name.ts'

/** The reply that arrived; undefined for what is no DNS message (nothing, a closed port, a loop). */
export const replyOf = (value: Plain | undefined): Reply | undefined =>
  typeof value === 'object' && value !== null && 'rcode' in value ? (value as unknown as Reply) : undefined

/** Addresses of one type, in order, whatever name they belong to: stubs follow no alias chain. */
export const addressesOf = (reply: Reply, type: string): string[] =>
  reply.answer.filter(r => r.type === type && r.class === undefined).map(r => r.data)

/** Addresses of the name itself, or of what its aliases in the answer lead to, each alias taken as it comes (glibc's nss_dns). */
export function ownAddressesOf(reply: Reply, name: string, type: string): string[] {
  let expected = nameKey(name)
  return reply.answer.flatMap(record => {
    if (record.type === 'CNAME') expected = nameKey(record.data)
    return record.type === type && record.class === undefined && nameKey(record.name) === expected ? [record.data] : []
  })
}

/** An empty NOERROR of a server that neither knows nor recurses: glibc and Go ask the next one. */
export const looksLame = (reply: Reply): boolean =>
  isNodata(reply) && !hasFlag(reply, 'aa') && !hasFlag(reply, 'ra') && reply.additional.length === 0 && reply.edns === undefined

/** `by`: the hop that was asked. A cause that the reply brings with it goes before. */
export function causeOf(value: Plain | undefined, by: string): Cause {
  const reply = replyOf(value)
  if (reply) {
    if (reply.cause) return reply.cause
    if (hasFlag(reply, 'tc')) return { kind: 'truncated', by }
    const denies = reply.rcode === 'NXDOMAIN' || isNodata(reply)
    return { kind: denies ? 'denied' : 'failed', by, detail: reply.rcode === 'NOERROR' ? 'NODATA' : reply.rcode }
  }
  if (value === REFUSED_PORT) return { kind: 'refused', by, detail: 'nobody listens' }
  return value === LOOP ? { kind: 'loop', by } : { kind: 'lost', by, detail: 'no reply' }
}

// What a stub reads off a reply: its addresses, and why it is none.
import { ask, LOOP, sleep, type Ask, type HopRun, type Plain } from '../chain/effects.ts'
import { hasFlag, isNodata, REFUSED_PORT, type Cause, type DnsQuery, type Reply } from '../dns/message.ts'
import { nameKey } from '../dns/name.ts'
import { isForOther } from '../dns/question-match.ts'

/** The reply that arrived; undefined for what is no DNS message (nothing, a closed port, a loop). */
export const replyOf = (value: Plain | undefined): Reply | undefined =>
  typeof value === 'object' && value !== null && 'rcode' in value ? (value as unknown as Reply) : undefined

/** A reply came, and its question was another than the one asked. */
export const STRAY = 'STRAY'

/** What comes for one question within `limitMs`; undefined: nothing. Of a stray reply the asker takes no notice: the time passes. With `atOnce` it is told. */
export function* heard(packet: Ask, limitMs: number, atOnce = false): HopRun<Plain | undefined> {
  const [arrival] = yield* ask([packet], limitMs)
  const reply = replyOf(arrival?.value)
  if (!arrival || !reply || !isForOther(reply, packet.query as unknown as DnsQuery)) return arrival?.value
  if (!atOnce) yield* sleep(limitMs - arrival.atMs)
  return STRAY
}

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
  if (value === STRAY) return { kind: 'broken', by, detail: 'reply to another question' }
  if (value === REFUSED_PORT) return { kind: 'refused', by, detail: 'nobody listens' }
  return value === LOOP ? { kind: 'loop', by } : { kind: 'lost', by, detail: 'no reply' }
}

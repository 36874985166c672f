// What the server puts around a plugin's reply: errorFunc of core/dnsserver/server.go, SizeAndDo and the scrub writer of request/,
// 1.9.3 to 1.15.0: EDNS of the query is answered, the reply is cut to the client's size.
// Not modelled: TSIG.
import { messageBytes, textBytes, truncate, withoutEscapes } from '../../dns/size.ts'
import type { Cause, DnsQuery, Edns, Rcode, Reply, ResourceRecord } from '../../dns/message.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { rcodeNumber } from './rcode-number.ts'

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

/** What `forward` and `fanout` write in place of such a reply. */
export const replyForOther = (query: DnsQuery, by: string): Reply => bareReply(query, 'FORMERR', { kind: 'broken', by, detail: 'reply to another question' })

/** A reply and those that were sent behind it, each on its own. */
export const messagesOf = ({ also = [], ...first }: Reply): readonly [Reply, ...Reply[]] => [first, ...also]

/** The one that who holds the whole in hand sees. */
export const lastMessage = (reply: Reply): Reply => reply.also?.at(-1) ?? reply

/** The same done to all of them. */
export const onEachMessage = ({ also, ...first }: Reply, change: (message: Reply) => Reply): Reply =>
  ({ ...change(first), ...(also && { also: also.map(change) }) })

/** The query's OPT as it goes back, and as it is counted in the log, when the reply brings none. */
export const echoedEdns = (edns: Edns, version: CorednsVersion, registered: ReadonlySet<number> = NONE): Edns => {
  const { options, ...rest } = edns
  const kept = (options ?? []).filter(([code]) => registered.has(code) || (!since(version, 1, 15) && ECHOED_OPTIONS.has(code)))
  return kept.length > 0 ? { ...rest, options: kept } : rest
}

/** Options that no plugin has registered (registered-options.ts). */
const NONE: ReadonlySet<number> = new Set()

function ednsOf(query: DnsQuery, reply: Reply, version: CorednsVersion, registered: ReadonlySet<number>): Edns | undefined {
  if (!query.edns) return reply.edns
  if (!reply.edns) return echoedEdns(query.edns, version, registered)
  const isDo = query.edns.do === true || reply.edns.do === true
  return { sizeBytes: query.edns.sizeBytes, ...(isDo && { do: true }), ...(reply.edns.options && { options: reply.edns.options }) }
}

/** The reply as it leaves the server. */
export function scrubbed(query: DnsQuery, reply: Reply, version: CorednsVersion, registered: ReadonlySet<number> = NONE): Reply {
  const { edns: _, ...rest } = reply
  const edns = ednsOf(query, reply, version, registered)
  const sized: Reply = { ...rest, ...(edns && { edns }) }
  return truncate(reply.question?.name ?? query.name, sized, clientBytes(query))
}

const LARGEST_RCODE_WITHOUT_OPT = 15

/** What `client` gets for its query, which plugins turned into `asked`. Undefined: a message that cannot be packed, so nothing is sent. */
export function replyTo(client: DnsQuery, asked: DnsQuery, reply: Reply, version: CorednsVersion, registered: ReadonlySet<number>): Reply | undefined {
  const { question, ...rest } = scrubbed(asked, reply, version, registered)
  if (rest.unpackable || (rcodeNumber(rest.rcode) > LARGEST_RCODE_WITHOUT_OPT && !rest.edns)) return undefined
  if ([rest.answer, rest.authority, rest.additional].some(records => records.some(record => hasEmptyLabel(record, version)))) return undefined
  const { name, type, class: dnsClass = asked.class ?? 'IN' } = question ?? asked
  const isOwn = name === client.name && type === client.type && dnsClass === (client.class ?? 'IN')
  return isOwn ? rest : { ...rest, question: { name, type, class: dnsClass } }
}

/** `..` inside a name, as `kubernetes .` makes it, or a dot at its beginning, as `rewrite` can make it. Up to 1.9.3 the latter is written all the same, and nobody
 * can read what follows it. */
const hasEmptyLabel = ({ name, type, data }: ResourceRecord, version: CorednsVersion): boolean =>
  isUnwritable(name, version) || namesIn(type, data).some(word => isUnwritable(word, version))

/** Of a NAPTR only the last word is no text. */
const namesIn = (type: string, data: string): readonly string[] =>
  (NAMED.has(type) ? data.split(' ') : type === 'NAPTR' ? [data.slice(data.lastIndexOf(' ') + 1)] : [])

function isUnwritable(escaped: string, version: CorednsVersion): boolean {
  // Escapes never bring dots together, and every answer comes by here.
  if (!escaped.includes('..') && !escaped.startsWith('.')) return false
  const text = withoutEscapes(escaped)
  return text.includes('..') || (text.startsWith('.') && text !== '.' && since(version, 1, 9, 4))
}

/** Types whose data holds a name, and no text. */
const NAMED: ReadonlySet<string> = new Set(['CNAME', 'DNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV'])

/** Size that `log` counts: uncompressed, before cutting, with an OPT only if the reply brought one. */
export const loggedBytes = (query: DnsQuery, reply: Reply): number =>
  [...reply.answer, ...reply.authority, ...reply.additional].reduce((sum, r) => sum + overcounted(r), messageBytes(reply.question?.name ?? query.name, reply))

/** Types whose data ends in base64. */
const BASE64: ReadonlySet<string> = new Set(['CDNSKEY', 'DHCID', 'DNSKEY', 'KEY', 'OPENPGPKEY', 'RKEY', 'RRSIG'])

/** dns.Msg.Len counts escapes in strings as they are written, and the padding of base64. */
function overcounted({ type, data }: Reply['answer'][number]): number {
  if (BASE64.has(type)) return data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0
  if (type !== 'TXT' && type !== 'SPF' && type !== 'HINFO') return 0
  return data.length - textBytes(data)
}

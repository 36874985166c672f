// CoreDNS's `local` plugin, 1.9.3 to 1.15.0: plugin/local/. Answers localhost and the reverse zones of 0, 127 and 255 itself.
// Not modelled: the option `localhost_prefix`, and names below localhost that are looked up in the `localhost.` prefix form of a zone.
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { isSubdomain, nameKey } from '../../dns/name.ts'
import type { PluginFactory } from './plugin.ts'
import { since } from './plugin.ts'
import { bareReply } from './server-reply.ts'

const TTL_S = 604_800
const REVERSE = ['0.in-addr.arpa.', '127.in-addr.arpa.', '255.in-addr.arpa.']
const SOA = 'localhost. root.localhost. 1 0 0 0 604800'

export const local: PluginFactory = setup => function* (query, next) {
  const name = nameKey(query.name)
  const zone = ['localhost.', ...REVERSE].find(z => isSubdomain(z, name))
  if (zone === undefined && !name.startsWith('localhost.')) return yield* next(query)
  return { rcode: 'NOERROR', reply: replyFor(query, name, zone, since(setup.version, 1, 12)) }
}

const record = (name: string, type: string, data: string): ResourceRecord => ({ name, type, ttlS: TTL_S, data })

function replyFor(query: DnsQuery, name: string, zone: string | undefined, answersBelow: boolean): Reply {
  const bare = bareReply(query, 'NOERROR')
  const isLocalhost = zone === undefined || name === 'localhost.' || (zone === 'localhost.' && answersBelow)
  const soa = record(zone ?? 'localhost.', 'SOA', SOA)
  if (isLocalhost) {
    if (query.type === 'A') return { ...bare, answer: [record(query.name, 'A', '127.0.0.1')] }
    if (query.type === 'AAAA') return { ...bare, answer: [record(query.name, 'AAAA', '::1')] }
    return { ...bare, authority: [record(query.name, 'SOA', SOA)] }
  }
  if (name === '1.0.0.127.in-addr.arpa.' && query.type === 'PTR') return { ...bare, answer: [record(query.name, 'PTR', 'localhost.')] }
  if (name === zone && query.type === 'SOA') return { ...bare, answer: [soa] }
  if (name === zone && query.type === 'NS') return { ...bare, answer: [record(query.name, 'NS', 'localhost.')] }
  return { ...bare, rcode: name === zone || name === '1.0.0.127.in-addr.arpa.' ? 'NOERROR' : 'NXDOMAIN', authority: [soa] }
}

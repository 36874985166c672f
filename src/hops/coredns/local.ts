// CoreDNS's `local` plugin, 1.9.3 to 1.15.0: plugin/local/. Answers localhost and the reverse zones of 0, 127 and 255 itself. Owner names
// are as the client spelt them.
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { isSubdomain, nameKey } from '../../dns/name.ts'
import { debugLine } from './debug.ts'
import { goQuote } from './go-quote.ts'
import { since, written, type PluginFactory, type PluginSetup } from './plugin.ts'
import { bareReply } from './server-reply.ts'
import { typeWord } from './type-word.ts'

const TTL_S = 604_800
const ZONES = ['localhost.', '0.in-addr.arpa.', '127.in-addr.arpa.', '255.in-addr.arpa.']
const LOOPBACK = '1.0.0.127.in-addr.arpa.'

export const local: PluginFactory = setup => function* (query, next) {
  const name = nameKey(query.name)
  const isPrefixed = name !== 'localhost.' && name.startsWith('localhost.') && !isPrefixOff(setup)
  // Names below localhost are loopback since 1.14.5.
  if (isPrefixed || (since(setup.version, 1, 14, 5) && name.endsWith('.localhost.'))) {
    yield* debugLine(setup, `plugin/local: Intercepting localhost query for ${goQuote(name)} ${typeWord(query.type, setup.version)}, from ${query.client ?? ''}`)
    return written(localhost(query))
  }
  const zone = ZONES.find(z => isSubdomain(z, name))
  if (zone === undefined) return yield* next(query)
  return written(inZone(query, name, query.name.slice(query.name.length - zone.length)))
}

/** `localhost_prefix off`. Releases that do not know the option read no options at all. */
const isPrefixOff = ({ directives, version }: PluginSetup): boolean =>
  since(version, 1, 14, 5) && directives.flatMap(d => d.properties).findLast(p => p.name === 'localhost_prefix')?.args[0]?.value === 'off'

const record = (name: string, type: string, data: string): ResourceRecord => ({ name, type, ttlS: TTL_S, data })
const soa = (origin: string): ResourceRecord => record(origin, 'SOA', 'localhost. root.localhost. 1 0 0 0 604800')

function localhost(query: DnsQuery): Reply {
  const bare = bareReply(query, 'NOERROR')
  if (query.type === 'A') return { ...bare, answer: [record(query.name, 'A', '127.0.0.1')] }
  if (query.type === 'AAAA') return { ...bare, answer: [record(query.name, 'AAAA', '::1')] }
  return { ...bare, authority: [soa(query.name)] }
}

/** `zone`: as the client spelt it. */
function inZone(query: DnsQuery, name: string, zone: string): Reply {
  const bare = bareReply(query, 'NOERROR')
  if (name === LOOPBACK) return query.type === 'PTR' ? { ...bare, answer: [record(query.name, 'PTR', 'localhost.')] } : { ...bare, authority: [soa(zone)] }
  if (name !== nameKey(zone)) return { ...bare, rcode: 'NXDOMAIN', authority: [soa(zone)] }
  if (query.type === 'SOA') return { ...bare, answer: [soa(query.name)] }
  if (query.type === 'NS') return { ...bare, answer: [record(query.name, 'NS', 'localhost.')] }
  return name === 'localhost.' ? localhost(query) : { ...bare, authority: [soa(query.name)] }
}

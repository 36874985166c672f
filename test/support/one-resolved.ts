// One systemd-resolved and its servers: what they are asked, and what its stub answers.
import { LOST, type Chain, type Hop, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { ResolvedModel, ResolvedScope } from '../../src/chain/model.ts'
import { lineSource, type Sourced } from '../../src/chain/source.ts'
import type { DnsQuery, Reply } from '../../src/dns/message.ts'
import { resolvedHops } from '../../src/hops/systemd-resolved.ts'

export const said = (value: string): Sourced<string> => ({ value, source: lineSource('netplan', 1, value) })
export const scope = (name: string, servers: readonly string[], domains: readonly string[] = [], defaultRoute = true): ResolvedScope =>
  ({ name, servers: servers.map(said), domains: domains.map(said), defaultRoute })
export const model = (scopes: readonly ResolvedScope[], more: Partial<ResolvedModel> = {}): ResolvedModel =>
  ({ node: 'n1', version: '252', scopes, fallbackServers: [], stubListener: true, readEtcHosts: true, hosts: [], ...more })

/** A word of `made`, or the reply itself. */
export type Script = (query: DnsQuery, nth: number) => string | Partial<Reply>
const SOA = { name: 'corp.example.', type: 'SOA', ttlS: 300, data: 'ns. h. 1 2 3 4 60' }

/** `10.0.0.1` = that address with TTL 600; rcode words; `LOST`; `TC`; `CNAME x`. */
function made(query: DnsQuery, word: string, address: string): Plain {
  if (word === LOST || word === 'PORT_UNREACHABLE') return word
  const reply = (rcode: string, answer: readonly object[] = []): object =>
    ({ rcode, flags: ['rd', 'ra', ...(word === 'TC' && query.transport === 'udp' ? ['tc'] : [])],
    answer, authority: answer.length === 0 && (rcode === 'NXDOMAIN' || rcode === 'NOERROR') ? [SOA] : [], additional: [],
    ...(rcode === 'NXDOMAIN' && { cause: { kind: 'denied', by: `upstream ${address}` } }) })
  if (word.startsWith('CNAME ')) return reply('NOERROR', [{ name: query.name, type: 'CNAME', ttlS: 600, data: word.slice(6) }]) as Plain
  if (word === 'TC') return reply('NOERROR', query.transport === 'tcp' ? [{ name: query.name, type: 'A', ttlS: 600, data: '10.9.9.9' }]
    : []) as Plain
  if (word === 'NODATA') return reply('NOERROR') as Plain
  return (/^\d/.test(word) ? reply('NOERROR', [{ name: query.name, type: 'A', ttlS: 600, data: word }]) : reply(word)) as Plain
}

const EMPTY: Reply = { rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [], authority: [], additional: [] }

export interface World { readonly chain: Chain; readonly asked: string[]; readonly flows: string[] }

export function world(resolved: ResolvedModel, servers: Readonly<Record<string, Script>>, sized = false): World {
  const asked: string[] = []
  const flows: string[] = []
  const hops: [string, Hop][] = Object.entries(servers).map(([address, script]) => [hopId.upstream(address), function* (value) {
    const query = value as unknown as DnsQuery
    asked.push(`${address} ${query.name} ${query.type}${query.edns ? ` edns${sized ? ` ${query.edns.sizeBytes}` : ''}` : ''}${query.transport === 'tcp' ? ' tcp' : ''}`)
    flows.push(query.flow ?? '')
    const says = script(query, asked.filter(line => line.startsWith(`${address} `)).length)
    return typeof says === 'string' ? made(query, says, address) : ({ ...EMPTY, ...says }) as unknown as Plain
  }])
  return { asked, flows, chain: new Map([...resolvedHops(resolved, address => hopId.upstream(address)), ...hops]) }
}

export const question = (name: string, type = 'A', more: object = {}): Plain => ({ name, type, transport: 'udp', rd: true, ...more })
export const stub = hopId.resolved('n1')
export const shown = (value: Plain): string => {
  if (typeof value !== 'object' || value === null) return String(value)
  const reply = value as unknown as Reply
  return [reply.rcode, ...reply.answer.map(record => record.data), ...(reply.cause ? [`(${reply.cause.kind})`] : [])].join(' ')
}

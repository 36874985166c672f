// One CoreDNS with a Corefile, asked one question in virtual time: for tests of a single plugin.
import { LOST, type Hop, type Pick, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { CorednsModel } from '../../src/chain/model.ts'
import type { Problem } from '../../src/chain/source.ts'
import { readCorefile } from '../../src/config/corefile.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../src/dns/message.ts'
import { checkCorefile } from '../../src/hops/coredns/check.ts'
import { refusalText } from '../../src/hops/coredns/refuse.ts'
import { corednsHops } from '../../src/hops/coredns/server.ts'
import { Run } from './run.ts'

export interface OneCoredns {
  ask(query: Partial<DnsQuery> & { readonly name: string }): Reply | typeof LOST
  /** Lines of `log` and `errors`. */
  readonly lines: () => readonly string[]
  readonly run: Run
  readonly problems: readonly Problem[]
}

export function oneCoredns(version: string, corefile: string, upstreams: Readonly<Record<string, Hop>> = {}, more: Partial<CorednsModel> = {},
  choose: (pick: Pick) => number = () => 0): OneCoredns {
  const model: CorednsModel = {
    pod: 'ns/pod', node: 'node', addresses: ['10.244.0.5'], version, corefile: readCorefile('Corefile', corefile, { env: new Map() }).value, files: new Map(),
    resolvConf: undefined, hostNetwork: false,
    kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }, ...more,
  }
  const { entries, problems } = corednsHops(model, address => hopId.upstream(address))
  const chain = new Map<string, Hop>([...entries, ...Object.entries(upstreams).map(([address, hop]) => [hopId.upstream(address), hop] as const)])
  const run = new Run(chain, choose)
  return {
    run, problems,
    ask: query => run.query(hopId.coredns(model.pod), { type: 'A', transport: 'udp', rd: true, ...query } as unknown as Plain) as unknown as Reply | typeof LOST,
    lines: () => run.notes.filter(n => n.note.kind === 'log' || n.note.kind === 'errors').map(n => String(n.note['line'])),
  }
}

/** Answers by name and type with the records in zone-file form, and NXDOMAIN to the rest. */
export const zone = (...lines: readonly string[]): Hop => {
  const records = lines.map((line): ResourceRecord => {
    const [name = '', ttl = '', type = '', ...data] = line.split(' ')
    return { name, ttlS: Number(ttl), type, data: data.join(' ') }
  })
  return function* (asked) {
    const query = asked as unknown as DnsQuery
    const named = records.filter(r => r.name.toLowerCase() === query.name.toLowerCase())
    const answer = named.filter(r => r.type === query.type)
    const soa: ResourceRecord = { name: 'test.', type: 'SOA', ttlS: 300, data: 'ns.test. h.test. 1 2 3 4 60' }
    const reply: Reply = {
      rcode: named.length > 0 ? 'NOERROR' : 'NXDOMAIN', flags: query.rd ? ['rd', 'ra'] : ['ra'], answer, authority: answer.length > 0 ? [] : [soa], additional: [],
    }
    return reply as unknown as Plain
  }
}

/** What CoreDNS says when it does not start; '' = it starts. */
export function refusalOf(version: string, corefile: string): string {
  const [first] = checkCorefile(readCorefile('Corefile', corefile, { env: new Map() }).value, version)
  return first ? refusalText(first) : ''
}

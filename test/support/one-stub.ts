// One stub resolver and the servers of its resolv.conf, in virtual time: what they are asked, one packet after the other, and how the lookup ends.
import { get, LOOP, put, sleep, type Hop, type HopRun, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { StubKind, StubModel } from '../../src/chain/model.ts'
import type { StubResult } from '../../src/chain/outcome.ts'
import { readResolvConf } from '../../src/config/resolv-conf.ts'
import type { DnsQuery, Reply } from '../../src/dns/message.ts'
import { simulate } from '../../src/drivers/simulate.ts'
import type { StubQuery } from '../../src/hops/stub-query.ts'
import { stubHops } from '../../src/hops/stub.ts'
import { closedPort, scriptedServer } from '../fidelity/stub-server.ts'

/** What a server does with its nth question: the words of a recorded row's `do`, or CLOSED (nobody listens there), or LOOP, or a reply as it is. */
export type Script = string | ((query: DnsQuery, nth: number) => string | Partial<Reply>)

export interface Lookup extends Partial<StubQuery> {
  readonly kind: StubKind
  readonly version: string
  readonly conf: string
  readonly name: string
  /** By address; nobody listens elsewhere. */
  readonly servers: Readonly<Record<string, Script>>
  readonly more?: Partial<StubModel>
  readonly seed?: number
  /** Replies of one instant in any order, by the seed. */
  readonly atOnce?: boolean
}

export interface Ended {
  readonly result: StubResult
  readonly ms: number
  /** `<ms> <server> <name> <type>`, then `tcp`, `edns <size>`, `ad`, `no rd` where it is so. */
  readonly asked: readonly string[]
  /** Of each packet in `asked`: what tells sockets apart. */
  readonly flows: readonly string[]
  /** Names of the search, as `<name> <end>`. */
  readonly candidates: readonly string[]
}

/** Packets of one instant are served in the order sent, A before AAAA. */
const A_FIRST_MS = { A: 0.01, AAAA: 0.02 } as Readonly<Record<string, number>>

export function lookedUp({ kind, version, conf, name, family = 'unspec', api, servers, more, seed = 1, atOnce = false }: Lookup): Ended {
  const model: StubModel = { place: 'p', node: 'n', kind, version, certainty: 'confirmed', resolvConf: readResolvConf('f', conf).value, hosts: [], ...more }
  const [asked, flows]: [string[], string[]] = [[], []]
  const server = (address: string, script: Script): Hop => {
    let nth = 0
    return function* (query) {
      const q = query as unknown as DnsQuery
      const start = yield* get('start')
      if (!start) yield* put('start', true, Infinity)
      if (!atOnce) yield* sleep(A_FIRST_MS[q.type] ?? 0.03)
      const signs = [...(q.transport === 'tcp' ? ['tcp'] : []), ...(q.edns ? [`edns ${q.edns.sizeBytes}`] : []), ...(q.ad ? ['ad'] : []), ...(q.rd ? [] : ['no rd'])]
      asked.push([Math.round(start?.ageMs ?? 0), address, q.name, q.type, ...signs].join(' '))
      flows.push(q.flow ?? '')
      return yield* performed(typeof script === 'string' ? script : script(q, ++nth), query)
    }
  }
  const scripted = Object.entries(servers).map(([address, script]) => [address, server(address, script)] as const)
  const chain = new Map<string, Hop>([['closed', closedPort], ...scripted, ...stubHops(model, address => (address in servers ? address : 'closed'))])
  const query = { name, family, ...(api && { api }) } as unknown as Plain
  const [lookup] = [...simulate(chain, [{ atMs: 0, ask: { hop: hopId.stub('p'), query } }], { seed })]
  if (!lookup) throw new Error('the lookup does not end')
  const candidates = lookup.notes.filter(note => note.kind === 'candidate').map(note => `${String(note['name'])} ${String(note['end'])}`)
  return { result: lookup.value as unknown as StubResult, ms: Math.round(lookup.elapsedMs), asked, flows, candidates }
}

function* performed(words: string | Partial<Reply>, query: Plain): HopRun {
  if (typeof words !== 'string') return { rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [], authority: [], additional: [], ...words } as unknown as Plain
  const [, delay, rest] = /^DELAY (\d+) (.*)$/.exec(words) ?? []
  if (delay !== undefined) {
    yield* sleep(Number(delay))
    return yield* performed(rest as string, query)
  }
  if (words === 'LOOP') return LOOP
  return yield* (words === 'CLOSED' ? closedPort : scriptedServer('1', [{ do: words }], undefined))(query)
}

// A recorded scenario of CoreDNS as a chain for the driver contract: the configuration as it is when the last question comes, and
// upstreams that may give any answer that the scenario lets them give for it (which one of several is drawn; counting is what the replay does).
// Left out: what the recorder did to packets and processes (`network`, `signal`, second instances).
import { pick, type Hop, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import { rational } from '../../src/chain/rational.ts'
import { readCorefile } from '../../src/config/corefile.ts'
import type { DnsQuery } from '../../src/dns/message.ts'
import { REFUSED_PORT } from '../../src/dns/message.ts'
import { listenerAt } from '../../src/hops/coredns/listeners.ts'
import { startCoredns, type Start } from '../../src/hops/coredns/start.ts'
import { ApiServer, type Fixture, NO_OBJECTS, POD_ADDRESS, UNSYNCED } from './api-server.ts'
import { covers } from './coredns-replay-rules.ts'
import { dnsQuery, PAUSE_MS, serverOf, type Row, type RowQuery, type Rule, type Script } from './coredns-replay-rows.ts'
import { answer, unreachable } from './coredns-replay-upstream.ts'
import type { Scene } from './scene.ts'

/** Undefined: the row has no answer, or its process does not serve. */
export function sceneOf(row: Row, fixture?: Fixture): Scene | undefined {
  if (!row.query || row.query.rawHex !== undefined || row.observed.noReply !== undefined || row.corefile === null) return undefined
  const preamble = row.state?.preamble ?? []
  const scripts = [row.upstreamScript ?? {}, ...preamble.flatMap(a => (a['upstream'] ? [a['upstream'] as Script] : []))]
  const start = started(row, new Set(scripts.flatMap(s => Object.keys(s))), fixture)
  const listeners = start.hops?.listeners ?? []
  const hopFor = (query: RowQuery): string | undefined => listenerAt(listeners, ...serverOf(query))?.id
  const last = hopFor(row.query)
  if (last === undefined) return undefined
  const chain = new Map<string, Hop>([...start.hops?.entries ?? [], ['closed', closed], ['unreachable', unreachable]])
  for (const address of new Set(scripts.flatMap(s => Object.keys(s)))) chain.set(hopId.upstream(address), upstream(address, scripts))
  const before: { atMs: number; ask: { hop: string; query: Plain } }[] = []
  let atMs = 0
  for (const action of preamble) {
    if (typeof action['sleepMs'] === 'number') atMs += action['sleepMs']
    const query = action['query'] as RowQuery | undefined
    const hop = query && query.rawHex === undefined ? hopFor(query) : undefined
    if (!query || hop === undefined) continue
    before.push({ atMs, ask: { hop, query: dnsQuery(query) } })
    atMs += PAUSE_MS
  }
  return { chain, before, last: { atMs, ask: { hop: last, query: dnsQuery(row.query) } } }
}

const closed: Hop = function* () { return REFUSED_PORT }

function started(row: Row, upstreams: ReadonlySet<string>, fixture: Fixture | undefined): Start {
  const texts = new Map(Object.entries(row.files ?? {}))
  for (const action of row.state?.preamble ?? []) for (const [path, text] of Object.entries((action['writeFile'] ?? {}) as Record<string, string>)) texts.set(path, text)
  const corefile = texts.get('Corefile') ?? row.corefile ?? ''
  const files = new Map([...texts].map(([path, text]) => [path.startsWith('/') ? path : `/etc/coredns/${path}`, { file: path, text }]))
  const read = readCorefile('Corefile', corefile, { path: 'Corefile', files, env: new Map(Object.entries(row.env ?? {})), hasAllFiles: true, version: row.version })
  const steps = row.state?.preamble ?? []
  const api = fixture && new ApiServer(fixture, steps)
  for (const step of steps) api?.act(step)
  const model = {
    pod: 'ns/pod', node: 'node', addresses: [api ? POD_ADDRESS : '127.0.0.1'], version: row.version, files, resolvConf: undefined, hostNetwork: !api,
    kubernetes: api?.view ?? NO_OBJECTS, ...(api && !api.isRead && { kubernetesSynced: UNSYNCED }),
    ...(row.plugins && { machine: { plugins: row.plugins } }),
  }
  const reach = (address: string, port = 53): string =>
    (upstreams.has(address) && port === 53 ? hopId.upstream(address) : address.startsWith('127.') || address === '::1' ? 'closed' : 'unreachable')
  return startCoredns({ read, path: 'Corefile', model, args: row.args ?? [] }, reach)
}

const upstream = (address: string, scripts: readonly Script[]): Hop => function* (asked) {
  const query = asked as unknown as DnsQuery
  const possible = scripts.flatMap(script => possibleRules(script[address] ?? [], query))
  const options = possible.map((_, i) => i)
  const at = `${address} ${query.name} ${query.type} ${query.transport}`
  return yield* answer(possible[options.length === 1 ? 0 : yield* pick({ at, options, odds: options.map(() => rational(1, options.length)) })], query)
}

/** The rules that can be the first to fit, whatever was counted; undefined = none, which is silence. */
function possibleRules(rules: readonly Rule[], query: DnsQuery): readonly (Rule | undefined)[] {
  const fitting = rules.filter(rule => covers(rule, query))
  const sure = fitting.findIndex(rule => !rule.when?.nth)
  return sure < 0 ? [...fitting, undefined] : fitting.slice(0, sure + 1)
}

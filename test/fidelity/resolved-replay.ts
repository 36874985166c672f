// Replays a recorded run of systemd-resolved: the files that it writes, or what its stub answers question by question and whom it asks meanwhile.
import { get, LOST, note, put, sleep, type Chain, type Hop, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import { nodeDns } from '../../src/cluster/node-dns.ts'
import { generateUplink, UPLINK } from '../../src/cluster/uplink-file.ts'
import type { NodeFile } from '../../src/config/netplan.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../src/dns/message.ts'
import { nameKey } from '../../src/dns/name.ts'
import { simulate, type Lookup } from '../../src/drivers/simulate.ts'
import { resolvedHops } from '../../src/hops/systemd-resolved.ts'
import { scripted, type ResolvedRule } from './resolved-script.ts'
import { judged, type Verdict } from './verdict.ts'

export interface ResolvedPacket {
  readonly atMs: number
  readonly server: string
  readonly name: string
  readonly type: string
  readonly edns?: number
  readonly tcp?: true
}
export interface Observed {
  readonly slept?: number
  readonly noReply?: true
  readonly rcode?: string
  readonly flags?: readonly string[]
  readonly answer?: readonly ResourceRecord[]
  readonly authority?: readonly ResourceRecord[]
  readonly elapsedMs?: number
  readonly upstreamAsked?: readonly ResolvedPacket[]
}
export interface ResolvedRow {
  /** `252`. */
  readonly version: string
  readonly group: string
  readonly case: string
  readonly rules?: readonly ResolvedRule[]
  readonly steps?: readonly { readonly name?: string; readonly type?: string; readonly rd?: false; readonly sleepMs?: number }[]
  readonly filesIn: Readonly<Record<string, string>>
  readonly filesOut: Readonly<Record<string, string>>
  /** The name servers of the uplink file, in every order that the starts showed. */
  readonly orders: readonly string[]
  readonly observed: readonly Observed[]
}

const NODE = 'node1'
const STUB_FILE = '/run/systemd/resolve/stub-resolv.conf'
/** The recorder waits this long after an answer. */
const PAUSE_MS = 80
const EARLY_MS = 30
const LATE_MS = 600
/** What is drawn (who is first of two that answer at once) may fall as it did on the machine. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8]

export function replay(row: ResolvedRow): Verdict {
  const files = new Map<string, NodeFile>(Object.entries(row.filesIn).map(([path, text]) => [path, { file: `node${path}`, text }]))
  if (row.observed.length === 0) return judged(fileDifferences(row, files))
  let first: readonly string[] | undefined
  for (const seed of SEEDS) {
    const what = answerDifferences(row, files, seed)
    if (what.length === 0) return { kind: 'equal' }
    first ??= what
  }
  return judged(first ?? [])
}

const linesOf = (text: string, keyword: string): readonly string[] =>
  text.split('\n').filter(line => line.startsWith(`${keyword} `)).map(line => line.slice(keyword.length + 1))

function fileDifferences(row: ResolvedRow, files: ReadonlyMap<string, NodeFile>): string[] {
  const what: string[] = []
  const recorded = row.filesOut[UPLINK] ?? ''
  const blind = generateUplink(files)
  if (blind.orderKnown !== (row.orders.length === 1)) what.push(`order known: ${blind.orderKnown}, recorded ${row.orders.length} orders`)
  const sorted = (order: string): string => order.split(' ').sort().join(' ')
  const servers = linesOf(blind.text, 'nameserver').join(' ')
  if (blind.orderKnown ? servers !== row.orders[0] : !row.orders.some(order => sorted(order) === sorted(servers))) {
    what.push(`name servers ${servers}, recorded ${row.orders.join(' or ')}`)
  }
  // With the recorded file in the evidence the order is the one that shows there.
  const seen = generateUplink(new Map([...files, [UPLINK, { file: `node${UPLINK}`, text: recorded }]]))
  if (seen.text !== recorded) what.push(`writes\n${seen.text}\nrecorded\n${recorded}`)
  const stub = linesOf(row.filesOut[STUB_FILE] ?? '', 'search').join(' ')
  if (linesOf(seen.text, 'search').join(' ') !== stub) what.push(`the stub file searches ${stub}`)
  return what
}

interface Step { readonly atMs: number; readonly query: DnsQuery; readonly want: Observed }

function stepsOf(row: ResolvedRow): readonly Step[] {
  let atMs = 0
  return (row.steps ?? []).flatMap(({ name, type, rd }, index) => {
    const want = row.observed[index] as Observed
    const now = atMs
    atMs += want.slept ?? (want.elapsedMs ?? 0) + PAUSE_MS
    return name === undefined ? [] : [{ atMs: now, want, query: { name, type: type ?? 'A', transport: 'udp' as const, rd: rd !== false } }]
  })
}

function answerDifferences(row: ResolvedRow, files: ReadonlyMap<string, NodeFile>, seed: number): string[] {
  const withStub = new Map([...files, [STUB_FILE, { file: `node${STUB_FILE}`, text: row.filesOut[STUB_FILE] ?? '' }]])
  const { resolved } = nodeDns(withStub, { node: NODE })
  if (!resolved) return ['no systemd-resolved is seen on the node']
  const world = new Map<string, Plain>(resolved.scopes.flatMap(scope =>
    (scope.servers[0] ? [[`resolved ${NODE} ${scope.name} current server`, scope.servers[0].value]] : [])))
  const steps = stepsOf(row)
  const schedule = steps.map(({ atMs, query }) => ({ atMs, ask: { hop: hopId.resolved(NODE), query: query as unknown as Plain } }))
  const chain: Chain = new Map<string, Hop>([...resolvedHops(resolved, address => address), ...serversOf(row)])
  const what: string[] = []
  for (const lookup of simulate(chain, schedule, { seed, world })) {
    const step = steps[lookup.index] as Step
    const at = `${step.query.name} ${step.query.type} (${lookup.index + 1})`
    what.push(...[...replyDifferences(step.want, lookup), ...packetDifferences(step, lookup)].map(one => `${at}: ${one}`))
  }
  return what
}

function serversOf(row: ResolvedRow): readonly (readonly [string, Hop])[] {
  return ['10.10.0.1', '10.10.0.2', '10.10.0.3', '10.10.0.4', '10.10.0.5'].map(server => {
    const hop: Hop = function* (value) {
      const query = value as unknown as DnsQuery
      const start = yield* get('start')
      if (!start) yield* put('start', true, Infinity)
      const count = Number((yield* get(`count ${server}`))?.value ?? 0) + 1
      yield* put(`count ${server}`, count, Infinity)
      const packet: ResolvedPacket = { atMs: start?.ageMs ?? 0, server, name: query.name, type: query.type,
        ...(query.edns && { edns: query.edns.sizeBytes }), ...(query.transport === 'tcp' && { tcp: true as const }) }
      yield* note({ kind: 'packet', packet: packet as unknown as Plain })
      const { delayMs, reply } = scripted(row.rules ?? [], server, query, count)
      if (delayMs > 0) yield* sleep(delayMs)
      return (reply ?? LOST) as unknown as Plain
    }
    return [server, hop] as const
  })
}

const recordsOf = (records: readonly ResourceRecord[] = []): readonly string[] =>
  records.map(one => `${nameKey(one.name)} ${one.type} ${one.data}`).sort()

function replyDifferences(want: Observed, { value, elapsedMs }: Lookup): string[] {
  const silent = value === null || typeof value !== 'object'
  if (want.noReply) return silent || elapsedMs >= (want.elapsedMs ?? 0) ? [] : ['an answer, recorded none']
  if (silent) return [`${String(value)}, recorded ${want.rcode}`]
  const reply = value as unknown as Reply
  const what: string[] = []
  const unequal = (label: string, is: string, recorded: string): void => {
    if (is !== recorded) what.push(`${label} ${is}, recorded ${recorded}`)
  }
  unequal('rcode', reply.rcode, want.rcode ?? '')
  unequal('flags', [...reply.flags].sort().join(' '), [...want.flags ?? []].sort().join(' '))
  unequal('answer', recordsOf(reply.answer).join(', '), recordsOf(want.answer).join(', '))
  unequal('authority', recordsOf(reply.authority).join(', '), recordsOf(want.authority).join(', '))
  const late = (want.elapsedMs ?? 0) - elapsedMs
  if (late < -EARLY_MS || late > LATE_MS) what.push(`${elapsedMs} ms, recorded ${want.elapsedMs}`)
  for (const [i, record] of (want.answer ?? []).entries()) {
    const ttlS = reply.answer[i]?.ttlS
    if (ttlS !== undefined && Math.abs(ttlS - record.ttlS) > 1) what.push(`TTL ${ttlS}, recorded ${record.ttlS}`)
  }
  return what
}

/** Per server in order, times from the question's first packet on; the order between servers of two scopes is that of the network. */
function packetDifferences({ want }: Step, { notes }: Lookup): string[] {
  const got = notes.flatMap(one => (one.packet ? [one.packet as unknown as ResolvedPacket] : []))
  const recorded = want.upstreamAsked ?? []
  const shown = (packets: readonly ResolvedPacket[], server: string): string => packets.filter(one => one.server === server)
    .map(one => `${nameKey(one.name)} ${one.type}${one.edns === undefined ? '' : ` edns ${one.edns}`}${one.tcp ? ' tcp' : ''}`).join(', ')
  const first = (packets: readonly ResolvedPacket[]): number => Math.min(...packets.map(one => one.atMs))
  return [...new Set([...got, ...recorded].map(one => one.server))].sort().flatMap(server => {
    const [is, was] = [shown(got, server), shown(recorded, server)]
    if (is !== was) return [`${server} is asked ${is || 'nothing'}, recorded ${was || 'nothing'}`]
    const of = (packets: readonly ResolvedPacket[]): readonly number[] => packets.filter(one => one.server === server).map(one => one.atMs)
    const off = of(got).findIndex((ms, i) => Math.abs((of(recorded)[i] ?? 0) - first(recorded) - (ms - first(got))) > LATE_MS)
    return off < 0 ? [] : [`${server}: packet ${off + 1} at ${of(got)[off]! - first(got)} ms, recorded ${of(recorded)[off]! - first(recorded)}`]
  })
}

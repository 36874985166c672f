// Replays recorded scenarios of CoreDNS (rows/coredns.jsonl.gz): one model of the server lives through all rows of a scenario, with
// scripted upstreams in virtual time, and what it did is compared with what the real one did.
import { LOST, sleep, type Hop, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { CorednsModel } from '../../src/chain/model.ts'
import { readCorefile } from '../../src/config/corefile.ts'
import type { DnsQuery, Edns, Rcode, Reply, ResourceRecord } from '../../src/dns/message.ts'
import { REFUSED_PORT } from '../../src/dns/message.ts'
import { nameKey } from '../../src/dns/name.ts'
import { messageBytes } from '../../src/dns/size.ts'
import { ODD } from '../../src/hops/coredns/forward-exchange.ts'
import { clientBytes } from '../../src/hops/coredns/server-reply.ts'
import { corednsHops } from '../../src/hops/coredns/server.ts'
import { Run } from '../support/run.ts'
import { judged, type Verdict } from './verdict.ts'

interface WireOpt { readonly size: number; readonly do?: boolean; readonly version?: number; readonly options?: readonly { readonly code: number; readonly hex: string }[] }
interface RowQuery {
  readonly name: string; readonly type: string; readonly proto: 'udp' | 'tcp'; readonly edns?: WireOpt; readonly klass?: string; readonly from?: string
  readonly rd?: boolean; readonly ad?: boolean; readonly cd?: boolean; readonly rawHex?: string; readonly to?: string; readonly aa?: boolean
}
interface Rule {
  readonly when?: { readonly name?: string; readonly type?: string; readonly proto?: string; readonly nth?: readonly number[] }
  readonly do: {
    readonly answer?: readonly string[]; readonly authority?: readonly string[]; readonly additional?: readonly string[]; readonly rcode?: Rcode
    readonly flags?: readonly string[]; readonly opt?: 'echo' | WireOpt; readonly drop?: boolean; readonly delayMs?: number; readonly close?: boolean
    readonly chop?: number; readonly wrongId?: boolean; readonly question?: string; readonly noQuestion?: boolean; readonly raw?: string
  }
}
type Script = Readonly<Record<string, readonly Rule[]>>
export interface Row {
  readonly id: string
  readonly version: string
  readonly corefile: string
  readonly files?: Readonly<Record<string, string>> | null
  readonly env?: Readonly<Record<string, string>>
  readonly state: { readonly preamble?: readonly Readonly<Record<string, unknown>>[] } | null
  readonly query: RowQuery | null
  readonly upstreamScript: Script | null
  readonly observed: {
    readonly noReply?: string; readonly rcode?: string; readonly flags?: readonly string[]; readonly question?: readonly string[]
    readonly answer?: readonly string[]; readonly authority?: readonly string[]; readonly additional?: readonly string[]
    readonly opt?: WireOpt | null; readonly elapsedMs?: number; readonly log?: readonly string[]; readonly wireSize?: number
    readonly upstreamAsked?: readonly { readonly to: string; readonly proto: string; readonly name: string; readonly type: string; readonly flags: readonly string[]; readonly opt: WireOpt | null }[]
  }
}

/** Runs of a scenario that has chance in it: a row is equal when one of them gives it. */
const SEEDS = 24

/** All rows of one scenario of one version, in order. */
export function replay(scenario: readonly Row[]): readonly Verdict[] {
  let best = once(scenario, 1)
  for (let seed = 2; seed <= SEEDS && best.chance && best.verdicts.some(v => v.kind === 'different'); seed++) {
    const { verdicts } = once(scenario, seed)
    best = { chance: true, verdicts: best.verdicts.map((v, i) => (v.kind === 'different' ? verdicts[i] as Verdict : v)) }
  }
  return best.verdicts
}

function once(scenario: readonly Row[], seed: number): { readonly chance: boolean; readonly verdicts: readonly Verdict[] } {
  const bench = new Bench(scenario[0] as Row, seed)
  const verdicts = inOrder(scenario, bench)
  return { chance: bench.chance, verdicts }
}

function inOrder(scenario: readonly Row[], bench: Bench): readonly Verdict[] {
  let done = 0
  return scenario.map(row => {
    const preamble = row.state?.preamble ?? []
    for (const action of preamble.slice(done)) bench.act(action)
    done = preamble.length + (row.query ? 1 : 0)
    if (!row.query) return { kind: 'not modelled', why: 'no query' }
    if (bench.unmodelled !== undefined) return { kind: 'not modelled', why: bench.unmodelled, ...(bench.unmodelledAt !== undefined && { at: bench.unmodelledAt }) }
    if (row.query.rawHex !== undefined) return { kind: 'not modelled', why: 'raw packet' }
    return bench.compare(row)
  })
}

const LATE_MS = 700
const EARLY_MS = 60
/** The recorder waited this long after each query for late packets and log lines (`atMs` of consecutive questions)… */
const PAUSE_MS = 215
/** …and longer where something runs on behind the reply (TTLs of the prefetch rows). */
const LONG_PAUSE_MS = 420
/** So many questions for one query are a tight loop; how many fit into its time is the machine's business. */
const STORM = 20

class Bench {
  unmodelled: string | undefined
  unmodelledAt: string | undefined
  chance = false
  private readonly refused: boolean
  private readonly pauseMs: number
  private readonly run: Run
  private script: Script
  private network = ''
  private readonly counts = new Map<string, number>()
  private readonly server = hopId.coredns('ns/pod')

  constructor(row: Row, seed: number) {
    this.pauseMs = /^cache\.(prefetch|serve_stale)/.test(row.id) ? LONG_PAUSE_MS : PAUSE_MS
    this.script = row.upstreamScript ?? {}
    const files = new Map(Object.entries(row.files ?? {}).flatMap(([path, text]) =>
      // Beside the Corefile, and in the folder where the program ran.
      (path.startsWith('/') ? [path] : [`/etc/coredns/${path}`, `/${path}`]).map(at => [at, { file: path, text }] as const)))
    const read = readCorefile('Corefile', row.corefile, { files, env: new Map(Object.entries(row.env ?? {})) })
    const model: CorednsModel = {
      pod: 'ns/pod', node: 'node', addresses: ['127.0.0.1'], version: row.version, corefile: read.value, files, resolvConf: undefined,
      kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }, hostNetwork: true,
    }
    const { entries, problems } = corednsHops(model, (address, port = 53) => this.reach(address, port))
    const unmodelled = problems.find(p => p.state === 'unmodelled')
    this.unmodelled = unmodelled?.message
    this.unmodelledAt = unmodelled?.source && `${unmodelled.source.file}:${unmodelled.source.line} ${unmodelled.source.text}`
    this.refused = [...read.problems, ...problems].some(p => p.state === 'damaged')
    const random = dice(seed)
    const upstreams = Array.from({ length: 16 }, (_, i) => `127.0.0.${i + 2}`).concat('::1').map(a => [hopId.upstream(a), this.upstream(a)] as const)
    this.run = new Run(new Map<string, Hop>([...entries, ...upstreams, ['closed', closed], ['unreachable', unreachable]]), pick => {
      this.chance ||= pick.odds !== undefined
      return pick.odds ? random(pick.options.length) : 0
    })
  }

  private reach(address: string, port: number): string {
    if (address === '127.0.0.1' && port === 53) return this.server
    if (address in this.script && port === 53) return hopId.upstream(address)
    return address.startsWith('127.') ? this.network === '' ? 'closed' : hopId.upstream('127.0.0.11') : 'unreachable'
  }

  act(action: Readonly<Record<string, unknown>>): void {
    if (action['query']) this.ask(action['query'] as RowQuery)
    else if (typeof action['sleepMs'] === 'number') this.run.pass(action['sleepMs'])
    else if (action['upstream']) this.script = { ...this.script, ...(action['upstream'] as Script) }
    else if (action['network']) this.network = String(action['network'])
    else this.unmodelled ??= `${Object.keys(action)[0]} before it`
  }

  private ask(query: RowQuery): Plain {
    const begun = this.run.nowMs
    const reply = query.rawHex === undefined && !this.refused ? this.run.query(this.server, dnsQuery(query) as Plain, 35_000) : LOST
    this.tookMs = this.run.nowMs - begun
    this.run.pass(this.pauseMs)
    return reply
  }

  private tookMs = 0


  /** A scripted upstream as the recordings had it: first rule that fits, NXDOMAIN of nothing else. */
  private upstream(address: string): Hop {
    const blocked = (query: DnsQuery): Plain | undefined =>
      this.network.includes('REJECT') ? ODD.notPermitted : this.network.includes('SYN') && query.transport === 'tcp' ? LOST : undefined
    const ruleFor = (query: DnsQuery): Rule | undefined =>
      this.script[address]?.find((r, i) => this.fits(r, `${address} ${i} ${query.name} ${query.type}`, query))
    return function* (asked) {
      const query = asked as unknown as DnsQuery
      const ended = blocked(query)
      if (ended !== undefined) return ended
      const rule = ruleFor(query)
      if (!rule || rule.do.drop) return query.transport === 'tcp' ? ODD.silentConnection : LOST
      if (rule.do.delayMs) yield* sleep(rule.do.delayMs)
      return scripted(rule, query)
    }
  }

  private fits({ when = {} }: Rule, id: string, query: DnsQuery): boolean {
    const same = (when.name === undefined || nameKey(when.name) === nameKey(query.name)) && (when.type ?? query.type) === query.type && (when.proto ?? query.transport) === query.transport
    if (!same || !when.nth) return same
    const count = (this.counts.get(id) ?? 0) + 1
    this.counts.set(id, count)
    return when.nth.includes(count)
  }

  compare(row: Row): Verdict {
    const notesBefore = this.run.notes.length
    const value = this.ask(row.query as RowQuery)
    const notes = this.run.notes.slice(notesBefore).map(n => n.note)
    const modelled = value === LOST ? { noReply: true } : replyLines(value as unknown as Reply, row.query as RowQuery)
    const real = row.observed.noReply !== undefined ? { noReply: true } : observedLines(row)
    const asked = notes.filter(n => n.kind === 'upstream-asked' && this.isScripted(String(n['to']))).map(n => askedLine(String(n['to']), n['query'] as unknown as DnsQuery))
    const realAsked = (row.observed.upstreamAsked ?? []).filter(u => !(u.type === 'NS' && (u.name === '.' || u.name === 'probe.test.')))
      .map(u => [u.to, u.proto, u.name, u.type, u.flags.join(','), optText(u.opt)].join(' '))
    const log = notes.filter(n => n.kind === 'log' || n.kind === 'errors').map(n => stripped(String(n['line'])))
    const what = [
      ...differences('reply', modelled, real),
      ...differences('asked', ...(realAsked.length > STORM ? [[...new Set(asked)], [...new Set(realAsked)]] : [asked, realAsked]) as [string[], string[]]),
      ...differences('log', log.sort(), (row.observed.log ?? []).map(stripped).sort()),
      ...(typeof value === 'string' || value === null ? [] : wireSize(dnsQuery(row.query as RowQuery), value as unknown as Reply, row.observed.wireSize)),
      ...timing(this.tookMs, row.observed.elapsedMs),
    ]
    return judged(what)
  }

  private isScripted(label: string): boolean {
    return label in this.script && !this.network.includes('REJECT') && !this.network.includes('SYN')
  }
}

/** Mulberry32. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return sides => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * sides)
  }
}

const closed: Hop = function* () { return REFUSED_PORT }
const unreachable: Hop = function* () { return ODD.unreachable }

/** Over UDP a reply that fits uncompressed is compressed all the same from here on (IPv4, IPv6). */
const UNFRAGMENTED = { 4: 1480, 6: 1220 }

function wireSize(query: DnsQuery, reply: Reply, real: number | undefined): string[] {
  if (real === undefined) return []
  const name = reply.question?.name ?? query.name
  const whole = messageBytes(name, reply)
  const fits = whole <= clientBytes(query) && (query.transport === 'tcp' || whole <= UNFRAGMENTED[query.client?.includes(':') ? 6 : 4])
  const bytes = (fits ? whole : messageBytes(name, reply, new Set())) - (name === '' ? 5 : 0)
  return bytes === real ? [] : [`size: ${bytes} for ${real}`]
}

function timing(modelMs: number, realMs: number | undefined): string[] {
  if (realMs === undefined) return []
  return realMs - modelMs > LATE_MS || modelMs - realMs > EARLY_MS ? [`elapsed: ${modelMs} for ${realMs}`] : []
}

function differences(what: string, model: unknown, real: unknown): string[] {
  const [a, b] = [JSON.stringify(model), JSON.stringify(real)]
  if (a === b) return []
  if (what !== 'reply' || !sameButTtl(model as Lines, real as Lines)) return [`${what}: ${a} for ${b}`]
  return []
}

type Lines = Readonly<Record<string, unknown>>

/** TTLs one second apart: the recording crossed a second. */
function sameButTtl(model: Lines, real: Lines): boolean {
  return Object.keys({ ...model, ...real }).every(key => {
    const [a, b] = [model[key], real[key]]
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return JSON.stringify(a) === JSON.stringify(b)
    return a.every((line: string, i) => {
      const [x, y] = [line.split(' '), (b[i] as string).split(' ')]
      return x.length === y.length && x.every((word, j) => word === y[j] || (j === 1 && Math.abs(Number(word) - Number(y[j])) <= 1))
    })
  })
}

const toEdns = (opt: WireOpt): Edns => ({
  sizeBytes: opt.size, ...(opt.do && { do: true }), ...(opt.version && { version: opt.version }),
  ...(opt.options && opt.options.length > 0 && { options: opt.options.map(o => [o.code, o.hex] as const) }),
})

const dnsQuery = (q: RowQuery): DnsQuery => ({
  name: q.name, type: q.type, transport: q.proto, ...(q.rd !== false && { rd: true }), ...(q.ad && { ad: true }), ...(q.cd && { cd: true }),
  ...(q.klass && { class: q.klass }), ...(q.edns && { edns: toEdns(q.edns) }), client: q.from ?? (q.to?.includes(':') ? '::1' : '127.0.0.1'),
})

function parseRecord(line: string, query: DnsQuery): ResourceRecord {
  const [owner = '', ttl = '', cls = '', type = '', ...data] = line.split(' ')
  return { name: owner === '@' ? query.name : owner, type, ttlS: Number(ttl), ...(cls !== 'IN' && { class: cls }), data: data.map(d => (d === '@' ? query.name : d)).join(' ') }
}

function scripted({ do: act }: Rule, query: DnsQuery): Plain {
  if (act.close) return ODD.closedConnection
  if (act.wrongId) return query.transport === 'tcp' ? ODD.silentConnection : LOST
    const records = (lines: readonly string[] = []) => lines.map(l => parseRecord(l, query))
  // Bytes that parse as a header and nothing more.
  if (act.raw !== undefined) return reply({ question: { name: '', type: '' }, flags: new Set(), edns: undefined, rcode: undefined })
  const asked = act.noQuestion ? ['', ''] : act.question?.split(' ')
  const flags = new Set([...(act.flags ?? ['ra']), ...(query.rd ? ['rd'] : []), ...(query.cd ? ['cd'] : [])])
  const edns = act.opt === 'echo' ? query.edns && { sizeBytes: query.edns.sizeBytes, ...(query.edns.do && { do: true }) } : act.opt && toEdns(act.opt)
  if (act.chop !== undefined) return act.chop < 12 ? ODD.short : act.chop === 12 ? reply({ question: { name: '', type: '' }, flags, edns, rcode: act.rcode }) : ODD.overflow
  return reply({
    rcode: act.rcode, flags, edns, answer: records(act.answer), authority: records(act.authority), additional: records(act.additional),
    ...(asked && { question: { name: asked[0] as string, type: asked[1] as string } }),
  })
}

interface Parts extends Partial<Omit<Reply, 'flags' | 'edns' | 'rcode'>> { readonly flags: ReadonlySet<string>; readonly edns: Edns | undefined; readonly rcode: Rcode | undefined }
const reply = ({ flags, edns, rcode, ...rest }: Parts): Plain => ({
  rcode: rcode ?? 'NOERROR', answer: [], authority: [], additional: [], ...rest,
  flags: ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'].filter(f => flags.has(f)), ...(edns && { edns }),
}) as unknown as Plain

const recordLine = (r: ResourceRecord): string => `${r.name} ${r.ttlS} ${r.class ?? 'IN'} ${r.type} ${r.data}`.replace(/SRV 0 0 \d+ \./, 'SRV 0 0 0 .')
const observedLine = (line: string): string => line.replace(/SRV 0 0 \d+ \./, 'SRV 0 0 0 .')

function replyLines(r: Reply, query: RowQuery): Lines {
  const question = r.question?.name === '' ? '' : `${r.question?.name ?? query.name} ${query.klass ?? 'IN'} ${r.question?.type ?? query.type}`
  return {
    rcode: r.rcode, flags: r.flags.join(','), question, answer: r.answer.map(recordLine).sort(), authority: r.authority.map(recordLine).sort(),
    additional: r.additional.map(recordLine).sort(), opt: optText(r.edns && { size: r.edns.sizeBytes, do: r.edns.do === true, options: (r.edns.options ?? []).map(([code, hex]) => ({ code, hex })) }),
  }
}

function observedLines({ observed: o }: Row): Lines {
  return {
    rcode: o.rcode, flags: (o.flags ?? []).filter(f => f !== 'qr').join(','), question: o.question?.[0] ?? '', answer: (o.answer ?? []).map(observedLine).sort(),
    authority: (o.authority ?? []).map(observedLine).sort(), additional: (o.additional ?? []).map(observedLine).sort(), opt: optText(o.opt),
  }
}

const optText = (opt: WireOpt | null | undefined): string =>
  opt ? `${opt.size}${opt.do ? ' do' : ''} ${(opt.options ?? []).map(o => `${o.code}=${o.hex}`).join(',')}` : ''

const askedLine = (to: string, q: DnsQuery): string => {
  const flags = [...(q.rd ? ['rd'] : []), ...(q.ad ? ['ad'] : []), ...(q.cd ? ['cd'] : [])].join(',')
  return [to, q.transport, q.name, q.type, flags, optText(q.edns && { size: q.edns.sizeBytes, do: q.edns.do === true, options: (q.edns.options ?? []).map(([code, hex]) => ({ code, hex })) })].join(' ')
}

/** Without what no model can know: ports, ids, durations. */
const stripped = (line: string): string => line
  .replace(/(\d|\]):\d+ - \d+ "/, '$1:0 - 0 "').replace(/([ |])\d+(\.\d+)?s([ |]|$)/, '$10s$3').replace(/^(\[INFO\] [\d.]+)\|\d+\|\[::\]\|\d+\|/, '$1|0|[::]|0|').replace(/((?:read|write) (?:udp|tcp) \S+):\d+->/, '$1:0->')

// One plugin in front of scripted upstreams, as the recorded rows have it: enough of a server to see the plugin's own replies.
import { LOST, text, type Effect, type Hop, type HopRun, type Plain } from '../../src/chain/effects.ts'
import type { CorednsModel, Directive, KubeObject, KubernetesView } from '../../src/chain/model.ts'
import { lineSource, type Problem } from '../../src/chain/source.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../src/dns/message.ts'
import { nameKey } from '../../src/dns/name.ts'
import { plain, type CorednsVersion, type PluginFactory, type Served } from '../../src/hops/coredns/plugin.ts'

export interface Rule {
  readonly when?: { readonly name?: string; readonly type?: string }
  readonly do: {
    readonly answer?: readonly string[]
    readonly authority?: readonly string[]
    readonly rcode?: Reply['rcode']
    readonly drop?: boolean
  }
}
export interface Row {
  readonly id: string
  readonly version: string
  readonly corefile: string
  readonly files?: Readonly<Record<string, string>> | null
  readonly state: { readonly fixture?: string; readonly preamble?: readonly Readonly<Record<string, unknown>>[] } | null
  readonly query: { readonly name: string; readonly type: string; readonly proto: 'udp' | 'tcp' } | null
  readonly upstreamScript: Readonly<Record<string, readonly Rule[]>> | null
  readonly observed: {
    readonly noReply?: string; readonly rcode?: string; readonly flags?: readonly string[]; readonly question?: readonly string[]
    readonly answer?: readonly string[]; readonly authority?: readonly string[]; readonly additional?: readonly string[]
    readonly started?: boolean; readonly stderr?: readonly string[]
  }
}

export const versionOf = (row: Row): CorednsVersion => row.version.split('.').map(Number) as unknown as CorednsVersion

const said = (value: string) => ({ value, source: lineSource('Corefile', 1, value) })

/** The plain Corefiles of the rows: one block, one directive a line. */
export function directivesOf(corefile: string): Directive[] {
  const lines = corefile.split('\n').map(l => l.trim().split(/\s+/)).filter(l => l[0] !== '')
  const read = (from: number): { directives: Directive[]; next: number } => {
    const directives: Directive[] = []
    let at = from
    while (at < lines.length && lines[at]?.[0] !== '}') {
      const words = lines[at] as string[]
      const opens = words.at(-1) === '{'
      const inner = opens ? read(at + 1) : { directives: [], next: at }
      const [name = '', ...args] = opens ? words.slice(0, -1) : words
      directives.push({ name, args: args.map(said), properties: inner.directives, source: lineSource('Corefile', at + 1, words.join(' ')) })
      at = inner.next + 1
    }
    return { directives, next: at }
  }
  return read(0).directives[0]?.properties as Directive[]
}

const parseRecord = (line: string, name: string): ResourceRecord => {
  const [owner = '', ttl = '', , type = '', ...data] = line.split(' ')
  return { name: owner === '@' ? name : owner, type, ttlS: Number(ttl), data: data.join(' ') }
}

function scripted(rules: readonly Rule[], query: DnsQuery): Reply | typeof LOST {
  const rule = rules.find(r => (r.when?.name ?? nameKey(query.name)) === nameKey(query.name) && (r.when?.type ?? query.type) === query.type)
  if (!rule || rule.do.drop) return LOST
  const records = (lines: readonly string[] = []) => lines.map(l => parseRecord(l, query.name))
  return {
    rcode: rule.do.rcode ?? 'NOERROR', flags: ['rd', 'ra'], answer: records(rule.do.answer), authority: records(rule.do.authority),
    additional: [],
  }
}

const failed = (served: Served, query: DnsQuery): Reply => ({
  rcode: served.rcode, flags: query.rd ? ['rd'] : [], answer: [], authority: [], additional: [],
  ...(served.cause && { cause: served.cause }),
})

export const scriptedHop = (rules: readonly Rule[]): Hop => function* (asked) {
  const reply = scripted(rules, asked as unknown as DnsQuery)
  return reply === LOST ? LOST : plain(reply)
}

export interface Server {
  readonly hop: Hop
  readonly problems: readonly Problem[]
}

export function serverOf(plugin: PluginFactory, name: string, row: Row, model: Partial<CorednsModel>): Server {
  const problems: Problem[] = []
  const block = directivesOf(row.corefile)
  const forwards = block.some(d => d.name === 'forward')
  const handler = plugin({
    server: 'server', block: 0, zones: ['.'], directives: block.filter(d => d.name === name), version: versionOf(row),
    model: {
      pod: 'kube-system/coredns', node: 'node', addresses: [], version: row.version, corefile: {
        file: 'Corefile', text: row.corefile, blocks: [],
      },
      files: new Map(), resolvConf: undefined, kubernetes: NO_VIEW, hostNetwork: false, ...model,
    },
    reach: address => address, nextHop: 'next', has: other => block.some(d => d.name === other), report: problem => problems.push(problem),
  })
  function* next(query: DnsQuery): HopRun<Served> {
    const reply = forwards ? scripted(Object.values(row.upstreamScript ?? {})[0] ?? [], query) : LOST
    return reply === LOST ? { rcode: 'SERVFAIL' } : { rcode: 'NOERROR', reply }
  }
  const hop: Hop = function* (asked) {
    const query = asked as unknown as DnsQuery
    const served = yield* handler!(query, next)
    if (served.reply) return plain(served.reply)
    return ['FORMERR', 'SERVFAIL', 'NOTIMP', 'REFUSED'].includes(served.rcode) ? plain(failed(served, query)) : LOST
  }
  return { hop, problems }
}

const NO_VIEW: KubernetesView = { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }

export interface Unknown { readonly key: string; readonly options: readonly Plain[] }

/** Runs a hop that asks only itself; `choose` settles unknowns. */
export function run(
  hop: Hop, query: DnsQuery, choose: (unknown: Unknown) => Plain = ({ key }) => { throw new Error(`unexpected unknown ${key}`) },
): Plain {
  const drawn = new Map<string, Plain>()
  const step = (gen: HopRun): Plain => {
    let input: unknown
    for (;;) {
      const { done, value } = gen.next(input)
      if (done) return value as Plain
      input = resume(value as Effect, step)
    }
  }
  const resume = (effect: Effect, enter: (gen: HopRun) => Plain): unknown => {
    if (effect.op === 'call') return enter(hop(effect.ask.query))
    if (effect.op !== 'pick' || effect.odds || effect.key === undefined) throw new Error(`unexpected effect ${text(effect)}`)
    if (!drawn.has(effect.key)) drawn.set(effect.key, choose({ key: effect.key, options: effect.options }))
    return drawn.get(effect.key)
  }
  return step(hop(plain(query)))
}

export const queryOf = (row: Row): DnsQuery => ({ name: row.query!.name, type: row.query!.type, transport: row.query!.proto, rd: true })

const textOf = (records: readonly ResourceRecord[]) => records.map(r => `${r.name} ${r.ttlS} IN ${r.type} ${withoutSerial(r.data)}`).sort()
const textOfLines = (records: readonly string[] = []) => records.map(withoutSerial).sort()

/** What of a reply is compared: the sections as sets, without the serial of an SOA. */
export function comparable(value: Plain): unknown {
  if (typeof value === 'string') return value
  const reply = value as unknown as Reply
  return {
    rcode: reply.rcode, flags: reply.flags, answer: textOf(reply.answer), authority: textOf(reply.authority),
    additional: textOf(reply.additional),
  }
}

export function observed(row: Row): unknown {
  const o = row.observed
  if (o.noReply !== undefined) return LOST
  return {
    rcode: o.rcode, flags: (o.flags ?? []).filter(f => f !== 'qr'), answer: textOfLines(o.answer), authority: textOfLines(o.authority),
    additional: textOfLines(o.additional),
  }
}

/** Equal, or with TTLs a second apart: the recording crossed a second. */
export function nearly(got: unknown, want: unknown): boolean {
  const ttls = (value: unknown): number[] => [...JSON.stringify(value).matchAll(/ (\d+) IN /g)].map(m => Number(m[1]))
  const rest = (value: unknown): string => JSON.stringify(value).replace(/ \d+ IN /g, ' IN ')
  const [a, b] = [ttls(got), ttls(want)]
  return rest(got) === rest(want) && a.every((ttl, i) => Math.abs(ttl - (b[i] as number)) <= 1)
}

const withoutSerial = (data: string): string => data.replace(/(ns\.dns\.\S* hostmaster\.\S*) \d+ /i, '$1 SERIAL ')

type Labels = Readonly<Record<string, string>>
type Json = Readonly<Record<string, unknown>>
export function kubeObject(body: Json): KubeObject {
  const metadata = body['metadata'] as { name: string; namespace?: string; labels?: Labels; annotations?: Labels }
  const source = lineSource('objects', 1, metadata.name)
  return {
    apiVersion: String(body['apiVersion']), kind: String(body['kind']), name: metadata.name, namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {}, body, source, at: () => source,
  }
}

// Replays recorded scenarios of CoreDNS with its `kubernetes` plugin against a real API server (rows/coredns-kubernetes.jsonl.gz): one
// process of the model lives through a scenario while objects come and go; what the clients saw is compared.
import { LOST, type Hop, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { CorednsModel, KubeObject, KubernetesView } from '../../src/chain/model.ts'
import { lineSource } from '../../src/chain/source.ts'
import { readCorefile } from '../../src/config/corefile.ts'
import type { Reply } from '../../src/dns/message.ts'
import { corednsHops } from '../../src/hops/coredns/server.ts'
import { kubeObject } from '../support/cluster-files.ts'
import { Run } from '../support/run.ts'
import { replyDifferences } from './coredns-replay-compare.ts'
import { dnsQuery, type Row as CorednsRow, type RowQuery } from './coredns-replay-rows.ts'
import { Upstreams } from './coredns-replay-upstream.ts'
import type { Scene } from './scene.ts'
import { judged, type Verdict } from './verdict.ts'

type Json = Readonly<Record<string, unknown>>

export interface Row extends CorednsRow {
  readonly corefile: string
  readonly state: NonNullable<CorednsRow['state']> & { readonly fixture?: string } | null
}

/** The row of the fixture file: what the API server held before the first step. */
export interface Fixture {
  readonly id: string
  readonly state: {
    readonly objects: readonly Json[]
    readonly pods: readonly { readonly name: string; readonly namespace: string; readonly podIP: string; readonly phase: string }[]
  }
}

/** What the API server of the row held, among rows of no program. */
export const fixtureOf = (row: Row, beside: readonly Json[]): Fixture | undefined => beside.find(one => one['id'] === row.state?.fixture) as Fixture | undefined

/** Made by the API server itself; it has no slice. */
const BUILT_IN: readonly Json[] = [
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP' }] },
  },
]

const SERVER = hopId.coredns('kube-system/coredns')

/** All rows of one scenario of one version, in order. */
export function replayKubernetes(scenario: readonly Row[], fixture: Fixture): readonly Verdict[] {
  const process = new Process(initialObjects(fixture))
  return scenario.map(row => process.replay(row))
}

export const kubernetesScene = (row: Row, fixture: Fixture): Scene | undefined => new Process(initialObjects(fixture)).sceneOf(row)

function initialObjects({ state }: Fixture): readonly KubeObject[] {
  const pods = state.pods.map(({ name, namespace, podIP, phase }) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, status: { podIP, phase } }))
  return [...BUILT_IN, ...state.objects, ...pods].map(kubeObject)
}

/** The objects after the steps of the preamble that change them. */
function objectsAfter(initial: readonly KubeObject[], row: Row): readonly KubeObject[] {
  let objects = initial
  for (const step of row.state?.preamble ?? []) {
    if (step['apiCreate']) objects = [...objects, ...[step['apiCreate']].flat().map(o => kubeObject(o as Json))]
    if (typeof step['apiDelete'] === 'string') {
      const [kind, name] = step['apiDelete'].split(' ')
      objects = objects.filter(o => o.kind !== kind || o.name !== name && `${o.namespace}/${o.name}` !== name)
    }
    const ready = /^endpoint (\S+) of slice (\S+): ready true$/.exec(String(step['apiPatch'] ?? ''))
    if (ready) objects = objects.map(o => (o.kind === 'EndpointSlice' && o.name === ready[2] ? allReady(o) : o))
  }
  return objects
}

const allReady = (slice: KubeObject): KubeObject =>
  kubeObject({ ...slice.body, endpoints: (slice.body['endpoints'] as Json[]).map(e => ({ ...e, conditions: { ready: true } })) })

const viewOf = (objects: readonly KubeObject[]): KubernetesView => {
  const of = (kind: string) => objects.filter(o => o.kind === kind)
  return { services: of('Service'), endpointSlices: of('EndpointSlice'), namespaces: of('Namespace'), pods: of('Pod'), nodes: [] }
}

/** The API server was silent from the start and still is. */
const neverRead = (row: Row): boolean => {
  const steps = (row.state?.preamble ?? []).map(s => String(s['apiServer'] ?? ''))
  return steps.some(s => s.includes('from before the start')) && !steps.includes('SIGCONT')
}

/** The serial of the cluster's SOA is the time of the recording. */
const withoutSerial = (line: string): string => line.replace(/(ns\.dns\.\S* hostmaster\.\S*) \d+ /i, '$1 SERIAL ')

class Process {
  private readonly initial: readonly KubeObject[]
  private readonly chain = new Map<string, Hop>()
  private readonly run = new Run(this.chain)
  private readonly upstreams = new Upstreams(null)
  private done = 0

  constructor(initial: readonly KubeObject[]) {
    this.initial = initial
  }

  /** The chain as it is at this row, for the driver contract. */
  sceneOf(row: Row): Scene | undefined {
    if (!row.query || row.observed.noReply !== undefined) return undefined
    this.install(row)
    return { chain: this.chain, before: [], last: { atMs: 0, ask: { hop: SERVER, query: dnsQuery(row.query as RowQuery) as unknown as Plain } } }
  }

  replay(row: Row): Verdict {
    const preamble = row.state?.preamble ?? []
    for (const [at, step] of preamble.entries()) {
      if (at < this.done) continue
      if (typeof step['sleepMs'] === 'number') this.run.pass(step['sleepMs'])
      if (step['query']) this.ask({ ...row, state: { preamble: preamble.slice(0, at) }, query: step['query'] as Row['query'] })
    }
    this.done = preamble.length + (row.query ? 1 : 0)
    if (row.query) return this.answered(row)
    return row.observed.started === undefined ? { kind: 'not modelled', why: 'a step that is no query' } : this.started(row)
  }

  private answered(row: Row): Verdict {
    const value = this.ask(row)
    return judged(replyDifferences(value === LOST ? undefined : value as unknown as Reply, row.query as RowQuery, row.observed, withoutSerial))
  }

  private started(row: Row): Verdict {
    const refused = this.hopsFor(row).problems.filter(p => p.code === 'corefile-refused').map(p => p.message)
    const real = row.observed.started ? '' : row.observed.stderr?.[0] ?? ''
    if (refused.length === 0 && row.observed.started) return judged([])
    return judged(refused[0]?.endsWith(real) && !row.observed.started ? [] : [`start: ${refused[0] ?? 'started'} for ${real || 'started'}`])
  }

  /** The whole server as it is at this row: its objects, and whether it has read them. */
  private hopsFor(row: Row): ReturnType<typeof corednsHops> {
    const unsynced = { value: false, source: lineSource('log', 1, 'starting server with unsynced Kubernetes API') }
    const model: CorednsModel = {
      pod: 'kube-system/coredns', node: 'node', addresses: ['10.244.0.53'], version: row.version, corefile: readCorefile('Corefile', row.corefile).value,
      files: new Map(), resolvConf: undefined, kubernetes: viewOf(objectsAfter(this.initial, row)), hostNetwork: false,
      ...(neverRead(row) && { kubernetesSynced: unsynced }),
    }
    return corednsHops(model, address => hopId.upstream(address))
  }

  private install(row: Row): void {
    for (const [id, hop] of this.hopsFor(row).entries) this.chain.set(id, hop)
    this.upstreams.script = row.upstreamScript ?? {}
    for (const address of Object.keys(this.upstreams.script)) this.chain.set(hopId.upstream(address), this.upstreams.hop(address))
  }

  private ask(row: Row): Plain {
    this.install(row)
    return this.run.query(SERVER, dnsQuery(row.query as RowQuery) as unknown as Plain, 35_000)
  }
}

// The API server of a recorded scenario: the objects it held (of a row of the fixture file), what the scenario did to them, and whether it answered.
// A change is seen at once: the recorder waited before it asked again.
import type { KubeObject, KubernetesView } from '../../src/chain/model.ts'
import { kubeObject } from '../support/cluster-files.ts'
import type { Action, Row } from './coredns-replay-rows.ts'

type Json = Readonly<Record<string, unknown>>

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
export const BUILT_IN: readonly Json[] = [
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP' }] },
  },
]

/** Of the CoreDNS pod, where there was an API server: on the loopback interface, and in a slice of its Service. */
export const POD_ADDRESS = '10.244.0.53'

/** Where there was none: lists that never came. */
export const NO_OBJECTS: KubernetesView = { services: [], endpointSlices: [], namespaces: [], pods: [], nodes: [] }
export const UNSYNCED = { value: false, source: { file: 'machine', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1, text: '' } }

export class ApiServer {
  /** Whether the lists were answered; once read, what a silent server held stays. */
  isRead: boolean
  private objects: readonly KubeObject[]

  constructor({ state }: Fixture, scenario: readonly Action[]) {
    const pods = state.pods.map(({ name, namespace, podIP, phase }) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, status: { podIP, phase } }))
    this.objects = [...BUILT_IN, ...state.objects, ...pods].map(kubeObject)
    this.isRead = !scenario.some(step => String(step['apiServer'] ?? '').includes('from before the start'))
  }

  get view(): KubernetesView {
    const of = (kind: string) => this.objects.filter(o => o.kind === kind)
    return { services: of('Service'), endpointSlices: of('EndpointSlice'), namespaces: of('Namespace'), pods: of('Pod'), nodes: [] }
  }

  /** True when the step was one of the API server's. */
  act(step: Action): boolean {
    const ready = /^endpoint (\S+) of slice (\S+): ready true$/.exec(String(step['apiPatch'] ?? ''))
    if (step['apiServer'] === 'SIGCONT') this.isRead = true
    else if (step['apiCreate']) this.objects = [...this.objects, ...[step['apiCreate']].flat().map(o => kubeObject(o as Json))]
    else if (typeof step['apiDelete'] === 'string') this.drop(step['apiDelete'])
    else if (ready) this.objects = this.objects.map(o => (o.kind === 'EndpointSlice' && o.name === ready[2] ? allReady(o) : o))
    else return false
    return true
  }

  private drop(named: string): void {
    const [kind, name] = named.split(' ')
    this.objects = this.objects.filter(o => o.kind !== kind || (o.name !== name && `${o.namespace}/${o.name}` !== name))
  }
}

const allReady = (slice: KubeObject): KubeObject =>
  kubeObject({ ...slice.body, endpoints: (slice.body['endpoints'] as Json[]).map(e => ({ ...e, conditions: { ready: true } })) })

// The watch caches of the `kubernetes` plugin: plugin/kubernetes/object/ and controller.go at CoreDNS 1.9.3 to 1.15.0. Objects are
// filed by name once, when the first is asked for (metadata and autopath ask for pods only); what is in an object is read when a question
// asks for it. Reverse tables are made at the first PTR question.
// A list that the bundle does not have stays `undefined`: then existence is an unknown, not a no.
// Not modelled: the order of slices and pods (a Go map there; the order of the lists here), ServiceImports.
import type { KubeObject, KubernetesView } from '../../chain/model.ts'
import type { KubernetesOptions } from './kubernetes-options.ts'

export interface Port {
  /** -1 = no port declared. */
  readonly port: number
  readonly name: string
  readonly protocol: string
}
export interface ServiceEntry {
  readonly name: string
  readonly namespace: string
  readonly external: string | undefined
  readonly headless: boolean
  /** Undefined: the object does not say (a manifest that was never applied). */
  readonly clusterIPs: readonly string[] | undefined
  readonly externalIPs: readonly string[]
  readonly ports: readonly Port[]
  readonly object: KubeObject
}
export interface Endpoint {
  readonly address: string
  readonly hostname: string
  readonly podName: string
  readonly topologyZone: string
}
export interface SliceEntry {
  /** `service.namespace`. */
  readonly service: string
  readonly namespace: string
  /** The ready ones. */
  readonly endpoints: readonly Endpoint[]
  readonly ports: readonly Port[]
}

/** `undefined` results: not known, because the list was not looked at. */
export interface KubernetesIndex {
  service(name: string, namespace: string): ServiceEntry | undefined
  readonly knowsServices: boolean
  slices(name: string, namespace: string): readonly SliceEntry[] | undefined
  servicesAt(address: string): readonly ServiceEntry[] | undefined
  slicesAt(address: string): readonly SliceEntry[] | undefined
  /** The plugin sees such a namespace (`namespace_labels` applied, `namespaces` not). */
  hasNamespace(namespace: string): boolean | undefined
  /** The pods with this address. */
  podsAt(address: string): readonly KubeObject[] | undefined
}

type Json = Readonly<Record<string, unknown>>
const record = (value: unknown): Json => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value as Json : {})
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(record) : [])
const string = (value: unknown): string => (typeof value === 'string' ? value : '')

const portsOf = (value: unknown): readonly Port[] => {
  const ports = list(value).map(p => ({
    port: typeof p['port'] === 'number' ? p['port'] : -1, name: string(p['name']), protocol: string(p['protocol']) || 'TCP',
  }))
  return ports.length > 0 ? ports : [{ port: -1, name: '', protocol: '' }]
}

export function serviceEntry(object: KubeObject): ServiceEntry {
  const spec = record(object.body['spec'])
  const many = Array.isArray(spec['clusterIPs']) ? spec['clusterIPs'].map(string).filter(Boolean) : []
  const one = string(spec['clusterIP'])
  const clusterIPs = many.length > 0 ? many : one === '' ? undefined : [one]
  const balancer = list(record(record(object.body['status'])['loadBalancer'])['ingress']).map(i => string(i['ip']) || string(i['hostname']))
  const declared = Array.isArray(spec['externalIPs']) ? spec['externalIPs'].map(string) : []
  return {
    name: object.name, namespace: object.namespace, object,
    external: spec['type'] === 'ExternalName' ? string(spec['externalName']) : undefined,
    headless: clusterIPs?.[0] === 'None', clusterIPs, externalIPs: [...declared, ...balancer], ports: portsOf(spec['ports']),
  }
}

export function sliceEntry(object: KubeObject): SliceEntry {
  const label = object.labels['kubernetes.io/service-name'] ?? ''
  const endpoints = list(object.body['endpoints'])
    .filter(e => record(e['conditions'])['ready'] !== false)
    .flatMap(e => {
      const pod = string(record(e['targetRef'])['name'])
      // Names of 64 characters and more are no labels; CoreDNS does not use them.
      const of = { hostname: string(e['hostname']), podName: pod.length < 64 ? pod : '', topologyZone: string(e['zone']).toLowerCase() }
      return (Array.isArray(e['addresses']) ? e['addresses'] : []).map(a => ({ ...of, address: string(a) }))
    })
  return { service: `${label}.${object.namespace}`, namespace: object.namespace, endpoints, ports: portsOf(object.body['ports']) }
}

function filed<T>(items: Iterable<T>, keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const files = new Map<string, T[]>()
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const file = files.get(key)
      if (file) file.push(item)
      else files.set(key, [item])
    }
  }
  return files
}

const lazy = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** `reverseHasExternal`: a PTR of an external or load balancer address finds the Service too. */
export function indexKubernetes(view: KubernetesView, options: KubernetesOptions, reverseHasExternal: boolean): KubernetesIndex {
  const select = (objects: readonly KubeObject[] | undefined): readonly KubeObject[] | undefined =>
    options.labels ? objects?.filter(o => options.labels?.(o.labels)) : objects
  const services = select(view.services)
  const slices = options.noendpoints ? [] : select(view.endpointSlices)
  const pods = select(view.pods)
  const byName = lazy(() => new Map(services?.map(o => [`${o.name}.${o.namespace}`, o])))
  const slicesByService = lazy(() => filed(slices ?? [], o => [`${o.labels['kubernetes.io/service-name'] ?? ''}.${o.namespace}`]))
  const entryOf = lazily(serviceEntry)
  const sliceOf = lazily(sliceEntry)
  const servicesByAddress = lazy(() => filed(
    (services ?? []).map(entryOf), s => [...(s.clusterIPs ?? []), ...(reverseHasExternal ? s.externalIPs : [])],
  ))
  const slicesByAddress = lazy(() => filed((slices ?? []).map(sliceOf), s => s.endpoints.map(e => e.address)))
  const podsByAddress = lazy(() => filed((pods ?? []).filter(isWatchedPod), p => [string(record(p.body['status'])['podIP'])]))
  const namespaces = view.namespaces && new Set(view.namespaces.filter(o => options.namespaceLabels?.(o.labels) ?? true).map(o => o.name))
  const inhabited = lazy(() => new Set([view.services, view.pods, view.endpointSlices].flatMap(l => l ?? []).map(o => o.namespace)))
  return {
    knowsServices: services !== undefined,
    service: (name, namespace) => {
      const object = byName().get(`${name}.${namespace}`)
      return object && entryOf(object)
    },
    slices: (name, namespace) => slices && (slicesByService().get(`${name}.${namespace}`) ?? []).map(sliceOf),
    servicesAt: address => services && (servicesByAddress().get(address) ?? []),
    slicesAt: address => slices && (slicesByAddress().get(address) ?? []),
    hasNamespace: namespace => {
      if (namespaces) return namespaces.has(namespace)
      // A namespace with something in it exists; whether its labels fit is not known.
      return inhabited().has(namespace) && !options.namespaceLabels ? true : undefined
    },
    podsAt: address => pods && (podsByAddress().get(address) ?? []),
  }
}

/** Reads an object at its first use. */
function lazily<T>(read: (object: KubeObject) => T): (object: KubeObject) => T {
  const entries = new WeakMap<KubeObject, { readonly entry: T }>()
  return object => {
    const held = entries.get(object) ?? { entry: read(object) }
    entries.set(object, held)
    return held.entry
  }
}

/** The watch leaves out ended pods, and CoreDNS those that are being deleted. */
function isWatchedPod(pod: KubeObject): boolean {
  const phase = record(pod.body['status'])['phase']
  const isDeleted = record(pod.body['metadata'])['deletionTimestamp'] !== undefined
  return !isDeleted && phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Unknown'
}

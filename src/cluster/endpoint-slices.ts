// The endpoints of a Service as the API holds them: discovery.k8s.io/v1 and v1beta1 EndpointSlices, and core/v1 Endpoints where
// the bundle has no slice (clusters before 1.17, or a bundle without them). Readiness defaults are those of kube-proxy 1.34
// (pkg/proxy/endpointslicecache.go): `ready` absent means ready, `serving` absent means serving, `terminating` absent means no.
// Not modelled: addressType FQDN (kube-proxy ignores it too).
import type { KubeObject } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import { booleanOf, listOf, numberOf, textOf, textsOf } from './fields.ts'
import type { Inventory } from './inventory.ts'
import type { ObjectShape } from './yurthub-topology.ts'

export interface Endpoint {
  readonly address: string
  /** Position in the object's own list. */
  readonly index: number
  /** As YurtHub's filter reads it: `nodeName`, in v1beta1 the topology label. */
  readonly node: string | undefined
  /** As kube-proxy reads it. */
  readonly nodeName: string | undefined
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly zone: string | undefined
  /** Undefined: no hint of this kind. */
  readonly forZones: readonly string[] | undefined
  readonly forNodes: readonly string[] | undefined
  /** `kube-system/coredns-edge-bz9bq`. */
  readonly pod: string | undefined
  readonly source: Source
}

export interface EndpointSet {
  readonly object: KubeObject
  readonly shape: ObjectShape
  readonly family: 'IPv4' | 'IPv6' | 'FQDN'
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number | undefined }[]
  /** In the order of the object. */
  readonly endpoints: readonly Endpoint[]
}

/** Slices; else Endpoints. Undefined: the bundle has neither kind, so nothing is known. */
export function endpointSetsOf(cluster: Inventory, service: KubeObject): readonly EndpointSet[] | undefined {
  const slices = cluster.slicesOf(service)
  if (slices.length > 0) return slices.flatMap(slice => sliceSet(slice))
  const endpoints = cluster.get('Endpoints', service.name, service.namespace)
  if (endpoints && !cluster.looked('EndpointSlice')) return endpointsSets(endpoints)
  return cluster.looked('EndpointSlice') || cluster.looked('Endpoints') ? [] : undefined
}

export function sliceSet(slice: KubeObject): EndpointSet {
  const old = slice.apiVersion.endsWith('/v1beta1')
  const type = textOf(slice.body, 'addressType')
  return {
    object: slice, shape: old ? 'slice v1beta1' : 'slice v1',
    family: type === 'IPv6' || type === 'FQDN' ? type : 'IPv4',
    ports: portsOf(slice.body, 'ports'),
    // Consumers use the first address only; the API has never given meaning to more.
    endpoints: listOf(slice.body, 'endpoints').flatMap((entry, at) => {
      const address = textsOf(entry, 'addresses')[0]
      return address === undefined ? [] : [sliceEndpoint(slice, entry, at, address, old)]
    }),
  }
}

function sliceEndpoint(slice: KubeObject, entry: unknown, at: number, address: string, old: boolean): Endpoint {
  const ready = booleanOf(entry, 'conditions', 'ready') ?? true
  const hostname = textOf(entry, 'topology', 'kubernetes.io/hostname')
  const nodeName = textOf(entry, 'nodeName') ?? (old ? hostname : undefined)
  return {
    address, index: at, ready, nodeName,
    node: old ? hostname ?? '' : textOf(entry, 'nodeName'),
    serving: booleanOf(entry, 'conditions', 'serving') ?? true,
    terminating: booleanOf(entry, 'conditions', 'terminating') ?? false,
    zone: textOf(entry, 'zone') ?? textOf(entry, 'topology', 'topology.kubernetes.io/zone'),
    forZones: hintsOf(entry, 'forZones'), forNodes: hintsOf(entry, 'forNodes'),
    pod: podOf(entry),
    get source() { return slice.at('endpoints', at, 'addresses', 0) },
  }
}

const hintsOf = (entry: unknown, kind: string): readonly string[] | undefined => {
  const hints = listOf(entry, 'hints', kind).flatMap(hint => textOf(hint, 'name') ?? [])
  return hints.length > 0 ? hints : undefined
}

function podOf(entry: unknown): string | undefined {
  if (textOf(entry, 'targetRef', 'kind') !== 'Pod') return undefined
  return `${textOf(entry, 'targetRef', 'namespace') ?? ''}/${textOf(entry, 'targetRef', 'name') ?? ''}`
}

const portsOf = (body: unknown, ...path: readonly (string | number)[]): EndpointSet['ports'] =>
  listOf(body, ...path).map(port =>
    ({ name: textOf(port, 'name') ?? '', protocol: textOf(port, 'protocol') ?? 'TCP', port: numberOf(port, 'port') }))

/** One set a subset: its addresses are ready, its notReadyAddresses are not. */
export function endpointsSets(object: KubeObject): readonly EndpointSet[] {
  return listOf(object.body, 'subsets').map((subset, at) => {
    const endpoints = (['addresses', 'notReadyAddresses'] as const).flatMap(list => listOf(subset, list).flatMap((entry, index) => {
      const address = textOf(entry, 'ip')
      const ready = list === 'addresses'
      return address === undefined ? [] : [addressEndpoint(object, entry, address, ready, ['subsets', at, list, index, 'ip'])]
    }))
    const family = endpoints[0]?.address.includes(':') ? 'IPv6' as const : 'IPv4' as const
    return { object, shape: 'endpoints' as const, family, ports: portsOf(subset, 'ports'), endpoints }
  })
}

type Path = readonly (string | number)[]

function addressEndpoint(object: KubeObject, entry: unknown, address: string, ready: boolean, path: Path): Endpoint {
  const nodeName = textOf(entry, 'nodeName')
  return {
    address, index: Number(path[3] ?? 0), ready, serving: ready, terminating: false, node: nodeName, nodeName,
    zone: undefined, forZones: undefined, forNodes: undefined,
    pod: podOf(entry), get source() { return object.at(...path) },
  }
}

// OpenYurt YurtHub's response filter `servicetopology` (pkg/yurthub/filter/servicetopology/filter.go, …/initializer/nodes_initializer.go):
// which endpoints of an annotated Service a reader on this node is given. Run at v1.2.0, v1.4.0, v1.5.0, v1.6.0, v1.7.0 and HEAD of
// 2026-08 (all recorded rows: test/fidelity/fidelity.test.ts); releases between them are taken as the next older one that was run, and
// what differs before v1.1 is from openyurt.md §3.4, not run. The annotation is one exact word: a list, a blank or another case is an
// unknown value and switches the filter off without a warning.
// Not modelled: events that pass before a membership change arrives, ACK Edge's own releases (their numbers are not OpenYurt's).
import type { PoolView } from './node-pools.ts'

export const TOPOLOGY_ANNOTATION = 'openyurt.io/topologyKeys'
export const TOPOLOGY_VALUES = ['kubernetes.io/hostname', 'openyurt.io/nodepool', 'kubernetes.io/zone'] as const

export interface TopologyFilter {
  /** Comparable: 1.7.0 is 10700; Infinity = later than every release. Undefined = not known: the rules of v1.4 to v1.6. */
  readonly version: number | undefined
  readonly node: string
  /** `--nodepool-name`; '' = not given. */
  readonly poolFlag: string
  /** `--enable-node-pool`, on by default. */
  readonly enableNodePool: boolean
  /** `--enable-pool-service-topology`: pools from NodeBuckets, off by default. */
  readonly enablePoolServiceTopology: boolean
  /** `--working-mode=cloud`: before v1.4 the own Node is watched then, not taken from kubelet's cache. */
  readonly cloud?: boolean
}

export type ObjectShape = 'slice v1' | 'slice v1beta1' | 'endpoints'

/** What the filter does to one object. `nodes`: endpoints on others are taken out. */
export type Scope =
  | { readonly kind: 'everything'; readonly because: Unfiltered }
  | { readonly kind: 'nodes'; readonly nodes: ReadonlySet<string>; readonly because: Narrowed; readonly pool?: string }
  /** v1.2 waits for its own Node object, and the reader with it. */
  | { readonly kind: 'hangs' }

type Unfiltered =
  | 'not-annotated' | 'unknown-value' | 'pool-topology-off' | 'pool-not-found' | 'pool-empty' | 'not-filtered-shape' | 'node-in-no-pool'
  | 'own-node-not-found'
type Narrowed = 'own-node' | 'node-in-no-pool' | 'own-pool' | 'pool-empty'

const NEWEST = Infinity
export const WHEN_UNKNOWN = 10600

/** `v1.6.0`, `1.7`, `HEAD`. */
export function releaseNumber(version: string): number | undefined {
  if (version === 'HEAD' || version === 'latest' || version === 'master') return NEWEST
  const parts = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?/.exec(version)
  return parts ? Number(parts[1]) * 10000 + Number(parts[2]) * 100 + Number(parts[3] ?? 0) : undefined
}

export function topologyScope(filter: TopologyFilter, annotation: string | undefined, shape: ObjectShape, view: PoolView): Scope {
  const version = filter.version ?? WHEN_UNKNOWN
  const waits = version < 10400 && version >= 10100 && !filter.cloud
  if (waits && view.poolLabel(filter.node) === undefined) return { kind: 'hangs' }
  if (annotation === undefined || annotation === '') return { kind: 'everything', because: 'not-annotated' }
  if (shape === 'endpoints' && (version >= 10700 || version < 10100)) return { kind: 'everything', because: 'not-filtered-shape' }
  if (shape === 'slice v1' && version < 700) return { kind: 'everything', because: 'not-filtered-shape' }
  if (annotation === 'kubernetes.io/hostname') return ownNode(filter, 'own-node')
  if (annotation === 'openyurt.io/nodepool' || annotation === 'kubernetes.io/zone') return poolScope(filter, version, shape, view)
  return { kind: 'everything', because: 'unknown-value' }
}

const ownNode = (filter: TopologyFilter, because: Narrowed): Scope => ({ kind: 'nodes', nodes: new Set([filter.node]), because })

function poolScope(filter: TopologyFilter, version: number, shape: ObjectShape, view: PoolView): Scope {
  const byBuckets = version >= 10500 && filter.enablePoolServiceTopology
  if (version >= 10500 && !filter.enableNodePool && !byBuckets) return { kind: 'everything', because: 'pool-topology-off' }
  // Before v1.4 the label always won, and the flag only narrowed what could be looked up.
  const label = version < 10400 || filter.poolFlag === '' ? view.poolLabel(filter.node) : filter.poolFlag
  if (label === undefined && version < 10400) return { kind: 'everything', because: 'own-node-not-found' }
  const pool = label ?? ''
  if (pool === '') return version < 10100 ? { kind: 'everything', because: 'node-in-no-pool' } : ownNode(filter, 'node-in-no-pool')
  const nodes = byBuckets ? nodesInBuckets(filter, pool, view) : nodesInPool(filter, version, pool, view)
  if (nodes === undefined) return { kind: 'everything', because: 'pool-not-found' }
  if (nodes.length === 0 && shape === 'endpoints' && version >= 10500) return { kind: 'everything', because: 'pool-empty' }
  return { kind: 'nodes', nodes: new Set(nodes), because: nodes.length === 0 ? 'pool-empty' : 'own-pool', pool }
}

function nodesInBuckets(filter: TopologyFilter, pool: string, view: PoolView): readonly string[] | undefined {
  const buckets = view.buckets.filter(bucket => bucket.pool === pool && (filter.poolFlag === '' || bucket.pool === filter.poolFlag))
  return buckets.length === 0 ? undefined : buckets.flatMap(bucket => bucket.nodes)
}

function nodesInPool(filter: TopologyFilter, version: number, pool: string, view: PoolView): readonly string[] | undefined {
  if (version < 10400 && !filter.enableNodePool) return undefined
  return view.pools.find(one => one.name === pool && isListed(one, filter.poolFlag, version))?.nodes
}

/** What `--nodepool-name` leaves of the informer: a field selector on the name, from v1.7 a label that no NodePool has by itself. */
function isListed(pool: PoolView['pools'][number], flag: string, version: number): boolean {
  if (flag === '') return true
  return version >= 10700 ? pool.labels['openyurt.io/pool-name'] === flag : pool.name === flag
}

export interface Filtered<T> {
  readonly kept: readonly T[]
  readonly removed: readonly T[]
  /** The filter dereferences a missing nodeName: the reader's LIST fails, a WATCH ends the whole YurtHub. */
  readonly panics: boolean
}

/** `node` as the filter reads it: `nodeName`, in v1beta1 the topology label. */
export function filterEndpoints<T extends { readonly node: string | undefined }>(
  endpoints: readonly T[], scope: Scope, shape: ObjectShape, version: number | undefined,
): Filtered<T> {
  if (scope.kind !== 'nodes') return { kept: endpoints, removed: [], panics: false }
  const release = version ?? NEWEST
  // From v1.5 an empty list of nodes is not even compared.
  const looks = shape === 'slice v1' && release >= 10100 && release <= 10700 && (scope.nodes.size > 0 || release < 10500)
  const panics = looks && endpoints.some(endpoint => endpoint.node === undefined)
  const kept: T[] = []
  const removed: T[] = []
  for (const endpoint of endpoints) (endpoint.node !== undefined && scope.nodes.has(endpoint.node) ? kept : removed).push(endpoint)
  return { kept, removed, panics }
}

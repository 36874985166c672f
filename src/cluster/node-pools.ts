// Node pools: which nodes belong together, in the words of whoever made the cluster. OpenYurt's NodePool and NodeBucket
// (openyurt.md §1), the label on the node that is the membership itself, and the vendor's keys (ACK Edge builds OpenYurt with
// `alibabacloud.com/nodepool-id`). KubeEdge's NodeGroup is read for membership only.
// The name that counts for YurtHub is the one under OpenYurt's own key; a vendor's id stands in where that is missing.
import type { KubeObject } from '../chain/model.ts'
import type { Sourced } from '../chain/source.ts'
import { listOf, textOf, textsOf } from './fields.ts'
import type { Inventory } from './inventory.ts'

/** In order of precedence. The clouds' own pool keys (GKE, EKS, AKS) are no sites: their nodes reach each other. */
export const POOL_LABELS = ['apps.openyurt.io/nodepool', 'alibabacloud.com/nodepool-id', 'apps.kubeedge.io/belonging-to'] as const
/** Every node of ACK carries `alibabacloud.com/nodepool-id`; it means a site only where there are edge nodes. */
const EDGE_LABELS = [
  'openyurt.io/is-edge-worker', 'alibabacloud.com/is-edge-worker', 'node-role.kubernetes.io/edge', 'apps.openyurt.io/nodepool',
] as const
const DESIRED_LABEL = 'apps.openyurt.io/desired-nodepool'
const BUCKET_POOL_LABEL = 'openyurt.io/pool-name'
const HOST_NETWORK_LABEL = 'nodepool.openyurt.io/hostnetwork'

export interface NodePools {
  /** Pool of a node, with the label that says so; undefined = in none, or the node is not known. */
  readonly poolOf: (node: string) => Sourced<string> | undefined
  readonly names: readonly string[]
  /** By label on the nodes, which is what membership is. */
  readonly nodesOf: (pool: string) => readonly string[]
  /** The NodePool object; a vendor's id is looked up among the pools' annotations and labels. */
  readonly object: (pool: string) => KubeObject | undefined
  /** What YurtHub's informers hold. */
  readonly view: PoolView
  /** The same, where the bundle has no NodePool objects with this node's pool as the labels make it: they were not asked for. */
  readonly viewFor: (node: string) => PoolView
  /** No CNI, kube-proxy or CoreDNS runs on the nodes of such a pool (openyurt.md §1.9). */
  readonly hostNetwork: (node: string) => Sourced<true> | undefined
}

/** The API objects that YurtHub's topology filter asks: see yurthub-topology.ts. */
export interface PoolView {
  /** The pool label of a Node object; undefined = there is no such Node. */
  readonly poolLabel: (node: string) => string | undefined
  readonly pools: readonly { readonly name: string; readonly nodes: readonly string[]; readonly labels: Readonly<Record<string, string>> }[]
  readonly buckets: readonly { readonly pool: string; readonly nodes: readonly string[] }[]
}

/** A cluster of sites: some node or pool carries the marks of OpenYurt, ACK Edge or KubeEdge. */
export const isEdgeCluster = (cluster: Inventory): boolean =>
  cluster.looked('NodePool') || cluster.looked('NodeGroup')
  || cluster.nodes.some(node => EDGE_LABELS.some(key => node.labels[key] !== undefined))

export function nodePools(cluster: Inventory): NodePools {
  const labels = new Map<string, Sourced<string>>()
  const edge = isEdgeCluster(cluster)
  for (const node of edge ? cluster.nodes : []) {
    const key = [...POOL_LABELS, DESIRED_LABEL].find(one => (node.labels[one] ?? '') !== '')
    if (key) labels.set(node.name, { value: node.labels[key] as string, source: node.at('metadata', 'labels', key) })
  }
  const members = new Map<string, string[]>()
  for (const [node, pool] of labels) members.set(pool.value, [...(members.get(pool.value) ?? []), node])
  const objects = cluster.all('NodePool')
  const names = [...new Set([...objects.map(pool => pool.name), ...members.keys()])].sort()
  const view = viewOf(cluster, labels, objects)
  return {
    names, view,
    viewFor: node => {
      const pool = labels.get(node)?.value
      if (cluster.looked('NodePool') || pool === undefined) return view
      return { ...view, pools: [{ name: pool, nodes: members.get(pool) ?? [], labels: { 'openyurt.io/pool-name': pool } }] }
    },
    poolOf: node => labels.get(node),
    nodesOf: pool => members.get(pool) ?? [],
    object: pool => objects.find(one => one.name === pool)
      ?? objects.find(one => POOL_LABELS.some(key => one.annotations[key] === pool || one.labels[key] === pool)),
    hostNetwork: name => {
      const node = cluster.get('Node', name)
      if (node?.labels[HOST_NETWORK_LABEL] !== 'true') return undefined
      return { value: true, source: node.at('metadata', 'labels', HOST_NETWORK_LABEL) }
    },
  }
}

function viewOf(cluster: Inventory, labels: ReadonlyMap<string, Sourced<string>>, pools: readonly KubeObject[]): PoolView {
  return {
    poolLabel: name => (cluster.get('Node', name) ? labels.get(name)?.value ?? '' : undefined),
    pools: pools.map(pool => ({ name: pool.name, nodes: textsOf(pool.body, 'status', 'nodes'), labels: pool.labels })),
    buckets: cluster.all('NodeBucket').map(bucket => ({
      pool: bucket.labels[BUCKET_POOL_LABEL] ?? '',
      nodes: listOf(bucket.body, 'nodes').flatMap(node => textOf(node, 'name') ?? []),
    })),
  }
}

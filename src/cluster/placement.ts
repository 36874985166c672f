// Where a workload's pods are, against the node pools, and what will keep them there. A Deployment with required node affinity and a
// spread constraint is "one per pool" only in a static placement; a rolling update, a later pool or a dead pool breaks it without a
// word (openyurt.md §2.6, S1–S9). A YurtAppSet makes one workload a pool. The scheduler's rule is read from
// pkg/scheduler/framework/plugins/podtopologyspread (1.3x), not run here.
// Not modelled: taints, capacity, the order in which a ReplicaSet picks its victims.
import type { KubeObject } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import type { CorednsPod } from './coredns-pods.ts'
import { fieldOf, listOf, numberOf, textMapOf, textOf, textsOf } from './fields.ts'
import type { Inventory } from './inventory.ts'
import { POOL_LABELS, type NodePools } from './node-pools.ts'
import { matchesExpression, matchesSelector } from './selector.ts'

export type SpreadWeakness =
  /** S1: replicas differ from the number of pools. */
  | 'replicas-not-pools'
  /** S4: a rolling update counts the old pods too. */
  | 'rolling-update-moves'
  /** S3: without minDomains a pool without nodes is no domain. */
  | 'no-min-domains'
  /** S9: the selector does not take the workload's own pods. */
  | 'selector-misses-own-pods'
  /** Only a wish: ScheduleAnyway. */
  | 'schedule-anyway'

export interface Placement {
  readonly workload: KubeObject
  /** `per-pool`: made by a YurtAppSet or YurtAppDaemon; `spread`: one workload, a spread constraint over pools; `daemon`: one a node. */
  readonly kind: 'per-pool' | 'spread' | 'daemon' | 'pinned' | 'free'
  /** Pools whose nodes the pods may run on. */
  readonly pools: readonly string[]
  /** Pods that run, by pool; nodes in no pool count under ''. */
  readonly podsByPool: ReadonlyMap<string, number>
  /** Allowed pools without a pod. */
  readonly emptyPools: readonly string[]
  /** Pods that were not given a node. */
  readonly pending: number
  readonly weaknesses: readonly { readonly kind: SpreadWeakness; readonly source: Source }[]
  readonly source: Source
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const

export function placementOf(cluster: Inventory, pools: NodePools, workload: KubeObject): Placement {
  const pods = cluster.podsOf(`${workload.kind}/${workload.name}`, workload.namespace) ?? []
  const template = fieldOf(workload.body, 'spec', 'template')
  const allowed = pools.names.filter(pool => pools.nodesOf(pool).some(node => mayRunOn(template, cluster.get('Node', node))))
  const podsByPool = new Map<string, number>()
  let pending = 0
  for (const pod of pods) {
    const node = textOf(pod.body, 'spec', 'nodeName')
    if (node === undefined || node === '') pending++
    else podsByPool.set(pools.poolOf(node)?.value ?? '', (podsByPool.get(pools.poolOf(node)?.value ?? '') ?? 0) + 1)
  }
  const owner = cluster.ownersOf(workload)[0]
  const spread = poolSpread(template, cluster)
  const perPool = owner?.kind === 'YurtAppSet' || owner?.kind === 'YurtAppDaemon'
  return {
    workload, pools: allowed, podsByPool, pending,
    kind: perPool ? 'per-pool' : workload.kind === 'DaemonSet' ? 'daemon' : spread ? 'spread'
      : allowed.length === 1 && pools.names.length > 1 ? 'pinned' : 'free',
    emptyPools: pods.length === 0 && !cluster.looked('Pod') ? [] : allowed.filter(pool => !podsByPool.has(pool)),
    weaknesses: spread && !perPool ? weaknessesOf(workload, spread, allowed.length) : [],
    source: spread ? workload.at('spec', 'template', 'spec', 'topologySpreadConstraints', spread.at) : workload.source,
  }
}

export const placements = (cluster: Inventory, pools: NodePools): readonly Placement[] =>
  WORKLOADS.flatMap(kind => cluster.all(kind)).map(workload => placementOf(cluster, pools, workload))

/** nodeSelector and the required node affinity; terms are alternatives, the expressions of a term all hold. */
function mayRunOn(template: unknown, node: KubeObject | undefined): boolean {
  if (!node) return false
  const selector = textMapOf(template, 'spec', 'nodeSelector')
  if (!Object.entries(selector).every(([key, value]) => node.labels[key] === value)) return false
  const terms = fieldOf(template, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
  if (!Array.isArray(terms)) return true
  return terms.some(term => {
    const expressions = listOf(term, 'matchExpressions')
    const fields = listOf(term, 'matchFields')
    // A term without any expression takes no node.
    return expressions.length + fields.length > 0 && expressions.every(one => matchesExpression(one, node.labels))
      && fields.every(one => matchesExpression(one, { 'metadata.name': node.name }))
  })
}

interface Spread { readonly at: number; readonly constraint: unknown }

/** A spread constraint whose key is a pool key of this cluster's nodes. */
function poolSpread(template: unknown, cluster: Inventory): Spread | undefined {
  const keys = new Set<string>(POOL_LABELS.filter(key => cluster.nodes.some(node => node.labels[key] !== undefined)))
  const all = listOf(template, 'spec', 'topologySpreadConstraints')
  const at = all.findIndex(constraint => keys.has(textOf(constraint, 'topologyKey') ?? ''))
  return at < 0 ? undefined : { at, constraint: all[at] }
}

function weaknessesOf(workload: KubeObject, { at, constraint }: Spread, poolCount: number): Placement['weaknesses'] {
  const found: { kind: SpreadWeakness; source: Source }[] = []
  const path = ['spec', 'template', 'spec', 'topologySpreadConstraints', at] as const
  const says = (kind: SpreadWeakness, source: Source): void => { found.push({ kind, source }) }
  const labels = textMapOf(workload.body, 'spec', 'template', 'metadata', 'labels')
  if (textOf(constraint, 'whenUnsatisfiable') === 'ScheduleAnyway') says('schedule-anyway', workload.at(...path, 'whenUnsatisfiable'))
  const takesOwn = matchesSelector(fieldOf(constraint, 'labelSelector'), labels)
  if (!takesOwn) says('selector-misses-own-pods', workload.at(...path, 'labelSelector'))
  if ((numberOf(workload.body, 'spec', 'replicas') ?? 1) !== poolCount) says('replicas-not-pools', workload.at('spec', 'replicas'))
  if ((numberOf(constraint, 'minDomains') ?? 1) < poolCount) says('no-min-domains', workload.at(...path))
  const strategy = fieldOf(workload.body, 'spec', 'strategy')
  const surge = String(fieldOf(strategy, 'rollingUpdate', 'maxSurge') ?? '25%')
  const rolls = workload.kind === 'Deployment' && textOf(strategy, 'type') !== 'Recreate' && surge !== '0' && surge !== '0%'
  if (rolls && !textsOf(constraint, 'matchLabelKeys').includes('pod-template-hash')) says('rolling-update-moves', workload.at(...path))
  return found
}

export interface PoolDns {
  readonly pool: string
  readonly nodes: readonly string[]
  /** CoreDNS pods on the pool's nodes, ready or not. */
  readonly servers: readonly CorednsPod[]
  /** Pods that use cluster DNS on the pool's nodes. */
  readonly clients: number
}

/** Which pools have a CoreDNS of their own; NodeLocal DNSCache is none. */
export function dnsByPool(cluster: Inventory, pools: NodePools, servers: readonly CorednsPod[]): readonly PoolDns[] {
  return pools.names.map(pool => {
    const nodes = pools.nodesOf(pool)
    return {
      pool, nodes,
      servers: servers.filter(server => server.role === 'coredns' && nodes.includes(server.node)),
      clients: nodes.flatMap(node => cluster.podsOnNode(node)).filter(usesClusterDns).length,
    }
  })
}

/** kubelet's reading of dnsPolicy: ClusterFirst with the host's network acts as Default. */
export function usesClusterDns(pod: KubeObject): boolean {
  const policy = textOf(pod.body, 'spec', 'dnsPolicy') ?? 'ClusterFirst'
  return policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && fieldOf(pod.body, 'spec', 'hostNetwork') !== true)
}

// The two YurtHub filters that take whole Services away from a node's kube-proxy, cluster IP included: the name still resolves, the
// address leads nowhere on that node. `discardcloudservice` (edge mode only) and `nodeportisolation` (since v1.3);
// pkg/yurthub/filter/{discardcloudservice,nodeportisolation}/filter.go, run as yurthub-topology.ts says (LISTs of kube-proxy).
// Not modelled: what a WATCH makes of a dropped Service (swallowed before v1.5, a crash in v1.4, DELETED afterwards).
import type { KubeObject } from '../chain/model.ts'
import { textOf } from './fields.ts'
import type { PoolView } from './node-pools.ts'
import type { YurtHub } from './yurthub.ts'
import type { TopologyFilter } from './yurthub-topology.ts'

export type ServiceFilter = 'discardcloudservice' | 'nodeportisolation'

export interface Dropped {
  readonly filter: ServiceFilter
  /** What it looked at. */
  readonly field: readonly string[]
}

const DISCARD = 'svc.openyurt.io/discard'
const LISTEN = 'nodeport.openyurt.io/listen'

/** Undefined: kube-proxy is given the Service. */
export function droppedBy(filter: TopologyFilter, mode: YurtHub['mode'], service: KubeObject, view: PoolView): Dropped | undefined {
  const version = filter.version ?? 10600
  if (mode !== 'cloud' && isDiscarded(service, version)) {
    return { filter: 'discardcloudservice', field: version >= 10500 ? ['metadata', 'annotations', DISCARD] : ['spec', 'type'] }
  }
  const isolated = version >= 10300 && isIsolated(filter, service, view)
  return isolated ? { filter: 'nodeportisolation', field: ['metadata', 'annotations', LISTEN] } : undefined
}

function isDiscarded(service: KubeObject, version: number): boolean {
  if (service.namespace === 'kube-system' && service.name === 'x-tunnel-server-internal-svc') return true
  if (textOf(service.body, 'spec', 'type') !== 'LoadBalancer') return false
  return version >= 10500 ? service.annotations[DISCARD] === 'true' : service.annotations['openyurt.io/skip-discard'] !== 'true'
}

/** The first mention of a pool counts; `*` stands for those that are not mentioned. A node in no pool keeps everything. */
function isIsolated(filter: TopologyFilter, service: KubeObject, view: PoolView): boolean {
  const listen = service.annotations[LISTEN]
  const pool = filter.poolFlag === '' ? view.poolLabel(filter.node) ?? '' : filter.poolFlag
  const type = textOf(service.body, 'spec', 'type')
  if (listen === undefined || pool === '' || (type !== 'NodePort' && type !== 'LoadBalancer')) return false
  const words = listen.split(',').map(word => word.trim())
  const own = words.find(word => word === pool || word === `-${pool}`)
  return own === undefined ? !words.includes('*') : own !== pool
}

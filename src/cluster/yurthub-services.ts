// The two YurtHub filters that take whole Services away from a node's kube-proxy, cluster IP included: the name still resolves, the
// address leads nowhere on that node. `discardcloudservice` (edge mode only) and `nodeportisolation` (since v1.3), each in its own file;
// what they make of a LIST of kube-proxy.
import type { KubeObject } from '../chain/model.ts'
import type { PoolView } from './node-pools.ts'
import { DISCARD, discardcloudservice, isDiscarded } from './yurthub-discardcloudservice.ts'
import type { HubSettings } from './yurthub-filter.ts'
import { enabledFilters, releaseOf } from './yurthub-filters.ts'
import { isIsolated, LISTEN, nodeportisolation, ownPool } from './yurthub-nodeportisolation.ts'

export type ServiceFilter = 'discardcloudservice' | 'nodeportisolation'

export interface Dropped {
  readonly filter: ServiceFilter
  /** What it looked at. */
  readonly field: readonly string[]
}

/** Undefined: kube-proxy is given the Service. */
export function droppedBy(hub: HubSettings, service: KubeObject, view: PoolView): Dropped | undefined {
  const version = releaseOf(hub)
  const on = new Set(enabledFilters(hub))
  if (on.has(discardcloudservice) && isDiscarded(service.body, version)) {
    return { filter: 'discardcloudservice', field: version >= 10500 ? ['metadata', 'annotations', DISCARD] : ['spec', 'type'] }
  }
  if (!on.has(nodeportisolation) || !isIsolated(service.body, ownPool({ hub, view }))) return undefined
  return { filter: 'nodeportisolation', field: ['metadata', 'annotations', LISTEN] }
}

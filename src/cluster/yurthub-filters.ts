// All response filters of YurtHub, in the order in which it registers them, and those that one YurtHub has switched on
// (pkg/yurthub/filter/base/base.go, cmd/yurthub/app/options/filters.go; openyurt.md §3.9).
import type { HubFilter, HubSettings } from './yurthub-filter.ts'
import { discardcloudservice } from './yurthub-discardcloudservice.ts'
import { forwardkubesvctraffic } from './yurthub-forwardkubesvctraffic.ts'
import { hostnetworkpropagation } from './yurthub-hostnetworkpropagation.ts'
import { inclusterconfig } from './yurthub-inclusterconfig.ts'
import { masterservice } from './yurthub-masterservice.ts'
import { nodeportisolation } from './yurthub-nodeportisolation.ts'
import { serviceenvupdater } from './yurthub-serviceenvupdater.ts'
import { servicetopology } from './yurthub-servicetopology.ts'
import { WHEN_UNKNOWN } from './yurthub-topology.ts'

const FILTERS: readonly HubFilter[] = [
  servicetopology, masterservice, discardcloudservice, inclusterconfig, nodeportisolation, hostnetworkpropagation,
  forwardkubesvctraffic, serviceenvupdater,
]

export const releaseOf = ({ filter }: HubSettings): number => filter.version ?? WHEN_UNKNOWN

export const filtersOfRelease = (version: number): readonly HubFilter[] =>
  FILTERS.filter(one => version >= one.since && (one.until === undefined || version < one.until))

/** `*` counts only when it is the one name given, and cloud mode adds names of its own. */
export function enabledFilters(hub: HubSettings): readonly HubFilter[] {
  if (!hub.resourceFilter) return []
  const all = filtersOfRelease(releaseOf(hub))
  const disabled = new Set([...hub.disabled, ...(hub.mode === 'cloud' ? all.filter(one => one.offInCloudMode).map(one => one.name) : [])])
  if (disabled.size === 1 && disabled.has('*')) return []
  return all.filter(one => !disabled.has(one.name))
}

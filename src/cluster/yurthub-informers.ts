// What YurtHub itself lists and watches for its filters (cmd/yurthub/app/config/config.go at each release): one line a request, as
// `<group/version> <resource> label=<selector> field=<selector>`. Who serves these to it is who decides what its filters know.
// Not modelled: tenant Secrets, local mode, what other parts of YurtHub (leases, certificates, the multiplexer) ask for.
import type { HubSettings } from './yurthub-filter.ts'
import { enabledFilters, releaseOf } from './yurthub-filters.ts'

const POOL_NAME_LABEL = 'openyurt.io/pool-name'

/** `nodeRead`: a filter asked for the own Node with a GET of its own. */
export function informerRequests(hub: HubSettings, nodeRead: boolean): readonly string[] {
  const version = releaseOf(hub)
  // Up to v1.6.0 nothing but the filters needs them.
  if (!hub.resourceFilter && version <= 10600) return []
  const names = new Set(enabledFilters(hub).map(one => one.name))
  const cloud = hub.mode === 'cloud'
  const lines = [
    configMaps(hub, version), ...pools(hub, version, names),
    ...(cloud && version >= 10400 ? [line('v1 pods', '', `spec.nodeName=${hub.filter.node}`)] : []),
    ...(names.has('servicetopology') || version >= 10600 ? [line('v1 services')] : []),
    ...(version >= 10400 ? (nodeRead ? [line('v1 nodes')] : []) : cloud ? cloudNode(hub, names) : []),
  ]
  return lines.sort()
}

const line = (what: string, label = '', field = ''): string => `${what} label=${label} field=${field}`

function configMaps({ filter }: HubSettings, version: number): string {
  return version < 10700 ? line('v1 configmaps', '', 'metadata.name=yurt-hub-cfg')
    : line('v1 configmaps', `openyurt.io/configmap-name in (yurt-hub-cfg, leader-hub-${filter.poolFlag})`)
}

/** Before v1.4 cloud mode watches Nodes for the own one; two filters want it, the first of them narrows it. */
function cloudNode({ filter }: HubSettings, names: ReadonlySet<string>): readonly string[] {
  if (names.has('servicetopology')) return [line('v1 nodes', '', `metadata.name=${filter.node}`)]
  return names.has('nodeportisolation') ? [line('v1 nodes')] : []
}

function pools({ filter, resourceFilter }: HubSettings, version: number, names: ReadonlySet<string>): readonly string[] {
  const { poolFlag, enableNodePool, enablePoolServiceTopology } = filter
  const byLabel = poolFlag === '' ? '' : `${POOL_NAME_LABEL}=${poolFlag}`
  const byName = poolFlag === '' ? '' : `metadata.name=${poolFlag}`
  if (version < 10400) return names.has('servicetopology') && enableNodePool ? [line('apps.openyurt.io/v1alpha1 nodepools', '', byName)] : []
  if (version < 10500) {
    const wanted = names.has('servicetopology') || names.has('hostnetworkpropagation')
    return wanted ? [line('apps.openyurt.io/v1beta1 nodepools', '', byName)] : []
  }
  if (!resourceFilter) return []
  if (enablePoolServiceTopology) return [line('apps.openyurt.io/v1alpha1 nodebuckets', byLabel)]
  if (!enableNodePool) return []
  return [version < 10700 ? line('apps.openyurt.io/v1beta1 nodepools', '', byName) : line('apps.openyurt.io/v1beta2 nodepools', byLabel)]
}

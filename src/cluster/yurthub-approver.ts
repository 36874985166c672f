// Which of YurtHub's filters a request meets: by the client's User-Agent up to the first `/`, in lower case, the verb and the resource
// (pkg/yurthub/filter/approver/approver.go; from v1.6.1 pkg/yurthub/configuration/manager.go). ConfigMap kube-system/yurt-hub-cfg adds
// clients; defaults cannot be taken away. Up to v1.6.0 its keys may be spelled `filter_<name>` and its values `client/version`; from
// v1.6.1 only the exact words count. Up to v1.6 it is found by its name, from v1.7 by its label alone. v1.2 keeps one filter a request: a
// default wins, and among two that the ConfigMap adds Go's map order draws one.
// Not modelled: a change of the ConfigMap while YurtHub runs, `cache_agents`, partial object metadata requests.
import { textMapOf } from './fields.ts'
import type { Inventory } from './inventory.ts'
import type { HubFilter, HubSettings } from './yurthub-filter.ts'
import { enabledFilters, filtersOfRelease, releaseOf } from './yurthub-filters.ts'

export interface HubRequest {
  readonly userAgent: string
  readonly verb: string
  readonly resource: string
}

const CONFIGURATION = 'yurt-hub-cfg'
const CONFIGURATION_LABEL = 'openyurt.io/configmap-name'
const OWN_COMPONENT = 'yurthub'

/** Each alternative a list of names, sorted; more than one where YurtHub itself draws. */
export function filtersNamed(hub: HubSettings, request: HubRequest, cluster: Inventory): readonly (readonly string[])[] {
  const version = releaseOf(hub)
  const component = request.userAgent.toLowerCase().split('/')[0] ?? ''
  if (component === '' || isSkipped(component, request, hub, version)) return [[]]
  // Before v1.6.1 the approver knows only filters that are on.
  const known = version > 10600 ? filtersOfRelease(version) : enabledFilters(hub)
  const meant = known.filter(one => one.resources[request.resource]?.includes(request.verb))
  const byDefault = meant.filter(one => one.components.includes(component)).map(one => one.name)
  const data = configuration(hub, cluster)
  const added = meant.filter(one => addedClients(one, data, version).has(component)).map(one => one.name)
  const all = [...new Set([...byDefault, ...added])].sort()
  if (version >= 10300 || all.length < 2) return [all]
  return (byDefault.length > 0 ? byDefault : all).map(name => [name])
}

function isSkipped(component: string, { verb, resource }: HubRequest, { filter }: HubSettings, version: number): boolean {
  if (version <= 10600) return component === OWN_COMPONENT && resource === 'configmaps' && (verb === 'list' || verb === 'watch')
  return component === OWN_COMPONENT || component === `multiplexer-proxy-${filter.node}`
}

function configuration(hub: HubSettings, cluster: Inventory): Readonly<Record<string, string>> {
  const map = cluster.get('ConfigMap', CONFIGURATION, 'kube-system')
  if (!map) return {}
  const label = map.labels[CONFIGURATION_LABEL]
  const seen = releaseOf(hub) < 10700 || label === CONFIGURATION || label === `leader-hub-${hub.filter.poolFlag}`
  return seen ? textMapOf(map.body, 'data') : {}
}

function addedClients(filter: HubFilter, data: Readonly<Record<string, string>>, version: number): ReadonlySet<string> {
  const exact = version > 10600
  const named = (key: string): string => {
    const name = key.trim()
    return name.startsWith('filter_') ? name.slice('filter_'.length).trim() : name
  }
  const values = Object.entries(data).filter(([key]) => (exact ? key : named(key)) === filter.name)
  return new Set(values.flatMap(([, value]) => value.split(',').map(word => ((exact ? word : word.split('/')[0]) ?? '').trim())).filter(one => one !== ''))
}

// OpenYurt YurtHub's filter `servicetopology` on whole objects: EndpointSlices of v1 and v1beta1, and Endpoints up to v1.6. Which nodes
// stay, by release, is yurthub-topology.ts. An object whose endpoints are all gone is still delivered.
import { listOf, textOf, type Fields } from './fields.ts'
import { kept, type Filtered, type HubFilter, type HubRun } from './yurthub-filter.ts'
import { filterEndpoints, TOPOLOGY_ANNOTATION, topologyScope, type ObjectShape, type Scope } from './yurthub-topology.ts'

export const servicetopology: HubFilter = {
  name: 'servicetopology', since: 401, components: ['kube-proxy', 'coredns', 'nginx-ingress-controller'],
  resources: { endpoints: ['list', 'watch'], endpointslices: ['list', 'watch'] },
  hangs: ({ hub, view }) => topologyScope(hub.filter, undefined, 'slice v1', view).kind === 'hangs',
  apply(body, run) {
    const shape = shapeOf(body)
    if (shape === undefined) return kept(body)
    const metadata = body.metadata
    const name = shape === 'endpoints' ? textOf(metadata, 'name') : textOf(metadata, 'labels', 'kubernetes.io/service-name')
    const service = run.cluster.get('Service', name ?? '', textOf(metadata, 'namespace') ?? '')
    const scope = topologyScope(run.hub.filter, service?.annotations[TOPOLOGY_ANNOTATION], shape, run.view)
    if (scope.kind !== 'nodes') return kept(body)
    return shape === 'endpoints' ? filteredSubsets(body, scope, run) : filteredSlice(body, scope, shape, run)
  },
}

function shapeOf({ kind, apiVersion }: Fields): ObjectShape | undefined {
  if (kind === 'Endpoints') return 'endpoints'
  if (kind !== 'EndpointSlice') return undefined
  return apiVersion === 'discovery.k8s.io/v1beta1' ? 'slice v1beta1' : 'slice v1'
}

function filteredSlice(body: Fields, scope: Scope, shape: ObjectShape, run: HubRun): Filtered {
  const own = shape === 'slice v1' ? ['nodeName'] : ['topology', 'kubernetes.io/hostname']
  const endpoints = listOf(body, 'endpoints').map(entry => ({ entry, node: textOf(entry, ...own) }))
  const { kept: left, panics } = filterEndpoints(endpoints, scope, shape, run.version)
  return panics ? { kind: 'panics' } : kept({ ...body, endpoints: left.map(one => one.entry) })
}

function filteredSubsets(body: Fields, scope: Scope, run: HubRun): Filtered {
  const subsets = listOf(body, 'subsets').flatMap(subset => {
    const [addresses, notReadyAddresses] = (['addresses', 'notReadyAddresses'] as const).map(list => {
      const entries = listOf(subset, list).map(entry => ({ entry, node: textOf(entry, 'nodeName') }))
      return filterEndpoints(entries, scope, 'endpoints', run.version).kept.map(one => one.entry)
    })
    return addresses?.length || notReadyAddresses?.length ? [{ ...(subset as Fields), addresses, notReadyAddresses }] : []
  })
  return kept({ ...body, subsets })
}

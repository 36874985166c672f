// The objects that CoreDNS on a node is given through its YurtHub: EndpointSlices of annotated Services hold only this node's or pool's
// endpoints, so the same headless name has other answers in another pool (findings.md F35; default clients of `servicetopology` are
// kube-proxy, coredns and nginx-ingress-controller). ConfigMap yurt-hub-cfg can set further filters on CoreDNS, such as those that take
// Services away. Pods and namespaces pass as they are.
// Not modelled: a CoreDNS whose kubeconfig or environment leads around YurtHub; of several orders of filters the first is taken.
import type { KubeObject, KubernetesView } from '../chain/model.ts'
import { listOf } from './fields.ts'
import type { Inventory } from './inventory.ts'
import type { NodePools } from './node-pools.ts'
import { sliceSet } from './endpoint-slices.ts'
import type { YurtHub } from './yurthub.ts'
import { filtersNamed } from './yurthub-approver.ts'
import { answersOf } from './yurthub-response.ts'
import { filterEndpoints, TOPOLOGY_ANNOTATION, topologyScope } from './yurthub-topology.ts'

export function viewAtNode(cluster: Inventory, pools: NodePools, hub: YurtHub): KubernetesView {
  const { view } = cluster
  if (hub.present === 'no' || hub.present === 'unknown') return view
  const sliced = hub.switchedOff ? undefined : view.endpointSlices?.map(slice => filteredSlice(cluster, pools, hub, slice))
  const services = view.services && leftOf(cluster, pools, hub, view.services)
  return { ...view, endpointSlices: sliced ?? view.endpointSlices, services }
}

/** Only a filter that yurt-hub-cfg names for CoreDNS touches its Services. */
function leftOf(cluster: Inventory, pools: NodePools, hub: YurtHub, services: readonly KubeObject[]): readonly KubeObject[] {
  const request = { userAgent: 'coredns', verb: 'list', resource: 'services' }
  if (filtersNamed(hub.settings, request, cluster).every(names => names.length === 0)) return services
  const view = pools.viewFor(hub.node)
  return services.flatMap(service => {
    const ending = answersOf(hub.settings, request, cluster, view, [service.body])[0]?.ending
    return ending?.kind === 'objects' ? ending.objects.map(body => ({ ...service, body })) : [service]
  })
}

function filteredSlice(cluster: Inventory, pools: NodePools, hub: YurtHub, slice: KubeObject): KubeObject {
  const service = cluster.get('Service', slice.labels['kubernetes.io/service-name'] ?? '', slice.namespace)
  const annotation = service?.annotations[TOPOLOGY_ANNOTATION] ?? ''
  if (annotation === '') return slice
  const set = sliceSet(slice)
  const scope = topologyScope(hub.filter, annotation, set.shape, pools.viewFor(hub.node))
  const { removed } = filterEndpoints(set.endpoints, scope, set.shape, hub.filter.version)
  if (removed.length === 0) return slice
  const gone = new Set(removed.map(endpoint => endpoint.index))
  const kept = listOf(slice.body, 'endpoints').map((value, index) => ({ value, index })).filter(({ index }) => !gone.has(index))
  return {
    ...slice, body: { ...slice.body, endpoints: kept.map(one => one.value) },
    // Places are those of the object as it is written.
    at: (...path) => {
      const own = path[0] === 'endpoints' && typeof path[1] === 'number' ? kept[path[1]]?.index : undefined
      return own === undefined ? slice.at(...path) : slice.at('endpoints', own, ...path.slice(2))
    },
  }
}

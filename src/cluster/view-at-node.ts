// The objects that CoreDNS on a node is given through its YurtHub: EndpointSlices of annotated Services hold only this node's or pool's
// endpoints, so the same headless name has other answers in another pool (findings.md F35; default clients of `servicetopology` are
// kube-proxy, coredns and nginx-ingress-controller). Services, pods and namespaces pass as they are.
// Not modelled: `yurt-hub-cfg` taking more clients in, a CoreDNS whose kubeconfig or environment leads around YurtHub.
import type { KubeObject, KubernetesView } from '../chain/model.ts'
import { listOf } from './fields.ts'
import type { Inventory } from './inventory.ts'
import type { NodePools } from './node-pools.ts'
import { sliceSet } from './endpoint-slices.ts'
import type { YurtHub } from './yurthub.ts'
import { filterEndpoints, TOPOLOGY_ANNOTATION, topologyScope } from './yurthub-topology.ts'

export function viewAtNode(cluster: Inventory, pools: NodePools, hub: YurtHub): KubernetesView {
  const { view } = cluster
  if (hub.present === 'no' || hub.present === 'unknown' || hub.switchedOff || !view.endpointSlices) return view
  return { ...view, endpointSlices: view.endpointSlices.map(slice => filteredSlice(cluster, pools, hub, slice)) }
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

// OpenYurt YurtHub's filter `forwardkubesvctraffic` (since v1.5, pkg/yurthub/filter/forwardkubesvctraffic/filter.go): kube-proxy is given
// YurtHub as the one endpoint of `default/kubernetes`, so the cluster address behind `kubernetes.default` leads to YurtHub on this node.
// Only the v1 slice named `kubernetes`, and only when its address type is that of YurtHub's address.
import { listOf } from './fields.ts'
import { HUB_SECURE_PORT, hubAddress, isNamed, kept, type HubFilter } from './yurthub-filter.ts'
import { withPort } from './yurthub-masterservice.ts'

export const forwardkubesvctraffic: HubFilter = {
  name: 'forwardkubesvctraffic', since: 10500, components: ['kube-proxy'], resources: { endpointslices: ['list', 'watch'] },
  offInCloudMode: true,
  apply(body, { hub }) {
    const own = body.kind === 'EndpointSlice' && body.apiVersion === 'discovery.k8s.io/v1' && isNamed(body, 'default', 'kubernetes')
    if (!own || body.addressType !== 'IPv4') return kept(body)
    return kept({
      ...body, ports: withPort(listOf(body, 'ports'), HUB_SECURE_PORT),
      endpoints: [{ addresses: [hubAddress(hub)], conditions: { ready: true } }],
    })
  },
}

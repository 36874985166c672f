// OpenYurt YurtHub's filter `discardcloudservice` (pkg/yurthub/filter/discardcloudservice/filter.go): takes cloud load balancers away from
// the kube-proxy of an edge node, cluster IP included, so the name resolves and the address leads nowhere there. Up to v1.4 every
// LoadBalancer Service but those annotated `openyurt.io/skip-discard`; since v1.5 only those annotated `svc.openyurt.io/discard`.
import { textMapOf, textOf, type Fields } from './fields.ts'
import { DROPPED, isNamed, kept, type HubFilter } from './yurthub-filter.ts'

export const DISCARD = 'svc.openyurt.io/discard'
const SKIP_DISCARD = 'openyurt.io/skip-discard'

export const discardcloudservice: HubFilter = {
  name: 'discardcloudservice', since: 500, components: ['kube-proxy'], resources: { services: ['list', 'watch'] }, offInCloudMode: true,
  meetsNil: () => 'panics',
  apply: (body, { version }) => (body.kind === 'Service' && isDiscarded(body, version) ? DROPPED : kept(body)),
}

export function isDiscarded(service: Fields, version: number): boolean {
  if (isNamed(service, 'kube-system', 'x-tunnel-server-internal-svc')) return true
  if (textOf(service, 'spec', 'type') !== 'LoadBalancer') return false
  const annotations = textMapOf(service, 'metadata', 'annotations')
  return version >= 10500 ? annotations[DISCARD] === 'true' : annotations[SKIP_DISCARD] !== 'true'
}

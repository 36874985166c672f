// OpenYurt YurtHub's filter `masterservice` (pkg/yurthub/filter/masterservice/filter.go, v1.2.0 to HEAD of 2026-08): kubelet is told that
// `default/kubernetes` lives at YurtHub, so every pod's KUBERNETES_SERVICE_HOST and _PORT lead there. The name `kubernetes.default` still
// has the real cluster address, since CoreDNS's Services are not filtered. `clusterIPs` since v1.6.
// Not modelled: --access-server-through-hub=false (up to v1.4), other addresses than the default of the dummy interface.
import { listOf, textOf, type Fields } from './fields.ts'
import { HUB_SECURE_PORT, hubAddress, isNamed, kept, type HubFilter } from './yurthub-filter.ts'

export const masterservice: HubFilter = {
  name: 'masterservice', since: 401, components: ['kubelet'], resources: { services: ['list', 'watch'] },
  meetsNil: () => 'panics',
  apply(body, { hub, version }) {
    if (body.kind !== 'Service' || !isNamed(body, 'default', 'kubernetes')) return kept(body)
    const address = hubAddress(hub)
    const ports = withPort(listOf(body, 'spec', 'ports'), HUB_SECURE_PORT)
    return kept({ ...body, spec: { ...(body.spec as Fields), clusterIP: address, ...(version >= 10600 && { clusterIPs: [address] }), ports } })
  },
}

/** The first port named `https` only. */
export function withPort(ports: readonly unknown[], port: number): readonly unknown[] {
  const at = ports.findIndex(one => textOf(one, 'name') === 'https')
  return ports.map((one, index) => (index === at ? { ...(one as Fields), port } : one))
}

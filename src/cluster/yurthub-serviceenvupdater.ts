// OpenYurt YurtHub's filter `serviceenvupdater` (since v1.6, pkg/yurthub/filter/serviceenvupdater/filter.go): where a container of a pod
// already has KUBERNETES_SERVICE_HOST or _PORT in its environment, kubelet is given YurtHub's address there. Init containers are left.
import { isFields, listOf, textOf, type Fields } from './fields.ts'
import { HUB_SECURE_PORT, hubAddress, kept, type HubFilter } from './yurthub-filter.ts'

export const serviceenvupdater: HubFilter = {
  name: 'serviceenvupdater', since: 10600, components: ['kubelet'], resources: { pods: ['list', 'watch', 'get', 'patch'] },
  offInCloudMode: true,
  apply(body, { hub }) {
    if (body.kind !== 'Pod' || !isFields(body.spec)) return kept(body)
    const values: Readonly<Record<string, string>> = { KUBERNETES_SERVICE_HOST: hubAddress(hub), KUBERNETES_SERVICE_PORT: String(HUB_SECURE_PORT) }
    const containers = listOf(body.spec, 'containers').map(container => {
      const env = listOf(container, 'env')
      return env.length === 0 ? container : { ...(container as Fields), env: replaced(env, values) }
    })
    return kept({ ...body, spec: { ...body.spec, containers } })
  },
}

/** It stops as soon as it has met both names: later repeats stay. */
function replaced(env: readonly unknown[], values: Readonly<Record<string, string>>): readonly unknown[] {
  const met = new Set<string>()
  return env.map(one => {
    const name = textOf(one, 'name') ?? ''
    if (!Object.hasOwn(values, name) || met.size === 2) return one
    met.add(name)
    return { ...(one as Fields), value: values[name] }
  })
}

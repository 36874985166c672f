// OpenYurt YurtHub's filter `hostnetworkpropagation` (v1.4 only, pkg/yurthub/filter/hostnetworkpropagation/filter.go): pods of a pool with
// `spec.hostNetwork` are shown to kubelet with `hostNetwork: true`. It looks at single objects, so only WATCH events change; a LIST
// passes. The first pool found is kept for the life of the process. The own pool is read from the Node that the *pod* names.
import { booleanOf, isFields, textOf, type Fields } from './fields.ts'
import { kept, type HubFilter, type HubRun } from './yurthub-filter.ts'

export const hostnetworkpropagation: HubFilter = {
  name: 'hostnetworkpropagation', since: 10400, until: 10500, components: ['kubelet'], resources: { pods: ['list', 'watch'] },
  offInCloudMode: true,
  apply(body, run) {
    if (run.verb === 'list' || body.kind !== 'Pod' || booleanOf(body, 'spec', 'hostNetwork') === true) return kept(body)
    run.kept.hostNetworkPool ??= hostNetworkPool(body, run)
    const spec = isFields(body.spec) ? body.spec : {}
    return kept(run.kept.hostNetworkPool === true ? { ...body, spec: { ...spec, hostNetwork: true } } : body)
  },
}

function hostNetworkPool(pod: Fields, { hub, view, cluster, kept: memory }: HubRun): boolean | undefined {
  const flag = hub.filter.poolFlag
  memory.pool ??= flag !== '' ? flag : view.poolLabel(textOf(pod, 'spec', 'nodeName') ?? '') || undefined
  const pool = memory.pool !== undefined && (flag === '' || memory.pool === flag) ? cluster.get('NodePool', memory.pool) : undefined
  return pool && booleanOf(pool.body, 'spec', 'hostNetwork') === true
}

// OpenYurt YurtHub's filter `inclusterconfig` (since v1.2, pkg/yurthub/filter/inclusterconfig/filter.go): kubelet is given kube-proxy's
// ConfigMap with the `kubeconfig:` line of config.conf commented out, so that kube-proxy asks the API server through YurtHub.
// A line counts when, blanks cut, it has exactly one colon and `kubeconfig` before it.
import { textMapOf, type Fields } from './fields.ts'
import { isNamed, kept, type HubFilter } from './yurthub-filter.ts'

export const inclusterconfig: HubFilter = {
  name: 'inclusterconfig', since: 10200, components: ['kubelet'], resources: { configmaps: ['get', 'list', 'watch'] },
  apply(body) {
    const own = body.kind === 'ConfigMap' && isNamed(body, 'kube-system', 'kube-proxy')
    const config = own ? textMapOf(body, 'data')['config.conf'] : undefined
    return kept(config === undefined ? body : { ...body, data: { ...(body.data as Fields), 'config.conf': withoutKubeconfig(config) } })
  },
}

const withoutKubeconfig = (config: string): string => config.split('\n').map(line => {
  const parts = line.replace(/^ +| +$/g, '').split(':')
  return parts.length === 2 && parts[0] === 'kubeconfig' ? line.replace('kubeconfig', '#kubeconfig') : line
}).join('\n')

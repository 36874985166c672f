// OpenYurt YurtHub's filter `nodeportisolation` (since v1.3, pkg/yurthub/filter/nodeportisolation/filter.go): NodePort and LoadBalancer
// Services annotated `nodeport.openyurt.io/listen` are taken away, cluster IP included, from kube-proxies of pools that are not listed.
// The list: `pool`, `-pool` (not there), `*` (everywhere else), comma between them, blanks around a word cut, the first mention of a
// name counts. A node in no pool keeps everything. Since v1.5 the own Node is read only for a Service that is annotated.
import { textMapOf, textOf, type Fields } from './fields.ts'
import { DROPPED, kept, type HubFilter, type HubRun } from './yurthub-filter.ts'

export const LISTEN = 'nodeport.openyurt.io/listen'

export const nodeportisolation: HubFilter = {
  name: 'nodeportisolation', since: 10300, components: ['kube-proxy'], resources: { services: ['list', 'watch'] },
  meetsNil: run => (ownPool(run) === '' ? 'dropped' : 'panics'),
  hangs: ({ hub, version, view }) => version < 10400 && hub.mode !== 'cloud' && hub.filter.poolFlag === '' && view.poolLabel(hub.filter.node) === undefined,
  apply(body, run) {
    if (body.kind !== 'Service') return kept(body)
    if (run.version >= 10500 && !isListening(body)) return kept(body)
    return isIsolated(body, ownPool(run)) ? DROPPED : kept(body)
  },
}

/** The pool of the node that YurtHub runs on, '' when it is in none; the flag wins, and nothing is read then. */
export const ownPool = ({ hub, view }: Pick<HubRun, 'hub' | 'view'>): string => hub.filter.poolFlag || (view.poolLabel(hub.filter.node) ?? '')

const listenOf = (service: Fields): string | undefined => textMapOf(service, 'metadata', 'annotations')[LISTEN]
const isListening = (service: Fields): boolean =>
  listenOf(service) !== undefined && ['NodePort', 'LoadBalancer'].includes(textOf(service, 'spec', 'type') ?? '')

export function isIsolated(service: Fields, pool: string): boolean {
  if (pool === '' || !isListening(service)) return false
  const words = (listenOf(service) ?? '').split(',').map(word => word.trim())
  const mention = (name: string): string | undefined => words.find(word => word === name || word === `-${name}`)
  const own = mention(pool)
  return own === undefined ? mention('*') !== '*' : own !== pool
}

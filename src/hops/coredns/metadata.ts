// Metadata: plugin/metadata/ and its providers, 1.9.3 to 1.15.0. In a block with the plugin, what the providers know of a query is collected when
// the block gets it (since 1.10 before its view is asked), and goes along with it; later plugins see it whatever becomes of the
// question. What a lookup inside the process brings along is its asker's, unless the block has the plugin itself.
// Not modelled: the labels of `geoip` and `trace` (a use is said), those of a block whose view did not take the query.
import type { Source } from '../../chain/source.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { labelsOf, nameKey } from '../../dns/name.ts'
import { indexKubernetes } from './kubernetes-index.ts'
import { parseKubernetesName } from './kubernetes-name.ts'
import { readKubernetes } from './kubernetes-options.ts'
import { matchZone, originsOf } from './origins.ts'
import { since, usesOf, type PluginSetup } from './plugin.ts'
import type { Metadata } from './rewrite-rule.ts'

type Labels = Readonly<Record<string, string>>
type ProviderSetup = Pick<PluginSetup, 'block' | 'zones' | 'version' | 'model' | 'has'>
type Provider = (query: DnsQuery) => Labels

/** Undefined: the block does not collect. */
export function metadataCollector(setup: ProviderSetup): Provider | undefined {
  if (!setup.has('metadata')) return undefined
  const zones = originsOf(usesOf(setup, 'metadata')[0]?.args.map(a => a.value) ?? [], setup.zones)
  const view = since(setup.version, 1, 10) ? usesOf(setup, 'view')[0]?.args[0]?.value : undefined
  const kubernetes = setup.has('kubernetes') ? kubernetesLabels(setup) : undefined
  return query => (matchZone(zones, query.name) === undefined ? {} : { ...(view !== undefined && { 'view/name': view }), ...kubernetes?.(query) })
}

/** What the query brought along. */
export const metadataOf = ({ metadata }: DnsQuery): Metadata => label => (metadata && Object.hasOwn(metadata, label) ? metadata[label] : undefined)

const UNKNOWN_PROVIDERS = ['geoip', 'trace']

/** A label whose value nobody here can know. */
export const isUnknownLabel = (setup: Pick<PluginSetup, 'has'>, label: string): boolean =>
  setup.has('metadata') && UNKNOWN_PROVIDERS.some(plugin => label.startsWith(`${plugin}/`) && setup.has(plugin))

/** Words in which a label stands in braces: what is worked out of it here counts as not set. */
export function sayUnknownLabel(setup: Pick<PluginSetup, 'has' | 'report'>, words: readonly string[], source: Source): void {
  const label = words.flatMap(word => [...word.matchAll(/\{\/?([^{}]+)\}/g)].map(found => found[1] as string)).find(each => isUnknownLabel(setup, each))
  if (label === undefined) return
  setup.report({ code: 'corefile-metadata-unmodelled', message: `the metadata label ${label} is not modelled; it counts as not set`, state: 'partly-modelled', source })
}

/** plugin/kubernetes/metadata.go: who asks (only with `pods verified`), and what the name asks for. */
function kubernetesLabels(setup: ProviderSetup): Provider | undefined {
  const options = readKubernetes(usesOf(setup, 'kubernetes'), setup.zones, setup.version, () => undefined)
  if ('refused' in options) return undefined
  const index = indexKubernetes(setup.model.kubernetes, options, false)
  const isListed = options.pods === 'verified' && setup.model.kubernetesSynced?.value !== false
  const pod = (query: DnsQuery): Labels => {
    const [asker] = (isListed && query.client !== undefined ? index.podsAt(query.client) : undefined) ?? []
    if (!asker) return {}
    const labels = since(setup.version, 1, 11, 3) ? Object.entries(asker.labels).map(([name, value]) => [`kubernetes/client-label/${name}`, value]) : []
    return { 'kubernetes/client-namespace': asker.namespace, 'kubernetes/client-pod-name': asker.name, ...Object.fromEntries(labels) }
  }
  return query => {
    const zone = matchZone(options.zones, query.name)
    if (zone === undefined) return pod(query)
    const name = parseKubernetesName(nameKey(query.name), labelsOf(zone).length, options.zonal)
    if (!name) return { ...pod(query), 'kubernetes/parse-error': 'invalid query name' }
    return {
      ...pod(query), 'kubernetes/port-name': name.port, 'kubernetes/protocol': name.protocol, 'kubernetes/endpoint': name.endpoint,
      'kubernetes/service': name.service, 'kubernetes/namespace': name.namespace, 'kubernetes/kind': name.tree ?? '',
      ...(options.zonal && { 'kubernetes/zone': name.topology?.zone ?? '' }),
    }
  }
}

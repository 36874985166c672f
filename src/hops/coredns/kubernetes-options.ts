// The `kubernetes` directive of a Corefile: plugin/kubernetes/setup.go at CoreDNS 1.9.3 to 1.15.0.
// How CoreDNS talks to the API (endpoint, tls, kubeconfig, apiserver_*, startup_timeout) changes no answer and is only checked.
// Not modelled: multicluster (its zones answer `unmodelled`), and `transfer` of CoreDNS before 1.8.
import type { Directive } from '../../chain/model.ts'
import type { Problem, Source } from '../../chain/source.ts'
import { fallthroughZones, isReverseZone, originsOf } from './origins.ts'
import { parseSelector, type Selector } from './kubernetes-selector.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { argumentText, ONCE_TEXT, refuse } from './refuse.ts'

export type PodMode = 'disabled' | 'insecure' | 'verified'
export const POD_MODES: ReadonlySet<string> = new Set<PodMode>(['disabled', 'insecure', 'verified'])
export const LONGEST_TTL_S = 3600

export interface KubernetesOptions {
  readonly zones: readonly string[]
  /** The first zone that is not reverse: PTR targets end in it. */
  readonly primaryZone: string
  readonly namespaces: ReadonlySet<string>
  readonly namespaceLabels: Selector | undefined
  readonly labels: Selector | undefined
  readonly pods: PodMode
  readonly endpointPodNames: boolean
  readonly ttlS: number
  readonly noendpoints: boolean
  readonly fallthrough: readonly string[]
  readonly ignoreEmptyService: boolean
  readonly zonal: boolean
  readonly multiclusterZones: readonly string[]
  readonly sources: { readonly directive: Source; readonly fallthrough?: Source }
}

type Draft = { -readonly [K in keyof KubernetesOptions]: KubernetesOptions[K] }

/** First release that knows the option; before it is an unknown property. */
const SINCE: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ['namespace_labels', [1, 5, 0]], ['multicluster', [1, 12, 2]], ['startup_timeout', [1, 12, 3]], ['zonal', [1, 14, 7]],
  ['apiserver_qps', [1, 14, 0]], ['apiserver_burst', [1, 14, 0]], ['apiserver_max_inflight', [1, 14, 0]],
])
/** Of the options that some release has. */
export function isOptionOf(name: string, version: CorednsVersion): boolean {
  const from = SINCE.get(name)
  return from === undefined || since(version, ...from)
}

/** `kubeconfig FILE` alone. */
export const needsNoContext = (version: CorednsVersion): boolean => since(version, 1, 8, 2)

/** Options that change no answer that is modelled. The first three are unknown again since 1.7.0 and 1.8.0. */
const SILENT: ReadonlySet<string> = new Set(['upstream', 'resyncperiod', 'transfer', 'startup_timeout', 'apiserver_qps', 'apiserver_burst', 'apiserver_max_inflight'])

/** `refused`: CoreDNS does not start with this configuration, and says so with this text: before 1.7; later kubernetes-setup.ts does. */
export function readKubernetes(
  directives: readonly Directive[], blockZones: readonly string[], version: CorednsVersion, report: (problem: Problem) => void,
): KubernetesOptions | { readonly refused: string } {
  const directive = directives[0] as Directive
  const refused = (text: string, source: Source): { refused: string } => {
    refuse(report, `plugin/kubernetes: ${text}`, source)
    return { refused: text }
  }
  if (directives.length > 1) return refused(ONCE_TEXT, (directives[1] as Directive).source)
  const zones = originsOf(directive.args.map(a => a.value), blockZones)
  const primaryZone = zones.find(z => !isReverseZone(z))
  if (primaryZone === undefined) return refused('non-reverse zone name must be used', directive.source)
  const draft: Draft = {
    zones, primaryZone, namespaces: new Set(), namespaceLabels: undefined, labels: undefined, pods: 'disabled', endpointPodNames: false,
    ttlS: 5, noendpoints: false, fallthrough: [], ignoreEmptyService: false, zonal: false, multiclusterZones: [],
    sources: { directive: directive.source },
  }
  for (const property of directive.properties) {
    const wrong = readOption(draft, property, version)
    if (wrong !== undefined) return refused(wrong, property.source)
  }
  if (draft.namespaces.size > 0 && draft.namespaceLabels) return refused('Error during parsing: namespaces and namespace_labels cannot both be set', directive.source)
  if (draft.multiclusterZones.length > 0) {
    const at = directive.properties.find(p => p.name === 'multicluster')?.source ?? directive.source
    const message = 'kubernetes: names of multicluster zones are not modelled'
    report({ code: 'corefile-unmodelled-option', message, source: at, state: 'unmodelled' })
  }
  return draft
}

export const selectorText = (option: string, args: readonly string[], why: string): string =>
  `unable to parse ${option === 'labels' ? 'label' : 'namespace_label'} selector value: '${args.join(' ')}': ${why}`

/** The error text, if CoreDNS would not take this line. */
function readOption(draft: Draft, { name, args: sourced, source }: Directive, version: CorednsVersion): string | undefined {
  const args = sourced.map(a => a.value)
  const argumentError = argumentText(args.at(-1) ?? name)
  const unknown = `Error during parsing: unknown property '${name}'`
  if (!isOptionOf(name, version)) return unknown
  if (SILENT.has(name)) return undefined
  switch (name) {
    case 'endpoint': return args.length === 0 ? argumentError : undefined
    case 'tls': return args.length === 3 ? undefined : argumentError
    case 'kubeconfig': return args.length === 2 || (args.length === 1 && needsNoContext(version)) ? undefined : argumentError
    case 'endpoint_pod_names':
      draft.endpointPodNames = true
      return args.length > 0 ? argumentError : undefined
    case 'noendpoints':
      draft.noendpoints = true
      return args.length > 0 ? argumentError : undefined
    case 'zonal':
      draft.zonal = true
      return undefined
    case 'pods':
      if (args.length !== 1) return argumentError
      draft.pods = args[0] as PodMode
      return POD_MODES.has(args[0] as string) ? undefined : `wrong value for pods: ${args[0]},  must be one of: disabled, verified, insecure`
    case 'namespaces':
      draft.namespaces = new Set([...draft.namespaces, ...args])
      return args.length === 0 ? argumentError : undefined
    case 'labels': case 'namespace_labels': {
      if (args.length === 0) return argumentError
      const selector = parseSelector(args.join(' '), version)
      if (typeof selector === 'string') return selectorText(name, args, selector)
      draft[name === 'labels' ? 'labels' : 'namespaceLabels'] = selector
      return undefined
    }
    case 'fallthrough':
      draft.fallthrough = fallthroughZones(args)
      draft.sources = { ...draft.sources, fallthrough: source }
      return undefined
    case 'ttl':
      if (args.length === 0) return argumentError
      draft.ttlS = Number(args[0])
      if (!/^[+-]?\d+$/.test(args[0] as string)) return `strconv.Atoi: parsing "${args[0]}": invalid syntax`
      return draft.ttlS < 0 || draft.ttlS > LONGEST_TTL_S ? `Error during parsing: ttl must be in range [0, 3600]: ${draft.ttlS}` : undefined
    case 'ignore':
      if (args.length === 0) return undefined
      draft.ignoreEmptyService = true
      return args[0] === 'empty_service' ? undefined : `unable to parse ignore value: '${args[0]}'`
    case 'multicluster':
      draft.multiclusterZones = originsOf(args, [])
      return undefined
    default: return unknown
  }
}

// What a name below a zone of the `kubernetes` plugin asks for: plugin/kubernetes/parse.go at CoreDNS 1.9.3 to 1.15.0.
// It looks at labels only: a name that is refused here cannot exist whatever objects the cluster has.
import { labelsOf } from '../../dns/name.ts'

export interface KubernetesName {
  /** Undefined: the apex, `svc.zone` or `pod.zone`: it exists and has no data. */
  readonly tree: 'svc' | 'pod' | undefined
  readonly namespace: string
  /** Service, or the dashed address of a pod; '' = the name of the namespace itself. */
  readonly service: string
  /** '' = not asked for. */
  readonly endpoint: string
  readonly port: string
  readonly protocol: string
  /** `<topology zone…>.pin|prefer._zone.service…` of `zonal`. */
  readonly topology?: { readonly zone: string; readonly prefer: boolean }
}

const NOTHING: KubernetesName = { tree: undefined, namespace: '', service: '', endpoint: '', port: '', protocol: '' }

/** `name` in lower case, at or below a zone of `zoneLabelCount` labels. Undefined = no such name can exist. */
export function parseKubernetesName(name: string, zoneLabelCount: number, zonal: boolean): KubernetesName | undefined {
  const all = labelsOf(name)
  const labels = all.slice(0, all.length - zoneLabelCount)
  const tree = labels.at(-1)
  if (tree === undefined) return NOTHING
  if (tree !== 'svc' && tree !== 'pod') return undefined
  if (labels.length === 1) return NOTHING
  const rest = labels.slice(0, -3)
  const of = { ...NOTHING, tree, namespace: labels.at(-2) as string, service: labels.at(-3) ?? '' } as const
  if (rest.length === 0) return of
  if (rest.length === 1) return { ...of, endpoint: rest[0] as string }
  if (rest.length === 2) return { ...of, port: withoutUnderscore(rest[0] as string), protocol: withoutUnderscore(rest[1] as string) }
  const directive = rest.at(-2)
  if (!zonal || tree !== 'svc' || rest.at(-1) !== '_zone' || directive !== 'pin' && directive !== 'prefer') return undefined
  return { ...of, topology: { zone: rest.slice(0, -2).join('.'), prefer: directive === 'prefer' } }
}

/** The underscore of `_port` and `_protocol` is optional. */
const withoutUnderscore = (label: string): string => (label.startsWith('_') ? label.slice(1) : label)

// What the `kubernetes` plugin finds at a name or an address: plugin/kubernetes/kubernetes.go (Records, findServices, findPods),
// reverse.go and ns.go at CoreDNS 1.9.3 to 1.15.0. What the bundle has no list for is an unknown of its own, keyed by the name,
// with the least a caller can tell apart: whether it exists, and which address families it has.
// Not modelled: multicluster, wildcard labels (before 1.9), interface addresses of a host-network pod beyond its own.
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Source } from '../../chain/source.ts'
import { parseAddress } from '../../dns/go-address.ts'
import { joinNames, labelsOf } from '../../dns/name.ts'
import { type Endpoint, type KubernetesIndex, type Port, type ServiceEntry, type SliceEntry } from './kubernetes-index.ts'
import { parseKubernetesName, type KubernetesName } from './kubernetes-name.ts'
import type { KubernetesOptions } from './kubernetes-options.ts'
import { since, type CorednsVersion } from './plugin.ts'

/** One target of a name (msg.Service there). */
export type Backend = {
  readonly type: 'A' | 'AAAA' | 'CNAME'
  /** Address or name; `unknown` = the bundle does not say which. */
  readonly host: string
  /** -1 = no port declared: no SRV. */
  readonly port: number
  /** Name of the target as SRV and NS give it; labels from the API, zone in the client's case. */
  readonly target: string
}
/** `panic`: the program's panic guard answers. */
export type Found = 'no name' | 'panic' | readonly Backend[]

export const UNKNOWN = 'unknown'
const FAMILIES = { ipv4: ['A'], ipv6: ['AAAA'], dual: ['A', 'AAAA'] } as const satisfies Record<string, readonly Backend['type'][]>
type Families = keyof typeof FAMILIES

export interface KubernetesRecords {
  /** `name` in lower case; `zone` as the client wrote it. */
  at(name: string, zone: string): HopRun<Found>
  /** Names behind an address; [] = none. */
  reverse(address: string): HopRun<readonly string[] | 'panic'>
  nameServers(zone: string): HopRun<readonly Backend[] | 'panic'>
}

export interface RecordsSetup {
  readonly server: string
  readonly version: CorednsVersion
  readonly options: KubernetesOptions
  readonly index: KubernetesIndex
  /** Not loopback; empty with `bind`. */
  readonly localAddresses: readonly string[]
}

export const kubernetesRecords = (setup: RecordsSetup): KubernetesRecords => {
  const k: Lookup = { ...setup, panics: setup.options.noendpoints && !since(setup.version, 1, 11) }
  return { at: (name, zone) => at(k, name, zone), reverse: address => reverse(k, address), nameServers: zone => nameServers(k, zone) }
}

type Lookup = RecordsSetup & {
  /** Before 1.11, `noendpoints` left a nil lister behind. */
  readonly panics: boolean
}

function* unknown<T extends string>(
  k: Lookup, what: string, choices: readonly T[], source: Source = k.options.sources.directive,
): HopRun<T> {
  const key = `${k.server} kubernetes ${what}`
  return yield* pick({ at: key, key, options: choices, source })
}

const configured = (k: Lookup, namespace: string): boolean => k.options.namespaces.size === 0 || k.options.namespaces.has(namespace)

function* exposed(k: Lookup, namespace: string): HopRun<boolean> {
  if (!configured(k, namespace) || !isLabel(namespace)) return false
  return k.index.hasNamespace(namespace) ?? (yield* unknown(k, `namespace ${namespace}`, ['exists', 'absent'])) === 'exists'
}

function* at(k: Lookup, name: string, zone: string): HopRun<Found> {
  const asked = parseKubernetesName(name, labelsOf(zone).length, k.options.zonal)
  if (!asked) return 'no name'
  if (!asked.tree) return []
  if (isReverse(name)) return 'no name'
  if (asked.tree === 'pod') return yield* podsAt(k, asked, zone)
  if (asked.service === '') return (yield* exposed(k, asked.namespace)) ? [] : 'no name'
  return yield* servicesAt(k, asked, name, zone)
}

/** Labels in front of the address are not looked at. A pod has no port and still gets an SRV, with port 0. */
function* podsAt(k: Lookup, asked: KubernetesName, zone: string): HopRun<Found> {
  if (k.options.pods === 'disabled' || !(yield* exposed(k, asked.namespace))) return 'no name'
  const name = asked.service
  if (name === '') return []
  const isIpv4 = name.split('-').length === 4 && !name.includes('--')
  const host = name.replaceAll('-', isIpv4 ? '.' : ':')
  if (!parseAddress(host)) return 'no name'
  const pod = [backend(host, joinNames(name, asked.namespace, 'pod', zone))]
  if (k.options.pods === 'insecure') return pod
  const pods = k.index.podsAt(host)
  if (pods) return pods.some(p => p.namespace === asked.namespace) ? pod : 'no name'
  return (yield* unknown(k, `pod ${host} in ${asked.namespace}`, ['exists', 'absent'])) === 'exists' ? pod : 'no name'
}

function* servicesAt(k: Lookup, asked: KubernetesName, name: string, zone: string): HopRun<Found> {
  const target = joinNames(asked.service, asked.namespace, 'svc', zone)
  const service = k.index.service(asked.service, asked.namespace)
  if (!service) return k.index.knowsServices ? 'no name' : yield* unknownService(k, asked, name, target)
  if (!(yield* exposed(k, service.namespace))) return 'no name'
  if (k.options.ignoreEmptyService && service.external === undefined && !service.headless) {
    if (k.panics) return 'panic'
    if (yield* isEmpty(k, service)) return 'no name'
  }
  if (asked.topology && !service.headless) return 'no name'
  if (service.external !== undefined) return aliasOf(k, service.external, asked, target)
  if (service.headless || asked.endpoint !== '') return yield* endpointsAt(k, service, asked, name, target)
  return yield* clusterIPsAt(k, service, asked, target)
}

function* isEmpty(k: Lookup, service: ServiceEntry): HopRun<boolean> {
  const slices = k.index.slices(service.name, service.namespace)
  if (slices) return slices.every(s => s.endpoints.length === 0)
  return (yield* unknown(k, `endpoints of ${service.name}.${service.namespace}`, ['some', 'none'])) === 'none'
}

function aliasOf(k: Lookup, external: string, asked: KubernetesName, target: string): Found {
  if (asked.endpoint !== '' && since(k.version, 1, 10, 1)) return 'no name'
  if ((asked.port !== '' || asked.protocol !== '') && since(k.version, 1, 11)) return 'no name'
  return parseAddress(external) ? 'no name' : [{ type: 'CNAME', host: external, port: 0, target }]
}

function* clusterIPsAt(k: Lookup, service: ServiceEntry, asked: KubernetesName, target: string): HopRun<Found> {
  const ports = service.ports.filter(p => fits(asked, p))
  if (ports.length === 0) return 'no name'
  if (service.clusterIPs) return ports.flatMap(p => (service.clusterIPs ?? []).map(ip => backend(ip, target, p.port)))
  const what = `${service.name}.${service.namespace} address`
  const families = yield* unknown(k, what, ['ipv4', 'ipv6', 'dual'] as const, service.object.source)
  return ports.flatMap(p => unknownBackends(families, target, p.port))
}

function* endpointsAt(k: Lookup, service: ServiceEntry, asked: KubernetesName, name: string, target: string): HopRun<Found> {
  if (k.panics) return 'panic'
  const slices = k.index.slices(service.name, service.namespace)
  if (!slices) return yield* unknownEndpoints(k, service, asked, name, target)
  const within = (topologyZone: string): Backend[] => slices.flatMap(slice => backendsOf(k, slice, asked, topologyZone, target))
  if (asked.topology) {
    const near = within(asked.topology.zone)
    return near.length === 0 && asked.topology.prefer ? within('') : near
  }
  const found = within('')
  return found.length > 0 ? found : 'no name'
}

const hostLabel = (k: Lookup, endpoint: Endpoint): string => endpointLabel(endpoint, k.options.endpointPodNames, k.version)

function backendsOf(k: Lookup, slice: SliceEntry, asked: KubernetesName, topologyZone: string, target: string): Backend[] {
  const ports = slice.ports.filter(p => fits(asked, p))
  return slice.endpoints
    .filter(e => topologyZone === '' || e.topologyZone === topologyZone)
    .filter(e => asked.endpoint === '' || hostLabel(k, e).toLowerCase() === asked.endpoint)
    .flatMap(e => ports.map(p => backend(e.address, `${hostLabel(k, e)}.${target}`, p.port)))
}

function* unknownService(k: Lookup, asked: KubernetesName, name: string, target: string): HopRun<Found> {
  if (!configured(k, asked.namespace) || k.index.hasNamespace(asked.namespace) === false || !canExist(asked, k.version)) return 'no name'
  const is = yield* unknown(k, target.toLowerCase(), ['absent', 'ipv4', 'ipv6', 'dual'] as const)
  if (is === 'absent') return 'no name'
  return yield* unknownPart(k, is, asked, name, target)
}

function* unknownEndpoints(k: Lookup, service: ServiceEntry, asked: KubernetesName, name: string, target: string): HopRun<Found> {
  const key = `endpoints of ${service.name}.${service.namespace}`
  const is = yield* unknown(k, key, ['none', 'ipv4', 'ipv6', 'dual'] as const, service.object.source)
  if (is === 'none') return asked.topology ? [] : 'no name'
  return yield* unknownPart(k, is, asked, name, target)
}

/** An endpoint, port or topology label in front of a Service that is there. */
function* unknownPart(k: Lookup, families: Families, asked: KubernetesName, name: string, target: string): HopRun<Found> {
  const isPart = asked.endpoint !== '' || asked.port !== '' || asked.protocol !== '' || asked.topology !== undefined
  if (isPart && (yield* unknown(k, name, ['absent', 'exists'])) === 'absent') return asked.topology ? [] : 'no name'
  return unknownBackends(families, target)
}

/** Only `namespaces` counts for PTR; `namespace_labels` does not keep a name out. */
function* isShown(k: Lookup, namespace: string): HopRun<boolean> {
  return k.options.namespaces.size === 0 || (yield* exposed(k, namespace))
}

function* reverse(k: Lookup, address: string): HopRun<readonly string[] | 'panic'> {
  const services = k.index.servicesAt(address)
  for (const service of services ?? []) {
    if (yield* isShown(k, service.namespace)) return [`${service.name}.${service.namespace}.svc.${k.options.primaryZone}`]
  }
  if (k.panics) return 'panic'
  const slices = k.index.slicesAt(address)
  const names: string[] = []
  for (const slice of slices ?? []) {
    if (!(yield* isShown(k, slice.namespace))) continue
    for (const endpoint of slice.endpoints) {
      if (endpoint.address !== address || hostnameOnlyPtr(k.version) && endpoint.hostname === '') continue
      names.push(`${hostnameOnlyPtr(k.version) ? endpoint.hostname : hostLabel(k, endpoint)}.${slice.service}.svc.${k.options.primaryZone}`)
    }
  }
  if (services && slices) return names
  return (yield* unknown(k, `address ${address}`, ['absent', 'exists'])) === 'exists' ? [UNKNOWN] : names
}

function* nameServers(k: Lookup, zone: string): HopRun<readonly Backend[] | 'panic'> {
  if (k.panics && k.localAddresses.length > 0) return 'panic'
  const slices = k.localAddresses.flatMap(a => k.index.slicesAt(a) ?? [])
  const isUnknown = k.localAddresses.length > 0 && (!k.index.knowsServices || k.localAddresses.some(a => k.index.slicesAt(a) === undefined))
  if (isUnknown && (yield* unknown(k, `name servers of ${zone.toLowerCase()}`, ['own address', 'service'])) === 'service') {
    return unknownBackends('ipv4', UNKNOWN)
  }
  if (slices.length === 0) return k.localAddresses.map(a => backend(a, joinNames('ns.dns', zone)))
  return slices.flatMap(slice => {
    const [name = '', namespace = ''] = slice.service.split('.')
    const service = k.index.service(name, namespace)
    if (!service) return []
    const target = joinNames(name, namespace, 'svc', zone)
    return service.headless ? slice.endpoints.map(e => backend(e.address, `${hostLabel(k, e)}.${target}`))
      : (service.clusterIPs ?? []).map(ip => backend(ip, target))
  })
}

/** What the API server accepts as a name of a namespace or a Service (RFC 1123 label) and as a protocol: with other labels there is nothing
 * to be found, whatever the objects. Before 1.11 an ExternalName Service answered below any port and protocol. */
const canExist = ({ namespace, service, protocol }: KubernetesName, version: CorednsVersion): boolean =>
  isLabel(namespace) && isLabel(service) && (!since(version, 1, 11) || ['', 'tcp', 'udp', 'sctp'].includes(protocol))
const isLabel = (label: string): boolean => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)

const isReverse = (name: string): boolean => name.endsWith('.in-addr.arpa.') || name.endsWith('.ip6.arpa.')

/** 1.11.4 and 1.12.0 gave PTR records only to endpoints with a hostname; 1.12.1 took that back. */
const hostnameOnlyPtr = (version: CorednsVersion): boolean => since(version, 1, 11, 4) && !since(version, 1, 12, 1)

/** Only SRV records show the port. */
function backend(host: string, target: string, port = 0): Backend {
  const address = parseAddress(host)
  return address ? { type: address.family === 4 ? 'A' : 'AAAA', host: address.text, port, target } : { type: 'CNAME', host, port, target }
}

const unknownBackends = (families: Families, target: string, port = 0): Backend[] =>
  FAMILIES[families].map(type => ({ type, host: UNKNOWN, port, target }))

const fits = (asked: KubernetesName, port: Port): boolean =>
  (asked.port === '' || asked.port === port.name.toLowerCase()) && (asked.protocol === '' || asked.protocol === port.protocol.toLowerCase())

export function endpointLabel(endpoint: Endpoint, endpointPodNames: boolean, version: CorednsVersion): string {
  if (endpoint.hostname !== '') return endpoint.hostname
  if (endpointPodNames && endpoint.podName !== '') return endpoint.podName
  if (endpoint.address.includes('.')) return endpoint.address.replaceAll('.', '-')
  const dashed = endpoint.address.replaceAll(':', '-')
  return dashed.endsWith('-') && since(version, 1, 12, 3) ? `${dashed}0` : dashed
}

// What the `kubernetes` plugin finds at a name or an address: plugin/kubernetes/kubernetes.go (Records, findServices, findPods),
// reverse.go and ns.go at CoreDNS 1.9.3 to 1.15.0. What the bundle has no list for is an unknown of its own, keyed by the name,
// with the least a caller can tell apart: whether it exists, and which address families it has.
// Not modelled: multicluster, wildcard labels (before 1.9), interface addresses of a host-network pod beyond its own.
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Source } from '../../chain/source.ts'
import { parseAddress } from '../../dns/go-address.ts'
import { labelsOf } from '../../dns/name.ts'
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

export function kubernetesRecords({ server, version, options, index, localAddresses }: RecordsSetup): KubernetesRecords {
  const panics = options.noendpoints && !since(version, 1, 11)

  function* unknown<T extends string>(what: string, choices: readonly T[], source: Source = options.sources.directive): HopRun<T> {
    const key = `${server} kubernetes ${what}`
    return yield* pick({ at: key, key, options: choices, source })
  }

  const configured = (namespace: string): boolean => options.namespaces.size === 0 || options.namespaces.has(namespace)

  function* exposed(namespace: string): HopRun<boolean> {
    if (!configured(namespace)) return false
    return index.hasNamespace(namespace) ?? (yield* unknown(`namespace ${namespace}`, ['exists', 'absent'])) === 'exists'
  }

  function* at(name: string, zone: string): HopRun<Found> {
    const asked = parseKubernetesName(name, labelsOf(zone).length, options.zonal)
    if (!asked) return 'no name'
    if (!asked.tree) return []
    if (isReverse(name)) return 'no name'
    if (asked.tree === 'pod') return yield* podsAt(asked)
    if (asked.service === '') return (yield* exposed(asked.namespace)) ? [] : 'no name'
    return yield* servicesAt(asked, name, zone)
  }

  function* podsAt(asked: KubernetesName): HopRun<Found> {
    if (options.pods === 'disabled' || !(yield* exposed(asked.namespace))) return 'no name'
    const name = asked.service
    if (name === '') return []
    const isIpv4 = name.split('-').length === 4 && !name.includes('--')
    const host = name.replaceAll('-', isIpv4 ? '.' : ':')
    if (options.pods === 'insecure') return parseAddress(host) ? [backend(host, -1, '')] : 'no name'
    const namespaces = index.podNamespaces(host)
    if (namespaces) return namespaces.includes(asked.namespace) && parseAddress(host) ? [backend(host, -1, '')] : 'no name'
    if (!parseAddress(host)) return 'no name'
    return (yield* unknown(`pod ${host} in ${asked.namespace}`, ['exists', 'absent'])) === 'exists' ? [backend(host, -1, '')] : 'no name'
  }

  function* servicesAt(asked: KubernetesName, name: string, zone: string): HopRun<Found> {
    const target = `${asked.service}.${asked.namespace}.svc.${zone === '.' ? '' : zone}`
    const service = index.service(asked.service, asked.namespace)
    if (!service) return index.knowsServices ? 'no name' : yield* unknownService(asked, name, target)
    if (!(yield* exposed(service.namespace))) return 'no name'
    if (options.ignoreEmptyService && service.external === undefined && !service.headless) {
      if (panics) return 'panic'
      if (yield* isEmpty(service)) return 'no name'
    }
    if (asked.topology && !service.headless) return 'no name'
    if (service.external !== undefined) return aliasOf(service.external, asked, target)
    if (service.headless || asked.endpoint !== '') return yield* endpointsAt(service, asked, name, target)
    return yield* clusterIPsAt(service, asked, target)
  }

  function* isEmpty(service: ServiceEntry): HopRun<boolean> {
    const slices = index.slices(service.name, service.namespace)
    if (slices) return slices.every(s => s.endpoints.length === 0)
    return (yield* unknown(`endpoints of ${service.name}.${service.namespace}`, ['some', 'none'])) === 'none'
  }

  function aliasOf(external: string, asked: KubernetesName, target: string): Found {
    if (asked.endpoint !== '' && since(version, 1, 10, 1)) return 'no name'
    if ((asked.port !== '' || asked.protocol !== '') && since(version, 1, 11)) return 'no name'
    return parseAddress(external) ? 'no name' : [{ type: 'CNAME', host: external, port: 0, target }]
  }

  function* clusterIPsAt(service: ServiceEntry, asked: KubernetesName, target: string): HopRun<Found> {
    const ports = service.ports.filter(p => fits(asked, p))
    if (ports.length === 0) return 'no name'
    if (service.clusterIPs) return ports.flatMap(p => (service.clusterIPs ?? []).map(ip => backend(ip, p.port, target)))
    const families = yield* unknown(`${service.name}.${service.namespace} address`, ['ipv4', 'ipv6', 'dual'] as const, service.object.source)
    return ports.flatMap(p => unknownBackends(families, p.port, target))
  }

  function* endpointsAt(service: ServiceEntry, asked: KubernetesName, name: string, target: string): HopRun<Found> {
    if (panics) return 'panic'
    const slices = index.slices(service.name, service.namespace)
    if (!slices) return yield* unknownEndpoints(service, asked, name, target)
    const within = (topologyZone: string): Backend[] => slices.flatMap(slice => backendsOf(slice, asked, topologyZone, target))
    if (asked.topology) {
      const near = within(asked.topology.zone)
      return near.length === 0 && asked.topology.prefer ? within('') : near
    }
    const found = within('')
    return found.length > 0 ? found : 'no name'
  }

  const hostLabel = (endpoint: Endpoint): string => endpointLabel(endpoint, options.endpointPodNames, version)

  function backendsOf(slice: SliceEntry, asked: KubernetesName, topologyZone: string, target: string): Backend[] {
    const ports = slice.ports.filter(p => fits(asked, p))
    return slice.endpoints
      .filter(e => topologyZone === '' || e.topologyZone === topologyZone)
      .filter(e => asked.endpoint === '' || hostLabel(e).toLowerCase() === asked.endpoint)
      .flatMap(e => ports.map(p => backend(e.address, p.port, `${hostLabel(e)}.${target}`)))
  }

  function* unknownService(asked: KubernetesName, name: string, target: string): HopRun<Found> {
    if (!configured(asked.namespace) || index.hasNamespace(asked.namespace) === false) return 'no name'
    const is = yield* unknown(target.toLowerCase(), ['absent', 'ipv4', 'ipv6', 'dual'] as const)
    if (is === 'absent') return 'no name'
    return yield* unknownPart(is, asked, name, target)
  }

  function* unknownEndpoints(service: ServiceEntry, asked: KubernetesName, name: string, target: string): HopRun<Found> {
    const key = `endpoints of ${service.name}.${service.namespace}`
    const is = yield* unknown(key, ['none', 'ipv4', 'ipv6', 'dual'] as const, service.object.source)
    if (is === 'none') return asked.topology ? [] : 'no name'
    return yield* unknownPart(is, asked, name, target)
  }

  /** An endpoint, port or topology label in front of a Service that is there. */
  function* unknownPart(families: Families, asked: KubernetesName, name: string, target: string): HopRun<Found> {
    const isPart = asked.endpoint !== '' || asked.port !== '' || asked.protocol !== '' || asked.topology !== undefined
    if (isPart && (yield* unknown(name, ['absent', 'exists'])) === 'absent') return asked.topology ? [] : 'no name'
    return unknownBackends(families, 0, target)
  }

  function* reverse(address: string): HopRun<readonly string[] | 'panic'> {
    // Only `namespaces` is looked at here; `namespace_labels` does not keep a name out of PTR.
    const isShown = function* (namespace: string): HopRun<boolean> {
      return options.namespaces.size === 0 || (yield* exposed(namespace))
    }
    const services = index.servicesAt(address)
    for (const service of services ?? []) {
      if (yield* isShown(service.namespace)) return [`${service.name}.${service.namespace}.svc.${options.primaryZone}`]
    }
    if (panics) return 'panic'
    const slices = index.slicesAt(address)
    const names: string[] = []
    for (const slice of slices ?? []) {
      if (!(yield* isShown(slice.namespace))) continue
      for (const endpoint of slice.endpoints) {
        if (endpoint.address !== address || hostnameOnlyPtr(version) && endpoint.hostname === '') continue
        names.push(`${hostnameOnlyPtr(version) ? endpoint.hostname : hostLabel(endpoint)}.${slice.service}.svc.${options.primaryZone}`)
      }
    }
    if (services && (slices || options.noendpoints) || services && names.length > 0) return names
    return (yield* unknown(`address ${address}`, ['absent', 'exists'])) === 'exists' ? [UNKNOWN] : names
  }

  function* nameServers(zone: string): HopRun<readonly Backend[] | 'panic'> {
    if (panics && localAddresses.length > 0) return 'panic'
    const slices = localAddresses.flatMap(a => index.slicesAt(a) ?? [])
    const isUnknown = localAddresses.length > 0 && (!index.knowsServices || localAddresses.some(a => index.slicesAt(a) === undefined))
    if (isUnknown && (yield* unknown(`name servers of ${zone.toLowerCase()}`, ['own address', 'service'])) === 'service') {
      return unknownBackends('ipv4', 0, UNKNOWN)
    }
    if (slices.length === 0) return localAddresses.map(a => backend(a, 0, `ns.dns.${zone}`))
    return slices.flatMap(slice => {
      const [name = '', namespace = ''] = slice.service.split('.')
      const service = index.service(name, namespace)
      if (!service) return []
      const target = `${name}.${namespace}.svc.${zone}`
      return service.headless ? slice.endpoints.map(e => backend(e.address, 0, `${hostLabel(e)}.${target}`))
        : (service.clusterIPs ?? []).map(ip => backend(ip, 0, target))
    })
  }

  return { at, reverse, nameServers }
}

const isReverse = (name: string): boolean => name.endsWith('.in-addr.arpa.') || name.endsWith('.ip6.arpa.')

/** 1.11.4 and 1.12.0 gave PTR records only to endpoints with a hostname; 1.12.1 took that back. */
const hostnameOnlyPtr = (version: CorednsVersion): boolean => since(version, 1, 11, 4) && !since(version, 1, 12, 1)

function backend(host: string, port: number, target: string): Backend {
  const address = parseAddress(host)
  return address ? { type: address.family === 4 ? 'A' : 'AAAA', host: address.text, port, target } : { type: 'CNAME', host, port, target }
}

const unknownBackends = (families: Families, port: number, target: string): Backend[] =>
  FAMILIES[families].map(type => ({ type, host: UNKNOWN, port, target }))

const fits = (asked: KubernetesName, port: Port): boolean =>
  (asked.port === '' || asked.port === port.name.toLowerCase()) && (asked.protocol === '' || asked.protocol === port.protocol.toLowerCase())

function endpointLabel(endpoint: Endpoint, endpointPodNames: boolean, version: CorednsVersion): string {
  if (endpoint.hostname !== '') return endpoint.hostname
  if (endpointPodNames && endpoint.podName !== '') return endpoint.podName
  if (endpoint.address.includes('.')) return endpoint.address.replaceAll('.', '-')
  const dashed = endpoint.address.replaceAll(':', '-')
  return dashed.endsWith('-') && since(version, 1, 12, 3) ? `${dashed}0` : dashed
}

// What `k8s_external` finds behind a name or an address: plugin/kubernetes/external.go and ns.go, 1.9.3 to 1.15.0. Services are
// named `service.namespace` below its zones and have their external and load balancer addresses; with `headless` also endpoints.
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Source } from '../../chain/source.ts'
import { addressOfReverse, parseAddress } from '../../dns/go-address.ts'
import { joinNames, labelsOf } from '../../dns/name.ts'
import type { KubernetesIndex, Port, ServiceEntry } from './kubernetes-index.ts'
import type { KubernetesOptions } from './kubernetes-options.ts'
import { endpointLabel } from './kubernetes-records.ts'
import { since, type CorednsVersion } from './plugin.ts'

/** One target of a name (msg.Service there). */
export interface External {
  /** Address, or a name that an alias leads to. */
  readonly host: string
  /** -1 = no port declared. */
  readonly port: number
  /** Name that SRV gives, below the zone. */
  readonly target: string
}

export interface ExternalSetup {
  readonly server: string
  readonly version: CorednsVersion
  readonly options: KubernetesOptions
  readonly index: KubernetesIndex
  readonly localAddresses: readonly string[]
  readonly headless: boolean
  readonly source: Source
}

/** `rcode`: where there are no services. */
type Found = { readonly services: readonly External[]; readonly rcode: 'NOERROR' | 'NXDOMAIN' }
const NO_NAME: Found = { services: [], rcode: 'NXDOMAIN' }

/** `name` in lower case, below `zone`. Before 1.9.4 it knows neither endpoints nor reverse names. */
export function* externalAt(k: ExternalSetup, name: string, zone: string, type: string): HopRun<Found> {
  const isNew = since(k.version, 1, 9, 4)
  const address = type === 'PTR' && isNew ? addressOfReverse(name) : undefined
  if (address) return { ...NO_NAME, services: yield* behindAddress(k, address.text) }
  const labels = labelsOf(name).slice(0, -labelsOf(zone).length || undefined)
  const namespace = labels.at(-1) ?? ''
  if (!(yield* exposed(k, namespace))) return NO_NAME
  const service = labels.at(-2)
  if (service === undefined) return { services: [], rcode: 'NOERROR' }
  const rest = labels.slice(0, -2)
  if (rest.length > 2 || (rest.length === 1 && !isNew)) return NO_NAME
  const found = yield* ofService(k, { service, namespace, rest: rest.map(withoutUnderscore), zone })
  const isKnown = found.length > 0
  return { services: type === 'PTR' && isNew ? [] : found, rcode: isKnown ? 'NOERROR' : 'NXDOMAIN' }
}

const withoutUnderscore = (label: string): string => (label.startsWith('_') ? label.slice(1) : label)

interface Asked {
  readonly service: string
  readonly namespace: string
  /** An endpoint, or a port and a protocol. */
  readonly rest: readonly string[]
  readonly zone: string
}

function* ofService(k: ExternalSetup, asked: Asked): HopRun<readonly External[]> {
  const entry = k.index.service(asked.service, asked.namespace)
  const target = joinNames(asked.service, asked.namespace, asked.zone)
  if (!entry) {
    if (k.index.knowsServices) return []
    return (yield* unknown(k, target, ['absent', 'exists'])) === 'exists' ? [{ host: UNKNOWN, port: 0, target }] : []
  }
  const [port, protocol] = asked.rest.length === 2 ? asked.rest : []
  const endpoint = asked.rest.length === 1 ? asked.rest[0] : undefined
  const fits = (p: Port): boolean => [[port, p.name], [protocol, p.protocol]].every(([want, is]) => want === undefined || want === '' || want === is?.toLowerCase())
  if (k.headless && entry.externalIPs.length === 0 && (entry.headless || endpoint !== undefined)) return endpointsOf(k, entry, endpoint, fits, target)
  return entry.externalIPs.flatMap(host => entry.ports.filter(fits).map(p => ({ host, port: p.port, target })))
}

export const UNKNOWN = 'unknown'

function endpointsOf(k: ExternalSetup, entry: ServiceEntry, endpoint: string | undefined, fits: (p: Port) => boolean, target: string): readonly External[] {
  const slices = k.index.slices(entry.name, entry.namespace) ?? []
  const label = (e: Parameters<typeof endpointLabel>[0]): string => endpointLabel(e, k.options.endpointPodNames, k.version)
  return slices.flatMap(slice => slice.endpoints
    .filter(e => endpoint === undefined || label(e).toLowerCase() === endpoint)
    .flatMap(e => slice.ports.filter(fits).map(p => ({ host: e.address, port: p.port, target: `${label(e)}.${target}` }))))
}

function* behindAddress(k: ExternalSetup, address: string): HopRun<readonly External[]> {
  const found: External[] = []
  for (const service of k.index.servicesAt(address) ?? []) {
    if (!service.externalIPs.includes(address)) continue
    const isShown = k.options.namespaces.size === 0 || (yield* exposed(k, service.namespace))
    if (isShown) found.push({ host: `${service.name}.${service.namespace}`, port: 0, target: '' })
  }
  return found
}

function* exposed(k: ExternalSetup, namespace: string): HopRun<boolean> {
  if (k.options.namespaces.size > 0 && !k.options.namespaces.has(namespace)) return false
  return k.index.hasNamespace(namespace) ?? (yield* unknown(k, `namespace ${namespace}`, ['exists', 'absent'])) === 'exists'
}

function* unknown(k: ExternalSetup, what: string, options: readonly ('exists' | 'absent')[]): HopRun<'exists' | 'absent'> {
  const key = `${k.server} k8s_external ${what}`
  return yield* pick({ at: key, key, options, source: k.source })
}

/** Addresses of the server itself: the external ones of the Services that have it as an endpoint, else its own. */
export function externalAddresses(k: ExternalSetup): readonly { readonly type: 'A' | 'AAAA'; readonly data: string }[] {
  const slices = k.localAddresses.flatMap(a => k.index.slicesAt(a) ?? [])
  const addresses = slices.length === 0 ? k.localAddresses : slices.flatMap(slice => {
    const [name = '', namespace = ''] = slice.service.split('.')
    const service = k.index.service(name, namespace)
    if (!service) return []
    return k.headless && service.headless ? slice.endpoints.map(e => e.address) : service.externalIPs
  })
  return addresses.map(text => {
    const address = parseAddress(text)
    // The name of a load balancer becomes an address of no bytes.
    return address?.family === 4 ? { type: 'A', data: address.text } : { type: 'AAAA', data: address?.text ?? '\\# 0' }
  })
}

// CoreDNS's `kubernetes` plugin, 1.9.3 to 1.15.0: plugin/kubernetes/handler.go over plugin/backend_lookup.go. A name below its zones
// goes to Services, EndpointSlices and pods (kubernetes-records.ts); what is no such name is NXDOMAIN, or goes on with `fallthrough`.
// Before the first lists are in, NXDOMAIN becomes SERVFAIL; here that state has empty lists, as when the API never answered.
// Not modelled: an API of which only some lists were read (a ClusterIP answers then), multicluster zones, wildcard labels of
// CoreDNS before 1.9, the SOA's serial (time of the last change there), zone transfer (REFUSED, as without `transfer`).
import type { HopRun } from '../../chain/effects.ts'
import type { KubernetesView } from '../../chain/model.ts'
import { addressOfReverse, parseAddress } from '../../dns/go-address.ts'
import type { Cause, DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { absolute, isSubdomain, joinNames, labelsOf, nameKey } from '../../dns/name.ts'
import { isLoopback } from '../../dns/socket-address.ts'
import { authoritativeReply, refusedHandler } from './authoritative-reply.ts'
import { internalLookup } from './internal-lookup.ts'
import { indexKubernetes } from './kubernetes-index.ts'
import { readKubernetes, type KubernetesOptions } from './kubernetes-options.ts'
import { kubernetesRecords, UNKNOWN, type Backend, type Found, type KubernetesRecords } from './kubernetes-records.ts'
import { matchZone } from './origins.ts'
import { panicked, since, written, type Handler, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'

type Outcome = {
  readonly answer: readonly ResourceRecord[]
  readonly additional?: readonly ResourceRecord[]
  readonly truncated?: boolean
  readonly cause?: Cause | undefined
}
/** `panic muted`: the panic guard's reply carries a name that cannot be packed, so nothing is sent. */
type Ended = Outcome | 'no name' | 'panic' | 'panic muted' | 'loop'

const NOTHING_LISTED: KubernetesView = { services: [], endpointSlices: [], namespaces: [], pods: [], nodes: [] }
const VERSION_TTL_S = 28800
const SOA_TTL_LIMIT_S = 300

interface Kubernetes {
  readonly setup: PluginSetup
  readonly options: KubernetesOptions
  readonly records: KubernetesRecords
  /** `<server> kubernetes`, as causes name it. */
  readonly by: string
  readonly synced: boolean
}

export const kubernetes: PluginFactory = setup => {
  const options = readKubernetes(setup.directives, setup.zones, setup.version, setup.report)
  const by = `${setup.server} kubernetes`
  if ('refused' in options) return refusedHandler(by, options.refused)
  const synced = setup.model.kubernetesSynced?.value !== false
  const index = indexKubernetes(synced ? setup.model.kubernetes : NOTHING_LISTED, options, !since(setup.version, 1, 9, 4))
  const localAddresses = setup.has('bind') ? [] : setup.model.addresses.filter(a => !isLoopback(a))
  const records = kubernetesRecords({ server: setup.server, version: setup.version, options, index, localAddresses })
  return handler({ setup, options, records, by, synced })
}

const handler = (k: Kubernetes): Handler => function* (query, next) {
  const matched = matchZone(k.options.zones, query.name)
  if (matched === undefined) return yield* next(query)
  const zone = query.name.slice(query.name.length - matched.length)
  const unmodelled = whyUnmodelled(k, query.name, matched)
  if (unmodelled !== undefined) return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: k.by, detail: unmodelled } }
  const isTransfer = query.type === 'AXFR' || query.type === 'IXFR'
  if (isTransfer) return { rcode: 'REFUSED', cause: { kind: 'refused', by: k.by, detail: 'zone transfer' } }
  const ended = yield* served(k, query, zone)
  if (ended === 'no name') {
    if (matchZone(k.options.fallthrough, query.name) !== undefined) return yield* next(query)
    return k.synced ? denial(k, query, zone, 'NXDOMAIN') : denial(k, query, zone, 'SERVFAIL')
  }
  if (ended === 'panic muted') return { ...panicked(k.by, 'panic, and no reply can be packed'), rcode: 'NOERROR' }
  if (ended === 'panic') return panicked(k.by)
  if (ended === 'loop') return { rcode: 'SERVFAIL', cause: { kind: 'loop', by: k.by } }
  if (ended.answer.length === 0) return denial(k, query, zone, 'NOERROR')
  const cause = ended.cause && { cause: ended.cause }
  const reply = authoritativeReply(query, {
    answer: ended.answer, additional: ended.additional ?? [], truncated: ended.truncated ?? false, ...cause,
  })
  return written(reply)
}

/** A label of CoreDNS before 1.9 that stood for every name, or a zone of another kind of Service. */
function whyUnmodelled(k: Kubernetes, name: string, zone: string): string | undefined {
  if (matchZone(k.options.multiclusterZones, zone) !== undefined) return 'multicluster zone'
  const labels = labelsOf(nameKey(name))
  const isWild = !since(k.setup.version, 1, 9) && labels.slice(0, labels.length - labelsOf(zone).length).some(l => l === '*' || l === 'any')
  return isWild ? 'wildcard label' : undefined
}

function denial(k: Kubernetes, query: DnsQuery, zone: string, rcode: Reply['rcode']): Served {
  const kind = rcode === 'SERVFAIL' ? 'failed' : 'denied'
  const cause: Cause = { kind, by: k.by, ...(rcode === 'SERVFAIL' && { detail: 'the Kubernetes API was never read' }) }
  return written(authoritativeReply(query, { rcode, authority: [soa(k, zone)], cause }))
}

function soa(k: Kubernetes, zone: string): ResourceRecord {
  const data = `${joinNames('ns.dns', zone)} ${joinNames('hostmaster', zone)} ${k.synced ? 1 : 0} 7200 1800 86400 ${k.options.ttlS}`
  return { name: zone, type: 'SOA', ttlS: Math.min(k.options.ttlS, SOA_TTL_LIMIT_S), data }
}

function* served(k: Kubernetes, query: DnsQuery, zone: string): HopRun<Ended> {
  const { type, name } = query
  const key = nameKey(name)
  switch (type) {
    case 'A': case 'AAAA': return yield* addresses(k, query, zone, type, [])
    case 'TXT': return yield* text(k, query, zone)
    case 'CNAME': return yield* alias(k, query, zone)
    case 'PTR': return yield* pointer(k, query, zone)
    case 'MX': return noAnswer(yield* backendsAt(k, key, zone, ''))
    case 'SRV': return yield* services(k, query, zone)
    case 'SOA': return { answer: name === zone ? [soa(k, zone)] : [] }
    case 'NS':
      // The apex test compares the lower-cased name with the zone as the client wrote it, so `Cluster.Local.` has no NS.
      if (key === zone) return yield* nameServers(k, query, zone)
  }
  // Other types only learn whether the name is there, by the same work an A question makes.
  const probe = yield* addresses(k, query, zone, 'A', [])
  return typeof probe === 'string' ? probe : { answer: [] }
}

const noAnswer = (found: Found): Ended => (typeof found === 'string' ? found : { answer: [] })

/** `Services` of the backend: `ns.dns.<zone>` is the server itself, which has addresses only. */
function* backendsAt(k: Kubernetes, key: string, zone: string, family: 'A' | 'AAAA' | ''): HopRun<Found> {
  if (!key.startsWith('ns.dns.') || key.indexOf(zone) !== 'ns.dns.'.length) return yield* k.records.at(key, zone)
  const own = yield* k.records.nameServers(zone)
  return own === 'panic' ? own : own.filter(b => b.type === family)
}

function* addresses(k: Kubernetes, query: DnsQuery, zone: string, type: 'A' | 'AAAA', before: readonly string[]): HopRun<Ended> {
  const found = yield* backendsAt(k, nameKey(query.name), zone, type)
  if (typeof found === 'string') return found
  const answer: ResourceRecord[] = []
  let truncated = false
  let cause: Cause | undefined
  for (const { type: kind, host } of found) {
    if (kind === type && !answer.some(r => r.data === host)) answer.push({ name: query.name, type, ttlS: k.options.ttlS, data: host })
    if (kind !== 'CNAME') continue
    const behind = yield* followed(k, query, zone, type, host, before)
    if (typeof behind === 'string') return behind
    answer.push(...behind.answer)
    truncated ||= behind.truncated ?? false
    cause = behind.cause
  }
  return { answer, truncated, cause }
}

/** An ExternalName: a target in the zone is looked up here, any other by the server's own front door. */
function* followed(
  k: Kubernetes, query: DnsQuery, zone: string, type: 'A' | 'AAAA', host: string, before: readonly string[],
): HopRun<Outcome | 'panic' | 'panic muted' | 'loop'> {
  const target = absolute(host)
  const longest = since(k.setup.version, 1, 12, 1) ? 10 : 7
  if (isSubdomain(query.name, target) || before.length > longest || before.includes(target)) return { answer: [] }
  const record: ResourceRecord = { name: query.name, type: 'CNAME', ttlS: k.options.ttlS, data: target }
  if (isSubdomain(zone, target)) {
    const inside = yield* addresses(k, { ...query, name: target }, zone, type, [...before, target])
    if (inside === 'no name') return { answer: [] }
    return typeof inside === 'string' ? inside : { ...inside, answer: inside.answer.length > 0 ? [record, ...inside.answer] : [] }
  }
  const reply = yield* internalLookup(k.setup, query, target, type)
  if (reply === 'loop') return 'loop'
  if (reply === 'nothing') return since(k.setup.version, 1, 12, 4) ? { answer: [] } : 'panic'
  const hasAddress = reply.answer.some(r => r.type === type)
  return { answer: [record, ...reply.answer], truncated: reply.flags.includes('tc'), cause: hasAddress ? undefined : reply.cause }
}

function* text(k: Kubernetes, query: DnsQuery, zone: string): HopRun<Ended> {
  const key = nameKey(query.name)
  if (key === joinNames('dns-version', nameKey(zone))) return { answer: [{ name: query.name, type: 'TXT', ttlS: VERSION_TTL_S, data: '"1.1.0"' }] }
  if (!since(k.setup.version, 1, 10, 1)) return { answer: [] }
  const found = yield* k.records.at(key, zone)
  if (typeof found === 'string') return found
  const isZonal = k.options.zonal && labelsOf(key).includes('_zone')
  return found.length > 0 || isZonal ? { answer: [] } : 'no name'
}

function* alias(k: Kubernetes, query: DnsQuery, zone: string): HopRun<Ended> {
  const found = yield* backendsAt(k, nameKey(query.name), zone, '')
  const first = typeof found === 'string' ? undefined : found[0]
  if (first?.type !== 'CNAME') return noAnswer(found)
  return { answer: [{ name: query.name, type: 'CNAME', ttlS: k.options.ttlS, data: absolute(first.host) }] }
}

function* pointer(k: Kubernetes, query: DnsQuery, zone: string): HopRun<Ended> {
  const key = nameKey(query.name)
  const address = addressOfReverse(key)
  if (!address) return noAnswer(yield* k.records.at(key, zone))
  const names = yield* k.records.reverse(address.text)
  if (names === 'panic') return names
  const distinct = [...new Set(names)]
  const answer = distinct.map(data => ({ name: query.name, type: 'PTR', ttlS: k.options.ttlS, data }))
  return answer.length === 0 ? 'no name' : { answer }
}

function* services(k: Kubernetes, query: DnsQuery, zone: string): HopRun<Ended> {
  const found = yield* backendsAt(k, nameKey(query.name), zone, '')
  if (typeof found === 'string') return found
  const targets = found.filter(b => b.type !== 'CNAME')
  // Weight counts every pair of port and address, also those that the answer then leaves out as equal.
  const weight = Math.max(1, Math.floor(100 / (100 * targets.length) * 100))
  const answer = new Map<string, ResourceRecord>()
  const additional = new Map<string, ResourceRecord>()
  for (const { type, host, port, target } of targets) {
    if (port === -1) continue
    const data = host === UNKNOWN ? UNKNOWN : `0 ${weight} ${port} ${target}`
    answer.set(`${target} ${port}`, { name: query.name, type: 'SRV', ttlS: k.options.ttlS, data })
    if (host !== UNKNOWN) additional.set(`${target} ${host}`, { name: target, type, ttlS: k.options.ttlS, data: host })
  }
  return { answer: [...answer.values()], additional: [...additional.values()] }
}

function* nameServers(k: Kubernetes, query: DnsQuery, zone: string): HopRun<Ended> {
  const found = yield* k.records.nameServers(zone)
  if (found === 'panic') return 'panic muted'
  const addressed = found.filter((b: Backend) => b.host === UNKNOWN || parseAddress(b.host))
  const answer = [...new Set(addressed.map(b => b.target))].map(data => ({ name: query.name, type: 'NS', ttlS: k.options.ttlS, data }))
  const known = addressed.filter(b => b.host !== UNKNOWN)
  return { answer, additional: known.map(b => ({ name: b.target, type: b.type, ttlS: k.options.ttlS, data: b.host })) }
}

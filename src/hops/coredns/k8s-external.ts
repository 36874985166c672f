// CoreDNS's `k8s_external` plugin, 1.9.3 to 1.15.0: plugin/k8s_external/. Names of Services outside of the cluster: their external and
// load balancer addresses below zones of its own (k8s-external-records.ts). It reads the objects of the block's `kubernetes` plugin.
// `headless`, endpoint names and reverse names are there since 1.9.4, `fallthrough` since 1.11.0.
// Not modelled: transfer of its zones (AXFR is answered as any other type), the serial of its SOA (time of the last change).
import type { HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import { parseAddress } from '../../dns/go-address.ts'
import { absolute, isSubdomain, joinNames, labelsOf, nameKey } from '../../dns/name.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { isLoopback } from '../../dns/socket-address.ts'
import { authoritativeReply, refusedHandler } from './authoritative-reply.ts'
import { goQuote } from './go-quote.ts'
import { internalLookup } from './internal-lookup.ts'
import { externalAddresses, externalAt, UNKNOWN, type External, type ExternalSetup } from './k8s-external-records.ts'
import { indexKubernetes } from './kubernetes-index.ts'
import { LONGEST_TTL_S, readKubernetes } from './kubernetes-options.ts'
import { fallthroughZones, matchZone, originsOf } from './origins.ts'
import { panicked, since, usesOf, written, type Handler, type PluginFactory, type PluginSetup } from './plugin.ts'
import { argumentText, refuse } from './refuse.ts'

interface Options {
  readonly zones: readonly string[]
  readonly apex: string
  readonly ttlS: number
  readonly headless: boolean
  readonly fallthrough: readonly string[]
}

interface Plugin {
  readonly setup: PluginSetup
  readonly options: Options
  readonly records: ExternalSetup
  /** TTL of the kubernetes plugin: aliases and SRV records have that one. */
  readonly servicesTtlS: number
  readonly by: string
}

export const k8sExternal: PluginFactory = setup => {
  const by = `${setup.server} k8s_external`
  const [directive] = setup.directives as readonly [Directive, ...Directive[]]
  const options = readOptions(setup)
  if ('refused' in options) {
    refuse(setup.report, `plugin/k8s_external: ${options.refused}`, options.directive.source)
    return refusedHandler(by, options.refused)
  }
  const directives = usesOf(setup, 'kubernetes')
  const kubernetes = directives.length === 0 ? undefined : readKubernetes(directives, setup.zones, setup.version, () => undefined)
  // Before 1.11 it then only passes on; since then the set-up refuses.
  if (!kubernetes || 'refused' in kubernetes) return function* (query, next) { return yield* next(query) }
  const isSynced = setup.model.kubernetesSynced?.value !== false
  const view = isSynced ? setup.model.kubernetes : { services: [], endpointSlices: [], namespaces: [], pods: [], nodes: [] }
  const records: ExternalSetup = {
    server: setup.server, version: setup.version, options: kubernetes, index: indexKubernetes(view, kubernetes, true), headless: options.headless,
    localAddresses: setup.has('bind') ? [] : setup.model.addresses.filter(a => !isLoopback(a)), source: directive.source,
  }
  return handler({ setup, options, records, servicesTtlS: kubernetes.ttlS, by })
}

type Refused = { readonly refused: string; readonly directive: Directive }

const handler = (p: Plugin): Handler => function* (query, next) {
  const { zones, apex, fallthrough } = p.options
  const name = nameKey(query.name)
  const zone = matchZone(zones, name)
  if (zone === undefined) return yield* next(query)
  for (const z of zones) {
    if (name === z) return written(atApex(p, query, zone))
    // What it makes of the root's is no name that anything is below of.
    if (z !== '.' && isSubdomain(joinNames(apex, z), name)) return written(belowApex(p, query, zone))
  }
  const { services, rcode } = yield* externalAt(p.records, name, zone, query.type)
  if (services.length === 0) {
    if (rcode === 'NXDOMAIN' && matchZone(fallthrough, name) !== undefined) return yield* next(query)
    return written(denial(p, query, zone, rcode))
  }
  const found = yield* answerTo(p, query, services)
  if (typeof found === 'string') return found === 'loop' ? { rcode: 'SERVFAIL', cause: { kind: 'loop', by: p.by } } : panicked(p.by)
  return written(found.answer.length > 0 ? authoritativeReply(query, found) : denial(p, query, zone, 'NOERROR'))
}

function denial(p: Plugin, query: DnsQuery, zone: string, rcode: Reply['rcode']): Reply {
  return authoritativeReply(query, { rcode, authority: [soa(p, zone)], cause: { kind: 'denied', by: p.by } })
}

function soa(p: Plugin, zone: string): ResourceRecord {
  const { apex, ttlS } = p.options
  return { name: zone, type: 'SOA', ttlS, data: `${joinNames('ns1', apex, zone)} ${joinNames('hostmaster', apex, zone)} 1 7200 1800 86400 ${ttlS}` }
}

function atApex(p: Plugin, query: DnsQuery, zone: string): Reply {
  const { apex, ttlS } = p.options
  if (query.type === 'SOA') return authoritativeReply(query, { answer: [soa(p, zone)] })
  if (query.type !== 'NS') return denial(p, query, zone, 'NOERROR')
  const additional = externalAddresses(p.records).map(({ type, data }) => ({ name: joinNames('ns1', apex, query.name), type, ttlS, data }))
  return authoritativeReply(query, { answer: [{ name: zone, type: 'NS', ttlS, data: joinNames('ns1', apex, zone) }], additional })
}

/** `dns.<zone>` is empty, `ns1.dns.<zone>` the server itself. */
function belowApex(p: Plugin, query: DnsQuery, zone: string): Reply {
  const labels = labelsOf(nameKey(query.name)).slice(0, -labelsOf(zone).length || undefined)
  if (labels.length === 1) return denial(p, query, zone, 'NOERROR')
  if (labels.length > 2 || labels[0] !== 'ns1') return since(p.setup.version, 1, 11) ? denial(p, query, zone, 'NXDOMAIN') : garbled(p, query)
  const answer = externalAddresses(p.records).filter(a => a.type === query.type).map(({ type, data }) => ({ name: query.name, type, ttlS: p.options.ttlS, data }))
  return answer.length > 0 ? authoritativeReply(query, { answer }) : denial(p, query, zone, 'NOERROR')
}

/** A question of no name at all, not even the root: what stands behind it is read from the wrong byte on (miekg/dns before 1.1.51). */
const garbled = (p: Plugin, query: DnsQuery): Reply =>
  authoritativeReply(query, { rcode: 'NXDOMAIN', question: { name: '.', class: 'CH', type: 'TYPE0' }, cause: { kind: 'broken', by: p.by, detail: 'a reply that cannot be read' } })

type Found = Partial<Reply> & { readonly answer: readonly ResourceRecord[]; readonly truncated?: boolean }

function* answerTo(p: Plugin, query: DnsQuery, services: readonly External[]): HopRun<Found | 'loop' | 'panic'> {
  switch (query.type) {
    case 'A': case 'AAAA': return yield* addresses(p, query, services, query.type)
    case 'SRV': return yield* serviceRecords(p, query, services)
    case 'PTR': {
      const hosts = since(p.setup.version, 1, 9, 4) ? [...new Set(services.map(s => s.host))] : []
      return { answer: hosts.map(host => ({ name: query.name, type: 'PTR', ttlS: p.options.ttlS, data: joinNames(host, p.options.zones[0] ?? '.') })) }
    }
    default: return { answer: [] }
  }
}

const typeOf = (host: string): 'A' | 'AAAA' | 'CNAME' => {
  const address = parseAddress(host)
  return address ? address.family === 4 ? 'A' : 'AAAA' : 'CNAME'
}

function* addresses(p: Plugin, query: DnsQuery, services: readonly External[], type: 'A' | 'AAAA'): HopRun<Found | 'loop' | 'panic'> {
  const answer: ResourceRecord[] = []
  const seen = new Set<string>()
  let truncated = false
  for (const { host } of services) {
    if (host === UNKNOWN) answer.push({ name: query.name, type, ttlS: p.options.ttlS, data: UNKNOWN })
    else if (typeOf(host) === 'CNAME') {
      answer.push({ name: query.name, type: 'CNAME', ttlS: p.servicesTtlS, data: absolute(host) })
      const behind = yield* looked(p, query, host, type)
      if (typeof behind === 'string') return behind
      answer.push(...behind.answer)
      truncated ||= behind.flags.includes('tc')
    } else if (typeOf(host) === type && !seen.has(host)) {
      seen.add(host)
      answer.push({ name: query.name, type, ttlS: p.options.ttlS, data: parseAddress(host)?.text ?? host })
    }
  }
  return { answer, truncated }
}

const NOTHING: Pick<Reply, 'answer' | 'flags'> = { answer: [], flags: [] }

function* looked(p: Plugin, query: DnsQuery, host: string, type: string): HopRun<Pick<Reply, 'answer' | 'flags'> | 'loop' | 'panic'> {
  const reply = yield* internalLookup(p.setup, query, host, type)
  if (reply === 'nothing') return since(p.setup.version, 1, 15) ? NOTHING : 'panic'
  return reply
}

function* serviceRecords(p: Plugin, query: DnsQuery, services: readonly External[]): HopRun<Found | 'loop' | 'panic'> {
  const weight = Math.max(1, Math.floor(100 / (100 * services.length) * 100))
  const answer = new Map<string, ResourceRecord>()
  const additional: ResourceRecord[] = []
  const seen = new Set<string>()
  for (const { host, port, target: own } of services) {
    if (port === -1) continue
    const type = typeOf(host)
    const target = type === 'CNAME' ? absolute(host) : own
    answer.set(`${target} ${port}`, answer.get(`${target} ${port}`) ?? { name: query.name, type: 'SRV', ttlS: p.servicesTtlS, data: `0 ${weight} ${port} ${target}` })
    if (host === UNKNOWN || seen.has(`${target} ${host}`)) continue
    seen.add(`${target} ${host}`)
    if (type !== 'CNAME') {
      additional.push({ name: target, type, ttlS: p.options.ttlS, data: parseAddress(host)?.text ?? host })
      continue
    }
    for (const family of ['A', 'AAAA']) {
      const behind = yield* looked(p, query, host, family)
      if (typeof behind === 'string') return behind
      additional.push(...behind.answer)
    }
  }
  return { answer: [...answer.values()], additional }
}

function readOptions(setup: PluginSetup): Options | Refused {
  const isNew = since(setup.version, 1, 9, 4)
  let draft: Options = { zones: setup.zones, apex: 'dns', ttlS: 5, headless: false, fallthrough: [] }
  for (const directive of setup.directives) {
    draft = { ...draft, zones: originsOf(directive.args.map(a => a.value), setup.zones) }
    for (const property of directive.properties) {
      const words = property.args.map(a => a.value)
      const refused = (text: string): Refused => ({ refused: text, directive: property })
      const [first] = words
      if (property.name === 'headless' && isNew) draft = { ...draft, headless: true }
      else if (property.name === 'fallthrough' && since(setup.version, 1, 11)) draft = { ...draft, fallthrough: fallthroughZones(words) }
      else if (property.name !== 'ttl' && property.name !== 'apex') return refused(`Error during parsing: unknown property '${property.name}'`)
      else if (first === undefined) return refused(argumentText(property.name))
      else if (property.name === 'apex') draft = { ...draft, apex: first }
      else if (!/^[+-]?\d+$/.test(first)) return refused(`strconv.Atoi: parsing ${goQuote(first)}: invalid syntax`)
      else if (Number(first) < 0 || Number(first) > LONGEST_TTL_S) return refused(`Error during parsing: ttl must be in range [0, 3600]: ${Number(first)}`)
      else draft = { ...draft, ttlS: Number(first) }
    }
  }
  return draft
}

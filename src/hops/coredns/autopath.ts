// CoreDNS's `autopath` plugin, 1.9.3 to 1.15.0: plugin/autopath/ and plugin/kubernetes/autopath.go. A name below the first element of the
// client's search path is asked of the later plugins with each element in turn, until a reply is not NXDOMAIN; the client gets it
// with an alias in front. The path is that of a resolv.conf, of the client's pod (`@kubernetes`: only with `pods verified` and the pod's
// own address), or that of `@erratic`. Behind NodeLocal DNSCache or a NAT no pod has the client's address, and it does nothing.
// Not modelled: which of several pods with one address is meant (the first in the list here).
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import type { Source } from '../../chain/source.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { isSubdomain, joinNames, labelsOf, nameKey, sameName } from '../../dns/name.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { goQuote } from './go-quote.ts'
import { indexKubernetes } from './kubernetes-index.ts'
import { readKubernetes } from './kubernetes-options.ts'
import { keptBack } from './minimal.ts'
import { matchZone, originsOf } from './origins.ts'
import { panicked, since, usesOf, WRITTEN_BY_SERVER, type Handler, type Next, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { refuse } from './refuse.ts'

/** The elements in order, ending in '' for the bare name; [] = nothing is done for this query. */
type Search = (query: DnsQuery) => HopRun<readonly string[]>

interface Autopath {
  readonly setup: PluginSetup
  readonly by: string
  readonly zones: readonly string[]
  /** Undefined: the file is not in the evidence. */
  readonly search: Search | undefined
}

export const autopath: PluginFactory = setup => {
  const by = `${setup.server} autopath`
  for (const { args, source } of setup.directives) {
    const path = args.at(-1)?.value
    const fault = path === undefined ? 'no resolv-conf specified' : faultOf(setup, path)
    if (fault === undefined) continue
    refuse(setup.report, `plugin/autopath: ${fault}`, source)
    return refusedHandler(by, fault)
  }
  const directive = setup.directives.at(-1) as Directive
  const words = directive.args.map(a => a.value)
  const [path = ''] = words.slice(-1)
  return handler({ setup, by, zones: originsOf(words.slice(0, -1), setup.zones), search: searchOf(setup, path, directive.source) })
}

function faultOf(setup: PluginSetup, path: string): string | undefined {
  if (!path.startsWith('@')) {
    return setup.model.machine?.hasAllFiles && !fileSearch(setup, path) ? `failed to parse ${goQuote(path)}: open ${path}: no such file or directory` : undefined
  }
  const provider = path.slice(1)
  return setup.has(provider) && !PROVIDERS.has(provider) ? `${provider} does not implement the AutoPather interface` : undefined
}

/** Plugins that have search paths of their own. */
export const PROVIDERS = new Set(['kubernetes', 'erratic'])

function searchOf(setup: PluginSetup, path: string, source: Source): Search | undefined {
  if (path === '@kubernetes' && setup.has('kubernetes')) return podSearch(setup, source)
  if (path === '@erratic' && setup.has('erratic')) return fixed(['a.example.org.', 'b.example.org.', ''])
  // A plugin that is not in the block: no error, and nothing is done.
  if (path.startsWith('@')) return fixed([])
  const search = fileSearch(setup, path)
  if (search) return fixed([...search, ''])
  const message = `autopath: the evidence has no ${path} of ${setup.model.pod}; its search list is not known`
  setup.report({ code: 'autopath-search-unknown', message, source, state: 'unknown' })
  return undefined
}

const fixed = (search: readonly string[]): Search => function* () { return search }

/** dns.ClientConfigFromFile: the last `search` or `domain` line counts. */
function fileSearch(setup: PluginSetup, path: string): readonly string[] | undefined {
  const { files, resolvConf } = setup.model
  const absolute = path.startsWith('/') ? path : `/${path}`
  const text = files.get(absolute)?.text ?? files.get(path)?.text
  const lines = text !== undefined ? text.split('\n').map(line => line.trim().split(/\s+/))
    : absolute === '/etc/resolv.conf' ? resolvConf?.lines.map(l => [l.keyword, ...l.words.map(w => w.value)]) : undefined
  const last = lines?.findLast(([keyword]) => keyword === 'search' || keyword === 'domain')
  return lines && (last?.[0] === 'domain' ? last.slice(1, 2) : last?.slice(1) ?? []).map(nameKey)
}

/** `ns.svc.zone`, `svc.zone`, `zone`, then what CoreDNS's own resolv.conf has. */
function podSearch(setup: PluginSetup, source: Source): Search {
  const options = readKubernetes(usesOf(setup, 'kubernetes'), setup.zones, setup.version, () => undefined)
  if ('refused' in options || options.pods !== 'verified') return fixed([])
  const index = indexKubernetes(setup.model.kubernetes, options, false)
  const own = fileSearch(setup, '/etc/resolv.conf') ?? []
  const isSynced = setup.model.kubernetesSynced?.value !== false
  return function* (query) {
    const zone = matchZone(options.zones, query.name)
    if (zone === undefined || !isSynced) return []
    const namespaces = query.client === undefined ? undefined : index.podsAt(query.client)?.map(p => p.namespace)
    const namespace = namespaces ? namespaces[0] : yield* unknownNamespace(setup, query, source)
    if (namespace === undefined) return []
    return [joinNames(namespace, 'svc', zone), joinNames('svc', zone), zone, ...own, '']
  }
}

/** Which pod asks is not in the evidence: none, or one of a namespace there is. */
function* unknownNamespace(setup: PluginSetup, query: DnsQuery, source: Source): HopRun<string | undefined> {
  const known = [...new Set((setup.model.kubernetes.pods ?? []).map(p => p.namespace))].sort().slice(0, MOST_NAMESPACES)
  const key = `${setup.server} autopath namespace of ${query.client ?? 'the client'}`
  const is = yield* pick({ at: key, key, options: [NO_POD, ...known], source })
  return is === NO_POD ? undefined : is
}

const NO_POD = 'no pod'
const MOST_NAMESPACES = 16

const handler = (a: Autopath): Handler => function* (query, next) {
  if (matchZone(a.zones, query.name) === undefined) return yield* next(query)
  if (!a.search) return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: a.by, detail: 'the search list is not known' } }
  const search = yield* a.search(query)
  const [first] = search
  // Without a search list the bare name is all there is.
  if (!first || !isSubdomain(first, query.name)) return yield* next(query)
  const base = labelsOf(query.name).slice(0, -labelsOf(first).length).join('.')
  if (base === '') {
    const error = `trimzone: overshot qname: ${query.name}for zone ${first}`
    return { rcode: 'SERVFAIL', error, cause: { kind: 'failed', by: a.by, detail: error } }
  }
  return yield* walked(a, query, search.map(element => `${base}.${element}`), next)
}

function* walked(a: Autopath, query: DnsQuery, names: readonly string[], next: Next): HopRun<Served> {
  let first: Served | undefined
  for (const name of names) {
    const served = keptBack(yield* next({ ...query, name }))
    if (served.panic) return served
    if (served.error !== undefined) return { rcode: served.rcode, error: served.error, ...(served.cause && { cause: served.cause }) }
    first ??= asked(served, query, name)
    const { reply } = served
    if (WRITTEN_BY_SERVER.has(served.rcode)) continue
    if (!reply) {
      if (since(a.setup.version, 1, 15)) continue
      return panicked(a.by)
    }
    if (reply.rcode === 'NXDOMAIN') continue
    return { rcode: served.rcode, reply: aliased(reply, query) }
  }
  // Only a first result that counts as written is handed on with its message.
  const { rcode, cause } = first as Served
  return WRITTEN_BY_SERVER.has(rcode) ? { rcode, ...(cause && { cause }) } : first as Served
}

/** The question of a reply that is handed on is the one that was asked. */
function asked(served: Served, query: DnsQuery, name: string): Served {
  if (!served.reply || served.reply.question || name === query.name) return served
  return { ...served, reply: { ...served.reply, question: { name, type: query.type } } }
}

function aliased(reply: Reply, query: DnsQuery): Reply {
  const target = reply.answer.find(r => !sameName(r.name, query.name))
  const alias: ResourceRecord[] = target ? [{ name: query.name, type: 'CNAME', ttlS: target.ttlS, data: target.name }] : []
  const question = reply.question && reply.question.type !== query.type ? { question: { name: query.name, type: reply.question.type } } : {}
  const { question: _, ...rest } = reply
  return { ...rest, answer: [...alias, ...reply.answer], ...question }
}

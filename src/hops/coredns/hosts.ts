// CoreDNS's `hosts` plugin, 1.9.3 to 1.15.0: plugin/hosts/. A table of names made of one file (default /etc/hosts) and of the lines
// inside the directive; the file's addresses come first. It has no SOA: a name it does not know is SERVFAIL without `fallthrough`,
// and NODATA has an empty authority section. PTR questions it cannot answer always go on.
// A file that the evidence does not have counts as empty, and that is said. A pod's own /etc/hosts is the one kubelet writes.
// Not modelled: the moment at which `reload` notices a change (the table is the file as the evidence has it), host aliases of the pod.
import type { CorednsModel, Directive } from '../../chain/model.ts'
import type { Source } from '../../chain/source.ts'
import { addressOfReverse, parseAddress, withoutZone } from '../../dns/go-address.ts'
import { hostsFields } from '../../dns/hosts-lines.ts'
import type { Cause, ResourceRecord } from '../../dns/message.ts'
import { labelsOf, nameKey } from '../../dns/name.ts'
import { authoritativeReply, refusedHandler } from './authoritative-reply.ts'
import { containerPath } from './go-path.ts'
import { fallthroughZones, matchZone, originsOf } from './origins.ts'
import { since, underRoot, written, type CorednsVersion, type Handler, type PluginFactory, type PluginSetup } from './plugin.ts'
import { ONCE_TEXT, refuse } from './refuse.ts'

interface HostsOptions {
  readonly path: string
  readonly zones: readonly string[]
  readonly inline: readonly string[]
  readonly ttlS: number
  readonly reverse: boolean
  readonly fallthrough: readonly string[]
  readonly fallthroughUnsupported: boolean
}

/** Name or address → what it has, in the order of the text. */
interface Table {
  readonly A: ReadonlyMap<string, readonly string[]>
  readonly AAAA: ReadonlyMap<string, readonly string[]>
  readonly PTR: ReadonlyMap<string, readonly string[]>
}

export const hosts: PluginFactory = setup => {
  const by = `${setup.server} hosts`
  const options = readOptions(setup)
  if ('refused' in options) return refusedHandler(by, options.refused)
  const wildcards = hasWildcards(setup.version)
  const tables = [fileText(setup, options.path), options.inline.join('\n')].map(text => tableOf(text, options, wildcards))
  const addresses = (type: 'A' | 'AAAA', key: string): readonly string[] => tables.flatMap(table => {
    const exact = table[type].get(key)
    return exact && !(wildcards && key.startsWith('*.')) ? exact : wildcards ? table[type].get(asteriskName(key)) ?? [] : []
  })
  const names = (address: string): readonly string[] => tables.flatMap(t => t.PTR.get(address) ?? [])
  return handler({ options, by, addresses, names, passesUnsupported: passesUnsupported(setup, options) })
}

interface Hosts {
  readonly options: HostsOptions
  readonly by: string
  readonly addresses: (type: 'A' | 'AAAA', key: string) => readonly string[]
  readonly names: (address: string) => readonly string[]
  readonly passesUnsupported: boolean
}

const handler = (h: Hosts): Handler => function* (query, next) {
  const { options } = h
  const key = nameKey(query.name)
  if (matchZone(options.zones, key) === undefined && query.type !== 'PTR') return yield* next(query)
  const falls = matchZone(options.fallthrough, key) !== undefined
  let found: readonly string[] = []
  if (query.type === 'PTR') {
    found = h.names(addressOfReverse(key)?.text ?? '')
    if (found.length === 0) return yield* next(query)
  } else if (query.type === 'A' || query.type === 'AAAA') found = h.addresses(query.type, key)
  else if (h.passesUnsupported && falls) return yield* next(query)
  if (found.length === 0 && h.addresses('A', key).length === 0 && h.addresses('AAAA', key).length === 0) {
    if (falls) return yield* next(query)
    return { rcode: 'SERVFAIL', cause: { kind: 'failed', by: h.by, detail: 'no entry, and no fallthrough' } }
  }
  // Owner names are the lower-cased question, unlike those of kubernetes.
  const answer = found.map((data): ResourceRecord => ({ name: key, type: query.type, ttlS: options.ttlS, data }))
  const cause: Cause = { kind: 'denied', by: h.by }
  return written(authoritativeReply(query, { answer, ...(answer.length === 0 && { cause }) }))
}

/** 1.14.5 and 1.14.6 let types other than A, AAAA and PTR fall through; from 1.14.7 an option does. */
const passesUnsupported = (setup: PluginSetup, options: HostsOptions): boolean =>
  since(setup.version, 1, 14, 7) ? options.fallthroughUnsupported : since(setup.version, 1, 14, 5)

const asteriskName = (key: string): string => {
  const first = labelsOf(key)[0] ?? ''
  const rest = key.slice(first.length + 1)
  return rest === '' ? '' : `*.${rest}`
}

function add(map: Map<string, string[]>, key: string, value: string): void {
  const held = map.get(key)
  if (held) held.push(value)
  else map.set(key, [value])
}

/** What `debug` says of the file when it was read: addresses of names and names of addresses, together. */
export function entriesOf(text: string, options: Pick<HostsOptions, 'zones' | 'reverse'>, version: CorednsVersion): number {
  const { A, AAAA, PTR } = tableOf(text, options, hasWildcards(version))
  return [A, AAAA, PTR].flatMap(map => [...map.values()]).reduce((sum, held) => sum + held.length, 0)
}

const hasWildcards = (version: CorednsVersion): boolean => since(version, 1, 14, 5)

function tableOf(text: string, options: Pick<HostsOptions, 'zones' | 'reverse'>, wildcards: boolean): Table {
  const table = { A: new Map<string, string[]>(), AAAA: new Map<string, string[]>(), PTR: new Map<string, string[]>() }
  for (const { fields: [first, ...names] } of hostsFields(text, 'coredns').lines) {
    const address = first && parseAddress(withoutZone(text.slice(...first)))
    if (!address) continue
    for (const field of names) {
      const name = nameKey(text.slice(...field))
      if (matchZone(options.zones, name) === undefined) continue
      add(address.family === 4 ? table.A : table.AAAA, name, address.text)
      if (options.reverse && !(wildcards && name.startsWith('*.'))) add(table.PTR, address.text, name)
    }
  }
  return table
}

function readOptions(setup: PluginSetup): HostsOptions | { readonly refused: string } {
  const directive = setup.directives[0] as Directive
  const refused = (text: string, source: Source): { refused: string } => {
    refuse(setup.report, `plugin/hosts: ${text}`, source)
    return { refused: text }
  }
  const second = setup.directives[1]
  if (second) return refused(ONCE_TEXT, second.source)
  const args = directive.args.map(a => a.value)
  const draft = {
    path: args[0] ?? '/etc/hosts', zones: originsOf(args.slice(1), setup.zones), inline: [] as string[], ttlS: 3600, reverse: true,
    fallthrough: [] as readonly string[], fallthroughUnsupported: false,
  }
  for (const property of directive.properties) {
    const words = property.args.map(a => a.value)
    const wrong = readProperty(draft, property.name, words, since(setup.version, 1, 14, 7))
    if (wrong !== undefined) return refused(`Error during parsing: ${wrong}`, property.source)
  }
  const lacksFallthrough = draft.fallthroughUnsupported && draft.fallthrough.length === 0
  return lacksFallthrough ? refused('fallthrough_unsupported requires fallthrough', directive.source) : draft
}

type Draft = { -readonly [K in keyof HostsOptions]: HostsOptions[K] } & { readonly inline: string[] }

/** Any word that is no option is a hosts line, but only above `fallthrough`. */
function readProperty(draft: Draft, name: string, words: readonly string[], knowsUnsupported: boolean): string | undefined {
  if (name === 'fallthrough') draft.fallthrough = fallthroughZones(words)
  else if (name === 'fallthrough_unsupported' && knowsUnsupported) draft.fallthroughUnsupported = true
  else if (name === 'no_reverse') draft.reverse = false
  else if (name === 'ttl') {
    if (words.length === 0) return 'ttl needs a time in second'
    if (!/^[+-]?\d+$/.test(words[0] as string)) return 'ttl needs a number of second'
    draft.ttlS = Number(words[0])
    return draft.ttlS <= 0 || draft.ttlS > 65535 ? 'ttl provided is invalid' : undefined
  } else if (name === 'reload') {
    if (words.length !== 1) return 'reload needs a duration (zero seconds to disable)'
    const duration = /^([+-]?)(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/.exec(words[0] as string)
    if (!duration) return `invalid duration for reload '${words[0]}'`
    return duration[1] === '-' && duration[2] !== '0' ? `invalid negative duration for reload '${words[0]}'` : undefined
  } else if (draft.fallthrough.length === 0) draft.inline.push([name, ...words].join(' '))
  else return `unknown property '${name}'`
  return undefined
}

function fileText(setup: PluginSetup, path: string): string {
  const absolutePath = containerPath(underRoot(setup, path))
  const text = hostsText(setup.model, absolutePath) ?? setup.model.files.get(path)?.text
  if (text !== undefined) return text
  const source = setup.directives[0]?.args[0]?.source ?? (setup.directives[0] as Directive).source
  const message = `hosts: the evidence has no ${absolutePath}; it counts as empty here`
  setup.report({ code: 'hosts-file-unknown', message, source, state: 'unknown' })
  return ''
}

/** `path` as in the container; undefined = the evidence does not have it. */
export const hostsText = (model: CorednsModel, path: string): string | undefined =>
  model.files.get(path)?.text ?? (path === '/etc/hosts' && !model.hostNetwork ? kubeletHosts(model) : undefined)

/** What kubelet puts into the /etc/hosts of a pod with its own network (pkg/kubelet/kubelet_pods.go, 1.24 to 1.34). */
function kubeletHosts(model: CorednsModel): string {
  const own = model.pod.slice(model.pod.indexOf('/') + 1).slice(0, 63)
  return [
    '127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback', 'fe00::0 ip6-localnet', 'fe00::0 ip6-mcastprefix',
    'fe00::1 ip6-allnodes', 'fe00::2 ip6-allrouters', ...model.addresses.map(a => `${a} ${own}`),
  ].join('\n')
}

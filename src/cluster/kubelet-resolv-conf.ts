// How kubelet reads the node's file: parseResolvConf, getHostDNSConfig and CheckLimitsForResolvConf of pkg/kubelet/network/dns/dns.go,
// run at Kubernetes 1.24.0 and 1.32.0 (test/fidelity/fidelity.test.ts), read at 1.20.0 to 1.36.0. Not glibc's rules: indented lines
// count, `domain` does not, nothing is validated. What changed: `search .` gave '' up to 1.24, '.' in 1.25.0 and nothing since (kubernetes
// pull requests 109441, 112157); `options` lines are merged since 1.26 (112414), and so are long search lists by default; the text around
// a parse error came with 1.27; gate ExpandedDNSConfig (since 1.22) is locked on since 1.28. RelaxedDNSSearchValidation is the API server's.
// Not modelled: the 10 MiB limit on the file (a bundle's reader has its own).
import type { KubeObject, ResolvConf, ResolvConfLine } from '../chain/model.ts'
import type { Sourced } from '../chain/source.ts'
import { textOf } from './fields.ts'

export type KubeletVersion = readonly [major: number, minor: number, patch: number]
/** As the Node object names it. */
export function kubeletVersionOf(node: KubeObject | undefined): KubeletVersion | undefined {
  const version = /^v?1\.(\d+)(?:\.(\d+))?/.exec(textOf(node?.body, 'status', 'nodeInfo', 'kubeletVersion') ?? '')
  return version ? [1, Number(version[1]), Number(version[2] ?? 0)] : undefined
}
export const kubeletSince = (version: KubeletVersion, minor: number, patch = 0): boolean =>
  version[0] !== 1 ? version[0] > 1 : version[1] !== minor ? version[1] > minor : version[2] >= patch

/** What kubelet finds where `resolvConf` points. `unset` = `resolvConf: ""`; `unknown` = the evidence does not hold the file. */
export type HostFile =
  | { readonly state: 'present'; readonly resolvConf: ResolvConf }
  | { readonly state: 'missing' | 'directory' | 'unset' | 'unknown' }

export interface HostDns {
  readonly servers: readonly Sourced<string>[]
  readonly searches: readonly Sourced<string>[]
  readonly options: readonly Sourced<string>[]
  /** The options came through a Go map. */
  readonly optionsInRandomOrder: boolean
}

export interface KubeletEvent {
  readonly on: 'pod' | 'node'
  readonly type: 'Warning'
  readonly reason: 'MissingClusterDNS' | 'DNSConfigForming' | 'CheckLimitsForResolvConf'
  readonly message: string
}

export interface KubeletDnsSettings {
  readonly version: KubeletVersion
  /** Gate ExpandedDNSConfig; undefined = the release's default (on since 1.26). Counts in 1.22 to 1.27 only. */
  readonly expandedDnsConfig?: boolean
  /** The path as configured. */
  readonly resolvConf: Sourced<string>
  readonly host: HostFile
  readonly clusterDNS: readonly Sourced<string>[]
  readonly clusterDomain: Sourced<string> | undefined
  readonly nodeIPs: readonly string[]
}

export interface SearchLimits { readonly searchCount: number; readonly searchChars: number; readonly entryChars: number }

export function limitsOf({ version, expandedDnsConfig }: KubeletDnsSettings): SearchLimits {
  const gated = kubeletSince(version, 22) && !kubeletSince(version, 28)
  const expanded = gated ? expandedDnsConfig ?? kubeletSince(version, 26) : kubeletSince(version, 28)
  const entryChars = kubeletSince(version, 22) ? SEARCH_ENTRY_LIMIT : Infinity
  return expanded ? { searchCount: 32, searchChars: 2048, entryChars } : { searchCount: 6, searchChars: 256, entryChars }
}

/** Longest search entry since 1.22, and longest DNS-1123 subdomain. */
const SEARCH_ENTRY_LIMIT = 253

export const byteLength = (text: string): number => new TextEncoder().encode(text).length

const EMPTY_NAMESERVER = 'nameserver list is empty '

/** Go's white space beyond blank, tab, newline and carriage return. */
const GO_SPACE = /[\v\f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

/** A line's words as strings.Fields cuts them. */
function goFields({ keyword, words, source }: ResolvConfLine): readonly Sourced<string>[] {
  const all = [{ value: keyword, source }, ...words]
  if (!all.some(word => GO_SPACE.test(word.value))) return all
  return all.flatMap(word => word.value.split(GO_SPACE).filter(part => part !== '').map(value => ({ value, source: word.source })))
}

export function parseHostFile(file: ResolvConf, version: KubeletVersion): HostDns & { readonly error?: string } {
  const servers: Sourced<string>[] = []
  let searches: Sourced<string>[] = []
  let options: Sourced<string>[] = []
  let error: string | undefined
  const merges = kubeletSince(version, 26)
  for (const line of file.lines) {
    const [{ value: keyword } = { value: '' }, ...words] = goFields(line)
    const first = words[0]
    if (keyword === 'nameserver') {
      if (first) servers.push(first)
      else error = EMPTY_NAMESERVER
    } else if (keyword === 'search') {
      searches = words.flatMap(word => searchEntry(word, version))
    } else if (keyword === 'options') {
      options = merges ? mergeOptions([...options, ...words]) : words
    }
  }
  return { servers, searches, options, optionsInRandomOrder: merges && options.length > 1, ...(error !== undefined && { error }) }
}

function searchEntry(word: Sourced<string>, version: KubeletVersion): Sourced<string>[] {
  if (word.value === '.' && kubeletSince(version, 25)) return kubeletSince(version, 25, 1) ? [] : [word]
  // Before 1.17 trailing dots were kept.
  if (!kubeletSince(version, 17) || !word.value.endsWith('.')) return [word]
  return [{ value: word.value.slice(0, -1), source: word.source }]
}

function mergeOptions(all: readonly Sourced<string>[]): Sourced<string>[] {
  const byName = new Map<string, Sourced<string>>()
  for (const option of all) byName.set(optionName(option.value), option)
  return [...byName.values()]
}

export const optionName = (option: string): string => option.split(':', 1)[0] ?? option

/** getHostDNSConfig: fails the whole call when the file cannot be read, whatever the pod's policy. */
export function hostDns(settings: KubeletDnsSettings): { readonly dns?: HostDns; readonly error?: string } {
  const { host, version } = settings
  const wrapped = (error: string): string =>
    (kubeletSince(version, 27) ? `Encountered error while parsing resolv conf file. Error: ${error}` : error)
  if (host.state !== 'present') {
    const error = host.state === 'unset' ? undefined : absent(host.state, settings.resolvConf.value)
    return error === undefined ? { dns: EMPTY } : { error: host.state === 'directory' ? wrapped(error) : error }
  }
  const { error, ...dns } = parseHostFile(host.resolvConf, version)
  return error === undefined ? { dns } : { error: wrapped(error) }
}

const EMPTY: HostDns = { servers: [], searches: [], options: [], optionsInRandomOrder: false }

const absent = (state: Exclude<HostFile['state'], 'present'>, path: string): string | undefined =>
  state === 'unset' ? 'open : no such file or directory' : state === 'missing' ? `open ${path}: no such file or directory`
    : state === 'directory' ? `read ${path}: is a directory` : undefined

/** `resolvConf: ""`: what a Default pod gets is a loopback address of each node address' family, and the root as the only search domain. */
export function withoutHostFile(settings: KubeletDnsSettings): HostDns {
  const { source } = settings.resolvConf
  const servers = settings.nodeIPs.map(ip => ({ value: ip.includes(':') ? '::1' : '127.0.0.1', source }))
  return { servers: servers.length > 0 ? servers : [{ value: '127.0.0.1', source }], searches: [{ value: '.', source }], options: [],
    optionsInRandomOrder: false }
}

/** The check of the node's own file that kubelet makes at start and then every 30 s; at most one event. */
export function checkLimits(settings: KubeletDnsSettings): readonly KubeletEvent[] {
  const { host, resolvConf, clusterDomain } = settings
  const path = resolvConf.value
  const event = (message: string): readonly KubeletEvent[] => [{ on: 'node', type: 'Warning', reason: 'CheckLimitsForResolvConf', message }]
  if (host.state !== 'present') {
    const error = absent(host.state, path)
    return error === undefined ? [] : event(error)
  }
  const { searches, error } = parseHostFile(host.resolvConf, settings.version)
  if (error !== undefined) return event(error)
  const limits = limitsOf(settings)
  const countLimit = limits.searchCount - (clusterDomain && clusterDomain.value !== '' ? 3 : 0)
  if (searches.length > countLimit) {
    return event(`Resolv.conf file '${path}' contains search line consisting of more than ${countLimit} domains!`)
  }
  if (searches.some(search => byteLength(search.value) > limits.entryChars)) {
    return event(`Resolv.conf file "${path}" contains a search path which length is more than allowed ${SEARCH_ENTRY_LIMIT} chars!`)
  }
  if (byteLength(searches.map(search => search.value).join(' ')) > limits.searchChars) {
    return event(`Resolv.conf file '${path}' contains search line which length is more than allowed ${limits.searchChars} chars!`)
  }
  return []
}

// The Corefile that NodeLocal DNSCache writes for itself: cmd/node-cache/app/configmap.go and pkg/dns/config of kubernetes/dns 1.16.0 to
// 1.26.7. The template is ConfigMap node-local-dns; what stands for its placeholders comes from the process (-localip, -upstreamsvc)
// and from ConfigMap kube-dns (stubDomains, upstreamNameservers). The installer fills in the rest before; what he forgot stays as it is.
// The process does this once at its start and again whenever a ConfigMap changes (looked at every 10 s).
// Not modelled: federations, the moment between a change of a ConfigMap and the next reload, placeholders in what replaces one.
import type { Problem, Source, Sourced } from '../../chain/source.ts'
import { sourcesOf } from '../../chain/source.ts'
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import { isFault } from './go-number.ts'
import { splitHostPort } from './go-host-port.ts'
import { nodeCacheVersion } from './node-cache.ts'
import { since } from './plugin.ts'

export interface NodeCacheSettings {
  /** `1.26.7`. */
  readonly release: string | undefined
  /** As given to -localip: `169.254.20.10,10.96.0.10`. */
  readonly localIps: Sourced<string> | undefined
  /** `-dns.port`. */
  readonly port: number
  /** Address of the Service of -upstreamsvc, as the environment had it at the start; undefined text = there was none. */
  readonly clusterDns: { readonly value: string | undefined; readonly source: Source } | undefined
  /** Keys of ConfigMap kube-dns as mounted, each its text. */
  readonly stubDomains?: Sourced<string>
  readonly upstreamNameservers?: Sourced<string>
}

export interface NodeCacheCorefile {
  readonly text: string
  /** A place in `text` → the place in the template, or in what replaced a placeholder there. */
  readonly back: (inner: Source) => Source
  readonly problems: readonly Problem[]
  /** The upstreams of names outside the cluster, as it logs them. */
  readonly upstreams: string
  readonly stubDomains: number
  /** The servers of kube-dns took the place of a block that forwards over TCP. */
  readonly hadTcpBlock: boolean
  /** Why the settings of kube-dns count for nothing: they were no such settings, or CoreDNS could not forward to them. */
  readonly refused: KubeDnsRefusal | undefined
}

export const [LOCAL, SERVER, CLUSTER, UPSTREAM] = ['__PILLAR__LOCAL__DNS__', '__PILLAR__DNS__SERVER__', '__PILLAR__CLUSTER__DNS__', '__PILLAR__UPSTREAM__SERVERS__'] as const
/** What the manifest's `.` block has; with servers of ConfigMap kube-dns the option goes away, in this spelling only. */
const OVER_TCP = `\n    forward . ${UPSTREAM} {\n            force_tcp\n    }\n`
/** Its upstreams where kube-dns names none. */
export const OWN_FILE = '/etc/resolv.conf'
/** Seconds; of the blocks of stub domains. */
const STUB_CACHE_S = 30
/** The text of a net.IP that is none. */
const NO_ADDRESS = '<nil>'
/** A bound on the template, characters. */
const TEXT_LIMIT = 2 ** 20

export interface KubeDnsRefusal {
  readonly by: 'sync' | 'corefile'
  readonly text: string
}

interface Piece {
  readonly text: string
  /** Its range in the template. */
  readonly start: number
  readonly end: number
  readonly behind?: Source
  /** Stands where the template stands, letter for letter. */
  readonly isOwn: boolean
}

/** `file`: what the template is called in the evidence. */
export function nodeCacheCorefile(file: string, template: string, settings: NodeCacheSettings): NodeCacheCorefile {
  const problems: Problem[] = []
  const at = sourcesOf(file, template)
  const kubeDns = readKubeDns(settings)
  if (kubeDns.refused !== undefined) {
    const source = settings.stubDomains?.source ?? settings.upstreamNameservers?.source
    const message = `node-cache does not take the settings of ConfigMap kube-dns: ${kubeDns.refused.text}`
    problems.push({ code: 'node-cache-kube-dns', message, state: 'ignored', ...(source && { source }) })
  }
  const upstreams = kubeDns.upstreams.join(' ')
  const pieces = piecesOf(template.slice(0, TEXT_LIMIT), settings, upstreams)
  for (const [placeholder] of template.matchAll(/__PILLAR__\w+?__(?!\w)/g)) {
    const isReplaced = placeholder === LOCAL || placeholder === SERVER || placeholder === CLUSTER || placeholder === UPSTREAM
    const start = template.indexOf(placeholder)
    if (!isReplaced) problems.push(unfilled(placeholder, at(start, start + placeholder.length)))
  }
  if (template.includes(CLUSTER) && settings.clusterDns && settings.clusterDns.value === undefined) {
    const start = template.indexOf(CLUSTER)
    const message = `node-cache found no Service of -upstreamsvc at its start and writes ${NO_ADDRESS} for ${CLUSTER}`
    problems.push({ code: 'node-cache-no-upstream', message, state: 'damaged', source: { ...at(start, start + CLUSTER.length), behind: [settings.clusterDns.source] } })
  }
  const own = pieces.map(p => p.text).join('')
  const stubs = kubeDns.stubs.map(([zone, servers]) => stubBlock(zone, servers, settings)).join('')
  return { text: own + stubs, back: backTo(pieces, own.length, at, settings), problems, upstreams: upstreams || OWN_FILE, stubDomains: kubeDns.stubs.length, hadTcpBlock: upstreams !== '' && !template.replaceAll(OVER_TCP, '').includes(UPSTREAM), refused: kubeDns.refused }
}

const unfilled = (placeholder: string, source: Source): Problem =>
  ({ code: 'node-cache-placeholder', message: `${placeholder} is for the installer to fill in; node-cache leaves it as it is`, state: 'damaged', source })

function piecesOf(template: string, { localIps, clusterDns, upstreamNameservers }: NodeCacheSettings, upstreams: string): readonly Piece[] {
  const words = [LOCAL, SERVER, CLUSTER, UPSTREAM].join('|')
  const pattern = new RegExp(upstreams === '' ? words : `${escaped(OVER_TCP)}|${words}`, 'g')
  const pieces: Piece[] = []
  let done = 0
  const put = (start: number, end: number, text: string, behind: Source | undefined): void => {
    pieces.push({ text: template.slice(done, start), start: done, end: start, isOwn: true })
    pieces.push({ text, start, end, isOwn: false, ...(behind && { behind }) })
    done = end
  }
  for (const { 0: found, index } of template.matchAll(pattern)) {
    const end = index + found.length
    if (found === OVER_TCP) {
      // What stays of it has its own place; the braces go.
      const head = index + OVER_TCP.indexOf(UPSTREAM)
      put(head, head + UPSTREAM.length, upstreams, upstreamNameservers?.source)
      put(done, end, '\n', undefined)
    } else if (found === LOCAL) put(index, end, (localIps?.value ?? '').replaceAll(',', ' '), localIps?.source)
    else if (found === CLUSTER) put(index, end, clusterDns?.value ?? NO_ADDRESS, clusterDns?.source)
    else if (found === UPSTREAM) put(index, end, upstreams || OWN_FILE, upstreams === '' ? undefined : upstreamNameservers?.source)
    else put(index, end, '', undefined)
  }
  pieces.push({ text: template.slice(done), start: done, end: template.length, isOwn: true })
  return pieces
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function stubBlock(zone: string, servers: readonly string[], { localIps, port }: NodeCacheSettings): string {
  const bound = (localIps?.value ?? '').replaceAll(',', ' ')
  return `\n${zone}:${port} {\n    errors\n    cache ${STUB_CACHE_S}\n    bind ${bound}\n    forward . ${servers.join(' ')}\n}\n`
}

function backTo(pieces: readonly Piece[], ownLength: number, at: (start: number, end: number) => Source, settings: NodeCacheSettings): (inner: Source) => Source {
  const starts: number[] = []
  let length = 0
  for (const piece of pieces) {
    starts.push(length)
    length += piece.text.length
  }
  /** Of two pieces that meet there, a start belongs to the second, an end to the first. */
  const place = (offset: number, isEnd: boolean): { readonly offset: number; readonly piece: Piece | undefined } => {
    const index = Math.max(0, isEnd ? starts.findLastIndex(s => s < offset) : starts.findLastIndex(s => s <= offset))
    const piece = pieces[index]
    if (!piece) return { offset: 0, piece }
    const shift = offset - (starts[index] as number)
    return { offset: piece.isOwn ? piece.start + shift : isEnd ? piece.end : piece.start, piece }
  }
  return inner => {
    if (inner.start >= ownLength && settings.stubDomains) return settings.stubDomains.source
    const start = place(inner.start, false)
    const end = inner.end > inner.start ? place(inner.end, true) : start
    const behind = start.piece === end.piece ? start.piece?.behind : undefined
    return { ...at(start.offset, Math.max(start.offset, end.offset)), ...(behind && { behind: [behind] }) }
  }
}

interface KubeDns {
  readonly stubs: readonly (readonly [zone: string, servers: readonly string[]])[]
  readonly upstreams: readonly string[]
  readonly refused: KubeDnsRefusal | undefined
}

const MOST_UPSTREAMS = 3
/** Since then the settings are tried before the file is written; before, CoreDNS did not take what was written. */
const TRIED_SINCE = [1, 22, 10] as const

/** A mistake in one key makes nothing of both. */
function readKubeDns({ stubDomains, upstreamNameservers, release }: NodeCacheSettings): KubeDns {
  const none = (by: KubeDnsRefusal['by'], text: string): KubeDns => ({ stubs: [], upstreams: [], refused: { by, text } })
  const stubs = jsonOf(stubDomains?.value) ?? {}
  const upstreams = jsonOf(upstreamNameservers?.value) ?? []
  if (!isMapOfLists(stubs)) return none('sync', 'stubDomains is no JSON object of lists')
  if (!isList(upstreams)) return none('sync', 'upstreamNameservers is no JSON list')
  const named = Object.keys(stubs).sort().map(zone => [zone, stubs[zone] ?? []] as const)
  const odd = named.map(([zone, servers]) => stubFault(zone, servers)).find(fault => fault !== undefined)
    ?? (upstreams.length > MOST_UPSTREAMS ? 'upstreamNameserver cannot have more than three entries' : upstreams.map(upstreamFault).find(fault => fault !== undefined))
  if (odd !== undefined) return none('sync', odd)
  const version = nodeCacheVersion(release)
  if (!version || since(version, ...TRIED_SINCE)) {
    for (const [zone, servers] of named) {
      const name = servers.find(server => !isAddress(server))
      if (name !== undefined) return none('corefile', `invalid nameservers [${servers.join(' ')}] for the stub domain ${zone}: not an IP address or file: ${JSON.stringify(name)}`)
    }
  }
  return { stubs: named, upstreams, refused: undefined }
}

function stubFault(zone: string, servers: readonly string[]): string | undefined {
  if (!NAME.test(zone)) return `invalid domain name: ${JSON.stringify(zone)}`
  const odd = servers.find(server => {
    const parts = splitHostPort(server)
    const [host, port] = isFault(parts) ? [server, ''] : [parts.value.host, parts.value.port]
    return (port !== '' && !isPort(port)) || (!parseAddress(host) && !NAME.test(server))
  })
  return odd === undefined ? undefined : `invalid nameserver: ${JSON.stringify(odd)}`
}

function upstreamFault(server: string): string | undefined {
  if (parseAddress(server)) return undefined
  const parts = splitHostPort(server)
  if (isFault(parts)) return parts.fault
  const { host, port } = parts.value
  if (!parseAddress(host)) return `bad IP address: ${JSON.stringify(host)}`
  return isPort(port) && Number(port) > 0 ? undefined : `bad port number: ${JSON.stringify(port)}`
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535

/** A DNS-1123 subdomain. */
const NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function isAddress(server: string): boolean {
  const parts = splitHostPort(server)
  return parseAddress(withoutZone(isFault(parts) ? server : parts.value.host)) !== undefined
}

/** Undefined: absent, or JSON's null; NaN: no JSON. */
function jsonOf(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return Number.NaN
  }
}

const isList = (value: unknown): value is string[] => Array.isArray(value) && value.every(item => typeof item === 'string')
const isMapOfLists = (value: unknown): value is Record<string, string[] | null> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(item => item === null || isList(item))

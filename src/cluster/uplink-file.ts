// What systemd-resolved writes into /run/systemd/resolve/resolv.conf: src/resolve/resolved-resolv-conf.c at v252 and v255, as recorded rows of
// v252 show (test/fidelity/rows/systemd-resolved.jsonl.gz). Global servers, then those of each link that is a default route or is
// down, then, if there are none at all, the fallback servers; the remark before the fourth line; search domains of all
// links that are not route-only, global first, each once, or `search .` (since v246). Servers with a port other than 53 are left out (not so at
// v247). Within one list a server counts once; the same server globally and on a link is written twice (once at v257).
// The order of the links is that of a hash table, drawn anew at each start of the daemon: the recorded file's order is kept
// where it shows, else `orderKnown` is false.
import type { ResolvConf } from '../chain/model.ts'
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { isGenerated } from '../config/generated-file.ts'
import type { NetplanVersion } from '../config/netplan-keys.ts'
import { NETPLAN_DEFAULT, type NodeFile } from '../config/netplan.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { OWN_LISTENERS, readResolvedConf, type ResolvedConf, serverParts } from '../config/resolved-conf.ts'
import { inEffect, type LinkDns, type NodeNetwork, type Placed, placed, readNodeNetwork, withoutRepeats,
  withRoute } from './link-servers.ts'
import { versionsOfOs } from './os-versions.ts'

export const UPLINK = '/run/systemd/resolve/resolv.conf'
const MAXNS = 3
const USUAL_SYSTEMD = 252
const LEAVES_PORTS_OUT = 248
const EACH_ONCE_IN_ALL = 257
const REMARK = '# Too many DNS servers configured, the following entries may be ignored.\n'

export interface ResolvedSetup {
  readonly conf: ResolvedConf
  readonly globalServers: readonly Placed[]
  readonly globalDomains: readonly Placed[]
  readonly links: readonly LinkDns[]
  readonly network: NodeNetwork
  readonly systemd: string | undefined
  readonly problems: readonly Problem[]
}

/** All that systemd-resolved was told on this node: as it is now, or as it would be once the configuration in `files` is applied to the
 * state in `before`. */
export function resolvedSetup(files: ReadonlyMap<string, NodeFile>, before: ReadonlyMap<string, NodeFile> = files): ResolvedSetup {
  const os = versionsOfOs(files.get('/etc/os-release')?.text ?? '')
  const netplan: NetplanVersion = os.netplan ?? NETPLAN_DEFAULT
  const conf = readResolvedConf(files)
  const now = readNodeNetwork(before, netplan)
  const network = before === files ? now : readNodeNetwork(files, netplan)
  const links = before === files ? network.configured.map(link => inEffect(network, link))
    : network.configured.map(link => afterwards(now, link))
  const foreign = conf.value.assigned ? undefined : foreignGlobals(files)
  return {
    conf: conf.value, network, links, systemd: os.systemd, problems: [...conf.problems, ...network.problems],
    globalServers: eachServerOnce(conf.value.dns.length > 0 ? placed(conf.value.dns, 'resolved-conf') : foreign?.servers ?? []),
    globalDomains: conf.value.domains.length > 0 ? placed(conf.value.domains, 'resolved-conf') : foreign?.domains ?? [],
  }
}

/** A link once the new configuration is applied: unchanged lists stay as they are; a changed list loses what came from the old one, and
 * keeps what no file explains (DHCP). */
function afterwards(now: NodeNetwork, link: LinkDns): LinkDns {
  const old = now.configured.find(other => other.link.name === link.link.name)
  if (!old) return link
  const effective = inEffect(now, old)
  const same = (a: readonly Sourced<string>[], b: readonly Sourced<string>[]): boolean => a.length === b.length
    && a.every((one, index) => one.value === b[index]?.value)
  if (same(old.servers, link.servers) && same(old.domains, link.domains)) {
    // Same values, but the lines may have moved: Sources are those of the new text.
    return withRoute(effective.link, effective.servers.map(one => link.servers.find(fresh => fresh.value === one.value) ?? one),
      effective.domains, effective.defaultRouteSet)
  }
  const stale = new Set(now.notApplied.map(source => source.text))
  const learnt = effective.servers.filter(one => one.origin === 'dhcp-or-ra' && !stale.has(one.value))
  return withRoute(link.link, [...link.servers, ...learnt], link.domains, link.defaultRouteSet)
}

/** resolved reads /etc/resolv.conf when it is not one of its own and nothing was assigned; `domain` and `search` add up. */
function foreignGlobals(files: ReadonlyMap<string, NodeFile>): { readonly servers: readonly Placed[]; readonly domains: readonly Placed[] }
  | undefined {
  const etc = files.get('/etc/resolv.conf')
  if (!etc || isGenerated(etc.text)?.resolved) return undefined
  const { lines } = readResolvConf(etc.file, etc.text).value
  const words = (keyword: string): readonly Sourced<string>[] =>
    lines.filter(line => line.keyword === keyword).flatMap(line => (keyword === 'nameserver' ? line.words.slice(0, 1) : line.words))
  return {
    servers: placed(words('nameserver').filter(({ value }) => !OWN_LISTENERS.has(value)), 'file'),
    domains: placed([...words('domain'), ...words('search')].filter(({ value }) => value !== '.'), 'file'),
  }
}

export interface UplinkFile {
  readonly file: string
  readonly text: string
  /** Sources lie in `text`; behind them the lines that put them there. */
  readonly resolvConf: ResolvConf
  readonly servers: readonly Placed[]
  /** False: the order of the links, and so of the servers, is drawn at the daemon's next start. */
  readonly orderKnown: boolean
  readonly problems: readonly Problem[]
}

/** The file as resolved would write it. `before`: the node as it was recorded, when `files` holds a patch that is yet to be applied. */
export function generateUplink(files: ReadonlyMap<string, NodeFile>, before: ReadonlyMap<string, NodeFile> = files): UplinkFile {
  const setup = resolvedSetup(files, before)
  const recorded = before.get(UPLINK)
  const read = recorded && readResolvConf(recorded.file, recorded.text).value
  const recordedWords = (keyword: string): readonly Sourced<string>[] => (read?.lines ?? []).filter(line => line.keyword === keyword)
    .flatMap(line => (keyword === 'nameserver' ? line.words.slice(0, 1) : line.words))
  const recordedServers = recordedWords('nameserver')
  const order = linkOrder(setup.links.filter(one => writtenServers(one).length > 0), writtenServers, recordedServers.map(word => word.value))
  const searching = linkOrder([...order.links, ...setup.links.filter(one => !order.links.includes(one))],
    one => searchDomains(one.domains), recordedWords('search').map(word => word.value))
  const known = [...setup.globalServers, ...setup.links.flatMap(one => one.servers)]
  const chosen = known.length > 0 ? [...setup.globalServers, ...order.links.flatMap(writtenServers)]
    : eachServerOnce(placed(setup.conf.fallbackDns ?? [], 'resolved-conf'))
  const file = recorded?.file ?? bundlePath(files, UPLINK)
  // Nothing in the evidence says where the recorded servers come from: the file itself is the only source.
  if (chosen.length === 0 && recordedServers.length > 0 && setup.links.length === 0) {
    const as = readResolvConf(file, recorded?.text ?? '')
    return { file, text: recorded?.text ?? '', resolvConf: as.value, servers: placed(recordedServers, 'file'), orderKnown: true,
      problems: setup.problems }
  }
  const release = Number(setup.systemd ?? USUAL_SYSTEMD)
  const named = chosen.filter(one => release < LEAVES_PORTS_OUT || serverParts(one.value).port === 53)
  const servers = release < EACH_ONCE_IN_ALL ? named : eachServerOnce(named)
  const domains = searchDomains([...setup.globalDomains, ...searching.links.flatMap(link => link.domains)])
  const none = known.length === 0 && chosen.length === 0
  const text = render(headerOf(recorded?.text), none ? undefined : servers, domains, setup.systemd)
  return { file, text, servers, orderKnown: order.known, problems: setup.problems,
    resolvConf: place(readResolvConf(file, text), servers, domains).value }
}

/** A link that systemd-resolved has no scope for is not looked at for its routes. */
const writtenServers = (link: LinkDns): readonly Placed[] => (link.defaultRoute || !link.link.relevant ? eachServerOnce(link.servers) : [])

/** dns_server_find: same address, port, interface and name. */
export function eachServerOnce(servers: readonly Placed[]): readonly Placed[] {
  return servers.filter((one, index) => servers.findIndex(other => other.value === one.value) === index)
}

/** By where the recorded file has their words. */
function linkOrder(links: readonly LinkDns[], wordsOf: (link: LinkDns) => readonly Placed[],
  recorded: readonly string[]): { readonly links: readonly LinkDns[]; readonly known: boolean } {
  if (links.length < 2) return { links, known: true }
  const rank = (link: LinkDns): number => {
    const found = wordsOf(link).map(one => recorded.indexOf(one.value)).filter(index => index >= 0)
    return found.length > 0 ? Math.min(...found) : Number.POSITIVE_INFINITY
  }
  return { links: [...links].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b))),
    known: links.every(link => rank(link) < Number.POSITIVE_INFINITY) }
}

function searchDomains(all: readonly Placed[]): Placed[] {
  const real = all.filter(({ value }) => !value.startsWith('~'))
  return real.filter((one, index) => real.findIndex(other => other.value.toLowerCase() === one.value.toLowerCase()) === index)
}

/** The comment block and the blank line after it, as the recorded file has them. */
function headerOf(recorded: string | undefined): string {
  const header = /^(?:#[^\n]*\n)+\n/.exec(recorded ?? '')?.[0]
  return header ?? `# This is ${UPLINK} managed by man:systemd-resolved(8).\n\n`
}

/** `servers` undefined: nobody has one. */
function render(header: string, servers: readonly Placed[] | undefined, domains: readonly Placed[], systemd: string | undefined): string {
  const lines = (servers ?? []).map((one, index) => `${index === MAXNS ? REMARK : ''}nameserver ${serverParts(one.value).address}\n`)
  const search = domains.length > 0 ? `search ${domains.map(one => one.value).join(' ')}\n` : systemd !== undefined
    && Number(systemd) < 246 ? '' : 'search .\n'
  return header + (servers ? lines.join('') : '# No DNS servers known.\n') + search
}

function place(read: Read<ResolvConf>, servers: readonly Placed[], domains: readonly Placed[]): Read<ResolvConf> {
  let next = 0
  const behindOf = (one: Placed | undefined): readonly Source[] => one?.lines ?? []
  const lines = read.value.lines.map(line => {
    const behinds = line.keyword === 'nameserver' ? [behindOf(servers[next++])] : line.keyword === 'search'
      ? line.words.map(word => behindOf(domains.find(one => one.value === word.value))) : []
    const words = line.words.map((word, index) => ({ ...word, source: inferred(word.source, behinds[index] ?? []) }))
    return { ...line, words, source: inferred(line.source, behinds.flat()) }
  })
  return { ...read, value: { ...read.value, lines } }
}

const inferred = (source: Source, behind: readonly Source[]): Source =>
  ({ ...source, obtained: 'inferred', ...(behind.length > 0 && { behind: withoutRepeats(behind) }) })

/** Where a file of the node lies in the bundle, worked out from any other file of the node. */
export function bundlePath(files: ReadonlyMap<string, NodeFile>, path: string): string {
  for (const [known, { file }] of files) if (file.endsWith(known)) return file.slice(0, file.length - known.length) + path
  return path.slice(1)
}

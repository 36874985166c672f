// Where a node's name servers come from: for every resolv.conf of the node, which line of which file put each server there, who writes
// the file, and what systemd-resolved would answer by. A generated file is no place to edit: systemd-resolved writes
// /run/systemd/resolve/resolv.conf again at its next change, so only the lines behind it count.
// Not modelled: ifupdown and resolvconf(8) beyond recognising their file, VPN clients, delegates of systemd 258.
import type { HostsLine, ResolvConf, ResolvedModel, ResolvedScope } from '../chain/model.ts'
import type { Problem, Source, Sourced } from '../chain/source.ts'
import { type GeneratedBy, isGenerated } from '../config/generated-file.ts'
import { readHosts } from '../config/hosts.ts'
import type { NodeFile } from '../config/netplan.ts'
import { readNmConnections } from '../config/network-manager.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { serverParts } from '../config/resolved-conf.ts'
import { type LinkDns, type Placed, type ServerOrigin, withoutRepeats } from './link-servers.ts'
import { eachServerOnce, generateUplink, type ResolvedSetup, resolvedSetup, UPLINK } from './uplink-file.ts'

/** One server of one resolv.conf of the node. */
export interface NodeServer {
  readonly address: string
  /** The word in the resolv.conf. */
  readonly source: Source
  /** The lines that put it there: what to edit. Empty = no other file says so, the line itself is all there is. */
  readonly behind: readonly Source[]
  readonly origin: ServerOrigin
}

export interface NodeResolvConf {
  /** Path on the node. */
  readonly path: string
  /** Words carry what stands behind them. */
  readonly resolvConf: ResolvConf
  /** stub, uplink and static are systemd-resolved's own; foreign is anybody else's. */
  readonly mode: 'stub' | 'uplink' | 'static' | 'foreign'
  readonly generatedBy: string | undefined
  readonly servers: readonly NodeServer[]
  /** Lines that their program would not write: somebody edited the generated file. */
  readonly strayLines: readonly Source[]
  /** Servers that their program would write and that are not there. */
  readonly missing: readonly Sourced<string>[]
}

export interface NodeRoute {
  readonly link: string
  readonly domain: Sourced<string>
  readonly servers: readonly Sourced<string>[]
}

export interface NodeDns {
  readonly resolved: ResolvedModel | undefined
  /** By path on the node: /etc/resolv.conf, resolved's files, and what `more` names. */
  readonly files: ReadonlyMap<string, NodeResolvConf>
  readonly etcResolvConf: ResolvConf | undefined
  readonly etcMode: NodeResolvConf['mode'] | 'missing'
  readonly uplinkResolvConf: ResolvConf | undefined
  /** Domains of links, with the servers that alone serve them: lost in every resolv.conf. */
  readonly routes: readonly NodeRoute[]
  readonly problems: readonly Problem[]
}

const ETC = '/etc/resolv.conf'
const OWN_FILES = [ETC, UPLINK, '/run/systemd/resolve/stub-resolv.conf', '/usr/lib/systemd/resolv.conf', '/lib/systemd/resolv.conf',
  '/run/NetworkManager/resolv.conf']

export interface NodeDnsOptions {
  readonly node: string
  /** Further resolv.conf paths: the one kubelet is given. */
  readonly more?: readonly string[]
}

export function nodeDns(files: ReadonlyMap<string, NodeFile>, { node, more = [] }: NodeDnsOptions): NodeDns {
  const setup = resolvedSetup(files)
  const problems: Problem[] = [...setup.problems]
  const read = new Map<string, NodeResolvConf>()
  for (const path of new Set([...OWN_FILES, ...more])) {
    const file = files.get(path)
    if (!file) continue
    const conf = readResolvConf(file.file, file.text)
    problems.push(...conf.problems)
    const by = isGenerated(file.text)
    read.set(path, by?.resolved === 'uplink' ? uplinkConf(path, conf.value, files, problems) : otherConf(path, conf.value, by, files))
  }
  for (const source of setup.network.notApplied) {
    problems.push({ code: 'netplan-not-applied',
      message: 'netplan’s YAML and the file it wrote differ here: edited, and not applied since', source, state: 'partly-modelled' })
  }
  const etc = read.get(ETC)
  return {
    files: read, etcResolvConf: etc?.resolvConf, etcMode: etc?.mode ?? 'missing', uplinkResolvConf: read.get(UPLINK)?.resolvConf, problems,
    resolved: hasResolved(files, read) ? resolvedModel(node, setup, files, read, problems) : undefined,
    routes: setup.links.flatMap(link => link.domains.map(domain =>
      ({ link: link.link.name, domain: withLines(domain), servers: link.servers.map(withLines) }))),
  }
}

const withLines = ({ value, source, lines }: Placed): Sourced<string> => {
  const behind = lines.filter(line => line.file !== source.file || line.start !== source.start)
  return { value, source: behind.length > 0 ? { ...source, behind } : source }
}

function uplinkConf(path: string, conf: ResolvConf, files: ReadonlyMap<string, NodeFile>, problems: Problem[]): NodeResolvConf {
  const generated = generateUplink(files)
  const known = generated.servers.some(one => one.origin !== 'file') || generated.servers.length === 0
    && files.has('/etc/systemd/resolved.conf')
  const servers = serverWords(conf).map((word): NodeServer => {
    const found = generated.servers.filter(one => serverParts(one.value).address === word.value)
    const lines = withoutRepeats(found.flatMap(one => one.lines).filter(line => line.file !== conf.file))
    return { address: word.value, source: word.source, behind: lines, origin: found[0]?.origin ?? 'file' }
  })
  const stray = known ? servers.filter(one => one.origin === 'file').map(one => one.source) : []
  const missing = known ? generated.servers.filter(one => serverParts(one.value).port === 53
    && !servers.some(s => s.address === serverParts(one.value).address)).map(withLines) : []
  for (const source of stray) problems.push({ code: 'generated-file-edited',
    message: `${path}: systemd-resolved would not write this line`, source, state: 'partly-modelled' })
  if (!generated.orderKnown) problems.push({ code: 'uplink-order-random',
    message: `${path}: servers of several links, in an order that is drawn anew at each start of systemd-resolved`,
      state: 'partly-modelled' })
  return { path, resolvConf: withBehind(conf, servers), mode: 'uplink', generatedBy: 'systemd-resolved', servers, strayLines: stray,
    missing }
}

function otherConf(path: string, conf: ResolvConf, by: GeneratedBy | undefined, files: ReadonlyMap<string, NodeFile>): NodeResolvConf {
  const profiles = by?.program === 'NetworkManager' ? readNmConnections(files).value : []
  const servers = serverWords(conf).map((word): NodeServer => {
    const lines = profiles.flatMap(profile => profile.servers.filter(one => one.value === word.value).map(one => one.source))
    return { address: word.value, source: word.source, behind: withoutRepeats(lines), origin: lines.length > 0 ? 'network-manager'
      : 'file' }
  })
  const stub = by?.resolved
  return { path, resolvConf: withBehind(conf, servers), mode: stub ?? 'foreign', generatedBy: by?.program, servers, strayLines: [],
    missing: [] }
}

const serverWords = (conf: ResolvConf): readonly Sourced<string>[] =>
  conf.lines.filter(line => line.keyword === 'nameserver').flatMap(line => line.words.slice(0, 1))

function withBehind(conf: ResolvConf, servers: readonly NodeServer[]): ResolvConf {
  let next = 0
  return { ...conf, lines: conf.lines.map(line => {
    const server = line.keyword === 'nameserver' && line.words.length > 0 ? servers[next++] : undefined
    if (!server || server.behind.length === 0) return line
    const add = (source: Source): Source => ({ ...source, behind: server.behind })
    return { ...line, source: add(line.source),
      words: line.words.map((word, index) => (index === 0 ? { ...word, source: add(word.source) } : word)) }
  }) }
}

const hasResolved = (files: ReadonlyMap<string, NodeFile>, read: ReadonlyMap<string, NodeResolvConf>): boolean =>
  files.has('/resolvectl-status.txt') || [...read.values()].some(conf => conf.generatedBy === 'systemd-resolved')

function resolvedModel(node: string, setup: ResolvedSetup, files: ReadonlyMap<string, NodeFile>, read: ReadonlyMap<string, NodeResolvConf>,
  problems: Problem[]): ResolvedModel {
  const hosts = files.get('/etc/hosts')
  const status = setup.network.links.status?.blocks.find(block => block.name === 'global')
  const global: ResolvedScope = {
    name: 'global', servers: (status && status.servers.length > 0 ? status.servers : setup.globalServers.map(withLines)),
      defaultRoute: true,
    domains: status && status.domains.length > 0 ? status.domains : setup.globalDomains.map(withLines),
      ...(status?.currentServer && { currentServer: today(status.currentServer) }),
  }
  const links = setup.links.filter(isScope).map(scopeOf)
  const fallback = status && status.fallbackServers.length > 0 ? status.fallbackServers : setup.conf.fallbackDns ?? []
  const known = [...(global.servers.length > 0 || global.domains.length > 0 ? [global] : []), ...links]
  const scopes = known.length > 0 ? known : uplinkScope(read, problems)
  if (setup.conf.dnssec && setup.conf.dnssec.value.toLowerCase() !== 'no') {
    problems.push({ code: 'resolved-dnssec', message: `DNSSEC=${setup.conf.dnssec.value}: validation is not modelled`,
      source: setup.conf.dnssec.source, state: 'unmodelled' })
  }
  return {
    node, scopes, fallbackServers: fallback, readEtcHosts: setup.conf.readEtcHosts,
      ...(setup.systemd !== undefined && { version: setup.systemd }),
    ...(setup.conf.cache && { cache: setup.conf.cache.value }), ...(setup.conf.unicastSingleLabel && { unicastSingleLabel: true }),
    ...(usesProtocol(setup, 'LLMNR') && { llmnr: true }), ...(usesProtocol(setup, 'mDNS') && { mdns: true }),
    stubListener: setup.conf.stubListener?.value !== 'no', hosts: hosts && setup.conf.readEtcHosts ? hostsLines(hosts) : [],
  }
}

/** LLMNR and mDNS need both the global setting and a link that has it; `Current Scopes` says what came of it. */
const usesProtocol = (setup: ResolvedSetup, protocol: 'LLMNR' | 'mDNS'): boolean =>
  setup.links.some(({ link }) => link.status?.currentScopes?.some(one => one.startsWith(`${protocol}/`)))

const isScope = (link: LinkDns): boolean =>
  (link.link.status?.currentScopes ? link.link.status.currentScopes.includes('DNS') : link.link.relevant && link.servers.length > 0)

/** etc_hosts_parse takes what in_addr_from_string_auto takes: no zones; near enough to glibc's rules. */
const hostsLines = (file: NodeFile): readonly HostsLine[] => readHosts(file.file, file.text, 'glibc').value

function scopeOf(link: LinkDns): ResolvedScope {
  const current = link.link.status?.currentServer
  return { name: link.link.name, servers: eachServerOnce(link.servers).map(withLines), domains: link.domains.map(withLines),
    defaultRoute: link.defaultRoute, ...(link.link.addresses.length > 0 && { addresses: link.link.addresses }),
    ...(current && { currentServer: today(current) }) }
}

/** A status says which server is in use when it was printed, not when the trouble was. */
const today = (server: Sourced<string>): Sourced<string> => ({ value: server.value, source: { ...server.source, obtained: 'today' } })

/** Nothing says which link has which server: one scope that has them all, and said to be so. */
function uplinkScope(read: ReadonlyMap<string, NodeResolvConf>, problems: Problem[]): ResolvedScope[] {
  const uplink = read.get(UPLINK)
  if (!uplink || uplink.servers.length === 0) return []
  problems.push({ code: 'resolved-scopes-not-seen',
    message: 'which link has which server is not in the evidence: all are taken to be of one link', state: 'partly-modelled',
      source: uplink.servers[0]!.source })
  return [{ name: 'link', servers: uplink.servers.map(({ address, source }) => ({ value: address, source })), domains: [],
    defaultRoute: true }]
}

// Which name servers and domains each link of a node has, and which line of which file put each there. Two views: what is in effect now
// (state files, resolvectl), and what the configuration leads to once it is applied (`netplan apply`, a reload of networkd). In both, the
// order on
// a link is static, DHCPv4, then DHCPv6 and router advertisement (networkd-state-file.c, v252).
// The lines of a server are those that a person edits: a file that netplan writes is passed through to netplan's YAML.
import type { Problem, Source, Sourced } from '../chain/source.ts'
import { readDhclientLeases, readNetworkdLease } from '../config/dhcp-lease.ts'
import { generateNetwork } from '../config/netplan-generate.ts'
import type { NetplanFailure } from '../config/netplan-failure.ts'
import { netplanFiles, type NodeFile } from '../config/netplan.ts'
import type { NetplanVersion } from '../config/netplan-keys.ts'
import { type NetworkFile, networkFileFor, ofNetplan, readNetworkFiles, sameSource } from '../config/networkd.ts'
import { type NmConnection, readNmConnections } from '../config/network-manager.ts'
import { type NodeLink, type NodeLinks, readNodeLinks } from './node-links.ts'

export type ServerOrigin = 'netplan' | 'networkd' | 'network-manager' | 'dhcp' | 'dhcp-or-ra' | 'runtime' | 'resolved-conf' | 'file'

/** A server or a domain: where it was read, and the lines that a person edits to change it. */
export interface Placed extends Sourced<string> {
  readonly origin: ServerOrigin
  readonly lines: readonly Source[]
}

export interface LinkDns {
  readonly link: NodeLink
  readonly servers: readonly Placed[]
  readonly domains: readonly Placed[]
  readonly defaultRoute: boolean
  /** DNSDefaultRoute= or what resolved was told; undefined = worked out from the domains. */
  readonly defaultRouteSet: Sourced<boolean> | undefined
}

export interface NodeNetwork {
  readonly links: NodeLinks
  /** As it would be once the configuration is applied. */
  readonly configured: readonly LinkDns[]
  readonly netplanFailure: NetplanFailure | undefined
  /** netplan's YAML and the files that it wrote differ: somebody edited and did not apply. */
  readonly notApplied: readonly Source[]
  readonly problems: readonly Problem[]
}

const GENERATED = /^\/run\/systemd\/network\/10-netplan-.*\.network$/
const GENERATED_NM = /^\/run\/NetworkManager\/system-connections\/netplan-/

export function readNodeNetwork(files: ReadonlyMap<string, NodeFile>, netplanVersion: NetplanVersion): NodeNetwork {
  const problems: Problem[] = []
  const recorded = readNetworkFiles(files)
  const connections = readNmConnections(files)
  const hasNetplan = netplanFiles(files.keys()).length > 0
  const generated = hasNetplan ? generateNetwork(files, netplanVersion) : undefined
  problems.push(...recorded.problems, ...connections.problems, ...(generated?.netplan.problems ?? []))
  // When netplan refuses its YAML, what it wrote last time stays.
  const useNetplan = generated !== undefined && generated.failure === undefined
  if (generated?.failure && !generated.netplan.failure) {
    problems.push({ code: 'netplan-refused', message: `netplan writes only part of its files: ${generated.failure.message}`,
      state: 'damaged', ...(generated.failure.source && { source: generated.failure.source }) })
  }
  const fresh = useNetplan ? generated.links.filter(link => link.renderer === 'networkd').map(ofNetplan) : []
  const networkFiles = useNetplan ? merge(recorded.value.filter(file => !GENERATED.test(file.path)), fresh) : recorded.value
  const profiles = useNetplan
    ? [...connections.value.filter(one => !GENERATED_NM.test(one.path)),
      ...generated.links.filter(link => link.renderer === 'NetworkManager').map(link => ({
      path: link.path, id: link.definition.id, interface: link.match.name, servers: link.servers, domains: link.domains,
        dnsPriority: undefined,
      ignoreAutoDns: { ipv4: link.dhcp.useDns && { value: true, source: link.dhcp.useDns.source }, ipv6: undefined },
      automatic: { ipv4: link.dhcpFamilies.includes('ipv4'), ipv6: link.dhcpFamilies.includes('ipv6') },
    }) satisfies NmConnection)] : connections.value
  const links = readNodeLinks(files, networkFiles)
  problems.push(...links.problems)
  const leases = readLeases(files)
  return {
    links: links.value, problems, netplanFailure: generated?.failure, notApplied: useNetplan
      ? differing(fresh, recorded.value.filter(file => GENERATED.test(file.path))) : [],
    configured: links.value.links.map(link => configuredLink(link, networkFiles, profiles, leases)),
  }
}

/** In order of base name, as networkd takes them. */
const merge = (a: readonly NetworkFile[], b: readonly NetworkFile[]): NetworkFile[] => {
  const name = (file: NetworkFile): string => file.path.slice(file.path.lastIndexOf('/') + 1)
  return [...a, ...b].sort((x, y) => (name(x) < name(y) ? -1 : name(x) > name(y) ? 1 : 0))
}

function differing(fresh: readonly NetworkFile[], recorded: readonly NetworkFile[]): Source[] {
  return recorded.flatMap(old => {
    const now = fresh.find(file => file.path === old.path)
    const values = (file: NetworkFile | undefined): string[] => [...(file?.dns ?? []), ...(file?.domains ?? [])].map(item => item.value)
    const before = values(old)
    const after = values(now)
    if (before.length === after.length && before.every((value, index) => value === after[index])) return []
    const changed = [...old.dns, ...old.domains].filter(item => !after.includes(item.value)).map(item => item.source)
    const added = now ? [...now.dns, ...now.domains].filter(item => !before.includes(item.value)).map(item => item.source) : []
    return [...changed, ...added]
  })
}

interface Leases {
  readonly byIndex: ReadonlyMap<number, readonly Sourced<string>[]>
  readonly byName: ReadonlyMap<string, readonly Sourced<string>[]>
}

function readLeases(files: ReadonlyMap<string, NodeFile>): Leases {
  const byIndex = new Map<number, readonly Sourced<string>[]>()
  const byName = new Map<string, readonly Sourced<string>[]>()
  for (const [path, { file, text }] of files) {
    const networkd = /^\/run\/systemd\/netif\/leases\/(\d{1,9})$/.exec(path)
    if (networkd) byIndex.set(Number(networkd[1]), readNetworkdLease(file, text).value.servers)
    else if (/^\/var\/lib\/(?:dhcp|dhclient|NetworkManager)\/[^/]*\.leases?$/.test(path)) {
      for (const lease of readDhclientLeases(file, text).value) if (lease.interface !== undefined) byName.set(lease.interface,
        lease.servers)
    }
  }
  return { byIndex, byName }
}

function configuredLink(link: NodeLink, networkFiles: readonly NetworkFile[], profiles: readonly NmConnection[], leases: Leases): LinkDns {
  const file = networkFileFor(networkFiles, { name: link.name, ...(link.mac !== undefined && { mac: link.mac }) })
  const profile = profiles.find(one => one.interface === link.name)
  const managed = link.state?.managed ?? (file !== undefined && !file.unmanaged && !profile)
  const lease = (link.index === undefined ? undefined : leases.byIndex.get(link.index)) ?? leases.byName.get(link.name) ?? []
    if (!managed || !file) {
    const automatic = profile?.automatic.ipv4 && !profile.ignoreAutoDns.ipv4?.value ? lease : []
    const origin = profile && GENERATED_NM.test(profile.path) ? 'netplan' : 'network-manager'
    return withRoute(link, [...placed(profile?.servers ?? [], origin), ...placed(automatic, 'dhcp')],
      placed(profile?.domains ?? [], origin), undefined)
  }
  const dhcp = file.dhcp.ipv4 && file.useDns.ipv4?.value !== false ? lease : []
  const origin = GENERATED.test(file.path) ? 'netplan' : 'networkd'
  return withRoute(link, [...placed(file.dns, origin), ...placed(dhcp, 'dhcp')], placed(file.domains, origin), file.defaultRoute)
}

export const placed = (all: readonly Sourced<string>[], origin: ServerOrigin): Placed[] => all.map(({ value, source }) => {
  const { behind, ...own } = source
  return { value, source, origin, lines: [own, ...(behind ?? [])] }
})

/** link_get_default_route: as set, else unless there is a route-only domain and no `~.`. */
export function withRoute(link: NodeLink, servers: readonly Placed[], domains: readonly Placed[],
  set: Sourced<boolean> | undefined): LinkDns {
  const routesAll = domains.some(({ value }) => /^~\.?$/.test(value))
  const routesSome = domains.some(({ value }) => value.startsWith('~') && !/^~\.?$/.test(value))
  return { link, servers, domains, defaultRoute: set?.value ?? (routesAll || !routesSome), defaultRouteSet: set }
}

/** What is in effect on a link now: what resolvectl or the state files list, each server with the configured line behind it. */
export function inEffect(network: NodeNetwork, configured: LinkDns): LinkDns {
  const { link } = configured
  const state = link.state?.managed ? link.state : link.privateState
  const said = link.status?.servers ?? state?.dns
  if (said === undefined) return configured
  const automatic = !network.netplanFailure && configured.servers.every(one => one.origin !== 'network-manager')
  const unexplained: ServerOrigin = automatic && link.state?.managed ? 'dhcp-or-ra' : 'runtime'
  const explain = (all: readonly Sourced<string>[], known: readonly Placed[]): Placed[] => all.map(({ value, source }) => {
    const lines = withoutRepeats(known.filter(one => one.value === value).flatMap(one => one.lines))
    return { value, source, origin: known.find(one => one.value === value)?.origin ?? unexplained, lines: lines.length > 0 ? lines
      : [source] }
  })
  const servers = explain(said, configured.servers)
  const domains = explain(link.status?.domains ?? state?.domains ?? [], configured.domains)
  return withRoute(link, servers, domains, link.status?.defaultRoute ?? state?.defaultRoute ?? configured.defaultRouteSet)
}

export const withoutRepeats = (all: readonly Source[]): Source[] =>
  all.filter((one, index) => all.findIndex(other => sameSource(one, other)) === index)

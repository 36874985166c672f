// The lines about name servers that `netplan generate` writes: src/networkd.c and src/nm.c at 0.106 and 1.1.2. Servers IPv4 first, then
// IPv6, whatever the order in YAML. Not modelled: every other line of the generated files, Open vSwitch, SR-IOV VLANs.
import type { Sourced } from '../chain/source.ts'
import { booleanOf, netplanHas, type NetplanVersion } from './netplan-keys.ts'
import { flagOf, type NetplanDefinition } from './netplan-definition.ts'
import { NETPLAN_DEFAULT, type NodeFile, type Netplan, readNetplan } from './netplan.ts'
import { type NetplanFailure, Stop } from './netplan-failure.ts'

/** One generated file, and what of it is about name servers. */
export interface GeneratedLink {
  /** Path on the node: `/run/systemd/network/10-netplan-eth0.network`. */
  readonly path: string
  readonly definition: NetplanDefinition
  readonly renderer: 'networkd' | 'NetworkManager'
  readonly match: { readonly name?: string; readonly mac?: string; readonly driver?: string }
  /** In the order of the file. NetworkManager: those of `[ipv4]`, then those of `[ipv6]`. */
  readonly servers: readonly Sourced<string>[]
  readonly domains: readonly Sourced<string>[]
  /** NetworkManager repeats the search list in each section that is active. */
  readonly domainSections: readonly ('ipv4' | 'ipv6')[]
  /** `UseDNS=` and `UseDomains=` of `[DHCP]` (or `[IPv6AcceptRA]`), where written. */
  readonly dhcp: { readonly useDns?: Sourced<string>; readonly useDomains?: Sourced<string> }
  readonly ra: { readonly useDns?: Sourced<string>; readonly useDomains?: Sourced<string> }
  /** DHCP client runs for these families. */
  readonly dhcpFamilies: readonly ('ipv4' | 'ipv6')[]
}

export interface GeneratedNetwork {
  readonly links: readonly GeneratedLink[]
  readonly failure: NetplanFailure | undefined
  readonly netplan: Netplan
}

/** `files`: path on the node → file. A failure while reading leaves no file at all; one while writing leaves those before it. */
export function generateNetwork(files: ReadonlyMap<string, NodeFile>, version: NetplanVersion = NETPLAN_DEFAULT): GeneratedNetwork {
  const netplan = readNetplan(files, version)
  const links: GeneratedLink[] = []
  try {
    for (const definition of netplan.definitions) links.push(...linksOf(definition, version))
    return { links, failure: netplan.failure, netplan }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { links, failure: error.failure, netplan }
  }
}

function linksOf(definition: NetplanDefinition, version: NetplanVersion): GeneratedLink[] {
  if (definition.type === 'vlan' && definition.scalars.get('renderer')?.value === 'sriov') return []
  if (definition.renderer === 'openvswitch') return []
  return definition.renderer === 'NetworkManager' ? networkManager(definition, version) : [networkd(definition, version)]
}

const stop = ({ source }: NetplanDefinition, exit: 1 | 250, message: string): never => {
  throw new Stop({ exit, message, file: source.file, line: undefined, column: undefined, source })
}

const refuse = (definition: NetplanDefinition, message: string): never => stop(definition, 1, `ERROR: ${definition.id}: ${message}`)

/** An assertion of the program fails while it writes. */
const abort = (definition: NetplanDefinition, what: string): never => stop(definition, 250, `netplan aborts over ${what} (${definition.id})`)

/** g_uri_escape_string without extra characters allowed: unreserved characters stay. 0.106 writes the id as it is. */
const escaped = (text: string): string =>
  [...new TextEncoder().encode(text)].map(byte =>
    (/[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('')

function networkd(definition: NetplanDefinition, version: NetplanVersion): GeneratedLink {
  const { id, type, scalars } = definition
  if (type === 'modem') refuse(definition, 'networkd backend does not support GSM/CDMA modem configuration')
  if (type === 'wifi') {
    if (definition.hasMatch) refuse(definition, 'networkd backend does not support wifi with match:, only by interface name')
    for (const [ssid, { mode }] of definition.accessPoints) if (mode === 'ap') refuse(definition,
      `${ssid}: networkd does not support this wifi mode`)
  }
  if (!netplanHas(version, 'stable-privacy in networkd') && scalars.get('ipv6-address-generation')?.value === 'stable-privacy') refuse(definition,
    'ipv6-address-generation mode is not supported by networkd')
  const match = matchOf(definition)
  return {
    path: `/run/systemd/network/10-netplan-${netplanHas(version, 'escaped file names') ? escaped(id) : id}.network`, definition, renderer: 'networkd', match,
    servers: [...definition.servers4, ...definition.servers6], domains: definition.search, domainSections: [],
      dhcpFamilies: dhcpFamilies(definition),
    dhcp: dhcpOf(definition), ra: raOf(definition),
  }
}

const dhcpFamilies = (definition: NetplanDefinition): ('ipv4' | 'ipv6')[] =>
  [...(flagOf(definition, 'dhcp4') ? ['ipv4' as const] : []), ...(flagOf(definition, 'dhcp6') ? ['ipv6' as const] : [])]

const matchOf = ({ id, type, scalars, hasMatch }: NetplanDefinition): GeneratedLink['match'] => {
  const physical = type === 'ethernet' || type === 'wifi' || type === 'modem'
  const value = (name: string): string | undefined => scalars.get(name)?.value
  const name = physical ? value('set-name') ?? (hasMatch ? value('match.name') : id) : id
  const mac = value('match.macaddress')
  const driver = value('match.driver')
  return { ...(name !== undefined && { name }), ...(mac !== undefined && { mac }), ...(driver !== undefined && { driver }) }
}

/** Overrides in which both families must agree when DHCP runs for both. */
const AGREEING = ['use-dns', 'use-domains', 'use-ntp', 'send-hostname', 'use-hostname', 'use-mtu', 'hostname', 'route-metric', 'use-routes']
const BOOLEAN_OVERRIDES = new Set(['use-dns', 'use-ntp', 'send-hostname', 'use-hostname', 'use-mtu', 'use-routes'])

function dhcpOf(definition: NetplanDefinition): GeneratedLink['dhcp'] {
  const four = flagOf(definition, 'dhcp4')
  const six = flagOf(definition, 'dhcp6')
  if (!four && !six) return {}
  const override = (family: 4 | 6, name: string): Sourced<string> | undefined => definition.scalars.get(`dhcp${family}-overrides.${name}`)
  if (four === six) {
    for (const name of AGREEING) {
      const compared = (family: 4 | 6): string | boolean | undefined => {
        const value = override(family, name)?.value
        return BOOLEAN_OVERRIDES.has(name) ? booleanOf(value ?? 'true') : name === 'route-metric' && value !== undefined
          ? String(Number(value)) : value
      }
      if (compared(4) !== compared(6)) {
        refuse(definition, `networkd requires that ${name} has the same value in both dhcp4_overrides and dhcp6_overrides`)
      }
    }
  }
  const family = six && !four ? 6 : 4
  const useDns = override(family, 'use-dns')
  const useDomains = override(family, 'use-domains')
  return {
    ...(useDns && booleanOf(useDns.value) === false && { useDns: { value: 'false', source: useDns.source } }),
    ...(useDomains && { useDomains }),
  }
}

function raOf({ scalars }: NetplanDefinition): GeneratedLink['ra'] {
  const useDns = scalars.get('ra-overrides.use-dns')
  const useDomains = scalars.get('ra-overrides.use-domains')
  const word = (value: string): string => (booleanOf(value) === undefined ? 'route' : String(booleanOf(value)))
  return {
    ...(useDns && { useDns: { value: String(booleanOf(useDns.value)), source: useDns.source } }),
    ...(useDomains && { useDomains: { value: word(useDomains.value), source: useDomains.source } }),
  }
}

function networkManager(definition: NetplanDefinition, version: NetplanVersion): GeneratedLink[] {
  const name = netplanHas(version, 'escaped file names') ? escaped(definition.id) : definition.id
  const { type, scalars, passthrough } = definition
  if (type === 'vlan' && definition.link === undefined) abort(definition, 'a VLAN without its link')
  if (type === 'nm' && !passthrough.has('connection.type')) abort(definition, "an nm-device without 'connection.type'")
  if (scalars.has('match.driver') && !scalars.has('set-name')) refuse(definition,
    'NetworkManager definitions do not support matching by driver')
  if (definition.addressOptions.size > 0) refuse(definition, 'NetworkManager does not support address options')
  const activation = scalars.get('activation-mode')?.value
  if (activation !== undefined && activation !== 'manual') refuse(definition,
    `NetworkManager definitions do not support activation-mode ${activation}`)
  if (scalars.has('ipv6-mtu') && Number(scalars.get('ipv6-mtu')?.value) > 0) refuse(definition,
    'NetworkManager definitions do not support ipv6-mtu')
  const ipv4 = definition.addresses4.length > 0 || flagOf(definition, 'dhcp4')
  const ipv6 = flagOf(definition, 'dhcp6') || definition.addresses6.length > 0 || scalars.has('gateway6')
    || definition.servers6.length > 0 ||
    scalars.has('ipv6-address-generation')
  const own = (family: 'ipv4' | 'ipv6', key: 'dns' | 'dns-search'): readonly Sourced<string>[] | undefined =>
    listOf(passthrough.get(`${family}.${key}`))
  const servers = [...(own('ipv4', 'dns') ?? definition.servers4), ...(own('ipv6', 'dns') ?? (ipv6 ? definition.servers6 : []))]
  const ignore = passthrough.get('ipv4.ignore-auto-dns')
  const link = (file: string): GeneratedLink => ({
    path: `/run/NetworkManager/system-connections/netplan-${file}.nmconnection`, definition, renderer: 'NetworkManager',
      match: matchOf(definition), servers,
    domains: own('ipv4', 'dns-search') ?? own('ipv6', 'dns-search') ?? definition.search,
    domainSections: [...(ipv4 ? ['ipv4' as const] : []), ...(ipv6 ? ['ipv6' as const] : [])],
    dhcpFamilies: dhcpFamilies(definition), dhcp: ignore && booleanOf(ignore.value) ? { useDns: { value: 'false', source: ignore.source } }
      : {}, ra: {},
  })
  return type === 'wifi' ? [...definition.accessPoints.keys()].map(ssid => link(`${name}-${escaped(ssid)}`)) : [link(name)]
}

const listOf = (text: Sourced<string> | undefined): readonly Sourced<string>[] | undefined =>
  text && text.value.split(';').filter(item => item !== '').map(value => ({ value, source: text.source }))

// The keys that netplan takes, and what it checks of each value: the handler tables of src/parse.c at 0.106 and 1.1.2. Only what
// decides about name servers is kept; the rest is checked, because one bad value anywhere makes netplan write nothing at all.
// Not modelled, taken as valid: the inside of Open vSwitch settings, WireGuard peers, routes' consistency.
import { ip4Bytes, ip6Bytes } from '../dns/presentation-address.ts'

/** The error a value earns, or undefined. `text` is the scalar as libyaml hands it on. */
type Check = (text: string) => string | undefined

export type KeyRule =
  | { readonly kind: 'scalar'; readonly check?: Check }
  | { readonly kind: 'list'; readonly item?: Check; readonly itemKind?: 'scalar' | 'map' }
  | { readonly kind: 'map'; readonly keys?: KeyTable }
  | { readonly kind: 'any' }
  /** Handled by the reader itself, under this name. */
  | { readonly kind: 'special'; readonly type: 'scalar' | 'list' | 'map' | 'any'; readonly name: string }
export type KeyTable = ReadonlyMap<string, KeyRule>

/** netplan releases whose tables are known; others are read by the nearest not newer. */
export type NetplanVersion = readonly [major: number, minor: number, patch: number]
const netplanSince = (version: NetplanVersion, [major, minor, patch]: NetplanVersion): boolean =>
  version[0] !== major ? version[0] > major : version[1] !== minor ? version[1] > minor : (version[2] ?? 0) >= patch

/** What changed between the two releases that were run, and the tag that has it first. */
const CHANGES = {
  'repeats are dropped': [0, 106, 1], 'lacp-rate is checked': [0, 106, 1], 'networkmanager needs its renderer': [0, 106, 1],
  'grammar errors have no place': [0, 106, 1], 'dummy and veth devices': [0, 107, 0], 'tunnels in other words': [0, 107, 0],
  'links that NetworkManager makes': [0, 107, 0], 'more ways to authenticate': [0, 107, 1], 'tunnels without local': [0, 107, 1],
  'VRFs take keys of links': [0, 107, 1], 'access points replace earlier ones': [0, 107, 1], 'words for macaddress': [1, 0, 0], 'bridge ports': [1, 0, 0],
  'gateways replace earlier ones': [1, 0, 1], 'escaped file names': [1, 0, 1], 'ra-overrides': [1, 1, 0], 'advertised-mss': [1, 1, 0],
  'stable-privacy in networkd': [1, 1, 0],
} as const satisfies Readonly<Record<string, NetplanVersion>>
export const netplanHas = (version: NetplanVersion, change: keyof typeof CHANGES): boolean => netplanSince(version, CHANGES[change])

const TRUE_WORDS = new Set(['true', 'on', 'yes', 'y'])
const FALSE_WORDS = new Set(['false', 'off', 'no', 'n'])
export const booleanOf = (text: string): boolean | undefined =>
  TRUE_WORDS.has(text.toLowerCase()) ? true : FALSE_WORDS.has(text.toLowerCase()) ? false : undefined

/** inet_pton of the C library. */
export const isIp4 = (text: string): boolean => ip4Bytes(text) !== undefined
export const isIp6 = (text: string): boolean => ip6Bytes(text) !== undefined

const scalar = (check?: Check): KeyRule => (check ? { kind: 'scalar', check } : { kind: 'scalar' })
const special = (type: 'scalar' | 'list' | 'map' | 'any', name: string): KeyRule => ({ kind: 'special', type, name })
const table = (entries: Readonly<Record<string, KeyRule>>): KeyTable => new Map(Object.entries(entries))
const map = (entries?: Readonly<Record<string, KeyRule>>): KeyRule => (entries ? { kind: 'map', keys: table(entries) } : { kind: 'map' })

const str = scalar()
const bool = scalar(text => (booleanOf(text) === undefined ? `invalid boolean value '${text}'` : undefined))
const checkUint: Check = text => (/^\s*\+?\d+$|^\s*-0+$|^$/.test(text) && Number(text) <= 0xffffffff ? undefined
  : `invalid unsigned int value '${text}'`)
const uint = scalar(checkUint)
const ip4 = scalar(text => (isIp4(text) ? undefined : `invalid IPv4 address '${text}'`))
const ip6 = scalar(text => (isIp6(text) ? undefined : `invalid IPv6 address '${text}'`))
const MAC = /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?:(?::[0-9A-Fa-f]{2}){14})?$/
const mac = scalar(text => (MAC.test(text) ? undefined
  : `Invalid MAC address '${text}', must be XX:XX:XX:XX:XX:XX or XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX:XX`))
const SPECIAL_MAC = new Set(['permanent', 'random', 'stable', 'preserve', 'stable-ssid'])
const setMac = scalar(text => (MAC.test(text) || SPECIAL_MAC.has(text) ? undefined : `Invalid MAC address '${text}'`))
const oneOf = (words: readonly string[], error: (text: string) => string): KeyRule =>
  scalar(text => (words.includes(text) ? undefined : error(text)))
const listOf = (item?: Check): KeyRule => ({ kind: 'list', itemKind: 'scalar', ...(item && { item }) })
const words = (allowed: readonly string[], what: string): KeyRule =>
  listOf(text => (allowed.includes(text.toLowerCase()) ? undefined : `invalid value for ${what}: '${text}'`))

const DHCP_OVERRIDES = {
  hostname: str, 'route-metric': uint, 'send-hostname': bool, 'use-dns': bool, 'use-domains': str,
  'use-hostname': bool, 'use-mtu': bool, 'use-ntp': bool, 'use-routes': bool,
}
const ROUTE_TYPES = ['unicast', 'anycast', 'blackhole', 'broadcast', 'local', 'multicast', 'nat', 'prohibit', 'throw', 'unreachable',
  'xresolve']
const ROUTES_OLD = {
  from: str, 'on-link': bool, scope: scalar(text =>
    (['global', 'link', 'host'].includes(text.toLowerCase()) ? undefined : `invalid route scope '${text}'`)),
  table: uint, to: str, type: scalar(text => (ROUTE_TYPES.includes(text.toLowerCase()) ? undefined : `invalid route type '${text}'`)),
  via: str, metric: uint, mtu: uint, 'congestion-window': uint, 'advertised-receive-window': uint,
}
const RULES = { from: str, mark: uint, priority: uint, table: uint, to: str,
  'type-of-service': scalar(text => checkUint(text) ?? (Number(text) > 255 ? `invalid ToS (must be between 0 and 255): ${text}` : undefined)) }
export const OLD_ROUTE_KEYS = table(ROUTES_OLD)
export const ROUTE_KEYS = table({ ...ROUTES_OLD, 'advertised-mss': uint })
export const RULE_KEYS = table(RULES)
/** Of routes and rules: keys that hold an address. */
export const ADDRESS_KEYS: ReadonlySet<string> = new Set(['from', 'to', 'via'])
const KEY_MANAGEMENT = ['none', 'psk', 'eap', '802.1x']
const NEWER_KEY_MANAGEMENT = ['psk-sha256', 'eap-sha256', 'eap-suite-b-192', 'sae']
const EAP_METHODS = ['tls', 'peap', 'ttls']
const NETWORKMANAGER = { name: str, uuid: str, 'stable-id': str, device: str, passthrough: special('map', 'passthrough') }
const authOf = (isNew: boolean): KeyRule => map({
  'key-management': oneOf(isNew ? [...KEY_MANAGEMENT, ...NEWER_KEY_MANAGEMENT] : KEY_MANAGEMENT, text => `unknown key management type '${text}'`),
  method: oneOf(isNew ? [...EAP_METHODS, 'leap', 'pwd'] : EAP_METHODS, text => `unknown EAP method '${text}'`),
  identity: str, 'anonymous-identity': str, password: str, 'ca-certificate': str, 'client-certificate': str, 'client-key': str,
  'client-key-password': str, 'phase2-auth': str,
})
export const accessPointKeys = (version: NetplanVersion): KeyTable => table({
  band: oneOf(['5GHz', '5G', '2.4GHz', '2.4G'], text => `unknown wifi band '${text}'`), bssid: mac, hidden: bool, channel: uint,
  mode: oneOf(['infrastructure', 'adhoc', 'ap'], text => `unknown wifi mode '${text}'`), password: str, auth: authOf(netplanHas(version, 'more ways to authenticate')),
  networkmanager: map({ ...NETWORKMANAGER, passthrough: map() }),
})
export const ADDRESS_OPTION_KEYS = table({
  lifetime: scalar(text => (['0', 'forever'].includes(text.toLowerCase()) ? undefined : `invalid lifetime value '${text}'`)), label: str,
})

function common(version: NetplanVersion): Record<string, KeyRule> {
  return {
    'accept-ra': bool, 'activation-mode': oneOf(['manual', 'off'], () => "Value of 'activation-mode' needs to be 'manual' or 'off'"),
    addresses: special('list', 'addresses'), critical: bool, 'ignore-carrier': bool, dhcp4: bool, dhcp6: bool,
    'dhcp-identifier': scalar(text => (['duid', 'mac'].includes(text.toLowerCase()) ? undefined
      : `invalid DHCP client identifier type '${text}'`)),
    'dhcp4-overrides': map(DHCP_OVERRIDES), 'dhcp6-overrides': map(DHCP_OVERRIDES),
    gateway4: special('scalar', 'gateway4'), gateway6: netplanHas(version, 'gateways replace earlier ones') ? ip6 : special('scalar', 'gateway6'),
    'ipv6-address-generation': oneOf(['eui64', 'stable-privacy'], text => `unknown ipv6-address-generation '${text}'`),
    'ipv6-address-token': scalar(text => (isIp6(text) ? undefined : `invalid ipv6-address-token '${text}'`)),
    'ipv6-mtu': uint, 'ipv6-privacy': bool, 'link-local': words(['ipv4', 'ipv6'], 'link-local'), macaddress: netplanHas(version, 'words for macaddress') ? setMac : mac,
      mtu: uint,
    nameservers: map({ search: special('list', 'search'), addresses: special('list', 'nameservers') }),
    optional: bool, 'optional-addresses': words(['ipv4-ll', 'ipv6-ra', 'dhcp4', 'dhcp6', 'static'], 'optional-addresses'),
    renderer: special('scalar', 'renderer'),
    routes: special('list', 'routes'), 'routing-policy': special('list', 'routing-policy'), 'neigh-suppress': bool,
    networkmanager: special('map', 'networkmanager'), openvswitch: special('map', 'openvswitch'),
    ...(netplanHas(version, 'ra-overrides') && {
      'ra-overrides': map({ 'use-dns': bool, table: uint,
        'use-domains': scalar(text => (booleanOf(text) !== undefined || text.toLowerCase() === 'route'
        ? undefined : `Invalid use-domains options '${text}', must be a boolean, or the special value 'route'.`)) }),
    }),
    ...(netplanHas(version, 'bridge ports') && { hairpin: bool, 'port-mac-learning': bool }),
  }
}

const physical: Readonly<Record<string, KeyRule>> = {
  match: map({ driver: special('any', 'driver'), macaddress: mac, name: special('scalar', 'name') }), 'set-name': str, wakeonlan: bool,
  wakeonwlan: words(['default', 'any', 'disconnect', 'magic_pkt', 'gtk_rekey_failure', 'eap_identity_req', 'four_way_handshake',
    'rfkill_release', 'tcp'], 'wakeonwlan'),
  'emit-lldp': bool, 'receive-checksum-offload': bool, 'transmit-checksum-offload': bool, 'tcp-segmentation-offload': bool,
  'tcp6-segmentation-offload': bool, 'generic-segmentation-offload': bool, 'generic-receive-offload': bool, 'large-receive-offload': bool,
}

const BOND_MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb', 'balance-tcp',
  'balance-slb']
const bondParameters = (version: NetplanVersion): KeyRule => map({
  mode: oneOf(BOND_MODES, text => `unknown bond mode '${text}'`),
  'lacp-rate': netplanHas(version, 'lacp-rate is checked') ? oneOf(['slow', 'fast'], text => `unknown lacp-rate value '${text}' (expected 'fast' or 'slow')`) : str,
  'mii-monitor-interval': str, 'min-links': uint, 'transmit-hash-policy': str, 'ad-select': str, 'all-slaves-active': bool,
  'all-members-active': bool, 'arp-interval': str, 'arp-validate': str, 'arp-all-targets': str, 'up-delay': str, 'down-delay': str,
  'arp-ip-targets': listOf(text => (isIp4(text) ? undefined : `malformed address '${text}', must be X.X.X.X or X:X:X:X:X:X:X:X`)),
  'fail-over-mac-policy': str, 'gratuitous-arp': uint, 'gratuitious-arp': uint, 'packets-per-slave': uint, 'packets-per-member': uint,
  'primary-reselect-policy': str, 'resend-igmp': uint, 'learn-packet-interval': str, primary: special('scalar', 'primary'),
})
const BRIDGE_PARAMETERS = map({
  'ageing-time': str, 'aging-time': str, 'forward-delay': str, 'hello-time': str, 'max-age': str,
  'path-cost': special('map', 'path-cost'), 'port-priority': special('map', 'port-priority'),
  priority: uint, stp: bool,
})
const tunnelAddress = scalar(text => (text.includes('/') ? `address '${text}' should not include /prefixlength`
  : isIp4(text) || isIp6(text) ? undefined : `malformed address '${text}', must be X.X.X.X or X:X:X:X:X:X:X:X`))
const TUNNEL = {
  mode: special('scalar', 'tunnel-mode'), local: tunnelAddress, remote: tunnelAddress, ttl: uint, key: special('any', 'tunnel-key'),
  keys: special('any', 'tunnel-key'), mark: uint, port: uint,
  peers: { kind: 'list', itemKind: 'map' }, link: special('scalar', 'link'), ageing: uint, aging: uint, id: uint, limit: uint,
    'type-of-service': uint,
  'flow-label': uint, 'do-not-fragment': bool, 'short-circuit': bool, 'arp-proxy': bool, 'mac-learning': bool, notifications: listOf(),
  checksums: listOf(), extensions: listOf(), 'port-range': listOf(),
} as const satisfies Readonly<Record<string, KeyRule>>

export const TUNNEL_KEYS = table({ input: str, output: str, private: str, 'private-key-flags': { kind: 'any' } })

export type DeviceType = 'bond' | 'bridge' | 'ethernet' | 'modem' | 'tunnel' | 'vlan' | 'vrf' | 'wifi' | 'dummy' | 'veth' | 'nm'
const OVS_GLOBAL = map({ 'external-ids': map(), 'other-config': map(), protocols: listOf(), ports: { kind: 'list' }, ssl: map() })

/** Keys below `network:` that hold definitions, and their device type. */
export function deviceSections(version: NetplanVersion): ReadonlyMap<string, DeviceType> {
  const sections: [string, DeviceType][] = [['bonds', 'bond'], ['bridges', 'bridge'], ['ethernets', 'ethernet'], ['tunnels', 'tunnel'],
    ['vlans', 'vlan'], ['vrfs', 'vrf'], ['wifis', 'wifi'], ['modems', 'modem'], ['nm-devices', 'nm']]
  if (netplanHas(version, 'dummy and veth devices')) sections.push(['dummy-devices', 'dummy'], ['virtual-ethernets', 'veth'])
  return new Map(sections)
}

export const NETWORK_KEYS = table({ renderer: special('scalar', 'global-renderer'), version: special('scalar', 'version'),
  openvswitch: OVS_GLOBAL })

export function deviceKeys(version: NetplanVersion): ReadonlyMap<DeviceType, KeyTable> {
  const auth = authOf(netplanHas(version, 'more ways to authenticate'))
  const link = common(version)
  const { networkmanager, openvswitch, ...withoutBackends } = link
  const ethernet = table({ ...link, ...physical, auth, link: special('scalar', 'link'), 'virtual-function-count': uint,
    'embedded-switch-mode': oneOf(['switchdev', 'legacy'], () => "Value of 'embedded-switch-mode' needs to be 'switchdev' or 'legacy'"),
    'delay-virtual-functions-rebind': bool,
    'infiniband-mode': oneOf(['datagram', 'connected'], () => "Value of 'infiniband-mode' needs to be 'datagram' or 'connected'") })
  const own = { renderer: link['renderer'] as KeyRule, routes: link['routes'] as KeyRule,
    'routing-policy': link['routing-policy'] as KeyRule }
  return new Map<DeviceType, KeyTable>([
    ['ethernet', ethernet], ['nm', ethernet],
    ['wifi', table({ ...link, ...physical, 'access-points': special('map', 'access-points'), auth, 'regulatory-domain': str })],
    ['bridge', table({ ...link, interfaces: special('list', 'bridge-interfaces'), parameters: BRIDGE_PARAMETERS })],
    ['bond', table({ ...link, interfaces: special('list', 'bond-interfaces'), parameters: bondParameters(version) })],
    ['vlan', table({ ...link, id: uint, link: special('scalar', 'link') })],
    ['vrf', table({ ...(netplanHas(version, 'VRFs take keys of links') ? { ...withoutBackends, ...backends(networkmanager, openvswitch) } : backends(networkmanager, openvswitch)),
      ...own,
      interfaces: special('list', 'vrf-interfaces'), table: uint })],
    ['modem', table({ ...link, ...physical, apn: str, 'auto-config': bool, 'device-id': str, 'network-id': str, number: str, password: str,
      pin: str,
      'sim-id': str, 'sim-operator-id': str, username: str })],
    ['tunnel', table({ ...link, ...TUNNEL })],
    ...(netplanHas(version, 'dummy and veth devices') ? [['dummy', table(link)], ['veth', table({ ...link, peer: special('scalar', 'peer') })]] as const : []),
  ])
}

const backends = (networkmanager: KeyRule | undefined, openvswitch: KeyRule | undefined): Record<string, KeyRule> => ({
  ...(networkmanager && { networkmanager }), ...(openvswitch && { openvswitch }),
})

export const NETWORKMANAGER_KEYS = table(NETWORKMANAGER)
export const GATEWAY_RULES = { gateway4: ip4, gateway6: ip6 } as const

// One network definition of netplan (`eth0:` below `ethernets:`), as far as it decides about name servers, and the conditions it must
// meet by itself: validate_netdef_grammar of src/validation.c at 0.106 and 1.1.2.
import type { Source, Sourced } from '../chain/source.ts'
import { booleanOf, type DeviceType, isIp4, isIp6, netplanHas, type NetplanVersion } from './netplan-keys.ts'

export type Renderer = 'networkd' | 'NetworkManager' | 'openvswitch'

export interface NetplanDefinition {
  readonly id: string
  readonly type: DeviceType
  /** Where it is last mentioned. */
  source: Source
  renderer: Renderer | undefined
  readonly addresses4: string[]
  readonly addresses6: string[]
  readonly servers4: Sourced<string>[]
  readonly servers6: Sourced<string>[]
  readonly search: Sourced<string>[]
  /** Every checked scalar by its dotted path: `dhcp4`, `dhcp4-overrides.use-dns`, `match.name`. */
  readonly scalars: Map<string, Sourced<string>>
  readonly passthrough: Map<string, Sourced<string>>
  readonly accessPoints: Map<string, { readonly mode: string | undefined; readonly source: Source }>
  hasMatch: boolean
  hasNetworkManager: boolean
  readonly addressOptions: Set<string>
  bond: string | undefined
  bridge: string | undefined
  vrf: string | undefined
  link: string | undefined
  peer: string | undefined
  primary: string | undefined
}

export function newDefinition(id: string, type: DeviceType, source: Source, renderer: Renderer | undefined): NetplanDefinition {
  return { id, type, source, renderer, addresses4: [], addresses6: [], servers4: [], servers6: [], search: [], scalars: new Map(),
    passthrough: new Map(),
    accessPoints: new Map(), hasMatch: false, hasNetworkManager: false, addressOptions: new Set(), bond: undefined, bridge: undefined,
      vrf: undefined,
    link: undefined, peer: undefined, primary: undefined }
}

export const flagOf = (definition: NetplanDefinition, name: string): boolean => booleanOf(definition.scalars.get(name)?.value ?? '')
  ?? false

/** A table of 2³² − 1 counts as none. */
const UNSET = 0xffffffff

/** What is wrong with the definition, as netplan says it. Not asked while references are open. */
export function grammarError(definition: NetplanDefinition, renderer: Renderer | undefined, version: NetplanVersion): string | undefined {
  const error = ownError(definition, renderer, version)
  return error === undefined || error.startsWith(TUNNEL_KEY) ? error : `${definition.id}: ${error}`
}

function ownError(definition: NetplanDefinition, renderer: Renderer | undefined, version: NetplanVersion): string | undefined {
  const { type, scalars } = definition
  if (scalars.has('set-name') && !definition.hasMatch) return "'set-name:' requires 'match:' properties"
  if (type === 'wifi' && definition.accessPoints.size === 0) return 'No access points defined'
  const own = type === 'vlan' ? vlanError(definition) : type === 'tunnel' ? tunnelError(definition, version) : undefined
  if (own !== undefined) return own
  if (type === 'vrf' && Number(scalars.get('table')?.value ?? UNSET) === UNSET) return "missing 'table' property"
  if (type === 'veth' && definition.peer === undefined) return "virtual-ethernet missing 'peer' property"
  if (scalars.has('ipv6-address-generation')
    && scalars.has('ipv6-address-token')) return 'ipv6-address-generation and ipv6-address-token are mutually exclusive'
  if (type === 'nm'
    && !definition.passthrough.has('connection.type')) {
    return "network type 'nm-devices:' needs to provide a 'connection.type' via passthrough"
  }
  if (netplanHas(version, 'networkmanager needs its renderer') && definition.hasNetworkManager
    && renderer !== 'NetworkManager') return 'networkmanager backend settings found but renderer is not NetworkManager.'
  return undefined
}

function vlanError({ link, scalars }: NetplanDefinition): string | undefined {
  const id = scalars.get('id')?.value
  if (link === undefined) return "missing 'link' property"
  if (id === undefined) return "missing 'id' property"
  return Number(id) > 4094 ? `invalid id '${id}' (allowed values are 0 to 4094)` : undefined
}

const SIX_MODES = new Set(['ipip6', 'ip6ip6', 'ip6gre', 'ip6gretap', 'vti6'])

const TUNNEL_KEY = 'invalid tunnel key'
const isTunnelKey = (text: string): boolean => isIp4(text) || (/^\s*[+-]?\d+$|^$/.test(text) && Number(text) <= 0xffffffff)
const isWireguardKey = (text: string): boolean => /^[A-Za-z0-9+/]{43}=$/.test(text)

function tunnelError({ scalars }: NetplanDefinition, version: NetplanVersion): string | undefined {
  const value = (name: string): string | undefined => scalars.get(name)?.value
  const mode = value('mode')
  if (mode === undefined) return `missing ${netplanHas(version, 'tunnels in other words') ? 'or invalid ' : ''}'mode' property for tunnel`
  if (mode === 'wireguard') return wireguardError(value('keys.private'), version)
  if (mode === 'vxlan') {
    const vni = Number(value('id') ?? 0)
    if (vni === 0) return "missing 'id' property (VXLAN VNI)"
    if (vni > 16777215) return "VXLAN 'id' (VNI) must be in range [1..16777215]"
  }
  const key = [value('keys.input'), value('keys.output')].find(one => one !== undefined && !isTunnelKey(one))
  if (key !== undefined) return `${TUNNEL_KEY} '${key}'`
  const missing = mode === 'vxlan' ? undefined : (netplanHas(version, 'tunnels without local') ? ['remote'] : ['local', 'remote']).find(name => value(name) === undefined)
  if (missing !== undefined) return `missing '${missing}' property for tunnel`
  if (Number(value('ttl') ?? 0) > 255) return "'ttl' property for tunnel must be in range [1...255]"
  const [local, remote] = [value('local'), value('remote')]
  if (mode === 'vxlan') {
    const mixed = local !== undefined && remote !== undefined && isIp6(local) !== isIp6(remote)
    return mixed ? "'local' and 'remote' must be of same IP family type" : undefined
  }
  const six = SIX_MODES.has(mode)
  const wrong = ([['local', local], ['remote', remote]] as const).find(([, address]) => address !== undefined && !(six ? isIp6 : isIp4)(address))
  return wrong && `'${wrong[0]}' must be a valid ${six ? 'IPv6' : 'IPv4'} address for this tunnel type`
}

/** Its peers are not looked at. */
function wireguardError(key: string | undefined, version: NetplanVersion): string | undefined {
  if (key === undefined) return netplanHas(version, 'tunnels in other words') ? undefined : "missing 'key' property (private key) for wireguard"
  return key.startsWith('/') || isWireguardKey(key) ? undefined : 'invalid wireguard private key'
}

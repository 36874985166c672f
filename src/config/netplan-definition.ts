// One network definition of netplan (`eth0:` below `ethernets:`), as far as it decides about name servers, and the conditions it must
// meet by itself: validate_netdef_grammar of src/validation.c at 0.106 and 1.1.2.
import type { Source, Sourced } from '../chain/source.ts'
import { booleanOf, type DeviceType, isIp4, isIp6 } from './netplan-keys.ts'

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
  addressOptions: boolean
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
    accessPoints: new Map(), hasMatch: false, hasNetworkManager: false, addressOptions: false, bond: undefined, bridge: undefined,
      vrf: undefined,
    link: undefined, peer: undefined, primary: undefined }
}

export const flagOf = (definition: NetplanDefinition, name: string): boolean => booleanOf(definition.scalars.get(name)?.value ?? '')
  ?? false

/** What is wrong with the definition, as netplan says it. Not asked while references are open. */
export function grammarError(definition: NetplanDefinition, renderer: Renderer | undefined, newer: boolean): string | undefined {
  const { type, scalars } = definition
  if (scalars.has('set-name') && !definition.hasMatch) return "'set-name:' requires 'match:' properties"
  if (type === 'wifi' && definition.accessPoints.size === 0) return 'No access points defined'
  const own = type === 'vlan' ? vlanError(definition) : type === 'tunnel' ? tunnelError(definition, newer) : undefined
  if (own !== undefined) return own
  if (type === 'vrf' && !scalars.has('table')) return "missing 'table' property"
  if (type === 'veth' && definition.peer === undefined) return "virtual-ethernet missing 'peer' property"
  if (scalars.has('ipv6-address-generation')
    && scalars.has('ipv6-address-token')) return 'ipv6-address-generation and ipv6-address-token are mutually exclusive'
  if (type === 'nm'
    && !definition.passthrough.has('connection.type')) {
    return "network type 'nm-devices:' needs to provide a 'connection.type' via passthrough"
  }
  if (newer && definition.hasNetworkManager
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

function tunnelError({ scalars }: NetplanDefinition, newer: boolean): string | undefined {
  const mode = scalars.get('mode')?.value
  if (mode === undefined) return "missing 'mode' property for tunnel"
  if (mode === 'wireguard') return undefined
  if (mode === 'vxlan') {
    const vni = Number(scalars.get('id')?.value ?? 0)
    return vni === 0 ? "missing 'id' property (VXLAN VNI)" : vni > 16777215 ? "VXLAN 'id' (VNI) must be in range [1..16777215]" : undefined
  }
  const six = SIX_MODES.has(mode)
  for (const name of ['local', 'remote']) {
    const address = scalars.get(name)?.value
    if (address === undefined && !(name === 'local' && newer)) return `missing '${name}' property for tunnel`
    if (address !== undefined && !(six ? isIp6
      : isIp4)(address)) return `'${name}' must be a valid ${six ? 'IPv6' : 'IPv4'} address for this tunnel type`
  }
  return undefined
}

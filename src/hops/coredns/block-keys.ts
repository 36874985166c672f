// The keys of a server block: core/dnsserver/register.go and plugin/normalize.go, 1.9.3 to 1.15.0: `[SCHEME://]ZONE[:PORT]`, CIDR
// keys as their reverse zones. CoreDNS up to 1.11.3 keeps upper-case letters, and such a block never gets a query.
import type { Sourced } from '../../chain/source.ts'
import { absolute, isDomainName, nameKey } from '../../dns/name.ts'
import { originsOf } from './origins.ts'
import { since, type CorednsVersion } from './plugin.ts'

export interface BlockKey {
  readonly transport: string
  /** Absolute; lower case unless `unreachable`. */
  readonly zones: readonly string[]
  readonly port: number
  /** Spelt in a way that no query matches. */
  readonly unreachable: boolean
  readonly key: Sourced<string>
}

const PORTS: ReadonlyMap<string, number> = new Map([['dns', 53], ['grpc', 443], ['https', 443], ['https3', 443], ['quic', 853], ['tls', 853]])

/** CoreDNS' own message when the key is refused. `dnsPort`: that of keys without one (`-dns.port`). */
export function readBlockKey(key: Sourced<string>, version: CorednsVersion, dnsPort = 53): BlockKey | string {
  const scheme = /^([a-z0-9]+):\/\//.exec(key.value)?.[1] ?? ''
  const transport = PORTS.has(scheme) ? scheme : 'dns'
  let zone = PORTS.has(scheme) ? key.value.slice(scheme.length + 3) : key.value
  let port = transport === 'dns' ? dnsPort : PORTS.get(transport) as number
  const colon = zone.lastIndexOf(':')
  if (colon >= 0 && colon === zone.length - 1) return `expecting data after last colon: "${zone}"`
  if (colon >= 0 && /^[+-]?\d+$/.test(zone.slice(colon + 1))) {
    port = Number(zone.slice(colon + 1))
    zone = zone.slice(0, colon)
  }
  if (zone.length > 255) return `specified zone is too long: ${zone.length} > 255`
  if (!isDomainName(zone)) return `zone is not a valid domain name: ${zone}`
  if (/^[:0][^/]*:[^/]*\/\d+$/.test(zone)) return `invalid CIDR ${zone}`
  const zones = originsOf([zone], [])
  const isReverse = zones.length !== 1 || zones[0] !== nameKey(zone)
  const unreachable = !since(version, 1, 12) && !isReverse && absolute(zone) !== nameKey(zone)
  return { transport, zones: unreachable ? [absolute(zone)] : zones, port, unreachable, key }
}

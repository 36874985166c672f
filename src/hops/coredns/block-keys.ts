// The keys of a server block: core/dnsserver/register.go and plugin/normalize.go, 1.9.3 to 1.15.0: `[SCHEME://]ZONE[:PORT]`, CIDR
// keys as their reverse zones. CoreDNS up to 1.14.6 keeps upper-case letters, and such a block never gets a query.
import type { Sourced } from '../../chain/source.ts'
import { absolute, isDomainName, nameKey } from '../../dns/name.ts'
import { hostZones } from './origins.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { transportOf } from './transport.ts'

export interface BlockKey {
  readonly transport: string
  /** Absolute; lower case unless `unreachable`. */
  readonly zones: readonly string[]
  readonly port: number
  /** Spelt in a way that no query matches. */
  readonly unreachable: boolean
  readonly key: Sourced<string>
}

/** `unix` is taken off a key like the others, and nothing listens for it. */
const PORTS: ReadonlyMap<string, number> = new Map([['dns', 53], ['grpc', 443], ['https', 443], ['https3', 443], ['quic', 853], ['tls', 853], ['unix', 0]])

const EVEN_END = /[\u{80}-\u{7ff}\u{10000}-\u{10ffff}]\.?$/u

/** CoreDNS' own message when the key is refused. `dnsPort`: that of keys without one (`-dns.port`). */
export function readBlockKey(key: Sourced<string>, version: CorednsVersion, dnsPort = 53): BlockKey | string {
  const { transport, rest } = transportOf(key.value, version)
  let zone = rest
  let port = transport === 'dns' ? dnsPort : PORTS.get(transport) as number
  const colon = zone.lastIndexOf(':')
  if (colon === zone.length - 1) return `expecting data after last colon: "${zone}"`
  if (colon >= 0 && /^[+-]?\d+$/.test(zone.slice(colon + 1))) {
    port = Number(zone.slice(colon + 1))
    zone = zone.slice(0, colon)
  }
  if (zone.length > 255) return `specified zone is too long: ${zone.length} > 255`
  // The library of 1.9.3 takes an empty first label, that of 1.11.4 no backslash at the end.
  const isName = isDomainName(since(version, 1, 9, 4) ? zone : zone.replace(/^\.(?=[^.])/, '')) && !(since(version, 1, 11, 4) && /(^|[^\\])(\\\\)*\\$/.test(zone))
  if (!isName) return `zone is not a valid domain name: ${zone}`
  // Nor does that of 1.9.3 take a name that ends in a character of two or four bytes for an absolute one.
  if (!since(version, 1, 9, 4) && EVEN_END.test(zone)) return `zone is not a valid domain name: ${absolute(zone)}`
  if (/^[:0][^/]*:[^/]*\/\d+$/.test(zone)) return `invalid CIDR ${zone}`
  const zones = hostZones(zone)
  const isReverse = zones.length !== 1 || zones[0] !== nameKey(zone)
  const unreachable = !since(version, 1, 14, 7) && !isReverse && absolute(zone) !== nameKey(zone)
  return { transport, zones: unreachable ? [absolute(zone)] : zones, port, unreachable, key }
}

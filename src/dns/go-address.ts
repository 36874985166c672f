// IP addresses as Go's net.ParseIP reads them and net.IP.String prints them (Go 1.17 and later). CoreDNS decides by these whether a host
// is an address, which family it has and whether two are equal.
// An IPv4-mapped IPv6 address counts as IPv4. A leading zero in an IPv4 octet makes the text no address.
import { ip4Bytes, ip4Text, ip6Bytes, ip6Text, isMapped } from './presentation-address.ts'

export type Address = {
  readonly family: 4 | 6
  /** Canonical text: dotted quad, or RFC 5952. */
  readonly text: string
}

export function parseAddress(text: string): Address | undefined {
  for (const c of text) {
    if (c === '.') return parse4(text)
    if (c === ':') return parse6(text)
  }
  return undefined
}

/** `fe80::1%eth0` without its IPv6 zone. */
export function withoutZone(text: string): string {
  const at = text.indexOf('%')
  return at < 0 ? text : text.slice(0, at)
}

const parse4 = (text: string): Address | undefined => (ip4Bytes(text) ? { family: 4, text } : undefined)

function parse6(text: string): Address | undefined {
  const bytes = ip6Bytes(text)
  if (!bytes) return undefined
  return isMapped(bytes) ? { family: 4, text: ip4Text(bytes, 12) } : { family: 6, text: ip6Text(bytes) }
}

/** The address of a full reverse name (in-addr.arpa, ip6.arpa), as CoreDNS's dnsutil takes it out: labels of ip6.arpa are
 * joined four by four and what is left over is dropped, so a name with one label too many still gives the address. */
export function addressOfReverse(name: string): Address | undefined {
  if (name.endsWith('.in-addr.arpa.')) {
    const address = parseAddress(name.slice(0, -'.in-addr.arpa.'.length).split('.').reverse().join('.'))
    return address?.family === 4 ? address : undefined
  }
  if (!name.endsWith('.ip6.arpa.')) return undefined
  const labels = name.slice(0, -'.ip6.arpa.'.length).split('.').reverse()
  const parts: string[] = []
  for (let at = 0; at + 4 <= labels.length && parts.length <= 8; at += 4) parts.push(labels.slice(at, at + 4).join(''))
  return parseAddress(parts.join(':'))
}

// Addresses as a stub's resolv.conf parser and its getaddrinfo take them. glibc and musl: inet_aton (one to four numbers, decimal,
// octal or hexadecimal, so `127.257` is 127.0.1.1), else IPv6 with a zone. Go: netip.ParseAddr, dotted quads without leading zeros.
import { parseAddress, withoutZone } from '../dns/go-address.ts'

export interface StubAddress {
  readonly family: 4 | 6
  /** Canonical, without zone. */
  readonly text: string
  /** Interface of an IPv6 address, without `%`. */
  readonly zone?: string
}

const zoneOf = (text: string): string | undefined => {
  const zone = text.slice(withoutZone(text).length)
  return zone === '' ? undefined : zone.slice(1)
}

/** Of a text that is no IPv4 address. */
const ipv6 = (text: string): StubAddress | undefined => {
  const bare = withoutZone(text)
  const address = parseAddress(bare)
  const zone = zoneOf(text)
  return address && { family: 6, text: address.text, ...(zone !== undefined && { zone }) }
}

/** inet_aton of the whole text. */
function numbersAndDots(text: string): string | undefined {
  const parts = text.split('.')
  if (parts.length > 4 || !parts.every(part => /^(?:0[xX][0-9a-fA-F]{1,8}|0[0-7]{0,11}|[1-9]\d{0,9})$/.test(part))) return undefined
  const numbers = parts.map(part => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)))
  const last = numbers.pop() as number
  if (numbers.some(n => n > 255) || last >= 256 ** (4 - numbers.length)) return undefined
  const value = numbers.reduce((sum, n, i) => sum + n * 256 ** (3 - i), last)
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** As glibc reads a nameserver or a numeric host: the zone is taken as it is. */
export function glibcAddress(text: string): StubAddress | undefined {
  const v4 = numbersAndDots(text)
  return v4 === undefined ? ipv6(text) : { family: 4, text: v4 }
}

/** As musl reads it (lookup_ipliteral.c): a zone that is a name is allowed on link-local addresses only. */
export function muslAddress(text: string): StubAddress | undefined {
  const address = glibcAddress(text)
  if (address?.zone === undefined || /^\d+$/.test(address.zone)) return address
  return /^fe[89ab]|^ff[0-9a-f]2:/.test(address.text) ? address : undefined
}

export function goAddress(text: string): StubAddress | undefined {
  if (text.includes(':')) return text.endsWith('%') ? undefined : ipv6(text)
  const address = parseAddress(text)
  return address && { family: 4, text: address.text }
}

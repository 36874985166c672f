// Network prefixes as Go's net.ParseCIDR reads them and net.IPNet answers `Contains` (Go 1.20 and later). Bits behind the prefix are cut off.
// An IPv4-mapped IPv6 prefix of /96 or longer holds IPv4 addresses, too.
import { parseAddress } from './go-address.ts'
import { ip4Bytes, ip4Text, ip6Bytes, ip6Text } from './presentation-address.ts'

export interface Cidr {
  /** Four or sixteen bytes, masked. */
  readonly bytes: Uint8Array
  readonly bits: number
}

export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/')
  const host = text.slice(0, slash)
  const bitsText = text.slice(slash + 1)
  if (slash < 0 || !/^\d{1,7}$/.test(bitsText) || host.includes('%')) return undefined
  const bytes = host.includes(':') ? ip6Bytes(host) : ip4Bytes(host)
  const bits = Number(bitsText)
  if (!bytes || bits > bytes.length * 8) return undefined
  return { bytes: bytes.map((byte, i) => byte & maskByte(bits, i)), bits }
}

/** The mask's byte at that place. */
const maskByte = (bits: number, at: number): number => (0xff00 >> Math.max(0, Math.min(8, bits - at * 8))) & 0xff

const MAPPED_BITS = 96

/** The IPv4 form of a mapped prefix. */
function unmapped(cidr: Cidr): Cidr {
  const isMapped = cidr.bytes.length === 16 && cidr.bytes.subarray(0, 10).every(b => b === 0) && cidr.bytes[10] === 0xff && cidr.bytes[11] === 0xff
  return isMapped ? { bytes: cidr.bytes.subarray(12), bits: Math.max(0, cidr.bits - MAPPED_BITS) } : cidr
}

/** `address` as text; what is no address is in no network. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  const read = parseAddress(address)
  const bytes = read && (read.family === 4 ? ip4Bytes(read.text) : ip6Bytes(read.text))
  const { bytes: network, bits } = unmapped(cidr)
  return bytes !== undefined && bytes.length === network.length && bytes.every((byte, i) => (byte & maskByte(bits, i)) === network[i])
}

/** `10.0.0.0/8`, as IPNet.String prints it. */
export const cidrText = ({ bytes, bits }: Cidr): string => `${bytes.length === 4 ? ip4Text(bytes) : ip6Text(bytes)}/${bits}`

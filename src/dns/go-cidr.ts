// Network prefixes as Go's net.ParseCIDR reads them and net.IPNet answers `Contains` (Go 1.20 and later). Bits behind the prefix are cut off.
// An IPv4-mapped IPv6 prefix of /96 or longer holds IPv4 addresses, too.
import { parseAddress } from './go-address.ts'
import { addressBytes, ip4Text, ip6Text, isMapped } from './presentation-address.ts'

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
  const bytes = addressBytes(host)
  const bits = Number(bitsText)
  if (!bytes || bits > bytes.length * 8) return undefined
  return { bytes: bytes.map((byte, i) => byte & maskByte(bits, i)), bits }
}

/** The mask's byte at that place. */
const maskByte = (bits: number, at: number): number => (0xff00 >> Math.max(0, Math.min(8, bits - at * 8))) & 0xff

const MAPPED_BITS = 96

/** The IPv4 form of a mapped prefix. */
function unmapped(cidr: Cidr): Cidr {
  return isMapped(cidr.bytes) ? { bytes: cidr.bytes.subarray(12), bits: Math.max(0, cidr.bits - MAPPED_BITS) } : cidr
}

/** `address` as text; what is no address is in no network. */
export function cidrContains(cidr: Cidr, address: string): boolean {
  const read = parseAddress(address)
  const bytes = read && addressBytes(read.text)
  const { bytes: network, bits } = unmapped(cidr)
  return bytes !== undefined && bytes.length === network.length && bytes.every((byte, i) => (byte & maskByte(bits, i)) === network[i])
}

/** `10.0.0.0/8`, as IPNet.String prints it. */
export const cidrText = ({ bytes, bits }: Cidr): string => `${bytes.length === 4 ? ip4Text(bytes) : ip6Text(bytes)}/${bits}`

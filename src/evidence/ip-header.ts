// IPv4 (RFC 791) and IPv6 (RFC 8200) headers, down to the transport's first byte. Padding behind the packet is cut off; a total length of 0 is
// a segment that the network card was to cut (TSO): what was captured counts. Checksums are not verified: sending machines leave them to the card.
import type { CaptureCursor } from './capture-cursor.ts'
import { IPV4 } from './link-layer.ts'

/** Extension headers a packet may have; RFC 8200 §4.1 lists eight places. */
const MAX_EXTENSIONS = 16
const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const AUTHENTICATION = 51
const DESTINATION = 60
const MOBILITY = 135

/** Moves `c.at` behind the header, `c.end` and `c.wireEnd` to the packet's end. False: damaged. */
export const ipHeader = (c: CaptureCursor, etherType: number): boolean => (etherType === IPV4 ? ipv4(c) : ipv6(c))

function ipv4(c: CaptureCursor): boolean {
  const { view, at } = c
  if (at + 20 > c.end) return false
  const first = view.getUint8(at)
  const headerBytes = (first & 15) << 2
  if (first >> 4 !== 4 || headerBytes < 20 || at + headerBytes > c.end) return false
  const stated = view.getUint16(at + 2)
  if (stated !== 0) {
    if (stated < headerBytes) return false
    const end = at + stated
    // More on the wire than the packet says is padding; less is damage that the transport will notice.
    if (end < c.wireEnd) c.wireEnd = end
    if (end < c.end) c.end = end
  }
  const fragment = view.getUint16(at + 6)
  c.fragment = (fragment & 0x3fff) !== 0
  if (c.fragment) {
    c.fragmentOffset = (fragment & 0x1fff) << 3
    c.moreFragments = (fragment & 0x2000) !== 0
    c.fragmentId = view.getUint16(at + 4)
  }
  c.protocol = view.getUint8(at + 9)
  c.header = view
  c.fromAt = at + 12
  c.toAt = at + 16
  c.addressBytes = 4
  c.at = at + headerBytes
  return true
}

function ipv6(c: CaptureCursor): boolean {
  const { view, at } = c
  if (at + 40 > c.end || view.getUint8(at) >> 4 !== 6) return false
  const stated = view.getUint16(at + 4)
  if (stated !== 0) {
    const end = at + 40 + stated
    if (end < c.wireEnd) c.wireEnd = end
    if (end < c.end) c.end = end
  }
  c.header = view
  c.fromAt = at + 8
  c.toAt = at + 24
  c.addressBytes = 16
  c.fragment = false
  c.at = at + 40
  c.protocol = view.getUint8(at + 6)
  return c.protocol === 17 || c.protocol === 6 || extensions(c)
}

function extensions(c: CaptureCursor): boolean {
  const { view } = c
  for (let seen = 0; seen < MAX_EXTENSIONS; seen++) {
    const kind = c.protocol
    const isOption = kind === HOP_BY_HOP || kind === ROUTING || kind === DESTINATION || kind === MOBILITY
    if (!isOption && kind !== FRAGMENT && kind !== AUTHENTICATION) return true
    if (c.at + 8 > c.end) return false
    c.protocol = view.getUint8(c.at)
    const length = view.getUint8(c.at + 1)
    if (kind === FRAGMENT) {
      const fragment = view.getUint16(c.at + 2)
      c.fragmentOffset = fragment & 0xfff8
      c.moreFragments = (fragment & 1) !== 0
      c.fragmentId = view.getInt32(c.at + 4)
      // Both zero: an atomic fragment (RFC 6946), whole by itself.
      c.fragment = c.fragmentOffset !== 0 || c.moreFragments
      c.at += 8
      if (c.fragment) return true
      continue
    }
    c.at += kind === AUTHENTICATION ? (length + 2) << 2 : (length + 1) << 3
    if (c.at > c.end) return false
  }
  return false
}

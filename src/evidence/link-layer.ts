// The link layers that captures of DNS have, down to the EtherType: Ethernet, Linux cooked v1 and v2 (`tcpdump -i any`), BSD loopback, raw IP
// (tcpdump.org/linktypes). VLAN tags (802.1Q, QinQ) and PPPoE sessions are stepped over. Not read: 802.11, 802.3 with LLC, MPLS, tunnels.
import type { CaptureCursor } from './capture-cursor.ts'

export const IPV4 = 0x0800
export const IPV6 = 0x86dd
/** No IP inside (ARP, LLDP, …): nothing odd. */
export const OTHER = 0
export const DAMAGED = -1
export const UNMODELLED = -2

const MAX_TAGS = 4
const PPP_IPV4 = 0x0021
const PPP_IPV6 = 0x0057

/** AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24, 28 or 30 on the BSDs and macOS. */
const isFamily = (value: number): boolean => value === 2 || value === 10 || value === 24 || value === 28 || value === 30

/** Moves `c.at` to the IP header. */
export function linkLayer(c: CaptureCursor): number {
  const { view, end, linkType } = c
  const at = c.at
  c.kernelInterface = -1
  c.packetType = -1
  let type = 0
  if (linkType === 1) {
    if (at + 14 > end) return DAMAGED
    type = view.getUint16(at + 12)
    c.at = at + 14
  } else if (linkType === 276) {
    if (at + 20 > end) return DAMAGED
    type = view.getUint16(at)
    c.kernelInterface = view.getInt32(at + 4)
    c.packetType = view.getUint8(at + 10)
    c.at = at + 20
  } else if (linkType === 113) {
    if (at + 16 > end) return DAMAGED
    type = view.getUint16(at + 14)
    c.packetType = view.getUint16(at)
    c.at = at + 16
  } else if (linkType === 101 || linkType === 12 || linkType === 14 || linkType === 228 || linkType === 229) return byVersion(c)
  else if (linkType === 0 || linkType === 108) {
    if (at + 4 > end) return DAMAGED
    if (!isFamily(view.getUint32(at)) && !isFamily(view.getUint32(at, true))) return OTHER
    c.at = at + 4
    return byVersion(c)
  } else return UNMODELLED
  return type === IPV4 || type === IPV6 ? type : tagged(c, type)
}

function byVersion(c: CaptureCursor): number {
  if (c.at >= c.end) return DAMAGED
  const version = c.view.getUint8(c.at) >> 4
  return version === 4 ? IPV4 : version === 6 ? IPV6 : OTHER
}

function tagged(c: CaptureCursor, first: number): number {
  let type = first
  for (let tags = 0; tags < MAX_TAGS && (type === 0x8100 || type === 0x88a8 || type === 0x9100); tags++) {
    if (c.at + 4 > c.end) return DAMAGED
    type = c.view.getUint16(c.at + 2)
    c.at += 4
  }
  if (type === 0x8864) {
    if (c.at + 8 > c.end) return DAMAGED
    const inside = c.view.getUint16(c.at + 6)
    c.at += 8
    return inside === PPP_IPV4 ? IPV4 : inside === PPP_IPV6 ? IPV6 : OTHER
  }
  return type === IPV4 || type === IPV6 ? type : OTHER
}

// ICMP errors about DNS packets (RFC 792, RFC 4443): they quote the beginning of the packet nobody took. "Port unreachable" for a question: nothing listens
// at the server. For an answer: the client had closed its socket, the answer came too late for it. Handed over as an event from the quoted packet's
// destination to its source, with as much of the quoted message as there is. Not read: path MTU news, redirects.
import { MESSAGE, REFUSED, TCP, UDP, UNREACHABLE, type CaptureCursor } from './capture-cursor.ts'
import { ipHeader } from './ip-header.ts'
import { IPV4, IPV6 } from './link-layer.ts'

export const ICMP = 1
export const ICMPV6 = 58
const HEADER_BYTES = 8

function eventOf(isV6: boolean, type: number, code: number): number {
  if (isV6) return type === 1 ? (code === 4 ? REFUSED : UNREACHABLE) : type === 3 ? UNREACHABLE : MESSAGE
  // Code 4 is "fragmentation needed": the packet was too large, the way is open.
  return type === 3 ? (code === 3 ? REFUSED : code === 4 ? MESSAGE : UNREACHABLE) : type === 11 ? UNREACHABLE : MESSAGE
}

export function icmpError(c: CaptureCursor, isDnsPort: Uint8Array, deliver: (start: number, end: number) => void): void {
  if (c.at + HEADER_BYTES > c.end) return
  const isV6 = c.protocol === ICMPV6
  const event = eventOf(isV6, c.view.getUint8(c.at), c.view.getUint8(c.at + 1))
  if (event === MESSAGE) return
  c.at += HEADER_BYTES
  if (!ipHeader(c, isV6 ? IPV6 : IPV4) || (c.protocol !== UDP && c.protocol !== TCP) || c.at + 4 > c.end) return
  if (c.fragment && c.fragmentOffset > 0) return
  const quotedFrom = c.view.getUint16(c.at)
  const quotedTo = c.view.getUint16(c.at + 2)
  if (isDnsPort[quotedFrom] === 0 && isDnsPort[quotedTo] === 0) return
  const { fromAt, toAt } = c
  c.fromAt = toAt
  c.toAt = fromAt
  c.fromPort = quotedTo
  c.toPort = quotedFrom
  c.transport = c.protocol
  c.event = event
  // A TCP segment's quoted bytes are somewhere inside a stream: only its ports say something.
  if (c.protocol === UDP) deliver(Math.min(c.at + HEADER_BYTES, c.end), c.end)
  else deliver(c.end, c.end)
  c.event = MESSAGE
}

// IP fragments put together again (RFC 791 §3.2, RFC 8200 §4.5): a large answer over UDP comes in several. Each interface of a capture for itself, as
// `-i any` sees every fragment more than once. Bounded: 64 datagrams at a time, the oldest goes first. Fragments that overlap are dropped with all of
// their datagram (RFC 5722). What stays incomplete is handed over as far as it reaches from its beginning: the question stands there.
import { recall, remember, TCP, UDP, type CaptureCursor, type CursorMemory } from './capture-cursor.ts'
import { odd, oddPacket, type Oddities } from './capture-oddities.ts'

const MAX_DATAGRAMS = 64
const MAX_FRAGMENTS = 128
const MAX_DATAGRAM_BYTES = 65_535
/** ip_frag_time of Linux. */
const LIFETIME_MS = 30_000

interface Piece {
  readonly offset: number
  readonly bytes: Uint8Array
}

interface Datagram {
  readonly startedMs: number
  pieces: Piece[]
  /** Of the first fragment; undefined until it was seen. */
  first: CursorMemory | undefined
  /** -1: the last fragment was not seen. */
  totalBytes: number
  /** Not DNS, or contradictory: what comes is dropped. */
  dropped: boolean
}

export interface Fragments {
  readonly open: Map<string, Datagram>
  readonly list: Oddities
  readonly isDnsPort: Uint8Array
  /** Called with `c.bytes` holding the datagram from the transport's header on; `c.fragment`: its end is missing. */
  readonly onDatagram: () => void
}

export const fragments = (list: Oddities, isDnsPort: Uint8Array, onDatagram: () => void): Fragments => ({ open: new Map(), list, isDnsPort, onDatagram })

function keyOf(c: CaptureCursor): string {
  let key = `${c.interfaceIndex}/${c.kernelInterface}/${c.packetType}/${c.protocol}/${c.fragmentId}`
  for (let i = 0; i < c.addressBytes * 2; i += 4) key += `/${c.header.getInt32(c.fromAt + i)}`
  return key
}

/** The cursor is at a fragment's data. */
export function addFragment(all: Fragments, c: CaptureCursor): void {
  if (c.protocol !== UDP && c.protocol !== TCP) return
  expire(all, c)
  const key = keyOf(c)
  let datagram = all.open.get(key)
  if (!datagram) {
    if (all.open.size >= MAX_DATAGRAMS) giveUpOldest(all, c)
    all.open.set(key, (datagram = { startedMs: c.atMs, pieces: [], first: undefined, totalBytes: -1, dropped: false }))
  }
  if (datagram.dropped) return
  if (!put(datagram, c)) {
    drop(datagram)
    oddPacket(all.list, 'capture-fragments-overlap', c)
    return
  }
  if (c.fragmentOffset === 0) {
    datagram.first = remember(c)
    if (c.end - c.at >= 4 && all.isDnsPort[c.view.getUint16(c.at)] === 0 && all.isDnsPort[c.view.getUint16(c.at + 2)] === 0) drop(datagram)
  }
  if (datagram.first === undefined || datagram.totalBytes < 0 || contiguous(datagram) < datagram.totalBytes) return
  all.open.delete(key)
  handOver(all, c, datagram, datagram.totalBytes)
}

/** False: it contradicts what is there, or there is too much of it. */
function put(datagram: Datagram, c: CaptureCursor): boolean {
  const offset = c.fragmentOffset
  const bytes = c.bytes.slice(c.at, c.end)
  const wireBytes = c.wireEnd - c.at
  if (offset + wireBytes > MAX_DATAGRAM_BYTES || datagram.pieces.length >= MAX_FRAGMENTS) return false
  if (!c.moreFragments) {
    if (datagram.totalBytes >= 0 && datagram.totalBytes !== offset + wireBytes) return false
    datagram.totalBytes = offset + wireBytes
  }
  const repeated = datagram.pieces.some(piece => piece.offset === offset && piece.bytes.length === bytes.length)
  if (repeated) return true
  if (datagram.pieces.some(piece => offset < piece.offset + piece.bytes.length && piece.offset < offset + bytes.length)) return false
  datagram.pieces.push({ offset, bytes })
  return true
}

function drop(datagram: Datagram): void {
  datagram.dropped = true
  datagram.pieces = []
  datagram.first = undefined
}

/** Sorts the pieces; bytes that follow each other from 0 on. */
function contiguous(datagram: Datagram): number {
  datagram.pieces.sort((a, b) => a.offset - b.offset)
  let reached = 0
  for (const piece of datagram.pieces) if (piece.offset === reached) reached += piece.bytes.length
  return reached
}

function handOver(all: Fragments, c: CaptureCursor, datagram: Datagram, totalBytes: number): void {
  const reached = contiguous(datagram)
  const whole = new Uint8Array(reached)
  for (const piece of datagram.pieces) if (piece.offset < reached) whole.set(piece.bytes, piece.offset)
  const { bytes, view } = c
  c.bytes = whole
  c.view = new DataView(whole.buffer)
  c.at = 0
  c.end = reached
  c.wireEnd = totalBytes
  // What is handed over as a fragment is a datagram that stays incomplete.
  c.fragment = reached < totalBytes
  all.onDatagram()
  c.fragment = false
  c.bytes = bytes
  c.view = view
}

function giveUpOldest(all: Fragments, c: CaptureCursor): void {
  const [oldest] = all.open
  if (oldest === undefined) return
  const [key, datagram] = oldest
  all.open.delete(key)
  const { first } = datagram
  if (first === undefined) return
  odd(all.list, 'capture-fragments-incomplete', first.number, first.base + first.recordStart, first.base + first.recordEnd)
  const now = { ...c }
  recall(c, first)
  handOver(all, c, datagram, datagram.totalBytes < 0 ? MAX_DATAGRAM_BYTES : datagram.totalBytes)
  Object.assign(c, now)
}

function expire(all: Fragments, c: CaptureCursor): void {
  for (const [, datagram] of all.open) {
    if (!(c.atMs - datagram.startedMs > LIFETIME_MS)) return
    giveUpOldest(all, c)
  }
}

export function endFragments(all: Fragments, c: CaptureCursor): void {
  while (all.open.size > 0) giveUpOldest(all, c)
}

// The classic capture file of libpcap (pcap-savefile(5)): both byte orders, microseconds and nanoseconds. A packet header with impossible values does not
// end the reading, as it does in libpcap: bytes are skipped up to the next three headers that fit together. Not read: the extended packet headers of magic
// a1b2cd34.
import type { CaptureCursor } from './capture-cursor.ts'
import { odd, type Oddities } from './capture-oddities.ts'
import type { CaptureWindow } from './capture-window.ts'

export const HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
/** MAXIMUM_SNAPLEN of libpcap. */
export const MAX_PACKET_BYTES = 262_144
/** How many headers in a row must be plausible to go on after damage, and how far their times may lie apart. */
const CHAIN = 3
const APART_S = 86_400

export interface PcapFile {
  readonly littleEndian: boolean
  /** Fractions of a second in the second field of a time: 1e6 or 1e9. */
  readonly fractions: number
  readonly linkType: number
  lastSeconds: number
  lost: boolean
}

/** Undefined: not this format. `view` holds at least 24 bytes. */
export function pcapFile(view: DataView, at: number): PcapFile | undefined {
  const magic = view.getUint32(at)
  const fractions = magic === 0xa1b2c3d4 || magic === 0xd4c3b2a1 ? 1e6 : magic === 0xa1b23c4d || magic === 0x4d3cb2a1 ? 1e9 : 0
  if (fractions === 0) return undefined
  const littleEndian = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1
  // The upper half holds the length of a frame check sequence.
  return { littleEndian, fractions, linkType: view.getUint32(at + 20, littleEndian) & 0xffff, lastSeconds: -1, lost: false }
}

/** Hands over every packet that is whole in the window. */
export function walkPcap(file: PcapFile, w: CaptureWindow, c: CaptureCursor, list: Oddities, atEnd: boolean, onPacket: () => void): void {
  const { littleEndian, fractions } = file
  const { view, hi } = w
  const perMs = fractions / 1000
  let lo = w.lo
  for (;;) {
    if (file.lost) {
      lo = findAgain(file, w, lo, atEnd)
      if (file.lost) break
    }
    if (lo + RECORD_HEADER_BYTES > hi) break
    const captured = view.getUint32(lo + 8, littleEndian)
    const onWire = view.getUint32(lo + 12, littleEndian)
    const fraction = view.getUint32(lo + 4, littleEndian)
    if (captured > MAX_PACKET_BYTES || fraction >= fractions) {
      odd(list, 'capture-record-damaged', c.number + 1, w.base + lo, w.base + lo + RECORD_HEADER_BYTES)
      file.lost = true
      lo++
      continue
    }
    const start = lo + RECORD_HEADER_BYTES
    const next = start + captured
    if (next > hi) break
    const seconds = view.getUint32(lo, littleEndian)
    file.lastSeconds = seconds
    c.number++
    c.atMs = seconds * 1000 + fraction / perMs
    c.recordStart = lo
    c.recordEnd = next
    c.at = start
    c.end = next
    c.wireEnd = onWire > captured ? start + onWire : next
    lo = next
    onPacket()
  }
  w.lo = lo
}

/** The next place where packet headers chain; `file.lost` stays set when the window has none. */
function findAgain(file: PcapFile, w: CaptureWindow, from: number, atEnd: boolean): number {
  for (let lo = from; lo + RECORD_HEADER_BYTES <= w.hi; lo++) {
    const found = chained(file, w, lo)
    if (found === CHAIN || (found > 0 && atEnd)) {
      file.lost = false
      return lo
    }
    // What follows it is not here yet. A packet never is more than two pieces away.
    if (found > 0) return lo
  }
  return Math.max(from, w.hi - RECORD_HEADER_BYTES + 1)
}

/** How many plausible headers follow each other from `lo`; 0: a header that is none, or a packet that runs into one that is none. */
function chained(file: PcapFile, w: CaptureWindow, from: number): number {
  const { view, hi } = w
  const { littleEndian } = file
  let at = from
  let found = 0
  while (found < CHAIN && at + RECORD_HEADER_BYTES <= hi) {
    const captured = view.getUint32(at + 8, littleEndian)
    const onWire = view.getUint32(at + 12, littleEndian)
    if (captured < 14 || captured > MAX_PACKET_BYTES || onWire < captured || onWire > MAX_PACKET_BYTES || view.getUint32(at + 4, littleEndian) >= file.fractions) return 0
    if (file.lastSeconds >= 0 && Math.abs(view.getUint32(at, littleEndian) - file.lastSeconds) > APART_S) return 0
    at += RECORD_HEADER_BYTES + captured
    found++
  }
  return found
}

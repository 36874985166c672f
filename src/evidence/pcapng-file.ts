// pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces, enhanced, simple and obsolete packet blocks, interface statistics (packets
// the machine dropped). Options other than if_name, if_tsresol, if_tsoffset, isb_ifdrop and isb_osdrop are stepped over, as are blocks of
// other kinds. A block whose length is impossible ends the reading: the format has no way to find the next one.
import type { CaptureCursor } from './capture-cursor.ts'
import { odd, type Oddities } from './capture-oddities.ts'
import { dropFromWindow, type CaptureWindow } from './capture-window.ts'
import { MAX_PACKET_BYTES } from './pcap-file.ts'

export const SECTION = 0x0a0d0d0a
const INTERFACE = 1
const OBSOLETE_PACKET = 2
const SIMPLE_PACKET = 3
const STATISTICS = 5
const ENHANCED_PACKET = 6
const BYTE_ORDER_LITTLE = 0x4d3c2b1a
const BYTE_ORDER_BIG = 0x1a2b3c4d
/** A packet and its options. */
const MAX_BLOCK_BYTES = MAX_PACKET_BYTES + 65_536
const MAX_INTERFACES = 4096
const MAX_NAME_BYTES = 128

export interface CaptureInterface {
  readonly name: string | undefined
  readonly linkType: number
  readonly snapBytes: number
  readonly ticksPerMs: number
  readonly offsetMs: number
}

export interface PcapngFile {
  littleEndian: boolean
  /** Of all sections, in order; `first` is where the current section's begin. */
  readonly interfaces: CaptureInterface[]
  first: number
  ended: boolean
  /** Skipped because there are too many: their packets have no interface. */
  tooMany: boolean
}

export const pcapngFile = (): PcapngFile => ({ littleEndian: true, interfaces: [], first: 0, ended: false, tooMany: false })

const latin1 = (w: CaptureWindow, start: number, end: number): string => {
  let text = ''
  for (let i = start; i < Math.min(end, start + MAX_NAME_BYTES); i++) text += String.fromCharCode(w.bytes[i] as number)
  return text.replace(/[^\x20-\x7e]/g, '?')
}

export function walkPcapng(file: PcapngFile, w: CaptureWindow, c: CaptureCursor, list: Oddities, onPacket: () => void): void {
  while (!file.ended && w.skip === 0 && w.lo + 12 <= w.hi) {
    const { lo, view } = w
    const kind = view.getUint32(lo, file.littleEndian)
    if (kind === SECTION && !openSection(file, w)) return endHere(file, w, c, list)
    const length = view.getUint32(lo + 4, file.littleEndian)
    if (length < 12 || length % 4 !== 0) return endHere(file, w, c, list)
    if (length > MAX_BLOCK_BYTES) {
      if (kind === INTERFACE || kind === ENHANCED_PACKET || kind === SIMPLE_PACKET || kind === OBSOLETE_PACKET || kind === SECTION) return endHere(file, w, c, list)
      dropFromWindow(w, length)
      continue
    }
    const end = lo + length
    if (end > w.hi) return
    if (view.getUint32(end - 4, file.littleEndian) !== length) return endHere(file, w, c, list)
    w.lo = end
    c.recordStart = lo
    c.recordEnd = end
    if (kind === ENHANCED_PACKET || kind === OBSOLETE_PACKET || kind === SIMPLE_PACKET) packet(file, w, c, list, kind, lo, end - 4, onPacket)
    else if (kind === INTERFACE) addInterface(file, w, c, list, lo, end - 4)
    else if (kind === STATISTICS) statistics(file, w, c, list, lo, end - 4)
  }
}

function endHere(file: PcapngFile, w: CaptureWindow, c: CaptureCursor, list: Oddities): void {
  odd(list, 'capture-block-damaged', c.number + 1, w.base + w.lo, w.base + w.lo + 8)
  file.ended = true
  w.lo = w.hi
}

function openSection(file: PcapngFile, w: CaptureWindow): boolean {
  const mark = w.view.getUint32(w.lo + 8)
  if (mark !== BYTE_ORDER_LITTLE && mark !== BYTE_ORDER_BIG) return false
  file.littleEndian = mark === BYTE_ORDER_LITTLE
  file.first = file.interfaces.length
  file.tooMany = false
  return true
}

/** Calls `each` for every option between `at` and `end`. */
function options(file: PcapngFile, w: CaptureWindow, from: number, end: number, each: (code: number, at: number, length: number) => void): void {
  for (let at = from; at + 4 <= end;) {
    const code = w.view.getUint16(at, file.littleEndian)
    const length = w.view.getUint16(at + 2, file.littleEndian)
    if (code === 0 || at + 4 + length > end) return
    each(code, at + 4, length)
    at += 4 + ((length + 3) & ~3)
  }
}

function addInterface(file: PcapngFile, w: CaptureWindow, c: CaptureCursor, list: Oddities, lo: number, end: number): void {
  if (lo + 16 > end || file.interfaces.length >= MAX_INTERFACES) {
    file.tooMany = true
    return odd(list, 'capture-interfaces-too-many', c.number, w.base + lo, w.base + end)
  }
  const { view } = w
  let name: string | undefined
  let ticksPerMs = 1000
  let offsetMs = 0
  options(file, w, lo + 16, end, (code, at, length) => {
    if (code === 2) name = latin1(w, at, at + length)
    // The highest bit: a power of two instead of ten.
    else if (code === 9 && length >= 1) ticksPerMs = ((view.getUint8(at) & 0x80) === 0 ? 10 ** view.getUint8(at) : 2 ** (view.getUint8(at) & 0x7f)) / 1000
    else if (code === 14 && length >= 8) offsetMs = Number(view.getBigInt64(at, file.littleEndian)) * 1000
  })
  file.interfaces.push({ name, linkType: view.getUint16(lo + 8, file.littleEndian), snapBytes: view.getUint32(lo + 12, file.littleEndian), ticksPerMs, offsetMs })
}

function statistics(file: PcapngFile, w: CaptureWindow, c: CaptureCursor, list: Oddities, lo: number, end: number): void {
  if (lo + 20 > end) return
  options(file, w, lo + 20, end, (code, at, length) => {
    if ((code !== 5 && code !== 7) || length < 8) return
    const dropped = Number(w.view.getBigUint64(at, file.littleEndian))
    if (dropped > 0) odd(list, 'capture-packets-dropped', c.number, w.base + lo, w.base + end, dropped)
  })
}

function packet(file: PcapngFile, w: CaptureWindow, c: CaptureCursor, list: Oddities, kind: number, lo: number, end: number, onPacket: () => void): void {
  c.number++
  const { view } = w
  const { littleEndian } = file
  const isSimple = kind === SIMPLE_PACKET
  if (lo + (isSimple ? 12 : 28) > end) return odd(list, 'capture-header-damaged', c.number, w.base + lo, w.base + end)
  const index = file.first + (kind === ENHANCED_PACKET ? view.getUint32(lo + 8, littleEndian) : isSimple ? 0 : view.getUint16(lo + 8, littleEndian))
  const from = file.interfaces[index]
  if (from === undefined) return odd(list, 'capture-interface-unknown', c.number, w.base + lo, w.base + end)
  c.interfaceIndex = index
  c.linkType = from.linkType
  if (isSimple) {
    const onWire = view.getUint32(lo + 8, littleEndian)
    c.atMs = NaN
    odd(list, 'capture-no-time', c.number, w.base + lo, w.base + end)
    return packetAt(c, lo + 12, end, Math.min(onWire, end - lo - 12, from.snapBytes === 0 ? Infinity : from.snapBytes), onWire, onPacket)
  }
  c.atMs = (view.getUint32(lo + 12, littleEndian) * 4_294_967_296 + view.getUint32(lo + 16, littleEndian)) / from.ticksPerMs + from.offsetMs
  packetAt(c, lo + 28, end, view.getUint32(lo + 20, littleEndian), view.getUint32(lo + 24, littleEndian), onPacket)
}

/** A length that runs out of the block is taken to the block's end. */
function packetAt(c: CaptureCursor, start: number, blockEnd: number, captured: number, onWire: number, onPacket: () => void): void {
  c.at = start
  c.end = Math.min(start + captured, blockEnd)
  c.wireEnd = Math.max(c.end, start + onWire)
  onPacket()
}

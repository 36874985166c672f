// A message while it is written. Names are compressed as they were in the packet they were read from, or by the rule of RFC 1035 §4.1.4
// as miekg/dns applies it: a pointer to the longest suffix that was spelled the same before, at an offset below 16384; only owner names and names
// in the types of RFC 1035 become pointers (RFC 3597 §4), the others may be pointed to.
import { NAME_ROOM, nameToBytes } from './wire-name.ts'
import type { WireName } from './wire-name.ts'
import { u16 } from './wire-reader.ts'

export interface WireWriter {
  bytes: Uint8Array
  at: number
  /** Undefined: as recorded; names of one's own in full. */
  readonly compress: boolean | undefined
  /** Where a pointer may lead: hash of a suffix → offset. */
  readonly suffixes: Map<number, number>
}

const POINTER_LIMIT = 1 << 14

/** Writing is over before anyone else writes, so all share their room. */
let room = new Uint8Array(4096)

export const wireWriter = (compress?: boolean): WireWriter => ({ bytes: room, at: 0, compress, suffixes: new Map() })

export const writtenBytes = (writer: WireWriter): Uint8Array => writer.bytes.slice(0, writer.at)

/** Makes room for `count` bytes and returns where they go. */
function take(writer: WireWriter, count: number): number {
  const at = writer.at
  if (at + count > writer.bytes.length) {
    const grown = new Uint8Array(Math.max(2 * writer.bytes.length, at + count))
    grown.set(writer.bytes)
    writer.bytes = room = grown
  }
  writer.at = at + count
  return at
}

export function write8(writer: WireWriter, value: number): void {
  const at = take(writer, 1)
  writer.bytes[at] = value
}

export function write16(writer: WireWriter, value: number): void {
  put16(writer, take(writer, 2), value)
}

export function put16(writer: WireWriter, at: number, value: number): void {
  writer.bytes[at] = value >> 8
  writer.bytes[at + 1] = value
}

export function write32(writer: WireWriter, value: number): void {
  const at = take(writer, 4)
  put16(writer, at, value >>> 16)
  put16(writer, at + 2, value)
}

export function writeBytes(writer: WireWriter, bytes: Uint8Array): void {
  const at = take(writer, bytes.length)
  writer.bytes.set(bytes, at)
}

/** Code, length, bytes: an EDNS option, a SVCB parameter. */
export function writeCoded(writer: WireWriter, code: number, bytes: Uint8Array): void {
  write16(writer, code)
  write16(writer, bytes.length)
  writeBytes(writer, bytes)
}

const scratch = new Uint8Array(NAME_ROOM)

function writeScratch(writer: WireWriter, length: number): void {
  const at = take(writer, length)
  const { bytes } = writer
  for (let i = 0; i < length; i++) bytes[at + i] = scratch[i] as number
}

/** @throws RangeError for a name that `nameFromText` would refuse. */
export function writeName(writer: WireWriter, name: WireName, isCompressible: boolean): void {
  const length = nameToBytes(name.text, scratch)
  if (typeof length !== 'number') throw new RangeError(`not a name: ${name.text} (${length})`)
  if (writer.compress === undefined && name.literal >= 0) writeAsRecorded(writer, name, length)
  else if (writer.compress === true) writeCompressed(writer, length, isCompressible)
  else writeScratch(writer, length)
}

/** A pointer is written where it was, if it still leads to the rest of the name. */
function writeAsRecorded(writer: WireWriter, name: WireName, length: number): void {
  let own = 0
  for (let label = 0; label < name.literal; label++) own += (scratch[own] as number) + 1
  const leadsThere = name.pointer >= 0 && name.pointer < POINTER_LIMIT && spellsSame(writer, name.pointer, own)
  writeScratch(writer, leadsThere ? own : length)
  if (leadsThere) write16(writer, 0xc000 | name.pointer)
}

/** Whether the name written at `from`, before what is written next, is the one in `scratch` at `own`. */
function spellsSame(writer: WireWriter, from: number, own: number): boolean {
  const { bytes } = writer
  for (let at = from, segment = from, limit = writer.at, mine = own; at < limit;) {
    const length = bytes[at] as number
    if (length >= 0xc0) {
      const target = u16(bytes, at) & 0x3fff
      if (at + 1 >= limit || target >= segment) return false
      limit = segment
      at = segment = target
      continue
    }
    if (at + length >= limit) return false
    for (let i = 0; i <= length; i++) if (bytes[at + i] !== scratch[mine + i]) return false
    if (length === 0) return true
    at += length + 1
    mine += length + 1
  }
  return false
}

/** Where the labels of the name in `scratch` begin. */
const labels = new Uint8Array(128)
const hashes = new Int32Array(128)

function writeCompressed(writer: WireWriter, length: number, isCompressible: boolean): void {
  const start = writer.at
  const count = hashSuffixes()
  for (let label = 0; label < count; label++) {
    const own = labels[label] as number
    const hash = hashes[label] as number
    const target = writer.suffixes.get(hash)
    if (target === undefined) {
      if (start + own < POINTER_LIMIT) writer.suffixes.set(hash, start + own)
    } else if (isCompressible && spellsSame(writer, target, own)) {
      writeScratch(writer, own)
      write16(writer, 0xc000 | target)
      return
    }
  }
  writeScratch(writer, length)
}

/** One hash a suffix, from the last label to the first. */
function hashSuffixes(): number {
  let count = 0
  for (let at = 0; (scratch[at] as number) > 0; at += (scratch[at] as number) + 1) labels[count++] = at
  for (let label = count - 1, hash = 0; label >= 0; label--) {
    const at = labels[label] as number
    for (let i = at + (scratch[at] as number); i >= at; i--) hash = Math.imul(hash ^ (scratch[i] as number), 0x01000193) ^ (hash >>> 15)
    hashes[label] = hash
  }
  return count
}

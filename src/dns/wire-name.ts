// Names on the wire (RFC 1035 §3.1, §4.1.4): labels, compression pointers, and the text for them.
// The text keeps every byte and the case of letters: `.` and `\` inside a label and what a zone file gives a meaning are written `\c`, bytes
// that do not print `\DDD`. A pointer must lead to where an earlier name was written in full: strictly backwards at each step, so no
// name has a loop (RFC 9267 §2), at most 126 of them, and never into the header.
import type { FaultCode, Result } from './wire-fault.ts'
import { failed } from './wire-fault.ts'
import { encodeText, escapeAt } from './presentation-escape.ts'
import type { WireReader } from './wire-reader.ts'
import { fault } from './wire-reader.ts'

export interface WireName {
  /** Presentation form, with a trailing dot, case kept. */
  readonly text: string
  readonly start: number
  /** After the pointer, if it ends in one. */
  readonly end: number
  /** Labels spelled out here. */
  readonly literal: number
  /** Where the first pointer leads; -1: none. */
  readonly pointer: number
  /** Octets of the whole name, uncompressed. */
  readonly lengthBytes: number
  /** Pointers gone through. */
  readonly hops: number
  /** Could not be read to its end: `text` is what came before the fault. */
  readonly broken?: true
}

export const MAX_NAME = 255
const MAX_LABEL = 63
const MAX_HOPS = 126
const HEADER = 12
const DOT = 46

/** A name of one's own, not taken from a packet; `text` is absolute and valid (`nameFromText` says whether it is). */
export const newName = (text: string): WireName =>
  ({ text, start: -1, end: -1, literal: -1, pointer: -1, lengthBytes: -1, hops: 0 })

/** Longest text: 255 bytes, each written \DDD. */
const letters = Buffer.alloc(4 * 256)

/** How a byte is written inside a label: 0 as it is, 1 after a backslash, 2 as \DDD. */
const WRITTEN = new Uint8Array(256).fill(2, 0, 33).fill(2, 127)
for (const c of '".;()\\@$') WRITTEN[c.charCodeAt(0)] = 1

/** Puts a label and its dot into `letters` at `at`; where it ends. */
function spell(bytes: Uint8Array, from: number, to: number, at: number): number {
  let k = at
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number
    const how = WRITTEN[byte]
    if (how !== 0) letters[k++] = 92
    if (how === 2) {
      letters[k++] = 48 + Math.floor(byte / 100)
      letters[k++] = 48 + (Math.floor(byte / 10) % 10)
      letters[k++] = 48 + (byte % 10)
    } else letters[k++] = byte
  }
  letters[k++] = DOT
  return k
}

/**
 * Reads the name at `reader.at` and moves behind it. What is spelled out here must end before `limit`.
 * Undefined: not even its end was found. Every fault is recorded in the reader.
 */
export function readName(reader: WireReader, limit: number): WireName | undefined {
  const { bytes } = reader
  const start = reader.at
  if (start < limit && bytes[start] === 0) return rootName(reader, start)
  let at = start
  /** Where the labels now read began: a pointer must lead before it. */
  let segment = start
  let segmentLimit = limit
  let end = -1
  let literal = 0
  let pointer = -1
  let hops = 0
  let written = 0
  let lengthBytes = 1
  let tail = ''
  let code: FaultCode | undefined
  for (;;) {
    if (at >= segmentLimit) {
      code = 'name-truncated'
      break
    }
    const length = bytes[at] as number
    if (length === 0) {
      if (end < 0) end = at + 1
      break
    }
    if (length <= MAX_LABEL) {
      if (at + length >= segmentLimit) code = 'name-truncated'
      else if (lengthBytes + length + 1 > MAX_NAME) code = 'name-too-long'
      if (code) break
      written = spell(bytes, at + 1, at + 1 + length, written)
      lengthBytes += length + 1
      at += length + 1
      if (end < 0) literal++
      continue
    }
    if (length < 0xc0 || at + 1 >= segmentLimit) {
      code = length < 0xc0 ? 'label-type-unknown' : 'name-truncated'
      break
    }
    const target = ((length & 0x3f) << 8) | (bytes[at + 1] as number)
    if (end < 0) {
      end = at + 2
      pointer = target
    }
    code = pointerFault(target, segment, at, ++hops)
    if (code) break
    // Most pointers lead to the beginning of a name that has been read already.
    const known = knownName(reader, target)
    if (known !== undefined && hops + known.hops <= MAX_HOPS) {
      if (lengthBytes + known.lengthBytes - 1 > MAX_NAME) code = 'name-too-long'
      else {
        tail = known.text
        lengthBytes += known.lengthBytes - 1
        hops += known.hops
      }
      break
    }
    // An earlier name, and all of it: it ends before what points to it begins.
    segmentLimit = segment
    segment = at = target
  }
  if (code === 'name-truncated' && hops > 0) code = 'pointer-loop'
  if (code) return brokenName(reader, { start, end, limit, literal, pointer, hops, lengthBytes, at }, code, written)
  reader.at = end
  const name: WireName = { text: joined(written, tail), start, end, literal, pointer, lengthBytes, hops }
  remember(reader, name)
  return name
}

/** The labels in `letters`, and the name they stand before. */
function joined(written: number, tail: string): string {
  if (written === 0) return tail === '' ? '.' : tail
  const own = letters.toString('latin1', 0, written)
  return tail === '' || tail === '.' ? own : own + tail
}

function rootName(reader: WireReader, start: number): WireName {
  reader.at = start + 1
  return { text: '.', start, end: start + 1, literal: 0, pointer: -1, lengthBytes: 1, hops: 0 }
}

function pointerFault(target: number, segment: number, at: number, hops: number): FaultCode | undefined {
  if (target < HEADER) return 'pointer-into-header'
  if (target >= segment) return target > at + 1 ? 'pointer-forward' : 'pointer-loop'
  return hops > MAX_HOPS ? 'too-many-pointers' : undefined
}

interface Unfinished extends Omit<WireName, 'text'> {
  readonly limit: number
  readonly at: number
}

function brokenName(reader: WireReader, name: Unfinished, code: FaultCode, written: number): WireName | undefined {
  const { start, literal, pointer, hops, lengthBytes } = name
  const end = name.end >= 0 ? name.end : skipName(reader.bytes, start, name.limit)
  fault(reader, code, Math.min(name.at, reader.bytes.length), Math.min(name.at + 1, reader.bytes.length))
  if (end < 0) return undefined
  reader.at = end
  const text = written === 0 ? '.' : letters.toString('latin1', 0, written)
  return { text, start, end, literal, pointer, lengthBytes, hops, broken: true }
}

const REMEMBERED = 8

function knownName(reader: WireReader, target: number): WireName | undefined {
  for (const name of reader.names) if (name.start === target) return name
  return undefined
}

function remember(reader: WireReader, name: WireName): void {
  if (name.literal > 0 && reader.names.length < REMEMBERED) reader.names.push(name)
}

/** Where the name at `at` ends, without following pointers; -1: not before `limit`. */
export function skipName(bytes: Uint8Array, at: number, limit: number): number {
  for (let i = at; i < limit;) {
    const length = bytes[i] as number
    if (length === 0) return i + 1
    if (length >= 0xc0) return i + 2 <= limit ? i + 2 : -1
    if (length > MAX_LABEL) return -1
    i += length + 1
  }
  return -1
}

/**
 * Wire form of a name in presentation form into `out`, uncompressed: its length, or what is wrong with it.
 * A name without a trailing dot is taken as absolute. `out` holds at least NAME_ROOM bytes.
 */
export function nameToBytes(text: string, out: Uint8Array): number | FaultCode {
  if (text === '.' || text === '') {
    out[0] = 0
    return 1
  }
  let label = 0
  let at = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === DOT) {
      if (at === label + 1) return 'label-empty'
      out[label] = at - label - 1
      label = at++
    } else if (code === 92) {
      const escape = escapeAt(text, i)
      if (escape < 0) return 'text-escape'
      out[at++] = escape & 0xff
      i += (escape >> 8) - 1
    } else if (code < 0x80) out[at++] = code
    else {
      const whole = String.fromCodePoint(text.codePointAt(i) as number)
      for (const byte of encodeText(whole)) out[at++] = byte
      i += whole.length - 1
    }
    if (at - label - 1 > MAX_LABEL) return 'label-too-long'
    if (at > MAX_NAME) return 'name-too-long'
  }
  if (at > label + 1) {
    out[label] = at - label - 1
    label = at++
  }
  if (at > MAX_NAME) return 'name-too-long'
  out[label] = 0
  return at
}

/** A name and the character that makes it too long. */
export const NAME_ROOM = MAX_NAME + 9
const scratch = new Uint8Array(NAME_ROOM)

/** A name of a zone file: absolute, or relative to `origin`; `@` is the origin. */
export function nameFromText(text: string, origin?: string): Result<WireName> {
  const whole = text === '@' && origin !== undefined ? origin : endsInDot(text) ? text : origin === undefined ? undefined : origin === '.' ? `${text}.` : `${text}.${origin}`
  if (text === '') return failed('text-field-missing', 0, 0)
  if (whole === undefined) return failed('text-name-relative', 0, text.length)
  const length = nameToBytes(whole, scratch)
  return typeof length === 'number' ? { value: newName(nameText(scratch.subarray(0, length))) } : failed(length, 0, text.length)
}

function endsInDot(text: string): boolean {
  let at = text.length - 1
  if (text[at] !== '.') return false
  while (at > 0 && text[at - 1] === '\\') at--
  return (text.length - 1 - at) % 2 === 0
}

/** The canonical text of a whole uncompressed name. */
function nameText(bytes: Uint8Array): string {
  let written = 0
  for (let at = 0; (bytes[at] as number) > 0; at += (bytes[at] as number) + 1) {
    written = spell(bytes, at + 1, at + 1 + (bytes[at] as number), written)
  }
  return written === 0 ? '.' : letters.toString('latin1', 0, written)
}

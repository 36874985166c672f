// Names on the wire (RFC 1035 §3.1, §4.1.4): labels, compression pointers, and the text for them.
// The text keeps every byte and the case of letters: `.` and `\` inside a label and what a zone file gives a meaning are written `\c`, bytes
// that do not print `\DDD`. A pointer must lead to where an earlier name was written in full: strictly backwards at each step, so no
// name has a loop (RFC 9267 §2), at most 126 of them, and never into the header.
import type { FaultCode, Result } from './wire-fault.ts'
import { failed } from './wire-fault.ts'
import { encodeText, escapeAt } from './presentation-escape.ts'
import { labelsText } from './wire-labels.ts'
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
  ({ text, start: -1, end: -1, literal: -1, pointer: -1, lengthBytes: -1 })

/**
 * Reads the name at `reader.at` and moves behind it. What is spelled out here must end before `limit`.
 * Undefined: not even its end was found. Every fault is recorded in the reader.
 */
export function readName(reader: WireReader, limit: number): WireName | undefined {
  const { bytes } = reader
  const start = reader.at
  let at = start
  /** Where the labels now read began: a pointer must lead before it. */
  let segment = start
  let segmentLimit = limit
  let end = -1
  let literal = 0
  let pointer = -1
  let hops = 0
  let lengthBytes = 1
  let text = ''
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
    if (at > segment) text += labelsText(bytes, segment, at)
    // An earlier name, and all of it: it ends before what points to it begins.
    segmentLimit = segment
    segment = at = target
  }
  if (at > segment) text += labelsText(bytes, segment, at)
  if (text === '') text = '.'
  if (code) {
    fault(reader, code === 'name-truncated' && hops > 0 ? 'pointer-loop' : code, Math.min(at, bytes.length), Math.min(at + 1, bytes.length))
    if (end < 0) end = skipName(bytes, start, limit)
    if (end < 0) return undefined
    reader.at = end
    return { text, start, end, literal, pointer, lengthBytes, broken: true }
  }
  reader.at = end
  return { text, start, end, literal, pointer, lengthBytes }
}

function pointerFault(target: number, segment: number, at: number, hops: number): FaultCode | undefined {
  if (target < HEADER) return 'pointer-into-header'
  if (target >= segment) return target > at + 1 ? 'pointer-forward' : 'pointer-loop'
  return hops > MAX_HOPS ? 'too-many-pointers' : undefined
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
  return typeof length === 'number' ? { value: newName(length === 1 ? '.' : labelsText(scratch, 0, length - 1)) } : failed(length, 0, text.length)
}

function endsInDot(text: string): boolean {
  let at = text.length - 1
  if (text[at] !== '.') return false
  while (at > 0 && text[at - 1] === '\\') at--
  return (text.length - 1 - at) % 2 === 0
}

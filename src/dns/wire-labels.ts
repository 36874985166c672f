// The text of labels. The same names come by again and again, in a message and in the next: a small table holds the text of labels seen lately,
// found by their bytes, so that most names cost a hash and a comparison. What is returned never depends on what is in the table.
import { hashName } from './wire-scan.ts'

/** Longest text: 255 bytes, each written \DDD. */
const letters = Buffer.alloc(4 * 256)
const DOT = 46
const BACKSLASH = 92

/** How a byte is written inside a label: 0 as it is, 1 after a backslash, 2 as \DDD. */
const WRITTEN = new Uint8Array(256).fill(2, 0, 33).fill(2, 127)
for (const c of '".;()\\@$') WRITTEN[c.charCodeAt(0)] = 1

interface Seen {
  readonly bytes: Uint8Array
  readonly text: string
}
const SLOTS = 1024
const seen: (Seen | undefined)[] = Array.from({ length: SLOTS })

/** The labels in [start, end), whole ones without a pointer or a final zero, at most 255 bytes; each with its dot. */
export function labelsText(bytes: Uint8Array, start: number, end: number): string {
  const slot = hashName(bytes, start, end) & (SLOTS - 1)
  const known = seen[slot]
  if (known !== undefined && isSame(known.bytes, bytes, start, end)) return known.text
  const text = spell(bytes, start, end)
  seen[slot] = { bytes: bytes.slice(start, end), text }
  return text
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}

function spell(bytes: Uint8Array, start: number, end: number): string {
  let k = 0
  for (let label = start; label < end;) {
    const next = label + (bytes[label] as number) + 1
    for (let at = label + 1; at < next; at++) {
      const byte = bytes[at] as number
      const how = WRITTEN[byte]
      if (how !== 0) letters[k++] = BACKSLASH
      if (how === 2) {
        letters[k++] = 48 + Math.floor(byte / 100)
        letters[k++] = 48 + (Math.floor(byte / 10) % 10)
        letters[k++] = 48 + (byte % 10)
      } else letters[k++] = byte
    }
    letters[k++] = DOT
    label = next
  }
  return letters.toString('latin1', 0, k)
}

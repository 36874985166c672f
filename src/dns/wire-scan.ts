// A look at a message without making anything: what a capture of millions of packets is sorted by. The caller owns the `Scan` and gives it
// again and again; whoever wants more decodes the few messages that matter.
// All offsets are those of the array that is scanned, which may hold much more than the message.

export interface Scan {
  id: number
  flags: number
  /** Four bits; those of OPT are not looked for. */
  rcode: number
  questionCount: number
  answerCount: number
  authorityCount: number
  additionalCount: number
  /** The first question's name with its final zero is [qnameStart, qnameEnd); equal when there is no question. */
  qnameStart: number
  qnameEnd: number
  /** -1: no question. */
  qtype: number
  qclass: number
}

export const newScan = (): Scan => ({
  id: 0, flags: 0, rcode: 0, questionCount: 0, answerCount: 0, authorityCount: 0, additionalCount: 0, qnameStart: 0, qnameEnd: 0, qtype: -1, qclass: -1,
})

const HEADER = 12
const MAX_NAME = 255

/** False: no header, or a first question that is cut off or not spelled out; what was read until then is in `scan`. */
export function scanMessage(bytes: Uint8Array, start: number, end: number, scan: Scan): boolean {
  scan.questionCount = scan.answerCount = scan.authorityCount = scan.additionalCount = 0
  scan.qnameStart = scan.qnameEnd = start
  scan.qtype = scan.qclass = -1
  if (start < 0 || end > bytes.length || end - start < HEADER) return false
  scan.id = pair(bytes, start)
  scan.flags = pair(bytes, start + 2)
  scan.rcode = scan.flags & 15
  scan.questionCount = pair(bytes, start + 4)
  scan.answerCount = pair(bytes, start + 6)
  scan.authorityCount = pair(bytes, start + 8)
  scan.additionalCount = pair(bytes, start + 10)
  scan.qnameStart = scan.qnameEnd = start + HEADER
  if (scan.questionCount === 0) return true
  let at = start + HEADER
  for (const limit = Math.min(end, at + MAX_NAME); ;) {
    if (at >= limit) return false
    const length = bytes[at] as number
    if (length > 63) return false
    at += length + 1
    if (length === 0) break
  }
  if (at + 4 > end) return false
  scan.qnameEnd = at
  scan.qtype = pair(bytes, at)
  scan.qclass = pair(bytes, at + 2)
  return true
}

const pair = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number)

/** 32 bits over [start, end), the same for names that differ in case only. */
export function hashName(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start
  let at = start
  // Bit 5 tells upper case from lower; it also tells a few other bytes apart, which the comparison then does.
  for (; at + 4 <= end; at += 4) {
    const four = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
    hash = Math.imul(hash ^ (four | 0x20202020), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ ((bytes[at] as number) | 0x20), 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** Whether two spelled-out names are the same, ASCII case aside. Lengths of labels are below 64 and so are never taken for letters. */
export function sameNameBytes(a: Uint8Array, aStart: number, aEnd: number, b: Uint8Array, bStart: number, bEnd: number): boolean {
  const length = aEnd - aStart
  if (length !== bEnd - bStart) return false
  for (let i = 0; i < length; i++) {
    const x = a[aStart + i] as number
    const y = b[bStart + i] as number
    if (x !== y && ((x | 0x20) !== (y | 0x20) || (x | 0x20) < 97 || (x | 0x20) > 122)) return false
  }
  return true
}

export interface RecordScan {
  type: number
  class: number
  ttl: number
  rdataStart: number
  /** Where RDATA, and the record, ends. */
  end: number
}
export const newRecordScan = (): RecordScan => ({ type: 0, class: 0, ttl: 0, rdataStart: 0, end: 0 })

/** The record at `at`; false: cut off. The first record after one question is at `qnameEnd + 4`. */
export function scanRecord(bytes: Uint8Array, at: number, end: number, record: RecordScan): boolean {
  let nameEnd = at
  for (;;) {
    if (nameEnd >= end) return false
    const length = bytes[nameEnd] as number
    if (length > 63) {
      if (length < 0xc0) return false
      nameEnd += 2
      break
    }
    nameEnd += length + 1
    if (length === 0) break
  }
  if (nameEnd + 10 > end) return false
  record.type = pair(bytes, nameEnd)
  record.class = pair(bytes, nameEnd + 2)
  record.ttl = ((pair(bytes, nameEnd + 4) << 16) | pair(bytes, nameEnd + 6)) >>> 0
  record.rdataStart = nameEnd + 10
  record.end = nameEnd + 10 + pair(bytes, nameEnd + 8)
  return record.end <= end
}

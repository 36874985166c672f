// Bytes → message (RFC 1035 §4, RFC 6891, RFC 3597). Total: any bytes give a message and a list of faults, in time proportional to their
// number. What stands before a fault is kept; a fault inside RDATA costs that RDATA its form, not the records behind it.
import type { Fault } from './wire-fault.ts'
import { HEADER_END, TYPE_OPT } from './wire-message.ts'
import type { WireMessage, WireQuestion, WireRecord } from './wire-message.ts'
import { readName } from './wire-name.ts'
import { readRdata } from './rdata-layout.ts'
import type { WireReader } from './wire-reader.ts'
import { fault, u16, u32, wireReader } from './wire-reader.ts'

export interface Decoded {
  readonly message: WireMessage
  /** Empty: well formed; `encodeMessage` gives the same bytes again. */
  readonly faults: readonly Fault[]
}

const MAX_MESSAGE = 65535
const QUESTION_REST = 4
const RECORD_REST = 10
/** Beyond any message. */
const STOPPED = 0x3fffffff

/** The message in [start, end) of `bytes`. Offsets of what is returned count from `start`. */
export function decodeMessage(bytes: Uint8Array, start = 0, end = bytes.length): Decoded {
  const reader = wireReader(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), HEADER_END)
  const own = reader.bytes
  const id = own.length >= 2 ? u16(own, 0) : 0
  const flags = own.length >= 4 ? u16(own, 2) : 0
  if (own.length > MAX_MESSAGE) fault(reader, 'message-too-long', MAX_MESSAGE, own.length)
  if (own.length < HEADER_END) {
    fault(reader, 'truncated-header', own.length, own.length)
    return { message: { id, flags, questions: [], answers: [], authorities: [], additionals: [] }, faults: reader.faults }
  }
  const questions = readSection(reader, u16(own, 4), readQuestion)
  const answers = readSection(reader, u16(own, 6), readRecord)
  const authorities = readSection(reader, u16(own, 8), readRecord)
  const additionals = readSection(reader, u16(own, 10), readRecord)
  if (reader.at < own.length) fault(reader, 'trailing-bytes', reader.at, own.length)
  const message = { id, flags, questions, answers, authorities, additionals }
  checkOpt(reader, message)
  return { message, faults: reader.faults }
}

/** An entry that cannot be read ends the message: the reader then stands beyond it, and no more is looked for. */
function readSection<T>(reader: WireReader, count: number, read: (reader: WireReader) => T | undefined): readonly T[] {
  let entries: T[] | undefined
  for (let n = 0; n < count && reader.at !== STOPPED; n++) {
    const isMissing = reader.at >= reader.bytes.length
    if (isMissing) fault(reader, 'count-exceeds-data', reader.at, reader.at)
    const entry = isMissing ? undefined : read(reader)
    if (entry === undefined) reader.at = STOPPED
    // Most sections have one entry: room for more is made when they come.
    else if (entries === undefined) entries = [entry]
    else entries.push(entry)
  }
  return entries ?? []
}

function readQuestion(reader: WireReader): WireQuestion | undefined {
  const { bytes, at: start } = reader
  const name = readName(reader, bytes.length)
  if (name === undefined) return undefined
  const end = name.end + QUESTION_REST
  if (end > bytes.length) {
    fault(reader, 'question-truncated', start, bytes.length)
    return undefined
  }
  reader.at = end
  return { name, type: u16(bytes, name.end), class: u16(bytes, name.end + 2), start, end }
}

function readRecord(reader: WireReader): WireRecord | undefined {
  const { bytes, at: start } = reader
  const name = readName(reader, bytes.length)
  if (name === undefined) return undefined
  const at = name.end
  const rdataStart = at + RECORD_REST
  const end = rdataStart <= bytes.length ? rdataStart + u16(bytes, at + 8) : STOPPED
  if (end > bytes.length) {
    fault(reader, 'record-truncated', start, bytes.length)
    return undefined
  }
  reader.at = rdataStart
  const type = u16(bytes, at)
  const dnsClass = u16(bytes, at + 2)
  const rdata = readRdata(reader, type, dnsClass, end)
  return { name, type, class: dnsClass, ttl: u32(bytes, at + 4), rdata, start, rdataStart, end }
}

/** RFC 6891 §6.1.1: one OPT record, in the additional section, owned by the root. */
function checkOpt(reader: WireReader, message: WireMessage): void {
  let seen = false
  for (const section of [message.answers, message.authorities, message.additionals]) {
    for (const record of section) {
      if (record.type !== TYPE_OPT) continue
      if (record.name.text !== '.') fault(reader, 'opt-owner-not-root', record.start, record.name.end)
      if (section !== message.additionals) fault(reader, 'opt-misplaced', record.start, record.end)
      else if (seen) fault(reader, 'opt-repeated', record.start, record.end)
      else seen = true
    }
  }
}

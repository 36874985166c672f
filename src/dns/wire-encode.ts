// Message → bytes. A message that was decoded without faults comes out as it was: case, bytes of labels, each pointer where it was, OPT where
// it was. One that was changed in between keeps the pointers that still lead to the right name.
import type { WireMessage, WireRecord } from './wire-message.ts'
import { writeRdata } from './rdata-layout.ts'
import type { WireWriter } from './wire-writer.ts'
import { put16, wireWriter, write16, write32, writeName, writtenBytes } from './wire-writer.ts'

export interface EncodeOptions {
  /** Compress all names anew, or none. Absent: names from a packet as they were there, others in full. */
  readonly compress?: boolean
}

/** @throws RangeError for what no packet can hold: a name, string or RDATA that is too long. The readers of this folder make none. */
export function encodeMessage(message: WireMessage, options: EncodeOptions = {}): Uint8Array {
  const writer = wireWriter(options.compress)
  const { questions, answers, authorities, additionals } = message
  for (const word of [message.id, message.flags, questions.length, answers.length, authorities.length, additionals.length]) {
    if (word > 0xffff) throw new RangeError(`${word} does not fit the header`)
    write16(writer, word)
  }
  for (const question of questions) {
    writeName(writer, question.name, true)
    write16(writer, question.type)
    write16(writer, question.class)
  }
  for (const section of [answers, authorities, additionals]) for (const record of section) writeRecord(writer, record)
  return writtenBytes(writer)
}

function writeRecord(writer: WireWriter, record: WireRecord): void {
  writeName(writer, record.name, true)
  write16(writer, record.type)
  write16(writer, record.class)
  write32(writer, record.ttl)
  const lengthAt = writer.at
  write16(writer, 0)
  writeRdata(writer, record.rdata)
  const length = writer.at - lengthAt - 2
  if (length > 0xffff) throw new RangeError(`RDATA of ${length} bytes`)
  put16(writer, lengthAt, length)
}

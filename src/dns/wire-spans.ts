// Where each field of a packet is, for whoever points into it. Spans nest: a section entry holds its name, its numbers and its RDATA, RDATA
// its fields, the options field its options.
import type { WireMessage, WireRecord } from './wire-message.ts'
import { HEADER_END, SECTIONS } from './wire-message.ts'
import type { EdnsOption } from './edns-options.ts'
import { readRdata } from './rdata-layout.ts'
import { wireReader } from './wire-reader.ts'

export interface FieldSpan {
  /** `header.id`, `questions[0].name`, `answers[2].rdata.exchange`, `additionals[0].rdata.options[1].data`. */
  readonly path: string
  /** [start, end), bytes from the beginning of the message. */
  readonly start: number
  readonly end: number
}

const HEADER = ['id', 'flags', 'questionCount', 'answerCount', 'authorityCount', 'additionalCount']

/** `bytes`: the message that `message` was decoded from. In order of place, outer before inner. */
export function spansOf(bytes: Uint8Array, message: WireMessage): readonly FieldSpan[] {
  const spans: FieldSpan[] = []
  const span = (path: string, start: number, end: number): void => void spans.push({ path, start, end })
  if (bytes.length < HEADER_END) return spans
  span('header', 0, HEADER_END)
  HEADER.forEach((field, i) => span(`header.${field}`, 2 * i, 2 * i + 2))
  message.questions.forEach(({ name, start, end }, i) => {
    const path = `questions[${i}]`
    span(path, start, end)
    span(`${path}.name`, name.start, name.end)
    span(`${path}.type`, name.end, name.end + 2)
    span(`${path}.class`, name.end + 2, name.end + 4)
  })
  for (const section of SECTIONS) message[section].forEach((record, i) => recordSpans(bytes, record, `${section}[${i}]`, span))
  return spans
}

function recordSpans(bytes: Uint8Array, record: WireRecord, path: string, span: (path: string, start: number, end: number) => void): void {
  const { name, start, rdataStart, end, rdata } = record
  const at = name.end
  span(path, start, end)
  span(`${path}.name`, name.start, at)
  span(`${path}.type`, at, at + 2)
  span(`${path}.class`, at + 2, at + 4)
  span(`${path}.ttl`, at + 4, at + 8)
  span(`${path}.rdataLength`, at + 8, rdataStart)
  span(`${path}.rdata`, rdataStart, end)
  readRdata(wireReader(bytes, rdataStart), record.type, record.class, end, (field, from, to) => {
    span(`${path}.rdata.${field}`, from, to)
  })
  if (rdata.kind === 'OPT') rdata.options.forEach((option, i) => optionSpans(option, `${path}.rdata.options[${i}]`, span))
}

function optionSpans({ start, end }: EdnsOption, path: string, span: (path: string, start: number, end: number) => void): void {
  span(path, start, end)
  span(`${path}.code`, start, start + 2)
  span(`${path}.length`, start + 2, start + 4)
  span(`${path}.data`, start + 4, end)
}

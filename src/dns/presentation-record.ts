// Records as a zone file writes them, both ways (RFC 1035 §5.1, RFC 3597 §5, and the presentation format of each type).
// `\# <length> <hex>` is read for every type and printed for RDATA that has no form; TTLs are read with units (`1h30m`), as BIND reads them.
// Not modelled: $ORIGIN, $TTL, $INCLUDE, an owner left out because it is that of the line before.
import { bytesOfHex, hexOf } from './presentation-bytes.ts'
import type { Word, WordReader } from './presentation-words.ts'
import { moreWords, nextWord, wordReader, wordsOf } from './presentation-words.ts'
import type { Layout, Rdata } from './rdata-layout.ts'
import { fieldsOf, genericRdata, layoutOf, readRdata, writeRdata } from './rdata-layout.ts'
import type { FaultCode, Result } from './wire-fault.ts'
import { failed } from './wire-fault.ts'
import { newRecord } from './wire-message.ts'
import type { WireRecord } from './wire-message.ts'
import { nameFromText } from './wire-name.ts'
import { className, classNumber, typeName, typeNumber } from './wire-numbers-table.ts'
import { wireReader } from './wire-reader.ts'
import { wireWriter, writtenBytes } from './wire-writer.ts'

const CLASS_IN = 1
const MAX_RDATA = 65535

export interface TextOptions {
  /** Completes names without a trailing dot; `.` takes them as absolute. Absent: they are faults. */
  readonly origin?: string
  readonly class?: number
}

export function rdataToText(rdata: Rdata): string {
  if (rdata.kind === 'generic') return genericText(rdata.bytes)
  if (rdata.kind === 'OPT') return genericText(rdataBytes(rdata))
  const values = rdata as unknown as Readonly<Record<string, unknown>>
  return fieldsOf(rdata.kind).map(([name, field]) => field.print(values[name])).filter(text => text !== '').join(' ')
}

/** RFC 3597. */
export const genericText = (bytes: Uint8Array): string => (bytes.length === 0 ? '\\# 0' : `\\# ${bytes.length} ${hexOf(bytes)}`)

/** On the wire, names in full. */
export function rdataBytes(rdata: Rdata): Uint8Array {
  const writer = wireWriter(false)
  writeRdata(writer, rdata)
  return writtenBytes(writer)
}

/** `type`: a number, or a word such as `MX`, `TYPE65280`. */
export function rdataFromText(type: number | string, text: string, options: TextOptions = {}): Result<Rdata> {
  const number = typeof type === 'number' ? type : typeNumber(type)
  if (number === undefined) return failed('text-type', 0, 0)
  const words = wordsOf(text)
  if (words.fault) return words
  return parseRdata(number, options.class ?? CLASS_IN, wordReader(words.value, 0, text.length, options.origin))
}

function parseRdata(type: number, dnsClass: number, words: WordReader): Result<Rdata> {
  const first = words.words[words.at]
  const layout = layoutOf(type, dnsClass)
  if (first?.text === '\\#' && !first.quoted) return parseGeneric(type, dnsClass, words)
  if (layout === undefined) return first ? failed('text-type', first.start, first.end) : failed('text-field-missing', words.end, words.end)
  return parseFields(layout, words)
}

function parseFields(layout: Layout, words: WordReader): Result<Rdata> {
  const start = words.words[words.at]?.start ?? words.end
  const rdata: Record<string, unknown> = { kind: layout.kind }
  for (const [name, field] of layout.fields) {
    const value = field.parse(words)
    if (value === undefined || words.fault) return words.fault ? { fault: words.fault } : failed('text-field-missing', words.end, words.end)
    rdata[name] = value
  }
  const extra = words.words[words.at]
  if (extra) return failed('text-field-extra', extra.start, words.end)
  const whole = rdata as unknown as Rdata
  return rdataBytes(whole).length > MAX_RDATA ? failed('rdata-too-long', start, words.end) : { value: whole }
}

/** Data of a known type must have its form (RFC 3597 §5). */
function parseGeneric(type: number, dnsClass: number, words: WordReader): Result<Rdata> {
  words.at++
  const length = nextWord(words)
  if (length === undefined) return failed('text-field-missing', words.end, words.end)
  if (!/^\d{1,5}$/.test(length.text)) return failed('text-number', length.start, length.end)
  const rest = words.words.slice(words.at)
  const [start, end] = [rest[0]?.start ?? length.end, rest.at(-1)?.end ?? length.end]
  const bytes = bytesOfHex(rest.map(word => word.text).join(''))
  if (bytes === undefined) return failed('text-hex', start, end)
  if (bytes.length !== Number(length.text)) return failed('text-generic-length', length.start, length.end)
  if (bytes.length > MAX_RDATA) return failed('rdata-too-long', start, end)
  const reader = wireReader(bytes)
  const rdata = readRdata(reader, type, dnsClass, bytes.length)
  if (reader.faults[0]) return failed(reader.faults[0].code, start, end)
  if (rdata.kind === 'generic') return { value: genericRdata(bytes) }
  if (rdataBytes(rdata).length !== bytes.length) return failed('rdata-length-mismatch', start, end)
  // Through its text: the names just read have places in no packet.
  return rdata.kind === 'OPT' ? { value: rdata } : rdataFromText(type, rdataToText(rdata), { class: dnsClass })
}

/** `name ttl class type rdata`. */
export const recordToText = (record: WireRecord): string =>
  `${record.name.text} ${record.ttl} ${className(record.class)} ${typeName(record.type)} ${rdataToText(record.rdata)}`

export interface RecordTextOptions extends TextOptions {
  /** For a record that names no TTL; absent: that is a fault. */
  readonly ttlS?: number
}

const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }
const MAX_TTL = 2 ** 32 - 1

/** `300`, `1h30m`; undefined: no TTL. */
export function ttlFromText(text: string): number | undefined {
  if (!/^(?:\d{1,10}|(?:\d{1,10}[smhdw])+)$/i.test(text)) return undefined
  let ttlS = 0
  for (const [, digits, unit] of text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)) ttlS += Number(digits) * (UNIT_S[unit as string] ?? 1)
  return ttlS <= MAX_TTL ? ttlS : undefined
}

/** One record: owner, TTL and class in either order or left out, type, RDATA. */
export function recordFromText(text: string, options: RecordTextOptions = {}): Result<WireRecord> {
  const words = wordsOf(text)
  if (words.fault) return words
  const reader = wordReader(words.value, 0, text.length, options.origin)
  const owner = nextWord(reader)
  if (owner === undefined) return failed('text-field-missing', text.length, text.length)
  const name = nameFromText(owner.text, options.origin)
  if (name.fault) return at(owner, name.fault.code)
  let ttl: number | undefined
  let dnsClass: number | undefined
  while (moreWords(reader)) {
    const word = reader.words[reader.at] as Word
    const ttlHere = ttl === undefined ? ttlFromText(word.text) : undefined
    const classHere = ttlHere === undefined && dnsClass === undefined ? classNumber(word.text) : undefined
    if (ttlHere === undefined && classHere === undefined) break
    ttl ??= ttlHere
    dnsClass ??= classHere
    reader.at++
  }
  const typeWord = nextWord(reader)
  if (typeWord === undefined) return failed('text-field-missing', text.length, text.length)
  const type = typeNumber(typeWord.text)
  if (type === undefined) return at(typeWord, 'text-type')
  ttl ??= options.ttlS
  if (ttl === undefined) return at(typeWord, 'text-ttl')
  dnsClass ??= options.class ?? CLASS_IN
  const rdata = parseRdata(type, dnsClass, reader)
  return rdata.fault ? rdata : { value: newRecord(name.value, type, dnsClass, ttl, rdata.value) }
}

const at = (word: Word, code: FaultCode): { readonly fault: { code: FaultCode; start: number; end: number } } => failed(code, word.start, word.end)

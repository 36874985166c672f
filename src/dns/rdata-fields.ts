// The kinds of field that RDATA is made of. Each is read from the wire and written to it, printed in a zone file and read from it.
// Values are what one works with: numbers, addresses as text, names, byte strings; a character string is the text between its quotes.
import { base32Of, base64Of, bytesOfBase32, bytesOfBase64, bytesOfHex, hexOf } from './presentation-bytes.ts'
import { bytesOfText, quoted, textOfBytes, unquoted } from './presentation-escape.ts'
import { ip4Bytes, ip4Text, ip6Bytes, ip6Text } from './presentation-address.ts'
import type { Word, WordReader } from './presentation-words.ts'
import { moreWords, nextWord, wrong } from './presentation-words.ts'
import { typeName, typeNumber } from './wire-numbers-table.ts'
import type { FaultCode } from './wire-fault.ts'
import type { WireName } from './wire-name.ts'
import { nameFromText, readName } from './wire-name.ts'
import type { WireReader } from './wire-reader.ts'
import { u16, u32 } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'
import { write16, write32, write8, writeBytes, writeName } from './wire-writer.ts'

export interface Field<T> {
  /** Reads before `end` and moves on. Undefined: it does not fit; a fault more telling than that is recorded. */
  read(reader: WireReader, end: number): T | undefined
  write(writer: WireWriter, value: T): void
  print(value: T): string
  /** Undefined: a fault is in `words`. */
  parse(words: WordReader): T | undefined
}

const wholeNumber = (words: WordReader, limit: number): number | undefined => {
  const word = nextWord(words)
  if (word === undefined) return undefined
  return /^\d{1,10}$/.test(word.text) && Number(word.text) <= limit ? Number(word.text) : wrong(words, word, 'text-number')
}

/** Reads what a field of `size` bytes holds. */
const fixed = <T>(size: number, get: (bytes: Uint8Array, at: number) => T) => (reader: WireReader, end: number): T | undefined => {
  const at = reader.at
  if (at + size > end) return undefined
  reader.at = at + size
  return get(reader.bytes, at)
}

export const u8Field: Field<number> = {
  read: fixed(1, (bytes, at) => bytes[at] as number), write: write8, print: String, parse: words => wholeNumber(words, 0xff),
}
export const u16Field: Field<number> = { read: fixed(2, u16), write: write16, print: String, parse: words => wholeNumber(words, 0xffff) }
export const u32Field: Field<number> = { read: fixed(4, u32), write: write32, print: String, parse: words => wholeNumber(words, 0xffffffff) }

/** The type an RRSIG covers. */
export const typeField: Field<number> = {
  read: fixed(2, u16), write: write16, print: typeName,
  parse: words => {
    const word = nextWord(words)
    return word && (typeNumber(word.text) ?? wrong(words, word, 'text-type'))
  },
}

const MODULUS = 2 ** 32

/** Seconds since 1970 modulo 2³², as the nearest UTC time of the years 1970 to 2106 (RFC 4034 §3.2). */
export const timeField: Field<number> = {
  read: fixed(4, u32), write: write32,
  print: value => new Date(value * 1000).toISOString().replace(/[-T:]|\.\d+Z/g, ''),
  parse: words => {
    const word = nextWord(words)
    if (word === undefined) return undefined
    const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(word.text)
    if (parts === null) return /^\d{1,10}$/.test(word.text) && Number(word.text) < MODULUS ? Number(word.text) : wrong(words, word, 'text-time')
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [number, number, number, number, number, number]
    const atMs = Date.UTC(year, month - 1, day, hour, minute, second)
    const isReal = new Date(atMs).toISOString().replace(/[-T:]|\.\d+Z/g, '') === word.text
    return isReal && atMs >= 0 ? (atMs / 1000) % MODULUS : wrong(words, word, 'text-time')
  },
}

const addressField = (size: number, print: (bytes: Uint8Array, at: number) => string, bytesOf: (text: string) => Uint8Array | undefined): Field<string> => ({
  read: fixed(size, print),
  write: (writer, value) => {
    const bytes = bytesOf(value)
    if (bytes === undefined) throw new RangeError(`not an address: ${value}`)
    writeBytes(writer, bytes)
  },
  print: value => value,
  parse: words => {
    const word = nextWord(words)
    if (word === undefined) return undefined
    const bytes = bytesOf(word.text)
    return bytes ? print(bytes, 0) : wrong(words, word, 'text-address')
  },
})
export const ip4Field = addressField(4, ip4Text, ip4Bytes)
export const ip6Field = addressField(16, ip6Text, ip6Bytes)

const nameField = (isCompressible: boolean): Field<WireName> => ({
  read: readName,
  write: (writer, value) => writeName(writer, value, isCompressible),
  print: value => value.text,
  parse: words => {
    const word = nextWord(words)
    if (word === undefined) return undefined
    const { value, fault } = nameFromText(word.text, words.origin)
    return value ?? wrong(words, word, fault.code)
  },
})
export const plainNameField = nameField(false)
/** Of the types of RFC 1035, where every reader knows that a pointer may stand. */
export const compressibleNameField = nameField(true)

/** A length of 8 bits and that many bytes. */
const readCounted = (reader: WireReader, end: number): Uint8Array | undefined => {
  const { at, bytes } = reader
  const last = at + 1 + (at < end ? (bytes[at] as number) : end)
  if (last > end) return undefined
  reader.at = last
  return bytes.slice(at + 1, last)
}
const writeCounted = (writer: WireWriter, bytes: Uint8Array): void => {
  if (bytes.length > 255) throw new RangeError(`${bytes.length} bytes where 255 fit`)
  write8(writer, bytes.length)
  writeBytes(writer, bytes)
}

const bytesOrThrow = (text: string): Uint8Array => {
  const bytes = bytesOfText(text)
  if (bytes === undefined) throw new RangeError(`not the text of a string: ${text}`)
  return bytes
}

function textOf(words: WordReader, word: Word, limit: number): string | undefined {
  const bytes = bytesOfText(word.text)
  if (bytes === undefined) return wrong(words, word, 'text-escape')
  return bytes.length > limit ? wrong(words, word, 'text-string-too-long') : textOfBytes(bytes)
}

export const stringField: Field<string> = {
  read: (reader, end) => {
    const bytes = readCounted(reader, end)
    return bytes && textOfBytes(bytes)
  },
  write: (writer, value) => writeCounted(writer, bytesOrThrow(value)),
  print: quoted,
  parse: words => {
    const word = nextWord(words)
    return word && textOf(words, word, 255)
  },
}

/** A character string that is printed without quotes: the tag of CAA. */
export const tagField: Field<string> = { ...stringField, print: value => (value === '' ? '""' : unquoted(value)) }

/** Octets in hexadecimal, `size` groups of `octets` with `between` in the middle. */
const groupsField = (size: number, octets: number, between: string, letterCase: 'upper' | 'lower'): Field<string> => addressField(size * octets,
  (bytes, at) => Array.from({ length: size }, (_, i) => hexOf(bytes.subarray(at + i * octets, at + (i + 1) * octets))).join(between)[letterCase === 'upper' ? 'toUpperCase' : 'toLowerCase'](),
  text => {
    const groups = text.split(between)
    return groups.length === size && groups.every(group => group.length === 2 * octets) ? bytesOfHex(groups.join('')) : undefined
  })
/** RFC 7043. */
export const eui48Field = groupsField(6, 1, '-', 'lower')
export const eui64Field = groupsField(8, 1, '-', 'lower')
/** RFC 6742, in the letters of miekg/dns. */
export const node64Field = groupsField(4, 2, ':', 'lower')
export const locator64Field = groupsField(4, 2, ':', 'upper')

/** Character strings to the end of RDATA, at least one. */
export const stringsField: Field<readonly string[]> = {
  read: (reader, end) => {
    const strings: string[] = []
    do {
      const string = stringField.read(reader, end)
      if (string === undefined) return undefined
      strings.push(string)
    } while (reader.at < end)
    return strings
  },
  write: (writer, value) => value.forEach(string => stringField.write(writer, string)),
  print: value => value.map(quoted).join(' '),
  parse: words => {
    const strings: string[] = []
    do {
      const string = stringField.parse(words)
      if (string === undefined) return undefined
      strings.push(string)
    } while (moreWords(words))
    return strings
  },
}

const readRest = (reader: WireReader, end: number): Uint8Array => {
  const bytes = reader.bytes.slice(reader.at, end)
  reader.at = end
  return bytes
}

/** Text without a length, to the end of RDATA: the value of CAA. */
export const restTextField: Field<string> = {
  read: (reader, end) => textOfBytes(readRest(reader, end)),
  write: (writer, value) => writeBytes(writer, bytesOrThrow(value)),
  print: quoted,
  parse: words => {
    const word = nextWord(words)
    return word && textOf(words, word, 0xffff)
  },
}

/** All words that are left, as one. */
function restOf(words: WordReader): Word {
  const rest = words.words.slice(words.at)
  words.at = words.words.length
  return { text: rest.map(word => word.text).join(''), quoted: false, start: rest[0]?.start ?? words.end, end: rest.at(-1)?.end ?? words.end }
}

const restField = (print: (bytes: Uint8Array) => string, bytesOf: (text: string) => Uint8Array | undefined, code: FaultCode): Field<Uint8Array> => ({
  read: readRest, write: writeBytes, print,
  parse: words => {
    const rest = restOf(words)
    return bytesOf(rest.text) ?? wrong(words, rest, code)
  },
})
export const restHexField = restField(hexOf, bytesOfHex, 'text-hex')
export const restBase64Field = restField(base64Of, bytesOfBase64, 'text-base64')

const countedField = (print: (bytes: Uint8Array) => string, bytesOf: (text: string) => Uint8Array | undefined, code: FaultCode): Field<Uint8Array> => ({
  read: readCounted, write: writeCounted,
  print: value => (value.length === 0 ? '-' : print(value)),
  parse: words => {
    const word = nextWord(words)
    if (word === undefined) return undefined
    const bytes = word.text === '-' ? new Uint8Array() : bytesOf(word.text)
    return bytes === undefined || bytes.length > 255 ? wrong(words, word, code) : bytes
  },
})
/** The salt of NSEC3; `-` is none. */
export const saltField = countedField(hexOf, bytesOfHex, 'text-hex')
/** The next hashed owner of NSEC3. */
export const hashField = countedField(base32Of, bytesOfBase32, 'text-base32')

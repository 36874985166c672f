// How the RDATA of a type is read from its list of fields, and how it is printed then: as the record stands after it went over the wire.
// Between two fields one token is eaten, whatever it is.
import { genericText, rdataBytes, rdataFromText, rdataToText } from '../../dns/presentation-record.ts'
import { NOT_ONE, type Field, type Reading, type WordField } from './zone-file-fields.ts'
import { atEnd, END, ZoneFault, type ZoneLexer, type ZoneToken } from './zone-file-lexer.ts'
import { escapedBytes } from './zone-file-types.ts'

/** All fields of the type, to the end of the line. */
export function listed(fields: readonly Field[], reading: Reading, type: string): string | ZoneFault {
  const words = wordsOf(fields.filter(field => field.length === 2), reading, type)
  if (words instanceof ZoneFault) return words
  const rest = fields.at(-1)
  if (rest?.length !== 3) return finished(words.values.join(' '), reading, type)
  if (rest[2] === 'rest after blank') reading.lexer.next()
  const label = labelOf(type, rest[0])
  const data = rest[1](reading, label)
  if (data instanceof ZoneFault) return data === NOT_ONE ? new ZoneFault(label, words.last) : data
  return canonicalRdata(type, [...words.values, data].filter(part => part !== '').join(' '))
}

/** Words with one token between each two. */
export function wordsOf(fields: readonly WordField[], reading: Reading, type: string): { readonly values: readonly string[]; readonly last: ZoneToken } | ZoneFault {
  const values: string[] = []
  let last = END
  for (const [label, read] of fields) {
    if (values.length > 0) reading.lexer.next()
    last = reading.lexer.next()
    const value = read(last, reading)
    if (value instanceof ZoneFault) return value
    if (value === undefined) return new ZoneFault(labelOf(type, label), last)
    values.push(value)
  }
  return { values, last }
}

/** A few are said without the type. */
const labelOf = (type: string, label: string): string => (label.startsWith('bad ') ? label : `bad ${type} ${label}`)

export function finished(data: string | ZoneFault, reading: Reading | undefined, type: string): string | ZoneFault {
  if (data instanceof ZoneFault) return data
  return (reading && lineRest(reading.lexer)) ?? canonicalRdata(type, data)
}

/** What may stand behind a record: nothing but white space. */
export function lineRest(lexer: ZoneLexer): ZoneFault | undefined {
  let token = lexer.next()
  if (token.kind === 'blank') token = lexer.next()
  return atEnd(token) ? undefined : new ZoneFault('garbage after rdata', token)
}

/** As it is printed after the wire; what the wire codec refuses stays as written. */
export function canonicalRdata(type: string, data: string): string {
  const ascii = escapedBytes(data)
  const { value } = rdataFromText(type, ascii)
  return value ? rdataToText(value) : ascii
}

/** The bytes of RDATA that has the form of another type, which is printed by fields. */
export function bytesLike(type: string, data: string | ZoneFault): string | ZoneFault {
  const value = data instanceof ZoneFault ? undefined : rdataFromText(type, data).value
  return value ? genericText(rdataBytes(value)) : data
}

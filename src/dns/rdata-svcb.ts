// Parameters of SVCB and HTTPS records (RFC 9460 §2.1, §2.2, Appendix A; dohpath RFC 9461, ohttp RFC 9540). On the wire key, length, value,
// keys strictly ascending. A value that is not what its key asks for is printed as `keyNNNNN="…"` and stays as it is.
import { base64Of, bytesOfBase64 } from './presentation-bytes.ts'
import { bytesOfText, quoted, textOfBytes } from './presentation-escape.ts'
import { ip4Bytes, ip4Text, ip6Bytes, ip6Text } from './presentation-address.ts'
import type { WordReader } from './presentation-words.ts'
import { moreWords, nextWord, wrong } from './presentation-words.ts'
import type { Field } from './rdata-fields.ts'
import type { WireReader } from './wire-reader.ts'
import { fault, u16 } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'
import { writeCoded } from './wire-writer.ts'

export interface SvcParam {
  readonly key: number
  readonly value: Uint8Array
}

/** How the value of one key is printed and read; undefined: not of this form. */
interface Form {
  readonly name: string
  print(value: Uint8Array): string | undefined
  /** `text` as between quotes; undefined as well when there is none. */
  parse(text: string | undefined): Uint8Array | undefined
}

const nothing = (name: string): Form => ({
  name, print: value => (value.length === 0 ? '' : undefined), parse: text => (text === undefined ? new Uint8Array() : undefined),
})

const addresses = (name: string, size: number, print: (bytes: Uint8Array, at: number) => string, parse: (text: string) => Uint8Array | undefined): Form => ({
  name,
  print: value => (value.length === 0 || value.length % size !== 0 ? undefined : Array.from({ length: value.length / size }, (_, i) => print(value, i * size)).join(',')),
  parse: text => joined((text ?? '').split(',').map(parse)),
})

function joined(parts: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
  const bytes: number[] = []
  for (const part of parts) {
    if (part === undefined) return undefined
    for (const byte of part) bytes.push(byte)
  }
  return Uint8Array.from(bytes)
}

const COMMA = 44
const BACKSLASH = 92

/** Protocol ids, each behind its length; commas and backslashes in one are escaped before the text itself is. */
const alpn: Form = {
  name: 'alpn',
  print: value => {
    const list: number[] = []
    for (let at = 0; at < value.length; at += (value[at] as number) + 1) {
      const id = value.subarray(at + 1, at + 1 + (value[at] as number))
      if (id.length === 0 || id.length !== value[at]) return undefined
      if (at > 0) list.push(COMMA)
      for (const byte of id) list.push(...(byte === COMMA || byte === BACKSLASH ? [BACKSLASH, byte] : [byte]))
    }
    return list.length === 0 ? undefined : quoted(textOfBytes(Uint8Array.from(list)))
  },
  parse: text => {
    const list = bytesOfText(text ?? '')
    if (list === undefined) return undefined
    const ids: number[][] = [[]]
    for (let at = 0; at < list.length; at++) {
      if (list[at] === COMMA) ids.push([])
      else ids.at(-1)?.push(list[list[at] === BACKSLASH ? ++at : at] as number)
    }
    return joined(ids.map(id => (id.length === 0 || id.length > 255 || id.includes(undefined as never) ? undefined : Uint8Array.of(id.length, ...id))))
  },
}

const mandatory: Form = {
  name: 'mandatory',
  print: value => (value.length === 0 || value.length % 2 !== 0 ? undefined : Array.from({ length: value.length / 2 }, (_, i) => keyName(u16(value, 2 * i))).join(',')),
  parse: text => {
    const keys = (text ?? '').split(',').map(keyNumber)
    return joined(keys.map(key => (key === undefined ? undefined : Uint8Array.of(key >> 8, key & 255))))
  },
}

const port: Form = {
  name: 'port',
  print: value => (value.length === 2 ? String(u16(value, 0)) : undefined),
  parse: text => (text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 0xffff ? Uint8Array.of(Number(text) >> 8, Number(text) & 255) : undefined),
}

const ech: Form = { name: 'ech', print: value => (value.length === 0 ? undefined : base64Of(value)), parse: text => (text ? bytesOfBase64(text) : undefined) }
const dohpath: Form = { name: 'dohpath', print: value => quoted(textOfBytes(value)), parse: text => (text === undefined ? undefined : bytesOfText(text)) }

const FORMS: readonly Form[] = [
  mandatory, alpn, nothing('no-default-alpn'), port, addresses('ipv4hint', 4, ip4Text, ip4Bytes), ech, addresses('ipv6hint', 16, ip6Text, ip6Bytes),
  dohpath, nothing('ohttp'),
]

export const keyName = (key: number): string => FORMS[key]?.name ?? `key${key}`
const generic = /^key(0|[1-9]\d{0,4})$/

function keyNumber(name: string): number | undefined {
  const known = FORMS.findIndex(form => form.name === name)
  const digits = generic.exec(name)?.[1]
  return known >= 0 ? known : digits !== undefined && Number(digits) <= 0xffff ? Number(digits) : undefined
}

export function printParam({ key, value }: SvcParam): string {
  const text = FORMS[key]?.print(value)
  if (text !== undefined) return text === '' ? keyName(key) : `${keyName(key)}=${text}`
  return value.length === 0 ? `key${key}` : `key${key}=${quoted(textOfBytes(value))}`
}

function parseParam(text: string): SvcParam | undefined {
  const [, name, , inQuotes, plain] = /^([^=]*)(=(?:"([^]*)"|([^]*)))?$/.exec(text) ?? []
  const key = keyNumber(name ?? '')
  if (key === undefined) return undefined
  const written = inQuotes ?? plain
  const form = generic.test(name ?? '') ? undefined : FORMS[key]
  const value = form ? form.parse(written) : bytesOfText(written ?? '')
  return value && { key, value }
}

function readParams(reader: WireReader, end: number): readonly SvcParam[] | undefined {
  const { bytes } = reader
  const params: SvcParam[] = []
  for (let before = -1; reader.at < end;) {
    const at = reader.at
    if (at + 4 > end) return undefined
    const key = u16(bytes, at)
    const last = at + 4 + u16(bytes, at + 2)
    if (last > end) return undefined
    if (key <= before) {
      fault(reader, 'svcb-params-not-ascending', at, last)
      return undefined
    }
    params.push({ key, value: bytes.slice(at + 4, last) })
    before = key
    reader.at = last
  }
  return params
}

function writeParams(writer: WireWriter, params: readonly SvcParam[]): void {
  for (const { key, value } of params) writeCoded(writer, key, value)
}

function parseParams(words: WordReader): readonly SvcParam[] | undefined {
  const params = new Map<number, SvcParam>()
  while (moreWords(words)) {
    const word = nextWord(words)
    if (word === undefined) return undefined
    const param = parseParam(word.text)
    if (param === undefined || params.has(param.key)) return wrong(words, word, 'text-svcb-param')
    params.set(param.key, param)
  }
  return [...params.values()].sort((a, b) => a.key - b.key)
}

export const paramsField: Field<readonly SvcParam[]> = {
  read: readParams, write: writeParams, print: params => params.map(printParam).join(' '), parse: parseParams,
}

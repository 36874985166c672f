// EDNS options (RFC 6891 §6.1.2): NSID (RFC 5001), client subnet (RFC 7871), COOKIE (RFC 7873, 9018), keepalive (RFC 7828), padding (RFC 7830),
// extended errors (RFC 8914). An option of another code, or one whose value does not fit its code, is kept as bytes.
import { hexOf } from './presentation-bytes.ts'
import { ip4Bytes, ip4Text, ip6Bytes, ip6Text } from './presentation-address.ts'
import { bytesOfText, encodeText, quoted, textOfBytes } from './presentation-escape.ts'
import { wrong } from './presentation-words.ts'
import type { Field } from './rdata-fields.ts'
import type { WireReader } from './wire-reader.ts'
import { fault, u16 } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'
import { writeCoded } from './wire-writer.ts'

export type OptionValue =
  | { readonly kind: 'NSID'; readonly text: string }
  | { readonly kind: 'ECS'; readonly family: 4 | 6; readonly address: string; readonly sourcePrefix: number; readonly scopePrefix: number }
  /** Hexadecimal; no server part in a first query. */
  | { readonly kind: 'COOKIE'; readonly client: string; readonly server: string }
  /** Multiples of 100 ms; a client sends none. */
  | { readonly kind: 'KEEPALIVE'; readonly timeoutMs: number | undefined }
  | { readonly kind: 'PADDING'; readonly sizeBytes: number }
  | { readonly kind: 'EDE'; readonly infoCode: number; readonly extraText: string }

export interface EdnsOption {
  readonly code: number
  readonly data: Uint8Array
  /** Undefined: a code without a known form, or data that does not have it. */
  readonly value: OptionValue | undefined
  /** Of the code; -1 when not from a packet. */
  readonly start: number
  readonly end: number
}

const CODES = { NSID: 3, ECS: 8, COOKIE: 10, KEEPALIVE: 11, PADDING: 12, EDE: 15 } as const satisfies Record<OptionValue['kind'], number>
const KINDS: ReadonlyMap<number, OptionValue['kind']> = new Map(Object.entries(CODES).map(([kind, code]) => [code, kind as OptionValue['kind']]))

/** Words of RFC 8914 §4 and the registry. */
const EDE_WORDS = ['Other Error', 'Unsupported DNSKEY Algorithm', 'Unsupported DS Digest Type', 'Stale Answer', 'Forged Answer', 'DNSSEC Indeterminate',
  'DNSSEC Bogus', 'Signature Expired', 'Signature Not Yet Valid', 'DNSKEY Missing', 'RRSIGs Missing', 'No Zone Key Bit Set', 'NSEC Missing',
  'Cached Error', 'Not Ready', 'Blocked', 'Censored', 'Filtered', 'Prohibited', 'Stale NXDOMAIN Answer', 'Not Authoritative', 'Not Supported',
  'No Reachable Authority', 'Network Error', 'Invalid Data', 'Signature Expired before Valid', 'Too Early', 'Unsupported NSEC3 Iterations Value',
  'Unable to conform to policy', 'Synthesized']

export const edeWord = (infoCode: number): string => EDE_WORDS[infoCode] ?? `EDE ${infoCode}`

const decoder = new TextDecoder('utf-8')

/** Undefined: no form is known for the code, or the data does not have it. */
export function readOption(code: number, data: Uint8Array): OptionValue | undefined {
  const kind = KINDS.get(code)
  switch (kind) {
    case 'NSID': return { kind, text: textOfBytes(data) }
    case 'ECS': return readSubnet(data)
    case 'COOKIE': {
      const isWhole = data.length === 8 || (data.length >= 16 && data.length <= 40)
      return isWhole ? { kind, client: hexOf(data.subarray(0, 8)), server: hexOf(data.subarray(8)) } : undefined
    }
    case 'KEEPALIVE': return data.length === 0 ? { kind, timeoutMs: undefined } : data.length === 2 ? { kind, timeoutMs: 100 * u16(data, 0) } : undefined
    case 'PADDING': return { kind, sizeBytes: data.length }
    case 'EDE': return data.length >= 2 ? { kind, infoCode: u16(data, 0), extraText: decoder.decode(data.subarray(2)) } : undefined
    case undefined: return undefined
  }
}

/** As many bytes of the address as the prefix needs, bits beyond it zero. */
function readSubnet(data: Uint8Array): OptionValue | undefined {
  const family = data.length >= 4 ? ([undefined, 4, 6] as const)[u16(data, 0)] : undefined
  if (family === undefined) return undefined
  const [sourcePrefix, scopePrefix] = [data[2] as number, data[3] as number]
  const width = family === 4 ? 32 : 128
  const size = Math.ceil(sourcePrefix / 8)
  if (sourcePrefix > width || scopePrefix > width || data.length !== 4 + size) return undefined
  if (sourcePrefix % 8 !== 0 && ((data.at(-1) as number) & (0xff >> sourcePrefix % 8)) !== 0) return undefined
  const whole = new Uint8Array(width / 8)
  whole.set(data.subarray(4))
  return { kind: 'ECS', family, address: family === 4 ? ip4Text(whole) : ip6Text(whole), sourcePrefix, scopePrefix }
}

/** @throws RangeError for a value that no option can hold. */
export function newOption(value: OptionValue): EdnsOption {
  return { code: CODES[value.kind], data: optionData(value), value, start: -1, end: -1 }
}

function optionData(value: OptionValue): Uint8Array {
  switch (value.kind) {
    case 'NSID': return bytesOfText(value.text) ?? bad(value)
    case 'ECS': {
      const address = (value.family === 4 ? ip4Bytes(value.address) : ip6Bytes(value.address)) ?? bad(value)
      return Uint8Array.of(0, value.family === 4 ? 1 : 2, value.sourcePrefix, value.scopePrefix, ...address.subarray(0, Math.ceil(value.sourcePrefix / 8)))
    }
    case 'COOKIE': return Uint8Array.from((value.client + value.server).match(/../g) ?? bad(value), pair => Number.parseInt(pair, 16))
    case 'KEEPALIVE': return value.timeoutMs === undefined ? new Uint8Array() : Uint8Array.of(value.timeoutMs / 100 >> 8, value.timeoutMs / 100 & 255)
    case 'PADDING': return new Uint8Array(value.sizeBytes)
    case 'EDE': return Uint8Array.of(value.infoCode >> 8, value.infoCode & 255, ...encodeText(value.extraText))
  }
}

function bad(value: OptionValue): never {
  throw new RangeError(`no ${value.kind} option holds this`)
}

/** For people: `EDE 3 (Stale Answer) "text"`. */
export function optionToText({ code, data, value }: EdnsOption): string {
  switch (value?.kind) {
    case 'NSID': return `NSID ${quoted(value.text)}`
    case 'ECS': return `ECS ${value.address}/${value.sourcePrefix}/${value.scopePrefix}`
    case 'COOKIE': return `COOKIE ${value.client}${value.server}`.toLowerCase()
    case 'KEEPALIVE': return value.timeoutMs === undefined ? 'KEEPALIVE' : `KEEPALIVE ${value.timeoutMs / 1000}s`
    case 'PADDING': return `PADDING ${value.sizeBytes}`
    case 'EDE': return `EDE ${value.infoCode} (${edeWord(value.infoCode)})${value.extraText === '' ? '' : ` ${quoted(textOfBytes(encodeText(value.extraText)))}`}`
    case undefined: return `OPT${code} ${hexOf(data)}`
  }
}

function readOptions(reader: WireReader, end: number): readonly EdnsOption[] | undefined {
  const { bytes } = reader
  const options: EdnsOption[] = []
  while (reader.at < end) {
    const start = reader.at
    if (start + 4 > end) return undefined
    const code = u16(bytes, start)
    const last = start + 4 + u16(bytes, start + 2)
    if (last > end) return undefined
    const data = bytes.slice(start + 4, last)
    const value = readOption(code, data)
    if (value === undefined && KINDS.has(code)) fault(reader, 'option-malformed', start, last)
    options.push({ code, data, value, start, end: last })
    reader.at = last
  }
  return options
}

function writeOptions(writer: WireWriter, options: readonly EdnsOption[]): void {
  for (const { code, data } of options) writeCoded(writer, code, data)
}

/** OPT has no place in a zone file: only its generic form is read. */
export const optionsField: Field<readonly EdnsOption[]> = {
  read: readOptions, write: writeOptions, print: options => options.map(optionToText).join(' '),
  parse: words => {
    const word = words.words[words.at]
    return word ? wrong(words, word, 'text-type') : []
  },
}

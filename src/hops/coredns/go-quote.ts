// strconv.Quote and strconv.Unquote of Go: how strings are shown, and how literals of templates are read.
import { encodeText } from '../../dns/presentation-escape.ts'

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'], ['\b', '\\b'], ['\f', '\\f'], ['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['\v', '\\v'], ['\\', '\\\\'],
])
/** unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the plain space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** A byte that is part of no character (go-bytes.ts) is shown as one. */
function escaped(char: string, quote: string, asciiOnly: boolean): string {
  if (char === quote) return `\\${quote}`
  const short = SHORT.get(char)
  if (short !== undefined) return short
  const code = char.codePointAt(0) as number
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`
  if (PRINTABLE.test(char) && (code < 0x80 || !asciiOnly)) return char
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')

export const goQuote = (text: string, asciiOnly = false): string => `"${Array.from(text, c => escaped(c, '"', asciiOnly)).join('')}"`
export const goQuoteChar = (code: number, asciiOnly = false): string => `'${escaped(String.fromCodePoint(code), '\'', asciiOnly)}'`

/** `%#U`. */
export function unicodeName(char: string): string {
  const code = char.codePointAt(0) as number
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return PRINTABLE.test(char) ? `${name} '${char}'` : name
}

const LETTERS: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }
const MAX_CODE = 0x10ffff

/** The text of a literal in quotes or back quotes; undefined = invalid syntax. Bytes (`\xff`) that are no UTF-8 become U+FFFD. */
export function goUnquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1).replaceAll('\r', '')
  const bytes: number[] = []
  for (let at = 1; at < literal.length - 1;) {
    const one = unquoteChar(literal, at, '"')
    if (!one) return undefined
    bytes.push(...one.isByte ? [one.code] : encodeText(String.fromCodePoint(one.code)))
    at = one.next
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

export interface Unquoted {
  readonly code: number
  readonly isByte: boolean
  readonly next: number
}

/** One character of a literal in `quote`. */
export function unquoteChar(text: string, at: number, quote: string): Unquoted | undefined {
  const char = text.codePointAt(at)
  if (char === undefined || String.fromCodePoint(char) === quote) return undefined
  if (char !== 0x5c) return { code: char, isByte: false, next: at + (char > 0xffff ? 2 : 1) }
  const kind = text[at + 1] ?? ''
  const letter = LETTERS[kind]
  if (letter !== undefined && Object.hasOwn(LETTERS, kind)) return { code: letter.charCodeAt(0), isByte: false, next: at + 2 }
  if (kind === quote) return { code: quote.charCodeAt(0), isByte: false, next: at + 2 }
  const octal = /^[0-7]{3}/.exec(text.slice(at + 1))
  if (octal) {
    const code = Number.parseInt(octal[0], 8)
    return code > 255 ? undefined : { code, isByte: true, next: at + 4 }
  }
  const digits = kind === 'x' ? 2 : kind === 'u' ? 4 : kind === 'U' ? 8 : 0
  const value = text.slice(at + 2, at + 2 + digits)
  if (digits === 0 || value.length < digits || !/^[0-9a-fA-F]+$/.test(value)) return undefined
  const code = Number.parseInt(value, 16)
  if (kind !== 'x' && (code > MAX_CODE || (code >= 0xd800 && code <= 0xdfff))) return undefined
  return { code, isByte: kind === 'x', next: at + 2 + digits }
}

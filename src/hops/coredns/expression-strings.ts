// Quoted strings of expressions: scanString and unescape of the lexers of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8. A string is scanned
// first, with one idea of escapes, and read after that with another.
import { bytesOfGo, textOfGo } from './go-bytes.ts'
import { ExpressionFault } from './expression-fault.ts'

export interface Chars {
  readonly chars: readonly string[]
  readonly modern: boolean
  at: number
}

/** At what was read last, in the newer library; the end of the text counts as a character to it. */
function fail(l: Chars, message: string, isEnd: boolean): never {
  throw new ExpressionFault(message, l.modern ? l.at - (isEnd ? 0 : 1) : l.at)
}

/** From the quote over the quote that ends it. */
export function readString(l: Chars): void {
  const quote = l.chars[l.at++]
  for (;;) {
    const char = l.chars[l.at]
    if (char === undefined) fail(l, 'literal not terminated', true)
    l.at++
    if (char === quote) return
    if (char === '\n') fail(l, 'literal not terminated', false)
    if (char === '\\') scanEscape(l, quote as string)
  }
}

function scanEscape(l: Chars, quote: string): void {
  const char = l.chars[l.at] ?? ''
  if (/^[0-7]$/.test(char)) return scanDigits(l, /^[0-7]$/, 3)
  if (char !== '') l.at++
  if (char === quote || (char !== '' && 'abfnrtv\\'.includes(char))) return
  if (char === 'x') return scanDigits(l, HEX, 2)
  if (char === 'U') return scanDigits(l, HEX, 8)
  if (char === 'u') return l.modern && l.chars[l.at] === '{' ? scanBraces(l) : scanDigits(l, HEX, 4)
  fail(l, 'invalid char escape', char === '')
}

const HEX = /^[0-9a-fA-F]$/

function scanDigits(l: Chars, digit: RegExp, count: number): void {
  for (let i = 0; i < count; i++) {
    const char = l.chars[l.at]
    if (char !== undefined) l.at++
    if (!digit.test(char ?? '')) fail(l, 'invalid char escape', char === undefined)
  }
}

/** One to six digits. */
function scanBraces(l: Chars): void {
  let digits = 0
  while (HEX.test(l.chars[l.at + 1 + digits] ?? '')) digits++
  const isWhole = l.chars[l.at + 1 + digits] === '}' && digits > 0 && digits <= 6
  l.at += 1 + Math.min(digits, 6)
  if (!isWhole) fail(l, 'invalid char escape', false)
  l.at++
}

export type Unescaped = { readonly text: string } | { readonly fault: string }
export const isEscaped = (value: Unescaped): value is { readonly text: string } => 'text' in value

const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '\'': '\'', '"': '"' }
const ESCAPE = /\\(?:u\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([^]))/gu
const MOST = 0x10_ffff

/** What stands between the quotes. In bytes `\xff` is one byte. */
export function unescaped(text: string, isBytes: boolean, modern: boolean): Unescaped {
  let fault: string | undefined
  const bytes = (code: number): string => textOfGo(Uint8Array.of(code))
  const read = text.replace(/\r\n?/g, '\n').replace(ESCAPE, (_, braces, x, u, U, octal, simple) => {
    const digits: string | undefined = braces ?? x ?? u ?? U
    if (simple !== undefined && SIMPLE[simple] !== undefined) return SIMPLE[simple]
    const code = digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16)
    const isUnicode = braces !== undefined || u !== undefined || U !== undefined
    if (Number.isNaN(code) || code > MOST || (isBytes && isUnicode) || (braces !== undefined && !modern)) {
      fault ??= 'unable to unescape string'
      return ''
    }
    return isBytes ? bytes(code) : code >= 0xd800 && code <= 0xdfff ? '\ufffd' : String.fromCodePoint(code)
  })
  // Bytes that stand side by side can be a character.
  return fault === undefined ? { text: isBytes ? textOfGo(bytesOfGo(read)) : read } : { fault }
}

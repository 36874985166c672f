// Words of an expression: parser/lexer of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
// Not modelled: byte strings (b'…') and strings in back quotes of the newer one.
import { ExpressionFault, ExpressionUnmodelled } from './expression-fault.ts'
import { goQuote } from './go-quote.ts'

export type TokenKind = 'Identifier' | 'Number' | 'String' | 'Operator' | 'Bracket' | 'EOF'
export interface Token {
  readonly kind: TokenKind
  readonly value: string
  readonly at: number
  /** The text cannot be read from here on; the newer library finds out when it gets here. */
  readonly fault?: ExpressionFault
}

/** As an error shows it. */
export const tokenText = ({ kind, value }: Token): string => (value === '' ? kind : `${kind}(${goQuote(value)})`)

const isWord = (char: string | undefined): boolean => char !== undefined && /^[\p{L}\p{Nd}_$]$/u.test(char)
/** `not` may stand before them. */
export const NEGATABLE: ReadonlySet<string> = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith'])
const WORD_OPERATORS: ReadonlySet<string> = new Set([...NEGATABLE, 'not', 'or', 'and', 'let'])

interface Lexer {
  readonly chars: readonly string[]
  /** expr-lang/expr since 1.16: `if`, `::`, other places of lexer errors. */
  readonly modern: boolean
  readonly tokens: Token[]
  at: number
}

export function tokensOf(text: string, modern: boolean): readonly Token[] {
  const l: Lexer = { chars: [...text], modern, tokens: [], at: 0 }
  try {
    while (l.at < l.chars.length) readToken(l)
  } catch (fault) {
    if (!modern || !(fault instanceof ExpressionFault)) throw fault
    return [...l.tokens, { kind: 'EOF', value: '', at: l.at, fault }]
  }
  l.tokens.push({ kind: 'EOF', value: '', at: Math.max(0, l.chars.length - 1) })
  return l.tokens
}

/** The newer library points at the character, the older one behind it. */
const fault = (l: Lexer, message: string): never => {
  throw new ExpressionFault(message, l.at - (l.modern && l.at <= l.chars.length ? 1 : 0))
}

function emit(l: Lexer, kind: TokenKind, from: number, value = l.chars.slice(from, l.at).join('')): void {
  l.tokens.push({ kind, value, at: from })
}

function accept(l: Lexer, set: string): boolean {
  const char = l.chars[l.at]
  if (char === undefined || !set.includes(char)) return false
  l.at++
  return true
}

function readToken(l: Lexer): void {
  const from = l.at
  const char = l.chars[l.at] as string
  const next = l.chars[l.at + 1]
  if (/^\s$/u.test(char)) return void l.at++
  if (char === '\'' || char === '"') return readString(l, char)
  if (l.modern && (char === '`' || /^[bB]$/.test(char) && (next === '\'' || next === '"'))) throw new ExpressionUnmodelled('strings in back quotes and byte strings')
  if (/^\d$/.test(char) || (char === '.' && next !== undefined && /^\d$/.test(next))) return readNumber(l)
  if (char === '/' && (next === '/' || next === '*')) return skipComment(l, next)
  if (isWord(char)) return readWord(l)
  l.at++
  if ('([{)]}'.includes(char)) return emit(l, 'Bracket', from)
  if (char === '?') accept(l, '.?')
  else if (char === '.') accept(l, '.')
  else if (char === '#') return readPointer(l, from)
  else if (char === '|') accept(l, '|')
  else if (char === ':' && l.modern) accept(l, ':')
  else if ('&!=*<>'.includes(char)) accept(l, '&=*')
  else if (!',:;%+-^/'.includes(char)) fault(l, `unrecognized character: U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')} '${char}'`)
  emit(l, 'Operator', from)
}

function readPointer(l: Lexer, from: number): void {
  accept(l, '#')
  emit(l, 'Operator', from)
  const start = l.at
  while (isWord(l.chars[l.at])) l.at++
  if (l.at > start) emit(l, 'Identifier', start)
}

function skipComment(l: Lexer, second: string): void {
  const text = l.chars.slice(l.at + 2)
  const end = second === '/' ? text.indexOf('\n') : text.findIndex((c, i) => c === '*' && text[i + 1] === '/')
  if (second === '*' && end < 0) {
    l.at = l.chars.length + (l.modern ? 1 : 0)
    fault(l, 'unclosed comment')
  }
  l.at = end < 0 ? l.chars.length : l.at + 2 + end + (second === '*' ? 2 : 1)
}

function readWord(l: Lexer): void {
  const from = l.at
  while (isWord(l.chars[l.at])) l.at++
  const word = l.chars.slice(from, l.at).join('')
  const isOperator = WORD_OPERATORS.has(word) || (l.modern && (word === 'if' || word === 'else'))
  emit(l, isOperator ? 'Operator' : 'Identifier', from)
}

const DIGITS: Readonly<Record<string, string>> = { x: '0123456789abcdefABCDEF_', o: '01234567_', b: '01_' }

function readNumber(l: Lexer): void {
  const from = l.at
  accept(l, '.')
  let digits = '0123456789_'
  if (accept(l, '0')) {
    const base = l.chars[l.at]?.toLowerCase() ?? ''
    if (DIGITS[base] !== undefined) {
      digits = DIGITS[base]
      l.at++
    }
  }
  while (accept(l, digits)) { /* all of them */ }
  if (l.chars[l.at] === '.' && l.chars[l.at + 1] !== '.') {
    l.at++
    while (accept(l, digits)) { /* all of them */ }
  }
  if (accept(l, 'eE')) {
    accept(l, '+-')
    while (accept(l, digits)) { /* all of them */ }
  }
  if (isWord(l.chars[l.at])) {
    l.at++
    fault(l, `bad number syntax: ${goQuote(l.chars.slice(from, l.at).join(''))}`)
  }
  emit(l, 'Number', from)
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '\'': '\'', '"': '"' }
const LENGTHS: Readonly<Record<string, readonly [digits: number, base: number]>> = { x: [2, 16], u: [4, 16], U: [8, 16] }

function readString(l: Lexer, quote: string): void {
  const from = l.at++
  let value = ''
  for (;;) {
    const char = l.chars[l.at++]
    if (char === undefined || char === '\n') {
      // Both count the end of the text as one character more.
      if (!l.modern && char === undefined) l.at--
      fault(l, 'literal not terminated')
    }
    if (char === quote) break
    value += char === '\\' ? readEscape(l, quote) : char as string
  }
  emit(l, 'String', from, value)
}

function readEscape(l: Lexer, quote: string): string {
  const char = l.chars[l.at++] ?? ''
  const simple = ESCAPES[char]
  if (simple !== undefined && (char === quote || (char !== '\'' && char !== '"'))) return simple
  const octal = /^[0-7]$/.test(char)
  const [length, base] = octal ? [3, 8] as const : LENGTHS[char] ?? [0, 0] as const
  if (length === 0 || l.chars[l.at] === '{') return fault(l, 'invalid char escape')
  const start = octal ? l.at - 1 : l.at
  const digits = l.chars.slice(start, start + length).join('')
  const good = base === 8 ? /^[0-7]{3}$/ : new RegExp(`^[0-9a-fA-F]{${length}}$`)
  if (!good.test(digits)) return fault(l, 'invalid char escape')
  l.at = start + length
  const code = Number.parseInt(digits, base)
  return code <= 0x10_ffff ? String.fromCodePoint(code) : '\ufffd'
}

// Words of an expression: parser/lexer of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { isGoSpace } from '../../dns/go-space.ts'
import { ExpressionFault } from './expression-fault.ts'
import { isEscaped, readString, unescaped, type Chars } from './expression-strings.ts'
import { goQuote, unicodeName } from './go-quote.ts'

export type TokenKind = 'Identifier' | 'Number' | 'String' | 'Bytes' | 'Operator' | 'Bracket' | 'EOF'
export interface Token {
  readonly kind: TokenKind
  readonly value: string
  readonly at: number
}

export interface Tokens {
  readonly tokens: readonly Token[]
  /** The text cannot be read behind them; the newer library finds out when it gets there. */
  readonly fault?: ExpressionFault
}

/** As an error shows it. */
export const tokenText = ({ kind, value }: Token): string => (value === '' ? kind : `${kind}(${goQuote(value)})`)

const LETTER = /^[\p{L}\p{Nd}_$]$/u
const isWord = (char: string | undefined): boolean => char !== undefined && LETTER.test(char)
/** `not` may stand before them. */
export const NEGATABLE: ReadonlySet<string> = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith'])
const WORD_OPERATORS: ReadonlySet<string> = new Set([...NEGATABLE, 'not', 'or', 'and', 'let'])

interface Lexer extends Chars {
  readonly tokens: Token[]
}

export function tokensOf(text: string, modern: boolean): Tokens {
  const l: Lexer = { chars: [...text], modern, tokens: [], at: 0 }
  try {
    while (l.at < l.chars.length) readToken(l)
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault
    return { tokens: l.tokens, fault }
  }
  l.tokens.push({ kind: 'EOF', value: '', at: Math.max(0, l.chars.length - 1) })
  return { tokens: l.tokens }
}

/** At the character before; the older library points behind it. */
function fail(l: Lexer, message: string): never {
  throw new ExpressionFault(message, l.at - (l.modern ? 1 : 0))
}

const word = (l: Lexer, from: number): string => l.chars.slice(from, l.at).join('')

function emit(l: Lexer, kind: TokenKind, from: number, value = word(l, from)): void {
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
  const next = l.chars[l.at + 1] ?? ''
  if (isGoSpace(char)) return void l.at++
  if (char === '\'' || char === '"') return emitString(l, 'String')
  if (l.modern && char === '`') return readRaw(l)
  if (l.modern && /^[bB]$/.test(char) && (next === '\'' || next === '"')) return emitString(l, 'Bytes')
  if (/^\d$/.test(char) || (char === '.' && /^\d$/.test(next))) return readNumber(l)
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
  else if (!',:;%+-^/'.includes(char)) fail(l, `unrecognized character: ${unicodeName(char)}`)
  emit(l, 'Operator', from)
}

function emitString(l: Lexer, kind: 'String' | 'Bytes'): void {
  const from = l.at
  if (kind === 'Bytes') l.at++
  const start = l.at
  readString(l)
  const value = unescaped(l.chars.slice(start + 1, l.at - 1).join(''), kind === 'Bytes', l.modern)
  if (isEscaped(value)) return emit(l, kind, from, value.text)
  fail(l, value.fault)
}

/** Two back quotes are one. */
function readRaw(l: Lexer): void {
  const from = l.at++
  let value = ''
  for (;;) {
    const char = l.chars[l.at++]
    if (char === undefined) fail(l, 'literal not terminated')
    if (char === '`' && l.chars[l.at] !== '`') break
    if (char === '`') l.at++
    value += char
  }
  emit(l, 'String', from, value)
}

function readPointer(l: Lexer, from: number): void {
  accept(l, '#')
  emit(l, 'Operator', from)
  const start = l.at
  while (isWord(l.chars[l.at])) l.at++
  if (l.at > start) emit(l, 'Identifier', start)
}

function skipComment(l: Lexer, second: string): void {
  const { chars } = l
  const from = l.at + 2
  const isEnd = (at: number): boolean => (second === '/' ? chars[at] === '\n' : chars[at] === '*' && chars[at + 1] === '/')
  for (l.at = from; l.at < chars.length && !isEnd(l.at);) l.at++
  if (l.at < chars.length) return void (l.at += second === '*' ? 2 : 1)
  if (second === '/') return
  if (l.modern) l.at++
  // The older library has gone back from a star.
  else if (from < chars.length && chars.at(-1) === '*') l.at--
  fail(l, 'unclosed comment')
}

function readWord(l: Lexer): void {
  const from = l.at
  while (isWord(l.chars[l.at])) l.at++
  const text = word(l, from)
  const isOperator = WORD_OPERATORS.has(text) || (l.modern && (text === 'if' || text === 'else'))
  emit(l, isOperator ? 'Operator' : 'Identifier', from)
}

const DIGITS: Readonly<Record<string, string>> = { x: '0123456789abcdefABCDEF_', o: '01234567_', b: '01_' }

function readNumber(l: Lexer): void {
  const from = l.at
  accept(l, '.')
  let digits = '0123456789_'
  if (accept(l, '0')) {
    const base = DIGITS[l.chars[l.at]?.toLowerCase() ?? '']
    if (base !== undefined) {
      digits = base
      l.at++
    }
  }
  acceptAll(l, digits)
  if (l.chars[l.at] === '.') {
    // `1..2` is a range.
    if (l.chars[l.at + 1] === '.') return emit(l, 'Number', from)
    l.at++
    acceptAll(l, digits)
  }
  if (accept(l, 'eE')) {
    accept(l, '+-')
    acceptAll(l, digits)
  }
  if (isWord(l.chars[l.at])) {
    l.at++
    fail(l, `bad number syntax: ${goQuote(word(l, from))}`)
  }
  emit(l, 'Number', from)
}

function acceptAll(l: Lexer, set: string): void {
  while (accept(l, set)) { /* all of them */ }
}

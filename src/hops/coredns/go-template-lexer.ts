// Tokens of a Go template (text/template/parse/lex.go, Go 1.20 to 1.26): text between `{{` and `}}`, with the trim markers `{{- ` and ` -}}`.
import { goQuote, unicodeName } from './go-quote.ts'
import { stringLength } from './go-value.ts'

export type TokenKind =
  | 'error' | 'eof' | 'text' | 'left' | 'right' | 'space' | 'assign' | 'declare' | 'pipe' | 'leftParen' | 'rightParen' | 'char' | 'charConstant'
  | 'number' | 'complex' | 'string' | 'rawString' | 'bool' | 'dot' | 'field' | 'variable' | 'identifier' | 'nil' | Keyword

export type Keyword = 'block' | 'break' | 'continue' | 'define' | 'else' | 'end' | 'if' | 'range' | 'template' | 'with'

export interface Token {
  readonly kind: TokenKind
  readonly at: number
  readonly text: string
  readonly line: number
}

const KEYWORDS: ReadonlySet<string> = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'])

/** As a token is named in errors. */
export function tokenName({ kind, text }: Token): string {
  if (KEYWORDS.has(kind) || kind === 'dot' || kind === 'nil') return `<${text}>`
  const chars = Array.from(text)
  return stringLength(text) > 10 ? `${goQuote(chars.slice(0, 10).join(''))}...` : goQuote(text)
}

const SPACE = /[ \t\r\n]/
const LETTER = /^[\p{L}\p{Nd}_]$/u
const isSpace = (c: string): boolean => c !== '' && SPACE.test(c)
const isLetter = (c: string): boolean => c !== '' && LETTER.test(c)

export class Lexer {
  private text: string
  private at = 0
  private start = 0
  private line = 1
  private inside = false
  private parens = 0

  /** Go 1.23 and older do not count the lines inside a comment. */
  private readonly countsComments: boolean

  constructor(text: string, countsComments: boolean) {
    this.text = text
    this.countsComments = countsComments
  }

  next(): Token {
    this.start = this.at
    return this.inside ? this.insideAction() : this.outside()
  }

  private char(at = this.at): string {
    const code = this.text.codePointAt(at)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  private emit(kind: TokenKind): Token {
    const text = this.text.slice(this.start, this.at)
    const token = { kind, at: this.start, text, line: this.line }
    this.line += text.split('\n').length - 1
    return token
  }

  /** What was passed over counts for the lines. */
  private skipTo(at: number): void {
    this.line += this.text.slice(this.start, at).split('\n').length - 1
    this.at = at
    this.start = at
  }

  private error(text: string): Token {
    const token: Token = { kind: 'error', at: this.start, text, line: this.line }
    this.text = ''
    this.at = 0
    this.start = 0
    return token
  }

  private outside(): Token {
    for (;;) {
      const open = this.text.indexOf('{{', this.at)
      if (open < 0) {
        this.at = this.text.length
        return this.emit(this.at > this.start ? 'text' : 'eof')
      }
      const trims = this.text[open + 2] === '-' && isSpace(this.char(open + 3))
      const plain = trims ? this.start + this.text.slice(this.start, open).replace(/[ \t\r\n]+$/, '').length : open
      if (plain > this.start) {
        this.at = plain
        const token = this.emit('text')
        this.start = plain
        this.skipTo(open)
        return token
      }
      this.skipTo(open)
      const inner = open + (trims ? 4 : 2)
      if (!this.text.startsWith('/*', inner)) {
        this.at = open + 2
        const token = this.emit('left')
        this.inside = true
        this.parens = 0
        this.start = this.at
        this.skipTo(inner)
        return token
      }
      const fault = this.comment(inner)
      if (fault) return fault
    }
  }

  private comment(from: number): Token | undefined {
    this.skipTo(from)
    const end = this.text.indexOf('*/', from + 2)
    if (end === -1) return this.error('unclosed comment')
    this.at = end + 2
    const { isEnd, trims } = this.rightDelimiter()
    if (!isEnd) return this.error('comment ends before closing delimiter')
    if (!this.countsComments) this.start = this.at
    const after = this.at + (trims ? 4 : 2)
    this.skipTo(trims ? this.afterSpaces(after) : after)
    return undefined
  }

  private afterSpaces(from: number): number {
    let at = from
    while (isSpace(this.text[at] ?? '')) at++
    return at
  }

  private rightDelimiter(): { readonly isEnd: boolean; readonly trims: boolean } {
    const trims = isSpace(this.text[this.at] ?? '') && this.text.startsWith('-}}', this.at + 1)
    return { isEnd: trims || this.text.startsWith('}}', this.at), trims }
  }

  private close(trims: boolean): Token {
    if (trims) this.skipTo(this.at + 2)
    this.at += 2
    const token = this.emit('right')
    this.start = this.at
    if (trims) this.skipTo(this.afterSpaces(this.at))
    this.inside = false
    return token
  }

  private insideAction(): Token {
    const { isEnd, trims } = this.rightDelimiter()
    if (isEnd) return this.parens === 0 ? this.close(trims) : this.error('unclosed left paren')
    const c = this.char()
    if (c === '') return this.error('unclosed action')
    if (isSpace(c)) return this.space()
    this.at += c.length
    switch (c) {
      case '=': return this.emit('assign')
      case ':':
        if (this.char() !== '=') return this.error('expected :=')
        this.at++
        return this.emit('declare')
      case '|': return this.emit('pipe')
      case '"': return this.quoted('"', 'string', 'unterminated quoted string')
      case '\'': return this.quoted('\'', 'charConstant', 'unterminated character constant')
      case '`': return this.rawString()
      case '$': return this.atTerminator() ? this.emit('variable') : this.word('variable')
      case '(':
        this.parens++
        return this.emit('leftParen')
      case ')':
        return --this.parens < 0 ? this.error('unexpected right paren') : this.emit('rightParen')
    }
    // A dot can begin a number.
    if (c === '.' && !/[0-9]/.test(this.char()) && this.at < this.text.length) return this.atTerminator() ? this.emit('dot') : this.word('field')
    if (/[0-9.+-]/.test(c)) {
      this.at -= c.length
      return this.number()
    }
    if (isLetter(c)) return this.identifier()
    return /[!-~]/.test(c) ? this.emit('char') : this.error(`unrecognized character in action: ${unicodeName(c)}`)
  }

  /** A space before `-}}` belongs to it. */
  private space(): Token {
    const end = this.afterSpaces(this.at)
    this.at = this.text.startsWith('-}}', end) ? end - 1 : end
    return this.emit('space')
  }

  private atTerminator(): boolean {
    const c = this.char()
    return c === '' || isSpace(c) || '.,|:)('.includes(c) || this.text.startsWith('}}', this.at)
  }

  private word(kind: TokenKind): Token {
    while (isLetter(this.char())) this.at += this.char().length
    return this.atTerminator() ? this.emit(kind) : this.error(`bad character ${unicodeName(this.char())}`)
  }

  private identifier(): Token {
    const token = this.word('identifier')
    if (token.text === 'true' || token.text === 'false') return { ...token, kind: 'bool' }
    if (token.text === 'nil') return { ...token, kind: 'nil' }
    return KEYWORDS.has(token.text) ? { ...token, kind: token.text as Keyword } : token
  }

  private quoted(quote: string, kind: TokenKind, unterminated: string): Token {
    for (;;) {
      const c = this.char()
      this.at += c.length
      if (c === quote) return this.emit(kind)
      const escapes = c === '\\'
      const next = escapes ? this.char() : c
      if (next === '' || next === '\n') return this.error(unterminated)
      if (escapes) this.at += next.length
    }
  }

  private rawString(): Token {
    const end = this.text.indexOf('`', this.at)
    if (end === -1) return this.error('unterminated raw quoted string')
    this.at = end + 1
    return this.emit('rawString')
  }

  private number(): Token {
    if (!this.scanNumber()) return this.error(`bad number syntax: ${goQuote(this.text.slice(this.start, this.at))}`)
    if (!/[+-]/.test(this.char())) return this.emit('number')
    // 1+2i
    if (!this.scanNumber() || this.text[this.at - 1] !== 'i') return this.error(`bad number syntax: ${goQuote(this.text.slice(this.start, this.at))}`)
    return this.emit('complex')
  }

  private scanNumber(): boolean {
    const form = /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y
    form.lastIndex = this.at
    this.at += (form.exec(this.text) as RegExpExecArray)[0].length
    if (!isLetter(this.char())) return true
    this.at += this.char().length
    return false
  }
}

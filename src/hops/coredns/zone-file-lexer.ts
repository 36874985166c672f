// Tokens of a zone file as miekg/dns cuts them (scan.go `zlexer`, v1.1.49 to v1.1.72): white space ends a word and is a token itself, `;`
// begins a comment, parentheses are dropped and keep the line going, a quote is a token, and what a word is (owner, type, class)
// depends on where in the line it stands. Oddities are kept: inside parentheses a line end separates nothing (`1⏎2` is `12`).
// Works on bytes (one character each), because columns count bytes.
import { goClassNumber, zoneTypeNumber, type ZoneDialect } from './zone-file-types.ts'

export type TokenKind =
  | 'eof' | 'word' | 'blank' | 'quote' | 'newline' | 'type' | 'owner' | 'class' | '$TTL' | '$ORIGIN' | '$INCLUDE' | '$GENERATE'

export interface ZoneToken {
  readonly kind: TokenKind
  readonly text: string
  /** What a type or class word stands for. */
  readonly number: number
  /** 1-based; of the byte that ended the token. 0 = end of the text. */
  readonly line: number
  readonly column: number
  /** `text` says what is wrong. */
  readonly fault?: true
}

export class ZoneFault {
  readonly text: string
  readonly token: ZoneToken
  /** SVCB errors name the word in place of the file. */
  readonly file?: string
  constructor(text: string, token: ZoneToken, file?: string) {
    this.text = text
    this.token = token
    if (file !== undefined) this.file = file
  }
}

/** The next byte as a character; undefined = no more. */
export type ByteSource = () => string | undefined

export const END: ZoneToken = { kind: 'eof', text: '', number: 0, line: 0, column: 0 }

export const atEnd = (token: ZoneToken): boolean => token.kind === 'newline' || token.kind === 'eof'

const DIRECTIVES: ReadonlySet<string> = new Set(['$TTL', '$ORIGIN', '$INCLUDE', '$GENERATE'])

export class ZoneLexer {
  private readonly read: ByteSource
  private readonly dialect: ZoneDialect
  /** The bytes ended because of an error: the word at hand is lost. */
  private readonly isBroken: () => boolean
  private readonly ready: ZoneToken[] = []
  private line = 1
  private column = 0
  private lineEnded = false
  private atOwner = true
  private seenType = false
  private spaced = false
  private quoted = false
  private inComment = false
  private braces = 0
  private heldCommentBytes = 0
  private failed = false
  private lastKind: TokenKind = 'eof'
  private word = ''
  private commentBytes = 0

  constructor(read: ByteSource, dialect: ZoneDialect, isBroken: () => boolean = () => false) {
    this.read = read
    this.dialect = dialect
    this.isBroken = isBroken
  }

  /** Line of the last byte read. */
  get atLine(): number {
    return this.line
  }

  peek(): ZoneToken {
    const [first] = this.ready
    if (first) return first
    if (this.failed) return END
    this.scan()
    return this.ready[0] ?? END
  }

  next(): ZoneToken {
    const token = this.peek()
    if (this.ready.length > 0) this.ready.shift()
    if (token.fault) {
      this.failed = true
      this.ready.length = 0
    }
    return token
  }

  /** Reads until there is a token, or two. */
  private scan(): void {
    this.word = ''
    this.commentBytes = this.heldCommentBytes
    this.heldCommentBytes = 0
    let escaped = false
    for (;;) {
      const c = this.byte()
      if (c === undefined) break
      if (this.word.length >= this.dialect.wordLimitBytes) return this.fail('token length insufficient for parsing')
      if (this.commentBytes >= this.dialect.wordLimitBytes) return this.fail('comment length insufficient for parsing')
      if (this.inComment && c !== '\n' && c !== '\r' && c !== ';') {
        this.commentBytes++
        continue
      }
      const wasEscaped: boolean = escaped
      escaped = c === '\\' && !wasEscaped
      if (this.take(c, wasEscaped)) return
    }
    this.finish()
  }

  private byte(): string | undefined {
    const c = this.read()
    if (c === undefined) return undefined
    if (this.lineEnded) {
      this.line++
      this.column = 0
    }
    this.lineEnded = c === '\n'
    if (!this.lineEnded) this.column++
    return c
  }

  /** True: a token came of it. */
  private take(c: string, escaped: boolean): boolean {
    if ((escaped || this.quoted) && ' \t;()'.includes(c)) {
      this.word += c
      return false
    }
    switch (c) {
      case ' ': case '\t': return this.space()
      case ';': return this.comment()
      case '\r':
        if (this.quoted) this.word += c
        return false
      case '\n': return this.newline()
      case '\\':
        this.word += c
        return false
      case '"':
        if (!escaped) return this.quote()
        this.word += c
        return false
      case '(': case ')': return this.brace(c)
      default:
        this.word += c
        this.spaced = false
        return false
    }
  }

  private space(): boolean {
    const before = this.ready.length
    if (this.word !== '') this.takeWord()
    if (this.ready.at(-1)?.fault) return true
    this.atOwner = false
    if (!this.spaced) {
      this.spaced = true
      this.push('blank', ' ')
    }
    return this.ready.length > before
  }

  private comment(): boolean {
    this.inComment = true
    this.heldCommentBytes = 0
    if (this.commentBytes > 1 && ++this.commentBytes >= this.dialect.wordLimitBytes) {
      this.fail('comment length insufficient for parsing')
      return true
    }
    this.commentBytes++
    if (this.word === '') return false
    this.heldCommentBytes = this.commentBytes
    this.push('word', this.word)
    return true
  }

  private newline(): boolean {
    if (this.quoted) {
      this.word += '\n'
      return false
    }
    const wasComment = this.inComment
    this.inComment = false
    if (wasComment) this.seenType = false
    if (this.braces !== 0) {
      if (wasComment) this.heldCommentBytes = this.commentBytes
      return false
    }
    if (!wasComment && this.word !== '') {
      const type = this.seenType ? undefined : zoneTypeNumber(this.word, this.dialect)
      this.push(type === undefined ? 'word' : 'type', this.word, type)
    }
    if (!wasComment) this.heldCommentBytes = 0
    this.seenType = false
    this.atOwner = true
    this.push('newline', '\n')
    return true
  }

  private quote(): boolean {
    this.spaced = false
    if (this.word !== '') this.push('word', this.word)
    this.push('quote', '"')
    this.quoted = !this.quoted
    return true
  }

  private brace(c: string): boolean {
    this.braces += c === '(' ? 1 : -1
    if (this.braces >= 0) return false
    this.fail('extra closing brace')
    return true
  }

  private takeWord(): void {
    const upper = this.word.toUpperCase()
    if (this.atOwner) this.push(DIRECTIVES.has(upper) ? upper as TokenKind : 'owner', this.word)
    else if (this.seenType) this.push('word', this.word)
    else this.typeOrClass(upper)
  }

  /** A class is looked for even when the word is a type: `ANY` is a class, and no type is expected any more. */
  private typeOrClass(upper: string): void {
    const type = zoneTypeNumber(upper, this.dialect) ?? (upper.startsWith('TYPE') ? wordNumber(upper, 4) : undefined)
    if (type === -1) return this.fail('unknown RR type')
    if (type !== undefined) this.seenType = true
    const dnsClass = upper.startsWith('CLASS') ? wordNumber(upper, 5) : goClassNumber(upper)
    if (dnsClass === -1) return this.fail('unknown class')
    if (dnsClass !== undefined) this.push('class', this.word, dnsClass)
    else this.push(type === undefined ? 'word' : 'type', this.word, type)
    return undefined
  }

  private push(kind: TokenKind, text: string, number = 0): void {
    this.lastKind = kind
    this.ready.push({ kind, text, number, line: this.line, column: this.column })
  }

  /** An error has the kind of the token before it: some readers look at nothing else. */
  private fail(text: string): void {
    this.ready.push({ kind: this.lastKind, text, number: 0, line: this.line, column: this.column, fault: true })
  }

  private finish(): void {
    if (this.isBroken()) return
    if (this.word !== '') this.push('word', this.word)
    if (this.commentBytes > 0) this.push('newline', '\n')
    else if (this.word === '' && this.braces !== 0) this.fail('unbalanced brace')
  }
}

/** `TYPE65280`, `CLASS32`; -1: not a number of 16 bits. */
function wordNumber(upper: string, prefix: number): number {
  const digits = upper.slice(prefix)
  const number = /^\d{1,19}$/.test(digits) ? Number(digits) : -1
  return number <= 0xffff ? number : -1
}

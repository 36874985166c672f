// YAML 1.1 tokens as libyaml 0.2.5 cuts them (src/scanner.c): netplan and many C programs read YAML through it, and where it stops is where
// they point to. Block structure comes from indentation; a `key:` is known only at its colon, so its token is put in front later.
import { Cursor, type Mark } from './libyaml-cursor.ts'
import { scanBlock, scanPlain, scanQuoted, type ScannedScalar } from './libyaml-scalars.ts'

export type TokenType =
  | 'stream start' | 'stream end' | 'directive' | 'document start' | 'document end' | 'block sequence' | 'block mapping' | 'block end'
  | '[' | ']' | '{' | '}' | ',' | '-' | 'key' | 'value' | 'alias' | 'anchor' | 'tag' | 'scalar'

export interface Token {
  readonly type: TokenType
  readonly start: Mark
  readonly end: Mark
  /** Of a scalar, an alias or an anchor; the handle of a tag. */
  readonly text: string
  readonly style: 'plain' | 'quoted' | 'block'
}

/** Where a `key:` might have begun. */
interface SimpleKey {
  readonly required: boolean
  readonly token: number
  readonly mark: Mark
  readonly index: number
}

/** A simple key is one line, and shorter. */
const KEY_LIMIT = 1024

export class LibyamlScanner {
  readonly #cursor: Cursor
  readonly #tokens: Token[] = []
  #taken = 0
  #indent = -1
  readonly #indents: number[] = []
  #keyAllowed = true
  /** One for each level of flow collections, the block level first. */
  readonly #keys: (SimpleKey | undefined)[] = [undefined]
  #ended = false

  constructor(text: string) {
    this.#cursor = new Cursor(text)
    this.#add('stream start', this.#cursor.mark)
  }

  get next(): string { return this.#cursor.char() }
  get #inFlow(): boolean { return this.#keys.length > 1 }

  peek(): Token {
    while (this.#needsMore()) this.#fetchToken()
    return this.#tokens[0] as Token
  }

  take(): Token {
    const token = this.peek()
    this.#tokens.shift()
    this.#taken++
    return token
  }

  /** The head of the queue may still get a `key` before it. */
  #needsMore(): boolean {
    if (this.#ended) return false
    if (this.#tokens.length === 0) return true
    this.#dropStaleKeys()
    return this.#keys.some(key => key?.token === this.#taken)
  }

  #add(type: TokenType, start: Mark, text = '', style: Token['style'] = 'plain', end = this.#cursor.mark): void {
    this.#tokens.push({ type, start, end, text, style })
  }

  #fetchToken(): void {
    const cursor = this.#cursor
    this.#toNextToken()
    this.#dropStaleKeys()
    this.#unroll(cursor.column)
    if (cursor.atEnd()) return this.#streamEnd()
    if (cursor.column === 0 && cursor.is('%')) return this.#directive()
    if (cursor.isDocumentMark('---')) return this.#documentMark('document start')
    if (cursor.isDocumentMark('...')) return this.#documentMark('document end')
    const char = cursor.char()
    if (char === '[' || char === '{') return this.#open(char)
    if (char === ']' || char === '}') return this.#close(char)
    if (char === ',') return this.#indicator(',', true)
    if (char === '-' && cursor.isBlankOrEnd(1)) return this.#blockEntry()
    if (char === '?' && (this.#inFlow || cursor.isBlankOrEnd(1))) return this.#explicitKey()
    if (char === ':' && (this.#inFlow || cursor.isBlankOrEnd(1))) return this.#value()
    if (char === '*' || char === '&') return this.#anchor(char === '*' ? 'alias' : 'anchor')
    if (char === '!') return this.#tag()
    if ((char === '|' || char === '>') && !this.#inFlow) return this.#blockScalar()
    if (char === "'" || char === '"') return this.#scalar('quoted', () => scanQuoted(cursor))
    if (this.#startsPlain(char)) return this.#scalar('plain', () => scanPlain(cursor, this.#inFlow, this.#indent + 1))
    cursor.fail('found character that cannot start any token')
  }

  #startsPlain(char: string): boolean {
    if (!/[\s\-?:,[\]{}#&*!|>'"%@`]/.test(char)) return true
    if (char === '-') return !this.#cursor.isBlank(1)
    return !this.#inFlow && (char === '?' || char === ':') && !this.#cursor.isBlankOrEnd(1)
  }

  /** Tabs are white space inside flow collections and behind a word, never before one in block context. */
  #toNextToken(): void {
    const cursor = this.#cursor
    for (;;) {
      if (cursor.column === 0 && cursor.is('\ufeff')) cursor.take()
      while (cursor.is(' ') || ((this.#inFlow || !this.#keyAllowed) && cursor.is('\t'))) cursor.take()
      if (cursor.is('#')) while (!cursor.isBreakOrEnd()) cursor.take()
      if (!cursor.isBreak()) return
      cursor.takeBreak()
      if (!this.#inFlow) this.#keyAllowed = true
    }
  }

  #dropStaleKeys(): void {
    this.#keys.forEach((key, level) => {
      if (!key || (key.mark.line === this.#cursor.line && key.index + KEY_LIMIT >= this.#cursor.index)) return
      if (key.required) this.#cursor.fail("could not find expected ':'")
      this.#keys[level] = undefined
    })
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return
    const required = !this.#inFlow && this.#indent === this.#cursor.column
    this.#dropKey()
    const { mark, index } = this.#cursor
    this.#keys[this.#keys.length - 1] = { required, mark, index, token: this.#taken + this.#tokens.length }
  }

  #dropKey(): void {
    if (this.#keys.at(-1)?.required) this.#cursor.fail("could not find expected ':'")
    this.#keys[this.#keys.length - 1] = undefined
  }

  /** Before the token with this number. */
  #insert(before: number, type: TokenType, mark: Mark): void {
    this.#tokens.splice(before - this.#taken, 0, { type, start: mark, end: mark, text: '', style: 'plain' })
  }

  /** Deeper than before: a block collection begins, before the token with this number. */
  #roll(column: number, type: 'block sequence' | 'block mapping', mark: Mark, before = this.#taken + this.#tokens.length): void {
    if (this.#inFlow || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    this.#insert(before, type, mark)
  }

  /** The first entry of a block collection may begin it, where a key might stand. */
  #enterBlock(type: 'block sequence' | 'block mapping', otherwise: string): void {
    if (this.#inFlow) return
    if (!this.#keyAllowed) this.#cursor.fail(otherwise)
    this.#roll(this.#cursor.column, type, this.#cursor.mark)
  }

  #unroll(column: number): void {
    if (this.#inFlow) return
    while (this.#indent > column) {
      this.#add('block end', this.#cursor.mark)
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  #streamEnd(): void {
    this.#cursor.forceNewLine()
    this.#unroll(-1)
    this.#dropKey()
    this.#keyAllowed = false
    this.#add('stream end', this.#cursor.mark)
    this.#ended = true
  }

  #directive(): void {
    const cursor = this.#cursor
    this.#unroll(-1)
    this.#dropKey()
    this.#keyAllowed = false
    const start = cursor.mark
    cursor.take()
    let name = ''
    while (cursor.isWord()) name += cursor.take()
    if (name === '') cursor.fail('could not find expected directive name')
    if (!cursor.isBlankOrEnd()) cursor.fail('found unexpected non-alphabetical character')
    if (name !== 'YAML' && name !== 'TAG') cursor.fail('found unknown directive name')
    // What a directive says decides nothing that netplan reads.
    while (!cursor.isBreakOrEnd()) cursor.take()
    if (cursor.isBreak()) cursor.takeBreak()
    this.#add('directive', start, name)
  }

  #documentMark(type: 'document start' | 'document end'): void {
    this.#unroll(-1)
    this.#dropKey()
    this.#keyAllowed = false
    const start = this.#cursor.mark
    for (let count = 0; count < 3; count++) this.#cursor.take()
    this.#add(type, start)
  }

  #open(char: '[' | '{'): void {
    this.#saveKey()
    this.#keys.push(undefined)
    this.#keyAllowed = true
    this.#one(char)
  }

  #close(char: ']' | '}'): void {
    this.#dropKey()
    if (this.#inFlow) this.#keys.pop()
    this.#keyAllowed = false
    this.#one(char)
  }

  #one(type: TokenType): void {
    const start = this.#cursor.mark
    this.#cursor.take()
    this.#add(type, start)
  }

  #indicator(type: TokenType, keyAllowed: boolean): void {
    this.#dropKey()
    this.#keyAllowed = keyAllowed
    this.#one(type)
  }

  #blockEntry(): void {
    this.#enterBlock('block sequence', 'block sequence entries are not allowed in this context')
    this.#indicator('-', true)
  }

  #explicitKey(): void {
    this.#enterBlock('block mapping', 'mapping keys are not allowed in this context')
    this.#indicator('key', !this.#inFlow)
  }

  #value(): void {
    const key = this.#keys.at(-1)
    if (key) {
      this.#insert(key.token, 'key', key.mark)
      this.#roll(key.mark.column, 'block mapping', key.mark, key.token)
      this.#keys[this.#keys.length - 1] = undefined
      this.#keyAllowed = false
    } else {
      this.#enterBlock('block mapping', 'mapping values are not allowed in this context')
      this.#keyAllowed = !this.#inFlow
    }
    this.#one('value')
  }

  #anchor(type: 'alias' | 'anchor'): void {
    const cursor = this.#cursor
    this.#saveKey()
    this.#keyAllowed = false
    const start = cursor.mark
    cursor.take()
    let name = ''
    while (cursor.isWord()) name += cursor.take()
    if (name === '' || !(cursor.isBlankOrEnd() || cursor.is('?:,]}%@`'))) cursor.fail('did not find expected alphabetic or numeric character')
    this.#add(type, start, name)
  }

  #tag(): void {
    const cursor = this.#cursor
    this.#saveKey()
    this.#keyAllowed = false
    const start = cursor.mark
    const verbatim = cursor.is('<', 1)
    let text = ''
    const uri = verbatim ? /[\w\-;/?:@&=+$.!~*'()%,[\]]/ : /[\w\-;/?:@&=+$.!~*'()%]/
    if (verbatim) cursor.take()
    cursor.take()
    while (!cursor.atEnd() && uri.test(cursor.char())) text += cursor.take()
    if (verbatim) {
      if (text === '') cursor.fail('did not find expected tag URI')
      if (!cursor.is('>')) cursor.fail("did not find the expected '>'")
      cursor.take()
    }
    if (!cursor.isBlankOrEnd() && !(this.#inFlow && cursor.is(','))) cursor.fail('did not find expected whitespace or line break')
    const handle = verbatim ? '' : /^(\w*!)/.exec(text)?.[1] ?? ''
    this.#add('tag', start, handle)
  }

  #blockScalar(): void {
    this.#dropKey()
    this.#keyAllowed = true
    const start = this.#cursor.mark
    const { text, end } = scanBlock(this.#cursor, this.#indent)
    this.#add('scalar', start, text, 'block', end)
  }

  #scalar(style: 'plain' | 'quoted', scan: () => ScannedScalar): void {
    this.#saveKey()
    this.#keyAllowed = false
    const start = this.#cursor.mark
    const { text, end, brokeLine } = scan()
    if (brokeLine) this.#keyAllowed = true
    this.#add('scalar', start, text, style, end)
  }
}

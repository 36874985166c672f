// A text as libyaml reads it: characters one after the other, with their place, and the classes of characters that its scanner asks for
// (libyaml 0.2.5, src/reader.c and src/yaml_private.h). Lines end at LF, CR, CR LF, NEL, LS and PS. A place counts characters, from 0.
export interface Mark {
  /** In UTF-16 units of the text. */
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** Ends the reading: what libyaml found, and where. */
export class LibyamlError extends Error {
  readonly mark: Mark
  /** The character that the scanner stands at, '' at the end, and whether it has a token in hand: netplan words its message by them. */
  readonly next: string
  readonly tokenInHand: boolean
  constructor(problem: string, mark: Mark, next: string, tokenInHand: boolean) {
    super(problem)
    this.mark = mark
    this.next = next
    this.tokenInHand = tokenInHand
  }
}

const BREAKS = new Set(['\n', '\r', '\u0085', '\u2028', '\u2029'])
const START: Mark = { offset: 0, line: 0, column: 0 }

export class Cursor {
  readonly #chars: readonly string[]
  #at = 0
  #offset = 0
  #line = 0
  #column = 0

  constructor(text: string) {
    this.#chars = [...text]
    const bad = this.#chars.find(one => !/^[\t\n\r\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]$/u.test(one))
    if (bad !== undefined) throw new LibyamlError('control characters are not allowed', START, bad, false)
  }

  get mark(): Mark { return { offset: this.#offset, line: this.#line, column: this.#column } }
  get column(): number { return this.#column }
  get line(): number { return this.#line }
  get index(): number { return this.#at }

  /** '' behind the end. */
  char(ahead = 0): string { return this.#chars[this.#at + ahead] ?? '' }
  is(chars: string, ahead = 0): boolean {
    const char = this.char(ahead)
    return char !== '' && chars.includes(char)
  }
  atEnd(ahead = 0): boolean { return this.#at + ahead >= this.#chars.length }
  isBlank(ahead = 0): boolean { return this.is(' \t', ahead) }
  isBreak(ahead = 0): boolean { return BREAKS.has(this.char(ahead)) }
  isBreakOrEnd(ahead = 0): boolean { return this.atEnd(ahead) || this.isBreak(ahead) }
  isBlankOrEnd(ahead = 0): boolean { return this.isBlank(ahead) || this.isBreakOrEnd(ahead) }
  isWord(): boolean { return /^[0-9A-Za-z_-]$/.test(this.char()) }
  /** `---` or `...` at the start of a line, as a word. */
  isDocumentMark(of: '---' | '...'): boolean {
    return this.#column === 0 && [0, 1, 2].every(ahead => this.char(ahead) === of[ahead]) && this.isBlankOrEnd(3)
  }

  /** Takes one character. */
  take(): string {
    const char = this.char()
    if (char === '') return ''
    this.#at++
    this.#offset += char.length
    this.#column++
    return char
  }

  /** Takes one line break, as what it counts for: NEL and the ASCII ones are a newline. */
  takeBreak(): string {
    const char = this.take()
    if (char === '\r' && this.char() === '\n') this.take()
    this.#line++
    this.#column = 0
    return char === '\u2028' || char === '\u2029' ? char : '\n'
  }

  /** The end of the stream counts as the start of a line. */
  forceNewLine(): void {
    if (this.#column === 0) return
    this.#column = 0
    this.#line++
  }

  fail(problem: string): never {
    throw new LibyamlError(problem, this.mark, this.char(), false)
  }
}

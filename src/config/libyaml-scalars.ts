// Scalars as libyaml 0.2.5 scans them (src/scanner.c): plain, quoted and block, with the folding of lines.
import type { Cursor, Mark } from './libyaml-cursor.ts'

export interface ScannedScalar {
  readonly text: string
  readonly end: Mark
  /** It ended at a line break, so that a simple key may follow. */
  readonly brokeLine: boolean
}

/** White space and line breaks between two words of a scalar, and what they come to. */
class Gap {
  #blanks = ''
  #first = ''
  #more = ''
  broke = false

  /** Takes all there is; `check` sees each blank after a line break. */
  take(cursor: Cursor, check?: () => void): void {
    while (cursor.isBlank() || cursor.isBreak()) {
      if (cursor.isBlank()) {
        if (this.broke) {
          check?.()
          cursor.take()
        } else this.#blanks += cursor.take()
      } else if (this.broke) this.#more += cursor.takeBreak()
      else {
        this.#blanks = ''
        this.#first = cursor.takeBreak()
        this.broke = true
      }
    }
  }

  /** One newline is a blank; more of them lose the first. */
  joined(): string {
    const text = !this.broke ? this.#blanks : this.#first !== '\n' ? this.#first + this.#more : this.#more === '' ? ' ' : this.#more
    this.#blanks = this.#first = this.#more = ''
    this.broke = false
    return text
  }
}

export function scanPlain(cursor: Cursor, inFlow: boolean, indent: number): ScannedScalar {
  const gap = new Gap()
  let text = ''
  let end = cursor.mark
  const tabs = (): void => {
    if (cursor.column < indent && cursor.is('\t')) cursor.fail('found a tab character that violates indentation')
  }
  for (;;) {
    if (cursor.isDocumentMark('---') || cursor.isDocumentMark('...') || cursor.is('#')) break
    while (!cursor.isBlankOrEnd()) {
      if (inFlow && cursor.is(':') && cursor.is(',?[]{}', 1)) cursor.fail("found unexpected ':'")
      if ((cursor.is(':') && cursor.isBlankOrEnd(1)) || (inFlow && cursor.is(',[]{}'))) break
      text += gap.joined() + cursor.take()
      end = cursor.mark
    }
    if (!cursor.isBlank() && !cursor.isBreak()) break
    gap.take(cursor, tabs)
    if (!inFlow && cursor.column < indent) break
  }
  return { text, end, brokeLine: gap.broke }
}

const ESCAPES: Readonly<Record<string, string>> = {
  0: '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b', ' ': ' ', '"': '"', '/': '/', '\\': '\\',
  N: '\u0085', _: '\u00a0', L: '\u2028', P: '\u2029',
}
const CODE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

export function scanQuoted(cursor: Cursor): ScannedScalar {
  const quote = cursor.take()
  const gap = new Gap()
  let text = ''
  for (;;) {
    if (cursor.isDocumentMark('---') || cursor.isDocumentMark('...')) cursor.fail('found unexpected document indicator')
    if (cursor.atEnd()) cursor.fail('found unexpected end of stream')
    while (!cursor.isBlankOrEnd()) {
      if (quote === "'" && cursor.is("'") && cursor.is("'", 1)) {
        cursor.take()
        text += cursor.take()
      } else if (cursor.is(quote)) break
      else if (quote === '"' && cursor.is('\\') && cursor.isBreak(1)) {
        cursor.take()
        cursor.takeBreak()
        // Nothing stands for an escaped line break; those after it count.
        gap.broke = true
        break
      } else text += quote === '"' && cursor.is('\\') ? escape(cursor) : cursor.take()
    }
    if (cursor.is(quote)) break
    gap.take(cursor)
    text += gap.joined()
  }
  cursor.take()
  return { text, end: cursor.mark, brokeLine: false }
}

function escape(cursor: Cursor): string {
  const letter = cursor.char(1)
  const digits = CODE_DIGITS[letter] ?? 0
  if (digits === 0 && !Object.hasOwn(ESCAPES, letter)) cursor.fail('found unknown escape character')
  cursor.take()
  cursor.take()
  if (digits === 0) return ESCAPES[letter] as string
  let code = ''
  for (let ahead = 0; ahead < digits; ahead++) {
    if (!/^[0-9A-Fa-f]$/.test(cursor.char(ahead))) cursor.fail('did not find expected hexdecimal number')
    code += cursor.char(ahead)
  }
  const value = Number.parseInt(code, 16)
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) cursor.fail('found invalid Unicode character escape code')
  for (let ahead = 0; ahead < digits; ahead++) cursor.take()
  return String.fromCodePoint(value)
}

/** `|` and `>`; `parent` is the indentation of what holds it. */
export function scanBlock(cursor: Cursor, parent: number): ScannedScalar {
  const literal = cursor.take() === '|'
  const { chomping, increment } = blockHeader(cursor)
  const base = increment > 0 ? (parent >= 0 ? parent + increment : increment) : 0
  const first = blockBreaks(cursor, base, parent)
  const { indent } = first
  let { breaks, end } = first
  let text = ''
  let leadingBreak = ''
  let leadingBlank = false
  while (cursor.column === indent && !cursor.atEnd()) {
    const trailingBlank = cursor.isBlank()
    if (!literal && leadingBreak.startsWith('\n') && !leadingBlank && !trailingBlank) text += breaks === '' ? ' ' : ''
    else text += leadingBreak
    text += breaks
    leadingBlank = cursor.isBlank()
    while (!cursor.isBreakOrEnd()) text += cursor.take()
    leadingBreak = cursor.atEnd() ? '' : cursor.takeBreak()
    ;({ breaks, end } = blockBreaks(cursor, indent, parent))
  }
  if (chomping !== '-') text += leadingBreak
  if (chomping === '+') text += breaks
  return { text, end, brokeLine: true }
}

function blockHeader(cursor: Cursor): { readonly chomping: string; readonly increment: number } {
  let chomping = ''
  let increment = 0
  const digit = (): void => {
    if (!/^[0-9]$/.test(cursor.char())) return
    if (cursor.is('0')) cursor.fail('found an indentation indicator equal to 0')
    increment = Number(cursor.take())
  }
  if (cursor.is('+-')) {
    chomping = cursor.take()
    digit()
  } else {
    digit()
    if (increment > 0 && cursor.is('+-')) chomping = cursor.take()
  }
  while (cursor.isBlank()) cursor.take()
  if (cursor.is('#')) while (!cursor.isBreakOrEnd()) cursor.take()
  if (!cursor.isBreakOrEnd()) cursor.fail('did not find expected comment or line break')
  if (cursor.isBreak()) cursor.takeBreak()
  return { chomping, increment }
}

/** Blank lines before the next line of text; with `indent` 0 the deepest of them decides it. */
function blockBreaks(cursor: Cursor, indent: number, parent: number): { readonly indent: number; readonly breaks: string; readonly end: Mark } {
  let breaks = ''
  let deepest = 0
  let end = cursor.mark
  for (;;) {
    while ((indent === 0 || cursor.column < indent) && cursor.is(' ')) cursor.take()
    deepest = Math.max(deepest, cursor.column)
    if ((indent === 0 || cursor.column < indent) && cursor.is('\t')) {
      cursor.fail('found a tab character where an indentation space is expected')
    }
    if (!cursor.isBreak()) break
    breaks += cursor.takeBreak()
    end = cursor.mark
  }
  return { indent: indent === 0 ? Math.max(deepest, parent + 1, 1) : indent, breaks, end }
}

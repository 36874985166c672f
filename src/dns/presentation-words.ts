// The words of one record in a zone file (RFC 1035 §5.1): white space parts them, `"…"` keeps it, `;` begins a comment, parentheses let the
// record go on over lines. Escapes stay as they are written; a quote inside a word (`alpn="h2,h3"`) belongs to the word.
import type { Fault, FaultCode, Result } from './wire-fault.ts'
import { failed } from './wire-fault.ts'

export interface Word {
  /** As written, without the quotes around a quoted word. */
  readonly text: string
  readonly quoted: boolean
  readonly start: number
  readonly end: number
}

export function wordsOf(text: string): Result<readonly Word[]> {
  const words: Word[] = []
  let open = -1
  let lineEnd = -1
  for (let at = 0; at < text.length;) {
    const c = text[at] as string
    if (c === ';') {
      const newline = text.indexOf('\n', at)
      at = newline < 0 ? text.length : newline
    } else if (c === '(' || c === ')') {
      if ((c === '(') === open >= 0) return failed('text-parenthesis', at, at + 1)
      open = c === '(' ? at : -1
      at++
    } else if (c === '\n') {
      if (open < 0 && lineEnd < 0 && words.length > 0) lineEnd = at
      at++
    } else if (c === ' ' || c === '\t' || c === '\r') at++
    else {
      if (lineEnd >= 0) return failed('text-line-end', lineEnd, lineEnd + 1)
      const word = c === '"' ? quotedWord(text, at) : plainWord(text, at)
      if (word === undefined) return failed('text-quote-open', at, text.length)
      words.push(word)
      at = word.end
    }
  }
  return open < 0 ? { value: words } : failed('text-parenthesis', open, open + 1)
}

/** Offset of the quote that closes the one at `at`; -1: none. */
function closingQuote(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return -1
}

function quotedWord(text: string, start: number): Word | undefined {
  const close = closingQuote(text, start)
  return close < 0 ? undefined : { text: text.slice(start + 1, close), quoted: true, start, end: close + 1 }
}

function plainWord(text: string, start: number): Word | undefined {
  let at = start
  for (; at < text.length; at++) {
    const c = text[at] as string
    if (c === '\\') at++
    else if (c === '"') {
      at = closingQuote(text, at)
      if (at < 0) return undefined
    } else if (' \t\r\n;()'.includes(c)) break
  }
  const end = Math.min(at, text.length)
  return { text: text.slice(start, end), quoted: false, start, end }
}

/** Words still to be read; the first fault stays. */
export interface WordReader {
  readonly words: readonly Word[]
  at: number
  /** Offset of the end of the text. */
  readonly end: number
  /** Completes relative names; undefined: they are faults. */
  readonly origin: string | undefined
  fault: Fault | undefined
}

export const wordReader = (words: readonly Word[], at: number, end: number, origin?: string): WordReader =>
  ({ words, at, end, origin, fault: undefined })

export function nextWord(reader: WordReader): Word | undefined {
  const word = reader.words[reader.at]
  if (word === undefined) reader.fault ??= { code: 'text-field-missing', start: reader.end, end: reader.end }
  else reader.at++
  return word
}

export const moreWords = (reader: WordReader): boolean => reader.at < reader.words.length

/** Undefined, so that a reader of fields can return it. */
export function wrong(reader: WordReader, word: Word, code: FaultCode): undefined {
  reader.fault ??= { code, start: word.start, end: word.end }
  return undefined
}

// Tokens of a Corefile, as coredns/caddy caddyfile/lexer.go cuts them (the same in CoreDNS 1.9.3 to 1.15.0). A word whose first
// character is `"` is quoted and may span lines; `#` begins a comment even inside a word, but only until that word's end.
// Not modelled: input that is not UTF-8 (the caller decodes).
import type { Source } from '../chain/source.ts'
import { isGoSpace } from '../dns/go-space.ts'

export interface Token {
  readonly text: string
  /** Path inside the container: two tokens are on one line only if they are of one file. */
  readonly path: string
  /** 1-based line of the first character. */
  readonly line: number
  readonly source: Source
}

const TOKEN_LIMIT = 50_000

const BOM = 0xfeff

/** All tokens; `truncated` when there were too many of them. */
export function lexCorefile(text: string, path: string, at: (start: number, end: number) => Source): { readonly tokens: Token[]; readonly truncated: boolean } {
  const tokens: Token[] = []
  const scan: Scan = { text, at: text.charCodeAt(0) === BOM ? 1 : 0, line: 1 }
  for (;;) {
    const word = nextWord(scan)
    if (!word) return { tokens, truncated: false }
    if (tokens.length >= TOKEN_LIMIT) return { tokens, truncated: true }
    tokens.push({ text: word.text, path, line: word.line, source: at(word.start, word.end) })
  }
}

interface Scan { readonly text: string; at: number; line: number }
interface Word { readonly text: string; readonly line: number; readonly start: number; readonly end: number }

function nextWord(scan: Scan): Word | undefined {
  let value = ''
  let start = 0
  let end = 0
  let line = scan.line
  let comment = false
  while (scan.at < scan.text.length) {
    const c = scan.text[scan.at] as string
    if (isGoSpace(c)) {
      scan.at++
      if (c === '\r') continue
      if (c === '\n') {
        scan.line++
        comment = false
      }
      if (value !== '') return { text: value, line, start, end }
      continue
    }
    comment ||= c === '#'
    if (!comment && value === '') {
      ;[start, line] = [scan.at, scan.line]
      if (c === '"') {
        const quoted = quotedWord(scan)
        if (quoted) return quoted
        continue
      }
    }
    scan.at++
    if (comment) continue
    value += c
    end = scan.at
  }
  return value === '' ? undefined : { text: value, line, start, end }
}

/** The rest of a quoted word; undefined when the text ends before it has a character. Only `\"` is an escape. */
function quotedWord(scan: Scan): Word | undefined {
  const start = scan.at++
  const line = scan.line
  let value = ''
  while (scan.at < scan.text.length) {
    const c = scan.text[scan.at++] as string
    if (c === '"') return { text: value, line, start, end: scan.at }
    if (c === '\\' && scan.at < scan.text.length) {
      const next = scan.text[scan.at++] as string
      if (next === '\n') scan.line++
      value += next === '"' ? '"' : `\\${next}`
      continue
    }
    if (c === '\n') scan.line++
    if (c !== '\\') value += c
  }
  return value === '' ? undefined : { text: value, line, start, end: scan.at }
}

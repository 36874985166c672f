// What reading a zone file needs to remember, and how it says where it stopped. One parser a file, and one a $GENERATE line.
import { lineStarts, sourcesOf, type Source } from '../../chain/source.ts'
import { encodeText } from '../../dns/presentation-escape.ts'
import { ZoneLexer, type ByteSource, type ZoneFault, type ZoneToken } from './zone-file-lexer.ts'
import type { ZoneDialect } from './zone-file-types.ts'

export interface ZoneRecord {
  /** Absolute, case and escapes as written; empty: the file begins with a record without owner. */
  readonly name: string
  readonly type: string
  readonly class: string
  readonly ttlS: number
  /** Presentation form. Empty: the file ends in the middle of the record. */
  readonly data: string
  readonly source: Source
}

export interface ZoneFile {
  readonly records: readonly ZoneRecord[]
  /** What the reader says when it stops, as printed; absent: it read everything. */
  readonly error?: { readonly text: string; readonly source: Source }
}

export interface ZoneFileOptions {
  readonly origin: string
  /** As CoreDNS opens it: errors and relative $INCLUDE begin with it. */
  readonly path: string
  readonly dialect: ZoneDialect
  /** A file by the path that $INCLUDE makes. */
  readonly open: (path: string) => { readonly file: string; readonly text: string } | undefined
}

/** A bound on the characters of all files, each as often as it is included. */
export const TEXT_LIMIT = 50_000_000

export interface Budget { chars: number; spent: boolean }

export interface Header { name: string; ttlS: number; class: string; type: string }

export interface Parser {
  readonly lexer: ZoneLexer
  readonly path: string
  readonly options: ZoneFileOptions
  readonly sourceOf: (from: number, to: number) => Source
  readonly depth: number
  readonly generates: boolean
  /** Why the bytes ended early. */
  readonly broken: () => ZoneFault | undefined
  readonly budget: Budget
  readonly header: Header
  origin: string
  /** Where the record or directive at hand began. */
  startLine: number
  /** TTL of records that name none; `set` = by $TTL, which a record's own TTL does not replace. */
  ttl: { readonly ttlS: number; readonly set: boolean } | undefined
  error: { readonly text: string; readonly source: Source } | undefined
}

export function parserOf(
  file: string, text: string, path: string, origin: string, options: ZoneFileOptions, depth: number, ttl: Parser['ttl'], budget: Budget,
): Parser {
  const starts = lineStarts(text)
  const at = sourcesOf(file, text)
  const edge = (line: number): number => starts[Math.min(Math.max(line, 1), starts.length) - 1] as number
  const sourceOf = (from: number, to: number): Source => {
    const newline = text.indexOf('\n', edge(to))
    return at(edge(from), newline < 0 ? text.length : newline)
  }
  return {
    lexer: new ZoneLexer(bytesOf(text), options.dialect), path, options, sourceOf, depth, 
    generates: true, broken: () => undefined, budget,
    header: { name: '', ttlS: 0, class: 'IN', type: '' }, origin, startLine: 1, ttl, error: undefined,
  }
}

/** UTF-8, one character a byte. */
function bytesOf(text: string): ByteSource {
  // eslint-disable-next-line no-control-regex
  const bytes = /[^\x00-\x7f]/.test(text) ? encodeText(text) : undefined
  let at = 0
  if (!bytes) return () => text[at++]
  return () => (at < bytes.length ? String.fromCharCode(bytes[at++] as number) : undefined)
}

export function fail(p: Parser, text: string, token: ZoneToken, file = p.path): undefined {
  const place = `at line: ${token.line}:${token.column}`
  const begin = file === '' ? '' : `${file}: `
  p.error = { text: `${begin}dns: ${text}: ${quotedAscii(token.text)} ${place}`, source: p.sourceOf(token.line, token.line) }
  return undefined
}

/** strconv.QuoteToASCII. */
function quotedAscii(bytes: string): string {
  const text = new TextDecoder().decode(Uint8Array.from(bytes, c => c.charCodeAt(0)))
  let out = ''
  for (const c of text) {
    const code = c.codePointAt(0) as number
    const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' }[c]
    if (short !== undefined) out += short
    else if (code >= 32 && code < 127) out += c
    else {
      const [mark, width] = code < 128 ? ['x', 2] as const : code > 0xffff ? ['U', 8] as const : ['u', 4] as const
      out += `\\${mark}${code.toString(16).padStart(width, '0')}`
    }
  }
  return `"${out}"`
}

/** `ended`: no more text, or an error. */
export type Line = 'record' | 'directive' | '$INCLUDE' | '$GENERATE' | 'ended'

/** The next token; undefined: no more, or it is an error of the lexer. */
export function word(p: Parser): ZoneToken | undefined {
  const token = p.lexer.next()
  if (token.fault) return fail(p, token.text, token)
  return token.kind === 'eof' ? undefined : token
}

export function blank(p: Parser, error: string): boolean {
  const token = word(p)
  if (token && token.kind !== 'blank') fail(p, error, token)
  return token?.kind === 'blank'
}

export function ended(p: Parser, error: string, token: ZoneToken): 'ended' {
  fail(p, error, token)
  return 'ended'
}

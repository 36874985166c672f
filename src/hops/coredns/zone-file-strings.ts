// Character strings of a zone file as miekg/dns reads them (scan_rr.go `endingToTxtSlice`, v1.1.49 to v1.1.72): all that is left of a line, quoted
// or bare; what is longer than 255 bytes becomes several strings.
import { atEnd, ZoneFault, type ZoneLexer } from './zone-file-lexer.ts'
import type { ZoneDialect } from './zone-file-types.ts'

const STRING_BYTES = 255

/** Character strings: quoted ones, and bare words. */
export function stringsOf(lexer: ZoneLexer, dialect: ZoneDialect, label: string): readonly string[] | ZoneFault {
  const strings: string[] = []
  let quoted = false
  let empty = false
  let token = lexer.next()
  if (token.fault) return new ZoneFault(label, token)
  for (; !atEnd(token); token = lexer.next()) {
    if (token.fault || (token.kind === 'blank' && quoted)) return new ZoneFault(label, token)
    if (token.kind === 'word') {
      empty = false
      const pieces = piecesOf(token.text, dialect.looseEscapes)
      if (!pieces) return new ZoneFault(label, token)
      strings.push(...pieces.map(packed))
    } else if (token.kind === 'quote') {
      if (empty && quoted) strings.push('')
      quoted = !quoted
      empty = true
    } else if (token.kind !== 'blank') return new ZoneFault(label, token)
  }
  return quoted ? new ZoneFault(label, token) : strings
}

function piecesOf(word: string, loose: boolean): string[] | undefined {
  if (loose) {
    const pieces: string[] = []
    for (let at = 0; at < word.length || at === 0; at += STRING_BYTES) pieces.push(word.slice(at, at + STRING_BYTES))
    // A word of exactly 255, 510, … bytes is followed by an empty string.
    return word.length > STRING_BYTES && word.length % STRING_BYTES === 0 ? [...pieces, ''] : pieces
  }
  const octets = word.match(/\\\d{3}|\\[^]|[^\\]|\\$/g) ?? ['']
  if (octets.at(-1) === '\\') return undefined
  return Array.from({ length: Math.ceil(octets.length / STRING_BYTES) }, (_, i) => octets.slice(i * STRING_BYTES, (i + 1) * STRING_BYTES).join(''))
}

/** As a string is packed: a backslash at its end is lost, one before fewer than three digits too, and `\\300` is octet 44. */
const packed = (string: string): string => string.replace(/\\(\d{3}|[^]|$)/g, (escape, of: string) =>
  (of.length === 3 ? `\\${String(Number(of) & 0xff).padStart(3, '0')}` : of === '' || /\d/.test(of) ? of : escape))

/** An escape stays one inside quotes. */
export const quote = (string: string): string => `"${string}"`

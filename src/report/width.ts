// How wide text is on a terminal, and where it may be broken: Chinese takes two columns a character and has no spaces.
import { eastAsianWidth } from 'get-east-asian-width'
import { printable } from './printable.ts'

const ZERO_WIDTH = /^(?:\p{Mn}|\p{Me}|\u200d)$/u
/** Not at the start of a line, not at the end of one (Chinese typesetting, JIS X 4051 in its short form). */
const NO_START = /^[，。、；：！？）】」』》〉”’…％,.;:!?)\]}%]/u
const NO_END = /[（【「『《〈“‘([{]$/u

export function charWidth(char: string): number {
  const code = char.codePointAt(0) as number
  if (code < 0x7f) return 1
  return ZERO_WIDTH.test(char) ? 0 : eastAsianWidth(code)
}

export function widthOf(text: string): number {
  let width = 0
  for (const char of text) width += charWidth(char)
  return width
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** At most `width` columns, `…` in place of what is gone. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let used = 0
  for (const char of text) {
    if (used + charWidth(char) > width - 1) break
    kept += char
    used += charWidth(char)
  }
  return `${kept}…`
}

/** Breaks prose into lines: `width` columns each, the first one `first`. Never returns an empty list. */
export function wrap(prose: string, width: number, first = width): string[] {
  const lines: string[] = []
  let line = ''
  const room = (): number => Math.max(1, lines.length === 0 ? first : width)
  for (const unit of unitsOf(printable(prose.replace(/\s+/g, ' ').trim()))) {
    const joined = line === '' ? unit.text : line + (unit.spaced ? ' ' : '') + unit.text
    if (widthOf(joined) <= room()) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = unit.text
    while (widthOf(line) > room()) {
      const head = takeColumns(line, room())
      lines.push(head)
      line = line.slice(head.length)
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

/** The longest start of `text` within `width` columns, at least one character. */
export function takeColumns(text: string, width: number): string {
  let taken = ''
  let used = 0
  for (const char of text) {
    used += charWidth(char)
    if (used > width && taken !== '') break
    taken += char
  }
  return taken
}

interface Unit {
  readonly text: string
  /** A space stood before it. */
  readonly spaced: boolean
}

/** Pieces that must not be broken: words, single wide characters, and punctuation with its neighbour. */
function unitsOf(prose: string): Unit[] {
  const units: Unit[] = []
  for (const [index, word] of prose.split(' ').entries()) {
    let unit = ''
    let wideBefore = false
    let spaced = index > 0
    for (const char of word) {
      const wide = charWidth(char) === 2
      if (unit !== '' && (wide || wideBefore) && !NO_START.test(char) && !NO_END.test(unit)) {
        units.push({ text: unit, spaced })
        unit = ''
        spaced = false
      }
      unit += char
      wideBefore = wide
    }
    if (unit !== '') units.push({ text: unit, spaced })
  }
  return units
}

/** Fills lines with whole pieces; one that is too wide for a line is broken like prose. */
export function wrapPieces(pieces: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = []
  for (const piece of pieces.flatMap(each => wrap(each, width))) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + widthOf(separator) + widthOf(piece) <= width) lines[lines.length - 1] = last + separator + piece
    else lines.push(piece)
  }
  return lines
}

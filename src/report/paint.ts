// Lines of styled pieces → terminal text. Colour only repeats what the characters say already.
import { printable } from './printable.ts'

export type Style = 'error' | 'warning' | 'info' | 'good' | 'bold' | 'dim' | 'gutter' | 'secondary' | 'added' | 'removed'
export type Piece = string | { readonly text: string; readonly style: Style }
export type Line = readonly Piece[]

const SGR: Readonly<Record<Style, string>> = {
  error: '1;31', warning: '1;33', info: '1;36', good: '1;32', bold: '1', dim: '2', gutter: '34', secondary: '36', added: '32', removed: '31',
}

export const styled = (style: Style, text: string): Piece => ({ text, style })

/** Text of lines, each ended by a newline; nothing unprintable gets through, whatever it came from. */
export function paint(lines: readonly Line[], color: boolean): string {
  const paintPiece = (piece: Piece): string => {
    const text = printable(typeof piece === 'string' ? piece : piece.text)
    return typeof piece === 'string' || !color || text === '' ? text : `\x1b[${SGR[piece.style]}m${text}\x1b[0m`
  }
  return lines.map(line => `${line.map(paintPiece).join('').trimEnd()}\n`).join('')
}

/** The characters of a line, without styles. */
export const plain = (line: Line): string => line.map(piece => (typeof piece === 'string' ? piece : piece.text)).join('')

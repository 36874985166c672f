// One line of source text in columns of the terminal: where each character of the text begins on the screen.
import { printable } from './printable.ts'
import { charWidth, widthOf } from './width.ts'

const TAB = 4

export interface Cell {
  readonly text: string
  readonly column: number
  readonly width: number
}

export interface LaidOut {
  readonly cells: readonly Cell[]
  readonly width: number
  /** Index in the text (UTF-16 units) → column; one more entry than units. */
  readonly columnAt: readonly number[]
}

export function layoutLine(text: string): LaidOut {
  const cells: Cell[] = []
  const columnAt: number[] = []
  let column = 0
  for (const char of text) {
    for (let unit = 0; unit < char.length; unit++) columnAt.push(column)
    const shown = char === '\t' ? ' '.repeat(TAB - (column % TAB)) : printable(char)
    const width = shown === char ? charWidth(char) : widthOf(shown)
    cells.push({ text: shown, column, width })
    column += width
  }
  columnAt.push(column)
  return { cells, width: column, columnAt }
}

/** The text of the columns [from, to), with `…` at an end where something was left out. */
export function cutLine(line: LaidOut, from: number, to: number): string {
  const left = from > 0
  const right = to < line.width
  const inside = line.cells.filter(cell => cell.column >= from + (left ? 1 : 0) && cell.column + cell.width <= to - (right ? 1 : 0))
  const lead = left ? `…${' '.repeat(Math.max(0, (inside[0]?.column ?? from + 1) - from - 1))}` : ''
  return lead + inside.map(cell => cell.text).join('') + (right ? '…' : '')
}

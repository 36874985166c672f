// The marks under one source line: `^^^^` primary, `----` secondary, the last label beside its mark, the others hung below.
import { cutLine, type LaidOut } from './layout-line.ts'
import { styled, type Line, type Piece } from './paint.ts'
import { printable } from './printable.ts'
import { widthOf, wrap } from './width.ts'

/** Columns [from, to) of the line. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly label: string
  readonly primary: boolean
}

/** A label gets at least so many columns, else it moves left. */
const MIN_LABEL = 28

/** Rows within `room` columns: the text and its marks; several times where the spans are too far apart for one window. */
export function labelLine(line: LaidOut, spans: readonly Span[], room: number): Line[] {
  if (line.width <= room) return [[cutLine(line, 0, line.width)], ...marks(spans, room)]
  if (spans.length === 0) return [[cutLine(line, 0, room)]]
  return windows(spans, room).flatMap(group => {
    const from = Math.max(0, Math.min((group[0] as Span).from - 8, line.width - room))
    const to = Math.min(line.width, from + room)
    const moved = group.map(span => ({ ...span, from: Math.min(span.from - from, room - 1), to: Math.min(span.to, to) - from }))
    return [[cutLine(line, from, to)], ...marks(moved, room)]
  })
}

/** Spans that fit into one window of the line together. */
function windows(spans: readonly Span[], room: number): Span[][] {
  const groups: Span[][] = []
  let start = 0
  for (const span of spans) {
    const group = groups.at(-1)
    if (group !== undefined && span.to - start <= room - 9) group.push(span)
    else {
      groups.push([span])
      start = Math.max(0, span.from - 8)
    }
  }
  return groups
}

function marks(spans: readonly Span[], room: number): Line[] {
  if (spans.length === 0) return []
  const under: ('^' | '-' | ' ')[] = []
  for (const span of [...spans].sort((a, b) => Number(a.primary) - Number(b.primary)))
    for (let column = span.from; column < Math.min(span.to, room); column++) under[column] = span.primary ? '^' : '-'
  const row = marksRow(Array.from(under, mark => mark ?? ' '))
  const last = spans.at(-1) as Span
  const lastEnd = Math.max(...spans.map(span => span.to))
  const besideIt = last.label !== '' && lastEnd === last.to && last.to + 1 + widthOf(printable(last.label)) <= room
  const hanging = spans.filter(span => span.label !== '' && !(besideIt && span === last))
  const rows: Line[] = [besideIt ? [...row, ' ', labelPiece(last)] : row]
  if (hanging.length > 1 || (hanging.length === 1 && besideIt)) rows.push(connectors(hanging))
  for (let at = hanging.length - 1; at >= 0; at--) rows.push(...hung(hanging[at] as Span, hanging.slice(0, at), room))
  return rows
}

const styleOf = (primary: boolean): 'error' | 'secondary' => (primary ? 'error' : 'secondary')
const labelPiece = (span: Span, text = span.label): Piece => styled(styleOf(span.primary), text)

/** Runs of one mark become one styled piece. */
function marksRow(under: readonly string[]): Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < under.length;) {
    let end = at
    while (end < under.length && under[end] === under[at]) end++
    const run = under.slice(at, end).join('')
    pieces.push(run.startsWith(' ') ? run : styled(styleOf(run.startsWith('^')), run))
    at = end
  }
  return pieces
}

function connectors(spans: readonly Span[], upTo = Infinity): Piece[] {
  const pieces: Piece[] = []
  let column = 0
  for (const span of spans) {
    if (span.from < column || span.from >= upTo) continue
    pieces.push(' '.repeat(span.from - column), styled(styleOf(span.primary), '|'))
    column = span.from + 1
  }
  return pieces
}

function hung(span: Span, left: readonly Span[], room: number): Line[] {
  const needed = Math.min(MIN_LABEL, widthOf(printable(span.label)))
  const column = Math.max(0, Math.min(span.from, room - needed))
  return wrap(span.label, room - column).map(text => {
    const before = connectors(left, column)
    const used = before.reduce((total, piece) => total + widthOf(typeof piece === 'string' ? piece : piece.text), 0)
    return [...before, ' '.repeat(Math.max(0, column - used)), labelPiece(span, text)]
  })
}

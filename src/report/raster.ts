// The raster: one letter a cache fill, so that the cause is seen before it is read.
import type { Observed } from '../findings/diagnosis.ts'
import { clock } from './numbers.ts'
import { styled, type Line } from './paint.ts'
import { cut, padEnd, widthOf, wrapPieces } from './width.ts'
import type { Words } from './wording.ts'

type Row = Observed['raster'][number]

/** Rows of letters per place before the middle is left out. */
const MAX_ROWS = 4
const NARROWEST = 20

export function raster(rows: readonly Row[], columns: number, w: Words): Line[] {
  if (rows.length === 0) return []
  const manyTypes = new Set(rows.map(row => row.type)).size > 1
  const widest = Math.max(12, Math.floor(columns / 3))
  const placeOf = shortPlaces(rows.map(row => row.place))
  // The place gives way, never the type: it is what tells two rows of one place apart.
  const nameOf = (row: Row): string => (manyTypes ? `${cut(placeOf(row.place), widest - row.type.length - 1)} ${row.type}` : cut(placeOf(row.place), widest))
  const head = Math.max(...rows.map(row => widthOf(nameOf(row))))
  const room = Math.max(NARROWEST, columns - head - 4)
  const sameTimes = rows.every(row => row.from === rows[0]?.from && row.to === rows[0]?.to)
  const lines: Line[] = []
  let hidden = 0
  for (const row of rows) {
    const all = split(row.letters, room)
    const shown = all.length <= MAX_ROWS ? all : [...all.slice(0, MAX_ROWS / 2), ...all.slice(-MAX_ROWS / 2)]
    hidden += row.letters.length - shown.reduce((total, piece) => total + piece.length, 0)
    for (const [index, piece] of shown.entries()) lines.push(['  ', padEnd(index === 0 ? nameOf(row) : '', head), '  ', piece])
    if (!sameTimes) lines.push(axis(row, head, room))
  }
  if (sameTimes) lines.push(axis(longest(rows), head, room))
  const indent = ' '.repeat(head + 4)
  for (const legend of legends(rows)) for (const text of wrapPieces([...legend, `(${w.letters(hidden)})`], '   ', room)) lines.push([indent, text])
  return lines
}

/** Without the namespace where the pod's name alone tells them apart. */
function shortPlaces(places: readonly string[]): (place: string) => string {
  const short = (place: string): string => place.slice(place.lastIndexOf('/') + 1)
  return new Set(places).size === new Set(places.map(short)).size ? short : place => place
}

function split(letters: string, room: number): string[] {
  const pieces: string[] = []
  for (let at = 0; at < letters.length; at += room) pieces.push(letters.slice(at, at + room))
  return pieces.length === 0 ? [''] : pieces
}

const longest = (rows: readonly Row[]): Row => rows.reduce((best, row) => (row.letters.length > best.letters.length ? row : best))

/** The first and the last time under the first and the last letter. */
function axis(row: Row, head: number, room: number): Line {
  const [from, to] = [clock(row.from), clock(row.to)]
  const width = Math.min(row.letters.length, room)
  const gap = Math.max(2, width - widthOf(from) - widthOf(to))
  return [' '.repeat(head + 4), styled('dim', from === to ? from : `${from}${' '.repeat(gap)}${to}`)]
}

/** One legend where letters mean the same everywhere, else one a place. */
function legends(rows: readonly Row[]): string[][] {
  const merged = new Map<string, string>()
  for (const row of rows) {
    for (const [letter, meaning] of Object.entries(row.legend)) {
      if ((merged.get(letter) ?? meaning) !== meaning) return rows.map(each => legendOf(Object.entries(each.legend)))
      merged.set(letter, meaning)
    }
  }
  return [legendOf([...merged])]
}

const legendOf = (entries: readonly (readonly [string, string])[]): string[] =>
  entries.toSorted((a, b) => (a[0] < b[0] ? -1 : 1)).map(([letter, meaning]) => `${letter} ${meaning}`)

// The divergence matrix: a row a name and type, a column a server, as many blocks of columns as the width needs.
import { withoutDot } from '../dns/name.ts'
import type { AnswerCount, MatrixCell, MatrixRow, ServerReading } from '../findings/reading.ts'
import { styled, type Line, type Style } from './paint.ts'
import { printable } from './printable.ts'
import type { ReadWords } from './read-wording.ts'
import { cut, padEnd, widthOf, wrap } from './width.ts'

const ROWS = 12
const ROWS_WIDE = 200
const WIDEST_NAME = 30
const WIDEST_CELL = 24
const GAP = 2
/** Results of one cell, one a line. */
const RESULTS = 3

export interface MatrixOptions {
  readonly columns: number
  readonly wide: boolean
}

const WORTH: readonly MatrixRow['verdict'][] = ['split', 'changes', 'unanswered', 'rotates', 'same', 'alone']

export function matrixLines(rows: readonly MatrixRow[], servers: readonly ServerReading[], options: MatrixOptions, w: ReadWords): Line[] {
  if (rows.length === 0) return []
  const ordered = rows.map((row, at) => ({ row, at })).sort((a, b) => WORTH.indexOf(a.row.verdict) - WORTH.indexOf(b.row.verdict) || a.at - b.at).map(({ row }) => row)
  const shown = ordered.slice(0, options.wide ? ROWS_WIDE : ROWS)
  const columns = servers.filter(({ server }) => shown.some(row => row.cells.some(cell => cell.server === server)))
  const table = shown.map(row => ({ row, cells: new Map(row.cells.map(cell => [cell.server, cellLines(cell, row.type, w)])) }))
  const nameWidth = Math.min(WIDEST_NAME, Math.max(widthOf(w.heads.name), ...shown.map(row => widthOf(nameOf(row)))))
  const typeWidth = Math.max(widthOf(w.heads.type), ...shown.map(row => Math.min(10, widthOf(printable(row.type)))))
  const verdictWidth = Math.max(widthOf(w.heads.verdict), ...shown.map(row => widthOf(w.verdicts[row.verdict])))
  const headOf = (server: ServerReading): string => `${cut(printable(server.server), WIDEST_CELL - 1)}${server.forwards ? '^' : ''}`
  const widths = columns.map(column => Math.max(widthOf(headOf(column)), ...table.flatMap(({ cells }) => (cells.get(column.server) ?? []).map(widthOf))))
  const lines: Line[] = [[styled('bold', w.matrix)]]
  for (const block of blocks(widths, options.columns - nameWidth - typeWidth - verdictWidth - 3 * GAP)) {
    const cells = (textOf: (at: number) => string): string => block.map(at => padEnd(textOf(at), (widths[at] as number) + GAP)).join('')
    const lead = (name: string, type: string): string => padEnd(name, nameWidth + GAP) + padEnd(type, typeWidth + GAP)
    if (lines.length > 1) lines.push([])
    lines.push([styled('dim', lead(w.heads.name, w.heads.type) + cells(at => headOf(columns[at] as ServerReading)) + w.heads.verdict)])
    for (const { row, cells: own } of table) {
      const height = Math.max(1, ...block.map(at => own.get((columns[at] as ServerReading).server)?.length ?? 0))
      for (let line = 0; line < height; line++) {
        const text = cells(at => (own.get((columns[at] as ServerReading).server) ?? ['-'])[line] ?? '')
        lines.push(line === 0 ? [lead(nameOf(row), cut(printable(row.type), 10)), text, styled(STYLES[row.verdict], w.verdicts[row.verdict])] : [lead('', ''), text])
      }
    }
  }
  const hasProbed = shown.some(row => row.cells.some(cell => cell.results.some(each => each.probed > 0)))
  for (const text of wrap(w.legend(columns.some(column => column.forwards), hasProbed), options.columns)) lines.push([styled('dim', text)])
  return ordered.length > shown.length ? [...lines, [w.moreRows(ordered.length - shown.length)]] : lines
}

const STYLES: Readonly<Record<MatrixRow['verdict'], Style>> = { split: 'error', changes: 'warning', unanswered: 'warning', rotates: 'good', same: 'good', alone: 'dim' }

const nameOf = (row: MatrixRow): string => cut(printable(withoutDot(row.name)), WIDEST_NAME)

/** Columns that fit beside each other; one that is too wide stands alone. */
function blocks(widths: readonly number[], room: number): number[][] {
  const found: number[][] = []
  let used = Infinity
  for (const [at, width] of widths.entries()) {
    if (used + width + GAP > room) {
      found.push([])
      used = 0
    }
    found.at(-1)?.push(at)
    used += width + GAP
  }
  return found
}

function cellLines({ results }: MatrixCell, type: string, w: ReadWords): string[] {
  const counted = results.slice(0, RESULTS).map(each => ({ said: said(each, type, w), count: each.seen + each.probed, star: each.probed > 0 && each.seen === 0 ? '*' : '' }))
  const width = Math.max(...counted.map(({ said: text }) => widthOf(text)))
  const digits = Math.max(...counted.map(({ count }) => String(count).length))
  const lines = counted.map(({ said: text, count, star }) => `${padEnd(text, width)} ${String(count).padStart(digits)}${star}`)
  return results.length > RESULTS ? [...lines.slice(0, -1), `${lines.at(-1) ?? ''} …`] : lines
}

function said({ result, answers }: AnswerCount, type: string, w: ReadWords): string {
  if (result === 'answer') {
    const [only] = answers
    if (answers.length === 1 && only !== undefined && widthOf(printable(only)) <= WIDEST_CELL - 6) return printable(only)
    return type === 'A' || type === 'AAAA' ? (answers.length === 0 ? 'NOERROR' : w.addresses(answers.length)) : w.aliases(answers.length)
  }
  if (result === 'nodata') return w.noData
  return result === 'unanswered' ? w.silent : result === 'unreachable' ? w.refusing : result.toUpperCase()
}

// Source text with its labels, in the manner of rustc: `-->` the place to change, `:::` the next file, which here is often
// on another machine. Long lines are shown around their spans, tabs and wide characters keep the marks in place.
import type { Source } from '../chain/source.ts'
import type { Lang } from '../findings/diagnosis.ts'
import { labelLine, type Span } from './label-line.ts'
import { layoutLine, type LaidOut } from './layout-line.ts'
import { styled, type Line } from './paint.ts'
import { placeOf } from './place.ts'
import { wrap } from './width.ts'

export interface Labelled {
  readonly source: Source
  readonly label: string
  readonly primary: boolean
  /** A better name for the place than its path. */
  readonly place?: string
}

export interface SnippetOptions {
  readonly columns: number
  readonly lang: Lang
  readonly textOf: (file: string) => string | undefined
}

/** Lines shown between two labelled ones without leaving any out. */
const SMALL_GAP = 2
const MAX_LABELLED = 24
const MAX_BEHIND = 4
const MAX_LINE = 4000

const WORDS = {
  behind: { en: 'comes from here', zh: '来自这里' },
  more: { en: (n: number) => `${n} more places: \`-o json\` lists them`, zh: (n: number) => `另有 ${n} 处：用 \`-o json\` 列出` },
  until: { en: (line: number) => `(to line ${line})`, zh: (line: number) => `（至第 ${line} 行）` },
} as const

/** Without the closing bar line: notes follow under the same gutter, whose width is returned. */
export function snippet(labelled: readonly Labelled[], options: SnippetOptions): { readonly lines: Line[]; readonly gutter: number } {
  const all = withBehind(labelled, options.lang)
  const shown = all.slice(0, MAX_LABELLED)
  const groups = byFile(shown)
  const gutter = Math.max(1, ...shown.map(item => String(item.source.line).length))
  const bar = styled('gutter', `${' '.repeat(gutter)} |`)
  const lines: Line[] = []
  for (const [index, group] of groups.entries()) {
    const head = group.find(item => item.primary) ?? (group[0] as Labelled)
    if (index > 0) lines.push([bar])
    const arrow = index === 0 ? '--> ' : '::: '
    for (const [at, text] of wrap(placeOf(head.source, options.lang, head.place), options.columns - gutter - 4).entries())
      lines.push([styled('gutter', ' '.repeat(gutter) + (at === 0 ? arrow : '    ')), text])
    lines.push([bar], ...fileLines(group, gutter, options))
  }
  if (all.length > shown.length) lines.push([bar], [bar, ` ${WORDS.more[options.lang](all.length - shown.length)}`])
  return { lines, gutter }
}

/** Every place is followed by what stands behind it, once. */
function withBehind(labelled: readonly Labelled[], lang: Lang): Labelled[] {
  const key = (source: Source): string => `${source.file}:${source.start}:${source.end}`
  const said = new Set(labelled.map(item => key(item.source)))
  return labelled.flatMap(item => {
    const behind: Labelled[] = []
    let level = item.source.behind ?? []
    for (let depth = 0; depth < MAX_BEHIND && level.length > 0; depth++) {
      for (const source of level) {
        if (said.has(key(source))) continue
        said.add(key(source))
        behind.push({ source, label: WORDS.behind[lang], primary: false })
      }
      level = level.flatMap(source => source.behind ?? [])
    }
    return [item, ...behind]
  })
}

/** Files in order of first mention, but the file with the primary label first. */
function byFile(labelled: readonly Labelled[]): Labelled[][] {
  const groups = new Map<string, Labelled[]>()
  for (const item of labelled) {
    const group = groups.get(item.source.file)
    if (group === undefined) groups.set(item.source.file, [item])
    else group.push(item)
  }
  const list = [...groups.values()]
  const first = list.findIndex(group => group.some(item => item.primary))
  return first <= 0 ? list : [list[first] as Labelled[], ...list.filter((_, index) => index !== first)]
}

function fileLines(group: readonly Labelled[], gutter: number, options: SnippetOptions): Line[] {
  const text = options.textOf(group[0]?.source.file ?? '')
  const lineOf = lineReader(text, group)
  const numbers = [...new Set(group.map(item => item.source.line))].sort((a, b) => a - b)
  const lines: Line[] = []
  const parent = parentLine(numbers[0] as number, lineOf)
  let before = parent ?? (numbers[0] as number)
  if (parent !== undefined) lines.push(...sourceLine(parent, [], lineOf(parent) ?? '', gutter, options))
  for (const number of numbers) {
    const gap = number - before - 1
    if (gap > SMALL_GAP || (gap > 0 && text === undefined)) lines.push([styled('gutter', '...')])
    else for (let between = before + 1; between < number; between++) lines.push(...sourceLine(between, [], lineOf(between) ?? '', gutter, options))
    lines.push(...sourceLine(number, group.filter(item => item.source.line === number), lineOf(number) ?? '', gutter, options))
    before = number
  }
  return lines
}

/** Without the file's text, the piece that a Source carries stands for its line. */
function lineReader(text: string | undefined, group: readonly Labelled[]): (line: number) => string | undefined {
  if (text !== undefined) {
    const lines = text.split('\n')
    return line => lines[line - 1]?.replace(/\r$/, '')
  }
  const known = new Map<number, string>()
  for (const { source } of group) {
    const own = ' '.repeat(Math.min(source.column - 1, 40)) + (source.text.split('\n')[0] ?? '')
    if (own.length > (known.get(source.line)?.length ?? -1)) known.set(source.line, own)
  }
  return line => known.get(line)
}

/** The key above an indented line says what the line is about. */
function parentLine(line: number, lineOf: (line: number) => string | undefined): number | undefined {
  const indent = (text: string): number => text.length - text.trimStart().length
  const own = lineOf(line)
  const above = lineOf(line - 1)
  return own !== undefined && above !== undefined && above.trim() !== '' && indent(above) < indent(own) ? line - 1 : undefined
}

function sourceLine(number: number, items: readonly Labelled[], text: string, gutter: number, options: SnippetOptions): Line[] {
  // A file may be one line of megabytes: only the neighbourhood of the first mark is laid out.
  const skipped = text.length <= MAX_LINE ? 0 : Math.max(0, Math.min(...items.map(item => item.source.column), text.length) - MAX_LINE / 4)
  const laidOut = layoutLine(text.slice(skipped, skipped + MAX_LINE))
  const spans = mergeSame(items.map(item => spanOf(item, laidOut, skipped, options.lang)))
  return labelLine(laidOut, spans, options.columns - gutter - 3).map((line, index) =>
    [styled('gutter', `${index === 0 ? String(number).padStart(gutter) : ' '.repeat(gutter)} |`), ...(line.length > 0 ? [' ', ...line] : [])])
}

function spanOf(item: Labelled, line: LaidOut, skipped: number, lang: Lang): Span {
  const { source } = item
  const column = (at: number): number => line.columnAt[Math.max(0, Math.min(at - skipped, line.columnAt.length - 1))] as number
  const from = column(source.column - 1)
  const multiLine = source.endLine > source.line
  const to = multiLine ? line.width : column(source.endColumn - 1)
  const label = multiLine ? `${item.label} ${WORDS.until[lang](source.endLine)}`.trim() : item.label
  return { from, to: Math.max(to, from + 1), label, primary: item.primary }
}

/** Two labels of one range are one mark. */
function mergeSame(spans: readonly Span[]): Span[] {
  const merged = new Map<string, Span>()
  for (const span of spans) {
    const key = `${span.from}-${span.to}`
    const same = merged.get(key)
    const label = same === undefined || same.label === span.label ? span.label : [same.label, span.label].filter(Boolean).join('; ')
    merged.set(key, { ...span, label, primary: span.primary || same?.primary === true })
  }
  return [...merged.values()].sort((a, b) => a.from - b.from || b.to - a.to)
}

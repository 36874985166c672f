// A fix as the reader sees it: what becomes of which lines, what to do then, and what the model proved about it.
import { structuredPatch } from 'diff'
import type { FixReport, Proof } from '../findings/diagnosis.ts'
import { applyEdits, editsByFile } from '../fixes/patch.ts'
import { noteLines } from './note-lines.ts'
import { styled, type Line } from './paint.ts'
import { placeName } from './place.ts'
import { printable } from './printable.ts'
import type { SnippetOptions } from './snippet.ts'
import { takeColumns, widthOf, wrap } from './width.ts'
import { words, type Words } from './wording.ts'

const CONTEXT_LINES = 1
const MAX_NAMED = 3

export function helpLines(fix: FixReport, orElse: boolean, options: SnippetOptions): Line[] {
  const w = words[options.lang]
  const title = `${orElse ? w.orElse : ''}${options.lang === 'zh' ? fix.title_zh : fix.title}${w.paren(w.applicability[fix.applicability])}`
  const head = `${w.help}${w.colon}`
  const own = fix.edits.filter(edit => edit.madeBy === undefined)
  const changes = [...editsByFile(own)].map(([file, edits]) => ({ file, hunks: hunksOf(options.textOf(file), edits) }))
  const gutter = Math.max(1, ...changes.flatMap(change => change.hunks.flatMap(hunk => hunk.map(line => String(line.number ?? '').length))))
  const bar = styled('gutter', `${' '.repeat(gutter)} |`)
  const lines: Line[] = wrap(title, options.columns - widthOf(head)).map((text, index) =>
    [index === 0 ? styled('good', head) : ' '.repeat(widthOf(head)), text])
  for (const { file, hunks } of changes) {
    const isNew = options.textOf(file) === undefined && own.every(edit => edit.file !== file || edit.end === 0)
    lines.push([styled('gutter', `${' '.repeat(gutter)} ~> `), placeName(file) + (isNew ? ` ${w.newFile}` : '')], [bar])
    for (const [index, hunk] of hunks.entries()) {
      if (index > 0) lines.push([styled('gutter', '...')])
      for (const line of hunk) lines.push(...changeLine(line, gutter, options.columns))
    }
    lines.push([bar])
  }
  for (const step of fix.steps) lines.push(...noteLines(gutter, w.then, step[options.lang].replace(w.leadingThen, ''), options.columns, w.colon))
  for (const [program, files] of writtenBy(fix)) lines.push(...noteLines(gutter, w.thenWritten, w.writtenBy(files.map(placeName).join(w.semicolon), program), options.columns, w.colon))
  lines.push(...proofLines(fix.proof, gutter, options.columns, w))
  if (fix.caution !== undefined) lines.push(...noteLines(gutter, w.caution, fix.caution[options.lang], options.columns, w.colon, 'warning'))
  return lines
}

/** Nobody types these: a program writes them once the other edits are in. */
function writtenBy({ edits }: FixReport): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, readonly string[]>()
  for (const { madeBy, file } of edits) if (madeBy !== undefined) files.set(madeBy, [...new Set([...(files.get(madeBy) ?? []), file])])
  return files
}

interface ChangedLine {
  readonly sign: ' ' | '+' | '-'
  /** Undefined where the file's text is not at hand. */
  readonly number: number | undefined
  readonly text: string
}

function hunksOf(text: string | undefined, edits: Parameters<typeof applyEdits>[1]): ChangedLine[][] {
  // Without the text, or with only its first part, there is no line to count from: what is put in is all that can be shown.
  if (edits.some(edit => edit.end > (text?.length ?? 0)))
    return edits.map(edit => edit.text.replace(/\n$/, '').split('\n').map(line => ({ sign: '+', number: undefined, text: line })))
  const after = applyEdits(text ?? '', edits)
  const patch = structuredPatch('', '', text ?? '', after, '', '', { context: CONTEXT_LINES })
  return patch.hunks.map(hunk => {
    let [before, now] = [hunk.oldStart, hunk.newStart]
    return hunk.lines.filter(line => !line.startsWith('\\')).map((line): ChangedLine => {
      const sign = line[0] === '+' ? '+' : line[0] === '-' ? '-' : ' '
      const number = sign === '-' ? before : now
      if (sign !== '+') before++
      if (sign !== '-') now++
      return { sign, number, text: line.slice(1) }
    })
  })
}

/** A line that is too long goes on under itself, whole: people copy it. */
function changeLine(line: ChangedLine, gutter: number, columns: number): Line[] {
  const style = line.sign === '+' ? 'added' : line.sign === '-' ? 'removed' : 'dim'
  const lines: Line[] = []
  let rest = printable(line.text.replace(/\r$/, '').replaceAll('\t', '    '))
  do {
    const piece = takeColumns(rest, columns - gutter - 3)
    rest = rest.slice(piece.length)
    const number = lines.length === 0 ? String(line.number ?? '').padStart(gutter) : ' '.repeat(gutter)
    lines.push([styled('gutter', number), ' ', styled(style, `${line.sign} ${piece}`)])
  } while (rest !== '')
  return lines
}

export function proofLines(proof: Proof | null, gutter: number, columns: number, w: Words): Line[] {
  if (proof === null) return noteLines(gutter, w.noteKind.note, w.unproved, columns, w.colon)
  return [
    ...noteLines(gutter, w.proved, proofText(proof), columns, w.colon),
    ...noteLines(gutter, w.better, whom(proof.gains, w), columns, w.colon),
    ...noteLines(gutter, w.worse, whom(proof.losses, w), columns, w.colon),
  ]
}

/** `NS/POD and 2 like it NAME: intermittent -> works`, as the proof has it. */
const CHANGE = /^(\S+)(?: and (\d+) like it)? (\S+): (\S+ -> \S+)$/

/** Those to whom the same happens stand together. */
function whom(people: readonly string[], w: Words): string {
  const groups = new Map<string, string[]>()
  for (const each of people) {
    const [, place, alike, , change] = CHANGE.exec(each) ?? []
    const [what, who] = place === undefined ? ['', each] : [w.paren(change as string), place + (alike === undefined ? '' : w.alike(Number(alike)))]
    groups.set(what, [...(groups.get(what) ?? []), who])
  }
  const list = (all: readonly string[]): string => [...all.slice(0, MAX_NAMED), ...(all.length > MAX_NAMED ? [w.andMore(all.length - MAX_NAMED)] : [])].join(', ')
  return groups.size === 0 ? w.nobody : [...groups].map(([what, all]) => list(all) + what).join(w.semicolon)
}

/** What the change does not leave as it was. */
export function changedBy(proof: Proof): string[] {
  const keys = [...new Set([...Object.keys(proof.before), ...Object.keys(proof.after)])]
  return keys.filter(key => (proof.before[key] ?? '0') !== (proof.after[key] ?? '0'))
}

/** `nxdomain 1/2 -> 0, answer 1/2 -> 1`; what does not change is left out unless nothing does. */
export function proofText(proof: Proof): string {
  const keys = [...new Set([...Object.keys(proof.before), ...Object.keys(proof.after)])]
  const changed = changedBy(proof)
  return (changed.length > 0 ? changed : keys).map(key => `${key} ${proof.before[key] ?? '0'} -> ${proof.after[key] ?? '0'}`).join(', ')
}


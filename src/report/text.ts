// A Diagnosis for a person: the verdict first, the picture, then each finding with its source, its reasons and its cure;
// what was ruled out and what was not looked at; the last line is the next command.
import type { Diagnosis, FindingReport, Lang, Level } from '../findings/diagnosis.ts'
import { factLines, noteLines, type Fact } from './note-lines.ts'
import { changedBy, helpLines, proofText } from './help-lines.ts'
import { decidedLines, outcomeLines, seenLines, serverTable } from './outcome-lines.ts'
import { paint, styled, type Line, type Style } from './paint.ts'
import { problemLines } from './problem-lines.ts'
import { raster } from './raster.ts'
import { snippet, type SnippetOptions } from './snippet.ts'
import { reportColumns, type TextOptions } from './text-options.ts'
import { cut, wrap } from './width.ts'
import { words, type Words } from './wording.ts'

const LONGEST_UNKNOWN = 80

export function renderText(diagnosis: Diagnosis, options: TextOptions): string {
  return paint(textLines(diagnosis, { ...options, columns: reportColumns(options.columns) }), options.color)
}

function textLines(diagnosis: Diagnosis, options: TextOptions): Line[] {
  const w = words[options.lang]
  const { status } = diagnosis
  const sections: Line[][] = [
    headLines(diagnosis, options, w),
    raster(status.observed?.raster ?? [], options.columns, w),
    [...outcomeLines(diagnosis, options), ...decidedLines(diagnosis, options), ...seenLines(diagnosis, options)],
    ...(options.wide ? [serverTable(diagnosis, w)] : []),
    ...status.findings.flatMap(finding => findingSections(finding, options, w)),
    notCureLines(diagnosis, options, w),
    endLines(diagnosis, options, w),
    lastLines(diagnosis, options, w),
  ]
  return sections.filter(section => section.length > 0).flatMap((section, index) => (index === 0 ? section : [[], ...section]))
}

const VERDICT_STYLE: Readonly<Record<Diagnosis['status']['verdict'], Style>> =
  { works: 'good', absent: 'good', intermittent: 'error', fails: 'error', slow: 'warning', inconclusive: 'warning' }

function headLines(diagnosis: Diagnosis, options: TextOptions, w: Words): Line[] {
  const { spec, status } = diagnosis
  const head = `${cut(spec.name, options.columns - 10)}${spec.type === '' ? '' : ` ${spec.type}`}${w.colon}`
  const sentence = wrap(head + status.summary[options.lang], options.columns)
  const isNode = spec.from.kind.toLowerCase() === 'node'
  const asked = spec.from.name === '' ? [] : wrap(w.asked(
    isNode ? `node/${spec.from.name}` : `${spec.from.namespace}/${spec.from.name}`, isNode ? '' : spec.from.node, spec.from.class), options.columns - 2)
  return [...sentence.map((text): Line => [styled(VERDICT_STYLE[status.verdict], text)]), ...asked.map((text): Line => [styled('dim', `  ${text}`)])]
}

const snippetOptions = (options: TextOptions): SnippetOptions => ({ columns: options.columns, lang: options.lang, textOf: options.textOf })

/** The finding itself, then one section for each cure. */
export function findingSections(finding: FindingReport, options: TextOptions, w: Words): Line[][] {
  const zh = options.lang === 'zh'
  const title = `${finding.level}[${finding.id}]`
  const message = wrap(`${title}: ${zh ? finding.message_zh : finding.message}${w.paren(w.certainty[finding.certainty])}`, options.columns)
  const lines: Line[] = message.map((text, index) => (index === 0 && text.startsWith(title)
    ? [styled(finding.level, title), styled('bold', text.slice(title.length))] : [styled('bold', text)]))
  const labelled = finding.sources.map(source => ({
    source, label: zh ? source.label_zh : source.label, primary: source.primary, ...(source.place !== undefined && { place: source.place }),
  }))
  const { lines: shown, gutter } = snippet(labelled, snippetOptions(options))
  lines.push(...shown)
  const evidence = finding.evidence.length === 0 ? '' : w.paren(`${finding.evidence.slice(0, 6).join(', ')}${finding.evidence.length > 6 ? ', …' : ''}`)
  if (finding.notes.length > 0) lines.push([styled('gutter', `${' '.repeat(gutter)} |`)])
  const lastSeen = finding.notes.findLastIndex(note => note.kind !== 'why' && note.kind !== 'note')
  for (const [index, note] of finding.notes.entries())
    lines.push(...noteLines(gutter, w.noteKind[note.kind], note[options.lang] + (index === lastSeen ? evidence : ''), options.columns, w.colon))
  return [lines, ...finding.fixes.map((fix, index) => helpLines(fix, index > 0, snippetOptions(options)))]
}

function notCureLines(diagnosis: Diagnosis, options: TextOptions, w: Words): Line[] {
  const { notCures } = diagnosis.status
  if (notCures.length === 0) return []
  const lines: Line[] = [[styled('bold', `${w.noteKind.note}${w.colon}`), w.notCures]]
  for (const cure of notCures) {
    const proof = cure.proof === null || changedBy(cure.proof).length === 0 ? '' : ` [${proofText(cure.proof)}]`
    const text = wrap(`${cure.title[options.lang]}${w.colon}${cure.because[options.lang]}${proof}`, options.columns - 7)
    for (const [index, line] of text.entries()) lines.push([styled('gutter', '   | '), index === 0 ? line : `  ${line}`])
  }
  return lines
}

function endLines(diagnosis: Diagnosis, options: TextOptions, w: Words): Line[] {
  const { status } = diagnosis
  const { lang, columns } = options
  const open = openFacts(status.worlds, lang, w)
  return [
    ...factLines(w.ruledOut, status.ruledOut.map(item => ({ name: item.id, text: item.because[lang] })), columns),
    ...factLines(w.open, open, columns),
    ...factLines(w.notLooked, notLookedFacts(status.notLooked, lang, w), columns),
    ...problemLines(status.problems, options),
  ]
}

/** Findings that could not be checked for one and the same reason stand together. */
function notLookedFacts(all: Diagnosis['status']['notLooked'], lang: Lang, w: Words): Fact[] {
  const facts: Fact[] = []
  const unchecked = new Map<string, string[]>()
  for (const { what, flag } of all) {
    const [, id] = /^explain (\S+)$/.exec(flag) ?? []
    if (id === undefined) facts.push({ name: '', text: what[lang] + (flag === '' ? '' : w.notLookedFlag(flag)) })
    else {
      const why = what[lang].startsWith(id) ? what[lang].slice(id.length).replace(/^[:：]\s*/, '') : what[lang]
      unchecked.set(why, [...(unchecked.get(why) ?? []), id])
    }
  }
  return [...facts, ...[...unchecked].map(([why, ids]) => ({ name: '', text: `${why}${w.colon}${ids.join(', ')}` }))]
}

/** One measurement often settles several unknowns: it stands once, with all of them. */
function openFacts(worlds: Diagnosis['status']['worlds'], lang: Lang, w: Words): Fact[] {
  const byMeasurement = new Map<string, string[]>()
  for (const { unknown, options, settledBy } of worlds) {
    const how = settledBy[lang].replaceAll(/\b(dig @\S+ \S+?)\.? /g, '$1 ')
    byMeasurement.set(how, [...(byMeasurement.get(how) ?? []), `${cut(unknown, LONGEST_UNKNOWN)} (${options.join(' | ')})`])
  }
  return [...byMeasurement].map(([how, unknowns]) => ({ name: '', text: `${unknowns.join(', ')}${w.semicolon}${w.settledBy(how)}` }))
}

function lastLines(diagnosis: Diagnosis, options: TextOptions, w: Words): Line[] {
  const { findings } = diagnosis.status
  const count = (level: Level): number => findings.filter(finding => finding.level === level).length
  const worst = findings.find(finding => finding.level === 'error') ?? findings[0]
  const next = worst === undefined ? w.nextJson(`${options.command} why ${diagnosis.spec.name} … -o json`) : w.nextExplain(`${options.command} explain ${worst.id}`)
  const tally = findings.length === 0 ? w.noFinding : `${w.count(count('error'), count('warning'), count('info'))}${options.lang === 'zh' ? '。' : '.'}`
  return wrap(`${tally}${w.space}${next}`, options.columns).map(text => [text])
}

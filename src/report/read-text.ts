// A Reading for a person: the verdict, the matrix, who looked up what, each finding with its packets, what was not understood.
import { withoutDot } from '../dns/name.ts'
import type { Level } from '../findings/diagnosis.ts'
import type { Reading, UnansweredReading } from '../findings/reading.ts'
import { factLines, type Fact } from './note-lines.ts'
import { paint, styled, type Line, type Style } from './paint.ts'
import { problemLines } from './problem-lines.ts'
import { matrixLines } from './read-matrix-lines.ts'
import { readWords, type ReadWords } from './read-wording.ts'
import { clock, wholePercent } from './numbers.ts'
import { reportColumns, type TextOptions } from './text-options.ts'
import { findingSections } from './text.ts'
import { wrap } from './width.ts'
import { words } from './wording.ts'

export type ReadTextOptions = Omit<TextOptions, 'textOf'>

const FACTS = 6
const FACTS_WIDE = 200

export function renderReading(reading: Reading, given: ReadTextOptions): string {
  const options: TextOptions = { ...given, columns: reportColumns(given.columns), textOf: () => undefined }
  const w = readWords[options.lang]
  const { status } = reading
  const sections: Line[][] = [
    headLines(reading, options),
    matrixLines(status.matrix, status.servers, options, w),
    ...(options.wide ? [serverLines(reading, options, w)] : []),
    countLines(reading, options, w),
    ...status.findings.flatMap(finding => findingSections(finding, options, words[options.lang])),
    [...(options.wide ? fileLines(reading, options, w) : []), ...problemLines(status.problems, options)],
    lastLines(reading, options),
  ]
  return paint(sections.filter(section => section.length > 0).flatMap((section, index) => (index === 0 ? section : [[], ...section])), options.color)
}

const VERDICTS: Readonly<Record<Reading['status']['verdict'], Style>> = { works: 'good', absent: 'good', intermittent: 'error', fails: 'error', slow: 'warning', inconclusive: 'warning' }

function headLines({ spec, status }: Reading, options: TextOptions): Line[] {
  const w = words[options.lang]
  const head = `${w.verdict[status.verdict]}${w.colon}${status.summary[options.lang]}`
  const { window } = spec
  return [
    ...wrap(head, options.columns).map((text): Line => [styled(VERDICTS[status.verdict], text)]),
    ...(window ? [[styled('dim', `  ${window.from.slice(0, 10)} ${clock(window.from)}-${clock(window.to)} UTC`)]] : []),
  ]
}

function countLines(reading: Reading, options: TextOptions, w: ReadWords): Line[] {
  const { lookups, fills, applications, unanswered } = reading.status
  const { colon } = words[options.lang]
  // Failures first: they are what somebody came for.
  const worst = [...lookups].sort((a, b) => b.failed - a.failed || b.lookups - a.lookups)
  return [
    ...limited(w.lookups, worst.map(l => ({ name: '', text: `${l.client}  ${withoutDot(l.name)}${colon}${w.lookup(l.lookups, l.failed, l.questions, l.suffixed)}` })), options, w),
    ...limited(w.fills, fills.map(f => ({ name: '', text: `${f.place}  ${withoutDot(f.name)} ${f.type}${colon}${w.fill(f.failed, f.n, wholePercent(f.low), wholePercent(f.high))}  ${f.letters.slice(0, 40)}` })), options, w),
    ...limited(w.applications, applications.map(a => ({ name: '', text: `${a.place}  ${withoutDot(a.name)}${colon}${w.application(a.lookups, a.failed, a.spells.length)}` })), options, w),
    ...limited(w.unanswered, silenceFacts(unanswered, w), options, w),
  ]
}

function limited(head: string, facts: readonly Fact[], options: TextOptions, w: ReadWords): Line[] {
  const limit = options.wide ? FACTS_WIDE : FACTS
  return factLines(head, facts.length <= limit ? facts : [...facts.slice(0, limit), { name: '', text: w.more(facts.length - limit) }], options.columns)
}

/** The same question of the same client to the same server once. */
function silenceFacts(unanswered: readonly UnansweredReading[], w: ReadWords): Fact[] {
  const groups = Map.groupBy(unanswered, each => `${each.server} ${each.client} ${each.name} ${each.type}`)
  return [...groups.values()].map(group => {
    const [first] = group as [UnansweredReading]
    return { name: first.server, text: w.unansweredAt(first.client, withoutDot(first.name), first.type, group.length, first.evidence) }
  })
}

function serverLines({ status }: Reading, options: TextOptions, w: ReadWords): Line[] {
  return factLines(w.servers, status.servers.map(s => ({
    name: `${s.server}${s.forwards ? '^' : ''}`,
    text: [
      `${w.serverHeads[1]} ${s.answered}/${s.questions}`, ...(s.rttMs ? [`${w.serverHeads[2]} ${s.rttMs.median} ms`] : []),
      Object.entries(s.results).map(([result, n]) => `${result} ${n}`).join(', '), ...(s.asked.length > 0 ? [`= ${s.asked.join(', ')}`] : []),
      ...(s.asks.length > 0 && s.forwards ? [w.forwards(s.asks.join(', '))] : []),
    ].join('; '),
  })), options.columns)
}

const fileLines = ({ spec }: Reading, options: TextOptions, w: ReadWords): Line[] =>
  factLines(w.files, spec.files.map(file => ({ name: '', text: `${file.file}: ${w.file(file.kind, file.observations)}` })), options.columns)

function lastLines({ status, metadata }: Reading, options: TextOptions): Line[] {
  const w = words[options.lang]
  const count = (level: Level): number => status.findings.filter(finding => finding.level === level).length
  const [worst] = status.findings
  const tally = worst === undefined ? w.noFinding : `${w.count(count('error'), count('warning'), count('info'))}${options.lang === 'zh' ? '。' : '.'}`
  const next = worst === undefined ? w.nextJson(`${options.command} read ${metadata.name.length > 60 ? '…' : metadata.name} -o json`) : w.nextExplain(`${options.command} explain ${worst.id}`)
  return wrap(`${tally}${w.space}${next}`, options.columns).map(text => [text])
}

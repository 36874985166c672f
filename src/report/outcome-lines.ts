// Every way a lookup can end with its odds, and beside it what was seen.
import type { Diagnosis, OutcomeReport } from '../findings/diagnosis.ts'
import { factLines, type Fact } from './note-lines.ts'
import { duration, odds, percent, share, wholePercent } from './numbers.ts'
import { styled, type Line } from './paint.ts'
import type { TextOptions } from './text-options.ts'
import { padEnd, widthOf, wrap } from './width.ts'
import { words, type Words } from './wording.ts'

const MAX_OUTCOMES = 6
const MAX_WITNESS_STEPS = 12
const MAX_DECIDERS = 3

export function outcomeLines(diagnosis: Diagnosis, options: TextOptions): Line[] {
  const w = words[options.lang]
  const { outcomes, basis, complete } = diagnosis.status
  if (outcomes.length === 0) return []
  const shown = options.wide ? outcomes : outcomes.slice(0, MAX_OUTCOMES)
  const lines: Line[] = wrap(w.ends(basis, complete), options.columns).map(text => [styled('bold', text)])
  const head = Math.max(...shown.map(outcome => widthOf(odds(outcome.probability))))
  for (const outcome of shown) {
    for (const [index, text] of wrap(outcomeText(outcome, w), options.columns - head - 4).entries())
      lines.push(['  ', index === 0 ? styled(outcome.result === 'answer' ? 'good' : 'error', padEnd(odds(outcome.probability), head)) : ' '.repeat(head), '  ', text])
    if (options.wide) lines.push(...witnessLines(outcome, head + 4, options, w))
  }
  if (outcomes.length > shown.length) lines.push([`  ${w.moreOutcomes(outcomes.length - shown.length)}`])
  return lines
}

function outcomeText(outcome: OutcomeReport, w: Words): string {
  const parts = [
    [w.result[outcome.result], outcome.answers.join(' ')].filter(Boolean).join(' '),
    outcome.cause,
    outcome.applicationSays === '' ? '' : `"${outcome.applicationSays}"`,
    outcome.elapsedMs >= 1000 ? duration(outcome.elapsedMs / 1000) : '',
    outcome.steady === undefined ? '' : w.longRun(share(outcome.steady)),
  ]
  return parts.filter(Boolean).join(w.semicolon)
}

/** The choices that lead there; of several worlds, which. */
function witnessLines(outcome: OutcomeReport, indent: number, options: TextOptions, w: Words): Line[] {
  const steps = outcome.witness.slice(0, MAX_WITNESS_STEPS).map(step => `${step.choice} = ${step.taken}`)
  const worlds = outcome.worlds.filter(world => world.when.length > 0).slice(0, MAX_WITNESS_STEPS)
    .map(world => `${world.exact}: ${world.when.map(item => `${item.unknown} = ${item.is}`).join(', ')}`)
  return [...(steps.length > 0 ? [`${w.witness} ${steps.join(', ')}`] : []), ...worlds]
    .flatMap(text => wrap(text, options.columns - indent)).map(text => [' '.repeat(indent), styled('dim', text)])
}

/** What decides among the ways it can end, one line each; what is merely unknown stands under `still open`. */
export function decidedLines(diagnosis: Diagnosis, options: TextOptions): Line[] {
  const w = words[options.lang]
  const { decidedBy, worlds } = diagnosis.status
  const decisive = decidedBy.filter(each => !worlds.some(world => world.unknown === each.choice))
  const shown = options.wide ? decisive : decisive.slice(0, MAX_DECIDERS)
  const facts = shown.map(({ choice, influence, alternatives }): Fact =>
    ({ name: '', text: w.decides(choice, endsText(alternatives), influence < 1 ? percent(influence) : '') }))
  if (decisive.length > shown.length) facts.push({ name: '', text: w.moreOutcomes(decisive.length - shown.length) })
  return factLines(w.decidedBy, facts, options.columns)
}

/** `10.0.0.1, 10.0.0.2 -> answer; 8.8.8.8 -> nxdomain`; where open worlds decide what each comes to, only what there is. */
function endsText(alternatives: Diagnosis['status']['decidedBy'][number]['alternatives']): string {
  if (alternatives.some(({ ends }) => ends.includes('–'))) return alternatives.map(({ taken }) => taken).join(' | ')
  const byEnds = new Map<string, string[]>()
  for (const { taken, ends } of alternatives) byEnds.set(ends, [...(byEnds.get(ends) ?? []), taken])
  return [...byEnds].map(([ends, taken]) => `${taken.join(', ')} -> ${ends.includes(',') ? ends : ends.replace(/ 1$/, '')}`).join('; ')
}

/** Seen beside predicted, never mixed; then the spells. */
export function seenLines(diagnosis: Diagnosis, options: TextOptions): Line[] {
  const w = words[options.lang]
  const { observed, prediction, spells } = diagnosis.status
  const facts: [string, Fact[]][] = []
  const predicted = Object.entries(prediction).map(([key, value]) => `${key} ${value}`).join(', ')
  const seen = observed === null ? [] : [
    ...(observed.lookups > 0 ? [w.lookups(observed.lookups, observed.failed)] : []),
    ...Object.entries(observed.fills).map(([type, fill]) => w.fills(type, fill.failed, fill.n, wholePercent(fill.low), wholePercent(fill.high))),
    ...(observed.outsideModel > 0 ? [w.outsideModel(observed.outsideModel)] : []),
  ]
  if (seen.length > 0) {
    // Without anything to hold it against it would only repeat the outcomes.
    if (predicted !== '') facts.push([w.predicted, [{ name: '', text: predicted }]])
    facts.push([w.seen, [{ name: '', text: seen.join(w.semicolon) }]])
  }
  if (spells !== null && spells.failingShare > 0)
    facts.push([w.spellsHead, [{ name: '', text: w.spells(duration(spells.meanBadS), duration(spells.meanGoodS), percent(spells.failingShare), duration(spells.worstRecoveryS)) }]])
  return facts.flatMap(([key, list]) => factLines(key, list, options.columns))
}

/** kubectl's look: upper-case heads, three spaces, no boxes, so that `awk` works on it. */
export function serverTable(diagnosis: Diagnosis, w: Words): Line[] {
  const servers = Object.entries(diagnosis.status.observed?.servers ?? {})
  if (servers.length === 0) return []
  const rows: string[][] = [[...w.servers], ...servers.map(([address, seen]) => [
    address, String(seen.forwarded), String(seen.probed), Object.entries(seen.answers).map(([answer, n]) => `${answer}:${n}`).join(',') || '-',
  ])]
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => widthOf(row[column] ?? ''))) + 3)
  return rows.map(row => [row.map((cell, column) => padEnd(cell, widths[column] ?? 0)).join('')])
}

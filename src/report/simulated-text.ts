// A Simulation for a person: how it came out, the line of good and bad spells, and what was predicted beside what was run.
import type { SimulatedWorld, Simulation } from '../findings/simulation.ts'
import { factLines, type Fact } from './note-lines.ts'
import { duration, odds, percent, share, wholePercent } from './numbers.ts'
import { paint, styled, type Line } from './paint.ts'
import { problemLines } from './problem-lines.ts'
import { simulatedWords, type SimulatedWords } from './simulated-wording.ts'
import { reportColumns, type TextOptions } from './text-options.ts'
import { cut, padEnd, widthOf, wrap, wrapPieces } from './width.ts'
import { words } from './wording.ts'

type Options = Pick<TextOptions, 'lang' | 'columns' | 'color' | 'wide'>

const LONGEST_UNKNOWN = 60

export function renderSimulation(simulation: Simulation, given: Options): string {
  const options = { ...given, columns: reportColumns(given.columns) }
  const s = simulatedWords[options.lang]
  const sections: Line[][] = [
    headLines(simulation, options, s), rasterLines(simulation, options, s), comparison(simulation, options, s),
    [...worldLines(simulation, options, s), ...outsideLines(simulation, options, s), ...problemLines(graveProblems(simulation, options), options)],
  ]
  return paint(sections.filter(lines => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : [[], ...lines])), options.color)
}

/** What bears on the run; the rest of the input's oddities are the business of `why`. */
const graveProblems = ({ status }: Simulation, { wide }: Options): Simulation['status']['problems'] =>
  status.problems.filter(({ state }) => wide || status.lookups === 0 || (state !== 'ignored' && state !== 'unknown'))

function headLines({ spec, status }: Simulation, { lang, columns }: Options, s: SimulatedWords): Line[] {
  const w = words[lang]
  const head = `${cut(spec.name, columns - 10)} ${spec.type}${w.colon}${status.summary[lang]}`
  const place = spec.from.kind === 'Node' ? `node/${spec.from.name}` : `${spec.from.namespace}/${spec.from.name}`
  const { kind, perSecond, basis } = spec.requests
  const rate = kind === 'every' ? duration(1 / perSecond) : String(Number(perSecond.toPrecision(3)))
  const about = status.lookups === 0 ? [] : [w.asked(place, spec.from.kind === 'Node' ? '' : spec.from.node, spec.from.class), `${s.requests(kind, rate, basis)}${w.semicolon}${s.seed(spec.seed)}`]
  return [
    ...wrap(head, columns).map((text): Line => [styled(status.failed > 0 || status.lookups === 0 ? 'error' : 'good', text)]),
    ...about.flatMap(line => wrap(line, columns - 2)).map((text): Line => [styled('dim', `  ${text}`)]),
  ]
}

function rasterLines({ status: { raster } }: Simulation, { columns }: Options, s: SimulatedWords): Line[] {
  if (raster.letters === '') return []
  const longest = Math.max(...raster.atS.map(at => widthOf(duration(at))))
  const room = columns - longest - 4
  const lines: Line[] = []
  for (let at = 0; at < raster.letters.length; at += room)
    lines.push(['  ', styled('dim', duration(raster.atS[at] ?? 0).padStart(longest)), '  ', raster.letters.slice(at, at + room)])
  const meaning = (letter: string, text: string): string => `${letter} ${letter === '~' ? s.slow : letter === '/' ? s.mixed : text}`
  const legend = [...Object.entries(raster.legend).map(([letter, text]) => meaning(letter, text)), `(${s.letters(raster.lookupsPerLetter)})`]
  return [...lines, ...wrapPieces(legend, '   ', room).map((text): Line => [' '.repeat(longest + 4), text])]
}

/** kubectl's look; the last column is wrapped under itself. */
function comparison({ status }: Simulation, { columns }: Options, s: SimulatedWords): Line[] {
  const { predicted, spells, fills, recovery } = status
  if (predicted === null) return []
  const failing = spells.predicted ? percent(spells.predicted.failingShare) : `${share(predicted.steady)}${predicted.complete ? '' : s.approximately}`
  const spell = (of: typeof spells.bad): string => (of.n === 0 ? s.noSpell : s.spell(duration(of.meanS), of.n, duration(of.longestS)))
  const rows: [string, string, string][] = [
    [...s.heads],
    [s.rows.lookups, failing, s.ofLookups(percent(status.lookups === 0 ? 0 : status.failed / status.lookups), status.failed, status.lookups)],
    [s.rows.fills, odds(predicted.fill), fills.n === 0 ? s.noFill : s.ofFills(fills.failed, fills.n, wholePercent(fills.low), wholePercent(fills.high))],
    ...(status.failed === 0 || status.failed === status.lookups ? [] : [
      [s.rows.bad, spells.predicted ? duration(spells.predicted.meanBadS) : s.notWorkedOut, spell(spells.bad)],
      [s.rows.good, spells.predicted ? duration(spells.predicted.meanGoodS) : s.notWorkedOut, spell(spells.good)],
      recovery === null ? [s.rows.recovery, s.notWorkedOut, s.noRecovery]
        : [s.rows.recovery, recovery.predictedWorstS === null ? s.notWorkedOut : duration(recovery.predictedWorstS), s.recovery(duration(recovery.worstS), recovery.n)],
    ] satisfies [string, string, string][]),
  ]
  const widths = [0, 1].map(column => Math.max(...rows.map(row => widthOf(row[column] as string))) + 3)
  const indent = (widths[0] as number) + (widths[1] as number)
  return rows.flatMap(([label, before, after], index) => wrap(after, columns - indent).map((text, at): Line => {
    const lead = at > 0 ? ' '.repeat(indent) : padEnd(label, widths[0] as number) + padEnd(before, widths[1] as number)
    return index === 0 ? [styled('bold', lead + text)] : [lead, text]
  }))
}

/** Each world by what it has different from the drawn one. */
function worldLines({ spec, status: { worlds, moreWorlds } }: Simulation, { lang, columns }: Options, s: SimulatedWords): Line[] {
  const [drawn, ...others] = worlds
  if (drawn === undefined || drawn.when.length === 0) return []
  const own = new Map(drawn.when.map(({ unknown, is }) => [unknown, is]))
  const text = (world: SimulatedWorld, when: SimulatedWorld['when']): string =>
    s.world(when.map(({ unknown, is }) => `${cut(unknown, LONGEST_UNKNOWN)} = ${cut(is, LONGEST_UNKNOWN)}`).join(', '), odds(world.predictedFill), world.failed, world.lookups)
  const facts: Fact[] = [
    { name: '', text: `${s.drawn(spec.seed)}${words[lang].colon}${text(drawn, drawn.when)}` },
    ...others.map(world => ({ name: '', text: text(world, world.when.filter(({ unknown, is }) => own.get(unknown) !== is)) })),
    ...(moreWorlds > 0 ? [{ name: '', text: s.moreWorlds(moreWorlds) }] : []),
  ]
  return factLines(s.worlds, facts, columns)
}

function outsideLines({ status }: Simulation, { columns }: Options, s: SimulatedWords): Line[] {
  if (status.outsideExplored === null || status.outsideExplored === 0) return []
  return wrap(s.outside(status.outsideExplored), columns).map(text => [styled('error', text)])
}


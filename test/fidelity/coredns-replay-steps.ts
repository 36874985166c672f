// Rows that are no query: what the log held and upstreams were asked over several actions, HTTP answers, datagrams to closed ports, the
// end of the process.
import { readyAnswer } from '../../src/hops/coredns/ready.ts'
import { askedDifferences, askedOf, differences, logLines, realAsked, stripped, type AskedAt } from './coredns-replay-compare.ts'
import type { Process } from './coredns-replay-process.ts'
import type { Observed, Row } from './coredns-replay-rows.ts'
import { askedSinceStart, startFaults } from './coredns-replay-start.ts'

/** The recorder counted in tenths, with a process to start in between. */
const EXIT_SECONDS_OFF = 0.4

/** Undefined: the row holds nothing that is looked at here. */
export function stepFaults(row: Row, process: Process): string[] | undefined {
  const { observed } = row
  if (observed.stdout !== undefined) return startFaults(row, process)
  const counts = countFaults(observed, process, row)
  if (counts) return counts
  const parts = [httpFaults(observed, process), endFaults(observed, process), windowFaults(observed, process)].filter(p => p !== undefined)
  return parts.length === 0 ? undefined : parts.flat()
}

/** The log and the questions of the last actions; of how many, the row does not say. */
function windowFaults(observed: Observed, process: Process): string[] | undefined {
  if (!observed.log && !observed.upstreamAsked) return undefined
  if (!observed.log) return askedSinceStart(observed, process)
  const real = (observed.upstreamAsked ?? []).map(realAsked)
  waitFor(real, process)
  // From the banner on: all since the start.
  const banner = observed.log.findIndex(l => l.startsWith('linux/'))
  const log = observed.log.slice(banner + 1).map(stripped).sort()
  const starts = banner >= 0 ? [0] : process.marks.map(m => m.notes)
  const logs = closest(starts, first => differences('log', logLines(process.notesSince(first)).sort(), log))
  const asked = closest([...process.marks.map(m => m.notes), process.noteCount], first => askedDifferences(untilLast(askedOf(process.notesSince(first), label => process.upstreams.isSeen(label), true), real), real))
  return [...logs, ...observed.upstreamAsked ? asked : []]
}

/** The recorder looked some time after the last action. */
function waitFor(real: readonly { readonly atMs: number }[], process: Process): void {
  const [first, last] = [real[0], real.at(-1)]
  const begun = process.marks[0]?.atMs
  if (first && last && begun !== undefined) process.pass(Math.max(0, last.atMs - first.atMs + 50 - (process.nowMs - begun)))
}

/** Health checks go on; those after the last that the recorder saw are nobody's business. */
function untilLast(model: readonly AskedAt[], real: readonly AskedAt[]): readonly AskedAt[] {
  const last = (real.at(-1)?.atMs ?? 0) - (real[0]?.atMs ?? 0)
  const begun = model[0]?.atMs ?? 0
  const count = (all: readonly AskedAt[], line: string): number => all.filter(a => a.line === line).length
  return model.filter((a, i) => !/ NS /.test(a.line) || a.atMs - begun < last - 100 || count(model.slice(0, i + 1), a.line) <= count(real, a.line))
}

function closest(starts: readonly number[], faultsFrom: (first: number) => string[]): string[] {
  const all = starts.map(faultsFrom)
  return all.find(faults => faults.length === 0) ?? all[0] ?? []
}

function endFaults(observed: Observed, process: Process): string[] | undefined {
  if (observed.exit === undefined) return undefined
  process.untilEnd()
  const seconds = process.exit ? (process.exit.atMs - process.signalledAtMs) / 1000 : 0
  const off = observed.secondsAfterSignal === undefined ? 0 : Math.abs(observed.secondsAfterSignal - seconds)
  return [...differences('exit', process.exit?.code ?? null, observed.exit), ...(off > EXIT_SECONDS_OFF ? [`ends after ${seconds} for ${observed.secondsAfterSignal} s`] : [])]
}

const dateless = (text: string): string => text.replace(/Date: .*GMT/g, 'Date: now')

function httpText(status: number, body: string): string {
  const reason = status === 200 ? 'OK' : 'Service Unavailable'
  return `HTTP/1.1 ${status} ${reason}\nDate: now\nContent-Length: ${body.length}\nContent-Type: text/plain; charset=utf-8\n\n${body}`
}

function httpFaults(observed: Observed, process: Process): string[] | undefined {
  const both = observed['health+ready']
  const alone = observed.http ?? observed.ready
  if (both === undefined && alone === undefined && observed.health === undefined) return undefined
  const has = (name: string): boolean => !process.exit && process.has(name)
  const health = has('health') ? httpText(200, 'OK') : ''
  const ready = (): string => {
    if (!has('ready') || process.isClosing) return ''
    const { status, body, line } = readyAnswer(process.corefile, process.version, () => process.isSynced)
    if (line !== undefined) process.say(line)
    return httpText(status, body)
  }
  return [
    ...(both === undefined ? [] : differences('http', `${health}\n${ready()}`, dateless(both))),
    ...(alone === undefined ? [] : differences('ready', ready(), dateless(alone))),
    ...(observed.health === undefined ? [] : differences('health', has('health') ? 'OK' : '', observed.health)),
  ]
}

/** A tight loop fills its time; how often is the machine's business, and the model stops after a few. */
const STORM = 100
const MODEL_STORM = 5
const COUNT_OFF = 3

/** `duringQ1`, `during3sPause`: datagrams that met a closed port, action by action. */
function countFaults(observed: Observed, process: Process, row: Row): string[] | undefined {
  const named = Object.entries(observed).filter(([name]) => /^during/.test(name))
  if (named.length === 0) return undefined
  const counts = new Map<string, number>()
  let queries = 0
  for (const [i, action] of (row.state?.preamble ?? []).entries()) {
    const [from, to] = [process.marks[i]?.refused ?? 0, process.marks[i + 1]?.refused ?? process.upstreams.refused]
    const name = action['query'] ? `duringQ${++queries}` : `during${Number(action['sleepMs']) / 1000}sPause`
    counts.set(name, to - from)
  }
  return named.flatMap(([name, real]) => {
    const mine = counts.get(name) ?? 0
    const storms = Number(real) > STORM
    return (storms ? mine > MODEL_STORM : Math.abs(mine - Number(real)) <= COUNT_OFF) ? [] : [`${name}: ${mine} for ${String(real)}`]
  })
}

// The run of `npm run conform`: scenarios on the real program and on the model, what differs, how it comes together, and the smallest case of each kind.
import type { Verdict } from '../fidelity/verdict.ts'
import { explained, type Explained } from './explained.ts'
import { fieldsOf, fingerprint } from './fingerprint.ts'
import { JudgeThread, type Reached } from './judge-worker.ts'
import { Lanes, runScenario } from './run-scenario.ts'
import { casesIn, fixtureRow, rowsOf, type Scenario } from './scenario.ts'
import { shrink } from './shrink.ts'
import type { Ports } from './lane.ts'

export interface ConformOptions {
  /** The k-th scenario; undefined: none of that number is wanted. */
  readonly scenario: (nth: number) => Scenario | undefined
  /** Questions, or starts, to compare. */
  readonly cases: number
  /** Only this scenario. */
  readonly nth?: number | undefined
  /** Whether the branches that the cases reach are counted. */
  readonly coverage?: boolean
  /** Which fingerprints are made smaller; absent: the largest groups. */
  readonly shrinks?: (name: string) => boolean
  readonly ports: Ports
  readonly lanes: number
  readonly say: (line: string) => void
}

export interface Found {
  readonly scenario: Scenario
  /** Place of the first question that differs. */
  readonly row: number
  readonly verdict: Extract<Verdict, { kind: 'different' }>
  /** As they were seen, in the columns of the recordings. */
  readonly rows: readonly object[]
}

export interface Group {
  readonly name: string
  /** Its names before its cases were made smaller. */
  readonly called: readonly string[]
  readonly found: readonly Found[]
  readonly smallest: Found
}

export interface Report {
  readonly scenarios: number
  readonly cases: number
  readonly equal: number
  /** By reason. */
  readonly notModelled: ReadonlyMap<string, number>
  /** Differences with a known reason, and how many. */
  readonly explained: ReadonlyMap<Explained, number>
  /** Differed once, and not when run again by themselves: in what, and how many scenarios. */
  readonly passing: ReadonlyMap<string, number>
  readonly groups: readonly Group[]
  readonly reached: readonly Reached[]
}

/** Scenarios that differ beyond this many are counted and not looked into. */
const MOST_LOOKED_INTO = 400
const MOST_SHRUNK = 24
const SHRINK_LIMIT_MS = 120_000
/** A machine that runs few at once is on time. */
const QUIET_LANES = 6
const SHRINK_LANES = 16

export async function conform(options: ConformOptions): Promise<Report> {
  const judge = new JudgeThread(options.coverage === true)
  try {
    return await new Conform(options, judge).run()
  } finally {
    await judge.close()
  }
}

interface Judgement {
  readonly rows: readonly object[]
  readonly verdicts: readonly Verdict[]
}

class Conform {
  private readonly options: ConformOptions
  private readonly judge: JudgeThread
  private readonly lanes: Lanes
  private readonly quiet: Lanes
  private readonly shrinking: Lanes
  private scenarios = 0
  private cases = 0
  private equal = 0
  private readonly notModelled = new Map<string, number>()
  private readonly explained = new Map<Explained, number>()
  private readonly suspects: { readonly scenario: Scenario; readonly rows: number; readonly fields: string }[] = []

  constructor(options: ConformOptions, judge: JudgeThread) {
    this.options = options
    this.judge = judge
    this.lanes = new Lanes(options.lanes, options.ports)
    this.quiet = new Lanes(Math.min(QUIET_LANES, options.lanes), options.ports)
    this.shrinking = new Lanes(Math.min(SHRINK_LANES, options.lanes), options.ports)
  }

  async run(): Promise<Report> {
    const began = performance.now()
    const running = new Set<Promise<void>>()
    let planned = 0
    for (let k = this.options.nth ?? 0; planned < this.options.cases; k++) {
      const scenario = this.options.scenario(k)
      if (scenario) {
        planned += casesIn(scenario)
        const one: Promise<void> = this.first(scenario).finally(() => running.delete(one))
        running.add(one)
        if (running.size >= this.lanes.count * 2) await Promise.race(running)
      }
      if (k % 1000 === 999) this.options.say(`${this.cases} cases, ${this.equal} equal, ${this.suspects.length} scenarios to look into, ${seconds(began)} s`)
      if (this.options.nth !== undefined) break
    }
    await Promise.all(running)
    const { found, passing } = await this.again()
    const groups = await this.grouped(found)
    const reached = this.options.coverage ? await this.judge.reached() : []
    return { scenarios: this.scenarios, cases: this.cases, equal: this.equal, notModelled: this.notModelled, explained: this.explained, passing, groups, reached }
  }

  private async first(scenario: Scenario): Promise<void> {
    const { verdicts } = await this.verdicts(scenario, this.lanes)
    this.scenarios++
    this.cases += verdicts.length
    for (const verdict of verdicts) {
      if (verdict.kind === 'equal') this.equal++
      if (verdict.kind === 'not modelled') addTo(this.notModelled, verdict.why)
    }
    const different = verdicts.filter(verdict => verdict.kind === 'different').filter(verdict => !this.isExplained(scenario, verdict))
    if (different[0]) this.suspects.push({ scenario, rows: different.length, fields: fieldsOf(different[0]).join(', ') })
  }

  private isExplained(scenario: Scenario, verdict: Verdict): boolean {
    const reason = explained(scenario, verdict)
    if (reason) addTo(this.explained, reason)
    return reason !== undefined
  }

  /** A server that did not start is one difference: cases are meant to be valid. */
  private async verdicts(scenario: Scenario, lanes: Lanes): Promise<Judgement> {
    const outcome = await lanes.in(lane => runScenario(scenario, lane))
    if (outcome.kind === 'refused') return { rows: [], verdicts: [{ kind: 'different', what: [`start: refused, exit ${outcome.exit}: ${outcome.stderr.join(' | ')}`] }] }
    const fixture = fixtureRow(scenario)
    const rows = [...rowsOf(scenario, outcome.ran), ...fixture ? [fixture] : []]
    return { rows, verdicts: await this.judge.judge(rows) }
  }

  /** What differed is run again where nothing else runs; only what differs there too counts. */
  private async again(): Promise<{ readonly found: readonly Found[]; readonly passing: ReadonlyMap<string, number> }> {
    const passing = new Map<string, number>()
    if (this.suspects.length > 0) this.options.say(`${this.suspects.length} scenarios are run again, ${this.quiet.count} at a time`)
    const all = await Promise.all(this.suspects.slice(0, MOST_LOOKED_INTO).map(async ({ scenario, rows, fields }): Promise<Found[]> => {
      const { rows: seen, verdicts } = await this.verdicts(scenario, this.quiet)
      const row = verdicts.findIndex(v => v.kind === 'different' && explained(scenario, v) === undefined)
      const verdict = verdicts[row]
      if (verdict?.kind === 'different') return [{ scenario, row, verdict, rows: seen }]
      addTo(passing, fields)
      this.equal += rows
      return []
    }))
    return { found: all.flat(), passing }
  }

  private async grouped(found: readonly Found[]): Promise<readonly Group[]> {
    const groups = Map.groupBy(found, f => fingerprint(f.scenario, f.verdict))
    const largestFirst = [...groups].sort(([, a], [, b]) => b.length - a.length)
    const until = performance.now() + SHRINK_LIMIT_MS
    const shrunk = await Promise.all(largestFirst.map(async ([called, members], i): Promise<Group> => {
      const first = smallestOf(members)
      const isWanted = this.options.shrinks?.(called) ?? i < MOST_SHRUNK
      const smallest = isWanted ? await this.shrunk(first, until) : first
      return { name: fingerprint(smallest.scenario, smallest.verdict), called: [called], found: members, smallest }
    }))
    const byName = Map.groupBy(shrunk, g => g.name)
    return [...byName].map(([name, same]): Group => ({
      name, called: same.flatMap(g => g.called), found: same.flatMap(g => g.found), smallest: smallestOf(same.map(g => g.smallest)),
    }))
      .sort((a, b) => b.found.length - a.found.length)
  }

  private async shrunk(found: Found, untilMs: number): Promise<Found> {
    const fields = fieldsOf(found.verdict).join()
    const untilIt: Scenario = { ...found.scenario, steps: found.scenario.steps.slice(0, stepOf(found) + 1) }
    const lastOf = async (candidate: Scenario): Promise<Verdict | undefined> => (await this.verdicts(candidate, this.shrinking)).verdicts.at(-1)
    const scenario = await shrink(untilIt, async candidate => {
      if (performance.now() > untilMs) return false
      const last = await lastOf(candidate)
      return last?.kind === 'different' && fieldsOf(last).join() === fields
    })
    const { rows, verdicts } = await this.verdicts(scenario, this.shrinking)
    const last = verdicts.at(-1)
    return last?.kind === 'different' ? { scenario, row: casesIn(scenario) - 1, verdict: last, rows } : found
  }
}

/** Place of the question among the steps. */
function stepOf({ scenario, row }: Found): number {
  if (scenario.part === 'start') return -1
  let left = row
  return scenario.steps.findIndex(step => 'query' in step && left-- === 0)
}

const seconds = (began: number): string => ((performance.now() - began) / 1000).toFixed(0)

const addTo = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

const smallestOf = (all: readonly Found[]): Found => all.reduce((a, b) => (size(b) < size(a) ? b : a))

const size = ({ scenario }: Found): number => scenario.steps.length + (scenario.lines?.length ?? 0) + scenario.blocks.reduce((sum, b) => sum + b.directives.length, 0)

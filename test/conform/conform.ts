// The run of `npm run conform`: scenarios on the real program and on the model, what differs, how it comes together, and the smallest case of each kind.
import type { Verdict } from '../fidelity/verdict.ts'
import { fieldsOf, fingerprint } from './fingerprint.ts'
import { generate } from './generate.ts'
import { JudgeThread } from './judge-worker.ts'
import { Lanes, runScenario } from './run-scenario.ts'
import { rowsOf, type Scenario } from './scenario.ts'
import { shrink } from './shrink.ts'
import type { Ports } from './lane.ts'

export interface ConformOptions {
  readonly seed: number
  /** Questions to compare. */
  readonly cases: number
  /** Releases to take turns. */
  readonly releases: readonly string[]
  readonly plugins?: readonly string[] | undefined
  /** Only this scenario. */
  readonly nth?: number | undefined
  readonly ports: Ports
  readonly lanes: number
  readonly say: (line: string) => void
}

export interface Found {
  readonly scenario: Scenario
  /** Place of the first question that differs. */
  readonly row: number
  readonly verdict: Extract<Verdict, { kind: 'different' }>
}

export interface Group {
  readonly name: string
  readonly found: readonly Found[]
  readonly smallest: Found
}

export interface Report {
  readonly scenarios: number
  readonly cases: number
  readonly equal: number
  /** By reason. */
  readonly notModelled: ReadonlyMap<string, number>
  /** Differed once, and not when run again by themselves: in what, and how many scenarios. */
  readonly passing: ReadonlyMap<string, number>
  readonly groups: readonly Group[]
}

/** Scenarios that differ beyond this many are counted and not looked into. */
const MOST_LOOKED_INTO = 400
const MOST_SHRUNK = 16
/** A machine that runs few at once is on time. */
const QUIET_LANES = 6

export async function conform(options: ConformOptions): Promise<Report> {
  const judge = new JudgeThread()
  try {
    return await new Conform(options, judge).run()
  } finally {
    await judge.close()
  }
}

class Conform {
  private readonly options: ConformOptions
  private readonly judge: JudgeThread
  private readonly lanes: Lanes
  private readonly quiet: Lanes
  private scenarios = 0
  private cases = 0
  private equal = 0
  private readonly notModelled = new Map<string, number>()
  private readonly suspects: { readonly scenario: Scenario; readonly rows: number; readonly fields: string }[] = []

  constructor(options: ConformOptions, judge: JudgeThread) {
    this.options = options
    this.judge = judge
    this.lanes = new Lanes(options.lanes, options.ports)
    this.quiet = new Lanes(Math.min(QUIET_LANES, options.lanes), options.ports)
  }

  async run(): Promise<Report> {
    const began = performance.now()
    const running = new Set<Promise<void>>()
    let planned = 0
    for (let k = this.options.nth ?? 0; planned < this.options.cases; k++) {
      const { releases } = this.options
      const scenario = generate(this.options.seed, k, releases[k % releases.length] as string, this.options.plugins)
      planned += questionsIn(scenario)
      const one: Promise<void> = this.first(scenario).finally(() => running.delete(one))
      running.add(one)
      if (running.size >= this.lanes.count * 2) await Promise.race(running)
      if (k % 500 === 499) this.options.say(`${this.cases} cases, ${this.equal} equal, ${this.suspects.length} scenarios to look into, ${((performance.now() - began) / 1000).toFixed(0)} s`)
      if (this.options.nth !== undefined) break
    }
    await Promise.all(running)
    this.options.say(`${this.cases} cases in ${((performance.now() - began) / 1000).toFixed(0)} s`)
    const { found, passing } = await this.again()
    return { scenarios: this.scenarios, cases: this.cases, equal: this.equal, notModelled: this.notModelled, passing, groups: await this.grouped(found) }
  }

  private async first(scenario: Scenario): Promise<void> {
    const verdicts = await this.verdicts(scenario, this.lanes)
    this.scenarios++
    this.cases += verdicts.length
    for (const verdict of verdicts) {
      if (verdict.kind === 'equal') this.equal++
      if (verdict.kind === 'not modelled') this.notModelled.set(verdict.why, (this.notModelled.get(verdict.why) ?? 0) + 1)
    }
    const different = verdicts.filter(v => v.kind === 'different')
    if (different[0]) this.suspects.push({ scenario, rows: different.length, fields: fieldsOf(different[0]).join(', ') })
  }

  /** A server that did not start is one difference: cases are meant to be valid. */
  private async verdicts(scenario: Scenario, lanes: Lanes): Promise<readonly Verdict[]> {
    const outcome = await lanes.in(lane => runScenario(scenario, lane))
    if (outcome.kind === 'ran') return this.judge.judge(rowsOf(scenario, outcome.ran))
    return [{ kind: 'different', what: [`start: refused, exit ${outcome.exit}: ${outcome.stderr.join(' | ')}`] }]
  }

  /** What differed is run again where nothing else runs; only what differs there too counts. */
  private async again(): Promise<{ readonly found: readonly Found[]; readonly passing: ReadonlyMap<string, number> }> {
    const passing = new Map<string, number>()
    if (this.suspects.length > 0) this.options.say(`${this.suspects.length} scenarios are run again, ${this.quiet.count} at a time`)
    const all = await Promise.all(this.suspects.slice(0, MOST_LOOKED_INTO).map(async ({ scenario, rows, fields }): Promise<Found[]> => {
      const verdicts = await this.verdicts(scenario, this.quiet)
      const row = verdicts.findIndex(v => v.kind === 'different')
      const verdict = verdicts[row]
      if (verdict?.kind === 'different') return [{ scenario, row, verdict }]
      passing.set(fields, (passing.get(fields) ?? 0) + 1)
      this.equal += rows
      return []
    }))
    return { found: all.flat(), passing }
  }

  private async grouped(found: readonly Found[]): Promise<readonly Group[]> {
    const groups = Map.groupBy(found, f => fingerprint(f.scenario, f.verdict))
    const largestFirst = [...groups].sort(([, a], [, b]) => b.length - a.length)
    const shrunk = await Promise.all(largestFirst.map(async ([, members], i): Promise<Group> => {
      const first = smallestOf(members)
      const smallest = i < MOST_SHRUNK ? await this.shrunk(first) : first
      return { name: fingerprint(smallest.scenario, smallest.verdict), found: members, smallest }
    }))
    const byName = Map.groupBy(shrunk, g => g.name)
    return [...byName].map(([name, same]): Group => ({ name, found: same.flatMap(g => g.found), smallest: smallestOf(same.map(g => g.smallest)) }))
      .sort((a, b) => b.found.length - a.found.length)
  }

  private async shrunk(found: Found): Promise<Found> {
    const fields = fieldsOf(found.verdict).join()
    const untilIt: Scenario = { ...found.scenario, steps: found.scenario.steps.slice(0, stepOf(found) + 1) }
    const lastOf = async (candidate: Scenario): Promise<Verdict | undefined> => (await this.verdicts(candidate, this.quiet)).at(-1)
    const scenario = await shrink(untilIt, async candidate => {
      const last = await lastOf(candidate)
      return last?.kind === 'different' && fieldsOf(last).join() === fields
    })
    const last = await lastOf(scenario)
    return { scenario, row: questionsIn(scenario) - 1, verdict: last?.kind === 'different' ? last : found.verdict }
  }
}

/** Place of the question among the steps. */
function stepOf({ scenario, row }: Found): number {
  let left = row
  return scenario.steps.findIndex(step => 'query' in step && left-- === 0)
}

const questionsIn = (scenario: Scenario): number => scenario.steps.filter(step => 'query' in step).length

const smallestOf = (all: readonly Found[]): Found => all.reduce((a, b) => (size(b) < size(a) ? b : a))

const size = ({ scenario }: Found): number => scenario.steps.length + scenario.blocks.reduce((sum, b) => sum + b.directives.length, 0)

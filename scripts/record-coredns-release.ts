// Records what CoreDNS of one more release does in scenarios that are recorded of others, in the columns of coredns.jsonl.gz:
//   node scripts/record-coredns-release.ts VERSION OUT.jsonl ROWS… (root, in a network of its own; the binary is that of scripts/build-coredns.sh)
// A scenario is taken from the newest recorded release that is not newer. Left out: scenarios that need arguments, raw packets, signals, other
// processes or IPv6.
import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { since, type CorednsVersion } from '../src/hops/coredns/plugin.ts'
import { pauseMsOf, type Action, type Observed, type Row, type RowQuery, type Script } from '../test/fidelity/coredns-replay-rows.ts'
import { readRows } from '../test/fidelity/rows.ts'
import { binaryOf, CorednsProcess } from '../test/conform/coredns-process.ts'
import { ask } from '../test/conform/dns-client.ts'
import { Lane, OWN_NETWORK } from '../test/conform/lane.ts'
import { LiveUpstreams } from '../test/conform/live-upstreams.ts'
import { enterOwnNetwork, isInOwnNetwork } from '../test/conform/own-network.ts'

/** The addresses of the rows as they are. */
class Home extends Lane {
  override real = (address: string): string => address
  override placed = (text: string): string => text
  override written = (text: string): string => text
}

const HOME = new Home(0, OWN_NETWORK)
const ACTIONS = new Set(['query', 'sleepMs', 'upstream', 'writeFile', 'deleteFile'])
const LOGGED = /^\[(?:INFO|ERROR|WARNING|DEBUG)\]/
/** The name by which `loop` looks for itself, at a time of its own. */
const LOOP_PROBE = /\bHINFO\b.*?\b\d{10,}\.\d{10,}\.|\b\d{10,}\.\d{10,}\.\S* HINFO\b/

const versionOf = (text: string): CorednsVersion => text.split('.').map(Number) as unknown as CorednsVersion
const preambleOf = (row: Row): readonly Action[] => row.state?.preamble ?? []
const isSixth = (query: Partial<RowQuery> | undefined): boolean => [query?.to, query?.from].some(address => address?.includes(':'))

function canBeRun(scenario: readonly Row[]): boolean {
  const steps = scenario.flatMap(preambleOf)
  const queries = [...scenario.map(row => row.query ?? undefined), ...steps.map(step => step['query'] as RowQuery | undefined)]
  const [first] = scenario as readonly [Row, ...Row[]]
  return first.corefile !== null && !first.plugins && (first.args ?? []).length === 0 && steps.every(step => Object.keys(step).every(key => ACTIONS.has(key)))
    && queries.every(query => query?.rawHex === undefined && !isSixth(query))
}

/** Of the rows of a scenario, those of the newest release up to `version`, or the oldest of all. */
function rowsFor(scenario: readonly Row[], version: string): readonly Row[] {
  const releases = [...new Set(scenario.map(row => row.version))].sort((a, b) => (since(versionOf(a), ...versionOf(b)) ? 1 : -1))
  const from = releases.findLast(one => since(versionOf(version), ...versionOf(one))) ?? releases[0]
  return scenario.filter(row => row.version === from)
}

class Recording {
  private readonly version: string
  private readonly rows: readonly Row[]
  private readonly upstreams: LiveUpstreams
  private readonly server: CorednsProcess
  private asked = 0

  constructor(version: string, rows: readonly Row[]) {
    const [first] = rows as readonly [Row, ...Row[]]
    this.version = version
    this.rows = rows
    this.upstreams = new LiveUpstreams(first.upstreamScript ?? {}, HOME)
    this.server = new CorednsProcess([binaryOf(version), '-conf', 'Corefile'], { ...first.files, Corefile: first.corefile ?? '' }, first.env ?? {})
  }

  async run(put: (row: Row, observed: Observed) => void): Promise<void> {
    const scripts = [...this.rows.map(row => row.upstreamScript ?? {}), ...this.rows.flatMap(preambleOf).map(step => (step['upstream'] ?? {}) as Script)]
    await this.upstreams.open([...new Set(scripts.flatMap(script => Object.keys(script)))].filter(address => !address.includes(':')))
    try {
      const started = await this.server.started
      await wait(this.pauseMs)
      const start = this.rows.find(row => row.query === null && row.observed.stdout !== undefined)
      const home = (lines: readonly string[]): string[] => lines.map(line => line.replaceAll(this.server.folder, '<CWD>'))
      if (start) put(start, { started, exit: this.server.exit, stdout: home(this.server.stdout), stderr: home(this.server.stderr) })
      if (started) await this.askAll(put)
    } finally {
      await this.server.stop()
      this.upstreams.close()
    }
  }

  private get pauseMs(): number {
    return pauseMsOf(this.rows[0] as Row)
  }

  private async askAll(put: (row: Row, observed: Observed) => void): Promise<void> {
    let done = 0
    for (const row of this.rows) {
      if (!row.query) continue
      const steps = preambleOf(row)
      for (const step of steps.slice(done)) await this.act(step)
      done = steps.length + 1
      const [lines, questions] = [this.server.stdout.length, this.upstreams.asked.length]
      const observed = await this.ask(row.query)
      put(row, {
        ...observed, log: this.server.stdout.slice(lines).filter(line => LOGGED.test(line) && !LOOP_PROBE.test(line)),
        upstreamAsked: this.upstreams.asked.slice(questions).filter(({ type, name }) => !LOOP_PROBE.test(`${type} ${name}`)),
      })
    }
  }

  private async ask(query: RowQuery): Promise<Observed> {
    const { observed, close } = await ask(query, ++this.asked, HOME)
    await wait(this.pauseMs)
    return { ...observed, ...close() }
  }

  private async act(step: Action): Promise<void> {
    if (step['query']) await this.ask(step['query'] as RowQuery)
    else if (typeof step['sleepMs'] === 'number') await wait(step['sleepMs'])
    else if (step['upstream']) this.upstreams.script = { ...this.upstreams.script, ...step['upstream'] as Script }
    else if (step['deleteFile']) rmSync(join(this.server.folder, String(step['deleteFile'])), { force: true })
    else for (const [path, text] of Object.entries((step['writeFile'] ?? {}) as Record<string, string>)) this.server.write(path, text)
  }
}

async function main(): Promise<number> {
  const [version, out, ...files] = process.argv.slice(2)
  if (version === undefined || out === undefined || files.length === 0) {
    console.error('usage: node scripts/record-coredns-release.ts VERSION OUT.jsonl ROWS…')
    return 2
  }
  if (!isInOwnNetwork()) return enterOwnNetwork() ?? 1
  writeFileSync(out, '')
  for (const file of files) {
    const scenarios = Map.groupBy(readRows(file) as unknown as readonly Row[], row => row.id.split('/')[0])
    for (const scenario of scenarios.values()) {
      const rows = rowsFor(scenario, version)
      if (!canBeRun(rows)) continue
      await new Recording(version, rows).run((row, observed) => appendFileSync(out, `${JSON.stringify({ ...row, version, observed })}\n`))
    }
  }
  return 0
}

process.exit(await main())

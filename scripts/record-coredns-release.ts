// Records what CoreDNS of one more release does in scenarios that are recorded of others, in the columns of coredns.jsonl.gz:
//   node scripts/record-coredns-release.ts VERSION OUT.jsonl ROWS… (root, in a network of its own; the binary is that of scripts/build-coredns.sh)
// A scenario is taken from the newest recorded release that is not newer. Left out: scenarios that need arguments, raw packets, signals, other
// processes or IPv6.
import { appendFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { since } from '../src/hops/coredns/plugin.ts'
import { pauseMsOf, type Action, type Observed, type Row, type RowQuery, type Script } from '../test/fidelity/coredns-replay-rows.ts'
import { readRows } from '../test/fidelity/rows.ts'
import { binaryOf, CorednsProcess } from '../test/conform/coredns-process.ts'
import { versionOf } from '../test/conform/generate.ts'
import { HOME } from '../test/conform/lane.ts'
import { LiveServer, type ServerStep } from '../test/conform/live-server.ts'
import { LiveUpstreams } from '../test/conform/live-upstreams.ts'
import { enterOwnNetwork, isInOwnNetwork } from '../test/conform/own-network.ts'

const ACTIONS = new Set(['query', 'sleepMs', 'upstream', 'writeFile', 'deleteFile'])

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
      const pauseMs = pauseMsOf(this.rows[0] as Row)
      await wait(pauseMs)
      const start = this.rows.find(row => row.query === null && row.observed.stdout !== undefined)
      if (start) put(start, this.server.startSeen(started))
      if (started) await this.askAll(pauseMs, put)
    } finally {
      await this.server.stop()
      this.upstreams.close()
    }
  }

  private async askAll(pauseMs: number, put: (row: Row, observed: Observed) => void): Promise<void> {
    const live = new LiveServer(this.server, this.upstreams, HOME, pauseMs)
    let done = 0
    let asked = 0
    for (const row of this.rows) {
      if (!row.query) continue
      const steps = preambleOf(row)
      for (const step of steps.slice(done)) {
        if (step['query']) await live.ask(step['query'] as RowQuery, ++asked)
        else await live.act(step as unknown as ServerStep)
      }
      done = steps.length + 1
      live.mark()
      put(row, await live.observe(row.query, ++asked))
    }
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

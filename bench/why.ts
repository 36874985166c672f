// `whydns why` as a whole process, start included, on the recorded incident and on the incident with a CoreDNS log of 1 M lines:
// wall time against an empty Node process in the same run, and peak memory. Then what the explorer did, in counts that no machine changes.
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { explainLookup } from '../src/diagnosis/explain.ts'
import { lookupOf, openSession } from '../src/diagnosis/session.ts'

const ROUNDS = 5
const LINES = 1_000_000
const NAME = 'a.corp-example.com'
const PLACE = 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'
const LOG = 'logs/kube-system/coredns-edge-bz9bq.log'
// The child says its own peak: kilobytes on descriptor 3.
const REPORT = 'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))'

interface Run { readonly ms: number, readonly peakMb: number }

function run(args: readonly string[]): Run {
  const start = performance.now()
  const child = spawnSync(process.execPath, ['--import', REPORT, ...args], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  return { ms: performance.now() - start, peakMb: Number(child.output[3]?.toString() ?? 0) / 1024 }
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] as number

const big = mkdtempSync(join(tmpdir(), 'whydns-bench-'))
cpSync('examples/incident', big, { recursive: true })
const lines = readFileSync(join(big, LOG), 'utf8').split('\n').filter(line => line.includes(' IN '))
for (let written = lines.length; written < LINES; written += lines.length) appendFileSync(join(big, LOG), `${lines.join('\n')}\n`)

const why = (bundle: string): string[] => ['bin/whydns', 'why', NAME, '--bundle', bundle, '--from', PLACE, '-o', 'json']
const jobs: Readonly<Record<string, readonly string[]>> = { 'node alone': ['-e', '0'], 'why, incident': why('examples/incident'), 'why, 1 M log lines': why(big) }
const runs = new Map<string, Run[]>()
for (let round = 0; round < ROUNDS; round++) for (const [name, args] of Object.entries(jobs)) runs.set(name, [...(runs.get(name) ?? []), run(args)])
const base = median((runs.get('node alone') ?? []).map(r => r.ms))
for (const [name, all] of runs) {
  const ms = median(all.map(r => r.ms))
  console.log(`${name.padEnd(20)} ${ms.toFixed(0).padStart(6)} ms  ${(ms / base).toFixed(1).padStart(6)} × node alone  peak ${Math.max(...all.map(r => r.peakMb)).toFixed(0)} MB`)
}
rmSync(big, { recursive: true })

const session = openSession(await loadBundle('examples/incident'), NAME)
const times: number[] = []
let counts = { paths: 0, entries: 0 }
for (let round = 0; round < 20; round++) {
  const start = performance.now()
  const { explored } = explainLookup(lookupOf(session, PLACE, NAME, 'unspec', false))
  times.push(performance.now() - start)
  counts = explored
}
console.log(`one lookup explored   ${counts.paths} paths for ${counts.entries} distinct questions: ${(counts.paths / counts.entries).toFixed(1)} each; ${median(times).toFixed(1)} ms after start`)

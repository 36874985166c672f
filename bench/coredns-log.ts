// Reading CoreDNS logs: 1,000,000 lines in chunks of 64 KiB, beside a pass over the same chunks that only counts lines. Runs alternate, the
// ratio of
// the medians is what counts: absolute times vary by machine.   node bench/coredns-log.ts [lines]
import { performance } from 'node:perf_hooks'
import { corednsLogReader } from '../src/evidence/coredns-log.ts'

const LINES = Number(process.argv[2] ?? 1_000_000)
const CHUNK = 65_536
const ROUNDS = 5

/** A linear congruential generator: the same log every time. */
let state = 7
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state % below
}

const WANTED = 'a.corp-example.com.'
const SUFFIXES = ['alpha01.svc.cluster.local.', 'svc.cluster.local.', 'cluster.local.', '']

function makeChunks(): string[] {
  const chunks: string[] = []
  let text = ''
  for (let n = 0, atMs = Date.UTC(2026, 10, 25, 23); n < LINES; n++) {
    atMs += random(3)
    const name = random(50) === 0 ? WANTED : `api-${random(1200)}.example.net.${SUFFIXES[random(4)]}`
    const local = name.endsWith('local.')
    const result = local ? 'NXDOMAIN qr,aa,rd 155' : random(3) === 0 ? 'NXDOMAIN qr,rd,ra 126' : 'NOERROR qr,aa,rd,ra 70'
    text += `${new Date(atMs).toISOString().replace('Z', '123456Z')} [INFO] `
      + `172.17.${random(4)}.${random(250)}:${32_768 + random(28_000)} - ${random(65_536)} `
      + `"${random(2) === 0 ? 'A' : 'AAAA'} IN ${name} udp ${30 + random(40)} false 1232" ${result} 0.000${100_000 + random(800_000)}s\n`
    if (text.length >= CHUNK) {
      chunks.push(text.slice(0, CHUNK))
      text = text.slice(CHUNK)
    }
  }
  chunks.push(text)
  // As a file would come: each chunk one flat string of its own.
  return chunks.map(chunk => Buffer.from(chunk, 'latin1').toString('latin1'))
}

function countLines(chunks: readonly string[]): number {
  let lines = 0
  for (const chunk of chunks) for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) lines++
  return lines
}

function readLines(chunks: readonly string[], accepts: ((name: string) => boolean) | undefined): number {
  let kept = 0
  const reader = corednsLogReader({ file: 'coredns.log', place: undefined, ...(accepts && { accepts }), limit: Infinity }, () => { kept++ })
  for (const chunk of chunks) reader.push(chunk)
  const { lines, problems } = reader.end()
  if (lines !== LINES || problems.length > 0) throw new Error(`read ${lines} lines with ${problems.length} problems`)
  return kept
}

const chunks = makeChunks()
const jobs: Record<string, () => number> = {
  'count lines': () => countLines(chunks),
  'read, one name kept': () => readLines(chunks, name => name === WANTED),
  'read, all kept': () => readLines(chunks, undefined),
}
const times: Record<string, number[]> = {}
let peak = 0
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, job] of Object.entries(jobs)) {
    const start = performance.now()
    job()
    ;(times[name] ??= []).push(performance.now() - start)
    peak = Math.max(peak, process.memoryUsage().rss)
  }
}
const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] as number
const base = median(times['count lines'] as number[])
for (const [name, all] of Object.entries(times)) {
  const ms = median(all)
  console.log(`${name.padEnd(20)} ${ms.toFixed(0).padStart(6)} ms  ${(LINES / ms / 1000).toFixed(2).padStart(6)} M lines/s  ratio `
    + `${(ms / base).toFixed(1)}`)
}
console.log(`input ${(chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 1e6).toFixed(0)} MB, peak memory `
  + `${(peak / 1e6).toFixed(0)} MB`)

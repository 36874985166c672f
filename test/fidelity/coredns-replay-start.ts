// Rows of a start: what was printed, the exit code, and what the process did on its own in the seconds the recorder watched.
import type { Start } from '../../src/hops/coredns/start.ts'
import { askedDifferences, askedOf, differences, logLines, realAsked, stripped } from './coredns-replay-compare.ts'
import type { Process } from './coredns-replay-process.ts'
import { isNodeCacheWait, nodeCacheLines } from './node-cache-replay.ts'
import type { Observed, Row } from './coredns-replay-rows.ts'

/** A minute is longer than anybody watched. */
const WATCH_STEP_MS = 250
const WATCH_LIMIT_MS = 40_000

const RELEASE_LINE = /^CoreDNS-\d/

/** client-go asks again after random times. */
const isRetry = (line: string): boolean => /^\[(INFO|ERROR)\] plugin\/kubernetes: (\S*reflector\.go|Failed to watch(: |$))/.test(line)

/** The Go release and the processors are the recorder's, the directory is one of its own. */
const plainLine = (line: string): string => stripped(line)
  .replace(/^linux\/amd64, go.*$/, 'linux/amd64, go, ').replace(/GOMAXPROCS=\d+/, 'GOMAXPROCS=2').replace(/( with ID )[0-9a-f-]{36}$/, '$1').replaceAll('<CWD>', '').replace(/\r$/, '')

/** What `sign` does beside the start: with times and names of its own, and before or behind the banner. */
const isAside = (line: string): boolean => /^\[(INFO|WARNING)\] plugin\/sign: /.test(line)

/** Of a panic its words; then come addresses and paths of the build. */
function withoutTrace(lines: readonly string[]): readonly string[] {
  const trace = lines.findIndex(line => /^goroutine \d+/.test(line))
  return trace < 0 ? lines : lines.slice(0, trace).filter(line => line !== '')
}

/** Sockets come in any order, and so do the lines of their zones. */
function inOneOrder(lines: readonly string[]): string[] {
  const release = lines.findIndex(l => RELEASE_LINE.test(l))
  const end = release < 0 ? lines.length : release
  const isZone = (line: string): boolean => /^\S+:\d+( on \S+)?$/.test(line) || line.startsWith('Warning: Domain ')
  const head = lines.slice(0, end)
  return [...head.filter(l => !isZone(l)), ...head.filter(isZone).sort(), ...lines.slice(end)]
}

export function startFaults(row: Row, process: Process): string[] {
  const { observed } = row
  const { start } = process
  if (start.end === 'endless') return observed.exit === null && observed.started === false ? [] : [`endless, for ${JSON.stringify(observed.stderr)}`]
  const lines = (of: readonly string[]): readonly string[] => (row.program === 'node-cache' ? nodeCacheLines(of.map(plainLine)) : of.map(plainLine))
  const stderr = differences('stderr', lines(start.stderr), lines(withoutTrace(observed.stderr ?? [])))
  const out = stdoutFaults(start, observed, process)
  const exit = start.end === 'serving' ? process.exit?.code ?? null : start.end
  return [...stderr, ...out, ...differences('exit', exit, observed.exit ?? null), ...startedFaults(start, row)]
}

/** Whether it got so far is told by the banner, which `-quiet` drops, and which a process that ends at once may not have written. */
function startedFaults(start: Start, { observed, args }: Row): string[] {
  if (observed.started === undefined || observed.exit !== null || args?.includes('-quiet')) return []
  return differences('started', start.end === 'serving', observed.started)
}

/** Words of imported files are hashed with the recorder's own directory. */
function withoutHash(process: Process): (line: string) => string {
  const imports = process.corefile.blocks.some(b => b.uses?.some(use => use.words.some(word => word.path !== '' && word.path !== 'Corefile')))
  return imports ? line => line.replace(/(SHA512|MD5) = [0-9a-f]+$/, '$1 = ') : line => line
}

function stdoutFaults(start: Start, observed: Observed, process: Process): string[] {
  const plain = withoutHash(process)
  const real = inOneOrder((observed.stdout ?? []).map(line => plain(plainLine(line))).filter(l => !isRetry(l) && !isNodeCacheWait(l) && !isAside(l)))
  const all = inOneOrder(start.stdout.map(line => plain(plainLine(line))))
  // A panic beside the start comes before or after any of its lines.
  const own = start.end === 2 ? all.slice(0, real.length) : all
  const head = differences('stdout', own, real.slice(0, own.length))
  if (start.end === 2) return head
  const later = real.slice(own.length)
  if (head.length > 0 || later.length === 0) return real.length < own.length ? differences('stdout', own, real) : head
  watch(process, () => logLines(process.notesSince(0)).length >= later.length)
  return differences('later', logLines(process.notesSince(0)).slice(0, later.length).sort(), later.toSorted())
}

function watch(process: Process, enough: () => boolean): void {
  for (let ms = 0; ms < WATCH_LIMIT_MS && !enough() && !process.exit; ms += WATCH_STEP_MS) process.pass(WATCH_STEP_MS)
}

/** A row of nothing but what upstreams were asked since the start: as much of it as the recorder saw. */
export function askedSinceStart(observed: Observed, process: Process): string[] {
  const real = (observed.upstreamAsked ?? []).map(realAsked)
  const asked = (): ReturnType<typeof askedOf> => askedOf(process.notesSince(0), label => process.upstreams.isSeen(label), true)
  watch(process, () => asked().length >= real.length)
  return askedDifferences(asked().slice(0, real.length), real)
}

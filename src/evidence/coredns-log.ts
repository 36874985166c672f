// CoreDNS' log → observations: query lines (coredns-query-line.ts), errors and events (coredns-event-line.ts). Logs are read as the program
// prints them, as `kubectl logs [--timestamps] [--prefix]` does, and as the container runtime keeps them (CRI, Docker's JSON,
// `-log-format=json`). The reader takes chunks and hands observations on: a log of any length is read in bounded memory. Unreadable lines
// are counted, one Problem a kind.
import type { Problem, Read, Source } from '../chain/source.ts'
import { lineSource } from '../chain/source.ts'
import type { ServerError, ServerEvent, ServedQuery } from './observation.ts'
import { errorLine, eventLine, isChatter, isTagged, zoneLine } from './coredns-event-line.ts'
import { questionSpan, queryLine } from './coredns-query-line.ts'
import { LINE_LIMIT, detached } from './lines.ts'
import { lineFeed, type FedLine } from './line-feed.ts'
import { problemTally, type ProblemTally } from './problem-tally.ts'
import { lineStamp } from './time-stamp.ts'

export type CorednsLogEntry = ServedQuery | ServerError | ServerEvent

export interface CorednsLogSettings {
  readonly file: string
  readonly place: string | undefined
  /** Which names to keep (query and error lines, name as logged); default all. Lines of other names are counted only. */
  readonly accepts?: (name: string) => boolean
  /** At most so many observations are handed on; the rest is counted and said. */
  readonly limit?: number
  /** A time near by (when the log was taken), for stamps without a year. */
  readonly nearMs?: number
}

export interface CorednsLogSummary {
  readonly lines: number
  /** Query lines, kept or not. */
  readonly queries: number
  readonly kept: number
  readonly problems: readonly Problem[]
}

export interface CorednsLogReader {
  /** Any piece of the log; a line may be cut between two pieces. */
  push(chunk: string): void
  /** Reads the last line, if it has no end, and sums up. */
  end(): CorednsLogSummary
}

const DEFAULT_LIMIT = 4_000_000
/** Of one kind of event: a pod that waits for its API for a day prints the same line 170,000 times. */
const EVENT_LIMIT = 1000
const TEXT_LIMIT = 1000
const OPEN_BRACE = 123

/** What reading one log goes by, and what it has counted so far. */
interface Reading {
  readonly settings: CorednsLogSettings
  readonly tally: ProblemTally
  readonly eventCounts: Map<string, number>
  readonly hand: (seen: CorednsLogEntry) => void
  queries: number
}

export function corednsLogReader(settings: CorednsLogSettings, onObservation: (seen: CorednsLogEntry) => void): CorednsLogReader {
  const limit = settings.limit ?? DEFAULT_LIMIT
  const tally = problemTally()
  let kept = 0
  const hand = (seen: CorednsLogEntry): void => {
    if (kept < limit) {
      kept++
      onObservation(seen)
    } else tally.add('log-limit', 'ignored', 'more observations than the limit: not kept', seen.source)
  }
  const reading: Reading = { settings, tally, eventCounts: new Map(), hand, queries: 0 }
  const feed = lineFeed(line => readLine(reading, line))
  return {
    push: feed.push,
    end: () => {
      const lines = feed.end()
      return { lines, queries: reading.queries, kept, problems: tally.list() }
    },
  }
}

function readLine(reading: Reading, { text, start, end, quote, number, offset, dropped }: FedLine): void {
  const sourceOf = (line: string): Source => lineSource(reading.settings.file, number, line, offset)
  if (dropped > 0) {
    const message = `lines longer than ${LINE_LIMIT} characters: the rest is not read`
    reading.tally.add('log-long-line', 'damaged', message, sourceOf(detached(text.slice(start, start + 200))))
  }
  const inner = text.charCodeAt(start) === OPEN_BRACE ? unwrapped(text.slice(start, end)) : undefined
  if (inner !== undefined) {
    // Places stay those of the outer line: the inner text has none of its own.
    const outer = sourceOf(detached(text.slice(start, end)))
    const innerQuote = inner.indexOf('"')
    if (innerQuote < 0 || !readQuery(reading, inner, 0, inner.length, innerQuote, () => outer)) readOther(reading, inner, () => outer)
  } else if (quote < 0 || !readQuery(reading, text, start, end, quote, sourceOf)) readOther(reading, text.slice(start, end), sourceOf)
}

function stampProblem(tally: ProblemTally, zone: string | undefined, source: Source): void {
  if (zone === 'missing') tally.add('log-time-zone', 'unknown', 'time stamps without a zone: read as UTC', source)
  else if (zone === 'ambiguous') tally.add('log-time-zone', 'unknown', 'time zone abbreviation is ambiguous: time not used', source)
}

/** One line [start, end) of `text` with a quote at `quote`; false when it is not a query line. */
function readQuery(reading: Reading, text: string, start: number, end: number, quote: number, sourceOf: (line: string) => Source): boolean {
  const { accepts, place, nearMs } = reading.settings
  const span = questionSpan(text, quote, end)
  if (!span) return false
  if (accepts && !accepts(text.slice(span.classEnd + 1, span.nameEnd))) {
    reading.queries++
    return true
  }
  const line = detached(text.slice(start, end))
  const inLine = { quote: quote - start, typeEnd: span.typeEnd - start, classEnd: span.classEnd - start, nameEnd: span.nameEnd - start }
  const read = queryLine(line, 0, end - start, inLine, nearMs)
  if (!read) return false
  reading.queries++
  const source = sourceOf(line)
  if (read.zone !== 'written') stampProblem(reading.tally, read.zone, source)
  // Member by member: rest and spread cost more than the whole parse.
  reading.hand({
    kind: 'served', place, atMs: read.atMs, source,
    client: read.client, clientPort: read.clientPort, id: read.id,
    name: read.name, type: read.type, class: read.class, transport: read.transport, do: read.do,
    rcode: read.rcode, flags: read.flags, querySizeBytes: read.querySizeBytes, replySizeBytes: read.replySizeBytes,
    durationMs: read.durationMs, ...(read.upstream !== undefined && { upstream: read.upstream }),
  })
  return true
}

function readOther(reading: Reading, line: string, sourceOf: (line: string) => Source): void {
  const { settings: { accepts, place, nearMs }, tally, eventCounts, hand } = reading
  const error = errorLine(line)
  const source = sourceOf(detached(line))
  const stamp = lineStamp(line, nearMs)
  const seen = { place, atMs: stamp?.atMs, source }
  if (error) {
    if (accepts && !accepts(error.name)) return
    stampProblem(tally, stamp?.zone, source)
    hand({ kind: 'server-error', ...seen, ...error })
    return
  }
  const rest = (stamp && stamp.end <= line.length ? line.slice(stamp.end) : line).replace(/^ (?:stdout|stderr) [FP] /, '').trim()
  const event = eventLine(line) ?? zoneLine(rest)
  if (event) {
    const count = (eventCounts.get(event.event) ?? 0) + 1
    eventCounts.set(event.event, count)
    if (count <= EVENT_LIMIT) hand({ kind: 'server-event', ...seen, ...event, text: detached(line).slice(0, TEXT_LIMIT) })
    else tally.add('log-repeated-event', 'ignored', `the same kind of event again (${event.event}): not kept`, source)
  } else if (isTagged(line) && !isChatter(rest)) {
    tally.add('log-unknown-statement', 'ignored', 'lines of CoreDNS whose statement is not read', source)
  } else if (!isChatter(rest)) tally.add('log-unknown-line', 'unknown', 'lines that are not CoreDNS\'', source)
}

/** The text inside a JSON log line (Docker's json-file, `-log-format=json`), its time in front of it; undefined: not such a line. */
function unwrapped(line: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    if (parsed === null || typeof parsed !== 'object') return undefined
    const record = parsed as Readonly<Record<string, unknown>>
    const said = record['log'] ?? record['msg'] ?? record['message']
    if (typeof said !== 'string') return undefined
    const time = record['time'] ?? record['ts'] ?? record['timestamp']
    return `${typeof time === 'string' ? `${time} ` : ''}${said.trimEnd()}`
  } catch {
    return undefined
  }
}

/** A whole log at once. */
export function readCorednsLog(text: string, settings: CorednsLogSettings): Read<readonly CorednsLogEntry[]> {
  const value: CorednsLogEntry[] = []
  const reader = corednsLogReader(settings, seen => value.push(seen))
  reader.push(text)
  return { value, problems: reader.end().problems }
}

// Application logs → lookups. Failures: resolver errors (resolver-error.ts). Successes, each said by its `basis`:
//   stated          the line names the name and its addresses: `lookup host=a.b addrs=[10.0.0.1]`, `resolve a.b -> 10.0.0.1`
//   same-operation  the good ending of an operation that elsewhere failed with exactly one name (log-operation.ts)
//   address         the good ending of an operation at an address that, by answers seen elsewhere, belongs to exactly one name
// An operation or address of two names is nobody's: such lines are counted in a Problem, not guessed. A log in which nothing names a name
// gives nothing. Continuation lines (`Caused by:`, indented) repeat an error: they count once with the line they belong to.
import { nameKey } from '../dns/name.ts'
import type { Read, Source } from '../chain/source.ts'
import { lineSource } from '../chain/source.ts'
import type { ApplicationLookup } from './observation.ts'
import { LINE_LIMIT, linesOf } from './lines.ts'
import { addressesOf, operationOf } from './log-operation.ts'
import { wordsOf } from './log-words.ts'
import { problemTally, type ProblemTally } from './problem-tally.ts'
import { namelessErrorIn, resolverErrorIn } from './resolver-error.ts'
import { lineStamp, stampAt } from './time-stamp.ts'

export interface ApplicationLog {
  readonly file: string
  readonly text: string
  /** `alpha01/order-sync-…`. */
  readonly place: string | undefined
}

export interface ApplicationLogSettings {
  /** Address → names that answers gave it for (`namesByAddress`). */
  readonly names?: ReadonlyMap<string, ReadonlySet<string>>
  /** A time near by, for stamps without a year. */
  readonly nearMs?: number
  /** At most so many lookups of one log. */
  readonly limit?: number
}

const DEFAULT_LIMIT = 1_000_000
const TEXT_LIMIT = 1000

/** What the first pass over all logs learns, for the second. Names in `nameKey` form → as written. */
interface Learned {
  readonly operations: Map<string, Map<string, string>>
  readonly addresses: Map<string, Map<string, string>>
}

interface Stated {
  readonly name: string
  readonly ok: boolean
  readonly addresses: readonly string[]
}

const NAME_KEYS = new Set(['host', 'hostname', 'name', 'domain', 'qname', 'fqdn', 'lookup', 'dns'])
const ASKED = new Set(['lookup', 'resolve', 'resolved', 'resolving', 'dns', 'query', 'getaddrinfo', 'gethostbyname', 'dig', 'nslookup'])
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?$/
const hasLetter = (text: string): boolean => /[A-Za-z]/.test(text)

/** `lookup host=a.b addrs=[…]`, `resolve a.b -> 10.0.0.1`, `resolve a.b -> failed`. Only lines that say it is a lookup. */
function statedLookup(text: string): Stated | undefined {
  if (!/lookup|resolv|dns|query|getaddrinfo|gethostbyname/i.test(text.slice(0, 400))) return undefined
  const words = wordsOf(text)
  let asked = false
  let name: string | undefined
  let failed = false
  const addresses: string[] = []
  for (const { key, value } of words) {
    const bare = value.replace(/^["'(]+|["'):,]+$/g, '')
    const isName = HOST_NAME.test(bare) && hasLetter(bare)
    if (key === undefined && ASKED.has(bare.toLowerCase())) asked = true
    else if (key !== undefined && /^(msg|message|event|op|action)$/.test(key)) asked ||= value.split(/\s+/, 8).some(part =>
      ASKED.has(part.toLowerCase()))
    else if (key !== undefined && NAME_KEYS.has(key.toLowerCase()) && isName) name ??= bare
    else if (key === undefined && asked && name === undefined && isName && !/^(for|of|host|name|the|to|in|on)$/i.test(bare)) name = bare
    else if (name !== undefined && /^(failed|fail|error|nxdomain|timeout|servfail)$/i.test(bare)) failed = true
    else if (name !== undefined && !/^(server|nameserver|resolver|client|from|src)$/.test(key ?? '')) addresses.push(...addressesOf(value))
  }
  return asked && name !== undefined && (addresses.length > 0 || failed) ? { name, ok: addresses.length > 0, addresses } : undefined
}

const isContinuation = (line: string): boolean =>
  /^(?:\s|Caused by:|at |\.\.\. \d|Traceback|During handling|The above exception)/.test(line)

/** Container runtimes' own framing: CRI `TIME stdout F text`, Docker's JSON. The text inside, and where it begins in the line (0 when
 * re-made). */
function unframed(line: string): { text: string; stampFrom: string } {
  const cri = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP] /.exec(line)
  if (cri) return { text: line.slice(cri[0].length), stampFrom: line }
  if (line.startsWith('{"log":')) {
    try {
      const parsed = JSON.parse(line) as { log?: unknown; time?: unknown }
      if (typeof parsed.log === 'string') return { text: parsed.log.trimEnd(), stampFrom: typeof parsed.time === 'string' ? parsed.time
        : parsed.log }
    } catch { /* Half a line of JSON: read as the text it is. */ }
  }
  return { text: line, stampFrom: line }
}

interface ReadLine {
  readonly source: Source
  readonly line: string
  readonly atMs: number | undefined
  readonly body: string
}

/** Time and text of each line; time stamps are taken off, the kubelet's and the program's own. */
function* bodies(log: ApplicationLog, nearMs: number | undefined, tally: ProblemTally): Generator<ReadLine> {
  for (const line of linesOf(log.text)) {
    if (line.text === '') continue
    const source = lineSource(log.file, line.number, line.text, line.start)
    if (line.dropped > 0) tally.add('log-long-line', 'damaged', `lines longer than ${LINE_LIMIT} characters: the rest is not read`, source)
    const { text, stampFrom } = unframed(line.text)
    const stamp = lineStamp(stampFrom, nearMs)
    if (stamp && stamp.zone !== 'written' && stamp.atMs !== undefined) tally.add('log-time-zone', 'unknown',
      'time stamps without a zone: read as UTC', source)
    // Stamps in front only: one inside a JSON or logfmt line is a member of it.
    let body = text
    for (let i = 0; i < 2; i++) {
      const own = stampAt(body, body.startsWith('[') ? 1 : 0, nearMs)
      if (own) body = body.slice(own.end).replace(/^[\]\s]{1,16}/, '')
    }
    yield { source, line: line.text, atMs: stamp?.atMs, body }
  }
}

const remember = (map: Map<string, Map<string, string>>, key: string, name: string): void => {
  const names = map.get(key)
  if (names) names.set(nameKey(name), name)
  else if (map.size < 100_000) map.set(key, new Map([[nameKey(name), name]]))
}

function learn(logs: readonly ApplicationLog[], settings: ApplicationLogSettings): Learned {
  const learned: Learned = { operations: new Map(), addresses: new Map() }
  for (const [address, names] of settings.names ?? []) for (const name of names) remember(learned.addresses, address, name)
  const unused = problemTally()
  for (const log of logs) {
    for (const { body } of bodies(log, settings.nearMs, unused)) {
      const error = resolverErrorIn(body)
      if (error) {
        const { key } = operationOf(body, error.start)
        if (key !== undefined && !isContinuation(body)) remember(learned.operations, key, error.name)
        continue
      }
      const stated = statedLookup(body)
      if (stated) for (const address of stated.addresses) remember(learned.addresses, address, stated.name)
    }
  }
  return learned
}

/** All application logs of one bundle together: what one log teaches (an operation, an address) is used for the others. */
export function readApplicationLogs(logs: readonly ApplicationLog[],
  settings: ApplicationLogSettings = {}): Read<readonly ApplicationLookup[]> {
  const learned = learn(logs, settings)
  const value: ApplicationLookup[] = []
  const tally = problemTally()
  for (const log of logs) readOne(log, learned, settings, tally, value)
  return { value, problems: tally.list() }
}

function readOne(log: ApplicationLog, learned: Learned, settings: ApplicationLogSettings, tally: ProblemTally,
  value: ApplicationLookup[]): void {
  const end = value.length + (settings.limit ?? DEFAULT_LIMIT)
  const inThisRecord = new Set<string>()
  for (const { source, line, atMs, body } of bodies(log, settings.nearMs, tally)) {
    const seen = { kind: 'application' as const, place: log.place, atMs, source, text: line.slice(0, TEXT_LIMIT) }
    const continues = isContinuation(body)
    if (!continues) inThisRecord.clear()
    const lookup = lookupIn(body, learned, tally, source)
    if (!lookup) continue
    if (continues && inThisRecord.has(nameKey(lookup.name))) continue
    inThisRecord.add(nameKey(lookup.name))
    if (value.length < end) value.push({ ...seen, ...lookup })
    else tally.add('log-limit', 'ignored', 'more lookups than the limit: not kept', source)
  }
}

type Found = Pick<ApplicationLookup, 'name' | 'ok' | 'result' | 'library' | 'server' | 'basis' | 'addresses'>

function lookupIn(body: string, learned: Learned, tally: ProblemTally, source: Source): Found | undefined {
  const error = resolverErrorIn(body)
  if (error) {
    const { start: _start, ...fields } = error
    return { ...fields, ok: false, basis: 'stated', addresses: [] }
  }
  const stated = statedLookup(body)
  if (stated) return { name: stated.name, ok: stated.ok, basis: 'stated', addresses: stated.addresses,
    ...(!stated.ok && { result: 'error' as const }) }
  if (namelessErrorIn(body)) {
    tally.add('application-error-without-name', 'ignored', 'resolver errors that do not name what was looked up', source)
    return undefined
  }
  const { key, ending, reached } = operationOf(body)
  if (ending !== 'good') return undefined
  const operation = key === undefined ? undefined : learned.operations.get(key)
  if (operation?.size === 1) return { name: [...operation.values()][0] as string, ok: true, basis: 'same-operation', addresses: reached }
  const names = new Map(reached.flatMap(address => [...(learned.addresses.get(address) ?? [])]))
  const candidates = operation ? [...names].filter(([name]) => operation.has(name)) : [...names]
  if (candidates.length === 1) return { name: (candidates[0] as [string, string])[1], ok: true, basis: operation ? 'same-operation'
    : 'address', addresses: reached }
  if (operation || candidates.length > 1) tally.add('application-success-ambiguous', 'ignored',
    'successes that fit more than one name: not counted', source)
  return undefined
}

/** One log by itself. */
export const readApplicationLog = (file: string, text: string, place: string | undefined,
  settings: ApplicationLogSettings = {}): Read<readonly ApplicationLookup[]> =>
  readApplicationLogs([{ file, text, place }], settings)

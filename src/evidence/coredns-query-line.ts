// One query line of CoreDNS' `log` plugin (plugin/log, plugin/pkg/replacer), 0.9 to 1.15:
//   [INFO] 10.0.0.1:40321 - 7821 "A IN example.org. udp 54 false 512" NOERROR qr,aa,rd 106 0.000138s
// `{common}` and `{combined}`, with anything before it (kubectl --timestamps or --prefix, CRI, node-cache, `[INFO]`) and anything behind it
// (opcode, metadata labels); 1.0's form without port and id and with `[21/Dec/2017:18:06:34 +0000]`; Go durations such as `104.117µs`.
// Not read: formats that leave out the quoted question, they carry no fixed order to read by.
// Hand-written: one expression for all of it is several times slower, and hostile lines make it slower still.
import { stampAt } from './time-stamp.ts'
import { serverText } from './server-address.ts'

export interface QueryLine {
  readonly atMs: number | undefined
  /** `missing`, `ambiguous`: of the time stamp; absent when there is none. */
  readonly zone?: 'written' | 'missing' | 'ambiguous'
  readonly client: string
  readonly clientPort: number
  readonly id: number
  readonly type: string
  readonly class: string
  readonly name: string
  readonly transport: 'udp' | 'tcp'
  readonly querySizeBytes: number
  readonly do: boolean
  readonly rcode: string
  readonly flags: readonly string[]
  readonly replySizeBytes: number
  readonly durationMs: number
  readonly upstream?: string
}

/** Where the quoted question of a line stands; enough to filter by name without making an object. */
export interface QuestionSpan {
  readonly quote: number
  readonly typeEnd: number
  readonly classEnd: number
  readonly nameEnd: number
}

const QUOTE = 34
const SPACE = 32
const BACKSLASH = 92

/** End of a word: the next blank, or -1 when the line ends or a quote comes first. Escapes (`\032`, `\"`, `\ `) belong to the word. */
function wordEnd(text: string, at: number, end: number): number {
  for (let i = at; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === SPACE) return i > at ? i : -1
    if (code === QUOTE) return -1
    if (code === BACKSLASH) i++
  }
  return -1
}

/** `"TYPE CLASS NAME udp|tcp `, beginning with the quote at `quote`. */
export function questionSpan(text: string, quote: number, end: number): QuestionSpan | undefined {
  const typeEnd = wordEnd(text, quote + 1, end)
  if (typeEnd < 0) return undefined
  const classEnd = wordEnd(text, typeEnd + 1, end)
  if (classEnd < 0) return undefined
  const nameEnd = wordEnd(text, classEnd + 1, end)
  if (nameEnd < 0 || text.charCodeAt(nameEnd + 3) !== 112 || text.charCodeAt(nameEnd + 4) !== SPACE) return undefined
  const proto = text.charCodeAt(nameEnd + 1)
  return proto === 117 || proto === 116 ? { quote, typeEnd, classEnd, nameEnd } : undefined
}

/** Non-negative integer in [at, end); -1 when anything else stands there. */
function integer(text: string, at: number, end: number): number {
  if (at >= end || end - at > 10) return -1
  let value = 0
  for (let i = at; i < end; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, 'µs': 0.001, 'μs': 0.001, us: 0.001,
  ns: 0.000001 }

/** `0.000138s`, and Go's `104.117µs`, `1m2.5s`; NaN otherwise. */
export function durationMs(text: string): number {
  const last = text.length - 1
  if (text.charCodeAt(last) === 115 && last > 0 && last < 24) {
    const seconds = Number(text.slice(0, last))
    // To the nanosecond, which is all the log has.
    if (seconds >= 0) return Math.round(seconds * 1e9) / 1e6
  }
  if (text.length > 40) return NaN
  let total = 0
  let read = 0
  for (const part of text.matchAll(/(\d{1,12}(?:\.\d{1,12})?)(h|ms|m|s|µs|μs|us|ns)/g)) {
    total += Number(part[1]) * (UNITS_MS[part[2] as string] as number)
    read += part[0].length
  }
  return read === text.length && read > 0 ? total : NaN
}

const FLAGS = ['qr', 'aa', 'tc', 'rd', 'ra', 'z', 'ad', 'cd']
const NO_FLAGS: readonly string[] = []
const flagLists = new Map<string, readonly string[]>()

/** The list behind `qr,aa,rd`; lists of known flags are made once. undefined: not a list of flags. */
function flagList(text: string): readonly string[] | undefined {
  const known = flagLists.get(text)
  if (known) return known
  if (text === '-' || text === '') return NO_FLAGS
  const list = text.split(',')
  if (text.length > 40 || !list.every(flag => FLAGS.includes(flag))) return undefined
  if (flagLists.size < 256) flagLists.set(text, list)
  return list
}

/** Client, port, id and time, from the text before the question: `… ADDR:PORT - ID ` or `… ADDR - [WHEN] [ID ]`. */
function before(text: string, start: number, quote: number, nearMs: number | undefined): Pick<QueryLine, 'atMs' | 'zone' | 'client'
  | 'clientPort' | 'id'> | undefined {
  let dash = -1
  for (let i = quote - 3; i > start; i--) {
    if (text.charCodeAt(i) === 45 && text.charCodeAt(i - 1) === SPACE && text.charCodeAt(i + 1) === SPACE) { dash = i; break }
    if (quote - i > 64) return undefined
  }
  if (dash < 0) return undefined
  const clientStart = Math.max(start - 1, text.lastIndexOf(' ', dash - 2)) + 1
  const stamp = clientStart > start ? stampAt(text, start, nearMs) : undefined
  const idStart = text.lastIndexOf(' ', quote - 2) + 1
  const id = integer(text, idStart, quote - 1)
  const when = text.charCodeAt(dash + 2) === 91 ? stampAt(text, dash + 3) : undefined
  if (id < 0 && !when) return undefined
  const at = stamp ?? when ?? laterStamp(text, start, clientStart, nearMs)
  const colon = text.lastIndexOf(':', dash - 2)
  const port = colon > clientStart ? integer(text, colon + 1, dash - 1) : -1
  const plain = text.charCodeAt(clientStart) === 91 ? text.slice(clientStart + 1, text.lastIndexOf(']', dash)) : undefined
  const client = plain ?? text.slice(clientStart, port < 0 || text.indexOf(':', clientStart) !== colon ? dash - 1 : colon)
  if (client === '' || client.length > 64) return undefined
  const hasPort = port >= 0 && (plain !== undefined || client.length === colon - clientStart)
  return { atMs: at?.atMs, ...(at && { zone: at.zone }), client, clientPort: hasPort ? port : -1, id }
}

/** The stamp behind a prefix: `[pod/coredns-x/coredns] 2026-…`, `node-cache 2026-…`, `[INFO] 2026-…`. */
function laterStamp(text: string, start: number, end: number, nearMs: number | undefined): ReturnType<typeof stampAt> {
  for (let at = text.indexOf(' ', start), words = 0; at >= 0 && at < end && words < 8; at = text.indexOf(' ', at + 1), words++) {
    const stamp = stampAt(text, at + 1, nearMs)
    if (stamp && stamp.end < end) return stamp
  }
  return undefined
}

/** `{/forward/upstream}` among what stands behind the duration. */
function upstreamIn(rest: string): string | undefined {
  for (const word of rest.split(' ', 16)) {
    const bare = word.replace(/^"|"$/g, '')
    if (/[:#]\d{1,5}$/.test(bare) && serverText(bare) !== bare) return serverText(bare)
    if (/^\[?[0-9A-Fa-f:.]{3,45}\]?:\d{1,5}$/.test(bare)) return serverText(bare)
  }
  return undefined
}

/** Reads the line [start, end) of `text`, whose question stands at `span`. undefined: not a query line. */
export function queryLine(text: string, start: number, end: number, span: QuestionSpan, nearMs?: number): QueryLine | undefined {
  const { quote, typeEnd, classEnd, nameEnd } = span
  const sizeEnd = wordEnd(text, nameEnd + 5, end)
  if (sizeEnd < 0) return undefined
  const doEnd = wordEnd(text, sizeEnd + 1, end)
  if (doEnd < 0) return undefined
  const close = text.indexOf('"', doEnd)
  if (close < 0 || close >= end || close - doEnd > 12 || text.charCodeAt(close + 1) !== SPACE) return undefined
  const asker = before(text, start, quote, nearMs)
  if (!asker) return undefined
  const rcodeEnd = text.indexOf(' ', close + 2)
  if (rcodeEnd < 0 || rcodeEnd >= end || rcodeEnd - close > 20) return undefined
  const flagsEnd = text.indexOf(' ', rcodeEnd + 1)
  if (flagsEnd < 0 || flagsEnd >= end || flagsEnd - rcodeEnd > 48) return undefined
  let flags = flagList(text.slice(rcodeEnd + 1, flagsEnd))
  let sizeAt = flagsEnd + 1
  if (!flags) {
    // 0.9 printed no flags: `NOERROR 107 544.128µs`.
    if (integer(text, rcodeEnd + 1, flagsEnd) < 0) return undefined
    flags = NO_FLAGS
    sizeAt = rcodeEnd + 1
  }
  const replySizeEnd = text.indexOf(' ', sizeAt)
  if (replySizeEnd < 0 || replySizeEnd >= end) return undefined
  const blank = text.indexOf(' ', replySizeEnd + 1)
  const durationEnd = blank < 0 || blank > end ? end : blank
  const took = durationMs(text.slice(replySizeEnd + 1, durationEnd))
  const querySizeBytes = integer(text, nameEnd + 5, sizeEnd)
  const replySizeBytes = integer(text, sizeAt, replySizeEnd)
  if (Number.isNaN(took) || querySizeBytes < 0 || replySizeBytes < 0) return undefined
  const upstream = durationEnd < end ? upstreamIn(text.slice(durationEnd + 1, Math.min(end, durationEnd + 400))) : undefined
  return {
    atMs: asker.atMs, ...(asker.zone && { zone: asker.zone }), client: asker.client, clientPort: asker.clientPort, id: asker.id,
    type: text.slice(quote + 1, typeEnd), class: text.slice(typeEnd + 1, classEnd), name: text.slice(classEnd + 1, nameEnd),
    transport: text.charCodeAt(nameEnd + 1) === 117 ? 'udp' : 'tcp',
    querySizeBytes, do: text.charCodeAt(sizeEnd + 1) === 116,
    rcode: text.slice(close + 2, rcodeEnd), flags, replySizeBytes, durationMs: took,
    ...(upstream !== undefined && { upstream }),
  }
}

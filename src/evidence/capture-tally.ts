// What each server answered in a whole capture, without keeping a packet: how many questions, answers by rcode, round trips, questions nobody answered. For
// captures too large to be made observations of. Numbers only: a table of the questions of the last seconds (socket and id → time), nothing is allocated per
// message. The same packet on a second interface of the machine within 2 ms counts once, as in `capture-transactions.ts`; before and after the
// translation of a Service the sockets differ, so both addresses have a row. Names are not compared.
import { rcodeName } from '../dns/wire-numbers-table.ts'
import { ip4Text, ip6Text } from '../dns/presentation-address.ts'
import type { Rcode } from '../dns/message.ts'
import { MESSAGE, TCP, type CapturedMessage } from './capture-cursor.ts'

export interface ServerTally {
  readonly server: string
  readonly port: number
  readonly queries: number
  /** The same question sent again before its answer. */
  readonly repeats: number
  readonly answers: ReadonlyMap<Rcode, number>
  /** Answers that came after another to the same question. */
  readonly duplicates: number
  readonly unanswered: number
  /** Asked so near the end of the capture that an answer had no time to come. */
  readonly open: number
  /** Refused or unreachable. */
  readonly refused: number
  /** Of questions sent once. */
  readonly rttMs: { readonly least: number; readonly mean: number; readonly most: number } | undefined
}

export interface CaptureTally {
  readonly add: (m: CapturedMessage) => void
  /** Rows by number of queries, and the answers to questions that are not in the capture. */
  readonly end: () => { readonly servers: readonly ServerTally[]; readonly strays: number; readonly uncounted: number }
}

/** The longest an asker waits is taken to be resolv.conf's `timeout`; older questions are unanswered when room is needed. */
const TIMEOUT_MS = 5000
const SAME_PACKET_MS = 2
/** Half a million questions in five seconds, 48 MiB: with more on their way at once, all of them count as unanswered. */
const MAX_SLOTS = 1 << 20
const FIRST_SLOTS = 1 << 12
const MAX_SERVERS = 1024

/** Words of a slot: 0..3 client, 4 ports, 5 id and transport, 6 server + 1 (0 = free), 7 state, then two doubles: first and last sending, or answer. */
const WORDS = 12
const SERVER = 6
const STATE = 7
const FIRST = 4
const LAST = 5
const ASKED = 1
const ASKED_AGAIN = 2
const ANSWERED = 3

/** Columns of a server's row. */
const COLUMNS = 24
const QUERIES = 16
const REPEATS = 17
const DUPLICATES = 18
const UNANSWERED = 19
const OPEN = 20
const REFUSALS = 21

interface Server {
  readonly text: string
  readonly port: number
}

interface Table {
  slots: number
  used: number
  words: Int32Array
  times: Float64Array
}

const table = (slots: number): Table => {
  const words = new Int32Array(slots * WORDS)
  return { slots, used: 0, words, times: new Float64Array(words.buffer) }
}

function move(from: Table, slot: number, to: Table): void {
  const target = findSlot(to, from.words, slot * WORDS) * WORDS
  for (let i = 0; i < WORDS; i++) to.words[target + i] = from.words[slot * WORDS + i] as number
  to.used++
}

export function captureTally(): CaptureTally {
  const servers = serverTable()
  const counts = new Int32Array(MAX_SERVERS * COLUMNS)
  const rtts = new Float64Array(MAX_SERVERS * 4)
  let t = table(FIRST_SLOTS)
  let spare = table(FIRST_SLOTS)
  const key = new Int32Array(SERVER + 1)
  let strays = 0
  let uncounted = 0
  let nowMs = NaN

  const count = (server: number, column: number): void => void counts[server * COLUMNS + column]!++
  /** The last word on a slot. */
  const close = ({ words, times }: Table, slot: number): void => {
    if (words[slot * WORDS + STATE] === ANSWERED) return
    count((words[slot * WORDS + SERVER] as number) - 1, nowMs - (times[slot * 6 + LAST] as number) < TIMEOUT_MS ? OPEN : UNANSWERED)
  }

  /** Makes room: what is over goes, the rest moves to the other table; a larger one if it is still a quarter of it. */
  const rebuild = (): void => {
    const old = t
    t = spare.slots === old.slots ? spare : table(old.slots)
    spare = old
    for (let slot = 0; slot < old.slots; slot++) {
      if (old.words[slot * WORDS + SERVER] === 0) continue
      const ageMs = nowMs - (old.times[slot * 6 + LAST] as number)
      const isAnswered = old.words[slot * WORDS + STATE] === ANSWERED
      if (ageMs < (isAnswered ? SAME_PACKET_MS : TIMEOUT_MS)) move(old, slot, t)
      else if (!isAnswered) close(old, slot)
    }
    old.words.fill(0)
    old.used = 0
    if (t.used * 4 <= t.slots) return
    const full = t
    t = table(full.slots >= MAX_SLOTS ? FIRST_SLOTS : full.slots * 2)
    for (let slot = 0; slot < full.slots; slot++) {
      if (full.words[slot * WORDS + SERVER] === 0) continue
      if (full.slots >= MAX_SLOTS) close(full, slot)
      else move(full, slot, t)
    }
  }

  const query = (slot: number, server: number, atMs: number): void => {
    const { words, times } = t
    const state = words[slot * WORDS + STATE] as number
    const isFree = words[slot * WORDS + SERVER] === 0
    if (!isFree && atMs - (times[slot * 6 + LAST] as number) <= SAME_PACKET_MS && state !== ANSWERED) return
    if (!isFree && state !== ANSWERED && atMs - (times[slot * 6 + LAST] as number) < TIMEOUT_MS * 2) {
      words[slot * WORDS + STATE] = ASKED_AGAIN
      times[slot * 6 + LAST] = atMs
      return count(server, REPEATS)
    }
    if (!isFree) close(t, slot)
    else {
      words.set(key, slot * WORDS)
      t.used++
    }
    words[slot * WORDS + STATE] = ASKED
    times[slot * 6 + FIRST] = times[slot * 6 + LAST] = atMs
    count(server, QUERIES)
    if (t.used * 2 > t.slots) rebuild()
  }

  const reply = (slot: number, server: number, atMs: number, column: number): void => {
    const { words, times } = t
    if (words[slot * WORDS + SERVER] === 0) return void strays++
    const state = words[slot * WORDS + STATE] as number
    const sinceMs = atMs - (times[slot * 6 + LAST] as number)
    if (state === ANSWERED) return sinceMs > SAME_PACKET_MS ? count(server, DUPLICATES) : undefined
    if (state === ASKED && column < 16 && sinceMs >= 0) addRtt(rtts, server, sinceMs)
    words[slot * WORDS + STATE] = ANSWERED
    times[slot * 6 + LAST] = atMs
    count(server, column)
  }

  const add = (m: CapturedMessage): void => {
    if (m.messageEnd - m.start < 12) return void uncounted++
    const flags = m.messageView.getUint16(m.start + 2)
    const isQuery = m.event === MESSAGE && (flags & 0x8000) === 0
    // A refused answer is no word of the server.
    if (m.event !== MESSAGE && (flags & 0x8000) !== 0) return
    const server = isQuery ? servers.indexOf(m, m.toAt, m.toPort) : servers.indexOf(m, m.fromAt, m.fromPort)
    if (server < 0) return void uncounted++
    const clientAt = isQuery ? m.fromAt : m.toAt
    const isWide = m.addressBytes === 16
    key[0] = m.header.getInt32(clientAt)
    for (let i = 1; i < 4; i++) key[i] = isWide ? m.header.getInt32(clientAt + i * 4) : 0
    key[4] = isQuery ? m.fromPort : m.toPort
    key[5] = (m.messageView.getUint16(m.start) << 1) | (m.transport === TCP ? 1 : 0)
    key[SERVER] = server + 1
    nowMs = m.atMs
    const slot = findSlot(t, key, 0)
    if (isQuery) query(slot, server, m.atMs)
    else reply(slot, server, m.atMs, m.event === MESSAGE ? flags & 15 : REFUSALS)
  }

  return {
    add,
    end: () => {
      for (let slot = 0; slot < t.slots; slot++) if (t.words[slot * WORDS + SERVER] !== 0) close(t, slot)
      const rows = servers.list.map((server, i) => rowOf(server, counts.subarray(i * COLUMNS, (i + 1) * COLUMNS), rtts.subarray(i * 4, i * 4 + 4)))
      return { servers: rows.sort((a, b) => b.queries - a.queries), strays, uncounted }
    },
  }
}

/** The slot of the seven words at `at`, or the free one where they belong. */
function findSlot(t: Table, from: Int32Array, at: number): number {
  let hash = 0x3c6ef372
  for (let i = 0; i < SERVER + 1; i++) {
    hash = Math.imul(hash ^ (from[at + i] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  const { words } = t
  for (let slot = (hash ^ (hash >>> 13)) & (t.slots - 1); ; slot = (slot + 1) & (t.slots - 1)) {
    const base = slot * WORDS
    if (words[base + SERVER] === 0) return slot
    let same = true
    for (let i = 0; i < SERVER + 1 && same; i++) same = words[base + i] === from[at + i]
    if (same) return slot
  }
}

function addRtt(rtts: Float64Array, server: number, rttMs: number): void {
  const at = server * 4
  const seen = rtts[at] as number
  rtts[at] = seen + 1
  rtts[at + 1] = (rtts[at + 1] as number) + rttMs
  if (seen === 0 || rttMs < (rtts[at + 2] as number)) rtts[at + 2] = rttMs
  if (rttMs > (rtts[at + 3] as number)) rtts[at + 3] = rttMs
}

function rowOf(server: Server, counts: Int32Array, rtts: Float64Array): ServerTally {
  const [seen, sum, least, most] = rtts as unknown as [number, number, number, number]
  const at = (column: number): number => counts[column] as number
  return {
    server: server.text, port: server.port, queries: at(QUERIES), repeats: at(REPEATS), duplicates: at(DUPLICATES), unanswered: at(UNANSWERED), open: at(OPEN), refused: at(REFUSALS),
    answers: new Map([...counts.subarray(0, 16)].flatMap((many, rcode) => (many > 0 ? [[rcodeName(rcode), many] as const] : []))),
    rttMs: seen === 0 ? undefined : { least, mean: sum / seen, most },
  }
}

/** Addresses of servers → small numbers; -1: more than are kept. */
function serverTable(): { readonly indexOf: (m: CapturedMessage, at: number, port: number) => number; readonly list: Server[] } {
  const slots = MAX_SERVERS * 4
  const words = new Int32Array(slots * 6)
  const list: Server[] = []
  const add = (m: CapturedMessage, at: number, port: number): void => {
    const bytes = Uint8Array.from({ length: m.addressBytes }, (_, i) => m.header.getUint8(at + i))
    list.push({ text: m.addressBytes === 4 ? ip4Text(bytes) : ip6Text(bytes), port })
  }
  const indexOf = (m: CapturedMessage, at: number, port: number): number => {
    const isWide = m.addressBytes === 16
    const a = m.header.getInt32(at)
    const b = isWide ? m.header.getInt32(at + 4) : 0
    const c = isWide ? m.header.getInt32(at + 8) : 0
    const d = isWide ? m.header.getInt32(at + 12) : 0
    const e = (port << 1) | (isWide ? 1 : 0)
    let hash = Math.imul(a ^ Math.imul(b, 3) ^ Math.imul(c, 5) ^ Math.imul(d, 0x85ebca6b) ^ Math.imul(e, 0xc2b2ae35), 0x9e3779b1)
    hash ^= hash >>> 15
    for (let slot = hash & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const w = slot * 6
      const known = words[w + 5] as number
      if (known === 0) {
        if (list.length >= MAX_SERVERS) return -1
        words[w] = a
        words[w + 1] = b
        words[w + 2] = c
        words[w + 3] = d
        words[w + 4] = e
        words[w + 5] = list.length + 1
        add(m, at, port)
        return list.length - 1
      }
      if (words[w] === a && words[w + 1] === b && words[w + 2] === c && words[w + 3] === d && words[w + 4] === e) return known - 1
    }
  }
  return { indexOf, list }
}

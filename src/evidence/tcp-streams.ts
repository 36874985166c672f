// DNS over TCP (RFC 1035 §4.2.2, RFC 7766): segments → messages behind their two bytes of length. Retransmitted and overlapping bytes are taken once, segments
// out of order wait for what is missing. Bounded: 4096 directions, 32 segments and 128 KiB waiting in each, 8 MiB in all. Where bytes are missing for good
// (dropped by the capture, cut by its snapshot length, begun before it) what is there of the message is handed over, and reading goes on at the next segment
// that begins like a message. Not read: the urgent pointer, data on port 853.
import { recall, REFUSED, remember, MESSAGE, type CaptureCursor, type CursorMemory } from './capture-cursor.ts'
import { oddPacket, type Oddities } from './capture-oddities.ts'
import { flowOf, flows, LOST, nextOf, setFlow, stateOf, SYNCED, type Flows } from './tcp-flows.ts'

const MAX_WAITING = 32
const MAX_WAITING_BYTES = 131_072
const MAX_HELD_BYTES = 8 * 1024 * 1024
const MAX_MESSAGE_BYTES = 65_537
const HEADER_BYTES = 12
const SYN = 2
const RST_ACK = 0x14

/** A segment that came before what precedes it. */
interface Waiting {
  readonly seq: number
  readonly bytes: Uint8Array
  readonly wireBytes: number
  readonly memory: CursorMemory
}

/** A direction with something unfinished. */
interface Held {
  /** The beginning of a message, its length in front; `used` bytes of it. */
  part: Uint8Array
  used: number
  /** The packet that brought the last of it. */
  memory: CursorMemory | undefined
  waiting: Waiting[]
  waitingBytes: number
}

export interface Streams {
  flows: Flows | undefined
  held: Map<number, Held>
  heldBytes: number
  readonly list: Oddities
  readonly isDnsPort: Uint8Array
  readonly deliver: (bytes: Uint8Array, view: DataView, start: number, end: number, missingBytes: number) => void
}

export const tcpStreams = (list: Oddities, isDnsPort: Uint8Array, deliver: Streams['deliver']): Streams =>
  ({ flows: undefined, held: new Map(), heldBytes: 0, list, isDnsPort, deliver })

/** The cursor is at a TCP header whose ports are set. */
export function addSegment(all: Streams, c: CaptureCursor): void {
  const { view, at } = c
  const headerBytes = at + 20 <= c.end ? (view.getUint8(at + 12) >> 4) << 2 : 0
  if (headerBytes < 20 || at + headerBytes > c.end) return oddPacket(all.list, c.wireEnd > c.end ? 'capture-packet-cut' : 'capture-header-damaged', c)
  const flags = view.getUint8(at + 13)
  const from = at + headerBytes
  const wireBytes = c.wireEnd - from
  let seq = view.getInt32(at + 4)
  // The answer to a SYN that nobody takes has sequence number 0 (RFC 9293 §3.5.2); later resets say nothing about a port.
  if ((flags & RST_ACK) === RST_ACK && seq === 0 && all.isDnsPort[c.fromPort] === 1) {
    c.event = REFUSED
    all.deliver(c.bytes, c.view, c.end, c.end, 0)
    c.event = MESSAGE
    return
  }
  const isOpening = (flags & SYN) !== 0
  if (wireBytes <= 0 && !isOpening) return
  const table = (all.flows ??= flows(slot => finish(all, c, slot), moved => moveHeld(all, moved)))
  const slot = flowOf(table, c, true)
  if (isOpening) {
    if (all.held.size > 0) finish(all, c, slot)
    seq = (seq + 1) | 0
    setFlow(table, slot, SYNCED, seq)
  }
  if (wireBytes > 0) segment(all, c, slot, seq, c.bytes, from, c.end, wireBytes)
}

function moveHeld(all: Streams, moved: ReadonlyMap<number, number>): void {
  all.held = new Map([...all.held].map(([slot, held]) => [moved.get(slot) as number, held]))
}

function segment(all: Streams, c: CaptureCursor, slot: number, seq: number, bytes: Uint8Array, from: number, end: number, wireBytes: number): void {
  const table = all.flows as Flows
  const next = nextOf(table, slot)
  if (stateOf(table, slot) === LOST) {
    if (next !== 0 && ((seq - next) | 0) < 0) return
    if (!beginsLikeMessage(bytes, from, end)) {
      if (next === 0) oddPacket(all.list, 'capture-stream-middle', c)
      return setFlow(table, slot, LOST, (seq + wireBytes) | 0)
    }
    setFlow(table, slot, SYNCED, seq)
    return consume(all, c, slot, bytes, from, end, wireBytes)
  }
  const ahead = (seq - next) | 0
  if (ahead > 0) return wait(all, c, slot, seq, bytes.slice(from, end), wireBytes)
  if (-ahead >= wireBytes) return
  consume(all, c, slot, bytes, Math.min(from - ahead, end), end, wireBytes + ahead)
  const held = all.held.size > 0 ? all.held.get(slot) : undefined
  if (held && held.waiting.length > 0) drain(all, c, slot, held)
}

/** The next `wireBytes` of the direction, of which [from, end) are there. */
function consume(all: Streams, c: CaptureCursor, slot: number, bytes: Uint8Array, from: number, end: number, wireBytes: number): void {
  const table = all.flows as Flows
  const next = (nextOf(table, slot) + wireBytes) | 0
  setFlow(table, slot, SYNCED, next)
  let at = from
  const held = all.held.size > 0 ? all.held.get(slot) : undefined
  if (held && held.used > 0) at = fill(all, c, held, bytes, from, end)
  const view = bytes === c.bytes ? c.view : new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  while (at + 2 <= end) {
    const length = view.getUint16(at)
    if (length < HEADER_BYTES) {
      oddPacket(all.list, 'capture-stream-gap', c)
      return setFlow(table, slot, LOST, next)
    }
    if (at + 2 + length > end) break
    all.deliver(bytes, view, at + 2, at + 2 + length, 0)
    at += 2 + length
  }
  const isCut = wireBytes > end - from
  if (at < end && (held === undefined || held.used === 0)) keep(all, c, slot, bytes.subarray(at, end))
  if (isCut) {
    oddPacket(all.list, 'capture-packet-cut', c)
    loseFraming(all, c, slot, 'capture-packet-cut')
    setFlow(table, slot, LOST, next)
  }
}

function beginsLikeMessage(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < 2 + HEADER_BYTES) return false
  const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  const opcode = ((bytes[at + 4] as number) >> 3) & 15
  return length >= HEADER_BYTES && opcode <= 6 && bytes[at + 6] === 0 && (bytes[at + 7] as number) <= 1
}

/** Completes the message begun in earlier segments as far as the bytes go; where the rest begins. */
function fill(all: Streams, c: CaptureCursor, held: Held, bytes: Uint8Array, from: number, end: number): number {
  let at = from
  if (held.used === 1 && at < end) held.part[held.used++] = bytes[at++] as number
  if (held.used < 2) return at
  const whole = 2 + (((held.part[0] as number) << 8) | (held.part[1] as number))
  const taken = Math.max(0, Math.min(whole - held.used, end - at))
  if (held.part.length < held.used + taken) {
    const larger = new Uint8Array(Math.min(MAX_MESSAGE_BYTES, Math.max(held.used + taken, held.part.length * 2)))
    larger.set(held.part.subarray(0, held.used))
    all.heldBytes += larger.length - held.part.length
    held.part = larger
  }
  held.part.set(bytes.subarray(at, at + taken), held.used)
  held.used += taken
  held.memory = remember(c)
  if (held.used >= whole) {
    held.used = 0
    all.deliver(held.part, new DataView(held.part.buffer, held.part.byteOffset, held.part.length), 2, whole, 0)
  }
  return at + taken
}

function heldOf(all: Streams, c: CaptureCursor, slot: number): Held {
  let held = all.held.get(slot)
  if (!held) {
    held = { part: new Uint8Array(0), used: 0, memory: undefined, waiting: [], waitingBytes: 0 }
    all.held.set(slot, held)
  }
  // The direction that waits longest makes room.
  for (const oldest of all.held.keys()) {
    if (all.heldBytes <= MAX_HELD_BYTES || oldest === slot) break
    finish(all, c, oldest)
    setFlow(all.flows as Flows, oldest, LOST, nextOf(all.flows as Flows, oldest))
  }
  return held
}

function keep(all: Streams, c: CaptureCursor, slot: number, rest: Uint8Array): void {
  const held = heldOf(all, c, slot)
  if (held.part.length < rest.length) {
    all.heldBytes += rest.length - held.part.length
    held.part = new Uint8Array(rest.length)
  }
  held.part.set(rest)
  held.used = rest.length
  held.memory = remember(c)
  // A part of one byte grows when its second byte comes.
  if (held.part.length < 2) {
    all.heldBytes += 62
    held.part = new Uint8Array(64)
    held.part.set(rest)
  }
}

function wait(all: Streams, c: CaptureCursor, slot: number, seq: number, bytes: Uint8Array, wireBytes: number): void {
  const held = heldOf(all, c, slot)
  if (held.waiting.some(other => other.seq === seq && other.bytes.length >= bytes.length)) return
  held.waiting.push({ seq, bytes, wireBytes, memory: remember(c) })
  held.waitingBytes += bytes.length
  all.heldBytes += bytes.length
  if (held.waiting.length > MAX_WAITING || held.waitingBytes > MAX_WAITING_BYTES) skipGap(all, c, slot)
}

function takeWaiting(all: Streams, held: Held): Waiting[] {
  const waiting = held.waiting.sort((a, b) => (a.seq - b.seq) | 0)
  all.heldBytes -= held.waitingBytes
  held.waiting = []
  held.waitingBytes = 0
  return waiting
}

function drain(all: Streams, c: CaptureCursor, slot: number, held: Held): void {
  for (const { seq, bytes, wireBytes, memory } of takeWaiting(all, held)) {
    const skip = (nextOf(all.flows as Flows, slot) - seq) | 0
    if (stateOf(all.flows as Flows, slot) === LOST) segment(all, c, slot, seq, bytes, 0, bytes.length, wireBytes)
    else if (skip >= 0) {
      if (skip < wireBytes) consume(all, c, slot, bytes, Math.min(skip, bytes.length), bytes.length, wireBytes - skip)
    } else {
      held.waiting.push({ seq, bytes, wireBytes, memory })
      held.waitingBytes += bytes.length
      all.heldBytes += bytes.length
    }
  }
}

/** What is missing will not come: the message it belongs to is handed over as it is, then the segments behind the gap. */
function skipGap(all: Streams, c: CaptureCursor, slot: number): void {
  const held = all.held.get(slot)
  if (!held) return
  loseFraming(all, c, slot, 'capture-stream-gap')
  setFlow(all.flows as Flows, slot, LOST, 0)
  const now = { ...c }
  for (const { seq, bytes, wireBytes, memory } of takeWaiting(all, held)) {
    recall(c, memory)
    // A second gap among them: the later ones wait no more either.
    if (stateOf(all.flows as Flows, slot) === SYNCED && ((seq - nextOf(all.flows as Flows, slot)) | 0) > 0) setFlow(all.flows as Flows, slot, LOST, 0)
    segment(all, c, slot, seq, bytes, 0, bytes.length, wireBytes)
  }
  Object.assign(c, now)
}

function loseFraming(all: Streams, c: CaptureCursor, slot: number, code: 'capture-packet-cut' | 'capture-stream-gap'): void {
  const held = all.held.get(slot)
  if (code === 'capture-stream-gap') oddPacket(all.list, code, c)
  if (!held || held.used === 0) return
  const { used, part, memory } = held
  held.used = 0
  if (used < 2 + HEADER_BYTES || memory === undefined) return
  const whole = 2 + (((part[0] as number) << 8) | (part[1] as number))
  const now = { ...c }
  recall(c, memory)
  all.deliver(part, new DataView(part.buffer, part.byteOffset, part.length), 2, used, whole - used)
  Object.assign(c, now)
}

/** Nothing more will come in this direction. */
function finish(all: Streams, c: CaptureCursor, slot: number): void {
  const held = all.held.get(slot)
  if (!held) return
  if (held.waiting.length > 0) skipGap(all, c, slot)
  if (held.used > 0) loseFraming(all, c, slot, 'capture-stream-gap')
  all.heldBytes -= held.part.length + held.waitingBytes
  all.held.delete(slot)
}

export function endStreams(all: Streams, c: CaptureCursor): void {
  for (const slot of all.held.keys()) finish(all, c, slot)
}

// The directions of TCP connections a capture is following: a table of bounded size, so that a port scan costs nothing. A direction seen on two interfaces
// is two. Sets of four slots; a full set makes the table grow, in a table of full size the slot unused for longest makes room.
import type { CaptureCursor } from './capture-cursor.ts'

const FIRST_SETS = 16
const MAX_SETS = 1024
const WAYS = 4
const WORDS = 16
/** Words of a slot: 0..3 from, 4..7 to, 8 ports, 9 interface and packet type, 10 kernel's interface, 11 state, 12 next sequence number, 13 last use. */
const PORTS = 8
const SEEN_AT = 9
const KERNEL_SEEN_AT = 10
const STATE = 11
const NEXT = 12
const USED = 13

export const FREE = 0
/** Its beginning was not seen, or bytes are missing: waiting for something that begins like a message. */
export const LOST = 1
export const SYNCED = 2

export interface Flows {
  words: Int32Array
  sets: number
  readonly onEvict: (slot: number) => void
  /** Slots are numbered anew: old slot → new slot. */
  readonly onMove: (moved: ReadonlyMap<number, number>) => void
  clock: number
}

export const flows = (onEvict: Flows['onEvict'], onMove: Flows['onMove']): Flows =>
  ({ words: new Int32Array(FIRST_SETS * WAYS * WORDS), sets: FIRST_SETS, onEvict, onMove, clock: 0 })

const key = new Int32Array(11)

function makeKey(c: CaptureCursor): void {
  const { header, fromAt, toAt } = c
  key[0] = header.getInt32(fromAt)
  key[4] = header.getInt32(toAt)
  const wide = c.addressBytes === 16
  for (let i = 1; i < 4; i++) {
    key[i] = wide ? header.getInt32(fromAt + i * 4) : 0
    key[4 + i] = wide ? header.getInt32(toAt + i * 4) : 0
  }
  key[PORTS] = (c.fromPort << 16) | c.toPort
  key[SEEN_AT] = (c.interfaceIndex << 8) | (c.packetType & 0x7f) | (wide ? 0x80 : 0)
  key[KERNEL_SEEN_AT] = c.kernelInterface
}

/** The first slot of the set that the eleven words at `at` belong to. */
function setOf(words: Int32Array, at: number, sets: number): number {
  let hash = 0x3c6ef372
  for (let i = 0; i < 11; i++) {
    hash = Math.imul(hash ^ (words[at + i] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return ((hash ^ (hash >>> 11)) & (sets - 1)) * WAYS
}

/** Four times the sets: what was in one set goes to four, so every slot finds room. */
function grow(all: Flows): void {
  const { words, sets } = all
  const larger = new Int32Array(words.length * 4)
  const moved = new Map<number, number>()
  for (let slot = 0; slot < sets * WAYS; slot++) {
    const at = slot * WORDS
    if (words[at + STATE] === FREE) continue
    let to = setOf(words, at, sets * 4)
    while (larger[to * WORDS + STATE] !== FREE) to++
    larger.set(words.subarray(at, at + WORDS), to * WORDS)
    moved.set(slot, to)
  }
  all.words = larger
  all.sets = sets * 4
  all.onMove(moved)
}

/** The slot of the packet's direction; -1: not followed, and `create` was false. */
export function flowOf(all: Flows, c: CaptureCursor, create: boolean): number {
  const { words } = all
  makeKey(c)
  const set = setOf(key, 0, all.sets)
  let victim = set
  for (let slot = set; slot < set + WAYS; slot++) {
    const at = slot * WORDS
    if (words[at + STATE] !== FREE) {
      let same = true
      for (let i = 0; i < 11 && same; i++) same = words[at + i] === key[i]
      if (same) {
        words[at + USED] = ++all.clock
        return slot
      }
    }
    const best = victim * WORDS
    if (words[best + STATE] !== FREE && (words[at + STATE] === FREE || (words[at + USED] as number) < (words[best + USED] as number))) victim = slot
  }
  if (!create) return -1
  const at = victim * WORDS
  if (words[at + STATE] !== FREE && all.sets < MAX_SETS) {
    grow(all)
    return flowOf(all, c, create)
  }
  if (words[at + STATE] !== FREE) all.onEvict(victim)
  words.set(key, at)
  words[at + STATE] = LOST
  words[at + NEXT] = 0
  words[at + USED] = ++all.clock
  return victim
}

export const stateOf = (all: Flows, slot: number): number => all.words[slot * WORDS + STATE] as number
export const nextOf = (all: Flows, slot: number): number => all.words[slot * WORDS + NEXT] as number

export function setFlow(all: Flows, slot: number, state: number, next: number): void {
  all.words[slot * WORDS + STATE] = state
  all.words[slot * WORDS + NEXT] = next
}

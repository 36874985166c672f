// The directions of TCP connections a capture is following: a table of fixed size, so that a port scan costs nothing. A direction seen on two interfaces
// is two. Sets of four slots; the one unused for longest makes room.
import type { CaptureCursor } from './capture-cursor.ts'

const SETS = 1024
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
  readonly words: Int32Array
  readonly onEvict: (slot: number) => void
  clock: number
}

export const flows = (onEvict: (slot: number) => void): Flows => ({ words: new Int32Array(SETS * WAYS * WORDS), onEvict, clock: 0 })

const key = new Int32Array(11)

function makeKey(c: CaptureCursor): number {
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
  let hash = 0x3c6ef372
  for (let i = 0; i < 11; i++) {
    hash = Math.imul(hash ^ (key[i] as number), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return (hash ^ (hash >>> 11)) & (SETS - 1)
}

/** The slot of the packet's direction; -1: not followed, and `create` was false. */
export function flowOf(all: Flows, c: CaptureCursor, create: boolean): number {
  const { words } = all
  const set = makeKey(c) * WAYS
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

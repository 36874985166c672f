// SHA-512 (FIPS 180-4), for the hash that CoreDNS prints of its configuration. Hops import no library.
import { paddedBlocks } from './hash-padding.ts'

const MASK = 2n ** 64n - 1n

function primes(count: number): bigint[] {
  const found: bigint[] = []
  for (let n = 2n; found.length < count; n++) if (found.every(p => n % p !== 0n)) found.push(n)
  return found
}

/** The largest integer whose `power`-th power is not above `value`. */
function root(value: bigint, power: bigint): bigint {
  let [low, high] = [0n, 2n ** 70n]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (middle ** power <= value) low = middle
    else high = middle - 1n
  }
  return low
}

/** First 64 bits of the fractional parts of cube roots and square roots of primes. */
const ROUNDS = primes(80).map(p => root(p << 192n, 3n) & MASK)
const START = primes(8).map(p => root(p << 128n, 2n) & MASK)

const turned = (x: bigint, by: bigint): bigint => ((x >> by) | (x << (64n - by))) & MASK

export function sha512(text: string): string {
  const view = paddedBlocks(text, 128, false)
  let state = START
  for (let at = 0; at < view.byteLength; at += 128) state = block(state, view, at)
  return state.map(word => word.toString(16).padStart(16, '0')).join('')
}

function block(state: readonly bigint[], view: DataView, at: number): bigint[] {
  const words = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + i * 8))
  for (let i = 16; i < 80; i++) {
    const [x, y] = [words[i - 15] as bigint, words[i - 2] as bigint]
    const s0 = turned(x, 1n) ^ turned(x, 8n) ^ (x >> 7n)
    const s1 = turned(y, 19n) ^ turned(y, 61n) ^ (y >> 6n)
    words.push(((words[i - 16] as bigint) + s0 + (words[i - 7] as bigint) + s1) & MASK)
  }
  let [a, b, c, d, e, f, g, h] = state as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]
  for (let i = 0; i < 80; i++) {
    const s1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n)
    const t1 = (h + s1 + ((e & f) ^ (~e & MASK & g)) + (ROUNDS[i] as bigint) + (words[i] as bigint)) & MASK
    const s0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) & MASK
    ;[a, b, c, d, e, f, g, h] = [(t1 + t2) & MASK, a, b, c, (d + t1) & MASK, e, f, g]
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => (x + (state[i] as bigint)) & MASK)
}

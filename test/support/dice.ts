// Seeded choices for tests: the same seed, the same numbers everywhere.

/** 0 … n - 1 (mulberry32). */
export function dice(seed: number): (n: number) => number {
  let s = seed >>> 0
  return n => {
    s = (s + 0x6d2b79f5) >>> 0
    let t = Math.imul(s ^ (s >>> 15), s | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

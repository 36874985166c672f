// A part of a list by time, without looking at the rest: a capture may hold a million questions of one name.

interface Timed {
  readonly fromMs: number | undefined
}

/** In order of time; those without one last. */
export const byTime = <T extends Timed>(all: readonly T[]): T[] => [...all].sort((a, b) => (a.fromMs ?? Infinity) - (b.fromMs ?? Infinity) || 0)

/** Entries of a list in order of time with `fromMs` in [low, high]. */
export function within<T extends Timed>(sorted: readonly T[], low: number, high: number): readonly T[] {
  const start = firstFrom(sorted, low)
  let end = start
  while (end < sorted.length && (sorted[end] as T).fromMs !== undefined && ((sorted[end] as T).fromMs as number) <= high) end++
  return sorted.slice(start, end)
}

function firstFrom(sorted: readonly Timed[], low: number): number {
  let [a, b] = [0, sorted.length]
  while (a < b) {
    const middle = (a + b) >> 1
    if (((sorted[middle] as Timed).fromMs ?? Infinity) < low) a = middle + 1
    else b = middle
  }
  return a
}

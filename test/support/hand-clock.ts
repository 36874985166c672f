// A clock that goes only when a test turns it.
import type { Clock } from '../../src/drivers/serve-tasks.ts'

interface Timer {
  readonly atMs: number
  readonly run: () => void
}

export interface HandClock extends Clock {
  readonly advance: (ms: number) => void
  /** Timers that wait. */
  readonly waiting: () => number
}

export function handClock(): HandClock {
  let now = 0
  const timers = new Set<Timer>()
  const due = (byMs: number): Timer | undefined => [...timers].filter(t => t.atMs <= byMs).toSorted((a, b) => a.atMs - b.atMs)[0]
  return {
    nowMs: () => now,
    after: (ms, run) => {
      const timer = { atMs: now + ms, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance: ms => {
      const endMs = now + ms
      for (let next = due(endMs); next; next = due(endMs)) {
        timers.delete(next)
        now = Math.max(now, next.atMs)
        next.run()
      }
      now = endMs
    },
    waiting: () => timers.size,
  }
}

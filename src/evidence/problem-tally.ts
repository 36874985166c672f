// One Problem a kind, with how often it happened: a log of a million odd lines gives one Problem, not a million.
import type { Problem, Source } from '../chain/source.ts'

export interface ProblemTally {
  /** `message` is the sentence without the count. The first Source is the one shown. */
  add(code: string, state: Problem['state'], message: string, source?: Source, count?: number): void
  list(): Problem[]
}

/** More kinds than this cannot happen with fixed codes; a guard against codes made from input. */
const KIND_LIMIT = 256

export function problemTally(): ProblemTally {
  const kinds = new Map<string, { problem: Problem; count: number }>()
  return {
    add(code, state, message, source, count = 1) {
      const key = `${code} ${message}`
      const known = kinds.get(key)
      if (known) known.count += count
      else if (kinds.size < KIND_LIMIT) kinds.set(key, { problem: { code, message, state, ...(source && { source }) }, count })
    },
    list: () => [...kinds.values()].map(({ problem, count }) => (count === 1 ? problem
      : { ...problem, message: `${problem.message} (${count} times)` })),
  }
}

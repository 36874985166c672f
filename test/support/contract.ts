// The contract that ties the drivers together, for any chain: what is simulated was explored, and what was explored can be
// followed. A hop that keeps state in the wrong place, or reads a clock, breaks it.
import { text, type Ask, type Chain, type Plain } from '../../src/chain/effects.ts'
import type { Explored } from '../../src/chain/outcome.ts'
import { explore, type Limits } from '../../src/drivers/explore.ts'
import { replay } from '../../src/drivers/replay.ts'
import { repeated, simulate } from '../../src/drivers/simulate.ts'

export interface ContractOptions {
  /** Simulations with different seeds; 20. */
  readonly seeds?: number
  /** Lookups in each; 12. */
  readonly lookups?: number
  /** Between two lookups; each simulation takes the next. Chosen so that cells are found young, old, and gone. */
  readonly everyMs?: readonly number[]
  /** What of a value counts. Default: all but what is counted down. */
  readonly project?: (value: Plain) => Plain
  /** Compare how long a lookup took as well; default true. */
  readonly elapsed?: boolean
  readonly limits?: Partial<Limits>
}

export interface Contract {
  /** Empty when the contract holds. */
  readonly broken: readonly string[]
  readonly cold: Explored
  readonly any: Explored
  readonly simulated: number
  readonly replayed: number
}

/** Within a lookup's time-outs, within short and long lives of cells, and beyond all of them. */
const EVERY_MS = [700, 4_000, 17_000, 90_000, 4_000_000]

/** Simulated ⊆ explored(any), and every witness of explored(cold) replays to its own outcome. */
export function checkContract(chain: Chain, root: Ask, options: ContractOptions = {}): Contract {
  const { seeds = 20, lookups = 12, everyMs = EVERY_MS, project = withoutTtls, elapsed = true, limits } = options
  const end = (value: Plain, elapsedMs: number): string => `${text(project(value))}${elapsed ? ` after ${elapsedMs} ms` : ''}`
  const cold = explore(chain, root, { start: 'cold', ...(limits && { limits }) })
  const any = explore(chain, root, { start: 'any', ...(limits && { limits }) })
  const broken: string[] = []
  const possible = new Set(any.outcomes.map(o => end(o.value, o.elapsedMs)))
  let simulated = 0
  for (let seed = 1; seed <= seeds; seed++) {
    for (const lookup of simulate(chain, repeated(root, everyMs[seed % everyMs.length] ?? 1000, lookups), { seed })) {
      simulated++
      const got = end(lookup.value, lookup.elapsedMs)
      // Where a bound was hit nothing is said to be impossible (rule 13).
      if (any.complete && !possible.has(got)) broken.push(`simulated, seed ${seed}, lookup ${lookup.index}: ${got} was not explored`)
    }
  }
  broken.push(...brokenWitnesses(chain, root, cold))
  for (const o of any.complete ? cold.outcomes : []) {
    if (!possible.has(end(o.value, o.elapsedMs))) broken.push(`${end(o.value, o.elapsedMs)} is explored from cold, not from any`)
  }
  return { broken, cold, any, simulated, replayed: cold.outcomes.length }
}

/** Witnesses that do not replay to their own ending. */
export function brokenWitnesses(chain: Chain, root: Ask, { outcomes }: Explored): string[] {
  return outcomes.flatMap(o => {
    const replayed = replay(chain, root, o.witness, { world: o.world })
    const want = `${text(o.value)} after ${o.elapsedMs} ms`
    const got = replayed.followed ? `${text(replayed.value)} after ${replayed.elapsedMs} ms` : `step ${replayed.step}: ${replayed.why}`
    return got === want ? [] : [`the witness of ${want} replays to ${got}`]
  })
}

/** A reply from a cache counts down; the explorer shows it as full as it was stored. */
export function withoutTtls(value: Plain): Plain {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(withoutTtls)
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'ttlS').map(([key, v]) => [key, withoutTtls(v as Plain)]))
}

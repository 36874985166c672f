// The driver contract on a recorded scenario: what is simulated, and what is served, of its last question was explored, and every
// witness replays to its own ending.
import { text, type Ask, type Chain, type Plain } from '../../src/chain/effects.ts'
import { explore, type Limits } from '../../src/drivers/explore.ts'
import { ServedMemory } from '../../src/drivers/serve-memory.ts'
import { Tasks } from '../../src/drivers/serve-tasks.ts'
import { simulate, type SimulateOptions } from '../../src/drivers/simulate.ts'
import { brokenWitnesses, withoutTtls } from '../support/contract.ts'
import { dice } from '../support/dice.ts'
import { handClock } from '../support/hand-clock.ts'

export interface Scene {
  readonly chain: Chain
  /** What was asked before, by time: caches and health are as these left them. */
  readonly before: readonly { readonly atMs: number; readonly ask: Ask }[]
  readonly last: { readonly atMs: number; readonly ask: Ask }
}

export interface SceneVerdict {
  /** Empty when the contract holds. */
  readonly broken: readonly string[]
  /** False where a bound was hit: then nothing is said to be impossible. */
  readonly complete: boolean
}

/** Enough for a row; a scene with more says that it is not complete. */
const LIMITS: Partial<Limits> = { paths: 4000 }
const SEEDS = [1, 2, 3]

export function checkScene(scene: Scene): SceneVerdict {
  const { chain, last: { ask } } = scene
  const any = explore(chain, ask, { start: 'any', limits: LIMITS })
  const possible = new Set(any.outcomes.map(o => ending(o.value)))
  const got = [
    ...SEEDS.map(seed => ['simulated', seed, simulated(scene, { seed })] as const), ...SEEDS.map(seed => ['served', seed, served(scene, seed)] as const),
  ]
  const broken = got.filter(([, , value]) => any.complete && !possible.has(ending(value)))
    .map(([how, seed, value]) => `${how}, seed ${seed}: ${ending(value)} was not explored, but ${[...possible].join(' or ')}`)
  if (any.complete) broken.push(...brokenWitnesses(chain, ask, explore(chain, ask, { start: 'cold', limits: LIMITS })))
  return { broken, complete: any.complete }
}

/** Without TTLs, and names in lower case: a kept record has the letters that somebody else once asked with, the explorer's those of this question. */
const ending = (value: Plain): string => text(withoutTtls(value)).toLowerCase()

function simulated({ chain, before, last }: Scene, options: SimulateOptions): Plain {
  let value: Plain
  for (const lookup of simulate(chain, [...before, last], options)) if (lookup.index === before.length) value = lookup.value
  return value
}

/** On the serving driver's own clockwork, with a clock that jumps. A lookup still under way at the end is lost. */
function served({ chain, before, last }: Scene, seed: number): Plain {
  const clock = handClock()
  const random = dice(seed)
  const faults: unknown[] = []
  const tasks = new Tasks({ chain, clock, memory: new ServedMemory({ below: random, world: new Map() }), onFault: error => faults.push(error) })
  let value: Plain = 'no ending'
  for (const { atMs, ask } of [...before, last]) {
    if (atMs > clock.nowMs()) clock.advance(atMs - clock.nowMs())
    tasks.lookUp(ask, how => { value = ask === last.ask ? how.value : value })
  }
  clock.advance(LONGEST_LOOKUP_MS)
  tasks.close()
  return faults.length > 0 ? `threw ${String(faults[0])}` : value
}

const LONGEST_LOOKUP_MS = 300_000

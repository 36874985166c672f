// A run over random worlds: the explorer against the judge, then every mutant against the same verdicts.
import { explore } from '../../src/drivers/explore.ts'
import { compareWith, judgeWorld, type ExploreLike, type Judged } from './compare.ts'
import { MUTANTS, MutantFarm, type Mutant } from './mutants.ts'
import { randomWorld, type World } from './random-world.ts'

export interface Tally {
  compared: number
  skipped: number
  different: { readonly seed: number; readonly start: string; readonly where: string; readonly explored: string; readonly judged: string }[]
  branching: number
  withWorlds: number
  incomplete: number
  flats: number
}

/** Worlds in which rare mistakes show: ages, laws, loops and offsets. Found by large runs. */
export const TELLING: readonly number[] = [21, 306, 314, 578, 587, 674, 1000, 1175, 1520, 2135, 2278]

export interface Verdict {
  readonly seed: number
  readonly judged: Judged
}

/** Compares worlds `seed`, `seed + 1`, … in both starts. `keep`: how many verdicts to keep for the mutants; they take memory. */
export function compareWorlds(seed: number, cases: number, limit: number, keep: number, worldOf: (seed: number) => World = randomWorld): { tally: Tally; verdicts: Verdict[] } {
  const tally: Tally = { compared: 0, skipped: 0, different: [], branching: 0, withWorlds: 0, incomplete: 0, flats: 0 }
  const verdicts: Verdict[] = []
  for (let at = seed; at < seed + cases; at++) {
    const world = worldOf(at)
    for (const start of ['cold', 'any'] as const) {
      const judged = judgeWorld(world, start, limit)
      const result = judged && compareWith(explore as ExploreLike, judged)
      if (!judged || !result || result.is === 'skipped') {
        tally.skipped++
        continue
      }
      if (result.is === 'equal' && verdicts.length < keep) verdicts.push({ seed: at, judged })
      tally.compared++
      tally.flats += judged.flats.length
      if (result.is === 'different') tally.different.push({ seed: at, start, ...result })
      else {
        if (result.flats > 1) tally.branching++
        if (result.worlds > 1) tally.withWorlds++
        if (!result.complete) tally.incomplete++
      }
    }
  }
  return { tally, verdicts }
}

export interface Trial {
  readonly name: string
  /** The seed of the first world that told; undefined = it survived. */
  readonly killedBy: number | undefined
}

export async function tryMutants(verdicts: readonly Verdict[], mutants: readonly Mutant[] = MUTANTS): Promise<Trial[]> {
  const farm = new MutantFarm()
  try {
    const trials: Trial[] = []
    for (const m of mutants) {
      const explorer = await farm.breed(m)
      const killer = verdicts.find(v => tells(explorer, v.judged))
      trials.push({ name: m.name, killedBy: killer?.seed })
    }
    return trials
  } finally {
    farm.dispose()
  }
}

/** A mutant that breaks an assertion has been noticed as well. */
function tells(explorer: ExploreLike, judged: Judged): boolean {
  try {
    return compareWith(explorer, judged).is === 'different'
  } catch {
    return true
  }
}

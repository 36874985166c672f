// Replays recorded rows on hops with one source of theirs exchanged, in a process of its own: each mutant gets all modules anew, and one
// that never ends or eats all memory takes nobody along. Started by row-judge.ts with the rows' files; a message is a mutant, or none.
import { registerHooks } from 'node:module'
import type { judging as Judging } from '../fidelity/judge.ts'
import { readRows } from '../fidelity/rows.ts'
import { Reach, type Spot } from './reach.ts'

export interface Order {
  readonly files: readonly string[]
  readonly group?: string | undefined
}
/**
 * `url`: of the source to exchange. `baseline`: what each row was judged without it, by number; absent = to be found out, and with it which
 * instances run through which of the `spots`. `instances`: the only ones to try.
 */
export interface Trial {
  readonly nth: number
  readonly url?: string
  readonly text?: string
  readonly baseline?: readonly string[]
  readonly spots?: readonly Spot[]
  readonly instances?: readonly number[]
}
/** `killedBy`: the first row that tells, or the error of loading. `verdicts` where there was no baseline, and `through`: the instances of each spot. */
export type Said = { readonly killedBy: string } | { readonly survived: true } | { readonly verdicts: readonly string[]; readonly through: readonly (readonly number[])[] }

/** Looking what was run through takes about as long as five instances. */
const INSTANCES_A_LOOK = 5

let trial: Trial = { nth: 0 }

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const isOurs = found.url.endsWith('.ts') && context.parentURL?.includes('?mutant=') === true
    return isOurs ? { ...found, url: `${found.url}?mutant=${trial.nth}` } : found
  },
  load(url, context, next) {
    const [path] = url.split('?mutant=')
    return path === trial.url ? { format: 'module-typescript', source: trial.text, shortCircuit: true } : next(url, context)
  },
})

const { files, group } = JSON.parse(process.argv[2] as string) as Order
const rows = files.flatMap(file => readRows(file))

async function judge(asked: Trial): Promise<Said> {
  const { judging } = await import(new URL(`../fidelity/judge.ts?mutant=${asked.nth}`, import.meta.url).href) as { judging: typeof Judging }
  return asked.baseline ? firstToTell(judging, asked, asked.baseline) : withoutMutant(judging, asked.spots ?? [])
}

/** What `npm test` would notice: a row that was equal is not any more, or one that was not modelled gets a wrong answer. */
function firstToTell(judging: typeof Judging, { instances }: Trial, baseline: readonly string[]): Said {
  for (const judged of judging(rows, { group, ...(instances && { instances: new Set(instances) }) })) {
    for (const { nth, verdict, program, version, id } of judged) {
      if (baseline[nth] !== 'different' && verdict.kind !== baseline[nth] && verdict.kind !== 'equal') return { killedBy: `row ${program}@${version} ${id}` }
    }
  }
  return { survived: true }
}

function withoutMutant(judging: typeof Judging, spots: readonly Spot[]): Said {
  const verdicts: string[] = []
  const through = spots.map((): number[] => [])
  const reach = new Reach(spots)
  let at = 0
  const look = (): void => {
    for (const spot of reach.take()) for (let i = at - (at % INSTANCES_A_LOOK || INSTANCES_A_LOOK); i < at; i++) through[spot]?.push(i)
  }
  for (const judged of judging(rows, { group })) {
    for (const { nth, verdict } of judged) verdicts[nth] = verdict.kind
    if (++at % INSTANCES_A_LOOK === 0) look()
  }
  if (at % INSTANCES_A_LOOK !== 0) look()
  reach.end()
  return { verdicts, through }
}

process.on('message', async (next: Trial) => {
  trial = next
  process.send?.(await judge(next).catch((error: unknown): Said => ({ killedBy: `not loaded: ${String(error)}` })))
})
process.on('disconnect', () => process.exit())

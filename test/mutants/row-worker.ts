// Replays recorded rows on hops with one source of theirs exchanged, in a thread of its own: each mutant gets all modules anew, and one
// that never ends or eats all memory takes nobody along. Started by row-judge.ts with the rows' files; a message is a mutant, or null for none.
import { registerHooks } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { judgeRows as JudgeRows } from '../fidelity/judge.ts'
import { readRows } from '../fidelity/rows.ts'

export interface Order {
  readonly files: readonly string[]
  readonly group?: string | undefined
}
/** `url`: of the source to exchange. `baseline`: what each row was judged without it, by number; absent = to be found out. */
export interface Trial {
  readonly nth: number
  readonly url?: string
  readonly text?: string
  readonly baseline?: readonly string[]
}
/** `killedBy`: the first row that tells, or the error of loading. `verdicts` where there was no baseline. */
export type Said = { readonly killedBy: string } | { readonly verdicts: readonly string[] } | { readonly survived: true }

/** The rows are replayed in so many parts, so that most mutants need only the first. */
const PARTS = 24

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

const { files, group } = workerData as Order
const rows = files.flatMap(file => readRows(file))

async function judge({ nth, baseline }: Trial): Promise<Said> {
  const { judgeRows } = await import(new URL(`../fidelity/judge.ts?mutant=${nth}`, import.meta.url).href) as { judgeRows: typeof JudgeRows }
  const verdicts: string[] = []
  for (let at = 0; at < PARTS; at++) {
    for (const row of judgeRows(rows, { group, share: { at, of: PARTS } }).judged) {
      const before = baseline?.[row.nth]
      // What `npm test` would notice: a row that was equal is not any more, or one that was not modelled gets a wrong answer.
      if (before && before !== 'different' && row.verdict.kind !== before && row.verdict.kind !== 'equal') return { killedBy: `row ${row.program}@${row.version} ${row.id}` }
      verdicts[row.nth] = row.verdict.kind
    }
  }
  return baseline ? { survived: true } : { verdicts }
}

parentPort?.on('message', async (next: Trial) => {
  trial = next
  parentPort?.postMessage(await judge(next).catch((error: unknown): Said => ({ killedBy: `not loaded: ${String(error)}` })))
})

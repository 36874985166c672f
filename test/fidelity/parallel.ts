// Replays rows files, or checks the driver contract on them, on all cores: each worker reads the files and takes its share.
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { chosenRows, judgeRows, type Judged, type Wanted } from './judge.ts'
import { isFixture } from './programs.ts'
import { DamagedRows, readRows } from './rows.ts'
import { checkRows, type Checked } from './scene-rows.ts'

type Work = 'judge' | 'contract'

interface Task {
  readonly work: Work
  readonly files: readonly string[]
  readonly wanted: Wanted
}

export interface Result {
  readonly judged: readonly Judged[]
  readonly strangers: readonly string[]
}

/** Throws DamagedRows. Verdicts come back in the order of the files. */
export async function judgeInParallel(files: readonly string[], wanted: Wanted): Promise<Result> {
  const shares = await inShares<Result>('judge', files, wanted)
  const judged = shares.flatMap(s => s.judged).sort((a, b) => a.nth - b.nth)
  return { judged, strangers: shares[0]?.strangers ?? [] }
}

/** Throws DamagedRows. */
export async function checkInParallel(files: readonly string[], wanted: Wanted): Promise<Checked> {
  const shares = await inShares<Checked>('contract', files, wanted)
  const sum = (of: (share: Checked) => number): number => shares.reduce((total, share) => total + of(share), 0)
  return { checked: sum(s => s.checked), incomplete: sum(s => s.incomplete), broken: shares.flatMap(s => s.broken) }
}

function inShares<T>(what: Work, files: readonly string[], wanted: Wanted): Promise<T[]> {
  const of = Math.min(4, availableParallelism())
  return Promise.all(Array.from({ length: of }, (_, at) => run<T>({ work: what, files, wanted: { ...wanted, share: { at, of } } })))
}

interface Damage {
  readonly damaged: string
}

const run = <T>(task: Task): Promise<T> => new Promise((resolve, reject) => {
  const worker = new Worker(new URL(import.meta.url), { workerData: task })
  worker.once('message', (said: { readonly result: T } | Damage) => ('damaged' in said ? reject(new DamagedRows(said.damaged)) : resolve(said.result)))
  worker.once('error', reject)
})

function work({ work: what, files, wanted }: Task): { readonly result: Result | Checked } | Damage {
  try {
    const rows = files.flatMap(file => readRows(file))
    if (what === 'judge') return { result: judgeRows(rows, wanted) }
    return { result: checkRows(chosenRows(rows, wanted), rows.filter(isFixture)) }
  } catch (error) {
    if (error instanceof DamagedRows) return { damaged: error.message }
    throw error
  }
}

if (!isMainThread) parentPort?.postMessage(work(workerData as Task))

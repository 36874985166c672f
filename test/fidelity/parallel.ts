// Replays rows files on all cores: each worker reads the files and takes its share of the instances.
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { judgeRows, type Judged, type Wanted } from './judge.ts'
import { DamagedRows, readRows } from './rows.ts'

interface Task {
  readonly files: readonly string[]
  readonly wanted: Wanted
}

export interface Result {
  readonly judged: readonly Judged[]
  readonly strangers: readonly string[]
}

/** Throws DamagedRows. Verdicts come back in the order of the files. */
export async function judgeInParallel(files: readonly string[], wanted: Wanted): Promise<Result> {
  const of = Math.min(4, availableParallelism())
  const shares = await Promise.all(Array.from({ length: of }, (_, at) => run({ files, wanted: { ...wanted, share: { at, of } } })))
  const judged = shares.flatMap(s => s.judged).sort((a, b) => a.nth - b.nth)
  return { judged, strangers: shares[0]?.strangers ?? [] }
}

const run = (task: Task): Promise<Result> => new Promise((resolve, reject) => {
  const worker = new Worker(new URL(import.meta.url), { workerData: task })
  worker.once('message', (said: Result | { readonly damaged: string }) => ('damaged' in said ? reject(new DamagedRows(said.damaged)) : resolve(said)))
  worker.once('error', reject)
})

function work({ files, wanted }: Task): Result | { readonly damaged: string } {
  try {
    return judgeRows(files.flatMap(file => readRows(file)), wanted)
  } catch (error) {
    if (error instanceof DamagedRows) return { damaged: error.message }
    throw error
  }
}

if (!isMainThread) parentPort?.postMessage(work(workerData as Task))

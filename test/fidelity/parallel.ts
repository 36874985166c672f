// Replays rows files, or checks the driver contract on them, on all cores: each worker reads file after file, takes its share and forgets the
// rest, so that memory holds no more than one file a core. Instances do not reach from one file into another, what they point at does.
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { chosenRows, judgeRows, type Judged, type Wanted } from './judge.ts'
import type { Json } from './programs.ts'
import { DamagedRows, fixturesIn, readRows } from './rows.ts'
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
  // A worker that is let have more collects its garbage late.
  const worker = new Worker(new URL(import.meta.url), { workerData: task, resourceLimits: { maxOldGenerationSizeMb: 512 } })
  worker.once('message', (said: { readonly result: T } | Damage) => ('damaged' in said ? reject(new DamagedRows(said.damaged)) : resolve(said.result)))
  worker.once('error', reject)
})

function work({ work: what, files, wanted }: Task): { readonly result: Result | Checked } | Damage {
  try {
    const fixtures: readonly Json[] = files.flatMap(file => fixturesIn(file))
    return { result: what === 'judge' ? judgeFiles(files, wanted, fixtures) : checkFiles(files, wanted, fixtures) }
  } catch (error) {
    if (error instanceof DamagedRows) return { damaged: error.message }
    throw error
  }
}

function judgeFiles(files: readonly string[], wanted: Wanted, fixtures: readonly Json[]): Result {
  const all: { judged: Judged[]; strangers: string[] } = { judged: [], strangers: [] }
  let before = 0
  for (const file of files) {
    const rows: readonly Json[] = readRows(file)
    const { judged, strangers } = judgeRows(rows, wanted, fixtures)
    for (const row of judged) all.judged.push({ ...row, nth: row.nth + before })
    all.strangers.push(...strangers)
    before += rows.length
  }
  return all
}

function checkFiles(files: readonly string[], wanted: Wanted, fixtures: readonly Json[]): Checked {
  const all: Checked = { checked: 0, incomplete: 0, broken: [] }
  for (const file of files) {
    const { checked, incomplete, broken } = checkRows(chosenRows(readRows(file), wanted), fixtures)
    all.checked += checked
    all.incomplete += incomplete
    all.broken.push(...broken)
  }
  return all
}

if (!isMainThread) parentPort?.postMessage(work(workerData as Task))

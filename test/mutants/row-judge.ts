// The first judge of a mutant: all recorded rows, in a thread that is kept for the next mutant.
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Mutant } from './draw.ts'
import type { Order, Said, Trial } from './row-worker.ts'

/** Threads keep the modules of every mutant they have seen. */
const TRIALS_OF_A_THREAD = 8
const HEAP_MB = 1500
/** A mutant may take as long as all rows while what they run through is counted, and this on top: what takes longer does not end. */
const PATIENCE_MS = 10_000

export class RowJudge {
  private worker: Worker | undefined
  private nth = 0
  private baseline: readonly string[] = []
  private through: readonly (readonly number[])[] = []
  private limitMs = Infinity
  readonly root: string
  private readonly order: Order

  /** `root`: the tree whose hops are judged. */
  private constructor(root: string, order: Order) {
    this.root = root
    this.order = order
  }

  /** `places`: where the mutants will be, so that only the rows that come by are tried on one. */
  static async start(root: string, order: Order, places: readonly Pick<Mutant, 'file' | 'start'>[] = []): Promise<RowJudge> {
    const judge = new RowJudge(root, order)
    const began = performance.now()
    const said = await judge.send({ nth: judge.nth++, spots: places.map(({ file, start }) => ({ url: judge.urlOf(file), at: start })) })
    if (!('verdicts' in said)) throw new Error(`without a mutant: ${JSON.stringify(said)}`)
    judge.baseline = said.verdicts
    judge.through = said.through
    judge.limitMs = performance.now() - began + PATIENCE_MS
    return judge
  }

  /** What killed it: a row, an endless run, memory. `place`: its number among those of the start. A place that no row was seen to come by is tried with all. */
  async killer(file: string, text: string, place?: number): Promise<string | undefined> {
    if (this.nth % TRIALS_OF_A_THREAD === 0) await this.end()
    const instances = (place === undefined ? undefined : this.through[place]) ?? []
    const said = await this.send({ nth: this.nth++, url: this.urlOf(file), text, baseline: this.baseline, ...(instances.length > 0 && { instances }) })
    return 'killedBy' in said ? said.killedBy : undefined
  }

  private readonly urlOf = (file: string): string => pathToFileURL(join(this.root, file)).href

  private async send(trial: Trial): Promise<Said> {
    this.worker ??= new Worker(pathToFileURL(join(this.root, 'test/mutants/row-worker.ts')), {
      workerData: this.order, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    const { worker } = this
    const said = await new Promise<Said>(resolve => {
      const end = (how: Said): void => {
        clearTimeout(timer)
        resolve(how)
      }
      const timer = setTimeout(() => end({ killedBy: 'never ends' }), Math.min(this.limitMs, 2 ** 31 - 1))
      worker.removeAllListeners()
      worker.once('message', end)
      worker.once('error', error => end({ killedBy: `thread ended: ${error.message}` }))
      worker.postMessage(trial)
    })
    if ('killedBy' in said && /^(?:never|thread)/.test(said.killedBy)) await this.end()
    return said
  }

  async end(): Promise<void> {
    await this.worker?.terminate()
    this.worker = undefined
  }
}

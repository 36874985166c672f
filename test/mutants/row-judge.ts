// The first judge of a mutant: all recorded rows, in a thread that is kept for the next mutant.
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Order, Said, Trial } from './row-worker.ts'

/** Threads keep the modules of every mutant they have seen. */
const TRIALS_OF_A_THREAD = 8
const HEAP_MB = 1500
/** A mutant may take so much longer than no mutant, and this on top: what takes longer does not end. */
const SLOWER = 8
const PATIENCE_MS = 10_000

export class RowJudge {
  private worker: Worker | undefined
  private nth = 0
  private baseline: readonly string[] = []
  private limitMs = Infinity
  readonly root: string
  private readonly order: Order

  /** `root`: the tree whose hops are judged. */
  private constructor(root: string, order: Order) {
    this.root = root
    this.order = order
  }

  static async start(root: string, order: Order): Promise<RowJudge> {
    const judge = new RowJudge(root, order)
    const began = performance.now()
    const said = await judge.send({ nth: judge.nth++ })
    if (!('verdicts' in said)) throw new Error(`without a mutant: ${JSON.stringify(said)}`)
    judge.baseline = said.verdicts
    judge.limitMs = SLOWER * (performance.now() - began) + PATIENCE_MS
    return judge
  }

  /** What killed it: a row, an endless run, memory. */
  async killer(file: string, text: string): Promise<string | undefined> {
    if (this.nth % TRIALS_OF_A_THREAD === 0) await this.end()
    const said = await this.send({ nth: this.nth++, url: pathToFileURL(join(this.root, file)).href, text, baseline: this.baseline })
    return 'killedBy' in said ? said.killedBy : undefined
  }

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

// The first judge of a mutant: all recorded rows, in a process that is kept for the next mutant. A thread that runs out of memory can take
// its whole process along.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Mutant } from './draw.ts'
import type { Order, Said, Trial } from './row-worker.ts'

/** A process keeps the modules of every mutant it has seen. */
const TRIALS_OF_A_PROCESS = 8
/** All rows take about 1000. */
const HEAP_MB = 3000
/** A mutant may take as long as all rows while what they run through is counted, and this on top: what takes longer does not end. */
const PATIENCE_MS = 10_000

export class RowJudge {
  private worker: ChildProcess | undefined
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
    if (this.nth % TRIALS_OF_A_PROCESS === 0) await this.end()
    const instances = (place === undefined ? undefined : this.through[place]) ?? []
    const said = await this.send({ nth: this.nth++, url: this.urlOf(file), text, baseline: this.baseline, ...(instances.length > 0 && { instances }) })
    return 'killedBy' in said ? said.killedBy : undefined
  }

  private readonly urlOf = (file: string): string => pathToFileURL(join(this.root, file)).href

  private async send(trial: Trial): Promise<Said> {
    this.worker ??= fork(join(this.root, 'test/mutants/row-worker.ts'), [JSON.stringify(this.order)], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
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
      worker.once('exit', (code, signal) => end({ killedBy: `process ended: ${signal ?? code}` }))
      worker.send(trial)
    })
    if ('killedBy' in said && /^(?:never|process)/.test(said.killedBy)) await this.end()
    return said
  }

  async end(): Promise<void> {
    const { worker } = this
    this.worker = undefined
    if (!worker || worker.exitCode !== null || worker.signalCode !== null) return
    worker.removeAllListeners()
    const ended = once(worker, 'exit')
    worker.kill('SIGKILL')
    await ended
  }
}

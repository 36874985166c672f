// Judges rows on a thread of its own: the model's work must not make the sockets late.
import { Session } from 'node:inspector/promises'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { judgeRows } from '../fidelity/judge.ts'
import type { Json } from '../fidelity/programs.ts'
import type { Verdict } from '../fidelity/verdict.ts'
import { reachedOf, type Reached } from './reached.ts'

export type { Reached } from './reached.ts'

interface Asked {
  readonly nth: number
  /** Absent: what was reached so far. */
  readonly rows?: readonly Json[]
}

interface Said {
  readonly nth: number
  readonly verdicts: readonly Verdict[] | readonly Reached[]
}

export class JudgeThread {
  private readonly worker: Worker
  private readonly waiting = new Map<number, (said: Said['verdicts']) => void>()
  private asked = 0

  constructor(watches = false) {
    this.worker = new Worker(new URL(import.meta.url), { workerData: { watches } })
    this.worker.on('message', ({ nth, verdicts }: Said) => {
      this.waiting.get(nth)?.(verdicts)
      this.waiting.delete(nth)
    })
    this.worker.on('error', error => { throw error })
  }

  /** A verdict for each row, in order. */
  judge(rows: readonly object[]): Promise<readonly Verdict[]> {
    return this.ask({ rows: rows as readonly Json[] }) as Promise<readonly Verdict[]>
  }

  /** The branches of the hops that the rows so far went through. */
  reached(): Promise<readonly Reached[]> {
    return this.ask({}) as Promise<readonly Reached[]>
  }

  private ask(what: Omit<Asked, 'nth'>): Promise<Said['verdicts']> {
    const nth = this.asked++
    this.worker.postMessage({ nth, ...what } satisfies Asked)
    return new Promise(resolve => this.waiting.set(nth, resolve))
  }

  close(): Promise<number> {
    return this.worker.terminate()
  }
}

function verdictsOf(rows: readonly Json[]): readonly Verdict[] {
  const { judged } = judgeRows(rows)
  return judged.toSorted((a, b) => a.nth - b.nth).map(row => row.verdict)
}

async function serve(port: NonNullable<typeof parentPort>): Promise<void> {
  const session = new Session()
  if ((workerData as { readonly watches: boolean }).watches) {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }
  port.on('message', ({ nth, rows }: Asked) => {
    if (rows) port.postMessage({ nth, verdicts: verdictsOf(rows) } satisfies Said)
    else void session.post('Profiler.takePreciseCoverage').then(({ result }) => port.postMessage({ nth, verdicts: reachedOf(result) } satisfies Said))
  })
}

if (parentPort) await serve(parentPort)

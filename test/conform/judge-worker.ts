// Judges rows on a thread of its own: the model's work must not make the sockets late.
import { parentPort, Worker } from 'node:worker_threads'
import { judgeRows } from '../fidelity/judge.ts'
import type { Json } from '../fidelity/programs.ts'
import type { Verdict } from '../fidelity/verdict.ts'

interface Asked {
  readonly nth: number
  readonly rows: readonly Json[]
}

interface Said {
  readonly nth: number
  readonly verdicts: readonly Verdict[]
}

export class JudgeThread {
  private readonly worker = new Worker(new URL(import.meta.url))
  private readonly waiting = new Map<number, (verdicts: readonly Verdict[]) => void>()
  private asked = 0

  constructor() {
    this.worker.on('message', ({ nth, verdicts }: Said) => {
      this.waiting.get(nth)?.(verdicts)
      this.waiting.delete(nth)
    })
    this.worker.on('error', error => { throw error })
  }

  /** A verdict for each row, in order. */
  judge(rows: readonly object[]): Promise<readonly Verdict[]> {
    const nth = this.asked++
    this.worker.postMessage({ nth, rows: rows as readonly Json[] } satisfies Asked)
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

parentPort?.on('message', ({ nth, rows }: Asked) => parentPort?.postMessage({ nth, verdicts: verdictsOf(rows) } satisfies Said))

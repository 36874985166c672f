// What happens next on the virtual clock: a binary heap. At one instant replies come before time-outs, inner time-outs
// before the outer ones that they may still answer in time, and otherwise what was scheduled first.

export interface Event {
  readonly atMs: number
  /** 0: something happens. Above: a time limit is over; the deeper the asker, the sooner. */
  readonly rank: number
  readonly run: () => void
}

/** No chain nests asks as deep as this. */
const DEEPEST = 1e6
export const timeoutRank = (depth: number): number => DEEPEST - depth

type Queued = Event & { readonly nth: number }

export class EventQueue {
  private readonly heap: Queued[] = []
  private scheduled = 0

  get size(): number {
    return this.heap.length
  }

  nextMs(): number {
    return this.heap[0]?.atMs ?? Infinity
  }

  add(event: Event): void {
    const { heap } = this
    const added = { ...event, nth: this.scheduled++ }
    let at = heap.push(added) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(added, heap[parent] as Queued)) break
      heap[at] = heap[parent] as Queued
      at = parent
    }
    heap[at] = added
  }

  take(): Event | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Queued, heap[child] as Queued)) child++
      if (!before(heap[child] as Queued, last)) break
      heap[at] = heap[child] as Queued
      at = child
    }
    heap[at] = last
    return first
  }
}

const before = (a: Queued, b: Queued): boolean =>
  a.atMs !== b.atMs ? a.atMs < b.atMs : a.rank !== b.rank ? a.rank < b.rank : a.nth < b.nth

// The part of a capture file that is in memory: pieces come in, the rest that no packet has used up yet is moved to the front. 256 KiB at a time stay in the
// second-level cache of a processor; larger windows were slower.

export const PIECE_BYTES = 256 * 1024

export interface CaptureWindow {
  bytes: Uint8Array
  view: DataView
  /** What is not used up yet: [lo, hi). */
  lo: number
  hi: number
  /** File offset of `bytes[0]`. */
  base: number
  /** Bytes still to come that nobody wants. */
  skip: number
}

const SMALLEST = 1024
const SCRAP = new Uint8Array(0)

export const captureWindow = (): CaptureWindow => ({ bytes: SCRAP, view: new DataView(SCRAP.buffer), lo: 0, hi: 0, base: 0, skip: 0 })

/** Appends chunk[from, to). The caller keeps `hi - lo` bounded. */
export function addToWindow(w: CaptureWindow, chunk: Uint8Array, from: number, to: number): void {
  const skipped = Math.min(w.skip, to - from)
  const start = from + skipped
  w.skip -= skipped
  const rest = w.hi - w.lo
  const needed = rest + to - start
  const base = w.base + w.lo + (rest === 0 ? skipped : 0)
  if (needed > w.bytes.length) {
    const larger = new Uint8Array(Math.max(SMALLEST, needed, Math.min(w.bytes.length * 2, 2 * PIECE_BYTES)))
    larger.set(w.bytes.subarray(w.lo, w.hi))
    w.bytes = larger
    w.view = new DataView(larger.buffer)
  } else if (rest > 0) w.bytes.copyWithin(0, w.lo, w.hi)
  w.bytes.set(chunk.subarray(start, to), rest)
  w.lo = 0
  w.hi = needed
  w.base = base
}

/** Lets `count` bytes go, those not yet there too. */
export function dropFromWindow(w: CaptureWindow, count: number): void {
  const here = Math.min(count, w.hi - w.lo)
  w.lo += here
  w.skip += count - here
}

// The bytes of an evidence file in pieces. A plain file and a gzip of any size are read piece by piece; one packed with zstd (a capture) is unpacked at once,
// up to a limit, because zlib has no synchronous stream. Of a damaged one what comes before the damage is given.
import { zstdDecompressSync, constants } from 'node:zlib'
import { fileProblem, type ReadHooks, type ReadRange } from './file-problem.ts'
import { gunzipped } from './gunzip.ts'

const CHUNK_BYTES = 256 * 1024
const MAX_PACKED_BYTES = 256 * 1024 * 1024
/** A decompression bomb ends here. */
const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
/** The same for what is never in memory as a whole: a minute's work. */
const MAX_STREAMED_BYTES = 16 * 1024 * 1024 * 1024
/** Attempts to find how far a damaged file can be unpacked. */
const ATTEMPTS = 40

type Unpack = (packed: Uint8Array, lenient: boolean) => Uint8Array

const zstd: Unpack = (packed, lenient) => zstdDecompressSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES, ...(lenient && { finishFlush: constants.ZSTD_e_flush }) })

export function* fileBytes(path: string, sizeBytes: number, read: ReadRange, hooks: ReadHooks): Generator<Uint8Array> {
  const head = read(0, Math.min(4, sizeBytes))
  const starts = (...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte)
  if (starts(0x1f, 0x8b)) {
    yield* gunzipped(onDisk(path, sizeBytes, read, hooks), MAX_STREAMED_BYTES,
      message => hooks.onProblem(fileProblem('file-packed-damaged', path, `is packed, and ${message}`, 'damaged')))
  } else if (starts(0x28, 0xb5, 0x2f, 0xfd)) {
    if (sizeBytes > MAX_PACKED_BYTES) return tooLarge(path, hooks)
    yield* inPieces(unpacked(path, read(0, sizeBytes), zstd, hooks))
  } else yield* onDisk(path, sizeBytes, read, hooks)
}

function* onDisk(path: string, sizeBytes: number, read: ReadRange, hooks: ReadHooks): Generator<Uint8Array> {
  for (let at = 0; at < sizeBytes;) {
    const bytes = read(at, Math.min(CHUNK_BYTES, sizeBytes - at))
    if (bytes.length === 0) return
    at += bytes.length
    hooks.onProgress?.(path, at, sizeBytes)
    yield bytes
  }
}

function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
}

function unpacked(path: string, packed: Uint8Array, unpack: Unpack, hooks: ReadHooks): Uint8Array {
  try {
    return unpack(packed, false)
  } catch (error) {
    if (isTooLarge(error)) return tooLarge(path, hooks) ?? new Uint8Array(0)
    const found = beforeDamage(packed, unpack)
    hooks.onProblem(fileProblem('file-packed-damaged', path, `cannot be unpacked after ${found.length} bytes: ${error instanceof Error ? error.message : String(error)}`, 'damaged'))
    return found
  }
}

/** The longest beginning that can be unpacked. */
function beforeDamage(packed: Uint8Array, unpack: Unpack): Uint8Array {
  let best: Uint8Array = new Uint8Array(0)
  let [good, bad] = [0, packed.length + 1]
  for (let attempt = 0; attempt < ATTEMPTS && bad - good > 1; attempt++) {
    const length = attempt === 0 ? packed.length : (good + bad) >> 1
    try {
      best = unpack(packed.subarray(0, length), true)
      good = length
    } catch {
      bad = length
    }
  }
  return best
}

const isTooLarge = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'

function tooLarge(path: string, hooks: ReadHooks): undefined {
  hooks.onProblem(fileProblem('file-too-large', path, `is not read: it is larger than ${MAX_PACKED_BYTES} bytes, or than ${MAX_UNPACKED_BYTES} unpacked; unpack it first`, 'unknown'))
}

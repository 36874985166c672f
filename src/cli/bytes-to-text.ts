// Bytes of one evidence file → an EvidenceFile: read when asked for, decoded as UTF-8 with replacement characters,
// UTF-16 where a byte order mark says so (PowerShell's `>` writes that). Bytes with NULs are no text; captures are taken as bytes, unpacked.
import { TextDecoder } from 'node:util'
import type { EvidenceFile } from '../chain/evidence-files.ts'
import { fileBytes } from './file-bytes.ts'
import { fileProblem, type ReadHooks, type ReadRange } from './file-problem.ts'

/** A file over this is only streamed: `text()` gives its first part. */
export const TEXT_LIMIT = 32 * 1024 * 1024
/** Small, because text that is kept of a chunk keeps the chunk. */
const CHUNK_BYTES = 64 * 1024
/** Longest line that `chunks()` keeps in one piece. */
const LINE_LIMIT = 4 * 1024 * 1024
const SNIFF_BYTES = 8192

export function evidenceFile(path: string, sizeBytes: number, read: ReadRange, hooks: ReadHooks): EvidenceFile {
  const guarded = (start: number, length: number): Uint8Array => {
    try {
      return read(start, length)
    } catch (error) {
      hooks.onProblem(fileProblem('file-unreadable', path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, 'damaged'))
      return new Uint8Array(0)
    }
  }
  let encoding: string | undefined
  const encodingOf = (): string => (encoding ??= sniff(guarded(0, Math.min(SNIFF_BYTES, sizeBytes))))
  let whole: string | undefined
  const textNow = (): string => {
    if (sizeBytes === 0) return ''
    const found = encodingOf()
    if (found === 'binary') {
      hooks.onProblem(fileProblem('file-binary', path, 'holds bytes that are no text; not read', 'unknown'))
      return ''
    }
    const bytes = guarded(0, Math.min(sizeBytes, TEXT_LIMIT))
    if (sizeBytes > TEXT_LIMIT) hooks.onProblem(fileProblem('file-too-large', path, `has ${sizeBytes} bytes; only the first ${TEXT_LIMIT} were read`, 'partly-modelled'))
    return new TextDecoder(found).decode(bytes)
  }
  return {
    path, sizeBytes,
    text: () => (whole ??= textNow()),
    bytes: () => fileBytes(path, sizeBytes, guarded, hooks),
    * chunks() {
      if (sizeBytes === 0 || encodingOf() === 'binary') return
      yield* lineChunks(path, sizeBytes, guarded, new TextDecoder(encodingOf()), hooks)
    },
  }
}

function* lineChunks(path: string, sizeBytes: number, read: ReadRange, decoder: TextDecoder, hooks: ReadHooks): Generator<string> {
  let carry = ''
  let at = 0
  while (at < sizeBytes) {
    const bytes = read(at, Math.min(CHUNK_BYTES, sizeBytes - at))
    if (bytes.length === 0) break
    at += bytes.length
    const piece = carry + decoder.decode(bytes, { stream: at < sizeBytes })
    const lineEnd = piece.lastIndexOf('\n') + 1
    const cut = lineEnd === 0 && piece.length >= LINE_LIMIT ? piece.length : lineEnd
    if (cut > 0) yield piece.slice(0, cut)
    carry = piece.slice(cut)
    hooks.onProgress?.(path, at, sizeBytes)
  }
  if (carry !== '') yield carry
}

function sniff(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return head.includes(0) ? 'binary' : 'utf-8'
}

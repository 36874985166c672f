// What those who read a file from the disk or an archive are given, and what they say of a file that is odd as a whole.
import type { Problem } from '../chain/source.ts'

/** Reads up to `length` bytes from `start`; shorter at the end of the file. Throws what the disk throws. */
export type ReadRange = (start: number, length: number) => Uint8Array

export interface ReadHooks {
  /** Odd things met while reading, after the bundle was opened. */
  readonly onProblem: (problem: Problem) => void
  /** Called after every chunk of a file that is streamed. */
  readonly onProgress?: (path: string, doneBytes: number, totalBytes: number) => void
}

/** A Problem with a whole file, not with a line of it. */
export function fileProblem(code: string, path: string, message: string, state: Problem['state']): Problem {
  return { code, message: `${path} ${message}`, state, source: { file: path, start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1, text: '' } }
}

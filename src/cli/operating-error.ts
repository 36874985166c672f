// What the rim throws when it cannot do what it was asked: the user sees the message and the hint, never a stack.
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130

export class OperatingError extends Error {
  readonly exitCode: ExitCode
  /** Lines after the message: what is known, what to try. */
  readonly hints: readonly string[]

  constructor(exitCode: ExitCode, message: string, hints: readonly string[] = []) {
    super(message)
    this.exitCode = exitCode
    this.hints = hints
  }
}

/** Node's error code (`EACCES`), or the message. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error && typeof error.code === 'string' ? error.code : error.message) : String(error)

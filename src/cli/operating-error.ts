// What the rim throws when it cannot do what it was asked: the user sees the message and the hints, never a stack.
import type { Said } from '../findings/diagnosis.ts'

/** 0 nothing found, 1 findings, 2 wrong usage, 3 inconclusive, 4 could not look, 5 bundle damaged, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130

export class OperatingError extends Error {
  readonly exitCode: ExitCode
  readonly said: Said
  /** Lines after the message: what is known, what to try. */
  readonly hints: readonly Said[]

  constructor(exitCode: ExitCode, said: Said, hints: readonly Said[] = []) {
    super(said.en)
    this.exitCode = exitCode
    this.said = said
    this.hints = hints
  }
}

/** Wrong usage. */
export const usage = (en: string, zh: string): OperatingError => new OperatingError(2, { en, zh })

/** The same in both languages: commands, paths, messages of the system. */
export const untranslated = (text: string): Said => ({ en: text, zh: text })

/** Node's error code (`EACCES`), or the message. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error && typeof error.code === 'string' ? error.code : error.message) : String(error)

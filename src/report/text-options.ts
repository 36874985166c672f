// What a report in text depends on besides the diagnosis, and how wide it is.
import type { Lang } from '../findings/diagnosis.ts'

export interface TextOptions {
  readonly lang: Lang
  /** Of the terminal; used between 60 and 100. */
  readonly columns: number
  readonly color: boolean
  readonly wide: boolean
  /** `whydns` or `kubectl whydns`, as it was called. */
  readonly command: string
  /** Source text of the bundle's files, for the snippets. */
  readonly textOf: (file: string) => string | undefined
}

const NARROWEST = 60
const WIDEST = 100

/** Columns of a report on a terminal of so many. */
export const reportColumns = (terminal: number): number => Math.max(NARROWEST, Math.min(WIDEST, terminal))

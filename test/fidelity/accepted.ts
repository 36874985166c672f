// Recorded rows that the model does not answer as the real program did, and why that is accepted: rows that differ, and rows that are
// not modelled. A row that is equal must leave this list: `npm run fidelity` and the tests say so.
import type { Judged } from './judge.ts'

export interface Accepted {
  readonly program: string
  /** Absent = every version. */
  readonly version?: string
  /** Row id, or the beginning of several. */
  readonly id: string
  readonly reason: string
  readonly mend: string
}

export const ACCEPTED: readonly Accepted[] = [
  {
    program: 'node-cache', version: '1.21.1', id: 'node-cache.no-endpoint/1',
    reason: 'CoreDNS 1.7.0 draws the pause between two health checks between 0.25 and 0.75 s; the model has the half second of later releases',
    mend: 'draw the pause in releases that do',
  },
]

type Of = Pick<Judged, 'program' | 'version' | 'id'>

export const acceptedFor = (row: Of): Accepted | undefined =>
  ACCEPTED.find(a => a.program === row.program && (a.version === undefined || a.version === row.version) && row.id.startsWith(a.id))

/** Neither equal nor explained. */
export const isSurprise = (row: Judged): boolean => row.verdict.kind !== 'equal' && acceptedFor(row) === undefined

/** Entries whose rows are among `rows` and all equal now. */
export function outdated(rows: readonly Judged[]): readonly Accepted[] {
  return ACCEPTED.filter(entry => {
    const mine = rows.filter(row => acceptedFor(row) === entry)
    return mine.length > 0 && mine.every(row => row.verdict.kind === 'equal')
  })
}

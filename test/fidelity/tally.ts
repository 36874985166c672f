// How many rows of each kind are equal, different, accepted and not modelled.
import { acceptedFor } from './accepted.ts'
import type { Judged } from './judge.ts'

export interface Tally {
  readonly name: string
  rows: number
  equal: number
  /** Of these, `accepted` are explained in accepted.ts. */
  different: number
  accepted: number
  notModelled: number
}

export function tallyOf(judged: readonly Judged[], nameOf: (row: Judged) => string): readonly Tally[] {
  const tallies = new Map<string, Tally>()
  for (const row of judged) {
    const name = nameOf(row)
    const tally = tallies.get(name) ?? { name, rows: 0, equal: 0, different: 0, accepted: 0, notModelled: 0 }
    tallies.set(name, tally)
    tally.rows++
    if (row.verdict.kind === 'equal') tally.equal++
    else if (row.verdict.kind === 'not modelled') tally.notModelled++
    else tally.different++
    if (row.verdict.kind === 'different' && acceptedFor(row)) tally.accepted++
  }
  return [...tallies.values()]
}

export const groupLine = ({ name, rows, equal, different, accepted, notModelled }: Tally): string =>
  `${name}: ${rows} rows, ${equal} equal, ${different} different${accepted > 0 ? ` (${accepted} accepted)` : ''}, ${notModelled} not modelled`

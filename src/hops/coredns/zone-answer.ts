// A question to a zone and what comes of it.
import type { HopRun } from '../../chain/effects.ts'
import type { Cause, DnsQuery, ResourceRecord } from '../../dns/message.ts'
import type { InternalAnswer } from './internal-lookup.ts'
import type { Zone } from './zone-data.ts'

/** `success` without records: the name has only names below it. */
export type ZoneResult = 'success' | 'no name' | 'no data' | 'delegation' | 'failed' | 'loop'

export interface ZoneAnswer {
  readonly answer: readonly ResourceRecord[]
  readonly authority: readonly ResourceRecord[]
  readonly additional: readonly ResourceRecord[]
  readonly result: ZoneResult
  /** Name of the wildcard it is made from. */
  readonly wildcard?: string
  /** Why the end of an alias is what it is. */
  readonly cause?: Cause
}

export interface ZoneQuestion {
  readonly zone: Zone
  readonly query: DnsQuery
  /** Lower case, with escapes as the DNS library has them. */
  readonly name: string
  /** The same as it goes into records. */
  readonly shown: string
  readonly type: string
  readonly isDo: boolean
  /** Asks the server itself. */
  readonly lookup: (name: string, type: string, aliases: number) => HopRun<InternalAnswer>
}

export const answered = (
  result: ZoneResult, answer: readonly ResourceRecord[] = [], authority: readonly ResourceRecord[] = [], additional: readonly ResourceRecord[] = [],
): ZoneAnswer => ({ answer, authority, additional, result })

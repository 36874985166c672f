// The result of `whydns read`: what captures, logs and pasted output say by themselves, without a cluster.
import type { Problem } from '../chain/source.ts'
import type { FindingReport, Said, Verdict } from './diagnosis.ts'

/** How a question ended. `unreachable`: an ICMP error or a refused connection; `refused` is the rcode. */
export type AnswerResult = 'answer' | 'nodata' | 'nxdomain' | 'servfail' | 'refused' | 'error' | 'unanswered' | 'unreachable'

/** `same`: all say the same. `rotates`: order, or parts of one set, of one owner. `split`: servers contradict one another.
 * `changes`: one and the same server did. `alone`: one server, always the same. `unanswered`: nobody answered. */
export type RowVerdict = 'same' | 'rotates' | 'split' | 'changes' | 'alone' | 'unanswered'

export interface AnswerCount {
  readonly result: AnswerResult
  /** Data of the type that was asked for, sorted; of a result seen several times all of it. */
  readonly answers: readonly string[]
  /** Zone and primary of the SOA that came with a denial. */
  readonly soa: string | null
  /** Seen in captures; asked by hand (probes, pasted output). */
  readonly seen: number
  readonly probed: number
  /** Who asked, of those seen in captures. */
  readonly askers: Readonly<Record<string, number>>
  /** `tx:88`, `probes.jsonl:3`: the first of them. */
  readonly first: string
}

export interface MatrixCell {
  readonly server: string
  readonly results: readonly AnswerCount[]
}

export interface MatrixRow {
  readonly name: string
  readonly type: string
  readonly verdict: RowVerdict
  readonly cells: readonly MatrixCell[]
}

export interface ServerReading {
  readonly server: string
  /** Asked by others, and asks others itself: what changes here is an effect. */
  readonly forwards: boolean
  /** Service addresses under which it was asked. */
  readonly asked: readonly string[]
  readonly asks: readonly string[]
  readonly questions: number
  readonly answered: number
  readonly results: Readonly<Record<string, number>>
  readonly rttMs: { readonly min: number; readonly median: number; readonly max: number } | null
}

/** The lookups of one client for one name: search candidates and record types of one call are one lookup. */
export interface LookupReading {
  readonly client: string
  readonly name: string
  readonly lookups: number
  readonly failed: number
  readonly questions: number
  /** Questions for the name with a suffix of the search list. */
  readonly suffixed: number
  readonly results: Readonly<Record<string, number>>
}

export interface UnansweredReading {
  readonly client: string
  readonly server: string
  readonly name: string
  readonly type: string
  readonly at: string
  readonly how: 'unanswered' | 'unreachable'
  readonly evidence: string
}

/** Of a CoreDNS log: results that came from upstreams, not from the cache. */
export interface FillReading {
  readonly place: string
  readonly name: string
  readonly type: string
  readonly n: number
  readonly failed: number
  readonly low: number
  readonly high: number
  readonly results: Readonly<Record<string, number>>
  readonly letters: string
}

/** Of an application's log. */
export interface ApplicationReading {
  readonly place: string
  readonly name: string
  readonly lookups: number
  readonly failed: number
  readonly results: Readonly<Record<string, number>>
  readonly spells: readonly { readonly from: string; readonly to: string; readonly result: string; readonly count: number }[]
}

export interface Reading {
  readonly apiVersion: 'whydns/v1'
  readonly kind: 'Reading'
  readonly metadata: { readonly name: string; readonly bundle: string; readonly generatedBy: string }
  readonly spec: {
    readonly files: readonly { readonly file: string; readonly kind: string; readonly observations: number }[]
    /** Only names that match it; null = all. */
    readonly pattern: string | null
    readonly window: { readonly from: string; readonly to: string } | null
  }
  readonly status: {
    readonly verdict: Verdict
    readonly summary: Said
    readonly servers: readonly ServerReading[]
    readonly matrix: readonly MatrixRow[]
    readonly lookups: readonly LookupReading[]
    readonly unanswered: readonly UnansweredReading[]
    readonly fills: readonly FillReading[]
    readonly applications: readonly ApplicationReading[]
    readonly findings: readonly FindingReport[]
    readonly problems: readonly Problem[]
  }
}

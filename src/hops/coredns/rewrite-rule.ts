// What a rule of `rewrite` is once read, 1.9.3 to 1.15.0: it may change the query, and leave behind what is to be done to the reply.
import type { DnsQuery } from '../../dns/message.ts'
import type { CorednsVersion } from './plugin.ts'
import type { Rewriter } from './rewrite-text.ts'

export type ResponseRule =
  | { readonly kind: 'name' | 'value'; readonly rewrite: Rewriter }
  | { readonly kind: 'ttl'; readonly minS: number; readonly maxS: number }
  | { readonly kind: 'rcode'; readonly from: number; readonly to: number }
  /** Undefined: this target is left alone. */
  | { readonly kind: 'cname'; readonly retarget: (target: string) => string | undefined }
  /** `edns0 … revert`: the option goes, or is again what it was. */
  | { readonly kind: 'edns0'; readonly code: number; readonly hex: string | undefined }

/** The query after the rule; it can change (an OPT is put in) though the rule did not apply. */
export interface Applied {
  readonly query: DnsQuery
  readonly done: boolean
  readonly responses: readonly ResponseRule[]
}

/** Value of a metadata label; undefined = not set. */
export type Metadata = (label: string) => string | undefined

/** What else a rule may look at. */
export interface Around {
  readonly metadata: Metadata
  /** The server's side of the socket, without port. */
  readonly localAddress: string
  /** Options that earlier `edns0 local` rules put into this query: whatever their code, later ones of these rules find them, and no others do. */
  readonly local: Set<readonly [code: number, hex: string]>
}

export interface Rule {
  readonly mode: 'stop' | 'continue'
  readonly apply: (query: DnsQuery, around: Around) => Applied
}

/** Reads the words after the rule's field. @throws RuleRefused */
export type RuleReader = (args: readonly string[], version: CorednsVersion) => Rule['apply']

export const ignored = (query: DnsQuery): Applied => ({ query, done: false, responses: [] })
export const responding = (query: DnsQuery, matched: boolean, responses: readonly ResponseRule[]): Applied =>
  matched ? { query, done: true, responses } : ignored(query)

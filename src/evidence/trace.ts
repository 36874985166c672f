// What the join makes of packets, log lines and direct questions: exchanges, and links between them with their reasons.
import type { Transaction } from './capture-transactions.ts'
import type { ApplicationLookup, DirectAnswer, DnsPacket, Endpoint, ServedQuery } from './observation.ts'

/** Why two things are held to belong together. Words of the contract, not sentences. */
export type Reason =
  | 'same-socket' | 'same-id' | 'same-question' | 'same-bytes' | 'same-moment' | 'service-address' | 'address-rewritten' | 'same-result' | 'same-server'
  | 'asked-while-waited' | 'asked-at-once' | 'reply-followed' | 'nobody-waited' | 'nobody-else-asks-here' | 'asked-ahead'
  | 'inside-the-logged-time' | 'only-candidate' | 'nearest' | 'next-candidate' | 'other-type' | 'first-candidate'

/** A statement that something belongs to `to`. Several that are not certain: one of them is right, nobody knows which. */
export interface Link<T> {
  readonly to: T
  readonly certain: boolean
  readonly reasons: readonly Reason[]
}

/** One question and what became of it, wherever its packets were captured: on several interfaces, on node and pod, before and after translation. */
export interface Exchange {
  /** Of the sighting nearest to the CoreDNS pod: `tx:88`. */
  readonly id: string
  readonly sightings: readonly Transaction[]
  readonly main: Transaction
  /** `served`: asked of a CoreDNS pod. `upstream`: asked by one. `other`: neither, or not to be told. */
  readonly role: 'served' | 'upstream' | 'other'
  /** The CoreDNS pod, of the first two roles. */
  readonly pod: string | undefined
  /** Who asked, before any masquerade, and its place where an object says so. */
  readonly client: Endpoint
  readonly asker: string | undefined
  /** Who was asked after the translation of a Service; the address that was written on the question. */
  readonly server: Endpoint
  readonly addressed: Endpoint
  readonly name: string
  readonly type: string
  /** On the clock of the main sighting, set right by the bundle's offsets. */
  readonly fromMs: number | undefined
  /** Of the first answer or refusal. */
  readonly toMs: number | undefined
  readonly answer: DnsPacket | undefined
  readonly state: Transaction['state']
  /** Why the sightings are held to be one. */
  readonly reasons: readonly Reason[]
}

/** Who made CoreDNS' pod ask: a client that waited; nobody, CoreDNS asked ahead of need; somebody who asked by hand. */
export type Origin = 'forwarded' | 'probed' | 'unknown'

/** A question sent to a server that is not of the cluster. */
export interface UpstreamAsk {
  readonly exchange: Exchange
  readonly origin: Origin
  /** The served questions it was asked for. */
  readonly servedFor: readonly Link<Exchange>[]
  /** The log line that tells of it, where the served question itself was not captured. */
  readonly loggedAs: readonly Link<ServedQuery>[]
  /** The direct questions (probe, pasted dig) that it is. */
  readonly probe: readonly Link<DirectAnswer>[]
  readonly reasons: readonly Reason[]
}

/** One entry put into the cache of a CoreDNS pod: a served question that had to ask. */
export interface WireFill {
  readonly pod: string
  readonly served: Exchange | undefined
  readonly line: ServedQuery | undefined
  readonly upstream: UpstreamAsk
  readonly name: string
  readonly type: string
  readonly rcode: string
  readonly atMs: number | undefined
  /** False: another question to an upstream may be the one. */
  readonly certain: boolean
}

/** One lookup of one application: the candidates of its search list, A and AAAA of each. */
export interface WireLookup {
  readonly asker: string | undefined
  readonly client: string
  readonly questions: readonly Link<Exchange>[]
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  /** What the last candidate was told: `answer`, `nxdomain`, … */
  readonly result: string
  readonly said: readonly Link<ApplicationLookup>[]
}

export interface LoggedExchange {
  readonly exchange: Exchange
  readonly lines: readonly Link<ServedQuery>[]
}

/** What found no partner although the captures cover its place and time. */
export interface Unmatched {
  readonly strays: readonly DnsPacket[]
  readonly lines: readonly ServedQuery[]
  readonly served: readonly Exchange[]
  readonly direct: readonly DirectAnswer[]
  readonly application: readonly ApplicationLookup[]
}

export interface Joined {
  readonly exchanges: readonly Exchange[]
  /** All that asked servers which are not ours; those of CoreDNS pods among them. */
  readonly upstream: readonly UpstreamAsk[]
  readonly logged: readonly LoggedExchange[]
  readonly fills: readonly WireFill[]
  readonly lookups: readonly WireLookup[]
  readonly unmatched: Unmatched
  /** Sightings of one question that may be another's: listed, not joined. */
  readonly possibleSightings: readonly { readonly a: string; readonly b: string; readonly reasons: readonly Reason[] }[]
}

/** Addresses of the cluster, as far as the join must know them. */
export interface JoinTopology {
  readonly servers: readonly { readonly place: string; readonly node: string; readonly addresses: readonly string[]; readonly asksAhead: boolean }[]
  /** Service address → addresses behind it. */
  readonly services: ReadonlyMap<string, ReadonlySet<string>>
  /** Place of an address: `alpha01/web`, `node/hz-edge-1`. */
  readonly placeOf: (address: string) => string | undefined
  /** Milliseconds to take from the clock of a place. */
  readonly offsetMs?: (place: string | undefined) => number
}

// What readers of evidence return. One observation = one log line, one answer to a direct question, one packet.
import type { DnsQuery, Rcode, Reply, ResourceRecord } from '../dns/message.ts'
import type { Source } from '../chain/source.ts'

interface Seen {
  /** Where it was seen: `kube-system/coredns-edge-bz9bq`, `node/hz-edge-1`; undefined = not known, never guessed. */
  readonly place: string | undefined
  /** Milliseconds since the epoch on the place's clock; undefined = order only. */
  readonly atMs: number | undefined
  readonly source: Source
}

/** A query line of CoreDNS' log plugin: a client asked, CoreDNS answered. */
export interface ServedQuery extends Seen {
  readonly kind: 'served'
  readonly client: string
  /** -1 = the line does not say (CoreDNS before 1.1). */
  readonly clientPort: number
  /** -1 = the line does not say. */
  readonly id: number
  readonly name: string
  readonly type: string
  readonly class?: string
  readonly transport: 'udp' | 'tcp'
  /** `-` = nothing was written to the client. */
  readonly rcode: string
  /** As printed, `qr` among them. */
  readonly flags: readonly string[]
  /** DNSSEC OK of the question; a cache keeps such entries apart. */
  readonly do?: boolean
  /** Only where the log's format prints `{/forward/upstream}`; port 53 left out. */
  readonly upstream?: string
  readonly querySizeBytes: number
  readonly replySizeBytes: number
  readonly durationMs: number
  /** Told by packets, where the pod has no log: the transaction. */
  readonly tx?: string
}

/** `[ERROR] plugin/errors: 2 name. A: …`: CoreDNS could not resolve; `upstream` when the text names it. */
export interface ServerError extends Seen {
  readonly kind: 'server-error'
  readonly name: string
  readonly type: string
  readonly text: string
  /** Port 53 left out. */
  readonly upstream?: string
  /** What became of the question: the rcode the client was given, as its number. */
  readonly rcode?: number
  readonly failure: 'timeout' | 'refused' | 'unreachable' | 'loop' | 'other'
}

export type ServerEventKind =
  | 'version' | 'started' | 'reload' | 'loop-detected' | 'waiting-for-kubernetes' | 'unsynced-kubernetes' | 'api-forbidden'
    | 'api-unreachable'
  | 'corefile-error' | 'no-nameservers' | 'consolidated-errors' | 'stopping' | 'other'

/** Any other line of CoreDNS that states a fact: version, loop fatal, plugin waiting, API forbidden. */
export interface ServerEvent extends Seen {
  readonly kind: 'server-event'
  readonly event: ServerEventKind
  readonly text: string
  /** The version, the zone line, the configuration's hash, the looping question, the forbidden resource. */
  readonly value?: string
}

export type LookupFailure = 'nxdomain' | 'nodata' | 'servfail' | 'refused' | 'timeout' | 'error'
export type ResolverLibrary = 'go' | 'glibc' | 'musl' | 'java' | 'node' | 'c-ares' | 'python' | 'curl' | 'nginx' | 'busybox'

/** A resolver error, or success, as an application logged it. */
export interface ApplicationLookup extends Seen {
  readonly kind: 'application'
  /** As the application wrote it: relative names stay relative. */
  readonly name: string
  readonly ok: boolean
  /** Undefined when ok. `error`: the text does not say which (`EAI_AGAIN` is a timeout or a SERVFAIL). */
  readonly result?: LookupFailure
  /** Which library speaks like this. */
  readonly library?: ResolverLibrary
  readonly server?: string
  /** How the outcome is known. `stated`: the line names the name. `same-operation`: it is the other ending of an operation that elsewhere
   * failed with the name. `address`: it states a connection to an address that only this name has. */
  readonly basis: 'stated' | 'same-operation' | 'address'
  readonly addresses: readonly string[]
  readonly text: string
}

/** An answer to a direct question: a probe, a pasted dig, packets of a question to a server that is not of the cluster. `reply` undefined = no answer came. */
export interface DirectAnswer extends Seen {
  readonly kind: 'direct'
  readonly tool: 'probe' | 'dig' | 'nslookup' | 'host' | 'getent' | 'ping' | 'capture'
  /** Port 53 left out; `''` = the tool does not say (getent and ping go through the libc). */
  readonly server: string
  readonly query: DnsQuery
  readonly reply: Reply | undefined
  /** False: the tool prints no TTLs, those of the reply are 0 and mean nothing. */
  readonly ttlKnown?: false
  /** `unresolved`: the libc gave no address and the tool does not say why. */
  readonly failure?: 'timeout' | 'refused' | 'unreachable' | 'unresolved'
  readonly rttMs?: number
  /** Of `capture`: the transaction, `tx:88`. */
  readonly tx?: string
}

/** Whether packets reached an address: a ping. It says nothing about port 53, and a Service VIP never answers it. */
export interface Reachability extends Seen {
  readonly kind: 'reachability'
  readonly address: string
  readonly sent: number
  readonly received: number
  readonly failure?: 'timeout' | 'unreachable'
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** A DNS message in a capture, or the news that nobody took one (ICMP unreachable, a TCP connection refused). */
export interface DnsPacket extends Seen {
  readonly kind: 'packet'
  /** The interface inside the capture (`eth0`, `ifindex 4`); undefined = the capture has one and does not name it. */
  readonly interface: string | undefined
  /** Which way it went through the capturing machine, where the capture says so. `by`: between others. */
  readonly passing: 'in' | 'out' | 'by' | undefined
  readonly from: Endpoint
  readonly to: Endpoint
  readonly transport: 'udp' | 'tcp'
  /** `refused`, `unreachable`: sent by `from` (or a router on the way) about what `to` had sent; id, question and bytes are those of the quoted message. */
  readonly direction: 'query' | 'reply' | 'refused' | 'unreachable'
  /** Of a refusal: what was refused. Undefined: the quote is too short to say. */
  readonly refused?: 'query' | 'reply'
  /** -1 = not in the capture. */
  readonly id: number
  /** Set flags, in wire order: of aa, tc, rd, ra, ad, cd. */
  readonly flags: readonly string[]
  /** The first question; undefined: there is none that can be read. */
  readonly question: { readonly name: string; readonly type: string; readonly class: string } | undefined
  /** Of a reply. The four bits of the header: BADVERS and its like are in the decoded message only (`replyIn`). */
  readonly rcode: Rcode | undefined
  /** The message as captured; `messageIn` and `replyIn` decode it. Empty: not in the capture. */
  readonly bytes: Uint8Array
  /** Bytes of the message that the capture does not hold. */
  readonly missingBytes: number
  /** Of pasted text, which has no bytes: what the line says of a reply. */
  readonly printed?: PrintedReply
}

/** Owner and TTL of a record are `''` and 0 where the text does not print them; of `answerCount` records it may list fewer. */
export interface PrintedReply {
  readonly answerCount: number
  readonly authorityCount: number
  readonly answer: readonly ResourceRecord[]
}

export type Observation = ServedQuery | ServerError | ServerEvent | ApplicationLookup | DirectAnswer | Reachability | DnsPacket
export type { ResourceRecord }

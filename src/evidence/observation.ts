// What readers of evidence return. One observation = one log line, one answer to a direct question, one packet.
import type { DnsQuery, Reply, ResourceRecord } from '../dns/message.ts'
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
  readonly clientPort: number
  readonly id: number
  readonly name: string
  readonly type: string
  readonly transport: 'udp' | 'tcp'
  readonly rcode: string
  readonly flags: readonly string[]
  readonly querySizeBytes: number
  readonly replySizeBytes: number
  readonly durationMs: number
}

/** `[ERROR] plugin/errors: 2 name. A: …`: CoreDNS could not resolve; `upstream` when the text names it. */
export interface ServerError extends Seen {
  readonly kind: 'server-error'
  readonly name: string
  readonly type: string
  readonly text: string
  readonly upstream?: string
  /** `timeout`, `refused`, `unreachable`, `loop`, `other`. */
  readonly failure: 'timeout' | 'refused' | 'unreachable' | 'loop' | 'other'
}

/** Any other line of CoreDNS that states a fact: version, loop fatal, plugin waiting, API forbidden. */
export interface ServerEvent extends Seen {
  readonly kind: 'server-event'
  readonly event: 'version' | 'started' | 'reload' | 'loop-detected' | 'waiting-for-kubernetes' | 'api-forbidden' | 'corefile-error' | 'no-nameservers' | 'other'
  readonly text: string
  readonly value?: string
}

/** A resolver error, or success, as an application logged it. */
export interface ApplicationLookup extends Seen {
  readonly kind: 'application'
  readonly name: string
  readonly ok: boolean
  /** `nxdomain`, `timeout`, `servfail`, `nodata`, `refused`; undefined when ok. */
  readonly result?: 'nxdomain' | 'nodata' | 'servfail' | 'refused' | 'timeout' | 'error'
  /** Which library speaks like this. */
  readonly library?: 'go' | 'glibc' | 'musl' | 'java' | 'node' | 'python' | 'curl'
  readonly server?: string
  readonly addresses: readonly string[]
  readonly text: string
}

/** An answer to a direct question: a probe, a pasted dig. `reply` undefined = no answer came. */
export interface DirectAnswer extends Seen {
  readonly kind: 'direct'
  readonly tool: 'probe' | 'dig' | 'nslookup' | 'host' | 'getent'
  readonly server: string
  readonly query: DnsQuery
  readonly reply: Reply | undefined
  readonly failure?: 'timeout' | 'refused' | 'unreachable'
  readonly rttMs?: number
}

export type Observation = ServedQuery | ServerError | ServerEvent | ApplicationLookup | DirectAnswer
export type { ResourceRecord }

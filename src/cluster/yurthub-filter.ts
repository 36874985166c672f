// What every response filter of YurtHub has in common: when a release has it, whose requests it is meant for, and what it makes of one
// object. Each filter is one file `yurthub-<its name>.ts`; which of them meet a request is yurthub-approver.ts, how they run one after
// the other is yurthub-response.ts (pkg/yurthub/filter/interfaces.go and cmd/yurthub/app/options/filters.go at each release's tag).
import { textOf, type Fields } from './fields.ts'
import type { Inventory } from './inventory.ts'
import type { PoolView } from './node-pools.ts'
import type { TopologyFilter } from './yurthub-topology.ts'

/** How one YurtHub was started. */
export interface HubSettings {
  /** Node, pool and release; a release that is not known is taken as v1.6. */
  readonly filter: TopologyFilter
  readonly mode: 'edge' | 'cloud' | 'local'
  /** `--enable-resource-filter`, on by default. */
  readonly resourceFilter: boolean
  /** `--disabled-resource-filters`. */
  readonly disabled: readonly string[]
  /** `--enable-dummy-if`, on by default: pods reach YurtHub at 169.254.2.1, else at its bind address. */
  readonly dummyInterface: boolean
}

/** One process, with what its filters keep between objects. */
export interface HubRun {
  readonly hub: HubSettings
  readonly version: number
  readonly cluster: Inventory
  /** Asked for the own node's pool, it counts as a read of that Node. */
  readonly view: PoolView
  readonly verb: string
  readonly kept: { pool?: string | undefined; hostNetworkPool?: boolean | undefined }
}

export type Filtered =
  | { readonly kind: 'kept'; readonly body: Fields }
  | { readonly kind: 'dropped' }
  /** A nil pointer is followed; in a WATCH nothing recovers from it. */
  | { readonly kind: 'panics' }

export interface HubFilter {
  readonly name: string
  /** Comparable releases (yurthub-topology.ts); `until` is the first that has it no more. */
  readonly since: number
  readonly until?: number
  /** Clients by default: what stands before the first `/` of their User-Agent. */
  readonly components: readonly string[]
  readonly resources: Readonly<Record<string, readonly string[]>>
  readonly offInCloudMode?: true
  readonly apply: (body: Fields, run: HubRun) => Filtered
  /** v1.3 and v1.4.0 hand the nil that an earlier filter left to the next one. */
  readonly meetsNil?: (run: HubRun) => 'panics' | 'dropped'
  /** It does not answer at all. */
  readonly hangs?: (run: HubRun) => boolean
}

export const kept = (body: Fields): Filtered => ({ kind: 'kept', body })
export const DROPPED: Filtered = { kind: 'dropped' }

export const isNamed = (body: Fields, namespace: string, name: string): boolean =>
  textOf(body, 'metadata', 'namespace') === namespace && textOf(body, 'metadata', 'name') === name

/** Where clients on the node reach YurtHub's secure port (`--hub-agent-dummy-if-ip`, `--bind-address` and `--proxy-secure-port`). */
export const hubAddress = ({ dummyInterface }: HubSettings): string => (dummyInterface ? '169.254.2.1' : '127.0.0.1')
export const HUB_SECURE_PORT = 10268

// What a CoreDNS plugin is here: plugin.Handler's ServeDNS (plugin/plugin.go) without a response writer. Instead of
// writing, a handler returns what it would have written.
import type { Hop, HopRun, Plain } from '../../chain/effects.ts'
import type { Reach } from '../../chain/hop.ts'
import type { CorednsModel, Directive } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import type { DnsQuery, Rcode, Reply } from '../../dns/message.ts'

/** (rcode, err) of ServeDNS, and the reply if one was written. `reply` absent and rcode FORMERR, SERVFAIL, NOTIMP or
 * REFUSED: the server writes a minimal error, behind the reply if there is one. `reply` absent and any other rcode: the client gets no reply at all. */
export type Served = {
  readonly rcode: Rcode
  readonly reply?: Reply
  readonly error?: string
  /** Who failed, when nobody wrote a reply. */
  readonly cause?: Reply['cause']
  /** The query as a later plugin changed it for good (`bufsize`): the server answers this one. */
  readonly query?: DnsQuery
  /** The query as it stood when the reply was written, if that is yet another (`rewrite edns0 … revert`): the server answers this one. */
  readonly answered?: DnsQuery
  /** Metadata that a later plugin set while it answered: `log` may print it. Only where the block has `metadata`. */
  readonly metadata?: Readonly<Record<string, string>>
  /** The type that a later plugin had changed the query to by the time the reply was written: a cache keeps no reply to another. */
  readonly askedType?: string
  /** A panic: it goes past all earlier plugins to the server's guard. */
  readonly panic?: true
}

/** plugin.ClientWrite: the codes with which a handler leaves the writing to the server. */
export const WRITTEN_BY_SERVER: ReadonlySet<Rcode> = new Set(['FORMERR', 'SERVFAIL', 'NOTIMP', 'REFUSED'])

/** A handler that wrote `reply` returns dns.RcodeSuccess, whatever the reply's rcode: the server writes nothing behind it. */
export const written = (reply: Reply): Served => ({ rcode: 'NOERROR', reply })

/** `by`: the plugin, as `coredns kube-system/coredns-x cache`. */
export const panicked = (by: string, detail = 'panic'): Served => ({ rcode: 'SERVFAIL', panic: true, cause: { kind: 'broken', by, detail } })

/** The rest of the chain. A call boundary: the explorer merges there. */
export type Next = (query: DnsQuery) => HopRun<Served>

/** Everything a plugin's set-up may read. */
export interface PluginSetup {
  /** Hop id of the server: `coredns kube-system/coredns-edge-bz9bq`. */
  readonly server: string
  /** Index of the server block, part of every cell key. */
  readonly block: number
  /** Zones of the block's keys, absolute, lower case. */
  readonly zones: readonly string[]
  /** All uses of this plugin in the block, in file order. */
  readonly directives: readonly Directive[]
  readonly version: CorednsVersion
  readonly model: CorednsModel
  readonly reach: Reach
  /** Hop id under which the part of the chain after this plugin is registered: for `Fill.from`. */
  readonly nextHop: string
  /** No plugin of the chain comes behind it. */
  readonly isLast?: boolean
  /** Adds a hop that runs beside the queries (a health check, a refresh). Absent: such work is left out. */
  readonly register?: (id: string, hop: Hop) => void
  /** True when the block has this other plugin (cache asks for metadata, dns64 …). */
  readonly has: (plugin: string) => boolean
  readonly report: (problem: Problem) => void
}

/** Name of a cell or hop of a plugin: one for each block of a server. */
export const inBlock = ({ server, block }: Pick<PluginSetup, 'server' | 'block'>, what: string): string => `${server} block ${block + 1} ${what}`

/** All uses of a plugin in the same block, in file order. */
export const usesOf = ({ model, block }: Pick<PluginSetup, 'model' | 'block'>, plugin: string): readonly Directive[] =>
  model.corefile.blocks[block]?.directives.filter(d => d.name === plugin) ?? []

/** Compared numerically: `since(version, 1, 11)`. */
export type CorednsVersion = readonly [major: number, minor: number, patch: number]
export const since = (version: CorednsVersion, major: number, minor: number, patch = 0): boolean =>
  (version[0] - major || version[1] - minor || version[2] - patch) >= 0

export type Handler = (query: DnsQuery, next: Next) => HopRun<Served>

/** Makes the handler of one plugin in one block; undefined = set-up only (health, ready, reload): not in the request path. */
export type PluginFactory = (setup: PluginSetup) => Handler | undefined

export const plain = (value: Served | Reply | DnsQuery): Plain => value as unknown as Plain

/** A path as the last `root` of the block leaves it: each use sets it anew. */
export function underRoot(setup: Pick<PluginSetup, 'model' | 'block'>, path: string): string {
  const root = usesOf(setup, 'root').at(-1)?.args[0]?.value
  return path.startsWith('/') || root === undefined ? path : `${root.replace(/\/+$/, '')}/${path}`
}

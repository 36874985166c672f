// The chain as plain data: what `cluster/link.ts` works out of a bundle, and what `hops/index.ts` makes hops of.
// Every value that decides something carries its Source. Unknown things are absent or `unknown`, never a default.
import type { Reply } from '../dns/message.ts'
import type { Source, Sourced } from './source.ts'

/** A resolv.conf as written; each stub reads it by its own rules (limits, options, bad lines). */
export interface ResolvConf {
  readonly file: string
  readonly lines: readonly ResolvConfLine[]
}
export interface ResolvConfLine {
  /** First word of the line, as written. Comment and blank lines are not listed. */
  readonly keyword: string
  readonly words: readonly Sourced<string>[]
  /** The whole line from column 1, without its newline: its keyword may be indented. */
  readonly source: Source
  /** The line ends in CR LF. `source` covers the CR, `words` do not: glibc takes it into an address. */
  readonly crlf?: true
}

export interface HostsLine {
  readonly address: Sourced<string>
  readonly names: readonly Sourced<string>[]
}

/** A Corefile after import and snippet expansion. Directives in the order of the file. */
export interface Corefile {
  readonly file: string
  readonly text: string
  readonly blocks: readonly ServerBlock[]
  /** Of blocks without a key, which are dropped once their directives are known. */
  readonly unkeyed?: readonly CorefileUse[]
}
export interface ServerBlock {
  readonly keys: readonly Sourced<string>[]
  readonly directives: readonly Directive[]
  /** The same as words, one entry a use in the order of the file: what the set-up of a plugin reads. Absent: made by hand. */
  readonly uses?: readonly CorefileUse[]
  /** From the first key to the closing brace. */
  readonly source: Source
}
/** One use of a directive; its first word is the name as written. */
export interface CorefileUse {
  readonly name: string
  readonly words: readonly CorefileWord[]
}
export interface CorefileWord {
  readonly text: string
  /** Path in the container of an imported file; empty = the Corefile itself. */
  readonly path: string
  /** 1-based line in that file. */
  readonly line: number
  readonly source: Source
}
export interface Directive {
  readonly name: string
  readonly args: readonly Sourced<string>[]
  /** Lines of the directive's own `{ … }`, in the same shape. */
  readonly properties: readonly Directive[]
  /** Name and arguments, without the block. */
  readonly source: Source
}

/** A Kubernetes object as the API prints it; `source` is the object's first line in its file. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** The whole object, JSON. */
  readonly body: Readonly<Record<string, unknown>>
  readonly source: Source
  /** The Source of one field: `at('spec', 'clusterIP')`; the object's own when the field is absent. */
  at(...path: readonly (string | number)[]): Source
}

/** What the kubernetes plugin watches. `undefined` list = not looked at (the bundle has no such objects), so answers are unknown. */
export interface KubernetesView {
  readonly services: readonly KubeObject[] | undefined
  readonly endpointSlices: readonly KubeObject[] | undefined
  readonly namespaces: readonly KubeObject[] | undefined
  readonly pods: readonly KubeObject[] | undefined
  readonly nodes: readonly KubeObject[] | undefined
}

export type StubKind =
  | 'glibc' | 'musl' | 'go'
  /** Over the C library of the image. */
  | 'java' | 'node' | 'curl' | 'getent' | 'getent-hosts' | 'cgo'
  /** By code of their own. */
  | 'c-ares' | 'dig' | 'dig-search' | 'host' | 'nslookup' | 'busybox'

export interface Libc {
  readonly kind: 'glibc' | 'musl'
  readonly version: string
}

/** One asker: a pod or a node, with the library its application resolves by. */
export interface StubModel {
  /** `alpha01/order-sync-…` or `node/hz-edge-1`. */
  readonly place: string
  readonly node: string
  readonly kind: StubKind
  /** `2.36`, `1.2.2`, `1.21`; where it is known from. */
  readonly version: string
  /** The C library below, for a kind that asks one; absent = the most usual one. */
  readonly libc?: Libc
  readonly kindSource?: Source
  readonly certainty: 'confirmed' | 'likely' | 'possible'
  readonly resolvConf: ResolvConf
  readonly hosts: readonly HostsLine[]
  readonly hostname?: string
  /** Variables that a resolver reads, where the pod's manifest sets them: RES_OPTIONS, LOCALDOMAIN. */
  readonly env?: Readonly<Record<string, string>>
  /** The `hosts:` line of nsswitch.conf (glibc and Go), services and `[…]` actions in order; absent = `files dns`. */
  readonly nss?: readonly Sourced<string>[]
}

/** A Service address as one node's rules see it. */
export interface ServiceModel {
  readonly name: string
  readonly node: string
  readonly address: string
  readonly port: number
  readonly protocols: readonly ('udp' | 'tcp')[]
  readonly endpoints: readonly Sourced<{ readonly address: string; readonly port: number; readonly node?: string }>[]
  /** What a packet meets when there is no endpoint. */
  readonly whenEmpty: 'reject' | 'drop'
  /** Only where the TCP port's endpoints are others than those above (a slice without the TCP port). */
  readonly tcp?: Pick<ServiceModel, 'endpoints' | 'whenEmpty'>
  /** Sticky by client address (`sessionAffinity: ClientIP`), drawn for each flow, or for each flow whose turn it is (ipvs). */
  readonly affinity: 'flow' | 'client' | 'turn'
  /** The line that makes the set what it is: topologyKeys, internalTrafficPolicy, selector. */
  readonly source: Source
}

/** The machine a CoreDNS process starts on, as far as its start depends on it. Absent members are not known. */
export interface CorednsMachine {
  /** Addresses by interface name. */
  readonly interfaces?: ReadonlyMap<string, readonly string[]>
  /** `files` of the model are all there are: what is not among them is missing. */
  readonly hasAllFiles?: boolean
  /** Environment of the process. */
  readonly env?: ReadonlyMap<string, string>
  /** `-dns.port` of its command line. */
  readonly dnsPort?: number
  /** Plugins that were compiled in beside CoreDNS's own. */
  readonly plugins?: readonly string[]
  readonly hostName?: string
  /** GOMAXPROCS. */
  readonly processors?: number
  /** The first nameserver of its own resolv.conf, and what sending to it ends in. */
  readonly nameserver?: { readonly address: string; readonly fault: string }
  /** Sockets of other processes that do not share: `tcp :53`, `udp 127.0.0.1:53`. */
  readonly taken?: ReadonlySet<string>
}

export interface CorednsModel {
  /** `kube-system/coredns-edge-bz9bq`. */
  readonly pod: string
  readonly node: string
  readonly addresses: readonly string[]
  /** `1.9.3`; undefined = not known, then the newest whose behaviour the evidence does not refute is used and said. */
  readonly version: string | undefined
  readonly versionSource?: Source
  /** Not the stock program: NodeLocal DNSCache, of its own release; `version` is the CoreDNS in it. */
  readonly build?: { readonly program: 'node-cache'; readonly version: string | undefined }
  /** NodeLocal DNSCache: addresses on an interface of its node. A packet of that node goes there, ahead of any Service's rules. */
  readonly nodeAddresses?: readonly Sourced<string>[]
  readonly corefile: Corefile
  /** Files the Corefile names, by absolute path in the container: NodeHosts, custom/*.server, zone files. */
  readonly files: ReadonlyMap<string, { readonly file: string; readonly text: string }>
  /** What the pod was given as /etc/resolv.conf; undefined = unknown. */
  readonly resolvConf: ResolvConf | undefined
  readonly kubernetes: KubernetesView
  readonly hostNetwork: boolean
  readonly machine?: CorednsMachine
  /** The process is known not to serve (loop plugin ended it, Corefile refused); why, and where that is seen. */
  readonly down?: Sourced<string>
  /** CoreDNS would refuse this Corefile: a running pod keeps the one it had, which nobody shows; what it answers is not known. */
  readonly refused?: Sourced<string>
  /** False: the kubernetes plugin never finished its first list (log line); absent = nothing says so. */
  readonly kubernetesSynced?: Sourced<boolean>
}

/** systemd-resolved on a node. */
export interface ResolvedModel {
  readonly node: string
  readonly version?: string
  readonly scopes: readonly ResolvedScope[]
  readonly fallbackServers: readonly Sourced<string>[]
  readonly stubListener: boolean
  readonly readEtcHosts: boolean
  readonly hosts: readonly HostsLine[]
  /** `Cache=`; absent = yes. */
  readonly cache?: 'yes' | 'no' | 'no-negative'
  /** `ResolveUnicastSingleLabel=yes`. */
  readonly unicastSingleLabel?: boolean
  /** Some link resolves by these as well; absent = no, or not known. */
  readonly llmnr?: boolean
  readonly mdns?: boolean
}
export interface ResolvedScope {
  /** `global` or the link's name. */
  readonly name: string
  readonly servers: readonly Sourced<string>[]
  /** Search and routing domains; `~x` routes only. */
  readonly domains: readonly Sourced<string>[]
  readonly defaultRoute: boolean
  /** Of the link, with prefix length: it is preferred for reverse names in its subnets. */
  readonly addresses?: readonly string[]
  /** The server in use when the evidence was taken, if it says so. */
  readonly currentServer?: Sourced<string>
}

/** What one upstream is known to answer. */
export interface UpstreamModel {
  readonly address: string
  readonly port: number
  readonly view: readonly ViewEntry[]
  /** `no`: every question seen was left without an answer; `sometimes`: some were. `unknown`: nobody asked. */
  readonly reachable: 'yes' | 'no' | 'sometimes' | 'unknown'
  readonly reachableSources: readonly Source[]
}
export interface ViewEntry {
  readonly name: string
  readonly type: string
  /** Every different reply seen for this question, most frequent first; more than one = it changes its mind. TTLs as full as seen; `ttlUnknown`: the tool printed none, those in the reply are 0. */
  readonly replies: readonly { readonly reply: Reply; readonly count: number; readonly sources: readonly Source[]; readonly ttlUnknown?: true }[]
}

/** Addresses that clients are told to ask and that belong to nobody: a cluster DNS address that no Service has. */
export interface NobodyModel {
  readonly address: string
  /** Nobody's on this node only; absent = on all. */
  readonly node?: string
  readonly source: Source
}

export interface Model {
  readonly nobody: readonly NobodyModel[]
  readonly stubs: readonly StubModel[]
  readonly services: readonly ServiceModel[]
  readonly coredns: readonly CorednsModel[]
  readonly resolved: readonly ResolvedModel[]
  readonly upstreams: readonly UpstreamModel[]
}

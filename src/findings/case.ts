// What a finding sees: the model, what the engine made of the question, and what was observed. Plain data and lazy
// questions; no driver, no I/O.
import type { Plain } from '../chain/effects.ts'
import type { CorednsModel, KubeObject, Model, ResolvConf, StubModel } from '../chain/model.ts'
import type { Step, StubResult } from '../chain/outcome.ts'
import type { Rational } from '../chain/rational.ts'
import type { Source, Sourced } from '../chain/source.ts'
import type { ServiceAtNode } from '../cluster/endpoints.ts'
import type { Observation } from '../evidence/observation.ts'
import type { Joined } from '../evidence/trace.ts'
import type { CorefileText } from '../fixes/corefile-edit.ts'
import type { Said, Verdict } from './diagnosis.ts'

/** Exact odds over the worlds that the evidence leaves open. */
export interface OddsRange {
  readonly min: Rational
  readonly max: Rational
}

/** One way the lookup ends, as the application can tell it from others. */
export interface Ending {
  /** `nxdomain`, `answer 10.0.0.1`, `servfail (loop)`: equal text = same ending. */
  readonly key: string
  readonly result: StubResult['result']
  readonly addresses: readonly string[]
  readonly says: string
  /** Who and why, when it is not an answer; several servers may deny alike. */
  readonly causes: readonly NonNullable<StubResult['cause']>[]
  readonly odds: OddsRange
  readonly worlds: readonly { readonly world: ReadonlyMap<string, Plain>; readonly odds: Rational }[]
  readonly witness: readonly Step[]
  readonly elapsedMs: number
}

/** A choice and how much it decides: the largest total variation between what its alternatives end in. */
export interface Deciding {
  readonly at: string
  /** True: nobody knows what it is; false: drawn anew each time. */
  readonly unknown: boolean
  readonly influence: number
  readonly source?: Source
  readonly alternatives: readonly { readonly taken: string; readonly source?: Source; readonly ends: ReadonlyMap<string, OddsRange> }[]
}

export interface OpenUnknown {
  readonly key: string
  readonly options: readonly Plain[]
  readonly source?: Source
}

/** What the engine says of one name asked at one place. */
export interface Explanation {
  readonly place: string
  readonly name: string
  readonly verdict: Verdict
  readonly endings: readonly Ending[]
  readonly success: OddsRange
  readonly complete: boolean
  readonly hitBound?: string
  readonly unknowns: readonly OpenUnknown[]
  /** What the verdict takes for granted where worlds are open: `10.6.255.54 answers as 10.6.255.53 does`. */
  readonly assumed: readonly Said[]
}

export interface Question {
  /** Fully qualified only if the user wrote the dot. */
  readonly name: string
  readonly family: 'unspec' | 'inet' | 'inet6'
  readonly stub: StubModel
  /** Pod of the question; undefined for a node. */
  readonly namespace: string
  readonly pod: string | undefined
}

/** The resolv.conf a pod was given, and what kubelet did to get there. */
export interface GivenResolvConf {
  readonly resolvConf: ResolvConf
  readonly obtained: 'snapshot' | 'today' | 'inferred'
  /** Policy as written, and as kubelet applies it (hostNetwork + ClusterFirst acts as Default). */
  readonly policy: Sourced<string>
  readonly effectivePolicy: string
  readonly hostNetwork: Sourced<boolean>
  /** Servers of the source file that did not fit into three. */
  readonly dropped: readonly Sourced<string>[]
  /** Path on the node of the file kubelet read, when it read one. */
  readonly nodeFile: string | undefined
}

/** Where a node's name servers come from. */
export interface NodeServers {
  /** Servers of the file kubelet hands on, in order; `behind` = the lines that put each there. */
  readonly servers: readonly { readonly address: string; readonly source: Source; readonly behind: readonly Source[] }[]
  /** The file that lists them is written by a program: an edit of it does not last. */
  readonly generatedBy: string | undefined
  readonly file: string | undefined
  /** `~corp` and plain domains of systemd-resolved's links, with the link's servers. */
  readonly routes: readonly { readonly link: string; readonly domain: Sourced<string>; readonly servers: readonly Sourced<string>[] }[]
  /** Lines of the generated file that its sources would not produce: somebody edited it. */
  readonly strayLines: readonly Source[]
  /** Servers that its sources would put there and that it does not list. */
  readonly missing: readonly Sourced<string>[]
}

export interface ClusterFacts {
  readonly objects: readonly KubeObject[]
  readonly podObject: (place: string) => KubeObject | undefined
  readonly nodeDns: ReadonlyMap<string, NodeServers>
  readonly given: ReadonlyMap<string, GivenResolvConf>
  readonly dnsServices: readonly ServiceAtNode[]
  readonly corefiles: ReadonlyMap<string, CorefileText>
  /** kubelet's clusterDNS per node; undefined list = configuration not seen. */
  readonly clusterDns: ReadonlyMap<string, readonly Sourced<string>[] | undefined>
  readonly poolOf: (node: string) => string | undefined
  /** Start of the kubelet configuration file of a node, if seen. */
  readonly kubeletSource: (node: string) => Source | undefined
}

export interface Case {
  readonly model: Model
  readonly cluster: ClusterFacts
  readonly question: Question
  readonly explanation: Explanation
  readonly decidedBy: readonly Deciding[]
  readonly observations: readonly Observation[]
  /** The CoreDNS pods this question can reach, in order of the endpoints. */
  readonly servers: readonly CorednsModel[]
  /** The same engine, another name, place or stub (`glibc@2.36`) of the same model; undefined when the place is not in the model. */
  readonly explain: (name: string, place: string, stub?: string) => Explanation | undefined
  /** What the asker's first name server says to one question (absolute name), in the worlds that agree with the evidence: result → odds. */
  readonly replies: (name: string, type: 'A' | 'AAAA') => ReadonlyMap<ReplyResult, OddsRange>
  readonly textOf: (file: string) => string | undefined
  /** What packets tell, joined with logs and probes; absent: no captures. */
  readonly wire?: Joined
  /** What was seen and the model says cannot be. */
  readonly outside?: readonly OutsideModel[]
}

/** Something seen at a CoreDNS pod that is not in the explored set, in any state of its caches. */
export interface OutsideModel {
  readonly pod: string
  readonly name: string
  readonly type: string
  /** `answer 10.0.0.1`, `nxdomain`; `asked 114.114.114.114`: a question that CoreDNS sent where no line sends it. */
  readonly seen: string
  /** What the model says instead. */
  readonly possible: readonly string[]
  readonly count: number
  /** Of the first: `tx:88`, or file and line of a log; and where it stands. */
  readonly evidence: readonly string[]
  readonly source: Source
  /** By packets and by the log. */
  readonly twoWays: boolean
}

export type ReplyResult = 'answer' | 'nodata' | 'nxdomain' | 'servfail' | 'refused' | 'none'

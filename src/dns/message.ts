// DNS values as the chain passes them: presentation form, no wire details. Names are fully qualified,
// with a trailing dot, case kept, escaped as in zone files (RFC 1035 §5.1).

/** The rcodes a resolver chain meets, RFC 1035 and 6895. `BADVERS` only with EDNS. */
export type Rcode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED' | 'YXDOMAIN' | 'YXRRSET' | 'NXRRSET' | 'NOTAUTH' | 'NOTZONE' | 'BADVERS' | `RCODE${number}`

export type ResourceRecord = {
  readonly name: string
  readonly type: string
  /** Seconds left, as this hop would put it on the wire. */
  readonly ttlS: number
  /** Class other than IN. */
  readonly class?: string
  /** RDATA in presentation form: `10.0.0.1`, `10 mail.example.`. */
  readonly data: string
}

/** EDNS of a message: `sizeBytes` the sender's UDP size, `options` as [code, hex]. */
export type Edns = {
  readonly sizeBytes: number
  readonly do?: boolean
  readonly version?: number
  readonly options?: readonly (readonly [number, string])[]
}

/** A question on its way to one server. Absent flags are false. */
export type DnsQuery = {
  readonly name: string
  readonly type: string
  readonly class?: string
  readonly transport: 'udp' | 'tcp'
  readonly rd?: boolean
  readonly ad?: boolean
  readonly cd?: boolean
  readonly edns?: Edns
  readonly opcode?: string
  /** Address of the asker, only where the server's configuration can branch on it (acl, view, log). */
  readonly client?: string
  /** Not on the wire: a probe of CoreDNS's `loop`, and how often it came past the plugin that sent it. */
  readonly loopProbe?: { readonly by: string; readonly passes: number }
  /** The flow (source port) this packet belongs to; named by the stub, dropped by the Service VIP. */
  readonly flow?: string
  /** Not on the wire: labels that CoreDNS's `metadata` has collected of it. */
  readonly metadata?: Readonly<Record<string, string>>
  /** How many aliases CoreDNS's `file` has followed to come here: it counts them inside one process. */
  readonly aliases?: number
  /** What records that came with the question take, but for its OPT, uncompressed: CoreDNS counts them into the size it logs. */
  readonly besideBytes?: number
}

/** Why a reply is what it is, when it is not plain success. The same SERVFAIL can be a loop, a loss, a refusal or a policy. */
export type Cause = {
  /** `denied`: somebody with that view said so. `loop`, `lost`, `refused`, `policy`, `unmodelled`, `broken`. */
  readonly kind: 'denied' | 'loop' | 'lost' | 'refused' | 'policy' | 'failed' | 'unmodelled' | 'broken' | 'truncated'
  /** Who: `upstream 223.5.5.5`, `coredns-edge-bz9bq kubernetes`. */
  readonly by: string
  readonly detail?: string
}

export type Reply = {
  readonly rcode: Rcode
  /** Set flags only, in wire order: of aa, tc, rd, ra, ad, cd (qr is implied). */
  readonly flags: readonly string[]
  readonly answer: readonly ResourceRecord[]
  readonly authority: readonly ResourceRecord[]
  readonly additional: readonly ResourceRecord[]
  readonly edns?: Edns
  /** Absent on success: two servers that give the same answer are the same outcome. */
  readonly cause?: Cause
  /** The question section when it is not an echo of the query's. */
  readonly question?: { readonly name: string; readonly type: string; readonly class?: string }
  /** Sent without compressed names. Only who reads the packet looks at it. */
  readonly uncompressed?: true
  /** Its records are the ones a zone holds, no copies: who writes into them writes into the zone (CoreDNS before 1.12.3). */
  readonly held?: true
  /** It holds a record that is none: no packet can be made of it, and some plugins panic. */
  readonly unpackable?: true
  /** What was sent behind this one to the same question. Who asks takes the first. */
  readonly also?: readonly Reply[]
}

/** Header flags as they stand on the wire. */
export const FLAG_ORDER = ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const

export const hasFlag = (reply: Reply, flag: string): boolean => reply.flags.includes(flag)

/** NODATA: NOERROR, and no record of the type (or of any alias chain) in the answer. */
export const isNodata = (reply: Reply): boolean => reply.rcode === 'NOERROR' && reply.answer.length === 0

/** A port nobody listens on: ICMP unreachable to UDP, RST to TCP. Arrives like a reply. */
export const REFUSED_PORT = 'PORT_UNREACHABLE'

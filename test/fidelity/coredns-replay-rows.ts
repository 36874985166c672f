// Columns of the recorded rows of CoreDNS, as the replay reads them (rows/README.md).
import { bytesOfHex } from '../../src/dns/presentation-bytes.ts'
import type { Edns, Rcode, ResourceRecord, DnsQuery } from '../../src/dns/message.ts'

export interface WireOpt { readonly size: number; readonly do?: boolean; readonly version?: number; readonly options?: readonly { readonly code: number; readonly hex: string }[] }

export interface RowQuery {
  readonly name: string; readonly type: string; readonly proto: 'udp' | 'tcp'; readonly edns?: WireOpt; readonly klass?: string; readonly from?: string
  readonly rd?: boolean; readonly ad?: boolean; readonly cd?: boolean; readonly rawHex?: string; readonly to?: string; readonly aa?: boolean; readonly port?: number
}

export interface Rule {
  readonly when?: { readonly name?: string; readonly type?: string; readonly proto?: string; readonly nth?: readonly number[] }
  readonly do: {
    readonly answer?: readonly string[]; readonly authority?: readonly string[]; readonly additional?: readonly string[]; readonly rcode?: Rcode
    readonly flags?: readonly string[]; readonly opt?: 'echo' | WireOpt; readonly drop?: boolean; readonly delayMs?: number; readonly close?: boolean
    readonly thenClose?: boolean; readonly chop?: number; readonly wrongId?: boolean; readonly question?: string; readonly noQuestion?: boolean; readonly raw?: string
  }
}

export type Script = Readonly<Record<string, readonly Rule[]>>
export type Action = Readonly<Record<string, unknown>>

export interface AskedRow {
  readonly to: string; readonly proto: string; readonly name: string; readonly type: string; readonly flags: readonly string[]; readonly opt: WireOpt | null; readonly atMs?: number
}

export interface Observed {
  readonly noReply?: string; readonly rcode?: string; readonly opcode?: string; readonly flags?: readonly string[]; readonly question?: readonly string[]
  readonly answer?: readonly string[]; readonly authority?: readonly string[]; readonly additional?: readonly string[]; readonly opt?: WireOpt | null
  readonly elapsedMs?: number; readonly log?: readonly string[]; readonly wireSize?: number; readonly upstreamAsked?: readonly AskedRow[]
  readonly extraReplies?: readonly Observed[]
  readonly started?: boolean; readonly exit?: number | null; readonly stdout?: readonly string[]; readonly stderr?: readonly string[]
  readonly secondsAfterSignal?: number; readonly http?: string; readonly ready?: string; readonly health?: string; readonly 'health+ready'?: string
  readonly orders?: Readonly<Record<string, number>>; readonly sequence?: string; readonly firstUpstreamByAnswer?: Readonly<Record<string, number>>
  readonly [other: string]: unknown
}

export interface Row {
  readonly id: string
  /** Not CoreDNS itself: `node-cache`, whose `version` is its own and whose `corefile` is the template. */
  readonly program?: string
  readonly version: string
  readonly corefile: string | null
  readonly files?: Readonly<Record<string, string>> | null
  readonly env?: Readonly<Record<string, string>> | null
  readonly args?: readonly string[] | null
  /** Compiled in beside CoreDNS's own. */
  readonly plugins?: readonly string[]
  /** `fixture`: id of the row that holds the objects of its API server. */
  readonly state: { readonly preamble?: readonly Action[]; readonly fixture?: string } | null
  readonly query: RowQuery | null
  readonly upstreamScript: Script | null
  readonly observed: Observed
}

export const toEdns = (opt: WireOpt): Edns => ({
  sizeBytes: opt.size, ...(opt.do && { do: true }), ...(opt.version && { version: opt.version }),
  ...(opt.options && opt.options.length > 0 && { options: opt.options.map(o => [o.code, o.hex] as const) }),
})

export const dnsQuery = (q: RowQuery): DnsQuery => ({
  name: q.name, type: q.type, transport: q.proto, ...(q.rd !== false && { rd: true }), ...(q.ad && { ad: true }), ...(q.cd && { cd: true }),
  ...(q.klass && { class: q.klass }), ...(q.edns && { edns: toEdns(q.edns) }), client: clientOf(q),
})

/** The recorder waited this long after each query for late packets and log lines (`atMs` of consecutive questions)… */
export const PAUSE_MS = 215
/** …and longer where something runs on behind the reply (TTLs of the prefetch rows). */
const LONG_PAUSE_MS = 420
export const pauseMsOf = ({ id }: Pick<Row, 'id'>): number => (/^cache\.(prefetch|serve_stale)/.test(id) ? LONG_PAUSE_MS : PAUSE_MS)

export type Where = Partial<Pick<RowQuery, 'to' | 'from' | 'port'>>

/** Address and port that the query was sent to. */
export const serverOf = ({ to, from, port = 53 }: Where): readonly [address: string, port: number] => [to ?? (from?.includes(':') ? '::1' : '127.0.0.1'), port]

/** From the loopback, unless the row says otherwise. */
const clientOf = (q: RowQuery): string => q.from ?? (q.to?.includes(':') ? '::1' : '127.0.0.1')

/** A record of a script; `@` = the name asked. */
export function parseRecord(line: string, query: DnsQuery): ResourceRecord {
  const [owner = '', ttl = '', cls = '', type = '', ...data] = line.split(' ')
  return { name: owner === '@' ? query.name : owner, type, ttlS: Number(ttl), ...(cls !== 'IN' && { class: cls }), data: data.map(d => (d === '@' ? query.name : d)).join(' ') }
}

/** The data of a record; an address in another class is four octets, as the real programs print it. */
export function octets({ type, data }: Pick<ResourceRecord, 'type' | 'data'>): string {
  const hex = type === 'A' ? /^\\# 4 ([0-9A-F]{8})$/i.exec(data)?.[1] : undefined
  return hex === undefined ? data : [...(bytesOfHex(hex) ?? [])].join('.')
}

export const optText = (opt: WireOpt | null | undefined): string =>
  opt ? `${opt.size}${opt.do ? ' do' : ''} ${(opt.options ?? []).map(o => `${o.code}=${o.hex}`).join(',')}` : ''

export const ednsText = (edns: Edns | undefined): string =>
  optText(edns && { size: edns.sizeBytes, do: edns.do === true, options: (edns.options ?? []).map(([code, hex]) => ({ code, hex })) })

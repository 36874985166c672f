// A capture from a story: who asked whom what, when, and what came back. Written as a real pcap, so that a test goes through every reader.
import type { EvidenceFile, EvidenceFiles } from '../../src/chain/evidence-files.ts'
import type { DnsQuery, Rcode, ResourceRecord } from '../../src/dns/message.ts'
import { queryToWire, replyToWire } from '../../src/dns/wire-chain.ts'
import { ethernet, ipv4, pcap, START_S, udp, type Packet } from '../captures/transactions-bytes.ts'

export interface Told {
  /** Milliseconds after 2026-11-25 23:31:21 UTC. */
  readonly atMs: number
  readonly from: string
  readonly to: string
  readonly name: string
  readonly type?: string
  readonly id?: number
  readonly port?: number
  /** An address, `NODATA`, an rcode; absent: no answer came. */
  readonly says?: string
  readonly afterMs?: number
  readonly tc?: boolean
  /** Not the first sending: milliseconds after which the question was sent again. */
  readonly againMs?: number
}

export const START_MS = START_S * 1000
let ids = 1

const SOA = (zone: string): ResourceRecord => ({ name: zone, type: 'SOA', ttlS: 300, data: `ns1.${zone} hostmaster.${zone} 1 3600 900 604800 300` })

export function packetsOf(story: readonly Told[]): Packet[] {
  return story.flatMap((told): Packet[] => {
    const { atMs, from, to, type = 'A', says, afterMs = 1, id = ids++, port = 20_000 + (id % 40_000), againMs, tc = false } = told
    const name = told.name.endsWith('.') ? told.name : `${told.name}.`
    const query: DnsQuery = { name, type, transport: 'udp', rd: true }
    const asked = queryToWire(query, id)
    if (asked.fault) throw new Error(asked.fault.code)
    const isAddress = says !== undefined && /^[\d.]+$/.test(says)
    const rcode = (isAddress || says === 'NODATA' ? 'NOERROR' : says ?? 'NOERROR') as Rcode
    const reply = replyToWire({
      rcode, flags: [...(tc ? ['tc'] : []), 'rd', 'ra'], answer: isAddress ? [{ name, type, ttlS: 300, data: says }] : [],
      authority: isAddress || rcode === 'SERVFAIL' ? [] : [SOA(name.split('.').slice(1).join('.'))], additional: [],
    }, query, id)
    if (reply.fault) throw new Error(reply.fault.code)
    const packet = (ms: number, a: string, b: string, ports: readonly [number, number], bytes: Uint8Array): Packet =>
      ({ atUs: Math.round(ms * 1000), bytes: ethernet(ipv4({ from: a, to: b }, udp(ports[0], ports[1], bytes))) })
    return [
      packet(atMs, from, to, [port, 53], asked.value),
      ...(againMs === undefined ? [] : [packet(atMs + againMs, from, to, [port, 53], asked.value)]),
      ...(says === undefined ? [] : [packet(atMs + afterMs, to, from, [53, port], reply.value)]),
    ]
  }).sort((a, b) => a.atUs - b.atUs)
}

export function captureFile(path: string, story: readonly Told[]): EvidenceFile {
  const bytes = pcap(1, packetsOf(story))
  return { path, sizeBytes: bytes.length, text: () => '', chunks: () => [], bytes: () => [bytes] }
}

export const withCapture = (files: EvidenceFiles, path: string, story: readonly Told[]): EvidenceFiles =>
  ({ ...files, files: new Map([...files.files, [path, captureFile(path, story)] as const].sort(([a], [b]) => (a < b ? -1 : 1))) })

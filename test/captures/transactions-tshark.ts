// tshark's word on a capture, one row a DNS message, and ours in the same form. The recorded rows were made by this function
// (`node test/captures/transactions-tshark.ts`, tshark 4.0.17); where tshark is installed the test asks it again.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { rcodeNumber, typeNumber } from '../../src/dns/wire-numbers-table.ts'
import { captureReader, type CaptureSummary } from '../../src/evidence/capture.ts'
import { placeOfCapture } from '../../src/evidence/capture-place.ts'
import { packetMaker } from '../../src/evidence/captured-packet.ts'
import type { DnsPacket } from '../../src/evidence/observation.ts'
import { SAMPLES } from './transactions-samples.ts'

export const RECORDED = 'test/captures/transactions-tshark.json.gz'
export const BUNDLES = ['incident', 'incident-edited-generated-file', 'incident-after-corefile', 'incident-after-netplan'] as const

export interface Expectation {
  readonly tshark: string
  /** Rows of the samples; of the large captures of examples/ the count and a digest of the rows, and of tshark's pairs. */
  readonly samples: Readonly<Record<string, readonly string[]>>
  readonly captures: Readonly<Record<string, { readonly messages: number; readonly rows: string; readonly pairs: string }>>
}

export const recorded = (): Expectation => JSON.parse(gunzipSync(readFileSync(RECORDED)).toString()) as Expectation

export const digest = (rows: readonly string[]): string => createHash('sha256').update(rows.join('\n')).digest('hex')

/** Captures of examples/, as `<bundle>/captures/…`. */
export const examples = (): string[] => BUNDLES.flatMap(bundle =>
  (readdirSync(`examples/${bundle}/captures`, { recursive: true }) as string[]).filter(path => /\.pcap(?:\.gz)?$/.test(path)).sort().map(path => `${bundle}/captures/${path}`))

export const exampleBytes = (path: string): Uint8Array => {
  const bytes = readFileSync(`examples/${path}`)
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

export interface OurReading {
  readonly summary: CaptureSummary
  readonly packets: readonly DnsPacket[]
}

export function ourReading(bytes: Uint8Array, path: string): OurReading {
  const packets: DnsPacket[] = []
  const reader = captureReader(message => packets.push(make(message)), { file: path })
  const make = packetMaker({ file: path, place: placeOfCapture(path.replace(/^[^/]+\/captures/, 'captures')), interfaceName: reader.interfaceName })
  for (let at = 0; at < bytes.length; at += 100_000) reader.push(bytes.subarray(at, at + 100_000))
  return { summary: reader.end(), packets }
}

/** `frame microseconds from:port to:port transport id query|reply name type rcode`. */
export const rowOf = (packet: DnsPacket): string => [
  packet.source.line, Math.round((packet.atMs ?? NaN) * 1000), `${packet.from.address}:${packet.from.port}`, `${packet.to.address}:${packet.to.port}`, packet.transport, packet.id,
  packet.direction, packet.question?.name ?? '-', packet.question ? typeNumber(packet.question.type) : '-', packet.rcode ? rcodeNumber(packet.rcode) : '-',
].join(' ')

const FIELDS = ['frame.number', 'frame.time_epoch', 'ip.src', 'ipv6.src', 'udp.srcport', 'tcp.srcport', 'ip.dst', 'ipv6.dst', 'udp.dstport', 'tcp.dstport', 'dns.id',
  'dns.flags.response', 'dns.qry.name', 'dns.qry.type', 'dns.flags.rcode', 'dns.response_to'] as const

export interface TsharkReading {
  readonly rows: readonly string[]
  /** `reply's frame, query's frame`. */
  readonly pairs: readonly string[]
}

/** Undefined: tshark is not installed. */
export function tsharkReading(path: string): TsharkReading | undefined {
  const run = spawnSync('tshark', ['-n', '-r', path, '-o', 'tcp.reassemble_out_of_order:TRUE', '-Y', 'dns', '-T', 'fields', '-E', 'occurrence=a', '-E', 'aggregator=;',
    ...FIELDS.flatMap(field => ['-e', field])], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.status !== 0) return undefined
  const rows: string[] = []
  const pairs: string[] = []
  for (const line of run.stdout.split('\n').filter(Boolean)) {
    const [frame, time, ip4From, ip6From, udpFrom, tcpFrom, ip4To, ip6To, udpTo, tcpTo, ids, isReplies, names, types, rcodes, responseTo] = line.split('\t') as string[]
    const [seconds, fraction = ''] = (time as string).split('.')
    // Several messages in one segment: tshark prints one row.
    const each = (list: string | undefined, i: number): string => (list ?? '').split(';')[i] ?? ''
    let replies = 0
    for (const [i, id] of (ids as string).split(';').entries()) {
      const isReply = /^(?:1|True)$/.test(each(isReplies, i))
      rows.push([frame, Number(seconds) * 1e6 + Number(fraction.slice(0, 6).padEnd(6, '0')), `${ip4From || ip6From}:${udpFrom || tcpFrom}`, `${ip4To || ip6To}:${udpTo || tcpTo}`,
        udpFrom ? 'udp' : 'tcp', Number(id), isReply ? 'reply' : 'query', `${each(names, i)}.`, Number(each(types, i)), isReply ? Number(each(rcodes, replies++)) : '-'].join(' '))
    }
    if (responseTo !== '' && responseTo !== undefined) pairs.push(`${frame} ${responseTo}`)
  }
  return { rows, pairs }
}

/** The bytes as a file for the time of a call. */
export function withFile<T>(name: string, bytes: Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'whydns-capture-'))
  try {
    writeFileSync(join(folder, name), bytes)
    return use(join(folder, name))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function record(): void {
  const version = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout.split('\n', 1)[0] ?? ''
  const read = (path: string): TsharkReading => {
    const found = tsharkReading(path)
    if (!found) throw new Error(`tshark does not read ${path}`)
    return found
  }
  const expectation: Expectation = {
    tshark: version,
    samples: Object.fromEntries(SAMPLES.map(sample => [sample.name, withFile(sample.name, sample.bytes, read).rows])),
    captures: Object.fromEntries(examples().map(path => {
      const { rows, pairs } = read(`examples/${path}`)
      return [path, { messages: rows.length, rows: digest(rows), pairs: digest(pairs) }]
    })),
  }
  writeFileSync(RECORDED, gzipSync(JSON.stringify(expectation), { level: 9 }))
}

if (process.argv[1] === import.meta.filename) record()

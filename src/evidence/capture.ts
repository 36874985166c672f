// A capture file → the DNS messages in it, in one pass and in bounded memory whatever its size: pcap and pcapng, link layers, IPv4 and IPv6 with fragments,
// UDP, TCP with reassembly, ICMP errors that quote DNS. Nothing is allocated per packet: who takes messages looks at the cursor he is handed, and makes
// observations (`captured-packet.ts`) of those he wants. Not read: encrypted DNS (DoT, DoH, DoQ), mDNS and LLMNR unless their ports are given, tunnels.
import type { Problem } from '../chain/source.ts'
import { captureCursor, MESSAGE, TCP, UDP, type CaptureCursor, type CapturedMessage } from './capture-cursor.ts'
import { odd, oddities, oddityProblems, oddPacket, type Oddities } from './capture-oddities.ts'
import { addToWindow, captureWindow, PIECE_BYTES, type CaptureWindow } from './capture-window.ts'
import { ICMP, icmpError, ICMPV6 } from './icmp-error.ts'
import { addFragment, endFragments, fragments, type Fragments } from './ip-fragments.ts'
import { ipHeader } from './ip-header.ts'
import { DAMAGED, linkLayer, OTHER, UNMODELLED } from './link-layer.ts'
import { HEADER_BYTES, pcapFile, walkPcap, type PcapFile } from './pcap-file.ts'
import { pcapngFile, SECTION, walkPcapng, type PcapngFile } from './pcapng-file.ts'
import { addSegment, endStreams, tcpStreams, type Streams } from './tcp-streams.ts'

export interface CaptureOptions {
  /** As the bundle calls it. */
  readonly file: string
  /** Ports of DNS servers; 53 alone when absent. */
  readonly ports?: readonly number[]
}

export interface CaptureSummary {
  readonly format: 'pcap' | 'pcapng' | undefined
  readonly packets: number
  /** Messages and refusals handed over. */
  readonly dns: number
  readonly sizeBytes: number
  /** Of all packets; undefined: none, or no times. */
  readonly firstMs: number | undefined
  readonly lastMs: number | undefined
  /** Names of the interfaces of a pcapng, in the order of `interfaceIndex`. */
  readonly interfaces: readonly (string | undefined)[]
  readonly problems: readonly Problem[]
}

export interface CaptureReader {
  readonly push: (chunk: Uint8Array) => void
  readonly end: () => CaptureSummary
  /** Name of an interface seen so far. */
  readonly interfaceName: (index: number) => string | undefined
}

const SHORTEST_MESSAGE = 12
const UDP_HEADER_BYTES = 8
/** UDP ports of VXLAN (IANA's, flannel's) and GENEVE; IP in IP, IPv6 in IP, GRE, ESP. */
const TUNNEL_PORTS: readonly number[] = [4789, 8472, 6081]
const TUNNEL_PROTOCOLS: readonly number[] = [4, 41, 47, 50]
const TUNNEL = 2

const portTable = (ports: readonly number[]): Uint8Array => {
  const table = new Uint8Array(65_536)
  for (const port of TUNNEL_PORTS) table[port] = TUNNEL
  for (const port of ports) table[port & 0xffff] = 1
  return table
}
const PORT_53 = portTable([53])

interface Reading {
  readonly c: CaptureCursor
  readonly list: Oddities
  readonly isDnsPort: Uint8Array
  readonly onMessage: (message: CapturedMessage) => void
  readonly fragments: Fragments
  readonly streams: Streams
  dns: number
  firstMs: number
  lastMs: number
}

export function captureReader(onMessage: (message: CapturedMessage) => void, options: CaptureOptions): CaptureReader {
  const w = captureWindow()
  const r = reading(onMessage, options)
  let file: PcapFile | PcapngFile | 'unreadable' | undefined
  const onPacket = (): void => packet(r)
  const walk = (atEnd: boolean): void => {
    const { c } = r
    c.bytes = w.bytes
    c.view = w.view
    c.base = w.base
    file ??= recognise(r, w, atEnd)
    if (file === undefined) return
    if (file === 'unreadable') w.lo = w.hi
    else if ('interfaces' in file) walkPcapng(file, w, c, r.list, onPacket)
    else walkPcap(file, w, c, r.list, atEnd, onPacket)
  }
  let sizeBytes = 0
  const interfaces = (): PcapngFile['interfaces'] => (typeof file === 'object' && 'interfaces' in file ? file.interfaces : [])
  return {
    push: chunk => {
      sizeBytes += chunk.length
      for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
        addToWindow(w, chunk, from, Math.min(chunk.length, from + PIECE_BYTES))
        walk(false)
      }
    },
    end: () => {
      walk(true)
      if (w.lo < w.hi || w.skip > 0) odd(r.list, 'capture-cut-off', r.c.number + 1, w.base + w.lo, w.base + w.hi)
      endFragments(r.fragments, r.c)
      endStreams(r.streams, r.c)
      return {
        format: typeof file !== 'object' ? undefined : 'interfaces' in file ? 'pcapng' : 'pcap', packets: r.c.number, dns: r.dns, sizeBytes,
        firstMs: Number.isNaN(r.firstMs) ? undefined : r.firstMs, lastMs: Number.isNaN(r.lastMs) ? undefined : r.lastMs,
        interfaces: interfaces().map(each => each.name), problems: oddityProblems(r.list),
      }
    },
    interfaceName: index => interfaces()[index]?.name,
  }
}

/** Chunks are used up before the next is asked for: their bytes may be overwritten then. */
export function readCapture(chunks: Iterable<Uint8Array>, onMessage: (message: CapturedMessage) => void, options: CaptureOptions): CaptureSummary {
  const reader = captureReader(onMessage, options)
  for (const chunk of chunks) reader.push(chunk)
  return reader.end()
}

function reading(onMessage: (message: CapturedMessage) => void, options: CaptureOptions): Reading {
  const c = captureCursor()
  const list = oddities(options.file)
  const isDnsPort = options.ports === undefined ? PORT_53 : portTable(options.ports)
  const r: Reading = {
    c, list, isDnsPort, onMessage, dns: 0, firstMs: NaN, lastMs: NaN,
    fragments: fragments(list, isDnsPort, () => transport(r)),
    streams: tcpStreams(list, isDnsPort, (bytes, view, start, end, missing) => deliver(r, bytes, view, start, end, missing)),
  }
  return r
}

function recognise(r: Reading, w: CaptureWindow, atEnd: boolean): PcapFile | PcapngFile | 'unreadable' | undefined {
  const bytes = w.hi - w.lo
  if (bytes < HEADER_BYTES && !atEnd) return undefined
  if (bytes >= 4 && w.view.getUint32(w.lo) === SECTION) return pcapngFile()
  const pcap = bytes >= HEADER_BYTES ? pcapFile(w.view, w.lo) : undefined
  if (pcap) {
    w.lo += HEADER_BYTES
    r.c.linkType = pcap.linkType
    return pcap
  }
  const magic = bytes >= 4 ? w.view.getUint32(w.lo) : 0
  const isPacked = magic >>> 16 === 0x1f8b || magic === 0x28b52ffd || magic >>> 8 === 0x425a68 || magic === 0xfd377a58
  odd(r.list, isPacked ? 'capture-compressed' : magic === 0xa1b2cd34 || magic === 0x34cdb2a1 ? 'capture-unmodelled-format' : 'capture-unknown-format',
    0, 0, Math.min(bytes, HEADER_BYTES))
  return 'unreadable'
}

function packet(r: Reading): void {
  const { c } = r
  if (!(c.atMs >= r.firstMs)) r.firstMs = Number.isNaN(c.atMs) ? r.firstMs : c.atMs
  if (!(c.atMs <= r.lastMs)) r.lastMs = Number.isNaN(c.atMs) ? r.lastMs : c.atMs
  const etherType = linkLayer(c)
  if (etherType === OTHER) return
  if (etherType === UNMODELLED) return oddPacket(r.list, 'capture-link-type', c, `${c.linkType}`)
  if (etherType === DAMAGED || !ipHeader(c, etherType)) return oddHeader(r)
  if (c.fragment) addFragment(r.fragments, c)
  else transport(r)
}

/** A header that the snapshot length cut off is not the packet's fault. */
function oddHeader(r: Reading): void {
  oddPacket(r.list, r.c.wireEnd > r.c.end ? 'capture-packet-cut' : 'capture-header-damaged', r.c)
}

/** The cursor is at the transport's header. */
function transport(r: Reading): void {
  const { c } = r
  const { protocol, at, view } = c
  if (protocol === UDP || protocol === TCP) {
    if (at + 4 > c.end) return oddHeader(r)
    const fromPort = view.getUint16(at)
    const toPort = view.getUint16(at + 2)
    const kind = (r.isDnsPort[fromPort] as number) | (r.isDnsPort[toPort] as number)
    if (kind === 0) return
    if ((kind & 1) === 0) return protocol === UDP && r.isDnsPort[toPort] === TUNNEL ? oddPacket(r.list, 'capture-encapsulated', c) : undefined
    c.fromPort = fromPort
    c.toPort = toPort
    c.transport = protocol
    if (protocol === UDP) datagram(r)
    else addSegment(r.streams, c)
  } else if (protocol === ICMP || protocol === ICMPV6) icmpError(c, r.isDnsPort, (start, end) => deliver(r, c.bytes, c.view, start, end, 0))
  else if (TUNNEL_PROTOCOLS.includes(protocol)) oddPacket(r.list, 'capture-encapsulated', c)
}

function datagram(r: Reading): void {
  const { c } = r
  const start = c.at + UDP_HEADER_BYTES
  if (start > c.end) return oddHeader(r)
  const stated = c.view.getUint16(c.at + 4)
  let end = c.end
  let wireEnd = c.wireEnd
  // 0: longer than 16 bits can say (RFC 2675).
  if (stated !== 0) {
    if (stated < UDP_HEADER_BYTES || c.at + stated > wireEnd) return oddPacket(r.list, 'capture-header-damaged', c)
    wireEnd = c.at + stated
    if (wireEnd < end) end = wireEnd
  }
  if (wireEnd > end && !c.fragment) oddPacket(r.list, 'capture-packet-cut', c)
  deliver(r, c.bytes, c.view, start, end, wireEnd - end)
}

function deliver(r: Reading, bytes: Uint8Array, view: DataView, start: number, end: number, missingBytes: number): void {
  const { c } = r
  if (c.event === MESSAGE && end - start < SHORTEST_MESSAGE) {
    if (missingBytes === 0) oddPacket(r.list, 'capture-message-short', c)
    return
  }
  c.message = bytes
  c.messageView = view
  c.start = start
  c.messageEnd = end
  c.missingBytes = missingBytes
  r.dns++
  r.onMessage(c as CapturedMessage)
}

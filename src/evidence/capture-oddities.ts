// What can be odd about a capture. Counted by kind with the first place of each: a capture may have a million packets cut off, the list has one Problem.
import type { Problem, Source } from '../chain/source.ts'
import type { CaptureCursor } from './capture-cursor.ts'

const KINDS = {
  'capture-unknown-format': ['unknown', 'is neither pcap nor pcapng'],
  'capture-compressed': ['unknown', 'is compressed: it must be unpacked before it is read'],
  'capture-unmodelled-format': ['unmodelled', 'is a pcap with extended packet headers (magic a1b2cd34)'],
  'capture-cut-off': ['damaged', 'ends inside a packet'],
  'capture-record-damaged': ['damaged', 'a packet header with impossible values: bytes up to the next plausible one are skipped'],
  'capture-block-damaged': ['damaged', 'a pcapng block with an impossible length: nothing after it is read'],
  'capture-interface-unknown': ['damaged', 'a packet of an interface that the file does not describe'],
  'capture-interfaces-too-many': ['ignored', 'more interfaces than are kept'],
  'capture-no-time': ['ignored', 'packets without a time (pcapng simple packet blocks)'],
  'capture-link-type': ['unmodelled', 'packets of a link type that is not read'],
  'capture-encapsulated': ['unmodelled', 'packets inside a tunnel (VXLAN, GENEVE, IP in IP, GRE, ESP) are not opened'],
  'capture-header-damaged': ['damaged', 'packets whose Ethernet, IP, UDP or TCP header contradicts their length'],
  'capture-packet-cut': ['damaged', 'DNS messages of which the capture holds only the beginning (snapshot length)'],
  'capture-message-short': ['damaged', 'packets on a DNS port with fewer than 12 bytes'],
  'capture-fragments-incomplete': ['damaged', 'DNS messages in IP fragments of which some are not in the capture'],
  'capture-fragments-overlap': ['damaged', 'IP fragments that contradict one another: dropped'],
  'capture-stream-gap': ['damaged', 'DNS over TCP with bytes missing: messages are lost'],
  'capture-stream-middle': ['ignored', 'segments of DNS connections that began before the capture, or of something else on that port'],
  'capture-packets-dropped': ['damaged', 'packets that the capturing machine dropped, by its own count'],
} as const satisfies Readonly<Record<string, readonly [state: Problem['state'], message: string]>>

export type OddityCode = keyof typeof KINDS

interface Oddity {
  count: number
  readonly source: Source
  /** What makes this kind several: the link type. */
  readonly detail: string
}

export interface Oddities {
  readonly file: string
  readonly seen: Map<string, Oddity>
}

/** More kinds than this only with details taken from input. */
const KIND_LIMIT = 64

export const oddities = (file: string): Oddities => ({ file, seen: new Map() })

/** `number` is the packet's; `start` and `end` are offsets in the file. */
export const packetSource = (file: string, number: number, start: number, end: number, text = ''): Source =>
  ({ file, start, end, line: number, column: 1, endLine: number, endColumn: 1, text })

export function odd(list: Oddities, code: OddityCode, number: number, start: number, end: number, count = 1, detail = ''): void {
  const key = detail === '' ? code : `${code} ${detail}`
  const known = list.seen.get(key)
  if (known) known.count += count
  else if (list.seen.size < KIND_LIMIT) list.seen.set(key, { count, detail, source: packetSource(list.file, number, start, end) })
}

export function oddPacket(list: Oddities, code: OddityCode, c: CaptureCursor, detail = ''): void {
  const known = list.seen.get(detail === '' ? code : `${code} ${detail}`)
  if (known) known.count++
  else odd(list, code, c.number, c.base + c.recordStart, c.base + c.recordEnd, 1, detail)
}

export function oddityProblems(list: Oddities): Problem[] {
  return [...list.seen].map(([key, { count, detail, source }]) => {
    const code = key.split(' ', 1)[0] as OddityCode
    const [state, what] = KINDS[code]
    return { code, state, source, message: `${list.file}: ${what}${detail === '' ? '' : `: ${detail}`}${count === 1 ? '' : ` (${count})`}` }
  })
}

// The captures of a bundle → the packets about a name, numbered. The number of a packet is its place among all DNS messages of all captures, in order
// of path: whoever asks for another name, or for `tx:1815` alone, counts the same. Of a capture of millions only what is about the name is kept.
import type { EvidenceFile } from '../chain/evidence-files.ts'
import type { Problem } from '../chain/source.ts'
import { absolute } from '../dns/name.ts'
import { nameToBytes, NAME_ROOM } from '../dns/wire-name.ts'
import { newScan, sameNameBytes, scanMessage } from '../dns/wire-scan.ts'
import { captureReader } from './capture.ts'
import { MESSAGE, type CapturedMessage } from './capture-cursor.ts'
import { placeOfCapture, type ListedCapture } from './capture-place.ts'
import { captureTransactions, type Transaction } from './capture-transactions.ts'
import { packetMaker } from './captured-packet.ts'
import type { DnsPacket } from './observation.ts'

/** Hours of a busy pod; the rest is counted, and said. */
const PACKETS_KEPT = 200_000

export interface PacketsSeen {
  readonly packets: readonly DnsPacket[]
  readonly numbers: ReadonlyMap<DnsPacket, number>
  /** Captures that were read. */
  readonly captures: readonly CaptureSeen[]
  readonly problems: readonly Problem[]
}
export interface CaptureSeen {
  readonly file: string
  readonly place: string | undefined
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  /** DNS messages in it, of any name. */
  readonly messages: number
}

export type Wanted = (m: CapturedMessage, number: number) => boolean

export function packetsOf(files: readonly EvidenceFile[], listed: ReadonlyMap<string, ListedCapture>, wanted: Wanted): PacketsSeen {
  const packets: DnsPacket[] = []
  const numbers = new Map<DnsPacket, number>()
  const captures: CaptureSeen[] = []
  const problems: Problem[] = []
  let number = 0
  let left = 0
  for (const file of files) {
    if (!file.bytes) continue
    const place = placeOfCapture(file.path, listed)
    const make = packetMaker({ file: file.path, place, interfaceName: index => listed.get(file.path)?.interface ?? reader.interfaceName(index) })
    const reader = captureReader(message => {
      number++
      if (!wanted(message, number)) return
      if (packets.length >= PACKETS_KEPT) return void left++
      const packet = make(message)
      packets.push(packet)
      numbers.set(packet, number)
    }, { file: file.path })
    for (const chunk of file.bytes()) reader.push(chunk)
    const { firstMs, lastMs, dns, problems: odd } = reader.end()
    captures.push({ file: file.path, place, fromMs: firstMs, toMs: lastMs, messages: dns })
    problems.push(...odd)
  }
  if (left > 0) problems.push({ code: 'capture-packets-left', state: 'ignored', message: `${left} packets about the name are not looked at: ${PACKETS_KEPT} are kept` })
  return { packets, numbers, captures, problems }
}

/** Messages about the name itself, or the name with any suffix of a search list; refusals that quote no question pass. */
export function aboutNameOnWire(name: string): Wanted {
  const room = new Uint8Array(NAME_ROOM)
  const length = nameToBytes(absolute(name), room)
  // Without the root label: what follows may be a suffix.
  const labels = typeof length === 'number' ? length - 1 : NAME_ROOM
  const scan = newScan()
  return m => {
    if (!scanMessage(m.message, m.start, m.messageEnd, scan) || scan.qtype < 0) return m.event !== MESSAGE || scan.questionCount === 0
    const from = scan.qnameStart
    if (labels === 0) return scan.qnameEnd - from === 1
    return scan.qnameEnd - from > labels && sameNameBytes(m.message, from, from + labels, room, 0, labels)
  }
}

export const anyName: Wanted = () => true

/** Paired, and named after the number of the question's packet. */
export function numberedTransactions({ packets, numbers, captures }: PacketsSeen): { readonly transactions: readonly Transaction[]; readonly strays: readonly DnsPacket[] } {
  const ends = new Map<string | undefined, number>()
  for (const { place, toMs } of captures) if (toMs !== undefined) ends.set(place, Math.max(ends.get(place) ?? -Infinity, toMs))
  const { transactions, strays } = captureTransactions(packets, { untilMs: place => ends.get(place) })
  const ids = new Map(transactions.map(t => [t.id, `tx:${numbers.get(t.query) ?? 0}`]))
  return {
    strays,
    transactions: transactions.map(t => ({
      ...t, id: ids.get(t.id) as string, sameAs: t.sameAs.map(same => ({ ...same, id: ids.get(same.id) ?? same.id })),
    })),
  }
}

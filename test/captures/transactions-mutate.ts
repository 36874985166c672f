// Damaged captures: the samples cut, overwritten, spliced. The same seed gives the same inputs.
import { captureReader, type CaptureSummary } from '../../src/evidence/capture.ts'
import { packetMaker, replyIn } from '../../src/evidence/captured-packet.ts'
import { captureTally } from '../../src/evidence/capture-tally.ts'
import { captureTransactions } from '../../src/evidence/capture-transactions.ts'
import type { DnsPacket } from '../../src/evidence/observation.ts'
import { MORE_SAMPLES, SAMPLES } from './transactions-samples.ts'

const SEEDS = [...SAMPLES, ...MORE_SAMPLES].map(sample => sample.bytes)
/** Values that lengths and offsets break at. */
const EDGES = [0, 1, 2, 3, 7, 8, 12, 15, 16, 0x28, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff]

export type Random = (below: number) => number

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
}

export function damagedCapture(random: Random): Uint8Array {
  const original = SEEDS[random(SEEDS.length)] as Uint8Array
  const kind = random(8)
  if (kind === 0) return original.subarray(0, random(original.length + 1))
  if (kind === 1) return Uint8Array.from({ length: random(200) }, () => random(256))
  if (kind === 2) {
    const other = SEEDS[random(SEEDS.length)] as Uint8Array
    const spliced = new Uint8Array(original.length)
    spliced.set(original)
    const at = 24 + random(Math.max(1, original.length - 24))
    spliced.set(other.subarray(random(other.length), other.length).subarray(0, original.length - at), at)
    return spliced
  }
  const bytes = original.slice()
  for (let n = 1 + random(6); n > 0; n--) {
    const at = random(bytes.length)
    bytes[at] = kind < 5 ? random(256) : (EDGES[random(EDGES.length)] as number)
  }
  return kind === 7 ? bytes.subarray(0, random(bytes.length + 1)) : bytes
}

export interface Outcome {
  readonly summary: CaptureSummary
  readonly packets: readonly DnsPacket[]
}

/** Reads in pieces of `pieceBytes`; every message becomes an observation, every reply is decoded, all are paired. */
export function readWhole(bytes: Uint8Array, pieceBytes: number): Outcome {
  const packets: DnsPacket[] = []
  // Its tables cost more than reading a small capture: one in sixteen.
  const tally = bytes.length % 16 === 0 ? captureTally() : undefined
  const reader = captureReader(message => {
    tally?.add(message)
    packets.push(make(message))
  }, { file: 'x.pcap' })
  const make = packetMaker({ file: 'x.pcap', place: 'node/x', interfaceName: reader.interfaceName })
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes))
  const summary = reader.end()
  tally?.end()
  for (const packet of packets) replyIn(packet)
  captureTransactions(packets)
  return { summary, packets }
}

/** What holds for any input. Thrown, not returned: the caller adds the seed. */
export function mustHold(bytes: Uint8Array, { summary, packets }: Outcome): void {
  const fail = (what: string): never => {
    throw new Error(`${what}: ${Buffer.from(bytes).toString('base64')}`)
  }
  if (summary.dns !== packets.length) fail('messages are not counted right')
  if (summary.sizeBytes !== bytes.length) fail('bytes are not counted right')
  if (summary.packets > bytes.length / 12) fail('more packets than fit')
  if (summary.problems.length > 64) fail('problems without bound')
  if (summary.format === undefined && bytes.length > 0 && summary.problems.length === 0) fail('nothing read and nothing said')
  for (const { source, bytes: message } of packets) {
    if (!(source.start >= 0 && source.end <= bytes.length && source.start <= source.end)) fail('a message outside the file')
    if (message.length > 65_535) fail('a message longer than any')
  }
}

// Packets that nobody should send, and what must hold for each of them. The same seed gives the same packets.
import fc from 'fast-check'
import { recordFromText, recordToText } from '../../src/dns/presentation-record.ts'
import { queryFromWire, replyFromWire } from '../../src/dns/wire-chain.ts'
import { decodeMessage } from '../../src/dns/wire-decode.ts'
import { encodeMessage } from '../../src/dns/wire-encode.ts'
import { FAULT_CODES } from '../../src/dns/wire-fault.ts'
import { SECTIONS } from '../../src/dns/wire-message.ts'
import { newScan, scanMessage } from '../../src/dns/wire-scan.ts'
import { spansOf } from '../../src/dns/wire-spans.ts'
import { dice } from './dice.ts'
import { anyMessage } from './random-message.ts'

export const goodPackets = (seed: number, count: number): readonly Uint8Array[] =>
  fc.sample(anyMessage, { seed, numRuns: count }).map((message, n) => encodeMessage(message, { compress: n % 4 !== 0 }))

type Mutation = (bytes: Uint8Array, roll: (below: number) => number, others: readonly Uint8Array[]) => Uint8Array

const set = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  if (at < bytes.length) bytes[at] = value
  return bytes
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, roll) => set(bytes, roll(bytes.length), roll(256)),
  (bytes, roll) => {
    const at = roll(bytes.length)
    return set(bytes, at, (bytes[at] as number) ^ (1 << roll(8)))
  },
  (bytes, roll) => bytes.slice(0, roll(bytes.length + 1)),
  // A pointer to anywhere.
  (bytes, roll) => {
    const at = roll(bytes.length)
    return set(set(bytes, at, 0xc0 | roll(2)), at + 1, roll(256))
  },
  // A count of the header.
  (bytes, roll) => set(bytes, 5 + 2 * roll(4), roll(8)),
  (bytes, roll) => Uint8Array.from([...bytes, ...Array.from({ length: roll(12) }, () => roll(256))]),
  (bytes, roll, others) => {
    const other = others[roll(others.length)] as Uint8Array
    return Uint8Array.from([...bytes.subarray(0, roll(bytes.length)), ...other.subarray(roll(other.length))])
  },
  (_, roll) => Uint8Array.from({ length: roll(80) }, () => roll(256)),
]

export function* fuzzedPackets(seed: number, count: number): Generator<Uint8Array> {
  const roll = dice(seed)
  const good = goodPackets(seed, 150)
  for (let n = 0; n < count; n++) {
    let bytes: Uint8Array = (good[roll(good.length)] as Uint8Array).slice()
    for (let times = roll(3); times >= 0 && bytes.length > 0; times--) bytes = (MUTATIONS[roll(MUTATIONS.length)] as Mutation)(bytes, roll, good)
    yield bytes
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])
const scan = newScan()

/** What is wrong with how `bytes` are read; undefined: nothing. `deep`: text and conversions as well. */
export function badlyRead(bytes: Uint8Array, deep: boolean): string | undefined {
  const { message, faults } = decodeMessage(bytes)
  for (const { code, start, end } of faults) {
    if (!FAULT_CODES.includes(code) || !(0 <= start && start <= end && end <= bytes.length)) return `fault ${code} [${start}, ${end})`
  }
  let at = 12
  for (const { name, start, end } of message.questions) {
    if (start !== at || name.start !== start || name.end + 4 !== end) return `question [${start}, ${end})`
    at = end
  }
  for (const section of SECTIONS) for (const { name, start, rdataStart, end } of message[section]) {
    if (start !== at || name.start !== start || name.end + 10 !== rdataStart || end < rdataStart) return `record [${start}, ${end})`
    at = end
  }
  if (bytes.length >= 12 && at > bytes.length) return `parts end at ${at}`
  if (faults.length === 0 && !sameBytes(encodeMessage(message), bytes)) return 'encoded otherwise'
  const isScanned = scanMessage(bytes, 0, bytes.length, scan)
  const question = message.questions[0]
  if (isScanned && (scan.id !== message.id || scan.flags !== message.flags)) return 'scanned otherwise'
  if (isScanned && question && (scan.qnameEnd !== question.name.end || scan.qtype !== question.type || scan.qclass !== question.class)) return 'question scanned otherwise'
  if (!isScanned && faults.length === 0) return 'well formed, but not scanned'
  return deep ? badlyWritten(bytes, message) : undefined
}

function badlyWritten(bytes: Uint8Array, message: ReturnType<typeof decodeMessage>['message']): string | undefined {
  for (const { path, start, end } of spansOf(bytes, message)) if (!(0 <= start && start <= end && end <= bytes.length)) return `span ${path} [${start}, ${end})`
  queryFromWire(message, { transport: 'udp' })
  replyFromWire(message)
  for (const section of SECTIONS) for (const record of message[section]) {
    const text = recordToText(record)
    const read = recordFromText(text)
    // RDATA that does not have the form of its type is printed as bytes, and they are then refused.
    if (read.fault && record.rdata.kind !== 'generic' && record.rdata.kind !== 'OPT') return `${text} is not read: ${read.fault.code}`
    if (read.value && recordToText(read.value) !== text) return `${text} is read as ${recordToText(read.value)}`
  }
  return undefined
}

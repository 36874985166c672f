// `tx:1815` of a report → its packets. The number is the question's place among all DNS messages of the bundle's captures (join-packets.ts); that of an answer, a
// repeated question or another sighting leads to the same transaction.
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import { isCapturePath, readCaptureList } from './capture-place.ts'
import type { Transaction } from './capture-transactions.ts'
import { questionMatcher } from './captured-packet.ts'
import { numberedTransactions, packetsOf } from './join-packets.ts'
import type { DnsPacket } from './observation.ts'

export interface FoundTransaction {
  readonly transaction: Transaction | undefined
  /** Question, answers and refusals in order of time; the one packet where it belongs to no transaction. */
  readonly packets: readonly DnsPacket[]
  readonly numberOf: (packet: DnsPacket) => number
  /** The same question before and after address translation. */
  readonly alsoSeenAs: readonly Transaction[]
}
export interface Finding {
  /** Undefined: there are fewer messages. */
  readonly found: FoundTransaction | undefined
  readonly messages: number
  readonly captures: number
}

export function findTransaction(files: EvidenceFiles, wanted: number): Finding {
  const captures = [...files.files.values()].filter(file => isCapturePath(file.path) && file.bytes)
  const listFile = files.files.get('captures.yaml')
  const places = listFile ? readCaptureList('captures.yaml', listFile.text()).value : new Map()
  const only = packetsOf(captures, places, (_, number) => number === wanted)
  const messages = only.captures.reduce((total, c) => total + c.messages, 0)
  const [packet] = only.packets
  if (!packet) return { found: undefined, messages, captures: captures.length }
  const isSameName = packet.question ? questionMatcher([packet.question.name]) : undefined
  const seen = packetsOf(captures, places, (m, number) => number === wanted || isSameName?.(m) === true)
  const { transactions } = numberedTransactions(seen)
  const numberOf = (p: DnsPacket): number => seen.numbers.get(p) ?? wanted
  const own = [...seen.numbers].find(([, number]) => number === wanted)?.[0] ?? packet
  const transaction = transactions.find(t => partsOf(t).includes(own) || t.sightings.includes(own))
  const ids = new Set(transaction?.sameAs.map(same => same.id))
  return {
    messages, captures: captures.length,
    found: { transaction, numberOf, packets: transaction ? partsOf(transaction).toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0)) : [own], alsoSeenAs: transactions.filter(t => ids.has(t.id)) },
  }
}

const partsOf = (t: Transaction): DnsPacket[] =>
  [t.query, ...t.repeats, ...t.answers, ...t.refusals, ...(t.answerRefused ? [t.answerRefused] : []), ...t.possible]

// Files of any kind → observations. Captures and CoreDNS logs are streamed; what nobody can read is a Problem.
import type { EvidenceFile } from '../chain/evidence-files.ts'
import type { Problem } from '../chain/source.ts'
import { readApplicationLogs, type ApplicationLog } from '../evidence/application-log.ts'
import { captureReader } from '../evidence/capture.ts'
import { captureTransactions, type Transaction } from '../evidence/capture-transactions.ts'
import { packetMaker } from '../evidence/captured-packet.ts'
import { corednsLogReader } from '../evidence/coredns-log.ts'
import { namesByAddress } from '../evidence/names-by-address.ts'
import type { DnsPacket, Observation } from '../evidence/observation.ts'
import { readPasted } from '../evidence/pasted.ts'
import { readProbes } from '../evidence/probes.ts'
import { recognise, type FileKind } from '../evidence/recognise.ts'

export interface GatheredEvidence {
  readonly files: readonly { readonly file: string; readonly kind: FileKind; readonly observations: number }[]
  readonly transactions: readonly Transaction[]
  readonly observations: readonly Observation[]
  readonly problems: readonly Problem[]
}

/** DNS messages of all captures that are kept: hours of a busy node. The rest is counted, and said. */
const PACKETS_KEPT = 100_000
const LINES_KEPT = 60_000
const HEAD_BYTES = 16_384
/** A pasted text or an application's log is read as a whole. */
const TEXT_LIMIT = 32 * 1024 * 1024

interface Gathering {
  readonly wanted: (name: string) => boolean
  readonly observations: Observation[]
  readonly packets: DnsPacket[]
  readonly numbers: Map<DnsPacket, number>
  readonly ends: Map<string | undefined, number>
  readonly logs: ApplicationLog[]
  readonly problems: Problem[]
  /** DNS messages of all captures so far. */
  messages: number
  left: number
}

export function gatherEvidence(files: readonly EvidenceFile[], wanted: (name: string) => boolean): GatheredEvidence {
  const g: Gathering = { wanted, observations: [], packets: [], numbers: new Map(), ends: new Map(), logs: [], problems: [], messages: 0, left: 0 }
  const listed: { file: string; kind: FileKind; observations: number }[] = []
  const opened = files.map(file => {
    const head = headOf(file)
    return { file, head, kind: recognise(file.path, head) }
  })
  // Pasted times of day get their date from what the other files say.
  for (const { file, head, kind } of [...opened.filter(each => each.kind !== 'pasted'), ...opened.filter(each => each.kind === 'pasted')]) {
    const before = g.observations.length + g.messages
    readFile(g, file, kind, head)
    listed.push({ file: file.path, kind, observations: g.observations.length + g.messages - before })
  }
  const applications = readApplicationLogs(g.logs, { names: namesByAddress(g.observations) })
  g.problems.push(...applications.problems)
  for (const seen of applications.value) {
    const file = listed.find(each => each.file === seen.source.file)
    if (file) file.observations++
    if (wanted(seen.name)) g.observations.push(seen)
  }
  if (g.left > 0) g.problems.push({ code: 'capture-packets-left', state: 'ignored', message: `${g.left} DNS messages are not looked at: ${PACKETS_KEPT} are kept; --name narrows them` })
  return { files: listed, transactions: transactionsOf(g), observations: g.observations.filter(seen => seen.kind !== 'packet'), problems: g.problems }
}

function readFile(g: Gathering, file: EvidenceFile, kind: FileKind, head: Uint8Array): void {
  const problem = (code: string, message: string, state: Problem['state']): void => void g.problems.push({
    code, message: `${file.path}: ${message}`, state, source: { file: file.path, start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1, text: '' },
  })
  if (kind === 'pcap' || kind === 'pcapng') return readPackets(g, file)
  if (kind === 'coredns-log') return readCoredns(g, file, head)
  if (kind === 'empty') return problem('file-empty', 'is empty', 'unknown')
  if (kind !== 'application-log' && kind !== 'pasted' && kind !== 'probes' && kind !== 'unknown') return problem('not-evidence', `${kind}: holds no answers or lookups; \`whydns why NAME\` reads it`, 'ignored')
  if (kind === 'unknown' && head.subarray(0, 1024).includes(0)) return problem('file-unknown', 'is no capture, log or pasted output that is known', 'unknown')
  let text = ''
  for (const chunk of textOf(file, head)) {
    text += chunk
    if (text.length > TEXT_LIMIT) {
      problem('file-too-large', `only the first ${TEXT_LIMIT} characters were read`, 'partly-modelled')
      text = text.slice(0, TEXT_LIMIT)
      break
    }
  }
  if (kind === 'application-log' || kind === 'unknown') {
    g.logs.push({ file: file.path, text, place: placeOf(file.path) })
    return
  }
  const read = kind === 'probes' ? readProbes(file.path, text) : readPasted(file.path, text, nearMs(g))
  g.problems.push(...read.problems)
  for (const seen of read.value) {
    if (seen.kind === 'packet') keepPacket(g, { ...seen, place: seen.place ?? file.path }, ++g.messages)
    else if (isWanted(g, seen)) g.observations.push(seen)
  }
}

/** The beginning, unpacked. Pieces may be small, and are valid until the next is asked for. */
function headOf(file: EvidenceFile): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES)
  let length = 0
  for (const piece of file.bytes?.() ?? [new TextEncoder().encode(file.text().slice(0, HEAD_BYTES))]) {
    const taken = piece.subarray(0, HEAD_BYTES - length)
    head.set(taken, length)
    length += taken.length
    if (length === HEAD_BYTES) break
  }
  return head.subarray(0, length)
}

/** Text in pieces; what is packed is unpacked. The rim decodes what is not, UTF-16 too. */
function* textOf(file: EvidenceFile, head: Uint8Array): Generator<string> {
  let any = false
  for (const chunk of file.chunks()) {
    any = true
    yield chunk
  }
  // Zeros: no text, or text of two bytes a character that the rim would have decoded.
  if (any || !file.bytes || head.length === 0 || head.includes(0)) return
  const decoder = new TextDecoder()
  for (const piece of file.bytes()) yield decoder.decode(piece, { stream: true })
}

/** Times of day without any date near by are put into a day that nobody takes for a date: what is near to what is known all the same. */
const NO_DATE_MS = 43_200_000
export const isDated = (ms: number): boolean => ms > 4 * 86_400_000

function nearMs(g: Gathering): number {
  const dated = [...g.ends.values(), ...g.observations.slice(-1000).map(seen => seen.atMs ?? 0)].filter(isDated)
  return dated.length > 0 ? Math.max(...dated) : NO_DATE_MS
}

/** `logs/NS/POD.log` of a bundle says whose it is; any other file is called by its own name. */
export const placeOf = (path: string): string => /(?:^|\/)logs\/([^/]+\/[^/]+)\.log(?:\.gz)?$/.exec(path)?.[1] ?? path

function isWanted(g: Gathering, seen: Observation): boolean {
  if (seen.kind === 'direct') return g.wanted(seen.query.name)
  return seen.kind === 'application' || seen.kind === 'served' || seen.kind === 'server-error' ? g.wanted(seen.name) : true
}

function readPackets(g: Gathering, file: EvidenceFile): void {
  const make = packetMaker({ file: file.path, place: file.path, interfaceName: index => reader.interfaceName(index) })
  const reader = captureReader(message => {
    const number = ++g.messages
    if (g.packets.length >= PACKETS_KEPT) g.left++
    else keepPacket(g, make(message), number)
  }, { file: file.path })
  for (const chunk of file.bytes?.() ?? []) reader.push(chunk)
  const { lastMs, problems } = reader.end()
  if (lastMs !== undefined) g.ends.set(file.path, lastMs)
  g.problems.push(...problems)
}

function keepPacket(g: Gathering, packet: DnsPacket, number: number): void {
  if (g.packets.length >= PACKETS_KEPT) return void g.left++
  if (packet.question && !g.wanted(packet.question.name)) return
  g.packets.push(packet)
  g.numbers.set(packet, number)
}

/** `untilMs` of a capture that was cut off is that of its last packet. Named after the number of the question's message among all, as `show tx` does. */
function transactionsOf(g: Gathering): Transaction[] {
  const { transactions } = captureTransactions(g.packets, { untilMs: place => g.ends.get(place) })
  const ids = new Map(transactions.map(t => [t.id, `tx:${g.numbers.get(t.query) ?? 0}`]))
  return transactions.map(t => ({ ...t, id: ids.get(t.id) as string, sameAs: t.sameAs.map(same => ({ ...same, id: ids.get(same.id) ?? same.id })) }))
}

function readCoredns(g: Gathering, file: EvidenceFile, head: Uint8Array): void {
  const reader = corednsLogReader({ file: file.path, place: placeOf(file.path), accepts: g.wanted, limit: LINES_KEPT }, seen => g.observations.push(seen))
  for (const chunk of textOf(file, head)) reader.push(chunk)
  g.problems.push(...reader.end().problems)
}

// Packets seen at a place → transactions: a question, its answers, and what became of it. Pairing is by socket (both addresses and ports), id and question,
// as a resolver pairs. Times of different places are never compared here.
// The same packet on several interfaces of one machine (`tcpdump -i any`, two captures of one place) is one packet with several sightings: identical bytes
// within 2 ms where the capture says that the interface, or the way it passed, is another. Before and after the address translation of a Service the
// sockets differ: those are two transactions that name each other (`sameAs`), as are a question and its forwarded copy with the same id.
// What cannot be told apart stays so: a reply that fits several questions is `possible` for each, and an answer after a repeated question has no round trip.
import { sameName, nameKey } from '../dns/name.ts'
import type { DnsPacket, Endpoint } from './observation.ts'

export interface Transaction {
  /** `tx:1`, in order of time. */
  readonly id: string
  readonly place: string | undefined
  readonly client: Endpoint
  readonly server: Endpoint
  readonly transport: 'udp' | 'tcp'
  readonly dnsId: number
  readonly question: DnsPacket['question']
  /** When the question was first seen. */
  readonly atMs: number | undefined
  readonly query: DnsPacket
  /** The same question sent again from the same socket before an answer came. */
  readonly repeats: readonly DnsPacket[]
  /** The first is the answer, what follows came too: a copy, or another's word. */
  readonly answers: readonly DnsPacket[]
  /** Refused or unreachable; `answerRefused`: the client's word about an answer that came too late for it. */
  readonly refusals: readonly DnsPacket[]
  readonly answerRefused: DnsPacket | undefined
  /** Replies and refusals that are this transaction's or another's. */
  readonly possible: readonly DnsPacket[]
  /** The packets above once more, on other interfaces. */
  readonly sightings: readonly DnsPacket[]
  /** `open`: the capture ends before an answer had time to come. `ambiguous`: only `possible` ones. */
  readonly state: 'answered' | 'refused' | 'unreachable' | 'unanswered' | 'open' | 'ambiguous'
  /** From the question to its answer on the interface where the question was first seen. Undefined: none, or nobody knows which of several sendings was answered. */
  readonly rttMs: number | undefined
  /** From the first sending to the answer: what the asker waited. */
  readonly waitMs: number | undefined
  /** The answer came when the client had given up, or after the time an asker waits. */
  readonly late: boolean
  readonly sameAs: readonly SameQuestion[]
}

/** The same id and question at the same place within 2 ms. One end of the socket in common: translated addresses; none: forwarded, or both translated. */
export interface SameQuestion {
  readonly id: string
  readonly differs: 'server' | 'client' | 'both'
}

export interface CaptureTransactions {
  readonly transactions: readonly Transaction[]
  /** Replies and refusals to questions that are not in the capture. */
  readonly strays: readonly DnsPacket[]
}

export interface PairingOptions {
  /** How long an asker waits; 5 s is resolv.conf's `timeout`. */
  readonly timeoutMs?: number
  /** When the capture at a place ended; the last of its packets when absent. */
  readonly untilMs?: (place: string | undefined) => number | undefined
}

const SAME_PACKET_MS = 2
/** A port and an id are taken again after some time: an answer to a question older than this is nobody's. */
const PAIRING_MS = 60_000
/** Transactions of one socket and id that are looked at, links that one has. */
const PER_KEY = 8
const MAX_LINKS = 16

/** One packet wherever it was seen. */
interface Sending {
  readonly packet: DnsPacket
  readonly seen: DnsPacket[]
}

interface Open {
  readonly place: string | undefined
  readonly client: Endpoint
  readonly server: Endpoint
  readonly sendings: Sending[]
  readonly answers: Sending[]
  readonly refusals: Sending[]
  readonly possible: DnsPacket[]
  answerRefused: DnsPacket | undefined
}

interface Pairing {
  readonly all: Open[]
  readonly strays: DnsPacket[]
  /** By socket and id, the youngest last. */
  readonly byId: Map<string, Open[]>
  /** By socket. */
  readonly bySocket: Map<string, Open[]>
}

const timeOf = (packet: DnsPacket): number => packet.atMs ?? NaN
const apartMs = (earlier: DnsPacket, later: DnsPacket): number => Math.abs(timeOf(later) - timeOf(earlier))
const socketOf = (place: string | undefined, transport: string, client: Endpoint, server: Endpoint): string =>
  `${place ?? ''} ${transport} ${client.address} ${client.port} ${server.address} ${server.port}`

function remember(map: Map<string, Open[]>, key: string, open: Open): void {
  const list = map.get(key)
  if (!list) map.set(key, [open])
  else if (list.push(open) > PER_KEY) list.shift()
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

/** Where in the place: another of these means another interface. */
const sameVantage = (a: DnsPacket, b: DnsPacket): boolean => a.interface === b.interface && a.passing === b.passing && a.source.file === b.source.file

/** Cooked captures of the first version say which way, not which interface: there two sightings cannot be told from a packet sent twice within 2 ms, which
 * nobody does. */
const isSighting = (sending: Sending, packet: DnsPacket): boolean =>
  apartMs(sending.packet, packet) <= SAME_PACKET_MS && sameBytes(sending.packet.bytes, packet.bytes)
  && ((packet.interface === undefined && packet.passing !== undefined) || !sending.seen.some(other => sameVantage(other, packet)))

function addSending(list: Sending[], packet: DnsPacket): void {
  const known = list.findLast(sending => isSighting(sending, packet))
  if (known) known.seen.push(packet)
  else list.push({ packet, seen: [packet] })
}

function sameQuestion(a: DnsPacket['question'], b: DnsPacket['question']): boolean {
  if (a === b) return true
  return a !== undefined && b !== undefined && a.type === b.type && a.class === b.class && sameName(a.name, b.name)
}

const isFresh = (open: Open, packet: DnsPacket): boolean => {
  const last = open.sendings.at(-1) as Sending
  return !(timeOf(packet) - timeOf(last.packet) > PAIRING_MS)
}

function addQuery(p: Pairing, packet: DnsPacket): void {
  const socket = socketOf(packet.place, packet.transport, packet.from, packet.to)
  const key = `${socket} ${packet.id}`
  const open = p.byId.get(key)?.findLast(each => sameQuestion(each.sendings[0]?.packet.question, packet.question) && isFresh(each, packet))
  const isSame = open?.sendings.some(sending => isSighting(sending, packet)) === true
  if (open && (isSame || (open.answers.length === 0 && open.refusals.length === 0))) return addSending(open.sendings, packet)
  const made: Open = { place: packet.place, client: packet.from, server: packet.to, sendings: [{ packet, seen: [packet] }], answers: [], refusals: [],
    possible: [], answerRefused: undefined }
  p.all.push(made)
  remember(p.byId, key, made)
  remember(p.bySocket, socket, made)
}

function addReply(p: Pairing, packet: DnsPacket): void {
  const key = `${socketOf(packet.place, packet.transport, packet.to, packet.from)} ${packet.id}`
  const asked = (p.byId.get(key) ?? []).filter(open => isFresh(open, packet))
  const fitting = packet.question ? asked.filter(open => sameQuestion(open.sendings[0]?.packet.question, packet.question)) : asked
  const repeated = fitting.find(open => open.answers.some(answer => isSighting(answer, packet)))
  const waiting = fitting.filter(open => open.answers.length === 0)
  const chosen = repeated ?? (waiting.length === 1 ? waiting[0] : waiting.length === 0 ? fitting.at(-1) : undefined)
  if (chosen) addSending(chosen.answers, packet)
  else if (waiting.length > 0) for (const open of waiting) open.possible.push(packet)
  else p.strays.push(packet)
}

function addRefusal(p: Pairing, packet: DnsPacket): void {
  const isAnswers = packet.refused === 'reply'
  const [client, server] = isAnswers ? [packet.from, packet.to] : [packet.to, packet.from]
  const socket = socketOf(packet.place, packet.transport, client, server)
  const asked = (packet.id >= 0 ? p.byId.get(`${socket} ${packet.id}`) : p.bySocket.get(socket)) ?? []
  const fitting = asked.filter(open => isFresh(open, packet) && (packet.question === undefined || sameQuestion(open.sendings[0]?.packet.question, packet.question)))
  if (isAnswers) {
    const open = fitting.at(-1)
    if (open) open.answerRefused ??= packet
    else p.strays.push(packet)
    return
  }
  const waiting = fitting.filter(open => open.answers.length === 0)
  const [one] = waiting
  if (one && waiting.length === 1) addSending(one.refusals, packet)
  else if (one) for (const open of waiting) open.possible.push(packet)
  else p.strays.push(packet)
}

/** In order of time; a packet without one stays behind its neighbour. */
function inOrder(packets: readonly DnsPacket[]): DnsPacket[] {
  let lastMs = -Infinity
  const keyed = packets.map(packet => ({ packet, atMs: (lastMs = packet.atMs ?? lastMs) }))
  return keyed.sort((a, b) => (a.atMs === b.atMs ? 0 : a.atMs - b.atMs)).map(({ packet }) => packet)
}

export function captureTransactions(packets: readonly DnsPacket[], options: PairingOptions = {}): CaptureTransactions {
  const p: Pairing = { all: [], strays: [], byId: new Map(), bySocket: new Map() }
  const lastMs = new Map<string | undefined, number>()
  for (const packet of inOrder(packets)) {
    if (packet.atMs !== undefined) lastMs.set(packet.place, packet.atMs)
    if (packet.direction === 'query') addQuery(p, packet)
    else if (packet.direction === 'reply') addReply(p, packet)
    else addRefusal(p, packet)
  }
  const links = linksOf(p.all)
  const transactions = p.all.map((open, i) =>
    transactionOf(open, i, options.timeoutMs ?? 5000, options.untilMs?.(open.place) ?? lastMs.get(open.place), links.get(open) ?? []))
  return { transactions, strays: p.strays }
}

function transactionOf(open: Open, index: number, timeoutMs: number, untilMs: number | undefined, sameAs: readonly SameQuestion[]): Transaction {
  const first = open.sendings[0] as Sending
  const last = open.sendings.at(-1) as Sending
  const query = first.packet
  const answer = open.answers[0]
  const rttMs = answer && open.sendings.length === 1 ? roundTripMs(first, answer) : undefined
  const waitMs = answer && roundTripMs(first, answer)
  const isOver = untilMs === undefined || !(untilMs - timeOf(last.packet) < timeoutMs)
  const [refusal] = open.refusals
  return {
    id: `tx:${index + 1}`, place: open.place, client: open.client, server: open.server, transport: query.transport, dnsId: query.id, question: query.question,
    atMs: query.atMs, query, repeats: open.sendings.slice(1).map(({ packet }) => packet), answers: open.answers.map(({ packet }) => packet),
    refusals: open.refusals.map(({ packet }) => packet), answerRefused: open.answerRefused, possible: open.possible,
    sightings: [...open.sendings, ...open.answers, ...open.refusals].flatMap(sending => sending.seen.slice(1)),
    state: answer ? 'answered' : refusal ? (refusal.packet.direction === 'refused' ? 'refused' : 'unreachable')
      : open.possible.length > 0 ? 'ambiguous' : isOver ? 'unanswered' : 'open',
    rttMs, waitMs, late: open.answerRefused !== undefined || (answer !== undefined && timeOf(answer.packet) - timeOf(last.packet) > timeoutMs), sameAs,
  }
}

/** On the interface where the question was first seen, if the answer was seen there too. */
function roundTripMs(asked: Sending, answered: Sending): number | undefined {
  const query = asked.packet
  const there = answered.seen.find(packet => packet.interface === query.interface && packet.source.file === query.source.file) ?? answered.packet
  return query.atMs === undefined || there.atMs === undefined ? undefined : there.atMs - query.atMs
}

function linksOf(all: readonly Open[]): Map<Open, SameQuestion[]> {
  const links = new Map<Open, SameQuestion[]>()
  const recent = new Map<string, { open: Open; id: string }[]>()
  const link = (from: Open, to: Open, id: string): void => {
    const isClient = from.client.address === to.client.address && from.client.port === to.client.port
    const isServer = from.server.address === to.server.address && from.server.port === to.server.port
    const list = links.get(from) ?? []
    if (list.length < MAX_LINKS && !(isClient && isServer)) links.set(from, [...list, { id, differs: isClient ? 'server' : isServer ? 'client' : 'both' }])
  }
  for (const [i, open] of all.entries()) {
    const { packet } = open.sendings[0] as Sending
    if (packet.question === undefined || packet.atMs === undefined) continue
    const key = `${open.place ?? ''} ${packet.id} ${packet.question.type} ${nameKey(packet.question.name)}`
    const near = (recent.get(key) ?? []).filter(other => apartMs((other.open.sendings[0] as Sending).packet, packet) <= SAME_PACKET_MS).slice(-MAX_LINKS)
    const id = `tx:${i + 1}`
    for (const other of near) {
      link(other.open, open, id)
      link(open, other.open, other.id)
    }
    recent.set(key, [...near, { open, id }])
  }
  return links
}

// Step 1 of the join: transactions → exchanges. The same question is captured on the node and in the pod, before and after the address translation of a
// Service (VIP → endpoint) and of a masquerade (pod → node): same id, name and type, one end of the socket in common, the same moment.
// Not joined: what has two candidates. They are listed as possible. Clocks of two machines are set right by the bundle's offsets and may still differ.
import { nameKey } from '../dns/name.ts'
import type { Transaction } from './capture-transactions.ts'
import type { Endpoint } from './observation.ts'
import type { Exchange, Joined, JoinTopology, Reason } from './trace.ts'

/** Sightings at one place lie microseconds apart, and a busy machine delays them. */
const SAME_PLACE_MS = 10
/** Two machines whose clocks are kept by NTP. */
const OTHER_PLACE_MS = 1000
/** Sightings of one id and name that are compared with a new one. */
const COMPARED = 16

interface Pair {
  readonly a: Transaction
  readonly b: Transaction
  readonly reasons: readonly Reason[]
}

export interface Exchanges {
  readonly exchanges: readonly Exchange[]
  readonly possibleSightings: Joined['possibleSightings']
}

export function joinExchanges(transactions: readonly Transaction[], topology: JoinTopology): Exchanges {
  const atMs = (t: Transaction): number => (t.atMs ?? NaN) - (topology.offsetMs?.(t.place) ?? 0)
  const pairs = pairsOf(transactions, topology, atMs)
  const { certain, possible } = settled(pairs)
  const groups = grouped(transactions, certain)
  return {
    exchanges: groups.map(g => exchangeOf(g.members, g.reasons, topology, atMs)).sort((a, b) => (a.fromMs ?? Infinity) - (b.fromMs ?? Infinity)),
    possibleSightings: possible.map(({ a, b, reasons }) => ({ a: a.id, b: b.id, reasons })),
  }
}

const sameEnd = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port

function pairsOf(transactions: readonly Transaction[], topology: JoinTopology, atMs: (t: Transaction) => number): Pair[] {
  const recent = new Map<string, Transaction[]>()
  const pairs: Pair[] = []
  const inOrder = [...transactions].sort((a, b) => (atMs(a) || 0) - (atMs(b) || 0))
  for (const b of inOrder) {
    if (!b.question) continue
    const key = `${b.dnsId} ${b.transport} ${b.question.type} ${nameKey(b.question.name)}`
    const near = (recent.get(key) ?? []).filter(a => !(atMs(b) - atMs(a) > OTHER_PLACE_MS)).slice(-COMPARED)
    for (const a of near) {
      const reasons = reasonsFor(a, b, topology, atMs(b) - atMs(a))
      if (reasons) pairs.push({ a, b, reasons })
    }
    recent.set(key, [...near, b])
  }
  return pairs
}

/** Undefined: they are two questions. */
function reasonsFor(a: Transaction, b: Transaction, topology: JoinTopology, apartMs: number): readonly Reason[] | undefined {
  const isSamePlace = a.place === b.place
  if (isSamePlace && !(apartMs <= SAME_PLACE_MS)) return undefined
  const isClient = sameEnd(a.client, b.client)
  const isServer = sameEnd(a.server, b.server)
  if (isClient && isServer) {
    if (isSamePlace) return undefined
    return ['same-socket', 'same-id', 'same-question', ...(sameBytes(a, b) ? ['same-bytes' as const] : [])]
  }
  const throughService = leadsTo(topology, a.server.address, b.server.address) || leadsTo(topology, b.server.address, a.server.address)
  if (isClient) return throughService ? ['same-id', 'same-question', 'service-address', 'same-moment'] : undefined
  // A masquerade puts a machine's address in place of a pod's: two pods are two askers.
  const isPod = (t: Transaction): boolean => isPodPlace(topology.placeOf(t.client.address))
  if (a.client.address !== b.client.address && isPod(a) && isPod(b)) return undefined
  if (isServer) return ['same-id', 'same-question', 'same-server', 'address-rewritten', 'same-moment']
  return throughService ? ['same-id', 'same-question', 'service-address', 'address-rewritten', 'same-moment'] : undefined
}

const isPodPlace = (place: string | undefined): boolean => place !== undefined && !place.startsWith('node/')
const leadsTo = (topology: JoinTopology, service: string, endpoint: string): boolean => topology.services.get(service)?.has(endpoint) === true

function sameBytes(a: Transaction, b: Transaction): boolean {
  const [x, y] = [a.query.bytes, b.query.bytes]
  return x.length === y.length && x.every((byte, i) => byte === y[i])
}

/** A sighting that fits two others which are not one another's is possible for each. */
function settled(pairs: readonly Pair[]): { readonly certain: readonly Pair[]; readonly possible: readonly Pair[] } {
  const partners = new Map<Transaction, Set<Transaction>>()
  for (const { a, b } of pairs) {
    partners.set(a, (partners.get(a) ?? new Set()).add(b))
    partners.set(b, (partners.get(b) ?? new Set()).add(a))
  }
  const isMade = (pair: Pair): boolean => pair.reasons.includes('same-socket')
  const contested = (t: Transaction, other: Transaction): boolean => [...partners.get(t) ?? []].some(third =>
    third !== other && !(partners.get(other)?.has(third) ?? false) && t.place === third.place && other.place === third.place)
  const certain: Pair[] = []
  const possible: Pair[] = []
  for (const pair of pairs) (isMade(pair) || !(contested(pair.a, pair.b) || contested(pair.b, pair.a)) ? certain : possible).push(pair)
  return { certain, possible }
}

interface Group {
  readonly members: Transaction[]
  readonly reasons: Set<Reason>
}

function grouped(transactions: readonly Transaction[], pairs: readonly Pair[]): Group[] {
  const groupOf = new Map<Transaction, Group>(transactions.map(t => [t, { members: [t], reasons: new Set() }]))
  for (const { a, b, reasons } of pairs) {
    const [one, other] = [groupOf.get(a) as Group, groupOf.get(b) as Group]
    const [into, from] = one.members.length < other.members.length ? [other, one] : [one, other]
    for (const reason of reasons) into.reasons.add(reason)
    if (into === from) continue
    for (const reason of from.reasons) into.reasons.add(reason)
    for (const member of from.members) {
      groupOf.set(member, into)
      into.members.push(member)
    }
  }
  return [...new Set(groupOf.values())]
}

function exchangeOf(members: readonly Transaction[], reasons: ReadonlySet<Reason>, topology: JoinTopology, atMs: (t: Transaction) => number): Exchange {
  const serverPod = (address: string): string | undefined => topology.servers.find(s => s.addresses.includes(address))?.place
  const asked = members.find(m => serverPod(m.server.address) !== undefined)
  const asking = members.find(m => serverPod(m.client.address) !== undefined)
  // A pod on the host's network has its node's address: what arrives there at port 53 is for CoreDNS, what leaves from another port is its own.
  const servedBy = asked && serverPod(asked.server.address)
  const askedBy = servedBy === undefined && asking ? serverPod(asking.client.address) : undefined
  const pod = servedBy ?? askedBy
  const rank = (m: Transaction): number => {
    const isAtPod = m.place === pod && pod !== undefined ? 0 : 1
    const speaksOfPod = servedBy !== undefined ? serverPod(m.server.address) === pod : askedBy !== undefined ? serverPod(m.client.address) === pod : true
    return isAtPod + (speaksOfPod ? 0 : 2) + (m.answers.length > 0 ? 0 : 0.5)
  }
  const ranked = members.map(m => ({ m, rank: rank(m), atMs: atMs(m) || 0 })).sort((a, b) => a.rank - b.rank || a.atMs - b.atMs)
  const sightings = ranked.map(({ m }) => m)
  const main = sightings[0] as Transaction
  const first = ranked.reduce((earliest, each) => (each.atMs < earliest.atMs ? each : earliest)).m
  const isService = (m: Transaction): boolean => topology.services.has(m.server.address)
  const addressed = members.find(isService) ?? first
  const asker = members.find(m => isPodPlace(topology.placeOf(m.client.address))) ?? members.find(m => topology.placeOf(m.client.address)) ?? main
  const answer = main.answers[0]
  const shift = topology.offsetMs?.(main.place) ?? 0
  const end = answer ?? main.refusals[0]
  return {
    id: main.id, sightings, main, pod, role: servedBy !== undefined ? 'served' : askedBy !== undefined ? 'upstream' : 'other',
    client: asker.client, asker: topology.placeOf(asker.client.address), server: main.server, addressed: addressed.server,
    name: main.question?.name ?? '', type: main.question?.type ?? '',
    fromMs: main.atMs === undefined ? undefined : main.atMs - shift, toMs: end?.atMs === undefined ? undefined : end.atMs - shift,
    answer, state: main.state, reasons: [...reasons],
  }
}

// One name of a musl lookup: src/network/res_msend.c, 1.1.13 to 1.2.5. One socket; every open question goes to every server at once,
// again after timeout/attempts, and all ends after `timeout`. The first NOERROR or NXDOMAIN to a question counts, whoever sent it and
// whichever round it was asked in. SERVFAIL is asked again at once, as often as twice the number of questions in a round, whoever comes
// first; any other rcode, and a closed port, are as good as nothing. TC goes to TCP at once since 1.2.4 and leaves the rounds; a TCP that
// fails ends everything. Before, the cut answer is used.
// Not modelled: SERVFAILs of one instant are repeated in the order of the questions, then of the servers.
import { ask, askOn, call, type Arrival, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import type { HopEntries } from '../chain/hop.ts'
import { hasFlag, type Cause, type DnsQuery, type Rcode, type Reply } from '../dns/message.ts'
import { isCellOf } from './stub-cells.ts'
import { addressesOf, causeOf, replyOf } from './stub-reply.ts'
import type { CommonSettings } from './stub-settings.ts'
import { atLeast, type StubVersion } from './stub-version.ts'

export interface MuslSetup {
  /** Hop id of the stub. */
  readonly id: string
  readonly version: StubVersion
  readonly settings: CommonSettings
  /** Hop of each server. */
  readonly hops: readonly string[]
}

/** The reply to one question. `cut`: the server that sent it with TC, to be asked by TCP. `bad`: not acceptable, kept for its cause. */
export type Gotten = {
  readonly rcode: Rcode
  readonly addresses: readonly string[]
  /** Records, but no address among them. */
  readonly aliased?: true
  readonly cause?: Cause
  readonly cut?: number
  readonly bad?: number
}
/** By type; a question to which nothing came at all is absent. */
export type Have = { readonly [type: string]: Gotten | undefined }

/** A packet whose reply may still come. */
type Waiting = { readonly type: string; readonly server: number; readonly ticket: Plain }

/** One instant: what is sent now, what is under way, and what has just come. */
type Instant = {
  readonly name: string
  /** Place in the search: a name that is on the list twice has a new socket the second time. */
  readonly step: number
  readonly types: readonly string[]
  readonly ad: boolean
  readonly round: number
  readonly have: Have
  /** By type: the servers to ask; a question that was cut goes by TCP. */
  readonly send: { readonly [type: string]: readonly number[] | undefined }
  readonly open: readonly Waiting[]
  readonly landed?: { readonly type: string; readonly server: number; readonly value: Plain }
  /** Until the next round. */
  readonly leftMs: number
  /** Repeats after SERVFAIL that this round still allows. */
  readonly repeats: number
}

/** One question at one instant: that is where the order of replies counts, and a merge boundary. */
type Question = {
  readonly name: string
  readonly step: number
  readonly type: string
  readonly ad: boolean
  readonly transport: 'udp' | 'tcp'
  readonly servers: readonly number[]
  readonly open: readonly Waiting[]
  readonly landed?: Instant['landed']
}
/** `heard`: until one was acceptable. `failed`: a TCP connection that came to nothing. */
type Questioned = { readonly heard: readonly Gotten[]; readonly failed: boolean; readonly open: readonly Waiting[] }

const roundId = (id: string): string => `${id} round`
const questionId = (id: string): string => `${id} question`

/** Asks for one name; the value is a `Have`. `ad`: res_query sets the AD bit, getaddrinfo takes it out again. */
export function* muslExchange(setup: MuslSetup, start: Pick<Instant, 'name' | 'step' | 'types' | 'ad'>): HopRun<Have> {
  if (setup.settings.timeoutMs === 0) return {}
  const first = nextRound(setup, { ...start, round: -1, have: {}, open: [] })
  return (yield* call(roundId(setup.id), plain(first))) as unknown as Have
}

export function muslRounds(setup: MuslSetup): HopEntries {
  const forgets = (query: Plain, key: string): boolean =>
    key.includes(flowPrefix(setup.id, query as unknown as Instant)) || isCellOf((query as unknown as Instant).name, key)
  const round: Hop = query => instant(setup, query as unknown as Instant)
  round.forgets = forgets
  return [[roundId(setup.id), round], [questionId(setup.id), query => questioned(setup, query as unknown as Question)]]
}

const plain = (value: Instant | Question | Questioned | DnsQuery | Have): Plain => value as unknown as Plain

/** Nothing acceptable yet: the question is sent again in every round. */
const isOpen = (got: Gotten | undefined): boolean => got === undefined || got.bad !== undefined

/** Every flow of a candidate begins so. */
const flowPrefix = (id: string, { name, step }: Instant | Question): string => `${id}|${step} ${name}|`

function nextRound({ settings: { timeoutMs, attempts }, hops }: MuslSetup, q: Omit<Instant, 'send' | 'leftMs' | 'repeats'>): Instant {
  const round = q.round + 1
  const intervalMs = Math.floor(timeoutMs / attempts)
  const leftMs = round === attempts - 1 ? timeoutMs - intervalMs * round : intervalMs
  const open = q.types.filter(type => isOpen(q.have[type]))
  return { ...q, round, send: Object.fromEntries(open.map(type => [type, hops.map((_, server) => server)])), leftMs, repeats: 2 * q.types.length }
}

function* instant(setup: MuslSetup, q: Instant): HopRun {
  let { have, repeats } = q
  const send: Record<string, readonly number[]> = {}
  const open: Waiting[] = []
  let failed = false
  for (const [type, ended] of yield* heardNow(setup, q)) {
    failed ||= ended.failed
    for (const got of ended.heard) have = { ...have, [type]: better(have[type], got) }
    const { cut } = have[type] ?? {}
    if (isOpen(have[type])) {
      const again = ended.heard.flatMap(got => (got.rcode === 'SERVFAIL' ? [got.bad as number] : [])).slice(0, repeats)
      repeats -= again.length
      if (again.length > 0) send[type] = again
      open.push(...ended.open)
    } else if (cut !== undefined && q.have[type]?.cut === undefined) send[type] = [cut]
    else if (cut !== undefined) open.push(...ended.open)
  }
  const isDone = q.types.every(type => !isOpen(have[type]) && have[type]?.cut === undefined)
  if (isDone || failed) return plain(complete(have))
  const { landed: _, ...next } = { ...q, have, send, open, repeats }
  if (Object.keys(send).length > 0) return yield* call(roundId(setup.id), plain(next))
  return yield* waited(setup, next)
}

/** What comes at this very instant, by question. All of it is sent at once. */
function* heardNow(setup: MuslSetup, q: Instant): HopRun<readonly (readonly [type: string, ended: Questioned])[]> {
  const { name, step, ad } = q
  const all = q.types.map((type): Question => {
    const got = q.have[type]
    const landed = q.landed?.type === type ? q.landed : undefined
    return {
      name, step, type, ad, transport: got?.cut === undefined ? 'udp' : 'tcp', servers: q.send[type] ?? [],
      open: q.open.filter(waiting => waiting.type === type), ...(landed && { landed }),
    }
  })
  const busy = all.filter(question => question.servers.length > 0 || question.landed)
  const arrivals = yield* ask(busy.map(question => ({ hop: questionId(setup.id), query: plain(question) })), 1)
  return all.map(question => {
    const arrival = arrivals.find(({ from }) => busy[from] === question)
    return [question.type, (arrival?.value as unknown as Questioned | undefined) ?? { heard: [], failed: false, open: question.open }]
  })
}

/** Until something comes, or it is time to send again. */
function* waited(setup: MuslSetup, q: Instant): HopRun {
  const { arrivals, open } = yield* askOn([], q.open.map(waiting => waiting.ticket), q.leftMs, () => true)
  const still = open.map(({ from, ticket }): Waiting => ({ ...(q.open[from] as Waiting), ticket }))
  const [first] = arrivals
  if (!first) return q.round === setup.settings.attempts - 1 ? plain(complete(q.have)) : yield* call(roundId(setup.id), plain(nextRound(setup, { ...q, open: still })))
  const { type, server } = q.open[first.from] as Waiting
  return yield* call(roundId(setup.id), plain({ ...q, open: still, landed: { type, server, value: first.value }, leftMs: q.leftMs - first.atMs }))
}

/** An answer that was cut and did not come whole counts for nothing. */
const complete = (have: Have): Have => Object.fromEntries(Object.entries(have).filter(([, got]) => got?.cut === undefined))

function* questioned(setup: MuslSetup, q: Question): HopRun {
  const read = (server: number, value: Plain): Gotten | undefined => {
    const reply = replyOf(value)
    return reply && gotten(setup, reply, q, server)
  }
  const landed = q.landed && read(q.landed.server, q.landed.value)
  const serverOf = (from: number): number => from < q.servers.length ? q.servers[from] as number : (q.open[from - q.servers.length] as Waiting).server
  const settles = ({ from, value }: Arrival): boolean => !isOpen(read(serverOf(from), value))
  if (q.landed && (q.transport === 'tcp' || !isOpen(landed))) return plain({ heard: landed ? [landed] : [], failed: isOpen(landed), open: [] })
  const packets = q.servers.map(server => packet(setup, q, server))
  const { arrivals, open } = yield* askOn(packets, q.open.map(waiting => waiting.ticket), 0, got => got.some(settles))
  const heard = arrivals.flatMap(({ from, value }) => read(serverOf(from), value) ?? [])
  const accepted = heard.find(got => !isOpen(got))
  if (accepted) return plain({ heard: [accepted], failed: false, open: [] })
  const bad = [...(landed ? [landed] : []), ...heard].sort((a, b) => (a.bad as number) - (b.bad as number))
  const still = open.map(({ from, ticket }): Waiting => ({ type: q.type, server: serverOf(from), ticket }))
  return plain({ heard: bad, failed: q.transport === 'tcp' && arrivals.length > 0, open: still })
}

/** An acceptable reply; else that of the first server of the file, so that the order of bad ones leaves no trace. */
const better = (before: Gotten | undefined, got: Gotten): Gotten =>
  before === undefined || got.bad === undefined || (before.bad !== undefined && got.bad <= before.bad) ? got : before

function packet(setup: MuslSetup, q: Question, server: number): Ask {
  const flow = flowPrefix(setup.id, q) + (q.transport === 'udp' ? 'udp' : `tcp ${q.type}`)
  return { hop: setup.hops[server] as string, query: plain({ name: q.name, type: q.type, transport: q.transport, rd: true, flow, ...(q.ad && { ad: true }) }) }
}

/** Only NOERROR and NXDOMAIN are acceptable. */
function gotten(setup: MuslSetup, reply: Reply, q: Question, server: number): Gotten {
  const addresses = reply.rcode === 'NOERROR' ? addressesIn(setup, reply, q.type) : []
  const bad = reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN'
  const cut = q.transport === 'udp' && hasFlag(reply, 'tc') && atLeast(setup.version, 1, 2, 4)
  return {
    rcode: reply.rcode, addresses, ...(addresses.length === 0 && reply.rcode === 'NOERROR' && reply.answer.length > 0 && { aliased: true }), ...(addresses.length === 0 && { cause: causeOf(reply as unknown as Plain, setup.hops[server] as string) }),
    ...(bad ? { bad: server } : cut && { cut: server }),
  }
}

/** Since 1.2.4 only records of the type asked for count (dns_parse_callback); before, any address did. */
const addressesIn = (setup: MuslSetup, reply: Reply, type: string): readonly string[] =>
  atLeast(setup.version, 1, 2, 4) ? addressesOf(reply, type) : [...addressesOf(reply, 'A'), ...addressesOf(reply, 'AAAA')]

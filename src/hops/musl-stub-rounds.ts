// One name of a musl lookup: src/network/res_msend.c, 1.1.13 to 1.2.5. One socket; every open question goes to every server at once,
// again after timeout/attempts, and all ends after `timeout`. The first NOERROR or NXDOMAIN to a question counts, whoever sent it.
// SERVFAIL is asked again at once, at most twice per question and round; any other rcode, and a closed port, are as good as nothing.
// TC goes to TCP since 1.2.4; before, the cut answer is used.
// Not modelled: a reply to an earlier round that arrives in a later one. The repeats of a round are shared by its questions: one that
// waits for a silent server is not known to leave its share to the other, and a server is not asked again while another one is silent.
import { ask, call, sleep, type Arrival, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
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
  readonly cause?: Cause
  readonly cut?: number
  readonly bad?: number
}
/** By type; a question to which nothing came at all is absent. */
export type Have = { readonly [type: string]: Gotten | undefined }

/** One sending: a whole round, or what is left to repeat of one. */
type Sending = {
  readonly name: string
  /** Place in the search: a name that is on the list twice has a new socket the second time. */
  readonly step: number
  readonly types: readonly string[]
  readonly ad: boolean
  readonly round: number
  readonly have: Have
  /** By type: the servers to ask. */
  readonly servers: { readonly [type: string]: readonly number[] | undefined }
  /** Until the next round. */
  readonly leftMs: number
  /** Repeats after SERVFAIL that this round still allows. */
  readonly repeats: number
}

/** One question of a sending: that is where the order of replies counts, and a merge boundary. */
type Question = {
  readonly name: string
  readonly step: number
  readonly type: string
  readonly ad: boolean
  readonly servers: readonly number[]
  readonly leftMs: number
  readonly repeats: number
}
/** `servfails`: servers whose last word it was. `silent`: somebody did not answer, and the time is over. */
type Questioned = { readonly got?: Gotten; readonly servfails: readonly number[]; readonly silent: boolean; readonly repeats: number }

const roundId = (id: string): string => `${id} round`
const questionId = (id: string): string => `${id} question`

/** Asks for one name; the value is a `Have`. `ad`: res_query sets the AD bit, getaddrinfo takes it out again. */
export function* muslExchange(setup: MuslSetup, start: Pick<Sending, 'name' | 'step' | 'types' | 'ad'>): HopRun<Have> {
  const first = nextRound(setup, { ...start, round: -1, have: {}, servers: {}, leftMs: 0, repeats: 0 })
  return (yield* call(roundId(setup.id), plain(first))) as unknown as Have
}

export function muslRounds(setup: MuslSetup): HopEntries {
  const forgets = (query: Plain, key: string): boolean =>
    key.includes(flowPrefix(setup.id, query as unknown as Sending)) || isCellOf((query as unknown as Sending).name, key)
  const round: Hop = query => sending(setup, query as unknown as Sending)
  round.forgets = forgets
  return [[roundId(setup.id), round], [questionId(setup.id), query => questioned(setup, query as unknown as Question)]]
}

const plain = (value: Sending | Question | Questioned | DnsQuery | Have): Plain => value as unknown as Plain

const isOpen = (got: Gotten | undefined): boolean => got === undefined || got.bad !== undefined
const openOf = (q: Sending, have: Have): readonly string[] => q.types.filter(type => isOpen(have[type]))

/** Every flow of a candidate begins so. */
const flowPrefix = (id: string, { name, step }: Sending | Question): string => `${id}|${step} ${name}|`

const intervalMs = ({ settings: { timeoutMs, attempts } }: MuslSetup): number => Math.floor(timeoutMs / attempts)

function nextRound(setup: MuslSetup, q: Sending): Sending {
  const { timeoutMs, attempts } = setup.settings
  const round = q.round + 1
  const leftMs = round === attempts - 1 ? timeoutMs - intervalMs(setup) * round : intervalMs(setup)
  const servers = Object.fromEntries(openOf(q, q.have).map(type => [type, setup.hops.map((_, server) => server)]))
  return { ...q, round, servers, leftMs, repeats: 2 * q.types.length }
}

function* sending(setup: MuslSetup, q: Sending): HopRun {
  const { id, settings } = setup
  if (settings.timeoutMs === 0) return plain({})
  const asked = Object.keys(q.servers)
  const share = Math.floor(q.repeats / asked.length)
  const arrivals = yield* ask(asked.map(type => ({
    hop: questionId(id), query: plain({ name: q.name, step: q.step, type, ad: q.ad, servers: q.servers[type] ?? [], leftMs: q.leftMs, repeats: share }),
  })), q.leftMs + 1)
  const ends = new Map(arrivals.map(arrival => [asked[arrival.from] as string, arrival.value as unknown as Questioned]))
  const news = [...ends].flatMap(([type, { got }]) => (got ? [[type, better(q.have[type], got)] as const] : []))
  const have: Have = { ...q.have, ...Object.fromEntries(news) }
  const open = openOf(q, have)
  const silent = asked.some(type => open.includes(type) && ends.get(type)?.silent !== false)
  const leftMs = silent ? 0 : q.leftMs - (arrivals.at(-1)?.atMs ?? 0)
  if (open.length === 0) return plain(yield* completed(setup, q, have, leftMs + (settings.attempts - 1 - q.round) * intervalMs(setup)))
  const unused = q.repeats - share * asked.length + [...ends.values()].reduce((sum, end) => sum + end.repeats, 0)
  const again = leftMs > 0 ? repeated(open, ends, unused) : undefined
  if (again) return yield* call(roundId(id), plain({ ...q, have, leftMs, ...again }))
  if (leftMs > 0) yield* sleep(leftMs)
  return q.round === settings.attempts - 1 ? plain(have) : yield* call(roundId(id), plain(nextRound(setup, { ...q, have })))
}

type Repeat = Pick<Sending, 'servers' | 'repeats'>

/** What one question did not use of its repeats the other may use. */
function repeated(open: readonly string[], ends: ReadonlyMap<string, Questioned>, unused: number): Repeat | undefined {
  let repeats = unused
  const servers: Record<string, readonly number[]> = {}
  for (const type of open) {
    const some = (ends.get(type)?.servfails ?? []).slice(0, repeats)
    if (some.length > 0) servers[type] = some
    repeats -= some.length
  }
  return Object.keys(servers).length > 0 ? { servers, repeats } : undefined
}

function* questioned(setup: MuslSetup, q: Question): HopRun {
  const reads = (arrivals: readonly Arrival[]) => arrivals.flatMap(({ from, value }) => {
    const reply = replyOf(value)
    return reply ? [gotten(setup, reply, q.type, q.servers[from] as number)] : []
  })
  const arrivals = yield* ask(q.servers.map(server => packet(setup, q, server, 'udp', q.type)), q.leftMs, arrived =>
    arrived.length === q.servers.length || reads(arrived).some(got => !isOpen(got)))
  const heard = reads(arrivals)
  const accepted = heard.find(got => !isOpen(got))
  if (accepted) return plain({ got: accepted, servfails: [], silent: false, repeats: q.repeats })
  const bad = heard.reduce<Gotten | undefined>((best, got) => better(best, got), undefined)
  const silent = arrivals.length < q.servers.length
  const servfails = heard.flatMap(got => (got.rcode === 'SERVFAIL' ? [got.bad as number] : [])).sort((a, b) => a - b)
  const again = servfails.slice(0, q.repeats)
  const leftMs = q.leftMs - (arrivals.at(-1)?.atMs ?? 0)
  if (!silent && again.length > 0 && leftMs > 0) {
    return yield* call(questionId(setup.id), plain({ ...q, servers: again, leftMs, repeats: q.repeats - again.length }))
  }
  return plain({ ...(bad && { got: bad }), servfails, silent, repeats: q.repeats })
}

/** An acceptable reply; else that of the first server of the file, so that the order of bad ones leaves no trace. */
const better = (before: Gotten | undefined, got: Gotten): Gotten =>
  before === undefined || got.bad === undefined || (before.bad !== undefined && got.bad <= before.bad) ? got : before

function packet(setup: MuslSetup, q: Sending | Question, server: number, transport: 'udp' | 'tcp', type: string): Ask {
  const flow = flowPrefix(setup.id, q) + (transport === 'udp' ? 'udp' : `tcp ${type}`)
  return { hop: setup.hops[server] as string, query: plain({ name: q.name, type, transport, rd: true, flow, ...(q.ad && { ad: true }) }) }
}

/** Only NOERROR and NXDOMAIN are acceptable. */
function gotten(setup: MuslSetup, reply: Reply, type: string, server: number): Gotten {
  const addresses = reply.rcode === 'NOERROR' ? addressesOf(reply, type) : []
  const bad = reply.rcode !== 'NOERROR' && reply.rcode !== 'NXDOMAIN'
  const cut = hasFlag(reply, 'tc') && atLeast(setup.version, 1, 2, 4)
  return {
    rcode: reply.rcode, addresses, ...(addresses.length === 0 && { cause: causeOf(reply as unknown as Plain, setup.hops[server] as string) }),
    ...(bad ? { bad: server } : cut && { cut: server }),
  }
}

/** Cut answers by TCP, all at once; anything but NOERROR and NXDOMAIN there ends the whole, and what is incomplete is dropped. */
function* completed(setup: MuslSetup, q: Sending, have: Have, restMs: number): HopRun<Have> {
  const cut = q.types.flatMap(type => (have[type]?.cut === undefined ? [] : [{ type, server: have[type].cut }]))
  if (cut.length === 0 || restMs <= 0) return have
  const whole: Record<string, Gotten | undefined> = { ...have }
  for (const { type } of cut) whole[type] = undefined
  for (const { from, value } of yield* ask(cut.map(({ type, server }) => packet(setup, q, server, 'tcp', type)), restMs)) {
    const pair = cut[from]
    const reply = replyOf(value)
    if (!pair || !reply) continue
    const { cut: _, ...answer } = gotten(setup, reply, pair.type, pair.server)
    whole[pair.type] = answer
    if (isOpen(answer)) break
  }
  return whole
}

// One name of a musl lookup: src/network/res_msend.c, 1.1.13 to 1.2.5. One socket; every open question goes to every server at once,
// again after timeout/attempts, and all ends after `timeout`. The first NOERROR or NXDOMAIN to a question counts, whoever sent it.
// SERVFAIL is asked again at once, at most twice per question and round; any other rcode, and a closed port, are as good as nothing.
// TC goes to TCP since 1.2.4; before, the cut answer is used.
// Not modelled: a reply to an earlier round that arrives in a later one; the immediate repeats after SERVFAIL of a round in which some
// server stays silent (they are left out of it: the next round asks again).
import { ask, call, sleep, type Arrival, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hasFlag, type Cause, type DnsQuery, type Rcode, type Reply } from '../dns/message.ts'
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

/** The reply to one question. `cut`: number of the server that sent it with TC, to be asked by TCP. */
export type Gotten = { readonly rcode: Rcode; readonly addresses: readonly string[]; readonly cause?: Cause; readonly cut?: number }
/** By type; a question without an acceptable reply is absent, or has the cause of the last bad one. */
export type Have = { readonly [type: string]: Gotten | undefined }

type Round = { readonly name: string; readonly types: readonly string[]; readonly round: number; readonly have: Have }

export const roundId = (id: string): string => `${id} round`
export const firstRound = (name: string, types: readonly string[]): Plain => plain({ name, types, round: 0, have: {} })

export function muslRound(setup: MuslSetup): Hop {
  const hop: Hop = query => roundOf(setup, query as unknown as Round)
  hop.forgets = (query, key) => key.includes(`${setup.id}|${(query as unknown as Round).name}|`)
  return hop
}

const plain = (value: Round | DnsQuery | Have): Plain => value as unknown as Plain

/** Still to be asked: SERVFAIL is remembered for its cause only. */
const isOpen = (got: Gotten | undefined): boolean => got === undefined || (got.rcode !== 'NOERROR' && got.rcode !== 'NXDOMAIN')

function* roundOf(setup: MuslSetup, q: Round): HopRun {
  const { settings, id } = setup
  const { attempts, timeoutMs } = settings
  if (timeoutMs === 0) return plain(q.have)
  const intervalMs = Math.floor(timeoutMs / attempts)
  const last = q.round === attempts - 1
  const lengthMs = last ? timeoutMs - intervalMs * q.round : intervalMs
  const { have, leftMs } = yield* askAll(setup, q, lengthMs)
  const open = q.types.some(type => isOpen(have[type]))
  if (!open) return plain(yield* completed(setup, q.name, have, leftMs + (last ? 0 : timeoutMs - intervalMs * (q.round + 1))))
  if (leftMs > 0) yield* sleep(leftMs)
  if (last) return plain(answersOnly(have))
  return yield* call(roundId(id), plain({ ...q, round: q.round + 1, have }))
}

function question(setup: MuslSetup, name: string, type: string, server: number, transport: 'udp' | 'tcp'): Ask {
  const flow = `${setup.id}|${name}|${transport === 'udp' ? 'udp' : `tcp ${type}`}`
  return { hop: setup.hops[server] as string, query: plain({ name, type, transport, rd: true, flow }) }
}

/** Everything that happens before the next round. */
function* askAll(setup: MuslSetup, q: Round, lengthMs: number): HopRun<{ readonly have: Have; readonly leftMs: number }> {
  let have = q.have
  let leftMs = lengthMs
  let repeats = 2 * q.types.length
  let pairs = q.types.filter(type => isOpen(have[type])).flatMap(type => setup.hops.map((_, server) => ({ type, server })))
  while (pairs.length > 0 && leftMs > 0) {
    const sent = pairs
    const before = have
    const got = yield* ask(sent.map(pair => question(setup, q.name, pair.type, pair.server, 'udp')), leftMs, arrived => {
      const now = taken(setup, before, sent, arrived)
      return arrived.length === sent.length || q.types.every(type => !isOpen(now[type]))
    })
    have = taken(setup, have, sent, got)
    if (q.types.every(type => !isOpen(have[type]))) return { have, leftMs: leftMs - (got.at(-1)?.atMs ?? 0) }
    // Somebody is silent, so the round has been waited out.
    if (got.length < sent.length) return { have, leftMs: 0 }
    leftMs -= got.at(-1)?.atMs ?? 0
    const again = got.filter(arrival => replyOf(arrival.value)?.rcode === 'SERVFAIL').map(arrival => sent[arrival.from] as (typeof sent)[number])
    pairs = again.filter(pair => isOpen(have[pair.type])).filter(() => repeats-- > 0)
  }
  return { have, leftMs }
}

/** The first acceptable reply to each question; of the others only the last SERVFAIL is kept. */
function taken(setup: MuslSetup, have: Have, sent: readonly { readonly type: string; readonly server: number }[], arrivals: readonly Arrival[]): Have {
  const now: Record<string, Gotten | undefined> = { ...have }
  for (const { from, value } of arrivals) {
    const pair = sent[from]
    const reply = replyOf(value)
    if (pair && reply && isOpen(now[pair.type])) now[pair.type] = gotten(setup, reply, pair.type, pair.server)
  }
  return now
}

function gotten(setup: MuslSetup, reply: Reply, type: string, server: number): Gotten {
  const addresses = reply.rcode === 'NOERROR' ? addressesOf(reply, type) : []
  const cut = hasFlag(reply, 'tc') && atLeast(setup.version, 1, 2, 4)
  return { rcode: reply.rcode, addresses, ...(addresses.length === 0 && { cause: causeOf(reply as unknown as Plain, setup.hops[server] as string) }), ...(cut && { cut: server }) }
}

/** Cut answers by TCP, all at once; anything but NOERROR and NXDOMAIN there ends the whole, and what is incomplete is dropped. */
function* completed(setup: MuslSetup, name: string, have: Have, restMs: number): HopRun<Have> {
  const cut = Object.entries(have).filter(([, got]) => got?.cut !== undefined).map(([type, got]) => ({ type, server: got?.cut as number }))
  if (cut.length === 0) return answersOnly(have)
  const got = restMs <= 0 ? [] : yield* ask(cut.map(({ type, server }) => question(setup, name, type, server, 'tcp')), restMs)
  const whole: Record<string, Gotten | undefined> = { ...have }
  for (const { type } of cut) whole[type] = undefined
  for (const { from, value } of got) {
    const pair = cut[from]
    const reply = replyOf(value)
    if (!pair || !reply) continue
    const { cut: _, ...answer } = gotten(setup, reply, pair.type, pair.server)
    whole[pair.type] = answer
    if (isOpen(answer)) break
  }
  return answersOnly(whole)
}

/** An unacceptable reply is no reply; its cause stays, so that the failure has one. */
const answersOnly = (have: Have): Have =>
  Object.fromEntries(Object.entries(have).filter(([, got]) => got !== undefined).map(([type, got]) => [type, isOpen(got) ? { ...(got as Gotten), rcode: 'SERVFAIL' as const } : got]))

// CoreDNS's `loop` plugin, 1.9.3 to 1.15.0: plugin/loop/. When the server starts, it asks itself a random HINFO name, again and again
// until something answers or 30 s are over, and ends the process when one question comes past it more than twice. 2 s after an
// answer it does nothing any more. So in a process that serves it passes on.
// Not modelled: a loop through somebody who changes the question; one that another instance of the Service closes.
import { ask, background, get, note, put, sleep, type Hop } from '../../chain/effects.ts'
import type { Reply } from '../../dns/message.ts'
import { absolute } from '../../dns/name.ts'
import { joinHostPort } from './go-host-port.ts'
import { plain, type PluginFactory } from './plugin.ts'

export const loop: PluginFactory = () => function* (query, next) {
  return yield* next(query)
}

/** dns.Exchange gives up after it… */
const EXCHANGE_MS = 2000
/** …and so often it is tried, so far apart. */
const TRIES = 10
const APART_MS = 3000
/** By then the server has answered the question of a loop, too. */
const ANSWERED_MS = 12_000

export const loopProbeId = (server: string, block: number): string => `${server} block ${block + 1} loop probe`
const tryId = (probe: string): string => `${probe} try`
const doneCell = (probe: string): string => `${probe} done`

export interface LoopProbe {
  readonly id: string
  readonly server: string
  /** Hop of the socket it asks. */
  readonly listener: string
  readonly zone: string
  readonly address: string
  readonly port: number
}

/** Hops that run beside the queries: the first once from the start, given the two random numbers of the name. */
export function loopProbeHops(probe: LoopProbe): readonly (readonly [string, Hop])[] {
  const { id, zone } = probe
  const tries: Hop = function* (numbers) {
    const name = zone === '.' ? `${String(numbers)}.` : `${String(numbers)}.${absolute(zone)}`
    for (let i = 0; i < TRIES && !(yield* get(doneCell(id))); i++) {
      yield* background(tryId(id), { name, i })
      yield* sleep(APART_MS)
    }
    return null
  }
  return [[id, tries], [tryId(id), tryHop(probe)]]
}

/** One exchange. A loop ends the process as soon as the question has come by three times: a note `ended`. */
const tryHop = ({ id, server, listener, zone, address, port }: LoopProbe): Hop => function* (asked) {
  const { name } = asked as { readonly name: string }
  const [arrival] = yield* ask([{ hop: listener, query: plain({ name, type: 'HINFO', transport: 'udp', rd: true, client: '127.0.0.1' }) }], ANSWERED_MS)
  const reply = arrival?.value
  const loops = typeof reply === 'object' && reply !== null && (reply as unknown as Reply).cause?.kind === 'loop'
  if (loops && arrival) {
    const line = `[FATAL] plugin/loop: Loop (127.0.0.1:0 -> ${joinHostPort(address, port)}) detected for zone "${zone}", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${name}"`
    yield* note({ kind: 'ended', by: server, line, exit: 1, earlierMs: arrival.atMs })
  }
  if (loops || (arrival && arrival.atMs <= EXCHANGE_MS)) yield* put(doneCell(id), true, Infinity)
  return null
}

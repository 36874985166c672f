// CoreDNS's `loop` plugin, 1.9.3 to 1.15.0: plugin/loop/. When the server starts, it asks itself a random HINFO name, again and again
// until something answers or 30 s are over, and ends the process when one question comes past it more than twice. 2 s after an
// answer it does nothing any more. So in a process that serves it passes on.
// Not modelled: a loop through somebody who changes the question; one that another instance of the Service closes; before 1.13 the
// probe of a block that `bind` leaves no address ends the process.
import { ask, note, sleep, type Hop } from '../../chain/effects.ts'
import { absolute } from '../../dns/name.ts'
import { joinHostPort } from './go-host-port.ts'
import { inBlock, plain, type PluginFactory, type PluginSetup } from './plugin.ts'

/** A probe that comes past more often than this is in a loop. */
const MOST_PASSES = 2

/** The process is gone, and says nothing any more. */
const GONE_MS = 3_600_000

export const loopProbeId = (setup: Pick<PluginSetup, 'server' | 'block'>): string => inBlock(setup, 'loop probe')

export const loop: PluginFactory = setup => {
  const id = loopProbeId(setup)
  return function* (query, next) {
    if (query.loopProbe?.by !== id) return yield* next(query)
    const passes = query.loopProbe.passes + 1
    if (passes <= MOST_PASSES) return yield* next({ ...query, loopProbe: { by: id, passes } })
    yield* note({ kind: 'loop-met', by: setup.server, probe: id })
    yield* sleep(GONE_MS)
    return { rcode: 'NOERROR' }
  }
}

/** dns.Exchange gives up after it. */
const EXCHANGE_MS = 2000
const AGAIN_MS = 1000
const GIVES_UP_MS = 30_000

export interface LoopProbe {
  readonly id: string
  /** Hop of the socket it asks. */
  readonly listener: string
  readonly zone: string
}

/** What a probe draws: the two numbers of its name, and by how little it is ahead of the clocks of the server that it asks. */
export type LoopDraw = { readonly numbers: string; readonly aheadMs: number }

/** Runs beside the queries, once from the start. */
export const loopProbeHop = ({ id, listener, zone }: LoopProbe): Hop => function* (draw) {
  const { numbers, aheadMs } = draw as LoopDraw
  const query = { name: probeName(zone, numbers), type: 'HINFO', transport: 'udp', rd: true, client: '127.0.0.1', loopProbe: { by: id, passes: 0 } } as const
  for (let passedMs = 0; passedMs < GIVES_UP_MS; passedMs += EXCHANGE_MS + AGAIN_MS) {
    const [arrival] = yield* ask([{ hop: listener, query: plain(query) }], EXCHANGE_MS - aheadMs)
    if (arrival) return null
    yield* sleep(AGAIN_MS)
  }
  return null
}

const probeName = (zone: string, numbers: string): string => (zone === '.' ? `${numbers}.` : `${numbers}.${absolute(zone)}`)

/** The last line of a process that met a loop; it exits with 1. */
export const loopLine = (zone: string, numbers: string, address: string, port: number): string =>
  `[FATAL] plugin/loop: Loop (127.0.0.1:0 -> ${joinHostPort(address, port)}) detected for zone "${zone}", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${probeName(zone, numbers)}"`

// The health check of one upstream of `forward`: plugin/pkg/proxy/health.go and plugin/pkg/up, 1.9.3 to 1.15.0. It begins when an
// exchange has failed, asks until something with a header comes back, and counts what failed. Runs beside the queries, in drivers that
// have a clock. `explore` from a cold start takes every server to be up; where cells may be old, a server that can be silent may be down.
import { ask, get, LOST, note, put, sleep, type Fill, type Hop, type HopRun } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { REFUSED_PORT } from '../../dns/message.ts'
import type { Forward, Server } from './forward-options.ts'
import { ODD } from './forward-exchange.ts'
import { plain, since } from './plugin.ts'

const PROBE_TIMEOUT_MS = 1000

/** Failed probes in a row; more than `max_fails` of them mean down. */
export const failsCell = (f: Forward, server: Server): string => `${f.id} ${server.label} failed probes`

/** No reply, though something arrived. */
const NOTHING: ReadonlySet<unknown> = new Set([REFUSED_PORT, ODD.closedConnection, ODD.silentConnection, ODD.short, ODD.unreachable, ODD.notPermitted])

/** Down lasts as long as probes go on failing; an hour stands for it where odds are weighed by lifetime. */
const DOWN_MS = 3_600_000

export const probedId = (probe: string): string => `${probe} before`

/** What probes before the lookup leave behind, given what the server does: enough failures to be down, or nothing. */
export const downBefore = (f: Forward, probe: string): Fill =>
  ({ from: { hop: probedId(probe), query: null }, lifeMs: fails => (Number(fails) > f.options.maxFails ? DOWN_MS : 0) })

export function probedHop(f: Forward, server: Server): Hop {
  return function* () {
    return (yield* isAnswered(f, server)) ? 0 : f.options.maxFails + 1
  }
}

/** As the driver's log has it. */
function* probed(f: Forward, server: Server): HopRun<boolean> {
  if (f.options.probe.canBePacked) yield* note({ kind: 'upstream-probed', by: f.setup.server, to: server.label, query: plain(probeOf(f)) })
  return yield* isAnswered(f, server)
}

/** Over the same protocol: before 1.9 `force_tcp` was for questions only. */
export const probesAsAsked = ({ options, setup }: Forward): boolean => !options.forceTcp || since(setup.version, 1, 9)

function probeOf(f: Forward): DnsQuery {
  const { probe, forceTcp } = f.options
  return { name: probe.name, type: 'NS', transport: forceTcp && probesAsAsked(f) ? 'tcp' : 'udp', ...(probe.rd && { rd: true }) }
}

function* isAnswered(f: Forward, server: Server): HopRun<boolean> {
  const silent = !f.options.probe.canBePacked || server.broken !== undefined
  const [arrival] = silent ? [] : yield* ask([{ hop: f.setup.reach(server.address, server.port), query: plain(probeOf(f)) }], PROBE_TIMEOUT_MS)
  // A connection that stays silent is waited for; a closed port is told at once.
  if (arrival?.value === ODD.silentConnection) yield* sleep(PROBE_TIMEOUT_MS - arrival.atMs)
  return arrival !== undefined && !NOTHING.has(arrival.value) && arrival.value !== LOST
}

export function probeHop(f: Forward, server: Server): Hop {
  const running = `${f.id} ${server.label} is probed`
  return function* () {
    if (yield* get(running)) return null
    yield* put(running, null, Infinity)
    while (!(yield* probed(f, server))) {
      const fails = yield* get(failsCell(f, server))
      yield* put(failsCell(f, server), Number(fails?.value ?? 0) + 1, Infinity)
      yield* sleep(f.options.healthCheckMs)
    }
    yield* put(failsCell(f, server), 0, Infinity)
    yield* put(running, null, 0)
    return null
  }
}

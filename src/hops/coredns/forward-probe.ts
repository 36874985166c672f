// The health check of one upstream of `forward`: plugin/pkg/proxy/health.go and plugin/pkg/up, 1.9.3 to 1.15.0. It begins when an
// exchange has failed, asks until something with a header comes back, and counts what failed. Runs beside the queries, in drivers that
// have a clock; `explore` takes every server to be up.
import { ask, get, LOST, put, sleep, type Hop } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { REFUSED_PORT } from '../../dns/message.ts'
import type { Forward } from './forward.ts'
import type { Server } from './forward-options.ts'
import { ODD } from './forward-exchange.ts'
import { plain } from './plugin.ts'

const PROBE_TIMEOUT_MS = 1000

/** Failed probes in a row; more than `max_fails` of them mean down. */
export const failsCell = (f: Forward, server: Server): string => `${f.id} ${server.label} failed probes`

/** No reply, though something arrived. */
const NOTHING: ReadonlySet<unknown> = new Set([REFUSED_PORT, ODD.closedConnection, ODD.silentConnection, ODD.short, ODD.unreachable, ODD.notPermitted])

export function probeHop(f: Forward, server: Server): Hop {
  const running = `${f.id} ${server.label} is probed`
  const { probe, forceTcp, healthCheckMs } = f.options
  const query: DnsQuery = { name: probe.name, type: 'NS', transport: forceTcp ? 'tcp' : 'udp', ...(probe.rd && { rd: true }) }
  return function* () {
    if (yield* get(running)) return null
    yield* put(running, true, Infinity)
    for (;;) {
      const hop = f.setup.reach(server.address, server.port)
      const silent = !probe.canBePacked || server.broken !== undefined
      const [arrival] = silent ? [] : yield* ask([{ hop, query: plain(query) }], PROBE_TIMEOUT_MS)
      if (arrival && !NOTHING.has(arrival.value) && arrival.value !== LOST) break
      const fails = yield* get(failsCell(f, server))
      yield* put(failsCell(f, server), Number(fails?.value ?? 0) + 1, Infinity)
      // A closed port or an open connection that stays silent: the time it took is already over.
      yield* sleep(healthCheckMs)
    }
    yield* put(failsCell(f, server), 0, Infinity)
    yield* put(running, false, 0)
    return null
  }
}

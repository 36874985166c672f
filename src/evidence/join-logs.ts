// Step 3 of the join: a query line of CoreDNS' log and the packets it tells of. The line names the client's address and port, the id, name and type; the time
// keeps apart what came later from the same socket. One line a question: a line that is told twice over (an alias that CoreDNS follows) stays ambiguous.
import { nameKey } from '../dns/name.ts'
import { addLink } from './join-links.ts'
import type { ServedQuery } from './observation.ts'
import { byTime, within } from './time-window.ts'
import type { Exchange, Link, LoggedExchange, Reason } from './trace.ts'

/** A line is printed when the reply has gone out; runtimes stamp it late under load. */
const LINE_MS = 5000
/** A socket and an id come again after a long time. */
const COMPARED = 16

export interface Logged {
  readonly logged: readonly LoggedExchange[]
  /** Lines that are in no capture. */
  readonly lines: readonly ServedQuery[]
  /** Served questions without a line, of pods that have a log. */
  readonly served: readonly Exchange[]
}

const keyOf = (place: string | undefined, address: string, port: number, id: number, type: string, name: string): string =>
  `${place ?? ''} ${address} ${port} ${id} ${type} ${nameKey(name)}`

export function joinLogs(served: readonly Exchange[], lines: readonly ServedQuery[]): Logged {
  const byKey = Map.groupBy(byTime(served), ({ pod, main, type, name }) => keyOf(pod, main.client.address, main.client.port, main.dnsId, type, name))
  const found = new Map<Exchange, Link<ServedQuery>[]>()
  const rest: ServedQuery[] = []
  for (const line of lines) {
    const all = byKey.get(keyOf(line.place, line.client, line.clientPort, line.id, line.type, line.name)) ?? []
    const candidates = (line.atMs === undefined ? all : within(all, line.atMs - line.durationMs - LINE_MS, line.atMs + LINE_MS)).slice(0, COMPARED)
      .filter(e => !(apartMs(e, line) > LINE_MS)).sort((a, b) => apartMs(a, line) - apartMs(b, line))
    const [best, second] = candidates
    if (!best) {
      rest.push(line)
      continue
    }
    const isOne = !second || apartMs(best, line) * 2 < apartMs(second, line)
    const reasons: Reason[] = ['same-socket', 'same-id', 'same-question', ...(line.atMs === undefined ? [] : ['same-moment' as const]), second ? 'nearest' : 'only-candidate']
    for (const e of isOne ? [best] : candidates) addLink(found, e, { to: line, certain: isOne, reasons: isOne ? reasons : reasons.slice(0, -1) })
  }
  const podsLogged = new Set(lines.map(line => line.place))
  return {
    logged: [...found].map(([exchange, own]) => ({ exchange, lines: own.length > 1 ? own.map(link => ({ ...link, certain: false })) : own })),
    lines: rest, served: served.filter(e => podsLogged.has(e.pod) && !found.has(e)),
  }
}

const apartMs = (e: Exchange, line: ServedQuery): number =>
  (line.atMs === undefined || e.fromMs === undefined ? 0 : Math.abs((e.toMs ?? e.fromMs) - line.atMs))

// glibc keeps one socket for each server until something closes them all (EXT(statp).nssocks of resolv/res_send.c): what comes while another
// server is being asked waits in the socket's buffer, and is read when that server's turn comes again.
import { askOn, type Ask, type HopRun, type Plain } from '../chain/effects.ts'

/** A reply to `type` that may still come (`ticket`), or has come and was not read. */
export type Waiting = { readonly type: string; readonly server: number; readonly ticket: Plain } | { readonly type: string; readonly server: number; readonly value: Plain }

/** What was read from the socket. */
export type Came = { readonly type: string; readonly value: Plain }

interface Listening {
  readonly server: number
  /** Types of `asks`. */
  readonly types: readonly string[]
  readonly asks: readonly Ask[]
  readonly open: readonly Waiting[]
  readonly timeoutMs: number
  readonly enough: (came: readonly Came[]) => boolean
}

interface Listened {
  readonly came: readonly Came[]
  readonly open: readonly Waiting[]
  /** How long it took. */
  readonly waitedMs: number
}

/** Sends `asks` and reads the socket of one server until `enough`, or until the time is over. */
export function* listen({ server, types, asks, open, timeoutMs, enough }: Listening): HopRun<Listened> {
  const buffered = open.flatMap(waiting => ('value' in waiting && waiting.server === server ? [{ type: waiting.type, value: waiting.value }] : []))
  const others = open.filter(waiting => 'value' in waiting && waiting.server !== server)
  const flying = open.flatMap(waiting => ('ticket' in waiting ? [waiting] : []))
  const whose = (from: number): { readonly type: string; readonly server: number } =>
    from < asks.length ? { type: types[from] as string, server } : (flying[from - asks.length] as Waiting)
  const read = (arrivals: readonly { readonly from: number; readonly value: Plain }[]): readonly Came[] =>
    [...buffered, ...arrivals.flatMap(({ from, value }) => (whose(from).server === server ? [{ type: whose(from).type, value }] : []))]
  // The questions are sent before the buffer is read.
  const limitMs = enough(buffered) ? 0 : timeoutMs
  const heard = yield* askOn(asks, flying.map(({ ticket }) => ticket), limitMs, arrivals => enough(read(arrivals)))
  const { arrivals } = heard
  const came = enough(buffered) ? buffered : read(arrivals)
  const kept = enough(buffered) ? arrivals : arrivals.filter(({ from }) => whose(from).server !== server)
  const waitedMs = enough(came) ? arrivals.at(-1)?.atMs ?? 0 : limitMs
  return {
    came, waitedMs,
    open: [
      ...others, ...kept.map(({ from, value }) => ({ type: whose(from).type, server: whose(from).server, value })),
      ...heard.open.map(({ from, ticket }) => ({ type: whose(from).type, server: whose(from).server, ticket })),
    ],
  }
}

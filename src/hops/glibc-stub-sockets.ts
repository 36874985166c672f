// glibc keeps one socket for each server until something closes them all (EXT(statp).nssocks of resolv/res_send.c): what comes while another
// server is being asked waits in the socket's buffer, and is read when that server's turn comes again.
import { askOn, type Arrival, type Ask, type HopRun, type Plain } from '../chain/effects.ts'

interface Expected {
  readonly type: string
  readonly server: number
}

/** A reply to `type` that may still come (`ticket`), or has come and was not read. */
export type Waiting = Expected & ({ readonly ticket: Plain } | { readonly value: Plain })

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
  /** By `from` of an arrival. */
  const expected = [
    ...asks.map((_, i) => ({ type: types[i] as string, server })), ...flying.map(waiting => ({ type: waiting.type, server: waiting.server })),
  ]
  const isOwn = ({ from }: Arrival): boolean => expected[from]?.server === server
  const read = (arrivals: readonly Arrival[]): readonly Came[] =>
    [...buffered, ...arrivals.filter(isOwn).map(({ from, value }) => ({ type: (expected[from] as Expected).type, value }))]
  // The questions are sent before the buffer is read.
  const suffices = enough(buffered)
  const limitMs = suffices ? 0 : timeoutMs
  const heard = yield* askOn(asks, flying.map(({ ticket }) => ticket), limitMs, arrivals => enough(read(arrivals)))
  const { arrivals } = heard
  const came = suffices ? buffered : read(arrivals)
  const kept = suffices ? arrivals : arrivals.filter(arrival => !isOwn(arrival))
  const waitedMs = enough(came) ? arrivals.at(-1)?.atMs ?? 0 : limitMs
  return {
    came, waitedMs,
    open: [
      ...others, ...kept.map(({ from, value }) => ({ ...(expected[from] as Expected), value })),
      ...heard.open.map(({ from, ticket }) => ({ ...(expected[from] as Expected), ticket })),
    ],
  }
}

// Replies that an `askOn` did not wait for. Where calls are worked through one after the other (explore, replay) what will come is known by
// then: the ticket holds it, and when it will be there, so that it is part of what a call is told. Where things run side by side
// (simulate, serve) the ticket is a number, and behind it a reply that may yet come.
import { LOST, type Arrival, type Effect, type Heard, type InFlight, type Plain } from '../chain/effects.ts'
import { assert } from './choices.ts'
import { byArrival } from './orders.ts'

type AskEffect = Extract<Effect, { op: 'ask' }>
type Landing = { readonly value: Plain; readonly inMs: number }

/** Tickets as arrivals of the ask that waits for them. */
export const landings = (open: readonly Plain[], asks: number): Arrival[] =>
  open.map((ticket, i) => ({ from: asks + i, value: (ticket as Landing).value, atMs: (ticket as Landing).inMs }))

/** What an ask with `enough` results in when `got` of `all` has come after `waitedMs`. */
export const resultOf = ({ open }: AskEffect, all: readonly Arrival[], got: readonly Arrival[], waitedMs: number): Plain =>
  (open ? { arrivals: got, open: stillOpen(all, got, waitedMs) } : got)

const stillOpen = (all: readonly Arrival[], got: readonly Arrival[], waitedMs: number): InFlight[] =>
  all.filter(reply => !got.includes(reply)).toSorted((a, b) => a.from - b.from)
    .map(({ from, value, atMs }) => ({ from, ticket: { value, inMs: atMs - waitedMs } }))

/** A packet that was sent. */
export class Flight {
  /** Gives up what nobody waits for: a socket to a real server. */
  callOff: (() => void) | undefined
  private landed: { readonly value: Plain } | undefined
  private waiter: ((value: Plain) => void) | undefined

  land(value: Plain): void {
    this.landed = { value }
    this.waiter?.(value)
  }

  get isLost(): boolean {
    return this.landed?.value === LOST
  }

  /** Undefined: nobody waits any more, but somebody may later. */
  wait(waiter: ((value: Plain) => void) | undefined): void {
    this.waiter = waiter
    if (waiter && this.landed) waiter(this.landed.value)
  }
}

/** The tickets of one instant. */
export class Tickets {
  private readonly flights = new Map<number, Flight>()
  private sold = 0
  private atMs = -Infinity

  /** What an `askOn` results in. */
  heard(arrivals: readonly Arrival[], flights: readonly Flight[], nowMs: number): Heard {
    this.expire(nowMs)
    const open = [...flights.entries()].filter(([from, flight]) => !flight.isLost && !arrivals.some(arrival => arrival.from === from))
    return { arrivals, open: open.map(([from, flight]) => ({ from, ticket: this.sell(flight) })) }
  }

  take(tickets: readonly Plain[], nowMs: number): Flight[] {
    this.expire(nowMs)
    return tickets.map(ticket => {
      const flight = this.flights.get(ticket as number)
      assert(flight, 'a ticket is good for one ask, at the instant at which it was handed out')
      this.flights.delete(ticket as number)
      return flight
    })
  }

  private sell(flight: Flight): number {
    this.flights.set(++this.sold, flight)
    return this.sold
  }

  private expire(nowMs: number): void {
    if (nowMs === this.atMs) return
    this.atMs = nowMs
    for (const flight of this.flights.values()) flight.callOff?.()
    this.flights.clear()
  }
}

/** One ask where things run side by side: what has come to it, and when it is over. Both drivers of that kind hear so. */
export class Hearing {
  /** One for each question, then those of the tickets. */
  readonly flights: readonly Flight[]
  isOver: boolean
  private isStarting = true
  private readonly came: Arrival[] = []
  private readonly beganMs: number
  private readonly e: AskEffect
  private readonly tickets: Tickets
  private readonly now: () => number
  private readonly goOn: (value: Plain) => void

  /** `goOn` is called when it is over, unless that is so before all questions have been sent. */
  constructor(e: AskEffect, tickets: Tickets, now: () => number, goOn: (value: Plain) => void) {
    this.e = e
    this.tickets = tickets
    this.now = now
    this.goOn = goOn
    this.beganMs = now()
    this.isOver = e.asks.length === 0 && !e.enough
    this.flights = [...e.asks.map(() => new Flight()), ...(e.open ? tickets.take(e.open, this.beganMs) : [])]
    for (let from = e.asks.length; from < this.flights.length; from++) this.waitFor(from)
  }

  waitFor(from: number): void {
    const { e, came } = this
    this.flights[from]?.wait(value => {
      if (this.isOver || value === LOST) return
      came.push({ from, value, atMs: this.now() - this.beganMs })
      if (e.enough ? e.enough(came.slice()) : came.length === e.asks.length) this.end()
    })
  }

  end(): void {
    if (this.isOver) return
    this.isOver = true
    for (const flight of this.flights) {
      flight.wait(undefined)
      if (!this.e.open) flight.callOff?.()
    }
    if (!this.isStarting) this.goOn(this.received())
  }

  /** All questions have been sent. The replies, if it is over by now. */
  started(): Plain | undefined {
    this.isStarting = false
    return this.isOver ? this.received() : undefined
  }

  /** Whoever gives no `enough` does not act on the order in which replies came at one instant. */
  private received(): Plain {
    const { e, came } = this
    return e.open ? this.tickets.heard(came, this.flights, this.now()) : e.enough ? came : byArrival(came)
  }
}

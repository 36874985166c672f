// Replies that an `askOn` did not wait for. Where calls are worked through one after the other (explore, replay) what will come is known by
// then: the ticket holds it, and when it will be there, so that it is part of what a call is told. Where things run side by side
// (simulate, serve) the ticket is a number, and behind it a reply that may yet come.
import { LOST, type Arrival, type Heard, type InFlight, type Plain } from '../chain/effects.ts'
import { assert } from './choices.ts'

type Landing = { readonly value: Plain; readonly inMs: number }

/** Tickets as arrivals of the ask that waits for them. */
export const landings = (open: readonly Plain[], asks: number): Arrival[] =>
  open.map((ticket, i) => ({ from: asks + i, value: (ticket as Landing).value, atMs: (ticket as Landing).inMs }))

/** What is still to come after `waitedMs`. */
export const stillOpen = (all: readonly Arrival[], got: readonly Arrival[], waitedMs: number): InFlight[] =>
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

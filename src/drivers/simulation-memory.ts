// What outlives a lookup in a simulation: cells with real lifetimes, keys as drawn, and the world.
import type { Held, Pick, Plain } from '../chain/effects.ts'
import { textOf } from './canonical.ts'
import { checkPick } from './choices.ts'
import { Streams } from './streams.ts'

export interface SimulatedCell {
  readonly value: Plain
  readonly sinceMs: number
  readonly untilMs: number
}

/** Where a simulation stands: enough to go on from, or to branch off. Background hops are not in it; they begin anew. */
export interface SimulationState {
  readonly nowMs: number
  readonly cells: ReadonlyMap<string, SimulatedCell>
  /** Keyed chance that no hop has forgotten. */
  readonly draws: ReadonlyMap<string, Plain>
  /** The unknowns, as given or as chosen by the seed. */
  readonly world: ReadonlyMap<string, Plain>
  readonly streams: ReadonlyMap<string, number>
}

const SWEEP_AT_LEAST = 1024

export class Memory {
  private readonly cells: Map<string, SimulatedCell>
  private readonly draws: Map<string, Plain>
  readonly world: Map<string, Plain>
  readonly streams: Streams
  private readonly pins: ReadonlyMap<string, string>
  private sweepAt = SWEEP_AT_LEAST

  constructor(seed: number, state: SimulationState | undefined, world: ReadonlyMap<string, Plain>, pins: ReadonlyMap<string, string>) {
    this.cells = new Map(state?.cells)
    this.draws = new Map(state?.draws)
    this.world = new Map([...(state?.world ?? []), ...world])
    this.streams = new Streams(seed, state?.streams)
    this.pins = pins
  }

  get(cell: string, nowMs: number): Held | undefined {
    const held = this.cells.get(cell)
    return held && nowMs < held.untilMs ? { value: held.value, ageMs: nowMs - held.sinceMs } : undefined
  }

  put(cell: string, value: Plain, lifeMs: number, nowMs: number): void {
    this.cells.set(cell, { value, sinceMs: nowMs, untilMs: nowMs + lifeMs })
    if (this.cells.size < this.sweepAt) return
    for (const [name, held] of this.cells) if (held.untilMs <= nowMs) this.cells.delete(name)
    this.sweepAt = Math.max(SWEEP_AT_LEAST, 2 * this.cells.size)
  }

  /** `index` is undefined when nothing had to be chosen: the key is drawn, or the world says. */
  pick(pick: Pick): { readonly value: Plain; readonly index: number | undefined } {
    const { at, key, odds, options } = pick
    checkPick(pick)
    if (key !== undefined) {
      const drawn = this.draws.has(key) ? this.draws : this.world.has(key) ? this.world : undefined
      if (drawn) return { value: drawn.get(key), index: undefined }
    }
    const pin = this.pins.get(at)
    const pinned = pin === undefined ? -1 : options.findIndex((o, i) => textOf(o) === pin && odds?.[i]?.[0] !== 0n)
    const index = pinned >= 0 ? pinned : odds ? this.streams.index(at, odds) : this.streams.even(`${at} ${key}`, options.length)
    const value = options[index]
    if (key !== undefined) (odds ? this.draws : this.world).set(key, value)
    return { value, index }
  }

  /** Only keys: a cell that nobody reads again in this lookup is what the next lookup finds. */
  forget(gone: (key: string) => boolean): void {
    for (const key of this.draws.keys()) if (gone(key)) this.draws.delete(key)
  }

  snapshot(nowMs: number): SimulationState {
    return { nowMs, cells: new Map(this.cells), draws: new Map(this.draws), world: new Map(this.world), streams: this.streams.snapshot() }
  }
}

// Cells along virtual time. A lookup does not always move forward: the asks of one `ask` start at the same instant but are
// worked through one after the other, and a reply that came too late was still put into a cache, after the asker went on.
// So a cell is not one value but a short history, and who looks at a time sees the last version that was there by then.
import type { Plain } from '../chain/effects.ts'

/** `put`: a hop put it. `held`, `absent`: what the cell held from before the lookup, or that it held nothing. */
export interface Version {
  readonly kind: 'put' | 'held' | 'absent'
  readonly value: Plain
  /** Canonical text of the value. */
  readonly text: string
  readonly sinceMs: number
  readonly untilMs: number
}

/** By cell, oldest version first. Times count from the start of the call that owns the map. Never changed, only replaced. */
export type Cells = ReadonlyMap<string, readonly Version[]>

export const NO_CELLS: Cells = new Map()

export interface Seen {
  readonly version: Version
  readonly ageMs: number
  readonly live: boolean
}

/** The last version that began after `afterMs` and not later than `atMs`. */
export function visible(versions: readonly Version[] | undefined, atMs: number, afterMs: number): Seen | undefined {
  if (!versions) return undefined
  for (let i = versions.length - 1; i >= 0; i--) {
    const version = versions[i] as Version
    if (version.sinceMs <= atMs) return version.sinceMs > afterMs || afterMs === -Infinity ? seen(version, atMs) : undefined
  }
  return undefined
}

/** What was held before shows no age: nobody knows it (`Held.ageMs`). It is known for one instant (start `any`) or for the whole lookup. */
const seen = (version: Version, atMs: number): Seen =>
  version.kind === 'put'
    ? { version, ageMs: atMs - version.sinceMs, live: atMs < version.untilMs }
    : { version, ageMs: 0, live: atMs === version.sinceMs || atMs < version.untilMs }

/** Of two versions of the same instant, the one that came later in the order of work wins. */
function inserted(versions: readonly Version[] | undefined, added: Version): readonly Version[] {
  if (!versions) return [added]
  const before = versions.filter(v => v.sinceMs < added.sinceMs)
  return [...before, added, ...versions.filter(v => v.sinceMs > added.sinceMs)]
}

export function withVersion(cells: Cells, cell: string, version: Version): Cells {
  return new Map(cells).set(cell, inserted(cells.get(cell), version))
}

/** `cells`, then what a call that began at `shiftMs` wrote. */
export function withVersions(cells: Cells, written: Cells, shiftMs: number): Cells {
  if (written.size === 0) return cells
  const all = new Map(cells)
  for (const [cell, versions] of written) {
    for (const v of versions) {
      all.set(cell, inserted(all.get(cell), { ...v, sinceMs: v.sinceMs + shiftMs, untilMs: v.untilMs + shiftMs }))
    }
  }
  return all
}

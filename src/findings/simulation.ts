// The result of `whydns simulate`: one asker's lookups run in virtual time, held against what was worked out in closed form.
// Times are virtual, so the same input and seed give the same bytes.
import type { Problem, Source } from '../chain/source.ts'
import type { Diagnosis, Probability, Said } from './diagnosis.ts'

/** When lookups come. `observed`: the rate at the CoreDNS pod, all its clients together; `assumed`: nothing tells. */
export interface SimulatedRequests {
  readonly kind: 'every' | 'random'
  readonly perSecond: number
  readonly basis: 'given' | 'observed' | 'assumed'
}

export interface SpellStatistics {
  /** Spells that have begun and ended within the window. */
  readonly n: number
  readonly meanS: number
  readonly longestS: number
}

export interface SimulatedWorld {
  readonly when: readonly { readonly unknown: string; readonly is: string; readonly source?: Source }[]
  /** The seed took this one for the raster. */
  readonly drawn: boolean
  /** Share of lookups that fail. */
  readonly predictedFill: Probability
  readonly predictedSteady: Probability
  readonly lookups: number
  readonly failed: number
}

export interface Simulation {
  readonly apiVersion: 'whydns/v1'
  readonly kind: 'Simulation'
  readonly metadata: Diagnosis['metadata']
  readonly spec: {
    readonly name: string
    readonly type: string
    readonly from: Diagnosis['spec']['from']
    readonly seed: number
    readonly forS: number
    readonly requests: SimulatedRequests
  }
  readonly status: {
    readonly summary: Said
    readonly lookups: number
    readonly failed: number
    /** Questions for the name that reached an upstream, and how many of them ended badly; 95 % Wilson interval. */
    readonly fills: { readonly n: number; readonly failed: number; readonly low: number; readonly high: number }
    /** Ending → lookups that ended so. */
    readonly endings: Readonly<Record<string, number>>
    /** Of the drawn world; share of failing lookups by the odds of one cache fill, and in the long run. */
    readonly predicted: { readonly fill: Probability; readonly steady: Probability; readonly complete: boolean } | null
    /** `atS`: when the first lookup of each letter was made. */
    readonly raster: { readonly letters: string; readonly lookupsPerLetter: number; readonly atS: readonly number[]; readonly legend: Readonly<Record<string, string>> }
    readonly spells: {
      /** Closed form; null where nothing alternates, or several caches with different contents answer. */
      readonly predicted: { readonly failingShare: number; readonly meanBadS: number; readonly meanGoodS: number } | null
      readonly bad: SpellStatistics
      readonly good: SpellStatistics
    }
    /** The choice that decides is mended right after a bad fill: how long lookups go on failing. */
    readonly recovery: { readonly mended: readonly string[]; readonly predictedWorstS: number | null; readonly worstS: number; readonly n: number } | null
    /** The drawn one first. */
    readonly worlds: readonly SimulatedWorld[]
    /** There are more worlds than were run. */
    readonly moreWorlds: number
    /** Lookups that ended in a way the explorer does not know: the simulator or the explorer is wrong. Null: a bound of the explorer was hit. */
    readonly outsideExplored: number | null
    readonly problems: readonly Problem[]
  }
}

export interface SimulationList {
  readonly apiVersion: 'whydns/v1'
  readonly kind: 'SimulationList'
  readonly items: readonly Simulation[]
}

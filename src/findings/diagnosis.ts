// The result of `whydns why`: the object of the output contract (`whydns/v1`), and nothing else. Report renders it, cli prints it.
import type { Edit, Problem, Source } from '../chain/source.ts'

export type Verdict = 'works' | 'intermittent' | 'fails' | 'slow' | 'absent' | 'inconclusive'
export type Level = 'error' | 'warning' | 'info'
export type Certainty = 'confirmed' | 'likely' | 'possible'
export type Lang = 'en' | 'zh'
/** Every sentence a user reads, in both languages. */
export type Said = Readonly<Record<Lang, string>>

/** Exact odds where they hold in every world, else the range over the open worlds. */
export type Probability =
  | { readonly exact: string; readonly value: number }
  | { readonly min: { readonly exact: string; readonly value: number }; readonly max: { readonly exact: string; readonly value: number } }

export interface OutcomeReport {
  readonly result: 'answer' | 'nxdomain' | 'nodata' | 'servfail' | 'refused' | 'timeout' | 'error'
  readonly answers: readonly string[]
  readonly applicationSays: string
  readonly cause: string
  readonly probability: Probability
  /** Long-run share of lookups, where it differs from the odds of one fill. */
  readonly steady?: Probability
  readonly worlds: readonly { readonly when: readonly { readonly unknown: string; readonly is: string; readonly source?: Source }[]; readonly exact: string }[]
  readonly witness: readonly { readonly choice: string; readonly taken: string; readonly source?: Source }[]
  readonly elapsedMs: number
}

export interface Spells {
  /** Long-run share of failing lookups at the observed rate. */
  readonly failingShare: number
  readonly meanBadS: number
  readonly meanGoodS: number
  /** Longest time a bad answer can live on after the cause is mended. */
  readonly worstRecoveryS: number
}

export interface FillCount {
  readonly n: number
  readonly failed: number
  /** 95 % Wilson interval of failed/n. */
  readonly low: number
  readonly high: number
}

export interface Observed {
  readonly lookups: number
  readonly failed: number
  readonly fills: Readonly<Record<string, FillCount>>
  readonly servers: Readonly<Record<string, { readonly forwarded: number; readonly probed: number; readonly answers: Readonly<Record<string, number>> }>>
  readonly outsideModel: number
  /** Spells as the log or the application saw them, in order. */
  readonly spells: readonly { readonly from: string; readonly to: string; readonly result: string; readonly count: number }[]
  /** One letter a fill, per CoreDNS pod: the raster. */
  readonly raster: readonly { readonly place: string; readonly type: string; readonly from: string; readonly to: string; readonly letters: string; readonly legend: Readonly<Record<string, string>> }[]
}

export interface Proof {
  /** Outcome → exact odds, before and after. */
  readonly before: Readonly<Record<string, string>>
  readonly after: Readonly<Record<string, string>>
  /** Who resolves better, and who worse: `alpha01/order-sync-hangzhou-… a.corp-example.com.: intermittent → works`. */
  readonly gains: readonly string[]
  readonly losses: readonly string[]
}

export interface FixReport {
  readonly title: string
  readonly title_zh: string
  readonly applicability: 'machine' | 'likely' | 'byHand'
  readonly edits: readonly Edit[]
  /** What the user does after the edit (`netplan apply`, restart the pod), in order; commands are not translated. */
  readonly steps: readonly { readonly en: string; readonly zh: string }[]
  /** What else changes. */
  readonly caution?: Said
  readonly proof: Proof | null
}

export interface SourceReport extends Source {
  readonly label: string
  readonly label_zh: string
  readonly primary: boolean
  /** What a person calls the place, where the path does not say it: `configmap/coredns -n kube-system`. */
  readonly place?: string
}

export interface FindingReport {
  readonly id: string
  readonly level: Level
  readonly certainty: Certainty
  readonly message: string
  readonly message_zh: string
  readonly fingerprint: string
  readonly sources: readonly SourceReport[]
  readonly evidence: readonly string[]
  /** `= why:`, `= seen:`, `= confirmed:` lines. */
  readonly notes: readonly { readonly kind: 'why' | 'seen' | 'confirmed' | 'note'; readonly en: string; readonly zh: string }[]
  readonly fixes: readonly FixReport[]
}

export interface Diagnosis {
  readonly apiVersion: 'whydns/v1'
  readonly kind: 'Diagnosis'
  readonly metadata: { readonly name: string; readonly bundle: string; readonly generatedBy: string }
  readonly spec: {
    readonly name: string
    readonly type: string
    readonly from: { readonly kind: string; readonly name: string; readonly namespace: string; readonly node: string; readonly class: string }
    readonly window: { readonly from: string; readonly to: string } | null
  }
  readonly status: {
    readonly verdict: Verdict
    /** One sentence, a number first where there is one. */
    readonly summary: Said
    readonly basis: 'fill' | 'steady'
    readonly outcomes: readonly OutcomeReport[]
    readonly complete: boolean
    readonly decidedBy: readonly { readonly choice: string; readonly influence: number; readonly source?: Source; readonly alternatives: readonly { readonly taken: string; readonly ends: string; readonly source?: Source }[] }[]
    readonly worlds: readonly { readonly unknown: string; readonly options: readonly string[]; readonly source?: Source; readonly settledBy: Said }[]
    readonly spells: Spells | null
    readonly observed: Observed | null
    /** Outcome → predicted share, to hold beside `observed`. */
    readonly prediction: Readonly<Record<string, string>>
    readonly findings: readonly FindingReport[]
    readonly notCures: readonly { readonly id: string; readonly title: Said; readonly because: Said; readonly proof: Proof | null }[]
    readonly ruledOut: readonly { readonly id: string; readonly because: Said }[]
    readonly notLooked: readonly { readonly what: Said; readonly flag: string }[]
    readonly problems: readonly Problem[]
  }
}

export interface DiagnosisList {
  readonly apiVersion: 'whydns/v1'
  readonly kind: 'DiagnosisList'
  readonly items: readonly Diagnosis[]
}

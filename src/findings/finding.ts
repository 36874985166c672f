// A finding: a rule that reads a Case and returns Hits. One file each; `index.ts` is the hand-sorted registry.
import type { Edit, Source } from '../chain/source.ts'
import type { Case } from './case.ts'
import type { Certainty, Level, Said } from './diagnosis.ts'

export interface LabelledSource {
  readonly source: Source
  readonly label: Said
  readonly primary?: boolean
}

/** A change somebody could make. The wiring proves it: apply, re-read, re-link, re-explore. Unproved, it is shown as a suggestion. */
export interface ProposedFix {
  readonly title: Said
  readonly applicability: 'machine' | 'likely' | 'byHand'
  readonly edits: readonly Edit[]
  readonly steps: readonly Said[]
  readonly caution?: Said
}

export interface Hit {
  readonly level: Level
  readonly certainty: Certainty
  readonly message: Said
  /** Stable over edits of unrelated lines: what is wrong with what, no line numbers. */
  readonly fingerprint: string
  /** The line to change first, then what stands behind it. At least one. */
  readonly sources: readonly LabelledSource[]
  readonly evidence: readonly string[]
  readonly notes: readonly { readonly kind: 'why' | 'seen' | 'confirmed' | 'note'; readonly said: Said }[]
  readonly fixes: readonly ProposedFix[]
}

/** The page of `whydns explain ID`. */
export interface Page {
  readonly title: Said
  /** How it shows. */
  readonly shows: Said
  readonly proved: Said
  readonly refuted: Said
  /** An example that has it, and one that has not. Not translated: configuration text. */
  readonly wrong: string
  readonly right: string
  readonly seeAlso: readonly string[]
}

export interface Finding {
  readonly id: string
  /** What must have been looked at; without it the finding is listed as not looked, never as passed. */
  readonly needs: readonly ('question' | 'corefile' | 'objects' | 'node-files' | 'observations')[]
  readonly page: Page
  readonly find: (c: Case) => readonly Hit[]
}

// Differences between CoreDNS and the model that are known, each with its reason: `npm run conform` counts them and does not fail for them.
// Each is as narrow as it can be told: by the plugins of the case and by what differs.
import type { Verdict } from '../fidelity/verdict.ts'
import type { Scenario } from './scenario.ts'

type Different = Extract<Verdict, { kind: 'different' }>

export interface Explained {
  readonly reason: string
  readonly mend: string
  readonly fits: (scenario: Scenario, verdict: Different) => boolean
}

export const EXPLAINED: readonly Explained[] = []

export const explained = (scenario: Scenario, verdict: Verdict): Explained | undefined =>
  verdict.kind === 'different' ? EXPLAINED.find(entry => entry.fits(scenario, verdict)) : undefined

// The parts of `npm run conform`: what each compares, its share of the cases, and what it needs of the machine.
import { runFrequencies } from './frequency-part.ts'
import { generate } from './generate.ts'
import { generateHostile } from './generate-hostile.ts'
import { generateKubernetes } from './generate-kubernetes.ts'
import { generateStart } from './generate-start.ts'
import { runStubs, stubLacking } from './stub-part.ts'
import type { Scenario } from './scenario.ts'
import type { Wanted } from './command.ts'

export interface Machine { readonly ownNetwork: boolean }

export interface Part {
  readonly name: string
  /** Of all cases, beside the others'. */
  readonly share: number
  /** Whether it has a CoreDNS release to choose. */
  readonly byRelease: boolean
  /** Why nothing of it can be run here. */
  readonly lacking: (machine: Machine) => string | undefined
  /** The k-th scenario of a seed. */
  readonly generate?: (seed: number, nth: number, plugins?: readonly string[]) => Scenario
  /** A part that is not made of scenarios. */
  readonly run?: (wanted: Wanted, say: (line: string) => void) => Promise<number>
}

const NO_LACK = (): undefined => undefined
const needsNetwork = ({ ownNetwork }: Machine): string | undefined => (ownNetwork ? undefined : 'It needs a network namespace of its own (root, unshare, ip).')

export const PARTS: readonly Part[] = [
  { name: 'coredns', share: 80, byRelease: true, lacking: NO_LACK, generate },
  { name: 'kubernetes', share: 10, byRelease: true, lacking: needsNetwork, generate: generateKubernetes },
  { name: 'hostile', share: 6, byRelease: true, lacking: NO_LACK, generate: generateHostile },
  { name: 'start', share: 6, byRelease: true, lacking: needsNetwork, generate: generateStart },
  { name: 'stub', share: 2, byRelease: false, lacking: stubLacking, run: runStubs },
  { name: 'frequency', share: 4, byRelease: true, lacking: needsNetwork, run: runFrequencies },
]

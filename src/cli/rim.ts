// What the commands know of the outside: two streams, the environment, the terminal, and the engine behind one function.
// Tests hand in their own.
import { basename } from 'node:path'
import type { Asked } from '../chain/asked.ts'
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import type { Diagnosis, Lang } from '../findings/diagnosis.ts'
import type { Simulation } from '../findings/simulation.ts'
import type { SimulationSettings } from '../simulate.ts'
import type { ExitCode } from './operating-error.ts'

export interface Rim {
  /** The result, and nothing else. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly outTerminal: { readonly isTty: boolean; readonly columns: number }
  readonly errTerminal: { readonly isTty: boolean; readonly columns: number }
  /** `whydns` or `kubectl whydns`, as it was called. */
  readonly calledAs: string
  readonly readStdin: () => Promise<Uint8Array>
  /** Comes when the user ends what goes on by itself; absent: never. */
  readonly stopped?: () => Promise<ExitCode>
  /** Loaded only when a question is asked: `--help` need not wait for the engine. */
  readonly diagnose: (files: EvidenceFiles, asked: Asked) => Promise<readonly Diagnosis[]>
  readonly simulate: (files: EvidenceFiles, asked: Asked, settings: SimulationSettings) => Promise<readonly Simulation[]>
}

export type ColorChoice = 'auto' | 'always' | 'never'

/** no-color.org, force-color.org, and terminals that have none. */
export function wantsColor(choice: ColorChoice, rim: Rim): boolean {
  if (choice !== 'auto') return choice === 'always'
  const { NO_COLOR, FORCE_COLOR, TERM } = rim.env
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0'
  return rim.outTerminal.isTty && TERM !== 'dumb'
}

/** `zh_CN.UTF-8` → zh; anything else → en. */
export function langOf(env: Rim['env']): Lang {
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(value => value !== undefined && value !== '')
  return locale?.toLowerCase().startsWith('zh') === true ? 'zh' : 'en'
}

export const commandName = (argv1: string | undefined): string => (basename(argv1 ?? '').startsWith('kubectl-') ? 'kubectl whydns' : 'whydns')

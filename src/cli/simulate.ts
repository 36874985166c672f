// `whydns simulate NAME`: the line of good and bad spells in virtual time, and what was predicted beside it.
import type { Lang } from '../findings/diagnosis.ts'
import type { Simulation } from '../findings/simulation.ts'
import { asSimulationResult, renderJson } from '../report/json.ts'
import { renderSimulation } from '../report/simulated-text.ts'
import type { Arrivals, SimulationSettings } from '../simulate.ts'
import { durationMs, perSecond } from './duration.ts'
import { inOwnNames } from './loose-files.ts'
import { OperatingError, type ExitCode } from './operating-error.ts'
import { progress } from './progress.ts'
import { asking, type QuestionOptions } from './question.ts'
import { wantsColor, type ColorChoice, type Rim } from './rim.ts'

export interface SimulateCommandOptions extends QuestionOptions {
  readonly for: string
  readonly every?: string
  readonly rate?: string
  readonly seed: string
  readonly output: 'text' | 'json' | 'wide'
  readonly lang: Lang
  readonly color: ColorChoice
  readonly quiet?: boolean
}

export async function simulate(words: readonly string[], options: SimulateCommandOptions, rim: Rim): Promise<ExitCode> {
  const settings: SimulationSettings = { seed: seedOf(options.seed), forMs: durationMs(options.for, '--for'), arrivals: arrivalsOf(options) }
  const { questions, read } = asking(words, options, rim, 'simulate')
  const shown = progress(rim, options.quiet === true)
  try {
    const { files, names } = await read(shown)
    const simulations: Simulation[] = []
    for (const asked of questions) simulations.push(...inOwnNames(await rim.simulate(files, asked, settings), names))
    shown.end()
    const { columns, isTty } = rim.outTerminal
    rim.out(options.output === 'json' ? renderJson(asSimulationResult(simulations)) : simulations.map(simulation => renderSimulation(simulation, {
      lang: options.lang, columns: isTty ? columns : Infinity, color: wantsColor(options.color, rim), wide: options.output === 'wide',
    })).join('\n'))
    return simulations.length === 0 || simulations.some(simulation => simulation.status.lookups === 0) ? 3 : 0
  } finally {
    shown.end()
  }
}

function arrivalsOf({ every, rate }: SimulateCommandOptions): Arrivals | undefined {
  if (every !== undefined && rate !== undefined) throw new OperatingError(2, { en: '--every and --rate say the same thing twice', zh: '--every 与 --rate 不能同时给出' })
  if (every !== undefined) return { kind: 'every', everyMs: durationMs(every, '--every') }
  return rate === undefined ? undefined : { kind: 'random', perSecond: perSecond(rate) }
}

function seedOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new OperatingError(2, { en: `\`--seed ${text.slice(0, 40)}\`: a whole number up to 999999999`, zh: `\`--seed ${text.slice(0, 40)}\`：应为不超过 999999999 的整数` })
  return Number(text)
}

// `whydns why NAME…`: reads the evidence, asks the engine, prints the answer.
import type { Diagnosis, Lang, Level } from '../findings/diagnosis.ts'
import { asResult, renderJson } from '../report/json.ts'
import { renderOneline } from '../report/oneline.ts'
import { renderText } from '../report/text.ts'
import { inOwnNames } from './loose-files.ts'
import type { ExitCode } from './operating-error.ts'
import { progress } from './progress.ts'
import { asking, type Evidence, type QuestionOptions } from './question.ts'
import { wantsColor, type ColorChoice, type Rim } from './rim.ts'

export type FailOn = Level | 'never'

export interface WhyOptions extends QuestionOptions {
  readonly output: 'text' | 'json' | 'wide'
  readonly oneline?: boolean
  readonly lang: Lang
  readonly color: ColorChoice
  readonly failOn: FailOn
  readonly quiet?: boolean
}

export async function why(words: readonly string[], options: WhyOptions, rim: Rim): Promise<ExitCode> {
  const { questions, read } = asking(words, options, rim, 'why')
  const shown = progress(rim, options.quiet === true)
  try {
    const { files, names } = await read(shown)
    const diagnoses: Diagnosis[] = []
    for (const asked of questions) diagnoses.push(...inOwnNames(await rim.diagnose(files, asked), names))
    shown.end()
    rim.out(render(diagnoses, { files, names }, options, rim))
    return exitCodeOf(diagnoses, options.failOn)
  } finally {
    shown.end()
  }
}

function render(diagnoses: readonly Diagnosis[], { files, names }: Evidence, options: WhyOptions, rim: Rim): string {
  if (options.output === 'json') return renderJson(asResult(diagnoses))
  if (options.oneline === true) return diagnoses.map(diagnosis => renderOneline(diagnosis, options.lang)).join('')
  const { columns, isTty } = rim.outTerminal
  const inBundle = new Map([...names].map(([path, name]) => [name, path]))
  return diagnoses.map(diagnosis => renderText(diagnosis, {
    lang: options.lang, columns: isTty ? columns : Infinity, color: wantsColor(options.color, rim), wide: options.output === 'wide',
    command: rim.calledAs, textOf: file => files.files.get(inBundle.get(file) ?? file)?.text(),
  })).join('\n')
}

const LEVELS: readonly Level[] = ['info', 'warning', 'error']

export const exceeds = (level: Level, failOn: FailOn): boolean => failOn !== 'never' && LEVELS.indexOf(level) >= LEVELS.indexOf(failOn)

/** Findings come before "inconclusive": what was found stays found. `never` silences findings, not the lack of evidence. */
export function exitCodeOf(diagnoses: readonly Diagnosis[], failOn: FailOn): ExitCode {
  if (diagnoses.some(diagnosis => diagnosis.status.findings.some(finding => exceeds(finding.level, failOn)))) return 1
  return diagnoses.length === 0 || diagnoses.some(diagnosis => diagnosis.status.verdict === 'inconclusive') ? 3 : 0
}

// `whydns why NAME…`: reads the evidence, asks the engine, prints the answer.
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import type { Diagnosis, Lang, Level } from '../findings/diagnosis.ts'
import { asResult, renderJson } from '../report/json.ts'
import { renderOneline } from '../report/oneline.ts'
import { renderText } from '../report/text.ts'
import type { ExitCode } from './operating-error.ts'
import { progress } from './progress.ts'
import { asking, type QuestionOptions } from './question.ts'
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
    const files = await read(shown)
    const diagnoses: Diagnosis[] = []
    for (const asked of questions) diagnoses.push(...(await rim.diagnose(files, asked)))
    shown.end()
    rim.out(render(diagnoses, files, options, rim))
    return exitCodeOf(diagnoses, options.failOn)
  } finally {
    shown.end()
  }
}

function render(diagnoses: readonly Diagnosis[], files: EvidenceFiles, options: WhyOptions, rim: Rim): string {
  if (options.output === 'json') return renderJson(asResult(diagnoses))
  if (options.oneline === true) return diagnoses.map(diagnosis => renderOneline(diagnosis, options.lang)).join('')
  const { columns, isTty } = rim.outTerminal
  return diagnoses.map(diagnosis => renderText(diagnosis, {
    lang: options.lang, columns: isTty ? columns : Infinity, color: wantsColor(options.color, rim), wide: options.output === 'wide',
    command: rim.calledAs, textOf: file => files.files.get(file)?.text(),
  })).join('\n')
}

const LEVELS: readonly Level[] = ['info', 'warning', 'error']

/** Findings come before "inconclusive": what was found stays found. `never` silences findings, not the lack of evidence. */
export function exitCodeOf(diagnoses: readonly Diagnosis[], failOn: FailOn): ExitCode {
  const counts = (level: Level): boolean => failOn !== 'never' && LEVELS.indexOf(level) >= LEVELS.indexOf(failOn)
  if (diagnoses.some(diagnosis => diagnosis.status.findings.some(finding => counts(finding.level)))) return 1
  return diagnoses.length === 0 || diagnoses.some(diagnosis => diagnosis.status.verdict === 'inconclusive') ? 3 : 0
}

// `whydns why NAME…`: reads the evidence, asks the engine, prints the answer.
import { existsSync } from 'node:fs'
import type { Asked } from '../chain/asked.ts'
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import { stubFrom } from '../diagnose.ts'
import type { Diagnosis, Lang, Level } from '../findings/diagnosis.ts'
import { asResult, renderJson } from '../report/json.ts'
import { renderOneline } from '../report/oneline.ts'
import { renderText } from '../report/text.ts'
import { askedName } from './asked-name.ts'
import { asker } from './asker.ts'
import { noLiveCluster } from './live-cluster.ts'
import { byPath, loadBundle } from './load-bundle.ts'
import { loadLooseFiles } from './loose-files.ts'
import { OperatingError, type ExitCode } from './operating-error.ts'
import { progress } from './progress.ts'
import { wantsColor, type ColorChoice, type Rim } from './rim.ts'

export type FailOn = Level | 'never'

export interface WhyOptions {
  readonly from?: string
  readonly namespace?: string
  readonly pod?: string
  readonly type?: string
  readonly bundle?: string
  readonly stub?: string
  readonly output: 'text' | 'json' | 'wide'
  readonly oneline?: boolean
  readonly lang: Lang
  readonly color: ColorChoice
  readonly failOn: FailOn
  readonly quiet?: boolean
}

export async function why(words: readonly string[], options: WhyOptions, rim: Rim): Promise<ExitCode> {
  const [first, ...others] = words
  if (first === undefined) throw new OperatingError(2, { en: 'which name?', zh: '要查哪个域名？' }, [{ en: `for example: ${rim.calledAs} why a.example.com --bundle site.tgz --from shop/cart`, zh: `例如：${rim.calledAs} why a.example.com --bundle site.tgz --from shop/cart` }])
  const isFile = (word: string): boolean => word === '-' || existsSync(word)
  const questions = [first, ...others.filter(word => !isFile(word))].map(name => question(name, options))
  const paths = others.filter(isFile)
  if (options.bundle === undefined && paths.length === 0) throw noLiveCluster()
  const shown = progress(rim, options.quiet === true)
  try {
    const files = await evidence(options.bundle, paths, rim, shown.onProgress)
    const diagnoses: Diagnosis[] = []
    for (const asked of questions) diagnoses.push(...(await rim.diagnose(files, asked)))
    shown.end()
    rim.out(render(diagnoses, files, options, rim))
    return exitCodeOf(diagnoses, options.failOn)
  } finally {
    shown.end()
  }
}

function question(name: string, options: WhyOptions): Asked {
  const found = askedName(name)
  const stub = options.stub === undefined ? found.stub : stubOf(options.stub)
  return {
    name: found.name, types: typesOf(options.type), from: asker(options),
    ...(stub !== undefined && { stub }), ...(found.server !== undefined && { server: found.server }),
  }
}

function typesOf(list: string | undefined): string[] {
  const types = (list ?? '').split(',').map(type => type.trim().toUpperCase()).filter(type => type !== '')
  const odd = types.find(type => !/^[A-Z][A-Z0-9]{0,15}$/.test(type))
  if (odd !== undefined) throw new OperatingError(2, { en: `\`${odd}\` is not a record type`, zh: `\`${odd}\` 不是记录类型` }, [{ en: 'for example: --type A,AAAA', zh: '例如：--type A,AAAA' }])
  return [...new Set(types)]
}

export function stubOf(text: string): NonNullable<Asked['stub']> {
  const stub = stubFrom(text)
  if ('error' in stub) throw new OperatingError(2, { en: `\`--stub ${text.slice(0, 80)}\`: known are glibc, musl, go, with a version as in musl@1.2.2`, zh: `\`--stub ${text.slice(0, 80)}\`：已知的有 glibc、musl、go，版本写作 musl@1.2.2` })
  return stub
}

async function evidence(bundle: string | undefined, paths: readonly string[], rim: Rim, onProgress: (path: string, done: number, total: number) => void): Promise<EvidenceFiles> {
  const stdin = paths.includes('-') ? await rim.readStdin() : undefined
  const loose = paths.length === 0 ? undefined : loadLooseFiles(paths, { onProgress, ...(stdin && { stdin }) })
  const whole = bundle === undefined ? undefined : await loadBundle(bundle, { onProgress })
  if (loose === undefined || whole === undefined) return (whole ?? loose) as EvidenceFiles
  return { name: whole.name, files: byPath([...whole.files.values(), ...loose.files.values()]), problems: [...whole.problems, ...loose.problems] }
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

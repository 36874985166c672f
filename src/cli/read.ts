// `whydns read FILE…`: evidence without a cluster. Files are recognised by their content; of a bundle its captures, logs, probes and pasted output are read.
import { existsSync, statSync } from 'node:fs'
import type { EvidenceFile } from '../chain/evidence-files.ts'
import type { Problem } from '../chain/source.ts'
import type { Lang } from '../findings/diagnosis.ts'
import type { Reading } from '../findings/reading.ts'
import { renderJson } from '../report/json.ts'
import { renderReading } from '../report/read-text.ts'
import { evidenceFile } from './bytes-to-text.ts'
import type { ReadHooks } from './file-problem.ts'
import { loadBundle, problemList } from './load-bundle.ts'
import { OperatingError, reasonOf, untranslated, type ExitCode } from './operating-error.ts'
import { progress } from './progress.ts'
import { diskFile } from './read-folder.ts'
import { wantsColor, type ColorChoice, type Rim } from './rim.ts'
import { exceeds, type FailOn } from './why.ts'

export interface ReadCommandOptions {
  readonly bundle?: string
  readonly name?: string
  readonly output: 'text' | 'json' | 'wide'
  readonly lang: Lang
  readonly color: ColorChoice
  readonly failOn: FailOn
  readonly quiet?: boolean
}

/** Folders of a bundle that hold evidence, not configuration. */
const EVIDENCE = /^(?:captures|logs|probes|text)\//

export async function read(paths: readonly string[], options: ReadCommandOptions, rim: Rim): Promise<ExitCode> {
  if (paths.length === 0 && options.bundle === undefined) {
    const example = `${rim.calledAs} read node.pcap.gz coredns.log`
    throw new OperatingError(2, { en: 'which files?', zh: '要读取哪些文件？' }, [{ en: `for example: ${example}`, zh: `例如：${example}` }])
  }
  const shown = progress(rim, options.quiet === true)
  try {
    const stdin = paths.includes('-') ? await rim.readStdin() : new Uint8Array(0)
    const { hooks, problems } = problemList({ onProgress: shown.onProgress })
    const bundle = options.bundle === undefined ? undefined : await loadBundle(options.bundle, { onProgress: shown.onProgress })
    const ofBundle = [...bundle?.files.values() ?? []].filter(file => EVIDENCE.test(file.path))
    const files = [...ofBundle, ...[...new Set(paths)].map(path => opened(path, stdin, hooks))]
    const { readEvidence } = await import('../read.ts')
    const name = [...(options.bundle === undefined ? [] : [options.bundle]), ...paths].join(' ')
    // The lists grow while files are read.
    const reading = readEvidence(files, { name, ...(options.name !== undefined && { pattern: options.name }), problems: () => [...bundle?.problems ?? [], ...problems] })
    shown.end()
    refuseDamaged(reading)
    rim.out(rendered(reading, options, rim))
    return exitCodeOfReading(reading, options.failOn)
  } finally {
    shown.end()
  }
}

function rendered(reading: Reading, options: ReadCommandOptions, rim: Rim): string {
  if (options.output === 'json') return renderJson(reading)
  const { columns, isTty } = rim.outTerminal
  return renderReading(reading, { lang: options.lang, columns: isTty ? columns : Infinity, color: wantsColor(options.color, rim), wide: options.output === 'wide', command: rim.calledAs })
}

function opened(path: string, stdin: Uint8Array, hooks: ReadHooks): EvidenceFile {
  if (path === '-') return evidenceFile('<stdin>', stdin.length, (start, length) => stdin.subarray(start, start + length), hooks)
  if (!existsSync(path)) throw new OperatingError(2, { en: `there is no file ${path}`, zh: `没有文件 ${path}` })
  if (!statSync(path).isFile()) throw new OperatingError(2, { en: `${path} is not a file`, zh: `${path} 不是文件` }, [{ en: 'a folder or an archive is given with --bundle', zh: '目录或归档文件请用 --bundle 指定' }])
  try {
    return diskFile(path, path, hooks)
  } catch (error) {
    throw new OperatingError(4, { en: `cannot read ${path}: ${reasonOf(error)}`, zh: `无法读取 ${path}：${reasonOf(error)}` })
  }
}

const isSilent = ({ spec }: Reading): boolean => spec.files.every(file => file.observations === 0)

/** Damage that left nothing; a capture whose header is cut is none that is known. What was read from the rest is shown, whatever became of one file. */
function refuseDamaged(reading: Reading): void {
  const damaged = reading.status.problems.filter((problem: Problem) => problem.state === 'damaged' || problem.code === 'capture-unknown-format')
  const [first] = damaged
  if (first && isSilent(reading)) throw new OperatingError(5, { en: 'nothing could be read', zh: '什么都没能读出' }, damaged.slice(0, 3).map(problem => untranslated(problem.message)))
}

/** Findings come before "inconclusive": what was found stays found. */
export function exitCodeOfReading({ status }: Reading, failOn: FailOn): ExitCode {
  if (status.findings.some(finding => exceeds(finding.level, failOn))) return 1
  return status.verdict === 'inconclusive' ? 3 : 0
}

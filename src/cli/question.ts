// What `why` and `simulate` have in common: words of the command line → questions, and the evidence to answer them from.
import { existsSync } from 'node:fs'
import type { Asked } from '../chain/asked.ts'
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import { stubFrom } from '../diagnose.ts'
import { askedName } from './asked-name.ts'
import { asker } from './asker.ts'
import { noLiveCluster } from './live-cluster.ts'
import { byPath, loadBundle } from './load-bundle.ts'
import { loadLooseFiles } from './loose-files.ts'
import { OperatingError } from './operating-error.ts'
import type { Progress } from './progress.ts'
import type { Rim } from './rim.ts'

export interface QuestionOptions {
  readonly from?: string
  readonly namespace?: string
  readonly pod?: string
  readonly type?: string
  readonly bundle?: string
  readonly stub?: string
}

export interface Asking {
  readonly questions: readonly Asked[]
  readonly read: (progress: Progress) => Promise<Evidence>
}

export interface Evidence {
  readonly files: EvidenceFiles
  /** Path in the bundle → what the user called the file; empty where that is the same. */
  readonly names: ReadonlyMap<string, string>
}

/** The first word is a name; of the others, those that are files are evidence. */
export function asking(words: readonly string[], options: QuestionOptions, rim: Rim, command: string): Asking {
  const [first, ...others] = words
  if (first === undefined) {
    const example = `${rim.calledAs} ${command} a.example.com --bundle site.tgz --from shop/cart`
    throw new OperatingError(2, { en: 'which name?', zh: '要查哪个域名？' }, [{ en: `for example: ${example}`, zh: `例如：${example}` }])
  }
  const isFile = (word: string): boolean => word === '-' || existsSync(word)
  const questions = [first, ...others.filter(word => !isFile(word))].map(name => question(name, options))
  const paths = others.filter(isFile)
  if (options.bundle === undefined && paths.length === 0) throw noLiveCluster()
  return { questions, read: ({ onProgress }) => evidence(options.bundle, paths, rim, onProgress) }
}

function question(name: string, options: QuestionOptions): Asked {
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
  if ('error' in stub) throw new OperatingError(2, { en: `\`--stub ${text.slice(0, 80)}\`: known are glibc, musl, go, cgo, java, node, c-ares, curl, getent, dig, host, nslookup and busybox, with a version as in musl@1.2.2 or java@17+musl@1.2.5`, zh: `\`--stub ${text.slice(0, 80)}\`：已知的有 glibc、musl、go、cgo、java、node、c-ares、curl、getent、dig、host、nslookup、busybox，版本写作 musl@1.2.2 或 java@17+musl@1.2.5` })
  return stub
}

async function evidence(bundle: string | undefined, paths: readonly string[], rim: Rim, onProgress: Progress['onProgress']): Promise<Evidence> {
  const stdin = paths.includes('-') ? await rim.readStdin() : undefined
  const whole = bundle === undefined ? undefined : await loadBundle(bundle, { onProgress })
  if (paths.length === 0 && whole) return { files: whole, names: new Map() }
  const loose = loadLooseFiles(paths, { onProgress, ...(whole && { beside: [...whole.files.keys()] }), ...(stdin && { stdin }) })
  if (!whole) return { files: loose, names: loose.names }
  return { files: { name: whole.name, files: byPath([...whole.files.values(), ...loose.files.values()]), problems: [...whole.problems, ...loose.problems] }, names: loose.names }
}

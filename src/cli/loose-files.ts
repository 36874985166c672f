// Loose files (`whydns why NAME Corefile resolv.conf app.log -`) → the same EvidenceFiles as a bundle. What each is, and where a
// bundle would have it, src/loose-cluster.ts says; here they are read, and given back their own names in the answer.
import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { EvidenceFile, EvidenceFiles } from '../chain/evidence-files.ts'
import { looseCluster } from '../loose-cluster.ts'
import { evidenceFile } from './bytes-to-text.ts'
import type { ReadHooks } from './file-problem.ts'
import { byPath, laterReader, problemList, type LoadOptions } from './load-bundle.ts'
import { OperatingError } from './operating-error.ts'
import { diskFile } from './read-folder.ts'

export interface LooseFiles extends EvidenceFiles {
  /** Path in the bundle → what the user called the file. */
  readonly names: ReadonlyMap<string, string>
}

/** A configuration file is smaller; of anything larger the beginning says what it is. */
const WHOLE_BYTES = 4 * 1024 * 1024

export function loadLooseFiles(paths: readonly string[], options: LoadOptions & { readonly stdin?: Uint8Array; readonly beside?: readonly string[] } = {}): LooseFiles {
  const { hooks, problems } = problemList(options)
  const given = [...new Set(paths)]
  const files = given.map(path => (path === '-' ? standardInput(options.stdin ?? new Uint8Array(0), hooks) : fromDisk(path, hooks)))
  const plan = looseCluster(files.map((file, at) => ({ name: given[at] === '-' ? 'stdin' : basename(given[at] as string), text: beginning(file) })), options.beside)
  const placed = files.map((file, at) => laterReader({ ...file, path: plan.paths[at] as string }, hooks))
  const made = [...plan.made].map(([path, text]): EvidenceFile => ({ path, sizeBytes: text.length, text: () => text, chunks: () => [text] }))
  for (const problem of plan.problems) hooks.onProblem(problem)
  return { name: given.join(' '), files: byPath([...placed, ...made]), problems, names: new Map(plan.paths.map((path, at) => [path, given[at] === '-' ? '<stdin>' : given[at] as string])) }
}

function beginning(file: EvidenceFile): string {
  if (file.sizeBytes <= WHOLE_BYTES) return file.text()
  const [head = ''] = file.chunks()
  return head
}

function fromDisk(path: string, hooks: ReadHooks): EvidenceFile {
  if (!existsSync(path)) throw new OperatingError(2, { en: `there is no file ${path}`, zh: `没有文件 ${path}` })
  if (!statSync(path).isFile()) throw new OperatingError(2, { en: `${path} is not a file`, zh: `${path} 不是文件` }, [{ en: 'a folder or an archive is given with --bundle', zh: '目录或归档文件请用 --bundle 指定' }])
  return diskFile(path, path, hooks)
}

function standardInput(bytes: Uint8Array, hooks: ReadHooks): EvidenceFile {
  return evidenceFile('<stdin>', bytes.length, (start, length) => bytes.slice(start, start + length), hooks)
}

/** The answer in the user's own file names: sources, edits and sentences. */
export function inOwnNames<T>(value: T, names: ReadonlyMap<string, string>): T {
  if (names.size === 0) return value
  // A longer path may contain a shorter one.
  const pairs = [...names].sort(([a], [b]) => b.length - a.length)
  const renamed = (item: unknown): unknown => {
    if (typeof item === 'string') return pairs.reduce((text, [path, name]) => (text.includes(path) ? text.replaceAll(path, () => name) : text), item)
    if (Array.isArray(item)) return item.map(renamed)
    if (item === null || typeof item !== 'object') return item
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, renamed(inner)]))
  }
  return renamed(value) as T
}

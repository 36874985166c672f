// A bundle (folder or archive) or loose files → EvidenceFiles. Opening a bundle throws only where nothing at all could
// be read; everything less is a Problem.
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { EvidenceFile, EvidenceFiles } from '../chain/evidence-files.ts'
import type { Problem } from '../chain/source.ts'
import type { Said } from '../findings/diagnosis.ts'
import { fileProblem, type ReadHooks } from './file-problem.ts'
import { OperatingError, reasonOf, untranslated } from './operating-error.ts'
import { readFolder } from './read-folder.ts'
import { readTar } from './read-tar.ts'

/** What stands at the top of a bundle (docs of the layout: README of examples/). */
const TOP = new Set(['bundle.yaml', 'captures.yaml', 'cluster', 'nodes', 'pods', 'logs', 'captures', 'dnstap', 'probes', 'metrics', 'text'])
/** Folders whose content no reader takes yet, at the top or below the archive's own folder. */
const NOT_READ_YET = /^(?:[^/]+\/)?dnstap\//
/** Bytes for one reader; others get no text of it. */
const PACKETS = /\.(?:pcap|pcapng|cap)(?:\.(?:gz|zst))?$/i
/** A problem list is bounded like everything that hostile input can grow. */
const MAX_PROBLEMS = 1000

export interface LoadOptions {
  readonly onProgress?: ReadHooks['onProgress']
}

export async function loadBundle(path: string, options: LoadOptions = {}): Promise<EvidenceFiles> {
  const { hooks, problems } = problemList(options)
  const files = await open(path, hooks)
  const root = rootOf(files.map(file => file.path))
  const inBundle = files.map(file => withoutRoot(file, root))
  if (inBundle.length === 0) throw new OperatingError(5, { en: `${path} holds no files`, zh: `${path} 中没有文件` }, firstProblems(problems))
  if (!inBundle.some(file => TOP.has(file.path.split('/')[0] as string) || /\.(ya?ml|json)$/.test(file.path)))
    throw new OperatingError(5, {
      en: `${path} is not a bundle: none of ${[...TOP].join(', ')} is in it`, zh: `${path} 不是证据包：其中没有 ${[...TOP].join('、')} 中的任何一个`,
    }, firstProblems(problems))
  return { name: basename(realpathSync(path)).replace(/\.(?:tgz|tar(?:\.\w+)?)$/, ''), files: new Map([...byPath(inBundle)].map(([at, file]) => [at, laterReader(file, hooks)])), problems }
}

function firstProblems(problems: readonly Problem[]): Said[] {
  return problems.slice(0, 3).map(problem => untranslated(problem.message))
}

/** Problems are collected in one list, without repetition; files that are read later add to it later. */
export function problemList(options: LoadOptions): { hooks: ReadHooks; problems: Problem[] } {
  const problems: Problem[] = []
  const said = new Set<string>()
  const onProblem = (problem: Problem): void => {
    if (said.has(problem.message)) return
    said.add(problem.message)
    if (problems.length < MAX_PROBLEMS) problems.push(problem)
    else if (problems.length === MAX_PROBLEMS) problems.push({ code: 'too-many-problems', message: `only the first ${MAX_PROBLEMS} problems of the files are listed`, state: 'unknown' })
  }
  return { hooks: { onProblem, ...(options.onProgress && { onProgress: options.onProgress }) }, problems }
}

async function open(path: string, hooks: ReadHooks): Promise<EvidenceFile[]> {
  if (!existsSync(path)) throw new OperatingError(2, { en: `there is no ${path}`, zh: `${path} 不存在` })
  try {
    const status = statSync(path)
    if (status.isDirectory()) return readFolder(path, hooks)
    if (!status.isFile()) throw new OperatingError(5, { en: `${path} is neither a folder nor an archive`, zh: `${path} 既不是目录也不是归档文件` })
    return await readTar(path, name => !NOT_READ_YET.test(name), hooks)
  } catch (error) {
    if (error instanceof OperatingError) throw error
    const reason = reasonOf(error)
    throw new OperatingError(reason === 'EACCES' || reason === 'EPERM' ? 4 : 5, { en: `cannot read ${path}: ${reason}`, zh: `无法读取 ${path}：${reason}` })
  }
}

/** An archive of a folder has that folder on top of everything: `incident/cluster/…`. */
function rootOf(paths: readonly string[]): string {
  if (paths.some(path => TOP.has(path.split('/')[0] as string))) return ''
  const tops = new Set(paths.map(path => path.split('/')[0] as string))
  const [top] = tops
  return tops.size === 1 && top !== undefined && paths.some(path => TOP.has(path.split('/')[1] ?? '')) ? `${top}/` : ''
}

function withoutRoot(file: EvidenceFile, root: string): EvidenceFile {
  return root === '' ? file : { ...file, path: file.path.slice(root.length) }
}

/** Captures are bytes and no text. What nobody reads is listed, so that nobody takes silence for absence. */
export function laterReader(file: EvidenceFile, hooks: ReadHooks): EvidenceFile {
  const { path, sizeBytes, bytes } = file
  if (PACKETS.test(path)) return { path, sizeBytes, text: () => '', chunks: () => [], ...(bytes && { bytes }) }
  if (!NOT_READ_YET.test(path)) return file
  hooks.onProblem(fileProblem('file-not-read', path, `(${sizeBytes} bytes) is not read: this version reads no dnstap`, 'ignored'))
  return { path, sizeBytes, text: () => '', chunks: () => [] }
}

export function byPath(files: readonly EvidenceFile[]): ReadonlyMap<string, EvidenceFile> {
  return new Map([...files].sort((a, b) => (a.path < b.path ? -1 : 1)).map(file => [file.path, file]))
}

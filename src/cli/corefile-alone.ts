// A Corefile from disk with what it names: imported files, hosts files, zone files. Words that are paths of small regular files are read, in
// the Corefile and in what it imports; a pattern stands for the files of its folder. Relative paths count from the Corefile's folder: imports do
// so in CoreDNS, other files count from where it was started.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { CorefileAlone } from '../serve.ts'
import { OperatingError, reasonOf } from './operating-error.ts'

const LARGEST_BYTES = 1024 * 1024
const MOST_FILES = 200
const MOST_WORDS = 20_000
/** What `hosts` reads when it names no file. */
const HOSTS = '/etc/hosts'

export function readCorefileAlone(corefile: string, resolvConf: string | undefined, version: string | undefined): CorefileAlone {
  const path = resolve(corefile)
  const text = read(corefile)
  return {
    path, text, files: filesNamed(path, text), ...(version !== undefined && { version: version.replace(/^v/, '') }),
    ...(resolvConf !== undefined && { resolvConf: { file: resolvConf, text: read(resolvConf) } }),
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === 'ENOENT') throw new OperatingError(2, { en: `there is no ${path}`, zh: `${path} 不存在` })
    throw new OperatingError(4, { en: `cannot read ${path}: ${reason}`, zh: `无法读取 ${path}：${reason}` })
  }
}

function filesNamed(path: string, text: string): CorefileAlone['files'] {
  const files = new Map<string, { readonly file: string; readonly text: string }>()
  const folder = dirname(path)
  const waiting = [text]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const words = next.split(/\s+/, MOST_WORDS)
    for (const word of words.includes('hosts') ? [...words, HOSTS] : words) {
      for (const file of meant(folder, word)) {
        if (files.has(file) || file === path || files.size >= MOST_FILES) continue
        const content = smallFile(file)
        if (content === undefined) continue
        files.set(file, { file, text: content })
        if (resolve(folder, word) === file) files.set(word, { file, text: content })
        waiting.push(content)
      }
    }
  }
  return files
}

function meant(folder: string, word: string): string[] {
  if (word === '' || word.includes('\0') || word.startsWith('#')) return []
  const path = resolve(folder, word)
  if (!word.includes('*')) return [path]
  try {
    return readdirSync(dirname(path)).slice(0, MOST_FILES).map(name => join(dirname(path), name))
  } catch {
    return []
  }
}

function smallFile(path: string): string | undefined {
  try {
    const status = statSync(path)
    return status.isFile() && status.size <= LARGEST_BYTES ? readFileSync(path, 'utf8') : undefined
  } catch {
    // A word that is no path, or a file nobody may read.
    return undefined
  }
}

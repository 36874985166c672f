// Loose files (`whydns why NAME cm.yaml app.log -`) → the same EvidenceFiles as a bundle: each is recognised by its
// content and put where a bundle would have it. What has no place without a node or pod (a bare Corefile or resolv.conf)
// is said, not guessed: whose it is decides what it means.
import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { EvidenceFile, EvidenceFiles } from '../chain/evidence-files.ts'
import { evidenceFile, fileProblem, type ReadHooks } from './bytes-to-text.ts'
import { byPath, problemList, type LoadOptions } from './load-bundle.ts'
import { OperatingError } from './operating-error.ts'
import { diskFile } from './read-folder.ts'

export function loadLooseFiles(paths: readonly string[], options: LoadOptions & { readonly stdin?: Uint8Array } = {}): EvidenceFiles {
  const { hooks, problems } = problemList(options)
  const taken = new Set<string>()
  const files = paths.map(path => {
    const loose = path === '-' ? standardInput(options.stdin ?? new Uint8Array(0), hooks) : fromDisk(path, hooks)
    const [head] = loose.chunks()
    const place = placeOf(basename(path === '-' ? 'stdin' : path), head ?? '')
    if (place.startsWith('loose/')) hooks.onProblem(fileProblem('loose-file-not-placed', place, 'is not read: put it into a bundle, under nodes/<node>/ or pods/<namespace>/<pod>/, so that it is known whose it is', 'unknown'))
    let unique = place
    for (let n = 2; taken.has(unique); n++) unique = place.replace(/(\.[^./]*)?$/, `-${n}$1`)
    taken.add(unique)
    return { ...loose, path: unique }
  })
  return { name: paths.join(' '), files: byPath(files), problems }
}

function fromDisk(path: string, hooks: ReadHooks): EvidenceFile {
  if (!existsSync(path)) throw new OperatingError(2, { en: `there is no file ${path}`, zh: `没有文件 ${path}` })
  if (!statSync(path).isFile()) throw new OperatingError(2, { en: `${path} is not a file`, zh: `${path} 不是文件` }, [{ en: 'a folder or an archive is given with --bundle', zh: '目录或归档文件请用 --bundle 指定' }])
  return diskFile(path, path, hooks)
}

function standardInput(bytes: Uint8Array, hooks: ReadHooks): EvidenceFile {
  return evidenceFile('-', bytes.length, (start, length) => bytes.subarray(start, start + length), hooks)
}

const firstLines = (head: string): string[] => head.slice(0, 64 * 1024).split('\n', 200)

/** Where a bundle has such a file; `loose/…` where that cannot be known. */
export function placeOf(name: string, head: string): string {
  const lines = firstLines(head)
  const some = (pattern: RegExp): boolean => lines.some(line => pattern.test(line))
  const stem = name.replace(/\.[^.]*$/, '') || name
  if (some(/^\s{0,8}"?apiVersion"?:\s/) && some(/^\s{0,8}"?kind"?:\s/)) return `cluster/${name.match(/\.(?:ya?ml|json)$/) ? name : `${stem}.yaml`}`
  if (lines[0]?.startsWith('{"at":') === true) return `probes/${stem}.jsonl`
  if (some(/^\$ (?:dig|nslookup|host|tcpdump|resolvectl|systemd-resolve|getent|drill|kubectl)\b/) || some(/^; <<>> DiG /) || some(/^;; (?:->>HEADER<<-|ANSWER SECTION)/) ||
    some(/^\d\d:\d\d:\d\d\.\d+ .*\bIP6? \S+ > \S+/) || (some(/^Server:\s/) && some(/^Address(?:es)?:?\s/))) return `text/${stem}.txt`
  if (some(/^\s*(?:nameserver|search|options)\s+\S/) && !some(/\{\s*$/)) return `loose/${name}`
  if (some(/^\s*[^\s#{}][^{}]*\{\s*$/) && some(/^\s*(?:forward|proxy|kubernetes|errors|cache|import)\b/)) return `loose/${name}`
  return some(/\[(?:INFO|ERROR|WARNING)\]|no such host|lookup |resolve|EAI_|getaddrinfo/i) ? `logs/unknown/${stem}.log` : `loose/${name}`
}

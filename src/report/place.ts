// What a person calls the place of a Source: the machine first, then the file on it. The bundle's own path is what
// editors open, so `--oneline` and JSON keep that.
import type { Source } from '../chain/source.ts'
import type { Lang } from '../findings/diagnosis.ts'

/** `node/hz-edge-1, /etc/netplan/50-cloud-init.yaml`; a file that belongs to no machine keeps its path. */
export function placeName(file: string): string {
  const [path = file, embedded] = file.split('#', 2)
  const node = /^nodes\/([^/]+)\/(.+)$/.exec(path)
  const pod = /^pods\/([^/]+)\/([^/]+)\/(.+)$/.exec(path)
  const log = /^logs\/([^/]+)\/(.+)\.log$/.exec(path)
  const where = node ? `node/${node[1]}, ${onMachine(node[2] as string)}`
    : pod ? `pod/${pod[2]} -n ${pod[1]}, ${onMachine(pod[3] as string)}`
    : log ? `pod/${log[2]} -n ${log[1]}, log` : path
  return embedded === undefined ? where : `${where}#${embedded}`
}

// Files at the top of a node's folder are command output, not files of that machine.
const onMachine = (path: string): string => (path.includes('/') ? `/${path}` : path)

const OBTAINED: Readonly<Record<NonNullable<Source['obtained']>, Record<Lang, string>>> = {
  snapshot: { en: 'as it was then', zh: '当时的内容' },
  today: { en: 'as it is today', zh: '现在的内容' },
  inferred: { en: 'worked out, not read', zh: '推断所得，并非读到' },
}

export function placeOf(source: Source, lang: Lang, place?: string): string {
  const at = `${place ?? placeName(source.file)}:${source.line}:${source.column}`
  return source.obtained === undefined ? at : `${at} (${OBTAINED[source.obtained][lang]})`
}

// Where a capture was taken: its folder in the bundle says so, or captures.yaml for files kept elsewhere. A place that nobody states stays unknown.
import { parse } from 'yaml'
import type { Problem, Read } from '../chain/source.ts'
import { lineSource } from '../chain/source.ts'

/** `captures/<node>/<file>`, `captures/<namespace>/<pod>/<file>`; deeper folders are of the reader's own making and say nothing. */
export function placeOfCapture(path: string, listed: ReadonlyMap<string, ListedCapture> = new Map()): string | undefined {
  const said = listed.get(path) ?? listed.get(path.replace(/^captures\//, ''))
  if (said) return said.place
  const [top, first, second, third, ...deeper] = path.split('/')
  if (top !== 'captures' || first === undefined || second === undefined || deeper.length > 0) return undefined
  return third === undefined ? `node/${first}` : `${first}/${second}`
}

export const isCapturePath = (path: string): boolean => /\.(?:pcap|pcapng|cap)(?:\.(?:gz|zst))?$/i.test(path)

export interface ListedCapture {
  readonly place: string | undefined
  readonly interface?: string
}

const MAX_ENTRIES = 10_000
const MAX_TEXT = 4 * 1024 * 1024

/** captures.yaml: `[{file, node | pod, interface}]`. */
export function readCaptureList(file: string, text: string): Read<ReadonlyMap<string, ListedCapture>> {
  const value = new Map<string, ListedCapture>()
  const problems: Problem[] = []
  const odd = (code: string, message: string, state: Problem['state']): void => void problems.push({ code, message: `${file}: ${message}`, state,
    source: lineSource(file, 1, text.split('\n', 1)[0] as string) })
  let list: unknown
  try {
    list = text.length > MAX_TEXT ? undefined : parse(text, { maxAliasCount: 100 })
  } catch (error) {
    odd('captures-syntax', error instanceof Error ? (error.message.split('\n', 1)[0] as string) : 'is no YAML', 'damaged')
    return { value, problems }
  }
  if (!Array.isArray(list)) {
    if (text.trim() !== '') odd('captures-no-list', 'is no list of captures', 'unknown')
    return { value, problems }
  }
  const wordOf = (entry: object, key: string): string | undefined => {
    const found: unknown = Object.hasOwn(entry, key) ? (entry as Record<string, unknown>)[key] : undefined
    return typeof found === 'string' && found !== '' && found.length <= 4096 ? found : undefined
  }
  for (const [i, entry] of (list as unknown[]).slice(0, MAX_ENTRIES).entries()) {
    const path = typeof entry === 'object' && entry !== null ? wordOf(entry, 'file') : undefined
    if (path === undefined) {
      odd('captures-no-file', `entry ${i + 1} names no file`, 'ignored')
      continue
    }
    const named = entry as object
    const node = wordOf(named, 'node')
    const pod = wordOf(named, 'pod')
    if (node !== undefined && pod !== undefined) odd('captures-two-places', `entry ${i + 1} names a node and a pod`, 'ignored')
    if (node === undefined && pod !== undefined && !/^[^/\s]+\/[^/\s]+$/.test(pod)) odd('captures-pod', `entry ${i + 1}: a pod is named <namespace>/<name>`, 'ignored')
    const isPod = pod !== undefined && node === undefined && /^[^/\s]+\/[^/\s]+$/.test(pod)
    const through = wordOf(named, 'interface')
    value.set(path, { place: isPod ? pod : node !== undefined && pod === undefined ? `node/${node}` : undefined, ...(through !== undefined && { interface: through }) })
  }
  return { value, problems }
}

// The bundle's layout: which path is what (bundle.md). Paths only; nothing is read here.
import type { EvidenceFile, EvidenceFiles } from '../chain/evidence-files.ts'
import { isCapturePath } from '../evidence/capture-place.ts'

export interface LogFile {
  readonly file: EvidenceFile
  /** `<namespace>/<rest of the file name>`: pod, or pod.container; which of them the pods tell. */
  readonly namespace: string
  readonly stem: string
}

export interface Layout {
  readonly bundle: EvidenceFile | undefined
  readonly cluster: readonly EvidenceFile[]
  /** Node → absolute path on the node → file. */
  readonly nodeFiles: ReadonlyMap<string, ReadonlyMap<string, EvidenceFile>>
  /** Node → `iptables-save.txt`, `resolvectl-status.txt`, `configz.json`, … */
  readonly nodeOutput: ReadonlyMap<string, ReadonlyMap<string, EvidenceFile>>
  /** `<namespace>/<pod>` → absolute path in the container → file. */
  readonly podFiles: ReadonlyMap<string, ReadonlyMap<string, EvidenceFile>>
  readonly logs: readonly LogFile[]
  readonly probes: readonly EvidenceFile[]
  readonly pasted: readonly EvidenceFile[]
  readonly loose: readonly EvidenceFile[]
  /** In order of path, wherever they are kept. */
  readonly captures: readonly EvidenceFile[]
  readonly captureList: EvidenceFile | undefined
  /** Known parts that no reader takes: dnstap, metrics, captures whose bytes nobody gives. */
  readonly notRead: readonly EvidenceFile[]
  readonly unknown: readonly EvidenceFile[]
}

type Nested = Map<string, Map<string, EvidenceFile>>

function put(nested: Nested, outer: string, inner: string, file: EvidenceFile): void {
  let map = nested.get(outer)
  if (!map) nested.set(outer, (map = new Map()))
  map.set(inner, file)
}

export function layoutOf(evidence: EvidenceFiles): Layout {
  const nodeFiles: Nested = new Map()
  const nodeOutput: Nested = new Map()
  const podFiles: Nested = new Map()
  const cluster: EvidenceFile[] = []
  const logs: LogFile[] = []
  const probes: EvidenceFile[] = []
  const pasted: EvidenceFile[] = []
  const loose: EvidenceFile[] = []
  const captures: EvidenceFile[] = []
  const notRead: EvidenceFile[] = []
  const unknown: EvidenceFile[] = []
  let bundle: EvidenceFile | undefined
  let captureList: EvidenceFile | undefined
  for (const [path, file] of evidence.files) {
    const [top, second, third] = path.split('/') as [string, string | undefined, string | undefined]
    const below = (count: number): string => path.split('/').slice(count).join('/')
    if (path === 'bundle.yaml' || path === 'bundle.yml') bundle = file
    else if (path === 'captures.yaml') captureList = file
    else if (isCapturePath(path) && file.bytes) captures.push(file)
    else if (top === 'cluster' && /\.(ya?ml|json)$/.test(path)) cluster.push(file)
    else if (top === 'nodes' && second !== undefined && third !== undefined) {
      if (path.split('/').length === 3 && /\.(txt|json)$/.test(third)) put(nodeOutput, second, third, file)
      else put(nodeFiles, second, `/${below(2)}`, file)
    } else if (top === 'pods' && third !== undefined && path.split('/').length > 3) put(podFiles, `${second}/${third}`, `/${below(3)}`, file)
    else if (top === 'logs' && third !== undefined && path.endsWith('.log')) logs.push({ file, namespace: second as string, stem: below(2).slice(0, -4) })
    else if (top === 'probes' && path.endsWith('.jsonl')) probes.push(file)
    else if (top === 'text') pasted.push(file)
    else if (top === 'loose') loose.push(file)
    else if (top === 'captures' || top === 'dnstap' || top === 'metrics') notRead.push(file)
    // `kubectl cluster-info dump` has its objects in folders of their own.
    else if (/\.(ya?ml|json)$/.test(path)) cluster.push(file)
    else unknown.push(file)
  }
  return { bundle, cluster, nodeFiles, nodeOutput, podFiles, logs, probes, pasted, loose, captures, captureList, notRead, unknown }
}

/** The same files with some texts replaced, added (text) or taken away (undefined). */
export function overlay(evidence: EvidenceFiles, changes: ReadonlyMap<string, string | undefined>): EvidenceFiles {
  const files = new Map(evidence.files)
  for (const [path, text] of changes) {
    if (text === undefined) files.delete(path)
    else files.set(path, { path, sizeBytes: text.length, text: () => text, chunks: () => [text] })
  }
  return { ...evidence, files }
}

// What a change comes to: the files a person edits, and the files that programs write from them afterwards. systemd-resolved
// writes its uplink file, kubelet gives every new pod its resolv.conf; an edit of such a file by hand is lost.
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import type { Edit, Problem } from '../chain/source.ts'
import { UPLINK, generateUplink } from '../cluster/uplink-file.ts'
import { isGenerated } from '../config/generated-file.ts'
import { applyEdits, editsByFile } from '../fixes/patch.ts'
import { gather, type Gathered } from './gather.ts'
import { overlay } from './layout.ts'
import { linkNode, nodeFilesOf, nodeNames, type LinkedNode } from './link-nodes.ts'
import { linkPod, placeOf, RESOLV_CONF } from './link-pods.ts'

export interface Settled {
  readonly evidence: EvidenceFiles
  /** Edits of files that programs write; `madeBy` says which. */
  readonly derived: readonly Edit[]
}

/** Applies `edits` of files that people edit, then lets every program write its own files again. Edits with `madeBy` are left out: they are made anew here. */
export function settle(before: Gathered, edits: readonly Edit[]): Settled {
  const own = edits.filter(e => e.madeBy === undefined)
  const changes = new Map<string, string>()
  for (const [file, of] of editsByFile(own)) {
    const text = before.evidence.files.get(file)?.text()
    if (text !== undefined) changes.set(file, applyEdits(text, of))
  }
  const edited = gather(overlay(before.evidence, changes))
  const derived: Edit[] = []
  const uplinks = new Map<string, string>()
  for (const node of nodeNames(before)) {
    const edit = uplinkEdit(before, edited, node)
    if (edit) {
      derived.push(edit)
      uplinks.set(edit.file, edit.text)
    }
  }
  const withUplinks = gather(overlay(edited.evidence, uplinks))
  const pods = podEdits(before, withUplinks)
  derived.push(...pods)
  return { evidence: overlay(withUplinks.evidence, new Map(pods.map(e => [e.file, e.text]))), derived }
}

/** The uplink file as systemd-resolved writes it after the change, if that differs from what lies there now. */
function uplinkEdit(before: Gathered, after: Gathered, node: string): Edit | undefined {
  const was = nodeFilesOf(before, node)
  const is = nodeFilesOf(after, node)
  const recorded = was.get(UPLINK)
  if (!recorded || !isGenerated(recorded.text)) return undefined
  const changed = [...is].some(([path, file]) => was.get(path)?.text !== file.text)
  if (!changed) return undefined
  const generated = generateUplink(is, was)
  const now = is.get(UPLINK)?.text ?? ''
  return generated.text === now ? undefined : { file: recorded.file, start: 0, end: now.length, text: generated.text, madeBy: 'systemd-resolved' }
}

/** The resolv.conf of pods whose inputs changed, as kubelet writes it when the pod is made anew. */
function podEdits(before: Gathered, after: Gathered): Edit[] {
  const ignored: Problem[] = []
  const [was, is] = [new Map<string, LinkedNode>(), new Map<string, LinkedNode>()]
  for (const name of nodeNames(before)) {
    was.set(name, linkNode(before, name, [], ignored))
    is.set(name, linkNode(after, name, [], ignored))
  }
  const edits: Edit[] = []
  for (const pod of after.inventory.pods) {
    const place = placeOf(pod)
    const file = before.layout.podFiles.get(place)?.get(RESOLV_CONF)
    const old = before.inventory.get('Pod', pod.name, pod.namespace)
    const node = String((pod.body['spec'] as Record<string, unknown> | undefined)?.['nodeName'] ?? '')
    const [nodeWas, nodeIs] = [was.get(node), is.get(node)]
    if (!file || !old || !nodeWas || !nodeIs) continue
    const then = linkPod(before, old, nodeWas, ignored)?.inferred.text
    const now = linkPod(after, pod, nodeIs, ignored)?.inferred.text
    if (now === undefined || now === then) continue
    edits.push({ file: file.path, start: 0, end: file.text().length, text: now, madeBy: 'kubelet' })
  }
  return edits
}

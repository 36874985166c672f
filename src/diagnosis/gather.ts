// The configuration of a bundle: its objects and the texts of its nodes and pods, read but not yet wired. Objects of a file
// that did not change between two readings (a patch is proved by reading everything again) are read once.
import type { EvidenceFile, EvidenceFiles } from '../chain/evidence-files.ts'
import type { KubeObject } from '../chain/model.ts'
import type { Problem, Read } from '../chain/source.ts'
import { inventory, type Inventory } from '../cluster/inventory.ts'
import { nodePools, type NodePools } from '../cluster/node-pools.ts'
import { readObjects } from '../cluster/objects.ts'
import { layoutOf, type Layout } from './layout.ts'

export interface Gathered {
  readonly evidence: EvidenceFiles
  readonly layout: Layout
  readonly inventory: Inventory
  readonly pools: NodePools
  readonly problems: readonly Problem[]
}

const objectsOfFile = new WeakMap<EvidenceFile, Read<readonly KubeObject[]>>()

export function gather(evidence: EvidenceFiles): Gathered {
  const layout = layoutOf(evidence)
  const problems: Problem[] = []
  const objects: KubeObject[] = []
  for (const file of layout.cluster) {
    let read = objectsOfFile.get(file)
    if (!read) objectsOfFile.set(file, (read = readObjects(file.path, file.text())))
    for (const object of read.value) objects.push(object)
    problems.push(...read.problems)
  }
  const cluster = inventory(objects)
  problems.push(...cluster.problems)
  // Captures are named where the files are opened, with their sizes.
  for (const file of layout.notRead.filter(f => !/^(?:captures|dnstap)\//.test(f.path)).slice(0, 50)) problems.push({ code: 'not-read-yet', message: `${file.path}: not read yet`, state: 'ignored' })
  for (const file of layout.unknown.slice(0, 50)) problems.push({ code: 'file-unknown', message: `${file.path}: no part of a bundle, not read`, state: 'unknown' })
  return { evidence, layout, inventory: cluster, pools: nodePools(cluster), problems }
}

// A recorded bundle's cluster folder and node files, for tests of cluster/.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '../../src/chain/model.ts'
import { inventory, type Inventory } from '../../src/cluster/inventory.ts'
import { readObjects } from '../../src/cluster/objects.ts'

const EXAMPLES = new URL('../../examples/', import.meta.url)

export function clusterOf(bundle: string): Inventory {
  const folder = new URL(`${bundle}/cluster/`, EXAMPLES)
  return inventory(readdirSync(folder).sort().flatMap(file => readObjects(`cluster/${file}`, readFileSync(new URL(file, folder), 'utf8')).value))
}

export function bundleText(bundle: string, path: string): string | undefined {
  const file = new URL(`${bundle}/${path}`, EXAMPLES)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** Objects from YAML text; a test writes only the fields that matter to it. */
export const objectsFrom = (text: string, file = 'cluster/test.yaml'): readonly KubeObject[] => readObjects(file, text).value

/** Objects as a recorded row holds them. */
export const objectsOf = (list: readonly object[]): readonly KubeObject[] =>
  objectsFrom(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: list }), 'cluster/list.json')

// Objects of a cluster for tests: of a recorded bundle's cluster folder, of YAML text, of the body alone.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { KubeObject } from '../../src/chain/model.ts'
import { lineSource } from '../../src/chain/source.ts'
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

type Labels = Readonly<Record<string, string>>

export function kubeObject(body: Readonly<Record<string, unknown>>): KubeObject {
  const metadata = body['metadata'] as { name: string; namespace?: string; labels?: Labels; annotations?: Labels }
  const source = lineSource('objects', 1, metadata.name)
  return {
    apiVersion: String(body['apiVersion']), kind: String(body['kind']), name: metadata.name, namespace: metadata.namespace ?? '',
    labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {}, body, source, at: () => source,
  }
}

// What ConfigMaps put into a container's file system: volumes (configMap, projected) × volumeMounts (mountPath, subPath), as kubelet
// lays them out (pkg/volume/configmap, pkg/volume/projected). Later sources of a projected volume win; `items` picks and renames keys.
// The files follow a ConfigMap within about a minute, but a subPath mount never does: only a new pod sees the change.
// Not modelled: Secrets and downward API volumes, file modes, the minute in which the files are still the old ones.
import type { KubeObject } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import { fieldOf, isFields, listOf, textOf } from './fields.ts'
import type { Inventory } from './inventory.ts'

export interface MountedFile {
  /** Absolute, in the container. */
  readonly path: string
  readonly configMap: KubeObject
  readonly key: string
  readonly text: string
  /** `cluster/configmaps.yaml#kube-system/coredns/Corefile`. */
  readonly file: string
  /** The value as it stands in the object's file, with its `|` or quotes. */
  readonly source: Source
  readonly frozen: boolean
}

export interface MissingMap {
  readonly name: string
  readonly optional: boolean
  /** The volume that names it. */
  readonly source: Source
}

export interface Mounted {
  readonly files: ReadonlyMap<string, MountedFile>
  /** ConfigMaps that a volume names and the evidence does not hold. */
  readonly missing: readonly MissingMap[]
}

interface VolumeFile { readonly path: string; readonly configMap: KubeObject; readonly key: string; readonly text: string }

export function mountedFiles(cluster: Inventory, pod: KubeObject, container: number): Mounted {
  const files = new Map<string, MountedFile>()
  const missing: MissingMap[] = []
  const volumes = new Map(listOf(pod.body, 'spec', 'volumes').flatMap((volume, at) => {
    const name = textOf(volume, 'name')
    return name === undefined ? [] : [[name, { volume, at }] as const]
  }))
  const seen = new Map<string, readonly VolumeFile[]>()
  for (const mount of listOf(pod.body, 'spec', 'containers', container, 'volumeMounts')) {
    const name = textOf(mount, 'name') ?? ''
    const found = volumes.get(name)
    const mountPath = textOf(mount, 'mountPath')?.replace(/\/+$/, '')
    if (!found || mountPath === undefined) continue
    let held = seen.get(name)
    if (!held) seen.set(name, held = volumeFiles(cluster, pod, found.volume, found.at, missing))
    const subPath = textOf(mount, 'subPath') ?? ''
    for (const file of held) place(files, file, mountPath, subPath)
  }
  return { files, missing }
}

function place(files: Map<string, MountedFile>, { path, configMap, key, text }: VolumeFile, mountPath: string, subPath: string): void {
  const below = subPath === '' || path.startsWith(`${subPath}/`)
  if (!below && path !== subPath) return
  const at = subPath === '' ? `${mountPath}/${path}` : `${mountPath}${path.slice(subPath.length)}`
  files.set(at, {
    path: at, configMap, key, text, frozen: subPath !== '',
    get file() { return embeddedName(configMap, key) },
    get source() { return configMap.at('data', key) },
  })
}

/** The name of a ConfigMap's text as a file of its own. */
export const embeddedName = (configMap: KubeObject, key: string): string =>
  `${configMap.source.file}#${configMap.namespace}/${configMap.name}/${key}`

function volumeFiles(cluster: Inventory, pod: KubeObject, volume: unknown, at: number, missing: MissingMap[]): readonly VolumeFile[] {
  const projected = listOf(volume, 'projected', 'sources').map((_, index) => ['projected', 'sources', index, 'configMap'])
  const byPath = new Map<string, VolumeFile>()
  for (const path of [['configMap'], ...projected]) {
    const config = fieldOf(volume, ...path)
    const name = textOf(config, 'name')
    if (name === undefined) continue
    const configMap = cluster.get('ConfigMap', name, pod.namespace)
    if (!configMap) missing.push({ name, optional: fieldOf(config, 'optional') === true, source: pod.at('spec', 'volumes', at, ...path) })
    else for (const file of keysOf(configMap, config)) byPath.set(file.path, file)
  }
  return [...byPath.values()]
}

function keysOf(configMap: KubeObject, config: unknown): readonly VolumeFile[] {
  const data = fieldOf(configMap.body, 'data')
  const items = fieldOf(config, 'items')
  const wanted: readonly (readonly [key: string, path: string])[] = Array.isArray(items)
    ? items.flatMap(item => {
      const key = textOf(item, 'key')
      return key === undefined ? [] : [[key, textOf(item, 'path') ?? key] as const]
    })
    : isFields(data) ? Object.keys(data).map(key => [key, key] as const) : []
  return wanted.flatMap(([key, path]) => {
    const text = textOf(data, key)
    return text === undefined || path.split('/').includes('..') ? [] : [{ path: path.replace(/^\/+/, ''), configMap, key, text }]
  })
}

// Is YurtHub between kube-proxy and the API server on a node, and with what settings? OpenYurt runs it as a static pod, from a
// YurtStaticSet or by systemd; ACK Edge as `edge-hub` (systemd) and `cloud-hub` (DaemonSet); openyurt.md §3.5, §4.3, §6, §7.2.
// Only a pod, a file of the node or its kubelet's server address proves it. The label `openyurt.io/is-edge-worker: "true"` is written when
// a node joins through YurtHub, so it makes it likely. A node without any of these stays `unknown` unless hubs are seen elsewhere as pods.
// Not modelled: flags that a YurtStaticSet template fills in on the node, ACK Edge's own version numbers.
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import type { KubeObject } from '../chain/model.ts'
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import { listOf, textOf, textsOf } from './fields.ts'
import type { Inventory } from './inventory.ts'
import { isEdgeCluster } from './node-pools.ts'
import { readObjects } from './objects.ts'
import type { HubSettings } from './yurthub-filter.ts'
import { releaseNumber, type TopologyFilter } from './yurthub-topology.ts'

export interface YurtHub {
  readonly node: string
  readonly present: 'yes' | 'likely' | 'no' | 'unknown'
  /** What says so; undefined where nothing does. */
  readonly source: Source | undefined
  /** OpenYurt's release; undefined = not known. */
  readonly version: Sourced<string> | undefined
  readonly mode: 'edge' | 'cloud' | 'local'
  readonly filter: TopologyFilter
  /** The same with the rest of its flags, as its filters take them. */
  readonly settings: HubSettings
  /** A flag that switches the topology filter off. */
  readonly switchedOff: Sourced<string> | undefined
  /** Why kube-proxy's reads do not pass through it. */
  readonly bypassed: Sourced<string> | undefined
}

type Files = EvidenceFiles['files']
interface Seen {
  readonly source: Source
  readonly flags: ReadonlyMap<string, Sourced<string>>
  readonly version: Sourced<string> | undefined
}

const HUB_IMAGE = /(?:^|\/)(?:yurt-?hub|edge-?hub|cloud-?hub)(?:[:@]|$)/
const OTHER_PROXY = /(?:^|\/)(?:cilium|kube-router)(?:[:@]|$)/
const MANIFESTS = ['etc/kubernetes/manifests/yurthub.yaml', 'etc/kubernetes/manifests/yurt-hub.yaml']
const UNITS = [
  'etc/systemd/system/yurthub.service.d/10-yurthub.conf', 'etc/systemd/system/yurthub.service', 'etc/systemd/system/edge-hub.service',
]
const KUBELET_CONFIGS = ['etc/kubernetes/kubelet.conf', 'var/lib/openyurt/kubelet.conf', 'var/lib/edge-hub/kubelet.conf']
const FOLDERS = ['etc/kubernetes/cache/', 'var/lib/yurthub/', 'var/lib/edge-hub/']

export function yurtHubOf(cluster: Inventory, node: string, files: Files = new Map()): Read<YurtHub> {
  const problems: Problem[] = []
  const seen = hubPod(cluster.podsOnNode(node)) ?? hubFiles(node, files, problems)
  const flag = (name: string): Sourced<string> | undefined => seen?.flags.get(name)
  const version = seen?.version
  const place = seen ? { present: 'yes' as const, source: seen.source } : withoutProof(cluster, node)
  const given = flag('working-mode')?.value
  const mode = given === 'cloud' || given === 'local' ? given : 'edge'
  const filter: TopologyFilter = {
    node, cloud: mode === 'cloud', version: version && releaseNumber(version.value), poolFlag: flag('nodepool-name')?.value ?? '',
    enableNodePool: flag('enable-node-pool')?.value !== 'false',
    enablePoolServiceTopology: flag('enable-pool-service-topology')?.value === 'true',
  }
  const settings: HubSettings = {
    filter, mode, resourceFilter: flag('enable-resource-filter')?.value !== 'false', dummyInterface: flag('enable-dummy-if')?.value !== 'false',
    disabled: flag('disabled-resource-filters')?.value.split(',').map(name => name.trim()).filter(name => name !== '') ?? [],
  }
  const hub: YurtHub = {
    ...place, node, version, filter, settings, mode,
    switchedOff: switchedOff(flag),
    bypassed: place.present === 'no' ? undefined : bypassed(cluster, filter, flag('disabled-resource-filters')),
  }
  return { value: hub, problems: [...problems, ...saidOf(hub)] }
}

function saidOf(hub: YurtHub): Problem[] {
  if (hub.present === 'unknown') {
    return [{
      code: 'yurthub-unknown', state: 'unknown',
      message: `nothing shows whether YurtHub runs on ${hub.node}; without it the node sees the endpoints of all pools`,
    }]
  }
  if (hub.present !== 'no' && hub.filter.version === undefined) {
    return [{
      code: 'yurthub-version-unknown', state: 'unknown', ...(hub.source && { source: hub.source }),
      message: `the release of YurtHub on ${hub.node} is not known: the rules of v1.4 to v1.6 are taken (v1.7 fails open by default)`,
    }]
  }
  return []
}

function hubPod(pods: readonly KubeObject[]): Seen | undefined {
  for (const pod of pods) {
    if (hubContainer(pod) >= 0 || /^(?:yurt-hub|yurthub|edge-hub|cloud-hub)-/.test(pod.name)) return fromPod(pod)
  }
  return undefined
}

const imagesOf = (pod: KubeObject): readonly string[] =>
  listOf(pod.body, 'spec', 'containers').map(container => textOf(container, 'image') ?? '')
const hubContainer = (pod: KubeObject): number => imagesOf(pod).findIndex(image => HUB_IMAGE.test(image))

function fromPod(pod: KubeObject): Seen {
  const container = ['spec', 'containers', Math.max(0, hubContainer(pod))] as const
  const image = textOf(pod.body, ...container, 'image') ?? ''
  const flags = new Map<string, Sourced<string>>()
  for (const list of ['command', 'args'] as const) {
    const words = textsOf(pod.body, ...container, list)
    words.forEach((word, index) => addFlags(flags, word, words[index + 1], () => pod.at(...container, list, index)))
  }
  const tag = /yurt-?hub:(v?\d[\w.-]*)$/.exec(image)?.[1]
  const source = pod.at(...container, 'image')
  return { source, flags, version: tag === undefined ? undefined : { value: tag, source } }
}

/** `--name=value`, or `--name value` as two words. Several flags may stand in one word (`sh -c`, a systemd unit). */
function addFlags(flags: Map<string, Sourced<string>>, word: string, next: string | undefined, source: () => Source): void {
  for (const [, name, value] of word.matchAll(/--([a-z][a-z0-9-]{2,60})(?:=("[^"]*"|[^\s"]*))?/g)) {
    const said = value?.replaceAll('"', '') ?? (next !== undefined && !next.startsWith('-') ? next : 'true')
    flags.set(name as string, { value: said, source: source() })
  }
}

function hubFiles(node: string, files: Files, problems: Problem[]): Seen | undefined {
  for (const path of MANIFESTS) {
    const file = files.get(`nodes/${node}/${path}`)
    if (!file) continue
    const { value, problems: odd } = readObjects(file.path, file.text())
    problems.push(...odd)
    const pod = value.find(object => object.kind === 'Pod')
    if (pod) return fromPod(pod)
  }
  for (const path of UNITS) {
    const file = files.get(`nodes/${node}/${path}`)
    if (file) return fromUnit(file.path, file.text())
  }
  for (const path of KUBELET_CONFIGS) {
    const file = files.get(`nodes/${node}/${path}`)
    if (!file) continue
    const text = file.text()
    const server = /server:\s*"?https?:\/\/(?:127\.0\.0\.1|169\.254\.2\.1):102\d\d/.exec(text)
    if (server) return bare(sourcesOf(file.path, text)(server.index, server.index + server[0].length))
  }
  const own = [...files.values()].find(file => FOLDERS.some(folder => file.path.startsWith(`nodes/${node}/${folder}`)))
  return own && bare(sourcesOf(own.path, '')(0, 0))
}

const bare = (source: Source): Seen => ({ source, flags: new Map(), version: undefined })

function fromUnit(path: string, text: string): Seen {
  const at = sourcesOf(path, text)
  const flags = new Map<string, Sourced<string>>()
  let start = 0
  for (const line of text.split('\n')) {
    const from = start
    if (!/^\s*[#;]/.test(line)) addFlags(flags, line, undefined, () => at(from, from + line.length))
    start += line.length + 1
  }
  return { source: at(0, Math.max(0, text.indexOf('\n'))), flags, version: undefined }
}

function withoutProof(cluster: Inventory, node: string): Pick<YurtHub, 'present' | 'source'> {
  const object = cluster.get('Node', node)
  if (!isEdgeCluster(cluster)) return { present: 'no', source: undefined }
  const key = ['openyurt.io/is-edge-worker', 'alibabacloud.com/is-edge-worker'].find(one => object?.labels[one] !== undefined)
  if (object && key && object.labels[key] === 'true') return { present: 'likely', source: object.at('metadata', 'labels', key) }
  const hubsElsewhere = cluster.pods.some(pod => hubPod([pod]))
  return { present: hubsElsewhere ? 'no' : 'unknown', source: object && key ? object.at('metadata', 'labels', key) : object?.source }
}

function switchedOff(flag: (name: string) => Sourced<string> | undefined): Sourced<string> | undefined {
  const all = flag('enable-resource-filter')
  if (all?.value === 'false') return { value: '--enable-resource-filter=false', source: all.source }
  const some = flag('disabled-resource-filters')
  return some && (names(some, 'servicetopology') || some.value.trim() === '*') ? { value: `--disabled-resource-filters=${some.value}`, source: some.source } : undefined
}

const names = (list: Sourced<string>, filter: string): boolean => list.value.split(',').some(name => name.trim() === filter)

/** kube-proxy with a kubeconfig of its own asks the API server. From v1.2 YurtHub comments that line out in what kubelet mounts
 * (filter `inclusterconfig`). */
function bypassed(cluster: Inventory, hub: TopologyFilter, disabled: Sourced<string> | undefined): Sourced<string> | undefined {
  const other = cluster.podsOnNode(hub.node).find(pod => imagesOf(pod).some(image => OTHER_PROXY.test(image)))
  if (other && !cluster.pods.some(pod => pod.labels['k8s-app'] === 'kube-proxy')) {
    return { value: `${other.name} instead of kube-proxy: no component that YurtHub filters for`, source: other.source }
  }
  const map = cluster.get('ConfigMap', 'kube-proxy', 'kube-system')
  const config = textOf(map?.body, 'data', 'config.conf')
  const line = config === undefined ? undefined : /^[ \t]*kubeconfig:[ \t]*(?!""|'')(\S+)/m.exec(config)
  if (!map || !line) return undefined
  const hidden = (hub.version ?? Infinity) >= 10200 && !(disabled && names(disabled, 'inclusterconfig'))
  return hidden ? undefined : { value: `kubeconfig: ${line[1]}`, source: map.at('data', 'config.conf') }
}

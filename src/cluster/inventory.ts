// The objects of a bundle, by kind and name, and who belongs to whom: pod → ReplicaSet → Deployment → YurtAppSet.
// A kind of which the bundle holds no object was not looked at, which is not the same as "there is none": `looked` tells them apart.
// Ownership is `metadata.ownerReferences`; where the owner's object, or the reference, is missing, the names and labels that the
// controllers give: `<replicaset>-<5 random>`, `<deployment>-<pod-template-hash>`, `apps.openyurt.io/ref-yurtappset` (openyurt.md §2.1).
import type { KubeObject, KubernetesView } from '../chain/model.ts'
import type { Problem } from '../chain/source.ts'
import { fieldOf, listOf, textOf } from './fields.ts'
import { once } from './once.ts'

export interface Owner {
  readonly kind: string
  readonly name: string
  readonly namespace: string
  /** Undefined: the bundle does not hold it. */
  readonly object: KubeObject | undefined
  /** `reference` = ownerReferences say so; `convention` = taken from its name or labels. */
  readonly by: 'reference' | 'convention'
}

export interface Inventory {
  readonly objects: readonly KubeObject[]
  readonly problems: readonly Problem[]
  /** True when the bundle holds an object of this kind at all. */
  readonly looked: (kind: string) => boolean
  readonly all: (kind: string) => readonly KubeObject[]
  /** Cluster-scoped kinds: leave `namespace` out. */
  readonly get: (kind: string, name: string, namespace?: string) => KubeObject | undefined
  readonly pods: readonly KubeObject[]
  readonly nodes: readonly KubeObject[]
  readonly services: readonly KubeObject[]
  /** EndpointSlices of one Service; the order of the files. */
  readonly slicesOf: (service: KubeObject) => readonly KubeObject[]
  readonly podsOnNode: (node: string) => readonly KubeObject[]
  /** `172.17.5.163` → its pod; host-network pods are not found by their node's address. */
  readonly podByAddress: (address: string) => KubeObject | undefined
  /** Nearest first. */
  readonly ownersOf: (object: KubeObject) => readonly Owner[]
  /** `deploy/order-sync-hangzhou`; the resource in any spelling kubectl takes. Undefined: no such workload is known. */
  readonly podsOf: (workload: string, namespace: string) => readonly KubeObject[] | undefined
  /** What CoreDNS' kubernetes plugin would list. */
  readonly view: KubernetesView
}

const RESOURCES: ReadonlyMap<string, string> = new Map(Object.entries({
  deploy: 'Deployment', deployment: 'Deployment', deployments: 'Deployment',
  sts: 'StatefulSet', statefulset: 'StatefulSet', statefulsets: 'StatefulSet',
  ds: 'DaemonSet', daemonset: 'DaemonSet', daemonsets: 'DaemonSet', rs: 'ReplicaSet', replicaset: 'ReplicaSet', replicasets: 'ReplicaSet',
  job: 'Job', jobs: 'Job', cj: 'CronJob', cronjob: 'CronJob', cronjobs: 'CronJob',
  yas: 'YurtAppSet', yurtappset: 'YurtAppSet', yurtappsets: 'YurtAppSet',
  yad: 'YurtAppDaemon', yurtappdaemon: 'YurtAppDaemon', yurtappdaemons: 'YurtAppDaemon', po: 'Pod', pod: 'Pod', pods: 'Pod',
}))

/** Owner chains are at most pod → ReplicaSet → Deployment → YurtAppSet; a cycle in damaged input ends here. */
const OWNER_LIMIT = 8

const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`
const memberKey = (object: KubeObject): string => `${object.namespace}/${object.name}`

export function inventory(given: readonly KubeObject[]): Inventory {
  const problems: Problem[] = []
  const byKey = new Map<string, KubeObject>()
  for (const object of given) keepNewest(byKey, object, problems)
  const objects = [...byKey.values()]
  const byKind = Map.groupBy(objects, object => object.kind)
  const all = (kind: string): readonly KubeObject[] => byKind.get(kind) ?? []
  const get = (kind: string, name: string, namespace = ''): KubeObject | undefined => byKey.get(keyOf(kind, namespace, name))
  const pods = all('Pod')
  const slices = Map.groupBy(all('EndpointSlice'), slice => `${slice.namespace}/${slice.labels['kubernetes.io/service-name'] ?? ''}`)
  const onNode = Map.groupBy(pods, pod => textOf(pod.body, 'spec', 'nodeName') ?? '')
  const byAddress = podAddresses(pods)
  const ownersOf = (object: KubeObject): readonly Owner[] => ownerChain(object, get)
  const members = once(() => workloadMembers(pods, ownersOf))
  const listed = (kind: string): readonly KubeObject[] | undefined => (byKind.has(kind) ? all(kind) : undefined)
  return {
    objects, problems, all, get, pods, ownersOf,
    looked: kind => byKind.has(kind),
    nodes: all('Node'),
    services: all('Service'),
    slicesOf: service => slices.get(memberKey(service)) ?? [],
    podsOnNode: node => onNode.get(node) ?? [],
    podByAddress: address => byAddress.get(address),
    podsOf: (workload, namespace) => podsOf(workload, namespace, members(), get),
    view: {
      services: listed('Service'), endpointSlices: listed('EndpointSlice'), namespaces: listed('Namespace'),
      pods: listed('Pod'), nodes: listed('Node'),
    },
  }
}

/** The same object in two files (a list and a dump): the newer one counts. */
function keepNewest(byKey: Map<string, KubeObject>, object: KubeObject, problems: Problem[]): void {
  const key = keyOf(object.kind, object.namespace, object.name)
  const known = byKey.get(key)
  if (!known) {
    byKey.set(key, object)
    return
  }
  const [age, other] = [versionOf(known), versionOf(object)]
  if (age === other) return
  if (other > age) byKey.set(key, object)
  problems.push({
    code: 'kube-object-repeated', state: 'ignored', source: other > age ? known.source : object.source,
    message: `${object.kind} ${memberKey(object)} is there twice; the one with the lower resourceVersion is left out`,
  })
}

const versionOf = (object: KubeObject): number => Number(textOf(object.body, 'metadata', 'resourceVersion') ?? 0) || 0

/** Every address of a pod, in the order of `status.podIPs`. */
export function podAddressesOf(pod: KubeObject): readonly string[] {
  const all = listOf(pod.body, 'status', 'podIPs').flatMap(entry => textOf(entry, 'ip') ?? [])
  const first = textOf(pod.body, 'status', 'podIP')
  return all.length > 0 ? all : first !== undefined && first !== '' ? [first] : []
}

export const isHostNetwork = (pod: KubeObject): boolean => fieldOf(pod.body, 'spec', 'hostNetwork') === true

/** A finished pod keeps its address in the status while another pod already has it. */
const isOver = (pod: KubeObject): boolean => ['Succeeded', 'Failed'].includes(textOf(pod.body, 'status', 'phase') ?? '')

function podAddresses(pods: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  const byAddress = new Map<string, KubeObject>()
  for (const pod of pods) {
    if (isHostNetwork(pod) || isOver(pod)) continue
    for (const address of podAddressesOf(pod)) if (!byAddress.has(address)) byAddress.set(address, pod)
  }
  return byAddress
}

type Get = Inventory['get']

function ownerChain(object: KubeObject, get: Get): readonly Owner[] {
  const chain: Owner[] = []
  const start: Owner = { kind: object.kind, name: object.name, namespace: object.namespace, object, by: 'reference' }
  let at = ownerOf(start, object.labels, get)
  while (at && chain.length < OWNER_LIMIT) {
    chain.push(at)
    at = ownerOf(at, at.object?.labels ?? object.labels, get)
  }
  return chain
}

function ownerOf(of: Owner, labels: KubeObject['labels'], get: Get): Owner | undefined {
  const references = listOf(of.object?.body, 'metadata', 'ownerReferences')
  const reference = references.find(one => fieldOf(one, 'controller') === true) ?? references[0]
  const kind = textOf(reference, 'kind')
  const name = textOf(reference, 'name')
  if (kind !== undefined && name !== undefined) {
    return { kind, name, namespace: of.namespace, by: 'reference', object: get(kind, name, of.namespace) ?? get(kind, name) }
  }
  return ownerByConvention(of, labels, get)
}

/** Labels stay on the pod when the ReplicaSet between is not in the bundle. */
function ownerByConvention(of: Owner, labels: KubeObject['labels'], get: Get): Owner | undefined {
  const { kind: from, name: own, namespace } = of
  const made = (kind: string, name: string): Owner => ({ kind, name, namespace, by: 'convention', object: get(kind, name, namespace) })
  const hash = labels['pod-template-hash'] ?? ''
  const hashAt = hash === '' ? -1 : own.lastIndexOf(`-${hash}-`)
  if (from === 'Pod' && hashAt >= 0) return made('ReplicaSet', own.slice(0, hashAt + hash.length + 1))
  if (from === 'ReplicaSet' && hash !== '' && own.endsWith(`-${hash}`)) return made('Deployment', own.slice(0, -hash.length - 1))
  const set = labels['apps.openyurt.io/ref-yurtappset']
  if ((from === 'Deployment' || from === 'StatefulSet') && set !== undefined) return made('YurtAppSet', set)
  return undefined
}

/** Key of a workload → its pods. */
type Members = ReadonlyMap<string, readonly KubeObject[]>

function workloadMembers(pods: readonly KubeObject[], ownersOf: Inventory['ownersOf']): Members {
  const members = new Map<string, KubeObject[]>()
  for (const pod of pods) {
    for (const owner of ownersOf(pod)) {
      const key = keyOf(owner.kind, owner.namespace, owner.name)
      const list = members.get(key)
      if (!list) members.set(key, [pod])
      else if (list.at(-1) !== pod) list.push(pod)
    }
  }
  return members
}

/** A YurtAppSet names its Deployments `<set>-<pool>-<5 random>`: a name without the random part means the one that is there. */
function podsOf(workload: string, namespace: string, members: Members, get: Get): readonly KubeObject[] | undefined {
  const slash = workload.indexOf('/')
  const kind = RESOURCES.get((slash < 0 ? 'deploy' : workload.slice(0, slash)).toLowerCase().split('.')[0] as string)
  const name = workload.slice(slash + 1)
  if (kind === undefined) return undefined
  if (kind === 'Pod') {
    const pod = get('Pod', name, namespace)
    return pod && [pod]
  }
  const exact = members.get(keyOf(kind, namespace, name))
  if (exact) return exact
  const generated = [...members].filter(([key]) => isGenerated(key, keyOf(kind, namespace, name)))
  if (generated.length > 0) return [...new Set(generated.flatMap(([, list]) => list))]
  return get(kind, name, namespace) ? [] : undefined
}

/** `generateName`: the prefix and five characters of Kubernetes' alphabet without vowels. */
const isGenerated = (key: string, prefix: string): boolean =>
  key.length === prefix.length + 6 && key.startsWith(`${prefix}-`) && /^[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(key.slice(-5))

import { expect, test } from 'vitest'
import { clusterOf, objectsFrom } from '../../test/support/cluster-files.ts'
import { inventory } from './inventory.ts'
import { isEdgeCluster, nodePools } from './node-pools.ts'
import { podClasses } from './pod-classes.ts'

const recorded = clusterOf('incident')
const POD = 'order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'

test('a pod belongs to its ReplicaSet, Deployment and YurtAppSet', () => {
  const pod = recorded.get('Pod', POD, 'alpha01')
  expect(pod && recorded.ownersOf(pod).map(owner => `${owner.kind}/${owner.name} ${owner.by}`)).toEqual([
    'ReplicaSet/order-sync-hangzhou-k9v4t-545ddd789c reference', 'Deployment/order-sync-hangzhou-k9v4t reference', 'YurtAppSet/order-sync reference',
  ])
})

test('without the objects between, names and labels tell the owner', () => {
  const cluster = inventory(objectsFrom('apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-7c-x2k9p\n  namespace: a\n  labels:\n    pod-template-hash: 7c\n    apps.openyurt.io/ref-yurtappset: web-set\n'))
  const [pod] = cluster.pods
  expect(pod && cluster.ownersOf(pod).map(owner => `${owner.kind}/${owner.name} ${owner.by}`)).toEqual(['ReplicaSet/web-7c convention', 'Deployment/web convention', 'YurtAppSet/web-set convention'])
  expect(cluster.podsOf('deploy/web', 'a')).toEqual([pod])
})

test('a workload is found by any spelling, and without the random part of a YurtAppSet’s name', () => {
  const podNames = (workload: string, namespace = 'alpha01'): readonly string[] | undefined => recorded.podsOf(workload, namespace)?.map(pod => pod.name)
  expect(podNames('deploy/order-sync-hangzhou')).toEqual([POD])
  expect(podNames('Deployment/order-sync-hangzhou-k9v4t')).toEqual([POD])
  expect(podNames('deployments.apps/order-report')).toEqual(['order-report-7b5f558c54-kllk6'])
  expect(podNames('yurtappset/order-sync')).toEqual([POD, 'order-sync-shanghai-zp72c-84bcd94655-46jgg'])
  expect(podNames('ds/coredns-edge', 'kube-system')).toEqual(['coredns-edge-bz9bq', 'coredns-edge-m2cjd'])
  expect(podNames('deploy/order')).toBeUndefined()
  expect(podNames('gizmo/order')).toBeUndefined()
})

test('owners that own each other end', () => {
  const cluster = inventory(objectsFrom(['a', 'b'].map(name => `apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: ${name}\n  ownerReferences:\n  - kind: ReplicaSet\n    name: ${name === 'a' ? 'b' : 'a'}\n`).join('---\n')))
  expect(cluster.ownersOf(cluster.all('ReplicaSet')[0]!).length).toBe(8)
})

test('a kind of which there is no object was not looked at', () => {
  const cluster = inventory(objectsFrom('apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n'))
  expect(cluster.view).toMatchObject({ services: [{ name: 'a' }], endpointSlices: undefined, pods: undefined })
})

test('of the same object in two files the newer one counts', () => {
  const of = (version: string): string => `apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n  resourceVersion: "${version}"\n`
  const cluster = inventory([...objectsFrom(of('9'), 'one'), ...objectsFrom(of('10'), 'two')])
  expect(cluster.nodes.map(node => node.source.file)).toEqual(['two'])
  expect(cluster.problems).toMatchObject([{ code: 'kube-object-repeated', source: { file: 'one' } }])
})

test('pools are those of the labels, and a plain cloud cluster has none', () => {
  const pools = nodePools(recorded)
  expect(pools.names).toEqual(['cloud-default', 'hangzhou', 'shanghai'])
  expect(pools.nodesOf('hangzhou')).toEqual(['hz-edge-1', 'hz-edge-2'])
  expect(pools.poolOf('hz-edge-2')).toMatchObject({ value: 'hangzhou', source: { file: 'cluster/nodes.yaml', text: 'hangzhou' } })
  expect(pools.object('np8b21d6e0c3')?.name).toBe('hangzhou')
  const plain = inventory(objectsFrom('apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n  labels:\n    alibabacloud.com/nodepool-id: np1\n'))
  expect(isEdgeCluster(plain)).toBe(false)
  expect(nodePools(plain).poolOf('a')).toBeUndefined()
})

test('pods of one pool, namespace and image with the same DNS are one class', () => {
  const classes = podClasses(recorded, nodePools(recorded))
  expect(classes.map(one => `${one.name}: ${one.pods.length}`)).toEqual([
    'cloud-default ClusterFirst order-admin: 1', 'hangzhou ClusterFirst order-report: 1', 'hangzhou ClusterFirst order-sync: 1', 'shanghai ClusterFirst order-sync: 1',
    'hangzhou ClusterFirst web-gw: 1', 'cloud-1 Default coredns: 1', 'hz-edge-1 Default coredns-edge: 1', 'sh-edge-1 Default coredns-edge: 1',
  ])
})

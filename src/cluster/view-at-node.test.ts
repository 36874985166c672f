import { expect, test } from 'vitest'
import { clusterOf, objectsFrom } from '../../test/support/cluster-files.ts'
import { listOf, textOf } from './fields.ts'
import { inventory } from './inventory.ts'
import { nodePools } from './node-pools.ts'
import { viewAtNode } from './view-at-node.ts'
import { yurtHubOf } from './yurthub.ts'

const recorded = clusterOf('incident')

function addressesAt(node: string, slice: string): readonly string[] {
  const view = viewAtNode(recorded, nodePools(recorded), yurtHubOf(recorded, node).value)
  return listOf(view.endpointSlices?.find(one => one.name === slice)?.body, 'endpoints').flatMap(one => textOf(one, 'addresses', 0) ?? [])
}

test('CoreDNS of a pool knows only that pool\u2019s endpoints of an annotated Service', () => {
  expect(addressesAt('hz-edge-1', 'order-sync-v94h6')).toEqual(['172.17.5.163'])
  expect(addressesAt('sh-edge-1', 'order-sync-v94h6')).toEqual(['172.17.6.23'])
  expect(addressesAt('sh-edge-1', 'web-gw-n2flt')).toEqual(['172.17.5.170'])
})

test('what is left points at the lines it is written on', () => {
  const view = viewAtNode(recorded, nodePools(recorded), yurtHubOf(recorded, 'sh-edge-1').value)
  const slice = view.endpointSlices?.find(one => one.name === 'order-sync-v94h6')
  expect(slice?.at('endpoints', 0, 'addresses', 0)).toMatchObject({ file: 'cluster/endpointslices.yaml', text: '172.17.6.23' })
})

test('without YurtHub, or without slices, the view is the cluster\u2019s', () => {
  const plain = inventory(objectsFrom('apiVersion: v1\nkind: Node\nmetadata: {name: n}\n'))
  expect(viewAtNode(plain, nodePools(plain), yurtHubOf(plain, 'n').value)).toBe(plain.view)
  expect(viewAtNode(recorded, nodePools(recorded), yurtHubOf(recorded, 'cloud-1').value)).toBe(recorded.view)
})

test('a filter that yurt-hub-cfg sets on CoreDNS takes Services away from it, unless it is switched off', () => {
  const servicesAt = (command: string): readonly string[] | undefined => {
    const cluster = inventory(objectsFrom(`apiVersion: v1
kind: Node
metadata: {name: n, labels: {openyurt.io/is-edge-worker: "true"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: yurt-hub-cfg, namespace: kube-system}
data: {discardcloudservice: "coredns"}
---
apiVersion: v1
kind: Service
metadata: {name: lb, namespace: d, annotations: {svc.openyurt.io/discard: "true"}}
spec: {type: LoadBalancer, clusterIP: 10.96.0.9}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: d}
spec: {clusterIP: 10.96.0.10}
---
apiVersion: v1
kind: Pod
metadata: {name: yurt-hub-n, namespace: kube-system}
spec: {nodeName: n, containers: [{name: h, image: "openyurt/yurthub:v1.6.0", command: [yurthub, ${command}]}]}
`))
    return viewAtNode(cluster, nodePools(cluster), yurtHubOf(cluster, 'n').value).services?.map(service => service.name)
  }
  expect(servicesAt('--v=2')).toEqual(['web'])
  expect(servicesAt('--disabled-resource-filters=discardcloudservice')).toEqual(['lb', 'web'])
})

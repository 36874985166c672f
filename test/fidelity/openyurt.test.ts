// YurtHub against what six releases of it did: the topology filter (groups annotation, node and object) and the Service filters.
import { expect, test } from 'vitest'
import { readObjects } from '../../src/cluster/objects.ts'
import { endpointsSets, sliceSet, type Endpoint } from '../../src/cluster/endpoint-slices.ts'
import { inventory, type Inventory } from '../../src/cluster/inventory.ts'
import { nodePools } from '../../src/cluster/node-pools.ts'
import { filterEndpoints, releaseNumber, TOPOLOGY_ANNOTATION, topologyScope, type TopologyFilter } from '../../src/cluster/yurthub-topology.ts'
import type { KubeObject } from '../../src/chain/model.ts'
import { droppedBy } from '../../src/cluster/yurthub-services.ts'
import { rows } from './rows.ts'

interface Row {
  readonly version: string
  readonly group: string
  readonly case: string
  readonly env: { readonly nodeName: string; readonly nodePoolName: string; readonly enableNodePool: boolean; readonly enablePoolServiceTopology: boolean; readonly workingMode: 'edge' | 'cloud' }
  readonly cluster: Readonly<Record<string, readonly object[]>>
  readonly in: readonly object[]
  readonly out?: readonly object[]
  readonly panic?: string
  readonly error?: string
}

const objectsOf = (list: readonly object[]): readonly KubeObject[] => readObjects('cluster/list.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: list })).value

type Result = 'panics' | 'hangs' | readonly (readonly string[])[]

const addresses = (endpoints: readonly Endpoint[]): string[] => endpoints.map(endpoint => `${endpoint.address}${endpoint.ready ? '' : ' not ready'}`)
const setsOf = (object: KubeObject) => (object.kind === 'Endpoints' ? endpointsSets(object) : [sliceSet(object)])

const filterOf = ({ version, env }: Row): TopologyFilter => ({
  version: releaseNumber(version), node: env.nodeName, poolFlag: env.nodePoolName, enableNodePool: env.enableNodePool, enablePoolServiceTopology: env.enablePoolServiceTopology,
})

function predicted(row: Row): Result {
  const cluster: Inventory = inventory(objectsOf(Object.values(row.cluster).flat()))
  const { view } = nodePools(cluster)
  const filter = filterOf(row)
  let panics = false
  let hangs = false
  const out = objectsOf(row.in).map(object => {
    const name = object.kind === 'Endpoints' ? object.name : object.labels['kubernetes.io/service-name']
    const service = name === undefined ? undefined : cluster.get('Service', name, object.namespace)
    return setsOf(object).flatMap(set => {
      const scope = topologyScope(filter, service?.annotations[TOPOLOGY_ANNOTATION], set.shape, view)
      const filtered = filterEndpoints(set.endpoints, scope, set.shape, filter.version)
      panics ||= filtered.panics
      hangs ||= scope.kind === 'hangs'
      return addresses(filtered.kept)
    })
  })
  return hangs ? 'hangs' : panics ? 'panics' : out
}

function recorded(row: Row): Result {
  if (row.panic !== undefined) return 'panics'
  if (row.error !== undefined) return 'hangs'
  const out = objectsOf(row.out ?? [])
  return objectsOf(row.in).map(object => {
    const left = out.find(one => one.name === object.name && one.namespace === object.namespace)
    return left ? setsOf(left).flatMap(set => addresses(set.endpoints)) : ['(object gone)']
  })
}

const all = rows<Row>('openyurt-topology')

for (const group of ['annotation', 'node', 'object']) {
  test(`YurtHub gives this node the endpoints that every release gave it: ${group}`, () => {
    const of = all.filter(row => row.group === group)
    expect(of.length).toBeGreaterThan(100)
    const different = of.flatMap(row => {
      const [mine, theirs] = [JSON.stringify(predicted(row)), JSON.stringify(recorded(row))]
      return mine === theirs ? [] : [`${row.version} ${row.case}: ${mine} instead of ${theirs}`]
    })
    expect(different).toEqual([])
  })
}

for (const group of ['discardcloudservice', 'nodeportisolation']) {
  test(`Services taken away from kube-proxy are those that every release took away: ${group}`, () => {
    const of = all.filter(row => row.group === group)
    expect(of.length).toBeGreaterThan(50)
    for (const row of of) {
      const { view } = nodePools(inventory(objectsOf(Object.values(row.cluster).flat())))
      const left = objectsOf(row.in).filter(service => !droppedBy(filterOf(row), row.env.workingMode, service, view)).map(service => service.name)
      expect(left, `${row.version} ${row.case}`).toEqual(objectsOf(row.out ?? []).map(service => service.name))
    }
  })
}

import { expect, test } from 'vitest'
import { clusterOf, objectsFrom } from '../../test/support/cluster-files.ts'
import { corednsPods } from './coredns-pods.ts'
import { inventory, type Inventory } from './inventory.ts'
import { nodePools } from './node-pools.ts'
import { dnsByPool, placementOf, placements } from './placement.ts'
import { matchesExpression, matchesSelector } from './selector.ts'

const recorded = clusterOf('incident')

test('the recorded workloads: one a pool by YurtAppSet, and which pools have CoreDNS', () => {
  const pools = nodePools(recorded)
  const of = placements(recorded, pools)
  expect(of.map(one => `${one.workload.kind}/${one.workload.name} ${one.kind} ${[...one.podsByPool].join(' ')} (${one.emptyPools.join()})`)).toEqual([
    'Deployment/order-admin pinned cloud-default,1 ()', 'Deployment/order-report pinned hangzhou,1 ()', 'Deployment/order-sync-hangzhou-k9v4t per-pool hangzhou,1 ()',
    'Deployment/order-sync-shanghai-zp72c per-pool shanghai,1 ()', 'Deployment/web-gw pinned hangzhou,1 ()', 'Deployment/coredns pinned cloud-default,1 ()',
    'DaemonSet/coredns-edge daemon hangzhou,1 shanghai,1 ()',
  ])
  expect(dnsByPool(recorded, pools, corednsPods(recorded).value).map(one => `${one.pool} ${one.servers.length} ${one.clients}`)).toEqual(['cloud-default 1 1', 'hangzhou 1 3', 'shanghai 1 1'])
})

interface Spread { readonly replicas?: number; readonly constraint?: string; readonly strategy?: string; readonly affinity?: string }

const spread = ({ replicas = 3, constraint = '', strategy = '{}', affinity = '[a, b, c]' }: Spread): Inventory => inventory(objectsFrom(`
${[['n1', 'a'], ['n2', 'b'], ['n3', 'c']].map(([node, pool]) => `apiVersion: v1\nkind: Node\nmetadata: {name: ${node}, labels: {apps.openyurt.io/nodepool: ${pool}}}\n---`).join('\n')}
${['n1', 'n1', 'n2'].map((node, at) => `apiVersion: v1\nkind: Pod\nmetadata: {name: web-7c-x${at}, namespace: d, labels: {app: web, pod-template-hash: 7c}}\nspec: {nodeName: ${node}}\n---`).join('\n')}
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: d}
spec:
  replicas: ${replicas}
  strategy: ${strategy}
  template:
    metadata: {labels: {app: web}}
    spec:
      affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: apps.openyurt.io/nodepool, operator: In, values: ${affinity}}]}]}}}
      topologySpreadConstraints:
      - {topologyKey: apps.openyurt.io/nodepool, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}${constraint}}
`))

const placed = (cluster: Inventory) => placementOf(cluster, nodePools(cluster), cluster.get('Deployment', 'web', 'd')!)

test('a spread Deployment that left a pool empty, and why it could', () => {
  const of = placed(spread({}))
  expect(of).toMatchObject({ kind: 'spread', pools: ['a', 'b', 'c'], emptyPools: ['c'], pending: 0 })
  expect([...of.podsByPool]).toEqual([['a', 2], ['b', 1]])
  expect(of.weaknesses.map(one => one.kind)).toEqual(['no-min-domains', 'rolling-update-moves'])
})

test.each([
  [{ constraint: ', matchLabelKeys: [pod-template-hash], minDomains: 3' }, []],
  [{ strategy: '{rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}', constraint: ', minDomains: 3' }, []],
  [{ strategy: '{type: Recreate}', constraint: ', minDomains: 3', replicas: 4 }, ['replicas-not-pools']],
  [{ strategy: '{type: Recreate}', constraint: ', minDomains: 3, labelSelector: {matchLabels: {app: other}}' }, ['selector-misses-own-pods']],
  [{ affinity: '[a, b]', replicas: 2, strategy: '{type: Recreate}', constraint: ', minDomains: 2' }, []],
] as const)('weaknesses of %j', (given, kinds) => {
  expect(placed(spread(given)).weaknesses.map(one => one.kind)).toEqual(kinds)
})

test('label expressions', () => {
  const labels = { a: '1', n: '5' }
  const holds = (operator: string, key: string, values: readonly string[] = []): boolean => matchesExpression({ key, operator, values }, labels)
  expect([holds('In', 'a', ['1']), holds('In', 'b', ['1']), holds('NotIn', 'b', ['1']), holds('NotIn', 'a', ['1']), holds('Exists', 'a'), holds('DoesNotExist', 'a'), holds('Gt', 'n', ['4']), holds('Lt', 'n', ['4']), holds('Like', 'a')])
    .toEqual([true, false, true, false, true, false, true, false, false])
  expect([matchesSelector(null, labels), matchesSelector({}, labels), matchesSelector({ matchLabels: { a: '1' } }, labels), matchesSelector({ matchLabels: { toString: '1' } }, labels)]).toEqual([false, true, true, false])
})

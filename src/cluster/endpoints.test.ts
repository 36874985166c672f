import { expect, test } from 'vitest'
import { bundleText, clusterOf, objectsFrom } from '../../test/support/cluster-files.ts'
import type { Inventory } from './inventory.ts'
import { inventory } from './inventory.ts'
import { serviceAtNode, type ServiceAtNode } from './endpoints.ts'
import { readIptablesRules } from './iptables-rules.ts'
import { nodePools } from './node-pools.ts'
import { yurtHubOf } from './yurthub.ts'

function seenFrom(cluster: Inventory, node: string, rulesText?: string): { readonly value: ServiceAtNode; readonly codes: readonly string[] } {
  const pools = nodePools(cluster)
  const service = cluster.get('Service', 'kube-dns', 'kube-system')!
  const hub = yurtHubOf(cluster, node).value
  const rules = rulesText === undefined ? undefined : readIptablesRules(`nodes/${node}/iptables-save.txt`, rulesText).value
  const { value, problems } = serviceAtNode({ cluster, pools, service, node, hub, ...(rules && { rules }) })
  return { value: value[0]!, codes: problems.map(problem => problem.code) }
}

const addresses = (of: ServiceAtNode): string[] => of.service.endpoints.map(endpoint => endpoint.value.address)

const recorded = clusterOf('incident')

test.each([['hz-edge-1', '172.17.5.159'], ['hz-edge-2', '172.17.5.159'], ['sh-edge-1', '172.17.6.12']])('%s is left with its pool’s CoreDNS %s, as its rules show', (node, address) => {
  const predicted = seenFrom(recorded, node).value
  expect(addresses(predicted)).toEqual([address])
  const installed = seenFrom(recorded, node, bundleText('incident', `nodes/${node}/iptables-save.txt`)).value
  expect(installed.installed).toEqual([address])
  expect(addresses(installed)).toEqual(installed.predicted)
  expect(installed.service.endpoints[0]?.source).toMatchObject({ file: `nodes/${node}/iptables-save.txt`, behind: [{ file: 'cluster/endpointslices.yaml', text: address }] })
})

test('the others are left out by their pool, and the annotation is the line that decides', () => {
  const { value } = seenFrom(recorded, 'hz-edge-1')
  expect(value.removed.map(one => `${one.address} ${one.node} ${one.because}`)).toEqual(['172.17.4.8 cloud-1 apps.openyurt.io/nodepool=cloud-default', '172.17.6.12 sh-edge-1 apps.openyurt.io/nodepool=shanghai'])
  expect(value.service).toMatchObject({ name: 'kube-system/kube-dns', address: '192.168.0.10', port: 53, protocols: ['udp', 'tcp'], affinity: 'flow', whenEmpty: 'reject', source: { file: 'cluster/services.yaml', text: 'openyurt.io/nodepool' } })
  expect(value.topology?.source.line).toBe(value.service.source.line)
})

test('a node of which nothing shows a YurtHub sees every endpoint, unless its rules say otherwise', () => {
  expect(addresses(seenFrom(recorded, 'cloud-1').value)).toEqual(['172.17.4.8', '172.17.5.159', '172.17.6.12'])
  expect(addresses(seenFrom(recorded, 'cloud-1', bundleText('incident', 'nodes/cloud-1/iptables-save.txt')).value)).toEqual(['172.17.4.8'])
})

interface Made {
  readonly annotation?: string
  readonly spec?: string
  readonly endpoints?: string
  readonly release?: string
  readonly flag?: string
  readonly more?: string
}

/** Two pools a (n1, n2) and b (n3); `e3` is not ready. */
const made = ({ annotation = 'openyurt.io/nodepool', spec = '', endpoints = '10.1.0.1 n1, 10.1.0.3 n3', release = 'v1.6.0', flag = '--v=2', more = '' }: Made): Inventory => inventory(objectsFrom(`
${[['n1', 'a'], ['n2', 'a'], ['n3', 'b']].map(([node, pool]) => `apiVersion: v1
kind: Node
metadata: {name: ${node}, labels: {apps.openyurt.io/nodepool: ${pool}, openyurt.io/is-edge-worker: "true", topology.kubernetes.io/zone: z${pool}}}
---
apiVersion: v1
kind: Pod
metadata: {name: yurt-hub-${node}, namespace: kube-system}
spec: {nodeName: ${node}, containers: [{name: hub, image: "openyurt/yurthub:${release}", command: [yurthub, ${flag}]}]}
---`).join('\n')}
${[['a', '[n1, n2]'], ['b', '[n3]']].map(([pool, nodes]) => `apiVersion: apps.openyurt.io/v1beta1
kind: NodePool
metadata: {name: ${pool}}
status: {nodes: ${nodes}}
---`).join('\n')}
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system, annotations: {openyurt.io/topologyKeys: "${annotation}"}}
spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]${spec}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-1, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
endpoints: [${endpoints.split(', ').filter(one => one !== '').map(one => { const [ip, node, ready = 'true'] = one.split(' '); return `{addresses: [${ip}], nodeName: ${node}, conditions: {ready: ${ready}}}` }).join(', ')}]
ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}]
${more}`))

test('a pool without CoreDNS gets a refusal, not the other pool’s', () => {
  const { value } = seenFrom(made({ endpoints: '10.1.0.3 n3' }), 'n1')
  expect(value.service).toMatchObject({ endpoints: [], whenEmpty: 'reject' })
  expect(value.removed.map(one => one.address)).toEqual(['10.1.0.3'])
  expect(value.unused).toEqual([])
})

test('a local endpoint that is not ready is another cause than the topology', () => {
  const { value } = seenFrom(made({ endpoints: '10.1.0.1 n1 false, 10.1.0.3 n3' }), 'n1')
  expect(value.service.endpoints).toEqual([])
  expect(value.unused.map(one => `${one.address} ${one.because}`)).toEqual(['10.1.0.1 conditions.ready=false'])
})

test('internalTrafficPolicy Local without a local endpoint is silent', () => {
  const { value } = seenFrom(made({ annotation: '', spec: ', internalTrafficPolicy: Local' }), 'n2')
  expect(value.service).toMatchObject({ endpoints: [], whenEmpty: 'drop', source: { text: 'Local' } })
  expect(value.unused.map(one => one.because)).toEqual(['internalTrafficPolicy=Local', 'internalTrafficPolicy=Local'])
})

test.each([
  ['a list is an unknown value', { annotation: 'kubernetes.io/hostname,openyurt.io/nodepool' }, 'topology-unknown-value'],
  ['v1.7 with its pool flag fails open', { release: 'v1.7.0', flag: '--nodepool-name=a' }, 'topology-fails-open'],
  ['the filter is switched off', { flag: '--disabled-resource-filters=servicetopology' }, 'topology-switched-off'],
  ['kube-proxy of a release before v1.2 asks the API server itself', { release: 'v1.1.0', more: '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system}\ndata: {config.conf: "clientConnection:\\n  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf\\n"}\n' }, 'topology-bypassed'],
] as const)('%s: every endpoint', (_, given: Made, code) => {
  const { value, codes } = seenFrom(made(given), 'n1')
  expect(addresses(value)).toEqual(['10.1.0.1', '10.1.0.3'])
  expect(codes).toEqual([code])
})

test('rules that hold a foreign endpoint show that the annotation is not in effect', () => {
  const rules = `*nat\n-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m udp --dport 53 -j KUBE-SVC-A\n${['10.1.0.1', '10.1.0.3'].map((ip, at) => `-A KUBE-SVC-A${at === 0 ? ' -m statistic --mode random --probability 0.5' : ''} -j KUBE-SEP-${at}\n-A KUBE-SEP-${at} -j DNAT --to-destination ${ip}:53\n`).join('')}`
  const { value } = seenFrom(made({}), 'n1', rules)
  expect(value.predicted).toEqual(['10.1.0.1'])
  expect(value.installed).toEqual(['10.1.0.1', '10.1.0.3'])
  expect(value.removed.filter(one => value.installed?.includes(one.address)).map(one => one.address)).toEqual(['10.1.0.3'])
})

test('the TCP port may have other endpoints than the UDP port', () => {
  const { value } = seenFrom(made({ spec: ', ports: [{name: dns, port: 53, protocol: UDP}, {name: other, port: 53, protocol: TCP}]' }), 'n1')
  expect(addresses(value)).toEqual(['10.1.0.1'])
  expect(value.service.tcp).toEqual({ endpoints: [], whenEmpty: 'reject' })
})

test('without slices the endpoints are inferred from ready pods, and that is said', () => {
  const { value, codes } = seenFrom(inventory(objectsFrom(`apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{name: dns, port: 53, protocol: UDP, targetPort: dns}]}
---
apiVersion: v1
kind: Pod
metadata: {name: c, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {nodeName: n1, containers: [{name: c, image: coredns, ports: [{name: dns, containerPort: 5353}]}]}
status: {podIP: 10.1.0.1, conditions: [{type: Ready, status: "True"}]}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
`)), 'n1')
  expect(value.service.endpoints).toMatchObject([{ value: { address: '10.1.0.1', port: 5353, node: 'n1' }, source: { obtained: 'inferred' } }])
  expect(codes).toEqual(['endpoints-not-seen'])
})

test('a Service that YurtHub takes away leads nowhere on that node', () => {
  const cluster = made({ spec: ', type: LoadBalancer', release: 'v1.4.0' })
  const { value, codes } = seenFrom(cluster, 'n1')
  expect(value.service).toMatchObject({ endpoints: [], whenEmpty: 'drop' })
  expect(codes).toEqual(['service-dropped-by-yurthub'])
})

test.each([
  ['mode: ipvs', 'turn'], ['mode: "ipvs"\nipvs:\n  scheduler: ""', 'turn'], ['mode: ipvs\nipvs:\n  scheduler: sh', 'client'], ['mode: ""', 'flow'], ['mode: nftables', 'flow'],
])('kube-proxy with %s: %s', (config, affinity) => {
  const more = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy, namespace: kube-system}\ndata: {config.conf: ${JSON.stringify(config)}}\n`
  expect(seenFrom(made({ more }), 'n1').value.service.affinity).toBe(affinity)
})

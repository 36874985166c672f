import { expect, test } from 'vitest'
import { clusterOf, objectsFrom } from '../../test/support/cluster-files.ts'
import { corednsPods, dnsServices, ownerOfAddress } from './coredns-pods.ts'
import { inventory, type Inventory } from './inventory.ts'

const recorded = clusterOf('incident')

const pod = (name: string, image: string, more = ''): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: kube-system
  labels:
    k8s-app: kube-dns
spec:
  nodeName: n1
  containers:
  - name: dns
    image: ${image}
${more}`
const K3S = `    args: ["-conf", "/etc/coredns/Corefile"]
    volumeMounts:
    - {name: config-volume, mountPath: /etc/coredns}
    - {name: custom-config-volume, mountPath: /etc/coredns/custom}
  volumes:
  - name: config-volume
    configMap: {name: coredns, items: [{key: Corefile, path: Corefile}, {key: NodeHosts, path: NodeHosts}]}
  - name: custom-config-volume
    configMap: {name: coredns-custom, optional: true}
`
const K3S_MAPS = `---
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data: {Corefile: ".:53 {\\n}\\n", NodeHosts: "10.0.0.1 n1\\n", other: x}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns-custom, namespace: kube-system}
data: {corp.server: "corp:53 {\\n}\\n"}
`
const of = (text: string): Inventory => inventory(objectsFrom(text))

test('the recorded CoreDNS pods: version, Corefile and its place', () => {
  const { value, problems } = corednsPods(recorded)
  expect(problems).toEqual([])
  expect(value.map(one => `${one.place} ${one.node} ${one.addresses.join()} ${one.version?.value} ${one.corefile?.file}`)).toEqual([
    'kube-system/coredns-b795f9755-2dht7 cloud-1 172.17.4.8 1.9.3 cluster/configmaps.yaml#kube-system/coredns/Corefile',
    'kube-system/coredns-edge-bz9bq hz-edge-1 172.17.5.159 1.9.3 cluster/configmaps.yaml#kube-system/coredns/Corefile',
    'kube-system/coredns-edge-m2cjd sh-edge-1 172.17.6.12 1.9.3 cluster/configmaps.yaml#kube-system/coredns/Corefile',
  ])
  expect(value[0]?.corefile).toMatchObject({ path: '/etc/coredns/Corefile', source: { file: 'cluster/configmaps.yaml', line: 5 } })
})

test.each([
  ['registry.k8s.io/coredns/coredns:v1.11.1', '1.11.1'], ['602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/coredns:v1.8.4-eksbuild.1', '1.8.4'], ['rancher/mirrored-coredns-coredns:1.10.1', '1.10.1'],
  ['reg.example:5000/coredns:1.9.3@sha256:0a1b', '1.9.3'], ['coredns/coredns:latest', undefined], ['coredns/coredns', undefined],
])('the version of %s', (image, version) => {
  expect(corednsPods(of(pod('x', image))).value.map(one => one.version?.value)).toEqual([version])
})

test.each(['registry.k8s.io/cpa/cluster-proportional-autoscaler:1.8.9', 'registry.k8s.io/dns/k8s-dns-kube-dns:1.22.0', 'example/coredns-exporter:1.0.0'])('%s is no CoreDNS', image => {
  expect(corednsPods(of(pod('x', image))).value).toEqual([])
})

test('k3s: NodeHosts and the custom folder are files of the container', () => {
  const { value: [server] } = corednsPods(of(pod('x', 'rancher/mirrored-coredns-coredns:1.10.1', K3S) + K3S_MAPS))
  expect([...(server?.files.keys() ?? [])]).toEqual(['/etc/coredns/Corefile', '/etc/coredns/NodeHosts', '/etc/coredns/custom/corp.server'])
  expect(server?.files.get('/etc/coredns/NodeHosts')?.text).toBe('10.0.0.1 n1\n')
})

test('an image of another name with the labels and a Corefile is CoreDNS; a missing ConfigMap is said', () => {
  const { value, problems } = corednsPods(of(pod('x', 'reg.example/dns:7', K3S) + K3S_MAPS))
  expect(value).toMatchObject([{ role: 'coredns', version: undefined, corefilePath: '/etc/coredns/Corefile' }])
  expect(problems).toEqual([])
  const without = corednsPods(of(pod('x', 'coredns/coredns:1.11.3', K3S)))
  expect(without.value[0]?.corefile).toBeUndefined()
  expect(without.problems.map(problem => `${problem.code} ${problem.state}`)).toEqual(['configmap-not-seen unknown', 'configmap-not-seen ignored'])
})

test('NodeLocal DNSCache is recognised, and its template is looked for', () => {
  const cluster = of(pod('node-local-dns-x', 'registry.k8s.io/dns/k8s-dns-node-cache:1.23.1', '    args: ["-localip", "169.254.20.10,10.96.0.10", "-conf", "/etc/Corefile"]\n'))
  const { value, problems } = corednsPods(cluster)
  expect(value).toMatchObject([{ role: 'node-local-dns', corefilePath: '/etc/coredns/Corefile.base' }])
  expect(problems).toEqual([])
  expect(ownerOfAddress(cluster, value, '169.254.20.10')).toMatchObject({ kind: 'coredns' })
})

test('the DNS Service and who has an address', () => {
  const servers = corednsPods(recorded).value
  expect(dnsServices(recorded, servers).map(one => `${one.service.name} ${one.addresses.join()} ${one.servers.length}`)).toEqual(['kube-dns 192.168.0.10 3'])
  expect(ownerOfAddress(recorded, servers, '192.168.0.10')).toMatchObject({ kind: 'service', service: { name: 'kube-dns' } })
  expect(ownerOfAddress(recorded, servers, '172.17.5.159')).toMatchObject({ kind: 'coredns' })
  expect(ownerOfAddress(recorded, servers, '172.17.5.163')).toMatchObject({ kind: 'pod' })
  expect(ownerOfAddress(recorded, servers, '172.16.10.11')).toMatchObject({ kind: 'node', node: { name: 'cloud-1' } })
  expect(ownerOfAddress(recorded, servers, '10.9.9.9')).toBeUndefined()
})

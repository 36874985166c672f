import { expect, test } from 'vitest'
import { objectsFrom } from '../../test/support/cluster-files.ts'
import { corednsPods } from './coredns-pods.ts'
import { inventory, type Inventory } from './inventory.ts'
import { readIptablesRules } from './iptables-rules.ts'
import { nodeLocalAddresses, upstreamAddress, type NodeLocalPod } from './node-local.ts'

const RUNNING = 'containerStatuses: [{name: cache, state: {running: {}}}]'
const text = ({ args = '', status = RUNNING, mode = 'iptables', spec = '', service = '' } = {}): string => `apiVersion: v1
kind: Pod
metadata: {name: node-local-dns-x, namespace: kube-system}
spec:
  nodeName: n1
  hostNetwork: true
${spec}  containers:
  - name: cache
    image: registry.k8s.io/dns/k8s-dns-node-cache:1.26.7
    args: [-localip, "169.254.20.10,10.96.0.10", -conf, /etc/Corefile, -upstreamsvc=kube-dns-upstream${args}]
status:
  startTime: "2026-01-02T00:00:00Z"
  ${status}
---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, ports: [{port: 53, protocol: UDP}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data: {config.conf: "mode: ${mode}\\n"}
${service}`
const UPSTREAM = `---
apiVersion: v1
kind: Service
metadata: {name: kube-dns-upstream, namespace: kube-system, creationTimestamp: "2026-01-01T00:00:00Z"}
spec: {clusterIP: 10.96.77.7, ports: [{port: 53, protocol: UDP}]}
`
const of = (settings: Parameters<typeof text>[0]): { readonly cluster: Inventory; readonly server: NodeLocalPod } => {
  const cluster = inventory(objectsFrom(text(settings)))
  return { cluster, server: corednsPods(cluster).value[0] as NodeLocalPod }
}
const addresses = (settings: Parameters<typeof text>[0], iptables?: string, isRefused = false): unknown => {
  const { cluster, server } = of(settings)
  const { own, nobodys, problems } = nodeLocalAddresses(cluster, server, iptables === undefined ? undefined : readIptablesRules('rules', iptables).value, isRefused)
  return { own: own.map(a => a.value), nobodys: nobodys.map(a => a.value), problems: problems.map(p => p.code) }
}

const BOTH = { own: ['169.254.20.10', '10.96.0.10'], nobodys: [], problems: [] }
const LINK_LOCAL_ONLY = { own: ['169.254.20.10'], nobodys: [], problems: ['node-local-not-in-front'] }

test('with iptables the node meets it at its own address and in front of the Service', () => {
  expect(addresses({})).toEqual(BOTH)
})

test('with ipvs the Service address stays kube-proxy\'s', () => {
  expect(addresses({ mode: 'ipvs' })).toEqual(LINK_LOCAL_ONLY)
})

test('without a NOTRACK rule kube-proxy\'s rules come first', () => {
  expect(addresses({ args: ', -setupiptables=false' })).toEqual(LINK_LOCAL_ONLY)
  const proxied = '*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n'
  expect(addresses({}, proxied)).toEqual(LINK_LOCAL_ONLY)
  expect(addresses({}, `*raw\n-A PREROUTING -d 10.96.0.10/32 -p udp -m udp --dport 53 -j NOTRACK\nCOMMIT\n${proxied}`)).toEqual(BOTH)
  expect(addresses({}, undefined, true)).toEqual(LINK_LOCAL_ONLY)
})

test('an orderly end takes the interface away; one that was killed leaves it, and nobody listens', () => {
  const ended = (code: number): string => `containerStatuses: [{name: cache, state: {waiting: {}}, lastState: {terminated: {exitCode: ${code}}}}]`
  expect(addresses({ status: ended(0) })).toEqual({ own: [], nobodys: ['169.254.20.10'], problems: [] })
  expect(addresses({ status: ended(137) })).toEqual(BOTH)
})

test('the Service of -upstreamsvc is looked up once: one made later, or hidden by enableServiceLinks, is none', () => {
  const address = (settings: Parameters<typeof text>[0]): unknown => {
    const { cluster, server } = of(settings)
    return upstreamAddress(cluster, server)?.value
  }
  expect(address({ service: UPSTREAM })).toBe('10.96.77.7')
  expect(address({ service: UPSTREAM.replace('2026-01-01', '2026-01-03') })).toBeUndefined()
  expect(address({ service: UPSTREAM, spec: '  enableServiceLinks: false\n' })).toBeUndefined()
  expect(address({})).toBeUndefined()
})

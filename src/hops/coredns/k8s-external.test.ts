import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { kubeObject } from '../../../test/support/cluster-files.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'

const service = (name: string, spec: object, status: object = {}) => kubeObject({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'ns' }, spec, status })
const ports = [{ name: 'http', port: 80, protocol: 'TCP' }]
const services = [
  service('web', { clusterIP: '10.96.0.5', externalIPs: ['198.51.100.7'], ports }, { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } }),
  service('lb', { clusterIP: '10.96.0.6', ports }, { loadBalancer: { ingress: [{ hostname: 'lb.cloud.test' }] } }),
  service('db', { clusterIP: 'None', ports }), service('plain', { clusterIP: '10.96.0.7', ports }),
]
const endpointSlices = [kubeObject({
  apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'db-1', namespace: 'ns', labels: { 'kubernetes.io/service-name': 'db' } },
  endpoints: [{ addresses: ['10.244.1.4'], hostname: 'db-0' }], ports,
})]
const namespaces = [kubeObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } })]
const kubernetes = { services, endpointSlices, namespaces, pods: [], nodes: [] }
const corefile = (options = ''): string =>
  `. {\n k8s_external out.test 100.51.198.in-addr.arpa {\n${options} }\n kubernetes cluster.local {\n  ttl 30\n }\n forward . 10.0.0.53\n}\n`
const upstreams = { '10.0.0.53': zone('lb.cloud.test. 90 A 192.0.2.80') }

const ask = (name: string, type = 'A', options = '', version = '1.11.3'): unknown => {
  const reply = oneCoredns(version, corefile(options), upstreams, { kubernetes }).ask({ name, type })
  if (reply === LOST) return LOST
  const lines = [...reply.answer, ...reply.authority, ...reply.additional].map(r => `${r.name} ${r.ttlS} ${r.type} ${r.data}`)
  return reply.rcode === 'NOERROR' ? lines : [reply.rcode, ...lines]
}
const SOA = 'out.test. 5 SOA ns1.dns.out.test. hostmaster.dns.out.test. 1 7200 1800 86400 5'

test('a Service has its external and load balancer addresses, in the TTL of this plugin', () => {
  expect(ask('Web.ns.out.test.')).toEqual(['Web.ns.out.test. 5 A 198.51.100.7', 'Web.ns.out.test. 5 A 203.0.113.9'])
  expect(ask('web.ns.out.test.', 'A', '  ttl 60\n')).toEqual(['web.ns.out.test. 60 A 198.51.100.7', 'web.ns.out.test. 60 A 203.0.113.9'])
  expect(ask('plain.ns.out.test.')).toEqual(['NXDOMAIN', SOA])
  expect(ask('web.ns.out.test.', 'AAAA')).toEqual([SOA])
  expect(ask('ns.out.test.')).toEqual([SOA])
})

test('aliases and SRV records have the TTL of the kubernetes plugin', () => {
  expect(ask('lb.ns.out.test.')).toEqual(['lb.ns.out.test. 30 CNAME lb.cloud.test.', 'lb.cloud.test. 90 A 192.0.2.80'])
  expect(ask('_http._tcp.web.ns.out.test.', 'SRV')).toEqual([
    '_http._tcp.web.ns.out.test. 30 SRV 0 50 80 web.ns.out.test.', 'web.ns.out.test. 5 A 198.51.100.7', 'web.ns.out.test. 5 A 203.0.113.9',
  ])
  expect(ask('_dns._tcp.web.ns.out.test.', 'SRV')).toEqual(['NXDOMAIN', SOA])
})

test('the apex and its name server are the server itself', () => {
  expect(ask('out.test.', 'SOA')).toEqual([SOA])
  expect(ask('out.test.', 'NS')).toEqual(['out.test. 5 NS ns1.dns.out.test.', 'ns1.dns.out.test. 5 A 10.244.0.5'])
  expect(ask('ns1.ns.out.test.', 'A', '  apex ns\n')).toEqual(['ns1.ns.out.test. 5 A 10.244.0.5'])
  expect(ask('dns.out.test.')).toEqual([SOA])
  expect(ask('x.dns.out.test.')).toEqual(['NXDOMAIN', SOA])
})

test('endpoints are there with `headless`, reverse names since 1.9.4', () => {
  expect(ask('db-0.db.ns.out.test.', 'A', '  headless\n')).toEqual(['db-0.db.ns.out.test. 5 A 10.244.1.4'])
  expect(ask('db.ns.out.test.')).toEqual(['NXDOMAIN', SOA])
  expect(ask('7.100.51.198.in-addr.arpa.', 'PTR')).toEqual(['7.100.51.198.in-addr.arpa. 5 PTR web.ns.out.test.'])
  expect(ask('7.100.51.198.in-addr.arpa.', 'PTR', '', '1.9.3')).toMatchObject(['NXDOMAIN', expect.stringContaining('SOA')])
})

test('what it does not know falls through if it may, since 1.11.0', () => {
  expect(ask('plain.ns.out.test.', 'A', '  fallthrough\n')).toEqual(['NXDOMAIN', 'test. 300 SOA ns.test. h.test. 1 2 3 4 60'])
  expect(refusalOf('1.10.1', corefile('  fallthrough\n'))).toBe('plugin/k8s_external: Error during parsing: unknown property \'fallthrough\'')
  expect(refusalOf('1.11.3', '. {\n k8s_external out.test\n}\n')).toBe('plugin/k8s_external: kubernetes plugin not loaded')
  expect(refusalOf('1.11.3', corefile('  ttl 3601\n'))).toBe('plugin/k8s_external: Error during parsing: ttl must be in range [0, 3600]: 3601')
})

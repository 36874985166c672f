import { expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
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

const refused = (options: string, version: string): string => refusalOf(version, corefile(options)).replace(/^plugin\/k8s_external: /, '')

// By the plugin itself before 1.7, and by its set-up.
test.each(['1.6.9', '1.14.7'])('CoreDNS %s refuses options with the wrong words', version => {
  const argument = (word: string): string => `Error during parsing: Wrong argument count or unexpected line ending after '${word}'`
  expect(['  ttl\n', '  apex\n', '  odd\n', '  ttl x\n', '  ttl -1\n', '  ttl 3601\n', '  ttl 0\n', '  ttl 3600\n', '  apex a\n'].map(options => refused(options, version))).toEqual([
    argument('ttl'), argument('apex'), 'Error during parsing: unknown property \'odd\'', 'strconv.Atoi: parsing "x": invalid syntax',
    ...['-1', '3601'].map(ttl => `Error during parsing: ttl must be in range [0, 3600]: ${ttl}`), '', '', ''])
})

test('headless and reverse names are known since 1.9.4, the want of kubernetes since 1.11.0', () => {
  expect(['1.9.3', '1.9.4', '1.10.1'].map(version => refused('  headless\n', version))).toEqual(['Error during parsing: unknown property \'headless\'', '', ''])
  expect(['1.9.4', '1.10.1'].map(version => ask('7.100.51.198.in-addr.arpa.', 'PTR', '', version))).toEqual([['7.100.51.198.in-addr.arpa. 5 PTR web.ns.out.test.'], ['7.100.51.198.in-addr.arpa. 5 PTR web.ns.out.test.']])
  expect(ask('db-0.db.ns.out.test.', 'A', '  headless\n', '1.9.4')).toEqual(['db-0.db.ns.out.test. 5 A 10.244.1.4'])
  const alone = '. {\n k8s_external out.test\n forward . 10.0.0.53\n}\n'
  expect(['1.10.1', '1.11.0', '1.11.3'].map(version => refusalOf(version, alone))).toEqual(['', 'plugin/k8s_external: kubernetes plugin not loaded', 'plugin/k8s_external: kubernetes plugin not loaded'])
  expect(oneCoredns('1.10.1', alone, upstreams, { kubernetes }).ask({ name: 'lb.cloud.test.' })).toMatchObject({ rcode: 'NOERROR', answer: { length: 1 } })
  expect(refused('  fallthrough\n', '1.11.0')).toBe('')
})

test('below the apex it denies since 1.11.0, before it garbles the question', () => {
  const reply = (version: string): unknown => oneCoredns(version, corefile(), upstreams, { kubernetes }).ask({ name: 'x.dns.out.test.' })
  expect(reply('1.11.0')).toMatchObject({ rcode: 'NXDOMAIN', cause: { kind: 'denied' } })
  expect(reply('1.10.1')).toMatchObject({ rcode: 'NXDOMAIN', question: { name: '.', class: 'CH', type: 'TYPE0' }, cause: { kind: 'broken', detail: 'a reply that cannot be read' } })
})

test('what the bundle has no Services or namespaces of is an unknown, once each', () => {
  const ways = (lists: Partial<typeof kubernetes>, name: string): unknown => [0, 1].map(choice => {
    const picks: unknown[] = []
    const view = { ...kubernetes, services: undefined, endpointSlices: undefined, ...lists }
    const reply = oneCoredns('1.11.3', corefile(), upstreams, { kubernetes: view }, p => { picks.push([p.key, p.options]); return choice }).ask({ name, type: 'SRV' })
    return reply === LOST ? LOST : [picks, reply.rcode, reply.answer.map(r => r.data)]
  })
  const key = [['coredns ns/pod k8s_external web.ns.out.test.', ['absent', 'exists']]]
  expect(ways({}, 'web.ns.out.test.')).toEqual([[key, 'NXDOMAIN', []], [key, 'NOERROR', ['0 100 0 unknown.']]])
  const ofNamespace = [['coredns ns/pod k8s_external namespace other', ['exists', 'absent']]]
  expect(ways({ services: [], namespaces: undefined as never }, 'other.out.test.')).toEqual([[ofNamespace, 'NOERROR', []], [ofNamespace, 'NXDOMAIN', []]])
})

test('an API that was read is one that was not said otherwise; without it no Service is there', () => {
  const rcode = (value: boolean): unknown => {
    const kubernetesSynced = { value } as never
    const reply = oneCoredns('1.11.3', corefile(), upstreams, { kubernetes, kubernetesSynced }).ask({ name: 'web.ns.out.test.' })
    return reply === LOST ? LOST : reply.rcode
  }
  expect([rcode(true), rcode(false)]).toEqual(['NOERROR', 'NXDOMAIN'])
})

test('an alias brings what its target has, cut or not', () => {
  const reply = (version: string, hop: Hop): unknown => oneCoredns(version, corefile(), { '10.0.0.53': hop }, { kubernetes }).ask({ name: 'lb.ns.out.test.' })
  const cut: Hop = function* () { return { rcode: 'NOERROR', flags: ['tc', 'ra'], answer: [], authority: [], additional: [] } as unknown as Plain }
  expect(reply('1.11.3', cut)).toMatchObject({ rcode: 'NOERROR', flags: expect.arrayContaining(['tc']), answer: [{ type: 'CNAME' }] })
  expect(reply('1.11.3', upstreams['10.0.0.53'])).toMatchObject({ flags: expect.not.arrayContaining(['tc']), answer: [{ type: 'CNAME' }, { type: 'A' }] })
})

test('a name that has services of other types is there', () => {
  expect([ask('lb.ns.out.test.', 'PTR'), ask('web.ns.out.test.', 'PTR'), ask('plain.ns.out.test.', 'PTR')]).toEqual([[SOA], [SOA], ['NXDOMAIN', SOA]])
})

test('a Service that the API server does not list is not there, and nothing is left open', () => {
  const picks: unknown[] = []
  const reply = oneCoredns('1.11.3', corefile(), upstreams, { kubernetes }, p => { picks.push(p.key); return 1 }).ask({ name: 'absent.ns.out.test.' })
  expect([reply === LOST ? LOST : reply.rcode, picks]).toEqual(['NXDOMAIN', []])
})

test('an endpoint by its name needs no headless Service, its Service does', () => {
  const slice = kubeObject({
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'plain-1', namespace: 'ns', labels: { 'kubernetes.io/service-name': 'plain' } },
    endpoints: [{ addresses: ['10.244.1.5'], hostname: 'plain-0' }], ports,
  })
  const answer = (name: string): unknown => {
    const reply = oneCoredns('1.11.3', corefile('  headless\n'), upstreams, { kubernetes: { ...kubernetes, endpointSlices: [slice] } }).ask({ name })
    return reply === LOST ? LOST : [reply.rcode, reply.answer.map(r => r.data)]
  }
  expect([answer('plain-0.plain.ns.out.test.'), answer('plain.ns.out.test.')]).toEqual([['NOERROR', ['10.244.1.5']], ['NXDOMAIN', []]])
})

test('a reverse name is of external addresses only, and of exposed namespaces', () => {
  const inReverse = (options: string, name: string): unknown => {
    const text = `. {\n k8s_external 10.in-addr.arpa 198.in-addr.arpa\n kubernetes cluster.local {\n${options} }\n}\n`
    const reply = oneCoredns('1.11.3', text, {}, { kubernetes }).ask({ name, type: 'PTR' })
    return reply === LOST ? LOST : [reply.rcode, reply.answer.map(r => r.data)]
  }
  const [own, external] = ['5.0.96.10.in-addr.arpa.', '7.100.51.198.in-addr.arpa.']
  expect([inReverse('', own), inReverse('', external)]).toEqual([['NXDOMAIN', []], ['NOERROR', ['web.ns.10.in-addr.arpa.']]])
  expect([inReverse('  namespaces ns\n', external), inReverse('  namespaces other\n', external)]).toEqual([['NOERROR', ['web.ns.10.in-addr.arpa.']], ['NXDOMAIN', []]])
})

test('a Service of a namespace that is not exposed is not there', () => {
  const rcode = (exposed: string): unknown => {
    const text = `. {\n k8s_external out.test\n kubernetes cluster.local {\n  namespaces ${exposed}\n }\n}\n`
    const reply = oneCoredns('1.11.3', text, {}, { kubernetes }).ask({ name: 'web.ns.out.test.' })
    return reply === LOST ? LOST : reply.rcode
  }
  expect([rcode('other'), rcode('ns'), rcode('other ns')]).toEqual(['NXDOMAIN', 'NOERROR', 'NOERROR'])
})

test('an alias that nobody answers for is a panic, and since 1.15.0 an alias alone', () => {
  const text = '. {\n k8s_external out.test\n kubernetes cluster.local {\n  ttl 30\n }\n erratic {\n  drop 1\n }\n}\n'
  const reply = (version: string, type: string): unknown => oneCoredns(version, text, {}, { kubernetes }).ask({ name: 'lb.ns.out.test.', type })
  for (const type of ['A', 'SRV']) {
    for (const version of ['1.11.3', '1.14.7']) expect(reply(version, type)).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'broken', by: 'coredns ns/pod k8s_external', detail: 'panic' } })
    expect(reply('1.15.0', type)).toMatchObject({ rcode: 'NOERROR', answer: [{ type: type === 'A' ? 'CNAME' : 'SRV' }], additional: [] })
  }
})

test('the weight of each of many services is their share of a hundred, and at least one', () => {
  const weights = (count: number): unknown => {
    const many = service('many', { clusterIP: '10.96.0.8', externalIPs: Array.from({ length: count }, (_, i) => `198.51.${i >> 8}.${i & 255}`), ports })
    const reply = oneCoredns('1.11.3', corefile(), {}, { kubernetes: { ...kubernetes, services: [many] } }).ask({ name: 'many.ns.out.test.', type: 'SRV', transport: 'tcp' })
    return reply === LOST ? LOST : reply.answer.map(r => r.data)
  }
  expect([1, 3, 50, 60, 101].map(weights)).toEqual([100, 33, 2, 1, 1].map(weight => [`0 ${weight} 80 many.ns.out.test.`]))
})

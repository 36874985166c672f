import { expect, test } from 'vitest'
import { LOOP, LOST, type Plain } from '../../chain/effects.ts'
import type { CorednsModel, KubernetesView } from '../../chain/model.ts'
import { readCorefile } from '../../config/corefile.ts'
import type { Reply } from '../../dns/message.ts'
import { kubernetes } from './kubernetes.ts'
import type { CorednsVersion, PluginSetup, Served } from './plugin.ts'
import { kubeObject } from '../../../test/support/cluster-files.ts'

const service = (name: string, spec: object) => kubeObject({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec })
const external = (name: string, externalName: string) => service(name, { type: 'ExternalName', externalName })
const namespaces = [kubeObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })]
const WEB = service('web', { clusterIP: '10.96.1.1', externalIPs: ['198.51.100.7'], ports: [{ port: 80, name: 'http', protocol: 'TCP' }] })

interface Given { readonly services?: KubernetesView['services']; readonly slices?: KubernetesView['endpointSlices']; readonly options?: string; readonly version?: CorednsVersion; readonly inner?: Plain; readonly more?: Partial<CorednsModel> }
/** What the plugin answers, where each question the server asks itself ends as `inner`. */
function served(name: string, type = 'A', { services = [WEB], slices = [], options = '', version = [1, 14, 7], inner = LOST, more = {} }: Given = {}): Served {
  const corefile = readCorefile('Corefile', `. {\n kubernetes cluster.local 198.0.0.0/8 {\n ${options}\n }\n}\n`, { env: new Map() }).value
  const model = { pod: 'p', addresses: ['10.244.0.53'], files: new Map(), corefile, kubernetes: { services, endpointSlices: slices, namespaces, pods: [], nodes: [] }, ...more } as unknown as CorednsModel
  const setup: Partial<PluginSetup> = { server: 's', zones: ['.'], directives: corefile.blocks[0]!.directives, version, model, has: () => false, report: () => undefined }
  const run = kubernetes(setup as PluginSetup)!({ name, type, transport: 'udp' }, function* () { return { rcode: 'SERVFAIL', error: 'next' } })
  let step = run.next()
  while (!step.done) step = run.next(inner as never)
  return step.value
}
const data = (name: string, type?: string, given?: Given): unknown => served(name, type, given).reply?.answer.map(r => `${r.type} ${r.data}`)
const reply = (more: Partial<Reply>): Plain => ({ rcode: 'NOERROR', flags: [], answer: [], authority: [], additional: [], ...more }) as unknown as Plain

const chain = (length: number): KubernetesView['services'] =>
  [...Array.from({ length }, (_, i) => external(`e${i}`, i === length - 1 ? 'web.shop.svc.cluster.local' : `e${i + 1}.shop.svc.cluster.local`)), WEB]

// plugin/backend_lookup.go: len(previousRecords) > 7, since 1.12.1 > 10.
test.each([[[1, 12, 0], 8], [[1, 12, 1], 11], [[1, 14, 7], 11]] as const)('CoreDNS %j follows a chain of %i aliases in the zone, not one more', (version, most) => {
  const records = (length: number): number | undefined => served('e0.shop.svc.cluster.local.', 'A', { services: chain(length), version }).reply?.answer.length
  expect([records(1), records(most), records(most + 1)]).toEqual([2, most + 1, 0])
})

test('an alias that leads to itself, below itself, or to nothing in the zone answers nothing', () => {
  const at = (externalName: string, more: KubernetesView['services'] = []): unknown => data('ext.shop.svc.cluster.local.', 'A', { services: [external('ext', externalName), ...more!] })
  expect([at('ext.shop.svc.cluster.local'), at('x.ext.shop.svc.cluster.local'), at('none.shop.svc.cluster.local'), at('other.shop.svc.cluster.local', [external('other', 'ext.shop.svc.cluster.local')])]).toEqual([[], [], [], []])
  expect(served('ext.shop.svc.cluster.local.', 'A', { services: [external('ext', 'none.shop.svc.cluster.local')] }).reply?.rcode).toBe('NOERROR')
})

test('an alias out of the zone has what the server finds of itself behind it', () => {
  const given = { services: [external('ext', 'db.corp.test')] }
  const cause = { kind: 'denied', by: 'x' } as const
  const address = { name: 'db.corp.test.', type: 'A', ttlS: 9, data: '192.0.2.1' }
  const at = (inner: Plain, type = 'A'): Reply | undefined => served('ext.shop.svc.cluster.local.', type, { ...given, inner }).reply
  expect(at(reply({ answer: [{ ...address, type: 'CNAME', data: 'x.' }, address], cause, flags: ['tc'] }))).toMatchObject({
    rcode: 'NOERROR', flags: expect.arrayContaining(['tc']), answer: [{ type: 'CNAME', data: 'db.corp.test.', ttlS: 5 }, { type: 'CNAME', data: 'x.' }, address] })
  expect(at(reply({ answer: [address], cause }))).not.toHaveProperty('cause')
  expect(at(reply({ answer: [address] }))?.flags).not.toContain('tc')
  expect(at(reply({ answer: [address], cause }), 'AAAA')).toMatchObject({ answer: { length: 2 }, cause })
})

test('what the server asks itself may loop, or bring nothing: a panic before 1.12.4', () => {
  const at = (version: CorednsVersion, inner: Plain = LOST): Served => served('ext.shop.svc.cluster.local.', 'A', { services: [external('ext', 'db.corp.test')], version, inner })
  expect(at([1, 14, 7], LOOP)).toEqual({ rcode: 'SERVFAIL', cause: { kind: 'loop', by: 's kubernetes' } })
  expect([at([1, 12, 3]), at([1, 12, 4])]).toMatchObject([{ panic: true, rcode: 'SERVFAIL' }, { reply: { rcode: 'NOERROR', answer: [] } }])
})

test('a denial has its cause and the SOA; the serial and the code tell an API that was never read', () => {
  const kubernetesSynced = (value: boolean): Given => ({ more: { kubernetesSynced: { value } } as unknown as Partial<CorednsModel> })
  const soa = (serial: number) => [{ type: 'SOA', ttlS: 5, data: `ns.dns.cluster.local. hostmaster.cluster.local. ${serial} 7200 1800 86400 5` }]
  const denied = { rcode: 'NXDOMAIN', authority: soa(1), cause: { kind: 'denied', by: 's kubernetes' } }
  expect(served('none.shop.svc.cluster.local.')).toMatchObject({ rcode: 'NOERROR', reply: denied })
  expect(served('none.shop.svc.cluster.local.').reply?.cause).not.toHaveProperty('detail')
  expect(served('none.shop.svc.cluster.local.', 'A', kubernetesSynced(true)).reply).toMatchObject(denied)
  expect(served('web.shop.svc.cluster.local.', 'A', kubernetesSynced(false)).reply).toMatchObject(
    { rcode: 'SERVFAIL', authority: soa(0), cause: { kind: 'failed', by: 's kubernetes', detail: 'the Kubernetes API was never read' } })
})

test('the SOA lives 300 s at most', () => {
  expect(['299', '300', '301'].map(ttl => served('cluster.local.', 'SOA', { options: `ttl ${ttl}` }).reply?.answer[0]?.ttlS)).toEqual([299, 300, 300])
})

test('a reverse name finds external addresses before 1.9.4 only', () => {
  const at = (version: CorednsVersion): unknown => data('7.100.51.198.in-addr.arpa.', 'PTR', { version })
  expect([at([1, 9, 3]), at([1, 9, 4])]).toEqual([['PTR web.shop.svc.cluster.local.'], []])
})

test('labels that stand for every name are not modelled before 1.9', () => {
  const at = (name: string, version: CorednsVersion): Served => served(name, 'A', { version })
  expect([at('*.shop.svc.cluster.local.', [1, 8, 7]), at('web.ANY.svc.cluster.local.', [1, 8, 7])]).toMatchObject([{ rcode: 'SERVFAIL', cause: { kind: 'unmodelled' } }, { rcode: 'SERVFAIL', cause: { kind: 'unmodelled' } }])
  expect([at('web.shop.svc.cluster.local.', [1, 8, 7]), at('*.shop.svc.cluster.local.', [1, 9, 0])]).toMatchObject([{ reply: { rcode: 'NOERROR' } }, { reply: { rcode: 'NXDOMAIN' } }])
})

test('without endpoints the name servers were a panic before 1.11, with a reply that cannot be packed', () => {
  const at = (version: CorednsVersion): Served => served('cluster.local.', 'NS', { options: 'noendpoints', version })
  expect(at([1, 10, 1])).toMatchObject({ rcode: 'NOERROR', panic: true, cause: { detail: 'panic, and no reply can be packed' } })
  expect(at([1, 11, 0])).toMatchObject({ rcode: 'NOERROR', reply: { answer: [{ data: 'ns.dns.cluster.local.' }], additional: [{ type: 'A', data: '10.244.0.53' }] } })
})

test('TXT of a name that is not there is NXDOMAIN since 1.10.1; of the zone itself, too', () => {
  const at = (name: string, version: CorednsVersion, options = ''): unknown => served(name, 'TXT', { version, options }).reply?.rcode
  expect([at('none.shop.svc.cluster.local.', [1, 10, 0]), at('none.shop.svc.cluster.local.', [1, 10, 1]), at('web.shop.svc.cluster.local.', [1, 10, 1]), at('svc.cluster.local.', [1, 10, 1])]).toEqual(['NOERROR', 'NXDOMAIN', 'NOERROR', 'NXDOMAIN'])
  expect(at('svc.cluster.local.', [1, 14, 7], 'zonal')).toBe('NXDOMAIN')
})

const slice = (addresses: readonly object[], more: object = {}) => kubeObject({
  apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'db-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'db' } }, endpoints: addresses,
  ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }], ...more,
})
const DB = service('db', { clusterIP: 'None' })

test('weights of SRV are an equal share of 100, never below 1', () => {
  const weights = (count: number): unknown => {
    const slices = [slice(Array.from({ length: count }, (_, i) => ({ addresses: [`10.1.${i >> 8}.${i & 255}`] })))]
    return [...new Set(served('_sql._tcp.db.shop.svc.cluster.local.', 'SRV', { services: [DB], slices }).reply?.answer.map(r => r.data.split(' ')[1]))]
  }
  expect([1, 3, 60, 101].map(weights)).toEqual([['100'], ['33'], ['1'], ['1']])
})

test('a port that an object does not number has no SRV, and its addresses are there', () => {
  const given = { services: [DB], slices: [slice([{ addresses: ['10.1.0.1'] }], { ports: [{ name: 'sql' }] })] }
  expect([data('db.shop.svc.cluster.local.', 'SRV', given), data('db.shop.svc.cluster.local.', 'A', given)]).toEqual([[], ['A 10.1.0.1']])
})

test('an endpoint without a hostname has no PTR in 1.11.4 and 1.12.0', () => {
  const given = { services: [DB], slices: [slice([{ addresses: ['198.0.0.1'] }, { addresses: ['198.0.0.1'], hostname: 'h' }])] }
  const at = (version: CorednsVersion): unknown => data('1.0.0.198.in-addr.arpa.', 'PTR', { ...given, version })
  const [both, one] = [['PTR 198-0-0-1.db.shop.svc.cluster.local.', 'PTR h.db.shop.svc.cluster.local.'], ['PTR h.db.shop.svc.cluster.local.']]
  expect([at([1, 11, 3]), at([1, 11, 4]), at([1, 12, 0]), at([1, 12, 1])]).toEqual([both, one, one, both])
})

test('a Service of two address families has both, the only one if it has one', () => {
  const at = (spec: object): unknown => ['A', 'AAAA'].map(type => data('two.shop.svc.cluster.local.', type, { services: [service('two', spec)] }))
  expect(at({ clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', 'fd00::9'] })).toEqual([['A 10.96.0.9'], ['AAAA fd00::9']])
  expect(at({ clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.9'] })).toEqual([['A 10.96.0.9'], []])
})

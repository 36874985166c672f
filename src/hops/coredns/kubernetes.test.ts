import { describe, expect, test } from 'vitest'
import type { Effect, HopRun, Plain } from '../../chain/effects.ts'
import type { CorednsModel, Directive, KubeObject, KubernetesView } from '../../chain/model.ts'
import { lineSource, type Problem } from '../../chain/source.ts'
import type { Reply } from '../../dns/message.ts'
import { kubernetes } from './kubernetes.ts'
import type { CorednsVersion, PluginSetup, Served } from './plugin.ts'

type Json = Readonly<Record<string, unknown>>
const object = (kind: string, namespace: string, name: string, body: Json, labels: Record<string, string> = {}): KubeObject => {
  const source = lineSource('objects.yaml', 1, name)
  return { apiVersion: 'v1', kind, name, namespace, labels, annotations: {}, body, source, at: () => source }
}
const service = (name: string, spec: Json, namespace = 'shop'): KubeObject => object('Service', namespace, name, { spec })
const namespace = (name: string, labels = {}): KubeObject => object('Namespace', '', name, {}, labels)
const slice = (
  of: string, endpoints: readonly Json[], ports: readonly Json[] = [{ port: 80, name: 'http', protocol: 'TCP' }],
): KubeObject =>
  object('EndpointSlice', 'shop', `${of}-1`, { endpoints, ports }, { 'kubernetes.io/service-name': of })

const WEB = { clusterIP: '10.96.1.1', ports: [{ port: 80, name: 'http', protocol: 'TCP' }] }
const HEADLESS = { clusterIP: 'None', ports: [{ port: 80, name: 'http', protocol: 'TCP' }] }
const full: KubernetesView = {
  services: [service('web', WEB), service('db', HEADLESS)], namespaces: [namespace('shop')], pods: [], nodes: [],
  endpointSlices: [slice('db', [{ addresses: ['10.244.0.1'], zone: 'East' }, { addresses: ['10.244.0.2'], zone: 'west' }])],
}
const blind: KubernetesView = { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }

const directive = (line: string, properties: readonly string[] = []): Directive => {
  const [name = '', ...args] = line.split(' ')
  const source = lineSource('Corefile', 1, line)
  return { name, args: args.map(value => ({ value, source })), properties: properties.map(p => directive(p)), source }
}

interface Given {
  readonly view?: KubernetesView
  readonly properties?: readonly string[]
  readonly version?: CorednsVersion
  readonly synced?: boolean
}

const problems: Problem[] = []
function setupOf({ view = full, properties = [], version = [1, 14, 7], synced = true }: Given): PluginSetup {
  const model: CorednsModel = {
    pod: 'kube-system/dns', node: 'n', addresses: ['10.244.0.53'], version: undefined, corefile: {
      file: 'Corefile', text: '', blocks: [],
    }, files: new Map(),
    resolvConf: undefined, kubernetes: view, hostNetwork: false, ...(!synced && { kubernetesSynced: {
      value: false, source: lineSource('log', 1, 'unsynced'),
    } }),
  }
  problems.length = 0
  return {
    server: 'dns', block: 0, zones: ['.'], directives: [directive('kubernetes cluster.local in-addr.arpa', properties)], version, model,
    reach: a => a, nextHop: 'next', has: () => false, report: p => problems.push(p),
  }
}

/** Every way through one question: the unknowns settled, and how it ended. */
function ways(given: Given, name: string, type = 'A', type2?: string): string[] {
  const handler = kubernetes(setupOf(given))!
  const query = (t: string) => ({ name, type: t, transport: 'udp' as const, rd: true })
  function* run(): HopRun<string> {
    const ended = [say(yield* handler(query(type), passed))]
    if (type2 !== undefined) ended.push(say(yield* handler(query(type2), passed)))
    return ended.join(' + ')
  }
  const out: string[] = []
  const pending: ReadonlyMap<string, Plain>[] = [new Map()]
  while (pending.length > 0) {
    const settled = pending.pop() as ReadonlyMap<string, Plain>
    const open = walk(run(), settled, result => out.push(`${[...settled].map(([k, v]) => `[${k} = ${String(v)}] `).join('')}${result}`))
    if (open) pending.push(...open.options.toReversed().map(option => new Map([...settled, [open.key as string, option]])))
  }
  return out
}

function walk(
  run: HopRun<string>, settled: ReadonlyMap<string, Plain>, end: (result: string) => void,
): Extract<Effect, { op: 'pick' }> | undefined {
  let step = run.next()
  while (!step.done) {
    if (step.value.op !== 'pick') throw new Error(step.value.op)
    if (!settled.has(step.value.key as string)) return step.value
    step = run.next(settled.get(step.value.key as string))
  }
  end(step.value)
  return undefined
}

function* passed(): HopRun<Served> {
  return { rcode: 'SERVFAIL', error: 'next' }
}
const say = (served: Served): string => {
  const reply: Reply | undefined = served.reply
  return [
    reply?.rcode ?? served.error ?? served.rcode, ...(reply?.answer ?? []).map(r => r.data),
    ...(served.cause ? [`(${served.cause.kind})`] : []),
  ].join(' ')
}

describe('what the bundle has no objects for', () => {
  test('is unknown, once for all types of a Service', () => {
    expect(ways({ view: blind }, 'web.shop.svc.cluster.local.', 'A', 'AAAA')).toEqual([
      '[dns kubernetes web.shop.svc.cluster.local. = absent] NXDOMAIN + NXDOMAIN',
      '[dns kubernetes web.shop.svc.cluster.local. = ipv4] NOERROR unknown + NOERROR',
      '[dns kubernetes web.shop.svc.cluster.local. = ipv6] NOERROR + NOERROR unknown',
      '[dns kubernetes web.shop.svc.cluster.local. = dual] NOERROR unknown + NOERROR unknown',
    ])
  })

  test('but names that cannot exist are NXDOMAIN', () => {
    for (const name of [
      'a.corp-example.com.shop.svc.cluster.local.', 'a.b.c.d.shop.svc.cluster.local.', 'a.corp-example.com.cluster.local.',
      'web._x.svc.cluster.local.',
    ]) expect(ways({ view: blind }, name), name).toEqual(['NXDOMAIN'])
    expect(ways({ view: blind }, 'cluster.local.')).toEqual(['NOERROR'])
  })

  test('a port below a protocol may be there since 1.11.0 where it is one that Services have', () => {
    const count = (name: string, version: CorednsVersion): number => ways({ view: blind, version }, `${name}.web.shop.svc.cluster.local.`, 'SRV').length
    expect(['_a._tcp', '_a._udp', '_a._sctp', '_a._odd'].map(name => [[1, 10, 1], [1, 11, 0], [1, 14, 7]].map(version => count(name, version as unknown as CorednsVersion)))).toEqual([[7, 7, 7], [7, 7, 7], [7, 7, 7], [7, 1, 1]])
  })

  test('a Service that is not in the list does not exist, whatever the namespaces', () => {
    expect(ways({ view: { ...blind, services: [] } }, 'a.corp-example.com.svc.cluster.local.')).toEqual(['NXDOMAIN'])
    expect(ways({ view: { ...blind, namespaces: [] } }, 'a.corp-example.com.svc.cluster.local.')).toEqual(['NXDOMAIN'])
  })

  test('headless without slices: which endpoints are ready is unknown', () => {
    expect(ways({ view: { ...full, endpointSlices: undefined } }, 'db.shop.svc.cluster.local.')).toEqual([
      '[dns kubernetes endpoints of db.shop = none] NXDOMAIN', '[dns kubernetes endpoints of db.shop = ipv4] NOERROR unknown',
      '[dns kubernetes endpoints of db.shop = ipv6] NOERROR', '[dns kubernetes endpoints of db.shop = dual] NOERROR unknown',
    ])
    expect(ways({ view: { ...full, endpointSlices: undefined } }, 'web.shop.svc.cluster.local.')).toEqual(['NOERROR 10.96.1.1'])
  })

  test('reverse names, pods and namespaces', () => {
    expect(ways({ view: blind }, '1.1.96.10.in-addr.arpa.', 'PTR')).toEqual([
      '[dns kubernetes address 10.96.1.1 = absent] NXDOMAIN', '[dns kubernetes address 10.96.1.1 = exists] NOERROR unknown',
    ])
    expect(ways({ view: { ...full, pods: undefined }, properties: ['pods verified'] }, '10-1-1-1.shop.pod.cluster.local.')).toEqual([
      '[dns kubernetes pod 10.1.1.1 in shop = exists] NOERROR 10.1.1.1', '[dns kubernetes pod 10.1.1.1 in shop = absent] NXDOMAIN',
    ])
    expect(ways({ view: { ...full, namespaces: undefined } }, 'other.svc.cluster.local.')).toHaveLength(2)
    expect(ways({ view: { ...full, namespaces: undefined } }, 'shop.svc.cluster.local.')).toEqual(['NOERROR'])
  })
})

describe('what the bundle has in part', () => {
  const noSlices = { view: { ...full, endpointSlices: undefined } }
  const KEY = '[dns kubernetes'

  test('an endpoint, a port or a zone below a Service that is there may be there or not', () => {
    expect(ways({ view: blind }, 'x.web.shop.svc.cluster.local.').map(way => way.replaceAll('dns kubernetes ', ''))).toEqual([
      '[web.shop.svc.cluster.local. = absent] NXDOMAIN',
      ...['ipv4', 'ipv6', 'dual'].flatMap(families => ['absent', 'exists'].map(part =>
        `[web.shop.svc.cluster.local. = ${families}] [x.web.shop.svc.cluster.local. = ${part}] ${part === 'absent' ? 'NXDOMAIN' : families === 'ipv6' ? 'NOERROR' : 'NOERROR unknown'}`)),
    ])
    expect(ways({ ...noSlices, properties: ['zonal'] }, 'east.pin._zone.db.shop.svc.cluster.local.').slice(0, 2)).toEqual([
      `${KEY} endpoints of db.shop = none] NOERROR`, `${KEY} endpoints of db.shop = ipv4] ${KEY} east.pin._zone.db.shop.svc.cluster.local. = absent] NOERROR`,
    ])
    expect(ways(noSlices, '_x._tcp.db.shop.svc.cluster.local.')).toHaveLength(7)
  })

  test('a Service that may be empty is there or not, where empty ones are ignored', () => {
    expect(ways({ ...noSlices, properties: ['ignore empty_service'] }, 'web.shop.svc.cluster.local.')).toEqual([
      `${KEY} endpoints of web.shop = some] NOERROR 10.96.1.1`, `${KEY} endpoints of web.shop = none] NXDOMAIN`,
    ])
    expect(ways({ properties: ['ignore empty_service'] }, 'web.shop.svc.cluster.local.')).toEqual(['NXDOMAIN'])
    expect(ways({ properties: ['ignore empty_service'] }, 'db.shop.svc.cluster.local.')).toEqual(['NOERROR 10.244.0.1 10.244.0.2'])
  })

  test('a manifest that was never applied has an address of some family', () => {
    const view = { ...full, services: [service('new', { ports: [{ port: 80, name: 'http', protocol: 'TCP' }] })] }
    expect(ways({ view }, 'new.shop.svc.cluster.local.')).toEqual([
      `${KEY} new.shop address = ipv4] NOERROR unknown`, `${KEY} new.shop address = ipv6] NOERROR`, `${KEY} new.shop address = dual] NOERROR unknown`,
    ])
    expect(ways({ view }, '_other._tcp.new.shop.svc.cluster.local.')).toEqual(['NXDOMAIN'])
  })

  test('a PTR is complete only with both lists', () => {
    const absentOrExists = (address: string): string[] => [`${KEY} address ${address} = absent] NXDOMAIN`, `${KEY} address ${address} = exists] NOERROR unknown`]
    expect(ways(noSlices, '9.9.9.9.in-addr.arpa.', 'PTR')).toEqual(absentOrExists('9.9.9.9'))
    expect(ways({ view: { ...full, services: undefined } }, '9.9.9.9.in-addr.arpa.', 'PTR')).toEqual(absentOrExists('9.9.9.9'))
    expect(ways(noSlices, '1.1.96.10.in-addr.arpa.', 'PTR')).toEqual(['NOERROR web.shop.svc.cluster.local.'])
    expect(ways({ properties: ['namespaces other'] }, '1.1.96.10.in-addr.arpa.', 'PTR')).toEqual(['NXDOMAIN'])
    expect(ways({ properties: ['namespaces other'] }, '1.0.244.10.in-addr.arpa.', 'PTR')).toEqual(['NXDOMAIN'])
  })

  test('the name server of the zone is the Service of this pod, or its own address, or not known', () => {
    const dns = [service('kube-dns', { clusterIP: '10.96.0.10', ports: [{ port: 53, name: 'dns', protocol: 'UDP' }] }, 'shop')]
    const slices = [slice('kube-dns', [{ addresses: ['10.244.0.53'] }])]
    expect(ways({ view: { ...full, services: dns, endpointSlices: slices } }, 'cluster.local.', 'NS')).toEqual(['NOERROR kube-dns.shop.svc.cluster.local.'])
    expect(ways({}, 'cluster.local.', 'NS')).toEqual(['NOERROR ns.dns.cluster.local.'])
    const open = [`${KEY} name servers of cluster.local. = own address] NOERROR ns.dns.cluster.local.`, `${KEY} name servers of cluster.local. = service] NOERROR unknown`]
    expect(ways(noSlices, 'cluster.local.', 'NS')).toEqual(open)
    expect(ways({ view: { ...full, services: undefined } }, 'cluster.local.', 'NS')).toEqual(open)
    const headless = [service('kube-dns', { clusterIP: 'None', ports: [] }, 'shop')]
    expect(ways({ view: { ...full, services: headless, endpointSlices: slices } }, 'cluster.local.', 'NS')).toEqual(['NOERROR 10-244-0-53.kube-dns.shop.svc.cluster.local.'])
  })

  test('several `namespaces` lines add up, and what they leave out is nowhere', () => {
    const view = { ...full, services: [...full.services!, service('web', WEB, 'bank')], namespaces: [namespace('shop'), namespace('bank'), namespace('zoo')] }
    const names = ['shop', 'bank', 'zoo'].map(each => ways({ view, properties: ['namespaces shop', 'namespaces bank'] }, `${each}.svc.cluster.local.`))
    expect(names).toEqual([['NOERROR'], ['NOERROR'], ['NXDOMAIN']])
  })

  test('deleted and ended pods are not there, and pods of a namespace count for that namespace alone', () => {
    const pod = (name: string, podIP: string, more: Json = {}): KubeObject => object('Pod', 'shop', name, { status: { podIP, phase: 'Running' }, ...more })
    const pods = [
      pod('a', '10.1.1.1'), pod('b', '10.1.1.2', { metadata: { deletionTimestamp: 'now' } }),
      ...['Succeeded', 'Failed', 'Unknown'].map((phase, i) => object('Pod', 'shop', `e${i}`, { status: { podIP: `10.1.2.${i}`, phase } })),
    ]
    const given = { view: { ...full, pods, namespaces: [namespace('shop'), namespace('bank')] }, properties: ['pods verified'] }
    const at = (ip: string, ns = 'shop'): string => ways(given, `${ip}.${ns}.pod.cluster.local.`).join()
    expect(['10-1-1-1', '10-1-1-2', '10-1-2-0', '10-1-2-1', '10-1-2-2'].map(ip => at(ip))).toEqual(['NOERROR 10.1.1.1', 'NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN'])
    expect(at('10-1-1-1', 'bank')).toBe('NXDOMAIN')
  })
})

describe('options', () => {
  test('an API that was never read: SERVFAIL instead of NXDOMAIN, unless it falls through', () => {
    expect(ways({ synced: false }, 'web.shop.svc.cluster.local.')).toEqual(['SERVFAIL'])
    expect(ways({ synced: false, properties: ['fallthrough'] }, 'web.shop.svc.cluster.local.')).toEqual(['next'])
    expect(ways({ synced: false }, 'svc.cluster.local.')).toEqual(['NOERROR'])
  })

  test('labels select Services and slices', () => {
    const view = { ...full, services: [...full.services!, object('Service', 'shop', 'blue', { spec: WEB }, { color: 'blue' })] }
    expect(ways({ view, properties: ['labels color in (blue, green)'] }, 'blue.shop.svc.cluster.local.')).toEqual(['NOERROR 10.96.1.1'])
    expect(ways({ view, properties: ['labels color'] }, 'web.shop.svc.cluster.local.')).toEqual(['NXDOMAIN'])
  })

  test('zonal names', () => {
    const given = { properties: ['zonal'] }
    expect(ways(given, 'east.pin._zone.db.shop.svc.cluster.local.')).toEqual(['NOERROR 10.244.0.1'])
    expect(ways(given, 'north.pin._zone.db.shop.svc.cluster.local.')).toEqual(['NOERROR'])
    expect(ways(given, 'north.prefer._zone.db.shop.svc.cluster.local.')).toEqual(['NOERROR 10.244.0.1 10.244.0.2'])
    expect(ways(given, 'north.pin._zone.web.shop.svc.cluster.local.')).toEqual(['NXDOMAIN'])
    expect(ways({}, 'east.pin._zone.db.shop.svc.cluster.local.')).toEqual(['NXDOMAIN'])
  })

  test.each([
    ['ttl 3601', 'ttl must be in range'], ['pods some', 'wrong value for pods'], ['zonal', "unknown property 'zonal'"],
    ['labels a>1', 'unable to parse'],
  ])('%s keeps CoreDNS 1.11.3 from starting', (line, message) => {
    expect(ways({ properties: [line], version: [1, 11, 3] }, 'web.shop.svc.cluster.local.')[0]).toContain('(broken)')
    expect(problems).toMatchObject([{ code: 'corefile-refused', state: 'damaged', message: expect.stringContaining(message) }])
  })

  test('multicluster is said not to be modelled, in words and in the reply', () => {
    expect(ways({ properties: ['multicluster cluster.local'] }, 'web.shop.svc.cluster.local.')).toEqual(['SERVFAIL (unmodelled)'])
    expect(problems).toMatchObject([{ code: 'corefile-unmodelled-option', state: 'unmodelled' }])
    expect(ways({ version: [1, 8, 7] }, '*.shop.svc.cluster.local.')).toEqual(['SERVFAIL (unmodelled)'])
  })

  test('a pod has an SRV with port 0, and answers below its name too', () => {
    const given = { properties: ['pods insecure'] }
    expect(ways(given, '10-1-1-1.shop.pod.Cluster.local.', 'SRV')).toEqual(['NOERROR 0 100 0 10-1-1-1.shop.pod.Cluster.local.'])
    expect(ways(given, 'x.10-1-1-1.shop.pod.cluster.local.')).toEqual(['NOERROR 10.1.1.1'])
  })

  test('PTR only for endpoints with a hostname in 1.11.4 and 1.12.0', () => {
    for (const [version, ended] of [[[1, 11, 3], 'NOERROR 10-244-0-1.db.shop.svc.cluster.local.'], [[1, 12, 0], 'NXDOMAIN']] as const) {
      expect(ways({ version }, '1.0.244.10.in-addr.arpa.', 'PTR')).toEqual([ended])
    }
  })
})

describe('what differs by release', () => {
  const at = (given: Given, name: string, type = 'A') => (version: CorednsVersion): string => ways({ ...given, version }, name, type).join()

  test('an ExternalName answers at its own name; below an endpoint until 1.10.0, below a port until 1.10', () => {
    const view = { ...full, services: [service('ext', { type: 'ExternalName', externalName: 'db.corp.test' }), service('num', { type: 'ExternalName', externalName: '192.0.2.9' })] }
    const versions: CorednsVersion[] = [[1, 10, 0], [1, 10, 1], [1, 11, 0]]
    const found = 'NOERROR db.corp.test.'
    expect(versions.map(at({ view }, 'ext.shop.svc.cluster.local.', 'CNAME'))).toEqual([found, found, found])
    expect(versions.map(at({ view }, 'x.ext.shop.svc.cluster.local.', 'CNAME'))).toEqual([found, 'NXDOMAIN', 'NXDOMAIN'])
    expect(versions.map(at({ view }, '_http._tcp.ext.shop.svc.cluster.local.', 'CNAME'))).toEqual([found, found, 'NXDOMAIN'])
    expect(versions.map(at({ view }, 'num.shop.svc.cluster.local.'))).toEqual(['NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN'])
  })

  test('an endpoint is named by its hostname, its pod if that is asked for, or its address, which ends in 0 since 1.12.3', () => {
    const endpoints = [
      { addresses: ['10.244.0.1'], hostname: 'H0', targetRef: { kind: 'Pod', name: 'p0' } }, { addresses: ['10.244.0.2'], targetRef: { kind: 'Pod', name: 'p1' } },
      { addresses: ['fd00::'], targetRef: { kind: 'Pod', name: 'q'.repeat(64) } }, { addresses: ['fd00::1:2'] },
    ]
    const view = { ...full, endpointSlices: [slice('db', endpoints)] }
    const targets = (version: CorednsVersion, properties: readonly string[] = []): string[] =>
      ways({ view, version, properties }, 'db.shop.svc.cluster.local.', 'SRV').join().split(' ').filter(w => w.includes('.')).map(w => w.split('.')[0] as string)
    expect(targets([1, 12, 2])).toEqual(['H0', '10-244-0-2', 'fd00--', 'fd00--1-2'])
    expect(targets([1, 12, 3])).toEqual(['H0', '10-244-0-2', 'fd00--0', 'fd00--1-2'])
    expect(targets([1, 14, 7], ['endpoint_pod_names'])).toEqual(['H0', 'p1', 'fd00--0', 'fd00--1-2'])
    expect(ways({ view }, 'h0.db.shop.svc.cluster.local.')).toEqual(['NOERROR 10.244.0.1'])
    expect(ways({ view }, 'p1.db.shop.svc.cluster.local.')).toEqual(['NXDOMAIN'])
  })

  test('noendpoints panics before 1.11 wherever endpoints are looked at', () => {
    const given = { properties: ['noendpoints'] }
    const versions: CorednsVersion[] = [[1, 10, 1], [1, 11, 0]]
    expect(versions.map(at(given, 'web.shop.svc.cluster.local.'))).toEqual(['NOERROR 10.96.1.1', 'NOERROR 10.96.1.1'])
    const [before = '', since = ''] = versions.map(at(given, 'db.shop.svc.cluster.local.'))
    expect([before.startsWith('SERVFAIL'), since]).toEqual([true, 'NXDOMAIN'])
  })
})

describe('names of pods', () => {
  const given = { properties: ['pods insecure'] }
  test('four numbers are IPv4, all else is IPv6', () => {
    expect(ways(given, '10-1-1-1.shop.pod.cluster.local.')).toEqual(['NOERROR 10.1.1.1'])
    expect(ways(given, 'fd00--1.shop.pod.cluster.local.', 'AAAA')).toEqual(['NOERROR fd00::1'])
    expect(ways(given, '1--2-3.shop.pod.cluster.local.', 'AAAA')).toEqual(['NOERROR 1::2:3'])
    expect(ways(given, '10-1-1.shop.pod.cluster.local.')).toEqual(['NXDOMAIN'])
    expect(ways(given, '10-1-1-256.shop.pod.cluster.local.')).toEqual(['NXDOMAIN'])
    expect(ways(given, 'shop.pod.cluster.local.')).toEqual(['NOERROR'])
    expect(ways(given, '10-1-1-1.bank.pod.cluster.local.')).toEqual(['NXDOMAIN'])
  })
})

test('of ten thousand Services only the one asked for is read', () => {
  let reads = 0
  const services = Array.from({ length: 10_000 }, (_, i) => {
    const plainObject = service(`s${i}`, WEB)
    return Object.defineProperty({ ...plainObject }, 'body', { get: () => { reads++; return plainObject.body } })
  })
  const handler = kubernetes(setupOf({ view: { ...full, services } }))!
  for (let i = 0; i < 50; i++) {
    const run = handler({ name: 's77.shop.svc.cluster.local.', type: 'A', transport: 'udp' }, passed)
    expect(run.next().done).toBe(true)
  }
  expect(reads).toBeLessThan(10)
})

test('odd objects are read as far as they go', () => {
  const odd = [
    service('a', { clusterIP: 7, ports: 'x' } as Json), service('b', null as unknown as Json), object(
      'Service', 'shop', '__proto__', { spec: { clusterIPs: [null, '10.0.0.9'] } },
    ),
  ]
  const view = { ...full, services: odd, endpointSlices: [slice('a', [null, { addresses: 'x', conditions: [] }] as unknown as Json[])] }
  expect(ways({ view }, 'a.shop.svc.cluster.local.')).toHaveLength(3)
  expect(ways({ view }, '__proto__.shop.svc.cluster.local.')).toEqual(['NOERROR 10.0.0.9'])
  expect(ways({ view }, '9.9.9.9.in-addr.arpa.', 'PTR')).toEqual(['NXDOMAIN'])
})

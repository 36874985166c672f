// What a block with `metadata` knows of a query: plugin/metadata, plugin/view and plugin/kubernetes/metadata.go.
import { expect, test } from 'vitest'
import { kubeObject } from '../../../test/support/cluster-files.ts'
import { readCorefile } from '../../config/corefile.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { isUnknownLabel, metadataCollector, metadataOf } from './metadata.ts'
import { isLabel } from './metadata-label.ts'
import type { CorednsVersion, PluginSetup } from './plugin.ts'

const pods = [kubeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'ns', labels: { app: 'web' } }, status: { podIP: '10.244.1.9', phase: 'Running' } })]

function collected(lines: string, query: Partial<DnsQuery>, version: CorednsVersion = [1, 11, 3], synced?: boolean): unknown {
  const corefile = readCorefile('Corefile', `test {\n ${lines}\n}\n`, { env: new Map() }).value
  const has = (plugin: string): boolean => corefile.blocks[0]?.directives.some(d => d.name === plugin) === true
  const kubernetes = { services: [], endpointSlices: [], namespaces: [], pods, nodes: [] }
  const model = { corefile, kubernetes, ...(synced !== undefined && { kubernetesSynced: { value: synced } }) } as unknown as PluginSetup['model']
  return metadataCollector({ block: 0, zones: ['test.'], version, model, has })?.({ name: 'a.test.', type: 'A', transport: 'udp', ...query })
}

const CLUSTER = 'metadata cluster.local test\n kubernetes cluster.local {\n  pods verified\n }'
const POD = { 'kubernetes/client-namespace': 'ns', 'kubernetes/client-pod-name': 'p' }
const SERVICE = { 'kubernetes/port-name': '', 'kubernetes/protocol': '', 'kubernetes/endpoint': '', 'kubernetes/service': 'web', 'kubernetes/namespace': 'ns', 'kubernetes/kind': 'svc' }

test('a block without metadata collects nothing, one with it what lies in its zones', () => {
  expect([collected('whoami', {}), collected('metadata', {}), collected('metadata', { name: 'a.else.' })]).toEqual([undefined, {}, {}])
  expect([collected('view v\n metadata', {}), collected('view v\n metadata', { name: 'a.else.' }), collected('view v\n metadata else', { name: 'a.else.' }), collected('view v\n metadata else', {})]).toEqual([{ 'view/name': 'v' }, {}, { 'view/name': 'v' }, {}])
})

test('the name of the view is known since 1.10', () => {
  expect([collected('view v\n metadata', {}, [1, 9, 4]), collected('view v\n metadata', {}, [1, 10, 0])]).toEqual([{}, { 'view/name': 'v' }])
})

test('kubernetes tells what the name asks for', () => {
  expect(collected(CLUSTER, { name: 'web.ns.svc.cluster.local.' })).toEqual(SERVICE)
  expect(collected(CLUSTER, { name: '_http._tcp.web.ns.svc.cluster.local.' })).toEqual({ ...SERVICE, 'kubernetes/port-name': 'http', 'kubernetes/protocol': 'tcp' })
  expect(collected(CLUSTER, { name: 'ep.web.ns.svc.cluster.local.' })).toEqual({ ...SERVICE, 'kubernetes/endpoint': 'ep' })
  expect(collected(CLUSTER, { name: 'cluster.local.' })).toEqual({ ...SERVICE, 'kubernetes/service': '', 'kubernetes/namespace': '', 'kubernetes/kind': '' })
  expect(collected(CLUSTER, { name: 'web.ns.odd.cluster.local.' })).toEqual({ 'kubernetes/parse-error': 'invalid query name' })
  expect(collected('metadata\n kubernetes a b {\n  odd\n }', { name: 'web.ns.svc.cluster.local.' })).toEqual({})
})

test('kubernetes tells who asks where it watches the pods and has their list, with the labels since 1.11.3', () => {
  const client = '10.244.1.9'
  expect(collected(CLUSTER, { client }, [1, 11, 1])).toEqual(POD)
  expect(collected(CLUSTER, { client })).toEqual({ ...POD, 'kubernetes/client-label/app': 'web' })
  expect(collected(CLUSTER, { client, name: 'web.ns.odd.cluster.local.' }, [1, 11, 1])).toEqual({ ...POD, 'kubernetes/parse-error': 'invalid query name' })
  expect(collected(CLUSTER, { client, name: 'web.ns.svc.cluster.local.' }, [1, 11, 1])).toEqual({ ...POD, ...SERVICE })
  expect([collected(CLUSTER, { client }, [1, 11, 1], true), collected(CLUSTER, { client }, [1, 11, 1], false), collected(CLUSTER, { client: '10.244.1.8' }), collected(CLUSTER, {})]).toEqual([POD, {}, {}, {}])
  expect(collected('metadata\n kubernetes cluster.local', { client }, [1, 11, 1])).toEqual({})
})

test('what the query brought along is read by its label, and what nobody here can know has none', () => {
  const query: DnsQuery = { name: 'a.', type: 'A', transport: 'udp', metadata: { 'a/b': 'x' } }
  expect([metadataOf(query)('a/b'), metadataOf(query)('toString'), metadataOf({ name: 'a.', type: 'A', transport: 'udp' })('a/b')]).toEqual(['x', undefined, undefined])
  const has = (...plugins: readonly string[]) => ({ has: (plugin: string) => plugins.includes(plugin) })
  expect([isUnknownLabel(has('metadata', 'geoip'), 'geoip/a'), isUnknownLabel(has('metadata', 'trace'), 'trace/a'), isUnknownLabel(has('geoip'), 'geoip/a'), isUnknownLabel(has('metadata'), 'geoip/a'), isUnknownLabel(has('metadata', 'geoip'), 'view/name')])
    .toEqual([true, true, false, false, false])
})

test('a label has a slash inside', () => {
  expect(['a/b', 'a/b/c', 'ab/c', 'a/bc', '/b', 'a/', '/', 'a', '', 'a/b/'].filter(isLabel)).toEqual(['a/b', 'a/b/c', 'ab/c', 'a/bc', 'a/b/'])
})

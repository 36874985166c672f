import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import type { Problem } from '../../chain/source.ts'
import { readKubernetes } from './kubernetes-options.ts'
import type { CorednsVersion } from './plugin.ts'
import { refusalOf } from '../../../test/support/one-coredns.ts'

const refused = (option: string, version: string, line = 'cluster.local'): string => refusalOf(version, `. {\n kubernetes ${line} {\n ${option}\n }\n}\n`).replace(/^plugin\/kubernetes: /, '')
const argument = (word: string): string => `Error during parsing: Wrong argument count or unexpected line ending after '${word}'`
const property = (name: string): string => `Error during parsing: unknown property '${name}'`

function read(options: string, version: CorednsVersion = [1, 14, 7], line = 'kubernetes cluster.local'): { options: ReturnType<typeof readKubernetes>; said: Problem[] } {
  const said: Problem[] = []
  const corefile = readCorefile('Corefile', `. {\n ${line} {\n ${options}\n }\n}\n`, { env: new Map() }).value
  return { options: readKubernetes(corefile.blocks[0]!.directives, ['.'], version, p => void said.push(p)), said }
}

// The releases are those of the tags of github.com/coredns/coredns whose plugin/kubernetes/setup.go has the option first.
test.each([
  ['namespace_labels a', '1.5.0', '1.4.0'], ['multicluster cluster.local', '1.12.2', '1.12.1'], ['startup_timeout 1s', '1.12.3', '1.12.2'], ['zonal', '1.14.7', '1.14.6'],
  ['apiserver_qps 1', '1.14.0', '1.13.2'], ['apiserver_burst 1', '1.14.0', '1.13.2'], ['apiserver_max_inflight 1', '1.14.0', '1.13.2'],
])('kubernetes takes %j since %s', (option, first, before) => {
  expect([refused(option, first), refused(option, before)]).toEqual(['', property(option.split(' ')[0]!)])
})

test.each([['upstream', '1.6.9', '1.7.0'], ['resyncperiod', '1.6.9', '1.7.0'], ['transfer to *', '1.7.1', '1.8.0']])('kubernetes takes %j until %s', (option, last, after) => {
  expect([refused(option, last), refused(option, after)]).toEqual(['', property(option.split(' ')[0]!)])
})

// In both ways of being checked: by the plugin itself before 1.7, and by its set-up.
test.each(['1.6.9', '1.14.7'])('CoreDNS %s refuses options with the wrong words', version => {
  const tried = (options: readonly string[]): string[] => options.map(option => refused(option, version))
  expect(tried(['endpoint', 'tls a b', 'tls a b c d', 'kubeconfig', 'kubeconfig a b c', 'namespaces', 'labels', 'namespace_labels', 'ttl', 'pods', 'pods a b'])).toEqual(
    ['endpoint', 'b', 'd', 'kubeconfig', 'c', 'namespaces', 'labels', 'namespace_labels', 'ttl', 'pods', 'b'].map(argument))
  expect(tried(['endpoint_pod_names x', 'noendpoints x'])).toEqual([argument('x'), argument('x')])
  expect(tried(['odd', 'ttl x', 'ttl -1', 'ttl 3601', 'ignore odd'])).toEqual([
    property('odd'), 'strconv.Atoi: parsing "x": invalid syntax', 'Error during parsing: ttl must be in range [0, 3600]: -1', 'Error during parsing: ttl must be in range [0, 3600]: 3601',
    'unable to parse ignore value: \'odd\''])
  expect(tried(['pods odd'])).toEqual(['wrong value for pods: odd,  must be one of: disabled, verified, insecure'])
  expect(tried(['labels a in b', 'namespace_labels a in b']).map(text => text.replace(/: (?:found|couldn't) .*/, ''))).toEqual([
    'unable to parse label selector value: \'a in b\'', 'unable to parse namespace_label selector value: \'a in b\''])
  expect(tried(['namespaces a\n namespace_labels b'])).toEqual(['Error during parsing: namespaces and namespace_labels cannot both be set'])
  expect(tried(['namespaces a b\n endpoint http://x\n endpoint_pod_names\n noendpoints\n ttl 0\n ttl 3600\n ignore\n ignore empty_service\n pods verified\n fallthrough a'])).toEqual([''])
  expect(refused('ttl 5', version, '10.0.0.0/8')).toBe('non-reverse zone name must be used')
  expect(refused('ttl 5\n }\n kubernetes a.test {\n ttl 5', version)).toBe('this plugin can only be used once per Server Block')
})

test('a kubeconfig had a context before 1.8.2', () => {
  expect(['1.6.9', '1.8.1', '1.8.2'].map(version => refused('kubeconfig a', version))).toEqual([argument('a'), argument('a'), ''])
  expect(['1.6.9', '1.8.1', '1.8.2'].map(version => refused('kubeconfig a b', version))).toEqual(['', '', ''])
  expect([read('kubeconfig a', [1, 8, 7]).options, read('kubeconfig a b', [1, 6, 9]).options]).toMatchObject([{ pods: 'disabled' }, { pods: 'disabled' }])
})

test('what no option says, and what each does', () => {
  expect(read('').options).toMatchObject({
    zones: ['cluster.local.'], primaryZone: 'cluster.local.', namespaceLabels: undefined, labels: undefined, pods: 'disabled', endpointPodNames: false, ttlS: 5, noendpoints: false, fallthrough: [],
    ignoreEmptyService: false, zonal: false, multiclusterZones: [],
  })
  expect(read('endpoint_pod_names\n noendpoints\n pods insecure\n ttl 7\n fallthrough a.test\n ignore empty_service', [1, 14, 7], 'kubernetes 10.0.0.0/8 a.test b.test').options).toMatchObject({
    primaryZone: 'a.test.', endpointPodNames: true, noendpoints: true, pods: 'insecure', ttlS: 7, fallthrough: ['a.test.'], ignoreEmptyService: true,
    sources: { directive: { line: 2 }, fallthrough: { line: 7 } },
  })
  expect(read('ignore').options).toMatchObject({ ignoreEmptyService: false })
  expect(read('zonal').options).toMatchObject({ zonal: true })
})

test('multicluster zones are said not to be modelled, at their line', () => {
  expect(read('ttl 5\n multicluster cluster.local').said).toMatchObject([{ code: 'corefile-unmodelled-option', state: 'unmodelled', source: { line: 4 } }])
  expect(read('ttl 5').said).toEqual([])
})

test('set-up: what cannot stand together', () => {
  expect(refused('zonal\n noendpoints', '1.14.7')).toBe('Error during parsing: zonal requires the endpoint cache; remove noendpoints')
  expect(refused('multicluster b.test', '1.14.7', 'a.test c.test')).toBe('Error during parsing: is not authoritative for the multicluster zone b.test. (authoritative zones: [a.test. c.test.])')
  expect(refused('multicluster a.test', '1.14.7', 'a.test c.test')).toBe('')
  expect([refused('apiserver_burst -1', '1.14.7'), refused('apiserver_qps 1 2', '1.14.7'), refused('apiserver_qps', '1.14.7')]).toEqual(
    ['Error during parsing: apiserver_burst must be >= 0', argument('2'), argument('apiserver_qps')])
  expect([refused('startup_timeout', '1.14.7'), refused('startup_timeout x', '1.14.7')]).toEqual([argument('startup_timeout'), 'failed to parse startup_timeout: x, time: invalid duration "x"'])
})

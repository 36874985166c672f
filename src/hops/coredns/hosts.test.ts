import { expect, test } from 'vitest'
import type { CorednsModel, Directive } from '../../chain/model.ts'
import { lineSource, type Problem } from '../../chain/source.ts'
import type { Cause } from '../../dns/message.ts'
import { entriesOf, hosts } from './hosts.ts'
import type { CorednsVersion } from './plugin.ts'

const directive = (line: string, properties: readonly string[] = []): Directive => {
  const [name = '', ...args] = line.split(' ')
  const source = lineSource('Corefile', 1, line)
  return { name, args: args.map(value => ({ value, source })), properties: properties.map(p => directive(p)), source }
}

interface Given {
  readonly line?: string
  readonly properties?: readonly string[]
  readonly version?: CorednsVersion
  readonly files?: Readonly<Record<string, string>>
  readonly hostNetwork?: boolean
  readonly pod?: string
  /** Lines of `root` in the same block. */
  readonly roots?: readonly string[]
}

function made({ line = 'hosts', properties = [], version = [1, 14, 7], files = {}, hostNetwork = false, roots = [], pod = 'kube-system/coredns-x' }: Given) {
  const problems: Problem[] = []
  const model: CorednsModel = {
    pod, node: 'n', addresses: ['10.244.0.9'], version: undefined, resolvConf: undefined, hostNetwork,
    corefile: { file: 'Corefile', text: '', blocks: [{ keys: [], directives: roots.map(root => directive(root)), source: lineSource('Corefile', 1, '.') }] },
    files: new Map(Object.entries(files).map(([file, text]) => [file, { file, text }])),
    kubernetes: { services: [], endpointSlices: [], namespaces: [], pods: [], nodes: [] },
  }
  const handler = hosts({
    server: 'dns', block: 0, zones: ['.'], directives: [directive(line, properties)], version, model, reach: a => a, nextHop: 'next',
    has: () => false, report: p => problems.push(p),
  })!
  const ask = (name: string, type = 'A'): string => {
    const { value } = handler({ name, type, transport: 'udp' }, function* () { return { rcode: 'SERVFAIL', error: 'next' } }).next()
    const served = value as { rcode: string; error?: string; reply?: { rcode: string; answer: readonly { data: string }[] }; cause?: { kind: string } }
    return served.error ?? [served.reply?.rcode ?? served.rcode, ...(served.reply?.answer ?? []).map(r => r.data)].join(' ')
  }
  const causeOf = (name: string, type: string): Cause | undefined => {
    const served = handler({ name, type, transport: 'udp' }, function* () { return { rcode: 'SERVFAIL' } }).next().value as { cause?: Cause; reply?: { cause?: Cause } }
    return served.cause ?? served.reply?.cause
  }
  return { ask, causeOf, problems }
}

test('a relative file is looked for below the last root of the block', () => {
  const files = { '/a/h': '10.0.0.1 x.test\n', '/b/h': '10.0.0.2 x.test\n' }
  expect(made({ line: 'hosts h', files, roots: ['root /a', 'root /b/'] }).ask('x.test.')).toBe('NOERROR 10.0.0.2')
})

test('without a file a pod reads the hosts file kubelet wrote for it', () => {
  const { ask, problems } = made({ properties: ['10.0.0.1 a.test', 'fallthrough'] })
  expect([ask('localhost.'), ask('coredns-x.'), ask('a.test.'), ask('b.test.')]).toEqual(['NOERROR 127.0.0.1', 'NOERROR 10.244.0.9', 'NOERROR 10.0.0.1', 'next'])
  expect(problems).toEqual([])
})

test('kubelet cuts the name of a pod to the 63 letters of a host name, and knows the names of IPv6', () => {
  const { ask } = made({ pod: `ns/${'p'.repeat(64)}`, properties: ['ttl 5'] })
  expect([ask(`${'p'.repeat(63)}.`), ask(`${'p'.repeat(64)}.`)]).toEqual(['NOERROR 10.244.0.9', 'SERVFAIL'])
  const names = ['localhost.', 'ip6-localhost.', 'ip6-loopback.', 'ip6-localnet.', 'ip6-mcastprefix.', 'ip6-allnodes.', 'ip6-allrouters.']
  expect(names.map(name => ask(name, 'AAAA'))).toEqual(['::1', '::1', '::1', 'fe00::', 'fe00::', 'fe00::1', 'fe00::2'].map(address => `NOERROR ${address}`))
})

test('a file the evidence does not have counts as empty, and that is said', () => {
  for (const given of [{ line: 'hosts /etc/coredns/NodeHosts' }, { hostNetwork: true }]) {
    const { ask, problems } = made({ ...given, properties: ['10.0.0.1 a.test'] })
    expect([ask('a.test.'), ask('localhost.')]).toEqual(['NOERROR 10.0.0.1', 'SERVFAIL'])
    expect(problems).toMatchObject([{ code: 'hosts-file-unknown', state: 'unknown' }])
  }
})

test('no_reverse, and the wildcards of 1.14.5 have no PTR', () => {
  const properties = ['10.0.0.1 a.test', '10.0.0.2 *.w.test']
  expect(made({ properties: [...properties, 'no_reverse'] }).ask('1.0.0.10.in-addr.arpa.', 'PTR')).toBe('next')
  expect(made({ properties }).ask('2.0.0.10.in-addr.arpa.', 'PTR')).toBe('next')
  expect(made({ properties, version: [1, 14, 4] }).ask('2.0.0.10.in-addr.arpa.', 'PTR')).toBe('NOERROR *.w.test.')
})

test('types that hosts cannot have fall through in 1.14.5 and 1.14.6, and by option from 1.14.7', () => {
  const ask = (version: CorednsVersion, ...more: string[]) => made({ properties: ['10.0.0.1 a.test', ...more, 'fallthrough'], version }).ask('a.test.', 'MX')
  expect([ask([1, 14, 4]), ask([1, 14, 5]), ask([1, 14, 7]), ask([1, 14, 7], 'fallthrough_unsupported')]).toEqual(['NOERROR', 'next', 'NOERROR', 'next'])
})

test.each([
  ['ttl 0', 'ttl provided is invalid'], ['ttl 65536', 'ttl provided is invalid'], ['ttl x', 'ttl needs a number'], ['ttl', 'ttl needs a time in second'],
  ['reload 5', 'invalid duration for reload \'5\''], ['reload -5s', 'invalid negative duration for reload \'-5s\''], ['reload', 'reload needs a duration'],
  ['reload 1s 2s', 'reload needs a duration'],
  ['fallthrough_unsupported', 'requires fallthrough'],
])('%s keeps CoreDNS from starting', (line, message) => {
  const { ask, problems } = made({ properties: [line] })
  expect(ask('a.test.')).toContain(message)
  expect(problems).toMatchObject([{ code: 'corefile-refused', state: 'damaged' }])
})

test('after fallthrough an unknown word is no entry', () => {
  expect(made({ properties: ['fallthrough', '10.0.0.1 a.test'] }).problems[0]?.message).toContain("unknown property '10.0.0.1'")
})

test.each(['ttl 1', 'ttl +65535', 'reload 0', 'reload -0', 'reload 1h2.5s', 'reload .5ms'])('%s is fine', line => {
  expect(made({ properties: [line], files: { '/etc/hosts': '' } }).problems).toEqual([])
})

test('a name with addresses of the other family is denied, one that is nowhere is a failure', () => {
  const { causeOf } = made({ properties: ['10.0.0.1 a.test'], files: { '/etc/hosts': '' } })
  expect([causeOf('a.test.', 'A'), causeOf('a.test.', 'AAAA'), causeOf('a.test.', 'MX'), causeOf('b.test.', 'A')]).toEqual(
    [undefined, { kind: 'denied', by: 'dns hosts' }, { kind: 'denied', by: 'dns hosts' }, { kind: 'failed', by: 'dns hosts', detail: 'no entry, and no fallthrough' }])
})

test('entries are addresses of names and names of addresses, together', () => {
  const count = (text: string, reverse: boolean, version: CorednsVersion = [1, 14, 7]): number => entriesOf(text, { zones: ['.'], reverse }, version)
  const text = '10.0.0.1 a b\n10.0.0.2 a\nfd00::1 a\n'
  expect([count(text, true), count(text, false), count('', true), count('10.0.0.1 *.a', true), count('10.0.0.1 *.a', true, [1, 14, 4])]).toEqual([8, 4, 0, 1, 2])
})

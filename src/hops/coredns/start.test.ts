// What no recorded start can tell: flags, ports of schemes that need more than a Corefile, versions and names that are not known.
import { describe, expect, test } from 'vitest'
import type { CorednsModel } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import { lineSource } from '../../chain/source.ts'
import { readCorefile } from '../../config/corefile.ts'
import { readBlockKey } from './block-keys.ts'
import { checkCorefile } from './check.ts'
import { cleanPath, containerPath } from './go-path.ts'
import { hostNameOf } from './host-name.ts'
import { sourceAddress } from './local-address.ts'
import { refusalText } from './refuse.ts'
import { defaultPort, readFlags, startCoredns, type Start } from './start.ts'
import { readVersion } from './version.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const modelOf = (corefile: string, more: Partial<CorednsModel> = {}): CorednsModel => ({
  pod: 'kube-system/coredns-x', node: 'n1', addresses: ['10.244.0.5', 'fd00::5'], version: undefined, corefile: readCorefile('Corefile', corefile, { env: new Map() }).value, files: new Map(), resolvConf: undefined,
  hostNetwork: false, kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }, ...more,
})

describe('the command line is read as Go\'s flag package reads it', () => {
  test.each([
    [[], { quiet: false, version: false, stray: [] }], [['-quiet'], { quiet: true, version: false, stray: [] }], [['--version=true'], { quiet: false, version: true, stray: [] }],
    [['-conf', '-quiet'], { quiet: false, version: false, stray: [] }], [['-conf=x', '-quiet'], { quiet: true, version: false, stray: [] }], [['-dns.port', '5', '-p', '6', '-pidfile', 'x', '-log-format', 'y', 'z'], { quiet: false, version: false, stray: ['z'] }],
    [['a', '-quiet'], { quiet: false, version: false, stray: ['a', '-quiet'] }], [['-quiet', '--', '-version'], { quiet: true, version: false, stray: ['-version'] }], [['-', '-quiet'], { quiet: false, version: false, stray: ['-', '-quiet'] }],
  ])('%j', (args, flags) => {
    expect(readFlags(args)).toEqual(flags)
  })

  test.each([[['-dns.port', '5353'], 5353], [['--dns.port=54'], 54], [['-quiet', '-p', '55'], 55], [['-p=56'], 56], [['-conf', 'x'], undefined], [['-pidfile', '7'], undefined], [[], undefined]])('keys without a port: %j is %s', (args, port) => {
    expect(defaultPort(args)).toBe(port)
  })
})

test.each([['', 53], ['dns://', 53], ['tls://', 853], ['quic://', 853], ['grpc://', 443], ['https://', 443], ['https3://', 443], ['unix://', 0]])('a key of scheme "%s" is of port %i', (scheme, port) => {
  expect(readBlockKey({ value: `${scheme}a.test`, source: lineSource('Corefile', 1, 'x') }, [1, 14, 7])).toMatchObject({ port, zones: ['a.test.'] })
  expect(readBlockKey({ value: `${scheme}a.test:99`, source: lineSource('Corefile', 1, 'x') }, [1, 14, 7])).toMatchObject({ port: 99 })
})

test('only plain keys get the port of the command line', () => {
  const portOf = (key: string): unknown => readBlockKey({ value: key, source: lineSource('Corefile', 1, 'x') }, [1, 14, 7], 5353)
  expect([portOf('a'), portOf('tls://a'), portOf('a:1')]).toMatchObject([{ port: 5353 }, { port: 853 }, { port: 1 }])
})

test.each([['v1.9.3', [1, 9, 3]], ['1.11.3', [1, 11, 3]], ['1.12', [1, 12, 0]], ['1.14.7-eks.1', [1, 14, 7]]])('release %s is %j', (version, numbers) => {
  const said: Problem[] = []
  expect(readVersion(modelOf('. {\n}\n', { version }), p => void said.push(p))).toEqual(numbers)
  expect(said).toEqual([])
})

test('an unknown release is taken to be a common one, an old one where the Corefile has proxy, and both are said', () => {
  const said: Problem[] = []
  const of = (corefile: string, version?: string): unknown => readVersion(modelOf(corefile, version === undefined ? {} : { version, versionSource: lineSource('pod', 2, version) }), p => void said.push(p))
  expect([of('. {\n whoami\n}\n'), of('. {\n proxy . 1.1.1.1\n}\n'), of('. {\n}\n', 'latest')]).toEqual([[1, 11, 3], [1, 4, 0], [1, 11, 3]])
  expect(said.map(p => [p.message.replace(/^.*coredns-x /, ''), p.source?.line])).toEqual([
    ['is not known: taken to behave like 1.11.3', undefined], ['is not known: taken to behave like 1.4.0', undefined], ['"latest" is no version number: taken to behave like 1.11.3', 2]])
})

test('the host name is the machine\'s, the node\'s in its network, else the pod\'s, cut as kubelet cuts it', () => {
  const long = `${'a'.repeat(62)}.b`
  expect([
    hostNameOf(modelOf('', { machine: { hostName: 'vm' } as NonNullable<CorednsModel['machine']> })), hostNameOf(modelOf('', { hostNetwork: true })), hostNameOf(modelOf('')), hostNameOf(modelOf('', { pod: `ns/${long}` })), hostNameOf(modelOf('', { pod: `ns/${'a'.repeat(64)}` })),
  ]).toEqual(['vm', 'n1', 'coredns-x', 'a'.repeat(62), 'a'.repeat(63)])
})

test('what is sent to the loopback comes from it, the rest from an address of the same family', () => {
  const model = modelOf('')
  expect(['127.0.0.9', '::1', '10.0.0.1', 'fd00::1'].map(to => sourceAddress(model, to))).toEqual(['127.0.0.1', '::1', '10.244.0.5', 'fd00::5'])
  expect(sourceAddress(modelOf('', { addresses: ['10.244.0.5'] }), 'fd00::1')).toBe('10.244.0.5')
})

test.each([['', '.'], ['.', '.'], ['/', '/'], ['a/./b//c', 'a/b/c'], ['a/../b', 'b'], ['a/b/../../..', '..'], ['../../a', '../../a'], ['../a/..', '..'], ['/../a', '/a'], ['/a/../../b/', '/b'], ['a/', 'a']])('the path "%s" is %s', (path, clean) => {
  expect(cleanPath(path)).toBe(clean)
  expect(containerPath(path).startsWith('/')).toBe(true)
})

test('a check names unknown plugins first, in the order of the file, then what is refused', () => {
  const { value } = readCorefile('Corefile', '. {\n own2 a\n cache 0\n}\nb {\n own1 a\n}\n', { env: new Map() })
  const found = checkCorefile(value, '1.11.3')
  expect(found.map(p => [p.code, p.source?.line])).toEqual([['corefile-unknown-plugin', 2], ['corefile-unknown-plugin', 6], ['corefile-refused', 3]])
  expect(refusalText(found[2] as Problem)).toContain('cache TTL can not be zero or negative: 0')
})

describe('a plugin that is not modelled answers for what its words name, and for nothing else', () => {
  const causeOf = (line: string, name: string, type = 'A', key = 'zone.test'): unknown => {
    const reply = oneCoredns('1.11.3', `${key} {\n ${line}\n whoami\n}\n`).ask({ name, type })
    return typeof reply === 'object' && 'cause' in reply ? (reply.cause as { readonly kind: string } | undefined)?.kind : undefined
  }
  test.each([
    ['etcd odd.zone.test', 'a.odd.zone.test.', 'a.zone.test.'], ['dnssec odd.zone.test', 'a.odd.zone.test.', 'a.zone.test.'], ['secondary odd.zone.test {\n transfer from 1.1.1.1\n }', 'a.odd.zone.test.', 'a.zone.test.'],
    ['route53 odd.zone.test:Z1', 'a.odd.zone.test.', 'a.zone.test.'], ['grpc odd.zone.test 10.0.0.1', 'a.odd.zone.test.', 'a.zone.test.'],
  ])('%s', (line, inside, outside) => {
    expect([causeOf(line, inside), causeOf(line, outside)]).toEqual(['unmodelled', undefined])
  })
})

describe('a socket that somebody else has', () => {
  const TCP = 'Listen: listen tcp 127.0.0.1:99: bind: address already in use'
  const UDP = 'ListenPacket: listen udp 127.0.0.1:99: bind: address already in use'
  test.each([
    ['a:99', 'tcp', TCP], ['a:99', 'udp', UDP], ['tls://a:99', 'tcp', TCP], ['tls://a:99', 'udp', undefined], ['grpc://a:99', 'tcp', TCP], ['grpc://a:99', 'udp', undefined], ['https://a:99', 'tcp', TCP], ['https://a:99', 'udp', undefined],
    ['quic://a:99', 'udp', 'ListenPacket: quic: tls.Config not set'],
  ])('%s where %s is taken', (key, transport, error) => {
    const read = readCorefile('Corefile', `${key} {\n bind 127.0.0.1\n whoami\n}\n`, { env: new Map() })
    const { corefile: _, ...model } = modelOf('', { version: '1.11.3', machine: { hostName: 'vm', hasAllFiles: true, taken: new Set([`${transport} 127.0.0.1:99`]), interfaces: new Map([['lo', ['127.0.0.1']]]) } as NonNullable<CorednsModel['machine']> })
    expect(startCoredns({ read, path: 'Corefile', model }, address => address).stderr).toEqual(error === undefined ? [] : [error])
  })
})

describe('what a start prints', () => {
  const started = (corefile: string, more: { readonly args?: readonly string[]; readonly version?: string; readonly machine?: object; readonly imported?: ReadonlyMap<string, string> } = {}): Start => {
    const files = new Map([...more.imported ?? []].map(([path, text]) => [path, { file: path, text }]))
    const read = readCorefile('Corefile', corefile, { env: new Map(), files, path: '/etc/coredns/Corefile' } as never)
    const { corefile: _, ...model } = modelOf('', { version: more.version ?? '1.11.3', files, machine: { hostName: 'vm', hasAllFiles: true, interfaces: new Map([['lo', ['127.0.0.1']]]), ...more.machine } as NonNullable<CorednsModel['machine']> })
    return startCoredns({ read, path: 'Corefile', model, ...(more.args && { args: more.args }) }, address => address)
  }
  const WARNED = '[WARNING] No files matching import glob pattern: none*'

  test('stray words end it, a version is all that it tells', () => {
    expect(started('.:99 {\n}\n', { args: ['-quiet', 'x', 'y'] })).toMatchObject({ stdout: [], stderr: ['DATE extra command line arguments: [x y]'], end: 1 })
    expect(started('.:99 {\n}\n', { args: ['x'] })).toMatchObject({ stderr: ['DATE extra command line arguments: [x]'], end: 1 })
    expect(started('zzz', { args: ['-version'] })).toEqual({ stdout: ['CoreDNS-1.11.3', 'linux/amd64, go, '], stderr: [], end: 0 })
  })

  test('an import of nothing is told once, by reload once more, and before what ends the start if it stands before it', () => {
    expect(started('.:99 {\n import none*\n whoami\n}\n').stdout.filter(line => line === WARNED)).toHaveLength(1)
    expect(started('.:99 {\n import none*\n reload\n}\n').stdout.filter(line => line === WARNED)).toHaveLength(2)
    expect(started('.:99 {\n import none*\n zzz\n}\n')).toMatchObject({ stdout: [WARNED], stderr: ['Corefile:3 - Error during parsing: Unknown directive \'zzz\''], end: 1 })
    expect(started('.:99 {\n zzz\n import none*\n}\n')).toMatchObject({ stdout: [], stderr: ['Corefile:2 - Error during parsing: Unknown directive \'zzz\''] })
  })

  test('dnstap at a socket that nobody listens at: of no file, or of no file system', () => {
    const nobody = (endpoint: string): readonly string[] => started(`.:99 {\n dnstap ${endpoint}\n}\n`).stdout.filter(line => line.includes('dnstap'))
    const told = (of: string): readonly string[] => [`[ERROR] plugin/dnstap: No connection to dnstap endpoint: dial unix ${of}`]
    expect([nobody('/tmp/x'), nobody('@x')]).toEqual([told('/tmp/x: connect: no such file or directory'), told('@x: connect: connection refused')])
  })

  test('trace cannot make an endpoint of an address of IPv6 up to 1.14.6', () => {
    const warned = (version: string, endpoint = ''): readonly string[] => started(`.:99 a.test:98 {\n bind ::1\n trace ${endpoint}\n}\n`, { version }).stdout.filter(line => line.includes('Zipkin'))
    const text = 'build Zipkin endpoint found err: address ::1:99: too many colons in address'
    expect(['1.9.3', '1.9.4', '1.14.6', '1.14.7'].map(version => warned(version))).toEqual([[`[WARNING] ${text}`], [`[WARNING] plugin/trace: ${text}`], [`[WARNING] plugin/trace: ${text}`], []])
    expect(warned('1.11.3', 'datadog x')).toEqual([])
  })

  test('of several unknown words the first of the file', () => {
    expect(started('.:99 {\n whoami\n yyy\n xxx\n}\na:99 {\n zzz\n}\n').stderr).toEqual(['Corefile:3 - Error during parsing: Unknown directive \'yyy\''])
  })

  test('the hash comes where one block has reload; a process without a server ends', () => {
    const hashes = (text: string): number => started(text).stdout.filter(line => line.includes('SHA512')).length
    expect([hashes('a:99 {\n whoami\n}\nb:99 {\n reload\n}\n'), hashes('a:99 {\n whoami\n}\n')]).toEqual([1, 0])
    expect([started('a:99 {\n whoami\n}\n').end, started('(a) {\n whoami\n}\n').end]).toEqual(['serving', 0])
  })

  test('since 1.12.0 how many processors it uses', () => {
    const line = (machine: object, version = '1.12.0'): unknown => started('.:99 {\n}\n', { version, machine }).stdout.find(text => text.startsWith('maxprocs'))
    expect([line({}), line({ processors: 4 }), line({ env: new Map([['GOMAXPROCS', '3']]) }), line({}, '1.11.4')]).toEqual([
      'maxprocs: Leaving GOMAXPROCS=1: CPU quota undefined', 'maxprocs: Leaving GOMAXPROCS=4: CPU quota undefined', 'maxprocs: Honoring GOMAXPROCS="3" as set in environment', undefined])
  })

  test('zones are sorted, and since 1.9.4 those that are no plain names are warned of', () => {
    const zones = (version: string): unknown => started('b:99 a:99 c:99 _x:99 1.0.in-addr.arpa:99 .:99 {\n whoami\n}\n', { version }).stdout.slice(0, -2)
    const plain = ['.:99', '1.0.in-addr.arpa.:99', '_x.:99', 'a.:99', 'b.:99', 'c.:99']
    expect(zones('1.9.3')).toEqual(plain)
    for (const version of ['1.9.4', '1.10.1']) expect(zones(version)).toEqual(plain.toSpliced(2, 0, 'Warning: Domain "_x." does not follow RFC1035 preferred syntax'))
  })
})

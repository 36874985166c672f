import { expect, test } from 'vitest'
import type { CorednsModel } from '../../chain/model.ts'
import { sourcesOf, type Problem } from '../../chain/source.ts'
import { readCorefile } from '../../config/corefile.ts'
import { readResolvConf } from '../../config/resolv-conf.ts'
import { addressOf, readForward, type ForwardOptions } from './forward-options.ts'
import type { CorednsVersion } from './plugin.ts'
import { refusalText } from './refuse.ts'
import { refusalOf } from '../../../test/support/one-coredns.ts'

const NOWHERE = sourcesOf('f', 'x')(0, 1)
const released = (version: string): CorednsVersion => version.split('.').map(Number) as unknown as CorednsVersion

interface Read { readonly options: ForwardOptions; readonly said: readonly string[] }
function read(line: string, version = '1.11.3', more: Partial<CorednsModel> = {}, before = ''): Read {
  const corefile = readCorefile('Corefile', `. {\n ${before}\n ${line}\n}\n`, { env: new Map() }).value
  const problems: Problem[] = []
  const directives = corefile.blocks[0]!.directives
  const at = directives.findIndex(d => d.name === line.split(' ')[0])
  const options = readForward(directives[at]!, {
    server: 's', block: 0, zones: ['.'], directives: [directives[at]!], version: released(version), reach: address => address, nextHop: 'n', has: () => false,
    model: { pod: 'ns/pod', files: new Map(), resolvConf: undefined, corefile, ...more } as unknown as CorednsModel, report: p => void problems.push(p),
  })
  return { options, said: problems.map(refusalText) }
}
const servers = (to: string, version = '1.11.3', more: Partial<CorednsModel> = {}): unknown[] => read(`forward . ${to}`, version, more).options.servers.map(s => [s.label, s.address, s.port, ...(s.broken === undefined ? [] : [s.broken])])

// The releases are those of the tags of github.com/coredns/coredns whose plugin/forward/setup.go has the option first.
test.each([
  ['except a.test', '1.4.0', undefined], ['expire 10s', '1.4.0', undefined], ['force_tcp', '1.4.0', undefined], ['health_check 1s', '1.4.0', undefined], ['max_fails 3', '1.4.0', undefined],
  ['policy random', '1.4.0', undefined], ['prefer_udp', '1.4.0', undefined], ['tls', '1.4.0', undefined], ['tls_servername a.test', '1.4.0', undefined],
  ['max_concurrent 3', '1.6.8', '1.6.7'], ['next NXDOMAIN', '1.11.4', '1.11.3'], ['failfast_all_unhealthy_upstreams', '1.12.1', '1.12.0'], ['failover SERVFAIL', '1.13.0', '1.12.4'],
  ['max_connect_attempts 3', '1.13.2', '1.13.1'], ['max_idle_conns 3', '1.14.1', '1.14.0'], ['max_age 20s', '1.14.3', '1.14.2'], ['next_on_nodata', '1.14.4', '1.14.3'],
  ['resolver 10.0.0.9', '1.14.4', '1.14.3'], ['read_timeout 1s', '1.14.5', '1.14.4'], ['doh_method GET', '1.14.5', '1.14.4'], ['source_address 10.0.0.9', '1.14.6', '1.14.5'],
])('forward takes %j since %s', (option, first, before) => {
  const refused = (version: string): string => refusalOf(version, `. {\n forward . 10.0.0.1 {\n  ${option}\n }\n}\n`)
  expect([first, '1.15.0'].map(refused)).toEqual(['', ''])
  if (before !== undefined) expect(refused(before)).toContain(`unknown property '${option.split(' ')[0]}'`)
})

test('a health check of a name of its own is known since 1.9.2', () => {
  const refused = (version: string): string => refusalOf(version, '. {\n forward . 10.0.0.1 {\n  health_check 1s domain a.test\n }\n}\n')
  expect([refused('1.9.1'), refused('1.9.2')]).toEqual(['plugin/forward: health_check: unknown option domain', ''])
})

test('what no option says', () => {
  expect(read('forward . 10.0.0.1').options).toMatchObject({
    from: '.', except: [], policy: 'random', maxFails: 2, healthCheckMs: 500, probe: { name: '.', rd: true, canBePacked: true }, forceTcp: false, preferUdp: false,
    maxConcurrent: 0, readTimeoutMs: 2000, attempts: 0, nextOnNodata: false, failfast: false, deadlineMs: 5000, unknown: undefined,
  })
  expect([read('forward . 10.0.0.1 10.0.0.2', '1.14.6').options.attempts, read('forward . 10.0.0.1 10.0.0.2', '1.14.7').options.attempts]).toEqual([0, 4])
})

test('what the options say; the last of each counts, and a list grows', () => {
  const { options } = read(`forward A.test 10.0.0.1 {
    except b.A.test c.a.test\n except d.a.test\n policy random\n policy round_robin\n max_fails 7\n health_check 3s\n force_tcp\n prefer_udp\n max_concurrent 9\n read_timeout 700ms
    max_connect_attempts 5\n next nxdomain REFUSED\n next servfail\n next_on_nodata\n failover servfail\n failfast_all_unhealthy_upstreams\n}`, '1.14.7')
  expect(options).toMatchObject({
    from: 'a.test.', except: ['b.a.test.', 'c.a.test.', 'd.a.test.'], policy: 'round_robin', maxFails: 7, healthCheckMs: 3000, forceTcp: true, preferUdp: true, maxConcurrent: 9,
    readTimeoutMs: 700, attempts: 5, nextOnNodata: true, failfast: true,
  })
  expect([[...options.next], [...options.failover]]).toEqual([['NXDOMAIN', 'REFUSED', 'SERVFAIL'], ['SERVFAIL']])
  expect(read('forward . 10.0.0.1 {\n policy sequential\n health_check 0s\n read_timeout 0s\n}', '1.14.7').options).toMatchObject({ policy: 'sequential', healthCheckMs: 500, readTimeoutMs: 2000 })
})

test('cancel bounds the attempts since 1.11.3, where it is shorter', () => {
  const deadline = (version: string, cancel: string): number => read('forward . 10.0.0.1', version, {}, cancel).options.deadlineMs
  expect([deadline('1.11.1', 'cancel 1s'), deadline('1.11.3', 'cancel 1s'), deadline('1.11.4', 'cancel 1s'), deadline('1.11.3', 'cancel 6s')]).toEqual([5000, 1000, 1000, 5000])
})

test('the name of a health check is made absolute; before 1.9.4 it could not be packed otherwise', () => {
  const probe = (words: string, version = '1.9.4'): unknown => read(`forward . 10.0.0.1 {\n health_check 1s ${words}\n}`, version).options.probe
  expect(probe('domain a.test')).toEqual({ name: 'a.test.', rd: true, canBePacked: true })
  expect(probe('domain a.test', '1.9.3')).toEqual({ name: 'a.test.', rd: true, canBePacked: false })
  expect(probe('domain a.test. no_rec', '1.9.3')).toEqual({ name: 'a.test.', rd: false, canBePacked: true })
  expect(probe('domain')).toEqual({ name: '.', rd: true, canBePacked: true })
})

test.each([
  ['10.0.0.1', [['10.0.0.1', '10.0.0.1', 53]]], ['10.0.0.1:5353', [['10.0.0.1:5353', '10.0.0.1', 5353]]], ['fd00::1', [['fd00::1', 'fd00::1', 53]]],
  ['[fd00::1]:54', [['[fd00::1]:54', 'fd00::1', 54]]], ['fe80::1%eth0', [['fe80::1', 'fe80::1', 53]]], ['dns://10.0.0.1', [['10.0.0.1', '10.0.0.1', 53]]],
  ['tls://10.0.0.1', [['10.0.0.1:853', '10.0.0.1', 853]]], ['tls://10.0.0.1%dns.test', [['10.0.0.1:853', '10.0.0.1', 853]]], ['tls://10.0.0.1%dns.test:99', [['10.0.0.1:99', '10.0.0.1', 99]]],
  ['https://10.0.0.1', [['10.0.0.1:443', '10.0.0.1', 443]]], ['quic://10.0.0.1', [['10.0.0.1:853', '10.0.0.1', 853]]], ['10.0.0.1:65535', [['10.0.0.1:65535', '10.0.0.1', 65_535]]],
  ['10.0.0.1:65536', [['10.0.0.1:65536', '10.0.0.1', 0, 'dial udp: lookup udp/65536: unknown port']]], ['10.0.0.1:dns', [['10.0.0.1:dns', '10.0.0.1', 0, 'dial udp: lookup udp/dns: unknown port']]],
  ['10.0.0.1 10.0.0.2 10.0.0.1', [['10.0.0.1', '10.0.0.1', 53], ['10.0.0.2', '10.0.0.2', 53]]],
])('forward to %s asks %j', (to, asked) => {
  expect(servers(to)).toEqual(asked)
})

test('an address in brackets without a port has the port of its scheme', () => {
  expect(addressOf('[fd00::1]', 53, NOWHERE)).toMatchObject({ address: 'fd00::1', port: 53 })
  expect(addressOf('[fd00::1]x', 53, NOWHERE)).toBeUndefined()
  expect(addressOf('name:53', 53, NOWHERE)).toBeUndefined()
})

test('what is asked otherwise than it is set is said', () => {
  expect(read('forward . tls://10.0.0.1 10.0.0.2').said).toEqual(['forward: tls upstreams are asked as plain DNS here'])
  expect(read('forward . 10.0.0.1 dns://10.0.0.2').said).toEqual([])
})

test('the servers of /etc/resolv.conf are those of the pod, each with the place of its word', () => {
  const resolvConf = readResolvConf('/etc/resolv.conf', 'search a.test\nnameserver 10.0.0.8 more\nnameserver\nnameserver 10.0.0.9\n').value
  const { options, said } = read('forward . /etc/resolv.conf', '1.11.3', { resolvConf })
  expect(options.servers.map(s => [s.label, s.source.start, s.source.end])).toEqual([['10.0.0.8', 25, 33], ['10.0.0.9', 61, 69]])
  expect(said).toEqual([])
})

test('a file is read by its nameserver lines; a word with a colon that is no address is broken, another is skipped', () => {
  const text = 'nameserver 10.0.0.8  \n nameserver a:b\nnameserver word\nnameserver fe80::1%eth0\n'
  const files = new Map([['/f.conf', { file: 'f.conf', text }]])
  expect(servers('/f.conf', '1.11.3', { files })).toEqual([['10.0.0.8', '10.0.0.8', 53], ['a:b', 'a:b', 53, 'dial udp: lookup a:b: no such host'], ['fe80::1', 'fe80::1', 53]])
  expect(servers('./f.conf', '1.11.3', { files })).toHaveLength(3)
  expect(read('forward . /f.conf', '1.11.3', { files }).options.servers.map(s => [s.source.file, s.source.start, s.source.end])).toEqual([['f.conf', 0, 19], ['f.conf', 22, 37], ['f.conf', 54, 77]])
  expect(read('forward . /none', '1.11.3', { files: new Map([['/none', { file: 'none', text: 'search a\n' }]]) }).said).toEqual(['plugin/forward: no nameservers found'])
})

test('a word that is neither an address nor a file is refused, or not known', () => {
  const notKnown = (word: string): string => `forward: "${word}" is no address; what it resolved to at the start is not known`
  const isUnknown = (to: string, version: string): unknown => {
    const { options, said } = read(`forward . ${to}`, version)
    return [options.unknown !== undefined, said]
  }
  expect(isUnknown('word', '1.6.9')).toEqual([true, ['plugin/forward: not an IP address or file: "word"', notKnown('word')]])
  expect(isUnknown('word', '1.14.3')).toMatchObject([true, { length: 2 }])
  expect(isUnknown('word', '1.14.4')).toEqual([true, [notKnown('word')]])
  expect(isUnknown('""', '1.10.1')).toMatchObject([true, ['plugin/forward: not an IP address or file: ""', notKnown('')]])
  expect(isUnknown('""', '1.11.0')).toMatchObject([true, ['plugin/forward: invalid address: ""', notKnown('')]])
  expect(isUnknown('x.conf', '1.6.9')).toEqual([true, ['forward: the evidence has no /x.conf of ns/pod']])
})

test('an upstream counts as down after two failures, and for proxy after three', () => {
  expect(read('forward . 10.0.0.1', '1.4.0').options.maxFails).toBe(2)
  expect(read('proxy . 10.0.0.1', '1.4.0').options.maxFails).toBe(3)
})

test('proxy has the policy `first`, which asks in order', () => {
  expect(read('proxy . 10.0.0.1 {\n policy first\n}', '1.4.0').options.policy).toBe('sequential')
  expect(read('proxy . 10.0.0.1 {\n policy odd\n}', '1.4.0').said).toEqual(['plugin/forward: Error during parsing: unknown policy \'odd\''])
  expect(['protocol dns force_tcp', 'protocol dns', 'protocol force_tcp dns'].map(line => read(`proxy . 10.0.0.1 {\n ${line}\n}`, '1.4.0').options.forceTcp)).toEqual([true, false, false])
})

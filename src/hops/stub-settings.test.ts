import { expect, test } from 'vitest'
import { readResolvConf } from '../config/resolv-conf.ts'
import { glibcSettings } from './glibc-stub-settings.ts'
import { goSettings } from './go-stub-settings.ts'
import { muslSettings } from './musl-stub-settings.ts'
import { glibcAddress, goAddress, muslAddress } from './stub-address.ts'
import { atoi, hostDomain } from './stub-settings.ts'
import { atLeast, stubVersion } from './stub-version.ts'

const conf = (text: string) => readResolvConf('f', text).value
const values = (words: readonly { readonly value: string }[]): string[] => words.map(word => word.value)

test('numbers of resolv.conf are capped as each library caps them', () => {
  const musl = (options: string) => muslSettings(conf(`options ${options}\n`), '1.2.5')
  expect(['10', '11', '0', 'x'].map(n => musl(`attempts:${n}`).attempts)).toEqual([10, 10, 0, 2])
  expect(['60', '61', '0'].map(n => musl(`timeout:${n}`).timeoutMs)).toEqual([60_000, 60_000, 0])
  expect(['15', '16', '0'].map(n => musl(`ndots:${n}`).ndots)).toEqual([15, 15, 0])
  const glibc = (options: string) => glibcSettings(conf(`options ${options}\n`), '2.36')
  expect(['5', '6', '0', '-1', 'x', ''].map(n => glibc(`attempts:${n}`).attempts)).toEqual([5, 5, 0, 0, 0, 0])
  expect(['30', '31', '0', 'x'].map(n => glibc(`timeout:${n}`).timeoutMs)).toEqual([30_000, 30_000, 0, 0])
  expect(['15', '16', '0', '-1', '-2'].map(n => glibc(`ndots:${n}`).ndots)).toEqual([15, 15, 0, 15, 14])
  const go = (options: string) => goSettings(conf(`options ${options}\n`), '1.26')
  expect(['100', '0', '-3', 'x'].map(n => go(`attempts:${n}`).attempts)).toEqual([100, 1, 1, 1])
  expect(['2', '1', '0', '-1'].map(n => go(`timeout:${n}`).timeoutMs)).toEqual([2000, 1000, 1000, 1000])
  expect(['15', '16', '0', '-1'].map(n => go(`ndots:${n}`).ndots)).toEqual([15, 15, 0, 0])
})

test('options of glibc by the release that knows them, their first letters being enough', () => {
  const flags = (options: string, version: string): string[] => [...glibcSettings(conf(`options ${options}\n`), version).flags]
  const first: readonly (readonly [string, string, string])[] = [
    ['edns0', '2.6', '2.5'], ['single-request-reopen', '2.9', '2.8'], ['single-request', '2.10', '2.9'], ['no-tld-query', '2.14', '2.13'],
    ['use-vc', '2.14', '2.13'], ['no-reload', '2.26', '2.25'], ['trust-ad', '2.31', '2.30'], ['no-aaaa', '2.36', '2.35'], ['strict-error', '2.41', '2.40'],
  ]
  for (const [word, known, unknown] of first) {
    expect(flags(word, known), word).toEqual([word])
    expect(flags(word, unknown), word).toEqual([])
  }
  expect(flags('rotate', '2.0')).toEqual(['rotate'])
  expect(['2.13', '2.14'].map(version => flags('no_tld_query', version))).toEqual([[], ['no-tld-query']])
  expect(flags('rotated single-requests', '2.36')).toEqual(['rotate', 'single-request'])
  expect(flags('ROTATE', '2.36')).toEqual([])
  expect([flags('rotate -rotate', '2.41'), flags('rotate -rotate', '2.40')]).toEqual([[], ['rotate']])
})

test('each setting of glibc names the words it comes from, the environment stands at the head of the file', () => {
  const read = glibcSettings(conf('search a b\r\noptions rotate ndots:3 debug\n'), '2.36', { env: { RES_OPTIONS: 'edns0' } })
  expect([...read.optionSources].map(([option, source]) => `${option}: ${source.line} ${source.text}`)).toEqual(['rotate: 2 rotate', 'ndots: 2 ndots:3', 'edns0: 1 '])
  expect(read.search.map(({ value, source }) => `${value}: ${source.text}`)).toEqual(['a: a', 'b\\013: b'])
})

test('LOCALDOMAIN ends where its line does, and goes before the file', () => {
  const search = (LOCALDOMAIN: string): string[] => values(glibcSettings(conf('search x\n'), '2.36', { env: { LOCALDOMAIN } }).search)
  expect([search('a b\tc'), search('a\nb\nc'), search('a b\nc')]).toEqual([['a', 'b', 'c'], ['a'], ['a', 'b']])
})

test('options of Go are whole words, and two of them have other names', () => {
  const go = (options: string, version = '1.26') => goSettings(conf(`options ${options}\n`), version)
  for (const word of ['use-vc', 'usevc', 'tcp']) expect(go(word).useTcp, word).toBe(true)
  for (const word of ['single-request', 'single-request-reopen']) expect(go(word).singleRequest, word).toBe(true)
  expect([go('rotate').rotate, go('rotated').rotate]).toEqual([true, false])
  expect([go('trust-ad', '1.20').trustAd, go('trust-ad', '1.19').trustAd]).toEqual([true, false])
  const edns = (GODEBUG: string, version: string): boolean => goSettings(conf(''), version, { env: { GODEBUG } }).edns
  expect([edns('netedns0=0', '1.21'), edns('netedns0=0', '1.20'), edns('netedns0=1', '1.21'), edns('a=1,netedns0=0,b=2', '1.26'), edns('xnetedns0=0', '1.26')])
    .toEqual([false, true, true, false, true])
})

test('before 2.26 glibc keeps six search domains of 256 characters together, a dot behind each', () => {
  const search = (words: readonly string[], version: string): string[] => values(glibcSettings(conf(`search ${words.join(' ')}\n`), version).search)
  const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  expect(search(seven, '2.25')).toEqual(seven.slice(0, 6))
  expect(search(seven, '2.26')).toEqual(seven)
  const [half, fits, over] = ['x'.repeat(127), 'y'.repeat(127), 'z'.repeat(128)]
  expect(search([half, fits], '2.25')).toEqual([half, fits])
  expect(search([half, over], '2.25')).toEqual([half])
  expect(search([half, over], '2.26')).toEqual([half, over])
})

test('who asks which servers when resolv.conf names none, or more than three', () => {
  const servers = (settings: { readonly servers: readonly { readonly address: string }[] }): string[] => settings.servers.map(server => server.address)
  expect(servers(glibcSettings(conf(''), '2.36'))).toEqual(['127.0.0.1'])
  expect(servers(muslSettings(conf(''), '1.2.5'))).toEqual(['127.0.0.1'])
  expect(servers(goSettings(conf(''), '1.26'))).toEqual(['127.0.0.1', '::1'])
  const four = conf(['1', '2', '3', '4'].map(n => `nameserver 10.0.0.${n}\n`).join(''))
  for (const settings of [glibcSettings(four, '2.36'), muslSettings(four, '1.2.5'), goSettings(four, '1.26')]) expect(servers(settings)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3'])
})

test('a host name gives its domain only where something stands behind its dot', () => {
  expect(hostDomain('pod7.hostdom.test')).toBe('hostdom.test')
  expect(hostDomain('.test')).toBe('test')
  for (const bare of [undefined, '', 'pod7', 'pod7.']) expect(hostDomain(bare)).toBeUndefined()
})

test('a number is read as C reads it: blanks, a sign, digits, and else zero', () => {
  expect(['7', ' 7', '+7', '-7', '7x', 'x7', '', '-'].map(atoi)).toEqual([7, 7, 7, -7, 7, 0, 0, 0])
})

test('the last number of an address fills what is left of it, and no more', () => {
  const read = (text: string): string | undefined => glibcAddress(text)?.text
  expect([read('1.16777215'), read('1.16777216')]).toEqual(['1.255.255.255', undefined])
  expect([read('1.2.65535'), read('1.2.65536')]).toEqual(['1.2.255.255', undefined])
  expect([read('1.2.3.255'), read('1.2.3.256')]).toEqual(['1.2.3.255', undefined])
  expect([read('4294967295'), read('4294967296'), read('0')]).toEqual(['255.255.255.255', undefined, '0.0.0.0'])
  expect([read('255.1'), read('200.1'), read('1.255.1'), read('1.2.3.4.0')]).toEqual(['255.0.0.1', '200.0.0.1', '1.255.0.1', undefined])
  expect([read('256.1'), read('1.2.3.4.5'), read('08.1'), read('0x.1'), read('1.')]).toEqual([undefined, undefined, undefined, undefined, undefined])
})

test('versions are compared number by number, and what is missing counts as zero', () => {
  const have = stubVersion('v1.2.10-r3')
  expect(have).toEqual([1, 2, 10])
  for (const older of [[1], [1, 2], [1, 2, 5], [1, 2, 10], [1, 1, 99]]) expect(atLeast(have, ...older)).toBe(true)
  for (const newer of [[2], [1, 3], [1, 2, 11], [1, 2, 10, 1]]) expect(atLeast(have, ...newer)).toBe(false)
  expect(atLeast(stubVersion('2'), 2, 0, 0)).toBe(true)
})

test('an IPv6 address may have a zone, which musl takes by name on link-local addresses alone and Go not without a name', () => {
  expect([glibcAddress('fe80::1%eth0'), glibcAddress('FE80::0:1'), glibcAddress('nosuch'), glibcAddress('')]).toEqual([
    { family: 6, text: 'fe80::1', zone: 'eth0' }, { family: 6, text: 'fe80::1' }, undefined, undefined,
  ])
  expect(['fe80::1%eth0', 'febf::1%e', 'ff02::1%e', 'fd00::1%eth0', 'fd00::1%2', 'fec0::1%e'].map(text => muslAddress(text)?.text)).toEqual(['fe80::1', 'febf::1', 'ff02::1', undefined, 'fd00::1', undefined])
  expect(['fe80::1%', 'fe80::1%e', '10.1', '10.0.0.1', '010.0.0.1'].map(text => goAddress(text)?.text)).toEqual([undefined, 'fe80::1', undefined, '10.0.0.1', undefined])
})

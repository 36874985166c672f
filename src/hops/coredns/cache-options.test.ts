import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import { readCacheOptions, type CacheOptions } from './cache-options.ts'
import type { PluginSetup } from './plugin.ts'
import { refusalOf } from '../../../test/support/one-coredns.ts'

function read(line: string, options = ''): CacheOptions {
  const corefile = readCorefile('Corefile', `z.test {\n cache ${line} {\n ${options}\n }\n}\n`, { env: new Map() }).value
  const setup: Partial<PluginSetup> = { zones: ['z.test.'], directives: corefile.blocks[0]!.directives, version: [1, 14, 7], report: () => undefined }
  return readCacheOptions(setup as PluginSetup)
}
const refused = (options: string, version = '1.14.7', line = ''): string => refusalOf(version, `. {\n cache ${line} {\n ${options}\n }\n whoami\n}\n`).replace(/^plugin\/cache: /, '')
const argument = (word: string): string => `Error during parsing: Wrong argument count or unexpected line ending after '${word}'`

test('what no option says', () => {
  expect(read('')).toEqual({
    zones: ['z.test.'], success: { maxTtlS: 3600, minTtlS: 5 }, denial: { maxTtlS: 1800, minTtlS: 5 }, servfailS: 5, exceptSuccess: [], exceptDenial: [], keepTtl: false,
    prefetch: undefined, stale: undefined,
  })
})

test('a TTL ahead of the zones bounds both kinds; the bounds of a kind come before it', () => {
  expect(read('30 a.test B.test')).toMatchObject({ zones: ['a.test.', 'b.test.'], success: { maxTtlS: 30, minTtlS: 5 }, denial: { maxTtlS: 30, minTtlS: 5 } })
  expect(read('30', 'success 100 40 0\n denial 100 50')).toMatchObject({ zones: ['z.test.'], success: { maxTtlS: 40, minTtlS: 0 }, denial: { maxTtlS: 50, minTtlS: 5 } })
  expect(read('30', 'success 100')).toMatchObject({ success: { maxTtlS: 30, minTtlS: 5 } })
  expect(read('+1').success.maxTtlS).toBe(1)
})

test('prefetch counts, looks at a minute and the last tenth if it does not say', () => {
  const prefetch = (words: string): unknown => read('', `prefetch ${words}`).prefetch
  expect([prefetch('3'), prefetch('1 2s'), prefetch('3 2s 25%'), prefetch('0'), prefetch('3 0s')]).toEqual([
    { amount: 3, gapMs: 60_000, percent: 10 }, { amount: 1, gapMs: 2000, percent: 10 }, { amount: 3, gapMs: 2000, percent: 25 }, undefined, { amount: 3, gapMs: 0, percent: 10 }])
})

test('serve_stale lasts an hour; a time for verify, a TTL and a time to recheck come behind the mode', () => {
  const stale = (words: string): unknown => read('', `serve_stale ${words}`).stale
  const none = { upToMs: 3_600_000, verify: false, verifyMs: 0, ttlS: 0, recheckMs: 0, prefersPositive: false }
  expect(stale('')).toEqual(none)
  expect(stale('2h immediate 7s 9s')).toEqual({ ...none, upToMs: 7_200_000, ttlS: 7, recheckMs: 9000 })
  expect(stale('2h Verify 300ms 7s 9s')).toEqual({ ...none, upToMs: 7_200_000, verify: true, verifyMs: 300, ttlS: 7, recheckMs: 9000 })
  expect(read('', 'serve_stale\n serve_stale_policy prefer_positive').stale).toEqual({ ...none, prefersPositive: true })
})

test('the last line of each kind counts', () => {
  expect(read('', 'disable success\n disable denial a.test\n disable success b.test c.test')).toMatchObject({ exceptSuccess: ['b.test.', 'c.test.'], exceptDenial: ['a.test.'] })
  expect(read('', 'disable success a.test\n disable success')).toMatchObject({ exceptSuccess: ['z.test.'], exceptDenial: [] })
  expect(read('', 'servfail 1s\n servfail 1500ms\n keepttl')).toMatchObject({ servfailS: 1.5, keepTtl: true })
  expect(read('', 'servfail 0s').servfailS).toBe(0)
})

// The releases are those of the tags of github.com/coredns/coredns whose plugin/cache/setup.go has the option first.
test.each([
  ['serve_stale', '1.6.6', '1.6.5'], ['servfail 1s', '1.9.4', '1.9.3'], ['disable denial', '1.9.4', '1.9.3'], ['keepttl', '1.10.1', '1.10.0'],
])('cache takes %j since %s', (option, first, before) => {
  expect([refused(option, first), refused(option, before)]).toEqual(['', argument(option.split(' ')[0]!)])
})

test('serve_stale_policy is known since 1.14.7, and wants serve_stale', () => {
  const both = 'serve_stale_policy prefer_positive\n serve_stale'
  expect([refused(both), refused(both, '1.14.6'), refused('serve_stale_policy prefer_positive')]).toEqual(['', argument('serve_stale_policy'), 'serve_stale_policy requires serve_stale'])
  expect(refused(`${both}\n serve_stale_policy prefer_positive`)).toBe('serve_stale_policy can only be specified once')
  expect([refused('serve_stale\n serve_stale_policy'), refused('serve_stale\n serve_stale_policy a b'), refused('serve_stale\n serve_stale_policy odd')]).toEqual(
    [argument('serve_stale_policy'), argument('b'), 'invalid serve_stale_policy: odd'])
})

test.each([
  ['1.9.1', ['1h'], ['1h verify']], ['1.9.2', ['1h verify', '1h IMMEDIATE'], ['1h verify 1s']], ['1.14.3', ['1h verify'], ['1h verify 1s']], ['1.14.4', ['1h verify 1s'], ['1h verify 1s 1s']],
  ['1.14.6', ['1h verify 1s'], ['1h verify 1s 1s']], ['1.14.7', ['1h verify 1s 1s 1s', '1h immediate 1s 1s'], ['1h verify 1s 1s 1s 1s', '1h immediate 1s 1s 1s']],
])('serve_stale in CoreDNS %s takes %j and not %j', (version, taken, not) => {
  expect(taken.map(words => refused(`serve_stale ${words}`, version))).toEqual(taken.map(() => ''))
  expect(not.map(words => refused(`serve_stale ${words}`, version))).toEqual(not.map(words => argument(words.split(' ').at(-1)!)))
})

test.each([
  ['serve_stale 1h immediate 1s', '1.14.6', 'serve_stale timeout is only valid with the verify refresh mode'], ['serve_stale 0s', '1.14.7', ''], ['serve_stale -1s', '1.14.7', 'invalid negative duration for serve_stale'],
  ['serve_stale x', '1.14.7', 'time: invalid duration "x"'], ['serve_stale 1h odd', '1.14.7', 'invalid value for serve_stale refresh mode: odd'],
  ['serve_stale 1h verify x', '1.14.7', 'invalid serve_stale verify timeout: time: invalid duration "x"'], ['serve_stale 1h verify -1s', '1.14.7', 'invalid negative timeout for serve_stale verify'],
  ['serve_stale 1h immediate -1s', '1.14.7', 'invalid negative response TTL for serve_stale'], ['serve_stale 1h immediate 1500ms', '1.14.7', 'serve_stale response TTL must be a whole number of seconds'],
  ['serve_stale 1h immediate 4294967295s', '1.14.7', ''], ['serve_stale 1h immediate 4294967296s', '1.14.7', 'serve_stale response TTL exceeds the DNS TTL range'],
  ['serve_stale 1h immediate 1s -1s', '1.14.7', 'invalid negative failure recheck for serve_stale'], ['serve_stale 1h immediate 1s 5m', '1.14.7', ''], ['serve_stale 1h immediate 0s 0s', '1.14.7', ''],
  ['serve_stale 1h immediate 1s 301s', '1.14.7', 'serve_stale failure recheck cannot exceed 5 minutes'], ['serve_stale 1h verify 0s 0s 0s', '1.14.7', ''],
  ['servfail 5m', '1.14.7', ''], ['servfail 301s', '1.14.7', 'caching SERVFAIL responses over 5 minutes is not permitted'], ['servfail -1s', '1.14.7', 'invalid negative ttl for servfail'], ['servfail 0s', '1.14.7', ''],
  ['servfail', '1.14.7', argument('servfail')], ['servfail 1s 2s', '1.14.7', argument('2s')],
  ['prefetch', '1.14.7', argument('prefetch')], ['prefetch 1 1s 10% x', '1.14.7', argument('x')], ['prefetch -1', '1.14.7', 'prefetch amount should be positive: -1'], ['prefetch 0', '1.14.7', ''],
  ['prefetch 1 1s 10', '1.14.7', 'last character of percentage should be `%`, but is: \'0\''], ['prefetch 1 1s 9%', '1.14.7', 'percentage should fall in range [10, 90]: 9'], ['prefetch 1 1s 10%', '1.14.7', ''],
  ['prefetch 1 1s 90%', '1.14.7', ''], ['prefetch 1 1s 91%', '1.14.7', 'percentage should fall in range [10, 90]: 91'],
  ['success', '1.14.7', argument('success')], ['denial x', '1.14.7', 'strconv.Atoi: parsing "x": invalid syntax'], ['success 1 0', '1.14.7', 'cache TTL can not be zero or negative: 0'], ['success 1 1 -1', '1.14.7', 'cache min TTL can not be negative: -1'],
  ['success 1 1 0', '1.14.7', ''], ['disable', '1.14.7', argument('disable')], ['disable odd', '1.14.7', 'cache type for disable must be "success" or "denial"'], ['disable success a b', '1.14.7', ''], ['keepttl x', '1.14.7', argument('x')],
])('cache with %j in CoreDNS %s: %j', (options, version, text) => {
  expect(refused(options, version)).toBe(text)
})

test('a TTL of the line is a number above 0', () => {
  expect(['0', '-1', '1'].map(ttl => refused('keepttl', '1.14.7', ttl))).toEqual(['cache TTL can not be zero or negative: 0', 'cache TTL can not be zero or negative: -1', ''])
})

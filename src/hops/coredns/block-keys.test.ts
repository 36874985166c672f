import { expect, test } from 'vitest'
import { readBlockKey } from './block-keys.ts'
import type { CorednsVersion } from './plugin.ts'

const read = (key: string, version: CorednsVersion = [1, 11, 3], dnsPort?: number): unknown => {
  const source = { file: 'Corefile', start: 0, end: key.length, line: 1, column: 1, endLine: 1, endColumn: key.length + 1, text: key }
  const is = readBlockKey({ value: key, source }, version, dnsPort)
  return typeof is === 'string' ? is : `${is.transport} ${is.zones.length > 2 ? is.zones.length : is.zones.join(' ')} ${is.port}${is.unreachable ? ' unreachable' : ''}`
}

const invalid = (name: string): string => `zone is not a valid domain name: ${name}`

test.each([
  ['a.test', 'dns a.test. 53'], ['dns://a.test', 'dns a.test. 53'], ['grpc://a.test', 'grpc a.test. 443'], ['https://a.test', 'https a.test. 443'], ['quic://a.test', 'quic a.test. 853'],
  ['tls://a.test', 'tls a.test. 853'], ['tls://a.test:8853', 'tls a.test. 8853'], ['a.test:1053', 'dns a.test. 1053'], ['a.test:+54', 'dns a.test. 54'], ['a.test:-1', 'dns a.test. -1'],
  [':5353', 'zone is not a valid domain name: '], ['.', 'dns . 53'], ['a.test:x', 'dns a.test:x. 53'], ['a.test:', 'expecting data after last colon: "a.test:"'], ['tls://:', 'expecting data after last colon: ":"'],
])('%s is read as %s', (key, is) => {
  expect(read(key)).toBe(is)
})

test('a key of the DNS transport without a port has that of the command line, another has its own', () => {
  expect(read('a.test', [1, 11, 3], 1053)).toBe('dns a.test. 1053')
  expect(read('tls://a.test', [1, 11, 3], 1053)).toBe('tls a.test. 853')
  expect(read('https3://a.test', [1, 14, 7], 1053)).toBe('https3 a.test. 443')
})

test('a zone has 255 characters at most, and a name fewer', () => {
  const zone = (length: number): string => 'a.'.repeat(128).slice(0, length)
  expect(read(zone(253))).toBe(`dns ${zone(253)}. 53`)
  expect(read(zone(255))).toBe(invalid(zone(255)))
  expect(read(zone(256))).toBe('specified zone is too long: 256 > 255')
})

// CoreDNS 1.9.3 has miekg/dns v1.1.49, whose names may begin with a dot, and whose bytes are counted otherwise where a name ends.
test.each([
  ['.a.test', [1, 9, 3], 'dns .a.test. 53'], ['.a.test', [1, 9, 4], invalid('.a.test')], ['..a', [1, 9, 3], invalid('..a')], ['a..b', [1, 9, 3], invalid('a..b')],
  ['a\\', [1, 11, 3], 'dns a\\. 53'], ['a\\', [1, 11, 4], invalid('a\\')], ['a\\\\', [1, 11, 4], 'dns a\\\\. 53'], ['\\', [1, 11, 4], invalid('\\')],
  ['aé', [1, 9, 3], invalid('aé.')], ['aé.', [1, 9, 3], invalid('aé.')], ['a😀', [1, 9, 3], invalid('a😀.')], ['a中', [1, 9, 3], 'dns a中. 53'], ['aé', [1, 9, 4], 'dns aé. 53'],
] as const)('%s, CoreDNS %j: %s', (key, version, is) => {
  expect(read(key, version)).toBe(is)
})

test('a network is its reverse zones, and one that cannot be read is refused', () => {
  expect(read('10.0.0.0/8')).toBe('dns 10.in-addr.arpa. 53')
  expect(read('10.0.0.0/9:1053')).toBe('dns 128 1053')
  expect(read('2001:db8::/32')).toBe('dns 8.b.d.0.1.0.0.2.ip6.arpa. 53')
  expect(read('::1/129')).toBe('invalid CIDR ::1/129')
})

test('up to 1.14.6 a name with upper-case letters is kept so, and nobody reaches it; a network is not such a name', () => {
  expect(read('A.test', [1, 14, 6])).toBe('dns A.test. 53 unreachable')
  expect(read('A.test', [1, 14, 7])).toBe('dns a.test. 53')
  expect(read('2001:DB8::/32', [1, 14, 6])).toBe('dns 8.b.d.0.1.0.0.2.ip6.arpa. 53')
  expect(read('10.0.0.0/9', [1, 14, 6])).toBe('dns 128 53')
})

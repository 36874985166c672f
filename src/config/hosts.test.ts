import { describe, expect, test } from 'vitest'
import { readHosts } from './hosts.ts'

const TEXT = [
  '# kubelet', '127.0.0.1\tlocalhost', '::1 localhost ip6-localhost # loop', 'fe80::1%eth0 zoned', '010.0.0.7 octal',
  '10.1 short', '  10.0.0.9 indented', '10.0.0.8', 'bad line', '',
].join('\n')
const read = (reader: Parameters<typeof readHosts>[2], text = TEXT) => readHosts('hosts', text, reader)
const lines = (
  reader: Parameters<typeof readHosts>[2], text = TEXT,
) => read(reader, text).value.map(l => [l.address.value, ...l.names.map(n => n.value)].join(' '))

const COMMON = ['127.0.0.1 localhost', '::1 localhost ip6-localhost']

describe('the same file, read by', () => {
  test.each([
    ['coredns', [...COMMON, 'fe80::1 zoned', '10.0.0.9 indented']],
    ['go', [...COMMON, 'fe80::1%eth0 zoned', '10.0.0.9 indented']],
    ['glibc', [...COMMON, '10.0.0.9 indented']],
    ['musl', [...COMMON, 'fe80::1%eth0 zoned', '8.0.0.7 octal', '10.0.0.1 short']],
  ] as const)('%s', (reader, expected) => expect(lines(reader)).toEqual(expected))
})

test('every skipped line is a problem with its place', () => {
  expect(read('coredns').problems.map(p => [p.code, p.source?.line, p.source?.text])).toEqual([
    [
      'hosts-bad-address', 5, '010.0.0.7 octal',
    ], ['hosts-bad-address', 6, '10.1 short'], ['hosts-no-name', 8, '10.0.0.8'], ['hosts-bad-address', 9, 'bad line'],
  ])
  expect(read('coredns').value[1]?.names[1]?.source).toMatchObject({ line: 3, column: 15, text: 'ip6-localhost' })
})

test('CoreDNS stops at a line of 64 KiB; musl reads its rest as a line of its own', () => {
  const text = `10.0.0.1 a\n10.0.0.2 ${'x'.repeat(65536)}\n10.0.0.3 c\n`
  expect(lines('coredns', text)).toEqual(['10.0.0.1 a'])
  expect(read('coredns', text).problems.map(p => p.code)).toEqual(['hosts-line-too-long'])
  expect(lines('musl', `10.0.0.1 ${'b'.repeat(502)}10.0.0.2 c\n`)).toEqual([`10.0.0.1 ${'b'.repeat(502)}`, '10.0.0.2 c'])
})

test('odd input', () => {
  for (const text of [
    '', '\0', '\r\n\r\n', '#', '::::::', '1.1.1.1 \u00a0 __proto__', '9'.repeat(100_000),
  ]) for (const reader of ['coredns', 'go', 'glibc', 'musl'] as const) read(reader, text)
  expect(lines('coredns', '1.1.1.1\u00a0__proto__\r\n')).toEqual(['1.1.1.1 __proto__'])
})

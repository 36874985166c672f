import { expect, test } from 'vitest'
import type { CorednsVersion } from './plugin.ts'
import { transportOf } from './transport.ts'

const read = (text: string, version: CorednsVersion = [1, 15, 0]): string => {
  const { transport, rest } = transportOf(text, version)
  return `${transport} ${rest}`
}

test.each([
  ['a.test', 'dns a.test'], ['dns://a.test', 'dns a.test'], ['tls://1.1.1.1', 'tls 1.1.1.1'], ['grpc://a', 'grpc a'], ['https://a/dns-query', 'https a/dns-query'], ['https3://a', 'https3 a'], ['quic://a', 'quic a'],
  ['unix:///run/s', 'unix /run/s'], ['TLS://a', 'dns TLS://a'], ['odd://a', 'dns odd://a'], ['tls:a', 'dns tls:a'],
])('%s is %s', (text, is) => {
  expect(read(text)).toBe(is)
})

// plugin/pkg/parse/transport.go at the tags.
test.each([
  ['quic://a', [1, 10, 1], [1, 11, 0]], ['unix://a', [1, 10, 1], [1, 11, 0]], ['https3://a', [1, 13, 1], [1, 13, 2]],
] as const)('%s is no scheme in %j, and one in %j', (text, before, first) => {
  expect([read(text, before), read(text, first)]).toEqual([`dns ${text}`, text.replace('://', ' ')])
})

import { expect, test } from 'vitest'
import type { Hop, Plain } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { oneCoredns, refusalOf } from '../../../test/support/one-coredns.ts'

/** The UDP size that a later plugin sees, by what the client offers (undefined = no EDNS). */
function sizeAsked(version: string, words: string, offered: number | undefined): number | undefined {
  let size: number | undefined
  const upstream: Hop = function* (query) {
    size = (query as unknown as DnsQuery).edns?.sizeBytes
    return { rcode: 'NOERROR', flags: [], answer: [], authority: [], additional: [] } as unknown as Plain
  }
  const edns = offered === undefined ? {} : { edns: { sizeBytes: offered, do: false } }
  oneCoredns(version, `. {\n bufsize ${words}\n forward . 192.0.2.1\n}\n`, { '192.0.2.1': upstream }).ask({ name: 'a.test.', ...edns } as never)
  return size
}

test('a larger size is lowered to the limit, a smaller one is left', () => {
  expect([1023, 1024, 1025, 4096].map(size => sizeAsked('1.11.3', '1024', size))).toEqual([1023, 1024, 1024, 1024])
})

test('without an argument the limit is 1232 bytes, before 1.11 it is 512', () => {
  expect(['1.10.1', '1.11.0', '1.15.0'].map(version => sizeAsked(version, '', 4096))).toEqual([512, 1232, 1232])
})

test('1.8.6 and 1.9.3 raise a smaller size, 1.9.4 does not; 1.8.6 gives EDNS to a query without it', () => {
  expect(['1.8.6', '1.9.3', '1.9.4'].map(version => sizeAsked(version, '1024', 600))).toEqual([1024, 1024, 600])
  expect(['1.8.6', '1.9.3', '1.9.4', '1.11.3'].map(version => sizeAsked(version, '1024', undefined))).toEqual([1024, undefined, undefined, undefined])
})

test('the limit is a number from 512 to 4096', () => {
  const isRefused = (words: string): boolean => refusalOf('1.11.3', `. {\n bufsize ${words}\n}\n`) !== ''
  expect(['511', '512', '4096', '4097', 'x', '512 512'].map(isRefused)).toEqual([true, false, false, true, true, true])
})

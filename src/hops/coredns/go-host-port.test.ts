// net.SplitHostPort and what stands on it, by the texts of Go's package net.
import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import { refusalOf } from '../../../test/support/one-coredns.ts'
import { checkCorefile } from './check.ts'
import { joinHostPort, splitHostPort } from './go-host-port.ts'
import { parseFloat64 } from './go-number.ts'
import { refusalText } from './refuse.ts'

test.each([
  ['a:1', 'a', '1'], [':1', '', '1'], ['a:', 'a', ''], ['[::1]:53', '::1', '53'], ['[]:1', '', '1'], ['[fe80::1%lo]:1', 'fe80::1%lo', '1'], ['[a]:', 'a', ''],
])('%s is host "%s" and port "%s"', (text, host, port) => {
  expect(splitHostPort(text)).toEqual({ value: { host, port } })
})

test.each([
  ['', 'missing port in address'], ['a', 'address a: missing port in address'], ['a:b:c', 'address a:b:c: too many colons in address'], ['[a:1', 'address [a:1: missing \']\' in address'], ['[::1]', 'address [::1]: missing port in address'],
  ['[a]b:1', 'address [a]b:1: missing port in address'], ['[a]:b:1', 'address [a]:b:1: too many colons in address'], ['a[:1', 'address a[:1: unexpected \'[\' in address'], ['a]:1', 'address a]:1: unexpected \']\' in address'],
  ['[a[b]:1', 'address [a[b]:1: unexpected \'[\' in address'], ['[a]:]', 'address [a]:]: unexpected \']\' in address'], ['a:1]', 'address a:1]: unexpected \']\' in address'],
])('%s is none', (text, fault) => {
  expect(splitHostPort(text)).toEqual({ fault })
})

test('an IPv6 host is put into brackets', () => {
  expect([joinHostPort('a', 1), joinHostPort('::1', '53'), joinHostPort('', 53)]).toEqual(['a:1', '[::1]:53', ':53'])
})

test.each([['0x1p0', 1], ['0x1.8p0', 1.5], ['0x.8p1', 1], ['0x1.08p4', 16.5], ['-0xAp-1', -5], ['0X1P+2', 4], ['1_0', 10], ['-inf', -Infinity], ['Infinity', Infinity]])('the float %s is %d', (text, value) => {
  expect(parseFloat64(text)).toEqual({ value })
})

test('a third file of tls is a CA, also where nobody knows the first two', () => {
  const { value } = readCorefile('Corefile', '. {\n tls cert.pem key.pem ca.pem\n}\n', { env: new Map() })
  const said = (text: string): readonly string[] => checkCorefile(value, '1.11.3', new Map([['/ca.pem', { file: 'ca.pem', text }]])).map(refusalText)
  expect([said('no pem'), said('-----BEGIN CERTIFICATE-----')]).toEqual([['plugin/tls: could not read root certs: %!s(<nil>)'], []])
})

test('a zone of azure is all that stands behind the first colon', () => {
  expect(refusalOf('1.11.3', '. {\n azure g:z:x g:z:y {\n odd\n }\n}\n')).toContain('unknown property: "odd"')
  expect(refusalOf('1.11.3', '. {\n azure g:z g:z\n}\n')).toContain('conflicting zone: "g:z"')
})

import { expect, test } from 'vitest'
import type { Hop, Plain } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

/** The options with which the upstream is asked. */
function optionsFor(rule: string, query: Partial<DnsQuery> = {}): DnsQuery['edns'] {
  const asked: DnsQuery[] = []
  const upstream: Hop = function* (q) {
    asked.push(q as unknown as DnsQuery)
    return { rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [], authority: [], additional: [] } as unknown as Plain
  }
  oneCoredns('1.15.0', `. {\n rewrite edns0 ${rule}\n forward . 10.0.0.1\n}\n`, { '10.0.0.1': upstream }).ask({ name: 'a.test.', ...query })
  return asked[0]?.edns
}

const V4 = '203.0.113.255'
const V6 = '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'

test.each([
  // RFC 7871: family, bits of the source, none of the scope, and as many octets as the bits need, the rest of the last one zero.
  ['subnet set 24 56', V4, '00011800cb0071'], ['subnet set 24 56', V6, '0002380020010db8ffffff'], ['subnet set 23 57', V4, '00011700cb0070'],
  ['subnet set 23 57', V6, '0002390020010db8ffffff80'], ['subnet set 0 0', V4, '00010000'], ['subnet set 0 0', V6, '00020000'],
  ['subnet set 32 128', V4, '00012000cb0071ff'], ['subnet set 32 128', V6, '0002800020010db8ffffffffffffffffffffffff'],
])('%s of %s sends %s', (rule, client, hex) => {
  expect(optionsFor(rule, { client })).toEqual({ sizeBytes: 4096, options: [[8, hex]] })
})

test.each([
  ['{client_ip}', V4, 'cb0071ff'], ['{client_ip}', V6, '20010db8ffffffffffffffffffffffff'], ['{qtype}', V4, '0001'], ['{protocol}', V4, '756470'],
  ['{qname}', V4, '612e746573742e'], ['{server_port}', V4, '0035'], ['{client_port}', V4, '0000'],
])('local set with %s of a query from %s sends %s', (variable, client, hex) => {
  expect(optionsFor(`local set 0xffee ${variable}`, { client })?.options).toEqual([[0xffee, hex]])
})

test('the server\'s address is sent to a client of its own family only', () => {
  // Without `bind` the socket is that of all addresses, `::`.
  expect(optionsFor('local set 0xffee {server_ip}', { client: V4 })).toBeUndefined()
  expect(optionsFor('local set 0xffee {server_ip}', { client: V6 })?.options).toEqual([[0xffee, '00000000000000000000000000000000']])
})

test('unset takes away all options of the code and leaves the others', () => {
  const edns = { sizeBytes: 1232, options: [[3, '61'], [8, '00011800cb0071'], [65001, '01'], [65001, '02']] as [number, string][] }
  expect(optionsFor('nsid unset', { edns })?.options).toEqual([[8, '00011800cb0071'], [65001, '01'], [65001, '02']])
  expect(optionsFor('subnet unset', { edns })?.options).toEqual([[3, '61'], [65001, '01'], [65001, '02']])
})

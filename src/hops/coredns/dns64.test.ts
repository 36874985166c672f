import { expect, test } from 'vitest'
import { LOST, type Hop } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'

const upstreams = { '10.0.0.53': zone('four.test. 400 A 192.0.2.33', 'four.test. 400 CNAME x.test.', 'both.test. 60 A 192.0.2.1', 'both.test. 60 AAAA 2001:db8::1', 'text.test. 60 TXT "x"') }
const block = (dns64: string): string => `. {\n errors\n log\n ${dns64}\n forward . 10.0.0.53\n}\n`
const answer = (corefile: string, name: string, client = 'fd00::9', version = '1.11.3', type = 'AAAA'): unknown => {
  const reply = oneCoredns(version, corefile, upstreams).ask({ name, type, client })
  return reply === LOST ? LOST : reply.answer.map(r => `${r.ttlS} ${r.type} ${r.data}`)
}

test('an IPv6 client gets the A records behind the prefix, with the smaller TTL of record and SOA', () => {
  expect(answer(block('dns64'), 'four.test.')).toEqual(['300 AAAA 64:ff9b::c000:221'])
  expect(answer(block('dns64'), 'four.test.', '10.0.0.9')).toEqual([])
  expect(answer(block('dns64 {\n  allow_ipv4\n }'), 'four.test.', '10.0.0.9')).toEqual(['300 AAAA 64:ff9b::c000:221'])
  expect(answer(block('dns64'), 'four.test.', 'fd00::9', '1.11.3', 'A')).toEqual(['400 A 192.0.2.33'])
})

test('with an AAAA of its own a name is left alone unless all are translated; NXDOMAIN always is', () => {
  expect(answer(block('dns64'), 'both.test.')).toEqual(['60 AAAA 2001:db8::1'])
  expect(answer(block('dns64 {\n  translate_all\n }'), 'both.test.')).toEqual(['60 AAAA 64:ff9b::c000:201'])
  expect(oneCoredns('1.11.3', block('dns64'), upstreams).ask({ name: 'none.test.', type: 'AAAA', client: 'fd00::9' })).toMatchObject({ rcode: 'NXDOMAIN' })
  expect(answer(block('dns64'), 'text.test.')).toEqual([])
})

test('the address leaves bits 64 to 71 out, at any length of the prefix (RFC 6052 §2.4)', () => {
  const at = (prefix: string): unknown => answer(block(`dns64 ${prefix}`), 'four.test.')
  expect(at('2001:db8::/32')).toEqual(['300 AAAA 2001:db8:c000:221::'])
  expect(at('2001:db8:100::/40')).toEqual(['300 AAAA 2001:db8:1c0:2:21::'])
  expect(at('2001:db8:122:300::/56')).toEqual(['300 AAAA 2001:db8:122:3c0:0:221::'])
  expect(at('2001:db8:122:344::/64')).toEqual(['300 AAAA 2001:db8:122:344:c0:2:2100:0'])
})

test('behind a prefix on its own line the switches of the block are read as prefixes or as nothing', () => {
  expect(answer(block('dns64 64:ff9b::/96 {\n  allow_ipv4\n }'), 'four.test.', '10.0.0.9')).toEqual([])
  expect(answer(block('dns64 64:ff9b::/96 {\n  prefix 2001:db8::/96\n }'), 'four.test.')).toEqual(['300 AAAA 2001:db8::c000:221'])
})

test('the code of the A answer counts since 1.15.0', () => {
  const empty = zone('x.test. 60 TXT "x"')
  const failing: Hop = function* (query) {
    const isA = (query as unknown as DnsQuery).type === 'A'
    return isA ? { rcode: 'SERVFAIL', flags: [], answer: [], authority: [], additional: [] } : yield* empty(query)
  }
  const rcode = (version: string): unknown => {
    const reply = oneCoredns(version, block('dns64'), { '10.0.0.53': failing }).ask({ name: 'x.test.', type: 'AAAA', client: 'fd00::1' })
    return reply === LOST ? LOST : reply.rcode
  }
  expect(['1.14.7', '1.15.0'].map(rcode)).toEqual(['NOERROR', 'SERVFAIL'])
})

test('the family of a client that is not known is an unknown of its own, but where both get the same', () => {
  const asked = (corefile: string, choice: number): unknown => {
    const picks: unknown[] = []
    const reply = oneCoredns('1.11.3', corefile, upstreams, {}, p => { picks.push([p.key, p.options]); return choice }).ask({ name: 'four.test.', type: 'AAAA' })
    return [picks, reply === LOST ? LOST : reply.answer.length]
  }
  const picks = [['coredns ns/pod dns64 client', ['ipv4', 'ipv6']]]
  expect([asked(block('dns64'), 0), asked(block('dns64'), 1)]).toEqual([[picks, 0], [picks, 1]])
  expect(asked(block('dns64 {\n  allow_ipv4\n }'), 0)).toEqual([[], 1])
})

test('where there is no A either, the cause is why', () => {
  const reply = oneCoredns('1.11.3', block('dns64'), upstreams).ask({ name: 'text.test.', type: 'AAAA', client: 'fd00::1' })
  expect(reply).toMatchObject({ rcode: 'NOERROR', answer: [], cause: { kind: 'denied', by: 'upstream 10.0.0.53' } })
  expect(oneCoredns('1.11.3', block('dns64'), upstreams).ask({ name: 'four.test.', type: 'AAAA', client: 'fd00::1' })).not.toHaveProperty('cause')
})

test('a prefix it does not take is refused in the words of the program', () => {
  expect(refusalOf('1.11.3', block('dns64 bogus'))).toBe('plugin/dns64: invalid CIDR address: bogus')
  expect(refusalOf('1.11.3', block('dns64 10.0.0.0/8'))).toBe('plugin/dns64: Error during parsing: invalid netmask 32 IPv6 address: "10.0.0.0/8"')
  expect(refusalOf('1.14.7', block('dns64 2001:db8::/72'))).toBe('')
  expect(refusalOf('1.15.0', block('dns64 2001:db8::/72'))).toBe('plugin/dns64: Error during parsing: invalid prefix length "2001:db8::/72"')
  expect(refusalOf('1.11.3', block('dns64 {\n  nothing\n }'))).toBe('plugin/dns64: Error during parsing: unknown property \'nothing\'')
  expect(refusalOf('1.11.3', block('dns64 a b'))).toBe('plugin/dns64: Error during parsing: Wrong argument count or unexpected line ending after \'b\'')
})

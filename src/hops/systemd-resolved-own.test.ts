// Names that systemd-resolved answers itself, release by release: dns_query_synthesize and dns_scope_good_domain of v247 to v257.
import { expect, test } from 'vitest'
import type { HostsLine, ResolvedModel } from '../chain/model.ts'
import { model, said } from '../../test/support/one-resolved.ts'
import { ownAnswers } from './systemd-resolved-own.ts'

const hosts = (...lines: readonly string[]): readonly HostsLine[] => lines.map(line => {
  const [address = '', ...names] = line.split(' ')
  return { address: said(address), names: names.map(said) }
})
/** `RCODE data…`, or `asked` where DNS is. */
const own = (version: number, name: string, type = 'A', more: Partial<ResolvedModel> = {}): string => {
  const reply = ownAnswers(model([], more), version, 'resolved')(name, type)
  return reply ? [reply.rcode, ...reply.answer.map(record => record.data)].join(' ') : 'asked'
}
const across = (versions: readonly number[], name: string, type = 'A'): readonly string[] => versions.map(version => own(version, name, type))

test('addresses of the root are not looked up, its other types are; that was an error before 248', () => {
  for (const type of ['A', 'AAAA']) expect(across([247, 248, 257], '.', type), type).toEqual(['SERVFAIL', 'NOERROR', 'NOERROR'])
  for (const type of ['NS', 'SOA', 'HINFO', 'ANY', 'TXT']) expect(across([247, 248, 257], '.', type), type).toEqual(['asked', 'asked', 'asked'])
})

test('localhost and what is below it are the loopback addresses, with a lifetime of nothing', () => {
  expect(['A', 'AAAA', 'ANY', 'MX'].map(type => own(252, 'a.localhost.', type))).toEqual(['NOERROR 127.0.0.1', 'NOERROR ::1', 'NOERROR 127.0.0.1 ::1', 'NOERROR'])
  expect([own(252, 'localhost.localdomain.'), own(252, 'notlocalhost.example.')]).toEqual(['NOERROR 127.0.0.1', 'asked'])
  expect(ownAnswers(model([]), 252, 'resolved')('localhost.', 'A')).toEqual({
    rcode: 'NOERROR', flags: ['aa'], answer: [{ name: 'localhost.', type: 'A', ttlS: 0, data: '127.0.0.1' }], authority: [], additional: [],
  })
})

test('loopback addresses have names: all are localhost, from 253 on three of them have one each, from 257 on the others are localhost again', () => {
  const versions = [247, 252, 253, 256, 257]
  expect(across(versions, '1.0.0.127.in-addr.arpa.', 'PTR')).toEqual(versions.map(() => 'NOERROR localhost.'))
  expect(across(versions, '53.0.0.127.in-addr.arpa.', 'PTR')).toEqual(['NOERROR localhost.', 'NOERROR localhost.', 'NOERROR _localdnsstub.', 'NOERROR _localdnsstub.', 'NOERROR _localdnsstub.'])
  expect(across(versions, '54.0.0.127.in-addr.arpa.', 'PTR')).toEqual(['NOERROR localhost.', 'NOERROR localhost.', 'NOERROR _localdnsproxy.', 'NOERROR _localdnsproxy.', 'NOERROR _localdnsproxy.'])
  expect(across(versions, '9.0.0.127.in-addr.arpa.', 'PTR')).toEqual(['NOERROR localhost.', 'NOERROR localhost.', 'NXDOMAIN', 'NXDOMAIN', 'NOERROR localhost.'])
  expect(across(versions, `1.${'0.'.repeat(31)}ip6.arpa.`, 'PTR')).toEqual(versions.map(() => 'NOERROR localhost.'))
  expect([own(252, '1.0.0.127.in-addr.arpa.', 'A'), own(252, '1.0.0.127.in-addr.arpa.', 'ANY'), own(252, '1.0.0.128.in-addr.arpa.', 'PTR')]).toEqual(['NOERROR', 'NOERROR localhost.', 'asked'])
})

test('the node’s own name is not made up where nobody knows it', () => {
  expect(ownAnswers(model([]), 252, 'resolved')('2.0.0.127.in-addr.arpa.', 'PTR')).toEqual({
    rcode: 'SERVFAIL', flags: ['aa'], answer: [], authority: [], additional: [], cause: { kind: 'unmodelled', by: 'resolved', detail: 'the node’s own name is not in the evidence' },
  })
})

test('reserved names are denied, before 248 as a failure', () => {
  for (const name of ['invalid.', 'a.invalid.', '1.2.3.0.in-addr.arpa.', '255.255.255.255.in-addr.arpa.', `${'0.'.repeat(32)}ip6.arpa.`]) {
    expect(across([247, 248, 257], name, 'PTR'), name).toEqual(['SERVFAIL', 'NXDOMAIN', 'NXDOMAIN'])
  }
  expect(ownAnswers(model([]), 252, 'resolved')('invalid.', 'A')?.cause).toEqual({ kind: 'denied', by: 'resolved', detail: 'a reserved name that no server is asked for' })
  expect(across([256, 257], '_dns.resolver.arpa.', 'SVCB')).toEqual(['asked', 'NOERROR'])
})

test('localhost of the file counts for nothing before 248; from then on when the file has it for the loopback address alone', () => {
  const read = (version: number, lines: readonly string[], name: string, type = 'A'): string => own(version, name, type, { hosts: hosts(...lines) })
  const odd = ['192.0.2.7 localhost']
  expect([247, 248].map(version => read(version, odd, 'localhost.'))).toEqual(['NOERROR 127.0.0.1', 'NOERROR 192.0.2.7'])
  expect(read(252, ['127.0.0.1 localhost', '192.0.2.7 other localhost'], 'localhost.')).toBe('NOERROR 127.0.0.1 192.0.2.7')
  expect(read(252, ['127.0.0.1 localhost', '192.0.2.7 other'], 'localhost.', 'AAAA')).toBe('NOERROR ::1')
})

// Typify of plugin/pkg/response, whose order of questions CoreDNS 1.14.5 changed for NXDOMAIN.
import { expect, test } from 'vitest'
import type { Rcode, ResourceRecord } from '../../dns/message.ts'
import type { CorednsVersion } from './plugin.ts'
import { replyClassOf, replyTypeOf, type ReplyType } from './reply-type.ts'

const record = (type: string): ResourceRecord => ({ name: 'a.', type, ttlS: 60, data: 'x.' })
const typed = (rcode: Rcode, answer: string[], authority: string[], version: CorednsVersion, query = {}): ReplyType =>
  replyTypeOf({ rcode, answer: answer.map(record), authority: authority.map(record) }, { type: 'A', ...query }, version)
const both = (rcode: Rcode, answer: string[] = [], authority: string[] = []): readonly ReplyType[] =>
  ([[1, 14, 4], [1, 14, 5]] as const).map(version => typed(rcode, answer, authority, version))

test.each([
  ['an answer', both('NOERROR', ['A']), ['NOERROR', 'NOERROR']],
  ['an answer beside an SOA', both('NOERROR', ['CNAME'], ['SOA']), ['NOERROR', 'NOERROR']],
  ['an SOA alone', both('NOERROR', [], ['NS', 'SOA']), ['NODATA', 'NODATA']],
  ['name servers alone', both('NOERROR', [], ['NS']), ['DELEGATION', 'DELEGATION']],
  ['nothing at all', both('NOERROR'), ['NOERROR', 'NOERROR']],
  ['other authority', both('NOERROR', [], ['TXT']), ['NOERROR', 'NOERROR']],
  ['NXDOMAIN with an SOA', both('NXDOMAIN', [], ['SOA']), ['NXDOMAIN', 'NXDOMAIN']],
  ['NXDOMAIN alone', both('NXDOMAIN'), ['OTHERERROR', 'NXDOMAIN']],
  ['NXDOMAIN with name servers', both('NXDOMAIN', [], ['NS']), ['OTHERERROR', 'NXDOMAIN']],
  ['NXDOMAIN with an answer', both('NXDOMAIN', ['CNAME'], ['SOA']), ['NXDOMAIN', 'OTHERERROR']],
  ['SERVFAIL', both('SERVFAIL'), ['SERVERERROR', 'SERVERERROR']],
  ['SERVFAIL with an SOA', both('SERVFAIL', ['A'], ['SOA']), ['SERVERERROR', 'SERVERERROR']],
  ['NOTIMP', both('NOTIMP', [], ['NS']), ['SERVERERROR', 'SERVERERROR']],
  ['REFUSED', both('REFUSED', ['A']), ['OTHERERROR', 'OTHERERROR']],
  ['REFUSED with name servers', both('REFUSED', [], ['NS']), ['OTHERERROR', 'OTHERERROR']],
])('%s is typed before and since 1.14.5', (_, given, types) => {
  expect(given).toEqual(types)
})

test('what is about zones as a whole is META, whatever the reply', () => {
  expect([{ type: 'AXFR' }, { type: 'IXFR' }, { opcode: 'NOTIFY' }].map(query => typed('NXDOMAIN', ['A'], ['SOA'], [1, 11, 3], query))).toEqual(['META', 'META', 'META'])
  expect(typed('NOERROR', ['A'], [], [1, 11, 3], { opcode: 'QUERY' })).toBe('NOERROR')
})

test('the seven types are three classes', () => {
  const types = ['NOERROR', 'DELEGATION', 'NXDOMAIN', 'NODATA', 'SERVERERROR', 'META', 'OTHERERROR'] as const
  expect(types.map(replyClassOf)).toEqual(['success', 'success', 'denial', 'denial', 'error', 'error', 'error'])
})

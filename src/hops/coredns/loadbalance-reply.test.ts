// What loadbalance does to one reply: plugin/loadbalance/handler.go, roundrobin and weighted.
import { expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import type { Reply, ResourceRecord } from '../../dns/message.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const files = new Map([['/w.txt', { file: 'w.txt', text: 'a.test\n10.0.0.1 3\n10.0.0.2 1\n' }]])
const record = (type: string, data: string): ResourceRecord => ({ name: 'a.test.', type, ttlS: 60, data })
const MIXED = [record('MX', '10 m.'), record('A', '10.0.0.1'), record('TXT', '"t"'), record('AAAA', 'fd00::1'), record('CNAME', 'c.')]

function upstream(sections: Partial<Reply>): Hop {
  return function* () {
    return { rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [], authority: [], additional: [], ...sections } as unknown as Plain
  }
}
function balanced(line: string, sections: Partial<Reply>, type = 'A', version = '1.14.7'): Readonly<Record<string, string>> {
  const reply = oneCoredns(version, `. {\n ${line}\n forward . 10.0.0.53\n}\n`, { '10.0.0.53': upstream(sections) }, { files }).ask({ name: 'a.test.', type, transport: 'tcp' })
  if (reply === LOST) throw new Error('no reply')
  const types = (records: readonly ResourceRecord[]): string => records.map(r => (r.type === 'A' ? r.data : r.type)).join(' ')
  return { answer: types(reply.answer), authority: types(reply.authority), additional: types(reply.additional) }
}
const SORTED = 'CNAME TXT 10.0.0.1 AAAA MX'
const AS_IT_CAME = 'MX 10.0.0.1 TXT AAAA CNAME'
const all = { answer: MIXED, authority: MIXED, additional: MIXED }

test('round robin puts aliases first, then what is neither, addresses and mail servers, in all three sections', () => {
  expect(balanced('loadbalance', all)).toEqual({ answer: SORTED, authority: SORTED, additional: SORTED })
  expect(balanced('loadbalance', all, 'MX')).toEqual({ answer: SORTED, authority: SORTED, additional: SORTED })
})

test('weighted does so for questions for addresses and SRV, where there is an address, and never in the authority section', () => {
  const line = 'loadbalance weighted w.txt'
  for (const type of ['A', 'AAAA', 'SRV']) expect(balanced(line, all, type)).toEqual({ answer: SORTED, authority: AS_IT_CAME, additional: SORTED })
  for (const type of ['MX', 'TXT', 'ANY']) expect(balanced(line, all, type)).toEqual({ answer: AS_IT_CAME, authority: AS_IT_CAME, additional: AS_IT_CAME })
  expect(balanced(line, { answer: [record('TXT', '"t"'), record('CNAME', 'c.')] })).toMatchObject({ answer: 'TXT CNAME' })
})

test('transfers and failures are left as they came', () => {
  for (const type of ['AXFR', 'IXFR']) expect(balanced('loadbalance', all, type)).toEqual({ answer: AS_IT_CAME, authority: AS_IT_CAME, additional: AS_IT_CAME })
  expect(balanced('loadbalance', { ...all, rcode: 'NXDOMAIN' })).toEqual({ answer: AS_IT_CAME, authority: AS_IT_CAME, additional: AS_IT_CAME })
})

test('prefer, since 1.12.4, orders addresses by its networks and puts what is no alias, address or mail server last', () => {
  const answer = [record('TXT', '"t"'), record('A', '10.2.0.1'), record('MX', '10 m.'), record('A', '10.1.0.1'), record('A', '192.0.2.1'), record('CNAME', 'c.'), record('TXT', '"u"')]
  const line = 'loadbalance {\n  prefer 10.1.0.0/16 10.2.0.0/16\n }'
  expect(balanced(line, { answer }).answer).toBe('CNAME 10.1.0.1 10.2.0.1 192.0.2.1 MX TXT TXT')
  expect(balanced(line, { answer }, 'A', '1.12.3').answer).toBe('CNAME TXT TXT 10.2.0.1 10.1.0.1 192.0.2.1 MX')
})

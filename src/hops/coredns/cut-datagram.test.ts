import { expect, test } from 'vitest'
import type { Reply } from '../../dns/message.ts'
import { cutDatagram } from './cut-datagram.ts'

const addresses = (count: number): Reply['answer'] => Array.from({ length: count }, (_, i) => ({ name: 'a.test.', type: 'A', ttlS: 60, data: `10.0.0.${i + 1}` }))
const reply = (count: number, more: Partial<Reply> = {}): Reply => ({ rcode: 'NOERROR', flags: ['ra'], answer: addresses(count), authority: [], additional: [], ...more })

// 12 + 12 octets of header and question, then 16 a record with a pointer for its owner.
test('a reply that fits is none of its business', () => {
  expect(cutDatagram('a.test.', reply(30), 512)).toBeUndefined()
  expect(cutDatagram('a.test.', reply(31), 512)).toEqual({ error: 'dns: overflow unpacking uint32' })
})

test('a cut between two records leaves a whole reply without those behind it, and without OPT', () => {
  expect(cutDatagram('a.test.', reply(31, { edns: { sizeBytes: 1232 } }), 24 + 16 * 30)).toEqual({ reply: reply(30) })
  expect(cutDatagram('a.test.', reply(5, { edns: { sizeBytes: 1232 } }), 24 + 16 * 5)).toEqual({ reply: reply(5) })
})

test.each([
  [1, 'dns: buffer size too small'], [2, 'dns: overflow unpacking uint16'], [5, 'dns: overflow unpacking uint16'], [6, 'dns: overflow unpacking uint32'],
  [9, 'dns: overflow unpacking uint32'], [10, 'dns: overflow unpacking uint16'], [11, 'dns: overflow unpacking uint16'],
  [12, 'dns: overflowing header size'], [15, 'dns: overflowing header size'],
])('a cut %i octets into a record is "%s"', (into, error) => {
  expect(cutDatagram('a.test.', reply(40), 24 + 16 * 20 + into)).toEqual({ error })
})

test('names that were not compressed take their room', () => {
  expect(cutDatagram('a.test.', reply(23, { uncompressed: true }), 512)).toEqual({ error: 'dns: buffer size too small' })
})

test.each([
  [1, 'dns: overflow unpacking uint16'], [4, 'dns: overflow unpacking uint16'], [5, 'dns: overflow unpacking uint32'], [8, 'dns: overflow unpacking uint32'],
  [9, 'dns: overflow unpacking uint16'], [10, 'dns: overflow unpacking uint16'],
])('a cut %i octets into the OPT is "%s"', (into, error) => {
  const short = reply(5, { edns: { sizeBytes: 1232 } })
  expect(cutDatagram('a.test.', short, 24 + 16 * 5 + into)).toEqual({ error })
  expect(cutDatagram('a.test.', short, 24 + 16 * 5 + 11)).toBeUndefined()
})

test('a cut in a later section leaves the sections ahead of it whole', () => {
  const authority = [{ name: 'test.', type: 'NS', ttlS: 60, data: 'ns.test.' }]
  const additional = [{ name: 'ns.test.', type: 'A', ttlS: 60, data: '10.0.0.9' }]
  const whole = reply(2, { authority, additional })
  // A pointer and 10 octets ahead of the 5 of `ns` and a pointer to `test.`; then a pointer, 10 and 4.
  const atAuthority = 24 + 16 * 2
  expect(cutDatagram('a.test.', whole, atAuthority)).toEqual({ reply: reply(2) })
  expect(cutDatagram('a.test.', whole, atAuthority + 17)).toEqual({ reply: reply(2, { authority }) })
  expect(cutDatagram('a.test.', whole, atAuthority + 17 + 1)).toEqual({ error: 'dns: buffer size too small' })
  expect(cutDatagram('a.test.', whole, atAuthority + 17 + 16)).toBeUndefined()
})

test('the targets of SRV are written in full, those of SOA as pointers where they can be', () => {
  const one = (type: string, data: string): Reply => reply(0, { answer: [{ name: 'a.test.', type, ttlS: 60, data }, ...addresses(1)] })
  const srv = one('SRV', '1 2 80 b.a.test.')
  // 12 ahead of RDATA, which is 6 and the 10 of the name.
  expect(cutDatagram('a.test.', srv, 24 + 28)).toEqual({ reply: { ...srv, answer: srv.answer.slice(0, 1) } })
  const soa = one('SOA', 'b.a.test. h.b.a.test. 1 2 3 4 5')
  // 12 ahead of RDATA: 4 and 4 of the names, and five numbers.
  expect(cutDatagram('a.test.', soa, 24 + 12 + 8 + 20)).toEqual({ reply: { ...soa, answer: soa.answer.slice(0, 1) } })
  expect(cutDatagram('a.test.', soa, 24 + 12 + 8 + 19)).toEqual({ error: 'dns: overflowing header size' })
})

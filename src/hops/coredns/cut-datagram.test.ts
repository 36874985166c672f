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
  [10, 'dns: overflow unpacking uint16'], [12, 'dns: overflowing header size'],
])('a cut %i octets into a record is "%s"', (into, error) => {
  expect(cutDatagram('a.test.', reply(40), 24 + 16 * 20 + into)).toEqual({ error })
})

test('names that were not compressed take their room', () => {
  expect(cutDatagram('a.test.', reply(23, { uncompressed: true }), 512)).toEqual({ error: 'dns: buffer size too small' })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, nameText } from '../../test/support/random-message.ts'
import type { DnsQuery, Edns, Reply } from './message.ts'
import { messageBytes, queryBytes } from './size.ts'
import { queryFromWire, queryToWire, recordFromWire, replyFromWire, replyToWire } from './wire-chain.ts'
import { decodeMessage } from './wire-decode.ts'
import { NAME_ROOM, nameToBytes } from './wire-name.ts'

const name = nameText.filter(text => typeof nameToBytes(text, new Uint8Array(NAME_ROOM)) === 'number')
/** Names as the chain has them: with the escapes that decoding gives. */
const chainName = name.map(text => {
  const out = new Uint8Array(NAME_ROOM)
  const length = nameToBytes(text, out) as number
  return decodeMessage(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...out.slice(0, length), 0, 1, 0, 1)).message.questions[0]?.name.text as string
})
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const defined = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined && each !== false)) as T

const edns = fc.record({
  sizeBytes: fc.nat(65535), do: optional(fc.constant(true)), version: optional(fc.integer({ min: 1, max: 255 })),
  options: optional(fc.constantFrom([[10, '0011223344556677']], [[65001, ''], [15, '0003'] as const])),
}).map(defined)

const query = fc.record({
  name: chainName, type: fc.constantFrom('A', 'AAAA', 'HTTPS', 'ANY', 'TYPE65280'), class: optional(fc.constantFrom('CH', 'CLASS32')), transport: fc.constantFrom('udp', 'tcp'),
  rd: fc.boolean(), ad: fc.boolean(), cd: fc.boolean(), edns: optional(edns), opcode: optional(fc.constantFrom('NOTIFY', 'OPCODE15')),
}).map(defined) as unknown as fc.Arbitrary<DnsQuery>

const record = anyRecord.map(each => recordFromWire(each))
const records = fc.array(record, { maxLength: 4 })
const reply = fc.record({
  rcode: fc.constantFrom('NOERROR', 'NXDOMAIN', 'SERVFAIL', 'RCODE11'), flags: fc.subarray(['aa', 'tc', 'rd', 'ra', 'ad', 'cd']),
  answer: records, authority: records, additional: records, edns: optional(edns),
}).map(defined) as unknown as fc.Arbitrary<Reply>

test('a query survives the wire, and is as long as size.ts says', () => {
  fc.assert(fc.property(query, fc.nat(65535), (asked, id) => {
    const bytes = queryToWire(asked, id).value as Uint8Array
    const { message, faults } = decodeMessage(bytes)
    expect(faults).toEqual([])
    expect(message.id).toBe(id)
    expect(queryFromWire(message, { transport: asked.transport })).toEqual(asked)
    expect(bytes.length).toBe(queryBytes(asked.name, asked.edns))
  }))
})

test('a reply survives the wire, compressed or not', () => {
  fc.assert(fc.property(reply, query, fc.boolean(), (given, asked, compress) => {
    const bytes = replyToWire(given, asked, 7, { compress }).value as Uint8Array
    const { message, faults } = decodeMessage(bytes)
    expect(faults).toEqual([])
    expect(replyFromWire(message, asked)).toEqual(given)
    expect(replyFromWire(message).question).toEqual({ name: asked.name, type: asked.type })
  }))
})

test('a reply is as long as size.ts computes it, compressed and not', () => {
  const plain = fc.oneof(
    fc.record({ name: chainName, type: fc.constant('A'), ttlS: fc.nat(9), data: fc.constant('10.0.0.1') }),
    fc.record({ name: chainName, type: fc.constantFrom('CNAME', 'NS', 'PTR', 'DNAME'), ttlS: fc.nat(9), data: chainName }),
    fc.record({ name: chainName, type: fc.constant('MX'), ttlS: fc.nat(9), data: chainName.map(text => `10 ${text}`) }),
    fc.record({ name: chainName, type: fc.constant('SRV'), ttlS: fc.nat(9), data: chainName.map(text => `0 0 53 ${text}`) }),
    fc.record({ name: chainName, type: fc.constant('SOA'), ttlS: fc.nat(9), data: fc.tuple(chainName, chainName).map(([m, r]) => `${m} ${r} 1 2 3 4 5`) }),
    fc.record({ name: chainName, type: fc.constant('TXT'), ttlS: fc.nat(9), data: fc.constantFrom('"a b" "c"', '""') }),
  )
  fc.assert(fc.property(fc.array(plain, { maxLength: 6 }), fc.array(plain, { maxLength: 2 }), query, optional(edns) as fc.Arbitrary<Edns | undefined>, (answer, additional, asked, opt) => {
    const given: Reply = { rcode: 'NOERROR', flags: [], answer, authority: [], additional, ...(opt && { edns: opt }) }
    expect(replyToWire(given, asked, 1, { compress: false }).value?.length).toBe(messageBytes(asked.name, given))
    expect(replyToWire(given, asked, 1, { compress: true }).value?.length).toBe(messageBytes(asked.name, given, new Set()))
  }), { numRuns: 300 })
})

const ASKED: DnsQuery = { name: 'a.corp-example.com.', type: 'A', transport: 'udp', rd: true }
const NOTHING: Reply = { rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [], authority: [], additional: [] }

test('BADVERS takes EDNS, and its upper bits travel there', () => {
  expect(replyToWire({ ...NOTHING, rcode: 'BADVERS' }, ASKED, 1).fault?.code).toBe('rcode-needs-edns')
  const bytes = replyToWire({ ...NOTHING, rcode: 'BADVERS', edns: { sizeBytes: 1232 } }, ASKED, 1).value as Uint8Array
  expect(replyFromWire(decodeMessage(bytes).message, ASKED)).toEqual({ ...NOTHING, rcode: 'BADVERS', edns: { sizeBytes: 1232 } })
})

test('another question than the one asked is kept, another spelling is not another question', () => {
  const other = { name: 'b.corp-example.com.', type: 'A' }
  const bytes = replyToWire({ ...NOTHING, question: other }, ASKED, 1).value as Uint8Array
  expect(replyFromWire(decodeMessage(bytes).message, ASKED).question).toEqual(other)
  const upper = replyToWire(NOTHING, { ...ASKED, name: 'A.CORP-example.com.' }, 1).value as Uint8Array
  expect(replyFromWire(decodeMessage(upper).message, ASKED).question).toBeUndefined()
})

test.each([
  [{ name: 'a.', type: 'A', ttlS: 1, data: 'not an address' }, 'text-address'], [{ name: `${'a'.repeat(64)}.`, type: 'A', ttlS: 1, data: '1.2.3.4' }, 'label-too-long'],
  [{ name: 'a..b.', type: 'A', ttlS: 1, data: '1.2.3.4' }, 'label-empty'], [{ name: 'a.', type: 'NOTYPE', ttlS: 1, data: '' }, 'text-type'],
  [{ name: 'a.', type: 'A', class: 'XX', ttlS: 1, data: '1.2.3.4' }, 'text-class'],
])('what no packet can hold is a fault: %j', (bad, code) => {
  expect(replyToWire({ ...NOTHING, answer: [bad] }, ASKED, 1).fault?.code).toBe(code)
})

test('a reply that is longer than a message can be is a fault', () => {
  const answer = Array.from({ length: 300 }, () => ({ name: 'a.', type: 'TXT', ttlS: 1, data: `"${'x'.repeat(250)}"` }))
  expect(replyToWire({ ...NOTHING, answer }, ASKED, 1).fault?.code).toBe('message-too-long')
})

test('records whose names cannot be read are left out of the reply', () => {
  const good = { name: 'a.corp-example.com.', type: 'A', ttlS: 1, data: '1.2.3.4' }
  const bytes = replyToWire({ ...NOTHING, answer: [{ name: 'b.', type: 'NS', ttlS: 1, data: 'c.' }, good] }, ASKED, 1).value as Uint8Array
  const target = Buffer.from(bytes).indexOf(Buffer.from('016300', 'hex'))
  bytes.set([1, 0x63, 0x80], target)
  const { message, faults } = decodeMessage(bytes)
  // The name has no end: RDATA stays bytes, and the next record is read.
  expect([faults.map(each => each.code), replyFromWire(message, ASKED).answer.map(each => each.data)]).toEqual([['label-type-unknown'], ['\\# 3 016380', '1.2.3.4']])
})

test('a record whose name leads nowhere is left out of the reply, the next one is not', () => {
  const hex = '1234 8180 0000 0002 0000 0000  01 61 c0ff 0002 0001 00000001 0001 00  00 0001 0001 00000001 0004 01020304'
  const { message, faults } = decodeMessage(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')))
  expect(faults.map(each => each.code)).toEqual(['pointer-forward'])
  expect(message.answers.map(each => each.name.text)).toEqual(['a.', '.'])
  expect(replyFromWire(message).answer.map(each => each.data)).toEqual(['1.2.3.4'])
})

test('a TTL with its highest bit set counts as 0', () => {
  const bytes = replyToWire({ ...NOTHING, answer: [{ name: 'a.', type: 'A', ttlS: 2 ** 31 + 5, data: '1.2.3.4' }] }, ASKED, 1).value as Uint8Array
  expect(replyFromWire(decodeMessage(bytes).message, ASKED).answer[0]?.ttlS).toBe(0)
})

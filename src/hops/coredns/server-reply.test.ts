// What core/dnsserver and request/ of CoreDNS make of a plugin's reply before it leaves.
import { describe, expect, test } from 'vitest'
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { isForOther } from '../../dns/question-match.ts'
import type { CorednsVersion } from './plugin.ts'
import { bareReply, clientBytes, copiedFlags, echoedEdns, loggedBytes, onEachMessage, replyTo, scrubbed } from './server-reply.ts'

const V: CorednsVersion = [1, 11, 3]
const query: DnsQuery = { name: 'a.test.', type: 'A', transport: 'udp', rd: true }
const record = (type: string, data: string, name = 'a.test.'): ResourceRecord => ({ name, type, ttlS: 60, data })
const reply = (more: Partial<Reply> = {}): Reply => ({ rcode: 'NOERROR', flags: [], answer: [record('A', '10.0.0.1')], authority: [], additional: [], ...more })
const left = (given: Partial<Reply>, { asked = query, client = query, version = V }: { asked?: DnsQuery; client?: DnsQuery; version?: CorednsVersion } = {}): Reply | undefined =>
  replyTo(client, asked, reply(given), version, new Set())

test('a client takes 512 octets over UDP or what its EDNS says, and 65535 over TCP', () => {
  expect([clientBytes(query), clientBytes({ ...query, edns: { sizeBytes: 100 } }), clientBytes({ ...query, edns: { sizeBytes: 1232 } }), clientBytes({ ...query, transport: 'tcp', edns: { sizeBytes: 600 } })])
    .toEqual([512, 512, 1232, 65_535])
})

test('RD and CD are copied for the opcode QUERY alone', () => {
  expect(copiedFlags({ ...query, cd: true })).toEqual(['rd', 'cd'])
  expect(copiedFlags({ ...query, rd: false })).toEqual([])
  expect(copiedFlags({ ...query, opcode: 'NOTIFY' })).toEqual([])
  expect(bareReply(query, 'REFUSED')).toEqual({ rcode: 'REFUSED', flags: ['rd'], answer: [], authority: [], additional: [] })
})

test('a reply to another name or type is for another; case and a missing question are not', () => {
  expect([{ name: 'A.TEST.', type: 'A' }, { name: 'b.test.', type: 'A' }, { name: 'a.test.', type: 'AAAA' }].map(question => isForOther(reply({ question }), query))).toEqual([false, true, true])
  expect(isForOther(reply(), query)).toBe(false)
})

test('what is done to a reply is done to those behind it', () => {
  const upper = (each: Reply): Reply => ({ ...each, rcode: 'REFUSED' })
  expect(onEachMessage(reply({ also: [reply()] }), upper)).toEqual(reply({ rcode: 'REFUSED', also: [reply({ rcode: 'REFUSED' })] }))
  expect(onEachMessage(reply(), upper)).toEqual(reply({ rcode: 'REFUSED' }))
})

test('of the options of a query NSID, EXPIRE, COOKIE, keepalive and padding go back, since 1.15 only registered ones', () => {
  const sent = Array.from({ length: 16 }, (_, code) => [code, '00'] as const)
  const codes = (version: CorednsVersion, registered?: ReadonlySet<number>): unknown => echoedEdns({ sizeBytes: 1232, do: true, options: sent }, version, registered).options?.map(([code]) => code)
  expect([codes([1, 14, 7]), codes([1, 15, 0]), codes([1, 15, 0], new Set([5])), codes([1, 14, 7], new Set([5]))]).toEqual([[3, 9, 10, 11, 12], undefined, [5], [3, 5, 9, 10, 11, 12]])
  expect(echoedEdns({ sizeBytes: 1232, do: true }, V)).toEqual({ sizeBytes: 1232, do: true })
})

test('the OPT of a reply has the size of the query, and DO if either had it', () => {
  const edns = (asked: DnsQuery['edns'], made: Reply['edns']): unknown => scrubbed({ ...query, ...(asked && { edns: asked }) }, reply({ ...(made && { edns: made }) }), V).edns
  expect(edns({ sizeBytes: 1232 }, { sizeBytes: 4096, do: true, options: [[15, '0000']] })).toEqual({ sizeBytes: 1232, do: true, options: [[15, '0000']] })
  expect(edns({ sizeBytes: 1232, do: true }, { sizeBytes: 4096 })).toEqual({ sizeBytes: 1232, do: true })
  expect(edns({ sizeBytes: 1232 }, { sizeBytes: 4096 })).toEqual({ sizeBytes: 1232 })
  expect(edns(undefined, { sizeBytes: 4096 })).toEqual({ sizeBytes: 4096 })
  expect(edns({ sizeBytes: 1232 }, undefined)).toEqual({ sizeBytes: 1232 })
})

describe('the question of a reply', () => {
  test('is told where it is not that of the client', () => {
    expect(left({})).toEqual(reply())
    expect(left({ question: { name: 'a.test.', type: 'A' } })).toEqual(reply())
    expect(left({ question: { name: 'A.test.', type: 'A' } })?.question).toEqual({ name: 'A.test.', type: 'A', class: 'IN' })
    expect(left({ question: { name: 'a.test.', type: 'AAAA', class: 'IN' } })?.question).toEqual({ name: 'a.test.', type: 'AAAA', class: 'IN' })
    expect(left({ question: { name: 'a.test.', type: 'A', class: 'CH' } })?.question).toEqual({ name: 'a.test.', type: 'A', class: 'CH' })
  })

  test('is that of the query as plugins have left it, where the reply has none', () => {
    expect(left({}, { asked: { ...query, name: 'b.test.' } })?.question).toEqual({ name: 'b.test.', type: 'A', class: 'IN' })
    expect(left({}, { asked: { ...query, type: 'MX' } })?.question).toEqual({ name: 'a.test.', type: 'MX', class: 'IN' })
    expect(left({}, { asked: { ...query, class: 'CH' } })?.question).toEqual({ name: 'a.test.', type: 'A', class: 'CH' })
    expect(left({}, { asked: { ...query, class: 'CH' }, client: { ...query, class: 'CH' } })?.question).toBeUndefined()
    expect(left({}, { client: { ...query, class: 'IN' } })?.question).toBeUndefined()
  })
})

describe('nothing is sent', () => {
  test('of a message that cannot be packed, and of rcodes above 15 without an OPT', () => {
    expect(left({ unpackable: true })).toBeUndefined()
    expect([left({ rcode: 'BADVERS' }), left({ rcode: 'RCODE15' as Reply['rcode'] })?.rcode, left({ rcode: 'BADVERS', edns: { sizeBytes: 512 } })?.rcode]).toEqual([undefined, 'RCODE15', 'BADVERS'])
  })

  // `kubernetes .` and `rewrite` make such names; the library of 1.9.3 writes one that begins with a dot.
  test.each([
    ['CNAME', 'a..test.'], ['DNAME', 'a..test.'], ['NS', 'a..test.'], ['PTR', 'a..test.'], ['MX', '10 a..test.'], ['SRV', '0 0 53 a..test.'], ['SOA', 'ns..test. h.test. 1 2 3 4 5'], ['NAPTR', '1 1 "s" "" "" a..test.'],
  ])('of %s records with an empty label in their name', (type, data) => {
    expect(left({ answer: [record(type, data)] })).toBeUndefined()
    expect(left({ authority: [record(type, data)] })).toBeUndefined()
    expect(left({ additional: [record(type, data)] })).toBeUndefined()
    expect(left({ answer: [record(type, data.replace('..', '.'))] })).toBeDefined()
  })

  test('of owners with an empty label, at the beginning since 1.9.4; the root and texts are none', () => {
    const sent = (name: string, version: CorednsVersion = V): boolean => left({ answer: [record('A', '10.0.0.1', name)] }, { version }) !== undefined
    expect([sent('a..test.'), sent('.a.test.'), sent('.a.test.', [1, 9, 3]), sent('.a.test.', [1, 9, 4]), sent('.'), sent('a\\..test.')]).toEqual([false, false, true, false, true, true])
    expect(left({ answer: [record('TXT', '"a..b"')] })).toBeDefined()
    expect(left({ answer: [record('NAPTR', '1 1 "s" ".." "" a.test.')] })).toBeDefined()
    expect(left({ answer: [record('MX', '10 .')] })).toBeDefined()
  })
})

test('the log counts escapes of texts as they are written and the padding of base64, in all sections', () => {
  const plain = (type: string, data: string): number => loggedBytes(query, reply({ answer: [record(type, data)] }))
  expect(['TXT', 'SPF', 'HINFO'].map(type => plain(type, '"\\001" "b"') - plain(type, '"a" "b"'))).toEqual([3, 3, 3])
  expect(['CDNSKEY', 'DNSKEY', 'KEY', 'RKEY'].map(type => plain(type, '256 3 8 AA==') - plain(type, '256 3 8 AAAA') + 2)).toEqual([2, 2, 2, 2])
  expect(['DHCID', 'OPENPGPKEY'].map(type => plain(type, 'AAA=') - plain(type, 'AAAA') + 1)).toEqual([1, 1])
  expect(plain('RRSIG', 'A 8 2 60 20260101000000 20250101000000 1 a.test. AAA=') - plain('RRSIG', 'A 8 2 60 20260101000000 20250101000000 1 a.test. AAAA') + 1).toBe(1)
  const text = record('TXT', '"\\001"')
  const sizes = [{ answer: [text] }, { answer: [], authority: [text] }, { answer: [], additional: [text] }].map(sections => loggedBytes(query, reply(sections)))
  expect(new Set(sizes).size).toBe(1)
})

import { expect, test } from 'vitest'
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { ageMsOf, leftS, lifetimeS, losesAd, storedOf, withTtl, type Stored } from './cache-entry.ts'
import type { CacheOptions } from './cache-options.ts'
import type { CorednsVersion, Served } from './plugin.ts'

const options: CacheOptions = {
  zones: ['.'], success: { maxTtlS: 7200, minTtlS: 2 }, denial: { maxTtlS: 900, minTtlS: 4 }, servfailS: 7, exceptSuccess: ['s.test.'], exceptDenial: ['d.test.'],
  keepTtl: false, prefetch: undefined, stale: undefined,
}
const released = (version: string): CorednsVersion => version.split('.').map(Number) as unknown as CorednsVersion
const query: DnsQuery = { name: 'a.test.', type: 'A', transport: 'udp', rd: true }
const address = (ttlS: number, name = 'a.test.'): ResourceRecord => ({ name, type: 'A', ttlS, data: '10.0.0.1' })
const soa = (ttlS: number): ResourceRecord => ({ name: 'test.', type: 'SOA', ttlS, data: 'ns.test. h.test. 1 2 3 4 5' })
const reply = (more: Partial<Reply>): Reply => ({ rcode: 'NOERROR', flags: ['aa', 'rd', 'ra'], answer: [], authority: [], additional: [], ...more })
const lifetime = (more: Partial<Reply>, version = '1.14.7', of: CacheOptions = options): number => lifetimeS(reply(more), query, of, released(version))
const stored = (served: Partial<Served>, version = '1.14.7', asked: Partial<DnsQuery> = {}): Stored | undefined =>
  storedOf({ rcode: 'NOERROR', ...served }, { ...query, ...asked }, options, released(version))[0]
const mapOf = (more: Partial<Reply>, version?: string, asked?: Partial<DnsQuery>): unknown => stored({ reply: reply(more) }, version, asked)?.map

test('a reply lives as long as its record with the least TTL, within the bounds of its kind', () => {
  expect([1, 2, 3, 7199, 7200, 7201].map(ttl => lifetime({ answer: [address(9000), address(ttl)] }))).toEqual([2, 2, 3, 7199, 7200, 7200])
  expect([3, 5, 901].map(ttl => lifetime({ rcode: 'NXDOMAIN', authority: [soa(ttl)] }))).toEqual([4, 5, 900])
  expect([3, 5, 901].map(ttl => lifetime({ authority: [soa(ttl)] }))).toEqual([4, 5, 900])
  expect(lifetime({ answer: [address(100)], authority: [{ ...address(40), type: 'NS' }], additional: [address(30)] })).toBe(30)
})

test('up to 1.14.3 no record counts for more than an hour', () => {
  expect(['1.14.3', '1.14.4', '1.14.7'].map(version => lifetime({ answer: [address(7000)] }, version))).toEqual([3600, 7000, 7000])
})

test('a reply without records lives 5 s, a failure as long as servfail says', () => {
  expect([lifetime({}), lifetime({ rcode: 'NXDOMAIN' }), lifetime({ rcode: 'REFUSED' }), lifetime({ rcode: 'SERVFAIL', answer: [address(100)] })]).toEqual([5, 5, 5, 7])
})

test('answers and denials are kept apart; what is cut, refused, or denied without SOA is not kept', () => {
  expect([mapOf({ answer: [address(60)] }), mapOf({ rcode: 'NXDOMAIN', authority: [soa(60)] }), mapOf({ authority: [soa(60)] }), mapOf({ rcode: 'SERVFAIL' })]).toEqual(['success', 'denial', 'denial', 'denial'])
  expect([mapOf({ authority: [{ ...address(60), type: 'NS', name: 'test.', data: 'ns.test.' }], flags: [] })]).toEqual(['success'])
  expect([mapOf({ flags: ['tc'], answer: [address(60)] }), mapOf({ rcode: 'REFUSED' }), mapOf({ rcode: 'NXDOMAIN' })]).toEqual([undefined, undefined, undefined])
  expect(mapOf({ answer: [address(60)], question: { name: 'b.test.', type: 'A' } })).toBeUndefined()
})

test('`disable` is for its kind and its zones alone', () => {
  const denial: Partial<Reply> = { rcode: 'NXDOMAIN', authority: [soa(60)] }
  const answer = (name: string): Partial<Reply> => ({ answer: [address(60, name)] })
  expect([mapOf(answer('s.test.'), '1.14.7', { name: 's.test.' }), mapOf(answer('d.test.'), '1.14.7', { name: 'd.test.' })]).toEqual([undefined, 'success'])
  expect([mapOf(denial, '1.14.7', { name: 'x.s.test.' }), mapOf(denial, '1.14.7', { name: 'x.d.test.' })]).toEqual(['denial', undefined])
})

test('since 1.14.7 records that answer something else are a denial with a SOA, and nothing without', () => {
  const other = { answer: [address(60, 'b.test.')] }
  expect(['1.14.6', '1.14.7'].map(version => mapOf(other, version))).toEqual(['success', undefined])
  expect(['1.14.6', '1.14.7'].map(version => mapOf({ ...other, authority: [soa(60)] }, version))).toEqual(['success', 'denial'])
  expect(['1.14.6', '1.14.7'].map(version => lifetime({ ...other, answer: [address(6000, 'b.test.')], authority: [soa(6000)] }, version))).toEqual([6000, 900])
})

test('a failure that nobody wrote is kept since 1.15, if it came with an error', () => {
  const cause = { kind: 'lost', by: 'x' } as const
  const failure = { rcode: 'SERVFAIL', error: 'x', cause } as const
  expect(stored(failure, '1.15.0')).toMatchObject({ map: 'denial', entry: { ttlS: 7, sinceMs: 0, reply: { rcode: 'SERVFAIL', flags: [], answer: [], cause } } })
  expect(stored({ rcode: 'SERVFAIL', error: 'x' }, '1.15.0')?.entry.reply).not.toHaveProperty('cause')
  expect([stored(failure, '1.14.7'), stored({ rcode: 'SERVFAIL' }, '1.15.0'), stored({ rcode: 'REFUSED', error: 'x' }, '1.15.0'), stored(failure, '1.15.0', { name: 'd.test.' })]).toEqual([undefined, undefined, undefined, undefined])
  const ttl = (servfailS: number): unknown => storedOf(failure, query, { ...options, servfailS }, released('1.15.0'))[0]?.entry.ttlS
  expect([ttl(0), ttl(0.5), ttl(1)]).toEqual([undefined, 0.5, 1])
})

test('a reply is kept under the type that the query was changed to behind the cache, if that is the one of its own question', () => {
  const answered = reply({ answer: [address(60)], question: { name: 'a.test.', type: 'A' } })
  expect([stored({ reply: answered }), stored({ reply: answered, askedType: 'A' }, '1.14.5', { type: 'AAAA' })].map(kept => [kept?.map, kept?.type])).toEqual([['success', 'A'], ['success', 'A']])
  expect(stored({ reply: answered, askedType: 'AAAA' })).toBeUndefined()
  expect(stored({ reply: answered, query: { ...query, type: 'AAAA' } })).toBeUndefined()
  expect(stored({ reply: answered, query: { ...query, name: 'b.test.' } })?.map).toBe('success')
  expect(stored({ reply: reply({ answer: [address(60)] }), query: { ...query, type: 'AAAA' } })?.map).toBe('success')
})

test('AA, RA and AD are kept; from 1.12.3 to 1.14.6 AD only for a client that wants it', () => {
  const flags = (version: string, asked: Partial<DnsQuery> = {}): unknown => stored({ reply: reply({ flags: ['aa', 'rd', 'ra', 'ad', 'cd'], answer: [address(60)] }) }, version, asked)?.entry.reply.flags
  expect([flags('1.11.3'), flags('1.14.5'), flags('1.14.5', { ad: true }), flags('1.14.5', { edns: { sizeBytes: 1232, do: true } }), flags('1.14.5', { ad: false })]).toEqual(
    [['aa', 'ra', 'ad'], ['aa', 'ra'], ['aa', 'ra', 'ad'], ['aa', 'ra', 'ad'], ['aa', 'ra']])
  expect(['1.12.2', '1.12.3', '1.12.4', '1.14.6', '1.14.7'].map(version => losesAd(released(version)))).toEqual([false, true, true, true, false])
})

test('the wildcard an answer came from is kept with it', () => {
  const answered = reply({ answer: [address(60)] })
  expect(stored({ reply: answered, metadata: { 'zone/wildcard': '*.test.' } })?.entry).toMatchObject({ wildcard: '*.test.', sinceMs: 0, ttlS: 60 })
  expect(stored({ reply: answered })?.entry).not.toHaveProperty('wildcard')
})

test('an entry with no time to live is not kept', () => {
  const none: CacheOptions = { ...options, success: { maxTtlS: 10, minTtlS: 0 } }
  const kept = (ttl: number): unknown => storedOf({ rcode: 'NOERROR', reply: reply({ answer: [address(ttl)] }) }, query, none, released('1.14.7'))[0]?.entry.ttlS
  expect([kept(0), kept(1)]).toEqual([undefined, 1])
})

test('whole seconds are left of a TTL that has a fraction', () => {
  const entry = { reply: reply({}), ttlS: 2.5, sinceMs: 400 }
  expect([ageMsOf(entry, 500), leftS(entry, 0), leftS(entry, 599), leftS(entry, 600), leftS(entry, 2600)]).toEqual([900, 2, 2, 1, -1])
  expect(withTtl(reply({ answer: [address(60)], authority: [soa(2)], additional: [address(1)], edns: { sizeBytes: 1232 } }), 2.5)).toEqual(
    { rcode: 'NOERROR', flags: ['aa', 'rd', 'ra'], answer: [address(2)], authority: [soa(2)], additional: [address(2)] })
})

test('of two messages to one question each is kept where it belongs, the second last', () => {
  const two = reply({ answer: [address(60)], also: [reply({ rcode: 'SERVFAIL' })] })
  const kept = storedOf({ rcode: 'NOERROR', reply: two }, query, options, released('1.11.3'))
  expect(kept.map(({ map, entry }) => [map, entry.ttlS, entry.reply.rcode, entry.reply.also])).toEqual([['success', 60, 'NOERROR', undefined], ['denial', 7, 'SERVFAIL', undefined]])
})

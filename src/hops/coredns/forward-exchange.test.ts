import { expect, test } from 'vitest'
import { LOST, sleep, type Hop, type Plain } from '../../chain/effects.ts'
import { REFUSED_PORT, type DnsQuery, type Reply } from '../../dns/message.ts'
import { ODD } from './forward-exchange.ts'
import { oneCoredns, zone } from '../../../test/support/one-coredns.ts'

const upstream = zone('a.test. 60 A 10.1.1.1')
const odd = (value: Plain): Hop => function* () { return value }
const replying = (reply: Partial<Reply>): Hop => odd({ rcode: 'NOERROR', flags: ['ra'], answer: [], authority: [], additional: [], ...reply } as unknown as Plain)

interface Told { readonly text: string; readonly ms: number; readonly asked: readonly unknown[] }
/** What is answered (or the text of `errors`), after how long, and over what the server was asked. */
function told(hop: Hop, { version = '1.11.3', options = '', query = {} }: { version?: string; options?: string; query?: Partial<DnsQuery> } = {}): Told {
  const server = oneCoredns(version, `. {\n errors\n forward . 10.0.0.1 {\n  max_fails 0\n  ${options}\n }\n}\n`, { '10.0.0.1': hop })
  const reply = server.ask({ name: 'a.test.', ...query })
  const text = server.lines()[0]?.replace(/^.* (?:A|TXT): /, '') ?? (reply === LOST ? LOST : [reply.rcode, reply.flags.join('+'), reply.answer.length].join(' '))
  return { text, ms: server.run.nowMs, asked: server.run.notes.filter(n => n.note.kind === 'upstream-asked').map(n => n.note['transport']) }
}
const READ = 'read udp 10.244.0.5:0->10.0.0.1:53: '

test.each([
  [REFUSED_PORT, `${READ}read: connection refused`, 'dial tcp 10.0.0.1:53: connect: connection refused'],
  [ODD.unreachable, 'dial udp 10.0.0.1:53: connect: network is unreachable', 'dial tcp 10.0.0.1:53: connect: network is unreachable'],
  [ODD.notPermitted, 'write udp 10.244.0.5:0->10.0.0.1:53: write: operation not permitted', 'write tcp 10.244.0.5:0->10.0.0.1:53: write: operation not permitted'],
  [ODD.silentConnection, `${READ}i/o timeout`, 'read tcp 10.244.0.5:0->10.0.0.1:53: i/o timeout'],
  [ODD.closedConnection, 'EOF', 'EOF'],
  [LOST, `${READ}i/o timeout`, 'dial tcp 10.0.0.1:53: i/o timeout'],
])('%j is the error %s over UDP, and %s over TCP', (value, udp, tcp) => {
  expect([told(odd(value)).text, told(odd(value), { query: { transport: 'tcp' } }).text]).toEqual([udp, tcp])
})

test.each([['1.10.1', false], ['1.11.0', true], ['1.11.1', false], ['1.11.3', false], ['1.14.5', false], ['1.14.6', false], ['1.14.7', true]] as const)('CoreDNS %s waits behind a datagram without a header: %j', (version, waits) => {
  const { text, ms } = told(odd(ODD.short), { version, options: version === '1.14.7' ? 'max_connect_attempts 1' : '' })
  expect(text).toBe(waits ? `${READ}i/o timeout` : 'dns: short read')
  expect(ms >= 2000).toBe(true)
})

test.each([['1.10.1', 'dns: buffer size too small'], ['1.11.1', 'dns: buffer size too small'], ['1.11.3', 'NOERROR tc+rd+ra 0'], ['1.11.4', 'NOERROR tc+rd+ra 0']])('CoreDNS %s takes a datagram that ends in a record for: %s', (version, text) => {
  expect(told(odd(ODD.overflow), { version }).text).toBe(text)
})

test('a datagram longer than the client takes is cut, since 1.11.3 with what its header says', () => {
  const record = (n: number): Reply['answer'][0] => ({ name: 'a.test.', type: 'TXT', ttlS: 60, data: `"${String(n).padStart(200, 'x')}"` })
  const long = replying({ rcode: 'NOERROR', flags: ['aa', 'rd', 'ra'], answer: [1, 2, 3].map(record) })
  expect(told(long, { query: { type: 'TXT' } }).text).toBe('NOERROR aa+tc+rd+ra 0')
  expect(told(long, { version: '1.11.1', query: { type: 'TXT' } }).text).toBe('dns: overflowing header size')
  expect(told(long, { query: { type: 'TXT', edns: { sizeBytes: 1232 } } }).text).toBe('NOERROR aa+rd+ra 3')
})

test('a cut reply is asked for again over TCP only with prefer_udp, and only if it came over UDP', () => {
  const cutting: Hop = function* (query) {
    yield* sleep(10)
    return (query as unknown as DnsQuery).transport === 'tcp' ? yield* upstream(query) : yield* replying({ flags: ['tc', 'rd', 'ra'] })(query)
  }
  expect(told(cutting)).toMatchObject({ text: 'NOERROR tc+rd+ra 0', asked: ['udp'], ms: 10 })
  expect(told(cutting, { options: 'prefer_udp' })).toMatchObject({ text: 'NOERROR rd+ra 1', asked: ['udp', 'tcp'], ms: 20 })
  expect(told(cutting, { options: 'force_tcp' })).toMatchObject({ asked: ['tcp'] })
  expect(told(cutting, { options: 'prefer_udp', query: { transport: 'tcp' } })).toMatchObject({ asked: ['udp', 'tcp'] })
  const cuttingBoth = replying({ flags: ['tc', 'rd', 'ra'] })
  expect(told(cuttingBoth, { options: 'prefer_udp' })).toMatchObject({ asked: ['udp', 'tcp'] })
  expect(told(cuttingBoth, { options: 'force_tcp\n  prefer_udp' })).toMatchObject({ asked: ['tcp'] })
  expect(told(replying({ flags: ['rd', 'ra', 'ad'] }), { options: 'prefer_udp' })).toMatchObject({ asked: ['udp'] })
})

test('silence takes 2 s an attempt over UDP, a dial over TCP 1 s, the first with force_tcp 30 s', () => {
  expect(told(odd(LOST))).toMatchObject({ ms: 6000, asked: ['udp', 'udp', 'udp'] })
  expect(told(odd(LOST), { query: { transport: 'tcp' } }).asked).toHaveLength(5)
  expect(told(odd(LOST), { options: 'force_tcp' })).toMatchObject({ ms: 30_000, asked: ['tcp'] })
  expect(told(odd(LOST), { version: '1.14.7', options: 'read_timeout 700ms\n  max_connect_attempts 1' }).ms).toBe(700)
  const late: Hop = function* (query) {
    yield* sleep(1500)
    return yield* upstream(query)
  }
  expect(told(late, { query: { transport: 'tcp' } })).toMatchObject({ text: 'NOERROR rd+ra 1', ms: 1500 })
  expect(told(odd(ODD.silentConnection), { query: { transport: 'tcp' } })).toMatchObject({ ms: 6000 })
})

test('the upstream sees the address of the pod as its client, and nothing of what plugins noted', () => {
  const seen: Plain[] = []
  told(function* (query) {
    seen.push(query)
    return yield* upstream(query)
  }, { query: { client: '10.0.0.77', metadata: { 'a/b': 'c' } } as Partial<DnsQuery> })
  expect(seen).toEqual([{ name: 'a.test.', type: 'A', transport: 'udp', rd: true, client: '10.244.0.5' }])
})

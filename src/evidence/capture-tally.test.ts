import { expect, test } from 'vitest'
import { cooked2, ethernet, icmp, ipv4, ipv6, IP6, message, NXDOMAIN, pcap, REPLY, udp, type Packet } from '../../test/captures/transactions-bytes.ts'
import { exampleBytes, examples, ourReading } from '../../test/captures/transactions-tshark.ts'
import { readCapture } from './capture.ts'
import { captureTally } from './capture-tally.ts'
import { captureTransactions } from './capture-transactions.ts'

const CLIENT = '10.1.0.7'
const SERVER = '10.96.0.10'

function tallied(bytes: Uint8Array): { rows: string[]; strays: number; uncounted: number } {
  const tally = captureTally()
  readCapture([bytes], tally.add, { file: 'c' })
  const { servers, strays, uncounted } = tally.end()
  return { strays, uncounted, rows: servers.map(row => [`${row.server}#${row.port}`, `asked ${row.queries}`, ...[...row.answers].map(([rcode, count]) => `${rcode} ${count}`),
    ...(['repeats', 'duplicates', 'unanswered', 'open', 'refused'] as const).flatMap(key => (row[key] > 0 ? [`${key} ${row[key]}`] : [])),
    ...(row.rttMs ? [`rtt ${[row.rttMs.least, row.rttMs.mean, row.rttMs.most].map(ms => ms.toFixed(1)).join('/')}`] : [])].join(' ')) }
}

const ask = (atUs: number, id: number, wrap = (ip: Uint8Array): Uint8Array => ethernet(ip)): Packet =>
  ({ atUs, bytes: wrap(ipv4({ from: CLIENT, to: SERVER }, udp(40_000, 53, message({ id })))) })
const answer = (atUs: number, id: number, flags = REPLY, wrap = (ip: Uint8Array): Uint8Array => ethernet(ip)): Packet =>
  ({ atUs, bytes: wrap(ipv4({ from: SERVER, to: CLIENT }, udp(53, 40_000, message({ id, flags })))) })

test('questions, answers, round trips', () => {
  expect(tallied(pcap(1, [ask(0, 1), ask(100, 2), answer(3000, 1), answer(5100, 2, NXDOMAIN), answer(6000, 9)]))).toEqual(
    { rows: ['10.96.0.10#53 asked 2 NOERROR 1 NXDOMAIN 1 rtt 3.0/4.0/5.0'], strays: 1, uncounted: 0 })
})

test('repeats have no round trip; second answers; questions nobody answered, or not yet', () => {
  expect(tallied(pcap(1, [ask(0, 1), ask(4e6, 1), answer(4.1e6, 1), answer(4.2e6, 1), ask(5e6, 2), ask(11e6, 3)])).rows).toEqual(
    ['10.96.0.10#53 asked 3 NOERROR 1 repeats 1 duplicates 1 unanswered 1 open 1'])
})

test('refused', () => {
  const refusal: Packet = { atUs: 10, bytes: ethernet(ipv4({ from: SERVER, to: CLIENT, protocol: 1 }, icmp(3, 3, ask(0, 1).bytes.subarray(14)))) }
  expect(tallied(pcap(1, [ask(0, 1), refusal])).rows).toEqual(['10.96.0.10#53 asked 1 refused 1'])
})

test('a packet seen on two interfaces counts once; families do not meet', () => {
  const on = (index: number) => (ip: Uint8Array): Uint8Array => cooked2(ip, index)
  expect(tallied(pcap(276, [ask(0, 1, on(1)), ask(50, 1, on(2)), answer(3000, 1, REPLY, on(2)), answer(3050, 1, REPLY, on(1))])).rows).toEqual(
    ['10.96.0.10#53 asked 1 NOERROR 1 rtt 3.0/3.0/3.0'])
  const six: Packet = { atUs: 0, bytes: ethernet(ipv6({ from: 'fd00::7', to: 'a60:a::' }, udp(40_000, 53, message({ id: 1 }))), IP6) }
  expect(tallied(pcap(1, [six, answer(10, 1)])).rows).toHaveLength(2)
})

test.each(examples().filter(path => path.includes('/kube-system/')))('%s: as its transactions say', path => {
  const bytes = exampleBytes(path)
  const { transactions } = captureTransactions(ourReading(bytes, path).packets)
  const tally = captureTally()
  readCapture([bytes], tally.add, { file: path })
  const { servers } = tally.end()
  for (const row of servers) {
    const own = transactions.filter(each => each.server.address === row.server)
    const rtts = own.map(each => each.rttMs as number)
    expect([row.queries, [...row.answers.values()].reduce((sum, count) => sum + count, 0), row.unanswered, row.rttMs?.least, row.rttMs?.most]).toEqual(
      [own.length, own.length, 0, Math.min(...rtts), Math.max(...rtts)])
  }
  expect(servers.reduce((sum, row) => sum + row.queries, 0)).toBe(transactions.length)
})

test('more questions on their way than there is room for are unanswered, not lost', () => {
  const tally = captureTally()
  // Three seconds of 20,000 clients' questions, then silence.
  const flood = Array.from({ length: 20_000 }, (_, i) => ({ atUs: i * 150, bytes: ethernet(ipv4({ from: `10.2.${i >> 8}.${i & 255}`, to: SERVER }, udp(40_000, 53, message({ id: i })))) }))
  readCapture([pcap(1, [...flood, ask(60e6, 1)])], tally.add, { file: 'c' })
  expect(tally.end().servers).toMatchObject([{ queries: 20_001, unanswered: 20_000, open: 1 }])
})

test('more servers than are kept are said', () => {
  const many = Array.from({ length: 2000 }, (_, i) => ({ atUs: i, bytes: ethernet(ipv4({ from: CLIENT, to: `10.3.${i >> 8}.${i & 255}` }, udp(40_000, 53, message({ id: 1 })))) }))
  const { rows, uncounted } = tallied(pcap(1, many))
  expect([rows.length, uncounted]).toEqual([1024, 976])
})

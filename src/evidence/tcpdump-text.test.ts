// Lines are tcpdump 4.99.3's own.
import { expect, test } from 'vitest'
import { captureTransactions } from './capture-transactions.ts'
import { replyIn } from './captured-packet.ts'
import type { DnsPacket } from './observation.ts'
import { readPasted } from './pasted.ts'

const NEAR = Date.UTC(2026, 10, 25, 23, 40)
const packets = (text: string, nearMs: number | undefined = NEAR): DnsPacket[] =>
  readPasted('text/t.txt', text, nearMs).value.filter((seen): seen is DnsPacket => seen.kind === 'packet')

const short = (text: string): string[] => packets(text).map(({ from, to, transport, direction, id, flags, question, rcode, atMs }) => [
  atMs === undefined ? '-' : new Date(atMs).toISOString(), `${from.address}#${from.port}`, `${to.address}#${to.port}`, transport, direction, id, flags.join(','),
  question ? `${question.class} ${question.name} ${question.type}` : '', rcode ?? ''].join(' ').trimEnd())

test('questions and answers, one line each', () => {
  expect(short([
    '23:31:21.750000 IP 10.1.0.7.40000 > 10.96.0.10.53: 7+ [1au] A? a.corp-example.com. (36)',
    '23:31:21.751500 IP 10.96.0.10.53 > 10.1.0.7.40000: 7 2/0/0 A 10.0.0.1, A 10.0.0.2 (68)',
    '23:31:21.834604 IP 10.96.0.10.53 > 10.1.0.7.40000: 46844 NXDomain*- 0/1/1 (166)',
    '23:31:21.834700 IP6 fd00::7.40000 > fd00::53.53: 8% Type257? caa.zoo.test. (53)',
    '02:26:39.485138 IP 10.1.0.7.40000 > 10.96.0.10.domain: 9+ TXT CHAOS? version.bind. (30)',
  ].join('\n'))).toEqual([
    '2026-11-25T23:31:21.750Z 10.1.0.7#40000 10.96.0.10#53 udp query 7 rd IN a.corp-example.com. A',
    '2026-11-25T23:31:21.751Z 10.96.0.10#53 10.1.0.7#40000 udp reply 7 ra  NOERROR',
    '2026-11-25T23:31:21.834Z 10.96.0.10#53 10.1.0.7#40000 udp reply 46844 aa  NXDOMAIN',
    '2026-11-25T23:31:21.834Z fd00::7#40000 fd00::53#53 udp query 8 cd IN caa.zoo.test. CAA',
    // Nearest to 23:40 is the morning after.
    '2026-11-26T02:26:39.485Z 10.1.0.7#40000 10.96.0.10#53 udp query 9 rd CH version.bind. TXT',
  ])
})

test('the ways to print time, link layer and interface', () => {
  const query = '172.17.5.163.40686 > 192.168.0.10.53: 59199+ [1au] AAAA? a.b. (73)'
  const read = packets([
    `23:31:21.833312 eth0  P   IP ${query}`,
    `2026-11-25 23:31:21.833312 ?     Out ifindex 6 aa:bb:66:2d:ed:d7 ethertype IPv4 (0x0800), length 121: ${query}`,
    `1795649481.833312 IP ${query}`,
    `IP ${query}`,
    `23:31:21.833312 02:00:00:00:00:01 > 02:00:00:00:00:01, ethertype 802.1Q (0x8100), length 82: vlan 100, p 0, ethertype IPv4 (0x0800), ${query}`,
    '23:31:21.833312 IP (tos 0x0, ttl 64, id 44585, offset 0, flags [DF], proto UDP (17), length 101)',
    `    ${query}`,
  ].join('\n'))
  const atMs = Date.UTC(2026, 10, 25, 23, 31, 21) + 833.312
  expect(read.map(seen => [seen.atMs, seen.interface, seen.passing, seen.id])).toEqual([[atMs, 'eth0', 'by', 59199], [atMs, undefined, 'out', 59199],
    [atMs, undefined, undefined, 59199], [undefined, undefined, undefined, 59199], [atMs, undefined, undefined, 59199], [atMs, undefined, undefined, 59199]])
  expect(read.at(-1)?.source).toMatchObject({ file: 'text/t.txt', line: 7 })
  expect(packets(`$ tcpdump -nn -ttt port 53\n 00:00:00.001500 IP ${query}\n`)[0]?.atMs).toBeUndefined()
})

test('a time of day without a time near by is order only', () => {
  expect(readPasted('t', '23:31:21.750000 IP 10.1.0.7.40000 > 10.96.0.10.53: 7+ A? a.b. (36)\n').value[0]?.atMs).toBeUndefined()
})

test('answers get the names of the question and its aliases, once both are paired', () => {
  const { transactions } = captureTransactions(packets([
    '02:26:40.092536 IP 10.1.0.7.45979 > 10.96.0.10.53: 24428+ [1au] A? alias.zoo.test. (55)',
    '02:26:40.092826 IP 10.96.0.10.53 > 10.1.0.7.45979: 24428*- 3/0/1 CNAME alias2.zoo.test., CNAME a.zoo.test., A 10.53.33.38 (124)',
  ].join('\n')))
  const [only] = transactions
  expect(only).toMatchObject({ state: 'answered', dnsId: 24428 })
  expect(only?.rttMs).toBeCloseTo(0.29, 3)
  expect(replyIn(only?.answers[0] as DnsPacket, only?.question)?.answer.map(record => `${record.name} ${record.type} ${record.data}`)).toEqual(
    ['alias.zoo.test. CNAME alias2.zoo.test.', 'alias2.zoo.test. CNAME a.zoo.test.', 'a.zoo.test. A 10.53.33.38'])
})

test('-vvv prints question, owners and TTLs', () => {
  const [reply] = packets(['02:26:39.485459 IP (tos 0x0, ttl 64, id 24953, offset 0, flags [none], proto UDP (17), length 111)',
    '    127.0.0.1.53 > 127.0.0.1.40040: [bad udp cksum 0xfe6e -> 0x1305!] 52387*- q: A? a.zoo.test. 1/2/0 a.zoo.test. [1h5m] A 10.53.33.38 ns: zoo.test. [5m] NS ns.zoo.test., zoo.test. [5m] NS ns2.other.test. (83)'].join('\n'))
  expect(reply?.question).toEqual({ name: 'a.zoo.test.', type: 'A', class: 'IN' })
  expect(replyIn(reply as DnsPacket)).toEqual({ rcode: 'NOERROR', flags: ['aa'], authority: [], additional: [],
    answer: [{ name: 'a.zoo.test.', type: 'A', ttlS: 3900, data: '10.53.33.38' }] })
})

test('records that are not listed are no NODATA', () => {
  const [reply, none] = packets(['23:31:21.751500 IP 10.96.0.10.53 > 10.1.0.7.40000: 9 3/0/0 [|domain]', '23:31:21.751500 IP 10.96.0.10.53 > 10.1.0.7.40000: 9* 0/1/1 (166)'].join('\n'))
  expect(replyIn(reply as DnsPacket)).toBeUndefined()
  expect(replyIn(none as DnsPacket)).toMatchObject({ rcode: 'NOERROR', answer: [] })
})

test('TCP: messages, refused connections, segments without a message', () => {
  expect(short([
    '23:31:21.750000 IP 10.1.0.7.41000 > 10.96.0.10.53: Flags [S], seq 999, win 64000, length 0',
    '23:31:21.753000 IP 10.1.0.7.41000 > 10.96.0.10.53: Flags [.], seq 1000:1038, ack 4294966298, win 64000, length 38 11+ A? a.b. (36)',
    '23:31:21.754000 IP 10.1.0.7.41000 > 10.96.0.10.53: Flags [.], seq 1000:1002, ack 4294966298, win 64000, length 2 [prefix length(36) != length(0)] (invalid)',
    '23:31:21.755000 IP 10.96.0.10.53 > 10.1.0.7.41001: Flags [R.], seq 0, ack 1000, win 64000, length 0',
  ].join('\n')).map(row => row.slice(25))).toEqual(['10.1.0.7#41000 10.96.0.10#53 tcp query 11 rd IN a.b. A', '10.96.0.10#53 10.1.0.7#41001 tcp refused -1'])
})

test('port unreachable', () => {
  expect(short('23:31:21.751500 IP 10.96.0.10 > 10.1.0.7: ICMP 10.96.0.10 udp port 53 unreachable, length 72').map(row => row.slice(25))).toEqual(['10.96.0.10#53 10.1.0.7#0 udp refused -1'])
})

test('packets the kernel dropped, and lines that are no DNS, are said', () => {
  expect(readPasted('t', [
    '$ tcpdump -nn port 53', '# from node n1', 'listening on any, link-type LINUX_SLL2 (Linux cooked v2), snapshot length 262144 bytes',
    '23:31:21.750000 IP 10.1.0.7.40000 > 10.96.0.10.53: UDP, length 7', '3 packets captured', '12 packets dropped by kernel'].join('\n'), NEAR).problems)
    .toMatchObject([{ code: 'tcpdump-line-odd', state: 'unknown', source: { line: 4 } }, { code: 'capture-packets-dropped', message: 'packets that the capturing machine dropped, by its own count (12 times)' }])
})

test('hostile lines take no time', () => {
  const long = 'a'.repeat(60_000)
  const text = ['23:31:21.750000 IP ', long, ' > ', long, ': 7+ A? ', long].join('')
  expect(readPasted('t', `$ tcpdump\n${text}\n${`1.1.1.1.53 > `.repeat(5000)}\n23:31:21.750000 IP ${'1 > 2: '.repeat(9000)}\n`, NEAR).value).toEqual([])
  expect(readPasted('t', `23:31:21.750000 IP 10.1.0.7.40000 > 10.96.0.10.53: 7+ A? ${long}\n`, NEAR)).toMatchObject({ value: [], problems: [{ code: 'tcpdump-line-odd' }] })
})

import { expect, test } from 'vitest'
import {
  ACK, cooked, ethernet, framed, icmp, ipv4, joinBytes, message, NXDOMAIN, pcap, pcapng, REPLY, SYN, tcp, udp, type Packet,
} from '../../test/captures/transactions-bytes.ts'
import { CLIENT, cut4, MORE_SAMPLES, SAMPLES, segments, SERVER } from '../../test/captures/transactions-samples.ts'
import { readCapture, captureReader, type CaptureSummary } from './capture.ts'
import { messageIn, packetMaker, questionMatcher, replyIn } from './captured-packet.ts'
import type { DnsPacket } from './observation.ts'

function read(bytes: Uint8Array, ports?: readonly number[]): { packets: DnsPacket[]; summary: CaptureSummary } {
  const packets: DnsPacket[] = []
  const reader = captureReader(found => packets.push(make(found)), { file: 'c.pcap', ...(ports && { ports }) })
  const make = packetMaker({ file: 'c.pcap', place: 'node/n1', interfaceName: reader.interfaceName })
  reader.push(bytes)
  return { packets, summary: reader.end() }
}

const sample = (name: string): Uint8Array => [...SAMPLES, ...MORE_SAMPLES].find(each => each.name === name)?.bytes as Uint8Array
const short = ({ packets }: { packets: readonly DnsPacket[] }): string[] => packets.map(({ source, from, to, transport, direction, id, question, rcode, missingBytes }) =>
  [`#${source.line}`, `${from.address}:${from.port}`, `${to.address}:${to.port}`, transport, direction, id, question ? `${question.name} ${question.type}` : '', rcode ?? '',
    missingBytes > 0 ? `-${missingBytes}` : ''].filter(word => word !== '').join(' '))
const codes = ({ summary }: { summary: CaptureSummary }): string[] => summary.problems.map(problem => `${problem.state} ${problem.code}`)
const ask = ethernet(ipv4({ from: CLIENT, to: SERVER }, udp(40_000, 53, message({ id: 7 }))))
const at = (bytes: Uint8Array, atUs = 0): Packet => ({ atUs, bytes })

test('a packet as an observation', () => {
  const { packets, summary } = read(sample('ethernet.pcap'))
  expect(summary).toEqual({ format: 'pcap', packets: 4, dns: 4, sizeBytes: sample('ethernet.pcap').length, firstMs: 1_795_649_481_750, lastMs: 1_795_649_481_754.5, interfaces: [], problems: [] })
  expect(packets[1]).toEqual({
    kind: 'packet', place: 'node/n1', atMs: 1_795_649_481_751.5, interface: undefined, passing: undefined, from: { address: SERVER, port: 53 }, to: { address: CLIENT, port: 40_000 },
    transport: 'udp', direction: 'reply', id: 7, flags: ['rd', 'ra'], question: { name: 'a.corp-example.com.', type: 'A', class: 'IN' }, rcode: 'NOERROR', missingBytes: 0,
    bytes: message({ id: 7, flags: REPLY, answers: [1, 2] }),
    source: { file: 'c.pcap', start: 118, end: 244, line: 2, column: 1, endLine: 2, endColumn: 1, text: '10.96.0.10.53 > 10.1.0.7.40000: 7 NOERROR A? a.corp-example.com.' },
  })
  expect(replyIn(packets[1] as DnsPacket)?.answer.map(record => record.data)).toEqual(['10.0.0.1', '10.0.0.2'])
  expect(replyIn(packets[0] as DnsPacket)).toBeUndefined()
  expect(messageIn(packets[0] as DnsPacket)?.faults).toEqual([])
})

test('what repeats is shared', () => {
  const { packets } = read(sample('ethernet.pcap'))
  expect(packets[0]?.question).toBe(packets[1]?.question)
  expect(packets[0]?.from).toBe(packets[1]?.to)
  expect(packets[0]?.flags).toBe(packets[2]?.flags)
})

test('interfaces and ways through the machine', () => {
  expect(read(sample('cooked2.pcap')).packets.map(packet => [packet.interface, packet.passing])).toEqual(Array.from({ length: 4 }, () => ['ifindex 4', 'in']))
  expect(read(sample('cooked.pcap')).packets[0]).toMatchObject({ interface: undefined, passing: 'out' })
  expect(read(pcap(113, [at(cooked(ask.subarray(14), 3))])).packets[0]?.passing).toBe('by')
  expect(read(sample('pcapng-interfaces.pcapng')).packets.map(packet => packet.interface)).toEqual(['veth1', 'tun0', 'tun0', 'veth1'])
  expect(read(sample('pcapng-sections.pcapng')).packets.map(packet => packet.interface)).toEqual([...Array.from({ length: 4 }, () => 'eth0'), ...Array.from({ length: 4 }, () => 'any')])
})

test('packets cut by the snapshot length: what was captured, and a Problem with its place', () => {
  const cut = read(sample('snapped.pcap'))
  expect(short(cut)).toEqual(['#1 10.1.0.7:40000 10.96.0.10:53 udp query 7 -6', '#2 10.96.0.10:53 10.1.0.7:40000 udp reply 7 NOERROR -38',
    '#3 10.1.0.7:40000 10.96.0.10:53 udp query 8 -6', '#4 10.96.0.10:53 10.1.0.7:40000 udp reply 8 NXDOMAIN -6'])
  expect(cut.summary.problems).toMatchObject([{ code: 'capture-packet-cut', state: 'damaged', message: expect.stringMatching(/\(4\)$/) as string, source: { line: 1, start: 24, end: 112 } }])
  const reply = ethernet(ipv4({ from: SERVER, to: CLIENT }, udp(53, 40_000, message({ id: 7, flags: REPLY, answers: [1, 2, 3] }))))
  const { packets } = read(pcap(1, [{ atUs: 0, bytes: reply.subarray(0, reply.length - 20), wireBytes: reply.length }]))
  expect(replyIn(packets[0] as DnsPacket)?.answer.map(record => record.data)).toEqual(['10.0.0.1'])
})

test('a capture that ends inside a packet', () => {
  const whole = sample('ethernet.pcap')
  const cut = read(whole.subarray(0, whole.length - 5))
  expect(cut.packets).toHaveLength(3)
  expect(cut.summary.problems).toMatchObject([{ code: 'capture-cut-off', state: 'damaged', source: { line: 4, start: 338, end: whole.length - 5 } }])
})

test('after a damaged packet header reading goes on at the next packets that fit together', () => {
  const whole = pcap(1, Array.from({ length: 10 }, (_, i) => at(ask, i * 1000)))
  const step = 16 + ask.length
  const bytes = whole.slice()
  bytes.fill(0xff, 24 + step * 3 + 8, 24 + step * 3 + 12)
  const found = read(bytes)
  expect(found.packets).toHaveLength(9)
  expect(found.summary.problems).toMatchObject([{ code: 'capture-record-damaged', source: { line: 4, start: 24 + step * 3 } }])
  const reader = captureReader(() => {}, { file: 'c' })
  for (const byte of bytes) reader.push(Uint8Array.of(byte))
  expect(reader.end().dns).toBe(9)
})

test('what is no capture, or packed, is said', () => {
  expect(codes(read(new TextEncoder().encode('23:31:21.75 IP 10.1.0.7 > 10.96.0.10: text, not a capture')))).toEqual(['unknown capture-unknown-format'])
  expect(codes(read(Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...new Uint8Array(40))))).toEqual(['unknown capture-compressed'])
  expect(codes(read(joinBytes([0x34, 0xcd, 0xb2, 0xa1], new Uint8Array(40))))).toEqual(['unmodelled capture-unmodelled-format'])
  expect(codes(read(new Uint8Array(0)))).toEqual(['unknown capture-unknown-format'])
  expect(read(sample('ethernet.pcap').subarray(0, 24)).summary).toMatchObject({ format: 'pcap', packets: 0, problems: [] })
  expect(codes(read(pcap(127, [at(ask), at(ask)])))).toEqual(['unmodelled capture-link-type'])
})

test('tunnels are not opened, and that is said', () => {
  const vxlan = ethernet(ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, udp(55_555, 8472, joinBytes([8, 0, 0, 0, 0, 0, 1, 0], ask))))
  const gre = ethernet(ipv4({ from: '10.0.0.1', to: '10.0.0.2', protocol: 47 }, joinBytes([0, 0, 8, 0], ask.subarray(14))))
  const found = read(pcap(1, [at(vxlan), at(gre), at(ask)]))
  expect(found.packets).toHaveLength(1)
  expect(codes(found)).toEqual(['unmodelled capture-encapsulated'])
})

test('other ports only when they are given', () => {
  const local = pcap(1, [at(ethernet(ipv4({ from: CLIENT, to: SERVER }, udp(40_000, 1053, message({ id: 7 }))))), at(ask)])
  expect(short(read(local))).toEqual(['#2 10.1.0.7:40000 10.96.0.10:53 udp query 7 a.corp-example.com. A'])
  expect(read(local, [53, 1053]).packets).toHaveLength(2)
})

test('packets on port 53 that are no DNS', () => {
  const found = read(pcap(1, [at(ethernet(ipv4({ from: CLIENT, to: SERVER }, udp(40_000, 53, new Uint8Array(5))))), at(ethernet(ipv4({ from: CLIENT, to: SERVER }, new Uint8Array(3)))),
    at(ethernet(new Uint8Array(28), 0x0806)), at(Uint8Array.of(1, 2, 3))]))
  expect(found.packets).toEqual([])
  expect(codes(found)).toEqual(['damaged capture-message-short', 'damaged capture-header-damaged'])
})

test('ICMP: nobody listens, no way, the answer came too late', () => {
  const question = ipv4({ from: CLIENT, to: SERVER }, udp(40_000, 53, message({ id: 7 })))
  const late = ipv4({ from: SERVER, to: CLIENT }, udp(53, 40_000, message({ id: 7, flags: NXDOMAIN })))
  const about = (type: number, code: number, quoted: Uint8Array, from = SERVER, to = CLIENT): Packet => at(ethernet(ipv4({ from, to, protocol: 1 }, icmp(type, code, quoted))))
  const found = read(pcap(1, [about(3, 3, question), about(3, 1, question, '10.1.0.1'), about(3, 3, late, CLIENT, SERVER), about(3, 3, question.subarray(0, 28)), about(3, 4, question),
    about(8, 0, question), about(3, 3, question.subarray(0, 20))]))
  expect(short(found)).toEqual(['#1 10.96.0.10:53 10.1.0.7:40000 udp refused 7 a.corp-example.com. A', '#2 10.96.0.10:53 10.1.0.7:40000 udp unreachable 7 a.corp-example.com. A',
    '#3 10.1.0.7:40000 10.96.0.10:53 udp refused 7 a.corp-example.com. A', '#4 10.96.0.10:53 10.1.0.7:40000 udp refused -1'])
  expect(found.packets.map(packet => packet.refused)).toEqual(['query', 'query', 'reply', undefined])
  expect(short(read(sample('refused-tcp.pcap')))).toEqual(['#2 10.96.0.10:53 10.1.0.7:41000 tcp refused -1'])
})

test('fragments: the first alone still has the question; those that contradict each other are dropped', () => {
  const missing = read(sample('fragment-missing.pcap'))
  expect(short(missing)).toEqual(['#1 10.1.0.7:40000 10.96.0.10:53 udp query 9 a.corp-example.com. A', expect.stringMatching(/^#2 .* reply 9 a\.corp-example\.com\. A NOERROR -\d+$/)])
  expect(codes(missing)).toEqual(['damaged capture-fragments-incomplete'])
  const big = udp(53, 40_000, message({ id: 9, flags: REPLY, txtBytes: 1500 }))
  const [first, last] = cut4(SERVER, CLIENT, big, 800) as [Uint8Array, Uint8Array]
  const [, overlapping] = cut4(SERVER, CLIENT, big, 792) as [Uint8Array, Uint8Array]
  expect(codes(read(pcap(1, [at(ethernet(first)), at(ethernet(overlapping)), at(ethernet(last))])))).toEqual(['damaged capture-fragments-overlap'])
  expect(short(read(pcap(1, [at(ethernet(first)), at(ethernet(first)), at(ethernet(last))])))).toEqual(['#3 10.96.0.10:53 10.1.0.7:40000 udp reply 9 a.corp-example.com. A NOERROR'])
})

test('a flood of fragments and of connections is bounded', () => {
  const flood = Array.from({ length: 5000 }, (_, i) => at(ethernet(ipv4({ from: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, to: SERVER,
    fragment: { id: i & 0xffff, offset: 0, more: true } }, udp(40_000, 53, message({ id: 7 })))), i))
  const found = read(pcap(1, flood))
  expect(found.packets).toHaveLength(5000)
  expect(codes(found)).toEqual(['damaged capture-fragments-incomplete'])
  const connections = Array.from({ length: 5000 }, (_, i) => at(ethernet(ipv4({ from: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, to: SERVER, protocol: 6 },
    tcp(40_000, 53, { seq: 5000 }, framed(message({ id: 7 })).subarray(0, 30)))), i))
  expect(codes(read(pcap(1, connections)))).toEqual(['damaged capture-stream-gap'])
})

test('TCP: bytes that never come cost their message only', () => {
  const gap = read(sample('tcp-gap.pcap'))
  expect(short(gap)).toEqual([expect.stringMatching(/^#3 .* tcp reply 11 a\.corp-example\.com\. A NOERROR -\d+$/), '#4 10.96.0.10:53 10.1.0.7:41000 tcp reply 11 a.corp-example.com. A NOERROR'])
  expect(codes(gap)).toEqual(['damaged capture-stream-gap'])
})

test('TCP: a capture that begins inside a connection finds the next message', () => {
  const whole = framed(message({ id: 12 }))
  const found = read(pcap(1, segments([{ isReply: false, offset: 500, payload: new Uint8Array(40).fill(0x61) }, { isReply: false, offset: 540, payload: whole }]).map(bytes => at(bytes))))
  expect(short(found)).toEqual(['#2 10.1.0.7:41000 10.96.0.10:53 tcp query 12 a.corp-example.com. A'])
  expect(codes(found)).toEqual(['ignored capture-stream-middle'])
})

test('TCP: sequence numbers wrap, a message comes byte by byte', () => {
  const whole = framed(message({ id: 12 }))
  const from = 0xfffffff0
  const segment = (seq: number, payload: Uint8Array, flags = ACK): Packet => at(ethernet(ipv4({ from: CLIENT, to: SERVER, protocol: 6 }, tcp(41_000, 53, { seq: seq >>> 0, flags }, payload))))
  const bytewise = [segment(from - 1, new Uint8Array(0), SYN), ...Array.from(whole, (byte, i) => segment(from + i, Uint8Array.of(byte)))]
  expect(short(read(pcap(1, bytewise)))).toEqual([`#${whole.length + 1} 10.1.0.7:41000 10.96.0.10:53 tcp query 12 a.corp-example.com. A`])
  const [open, ...rest] = bytewise
  const turned = [open as Packet, ...rest.slice(0, 20).reverse(), ...rest.slice(20)]
  expect(read(pcap(1, turned)).packets).toHaveLength(1)
})

test('pcapng: packets the machine dropped, packets without a time, blocks nobody knows, impossible lengths', () => {
  const counted = read(sample('pcapng.pcapng'))
  expect(counted.summary).toMatchObject({ format: 'pcapng', interfaces: ['eth0'], problems: [{ code: 'capture-packets-dropped', message: 'c.pcap: packets that the capturing machine dropped, by its own count (3)' }] })
  const timeless = read(sample('pcapng-simple.pcapng'))
  expect(timeless.packets.map(packet => packet.atMs)).toEqual([undefined, undefined, undefined, undefined])
  expect(codes(timeless)).toEqual(['ignored capture-no-time'])
  // A section block of 28 bytes, an interface block of 24, then packets.
  const older = sample('pcapng-obsolete.pcapng')
  const huge = new Uint8Array(400_000)
  new DataView(huge.buffer).setUint32(0, 4, true)
  new DataView(huge.buffer).setUint32(4, huge.length, true)
  new DataView(huge.buffer).setUint32(huge.length - 4, huge.length, true)
  expect(read(joinBytes(older.subarray(0, 52), huge, older.subarray(52))).packets).toHaveLength(4)
  const broken = older.slice()
  broken[56] = 3
  expect(codes(read(broken))).toEqual(['damaged capture-block-damaged'])
  const second = pcapng([{ linkType: 1 }, { linkType: 1 }], [{ atUs: 0, bytes: ask, interface: 1 }])
  expect(codes(read(joinBytes(second.subarray(0, 52), second.subarray(76))))).toEqual(['damaged capture-interface-unknown'])
})

test('only messages about the names asked for', () => {
  const wanted = questionMatcher(['A.Corp-Example.com', 'other.example.'])
  const seen: number[] = []
  const bytes = pcap(1, ['a.corp-example.com', 'a.corp-example.org', 'OTHER.example', 'b.other.example'].map((name, i) => at(ethernet(ipv4({ from: CLIENT, to: SERVER },
    udp(40_000, 53, message({ id: i, name })))))))
  readCapture([bytes], found => void (wanted(found) && seen.push(found.number)), { file: 'c' })
  expect(seen).toEqual([1, 3])
})

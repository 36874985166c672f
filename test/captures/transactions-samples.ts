// Small captures of every format and layer the readers know: what the tests compare with tshark, and what the fuzzer starts from.
import {
  cooked, cooked2, destinationOptions, ethernet, FIN, ACK, fragmentHeader, framed, icmp, IP6, ipv4, ipv6, joinBytes, loopback, message, NXDOMAIN, pcap, pcapng, QUERY,
  REPLY, RST, SYN, tcp, udp, vlan, type Packet,
} from './transactions-bytes.ts'

export interface Sample {
  readonly name: string
  readonly bytes: Uint8Array
}

export const CLIENT = '10.1.0.7'
export const SERVER = '10.96.0.10'
export const POD = '10.1.0.53'
export const CLIENT6 = 'fd00::7'
export const SERVER6 = 'fd00::53'

const ask = (id: number, name?: string): Uint8Array => udp(40_000, 53, message({ id, flags: QUERY, ...(name !== undefined && { name }) }))
const answer = (id: number, name?: string): Uint8Array => udp(53, 40_000, message({ id, flags: REPLY, answers: [1, 2], ...(name !== undefined && { name }) }))
const deny = (id: number): Uint8Array => udp(53, 40_000, message({ id, flags: NXDOMAIN }))
const out4 = (payload: Uint8Array): Uint8Array => ipv4({ from: CLIENT, to: SERVER }, payload)
const in4 = (payload: Uint8Array): Uint8Array => ipv4({ from: SERVER, to: CLIENT }, payload)
const out6 = (payload: Uint8Array, next = 17): Uint8Array => ipv6({ from: CLIENT6, to: SERVER6, next }, payload)
const in6 = (payload: Uint8Array, next = 17): Uint8Array => ipv6({ from: SERVER6, to: CLIENT6, next }, payload)

const every = (packets: readonly Uint8Array[], stepUs = 1500): Packet[] => packets.map((bytes, i) => ({ atUs: 750_000 + i * stepUs, bytes }))
const exchange = (wrap: (ip: Uint8Array) => Uint8Array): Packet[] => every([wrap(out4(ask(7))), wrap(in4(answer(7))), wrap(out4(ask(8))), wrap(in4(deny(8)))])

/** Pieces of a datagram, as IPv4 cuts it at `at`. */
export const cut4 = (from: string, to: string, payload: Uint8Array, at: number, id = 77): Uint8Array[] => [
  ipv4({ from, to, fragment: { id, offset: 0, more: true } }, payload.subarray(0, at)),
  ipv4({ from, to, fragment: { id, offset: at, more: false } }, payload.subarray(at)),
]

export interface Turn {
  readonly isReply: boolean
  readonly offset: number
  readonly payload?: Uint8Array
  readonly flags?: number
}

/** Segments of one connection, both directions beginning at sequence number 1000. */
export const segments = (turns: readonly Turn[]): Uint8Array[] => turns.map(({ isReply, offset, payload, flags = ACK }) => ethernet(
  isReply ? ipv4({ from: SERVER, to: CLIENT, protocol: 6 }, tcp(53, 41_000, { seq: 1000 + offset, flags }, payload))
    : ipv4({ from: CLIENT, to: SERVER, protocol: 6 }, tcp(41_000, 53, { seq: 1000 + offset, flags }, payload))))

const hello: Turn[] = [{ isReply: false, offset: -1, flags: SYN }, { isReply: true, offset: -1, flags: SYN | ACK }]
const question = framed(message({ id: 11 }))
const large = framed(message({ id: 11, flags: REPLY, answers: [1, 2, 3], txtBytes: 700 }))
const second = framed(message({ id: 12 }))

const big = (id: number): Uint8Array => udp(53, 40_000, message({ id, flags: REPLY, answers: [1, 2], txtBytes: 1500 }))
const [big1, big2] = cut4(SERVER, CLIENT, big(9), 800) as [Uint8Array, Uint8Array]

export const SAMPLES: readonly Sample[] = [
  { name: 'ethernet.pcap', bytes: pcap(1, exchange(ip => ethernet(ip))) },
  { name: 'big-endian.pcap', bytes: pcap(1, exchange(ip => ethernet(ip)), { little: false }) },
  { name: 'nanoseconds.pcap', bytes: pcap(1, exchange(ip => ethernet(ip)), { nanoseconds: true }) },
  { name: 'nanoseconds-big-endian.pcap', bytes: pcap(1, exchange(ip => ethernet(ip)), { little: false, nanoseconds: true }) },
  { name: 'vlan.pcap', bytes: pcap(1, exchange(ip => ethernet(vlan(100, ip), 0x8100))) },
  { name: 'qinq.pcap', bytes: pcap(1, exchange(ip => ethernet(vlan(7, vlan(100, ip), 0x8100), 0x88a8))) },
  { name: 'padding.pcap', bytes: pcap(1, exchange(ip => joinBytes(ethernet(ip), [0, 0, 0, 0, 0, 0, 0]))) },
  { name: 'cooked.pcap', bytes: pcap(113, exchange(ip => cooked(ip, 4))) },
  { name: 'cooked2.pcap', bytes: pcap(276, exchange(ip => cooked2(ip, 4, 0))) },
  { name: 'raw.pcap', bytes: pcap(101, exchange(ip => ip)) },
  { name: 'raw12.pcap', bytes: pcap(12, exchange(ip => ip)) },
  { name: 'ipv4.pcap', bytes: pcap(228, exchange(ip => ip)) },
  { name: 'ipv6.pcap', bytes: pcap(229, every([out6(ask(7)), in6(answer(7)), out6(destinationOptions(17, ask(8)), 60), in6(deny(8))])) },
  { name: 'null.pcap', bytes: pcap(0, exchange(ip => loopback(ip))) },
  { name: 'ip-options.pcap', bytes: pcap(1, every([ethernet(ipv4({ from: CLIENT, to: SERVER, optionBytes: 8 }, ask(7))), ethernet(in4(answer(7)))])) },
  { name: 'fragments.pcap', bytes: pcap(1, every([ethernet(out4(ask(9))), ethernet(big1), ethernet(big2)])) },
  { name: 'fragments-turned.pcap', bytes: pcap(1, every([ethernet(out4(ask(9))), ethernet(big2), ethernet(big1)])) },
  { name: 'fragments6.pcap', bytes: pcap(1, every([ethernet(out6(ask(9)), IP6), ethernet(in6(fragmentHeader(17, 5, 0, true, big(9).subarray(0, 800)), 44), IP6),
    ethernet(in6(fragmentHeader(17, 5, 800, false, big(9).subarray(800)), 44), IP6)])) },
  { name: 'tcp.pcap', bytes: pcap(1, every(segments([...hello, { isReply: false, offset: 0, payload: question }, { isReply: true, offset: 0, payload: large },
    { isReply: false, offset: question.length, flags: FIN | ACK }]))) },
  { name: 'tcp-split.pcap', bytes: pcap(1, every(segments([...hello, { isReply: false, offset: 0, payload: question.subarray(0, 2) },
    { isReply: false, offset: 2, payload: joinBytes(question.subarray(2), second) }, { isReply: true, offset: 0, payload: large.subarray(0, 300) },
    { isReply: true, offset: 300, payload: large.subarray(300) }]))) },
  { name: 'tcp-retransmitted.pcap', bytes: pcap(1, every(segments([...hello, { isReply: false, offset: 0, payload: question }, { isReply: false, offset: 0, payload: question },
    { isReply: true, offset: 0, payload: large.subarray(0, 300) }, { isReply: true, offset: 0, payload: large.subarray(0, 300) },
    { isReply: true, offset: 300, payload: large.subarray(300) }]))) },
  { name: 'tcp-turned.pcap', bytes: pcap(1, every(segments([...hello, { isReply: false, offset: 0, payload: question }, { isReply: true, offset: 500, payload: large.subarray(500) },
    { isReply: true, offset: 300, payload: large.subarray(300, 500) }, { isReply: true, offset: 0, payload: large.subarray(0, 300) }]))) },
  { name: 'pcapng.pcapng', bytes: pcapng([{ linkType: 1, name: 'eth0' }], exchange(ip => ethernet(ip)), { dropped: 3 }) },
  { name: 'pcapng-big-endian.pcapng', bytes: pcapng([{ linkType: 1, name: 'eth0' }], exchange(ip => ethernet(ip)), { little: false }) },
  { name: 'pcapng-interfaces.pcapng', bytes: pcapng([{ linkType: 1, name: 'veth1', resolution: 9 }, { linkType: 101, name: 'tun0', resolution: 3 }], [
    { atUs: 1000, bytes: ethernet(out4(ask(7))) }, { atUs: 2000, bytes: out4(ask(7)), interface: 1 }, { atUs: 5000, bytes: in4(answer(7)), interface: 1 },
    { atUs: 6000, bytes: ethernet(in4(answer(7))) }]) },
  { name: 'pcapng-sections.pcapng', bytes: joinBytes(pcapng([{ linkType: 1, name: 'eth0' }], exchange(ip => ethernet(ip))),
    pcapng([{ linkType: 113, name: 'any' }], exchange(ip => cooked(ip)))) },
  { name: 'pcapng-obsolete.pcapng', bytes: pcapng([{ linkType: 1 }], exchange(ip => ethernet(ip)), { form: 'obsolete' }) },
  { name: 'pcapng-binary-time.pcapng', bytes: pcapng([{ linkType: 1, resolution: 0x80 | 20, offsetS: 1_000_000 }], exchange(ip => ethernet(ip))) },
]

/** Those that tshark reads differently, or has nothing to say about: what we say is in the tests. */
export const MORE_SAMPLES: readonly Sample[] = [
  { name: 'snapped.pcap', bytes: pcap(1, exchange(ip => ethernet(ip)).map(packet => ({ ...packet, bytes: packet.bytes.subarray(0, 72), wireBytes: packet.bytes.length }))) },
  { name: 'refused.pcap', bytes: pcap(1, every([ethernet(out4(ask(7))), ethernet(ipv4({ from: SERVER, to: CLIENT, protocol: 1 }, icmp(3, 3, out4(ask(7)))))])) },
  { name: 'refused-tcp.pcap', bytes: pcap(1, every([...segments([{ isReply: false, offset: -1, flags: SYN }]),
    ethernet(ipv4({ from: SERVER, to: CLIENT, protocol: 6 }, tcp(53, 41_000, { seq: 0, flags: RST | ACK, ack: 1000 })))])) },
  { name: 'pcapng-simple.pcapng', bytes: pcapng([{ linkType: 1 }], exchange(ip => ethernet(ip)), { form: 'simple' }) },
  { name: 'fragment-missing.pcap', bytes: pcap(1, every([ethernet(out4(ask(9))), ethernet(big1)])) },
  { name: 'tcp-gap.pcap', bytes: pcap(1, every(segments([...hello, { isReply: true, offset: 0, payload: large.subarray(0, 300) }, { isReply: true, offset: large.length, payload: large }]))) },
]

// Packets and capture files made by hand, layer by layer, for the tests of the capture readers. Checksums are left at 0, as sending machines leave them.

const u8 = (...parts: readonly (number | Uint8Array | readonly number[])[]): Uint8Array => {
  const arrays = parts.map(part => (typeof part === 'number' ? Uint8Array.of(part) : Uint8Array.from(part)))
  const whole = new Uint8Array(arrays.reduce((total, each) => total + each.length, 0))
  let at = 0
  for (const each of arrays) {
    whole.set(each, at)
    at += each.length
  }
  return whole
}
const be16 = (value: number): number[] => [(value >>> 8) & 255, value & 255]
const be32 = (value: number): number[] => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

export const joinBytes = u8

export interface MessageShape {
  readonly id: number
  readonly name?: string
  readonly type?: number
  /** The 16 bits after the id. */
  readonly flags?: number
  /** A records of the answer, as the last octet of 10.0.0.x. */
  readonly answers?: readonly number[]
  /** Bytes of a TXT record behind them. */
  readonly txtBytes?: number
}

export const QUERY = 0x0100
export const REPLY = 0x8180
export const NXDOMAIN = 0x8183

export function message({ id, name = 'a.corp-example.com', type = 1, flags = QUERY, answers = [], txtBytes = 0 }: MessageShape): Uint8Array {
  const labels = name === '' ? [] : name.split('.').flatMap(label => [label.length, ...Buffer.from(label, 'latin1')])
  const records = answers.flatMap(last => [0xc0, 12, ...be16(1), ...be16(1), ...be32(30), ...be16(4), 10, 0, 0, last])
  const txt = txtBytes === 0 ? [] : txtRecord(txtBytes)
  return u8(be16(id), be16(flags), be16(1), be16(answers.length + (txtBytes === 0 ? 0 : 1)), be16(0), be16(0), labels, 0, be16(type), be16(1), records, txt)
}

function txtRecord(bytes: number): number[] {
  const data: number[] = []
  for (let left = bytes; left > 0; left -= 255) data.push(Math.min(left, 255), ...Array.from<number>({ length: Math.min(left, 255) }).fill(120))
  return [0xc0, 12, ...be16(16), ...be16(1), ...be32(30), ...be16(data.length), ...data]
}

export const udp = (from: number, to: number, payload: Uint8Array): Uint8Array => u8(be16(from), be16(to), be16(8 + payload.length), be16(0), payload)

export interface SegmentShape {
  readonly seq: number
  readonly flags?: number
  readonly ack?: number
}
export const SYN = 2
export const FIN = 1
export const ACK = 0x10
export const RST = 4

export const tcp = (from: number, to: number, { seq, flags = ACK, ack = 1 }: SegmentShape, payload: Uint8Array = u8()): Uint8Array =>
  u8(be16(from), be16(to), be32(seq), be32(ack), 0x50, flags, be16(64_000), be32(0), payload)

/** A message behind its length. */
export const framed = (payload: Uint8Array): Uint8Array => u8(be16(payload.length), payload)

const address = (text: string): number[] =>
  (text.includes(':') ? expand(text).flatMap(group => be16(Number.parseInt(group, 16))) : text.split('.').map(Number))

function expand(text: string): string[] {
  const [head = '', tail] = text.split('::') as [string, string?]
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  return tail === undefined ? front : [...front, ...Array.from<string>({ length: 8 - front.length - back.length }).fill('0'), ...back]
}

export interface Ipv4Shape {
  readonly from: string
  readonly to: string
  readonly protocol?: number
  readonly optionBytes?: number
  readonly fragment?: { readonly id: number; readonly offset: number; readonly more: boolean }
}

export function ipv4({ from, to, protocol = 17, optionBytes = 0, fragment }: Ipv4Shape, payload: Uint8Array): Uint8Array {
  const headerBytes = 20 + optionBytes
  const bits = fragment ? (fragment.more ? 0x2000 : 0) | (fragment.offset >> 3) : 0x4000
  return u8(0x40 | (headerBytes >> 2), 0, be16(headerBytes + payload.length), be16(fragment?.id ?? 0), be16(bits), 64, protocol, be16(0), address(from), address(to),
    Array.from<number>({ length: optionBytes }).fill(1), payload)
}

export interface Ipv6Shape {
  readonly from: string
  readonly to: string
  /** What `payload` begins with. */
  readonly next?: number
}

export const ipv6 = ({ from, to, next = 17 }: Ipv6Shape, payload: Uint8Array): Uint8Array =>
  u8(0x60, 0, 0, 0, be16(payload.length), next, 64, address(from), address(to), payload)

/** Destination options of 8 bytes in front of what is of kind `next`. */
export const destinationOptions = (next: number, payload: Uint8Array): Uint8Array => u8(next, 0, [1, 4, 0, 0, 0, 0], payload)
export const fragmentHeader = (next: number, id: number, offset: number, more: boolean, payload: Uint8Array): Uint8Array =>
  u8(next, 0, be16((offset & 0xfff8) | (more ? 1 : 0)), be32(id), payload)

export const icmp = (type: number, code: number, quoted: Uint8Array): Uint8Array => u8(type, code, be16(0), be32(0), quoted)

const MAC = [2, 0, 0, 0, 0, 1]
export const IP4 = 0x0800
export const IP6 = 0x86dd
export const ethernet = (payload: Uint8Array, type = IP4): Uint8Array => u8(MAC, MAC, be16(type), payload)
export const vlan = (tag: number, payload: Uint8Array, type = IP4): Uint8Array => u8(be16(tag), be16(type), payload)
export const cooked = (payload: Uint8Array, packetType = 0, type = IP4): Uint8Array => u8(be16(packetType), be16(1), be16(6), MAC, 0, 0, be16(type), payload)
export const cooked2 = (payload: Uint8Array, ifindex: number, packetType = 0, type = IP4): Uint8Array =>
  u8(be16(type), be16(0), be32(ifindex), be16(1), packetType, 6, MAC, 0, 0, payload)
export const loopback = (payload: Uint8Array, family = 2): Uint8Array => u8([family, 0, 0, 0], payload)

export interface Packet {
  /** Microseconds after START_S. */
  readonly atUs: number
  readonly bytes: Uint8Array
  /** Longer than `bytes` where the snapshot length cut it. */
  readonly wireBytes?: number
  readonly interface?: number
}

/** 2026-11-25 23:31:21 UTC. */
export const START_S = 1_795_649_481

class Writer {
  readonly parts: number[] = []
  readonly little: boolean
  constructor(little: boolean) {
    this.little = little
  }
  u16(value: number): this {
    const bytes = be16(value)
    this.parts.push(...(this.little ? bytes.reverse() : bytes))
    return this
  }
  u32(value: number): this {
    const bytes = be32(value)
    this.parts.push(...(this.little ? bytes.reverse() : bytes))
    return this
  }
  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.parts.push(byte)
    return this
  }
}

export function pcap(linkType: number, packets: readonly Packet[], { little = true, nanoseconds = false } = {}): Uint8Array {
  const out = new Writer(little).u32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4).u16(2).u16(4).u32(0).u32(0).u32(262_144).u32(linkType)
  for (const { atUs, bytes, wireBytes = bytes.length } of packets)
    out.u32(START_S + Math.floor(atUs / 1e6)).u32((atUs % 1e6) * (nanoseconds ? 1000 : 1)).u32(bytes.length).u32(wireBytes).bytes(bytes)
  return Uint8Array.from(out.parts)
}

export interface InterfaceShape {
  readonly linkType: number
  readonly name?: string
  /** if_tsresol; 6 when absent. */
  readonly resolution?: number
  readonly offsetS?: number
}

function block(out: Writer, kind: number, fill: (body: Writer) => void): void {
  const body = new Writer(out.little)
  fill(body)
  while (body.parts.length % 4 !== 0) body.parts.push(0)
  out.u32(kind).u32(body.parts.length + 12).bytes(body.parts).u32(body.parts.length + 12)
}

function option(body: Writer, code: number, value: readonly number[]): void {
  body.u16(code).u16(value.length).bytes(value)
  while (body.parts.length % 4 !== 0) body.parts.push(0)
}

export function pcapng(interfaces: readonly InterfaceShape[], packets: readonly Packet[], { little = true, form = 'enhanced' as 'enhanced' | 'simple' | 'obsolete', dropped = 0 } = {}): Uint8Array {
  const out = new Writer(little)
  block(out, 0x0a0d0d0a, body => void body.u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff))
  for (const { linkType, name, resolution, offsetS } of interfaces)
    block(out, 1, body => {
      body.u16(linkType).u16(0).u32(262_144)
      if (name !== undefined) option(body, 2, [...Buffer.from(name)])
      if (resolution !== undefined) option(body, 9, [resolution])
      if (offsetS !== undefined) option(body, 14, new Writer(little).u32(little ? offsetS : 0).u32(little ? 0 : offsetS).parts)
      option(body, 0, [])
    })
  for (const { atUs, bytes, wireBytes = bytes.length, interface: index = 0 } of packets) {
    const { resolution = 6, offsetS = 0 } = interfaces[index] as InterfaceShape
    const perS = resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution
    const ticks = BigInt(START_S - offsetS) * BigInt(perS) + BigInt(Math.round((atUs * perS) / 1e6))
    const high = Number(ticks >> 32n)
    const low = Number(ticks & 0xffffffffn)
    if (form === 'enhanced') block(out, 6, body => void body.u32(index).u32(high).u32(low).u32(bytes.length).u32(wireBytes).bytes(bytes))
    else if (form === 'obsolete') block(out, 2, body => void body.u16(index).u16(0).u32(high).u32(low).u32(bytes.length).u32(wireBytes).bytes(bytes))
    else block(out, 3, body => void body.u32(wireBytes).bytes(bytes))
  }
  if (dropped > 0) block(out, 5, body => {
    body.u32(0).u32(0).u32(0)
    option(body, 5, new Writer(little).u32(little ? dropped : 0).u32(little ? 0 : dropped).parts)
  })
  return Uint8Array.from(out.parts)
}

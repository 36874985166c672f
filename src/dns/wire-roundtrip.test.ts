import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyMessage, valuesOf } from '../../test/support/random-message.ts'
import { decodeMessage } from './wire-decode.ts'
import { encodeMessage } from './wire-encode.ts'
import type { WireMessage } from './wire-message.ts'
import { newName } from './wire-name.ts'
import { className, typeName } from './wire-numbers-table.ts'
import type { FieldSpan } from './wire-spans.ts'
import { spansOf } from './wire-spans.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('any message survives the wire, compressed or not, and then comes out as the same bytes', () => {
  fc.assert(fc.property(anyMessage, fc.boolean(), (message, compress) => {
    const bytes = encodeMessage(message, { compress })
    const { message: read, faults } = decodeMessage(bytes)
    expect(faults).toEqual([])
    expect(valuesOf(read)).toEqual(valuesOf(message))
    expect(hex(encodeMessage(read))).toBe(hex(bytes))
    expect(hex(encodeMessage(read, { compress: !compress }))).toBe(hex(encodeMessage(message, { compress: !compress })))
  }), { numRuns: 600 })
})

test('a message inside a larger array is read with offsets of its own', () => {
  fc.assert(fc.property(anyMessage, fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (message, before, after) => {
    const bytes = encodeMessage(message, { compress: true })
    const whole = Uint8Array.from([...before, ...bytes, ...after])
    expect(decodeMessage(whole, before.length, before.length + bytes.length)).toEqual(decodeMessage(bytes))
  }), { numRuns: 100 })
})

test('a changed message keeps no pointer that would lead elsewhere', () => {
  fc.assert(fc.property(anyMessage, fc.nat(), (message, n) => {
    const { message: read } = decodeMessage(encodeMessage(message, { compress: true }))
    const changed: WireMessage = { ...read, questions: [], answers: read.answers.toSpliced(n % (read.answers.length + 1), 1), authorities: [...read.authorities].reverse() }
    const again = decodeMessage(encodeMessage(changed))
    expect(again.faults).toEqual([])
    expect(valuesOf(again.message)).toEqual(valuesOf(changed))
  }), { numRuns: 200 })
})

/** Every span inside the message, each inside the one whose path begins its own, leaves covering all bytes once. */
function expectNested(bytes: Uint8Array, spans: readonly FieldSpan[]): void {
  const byPath = new Map(spans.map(span => [span.path, span]))
  expect(byPath.size).toBe(spans.length)
  for (const { path, start, end } of spans) {
    const outer = byPath.get(path.replace(/(?:\.[a-zA-Z]+|\[\d+\])$/, ''))
    expect(0 <= start && start <= end && end <= bytes.length && (!outer || (outer.start <= start && end <= outer.end)), `${path} [${start}, ${end})`).toBe(true)
  }
  const isLeaf = ({ path }: FieldSpan): boolean => !spans.some(other => other.path.startsWith(`${path}.`) || other.path.startsWith(`${path}[`))
  const leaves = spans.filter(span => isLeaf(span) && span.end > span.start)
  expect(leaves.map(span => span.start)).toEqual([0, ...leaves.map(span => span.end).slice(0, -1)])
  expect(leaves.at(-1)?.end).toBe(bytes.length)
}

test('spans nest, and their innermost ones cover every byte once', () => {
  fc.assert(fc.property(anyMessage, message => {
    const bytes = encodeMessage(message, { compress: true })
    expectNested(bytes, spansOf(bytes, decodeMessage(bytes).message))
  }), { numRuns: 100 })
})

interface PacketRecord {
  readonly name: string
  readonly type: string
  readonly ttl?: number
  readonly class?: string
  readonly data?: unknown
}
interface Packet {
  readonly id: number
  readonly questions: readonly PacketRecord[]
  readonly answers: readonly PacketRecord[]
}
const dnsPacket = createRequire(import.meta.url)('dns-packet') as { decode(bytes: Buffer): Packet, encode(packet: unknown): Buffer }

test('dns-packet reads the same out of packets it gets right, and what it writes is read', () => {
  const name = fc.array(fc.constantFrom('a', 'www', 'Example', 'svc', 'local'), { minLength: 1, maxLength: 4 }).map(labels => labels.join('.'))
  const answer = fc.oneof(
    fc.record({ type: fc.constant('A'), data: fc.ipV4() }),
    fc.record({ type: fc.constantFrom('CNAME', 'NS', 'PTR', 'DNAME'), data: name }),
    fc.record({ type: fc.constant('MX'), data: fc.record({ preference: fc.nat(65535), exchange: name }) }),
    fc.record({ type: fc.constant('SRV'), data: fc.record({ priority: fc.nat(65535), weight: fc.nat(65535), port: fc.nat(65535), target: name }) }),
    fc.record({ type: fc.constant('CAA'), data: fc.record({ flags: fc.constant(0), tag: fc.constantFrom('issue', 'iodef'), value: name }) }),
  ).chain(rest => fc.record({ name, ttl: fc.nat(1e6) }).map(common => ({ ...common, ...rest, class: 'IN' })))
  fc.assert(fc.property(fc.nat(65535), name, fc.array(answer, { maxLength: 5 }), (id, qname, answers) => {
    const bytes = dnsPacket.encode({ type: 'response', id, questions: [{ type: 'A', name: qname }], answers })
    const { message, faults } = decodeMessage(bytes)
    expect(faults).toEqual([])
    for (const compress of [true, false]) {
      const theirs = dnsPacket.decode(Buffer.from(encodeMessage(message, { compress })))
      expect(theirs.id).toBe(message.id)
      expect(theirs.answers).toMatchObject(answers)
      expect(theirs.answers.map(each => [`${each.name}.`, each.type, each.ttl, each.class]))
        .toEqual(message.answers.map(each => [each.name.text, typeName(each.type), each.ttl, className(each.class)]))
    }
    expect(hex(encodeMessage(message))).toBe(hex(bytes))
  }), { numRuns: 200 })
})

test('names: a pointer for the longest suffix spelled the same, none into names that only look alike', () => {
  const message: WireMessage = {
    id: 1, flags: 0x8180, questions: [{ name: newName('a.example.com.'), type: 1, class: 1, start: -1, end: -1 }], authorities: [], additionals: [],
    answers: ['b.example.com.', 'A.EXAMPLE.com.', 'a.example.com.'].map(text =>
      ({ name: newName(text), type: 2, class: 1, ttl: 0, rdata: { kind: 'NS', target: newName(text) }, start: -1, rdataStart: -1, end: -1 })),
  }
  expect(hex(encodeMessage(message, { compress: true }))).toBe([
    '0001818000010003', '00000000', '0161076578616d706c6503636f6d00', '00010001',
    '0162c00e', '0002000100000000', '0002c01f',
    '014107', '4558414d504c45', 'c016', '0002000100000000', '0002c02f', 'c00c', '0002000100000000', '0002c00c',
  ].join(''))
})

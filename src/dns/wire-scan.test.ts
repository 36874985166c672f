import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyMessage, nameText } from '../../test/support/random-message.ts'
import { sameName } from './name.ts'
import { decodeMessage } from './wire-decode.ts'
import { encodeMessage } from './wire-encode.ts'
import { NAME_ROOM, nameToBytes } from './wire-name.ts'
import { hashName, newRecordScan, newScan, sameNameBytes, scanMessage, scanRecord } from './wire-scan.ts'

test('a scan says what decoding says, wherever the message lies', () => {
  const scan = newScan()
  const record = newRecordScan()
  fc.assert(fc.property(anyMessage, fc.nat(30), (message, before) => {
    const bytes = encodeMessage({ ...message, questions: message.questions.slice(0, 1) }, { compress: true })
    const whole = new Uint8Array(before + bytes.length + 7)
    whole.set(bytes, before)
    const end = before + bytes.length
    expect(scanMessage(whole, before, end, scan)).toBe(true)
    const read = decodeMessage(bytes).message
    const question = read.questions[0]
    expect(scan).toEqual({
      id: read.id, flags: read.flags, rcode: read.flags & 15, questionCount: read.questions.length, answerCount: read.answers.length,
      authorityCount: read.authorities.length, additionalCount: read.additionals.length,
      qnameStart: before + 12, qnameEnd: before + (question?.name.end ?? 12), qtype: question?.type ?? -1, qclass: question?.class ?? -1,
    })
    let at = question ? scan.qnameEnd + 4 : scan.qnameEnd
    for (const { type, class: dnsClass, ttl, rdataStart, end: recordEnd } of [...read.answers, ...read.authorities, ...read.additionals]) {
      expect(scanRecord(whole, at, end, record)).toBe(true)
      expect(record).toEqual({ type, class: dnsClass, ttl, rdataStart: before + rdataStart, end: before + recordEnd })
      at = record.end
    }
    expect(at).toBe(end)
    expect(scanRecord(whole, at, end, record)).toBe(false)
  }), { numRuns: 200 })
})

const wire = (text: string): Uint8Array => {
  const out = new Uint8Array(NAME_ROOM)
  return out.slice(0, nameToBytes(text, out) as number)
}
const same = (a: Uint8Array, b: Uint8Array): boolean => sameNameBytes(a, 0, a.length, b, 0, b.length)
const hash = (bytes: Uint8Array): number => hashName(bytes, 0, bytes.length)

test('names that differ in case only are the same and have one hash', () => {
  const name = nameText.filter(text => typeof nameToBytes(text, new Uint8Array(NAME_ROOM)) === 'number')
  fc.assert(fc.property(name, name, (a, b) => {
    const upper = wire(a).map(byte => (byte >= 97 && byte <= 122 ? byte - 32 : byte))
    expect(same(wire(a), upper)).toBe(true)
    expect(hash(wire(a))).toBe(hash(upper))
    const [x, y] = [wire(a), wire(b)].map(bytes => decodeMessage(Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...bytes, 0, 1, 0, 1)).message.questions[0]?.name.text as string)
    expect(same(wire(a), wire(b))).toBe(sameName(x as string, y as string))
  }), { numRuns: 500 })
  // 0x40 and 0x60, 0x5b and 0x7b differ in the same bit as letters do.
  for (const [a, b] of [['\\@', '`'], ['[', '{'], ['\\064', '\\096']] as const) expect(same(wire(`${a}.`), wire(`${b}.`))).toBe(false)
})

test('hashes of similar names are spread', () => {
  const hashes = new Set(Array.from({ length: 20_000 }, (_, n) => hash(wire(`pod-${n}.svc.cluster.local.`))))
  expect(hashes.size).toBeGreaterThan(19_990)
  const buckets = new Set([...hashes].map(each => each & 0xffff))
  expect(buckets.size).toBeGreaterThan(16_000)
})

test.each([
  ['too short', '123481800000000000000000'.slice(0, 22)], ['name cut off', '12348180000100000000000003616263'],
  ['pointer as the question', '123481800001000000000000c00c00010001'], ['class cut off', '12348180000100000000000001610000010'.padEnd(36, '0').slice(0, 36)],
])('%s: no scan', (_, hex) => {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  expect(scanMessage(bytes, 0, bytes.length, newScan())).toBe(false)
  expect(scanMessage(bytes, 0, bytes.length + 40, newScan())).toBe(false)
})

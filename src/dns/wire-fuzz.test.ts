import { expect, test } from 'vitest'
import { badlyRead, fuzzedPackets, goodPackets } from '../../test/support/fuzz-packets.ts'
import { decodeMessage } from './wire-decode.ts'

const SEED = 20261125
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('100,000 broken packets: read without exception, what is well formed comes out the same, all places lie inside', () => {
  let wellFormed = 0
  let n = 0
  for (const bytes of fuzzedPackets(SEED, 100_000)) {
    const what = badlyRead(bytes, n % 8 === 0)
    if (what !== undefined) expect.fail(`seed ${SEED}, packet ${n}: ${what}: ${hex(bytes)}`)
    if (decodeMessage(bytes).faults.length === 0) wellFormed++
    n++
  }
  expect(n).toBe(100_000)
  // Both sides of the line are visited.
  expect(wellFormed).toBeGreaterThan(10_000)
  expect(wellFormed).toBeLessThan(90_000)
})

test('good packets cut after every byte keep the parts before the cut', () => {
  for (const bytes of goodPackets(SEED, 12)) {
    const whole = decodeMessage(bytes).message
    for (let length = 0; length < bytes.length; length++) {
      const { message, faults } = decodeMessage(bytes.slice(0, length))
      expect(faults.length, `cut at ${length}`).toBeGreaterThan(0)
      const kept = [...message.questions, ...message.answers, ...message.authorities, ...message.additionals]
      const all = [...whole.questions, ...whole.answers, ...whole.authorities, ...whole.additionals]
      expect(kept.map(part => part.end)).toEqual(length < 12 ? [] : all.filter(part => part.end <= length).map(part => part.end))
    }
  }
})

/** Bytes that are counted each time one is looked at. */
function counted(bytes: Uint8Array): { readonly bytes: Uint8Array; looks: number } {
  const counter = { bytes, looks: 0 }
  counter.bytes = new Proxy(bytes, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value === 'function') return (...args: unknown[]): unknown => Reflect.apply(value, target, args)
      if (typeof key === 'string' && /^\d+$/.test(key)) counter.looks++
      return value
    },
  })
  return counter
}

/** Chains of pointers as long as 64 KiB allow, and a record of 12 bytes for each way to begin one. */
function pointerChains(): Uint8Array {
  const bytes = new Uint8Array(65_535)
  const view = new DataView(bytes.buffer)
  view.setUint16(6, 0xffff)
  const chain = 4000
  // The first record's RDATA: a name, and pointers each to the one before.
  bytes.set([0, 255, 255, 0, 1, 0, 0, 0, 0], 12)
  view.setUint16(21, 2 * chain + 2)
  for (let at = 25, n = 0; n < chain; n++, at += 2) view.setUint16(at, 0xc000 | (n === 0 ? 23 : at - 2))
  for (let at = 25 + 2 * chain; at + 12 <= bytes.length; at += 12) {
    view.setUint16(at, 0xc000 | (25 + 2 * 120))
    view.setUint16(at + 2, 255)
  }
  return bytes
}

/** Names of 255 bytes, of labels of one byte, each record pointing to one. */
function longNames(): Uint8Array {
  const bytes = new Uint8Array(65_535)
  const view = new DataView(bytes.buffer)
  view.setUint16(4, 1)
  view.setUint16(6, 0xffff)
  for (let at = 12; at < 12 + 254; at += 2) bytes.set([1, 97], at)
  for (let at = 12 + 255 + 4; at + 12 <= bytes.length; at += 12) view.setUint16(at, 0xc000 | (14 + 2 * (at % 7)))
  return bytes
}

test.each([['chains of pointers', pointerChains()], ['long names', longNames()]])('%s cost a bounded number of steps a byte', (_, bytes) => {
  const counter = counted(bytes)
  const { message } = decodeMessage(counter.bytes)
  expect(message.answers.length).toBeGreaterThan(1000)
  expect(counter.looks / bytes.length).toBeLessThan(100)
})

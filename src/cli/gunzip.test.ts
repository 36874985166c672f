import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gunzipped } from './gunzip.ts'

/** A text with repeats near and far, and with noise between. */
function sampleBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = 7
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = i > 40_000 && state >>> 31 === 1 ? (bytes[i - 30_000] as number) : state >>> 24 > 200 ? state >>> 16 : 97 + (i % 7)
  }
  return bytes
}

function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function unpack(packed: Uint8Array, size = 65_536, maxBytes = 1e9): { bytes: Buffer; damage: string[] } {
  const damage: string[] = []
  const pieces: Buffer[] = []
  for (const piece of gunzipped(inPieces(packed, size), maxBytes, message => damage.push(message))) pieces.push(Buffer.from(piece))
  return { bytes: Buffer.concat(pieces), damage }
}

test('what zlib packs, at every level and strategy, in pieces of any size', () => {
  for (const original of [new Uint8Array(0), Uint8Array.of(1), sampleBytes(200_000), new Uint8Array(700_000)])
    for (const level of [0, 1, 6, 9])
      for (const strategy of [0, 2, 3, 4])
        for (const size of [7, 65_536]) {
          const { bytes, damage } = unpack(gzipSync(original, { level, strategy }), size)
          expect(damage).toEqual([])
          expect(bytes.equals(original)).toBe(true)
        }
})

test('members one after another, padding behind the last', () => {
  expect(unpack(Buffer.concat([gzipSync('one '), gzipSync('two'), new Uint8Array(512)]))).toEqual({ bytes: Buffer.from('one two'), damage: [] })
})

test('a name and a comment in the header are stepped over', () => {
  const packed = gzipSync('text')
  packed[3] = 8 | 16
  expect(unpack(Buffer.concat([packed.subarray(0, 10), Buffer.from('name\0note\0'), packed.subarray(10)]))).toEqual({ bytes: Buffer.from('text'), damage: [] })
})

test('cut anywhere: what came before, and why it ends', () => {
  const original = sampleBytes(60_000)
  const packed = gzipSync(original)
  let before = 0
  for (let length = 0; length < packed.length; length += length < 30 ? 1 : 997) {
    const { bytes, damage } = unpack(packed.subarray(0, length))
    expect(bytes.equals(original.subarray(0, bytes.length))).toBe(true)
    expect(bytes.length).toBeGreaterThanOrEqual(before)
    expect(damage).toHaveLength(length === 0 ? 0 : 1)
    before = bytes.length
  }
})

test('damage is told and nothing is thrown; a checksum that does not fit is damage', () => {
  const packed = gzipSync(sampleBytes(5000))
  let state = 20_261_125
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
  let told = 0
  for (let n = 0; n < 800; n++) {
    const bad = Buffer.from(packed)
    for (let k = 0; k < 3; k++) bad[10 + random(bad.length - 10)] = random(256)
    told += unpack(bad, 512, 1e7).damage.length
  }
  expect(told).toBeGreaterThan(785)
  const wrong = Buffer.from(packed)
  wrong[wrong.length - 8] = (wrong[wrong.length - 8] as number) ^ 1
  expect(unpack(wrong).damage).toEqual(['is damaged: its checksum is another'])
  expect(unpack(Buffer.from('plain text')).damage).toEqual(['is no gzip file'])
})

test('a bomb ends at the limit', () => {
  const { bytes, damage } = unpack(gzipSync(new Uint8Array(5_000_000)), 65_536, 1_000_000)
  expect(bytes.length).toBeLessThanOrEqual(1_000_000)
  expect(damage).toEqual(['unpacks to more than 1000000 bytes'])
})

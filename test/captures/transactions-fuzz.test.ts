// Hostile captures: cut at every byte, damaged at random. Nothing throws, nothing grows; `scripts/fuzz-captures.ts` does more of the same.
import { expect, test } from 'vitest'
import { captureReader } from '../../src/evidence/capture.ts'
import { damagedCapture, mustHold, randomFrom, readWhole } from './transactions-mutate.ts'
import { MORE_SAMPLES, SAMPLES } from './transactions-samples.ts'

const INPUTS = 100_000

test('every sample cut at every byte gives what came before the cut', () => {
  for (const { bytes } of [...SAMPLES, ...MORE_SAMPLES]) {
    let before = -1
    for (let length = 0; length <= bytes.length; length++) {
      const part = bytes.subarray(0, length)
      const outcome = readWhole(part, 65_536)
      mustHold(part, outcome)
      // A cut stream or fragment may be handed over in part; messages never get fewer by more than that.
      expect(outcome.packets.length).toBeGreaterThanOrEqual(before - 1)
      before = outcome.packets.length
    }
  }
})

test('pieces of any size give the same messages', () => {
  for (const { bytes } of [...SAMPLES, ...MORE_SAMPLES]) {
    const whole = readWhole(bytes, bytes.length)
    for (const size of [1, 7, 24, 100]) expect(readWhole(bytes, size)).toEqual(whole)
  }
})

test(`${INPUTS} damaged captures`, () => {
  const seed = 20_261_125
  const random = randomFrom(seed)
  let messages = 0
  for (let n = 0; n < INPUTS; n++) {
    const bytes = damagedCapture(random)
    if (n % 8 === 0) {
      const outcome = readWhole(bytes, n % 3 === 0 ? 1 + random(64) : 65_536)
      mustHold(bytes, outcome)
      messages += outcome.packets.length
      continue
    }
    const reader = captureReader(() => void messages++, { file: 'x.pcap' })
    reader.push(bytes)
    reader.end()
  }
  expect(messages, `seed ${seed}`).toBeGreaterThan(INPUTS)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { framed, Frames } from './serve-frames.ts'

test('messages come out as they went in, wherever the stream is cut', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 60 }), (messages, cuts) => {
    const stream = Buffer.concat(messages.map(framed))
    const frames = new Frames()
    const got: Uint8Array[] = []
    let at = 0
    for (const length of [...cuts, stream.length]) {
      frames.push(stream.subarray(at, at + length))
      at += length
      for (let message = frames.next(); message; message = frames.next()) got.push(message.slice())
    }
    expect(got.map(m => [...m])).toEqual(messages.map(m => [...m]))
    expect(frames.waitingBytes).toBe(0)
  }), { seed: 20260603, numRuns: 300 })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateLine, lineStamp, stampAt } from './time-stamp.ts'

const near = Date.UTC(2026, 0, 2)

test.each([
  ['2026-11-25T23:31:12.755062108Z', Date.UTC(2026, 10, 25, 23, 31, 12) + 755.062, 'written'],
  ['2026-11-25 23:31:12,755', Date.UTC(2026, 10, 25, 23, 31, 12, 755), 'missing'],
  ['2026-11-26T07:31:12+08:00', Date.UTC(2026, 10, 25, 23, 31, 12), 'written'],
  ['2026-11-25T20:01:12.5-0330', Date.UTC(2026, 10, 25, 23, 31, 12, 500), 'written'],
  ['2026-11-25 23:31:12 UTC', Date.UTC(2026, 10, 25, 23, 31, 12), 'written'],
  ['2026/11/25 23:31:21.852205', Date.UTC(2026, 10, 25, 23, 31, 21) + 852.205, 'missing'],
  ['25/Nov/2026:23:31:21 +0100', Date.UTC(2026, 10, 25, 22, 31, 21), 'written'],
  ['25-Nov-2026 23:31:21.123', Date.UTC(2026, 10, 25, 23, 31, 21, 123), 'missing'],
  ['Wed Nov 25 23:32:16 UTC 2026', Date.UTC(2026, 10, 25, 23, 32, 16), 'written'],
  ['Thu Nov 26 07:32:16 CST 2026', undefined, 'ambiguous'],
  ['Thu Nov 26 07:32:16 +08 2026', Date.UTC(2026, 10, 25, 23, 32, 16), 'written'],
  ['1795649481.852', Date.UTC(2026, 10, 25, 23, 31, 21, 852), 'written'],
  ['1795649481852', Date.UTC(2026, 10, 25, 23, 31, 21, 852), 'written'],
])('%s', (text, atMs, zone) => {
  expect(stampAt(text, 0)).toEqual({ atMs, zone, end: text.length })
})

test('a year that is not written is not guessed, but taken from a time near by', () => {
  expect(stampAt('E0706 21:02:37.616396 1 reflector.go', 0)?.atMs).toBeUndefined()
  expect(stampAt('I1231 23:59:59.000001', 0, near)?.atMs).toBe(Date.UTC(2025, 11, 31, 23, 59, 59) + 0.001)
  expect(stampAt('Jan  3 01:02:03 host', 0, near)?.atMs).toBe(Date.UTC(2026, 0, 3, 1, 2, 3))
})

test('in a line: first thing, in brackets, or the value of a time key', () => {
  const at = Date.UTC(2026, 10, 25, 23, 31, 12)
  for (const line of ['2026-11-25T23:31:12Z x', '[2026-11-25T23:31:12Z] x', 'level=info time="2026-11-25T23:31:12Z" x',
    '{"level":"info","ts":1795649472,"msg":"x"}', 'x [25/Nov/2026:23:31:12 +0000] y']) {
    expect([line, lineStamp(line)?.atMs]).toEqual([line, at])
  }
  expect(lineStamp('nothing here 12:30')).toBeUndefined()
})

test('only a line that is nothing but a time is one', () => {
  expect(dateLine('Wed Nov 25 23:32:16 UTC 2026')?.atMs).toBe(Date.UTC(2026, 10, 25, 23, 32, 16))
  expect(dateLine('Wed Nov 25 23:32:16 UTC 2026 and more')).toBeUndefined()
  expect(dateLine('2026-13-45T23:32:16Z')).toBeUndefined()
})

test('any text: no exception, never NaN', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom('', '2026-11-25T', 'Wed Nov 25 ', 'E0706 ',
    '1795649481'), (rest, head) => {
    expect(lineStamp(head + rest, near)?.atMs ?? 0).not.toBeNaN()
  }), { numRuns: 2000 })
})

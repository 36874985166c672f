// time.ParseDuration and Duration.String: the documentation of Go's package time.
import { describe, expect, test } from 'vitest'
import { durationText, durationTextNs, goDurationMs, parseDurationNs } from './go-duration.ts'

describe('a duration is read in nanoseconds', () => {
  test.each([
    ['0', 0n], ['-0', 0n], ['1ns', 1n], ['1us', 1000n], ['1µs', 1000n], ['1μs', 1000n], ['1ms', 1_000_000n], ['1s', 1_000_000_000n], ['1m', 60_000_000_000n], ['1h', 3_600_000_000_000n], ['1h1m1s', 3_661_000_000_000n],
    ['-1.5h', -5_400_000_000_000n], ['+.5s', 500_000_000n], ['1.s', 1_000_000_000n], ['9223372036854775807ns', 2n ** 63n - 1n], ['-9223372036854775808ns', -(2n ** 63n)], ['0.9223372036854775807s', 922_337_203n], ['0.99999999999999999999s', 1_000_000_000n],
  ])('%s', (text, ns) => {
    expect(parseDurationNs(text)).toEqual({ value: ns })
  })

  test.each([
    ['', 'invalid duration ""'], ['-', 'invalid duration "-"'], ['.s', 'invalid duration ".s"'], ['x', 'invalid duration "x"'], ['5', 'missing unit in duration "5"'], ['1.5', 'missing unit in duration "1.5"'], ['1x', 'unknown unit "x" in duration "1x"'],
    ['1s5', 'missing unit in duration "1s5"'], ['9223372036854775808ns', 'invalid duration "9223372036854775808ns"'], ['9223372036854775809', 'invalid duration "9223372036854775809"'], ['-9223372036854775809ns', 'invalid duration "-9223372036854775809ns"'],
    ['1"\\', 'unknown unit "\\"\\\\" in duration "1\\"\\\\"'], ['1é', 'unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'], ['2562048h', 'invalid duration "2562048h"'],
  ])('%j is none', (text, fault) => {
    expect(parseDurationNs(text)).toEqual({ fault: `time: ${fault}` })
    expect(goDurationMs(text)).toBeUndefined()
  })
})

test.each([
  [0n, '0s'], [1n, '1ns'], [999n, '999ns'], [1000n, '1µs'], [1500n, '1.5µs'], [999_999n, '999.999µs'], [1_000_000n, '1ms'], [999_999_999n, '999.999999ms'], [1_000_000_000n, '1s'], [59_500_000_000n, '59.5s'], [60_000_000_000n, '1m0s'],
  [3_599_000_000_000n, '59m59s'], [3_600_000_000_000n, '1h0m0s'], [90_061_000_000_000n, '25h1m1s'], [-1500n, '-1.5µs'], [-90_000_000_000n, '-1m30s'],
])('%s ns are shown as %s', (ns, text) => {
  expect(durationTextNs(ns)).toBe(text)
})

test('milliseconds are shown the same way', () => {
  expect([durationText(0.0015), durationText(1500), durationText(-1)]).toEqual(['1.5µs', '1.5s', '-1ms'])
})


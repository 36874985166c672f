import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCorednsLog } from './coredns-log.ts'
import { fillsOf, rasterOf } from './fills.ts'
import type { ServedQuery } from './observation.ts'
import { rateOf } from './rate.ts'
import { spellsOf, spellTimes } from './spells.ts'
import { wilson } from './wilson.ts'

/** Lines `SECONDS RCODE FLAGS SECONDS-TAKEN`. */
const log = (...lines: string[]): ServedQuery[] => readCorednsLog(lines.map(line => {
  const [at, rcode, flags, took] = line.split(' ') as [string, string, string, string]
  return `${new Date(Date.UTC(2026, 0, 1) + Number(at) * 1000).toISOString()} [INFO] 10.0.0.1:1 - 1 "A IN a.b. udp 20 false 512" `
    + `${rcode} ${flags} 40 ${took}s\n`
}).join(''), { file: 'f', place: 'p' }).value.filter(seen => seen.kind === 'served')

const because = (lines: ServedQuery[], settings = {}): unknown => fillsOf(lines, settings)[0]?.fills.map(fill =>
  [fill.rcode, fill.because, fill.doubtful])

describe('fills', () => {
  test('without aa is an upstream\'s answer; fast with aa is the cache\'s', () => {
    expect(because(log('0 NXDOMAIN qr,rd,ra 0.07', '1 NXDOMAIN qr,aa,rd,ra 0.0001', '31 NOERROR qr,rd,ra 0.0004',
      '32 NOERROR qr,aa,rd,ra 0.0001'))).toEqual([['NXDOMAIN', 'no-aa', false], ['NOERROR', 'no-aa', false]])
  })

  test('an upstream that is authoritative: the time tells', () => {
    expect(because(log('0 NOERROR qr,aa,rd,ra 0.004', '1 NOERROR qr,aa,rd,ra 0.0001',
      '30.1 NOERROR qr,aa,rd,ra 0.005'))).toEqual([['NOERROR', 'duration', false], ['NOERROR', 'duration', false]])
  })

  test('from 1.15 on the cache sets no aa: by version, or because fast replies without it are all there are', () => {
    const lines = log('0 NXDOMAIN qr,rd,ra 0.07', '1 NXDOMAIN qr,rd,ra 0.0001', '2 NXDOMAIN qr,rd,ra 0.0001', '31 NOERROR qr,rd,ra 0.03')
    expect(because(lines)).toEqual([['NXDOMAIN', 'duration', false], ['NOERROR', 'duration', false]])
    expect(because(lines, { cacheSetsAa: true })).toHaveLength(4)
  })

  test('a fast reply after the longest lifetime cannot be a copy', () => {
    const lines = log('0 NOERROR qr,aa,rd,ra 0.004', '20 NOERROR qr,aa,rd,ra 0.0003', '31 NOERROR qr,aa,rd,ra 0.0003',
      '40 NOERROR qr,aa,rd,ra 0.0001')
    expect(because(lines, { longestMs: { success: 30_000, denial: 5000 } })).toEqual([['NOERROR', 'duration', false],
      ['NOERROR', 'lifetime', false]])
    expect(because(lines)).toEqual([['NOERROR', 'duration', false]])
  })

  test('a slow copy is doubtful, a second question in flight is not', () => {
    expect(because(log('0 NXDOMAIN qr,rd,ra 0.07', '4 NXDOMAIN qr,aa,rd,ra 0.0013'))).toEqual([['NXDOMAIN', 'no-aa', false],
      ['NXDOMAIN', 'duration', true]])
    const lines = log('0 NOERROR qr,aa,rd,ra 0.004', '30 NOERROR qr,aa,rd,ra 0.004', '30.002 NOERROR qr,aa,rd,ra 0.005',
      '60 NOERROR qr,aa,rd,ra 0.004', '90 NOERROR qr,aa,rd,ra 0.004', '92 NOERROR qr,aa,rd,ra 0.002')
    expect((because(lines) as [string, string, boolean][]).map(([, , doubtful]) => doubtful)).toEqual([false, false, false, false, false,
      true])
  })

  test('CoreDNS\' own data is no fill; SERVFAIL it made after waiting is one', () => {
    const [own] = fillsOf(log('0 NOERROR qr,aa,rd 0.003', '1 NXDOMAIN qr,aa,rd 0.0001'))
    expect([own?.n, own?.local]).toEqual([0, 2])
    expect(because(log('0 SERVFAIL qr,rd 4.003'))).toEqual([['SERVFAIL', 'no-aa', false]])
  })

  test('a window, the interval, the letters', () => {
    const lines = log('0 NXDOMAIN qr,rd,ra 0.07', '31 NOERROR qr,rd,ra 0.03', '62 SERVFAIL qr,rd 4', '93 - - 6')
    const [counts] = fillsOf(lines, { window: { fromMs: Date.UTC(2026, 0, 1, 0, 0, 30), toMs: Infinity } })
    expect([counts?.n, counts?.failed]).toEqual([3, 2])
    expect({ low: counts?.low, high: counts?.high }).toEqual(wilson(2, 3))
    expect(rasterOf(counts?.fills ?? []).letters).toBe('oSt')
  })
})

test('Wilson: published values, and always an interval around the share', () => {
  expect(Object.values(wilson(7, 20)).map(x => x.toFixed(4))).toEqual(['0.1812', '0.5671'])
  expect(Object.values(wilson(0, 10)).map(x => x.toFixed(4))).toEqual(['0.0000', '0.2775'])
  expect(wilson(0, 0)).toEqual({ low: 0, high: 1 })
  fc.assert(fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
    const { low, high } = wilson(Math.min(a, b), Math.max(a, b, 1))
    const share = Math.min(a, b) / Math.max(a, b, 1)
    expect(low >= 0 && low <= share && share <= high && high <= 1).toBe(true)
  }), { numRuns: 500 })
})

test('spells keep the log\'s order and need no times', () => {
  const spells = spellsOf([{ atMs: undefined, result: 'a' }, { atMs: undefined, result: 'a' }, { atMs: undefined, result: 'b' }])
  expect(spells.map(({ result, count, untilChangeMs }) => [result, count, untilChangeMs])).toEqual([['a', 2, undefined],
    ['b', 1, undefined]])
  expect(spellTimes(spells, result => result === 'b').badShare).toBeUndefined()
  expect(spellsOf([])).toEqual([])
})

test('rate: intervals, not lines', () => {
  const lines = log('0 NOERROR qr,rd,ra 0.01', '2 NOERROR qr,rd,ra 0.01', '4 NOERROR qr,rd,ra 0.01')
  expect(rateOf(lines, 'A.B', 'A')).toEqual({ n: 3, seconds: 4, perSecond: 0.5 })
  expect(rateOf(lines, 'a.b.', 'AAAA')).toBeUndefined()
})

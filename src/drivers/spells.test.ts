import { describe, expect, test } from 'vitest'
import { call, get, pick, put, type Chain, type Hop, type Plain } from '../chain/effects.ts'
import { rational, type Rational } from '../chain/rational.ts'
import { explore } from './explore.ts'
import { repeated, simulate } from './simulate.ts'
import { allTriesFail, spells, stackedShare, stillFailing, type Requests, type SpellFill } from './spells.ts'
import { Streams } from './streams.ts'

const root = { hop: 'cache', query: '' }
const fill = (n: number, d: number, lifeS: number, bad: boolean): SpellFill => ({ odds: rational(n, d), lifeMs: lifeS * 1000, bad })

/** A cache in front of a choice: fill i comes with its odds and is held for its life. */
function chainOf(fills: readonly SpellFill[]): Chain {
  const lifeMs = (v: Plain): number => fills[v as number]?.lifeMs ?? 0
  return new Map<string, Hop>([
    ['cache', function* () {
      const held = yield* get('c', { from: { hop: 'upstream', query: '' }, lifeMs })
      if (held) return held.value
      const v = yield* call('upstream', '')
      if (lifeMs(v) > 0) yield* put('c', v, lifeMs(v))
      return v
    }],
    ['upstream', () => pick({ at: 'upstream', options: fills.map((_, i) => i), odds: fills.map(f => f.odds as Rational) })],
  ])
}

function* atRandom(perS: number, count: number, seed: number): Generator<{ atMs: number; ask: typeof root }> {
  const streams = new Streams(seed)
  let atMs = 0
  for (let i = 0; i < count; i++) {
    atMs += (-Math.log(1 - streams.next('arrivals')) / perS) * 1000
    yield { atMs, ask: root }
  }
}

interface Measured { readonly share: number; readonly meanBadMs: number; readonly meanGoodMs: number }

/** Shares by request, spells by the instants at which the kind of fill changes. */
function measured(fills: readonly SpellFill[], requests: Requests, count: number, seed: number): Measured {
  const schedule = requests.kind === 'poisson'
    ? atRandom(requests.perS, count, seed)
    : repeated(root, requests.kind === 'every' ? requests.everyMs : 100, count)
  let failed = 0
  let last: boolean | undefined
  let sinceMs = 0
  const spent = { true: [0, 0], false: [0, 0] } as Record<'true' | 'false', [number, number]>
  for (const { atMs, value } of simulate(chainOf(fills), schedule, { seed })) {
    const bad = fills[value as number]?.bad ?? false
    if (bad) failed++
    if (last !== undefined && bad !== last) {
      spent[`${last}`][0] += atMs - sinceMs
      spent[`${last}`][1]++
      sinceMs = atMs
    }
    last = bad
  }
  return { share: failed / count, meanBadMs: spent.true[0] / spent.true[1], meanGoodMs: spent.false[0] / spent.false[1] }
}

// Requests are so rare that most of them begin a new fill: 400,000 make at least 100,000 fills, and the standard error of a
// mean spell stays below 0.6 %; so 2 % is more than three of them.
describe('against the simulator', () => {
  test.each<[string, readonly SpellFill[], Requests]>([
    ['cache 30, one of two denies', [fill(1, 2, 30, false), fill(1, 2, 30, true)], { kind: 'poisson', perS: 1 / 30 }],
    ['denials held longer', [fill(2, 3, 30, false), fill(1, 3, 180, true)], { kind: 'poisson', perS: 1 / 60 }],
    ['denials not stored', [fill(1, 2, 300, false), fill(1, 2, 0, true)], { kind: 'poisson', perS: 1 / 60 }],
    ['every 60 s exactly', [fill(1, 2, 120, false), fill(1, 2, 360, true)], { kind: 'every', everyMs: 60_000 }],
    ['three kinds of fill', [fill(1, 4, 60, false), fill(1, 4, 5, true), fill(1, 2, 120, false)], { kind: 'poisson', perS: 1 / 60 }],
  ])('%s: share within half a point, spells within two hundredths', (_, fills, requests) => {
    const said = spells(fills, requests)
    const seen = measured(fills, requests, 400_000, 3)
    expect(Math.abs(seen.share - said.failingShare)).toBeLessThan(0.005)
    expect(Math.abs(seen.meanBadMs / said.meanBadMs - 1)).toBeLessThan(0.02)
    expect(Math.abs(seen.meanGoodMs / said.meanGoodMs - 1)).toBeLessThan(0.02)
  })
})

describe('the closed forms', () => {
  const caps = [fill(1, 2, 300, false), fill(1, 2, 1800, true)]

  test('the numbers of the recorded validation', () => {
    const at1 = spells([fill(1, 2, 30, false), fill(1, 2, 30, true)], { kind: 'poisson', perS: 1 })
    expect([at1.failingShare, at1.meanBadMs, at1.meanGoodMs]).toEqual([0.5, 62_000, 62_000])
    const long = spells(caps, { kind: 'poisson', perS: 1 })
    expect([long.failingShare.toFixed(4), long.meanBadMs, long.meanGoodMs]).toEqual(['0.8568', 3_602_000, 602_000])
    expect(spells([fill(1, 2, 3600, false), fill(1, 2, 30, true)], { kind: 'poisson', perS: 0.1 }).failingShare.toFixed(4)).toBe('0.0110')
  })

  test('a busy cell shows odds times lifetime: the same as the steady start of the explorer', () => {
    expect(spells(caps, { kind: 'busy' }).failingShare).toBeCloseTo(6 / 7, 12)
    const steady = explore(chainOf(caps), root, { start: 'steady' }).outcomes.find(o => o.value === 1)
    expect(steady?.odds).toEqual([6n, 7n])
  })

  test('recovery: the longest life of a bad answer, and 5 s for each cache below', () => {
    expect(spells(caps, { kind: 'busy' }, 2).worstRecoveryMs).toBe(1_810_000)
    const left = [0, 300, 900, 1500, 1800].map(s => stillFailing(caps, s * 1000).toFixed(3))
    expect(left).toEqual(['0.857', '0.714', '0.429', '0.143', '0.000'])
  })

  test('always, never, and never stored', () => {
    const always = spells([fill(1, 1, 30, true)], { kind: 'poisson', perS: 1 })
    expect(always).toMatchObject({ failingShare: 1, meanBadMs: Infinity, meanGoodMs: 0, alternationsPerDay: 0 })
    expect(spells([fill(1, 1, 30, false)], { kind: 'busy' })).toMatchObject({ failingShare: 0, meanBadMs: 0, worstRecoveryMs: 0 })
    expect(spells([fill(1, 3, 0, true), fill(2, 3, 0, false)], { kind: 'busy' }).failingShare).toBeCloseTo(1 / 3, 12)
  })

  test('stacked caches: the recorded brackets', () => {
    const bracket = (servers: number): string[] => Object.values(stackedShare(caps, 3_600_000, servers)).map(f => f.toFixed(3))
    expect([1, 2, 3, 10].map(bracket)).toEqual([['0.857', '0.973'], ['0.907', '0.973'], ['0.927', '0.973'], ['0.958', '0.973']])
    expect(stackedShare(caps, 30_000, 3).high).toBeCloseTo(0.862, 2)
  })

  test('retries at random replicas', () => {
    expect(allTriesFail(6 / 7, 3, 3).toFixed(4)).toBe('0.7250')
    expect(allTriesFail(0.3, 1, 5)).toBeCloseTo(0.3, 12)
  })
})

import { expect, test } from 'vitest'
import { incidentChain, ROOT } from '../../test/support/incident-chain.ts'
import { pick, type Chain, type Hop, type Plain } from '../chain/effects.ts'
import { formatRational, rational } from '../chain/rational.ts'
import { influences, type Influence, type InfluenceOptions } from './influence.ts'

const HALF = [rational(1, 2), rational(1, 2)]
const root = { hop: 'root', query: '' }
const asItIs = (v: Plain): string => String(v)
const of = (hop: Hop, options: Partial<InfluenceOptions> = {}): readonly Influence[] =>
  influences(new Map([['root', hop]]) as Chain, root, asItIs, { start: 'cold', ...options })
const brief = (all: readonly Influence[]): string[] => all.map(i => `${i.at} ${formatRational(i.influence)}${i.unknown ? ' unknown' : ''}`)

test('what decides comes first; what makes no difference is listed with nothing', () => {
  const all = of(function* () {
    yield* pick({ at: 'idle', options: [1, 2], odds: HALF })
    const server = yield* pick({ at: 'server', options: ['a', 'b'], odds: HALF })
    const lost = yield* pick({ at: 'loss', options: [false, true], odds: [rational(9, 10), rational(1, 10)] })
    return lost ? 'timeout' : server === 'a' ? 'ok' : 'nx'
  })
  expect(brief(all)).toEqual(['loss 1', 'server 9/10', 'idle 0'])
  expect(all[1]?.alternatives.map(a => [a.taken, [...a.ends].map(([k, c]) => `${k} ${formatRational(c.min)}`)])).toEqual([
    ['a', ['ok 9/10', 'timeout 1/10']], ['b', ['nx 9/10', 'timeout 1/10']],
  ])
})

test('an unknown decides as well, and other unknowns are compared world by world', () => {
  const all = of(function* () {
    const a = yield* pick({ at: 'a?', options: [0, 1], key: 'a' })
    const b = yield* pick({ at: 'b?', options: [0, 1], key: 'b' })
    return a + b > 1 ? 'both' : 'not'
  })
  // Held to 0 or 1, `a` decides fully in the world where b is 1, and nothing where it is 0.
  expect(brief(all)).toEqual(['a? 1 unknown', 'b? 1 unknown'])
  expect(all[0]?.complete).toBe(true)
})

test('more alternatives than are tried, and sites that nobody asks about', () => {
  const many: Hop = () => pick({ at: 'p', options: [1, 2, 3], odds: [rational(1, 3), rational(1, 3), rational(1, 3)] })
  expect(of(many, { alternatives: 2 })[0]).toMatchObject({ complete: false, alternatives: { length: 2 } })
  expect(of(many, { about: site => site.at !== 'p' })).toEqual([])
  expect(of(many, { pins: new Map([['p', '1']]) })).toEqual([])
})

test('the incident: the order of the upstreams decides, whichever CoreDNS is asked; which one does not', () => {
  const all = influences(incidentChain(), ROOT, asItIs, { start: 'cold' })
  expect(brief(all)).toEqual(['coredns0 forward random 1/2', 'coredns1 forward random 1/2', 'service endpoint 0'])
  const [forward] = influences(incidentChain({ replicas: 1 }), ROOT, asItIs, { start: 'cold' })
  expect(forward?.alternatives.map(a => [...a.ends.keys()])).toEqual([['ok 10.53.33.38'], ['ok 10.53.33.38'], ['EAI_NONAME']])
})

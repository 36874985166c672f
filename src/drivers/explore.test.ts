import { describe, expect, test } from 'vitest'
import {
  ask, call, get, LOOP, LOST, note, pick, put, sleep, text, type Arrival, type Chain, type Hop, type Plain,
} from '../chain/effects.ts'
import { formatRational, rational, type Rational } from '../chain/rational.ts'
import type { Explored } from '../chain/outcome.ts'
import { incidentChain, ROOT } from '../../test/support/incident-chain.ts'
import { explore } from './explore.ts'
import { leakyWorlds, oddsByClass, unknownsOf } from './worlds.ts'

const HALF: readonly Rational[] = [rational(1, 2), rational(1, 2)]
const root = { hop: 'root', query: '' }
const chainOf = (hops: Record<string, Hop>): Chain => new Map(Object.entries(hops))
const cold = (hops: Record<string, Hop>): Explored => explore(chainOf(hops), root, { start: 'cold' })
const shown = (x: Explored): string[] => x.outcomes.map(o => {
  const world = [...o.world].map(([k, v]) => `${k}=${String(v)}`).join()
  return `${text(o.value)} ${formatRational(o.odds)}${o.elapsedMs ? ` ${o.elapsedMs}ms` : ''}${world && ` ${world}`}`
}).sort()

describe('odds', () => {
  test('paths that end alike are one outcome; the likelier lends its witness and notes', () => {
    const x = cold({ root: function* () {
      const n = yield* pick({ at: 'n', options: [1, 2, 3], odds: [rational(1, 6), rational(1, 2), rational(1, 3)] })
      yield* note({ kind: 'took', n })
      return n < 3 ? 'low' : 'high'
    } })
    expect(shown(x)).toEqual(['"high" 1/3', '"low" 2/3'])
    const low = x.outcomes.find(o => o.value === 'low')
    expect(low?.witness).toEqual([{ at: 'n', taken: 2, index: 1 }])
    expect(low?.notes).toEqual([{ kind: 'took', n: 2 }])
  })

  test('what has no odds is not possible', () => {
    expect(shown(cold({ root: () => pick({ at: 'n', options: ['a', 'b'], odds: [rational(1), rational(0)] }) }))).toEqual(['"a" 1'])
  })

  test('a key is drawn once, whoever asks; without a key each pick is its own', () => {
    const twice = (key?: string): Hop => function* () {
      const one = yield* pick({ at: 'p', options: [0, 1], odds: HALF, ...(key && { key }) })
      const two = yield* call('inner', key ?? '')
      return one === two ? 'same' : 'other'
    }
    const inner: Hop = query => pick({ at: 'p', options: [0, 1], odds: HALF, ...(query !== '' && { key: String(query) }) })
    expect(shown(cold({ root: twice('k'), inner }))).toEqual(['"same" 1'])
    expect(shown(cold({ root: twice(), inner }))).toEqual(['"other" 1/2', '"same" 1/2'])
  })

  test.each([
    ['no odds and no key', { at: 'p', options: [1, 2] }],
    ['too few odds', { at: 'p', options: [1, 2], odds: [rational(1)] }],
    ['odds that do not add up', { at: 'p', options: [1, 2], odds: [rational(1, 2), rational(1, 3)] }],
    ['nothing to pick', { at: 'p', options: [], odds: [] }],
  ])('a pick with %s is a bug of its hop', (_, choice) => {
    expect(() => cold({ root: () => pick(choice) })).toThrow('broken invariant')
  })
})

describe('worlds', () => {
  const flaky: Hop = () => pick({ at: 'up?', options: ['up', 'down'], key: 'server' })

  test('an unknown is a world, never a half', () => {
    const x = cold({ root: function* () {
      const state = yield* call('flaky', '')
      return state === 'up' ? yield* pick({ at: 'n', options: ['a', 'b'], odds: HALF }) : 'none'
    }, flaky })
    expect(shown(x)).toEqual(['"a" 1/2 server=up', '"b" 1/2 server=up', '"none" 1 server=down'])
    expect(leakyWorlds(x.outcomes)).toEqual([])
  })

  test('an unknown that makes no difference is left out of the worlds, but is still a site', () => {
    const x = cold({ root: function* () { yield* call('flaky', ''); return 'x' }, flaky })
    expect(shown(x)).toEqual(['"x" 1'])
    expect(x.sites?.map(s => [s.at, s.unknown, s.options.map(o => o.value)])).toEqual([['up?', true, ['up', 'down']]])
  })

  test('forgetting a key lets paths merge, and never an unknown', () => {
    const inner: Hop = Object.assign(function* () {
      yield* pick({ at: 'flow', options: [1, 2, 3, 4], odds: Array.from({ length: 4 }, () => rational(1, 4)), key: 'flow' })
      return yield* call('flaky', '')
    }, { forgets: () => true })
    const x = cold({ root: function* () { const a = yield* call('inner', 1); return [a, yield* call('flaky', '')] }, inner, flaky })
    expect(shown(x)).toEqual(['["down","down"] 1 server=down', '["up","up"] 1 server=up'])
    expect(x.paths).toBeLessThan(20)
  })
})

describe('time', () => {
  test('a cell lives from its put, through calls, to the instant its life ends', () => {
    const x = cold({
      root: function* () {
        yield* sleep(3)
        yield* call('writer', '')
        const seen: Plain[] = []
        for (let i = 0; i < 3; i++) {
          seen.push(((yield* call('reader', ''))) ?? 'gone')
          yield* sleep(2)
        }
        return seen
      },
      writer: function* () { yield* sleep(1); yield* put('c', 'v', 4) ; return '' },
      reader: function* () { const held = yield* get('c'); return held && [held.value, held.ageMs] },
    })
    expect(x.outcomes.map(o => o.value)).toEqual([[['v', 0], ['v', 2], 'gone']])
  })

  test('what a reply that came too late left behind is seen from then on, and not before', () => {
    const x = cold({
      root: function* () {
        const got = yield* ask([{ hop: 'slow', query: '' }], 5)
        const at5 = yield* get('c')
        yield* sleep(3)
        return [got.length, at5?.value ?? 'none', (yield* get('c'))?.value]
      },
      slow: function* () { yield* sleep(6); yield* put('c', 'late', 100); return 'x' },
    })
    expect(shown(x)).toEqual(['[0,"none","late"] 1 8ms'])
  })

  test('a reply at the very limit counts; a lost one costs the whole limit', () => {
    const server: Hop = function* (ms) { yield* sleep(Number(ms)); return ms === 1 ? LOST : ms }
    const one = (ms: number): string[] => shown(cold({
      root: function* () { return (yield* ask([{ hop: 'server', query: ms }], 5)).map(r => [r.value, r.atMs]) }, server,
    }))
    expect([one(5), one(6), one(1)]).toEqual([['[[5,5]] 1 5ms'], ['[] 1 5ms'], ['[] 1 5ms']])
  })
})

describe('parallel asks', () => {
  const server: Hop = function* (ms) { yield* sleep(Number(ms)); return `s${String(ms)}` }
  const race = (delays: readonly number[], enough?: (got: readonly Arrival[]) => boolean): Explored =>
    cold({
      root: function* () { return (yield* ask(delays.map(query => ({ hop: 'server', query })), 50, enough)).map(r => r.from) }, server,
    })

  test('replies come by time; the asker waits for the last it needs', () => {
    expect(shown(race([7, 3, 9]))).toEqual(['[1,0,2] 1 9ms'])
    expect(shown(race([7, 3, 9], got => got.length === 2))).toEqual(['[1,0] 1 7ms'])
  })

  test('replies of one instant are an unknown order, where somebody acts on it', () => {
    const x = race([3, 3], got => got.length === 1)
    expect(x.outcomes.map(o => o.value)).toEqual([[0], [1]])
    expect(x.complete).toBe(true)
    expect([...unknownsOf(x.outcomes).keys()].every(k => k.startsWith('order of arrival from server, server'))).toBe(true)
    expect(shown(race([3, 3]))).toEqual(['[0,1] 1 3ms'])
  })

  test('an order whose alternatives end alike is no unknown', () => {
    const asks = [1, 1].map(query => ({ hop: 'server', query }))
    const x = cold({ root: function* () { return (yield* ask(asks, 50, got => got.length === 1))[0]?.value }, server })
    expect(shown(x)).toEqual(['"s1" 1 1ms'])
  })

  test('asks that get in each other’s way are explored in every order, and not called complete', () => {
    const x = cold({
      root: function* () { return (yield* ask([{ hop: 'puts', query: '' }, { hop: 'gets', query: '' }], 5)).map(r => r.value) },
      puts: function* () { yield* put('c', 'v', 10); return 'put' },
      gets: function* () { return (yield* get('c'))?.value ?? 'nothing' },
    })
    expect(x.outcomes.map(o => text(o.value)).sort()).toEqual(['["put","nothing"]', '["put","v"]'])
    expect(x.complete).toBe(false)
    expect(x.hitBound).toContain('over c')
  })

  test('both drawing one key is no such case, unless they would draw it differently', () => {
    const drawing = (a: readonly Rational[], b: readonly Rational[]): Explored => cold({
      root: function* () { return (yield* ask([{ hop: 'a', query: '' }, { hop: 'b', query: '' }], 5)).map(r => r.value) },
      a: () => pick({ at: 'p', options: [0, 1], odds: a, key: 'k' }),
      b: () => pick({ at: 'p', options: [0, 1], odds: b, key: 'k' }),
    })
    expect(drawing(HALF, HALF)).toMatchObject({ complete: true })
    expect(drawing(HALF, [rational(1, 3), rational(2, 3)])).toMatchObject({ complete: false })
  })
})

describe('loops', () => {
  test('a call that is open already is a loop, left to the hop; a result found inside it is not kept for outside', () => {
    const hops: Record<string, Hop> = {
      root: function* () { const inside = yield* call('x', ''); return [inside, yield* call('y', '')] },
      x: function* () { return ['x', yield* call('y', '')] },
      y: function* () { return ['y', yield* call('x', '')] },
    }
    expect(cold(hops).outcomes.map(o => o.value)).toEqual([[['x', ['y', LOOP]], ['y', ['x', LOOP]]]])
  })

  test('and one found outside is not taken for what is inside', () => {
    const x = cold({
      root: function* () { const y = yield* call('y', ''); return [y, yield* call('x', '')] },
      x: function* () { return ['x', yield* call('y', '')] },
      y: function* () { return ['y', yield* call('x', '')] },
    })
    expect(x.outcomes.map(o => o.value)).toEqual([[['y', ['x', LOOP]], ['x', ['y', LOOP]]]])
  })
})

describe('bounds', () => {
  test.each([
    ['steps', { steps: 10 }, { root: function* () { for (;;) yield* sleep(1) } as Hop }],
    ['depth', { depth: 10 }, { root: (n => call('root', Number(n) + 1)) as Hop }],
    ['paths', { paths: 10 }, { root: function* () {
      for (let i = 0; i < 9; i++) yield* pick({ at: 'p', options: [0, 1], odds: HALF })
      return ''
    } as Hop }],
  ])('%s: said, and nothing is called impossible', (_, limits, hops) => {
    const x = explore(chainOf(hops), root, { start: 'cold', limits })
    expect(x.complete).toBe(false)
    expect(x.hitBound).toContain('more than 10')
  })
})

describe('what cells held before', () => {
  const cache = (lives: Record<string, number>): Record<string, Hop> => ({
    root: function* () {
      const lifeMs = (v: Plain): number => lives[String(v)] ?? 0
      const held = yield* get('c', { from: { hop: 'fetch', query: '' }, lifeMs, stores: v => [v] })
      if (held) return ['held', (held.value as Plain[])[0]]
      const v = yield* call('fetch', '')
      yield* put('c', [v], lifeMs(v))
      return ['fetched', v]
    },
    fetch: () => pick({ at: 'upstream', options: ['good', 'bad'], odds: HALF }),
  })
  const from = (start: 'steady' | 'any', hops: Record<string, Hop>): string[] => shown(explore(chainOf(hops), root, { start }))

  test('steady: by odds times lifetime', () => {
    expect(from('steady', cache({ good: 300_000, bad: 1_800_000 }))).toEqual(['["held","bad"] 6/7', '["held","good"] 1/7'])
    expect(from('steady', cache({ good: 30 }))).toEqual(['["held","good"] 1'])
  })

  test('steady: a cell that nothing is ever stored in is empty', () => {
    expect(from('steady', cache({}))).toEqual(['["fetched","bad"] 1/2', '["fetched","good"] 1/2'])
  })

  test('steady: in each world what can be held there', () => {
    const hops = { ...cache({ good: 10, bad: 30 }), fetch: function* () {
      const up = yield* pick({ at: 'up?', options: [true, false], key: 'internal' })
      return up ? yield* pick({ at: 'upstream', options: ['good', 'bad'], odds: HALF }) : 'bad'
    } as Hop }
    expect(from('steady', hops)).toEqual([
      '["held","bad"] 1 internal=false', '["held","bad"] 3/4 internal=true', '["held","good"] 1/4 internal=true',
    ])
  })

  test('any: nothing, or whatever can have filled it in whatever world', () => {
    const x = explore(chainOf(cache({ good: 1, bad: 1 })), root, { start: 'any' })
    const values = x.outcomes.map(o => text(o.value)).sort()
    expect(values).toEqual(['["fetched","bad"]', '["fetched","good"]', '["held","bad"]', '["held","good"]'])
    expect(leakyWorlds(x.outcomes)).toEqual([])
  })

  test('any: within a lookup what was held may run out, but two looks of one instant agree', () => {
    const look = { from: { hop: 'fetch', query: '' }, lifeMs: () => 5 }
    const twice = (ms: number): string[] => from('any', {
      root: function* () {
        const a = yield* get('c', look)
        yield* sleep(ms)
        const b = yield* get('c', look)
        return [a?.value ?? '-', b?.value ?? '-']
      },
      fetch: function* () { return 'v' },
    }).map(line => line.slice(0, 9))
    expect(twice(0)).toEqual(['["-","-"]', '["v","v"]'])
    expect(twice(1)).toEqual(['["-","-"]', '["-","v"]', '["v","-"]', '["v","v"]'])
  })
})

test('a pin holds a choice to one alternative, wherever that is offered', () => {
  const hops: Record<string, Hop> = { root: function* () {
    const a = yield* pick({ at: 'p', options: [0, 1], odds: HALF })
    const b = yield* pick({ at: 'p', options: [0, 2], odds: HALF })
    return [a, b]
  } }
  expect(shown(explore(chainOf(hops), root, { start: 'cold', pins: new Map([['p', '1']]) }))).toEqual(['[1,0] 1/2', '[1,2] 1/2'])
})

test('a pinned unknown needs no world, and whoever reads its key elsewhere finds what it was held to', () => {
  const hops: Record<string, Hop> = { root: function* () {
    const a = yield* pick({ at: 'seen here', options: ['up', 'down'], key: 'server' })
    return [a, yield* pick({ at: 'and there', options: ['up', 'down'], key: 'server' })]
  } }
  expect(shown(explore(chainOf(hops), root, { start: 'cold', pins: new Map([['seen here', '"down"']]) }))).toEqual(['["down","down"] 1'])
})

describe('a chain like that of the incident', () => {
  test('one fill goes wrong as often as the public server is first', () => {
    const x = explore(incidentChain(), ROOT, { start: 'cold' })
    const { classes } = oddsByClass(x.outcomes, v => String(v))
    expect([...classes].map(([k, c]) => `${k} ${formatRational(c.min)}`)).toEqual(['ok 10.53.33.38 2/3', 'EAI_NONAME 1/3'])
  })

  test('the longer-lived denial is what the application sees in the long run', () => {
    const chain = incidentChain({ replicas: 1, upstreams: ['internal', 'public'], positiveMs: 300_000, negativeMs: 1_800_000 })
    const x = explore(chain, ROOT, { start: 'steady' })
    expect(x.outcomes.map(o => `${String(o.value)} ${formatRational(o.odds)}`)).toEqual(['ok 10.53.33.38 1/7', 'EAI_NONAME 6/7'])
  })

  test.each(['cold', 'steady', 'any'] as const)('stays small, from %s, with loss, retries, five candidates, a flaky server', start => {
    const settings = { loss: rational(1, 100), upstreams: ['internal', 'flaky', 'public'] as const, suffixes: ['a.', 'b.', 'c.', 'd.'] }
    const x = explore(incidentChain(settings), ROOT, { start })
    expect(x.complete).toBe(true)
    expect(x.paths / x.entries).toBeLessThanOrEqual(50)
    expect(leakyWorlds(x.outcomes)).toEqual([])
  })
})

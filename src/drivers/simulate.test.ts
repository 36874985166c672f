import { describe, expect, test } from 'vitest'
import { ask, background, call, get, LOOP, LOST, pick, put, sleep, text, type Chain, type Hop, type Plain } from '../chain/effects.ts'
import { rational } from '../chain/rational.ts'
import { incidentChain, ROOT } from '../../test/support/incident-chain.ts'
import { checkContract } from '../../test/support/contract.ts'
import { explore } from './explore.ts'
import { repeated, simulate, type Lookup, type SimulateOptions, type SimulationState } from './simulate.ts'
import { oddsByClass } from './worlds.ts'

const root = { hop: 'root', query: '' }
const HALF = [rational(1, 2), rational(1, 2)]
const run = (hops: Record<string, Hop>, atMs: readonly number[], options: Partial<SimulateOptions> = {}): Lookup[] =>
  [...simulate(new Map(Object.entries(hops)), atMs.map(ms => ({ atMs: ms, ask: root })), { seed: 1, ...options })]

const cached: Record<string, Hop> = {
  root: function* () {
    const held = yield* get('c')
    if (held) return [held.value, held.ageMs]
    const v = yield* call('fetch', '')
    yield* put('c', v, 1000)
    return [v, 'fetched']
  },
  fetch: () => pick({ at: 'upstream', options: ['good', 'bad'], odds: HALF }),
}

describe('time', () => {
  test('cells live on between lookups, with their age, until their life is over', () => {
    const values = run(cached, [0, 400, 999, 1000]).map(l => (l.value as Plain[])[1])
    expect(values).toEqual(['fetched', 400, 999, 'fetched'])
  })

  test('parallel asks begin at the same instant and really run side by side', () => {
    const [lookup] = run({
      root: function* () {
        return (yield* ask([{ hop: 'reader', query: '' }, { hop: 'writer', query: '' }], 10)).map(r => [r.value, r.atMs])
      },
      writer: function* () { yield* sleep(2); yield* put('c', 'v', 10); return 'put' },
      reader: function* () { yield* sleep(3); return (yield* get('c'))?.value ?? 'nothing' },
    }, [0])
    expect([lookup?.value, lookup?.elapsedMs]).toEqual([[['put', 2], ['v', 3]], 3])
  })

  test('a time-out inside ends in time for the time-out around it', () => {
    const [lookup] = run({
      root: function* () { return (yield* ask([{ hop: 'middle', query: '' }], 5)).map(r => r.value) },
      middle: function* () { return (yield* ask([{ hop: 'dead', query: '' }], 5)).length === 0 ? 'gave up' : 'never' },
      dead: function* () { return LOST },
    }, [0])
    expect([lookup?.value, lookup?.elapsedMs]).toEqual([['gave up'], 5])
  })

  test('lookups may overlap; they are given as they end', () => {
    const slowFirst: Record<string, Hop> = { root: function* () {
      const n = ((yield* get('n'))?.value ?? 0) as number
      yield* put('n', n + 1, Infinity)
      yield* sleep(n === 0 ? 100 : 1)
      return n
    } }
    expect(run(slowFirst, [0, 10, 20]).map(l => [l.index, l.elapsedMs])).toEqual([[1, 1], [2, 1], [0, 100]])
  })

  test('a health check in the background goes on while lookups wait', () => {
    const seen = run({
      root: function* () { yield* sleep(40); return (yield* get('down'))?.value ?? 'up' },
      health: function* () {
        for (let fails = 0; ; fails++) {
          yield* ask([{ hop: 'dead', query: '' }], 10)
          if (fails >= 2) yield* put('down', 'down', 1000)
          yield* sleep(20)
        }
      },
      dead: function* () { return LOST },
    }, [0, 50, 100], { background: [{ hop: 'health', query: '' }] })
    expect(seen.map(l => l.value)).toEqual(['up', 'down', 'down'])
  })

  test('a loop is a loop, across asks as well', () => {
    const [lookup] = run({
      root: function* () { return (yield* ask([{ hop: 'back', query: '' }], 5)).map(r => r.value) }, back: () => call('root', ''),
    }, [0])
    expect(lookup?.value).toEqual([LOOP])
  })

  test('a schedule without end is read no further than needed', () => {
    const lookups = simulate(new Map(Object.entries(cached)), repeated(root, 700, Infinity), { seed: 1 })
    const ages = Array.from({ length: 4 }, () => (lookups.next().value as Lookup).value as Plain[]).map(v => v[1])
    expect(ages).toEqual(['fetched', 700, 'fetched', 700])
  })

  test('a chain that never moves on is stopped', () => {
    expect(() => run({ root: function* () { for (;;) yield* get('c') } }, [0])).toThrow('effects at one instant')
  })
})

describe('chance', () => {
  const draws = (hops: Record<string, Hop>, options: Partial<SimulateOptions> = {}): string =>
    run(hops, Array.from({ length: 40 }, (_, i) => i), options).map(l => text(l.value)).join('')

  test('the same seed gives the same lookups, another seed others', () => {
    const hops: Record<string, Hop> = { root: () => pick({ at: 'p', options: [0, 1], odds: HALF }) }
    expect(draws(hops)).toBe(draws(hops))
    expect(draws(hops)).not.toBe(draws(hops, { seed: 2 }))
  })

  test('another choice added to the chain does not reshuffle this one', () => {
    const before: Record<string, Hop> = { root: () => pick({ at: 'p', options: [0, 1], odds: HALF }) }
    const after: Record<string, Hop> = { root: function* () {
      yield* pick({ at: 'new', options: [0, 1], odds: HALF })
      return yield* pick({ at: 'p', options: [0, 1], odds: HALF })
    } }
    expect(draws(after)).toBe(draws(before))
  })

  test('a key lasts until a hop forgets it; an unknown lasts, and is reported', () => {
    const keyed: Hop = function* () {
      const flow = yield* pick({ at: 'flow', options: [0, 1], odds: HALF, key: 'flow' })
      return [flow, yield* pick({ at: 'up?', options: ['u', 'd'], key: 'up' })]
    }
    expect(new Set(run({ root: keyed }, [0, 1, 2, 3, 4, 5, 6, 7]).map(l => text(l.value))).size).toBe(1)
    const forgetful: Hop = Object.assign(() => call('keyed', ''), { forgets: () => true })
    const lookups = run({ root: forgetful, keyed }, [0, 1, 2, 3, 4, 5, 6, 7])
    expect(new Set(lookups.map(l => text(l.value))).size).toBe(2)
    const [first] = lookups.map(l => [l.world.get('up'), (l.value as Plain[])[1]])
    expect(first?.[0]).toBe(first?.[1])
    expect(run({ root: keyed }, [0], { world: new Map([['up', 'given']]) })[0]?.value).toContain('given')
  })

  test('a pin holds here as in explore', () => {
    expect(draws({ root: () => pick({ at: 'p', options: [0, 1], odds: HALF }) }, { pins: new Map([['p', '1']]) })).toBe('1'.repeat(40))
  })

  test('replies of one instant come in either order to who acts on it', () => {
    const first = new Set(run({
      root: function* () { return (yield* ask(['a', 'b'].map(query => ({ hop: 'echo', query })), 5, got => got.length === 1))[0]?.value },
      echo: function* (query) { return query },
    }, Array.from({ length: 40 }, (_, i) => i)).map(l => l.value))
    expect([...first].sort()).toEqual(['a', 'b'])
  })
})

test('going on from a state is as if it had not been interrupted', () => {
  const chain: Chain = new Map(Object.entries(cached))
  const whole = [...simulate(chain, repeated(root, 300, 20), { seed: 7 })].map(l => text(l.value))
  const values: string[] = []
  let state: SimulationState | undefined
  for (const from of [0, 10]) {
    const part = simulate(chain, repeated(root, 300, 10, from * 300), { seed: 7, ...(state && { state }) })
    let next = part.next()
    for (; !next.done; next = part.next()) values.push(text(next.value.value))
    state = next.value
  }
  expect(values).toEqual(whole)
})

describe('against the explorer, on a chain like that of the incident', () => {
  test.each([
    ['no loss', {}],
    ['loss and a flaky server', { loss: rational(1, 10), upstreams: ['internal', 'flaky', 'public'] as const, suffixes: ['svc.'] }],
    ['a dead server', { upstreams: ['dead', 'dead', 'internal', 'public'] as const, suffixes: [] }],
  ])('%s: simulated within explored, every witness replays', (_, settings) => {
    const { broken, simulated, replayed, any } = checkContract(incidentChain(settings), ROOT)
    expect(broken).toEqual([])
    expect(any.complete).toBe(true)
    expect(simulated).toBe(240)
    expect(replayed).toBeGreaterThan(1)
  })

  test('the contract notices a hop whose state is outside the chain', () => {
    let calls = 0
    const chain: Chain = new Map<string, Hop>([['root', function* () { return calls++ }]])
    expect(checkContract(chain, root, { seeds: 1 }).broken.length).toBeGreaterThan(0)
  })

  test('the shares of many cold lookups are the odds: chi-square, 5 degrees at most, 0.01 %', () => {
    const chain = incidentChain({ loss: rational(1, 5), suffixes: [] })
    const { classes } = oddsByClass(explore(chain, ROOT, { start: 'cold' }).outcomes, (v, o) => `${String(v)} ${o.elapsedMs}`)
    const counts = new Map<string, number>()
    const n = 8000
    // Far enough apart that every cell has run out.
    for (const l of simulate(chain, repeated(ROOT, 100_000, n), { seed: 11 })) {
      const name = `${String(l.value)} ${l.elapsedMs}`
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    let chiSquare = 0
    for (const [name, { min }] of classes) {
      const expected = (n * Number(min[0])) / Number(min[1])
      chiSquare += ((counts.get(name) ?? 0) - expected) ** 2 / expected
    }
    expect([...counts.keys()].filter(name => !classes.has(name))).toEqual([])
    expect(classes.size).toBeLessThanOrEqual(6)
    expect(chiSquare).toBeLessThan(25.7)
  })
})

test('a hop that another one starts in the background goes on by itself, and nobody waits for it', () => {
  const chain: Chain = new Map<string, Hop>([
    ['server', function* () {
      const seen = yield* get('health')
      yield* background('probe', null)
      return seen ? 'marked down' : 'up'
    }],
    ['probe', function* () {
      yield* sleep(500)
      yield* put('health', 'down', 10_000)
      return null
    }],
  ])
  const lookups = [...simulate(chain, [0, 400, 600].map(atMs => ({ atMs, ask: { hop: 'server', query: null } })), { seed: 1 })]
  expect(lookups.map(l => [l.value, l.elapsedMs])).toEqual([['up', 0], ['up', 0], ['marked down', 0]])
})

// Random small worlds: programs of a few hops that pick, keep, ask, race, lose, retry, cache, wait, forget and go in circles.
// A world is data, so that one that fails can be printed and read. What a hop answers depends on everything it has seen, in
// the order it saw it, so that nothing an engine mixes up stays hidden.
import {
  ask, askOn, call, get, LOOP, LOST, note, pick, put, sleep, text,
  type Arrival, type Ask, type Chain, type Fill, type Hop, type HopRun, type Plain,
} from '../../src/chain/effects.ts'
import type { Rational } from '../../src/chain/rational.ts'
import { dice } from '../support/dice.ts'

export type To = { readonly hop: number; readonly query: string }
export type Statement =
  | { readonly do: 'pick'; readonly at: string; readonly odds: readonly number[]; readonly key?: string }
  | { readonly do: 'unknown'; readonly key: string; readonly options: number }
  | { readonly do: 'call'; readonly to: To }
  | {
    readonly do: 'ask'; readonly to: readonly To[]; readonly timeoutMs: number
    readonly enough?: 'first' | 'good' | 'two'; readonly tries: number
  }
  | { readonly do: 'cache'; readonly cell: string; readonly to: To; readonly lives: readonly number[]; readonly stores: boolean }
  | {
    /** Rounds of one socket: who has not answered is asked again, and may yet answer the first time. */
    readonly do: 'socket'; readonly to: readonly To[]; readonly intervalMs: number; readonly rounds: number; readonly enough: 'first' | 'good' | 'two'
    /** Each round is a call of its own. */
    readonly calls: boolean
  }
  | { readonly do: 'get'; readonly cell: string }
  | { readonly do: 'put'; readonly cell: string; readonly lifeMs: number }
  | { readonly do: 'sleep'; readonly ms: number; readonly when: number }
  | { readonly do: 'stop' | 'lose'; readonly when: number }

export interface World {
  readonly hops: readonly { readonly body: readonly Statement[]; readonly forgets: boolean }[]
  readonly forgetting: boolean
  /** Cells are what a modelled cache is: put by nobody but who fills them, and a held value is shown without its age. */
  readonly fair?: boolean
}

export const ROOT: Ask = { hop: 'h0', query: 'a' }

export function randomWorld(seed: number): World {
  const roll = dice(seed)
  const count = 2 + roll(4)
  // Some worlds have a bent: hops that go in circles, keys that are drawn by different laws, cells that many put and get.
  const bent = ([...Array.from({ length: 6 }, () => undefined), 'circular', 'lawless', 'ageing'] as const)[roll(9)]
  // Parallel asks multiply the judge's paths by their orders: few, in few hops.
  let races = bent === 'lawless' || bent === 'ageing' ? 1 + roll(2) : roll(3)
  const hops = Array.from({ length: count }, (_, i) => {
    const body: Statement[] = []
    const leaf = i === count - 1
    const size = bent === 'ageing' ? (i === 0 ? 3 + roll(3) : 1 + roll(2)) : leaf ? 1 + roll(2) : 1 + roll(3)
    for (let s = 0; s < size; s++) {
      // The same again, perhaps a little later: what was found once must not be taken for what would be found now.
      const again = body.length > 0 && roll(5) === 0 ? body[roll(body.length)]! : undefined
      const statement = again && !(again.do === 'ask' && again.to.length > 1)
        ? again
        : randomStatement(roll, { hop: i, nth: s, count, mayRace: races > 0, bent })
      if (statement.do === 'ask' && statement.to.length > 1) races--
      body.push(statement)
    }
    return { body, forgets: roll(3) === 0 }
  })
  return { hops, forgetting: true }
}

/** The same, and two of its hops ask by a socket that stays open. */
export function socketWorld(seed: number): World {
  const { hops, forgetting } = randomWorld(seed)
  const roll = dice(seed ^ 0x50c7)
  const to = (from: number): To => ({ hop: Math.min(hops.length - 1, from + 1 + roll(2)), query: ['a', 'b', '$'][roll(3)]! })
  const socket = (from: number): Statement => ({
    do: 'socket', to: Array.from({ length: 1 + roll(2) }, () => to(from)), intervalMs: roll(3), rounds: 2 + roll(2),
    enough: (['first', 'good', 'two'] as const)[roll(3)]!, calls: roll(2) === 0,
  })
  const spell = (): Statement => ({ do: 'sleep', ms: 1 + roll(4), when: 0 })
  const chance = (i: number): Statement => ({ do: 'pick', at: `late ${i}`, odds: [1, 2] })
  return {
    forgetting,
    hops: hops.map(({ body, forgets }, i) => {
      if (i === 0) return { body: [socket(i), ...body.slice(0, 1)], forgets }
      // Replies of different ages, some of them by chance.
      const late: Statement = { do: 'sleep', ms: 1 + roll(4), when: 1 + roll(3) }
      return i === 1 && hops.length > 2 && roll(3) === 0 ? { body: [socket(i), ...body.slice(0, 1)], forgets } : { body: [chance(i), roll(2) ? late : spell(), ...body.slice(0, 1)], forgets }
    }),
  }
}

interface Place {
  readonly hop: number
  readonly nth: number
  readonly count: number
  readonly mayRace: boolean
  readonly bent: 'circular' | 'lawless' | 'ageing' | undefined
}

function randomStatement(roll: (n: number) => number, { hop, nth, count, mayRace, bent }: Place): Statement {
  const last = hop === count - 1
  const query = (): string => (bent === 'circular' || bent === 'ageing' ? '$' : ['a', 'b', '$', '$', `$${hop}${nth}`][roll(5)]!)
  // Mostly down the chain; now and then back up it: a loop.
  const up = bent === 'circular' ? 2 : 10
  const to = (): To => ({ hop: last || roll(up) === 0 ? roll(count) : hop + 1 + roll(count - hop - 1), query: query() })
  const key = (): string => (bent === 'lawless' ? 'k' : ['k', 'k', 'k', 't|$'][roll(4)]!)
  const cell = (): string => bent === 'ageing' ? 'c' : ['c', 'c|$', 't|c$'][roll(3)]!
  const odds = (): readonly number[] => [[1, 1], [1, 2], [1, 3], [1, 0, 1], [2, 1, 1]][roll(5)]!
  const usual = last && bent !== 'circular' ? roll(9) : roll(17)
  const kind = bent === 'lawless' ? (last ? [2, 4, 2] : [2, 10, 16])[roll(3)]!
    : bent === 'ageing' ? (last ? [7, 8, 4] : [7, 8, 4, 10, 16, 10])[roll(last ? 3 : 6)]! : usual
  switch (kind) {
    case 0: case 1: return { do: 'pick', at: `p${hop}.${nth}`, odds: odds() }
    case 2: {
      const k = key()
      // One key, one law; now and then not, which the engine must notice when the two draw side by side.
      return { do: 'pick', at: `p${hop}.${nth}`, key: k, odds: roll(bent === 'lawless' ? 2 : 12) === 0 ? [3, 1] : [1, 2] }
    }
    case 3: return { do: 'unknown', key: ['u', 'u2', 'u|$'][roll(3)]!, options: 2 }
    case 4: case 9: return { do: 'sleep', ms: [1, 2, 3, 5][roll(4)]!, when: Math.max(0, roll(6) - 2) }
    case 5: return { do: 'lose', when: roll(3) }
    case 6: return roll(2) ? { do: 'stop', when: roll(3) } : { do: 'put', cell: cell(), lifeMs: [1, 2, 4, 8][roll(4)]! }
    case 7: return { do: 'get', cell: cell() }
    case 8: return { do: 'put', cell: cell(), lifeMs: [0, 1, 2, 4, 8][roll(5)]! }
    case 10: case 11: return { do: 'call', to: to() }
    case 12: case 13: {
      return { do: 'cache', cell: cell(), to: to(), lives: [[4, 2, 0], [8, 8, 8], [1, 3, 5], [2, 0, 6]][roll(4)]!, stores: roll(4) === 0 }
    }
    default: {
      const parallel = mayRace && roll(3) > 0
      return {
        do: 'ask', to: Array.from({ length: parallel ? 2 + (roll(16) === 0 ? 1 : 0) : 1 }, to), timeoutMs: [1, 2, 3, 5][roll(4)]!,
        ...(roll(2) === 0 && { enough: (['first', 'good', 'two'] as const)[roll(3)]! }), tries: 1 + roll(2),
      }
    }
  }
}

/** What of a value the asker's own answer depends on. */
const code = (value: Plain): number => {
  const t = text(value)
  let sum = 0
  for (let i = 0; i < t.length; i++) sum = (sum * 7 + t.charCodeAt(i)) % 97
  return sum % 5
}
const ENOUGH = {
  first: (got: readonly Arrival[]): boolean => got.length >= 1,
  good: (got: readonly Arrival[]): boolean => got.some(r => r.value === 'v0' || r.value === 'v1'),
  two: (got: readonly Arrival[]): boolean => got.length >= 2,
}

export function chainOf(world: World): Chain {
  const hops = world.hops.map(({ body, forgets }, i): [string, Hop] => {
    const hop: Hop = query => runBody(body, String(query), world.fair ?? false)
    if (forgets && world.forgetting) hop.forgets = (query, key) => key.startsWith('t|') && key.endsWith(String(query))
    return [`h${i}`, hop]
  })
  return new Map([...hops, ['socket', query => socketRound(query as unknown as Round)]])
}

type Round = {
  readonly asks: readonly Ask[]
  readonly open: readonly Plain[]
  readonly intervalMs: number
  readonly enough: keyof typeof ENOUGH
  readonly left: number
  readonly calls: boolean
}

/** What came, round by round. */
function* socketRound(round: Round): HopRun {
  const { asks, intervalMs, enough, left, calls } = round
  let { open } = round
  const seen: Plain[] = []
  for (let n = left; n > 0; n--) {
    const heard = yield* askOn(asks, open, intervalMs, ENOUGH[enough])
    seen.push(heard.arrivals.map(r => [r.from, r.value]))
    if (heard.arrivals.length > 0 && ENOUGH[enough](heard.arrivals)) break
    open = heard.open.map(({ ticket }) => ticket)
    if (calls && n > 1) return [...seen, yield* call('socket', { ...round, open, left: n - 1 } as unknown as Plain)]
  }
  return seen
}

function* runBody(body: readonly Statement[], query: string, fair: boolean): HopRun {
  const name = (template: string): string => template.replace('$', query)
  const target = (to: To): Ask => ({ hop: `h${to.hop}`, query: name(to.query).slice(0, 6) })
  let seen = 0
  const saw = (value: Plain): void => { seen = (seen * 3 + code(value) + 1) % 7 }
  for (const s of body) {
    switch (s.do) {
      case 'pick': {
        const key = s.key && { key: name(s.key) }
        saw(yield* pick({ at: s.at, options: s.odds.map((_, i) => i), odds: rationals(s.odds), ...key }))
        break
      }
      case 'unknown': {
        const options = Array.from({ length: s.options }, (_, i) => `w${i}`)
        saw(yield* pick({ at: `is ${s.key}?`, options, key: name(s.key) }))
        break
      }
      case 'call': saw(yield* call(target(s.to).hop, target(s.to).query)); break
      case 'sleep': if (seen % 4 >= s.when) yield* sleep(s.ms); break
      case 'get': if (!fair) saw((yield* get(name(s.cell))) ?? 'none'); break
      case 'put': if (!fair) yield* put(name(s.cell), `v${seen % 3}`, s.lifeMs); break
      case 'socket': {
        const round: Round = { asks: s.to.map(target), open: [], intervalMs: s.intervalMs, enough: s.enough, left: s.rounds, calls: s.calls }
        saw(yield* call('socket', round as unknown as Plain))
        break
      }
      case 'stop': if (seen % 3 === s.when) return `v${seen % 3}`; break
      case 'lose': if (seen % 3 === s.when) return LOST; break
      case 'cache': {
        const from = target(s.to)
        const cell = fair ? text([name(s.cell), from.hop, from.query, s.lives, s.stores]) : name(s.cell)
        const [value, ageMs] = (yield* throughCache(cell, from, s.lives, s.stores)) as readonly [Plain, number]
        saw(fair ? value : [value, ageMs])
        break
      }
      case 'ask': {
        for (let n = 0; n < s.tries; n++) {
          const got = yield* ask(s.to.map(target), s.timeoutMs, s.enough && ENOUGH[s.enough])
          saw(got.map(r => [r.from, r.value]))
          if (got.length > 0) break
        }
      }
    }
    yield* note({ kind: 'saw', seen })
  }
  return `v${seen % 3}`
}

function* throughCache(cell: string, from: Ask, lives: readonly number[], stores: boolean): HopRun {
  const lifeMs = (value: Plain): number => (value === LOST || value === LOOP ? 0 : lives[code(value) % 3]!)
  const fill: Fill = { from, lifeMs, ...(stores && { stores: (value: Plain) => [value, 'stored'] }) }
  const held = yield* get(cell, fill)
  if (held) return [held.value, held.ageMs]
  const value = yield* call(from.hop, from.query)
  const stored = stores ? [value, 'stored'] : value
  if (lifeMs(value) > 0) yield* put(cell, stored, lifeMs(value))
  return [stored, -1]
}

function rationals(odds: readonly number[]): Rational[] {
  const total = odds.reduce((a, b) => a + b, 0)
  return odds.map(o => (o === 0 ? [0n, 1n] : total % o === 0 ? [1n, BigInt(total / o)] : [BigInt(o), BigInt(total)]))
}

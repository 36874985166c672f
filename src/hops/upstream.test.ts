import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LOST, type Effect, type Hop, type Plain } from '../chain/effects.ts'
import type { UpstreamModel, ViewEntry } from '../chain/model.ts'
import { lineSource } from '../chain/source.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../dns/message.ts'
import { upstreamHop, upstreamUnknowns } from './upstream.ts'

const SOA: ResourceRecord = { name: 'corp.example.', type: 'SOA', ttlS: 60, data: 'ns. h. 1 2 3 4 60' }
const source = lineSource('log', 1, 'line')
const reply = (rcode: Reply['rcode'], answer: readonly ResourceRecord[] = [], flags: readonly string[] = ['rd', 'ra']): Reply =>
  ({ rcode, flags, answer, authority: answer.length === 0 && rcode !== 'SERVFAIL' ? [SOA] : [], additional: [] })
const a = (name: string, data: string): ResourceRecord => ({ name, type: 'A', ttlS: 300, data })
const cname = (name: string, data: string): ResourceRecord => ({ name, type: 'CNAME', ttlS: 300, data })
const seen = (name: string, type: string, ...replies: readonly Reply[]): ViewEntry =>
  ({ name, type, replies: replies.map(r => ({ reply: r, count: 1, sources: [source] })) })
const upstream = (view: readonly ViewEntry[], reachable: UpstreamModel['reachable'] = 'yes'): UpstreamModel =>
  ({ address: '10.0.0.53', port: 53, view, reachable, reachableSources: [] })

type World = ReadonlyMap<string, Plain>
interface Ended { readonly world: World; readonly values: readonly Plain[] }

/** Every world of the questions asked one after the other: unknowns are drawn once. */
function worlds(model: UpstreamModel, queries: readonly Partial<DnsQuery>[]): Ended[] {
  const hop = (upstreamHop(model)[0] as [string, Hop])[1]
  const ended: Ended[] = []
  const pending: World[] = [new Map()]
  while (pending.length > 0) {
    const world = pending.pop() as World
    const values: Plain[] = []
    let open: Effect | undefined
    for (const query of queries) {
      const run = hop({ transport: 'udp', rd: true, ...query } as unknown as Plain)
      let step = run.next()
      while (!step.done && !open) {
        if (step.value.op !== 'pick' || step.value.key === undefined) throw new Error(`unexpected ${step.value.op}`)
        if (!world.has(step.value.key)) open = step.value
        else step = run.next(world.get(step.value.key))
      }
      if (open) break
      values.push(step.value as Plain)
    }
    if (open?.op === 'pick') for (const option of open.options) pending.push(new Map([...world, [open.key as string, option]]))
    else ended.push({ world, values })
  }
  return ended.reverse()
}

const kind = (value: Plain): string => {
  if (typeof value === 'string') return value
  const { rcode, answer, cause } = value as unknown as Reply
  return [rcode, ...answer.map(r => r.data), ...(cause ? [`(${cause.kind})`] : [])].join(' ')
}
const outcomes = (model: UpstreamModel, name: string, type: string, more: Partial<DnsQuery> = {}): string[] =>
  worlds(model, [{ name, type, ...more }]).map(w => kind(w.values[0] as Plain))

describe('an upstream answers what it was seen to answer', () => {
  test('one reply is the reply, in the case of the question, with who denied it', () => {
    const model = upstream([seen(
      'a.corp.example.', 'A', reply('NOERROR', [a('a.corp.example.', '10.1.1.1')]),
    ), seen('b.corp.example.', 'A', reply('NXDOMAIN'))])
    const [only] = worlds(model, [{ name: 'A.corp.example.', type: 'A' }, { name: 'b.corp.example.', type: 'A' }])
    expect(only?.values).toEqual([
      { rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [a('A.corp.example.', '10.1.1.1')], authority: [], additional: [] },
      { rcode: 'NXDOMAIN', flags: ['rd', 'ra'], answer: [], authority: [SOA], additional: [], cause: {
        kind: 'denied', by: 'upstream 10.0.0.53',
      } },
    ])
  })

  test('several replies are an unknown of the question', () => {
    const model = upstream([seen(
      'a.corp.example.', 'A', reply('NOERROR', [a('a.corp.example.', '10.1.1.1')]), reply('NXDOMAIN'), reply('SERVFAIL'),
    )])
    expect(outcomes(model, 'a.corp.example.', 'A')).toEqual(['NOERROR 10.1.1.1', 'NXDOMAIN (denied)', 'SERVFAIL (failed)'])
    expect(upstreamUnknowns(model, [{ name: 'a.corp.example.', type: 'A' }])).toEqual([
      { key: 'view 10.0.0.53 a.corp.example. A', options: ['10.1.1.1', 'NXDOMAIN', 'SERVFAIL'] },
    ])
  })

  test('a name nobody asked: it exists or not, and then has the type or not', () => {
    expect(outcomes(upstream([]), 'new.example.', 'A')).toEqual([
      'NOERROR unknown', 'NOERROR (denied)', 'NXDOMAIN (denied)', 'SERVFAIL (failed)',
    ])
    expect(upstreamUnknowns(
      upstream([]), [{ name: 'new.example.', type: 'A' }, { name: 'new.example.', type: 'AAAA' }],
    ).map(u => u.key)).toEqual([
      'view 10.0.0.53 new.example.', 'view 10.0.0.53 new.example. A', 'view 10.0.0.53 new.example. AAAA',
    ])
  })

  test('NXDOMAIN for one type is NXDOMAIN for all, and for all names below', () => {
    const model = upstream([seen('gone.corp.example.', 'A', reply('NXDOMAIN'))])
    expect(outcomes(model, 'gone.corp.example.', 'AAAA')).toEqual(['NXDOMAIN (denied)'])
    expect(outcomes(model, 'x.y.gone.corp.example.', 'A')).toEqual(['NXDOMAIN (denied)'])
    expect(outcomes(model, 'notgone.corp.example.', 'A')).toHaveLength(4)
  })

  test('nothing is derived from an NXDOMAIN above a name that the same server answers', () => {
    const model = upstream([
      seen('corp.example.', 'A', reply('NXDOMAIN')), seen('a.corp.example.', 'A', reply('NOERROR', [a('a.corp.example.', '10.1.1.1')])),
    ])
    expect(outcomes(model, 'b.corp.example.', 'A')).toHaveLength(4)
  })

  test('a name that exists for one type, or has something below it, has another type or not', () => {
    const model = upstream([seen('a.corp.example.', 'A', reply('NOERROR'))])
    for (const name of ['a.corp.example.', 'corp.example.']) {
      expect(outcomes(model, name, 'AAAA')).toEqual(['NOERROR unknown', 'NOERROR (denied)'])
    }
  })

  test('the other type of a name that comes and goes comes and goes with it', () => {
    const model = upstream([seen('a.corp.example.', 'A', reply('NOERROR', [a('a.corp.example.', '10.1.1.1')]), reply('NXDOMAIN'))])
    const both = worlds(model, [{ name: 'a.corp.example.', type: 'A' }, { name: 'a.corp.example.', type: 'AAAA' }])
    expect(both.map(w => w.values.map(kind).join(' + '))).toEqual([
      'NOERROR 10.1.1.1 + NOERROR unknown', 'NOERROR 10.1.1.1 + NOERROR (denied)', 'NXDOMAIN (denied) + NXDOMAIN (denied)',
    ])
  })

  test('an alias chain is kept whole, stands for every type, and answers for the names inside it', () => {
    const chain = [cname('www.example.', 'cdn.example.'), a('cdn.example.', '192.0.2.1')]
    const model = upstream([seen('www.example.', 'A', reply('NOERROR', chain))])
    expect(outcomes(model, 'www.example.', 'A')).toEqual(['NOERROR cdn.example. 192.0.2.1'])
    expect(outcomes(model, 'www.example.', 'CNAME')).toEqual(['NOERROR cdn.example.'])
    expect(outcomes(model, 'cdn.example.', 'A')).toEqual(['NOERROR 192.0.2.1'])
    expect(outcomes(model, 'www.example.', 'AAAA')).toEqual(['NOERROR cdn.example. unknown', 'NOERROR cdn.example. (denied)'])
  })

  test('aliases in a circle end', () => {
    const model = upstream([seen(
      'a.example.', 'CNAME', reply('NOERROR', [cname('a.example.', 'b.example.')]),
    ), seen('b.example.', 'CNAME', reply('NOERROR', [cname('b.example.', 'a.example.')]))])
    expect(outcomes(model, 'a.example.', 'A')[0]).toMatch(/^SERVFAIL/)
  })

  test('unreachable, now and then, or never asked', () => {
    const view = [seen('a.example.', 'A', reply('NOERROR', [a('a.example.', '10.1.1.1')]))]
    expect(outcomes(upstream(view, 'no'), 'a.example.', 'A')).toEqual([LOST])
    expect(outcomes(upstream(view, 'sometimes'), 'a.example.', 'A')).toEqual(['NOERROR 10.1.1.1', LOST])
    expect(outcomes(upstream(view, 'unknown'), 'a.example.', 'A')).toEqual(['NOERROR 10.1.1.1'])
    expect(upstreamUnknowns(
      upstream([], 'unknown'), [{ name: 'a.example.', type: 'A' }],
    )[0]).toEqual({ key: 'up 10.0.0.53', options: ['yes', 'no'] })
  })

  test('a truncated reply comes over UDP, the rest over TCP', () => {
    const cut = reply('NOERROR', [a('big.example.', '10.1.1.1')], ['tc', 'rd', 'ra'])
    const all = reply('NOERROR', Array.from({ length: 60 }, (_, i) => a('big.example.', `10.1.1.${i + 1}`)))
    const only = upstream([seen('big.example.', 'A', cut)])
    expect(worlds(
      only, [{ name: 'big.example.', type: 'A' }, { name: 'big.example.', type: 'A', transport: 'tcp' }],
    )[0]?.values.map(v => (v as unknown as Reply).flags)).toEqual([['tc', 'rd', 'ra'], ['rd', 'ra']])
    const both = upstream([seen('big.example.', 'A', cut, all)])
    const lengths = [
      {}, { edns: { sizeBytes: 1232 } }, { transport: 'tcp' as const },
    ].map(more => worlds(both, [{ name: 'big.example.', type: 'A', ...more }]).map(w => (w.values[0] as unknown as Reply).answer.length))
    expect(lengths).toEqual([[1], [60], [60]])
  })
})

// A world as it might be: names with the types they have; a name above one that exists exists too.
const LABELS = ['a', 'b', 'c']
const TYPES = ['A', 'AAAA', 'TXT']
const nameOf = fc.array(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 3 }).map(l => `${l.join('.')}.`)
const truthOf = fc.uniqueArray(fc.tuple(nameOf, fc.subarray(TYPES)), { selector: t => t[0], maxLength: 6 }).map(t => new Map(t))
type Truth = ReadonlyMap<string, readonly string[]>

const exists = (truth: Truth, name: string): boolean => [...truth.keys()].some(n => n === name || n.endsWith(`.${name}`))
const truly = (truth: Truth, name: string, type: string): Reply => {
  if (!exists(truth, name)) return reply('NXDOMAIN')
  return reply('NOERROR', truth.get(name)?.includes(type) ? [{ name, type, ttlS: 60, data: `${type} of ${name}` }] : [])
}
const shape = (value: Plain): string => {
  const { rcode, answer } = value as unknown as Reply
  return rcode === 'NOERROR' ? (answer.length > 0 ? 'answer' : 'NODATA') : rcode
}

describe('any view of any world', () => {
  const cases = fc.record({ truth: truthOf, asked: fc.uniqueArray(
    fc.tuple(nameOf, fc.constantFrom(...TYPES)), { selector: t => t.join(' '), maxLength: 8 },
  ), name: nameOf })

  test('every world fits together across types, and the true one is among them', () => {
    fc.assert(fc.property(cases, ({ truth, asked, name }) => {
      const model = upstream(asked.map(([n, t]) => seen(n, t, truly(truth, n, t))))
      const all = worlds(model, TYPES.map(type => ({ name, type }))).map(w => w.values.map(shape))
      for (const shapes of all) {
        const rcodes = new Set(shapes.map(s => (s === 'answer' || s === 'NODATA' ? 'exists' : s)))
        expect([...rcodes], `${name}: ${shapes}`).toHaveLength(1)
      }
      expect(all.map(s => s.join())).toContain(TYPES.map(type => shape(truly(truth, name, type) as unknown as Plain)).join())
    }), { numRuns: 400, seed: 8020 })
  })

  test('the same picks give the same effects and the same reply', () => {
    fc.assert(fc.property(cases, fc.infiniteStream(fc.nat(5)), ({ truth, asked, name }, draws) => {
      const replies = [truth, new Map<string, readonly string[]>()]
      const model = upstream(asked.map(([n, t]) => seen(n, t, ...replies.map(r => truly(r, n, t)))), 'sometimes')
      const taken: number[] = []
      const trace = (choose: (options: readonly Plain[], nth: number) => Plain): unknown[] => {
        const run = (upstreamHop(model)[0] as [string, Hop])[1]({ name, type: 'A', transport: 'udp' })
        const effects: unknown[] = []
        let step = run.next()
        while (!step.done) {
          effects.push(step.value)
          step = run.next(step.value.op === 'pick' ? choose(step.value.options, effects.length - 1) : undefined)
        }
        return [...effects, step.value]
      }
      const first = trace(options => {
        taken.push((draws.next().value as number) % options.length)
        return options[taken.at(-1) as number]
      })
      expect(trace((options, nth) => options[taken[nth] as number])).toEqual(first)
    }), { numRuns: 300, seed: 8020 })
  })
})

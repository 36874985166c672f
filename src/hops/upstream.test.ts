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

describe('what stands in a reply of an upstream', () => {
  const only = (model: UpstreamModel, query: Partial<DnsQuery>): Reply => {
    const [world, ...more] = worlds(model, [query])
    expect(more).toEqual([])
    return world?.values[0] as unknown as Reply
  }
  const bare = (rcode: Reply['rcode'], more: Partial<Reply> = {}): Reply => ({ rcode, flags: ['ra'], answer: [], authority: [], additional: [], ...more })

  test('the cause is named for each way of having no answer, and there is none for an answer', () => {
    const replies = { REFUSED: bare('REFUSED'), SERVFAIL: bare('SERVFAIL'), NXDOMAIN: bare('NXDOMAIN'), NOERROR: bare('NOERROR') }
    const causes = Object.values(replies).map(r => only(upstream([seen('a.example.', 'A', r)]), { name: 'a.example.', type: 'A' }).cause)
    const by = 'upstream 10.0.0.53'
    expect(causes).toEqual([{ kind: 'refused', by }, { kind: 'failed', by, detail: 'SERVFAIL' }, { kind: 'denied', by }, { kind: 'denied', by }])
    const cut = bare('NOERROR', { flags: ['tc', 'ra'] })
    expect(only(upstream([seen('a.example.', 'A', cut)]), { name: 'a.example.', type: 'A' }).cause).toEqual({ kind: 'truncated', by })
    const any = bare('NOERROR', { answer: [a('a.example.', '10.1.1.1')] })
    expect(only(upstream([seen('a.example.', 'ANY', any)]), { name: 'a.example.', type: 'ANY' }).cause).toBeUndefined()
    expect(only(upstream([seen('a.example.', 'ANY', bare('NOERROR'))]), { name: 'a.example.', type: 'ANY' }).cause).toEqual({ kind: 'denied', by })
  })

  test('flags, EDNS, question and additional records are those that were seen; RD is the client\'s, EDNS comes to those who offer it', () => {
    const other = { name: 'other.example.', type: 'A' }
    const whole = bare('NOERROR', { flags: ['aa', 'ad', 'rd'], answer: [a('a.example.', '10.1.1.1')], additional: [a('ns.example.', '10.1.1.2')], edns: { sizeBytes: 1232 }, question: other })
    const model = upstream([seen('a.example.', 'A', whole)])
    const plainly = only(model, { name: 'a.example.', type: 'A', rd: false })
    expect([plainly.flags, plainly.edns, plainly.question, plainly.additional]).toEqual([['aa', 'ad'], undefined, other, [a('ns.example.', '10.1.1.2')]])
    expect(only(model, { name: 'a.example.', type: 'A', edns: { sizeBytes: 4096 } }).edns).toEqual({ sizeBytes: 1232 })
    // Nobody saw this one: it is that of a server that offers recursion.
    expect(new Set(worlds(upstream([]), [{ name: 'new.example.', type: 'A' }]).map(w => (w.values[0] as unknown as Reply).flags.join()))).toEqual(new Set(['rd,ra']))
  })

  test('a denial that nobody saw carries the SOA of the nearest zone whose SOA was seen, else one made up for the parent', () => {
    const model = upstream([seen('gone.corp.example.', 'A', reply('NXDOMAIN'))])
    expect(only(model, { name: 'x.gone.corp.example.', type: 'A' }).authority).toEqual([SOA])
    const nowhere = worlds(upstream([]), [{ name: 'a.b.example.', type: 'A' }]).map(w => w.values[0] as unknown as Reply)
    expect(nowhere.filter(r => r.authority.length > 0).map(r => [r.rcode, r.authority])).toEqual([
      ['NOERROR', [{ name: 'b.example.', type: 'SOA', ttlS: 30, data: 'unknown. unknown. 0 0 0 0 30' }]],
      ['NXDOMAIN', [{ name: 'b.example.', type: 'SOA', ttlS: 30, data: 'unknown. unknown. 0 0 0 0 30' }]],
    ])
    expect(nowhere[0]?.answer).toEqual([{ name: 'a.b.example.', type: 'A', ttlS: 30, data: 'unknown' }])
  })

  test('what was seen cut only is whole over TCP, and begins with what was seen', () => {
    const cut = upstream([seen('big.example.', 'A', bare('NOERROR', { flags: ['tc'], answer: [a('big.example.', '10.1.1.1')] }))])
    expect(only(cut, { name: 'big.example.', type: 'A', transport: 'tcp' })).toMatchObject({ rcode: 'NOERROR', answer: [a('big.example.', '10.1.1.1')] })
    const empty = upstream([seen('big.example.', 'A', bare('NOERROR', { flags: ['tc'] }))])
    expect(outcomes(empty, 'big.example.', 'A', { transport: 'tcp' })).toEqual(['NOERROR unknown'])
  })

  test('a reply comes whole over UDP up to the last byte that the client takes', () => {
    const texts = Array.from({ length: 10 }, (): ResourceRecord => ({ name: 'big.example.', type: 'TXT', ttlS: 60, data: `"${'x'.repeat(50)}"` }))
    const [cut, all] = [bare('NOERROR', { flags: ['tc'] }), bare('NOERROR', { answer: texts, edns: { sizeBytes: 1232 } })]
    // Header, question, ten records with a pointer as owner, and the OPT record: 12 + 13 + 4 + 10 * (12 + 53) + 11.
    const model = upstream([seen('big.example.', 'TXT', cut, all)])
    const count = (sizeBytes: number): number[] => worlds(model, [{ name: 'big.example.', type: 'TXT', edns: { sizeBytes } }]).map(w => (w.values[0] as unknown as Reply).answer.length)
    expect([count(690), count(689), count(100)]).toEqual([[10], [0], [0]])
    const v6 = bare('NOERROR', { answer: Array.from({ length: 20 }, (_, i): ResourceRecord => ({ name: 'big.example.', type: 'AAAA', ttlS: 60, data: `2001:db8::${i}` })) })
    const six = upstream([seen('big.example.', 'AAAA', bare('NOERROR', { flags: ['tc'] }), v6)])
    expect([588, 589].map(sizeBytes => worlds(six, [{ name: 'big.example.', type: 'AAAA', edns: { sizeBytes } }]).map(w => (w.values[0] as unknown as Reply).answer.length))).toEqual([[0], [20]])
  })

  test('a referral says nothing about the name, however its NS records are mixed with others', () => {
    const ns: ResourceRecord = { name: 'sub.example.', type: 'NS', ttlS: 60, data: 'ns.sub.example.' }
    const ds: ResourceRecord = { name: 'sub.example.', type: 'DS', ttlS: 60, data: '1 8 2 aa' }
    const referral = upstream([seen('a.sub.example.', 'A', bare('NOERROR', { authority: [ns, ds] }))])
    expect(outcomes(referral, 'a.sub.example.', 'TXT')).toHaveLength(4)
    const denial = upstream([seen('a.sub.example.', 'A', bare('NOERROR', { authority: [ns, SOA] }))])
    expect(outcomes(denial, 'a.sub.example.', 'TXT')).toHaveLength(2)
  })

  test('a name that is now there and now not leaves what is above it alone, and a name below NXDOMAIN half seen follows it', () => {
    const flickers = seen('a.corp.example.', 'A', reply('NOERROR', [a('a.corp.example.', '10.1.1.1')]), reply('NXDOMAIN'))
    // corp.example. was denied, but a name below it answers at times: nothing follows from that denial.
    expect(outcomes(upstream([seen('corp.example.', 'A', reply('NXDOMAIN')), flickers]), 'b.corp.example.', 'A')).toHaveLength(4)
    const halfSilent = seen('gone.example.', 'A', reply('NXDOMAIN'), reply('SERVFAIL'))
    const both = worlds(upstream([halfSilent]), [{ name: 'gone.example.', type: 'A' }, { name: 'x.gone.example.', type: 'A' }])
    expect(both.filter(w => kind(w.values[0] as Plain).startsWith('NXDOMAIN')).map(w => kind(w.values[1] as Plain))).toEqual(['NXDOMAIN (denied)'])
    const types = worlds(upstream([halfSilent]), [{ name: 'gone.example.', type: 'A' }, { name: 'gone.example.', type: 'TXT' }])
    expect(types.filter(w => kind(w.values[0] as Plain).startsWith('NXDOMAIN')).map(w => kind(w.values[1] as Plain))).toEqual(['NXDOMAIN (denied)'])
  })

  test('whether it is up is asked with the evidence for it, and the port tells two servers of one address apart', () => {
    const hop = (upstreamHop({ ...upstream([], 'sometimes'), port: 5353, reachableSources: [source] })[0] as [string, Hop])
    expect(hop[0]).toContain('5353')
    expect(hop[1]({ name: 'a.example.', type: 'A', transport: 'udp' }).next().value).toMatchObject({ op: 'pick', key: 'up 10.0.0.53:5353', source })
    const [, plainHop] = upstreamHop(upstream([], 'sometimes'))[0] as [string, Hop]
    expect(plainHop({ name: 'a.example.', type: 'A', transport: 'udp' }).next().value).not.toHaveProperty('source')
  })

  test('aliases are followed eight times and no further', () => {
    const chain = (length: number): UpstreamModel => upstream([
      ...Array.from({ length }, (_, i) => seen(`n${i}.example.`, 'CNAME', reply('NOERROR', [cname(`n${i}.example.`, `n${i + 1}.example.`)]))),
      seen(`n${length}.example.`, 'A', reply('NOERROR', [a(`n${length}.example.`, '10.1.1.1')])),
    ])
    expect(only(chain(8), { name: 'n0.example.', type: 'A' }).answer.at(-1)?.data).toBe('10.1.1.1')
    expect(only(chain(9), { name: 'n0.example.', type: 'A' }).rcode).toBe('SERVFAIL')
  })
})

describe('what is derived from a view, and what is not', () => {
  const [yes, no, broken] = [reply('NOERROR', [a('a.corp.example.', '10.1.1.1')]), reply('NXDOMAIN'), reply('SERVFAIL')]
  const counts = (name: string, type: string, ...view: readonly ViewEntry[]): number => outcomes(upstream(view), name, type).length
  const ANYTHING = 4
  const EXISTS = 2

  test('an alias whose target is denied exists itself', () => {
    expect(counts('x.www.example.', 'A', seen('www.example.', 'A', reply('NXDOMAIN', [cname('www.example.', 'gone.example.')])))).toBe(ANYTHING)
  })

  test('a failure says nothing about the name, about those above and about those below', () => {
    const fails = seen('a.corp.example.', 'A', broken)
    expect(['a.corp.example.', 'corp.example.', 'x.a.corp.example.'].map(name => counts(name, 'TXT', fails))).toEqual([ANYTHING, ANYTHING, ANYTHING])
  })

  test('a referral of nothing but name servers says nothing', () => {
    const ns: ResourceRecord = { name: 'sub.example.', type: 'NS', ttlS: 60, data: 'ns.sub.example.' }
    expect(counts('a.sub.example.', 'TXT', seen('a.sub.example.', 'A', { ...reply('NOERROR', []), authority: [ns] }))).toBe(ANYTHING)
  })

  test('a denial reaches from the topmost label down, and never from the root', () => {
    expect(outcomes(upstream([seen('corp.', 'A', no)]), 'x.y.corp.', 'A')).toEqual(['NXDOMAIN (denied)'])
    expect(counts('x.y.corp.', 'A', seen('.', 'A', no))).toBe(ANYTHING)
  })

  test('an entry without replies is a question nobody asked', () => {
    expect(counts('a.corp.example.', 'A', seen('a.corp.example.', 'A'))).toBe(ANYTHING)
  })

  test('replies to one question that stand in two entries are all of its replies', () => {
    expect(outcomes(upstream([seen('a.corp.example.', 'A', yes), seen('a.corp.example.', 'A', no)]), 'a.corp.example.', 'A')).toEqual(['NOERROR 10.1.1.1', 'NXDOMAIN (denied)'])
  })

  test('the names inside an alias chain are answered from their place on, if it is the only chain that was seen', () => {
    const chain = (last: string): Reply => reply('NOERROR', [cname('www.example.', 'b.example.'), cname('b.example.', 'c.example.'), a('c.example.', last)])
    expect(outcomes(upstream([seen('www.example.', 'A', chain('192.0.2.1'))]), 'b.example.', 'A')).toEqual(['NOERROR c.example. 192.0.2.1'])
    expect(counts('b.example.', 'A', seen('www.example.', 'A', chain('192.0.2.1'), chain('192.0.2.2')))).toBe(ANYTHING)
  })

  test('a name exists when one of its types was answered, whatever another type got', () => {
    const mixed = [seen('a.corp.example.', 'A', yes), seen('a.corp.example.', 'AAAA', broken)]
    expect(counts('corp.example.', 'TXT', ...mixed)).toBe(EXISTS)
    const flickers = [seen('a.corp.example.', 'A', yes, no), seen('a.corp.example.', 'AAAA', broken), seen('corp.example.', 'A', no)]
    expect(counts('b.corp.example.', 'A', ...flickers)).toBe(ANYTHING)
    expect(counts('x.corp.', 'A', seen('corp.', 'A', reply('NOERROR', [a('corp.', '10.1.1.1')])), seen('corp.', 'TXT', no))).toBe(ANYTHING)
  })

  test('a record of another name is no alias, and two aliases are none that holds for other types', () => {
    expect(outcomes(upstream([seen('a.example.', 'A', reply('NOERROR', [cname('other.example.', 'x.example.')]))]), 'a.example.', 'TXT')).toEqual(['NOERROR unknown', 'NOERROR (denied)'])
    const two = seen('a.example.', 'A', reply('NOERROR', [cname('a.example.', 'x.example.')]), reply('NOERROR', [cname('a.example.', 'y.example.')]))
    expect(outcomes(upstream([two]), 'a.example.', 'TXT')).toEqual(['NOERROR unknown', 'NOERROR (denied)'])
  })

  test('what all replies say is not drawn: one reply, or denials that differ in their SOA', () => {
    const [only] = worlds(upstream([seen('a.corp.example.', 'A', yes)]), [{ name: 'a.corp.example.', type: 'A' }])
    expect(only?.world.size).toBe(0)
    const denials = seen('gone.example.', 'A', no, { ...no, authority: [{ ...SOA, data: 'ns. h. 9 2 3 4 60' }] })
    expect(counts('x.gone.example.', 'A', denials, seen('gone.example.', 'AAAA', broken))).toBe(1)
  })
})

describe('the unknowns of an upstream', () => {
  const drawnAt = (model: UpstreamModel, query: Partial<DnsQuery>): Effect => (upstreamHop(model)[0] as [string, Hop])[1]({ transport: 'udp', ...query } as unknown as Plain).next().value as Effect

  test('name the evidence of each reply that was seen, and none for what nobody saw', () => {
    const [first, second] = [lineSource('log', 1, 'line'), lineSource('log', 2, 'line')]
    const entry: ViewEntry = { name: 'a.example.', type: 'A', replies: [
      { reply: reply('NXDOMAIN'), count: 2, sources: [first, source] }, { reply: reply('SERVFAIL'), count: 1, sources: [second, source] },
    ] }
    expect(drawnAt(upstream([entry]), { name: 'a.example.', type: 'A' })).toMatchObject({ optionSources: [first, second] })
    expect(drawnAt(upstream([]), { name: 'a.example.', type: 'A' })).not.toHaveProperty('optionSources')
  })

  test('tell replies that read alike by their number', () => {
    const one = reply('NOERROR', [a('a.example.', '10.1.1.1')])
    const later = { ...one, flags: ['aa'] }
    expect(upstreamUnknowns(upstream([seen('a.example.', 'A', one, later)]), [{ name: 'a.example.', type: 'A' }])).toEqual([
      { key: 'view 10.0.0.53 a.example. A', options: ['10.1.1.1', '10.1.1.1 (2)'] },
    ])
  })

  test('are found behind one another: whether it is up, whether the name is there, whether it has the type', () => {
    expect(upstreamUnknowns(upstream([], 'unknown'), [{ name: 'a.example.', type: 'A' }]).map(u => u.key)).toEqual(['up 10.0.0.53', 'view 10.0.0.53 a.example.', 'view 10.0.0.53 a.example. A'])
  })

  test('are those of a question that comes over UDP', () => {
    const whole = (last: number): Reply => reply('NOERROR', Array.from({ length: 60 }, (_, i) => a('big.example.', `10.1.${last}.${i}`)))
    const model = upstream([seen('big.example.', 'A', reply('NOERROR', [], ['tc', 'ra']), whole(1), whole(2))])
    expect(upstreamUnknowns(model, [{ name: 'big.example.', type: 'A' }])).toEqual([])
    expect(drawnAt(model, { name: 'big.example.', type: 'A', transport: 'tcp' })).toMatchObject({ key: 'view 10.0.0.53 big.example. A' })
    expect(drawnAt(model, { name: 'big.example.', type: 'A', edns: { sizeBytes: 4096 } })).toMatchObject({ key: 'view 10.0.0.53 big.example. A' })
  })
})

describe('the size of a reply over UDP', () => {
  const answersOf = (model: UpstreamModel, query: Partial<DnsQuery>): number => (worlds(model, [query]) as [Ended]).map(w => (w.values[0] as unknown as Reply).answer.length)[0] ?? -1
  const cut: Reply = { rcode: 'NOERROR', flags: ['tc'], answer: [], authority: [], additional: [] }
  const record = (type: string, data: string): ResourceRecord => ({ name: 'big.example.', type, ttlS: 60, data })
  const size = (more: Partial<DnsQuery>, ...whole: readonly Partial<Reply>[]): number => {
    const type = 'TXT'
    const model = upstream([seen('big.example.', type, cut, ...whole.map(w => ({ ...cut, flags: ['ra'], ...w })))])
    return answersOf(model, { name: 'big.example.', type, ...more })
  }
  const HEAD = 12 + 13 + 4
  const text = (bytes: number): ResourceRecord => record('TXT', 'x'.repeat(bytes - 12 - 1))

  test('is 512 bytes for a client without EDNS', () => {
    expect([512, 513].map(bytes => size({}, { answer: [text(bytes - HEAD)] }))).toEqual([1, 0])
  })

  test('counts addresses exactly, and all three sections', () => {
    const forty = Array.from({ length: 40 }, (_, i) => record('A', `10.0.0.${i}`))
    expect([HEAD + 40 * 16, HEAD + 40 * 16 - 1].map(sizeBytes => size({ edns: { sizeBytes } }, { answer: forty }))).toEqual([40, 0])
    for (const section of ['authority', 'additional']) {
      expect([512, 513].map(bytes => size({}, { answer: [record('A', '10.0.0.1')], [section]: [text(bytes - HEAD - 16)] }))).toEqual([1, 0])
    }
  })

  test('must be that of every whole reply that was seen', () => {
    expect(size({}, { answer: [text(100)] }, { answer: [text(600)] })).toBe(0)
  })

  test('does not matter where it was never seen cut', () => {
    const model = upstream([seen('big.example.', 'TXT', { ...cut, flags: ['aa', 'ra'], answer: [text(900)] })])
    expect(worlds(model, [{ name: 'big.example.', type: 'TXT' }]).map(w => (w.values[0] as unknown as Reply).flags)).toEqual([['aa', 'rd', 'ra']])
    expect(answersOf(model, { name: 'big.example.', type: 'TXT' })).toBe(1)
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

// What rewrite's response rules do to a reply: plugin/rewrite/reverter.go and the rules of 1.9.3 to 1.15.0.
import { describe, expect, test } from 'vitest'
import type { Plain } from '../../chain/effects.ts'
import type { DnsQuery, Edns, Reply, ResourceRecord } from '../../dns/message.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'
import type { CorednsVersion, PluginSetup } from './plugin.ts'
import { questionOf, reverted, revertedEdns } from './rewrite-response.ts'
import type { ResponseRule } from './rewrite-rule.ts'
import { remap } from './rewrite-text.ts'

const query: DnsQuery = { name: 'a.test.', type: 'A', transport: 'udp', rd: true }
const record = (type: string, data: string, ttlS = 60): ResourceRecord => ({ name: 'b.test.', type, ttlS, data })
const cause = { kind: 'denied', by: 'x' } as const

function run(rules: readonly ResponseRule[], sections: Partial<Reply>, version: CorednsVersion = [1, 15, 0]) {
  const reply: Reply = { rcode: 'NXDOMAIN', flags: ['rd', 'ra'], answer: [], authority: [], additional: [], ...sections }
  const end = reverted({ version } as PluginSetup, query, { ...query, name: 'b.test.' }, reply, rules).next()
  if (!end.done) throw new Error('no effect was expected')
  return end.value
}
function replied(rules: readonly ResponseRule[], sections: Partial<Reply>, version?: CorednsVersion): Reply {
  const end = run(rules, sections, version)
  if ('failure' in end) throw new Error(end.failure)
  return end.reply
}

describe('rcode', () => {
  const rule: ResponseRule = { kind: 'rcode', from: 3, to: 0 }
  const rcode = (sections: Partial<Reply>, version?: CorednsVersion): string => replied([rule], sections, version).rcode

  test('works on each record and on the OPT, and since 1.14.7 on a reply with none of them', () => {
    for (const section of ['answer', 'authority', 'additional'] as const) expect(rcode({ [section]: [record('A', '10.0.0.1')] }, [1, 14, 6])).toBe('NOERROR')
    expect([rcode({ edns: { sizeBytes: 1232 } }, [1, 14, 6]), rcode({}, [1, 14, 6]), rcode({}, [1, 14, 7])]).toEqual(['NOERROR', 'NXDOMAIN', 'NOERROR'])
  })

  test('once a record: two rules can turn it back', () => {
    const back: ResponseRule = { kind: 'rcode', from: 0, to: 3 }
    expect(replied([rule, back], { answer: [record('A', '10.0.0.1')] }).rcode).toBe('NXDOMAIN')
    expect(replied([rule], { rcode: 'REFUSED', answer: [record('A', '10.0.0.1')] }).rcode).toBe('REFUSED')
  })

  test('takes the cause of the reply along only where it stays what it was', () => {
    expect(replied([rule], { cause, answer: [record('A', '10.0.0.1')] }).cause).toBeUndefined()
    expect(replied([rule], { cause, rcode: 'REFUSED' }).cause).toEqual(cause)
  })
})

describe('ttl', () => {
  const between = (minS: number, maxS: number): ResponseRule => ({ kind: 'ttl', minS, maxS })
  const edns = (rule: ResponseRule, given: Edns): Edns | undefined => replied([rule], { edns: given }).edns

  test('is kept within its bounds in every section', () => {
    const all = [5, 60, 600].map(ttlS => record('A', '10.0.0.1', ttlS))
    const { answer, authority, additional } = replied([between(30, 300)], { answer: all, authority: all, additional: all })
    expect([answer, authority, additional].map(records => records.map(r => r.ttlS))).toEqual([[30, 60, 300], [30, 60, 300], [30, 60, 300]])
  })

  test('of an OPT is its flags, so that DO comes and goes with it', () => {
    expect(edns(between(0, 300), { sizeBytes: 1232, do: true, options: [[3, '']] })).toEqual({ sizeBytes: 1232, options: [[3, '']] })
    expect(edns(between(0x8000, 0x8000), { sizeBytes: 1232 })).toEqual({ sizeBytes: 1232, do: true })
    expect(edns(between(0, 0x8000), { sizeBytes: 1232, do: true })).toEqual({ sizeBytes: 1232, do: true })
    expect(edns(between(0x7fff, 0x7fff), { sizeBytes: 1232 })).toEqual({ sizeBytes: 1232 })
  })
})

test('names in data are rewritten where their type has them, of PTR since 1.9.4', () => {
  const rule: ResponseRule = { kind: 'value', rewrite: text => text.replace('b.', 'a.') }
  const data = (type: string, text: string, version?: CorednsVersion): string => replied([rule], { answer: [record(type, text)] }, version).answer[0]?.data ?? ''
  expect([['CNAME', 'b.test.'], ['DNAME', 'b.test.'], ['NS', 'b.test.'], ['SOA', 'b.test. b.test. 1 2 3 4 5'], ['MX', '10 b.test.'], ['SRV', '0 0 53 b.test.'], ['NAPTR', '1 1 "b." "" "" b.test.'], ['TXT', '"b.test."']]
    .map(([type, text]) => data(type as string, text as string)))
    .toEqual(['a.test.', 'a.test.', 'a.test.', 'a.test. b.test. 1 2 3 4 5', '10 a.test.', '0 0 53 a.test.', '1 1 "b." "" "" a.test.', '"b.test."'])
  expect([data('PTR', 'b.test.', [1, 9, 3]), data('PTR', 'b.test.', [1, 9, 4]), data('MX', '10')]).toEqual(['b.test.', 'a.test.', '10'])
})

test('owners are rewritten, and the question is the client’s again', () => {
  const reply = replied([{ kind: 'name', rewrite: text => text.replace('b.', 'a.') }], { answer: [record('A', '10.0.0.1')], flags: ['tc', 'rd', 'ra'], question: { name: 'x.', type: 'MX' } })
  expect(reply).toEqual({ rcode: 'NXDOMAIN', flags: ['tc', 'rd', 'ra'], answer: [{ ...record('A', '10.0.0.1'), name: 'a.test.' }], authority: [], additional: [], question: { name: 'a.test.', type: 'A' } })
})

test('the question has a class where one of the two queries says it', () => {
  expect([questionOf(query, query), questionOf({ ...query, class: 'CH' }, query), questionOf(query, { ...query, class: 'CH' })].map(q => q.question.class)).toEqual([undefined, 'CH', 'IN'])
})

describe('an option that a rule put into the query', () => {
  const rule: ResponseRule = { kind: 'edns0', code: 10, hex: '0011' }

  test('is what it was, or gone, in the OPT of the reply: the first of its code', () => {
    const edns: Edns = { sizeBytes: 1232, options: [[3, 'aa'], [10, 'bb'], [10, 'cc']] }
    expect(revertedEdns(edns, [rule]).options).toEqual([[3, 'aa'], [10, '0011'], [10, 'cc']])
    expect(revertedEdns(edns, [{ kind: 'edns0', code: 10, hex: undefined }]).options).toEqual([[3, 'aa'], [10, 'cc']])
    expect(revertedEdns(edns, [{ kind: 'edns0', code: 5, hex: '00' }, { kind: 'ttl', minS: 0, maxS: 1 }]).options).toEqual(edns.options)
  })

  test('is a nil pointer up to 1.14.4 where the reply has no OPT', () => {
    const answer = [record('A', '10.0.0.1')]
    expect([run([rule], { answer }, [1, 14, 4]), 'reply' in run([rule], { answer }, [1, 14, 5])]).toEqual([{ failure: 'panic' }, true])
    expect(replied([rule], { answer, edns: { sizeBytes: 1232, options: [[10, 'bb']] } }, [1, 14, 4]).edns?.options).toEqual([[10, '0011']])
  })
})

test('remap changes a name and what lies below it, and nothing that merely ends alike', () => {
  expect(['b.test.', 'x.b.test.', 'xb.test.', 'test.', 'b.test.x.'].map(remap('b.test.', 'a.'))).toEqual(['a.', 'x.a.', 'xb.test.', 'test.', 'b.test.x.'])
})

describe('the target of an alias', () => {
  const upstream = (answers: Readonly<Record<string, Partial<Reply>>>) => function* (asked: Plain) {
    const { name } = asked as unknown as DnsQuery
    return { rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [], authority: [], additional: [], ...answers[name] } as unknown as Plain
  }
  const alias = (name: string, data: string): ResourceRecord => ({ name, type: 'CNAME', ttlS: 60, data })
  const address = (name: string, data: string): ResourceRecord => ({ name, type: 'A', ttlS: 60, data })
  const answers = { 'a.test.': { answer: [alias('a.test.', 'b.test.'), alias('b.test.', 'c.test.'), address('c.test.', '10.0.0.1')] }, 'n.test.': { flags: ['tc', 'rd', 'ra'], answer: [address('n.test.', '10.0.0.2'), address('o.test.', '10.0.0.3')] } }
  const asked = (version: string): unknown => {
    const reply = oneCoredns(version, '. {\n rewrite cname exact b.test. n.test.\n forward . 10.0.0.53\n}\n', { '10.0.0.53': upstream(answers) }).ask({ name: 'a.test.', transport: 'tcp' })
    return typeof reply === 'object' && 'answer' in reply ? [reply.flags.includes('tc'), ...(reply as Reply).answer.map(r => `${r.name} ${r.data}`)] : reply
  }

  test('is another, with what the server answers for that behind it; since 1.14.2 the aliases behind it go', () => {
    expect(asked('1.14.1')).toEqual([true, 'a.test. n.test.', 'b.test. n.test.', 'n.test. 10.0.0.2'])
    expect(asked('1.14.2')).toEqual([true, 'a.test. n.test.', 'n.test. 10.0.0.2', 'o.test. 10.0.0.3'])
  })

  test('takes its TC flag along since 1.12.2', () => {
    expect((asked('1.12.1') as unknown[])[0]).toBe(false)
    expect((asked('1.12.2') as unknown[])[0]).toBe(true)
  })
})

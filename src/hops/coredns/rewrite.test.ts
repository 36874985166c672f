// Rules of `rewrite` as the set-up reads them, and what becomes of a query: plugin/rewrite/ of the releases.
import { describe, expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'
import type { CorednsVersion } from './plugin.ts'
import { readRule } from './rewrite.ts'
import type { RuleRefused } from './rewrite-text.ts'

const LAST: CorednsVersion = [1, 15, 0]
const words = (rule: string): readonly string[] => rule.split(' ').filter(word => word !== '')
function refused(rule: string, version = LAST): string {
  try {
    readRule(words(rule), version)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
/** The name that a rule makes of one; undefined: it does not fit. */
function renamed(rule: string, name: string, metadata: Readonly<Record<string, string>> = {}, version = LAST): string | undefined {
  const query = { name, type: 'A', transport: 'udp', rd: true } as DnsQuery
  const applied = readRule(words(rule), version).apply(query, { metadata: (label: string) => metadata[label], localAddress: '10.0.0.1', local: new Set() } as never)
  return applied.done ? applied.query.name : undefined
}

describe('a rule is refused', () => {
  test.each([
    ['', 'no rule type specified for rewrite'], ['stop', 'stop rule must begin with a rule type'], ['CONTINUE', 'continue rule must begin with a rule type'], ['answer name a b', 'response rewrites must begin with a name rule'],
    ['stop answer name a b', 'response rewrites must begin with a name rule'], ['odd a b', 'invalid rule type "odd"'], ['name a', 'too few arguments for a name rule'],
    ['name odd a b', 'name rule supports only exact, prefix, suffix, substring, and regex name matching, received: odd'],
    ['name exact a b odd', 'invalid arguments for exact rule'], ['name exact a b odd auto', 'exceeded the number of arguments for a non-answer rule argument for exact rule'], ['name suffix a b answer odd', 'invalid type "odd" for answer rule for suffix rule'],
    ['name regex a b answer auto answer', 'type missing for answer rule for regex rule'], ['name suffix a b answer name', 'name answer rule for suffix rule: 2 arguments required'], ['name suffix a b answer name x', 'name answer rule for suffix rule: 2 arguments required'],
    ['name suffix a b answer value ( x', 'value answer rule for suffix rule: invalid regex matching pattern: ('], ['name suffix a b answer auto answer name x y', 'auto name answer rule cannot be combined with explicit name anwer rules'],
    ['name regex a {1}', 'the rewrite regex pattern ({1}) uses more subexpressions than its corresponding matching regex pattern (a)'], ['name regex (a) {100}{0}', 'the rewrite regex pattern ({100}{0}) uses more subexpressions than its corresponding matching regex pattern ((a))'],
    ['name regex a {0}', 'the rewrite regex pattern ({0}) uses more subexpressions than its corresponding matching regex pattern (a)'],
    ['ttl a', 'too few (1) arguments for a ttl rule'], ['ttl exact a 5 6', 'invalid TTL \'\' for a ttl rule'], ['ttl odd a 5', 'ttl rule supports only exact, prefix, suffix, substring, and regex name matching'],
  ])('%s: %s', (rule, text) => {
    expect(refused(rule)).toBe(text)
  })

  test.each(['name a b', 'name exact a b answer auto', 'name suffix a b answer name x y value z w', 'name suffix a b answer name x y answer value z w', 'name regex (a) {1}', 'name regex (a)(b) {0}{1}', 'name suffix a b answer auto value x y', 'ttl a 5', 'ttl exact a 5', 'cname exact a b', 'rcode a NXDOMAIN NOERROR'])('and not: %s', rule => {
    expect(refused(rule)).toBe('')
  })

  test('of a kind that came later', () => {
    expect([refused('cname exact a b', [1, 10, 1]), refused('cname exact a b', [1, 11, 0])]).toEqual(['invalid rule type "cname"', ''])
    expect([refused('rcode a NXDOMAIN NOERROR', [1, 11, 2]), refused('rcode a NXDOMAIN NOERROR', [1, 11, 3])]).toEqual(['invalid rule type "rcode"', ''])
  })

  test('for a type without a word of its own, for one that has it later, and for a number', () => {
    expect(['type WKS A', 'type TYPE1 A', 'type a NONE', 'class CLASS1 CH', 'class CS XX'].map(rule => refused(rule))).toEqual(
      ['invalid type "WKS"', 'invalid type "TYPE1"', 'invalid type "NONE"', 'invalid class "CLASS1"', 'invalid class "XX"'])
    expect([refused('type amtrelay A', [1, 10, 1]), refused('type amtrelay A', [1, 11, 0])]).toEqual(['invalid type "AMTRELAY"', ''])
  })

  test('for words too many of a ttl or rcode, which it takes for values that are missing', () => {
    expect([refused('ttl exact a 5 6'), refused('rcode exact a NXDOMAIN NOERROR x')]).toEqual(['invalid TTL \'\' for a ttl rule', 'invalid matching RCODE \'\' for a rcode rule'])
  })

  test('for the bad pattern of a cname rule, since 1.13.2; before, what it does later is not modelled', () => {
    const unmodelled = (version: CorednsVersion): unknown => {
      try {
        return readRule(words('cname regex ( b'), version)
      } catch (error) {
        return (error as RuleRefused).unmodelled
      }
    }
    expect([unmodelled([1, 13, 1]), unmodelled([1, 13, 2]), unmodelled(LAST)]).toEqual([true, false, false])
  })

  test('for an action it does not know: unset came with 1.12.3', () => {
    expect([refused('edns0 local unset 0xffee', [1, 12, 2]), refused('edns0 local unset 0xffee', [1, 12, 3]), refused('edns0 local odd 0xffee a')]).toEqual(['invalid action: "unset"', '', 'invalid action: "odd"'])
    expect([refused('edns0 odd unset', LAST), refused('edns0 odd set', LAST)]).toEqual(['invalid rule type "odd"', 'invalid rule type "odd"'])
  })

  test('for a pattern of more than 10,000 bytes, since 1.14.0', () => {
    const rule = (count: number): string => `name regex ${'a'.repeat(count)} b`
    expect([refused(rule(10_000)), refused(rule(10_001), [1, 13, 2])]).toEqual(['', ''])
    for (const version of [[1, 14, 0], LAST] as CorednsVersion[]) expect(refused(rule(10_001), version)).toBe('regex pattern too long: 10001 > 10000')
  })
})

test('the target of an exact cname rule is made a full name since 1.14.7', () => {
  const made = (version: CorednsVersion, target: string): unknown => {
    const { responses } = readRule(words('cname exact A.test b.test'), version).apply({ name: 'x.', type: 'A', transport: 'udp', rd: true } as DnsQuery, { metadata: () => undefined, local: new Set() } as never)
    const [rule] = responses
    return rule?.kind === 'cname' ? rule.retarget(target) : rule
  }
  expect([made([1, 14, 6], 'a.test.'), made([1, 14, 6], 'a.test'), made([1, 14, 7], 'a.test.')]).toEqual([undefined, 'b.test', 'b.test.'])
})

describe('names with metadata, since 1.15.0', () => {
  test.each([
    ['name regex (.*)\\.a\\.test\\. {1}.{kubernetes/ns}.b metadata', 'x.a.test.', 'x.prod.b.'], ['name regex (.*)\\.a\\.test\\. {0} metadata', 'x.a.test.', 'x.a.test..'], ['name regex (.*)\\.a\\.test\\. {1}.{none/label}.b metadata', 'x.a.test.', undefined],
    ['name regex (.*)\\.c\\.test\\. {1}.b metadata', 'x.a.test.', undefined], ['name regex .* Plain metadata', 'x.a.test.', 'plain.'],
  ])('%s makes of %s: %s', (rule, name, made) => {
    expect(renamed(rule, name, { 'kubernetes/ns': 'PROD' })).toBe(made)
  })
  test.each([
    ['name exact a b metadata', 'metadata is only supported for regex name rules'], ['name regex a x} metadata', 'unmatched closing brace in metadata name replacement'], ['name regex a {x metadata', 'unclosed placeholder in metadata name replacement'],
    ['name regex a {1} metadata', 'capture group 1 does not exist in name matching pattern'], ['name regex (a) {2} metadata', 'capture group 2 does not exist in name matching pattern'], ['name regex a {-1} metadata', 'capture group -1 does not exist in name matching pattern'],
    ['name regex a {odd} metadata', 'invalid metadata label "odd" in name replacement'], ['name regex a {a/{b} metadata', 'invalid metadata label "a/{b" in name replacement'], ['name regex a b metadata odd x', 'exceeded the number of arguments for a non-answer rule argument for regex rule'],
  ])('%s: %s', (rule, text) => {
    expect(refused(rule)).toBe(text)
  })
  test('were words too many before', () => {
    expect(refused('name regex a b metadata', [1, 14, 7])).toBe('invalid arguments for regex rule')
  })
})

describe('a query', () => {
  const seen: DnsQuery[] = []
  const upstream: Hop = function* (query) {
    seen.push(query as unknown as DnsQuery)
    return yield* (zone('b.test. 60 A 10.0.0.1') as (q: Plain) => ReturnType<Hop>)(query)
  }
  const ask = (rules: readonly string[], query: Partial<DnsQuery> & { readonly name: string }, version = '1.15.0'): unknown => {
    const reply = oneCoredns(version, `. {\n${rules.map(r => ` rewrite ${r}\n`).join('')} log\n errors\n forward . 10.0.0.9\n}\n`, { '10.0.0.9': upstream }).ask(query)
    return reply === LOST ? LOST : [reply.rcode, reply.question?.name, ...reply.answer.map(r => `${r.name} ${r.data}`)]
  }
  test('is turned back, where a rule says so, with the question that came', () => {
    expect(ask(['name exact a.test b.test'], { name: 'a.test.' })).toEqual(['NOERROR', undefined, 'a.test. 10.0.0.1'])
    expect(ask(['name suffix a.test b.test answer auto'], { name: 'a.test.' })).toEqual(['NOERROR', undefined, 'a.test. 10.0.0.1'])
  })
  test('whose rule has a block is read with all words of it', () => {
    expect(refusalOf('1.15.0', '. {\n rewrite name {\n  exact a.test b.test\n }\n}\n')).toBe('')
    expect(ask(['stop {\n  name exact a.test b.test\n }'], { name: 'a.test.' })).toEqual(['NOERROR', undefined, 'a.test. 10.0.0.1'])
    expect(ask(['stop {\n  name regex ^a\\.test\\.$ b.test\n  answer auto\n }'], { name: 'a.test.' })).toEqual(['NOERROR', undefined, 'a.test. 10.0.0.1'])
  })
  test('of which a rule makes no name is refused, with its class as it came', () => {
    const name = `${'x'.repeat(64)}.test`
    expect(ask([`name exact a.test ${name}`], { name: 'a.test.' })).toEqual(['SERVFAIL', undefined])
    expect(ask(['continue class IN CH', `name exact a.test ${name}`], { name: 'a.test.', class: 'IN' })).toEqual(['SERVFAIL', undefined])
  })
  test('can have the class CS, which nobody else has a word for', () => {
    seen.length = 0
    for (const rule of ['class cs IN', 'class CH IN']) ask([rule], { name: 'b.test.', class: 'CLASS2' })
    expect(seen.map(q => q.class)).toEqual([undefined, 'CLASS2'])
  })
  test('that nobody answers, and minimal writes as nothing, ends the reply of dns64 only where a rule has fitted', () => {
    const told = (rule: string): unknown => {
      const server = oneCoredns('1.14.5', `. {\n dns64 {\n  allow_ipv4\n }\n rewrite ${rule}\n minimal\n hosts none.txt\n}\n`, {}, { files: new Map([['/none.txt', { file: 'none.txt', text: '' }]]) })
      const reply = server.ask({ name: 'a.test.', type: 'AAAA', client: '10.0.0.1' })
      return reply === LOST ? LOST : reply.rcode
    }
    expect([told('name exact b.test c.test'), told('name exact a.test c.test')]).toEqual([LOST, 'SERVFAIL'])
  })
  test('that no rule fits goes on as it is', () => {
    seen.length = 0
    expect(ask(['name exact c.test d.test'], { name: 'b.test.' })).toEqual(['NOERROR', undefined, 'b.test. 10.0.0.1'])
    expect(seen.map(q => q.name)).toEqual(['b.test.'])
  })
})

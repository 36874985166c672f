// Which stanza of `template` answers, and with what: plugin/template/template.go of CoreDNS 1.8.6 to 1.15.0.
import { describe, expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { oneCoredns, zone } from '../../../test/support/one-coredns.ts'

const upstreams = { '10.0.0.1': zone('a.test. 60 A 9.9.9.9', 'a.test. 60 AAAA 9::9', 'a.test. 60 TXT 9', 'c.test. 60 A 1.1.1.1', 'a.else. 60 A 8.8.8.8') }
/** What became of it: the rcode and the data of each record, a letter for its section in front. */
function asked(stanzas: string, query: Partial<DnsQuery> = {}, version = '1.11.3'): string {
  const reply = oneCoredns(version, `. {\n template ${stanzas.replaceAll('\n\n', '\n template ')}\n forward . 10.0.0.1\n}\n`, upstreams).ask({ name: 'a.test.', client: '10.0.0.9', ...query })
  if (reply === LOST) return 'lost'
  const shown = (letter: string, records: typeof reply.answer): readonly string[] => records.filter(r => r.type !== 'SOA').map(r => `${letter} ${r.type} ${r.data}`)
  return [reply.rcode, ...shown('an', reply.answer), ...shown('ns', reply.authority), ...shown('ar', reply.additional)].join('; ')
}
const ANSWER = '{\n answer "{{ .Name }} 60 IN A 1.2.3.4"\n }'

describe('a stanza takes the questions', () => {
  const MINE = 'NOERROR; an A 1.2.3.4'
  test.each([
    ['IN A', {}, MINE], ['IN A', { type: 'AAAA' }, 'NOERROR; an AAAA 9::9'], ['IN ANY', { type: 'AAAA' }, MINE], ['ANY A', {}, MINE], ['CH A', {}, 'NOERROR; an A 9.9.9.9'], ['IN AAAA', { type: 'ANY' }, MINE], ['IN A', { type: 'TYPE255' }, MINE],
    ['IN A test', {}, MINE], ['IN A else', {}, 'NOERROR; an A 9.9.9.9'], ['IN A else test', {}, MINE], ['IN TXT', { type: 'A' }, 'NOERROR; an A 9.9.9.9'], ['IN A', { name: 'A.TEST.' }, MINE],
  ])('%s: %o', (head, query, end) => {
    expect(asked(`${head} ${ANSWER}`, query as Partial<DnsQuery>)).toBe(end)
  })

  test('whose name one of its patterns fits; the others fail, or fall through', () => {
    const matching = (patterns: string, more = ''): string => asked(`IN A {\n match ${patterns}\n${more} answer "{{ .Name }} 60 IN A {{ .Group.n }}"\n }`)
    expect([matching('^b (?P<n>^a)', ''), matching('^b')]).toEqual(['SERVFAIL', 'SERVFAIL'])
    expect([matching('^b', ' fallthrough\n'), matching('^b', ' fallthrough test\n'), matching('^b', ' fallthrough else\n')]).toEqual(['NOERROR; an A 9.9.9.9', 'NOERROR; an A 9.9.9.9', 'SERVFAIL'])
    expect(asked('IN A {\n match ^(?P<n>.)[.] ^a\n answer "{{ .Name }} 60 IN TXT {{ .Group.n }}-{{ index .Match 1 }}"\n }')).toBe('NOERROR; an TXT "a-a"')
  })

  test('of several stanzas the first that fits answers', () => {
    expect(asked('IN A {\n match ^b\n fallthrough\n }\n\nIN AAAA {\n answer "{{ .Name }} 60 IN A 5.5.5.5"\n }\n\nIN A {\n answer "{{ .Name }} 60 IN A 6.6.6.6"\n }')).toBe('NOERROR; an A 6.6.6.6')
  })

  test('what nothing fits got no answer before 1.9', () => {
    expect(['1.8.6', '1.9.3'].map(version => asked('IN A {\n match ^b\n }', {}, version))).toEqual(['lost', 'SERVFAIL'])
  })
})

describe('a stanza answers', () => {
  test('with records of its three sections, and its rcode', () => {
    expect(asked('IN A test {\n authority "{{ .Zone }} 60 IN NS n.{{ .Zone }}"\n additional "n.test. 60 IN A 7.7.7.7" "m.test. 60 IN A 7.7.7.8"\n answer "a.test. 60 IN A 1.1.1.1"\n answer "a.test. 60 IN A 2.2.2.2"\n }'))
      .toBe('NOERROR; an A 1.1.1.1; an A 2.2.2.2; ns NS n.test.; ar A 7.7.7.7; ar A 7.7.7.8')
    expect([asked('IN A {\n rcode NXDOMAIN\n }'), asked(`IN A {\n rcode SERVFAIL\n answer "x"\n }`), asked('IN A')]).toEqual(['NXDOMAIN', 'SERVFAIL', 'NOERROR'])
  })

  test('with the class and the type that were asked, or where that is ANY those of the stanza', () => {
    const text = '{\n answer "a. 60 IN TXT [{{ .Class }}-{{ .Type }}]"\n }'
    expect([asked(`IN A ${text}`), asked(`ANY ANY ${text}`, { type: 'AAAA' }), asked(`IN A ${text}`, { type: 'ANY' }), asked(`ANY ANY ${text}`, { type: 'TYPE65280' })])
      .toEqual(['IN-A', 'IN-AAAA', 'IN-A', 'IN-'].map(words => `NOERROR; an TXT "[${words}]"`))
  })

  test('with the end of a CNAME for an address, and with the CNAME alone for others', () => {
    const alias = '{\n match ^a\n answer "{{ .Name }} 60 IN CNAME c.test."\n fallthrough\n }'
    expect([asked(`IN ANY ${alias}`), asked(`IN ANY ${alias}`, { type: 'TXT' })]).toEqual(['NOERROR; an CNAME c.test.; an A 1.1.1.1', 'NOERROR; an CNAME c.test.'])
  })

  test('not where a template fails or makes no record', () => {
    expect([asked('IN A {\n answer "{{ index .Match 9 }}"\n }'), asked('IN A {\n answer "x"\n }'), asked('IN A {\n answer ""\n }'), asked('IN TXT {\n answer ""\n }', { type: 'TXT' }), asked('IN A test {\n authority ""\n }'), asked('IN TXT {\n additional ""\n }', { type: 'TXT' })])
      .toEqual(['SERVFAIL', 'SERVFAIL', 'SERVFAIL', 'lost', 'lost', 'SERVFAIL'])
  })

  test('with an extended error where it has one', () => {
    const edns = (words: string): unknown => {
      const reply = oneCoredns('1.11.3', `. {\n template IN A {\n rcode NXDOMAIN\n ederror ${words}\n }\n}\n`).ask({ name: 'a.', edns: { sizeBytes: 1232 } })
      return reply === LOST ? LOST : reply.edns
    }
    expect([edns('21 Blocked'), edns('300')]).toEqual([{ sizeBytes: 1232, do: true, options: [[15, '0015426c6f636b6564']] }, { sizeBytes: 1232, do: true, options: [[15, '012c']] }])
  })
})

describe('since 1.15 a stanza has variables and conditions', () => {
  const varied = (options: string, query = {}): string => asked(`IN A {\n match ^(?P<n>[a-z])[.]\n ${options}\n }`, query, '1.15.0')
  const text = (word: string): string => `answer "a. 60 IN TXT {{ ${word} }}"`

  test.each([
    ['1', '.Var.x', '1'], ['1.5', '.Var.x', '1.5'], ['true', '.Var.x', 'true'], ['name()', '.Var.x', 'a.test.'], ['[1, 2]', 'index .Var.x 1', '2'], ['[name(), type()]', 'len .Var.x', '2'], ['{`k`: [3]}', 'index .Var.x.k 0', '3'], ['nil', 'printf `%T` .Var.x', '<nil>'],
    ['group(1)', '.Var.x', 'a'], ['group(`n`)', '.Var.x', 'a'], ['group(0)', '.Var.x', 'a.'], ['group(`m`)', 'len .Var.x', '0'], ['group(9)', 'len .Var.x', '0'], ['group(true)', 'len .Var.x', '0'], ['group(1.0)', 'len .Var.x', '0'], ['len(name())', 'printf `%T` .Var.x', 'int'],
    ['[1, duration(`1s`)]', 'len .Var.x', undefined], ['duration(`1s`)', '.Var.x', undefined], ['{`k`: duration(`1s`)}', 'len .Var.x', undefined], ['now()', '.Var.x', undefined],
  ])('x = %s shown by %s is %s', (value, by, end) => {
    expect(varied(`var x ${value}\n ${text(by)}`)).toBe(end === undefined ? 'SERVFAIL' : `NOERROR; an TXT "${end}"`)
  })

  test('a variable may use the ones before it, and a condition all of them', () => {
    expect(varied(`var x 2\n var y x * 3\n expr y == 6\n ${text('.Var.y')}`)).toBe('NOERROR; an TXT "6"')
  })

  test('a condition that is not true fails, or falls through; an expression that fails does not fall through', () => {
    expect([varied('expr false'), varied('expr false\n fallthrough'), varied('expr 1\n fallthrough'), varied(`expr type() == \`A\`\n ${text('.Type')}`), varied('expr true\n expr false\n fallthrough')]).toEqual(['SERVFAIL', 'NOERROR; an A 9.9.9.9', 'NOERROR; an A 9.9.9.9', 'NOERROR; an TXT "A"', 'NOERROR; an A 9.9.9.9'])
    expect([varied('var x int(name())\n fallthrough'), varied('expr int(name()) == 1\n fallthrough')]).toEqual(['SERVFAIL', 'SERVFAIL'])
  })
})

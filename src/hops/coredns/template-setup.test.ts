// What a start says of `template`: each text as the binaries of 1.9.3, 1.11.3 and 1.15.0 print it.
import { expect, test } from 'vitest'
import { refusalOf } from '../../../test/support/one-coredns.ts'

const said = (version: string, stanza: string): string => refusalOf(version, `. {\n template ${stanza}\n}\n`).replace('plugin/template: Error during parsing: ', '')
const within = (option: string): string => `IN A {\n ${option}\n}`
const count = (after: string): string => `Wrong argument count or unexpected line ending after '${after}'`

test.each([
  ['', count('template')], ['IN', count('IN')], ['in A', 'invalid query class in'], ['CS A', ''], ['XX A', 'invalid query class XX'], ['NONE ANY', ''], ['HS A', ''], ['CH TXT a b', ''], ['IN a', 'invalid RR class a'], ['IN NOPE', 'invalid RR class NOPE'],
  ['IN None', ''], ['IN Reserved', ''], ['IN OPT', ''], ['IN TYPE1', 'invalid RR class TYPE1'], [within('match'), count('match')], [within('match a ('), 'could not parse regex: (, error parsing regexp: missing closing ): `(`'],
  [within('answer'), count('answer')], [within('additional'), count('additional')], [within('authority'), count('authority')], [within('answer "{{"'), 'could not compile template: {{, template: answer:1: unclosed action'],
  [within('answer a "{{foo}}"'), 'could not compile template: {{foo}}, template: answer:1: function "foo" not defined'], [within('rcode'), count('rcode')], [within('rcode x'), 'unknown rcode x'], [within('rcode nxdomain'), 'unknown rcode nxdomain'],
  [within('rcode NOTIMPL'), ''], [within('rcode 3'), 'unknown rcode 3'], [within('fallthrough'), ''], [within('fallthrough a b'), ''], [within('upstream x y'), ''], [within('upstream'), ''], [within('nope'), count('nope')], [within('ederror'), count('ederror')], [within('var'), count('var')],
  [within('expr'), count('expr')],
])('%s: "%s" in every release', (stanza, text) => {
  expect(['1.9.3', '1.11.3', '1.15.0'].map(version => said(version, stanza))).toEqual([text, text, text])
})

test.each([
  ['1.10.1', '1', ''], ['1.10.1', '1 a', ''], ['1.11.3', '1 a b', count('b')], ['1.11.3', 'x', 'error parsing extended DNS error code x, strconv.ParseUint: parsing "x": invalid syntax'], ['1.11.3', '65535', ''],
  ['1.15.0', '65536', 'error parsing extended DNS error code 65536, strconv.ParseUint: parsing "65536": value out of range'], ['1.15.0', '""', 'error parsing extended DNS error code , strconv.ParseUint: parsing "": invalid syntax'],
])('in %s ederror %s is "%s", before 1.10.1 it is none', (version, words, text) => {
  expect([said(version, within(`ederror ${words}`)), said('1.10.0', within(`ederror ${words}`))]).toEqual([text, count('ederror')])
})

test('parseInt came with 1.10, the words of types with their releases, and a bound of patterns with 1.14', () => {
  const number = within('answer "{{parseInt `1` 10 8}}"')
  expect([said('1.9.4', number), said('1.10.0', number)]).toEqual(['could not compile template: {{parseInt `1` 10 8}}, template: answer:1: function "parseInt" not defined', ''])
  expect(['1.10.1', '1.11.0'].map(version => said(version, 'IN AMTRELAY'))).toEqual(['invalid RR class AMTRELAY', ''])
  expect(['1.11.3', '1.11.4'].map(version => said(version, 'IN NXNAME'))).toEqual(['invalid RR class NXNAME', ''])
  expect(['1.12.0', '1.12.1'].map(version => said(version, 'IN RESINFO'))).toEqual(['invalid RR class RESINFO', ''])
  expect(said('1.15.0', within(`match ${'a'.repeat(10_000)}`))).toBe('')
  expect(['1.13.2', '1.14.0'].map(version => said(version, within(`match ${'a'.repeat(10_001)}`)))).toEqual(['', 'regex pattern too long: 10001 > 10000'])
})

const expression = (name: string, text: string, column: number, why: string): string => `could not compile expression: ${name}${why} (1:${column})\n | ${text}\n | ${'.'.repeat(column - 1)}^`
const RESERVED = ['name', 'len', 'nil', 'true', 'not', 'in', 'let', 'if', 'group']
test.each<readonly [string, string]>([
  ['var x', count('x')], ['var x 1', ''], ['var 1x 1', 'invalid variable name "1x"'], ['var x-y 1', 'invalid variable name "x-y"'],
  ...RESERVED.map((name): readonly [string, string] => [`var ${name} 1`, `variable name "${name}" is reserved`]), ['var x 1\n var x 2', 'variable name "x" is reserved'], ['var x 1\n var y x + 1', ''],
  ['var x 1\n var y x + "a"', expression('y, ', 'x + a', 5, 'unknown name a')], ['var y x', expression('y, ', 'x', 1, 'unknown name x')], ['expr true', ''], ['expr 1', ''], ['expr x', expression('', 'x', 1, 'unknown name x')], ['expr 1 +', expression('', '1 +', 3, 'unexpected token EOF')],
  ['var x [1, 2]\n expr x[0] == 1', ''], ['var x nil\n expr x.a', expression('', 'x.a', 3, 'type interface {} has no field a')], ['var __x _', expression('__x, ', '_', 1, 'unknown name _')], ['var x group(1)\n var y group(2) + x', ''],
  ['var x group()', expression('x, ', 'group()', 1, 'not enough arguments to call group')],
])('since 1.15 %j is "%s"', (options, text) => {
  expect([said('1.15.0', within(options)), said('1.14.7', within(options))]).toEqual([text, count(options.slice(0, options.indexOf(' ')))])
})

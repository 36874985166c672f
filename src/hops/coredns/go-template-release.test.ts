// What text/template changed between the Go releases that CoreDNS is built with (said by each release, Go 1.21 to 1.26), and the bounds of ours.
import { expect, test } from 'vitest'
import { compileGoTemplate, type TemplateResult } from './go-template.ts'
import { goString, goStrings, goUint, type GoMethod, type GoStruct, type GoValue } from './go-value.ts'

const fields = new Map<string, GoValue>([['Name', goString('a.')], ['Match', goStrings(['a', 'b'])], ['Size', goUint(3, 'uint16')]])
const to: GoStruct = { kind: 'struct', type: 't.T', field: name => fields.get(name) }
const run = (text: string, minor: number, functions = new Map<string, GoMethod>()): TemplateResult => {
  const template = compileGoTemplate('t', text, functions, minor)
  return 'run' in template ? template.run({ kind: 'pointer', to }) : template
}
const each = (text: string, ...minors: readonly number[]): unknown => minors.map(minor => Object.values(run(text, minor))[0])

test('Go 1.23 reads else with, names what is called and is no function, and shows an assignment as one', () => {
  expect(each('{{with 0}}a{{else with 1}}b{{.}}{{end}}', 22, 23)).toEqual(['template: t:1: unexpected <with> in else', 'b1'])
  expect(each('{{call .Name}}', 22, 23)).toEqual(['', ' .Name'].map(named => `template: t:1:2: executing "t" at <call .Name>: error calling call: non-function${named} of type string`))
  expect(each('{{$x := 1}}{{index .Match ($x = 9)}}', 22, 23)).toEqual([':=', '='].map(sign => `template: t:1:13: executing "t" at <index .Match ($x ${sign} 9)>: error calling index: index out of range: 9`))
})

test('Go 1.24 ranges over numbers and counts the lines of comments', () => {
  expect(each('{{range 2}}{{.}}{{end}}', 23, 24)).toEqual(['template: t:1:8: executing "t" at <2>: range can\'t iterate over 2', '01'])
  expect(each('{{range .Size}}{{.}}{{end}}', 23, 24)).toEqual(['template: t:1:8: executing "t" at <.Size>: range can\'t iterate over 3', '012'])
  expect(each('{{/* a\nb */}}{{foo}}', 23, 24)).toEqual(['template: t:1: function "foo" not defined', 'template: t:2: function "foo" not defined'])
})

test('Go 1.25 names the types that do not compare, Go 1.26 slices through pointers', () => {
  expect(each('{{eq 1 "a"}}', 24, 25)).toEqual(['', ': int and string'].map(more => `template: t:1:2: executing "t" at <eq 1 "a">: error calling eq: incompatible types for comparison${more}`))
  expect(each('{{slice . 1}}', 25, 26)).toEqual(['*t.T', 't.T'].map(type => `template: t:1:2: executing "t" at <slice . 1>: error calling slice: can't slice item of type ${type}`))
})

const unmodelled = (text: string): boolean => 'unmodelled' in run(text, 26)

test('a template at a bound of ours is run, and one beyond it said to be not modelled', () => {
  expect([unmodelled('x'.repeat(2 ** 16)), unmodelled('x'.repeat(2 ** 16 + 1))]).toEqual([false, true])
  expect([unmodelled('{{range 8}}0123456789abcdef{{end}}'.replace('8', '4096')), unmodelled('{{range 4096}}0123456789abcdef{{end}}x')]).toEqual([false, true])
  const nested = (depth: number): string => `{{${'('.repeat(depth)}1${')'.repeat(depth)}}}`
  expect([unmodelled(nested(200)), unmodelled(nested(201)), unmodelled(nested(150).repeat(2))]).toEqual([false, true, false])
  const called = (depth: number): string => `${Array.from({ length: depth }, (_, i) => `{{define "t${i}"}}{{template "t${i + 1}"}}{{end}}`).join('')}{{define "t${depth}"}}x{{end}}{{template "t0"}}`
  expect([run(called(59), 26), unmodelled(called(60))]).toEqual([{ text: 'x' }, true])
  expect([unmodelled('{{printf "%10000d" 1}}'), unmodelled('{{printf "%10001d" 1}}'), unmodelled('{{printf "%.10001f" 1.5}}'), unmodelled('{{printf "%*d" 10000 1}}'), unmodelled('{{printf "%*d" 10001 1}}')]).toEqual([false, true, true, false, true])
})

test('what is not modelled is said with its name', () => {
  expect(['{{3i}}', '{{1+2i}}', '{{printf "%[1]d" 1}}', '{{printf "%#v" 1}}', '{{.}}', '{{printf "%s" .}}'].map(text => run(text, 26))).toEqual([
    { unmodelled: 'complex numbers in a template are not modelled' }, { unmodelled: 'complex numbers in a template are not modelled' }, { unmodelled: 'argument indexes of printf are not modelled' },
    { unmodelled: '%#v is not modelled' }, { unmodelled: 'printing a *t.T is not modelled' }, { unmodelled: 'printing a *t.T is not modelled' },
  ])
})

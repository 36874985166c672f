// Templates and data for package text/template of Go: by hand where a rule has an edge (template-cases.txt holds those of one line), and grown
// from a grammar, some of them damaged.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { damaged } from './damaged.ts'

export interface TemplateInput {
  readonly zone: string
  readonly name: string
  readonly match: readonly string[]
  readonly group: Readonly<Record<string, string>>
  readonly type: string
  readonly meta: Readonly<Record<string, string>>
}

export interface TemplateCase {
  readonly text: string
  readonly data: TemplateInput
}

const BY_HAND = [
  '', 'x', '{{ .Name }} 60 IN A 1.2.3.4', '{{.Name}} 60 {{.Class}} {{.Type}} {{index .Match 1}}', '{{ .Group.b }}', '{{.Group.none}}', '{{.Nope}}', '{{.md}}', '{{.Name.Foo}}', '{{.Name "x"}}',
  '{{.Meta "a/b"}}', '{{.Meta}}', '{{.Meta 1}}', '{{"a/b" | .Meta}}', '{{.Question.Name}} {{.Question.Qtype}}', '{{.Question}}', '{{.Question.String}}', '{{.Match}}', '{{.Group}}', '{{len .Match}} {{len .Name}}',
  '{{index .Match 9}}', '{{index .Match 3}}', '{{index .Match -1}}', '{{index .Match "a"}}', '{{index .Group "b"}}', '{{index .Group 1}}', '{{index .Name 0}}', '{{index nil 0}}', '{{index .Match}}', '{{index 1 2}}',
  '{{slice .Name 1 3}}', '{{slice .Match 1}}', '{{slice .Name 3 1}}', '{{slice .Name 1 2 3}}', '{{slice 1}}', '{{slice .Name 99}}', '{{parseInt "ff" 16 32}}', '{{parseInt "zz" 16 32}}', '{{parseInt "256" 10 8}}', '{{parseInt "1" 10}}',
  '{{parseInt 1 10 8}}', '{{parseInt .Name 10 8}}', '{{parseInt "0x1f" 0 64}}', '{{parseInt "1" 99 8}}', '{{parseInt "1" 10 99}}', '{{parseInt "" 10 8}}', '{{printf "%d.%d" 1 2}}', '{{printf "%02x" (parseInt "10" 10 8)}}',
  '{{printf "%s"}}', '{{printf "%s" 1}}', '{{printf "%d" "a"}}', '{{printf "%v %v" 1}}', '{{printf "a" 1 "b"}}', '{{printf "%"}}', '{{printf "%z" 1}}', '{{printf "%5.2f|%-5s|%05d|%+d|%x|%X|%q|%c|%U|%t|%e|%g" 3.14159 "ab" 42 7 255 "hi" "q" 65 66 true 12345.678 0.00001}}',
  '{{printf "%T %T %T %T %T %T" 1 "a" 1.5 true .Match .Group}}', '{{printf "%v" nil}}', '{{printf "%*d" 5 42}}', '{{printf "%q %v %s" .Match .Match .Match}}', '{{printf "%d" .Match}}', '{{printf "%6q|%-6v|" "a" true}}', '{{printf .Name}}', '{{printf 1}}', '{{printf}}',
  '{{print 1 2 "a" 3 "b" "c" nil}}', '{{println "a" 1}}', '{{print}}', '{{html "<a&\\"\'>"}}', '{{js "it\'s <b> \\\\"}}', '{{urlquery "a b&c/é"}}', '{{html .Group.none}}', '{{eq 1 1}} {{eq "a" "b" "a"}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1.5 1.5}}',
  '{{eq 1 "a"}}', '{{eq 1}}', '{{eq 1 1.0}}', '{{lt 1 "a"}}', '{{lt true false}}', '{{eq nil nil}}', '{{eq .Match .Match}}', '{{eq .Group.none "a"}}', '{{eq .Question.Qtype 1}}', '{{eq true true}}', '{{and 1 0 2}} {{or 0 "" "x"}} {{not 1}} {{and}}', '{{and .Nope 1}}', '{{or 1 .Nope}}',
  '{{if .Name}}a{{else}}b{{end}}', '{{if eq .Type "A"}}a{{else if eq .Type "AAAA"}}b{{else}}c{{end}}', '{{with .Group.b}}{{.}}{{else}}none{{end}}', '{{with .Group.none}}{{.}}{{else with .Name}}{{.}}{{end}}', '{{range .Match}}[{{.}}]{{end}}', '{{range $i, $m := .Match}}{{$i}}={{$m}} {{end}}',
  '{{range $k, $v := .Group}}{{$k}}={{$v}};{{end}}', '{{range .Group}}{{.}}{{end}}', '{{range 3}}{{.}}{{end}}', '{{range $i := 3}}{{$i}}{{end}}', '{{range $i, $j := 3}}{{$i}}{{end}}', '{{range .Name}}x{{end}}', '{{range nil}}x{{end}}', '{{range .Group.none}}x{{else}}y{{end}}',
  '{{range .Match}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{break}}{{end}}', '{{break}}', '{{continue}}', '{{$x := 1}}{{$x}}{{$x = 2}}{{$x}}', '{{$x = 1}}', '{{$y}}', '{{if true}}{{$x := 1}}{{end}}{{$x}}', '{{$.Name}}', '{{$x := .Group}}{{$x.b}}', '{{with $x := .Name}}{{$x}}{{end}}',
  '{{define "t"}}<{{.}}>{{end}}{{template "t" .Name}}', '{{template "t"}}', '{{template t}}', '{{define "t"}}{{.}}{{end}}{{template "t"}}', '{{block "t" .Name}}[{{.}}]{{end}}', '{{define "a"}}x{{end}}{{define "a"}}y{{end}}', '{{define "answer"}}x{{end}}', '{{define "t"}}{{.Nope}}{{end}}{{template "t" .}}',
  'a {{- 1 -}} b', 'a {{- /* c */ -}} b', '{{/* c }}', '{{/* c */ }}', '{{/* c */}}', '{{', '{{ .Name', '{{"abc', '{{`abc', "{{'a", "{{'a'}}", "{{'ab'}}", '{{1.5}} {{0x10}} {{1e3}} {{010}} {{0b11}} {{1_000}} {{-5}} {{+5}}', '{{1.}} {{.5}}', '{{089}}', '{{1a}}', '{{99999999999999999999}}', '{{18446744073709551615}}',
  '{{nil}}', '{{true}} {{false}}', '{{.}}x{{end}}', '{{if}}a{{end}}', '{{if .Name}}', '{{else}}', '{{end}}', '{{if .Name}}{{else}}{{else}}{{end}}', '{{foo}}', '{{.Name | foo}}', '{{1 | 2}}', '{{.Name | "a"}}', '{{1 2}}', '{{.Name | printf "%s-%s" "x"}}', '{{"a" | len}}', '{{(1)}}', '{{(.Name)}}', '{{(.Question).Name}}',
  '{{(index .Match 0).Foo}}', '{{("a").b}}', '{{"a".b}}', '{{1.b}}', '{{nil.b}}', '{{(}}', '{{)}}', '{{()}}', '{{|}}', '{{.Name |}}', '{{| .Name}}', '{{,}}', '{{.Name,}}', '{{$x, $y := .Match}}', '{{range $a, $b, $c := .Match}}{{end}}', '{{range $a, 1 := .Match}}{{end}}', '{{:}}', '{{=}}', '{{é}}', '{{☺}}', '{{.Na-me}}', '{{.Name-}}',
  '{{.Name -}} x', '{{- .Name}}', '{{-.Name}}', '{{ call .Name }}', '{{call nil}}', '{{"a" | call}}', '{{len 1}}', '{{len nil}}', '{{len .Group.none}}', '{{not}}', '{{if not .Name}}a{{end}}', '{{1 | printf "%d"}}', '{{"\\u00e9\\x41\\n"}}', '{{"\\q"}}', '{{"a\nb"}}', '{{`a\nb`}}', '{{if\n.Nope}}{{end}}', 'é{{.Nope}}', 'a\n  {{.Nope}}',
  '{{if .Name}}{{.Nope}}{{end}}', '{{printf "%s" .Nope}}', '{{range .Match}}{{.Nope}}{{end}}', '{{with .Name}}{{.Nope}}{{end}}', '{{print (index .Match 9)}}', '{{.Name.Nope.Foo}}', '{{.Match.Foo}}', '{{.Group.b.c}}', '{{.Question.Nope}}', '{{index .Match (parseInt "1" 10 8)}}', '{{slice (index .Match 1) 0 1}}', '{{printf "%v" .Question.Qtype}}', '{{$x := nil}}{{$x}}',
  '{{- range $i, $m := .Match -}} {{$i}} {{- end}}', '{{index (slice .Match 1 2) 0}}', '{{eq .Name .Zone "x"}}', '{{if and (eq .Type "A") (ne .Name "x")}}y{{end}}', '{{with $m := index .Match 1}}{{$m}}{{end}}', '{{printf "%v" (index .Name 0)}}', '{{.Name}}{{/* a\nb */}}\n{{.Nope}}', '{{define t}}{{end}}', '{{define "t" x}}{{end}}', '{{define "t"}}', '{{template "t" .Name 1}}', '{{block "t"}}{{end}}',
  '{{\n.Name', '{{\n"a', '{{\n(1', '{{1\n)', '{{1\n~ }', '{{1\né☺}}', '\n{{/* c', '{{1}}\n\n{{/* c', '{{/* a\nb */}}{{foo}}', '{{- /* a\n\nb */ -}}\n{{foo}}', '{{\nfoo}}', '{{ \n\t foo}}', 'a\n{{- foo}}', '{{1 -}}\n\n{{foo}}', '{{"a\\\nb"}}', '{{`a\n`}}{{foo}}', '{{define "t"}}\n{{foo}}',
  '{{if true}}\n', '{{if true}}\n{{/* c', '{{/* a\nb */}}{{.Nope}}', '{{"\uffff" | js}}', '\n\n  {{index .Match 9}}', 'é\né{{index .Match 9}}', '{{lt "\uffff" "\u{1f600}"}} {{gt "\uffff" "\u{1f600}"}}', '{{js "\u0080"}}', '{{range .Match}}\n{{break 1}}{{end}}', '{{1\n\n',
]

const OPERANDS = ['.Name', '.Zone', '.Match', '.Group', '.Group.b', '.Group.none', '.Type', '.Question.Qtype', '.Question', '.', '$', '$x', '1', '0', '"a"', '""', 'true', 'nil', '2.5', '(index .Match 1)', '(len .Match)', '(parseInt "7" 10 8)', '.Nope', '(.Meta "a/b")', '(slice .Name 1 2)']
const FUNCTIONS = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'and', 'or', 'not', 'len', 'index', 'slice', 'print', 'println', 'printf "%v-%s"', 'printf "%d|%q"', 'html', 'js', 'urlquery', 'parseInt', '.Meta', 'call']

const { list } = fc.letrec<{ list: string; item: string; pipe: string; command: string }>(tie => ({
  command: fc.oneof(fc.constantFrom(...OPERANDS), fc.tuple(fc.constantFrom(...FUNCTIONS), fc.array(fc.constantFrom(...OPERANDS), { maxLength: 3 })).map(([name, args]) => [name, ...args].join(' '))),
  pipe: fc.array(tie('command'), { minLength: 1, maxLength: 3 }).map(commands => commands.slice(0, commands.length > 2 ? 2 : 1).join(' | ')),
  item: fc.oneof(
    { maxDepth: 3 }, fc.constantFrom('x', ' ', '\n', '.', '{{$x := 1}}', '{{$x := .Name}}', '{{$x = 2}}', '{{- 1 -}}', '{{/* c */}}'), tie('pipe').map(pipe => `{{${pipe}}}`),
    fc.tuple(fc.constantFrom('if', 'with', 'range', 'range $i, $e :='), tie('pipe'), tie('list'), fc.option(tie('list'))).map(([word, pipe, body, other]) => `{{${word} ${pipe}}}${body}${other === null ? '' : `{{else}}${other}`}{{end}}`),
  ),
  list: fc.array(tie('item'), { maxLength: 4 }).map(items => items.join('')),
}))

const FLAGS = ['', '', '+', '-', '#', ' ', '0', '+0', '-0', '# ', '+#']
const VERBS = [...'vTtdboOxXcqUeEfFgGs', 'v', 'd', 's']
const PRINTED = [
  '0', '1', '-42', '255', '65', '233', '1114112', '-9223372036854775808', '(parseInt "18446744073709551615" 10 64)', '0.0', '1.5', '-3.14159', '1e6', '123456789.0', '0.00001234', '1e21', '1e-7', '2.5', '0.05',
  '""', '"a"', '"aé\\n"', '"`"', '"\\x00\\x7f"', 'true', 'false', 'nil', '.Match', '.Group', '.Name',
]
/** One verb of `printf` with flags, a width and a precision, on one value. */
const printed = fc.tuple(fc.constantFrom(...FLAGS), fc.constantFrom('', '', '1', '6', '12', '*'), fc.constantFrom('', '', '.', '.0', '.1', '.3', '.10', '.*'), fc.constantFrom(...VERBS), fc.constantFrom(...PRINTED))
  .map(([flags, width, precision, verb, value]) => `{{printf "[%${flags}${width}${precision}${verb}]"${width === '*' ? ' 7' : ''}${precision === '.*' ? ' 2' : ''} ${value}}}`)

/** All verbs of numbers on values at the edges of their forms, and of texts, each with flags, widths and precisions that change them. */
const SIZES = ['', '.0', '.1', '.2', '.3', '.12', '.13', '.14', '.20', '#', '#.0', '#.3', '#.20', '+', ' ', '012', '+012.2', '-12.1', '-012', '# ', '12.2', '#012', '+# ']
const FLOATS = ['0.0', '-0.0', '1.0', '-1.5', '2.5', '0.5', '1.875', '9.9999', '999999.0', '1234567.0', '123456.0', '0.0001', '0.00001', '1e21', '1e-7', '1e308', '5e-324', '0.1']
const WHOLES = ['0', '1', '-1', '42', '-42', '65', '128512', '1114111', '1114112', '55295', '55296', '57343', '57344', '9223372036854775807', '-9223372036854775808', '(parseInt "18446744073709551615" 10 64)']
const WORDS = ['""', '"a"', '"aé\\n`"', '"`"', '"a\\tb"', '"\\x00\\x7f"', '"abcdefghijklmn😀"', 'true', 'nil', '.Match', '.Group', '.Nope']
/** `%#v` is not modelled. */
const all = (verbs: string, size: string, value: string): string => `{{printf "${Array.from(size.includes('#') ? verbs.replace('v', 'd') : verbs, verb => `[%${size}${verb}]`).join('')}"${` ${value}`.repeat(verbs.length)}}}`
const GRID = SIZES.flatMap(size => [
  ...FLOATS.map(value => all('vgGeEfFbxXdT', size, value)), ...WHOLES.map(value => all('vdboOxXcqUstT', size, value)), ...WORDS.map(value => all('vsqxXtTd', size, value)),
])

const PUT = [...'{}()|.$:="\'`-,/* \n1aé', '{{', '}}', '{{end}}', '{{else}}', '{{break}}']

export const templateText = fc.oneof({ weight: 3, arbitrary: list.map(text => `{{$x := 5}}${text}`) }, { weight: 1, arbitrary: list }, { weight: 1, arbitrary: damaged(list, PUT) })

const INPUTS: readonly TemplateInput[] = [
  { zone: 'test.', name: 'a.b.test.', match: ['a.b.test.', 'a', 'b'], group: { 0: 'a.b.test.', 1: 'a', 2: 'b', b: 'b' }, type: 'A', meta: { 'a/b': 'm' } },
  { zone: '.', name: 'x.', match: ['x.'], group: { 0: 'x.' }, type: 'AAAA', meta: {} },
]
export const templateInput: fc.Arbitrary<TemplateInput> = fc.constantFrom(...INPUTS)

/** The same for the same seed. */
export function templateCases(count: number, seed: number): readonly TemplateCase[] {
  const data = fc.sample(templateInput, { numRuns: count, seed })
  const lines = readFileSync(new URL('template-cases.txt', import.meta.url), 'utf8').split('\n').slice(0, -1)
  const byHand = [...BY_HAND, ...lines].flatMap(text => INPUTS.map(input => ({ text, data: input })))
  const shown = [...GRID, ...fc.sample(printed, { numRuns: Math.floor(count / 4), seed })].map(text => ({ text, data: INPUTS[1] as TemplateInput }))
  return [...byHand, ...shown, ...fc.sample(templateText, { numRuns: count, seed }).map((text, i) => ({ text, data: data[i] as TemplateInput }))]
}

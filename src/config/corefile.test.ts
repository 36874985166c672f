import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCorefile } from './corefile.ts'

const env = new Map([['Z1', 'ex.org'], ['P', '1053'], ['UP', '1.1.1.1 8.8.8.8'], ['DIR', 'log']])
const read = (text: string, files: Record<string, string> = {}) =>
  readCorefile('Corefile', text, { path: 'Corefile', env, files: new Map(Object.entries(files).map(([k, v]) => [k, { file: k, text: v }])) })
const args = (text: string): string[][] => read(text).value.blocks.flatMap(b => b.directives.map(d => [d.name, ...d.args.map(a => a.value)]))
const keys = (text: string): string[][] => read(text).value.blocks.map(b => b.keys.map(k => k.value))
const refusal = (text: string, files: Record<string, string> = {}): string | undefined => read(text, files).problems[0]?.message

describe('words', () => {
  test.each<[string, string[]]>([
    ['. {\n log abc#def ghi\n}', ['log', 'abc', 'ghi']],
    ['. {\n log abc #def ghi\n}', ['log', 'abc']],
    ['. {\n log "x\\"y" "p\\\\q" "n\\tt"\n}', ['log', 'x"y', 'p\\\\q', 'n\\tt']],
    ['. {\n log "abc"def\n}', ['log', 'abc', 'def']],
    ['. {\n log ab"c d"\n}', ['log', 'ab"c', 'd"']],
    ['. {\n log ""\n}', ['log', '']],
    ['. {\r\n log a\r\n}\r\n', ['log', 'a']],
    ['.\n log a', ['log', 'a']],
    ['. {\n forward . {$UP}\n}', ['forward', '.', '1.1.1.1 8.8.8.8']],
    ['. {\n forward . {$NOPE} {$NOPE:8.8.8.8}\n}', ['forward', '.', '', '']],
    ['. {\n {$DIR} x\n}', ['log', 'x']],
    ['. {\n log "{{ .Name }} 60 IN A {{$var}}"\n}', ['log', '{{ .Name }} 60 IN A {}']],
  ])('%j', (text, expected) => expect(args(text)).toEqual([expected]))
})

describe('keys', () => {
  test.each<[string, string[][]]>([
    ['only.example', [['only.example']]],
    ['', []],
    ['# c', []],
    ['}\n', [['}']]],
    ['a,\nb,\nc {\n log\n}', [['a', 'b', 'c']]],
    ['example.org,example.com:1053 {\n log\n}', [['example.org,example.com:1053']]],
    ['.:53 {\n errors\n} b.example {\n log\n}', [['.:53'], ['b.example']]],
    ['{$Z1}:{$P} {\n log\n}', [['ex.org:1053']]],
  ])('%j', (text, expected) => expect(keys(text)).toEqual(expected))
})

describe('what CoreDNS refuses', () => {
  test.each<[string, string]>([
    ['. {\n log "unterminated\n}', 'Corefile:2 - Syntax error: Unexpected token \'unterminated\n}\', expecting \'}\''],
    ['. { whoami }', 'Corefile:1 - Error during parsing: Unexpected \'}\' because no matching opening brace'],
    ['. {\n forward . 1.1.1.1 }\n', 'Corefile:2 - Error during parsing: Unexpected \'}\' because no matching opening brace'],
    ['. {\n errors\n', 'Corefile:2 - Syntax error: Unexpected token \'errors\', expecting \'}\''],
    ['a, {\n log\n}', 'Corefile:1 - Error during parsing: Expected another address but had \'{\' - check for extra comma'],
    ['(s) {\n errors\n}\n(s) {\n log\n}', 'Corefile:4 - Error during parsing: redeclaration of previously declared snippet s'],
    ['(s) {\n import s\n}\n. {\n import s\n}', 'Corefile:3 - Error during parsing: maximum snippet import depth (10000) exceeded'],
    ['. {\n import a b\n}', 'Corefile:2 - Error during parsing: Import takes only one argument (glob pattern or file)'],
    ['. {\n import\n}', 'Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after \'import\''],
    ['. {\n import ""\n}', 'Corefile:2 - Error during parsing: Import requires a non-empty filepath'],
  ])('%j', (text, message) => expect(refusal(text)).toBe(message))

  test('what was read before the error is kept', () => {
    const { value } = read('a {\n errors\n}\nb {\n log\n cache {\n')
    expect(value.blocks.map(b => [b.keys[0]?.value, b.directives.map(d => d.name)])).toEqual([['a', ['errors']], ['b', ['log', 'cache']]])
  })
})

describe('imports', () => {
  test('snippets and files stand where they are imported, and keep their own places', () => {
    const corefile = '(common) {\n errors\n log\n}\n. {\n import common\n import custom/*.override\n forward . 1.1.1.1\n}\nimport custom/*.server\n'
    const { value, problems } = readCorefile('cm#Corefile', corefile, {
      files: new Map([
        ['/etc/coredns/custom/a.override', { file: 'cm#a.override', text: 'cache 30\n' }],
        ['/etc/coredns/custom/x.server', { file: 'cm#x.server', text: 'corp.test {\n  forward . 10.0.0.1\n}\n' }],
      ]),
    })
    expect(problems).toEqual([])
    expect(value.blocks.map(b => [b.keys[0]?.value, b.directives.map(d => d.name)])).toEqual([['.', ['errors', 'log', 'cache', 'forward']], ['corp.test', ['forward']]])
    expect(value.blocks[0]?.directives[2]?.source).toMatchObject({ file: 'cm#a.override', start: 0, end: 8, line: 1, text: 'cache 30' })
    expect(value.blocks[1]?.source).toMatchObject({ file: 'cm#x.server', start: 0, end: 34 })
  })
  test('a file the evidence lacks is said, and the rest is read', () => {
    const { value, problems } = read('. {\n import later\n log\n}\n')
    expect(problems).toMatchObject([{ code: 'corefile-import-missing', message: 'File to import not found: later', state: 'unknown' }])
    expect(value.blocks[0]?.directives.map(d => d.name)).toEqual(['log'])
  })
})

describe('blocks of a plugin', () => {
  const text = '.:53 {\n    forward . /etc/resolv.conf 9.9.9.9 {\n       max_concurrent 1000\n       except a b\n    }\n    cache 30\n}\n'
  test('options, and where each stands', () => {
    const block = read(text).value.blocks[0]
    const forward = block?.directives[0]
    expect(forward?.properties.map(p => [p.name, ...p.args.map(a => a.value)])).toEqual([['max_concurrent', '1000'], ['except', 'a', 'b']])
    expect(forward?.source).toMatchObject({ line: 2, column: 5, text: 'forward . /etc/resolv.conf 9.9.9.9' })
    expect(forward?.args[1]?.source.text).toBe('/etc/resolv.conf')
    expect(block?.source.text).toBe(text.trimEnd())
  })
  test('a brace on the next line, and a block on one line, are no blocks to CoreDNS', () => {
    expect(read('. {\n forward . 1.1.1.1\n {\n  max_fails 0\n }\n}\n').problems.map(p => p.code)).toEqual(['corefile-stray-word'])
    const oneLine = read('. {\n cache { success 100 }\n}\n')
    expect(oneLine.problems.map(p => p.code)).toEqual(['corefile-brace-as-argument'])
    expect(oneLine.value.blocks[0]?.directives[0]?.properties.map(p => p.name)).toEqual(['success'])
  })
})

test('an unknown environment is said', () => {
  expect(readCorefile('Corefile', '. {\n forward . {$DNS}\n}').problems).toMatchObject([{ code: 'corefile-env-unknown', state: 'unknown' }])
})

test('no text breaks or hangs the reader, and every Source lies in the text', () => {
  const piece = fc.constantFrom('{', '}', 'import', '(s)', 's', '"', '\\', '#', '\n', ' ', ',', '.:53', 'log', '{$A}', '{%B%}', '__proto__', '*', '\r', '\ufeff')
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
    const text = pieces.join('')
    const { value } = read(text)
    for (const block of value.blocks) for (const d of block.directives) expect(text.slice(d.source.start, d.source.end).slice(0, 200)).toBe(d.source.text)
  }), { numRuns: 300 })
})

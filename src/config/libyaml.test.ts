// Marks and refusals of libyaml 0.2.5, as netplan 0.106 and 1.1.2 print them (recorded runs: test/fidelity/fidelity.test.ts).
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gHashOrder, gStrHash } from './glib-hash.ts'
import { loadLibyaml } from './libyaml.ts'
import type { YamlNode } from './yaml-text.ts'

const load = (text: string) => loadLibyaml('f.yaml', text)
const faultOf = (text: string): string => {
  const result = load(text)
  return 'fault' in result ? `${result.fault.line}:${result.fault.column} ${result.fault.problem}` : 'none'
}
const plain = (node: YamlNode | undefined): unknown => (node?.kind === 'map' ? Object.fromEntries(node.pairs.map(({ key, value }) => [plain(key) as string, plain(value)]))
  : node?.kind === 'list' ? node.items.map(plain) : node?.text)
const valueOf = (text: string): unknown => {
  const result = load(text)
  return 'fault' in result ? result.fault.problem : plain(result.root)
}

test.each([
  ['a: [::1]\n', '1:5 did not find expected node content'], ['a:\n  b: 1\n c: 2\n', '3:2 did not find expected key'],
  ['a:\n  - 1\n - 2\n', "3:2 did not find expected key"], ['a:\n\tb: 1\n', '2:1 found character that cannot start any token'],
  ['a: *x\n', '1:4 found undefined alias'], ['a: "b\n', '2:1 found unexpected end of stream'], ['a: b: c\n', '1:5 mapping values are not allowed in this context'],
  ['a: {b: 1\n', "2:1 did not find expected ',' or '}'"], ['a: @b\n', '1:4 found character that cannot start any token'], ['a: [b\n---\n', "2:1 did not find expected ',' or ']'"],
  ['a: "\\q"\n', '1:5 found unknown escape character'], ['a\nb: 1\n', '2:2 mapping values are not allowed in this context'],
])('%j is refused at %s', (text, fault) => {
  expect(faultOf(text)).toBe(fault)
})

test.each([
  ['a: b c\n  d # e\n', { a: 'b c d' }], ['a: "x\\u00e9\n  y"\n', { a: 'x\u00e9 y' }], ["a: 'it''s'\n", { a: "it's" }], ['a: |\n  x\n   y\n\nb: >-\n  p\n  q\n', { a: 'x\n y\n', b: 'p q' }],
  ['a:\n- 1\n-\nb:\n', { a: ['1', ''], b: '' }], ['a: &x [1, {b: c}]\nd: *x\n', { a: ['1', { b: 'c' }], d: ['1', { b: 'c' }] }], ['{a, b: }', { a: '', b: '' }],
  ['? a\n: b\n', { a: 'b' }], ['[a: b, c]', [{ a: 'b' }, 'c']], ['--- !!map\na: !!str 5\n...\n]', { a: '5' }], ['', undefined], ['# nothing\n', undefined], ['---\n', ''],
  ['a:\r\n  b: 1\r\n', { a: { b: '1' } }], ['a: "x\\\n   y"', { a: 'xy' }],
])('%j is read', (text, value) => {
  expect(valueOf(text)).toEqual(value)
})

test('a value begins at its tag or anchor, an absent one where its colon ends', () => {
  const result = load('a: !!str &x b\nc:\n')
  const pairs = 'root' in result && result.root?.kind === 'map' ? result.root.pairs : []
  expect(pairs.map(({ value }) => `${value.source.line}:${value.source.column}`)).toEqual(['1:4', '2:3'])
})

test('any text is read or refused in bounded time, and says where', () => {
  const piece = fc.constantFrom('a', ': ', '- ', '\n', '  ', '\t', '[', ']', '{', '}', ', ', '"', "'", '#', '&x ', '*x', '!t ', '|\n', '>\n', '? ', '---\n', '%', '\\', '\u00e9', '\r\n', '\u2028')
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
    const result = load(pieces.join(''))
    if ('fault' in result) expect(result.fault.line).toBeGreaterThan(0)
  }), { numRuns: 2000 })
  expect(faultOf('['.repeat(100_000))).toContain('exceeded maximum nesting')
})

test('GLib walks its tables in the order of its hash: of eth0 and eth1 netplan blames eth1', () => {
  expect(gStrHash('eth0')).toBe(2090233046)
  expect(gHashOrder(['eth0', 'eth1'])).toEqual(['eth1', 'eth0'])
  expect(new Set(gHashOrder(Array.from({ length: 100 }, (_, at) => `eth${at}`))).size).toBe(100)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readYaml } from './yaml-text.ts'

const one = (text: string) => {
  const read = readYaml('f.yaml', text)
  return { ...read.value[0]!, problems: read.problems }
}

test('values and the places of keys, values and pairs', () => {
  const text = 'network:\n  ethernets:\n    eth0:\n      nameservers: {addresses: [10.0.0.1, "10.0.0.2"]}\n'
  const read = one(text)
  expect(read.value).toEqual({ network: { ethernets: { eth0: { nameservers: { addresses: ['10.0.0.1', '10.0.0.2'] } } } } })
  const path = ['network', 'ethernets', 'eth0', 'nameservers', 'addresses'] as const
  expect(read.sourceAt([...path, 1])).toMatchObject({ line: 4, column: 43, text: '"10.0.0.2"' })
  expect(read.sourceAt(path, 'key')).toMatchObject({ text: 'addresses', line: 4 })
  expect(read.sourceAt(path, 'pair')?.text).toBe('addresses: [10.0.0.1, "10.0.0.2"]')
  expect(read.sourceAt([...path, 2])).toBeUndefined()
})

test('JSON and YAML readings of one text agree, positions included', () => {
  const text = JSON.stringify({ a: [{ 'k"é': 1 }, 'x\\', null, -1.5e3, []], b: { c: true, d: {} } }, null, 2)
  const json = one(text)
  const yaml = one(`${text} # a comment makes it YAML`)
  expect(json.value).toEqual(yaml.value)
  for (const path of [['a'], ['a', 0, 'k"é'], ['a', 3], ['a', 4], ['b', 'c'], ['b', 'd']]) {
    for (const what of ['key', 'value', 'pair'] as const) expect(json.sourceAt(path, what),
      `${path} ${what}`).toEqual(yaml.sourceAt(path, what))
  }
})

test('several documents; empty ones are left out', () => {
  expect(readYaml('f', '---\n# nothing\n---\na: 1\n---\n- 2\n').value.map(d => d.value)).toEqual([{ a: 1 }, [2]])
  expect(readYaml('f', '').value).toEqual([])
})

test('aliases and merge keys, with the place where the value is written', () => {
  const read = one('base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\nsame: *b\n')
  expect(read.value).toEqual({ base: { x: 1, y: 2 }, use: { x: 1, y: 3 }, same: { x: 1, y: 2 } })
  expect(read.sourceAt(['use', 'x'])).toMatchObject({ line: 1, text: '1' })
  expect(read.sourceAt(['same', 'y'])).toMatchObject({ line: 1, text: '2' })
})

test('an alias bomb ends in a Problem', () => {
  const bomb = ['l0: &l0 [x,x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(',')}]`)].join('\n')
  expect(one(bomb).problems.map(p => p.code)).toContain('yaml-alias-limit')
  expect(one('a: &a [*a]').problems.map(p => p.code)).toEqual(['yaml-unknown-alias'])
})

test('__proto__ is a key like any other', () => {
  for (const text of ['__proto__: {polluted: 1}\nb: 2', '{"__proto__": {"polluted": 1}, "b": 2}']) {
    const { value } = one(text)
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value as object)).toEqual(['__proto__', 'b'])
  }
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('deep nesting, tabs, unclosed brackets: a Problem and what could be read', () => {
  expect(one('['.repeat(3000)).problems.length).toBeGreaterThan(0)
  expect(one(`${'['.repeat(3000)}${']'.repeat(3000)}`).problems.map(p => p.code)).toContain('yaml-too-deep')
  expect(one('a: 1\nb: [1, 2\nc: 3\n').problems[0]).toMatchObject({ code: 'yaml-syntax', state: 'damaged' })
  expect(one('a: 1\n\tb: 2\n').problems[0]).toMatchObject({ code: 'yaml-syntax' })
})

test('repeated keys: the last counts, the tree shows both', () => {
  const read = one('a: 1\na: 2\n')
  expect(read.value).toEqual({ a: 2 })
  expect(read.sourceAt(['a'])?.line).toBe(2)
  const root = read.root()
  expect(root?.kind === 'map' && root.pairs.map(pair => pair.value.source.line)).toEqual([1, 2])
})

test('no text throws', () => {
  const piece = fc.constantFrom('a', ': ', '- ', '\n', '  ', '[', ']', '{', '}', '"', "'", '|', '>', '&x ', '*x', '<<', '#', '---', '\t',
    ',', '?', '!!t ', '%', '0x', '\u0000', '\u{1f600}')
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
    const read = readYaml('f', pieces.join(''))
    for (const document of read.value) {
      document.sourceAt(['a', 0, 'a'])
      document.root()
    }
  }), { numRuns: 500 })
})

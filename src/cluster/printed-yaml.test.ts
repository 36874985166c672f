import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import type { Source } from '../chain/source.ts'
import { readYaml } from '../config/yaml-text.ts'
import { readPrintedYaml } from './printed-yaml.ts'

const PATHS_LIMIT = 4000

/** Every path of a value, with its own. */
function pathsOf(value: unknown, path: readonly (string | number)[] = [], all: (readonly (string | number)[])[] = []): (readonly (string | number)[])[] {
  if (all.length >= PATHS_LIMIT) return all
  all.push(path)
  if (Array.isArray(value)) value.forEach((item, at) => pathsOf(item, [...path, at], all))
  else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) pathsOf(item, [...path, key], all)
  return all
}

/** The general reader counts the line end, and comments, after the last value to a map or list; here they are left out. */
function isSame(mine: Source | undefined, theirs: Source | undefined): boolean {
  if (!mine || !theirs) return mine === theirs
  return mine.start === theirs.start && mine.line === theirs.line && mine.column === theirs.column && mine.file === theirs.file
    && (mine.end === theirs.end ? mine.endLine === theirs.endLine && mine.endColumn === theirs.endColumn && mine.text === theirs.text : theirs.end > mine.end && theirs.text.startsWith(mine.text) && (theirs.text.length === 200 || /^(?:\s|#[^\n]*\n)*$/.test(theirs.text.slice(mine.text.length))))
}

/** Undefined when the short cut gives up; else it must agree in every value and every place. */
function agrees(text: string, places: boolean): boolean | undefined {
  const quick = readPrintedYaml('f', text)
  if (!quick) return undefined
  const general = readYaml('f', text)
  expect(quick.map(document => document.value), text).toEqual(general.value.map(document => document.value))
  for (const [at, document] of places ? general.value.entries() : []) {
    for (const path of pathsOf(document.value)) {
      for (const what of ['key', 'value', 'pair'] as const) {
        const [mine, theirs] = [quick[at]?.sourceAt(path, what), document.sourceAt(path, what)]
        if (!isSame(mine, theirs)) expect(mine, `${path.join('.')} ${what} in ${text}`).toEqual(theirs)
      }
    }
  }
  return true
}

test('the recorded cluster is taken by the short cut, with the same values and places', () => {
  const folder = new URL('../../examples/incident/cluster/', import.meta.url)
  for (const file of readdirSync(folder)) expect(agrees(readFileSync(new URL(file, folder), 'utf8'), true), file).toBe(true)
})

test.each([
  'a: b\n---\nc: |\n  x\n\n  y\n\n---\nd:\n- 1\n-\n  e: f\n', 'a:\n  - b: c\n    d:\n    - e\n  - f\n', 'a: |-\n  x\n   y\nb: |+\n  z\n\n', 'a:\nb: ~\n', 'a: -1\nb: 0x1f\n',
  'a: {}\nb: []\n', "a: 'it''s'\nb: \"x\\n\"\n", 'a: x # c\n', 'a: b\n c\n', 'a: &x b\nc: *x\n', 'a: >\n  b\n', '# c\na: b\n# d\nb: c\n', 'a:\n- - b\n', 'a: |\n  b', 'a: "b\n  c"\n',
  'f:x:\n  k:{"a":"b"}: {}\n', '__proto__: x\n', '<<: {a: b}\n', 'a: b\na: c\n', 'a: 1_0\nb: 010\nc: 1e3\nd: .5\ne: 1.0\nf: 12345678901234567890\n', 'a: yes\nb: no\nc: Null\n', 'a:\n-\n- b\n', 'a : b\n',
  'a: |\n  x\n # c\nb: c\n', 'a:   b   \nc:\n    d: e\n', 'a:\n  - b\n - c\n', 'a: - b\n', 'a: ?\n', 'a: b: c\n', 'a: [b]\n', '---\na: b\n', 'a: b\n--- x\n', '- a\n', 'a: -\n', '? a\n', 'a: @b\n', 'a: |2\n   b\n', 'a\n',
  'items:\n- a\n- b: c\nitems:\n- d\nz:\n- e\n- f\n', 'items:\n- a: b\n  c:\n  - d\nx:\n- e\n- f\n- g\n', 'items: {}\nx:\n- a\n', 'items:\n-\n- a\n', 'items:\n  - a:\n      b\n  - |\n    c\n', 'a: b\n  c d\n  e\nf: g\n', 'a:\n- b\n  c\n- d: e\n    f\n  g: h\n', "a: 'b: c\n  d''s\n  e'\nf: g\n", 'a: "b\n  c: d"\n', 'a: b\n\n  c\n', 'a: b\n  # c\n', 'a: b\n  c: d\n', "a: 'b''\n  c'\n", 'a: "b\\"\n  c"\n', 'a: "b\\\\"\n',
  'a: {}\n  b\n', 'a: b\n  - c\n', 'a: true\n  b\n', 'a: 1\n  2\n', "a: 'b\nc'\n", 'a: b   \n  c\n', "a: '\n  b'\n", "a: ''\nb: c\n", "a: '''\n", 'a: "\\"\n', 'a: b\n  "c"\n', 'a: b\n  [c]\n', 'a: b\n  &c\n',
])('odd text is read alike or left to the general reader: %j', text => {
  agrees(text, true)
})

const scalar = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: fc.constantFrom('a', ' ', '\n', ':', '#', '-', "'", '"', '0', '1', '.', '~', '\\'), maxLength: 12 }), fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true }))
const { value: tree } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), tie('value'), { maxKeys: 4 })),
}))

test('whatever a YAML printer prints is read alike or left to the general reader', () => {
  let taken = 0
  fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 }), tree, { minKeys: 1, maxKeys: 4 }), fc.boolean(), fc.constantFrom(0, 20, 80), (object, indentSeq, lineWidth) => {
    if (agrees(stringify(object, { indentSeq, lineWidth }), true)) taken++
  }), { numRuns: 600 })
  expect(taken).toBeGreaterThan(10)
})

test('lines put together at random are read alike or left to the general reader', () => {
  const line = fc.tuple(fc.constantFrom('', ' ', '  ', '    '), fc.constantFrom('a:', 'items:', 'b: c', '- d', '-', '- e: f', 'g: |', 'h: ""', '# i', '', 'j: {}', '---', 'k: 1', "l: 'm'", '- - n', 'o: >-', 'p', '- |', "q: 'r", "s'", 't u', 'v: "w', 'x"', "''")).map(parts => parts.join(''))
  fc.assert(fc.property(fc.array(line, { minLength: 1, maxLength: 9 }), lines => {
    const text = `${lines.join('\n')}\n`
    const general = readYaml('f', text)
    // What the general reader calls damaged may be read in more than one way.
    if (general.problems.length > 0) {
      expect(readPrintedYaml('f', text), text).toBeUndefined()
      return
    }
    agrees(text, true)
  }), { numRuns: 3000 })
})

test('a long text is read in time that grows with its length', () => {
  const item = '- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: x\n  spec:\n    containers:\n    - args:\n      - -conf\n      image: a:1\n'
  const [document] = readPrintedYaml('f', `items:\n${item.repeat(20_000)}`) ?? []
  expect(document?.value).toHaveProperty('items.length', 20_000)
  expect(document?.sourceAt(['items', 19_999, 'spec', 'containers', 0, 'image'])?.line).toBe(180_001)
})

// What plugins share: the order of releases, the words of a set-up, the options that the process knows.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Corefile } from '../../chain/model.ts'
import { readCorefile } from '../../config/corefile.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'
import { readByWords } from './plugin-words.ts'
import { inBlock, since, type CorednsVersion, type PluginSetup } from './plugin.ts'
import { registeredOptions } from './registered-options.ts'
import { configurationHash } from './reload.ts'

const corefile = (text: string): Corefile => readCorefile('Corefile', text, { env: new Map() }).value

test.each<[CorednsVersion, CorednsVersion, boolean]>([
  [[1, 11, 3], [1, 11, 3], true], [[1, 11, 3], [1, 11, 4], false], [[1, 11, 3], [1, 11, 2], true], [[1, 9, 4], [1, 11, 0], false], [[1, 12, 0], [1, 11, 3], true], [[2, 0, 0], [1, 11, 3], true], [[0, 12, 5], [1, 11, 3], false],
])('%j is not older than %j: %s', (version, from, is) => {
  expect(since(version, ...from)).toBe(is)
})

test('cells of a plugin are named after the block, counted from one', () => {
  expect([inBlock({ server: 's', block: 0 }, 'cache'), inBlock({ server: 's', block: 1 }, 'cache')]).toEqual(['s block 1 cache', 's block 2 cache'])
})

describe('a plugin that is read by its words', () => {
  const setup = (uses: object): PluginSetup => ({ server: 's', block: 0, zones: ['.'], directives: [], version: [1, 14, 7], model: { corefile: { blocks: [uses] } }, report: () => undefined } as unknown as PluginSetup)
  test('is not modelled where they are not known, and a mistake in our reading of them is no refusal', () => {
    const said: string[] = []
    const factory = readByWords('header', () => { throw new TypeError('odd') }, () => function* () { return { rcode: 'NOERROR' } })
    factory({ ...setup({ directives: [] }), report: p => void said.push(`${p.code} ${p.message}`) })
    expect(said).toEqual(['corefile-plugin-unmodelled header is not modelled: what reaches it is not predicted'])
    expect(() => factory(setup({ directives: [], uses: [] }))).toThrow('odd')
  })
})

test('the options that a process knows are the 16 bit codes of `rewrite edns0 local`, of no other plugin', () => {
  const of = (...lines: readonly string[]): readonly number[] => [...registeredOptions({ corefile: corefile(`. {\n${lines.map(l => ` ${l}\n`).join('')}}\n`) })]
  expect(of('rewrite edns0 local set 0xffee abc', 'rewrite continue EDNS0 Local append 65535 abc', 'rewrite stop edns0 local replace 10 abc')).toEqual([0xffee, 65_535, 10])
  expect(of('rewrite edns0 local set 65536 abc', 'rewrite edns0 nsid set', 'rewrite name edns0 local', 'header edns0 local set 0xffee abc', 'template edns0 local set 0xffed')).toEqual([])
})

test('the hash of a Corefile is of its words as Go writes JSON: sorted names, and no character that could end a script', () => {
  const words = (...list: readonly (readonly [number, string])[]): string => `[${list.map(([line, text]) => `{"File":"Corefile","Line":${line},"Text":"${text}"}`).join(',')}]`
  const json = `[{"Keys":["a"],"Tokens":{"chaos":${words([3, 'chaos'], [3, '\\u003ca\\u0026b\\u003e\\u2028\\u2029'])},"log":${words([2, 'log'], [5, 'log'])},"whoami":${words([4, 'whoami'])}}}]`
  const read = corefile('a {\n log\n chaos "<a&b>\u2028\u2029"\n whoami\n log\n}\n')
  const placed = { ...read, blocks: read.blocks.map(b => ({ ...b, keys: b.keys.map(k => ({ ...k, value: 'a' })), uses: b.uses?.map(u => ({ ...u, words: u.words.map(w => ({ ...w, path: 'Corefile' })) })) ?? [] })) } as Corefile
  expect(configurationHash(placed, [1, 11, 3])).toBe(createHash('sha512').update(json).digest('hex'))
  expect(configurationHash(placed, [1, 9, 0])).toBe(createHash('md5').update(json).digest('hex'))
})

describe('`log`', () => {
  const lines = (log: string, name = 'www.a.test.'): readonly string[] => {
    const server = oneCoredns('1.14.7', `. {\n ${log}\n whoami\n}\n`)
    server.ask({ name })
    return server.lines()
  }
  test('takes one word for a zone, even of braces, and the last of several for a format if it has one', () => {
    expect(lines('log {name}')).toEqual([])
    expect(lines('log . "{name} {type}"')).toEqual(['[INFO] www.a.test. A'])
    expect(lines('log b.test a.test')).toEqual([expect.stringContaining('"A IN www.a.test. udp ')])
    expect(lines('log a.test b.test', 'www.c.test.')).toEqual([])
  })
  test('of a class tells of nothing else', () => {
    const logged = (name: string): number => lines(`log . {\n  class ${name}\n }`).length
    expect([logged('denial'), logged('error'), logged('success'), logged('all')]).toEqual([0, 0, 1, 1])
  })
})

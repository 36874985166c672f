// The judge of the tests must itself be right: what it changes, what it notices, and that it notices nothing where nothing was changed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordedFiles, rows } from '../fidelity/rows.ts'
import type { Json } from '../fidelity/programs.ts'
import { ROOT } from '../support/source-files.ts'
import { draw, mutated, sitesIn } from './draw.ts'
import { RowJudge } from './row-judge.ts'
import { nearTests } from './test-judge.ts'
import { parses, sitesOf } from './sites.ts'

const RELEASES = [[1, 9, 3], [1, 11, 3], [1, 15, 0]]
const changes = (text: string): string[] => sitesOf('x.ts', text, RELEASES).map(({ kind, was, puts }) => `${kind}: ${was} -> ${puts.join(' | ')}`)

test('each kind of site is found, with what can stand there instead', () => {
  expect(changes(`export function* f(a: 1 | 'A', b = 3000) {\n  if (a && !b) return { ...a, rcode: 'NXDOMAIN' }\n  yield* put(a)\n  return since(v, 1, 10, 1) ? [...b] : a <= 2\n}`)).toEqual([
    'changed number: 3000 -> 6000 | 1500',
    "dropped guard: if (a && !b) return { ...a, rcode: 'NXDOMAIN' } -> ;",
    'negated condition: a && !b -> !(a && !b)',
    'and for or: && -> ||',
    'dropped !: !b -> b',
    'dropped members: ...a -> ...{}',
    "exchanged rcode: 'NXDOMAIN' -> 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NOTIMP' | 'REFUSED' | 'BADVERS'",
    'dropped effect: yield* put(a) -> ;',
    'swapped branches: since(v, 1, 10, 1) -> !(since(v, 1, 10, 1))',
    'moved release: 1, 10, 1 -> 1, 11, 4 | 1, 9, 3',
    'dropped elements: ...b -> ...[]',
    'flipped comparison: <= -> < | >',
    'changed number: 2 -> 3 | 1',
  ])
  expect(changes("const TABLE = new Map([['a', [1, 11, 3]]])\nMath.min(x + y, z.some(q))")).toEqual([
    'moved release: 1, 11, 3 -> 1, 11, 4 | 1, 9, 3', 'exchanged call: min -> max', 'exchanged arithmetic: + -> -', 'exchanged call: some -> every',
  ])
})

test('types, texts, Problems, places in files and our own bounds are no sites', () => {
  expect(changes([
    "import { a } from 'A'", "type T = 'A' | 1", '/** A bound of ours: hostile views could have millions. */', 'const MOST = 4', "const text = 'a ' + b + `c`",
    "setup.report({ message: n === 1 ? '' : 's' })", 'const source = { line: 1, endColumn: 2 }',
  ].join('\n'))).toEqual([])
})

test('a seed draws the same mutants each time, spread over the files, and each is still TypeScript', () => {
  const sites = sitesIn(ROOT, rows<Json>('coredns'))
  const mutants = draw(sites, 100, 7)
  expect(draw(sites, 100, 7)).toEqual(mutants)
  expect(draw(sites, 100, 8)).not.toEqual(mutants)
  expect(new Set(mutants.map(({ file, start, end }) => `${file} ${start} ${end}`)).size).toBe(100)
  expect(new Set(mutants.map(({ file }) => file)).size).toBeGreaterThan(20)
  expect(mutants.filter(mutant => !parses(mutant.file, mutated(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant)))).toEqual([])
})

const CACHE = 'src/hops/coredns/cache.ts'
const FLIPPED = ['if (!isUsable(denial)) return', 'if (isUsable(denial)) return'] as const
const order = { files: recordedFiles().map(url => url.pathname).filter(path => path.endsWith('/coredns.jsonl.gz')), group: 'cache' }
let judge: RowJudge
beforeAll(async () => { judge = await RowJudge.start(ROOT, order) })
afterAll(() => judge.end())

const changed = (file: string, find: string, put: string): string => {
  const parts = readFileSync(join(ROOT, file), 'utf8').split(find)
  if (parts.length !== 2) throw new Error(`"${find}" occurs ${parts.length - 1} times in ${file}`)
  return parts.join(put)
}

test.each([
  [CACHE, ...FLIPPED],
  ['src/hops/coredns/cache-options.ts', 'success: 3600', 'success: 1800'],
  ['src/hops/coredns/forward.ts', 'if (!covers(f.options,', 'if (covers(f.options,'],
  ['src/hops/coredns/origins.ts', 'args.length === 0 ? blockZones', 'args.length !== 0 ? blockZones'],
  ['src/hops/coredns/plugin.ts', 'export const since', 'throw new Error("mutant"); export const since'],
] as const)('a mistake in %s is noticed: %s', async (file, find, put) => {
  expect(await judge.killer(file, changed(file, find, put))).toMatch(/^row coredns@\S+ cache\.|^not loaded/)
})

test('it is noticed too when only the rows that come by its place are tried', async () => {
  const start = readFileSync(join(ROOT, CACHE), 'utf8').indexOf(FLIPPED[0])
  const few = await RowJudge.start(ROOT, order, [{ file: CACHE, start }])
  expect(await few.killer(CACHE, changed(CACHE, ...FLIPPED), 0)).toMatch(/^row coredns@/)
  await few.end()
})

test('a source that nobody changed is not noticed', async () => {
  expect(await judge.killer('src/hops/coredns/cache.ts', readFileSync(join(ROOT, 'src/hops/coredns/cache.ts'), 'utf8'))).toBeUndefined()
})

test('the tests beside a source are tried first: those that begin as it does', () => {
  expect(['src/hops/coredns/cache-stale.ts', 'src/hops/coredns/cache.ts', 'src/hops/musl-stub.ts', 'src/hops/index.ts'].map(nearTests)).toEqual(['src/hops/coredns/cache', 'src/hops/coredns/cache', 'src/hops/musl', 'src/hops/index'])
})

// The house rules about code. A rule that is broken on purpose is changed here, with a reason, in the same commit.
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { codeOnly, filesUnder, importsOf, read } from './support/source-files.ts'

const FILES = filesUnder()
const TYPESCRIPT = FILES.filter(path => path.endsWith('.ts'))
const SOURCE = TYPESCRIPT.filter(path => path.startsWith('src/') && !path.endsWith('.test.ts'))
const code = new Map(TYPESCRIPT.map(path => [path, codeOnly(read(path))]))
const codeOf = (path: string): string => code.get(path) ?? ''

/** Folder of src → folders of src it may import; `(root)` are the files of wiring directly in src. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  dns: [],
  chain: ['dns'],
  hops: ['chain', 'dns'],
  drivers: ['chain', 'dns'],
  config: ['chain', 'dns'],
  cluster: ['chain', 'dns', 'config'],
  evidence: ['chain', 'dns'],
  fixes: ['chain', 'dns', 'config'],
  findings: ['chain', 'dns', 'config', 'cluster', 'evidence', 'fixes'],
  diagnosis: ['chain', 'dns', 'hops', 'drivers', 'config', 'cluster', 'evidence', 'fixes', 'findings'],
  '(root)': ['chain', 'dns', 'hops', 'drivers', 'config', 'cluster', 'evidence', 'fixes', 'findings', 'diagnosis'],
  report: ['chain', 'dns', 'fixes', 'findings'],
  collect: ['chain', 'dns', 'config', 'cluster', 'evidence'],
  cli: ['chain', 'dns', 'config', 'evidence', 'findings', 'report', 'collect', '(root)', 'drivers'],
  agent: ['chain', 'dns', 'config', 'evidence', 'findings', 'report', 'collect', '(root)', 'drivers'],
}
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  cli: ['commander'], report: ['diff', 'get-east-asian-width', 'valibot'],
}
const EVERYWHERE = ['yaml', 'ipaddr.js']
const RIM = /^src\/(?:cli|collect|agent)\/|^src\/drivers\/serve(?:-tcp|-upstream)?\.ts$/
const BANNED = /\b(?:Date\.now|new Date\(\s*\)|Math\.random|performance\.|process\.|setTimeout|setInterval|setImmediate|queueMicrotask|fetch\(|globalThis|crypto\.|console\.)/

const folderOf = (path: string): string => (path.split('/').length === 2 ? '(root)' : (path.split('/')[1] as string))

/** What is wrong with `path`, as `path: what`. */
function broken(paths: readonly string[], rule: (path: string) => readonly string[]): string[] {
  return paths.flatMap(path => rule(path).map(what => `${path}: ${what}`))
}

function wallsBroken(path: string, text: string): string[] {
  const from = folderOf(path)
  const allowed = MAY_IMPORT[from]
  if (allowed === undefined) return [`folder ${from} has no line in MAY_IMPORT`]
  return importsOf(text).flatMap(target => {
    if (target.startsWith('node:')) return RIM.test(path) ? [] : [`imports ${target} outside the rim`]
    if (!target.startsWith('.')) return [...EVERYWHERE, ...(LIBRARIES[from] ?? [])].includes(target) ? [] : [`imports ${target}`]
    const to = folderOf(normalize(join(dirname(path), target)))
    return to === from || allowed.includes(to) ? [] : [`imports ${to}/`]
  })
}

test('layers import only what lies below them', () => {
  expect(broken(SOURCE, path => wallsBroken(path, read(path)))).toEqual([])
})

test('the wall is noticed when it is climbed', () => {
  expect(wallsBroken('src/hops/x.ts', `import { explore } from '../drivers/explore.ts'`)).toEqual(['imports drivers/'])
  expect(wallsBroken('src/findings/x.ts', `import {\n  readFileSync,\n} from 'node:fs'`)).toEqual(['imports node:fs outside the rim'])
  expect(wallsBroken('src/dns/x.ts', `const y = await import('../chain/model.ts')`)).toEqual(['imports chain/'])
  expect(wallsBroken('src/report/x.ts', `import * as v from 'valibot'`)).toEqual([])
})

test('clock, randomness, processes and streams are met only in the rim', () => {
  expect(broken(SOURCE.filter(path => !RIM.test(path)), path => codeOf(path).match(new RegExp(BANNED, 'g')) ?? [])).toEqual([])
})

test('only the helpers of effects.ts yield without a star', () => {
  const hops = SOURCE.filter(path => path.startsWith('src/hops/') || path.startsWith('src/chain/')).filter(path => path !== 'src/chain/effects.ts')
  expect(broken(hops, path => codeOf(path).match(/\byield\b(?!\s*\*)[^\n]*/g) ?? [])).toEqual([])
})

test('files stay within 500 lines and 140 columns, functions within 70 lines', () => {
  const table = (path: string): boolean => /(?:table|wording|cases)\.ts$/.test(path)
  expect(broken(TYPESCRIPT, path => {
    const lines = read(path).split('\n')
    return [
      ...(lines.length > 501 && !table(path) ? [`${lines.length} lines`] : []),
      ...(path.startsWith('src/') ? lines.flatMap((line, at) => (line.length > WIDEST && !table(path) && !/['"`/]/.test(line) ? [`line ${at + 1} has ${line.length} columns`] : [])) : []),
      ...(path.startsWith('src/') && !path.endsWith('.test.ts') ? longFunctions(codeOf(path)) : []),
    ]
  })).toEqual([])
})

/** The aim is 140; what fails is a line that nobody can read. Sentences and patterns may be longer: broken strings read worse. */
const WIDEST = 240
const LONGEST_FUNCTION = 70

interface Range {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** Declarations that open a block, to the line that closes it at the same indent; a function inside another counts for itself. */
function longFunctions(text: string): string[] {
  const lines = text.split('\n')
  const ranges = lines.flatMap((line, from): Range[] => {
    const opens = /^( *)(?:export )?(?:async )?(?:function\*? *(\w+)|\* ?(\w+)\(|(?:const|let) (\w+)[^=]*= (?:async )?(?:function|\(|\w+ =>)|(\w+): (?:async )?(?:\(|\w+ =>)|(?:async )?(\w+)\([^)]*\)(?:: [^{]+)? \{)/.exec(line)
    if (opens === null || !/[{(]\s*$/.test(line) || /^\s*(?:if|for|while|switch|return|catch|else)\b/.test(line)) return []
    const closing = new RegExp(`^${opens[1] ?? ''}[})]`)
    const to = lines.findIndex((each, at) => at > from && closing.test(each) && !/[{(]\s*$/.test(each))
    return [{ name: opens.slice(2).find(Boolean) ?? 'function', from, to: to < 0 ? lines.length : to }]
  })
  return ranges.flatMap(range => {
    const inside = ranges.filter(other => other.from > range.from && other.to < range.to)
    const outermost = inside.filter(one => !inside.some(other => other.from < one.from && other.to > one.to))
    const own = range.to - range.from + 1 - outermost.reduce((total, one) => total + one.to - one.from + 1, 0)
    return own > LONGEST_FUNCTION ? [`${range.name} at line ${range.from + 1} has ${own} lines`] : []
  })
}

test('a long function is noticed', () => {
  const body = (lines: number): string => `export function f() {\n${'  x()\n'.repeat(lines)}}\n`
  expect(longFunctions(body(68))).toEqual([])
  expect(longFunctions(body(80))).toEqual(['f at line 1 has 82 lines'])
  const inner = (lines: number): string => `  const g = (a: number): void => {\n${'    x()\n'.repeat(lines)}  }\n`
  expect(longFunctions(`export function f() {\n${inner(60).repeat(3)}}\n`)).toEqual([])
  expect(longFunctions(`export function f() {\n${inner(90)}}\n`)).toEqual(['g at line 2 has 92 lines'])
})

test('files are named after what they hold', () => {
  expect(FILES.filter(path => /(?:^|\/)(?:utils?|helpers?|common|misc|manager|types|constants)(?:\.[a-z.]+)?(?:\/|$)/.test(path) && !path.startsWith('examples/'))).toEqual([])
  expect(TYPESCRIPT.filter(path => !/^[a-z0-9.-]+\.ts$/.test(path.split('/').at(-1) as string))).toEqual([])
})

test('TypeScript that Node runs as it stands, with named exports', () => {
  expect(broken(TYPESCRIPT.filter(path => path !== 'vitest.config.ts'), path => [
    ...(codeOf(path).match(/^\s*(?:export )?(?:const )?enum \w+|^\s*(?:export )?(?:declare )?namespace \w+|^export default\b|^\s*@[a-z]\w*\(/gm) ?? []),
    ...importsOf(read(path)).filter(target => target.startsWith('.') && !target.endsWith('.ts')).map(target => `import without .ts: ${target}`),
  ])).toEqual([])
})

test('no test is switched off, none waits for the clock', () => {
  const tests = TYPESCRIPT.filter(path => path.endsWith('.test.ts'))
  expect(tests.length).toBeGreaterThan(10)
  expect(broken(tests, path => codeOf(path).match(/\.(?:skip|only|todo|skipIf|runIf|fails)\b|\bx(?:it|test)\(|\bsetTimeout\(/g) ?? [])).toEqual([])
})

/** Every file of the folder that exports a unit is imported by the folder's registry. */
const REGISTRIES: readonly { readonly index: string; readonly unit: RegExp }[] = [
  { index: 'src/findings/index.ts', unit: /export const \w+: Finding\b/ },
  { index: 'src/hops/coredns/index.ts', unit: /export const \w+: PluginFactory\b/ },
]

test.each(REGISTRIES)('$index names every unit beside it', ({ index, unit }) => {
  const folder = dirname(index)
  const units = SOURCE.filter(path => dirname(path) === folder && path !== index && unit.test(read(path))).map(path => `./${path.slice(folder.length + 1)}`)
  const imported = FILES.includes(index) ? importsOf(read(index)) : []
  expect(units.filter(path => !imported.includes(path))).toEqual([])
})

test('the findings are in order of id', async () => {
  const { findings } = await import('../src/findings/index.ts')
  const ids = findings.map(finding => finding.id)
  expect(ids).toEqual([...new Set(ids)].sort())
})

test('the id of a finding is its file name', async () => {
  const { findings } = await import('../src/findings/index.ts')
  const names = SOURCE.filter(path => path.startsWith('src/findings/')).map(path => path.slice('src/findings/'.length, -'.ts'.length))
  expect(findings.filter(finding => !names.includes(finding.id)).map(finding => finding.id)).toEqual([])
})

// Records what packages of Go and the expression library answer, with the toolchains that CoreDNS 1.9.3, 1.11.3 and 1.14.7 are built with:
// node scripts/record-go.ts [regexp|template|expression] [--cases N --seed S]. Needs `go` on the PATH, which fetches toolchains and modules.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { expressionCases } from '../test/fidelity/go/expression-cases.ts'
import { regexpCases } from '../test/fidelity/go/regexp-cases.ts'
import { templateCases } from '../test/fidelity/go/template-cases.ts'

const TOOLCHAINS: ReadonlyMap<string, string> = new Map([['1.9.3', 'go1.20.14'], ['1.11.3', 'go1.21.13'], ['1.14.7', 'go1.26.8']])
/** The expression library of a release, which has had two names. CoreDNS 1.15.0 has that of 1.14.7. */
const EXPRESSIONS: ReadonlyMap<string, readonly [module: string, version: string]> = new Map([
  ['1.11.3', ['github.com/antonmedv/expr', 'v1.15.5']], ['1.14.7', ['github.com/expr-lang/expr', 'v1.17.8']],
])
const FOLDER = new URL('../test/fidelity/go/', import.meta.url)
const CASES = new Map<string, (count: number, seed: number) => readonly unknown[]>([['regexp', regexpCases], ['template', templateCases], ['expression', expressionCases]])

const { values, positionals } = parseArgs({ allowPositionals: true, options: { cases: { type: 'string', default: '400' }, seed: { type: 'string', default: '1' } } })
for (const name of positionals.length > 0 ? positionals : CASES.keys()) record(name)

/** Lines that all releases answer alike are one row. */
function record(name: string): void {
  const input = (CASES.get(name)?.(Number(values.cases), Number(values.seed)) ?? []).map(c => JSON.stringify(c)).join('\n')
  const rows = new Map<string, string[]>()
  for (const [version, toolchain] of TOOLCHAINS) {
    if (name === 'expression' && !EXPRESSIONS.has(version)) continue
    for (const line of run(name, version, toolchain, input)) rows.set(line, [...rows.get(line) ?? [], version])
  }
  const lines = [...rows].map(([line, versions]) => `{"versions":${JSON.stringify(versions)},${line.slice(1)}\n`)
  writeFileSync(new URL(`${name}.jsonl.gz`, FOLDER), gzipSync(lines.join(''), { level: 9 }))
  process.stdout.write(`${name}: ${lines.length} rows\n`)
}

function run(name: string, version: string, toolchain: string, input: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'record-go-'))
  const env = { ...process.env, GOTOOLCHAIN: toolchain, GOFLAGS: '-mod=mod' }
  const program = join(folder, name)
  const [module, release] = (name === 'expression' && EXPRESSIONS.get(version)) || []
  const source = readFileSync(new URL(`${name}/main.go`, FOLDER), 'utf8')
  copyFileSync(new URL('answer-lines.go', FOLDER), join(folder, 'answer-lines.go'))
  writeFileSync(join(folder, 'main.go'), module === undefined ? source : source.replace('github.com/expr-lang/expr', module))
  writeFileSync(join(folder, 'go.mod'), `module recording\n\ngo 1.20\n${module === undefined ? '' : `\nrequire ${module} ${release}\n`}`)
  const built = spawnSync('go', ['build', '-o', program, '.'], { env, cwd: folder, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  const ran = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 2 ** 29 })
  rmSync(folder, { recursive: true })
  if (ran.status !== 0) throw new Error(ran.stderr)
  return ran.stdout.trim().split('\n')
}

// The second judge of a mutant, for those that no row tells: the tests of the hops and of fidelity, in a copy of the tree.
import { spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What `npm test` holds hops against: the part of it that says what a program answers. */
const SUBSET = ['src/hops/', 'test/fidelity/', 'test/scenarios.test.ts']
/** Tests that start processes or replay all rows: what they find out, the first judge has. */
const EXCLUDED = 'test/fidelity/{judge,fidelity}.test.ts'

const SLOWER = 8
const PATIENCE_MS = 60_000

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

export class TestJudge {
  readonly root: string
  /** Tests that fail without a mutant: they tell nothing. */
  readonly red: ReadonlySet<string>
  private readonly limitMs: number

  constructor(root: string, red: ReadonlySet<string>, limitMs: number) {
    this.root = root
    this.red = red
    this.limitMs = limitMs
  }

  static async start(root: string): Promise<TestJudge> {
    const began = performance.now()
    const failed = await failedTests(root, SUBSET, 0, Infinity)
    if (failed === undefined) throw new Error('the tests of hops and fidelity cannot be run in a copy of the tree')
    return new TestJudge(root, new Set(failed), SLOWER * (performance.now() - began) + PATIENCE_MS)
  }

  private async told(tests: readonly string[], limitMs: number): Promise<string | undefined> {
    const failed = await failedTests(this.root, tests, this.red.size + 1, limitMs)
    if (failed === undefined) return 'the tests never end'
    const told = failed.find(name => !this.red.has(name))
    return told === undefined ? undefined : `test ${told}`
  }

  async killer(file: string, text: string): Promise<string | undefined> {
    const path = join(this.root, file)
    const original = readFileSync(path, 'utf8')
    writeFileSync(path, text)
    try {
      return await this.told([nearTests(file)], PATIENCE_MS) ?? await this.told(SUBSET, this.limitMs)
    } finally {
      writeFileSync(path, original)
    }
  }
}

/** Most mutants are noticed by the tests beside their source: what those of `cache-stale.ts` begin with, too. */
export const nearTests = (file: string): string => (/^.*\/[^/.-]+/.exec(file) as RegExpExecArray)[0]

/** `bail`: stop after so many; 0 = never. Undefined = no report: out of time, or so broken that vitest ended. */
async function failedTests(root: string, tests: readonly string[], bail: number, limitMs: number): Promise<string[] | undefined> {
  const file = join(root, 'mutant-report.json')
  rmSync(file, { force: true })
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const options = ['--reporter=json', `--outputFile=${file}`, `--bail=${bail}`, '--maxWorkers=1', '--no-cache', `--exclude=${EXCLUDED}`]
  // A group of its own: a test that hangs can have started processes that hang with it.
  const child = spawn(process.execPath, [vitest, 'run', ...tests, '--passWithNoTests', ...options], { cwd: root, stdio: 'ignore', detached: true })
  const endAll = (): void => void process.kill(-(child.pid as number), 'SIGKILL')
  const timer = setTimeout(endAll, Math.min(limitMs, 2 ** 31 - 1))
  process.once('exit', endAll)
  await new Promise(resolve => child.once('exit', resolve))
  process.removeListener('exit', endAll)
  clearTimeout(timer)
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report
    return testResults.flatMap(({ name, status, assertionResults }) => {
      const failed = assertionResults.filter(test => test.status === 'failed').map(test => test.fullName)
      return failed.length === 0 && status === 'failed' ? [name.slice(root.length + 1)] : failed
    })
  } catch {
    return undefined
  }
}

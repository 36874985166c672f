// A run over drawn mutants. The tree is copied first, so that nobody who edits it meanwhile is judged or disturbed.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRows } from '../fidelity/rows.ts'
import { ROOT } from '../support/source-files.ts'
import { draw, mutated, shown, sitesIn, type Mutant } from './draw.ts'
import { RowJudge } from './row-judge.ts'
import { parses } from './sites.ts'
import { TestJudge } from './test-judge.ts'

export interface Verdict {
  readonly mutant: Mutant
  readonly was: string
  readonly is: string
  /** Undefined = it survived. */
  readonly killedBy: string | undefined
}

export interface Told {
  readonly verdicts: readonly Verdict[]
  /** Tests that fail without any mutant. */
  readonly red: readonly string[]
}

export interface Wish {
  readonly count: number
  readonly seed: number
  readonly only: string | undefined
}

/** `rows`: files. `tell` hears each verdict as it comes, in the order of the sources. */
export async function tryMutants({ count, seed, only }: Wish, rows: readonly string[], tell: (verdict: Verdict) => void): Promise<Told> {
  const farm = realpathSync(mkdtempSync(join(tmpdir(), 'whydns-mutants-')))
  const remove = (): void => rmSync(farm, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const verdicts: Verdict[] = []
    let told = 0
    const first = copyTree(ROOT, join(farm, '0'))
    const mutants = draw(sitesIn(first, rows.flatMap(file => readRows(file)), only), count, seed)
    const queue = mutants.entries()
    const others = Array.from({ length: Math.min(4, availableParallelism()) - 1 }, (_, lane) => copyTree(first, join(farm, String(lane + 1))))
    const red = await Promise.all([first, ...others].map(async root => {
      const tests = await TestJudge.start(root)
      const byRows = await RowJudge.start(root, { files: rows }, mutants)
      for (const [nth, mutant] of queue) {
        const text = readFileSync(join(root, mutant.file), 'utf8')
        const changed = mutated(text, mutant)
        if (!parses(mutant.file, changed)) throw new Error(`${mutant.file}:${mutant.line} ${mutant.kind}: no TypeScript any more`)
        const killedBy = await byRows.killer(mutant.file, changed, nth) ?? await tests.killer(mutant.file, changed)
        verdicts[nth] = { mutant, ...shown(text, mutant), killedBy }
        while (told in verdicts) tell(verdicts[told++] as Verdict)
      }
      await byRows.end()
      return [...tests.red]
    }))
    return { verdicts, red: [...new Set(red.flat())] }
  } finally {
    process.removeListener('exit', remove)
    remove()
  }
}

/** Libraries are linked one by one: what the tools write beside them stays in the copy. */
function copyTree(from: string, root: string): string {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  for (const name of readdirSync(from)) if (name !== '.git' && name !== 'node_modules') cpSync(join(from, name), join(root, name), { recursive: true })
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.') || name === '.bin') symlinkSync(join(ROOT, 'node_modules', name), join(root, 'node_modules', name))
  }
  return root
}

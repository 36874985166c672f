// Fills the output blocks of the READMEs from real runs: the ```text block after `<!-- run: ARGS -->` becomes what
// `whydns ARGS` prints. `node scripts/readme.ts` writes, `node scripts/readme.ts --check` only compares.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BLOCK = /(<!-- run: (.*?) -->\n```text\n)[^]*?(\n```)/g

export function filled(markdown: string, run: (args: readonly string[]) => string): string {
  return markdown.replace(BLOCK, (_, head: string, args: string, tail: string) => `${head}$ whydns ${args}\n${run(args.split(' ')).trimEnd()}${tail}`)
}

function whydns(args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['bin/whydns', ...args], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, LANG: 'C', NO_COLOR: '1' } })
  if (status !== 0 && status !== 1) throw new Error(`whydns ${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout
}

if (import.meta.main) {
  for (const name of ['README.md', 'README.zh.md']) {
    const path = `${ROOT}/${name}`
    const before = readFileSync(path, 'utf8')
    const after = filled(before, whydns)
    if (process.argv.includes('--check')) {
      if (after !== before) {
        process.stderr.write(`${name} does not show what whydns prints: run node scripts/readme.ts\n`)
        process.exitCode = 1
      }
    } else if (after !== before) writeFileSync(path, after)
  }
}

// The real programs, asked live with a few cases, where the machine has them. Where it has none, the command says so and claims nothing, which is what is checked then.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { binaryOf, missing } from './coredns-process.ts'
import { RELEASES } from './generate.ts'

const hasCoredns = RELEASES.every(release => missing(binaryOf(release)) === undefined)

const conform = (...argv: readonly string[]): { readonly status: number | null; readonly stdout: string } =>
  spawnSync(process.execPath, ['scripts/conform.ts', ...argv], { encoding: 'utf8' })

test.each(['coredns', 'start', 'kubernetes', 'hostile'])('a few cases of %s come out equal, or it is said that nothing was run', part => {
  const { status, stdout } = conform('--only', part, '--cases', '24', '--seed', '7')
  expect(status, stdout).toBe(0)
  if (hasCoredns && process.getuid?.() === 0) expect(stdout).toMatch(new RegExp(`${part}: CoreDNS .* 0 different`))
  else expect(stdout).toMatch(/nothing was run|0 different/)
})

test('an unknown name is an error that lists what there is', () => {
  const { status, stdout } = conform('--only', 'bind')
  expect(status).toBe(2)
  expect(stdout).toContain('coredns, kubernetes')
})

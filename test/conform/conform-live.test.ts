// The real programs, asked live with a few cases, where the machine has them. Where it has none, the command says so and claims nothing, which is what is checked then.
import { execFile, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { binaryOf, missing } from './coredns-process.ts'
import { RELEASES } from './generate.ts'

const hasCoredns = RELEASES.every(release => missing(binaryOf(release)) === undefined)
/** They mostly wait, so they run side by side; but without a network of its own each would take the same ports. */
const concurrent = process.getuid?.() === 0 && spawnSync('unshare', ['-n', '-m', 'ip', 'link', 'set', 'lo', 'up']).status === 0

interface Ended { readonly status: unknown; readonly stdout: string }

const conform = (...argv: readonly string[]): Promise<Ended> => new Promise(resolve => {
  execFile(process.execPath, ['scripts/conform.ts', ...argv], (error, stdout) => resolve({ status: error ? error.code : 0, stdout }))
})

test.each(['coredns', 'start', 'kubernetes', 'hostile'])('a few cases of %s come out equal, or it is said that nothing was run', { concurrent }, async part => {
  const { status, stdout } = await conform('--only', part, '--cases', '24', '--seed', '7')
  expect(status, stdout).toBe(0)
  if (hasCoredns && process.getuid?.() === 0) expect(stdout).toMatch(new RegExp(`${part}: CoreDNS .* 0 different`))
  else expect(stdout).toMatch(/nothing was run|0 different/)
})

test('an unknown name is an error that lists what there is', async () => {
  const { status, stdout } = await conform('--only', 'bind')
  expect(status).toBe(2)
  expect(stdout).toContain('coredns, kubernetes')
})

// `whydns simulate` on the recorded incident: the run agrees with the closed form, the same seed gives the same bytes, and what
// nobody knows is drawn and said.
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { durationMs, perSecond } from '../src/cli/duration.ts'
import { run } from '../src/cli/main.ts'
import { OperatingError } from '../src/cli/operating-error.ts'
import type { Rim } from '../src/cli/rim.ts'
import type { Simulation } from '../src/findings/simulation.ts'
import { simulationSchema } from '../src/report/simulated-schema.ts'
import { widthOf } from '../src/report/width.ts'
import { simulateLookups } from '../src/simulate.ts'
import { ROOT } from './support/source-files.ts'

const POD = 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'

async function cli(args: readonly string[], columns = 100): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const rim: Rim = {
    out: text => { written.out += text }, err: text => { written.err += text }, env: {}, outTerminal: { isTty: true, columns }, errTerminal: { isTty: false, columns },
    calledAs: 'whydns', readStdin: () => Promise.resolve(new Uint8Array(0)), diagnose: () => Promise.resolve([]),
    simulate: (files, asked, settings) => Promise.resolve(simulateLookups(files, asked, settings)),
  }
  return { code: await run(['simulate', 'a.corp-example.com', '--bundle', join(ROOT, 'examples/incident'), '--color', 'never', ...args], rim), ...written }
}

async function simulation(args: readonly string[]): Promise<Simulation> {
  const { code, out } = await cli([...args, '-o', 'json'])
  expect(code).toBe(0)
  return JSON.parse(out) as Simulation
}

test('a long run agrees with the odds and the closed form', async () => {
  const { spec, status } = await simulation(['--from', POD, '--for', '4h', '--every', '4s', '--seed', '3'])
  expect(v.is(simulationSchema, { apiVersion: 'whydns/v1', kind: 'Simulation', metadata: { name: '', bundle: '', generatedBy: '' }, spec, status })).toBe(true)
  expect(status.lookups).toBe(3600)
  expect(status.predicted).toMatchObject({ fill: { exact: '1/3' }, complete: true })
  expect([status.fills.low < 1 / 3, status.fills.high > 1 / 3]).toEqual([true, true])
  expect(status.spells.predicted).toMatchObject({ meanBadS: 48, meanGoodS: 96 })
  expect(Math.abs(status.failed / status.lookups - (status.spells.predicted?.failingShare ?? 0))).toBeLessThan(0.05)
  expect(Math.abs(status.spells.bad.meanS - 48)).toBeLessThan(48 * 0.2)
  expect(Math.abs(status.spells.good.meanS - 96)).toBeLessThan(96 * 0.2)
  expect(status.recovery?.predictedWorstS).toBe(30)
  expect(status.recovery?.worstS).toBeGreaterThan(0)
  expect(status.recovery?.worstS).toBeLessThanOrEqual(30)
  expect(status.outsideExplored).toBe(0)
  expect(status.raster.letters.length).toBeLessThanOrEqual(320)
  expect(status.raster.lookupsPerLetter).toBe(12)
}, 20_000)

test('the rate is that of the log unless it is given; the same seed gives the same bytes, another one another line', async () => {
  const args = ['--from', POD, '-o', 'json', '--for', '10m']
  const [one, same, other] = [await cli(args), await cli(args), await cli([...args, '--seed', '2'])]
  expect(same.out).toBe(one.out)
  expect(other.out).not.toBe(one.out)
  expect(JSON.parse(one.out).spec).toMatchObject({ seed: 1, forS: 600, requests: { kind: 'random', basis: 'observed' } })
})

test('a musl in its place is run as one', async () => {
  const { spec, status } = await simulation(['--from', POD, '--stub', 'musl@1.2.2', '--for', '20m', '--every', '4s'])
  expect(spec.from.class).toContain('musl 1.2.2')
  expect(status.predicted?.fill).toMatchObject({ exact: '5/9' })
})

test('a good pod has good lookups only, and no spells', async () => {
  const { status } = await simulation(['--from', 'alpha01/order-sync-shanghai-zp72c-84bcd94655-46jgg'])
  expect([status.failed, status.recovery, status.spells.bad.n]).toEqual([0, null, 0])
  expect(status.raster.letters).toMatch(/^o+$/)
})

test('what nobody knows is drawn by the seed, and every world has its own odds', async () => {
  const { status } = await simulation(['--from', 'node/hz-edge-1', '--every', '30s'])
  expect(status.worlds.length).toBe(4)
  expect(status.worlds.map(world => world.drawn)).toEqual([true, false, false, false])
  expect(new Set(status.worlds.map(world => JSON.stringify(world.predictedFill)))).toEqual(new Set(['{"exact":"0","value":0}', '{"exact":"1","value":1}']))
  for (const world of status.worlds) expect(world.failed).toBe('exact' in world.predictedFill && world.predictedFill.value === 1 ? world.lookups : 0)
  expect((await cli(['--from', 'node/hz-edge-1', '--every', '30s'])).out).toContain('drawn by seed 1')
})

test.each([['en', 100], ['en', 60], ['zh', 100], ['zh', 60]] as const)('%s in %i columns', async (lang, columns) => {
  const { code, out } = await cli(['--from', POD, '--lang', lang], columns)
  expect(code).toBe(0)
  expect(out.split('\n').filter(line => widthOf(line) > columns)).toEqual([])
  expect(out).toMatch(/^ +0 s {2}[oX/]{20,}$/m)
  expect(out).toContain(lang === 'en' ? 'PREDICTED   SIMULATED' : '预测     模拟')
})

test('more lookups than are run: the window is cut, and that is said', async () => {
  const { spec, status } = await simulation(['--from', 'kube-system/coredns-edge-m2cjd', '--for', '31d', '--every', '1m'])
  expect([status.lookups, spec.forS]).toEqual([5000, 299_940])
  expect(status.problems[0]?.code).toBe('simulation-cut')
}, 20_000)

test('nobody to ask, or a wrong word', async () => {
  const missing = await cli(['--from', 'alpha01/no-such-pod'])
  expect([missing.code, missing.out.includes('alpha01/no-such-pod is not in the evidence')]).toEqual([3, true])
  for (const wrong of [['--every', '4s', '--rate', '1/s'], ['--for', 'soon'], ['--rate', '1/week'], ['--seed', '-1'], ['--every', '0s'], ['--stub', 'bionic']]) {
    const { code, out, err } = await cli(wrong)
    expect([wrong, code, out]).toEqual([wrong, 2, ''])
    expect(err).toMatch(/^error: /)
  }
})

test('times and rates', () => {
  expect(['500ms', '4s', '10m', '10min', '1h30m', '1.5h', '2D'].map(text => durationMs(text, '--for'))).toEqual([500, 4000, 600_000, 600_000, 5_400_000, 5_400_000, 172_800_000])
  expect(['0.25/s', '15/min', '15/m', '900/h', '2'].map(perSecond)).toEqual([0.25, 0.25, 0.25, 0.25, 2])
  for (const text of ['', 's', '4', '4s!', '-4s', '1e9s', '99d']) expect(() => durationMs(text, '--for')).toThrow(OperatingError)
})

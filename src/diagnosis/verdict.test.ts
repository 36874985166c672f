import { expect, test } from 'vitest'
import { rational } from '../chain/rational.ts'
import { verdictOf, type WorldOdds } from './verdict.ts'

const world = (n: number, d = 1, more: Partial<WorldOdds> = {}): WorldOdds => ({ success: rational(n, d), deniedOnly: true, unmodelled: false, slowestMs: 0, ...more })

test.each([
  ['always an answer', [world(1)], 'works'],
  ['always an answer, once after a dead upstream', [world(1, 1, { slowestMs: 2000 })], 'slow'],
  ['one fill in three denied', [world(2, 3)], 'intermittent'],
  ['denied by everyone', [world(0)], 'absent'],
  ['no answer and no denial', [world(0, 1, { deniedOnly: false })], 'fails'],
  ['sometimes bad in each world', [world(1, 2), world(2, 3)], 'intermittent'],
  ['bad in every world, sometimes good in one', [world(0), world(2, 3)], 'intermittent'],
  ['good in one world, bad in another', [world(1), world(0)], 'inconclusive'],
  ['never good, whether denied or lost', [world(0), world(0, 1, { deniedOnly: false })], 'fails'],
  ['something on the way is not modelled', [world(1), world(0, 1, { unmodelled: true })], 'inconclusive'],
  ['no world at all', [], 'inconclusive'],
] as const)('%s: %#', (_what, worlds, verdict) => {
  expect(verdictOf(worlds)).toBe(verdict)
})

// Which github.com/miekg/dns each CoreDNS has (its go.mod), by what that library reads otherwise than the ones before.
import { expect, test } from 'vitest'
import type { CorednsVersion } from './plugin.ts'
import { dialectOf } from './zone-data.ts'

/** What the library of a release has of the old ways, in the order in which they went. */
const old = (version: CorednsVersion): string => {
  const { wordLimitBytes, leadingDot, first, looseEscapes, knowsOhttp, lineEndIsName, untypedOverflow, ttlWraps } = dialectOf(version)
  const ways = { leadingDot, first, short: wordLimitBytes === 2048, looseEscapes, noOhttp: !knowsOhttp, lineEndIsName, untypedOverflow, ttlWraps }
  return Object.entries(ways).filter(([, has]) => has).map(([name]) => name).join(' ')
}
const SINCE_1_11_4 = 'lineEndIsName untypedOverflow ttlWraps'

test.each([
  [[1, 9, 3], `leadingDot first short looseEscapes noOhttp ${SINCE_1_11_4}`], [[1, 9, 4], `first short looseEscapes noOhttp ${SINCE_1_11_4}`],
  [[1, 10, 1], `first short looseEscapes noOhttp ${SINCE_1_11_4}`], [[1, 11, 0], `looseEscapes noOhttp ${SINCE_1_11_4}`], [[1, 11, 3], `looseEscapes noOhttp ${SINCE_1_11_4}`],
  [[1, 11, 4], SINCE_1_11_4], [[1, 12, 1], SINCE_1_11_4], [[1, 12, 2], 'untypedOverflow ttlWraps'], [[1, 12, 3], 'ttlWraps'], [[1, 14, 0], 'ttlWraps'], [[1, 14, 1], ''], [[1, 15, 0], ''],
] as const)('the library of CoreDNS %j has the old ways: %s', (version, ways) => {
  expect(old(version)).toBe(ways)
})

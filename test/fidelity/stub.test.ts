import { expect, test } from 'vitest'
import { text } from '../../src/chain/effects.ts'
import { explore } from '../../src/drivers/explore.ts'
import { simulate } from '../../src/drivers/simulate.ts'
import { rows } from './rows.ts'
import { askOf, chainOf, differenceOf, notModelled, type StubRow } from './stub-replay.ts'

const ALL = rows<StubRow>('stub-resolvers')

/** Recordings that say something else than all others of their kind: a stray packet of the run before, an order of re-sends. */
const STRAY = [
  'musl1.2.3 asIsFirst: ndots:1 as-is SERVFAIL on both, rest NXDOMAIN',
  'musl1.2.5 pairing: A ok, AAAA NXNOSOA (one server)',
]

test('glibc 2.31–2.41, musl 1.2.2–1.2.5 and Go 1.21–1.26 look names up as recorded', () => {
  const tally = new Map<string, { rows: number; equal: number; different: number; 'not modelled': number }>()
  const different: string[] = []
  const details: string[] = []
  const unmodelled = new Map<string, number>()
  for (const row of ALL) {
    const key = `${row.group} ${row.client}`
    const counts = tally.get(key) ?? { rows: 0, equal: 0, different: 0, 'not modelled': 0 }
    tally.set(key, counts)
    counts.rows++
    const odd = differenceOf(row)
    const reason = odd === undefined ? undefined : notModelled(row)
    counts[odd === undefined ? 'equal' : reason === undefined ? 'different' : 'not modelled']++
    if (reason !== undefined) unmodelled.set(reason, (unmodelled.get(reason) ?? 0) + 1)
    else if (odd !== undefined) {
      different.push(`${row.client} ${row.group}: ${row.case}`)
      details.push(`${row.client} ${row.group}: ${row.case}: ${odd}`)
    }
  }
  console.log([...tally].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, counts]) => `${key}: ${Object.entries(counts).map(([what, n]) => `${n} ${what}`).join(', ')}`).join('\n'))
  expect(different.filter(row => !STRAY.includes(row)), details.join('\n')).toEqual([])
  expect(Object.fromEntries(unmodelled)).toEqual({})
})

test('what is simulated is among what is explored, for every fifth recorded lookup', () => {
  const outside: string[] = []
  for (const row of ALL.filter((r, i) => i % 5 === 0 && r.repeat === undefined && r.rules.every(rule => rule.nth === undefined))) {
    const chain = chainOf(row, undefined)
    const explored = explore(chain, askOf(row), { start: 'cold' })
    expect(explored.complete, row.case).toBe(true)
    const ends = new Set(explored.outcomes.map(outcome => `${text(outcome.value)} ${outcome.elapsedMs}`))
    for (const seed of [1, 2]) {
      for (const lookup of simulate(chain, [{ atMs: 0, ask: askOf(row) }], { seed })) {
        if (!ends.has(`${text(lookup.value)} ${lookup.elapsedMs}`)) outside.push(`${row.client} ${row.case}, seed ${seed}: ${text(lookup.value)}`)
      }
    }
  }
  expect(outside).toEqual([])
})

import { expect, test } from 'vitest'
import { rows } from './rows.ts'
import { differenceOf, type StubRow } from './stub-replay.ts'

const ALL = rows<StubRow>('stub-pairs')

test('any two answers to A and AAAA, and lookups of one family through a search, end as recorded with each release', () => {
  const some = ALL.filter((_, i) => i % 3 === 0)
  const different = some.flatMap(row => {
    const odd = differenceOf(row)
    return odd === undefined ? [] : [`${row.client} ${row.group}: ${row.case}: ${odd}`]
  })
  expect(different).toEqual([])
  expect(new Set(some.map(row => row.client)).size).toBe(14)
  expect(new Set(some.map(row => row.group))).toEqual(new Set(['pairs', 'single', 'no-aaaa']))
})

test('an end that no order of arrival leads to is a difference', () => {
  const row = (client: string, title: string): StubRow => ALL.find(one => one.client === client && one.case === title) as StubRow
  for (const one of [row('go1.26', '1 NX / SERVFAIL'), row('musl1.2.5', '1 NODATA / NODATA'), row('glibc2.36', '1 NX / NX')]) {
    expect(differenceOf({ ...one, result: { rc: 0, code: 'OK', error: '', ms: 0, addrs: ['10.0.0.1'] } } as StubRow)).toBeDefined()
  }
})

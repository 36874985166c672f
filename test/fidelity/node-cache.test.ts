import { expect, test } from 'vitest'
import { isSurprise } from './accepted.ts'
import { judgeRows } from './judge.ts'
import type { Json } from './programs.ts'
import { rows } from './rows.ts'

test('every recorded start and answer of NodeLocal DNSCache is what the model does, but for one that is accepted', () => {
  const { judged } = judgeRows(rows<Json>('node-cache'))
  expect(judged.length).toBe(456)
  expect(judged.filter(isSurprise)).toEqual([])
  expect(judged.filter(row => row.verdict.kind !== 'equal').map(row => row.id)).toEqual(['node-cache.no-endpoint/1'])
})

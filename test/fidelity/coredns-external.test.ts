import { expect, test } from 'vitest'
import { judgeRows } from './judge.ts'
import type { Json } from './programs.ts'
import { rows } from './rows.ts'

test.each(['coredns-external', 'coredns-options', 'coredns-plugins', 'coredns-releases', 'coredns-starts'])('every recorded row of %s is what the model does', file => {
  const all = rows<Json>(file)
  expect(all.length).toBeGreaterThan(100)
  const { judged } = judgeRows(all)
  expect(judged.length).toBe(all.length)
  expect(judged.filter(row => row.verdict.kind !== 'equal')).toEqual([])
})

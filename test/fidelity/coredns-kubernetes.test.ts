// The kubernetes plugin at four versions against a real API server.
import { expect, test } from 'vitest'
import { judgeRows } from './judge.ts'
import type { Json } from './programs.ts'
import { rows } from './rows.ts'

test('every recorded answer of the kubernetes plugin is the model\'s', () => {
  const { judged } = judgeRows([...rows<Json>('coredns-kubernetes-fixture'), ...rows<Json>('coredns-kubernetes')])
  expect(judged.length).toBe(1112)
  expect(judged.filter(row => row.verdict.kind !== 'equal')).toEqual([])
})

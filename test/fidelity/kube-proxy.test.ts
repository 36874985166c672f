// kube-proxy 1.34.0 in iptables mode: the balance, the refusals and the odds of every recorded case, and its rules read back.
import { expect, test } from 'vitest'
import { replay, type KubeProxyRow } from './kube-proxy-replay.ts'
import { rows } from './rows.ts'
import { unequal } from './verdict.ts'

const all = rows<KubeProxyRow>('kube-proxy')

test('endpoints, refusals and odds are those of kube-proxy, and its rules say the same', () => {
  expect(all.length).toBe(46)
  expect(unequal(all, replay, row => `${row.group}: ${row.case}`)).toEqual([])
})

test('a row that says something else is told apart', () => {
  const row = all.find(one => one.parsed.balance.some(chain => chain.endpoints.length > 1)) as KubeProxyRow
  expect(replay({ ...row, parsed: { ...row.parsed, balance: [] } }).kind).toBe('different')
  expect(replay({ ...row, out: { filter: [], nat: [] } }).kind).toBe('different')
})

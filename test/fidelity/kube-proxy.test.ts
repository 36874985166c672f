// kube-proxy 1.34.0 in iptables mode: that the replay of its rows (fidelity.test.ts) looks at the balance and at the rules read back.
import { expect, test } from 'vitest'
import { replay, type KubeProxyRow } from './kube-proxy-replay.ts'
import { rows } from './rows.ts'

const all = rows<KubeProxyRow>('kube-proxy')

test('a row that says something else is told apart', () => {
  const row = all.find(one => one.parsed.balance.some(chain => chain.endpoints.length > 1)) as KubeProxyRow
  expect(replay({ ...row, parsed: { ...row.parsed, balance: [] } }).kind).toBe('different')
  expect(replay({ ...row, out: { filter: [], nat: [] } }).kind).toBe('different')
})

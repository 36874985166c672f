import { expect, test } from 'vitest'
import type { CorednsModel } from '../../chain/model.ts'
import type { ResourceRecord } from '../../dns/message.ts'
import { readCorefile } from '../../config/corefile.ts'
import { possibleOrders, readBalance, type Balance } from './loadbalance.ts'
import type { CorednsVersion } from './plugin.ts'

const WEIGHTS = '# of a.test\na.test\n 10.0.0.1 3\n10.0.0.2\t1\n\nb.test.\n10.0.0.3 2\na.test\n10.0.0.4 6\n'

function balance(corefile: string, version: CorednsVersion = [1, 15, 0]): Balance {
  const { blocks } = readCorefile('Corefile', `. {\n ${corefile}\n}\n`, { env: new Map() }).value
  const model = { corefile: { file: 'Corefile', text: '', blocks }, files: new Map([['/w.txt', { file: 'w.txt', text: WEIGHTS }]]) } as unknown as CorednsModel
  return readBalance({ directives: (blocks[0]?.directives ?? []).filter(d => d.name === 'loadbalance'), version, model, block: 0 })
}
const address = (data: string, type = 'A', name = 'a.test.'): ResourceRecord => ({ name, type, ttlS: 60, data })
const alias = address('a.test.', 'CNAME', 'c.test.')
const text = address('"x"', 'TXT')
const orders = (records: readonly ResourceRecord[], of: Balance, type = 'A'): string[] =>
  possibleOrders(records, type, of).map(({ records: each, odds: [n, d] }) => `${each.map(r => r.data).join(' ')} ${n}/${d}`)

test('aliases come first, addresses and mail servers in every order, what is left between', () => {
  const two = [address('m1', 'MX'), address('10.0.0.1'), text, alias, address('fd00::1', 'AAAA')]
  expect(orders(two, balance('loadbalance'))).toEqual(['a.test. "x" 10.0.0.1 fd00::1 m1 1/2', 'a.test. "x" fd00::1 10.0.0.1 m1 1/2'])
  expect(orders([address('m1', 'MX'), address('m2', 'MX')], balance('loadbalance'), 'MX')).toEqual(['m1 m2 1/2', 'm2 m1 1/2'])
  expect(orders([], balance('loadbalance'))).toEqual([' 1/1'])
})

test('orders of more than seven addresses are not told apart', () => {
  const many = (count: number): ResourceRecord[] => Array.from({ length: count }, (_, i) => address(`10.0.0.${i}`))
  expect(orders(many(7), balance('loadbalance'))).toHaveLength(5040)
  expect(orders(many(8), balance('loadbalance'))).toEqual([`${many(8).map(r => r.data).join(' ')} 1/1`])
})

test('a weighted address changes places with the first; one without a weight has 1', () => {
  const weighted = balance('loadbalance weighted w.txt')
  expect(orders([address('10.0.0.1'), address('10.0.0.2'), address('10.0.0.9')], weighted)).toEqual([
    '10.0.0.1 10.0.0.2 10.0.0.9 3/5', '10.0.0.2 10.0.0.1 10.0.0.9 1/5', '10.0.0.9 10.0.0.2 10.0.0.1 1/5',
  ])
  expect(orders([address('10.0.0.4'), alias], weighted)).toEqual(['a.test. 10.0.0.4 6/6'])
  expect(orders([address('10.0.0.3', 'A', 'b.test.'), address('10.0.0.1', 'A', 'b.test.')], weighted)).toEqual(['10.0.0.3 10.0.0.1 2/3', '10.0.0.1 10.0.0.3 1/3'])
  expect(orders([text, alias, address('10.0.0.1')], weighted, 'TXT')).toEqual(['"x" a.test. 10.0.0.1 1/1'])
  expect(orders([text, alias], weighted)).toEqual(['"x" a.test. 1/1'])
  expect(orders([address('10.0.0.1'), alias], weighted, 'SRV')).toEqual(['a.test. 10.0.0.1 3/3'])
})

test('without the file, and in releases before 1.10.1, nothing is weighed', () => {
  const two = [address('10.0.0.1'), address('10.0.0.2')]
  expect(orders(two, balance('loadbalance weighted missing'))).toEqual(['10.0.0.1 10.0.0.2 1/2', '10.0.0.2 10.0.0.1 1/2'])
  expect(balance('loadbalance weighted w.txt', [1, 10, 0]).weights).toBeUndefined()
  expect(balance('loadbalance weighted w.txt', [1, 10, 1]).weights?.get('a.test.')).toEqual([{ address: '10.0.0.1', weight: 3 }, { address: '10.0.0.2', weight: 1 }, { address: '10.0.0.4', weight: 6 }])
})

test('addresses of the preferred networks come first, in the order of the networks, since 1.12.4', () => {
  const line = 'loadbalance {\n  prefer 10.1.0.0/16 10.0.0.2/32\n }'
  const three = [address('10.0.0.1'), address('10.0.0.2'), address('10.1.0.1')]
  expect(new Set(orders(three, balance(line)))).toEqual(new Set(['10.1.0.1 10.0.0.2 10.0.0.1 1/6']))
  expect(orders([text, address('10.0.0.2'), alias, address('m', 'MX')], balance(line))).toEqual(['a.test. 10.0.0.2 m "x" 1/1'])
  expect(balance(line, [1, 12, 3]).prefers).toEqual([])
  expect(balance(`${line}\n loadbalance {\n  prefer 10.2.0.0/16\n }`).prefers).toHaveLength(3)
  expect(balance(`${line}\n loadbalance weighted w.txt`).prefers).toHaveLength(0)
  expect(balance('loadbalance\n loadbalance weighted w.txt', [1, 12, 3]).weights).toBeUndefined()
})

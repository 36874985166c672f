import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { applyEdits } from './patch.ts'
import { removeListEntries } from './yaml-list.ts'

const remove = (text: string, ...addresses: string[]): string => {
  const edits = removeListEntries('f', text, addresses.map(a => text.indexOf(a)))
  return edits ? applyEdits(text, edits) : 'cannot'
}

test('a flow list keeps its brackets', () => {
  expect(remove('a:\n  addresses: [10.0.0.1, 223.5.5.5, 223.6.6.6] # keep\n', '223.5.5.5', '223.6.6.6')).toBe('a:\n  addresses: [10.0.0.1] # keep\n')
})

test('a block list loses the line', () => {
  expect(remove('a:\n  addresses:\n  - 10.0.0.1\n  - 223.5.5.5 # public\n  - 10.0.0.2\nb: 1\n', '223.5.5.5')).toBe('a:\n  addresses:\n  - 10.0.0.1\n  - 10.0.0.2\nb: 1\n')
})

test('a list that becomes empty goes with its key, and with a parent that held nothing else', () => {
  const text = 'eth0:\n  dhcp4: true\n  nameservers:\n    addresses: [223.5.5.5]\n  mtu: 1400\n'
  expect(parse(remove(text, '223.5.5.5'))).toEqual({ eth0: { dhcp4: true, mtu: 1400 } })
  const block = 'eth0:\n  nameservers:\n    addresses:\n    - 223.5.5.5\n    search: [x.test]\n  mtu: 1400\n'
  expect(parse(remove(block, '223.5.5.5'))).toEqual({ eth0: { nameservers: { search: ['x.test'] }, mtu: 1400 } })
})

test('what is no entry of a list is not edited', () => {
  expect(remove('a: 223.5.5.5\n', '223.5.5.5')).toBe('cannot')
})

test('overlapping edits are refused', () => {
  expect(() => applyEdits('abcdef', [{ file: 'f', start: 0, end: 3, text: '' }, { file: 'f', start: 2, end: 4, text: '' }])).toThrow(RangeError)
})

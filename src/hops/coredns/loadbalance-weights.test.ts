import { expect, test } from 'vitest'
import { readWeights } from './loadbalance-weights.ts'
import type { CorednsVersion } from './plugin.ts'

const read = (text: string, version: CorednsVersion = [1, 12, 2]): unknown => {
  const weights = readWeights(text, '/w.txt', version)
  return typeof weights === 'string' ? weights : Object.fromEntries([...weights].map(([name, all]) => [name, all.map(w => `${w.address} ${w.weight}`).join(', ')]))
}

test.each([
  ['a.test\n10.0.0.1 1\n 10.0.0.2\t255 \n', { 'a.test.': '10.0.0.1 1, 10.0.0.2 255' }], ['# x\n\na.test.\nfd00::1 3\nb\n10.0.0.1 2\na.test\n10.0.0.3 4', { 'a.test.': 'fd00::1 3, 10.0.0.3 4', 'b.': '10.0.0.1 2' }],
  ['A.test\n10.0.0.1 1', { 'A.test.': '10.0.0.1 1' }], ['', {}],
  ['a.test\n10.0.0.1 1 x', 'could not parse weight line:"10.0.0.1 1 x" in weight file /w.txt'], ['a.test\n10.0.0.1', 'wrong domain name:"10.0.0.1" in weight file /w.txt. (Maybe a missing weight value?)'],
  ['a.test\nb.test 1', 'wrong IP address:"b.test" in weight file /w.txt'], ['a.test\n10.0.0.1 256', 'wrong weight value:"256" in weight file /w.txt'], ['a.test\n10.0.0.1 0', 'wrong weight value:"0" in weight file /w.txt'],
  ['a.test\n10.0.0.1 -1', 'wrong weight value:"-1" in weight file /w.txt'], ['10.0.0.1 1', 'missing domain name in weight file /w.txt'],
])('%j is read as %j', (text, is) => {
  expect(read(text)).toEqual(is)
})

test('up to 1.12.1 what is wrong is said with a capital', () => {
  expect(read('10.0.0.1 1', [1, 12, 1])).toBe('Missing domain name in weight file /w.txt')
  expect(read('a\n10.0.0.1 1 x', [1, 12, 1])).toBe('Could not parse weight line:"10.0.0.1 1 x" in weight file /w.txt')
})

import { expect, test } from 'vitest'
import type { CorednsVersion } from './plugin.ts'
import { typeWord } from './type-word.ts'

/** The version of miekg/dns in go.mod: 1.1.50 in CoreDNS 1.10.1, 1.1.55 in 1.11.0, 1.1.62 in 1.11.4, 1.1.64 in 1.12.1. */
test.each<[string, number, CorednsVersion, CorednsVersion]>([
  ['IPSECKEY', 45, [1, 10, 1], [1, 11, 0]], ['AMTRELAY', 260, [1, 10, 1], [1, 11, 0]], ['NXNAME', 128, [1, 11, 3], [1, 11, 4]], ['RESINFO', 261, [1, 12, 0], [1, 12, 1]],
])('%s is printed as TYPE%i before its word came', (type, number, before, first) => {
  expect([typeWord(type, before), typeWord(type, first)]).toEqual([`TYPE${number}`, type])
})

test('a number without a word stays, and A is a word in all releases', () => {
  expect([typeWord('TYPE65280', [1, 15, 0]), typeWord('A', [1, 0, 0]), typeWord('TYPE0', [1, 15, 0]), typeWord('TYPE65535', [1, 15, 0])]).toEqual(['TYPE65280', 'A', 'None', 'Reserved'])
})

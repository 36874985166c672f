import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns, refusalOf } from '../../../test/support/one-coredns.ts'
import type { CorednsVersion } from './plugin.ts'
import { laterTypes, typeOfWord, typeWord } from './type-word.ts'

/** The version of miekg/dns in go.mod: 1.1.50 in CoreDNS 1.10.1, 1.1.55 in 1.11.0, 1.1.62 in 1.11.4, 1.1.64 in 1.12.1. */
test.each<[string, number, CorednsVersion, CorednsVersion]>([
  ['IPSECKEY', 45, [1, 10, 1], [1, 11, 0]], ['AMTRELAY', 260, [1, 10, 1], [1, 11, 0]], ['NXNAME', 128, [1, 11, 3], [1, 11, 4]], ['RESINFO', 261, [1, 12, 0], [1, 12, 1]],
])('%s is printed as TYPE%i before its word came', (type, number, before, first) => {
  expect([typeWord(type, before), typeWord(type, first)]).toEqual([`TYPE${number}`, type])
})

test('a number without a word stays, and A is a word in all releases', () => {
  expect([typeWord('TYPE65280', [1, 15, 0]), typeWord('A', [1, 0, 0]), typeWord('TYPE0', [1, 15, 0]), typeWord('TYPE65535', [1, 15, 0])]).toEqual(['TYPE65280', 'A', 'None', 'Reserved'])
})

test('a word is a type from the same release on, for whoever reads it', () => {
  expect([[1, 10, 1], [1, 11, 0]].map(version => typeOfWord('IPSECKEY', version as never))).toEqual([undefined, 45])
  expect(['None', 'Reserved', 'OPT', 'ANY', 'WKS', 'a', 'TYPE1'].map(word => typeOfWord(word, [1, 9, 3]))).toEqual([0, 65_535, 41, 255, undefined, undefined, undefined])
  expect([[1, 9, 3], [1, 11, 3], [1, 12, 0], [1, 12, 1]].map(version => [...laterTypes(version as never)])).toEqual([['IPSECKEY', 'AMTRELAY', 'NXNAME', 'RESINFO'], ['NXNAME', 'RESINFO'], ['RESINFO'], []])
})

test.each<[string, (type: string) => string]>([
  ['acl', type => `acl {\n  block type ${type}\n }`], ['rewrite', type => `rewrite type ${type} A`], ['template', type => `template IN ${type}`], ['tsig', type => `tsig {\n  require ${type}\n }`],
])('%s refuses a word that came later', (_, block) => {
  const starts = (type: string, version: string): boolean => refusalOf(version, `. {\n ${block(type)}\n}\n`) === ''
  expect([starts('RESINFO', '1.12.0'), starts('RESINFO', '1.12.1'), starts('WKS', '1.15.0')]).toEqual([false, true, false])
})

test('a zone file is read up to a word that came later', () => {
  const zone = '@ 60 IN SOA ns h 1 2 3 4 5\nx 60 IN A 10.0.0.1\n'
  const loaded = (line: string, version: string): unknown => {
    const files = new Map([['/z', { file: 'z', text: `${zone}${line}\ny 60 IN A 10.0.0.2\n` }]])
    const server = oneCoredns(version, 'a.test {\n file z\n}\n', {}, { files })
    return ['x', 'y'].map(name => { const reply = server.ask({ name: `${name}.a.test.` }); return reply !== LOST && reply.rcode })
  }
  for (const line of ['n 60 IN NSEC a.test. A NXNAME', 'n 60 IN RRSIG NXNAME 8 2 60 20300101000000 20200101000000 1 a.test. AQNR', 'n 60 IN NXNAME \\# 0']) {
    expect([loaded(line, '1.11.3'), loaded(line, '1.11.4')]).toEqual([['NOERROR', 'NXDOMAIN'], ['NOERROR', 'NOERROR']])
  }
})

import { expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { oneCoredns, refusalOf } from '../../../test/support/one-coredns.ts'

const corefile = (...rules: readonly string[]): string => `. {\n header {\n${rules.map(rule => `  ${rule}\n`).join('')} }\n forward . 192.0.2.1\n}\n`

/** Flags of the reply and whether the upstream was asked with RD; the upstream's own reply has AA and RD. */
function flagsOf(version: string, rules: readonly string[], rd = true): readonly unknown[] {
  const asked: unknown[] = []
  const upstream: Hop = function* (query) {
    asked.push((query as unknown as DnsQuery).rd === true)
    return { rcode: 'NOERROR', flags: ['aa', 'rd'], answer: [{ name: 'a.test.', type: 'A', ttlS: 5, data: '192.0.2.9' }], authority: [], additional: [] } as unknown as Plain
  }
  const reply = oneCoredns(version, corefile(...rules), { '192.0.2.1': upstream }).ask({ name: 'a.test.', rd })
  return [reply === LOST ? LOST : reply.flags, ...asked]
}

test('flags of a reply are set and cleared in the order of the rules, in any case of letters', () => {
  expect(flagsOf('1.11.3', ['response set ra'])).toEqual([['aa', 'rd', 'ra'], true])
  expect(flagsOf('1.11.3', ['response clear aa rd'])).toEqual([[], true])
  expect(flagsOf('1.11.3', ['RESPONSE Set RA', 'response CLEAR Aa'])).toEqual([['rd', 'ra'], true])
  expect(flagsOf('1.11.3', ['response set ra', 'response clear ra'])).toEqual([['aa', 'rd'], true])
  expect(flagsOf('1.11.3', ['response clear ra', 'response set ra'])).toEqual([['aa', 'rd', 'ra'], true])
})

test('the last rule for RD of the query is what the upstream is asked with', () => {
  expect(flagsOf('1.11.3', ['query clear rd'])[1]).toBe(false)
  expect(flagsOf('1.11.3', ['query set rd'], false)[1]).toBe(true)
  expect(flagsOf('1.11.3', ['query clear rd', 'query set rd'])[1]).toBe(true)
  expect(flagsOf('1.11.3', ['query set rd', 'query clear rd aa'], false)[1]).toBe(false)
  expect(flagsOf('1.11.3', ['query clear aa ra'])[1]).toBe(true)
})

test('a rule without a selector is for replies, up to 1.12.3', () => {
  for (const version of ['1.9.3', '1.11.3', '1.12.3']) expect(flagsOf(version, ['set ra'])).toEqual([['aa', 'rd', 'ra'], true])
})

const refused = (version: string, rule: string): string => refusalOf(version, corefile(rule))

test.each([
  ['1.9.3', 'response set ra', 'plugin/header: seting up rule: unknown flag action=response, should be set or clear'],
  ['1.9.4', 'response set ra', ''],
  ['1.9.4', 'SET ra', ''],
  ['1.12.3', 'clear ra', ''],
  ['1.12.4', 'clear ra', 'plugin/header: setting up rule: invalid selector=clear should be query or response'],
  ['1.12.4', 'set ra', 'plugin/header: setting up rule: invalid selector=set should be query or response'],
  ['1.11.3', 'Both set ra', 'plugin/header: setting up rule: invalid selector=both should be query or response'],
  ['1.11.3', 'query', 'plugin/header: setting up rule: no flag action provided'],
  ['1.11.3', 'response set', 'plugin/header: setting up rule: invalid length for flags, at least one should be provided'],
  ['1.11.3', 'response Flip ra', 'plugin/header: setting up rule: unknown flag action=flip, should be set or clear'],
  ['1.11.3', 'response set ra AD', 'plugin/header: setting up rule: unknown/unsupported flag=ad'],
])('CoreDNS %s says to the rule `%s`: %s', (version, rule, text) => {
  expect(refused(version, rule)).toBe(text)
})

test('words are taken in any case of letters', () => {
  expect([refused('1.9.3', 'SET Ra'), refused('1.9.4', 'Clear RA'), refused('1.15.0', 'Response SET ra')]).toEqual(['', '', ''])
  expect(refused('1.9.3', 'Put ra')).toBe('plugin/header: seting up rule: unknown flag action=put, should be set or clear')
})

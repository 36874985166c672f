import { expect, test } from 'vitest'
import { refusalOf } from '../../../test/support/one-coredns.ts'

const refused = (version: string, ...lines: readonly string[]): string =>
  refusalOf(version, `. {\n secondary example.org {\n${lines.map(line => `  ${line}\n`).join('')} }\n}\n`)

const FROM = 'transfer from 192.0.2.1'
const parsing = (text: string): string => `plugin/secondary: Error during parsing: ${text}`

test.each([
  ['1.11.3', FROM, ''],
  ['1.11.3', 'transfer from 192.0.2.1:5353 2001:db8::1 [2001:db8::1]:53', ''],
  ['1.11.3', 'transfer to 192.0.2.1', parsing('unknown property to')],
  ['1.11.3', 'transfer from', parsing('Wrong argument count or unexpected line ending after \'from\'')],
  ['1.11.3', 'transfer from *', 'plugin/secondary: can\'t use \'*\' in transfer from'],
  ['1.11.3', 'transfer from 192.0.2.1 *', 'plugin/secondary: can\'t use \'*\' in transfer from'],
  ['1.11.3', 'transfer from ns.test', 'plugin/secondary: must specify an IP address: `ns.test\''],
  ['1.11.3', 'transfer from 192.0.2.1 ns.test:53', 'plugin/secondary: must specify an IP address: `ns.test\''],
  ['1.11.3', 'upstream', parsing('unknown property \'upstream\'')],
  ['1.14.4', 'transfer from fe80::1%eth0', 'plugin/secondary: must specify an IP address: `fe80::1%eth0\''],
  ['1.14.5', 'transfer from fe80::1%eth0', ''],
])('CoreDNS %s says to `%s` of a secondary zone: %s', (version, line, text) => {
  expect(refused(version, line)).toBe(text)
})

test('a secondary zone needs a transfer since 1.12.2', () => {
  expect(refused('1.12.1')).toBe('')
  expect(refused('1.12.2')).toContain('secondary zones require a transfer from property')
  expect(refused('1.12.2', FROM)).toBe('')
})

test('fallthrough is known since 1.14.4, catalog since 1.14.5', () => {
  expect(refused('1.14.3', FROM, 'fallthrough a.test')).toBe(parsing('unknown property \'fallthrough\''))
  expect(refused('1.14.4', FROM, 'fallthrough a.test')).toBe('')
  expect(refused('1.14.4', FROM, 'catalog a.test')).toBe(parsing('unknown property \'catalog\''))
  expect(refused('1.14.5', FROM, 'catalog a.test')).toBe('')
})

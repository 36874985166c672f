import { expect, test } from 'vitest'
import { oneCoredns, refusalOf } from '../../../test/support/one-coredns.ts'
import { refusalText } from './refuse.ts'

const during = (text: string): string => `Error during parsing: ${text}`

test.each([
  ['route53 a:Z1', ''], ['route53 a', during('invalid zone "a"')], ['route53 a:', during('invalid zone "a:"')], ['route53 :Z1', during('invalid zone ":Z1"')], ['route53 a:Z:1', ''],
  ['route53 a:Z1 b:Z1 a:Z2', ''], ['route53 a:Z1 a:Z1', during('conflict zone "a:Z1"')], ['route53 a:Z:1 a:Z:2', ''],
  ['clouddns a:p:z', ''], ['clouddns a:p', during('invalid zone "a:p"')], ['clouddns a::z', during('invalid zone "a::z"')], ['clouddns a:p:z:y a:p:z:x', ''], ['clouddns a:p:z a:p:z', during('conflict zone "a:p:z"')],
  ['azure g:z', ''], ['azure g', during('invalid resource group/zone: "g"')], ['azure :z', during('invalid resource group/zone: ":z"')], ['azure g:', during('invalid resource group/zone: "g:"')],
  ['azure g:z:a g:z:b', ''], ['azure g:z g:z', during('conflicting zone: "g:z"')], ['azure gh:z g:hz', during('conflicting zone: "g:hz"')],
])('%s is refused with %j', (line, text) => {
  const [plugin = ''] = line.split(' ')
  expect(refusalOf('1.14.7', `. {\n ${line}\n}\n`)).toBe(text && `plugin/${plugin}: ${text}`)
})

// plugin/clouddns/setup.go reads the file itself since 1.14.0; before, the client of Google does when the block is over.
test.each([
  ['1.11.3', 'cannot read credentials file: open /x.json: no such file or directory'], ['1.11.4', 'open /x.json: no such file or directory'], ['1.13.2', 'open /x.json: no such file or directory'],
  ['1.14.0', 'plugin/clouddns: Error during parsing: invalid credentials file "/x.json": open /x.json: no such file or directory'],
])('CoreDNS %s says of credentials that are not there: %s', (version, text) => {
  const { problems } = oneCoredns(version, '. {\n clouddns a:p:z {\n  credentials /x.json\n }\n}\n', {}, { machine: { hasAllFiles: true } })
  expect(problems.map(refusalText)).toContain(text)
})

test('refresh of clouddns and azure is an option since 1.15; a bare number is seconds', () => {
  const refused = (plugin: string, version: string, time: string): string => refusalOf(version, `. {\n ${plugin} a:p:z {\n  refresh ${time}\n }\n}\n`)
  expect([refused('clouddns', '1.14.7', '5'), refused('clouddns', '1.15.0', '5')]).toEqual([`plugin/clouddns: ${during('unknown property "refresh"')}`, ''])
  expect([refused('azure', '1.14.7', '5'), refused('azure', '1.15.0', '5')]).toEqual([`plugin/azure: ${during('unknown property: "refresh"')}`, ''])
  expect(refused('clouddns', '1.15.0', '0')).toBe(`plugin/clouddns: ${during('refresh interval must be greater than 0: "0s"')}`)
})

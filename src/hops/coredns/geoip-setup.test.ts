// What a start says of the database of `geoip`, as the binaries of 1.12.4 and 1.13.2 say it.
import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import { checkCorefile } from './check.ts'
import { refusalText } from './refuse.ts'

const said = (version: string, lines: string): string => {
  const { value } = readCorefile('Corefile', `. {\n ${lines}\n}\n`, { env: new Map() })
  const [first] = checkCorefile(value, version, new Map([['/db/x.mmdb', { file: 'x.mmdb', text: 'x' }]]))
  return first ? refusalText(first).replace('plugin/geoip: Error during parsing: ', '') : ''
}

test('a directory is no database, in the words of the release', () => {
  expect(['1.9.3', '1.12.4', '1.13.2', '1.15.0'].map(version => said(version, 'geoip /db'))).toEqual([
    'failed to open database file: no such device', 'failed to open database file: no such device', 'failed to open database file: read /db: is a directory', 'failed to open database file: read /db: is a directory',
  ])
})

test('a text is no database, of a file that nobody knows nothing is said', () => {
  expect([said('1.11.3', 'geoip /db/x.mmdb'), said('1.11.3', 'geoip /else')]).toEqual(['failed to open database file: error opening database: invalid MaxMind DB file', ''])
})

test('there is one database and one property', () => {
  expect(['geoip', 'geoip /a b', 'geoip /a\n geoip /b', 'geoip /a {\n x\n }', 'geoip /a {\n edns-subnet\n }'].map(lines => said('1.11.3', lines))).toEqual([
    'Wrong argument count or unexpected line ending after \'geoip\'', 'Wrong argument count or unexpected line ending after \'b\'',
    'configuring multiple databases is not supported', 'unknown property "x"', '',
  ])
})

import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import type { CorednsModel } from '../../chain/model.ts'
import { readCorefile } from '../../config/corefile.ts'
import { oneCoredns, refusalOf } from '../../../test/support/one-coredns.ts'
import { corednsHops } from './server.ts'

const ZONE = '@ 300 IN SOA ns hostmaster 1 7200 3600 1209600 60\n@ 300 IN NS ns\nns 300 IN A 10.0.0.1\n'
const files = new Map([['/z/db.a.test', { file: 'z/db.a.test', text: ZONE }], ['/other/db.b.test', { file: 'other/db.b.test', text: ZONE }]])

const auto = (line: string, version = '1.11.3', more: Partial<CorednsModel> = {}) => oneCoredns(version, `. {\n ${line}\n}\n`, {}, { files, machine: { hasAllFiles: true }, ...more })
const rcode = (server: ReturnType<typeof auto>, name: string): unknown => {
  const reply = server.ask({ name })
  return reply === LOST ? LOST : reply.rcode
}

test('the zones of the directory are answered, what is outside goes on to nobody: SERVFAIL, since 1.12.3 REFUSED', () => {
  const line = 'auto {\n  directory /z\n }'
  expect([rcode(auto(line), 'ns.a.test.'), rcode(auto(line), 'ns.b.test.'), rcode(auto(line, '1.12.2'), 'ns.b.test.'), rcode(auto(line, '1.12.3'), 'ns.b.test.')])
    .toEqual(['NOERROR', 'SERVFAIL', 'SERVFAIL', 'REFUSED'])
})

test('a name outside of the zones of the line is passed on untouched', () => {
  expect(rcode(auto('auto b.test {\n  directory /z\n }\n whoami'), 'ns.a.test.')).toBe('NOERROR')
  expect(auto('auto b.test {\n  directory /z\n }\n whoami').ask({ name: 'ns.a.test.' })).toMatchObject({ answer: [] })
})

test('of several auto the last decides, each word for itself', () => {
  expect(rcode(auto('auto {\n  directory /other\n }\n auto {\n  directory /z\n }'), 'ns.a.test.')).toBe('NOERROR')
  expect(rcode(auto('auto {\n  directory /other (.*) {1}.x\n }\n auto {\n  directory /z\n }'), 'ns.a.test.')).toBe('SERVFAIL')
  expect(rcode(auto('auto {\n  directory /z db.(.*) {1}.x\n }'), 'ns.a.test.x.')).toBe('NOERROR')
})

test('where the evidence has no file of the directory its answers are not known, and that is said at its line', () => {
  const server = auto('auto {\n  directory /none\n }', '1.11.3', { machine: {} })
  expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: 'coredns ns/pod auto', detail: 'zone files in /none' } })
  expect(server.problems).toMatchObject([{ code: 'zone-file-unknown', state: 'unknown', message: 'auto: the evidence has no zone files in /none: what it answers is not known', source: { line: 2 } }])
  expect(auto('auto {\n  directory /none\n }').problems).toEqual([])
})

const printed = (line: string, version: string): readonly string[] => corednsHops({
  pod: 'ns/pod', node: 'node', addresses: [], version, corefile: readCorefile('Corefile', `. {\n ${line}\n}\n`, { env: new Map() }).value, files, resolvConf: undefined, hostNetwork: false,
  kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }, machine: { hasAllFiles: true },
}, address => address).setup.printedAtStart

// plugin/auto/walk.go tells of what it cannot walk since 1.11.2; without a directory it walks none up to 1.14.2.
test('a directory that is not there is told of when the walk begins, since 1.11.2', () => {
  const missing = (directory: string): string => `[WARNING] plugin/auto: error reading ${directory}: lstat ${directory}: no such file or directory`
  expect(printed('auto {\n  directory /none\n }', '1.11.1')).toEqual([])
  expect(printed('auto {\n  directory /none\n }', '1.11.2')).toEqual([missing('/none')])
  expect(printed('auto', '1.14.2')).toEqual([missing('')])
  expect(printed('auto {\n  directory /z\n }', '1.11.3')).toEqual(["[INFO] plugin/auto: Inserting zone `a.test.' from: /z/db.a.test"])
})

test.each([
  ['directory /z (', '1.11.3', 'error parsing regexp: missing closing ): `(`'], ['directory /z db', '1.11.3', 'Error during parsing: Need at least one sub expression'],
  ['directory /z (.*) {1} x', '1.11.3', "Error during parsing: Wrong argument count or unexpected line ending after 'x'"],
  ['reload 0', '1.11.3', ''], ['reload -1s', '1.11.3', 'plugin/file: invalid duration'], ['upstream', '1.11.3', ''], ['nope', '1.11.3', "Error during parsing: unknown property 'nope'"],
])('auto with %s, CoreDNS %s: %s', (line, version, text) => {
  expect(refusalOf(version, `. {\n auto {\n  ${line}\n }\n}\n`)).toBe(text && `plugin/auto: ${text}`)
})

test('a pattern has 10000 bytes at most, since 1.13.2', () => {
  const refused = (bytes: number, version: string): string => refusalOf(version, `. {\n auto {\n  directory /z ${'a'.repeat(bytes - 2)}() {1}\n }\n}\n`)
  expect([refused(10_000, '1.13.2'), refused(10_001, '1.13.1'), refused(10_001, '1.13.2')]).toEqual(['', '', 'plugin/auto: Error during parsing: regexp too large'])
})

import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const ZONE = '@ IN SOA ns.test. h.test. 1 2 3 4 5\n@ IN NS ns.test.\nwww IN A 10.0.0.1\n'

test.each([
  ['auto {\n  directory /zones\n }', 'auto', 'zone files in /zones', 'auto: the evidence has no zone files in /zones: what it answers is not known'],
  ['file /missing test', 'file', 'zone file /missing', 'file: the evidence has no /missing: what its zone answers is not known'],
])('%s: what it would answer is said to be unknown, and other names go on', (line, plugin, detail, message) => {
  const server = oneCoredns('1.11.3', `test {\n ${line}\n}\n`)
  expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: `coredns ns/pod ${plugin}`, detail } })
  expect(server.problems).toMatchObject([{ code: 'zone-file-unknown', state: 'unknown', message, source: { line: 2 } }])
})

test('file: what was denied, and by which file, is the cause; a notify is taken and not answered', () => {
  const { ask } = oneCoredns('1.15.0', '. {\n file z test\n}\n', {}, { files: new Map([['/z', { file: 'z', text: ZONE }]]) })
  const by = 'coredns ns/pod file'
  expect(ask({ name: 'x.test.' })).toMatchObject({ rcode: 'NXDOMAIN', cause: { kind: 'denied', by, detail: 'z' } })
  expect(ask({ name: 'test.', type: 'AXFR' })).toMatchObject({ rcode: 'REFUSED', cause: { kind: 'refused', by, detail: 'zone transfer' } })
  expect(ask({ name: 'other.' })).toMatchObject({ rcode: 'REFUSED', cause: { kind: 'policy', by, detail: 'no zone for this name' } })
  expect(ask({ name: 'test.', type: 'SOA', opcode: 'NOTIFY' })).toBe(LOST)
})

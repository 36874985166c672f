import { describe, expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'

const upstreams = { '10.0.0.1': zone('a.test. 60 A 10.1.1.1'), '10.0.0.2': zone('a.test. 60 A 10.2.2.2') }
/** A block with the expressions, and one for the rest behind it. */
const corefile = (...expressions: readonly string[]): string =>
  `. {\n view v {\n${expressions.map(e => `  expr ${e}\n`).join('')} }\n forward . 10.0.0.1\n}\n. {\n forward . 10.0.0.2\n}\n`

type Asked = Parameters<ReturnType<typeof oneCoredns>['ask']>[0]
const isMet = (version: string, expressions: readonly string[], query: Partial<Asked> = {}): boolean => {
  const reply = oneCoredns(version, corefile(...expressions), upstreams).ask({ name: 'a.test.', client: '10.9.8.7', ...query })
  return reply !== LOST && reply.answer[0]?.data === '10.1.1.1'
}

describe('a view takes the queries for which all its expressions are true', () => {
  test.each([
    ['incidr(client_ip(), \'10.0.0.0/8\')', true], ['incidr(client_ip(), \'10.0.0.0/16\')', false], ['type() in [\'A\', \'AAAA\'] && proto() == \'udp\'', true],
    ['name() matches \'^a\\.te.t\\.$\'', true], ['not (name() endsWith \'.test.\')', false], ['bufsize() > 500 and do()', false],
    ['size() == 24 ? class() == \'IN\' : false', true], ['"any(split(name(), \'.\'), {# == \'test\'})"', true], ['server_port() == \'53\'', true],
    // Not true is no match, and neither is what fails while it runs.
    ['name()', false], ['incidr(\'nobody\', \'10.0.0.0/8\')', false], ['int(name()) == 1', false], ['metadata(\'view/name\') == \'v\'', false],
  ])('%s is %s', (expression, met) => {
    for (const version of ['1.11.3', '1.14.7']) expect(isMet(version, [expression]), version).toBe(met)
  })

  test('a chain of comparisons is one only since 1.12', () => {
    expect(isMet('1.14.7', ['1 < 2 < 3'])).toBe(true)
    expect(refusalOf('1.11.3', corefile('1 < 2 < 3'))).toContain('invalid operation: < (mismatched types bool and int) (1:7)')
  })

  test('the first block that takes it gets the query; without `expr` a view takes all', () => {
    expect(isMet('1.14.7', [])).toBe(true)
    expect(isMet('1.14.7', ['true', 'type() == \'AAAA\''])).toBe(false)
    expect(isMet('1.14.7', ['true', 'type() == \'A\''])).toBe(true)
  })

  test('server_ip is the address of the socket: any for UDP without bind, the own one for TCP', () => {
    expect(isMet('1.14.7', ['server_ip() == \'::\''])).toBe(true)
    expect(isMet('1.14.7', ['server_ip() == \'10.244.0.5\''], { transport: 'tcp' })).toBe(true)
    expect(isMet('1.14.7', ['server_ip() == \'::\''], { transport: 'tcp' })).toBe(false)
    expect(isMet('1.14.7', ['class() == \'IN\' and opcode() == 0'])).toBe(true)
    expect(isMet('1.14.7', ['class() == \'CH\''])).toBe(false)
  })

  test('what is not known of the query leaves both blocks open', () => {
    const server = oneCoredns('1.14.7', corefile('int(port()) > 1024'), upstreams)
    expect(server.ask({ name: 'a.test.', client: '10.0.0.9' })).toMatchObject({ rcode: 'NOERROR' })
    expect(server.problems).toEqual([])
  })
})

test('an expression that does not compile keeps CoreDNS from starting, with the place under it', () => {
  expect(refusalOf('1.14.7', corefile('incidr(client_ip(), 8)'))).toBe(
    'plugin/view: cannot use int as argument (type string) to call incidr  (1:21)\n | incidr(client_ip(), 8)\n | ....................^')
  expect(refusalOf('1.11.3', corefile('foo() &&'))).toBe('plugin/view: unexpected token EOF (1:8)\n | foo() &&\n | .......^')
  expect(refusalOf('1.14.7', '. {\n view\n whoami\n}\n')).toBe('plugin/view: Error during parsing: Wrong argument count or unexpected line ending after \'view\'')
})

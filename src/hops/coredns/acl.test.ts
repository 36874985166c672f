import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'

const upstreams = { '10.0.0.53': zone('a.test. 60 A 10.1.1.1', 'a.test. 60 TXT "x"') }
const block = (acl: string, rest = 'forward . 10.0.0.53'): string => `. {\n log\n ${acl}\n ${rest}\n}\n`
const rcodeOf = (corefile: string, client: string, type = 'A', version = '1.11.3'): string => {
  const reply = oneCoredns(version, corefile, upstreams).ask({ name: 'a.test.', type, client })
  return reply === LOST ? LOST : reply.rcode
}

test('None among the types is every type, as * is', () => {
  const corefile = block('acl {\n  block type TXT None net 10.2.0.0/16\n }')
  expect([rcodeOf(corefile, '10.2.3.4', 'MX'), rcodeOf(corefile, '10.3.3.4', 'MX')]).toEqual(['REFUSED', 'NOERROR'])
})

test('the first policy of a stanza that fits by type and address decides, in any order of the sections', () => {
  const corefile = block('acl test {\n  allow net 10.2.0.0/16 type A TXT\n  block type * net 10.2.3.4 fd00::/8\n }\n acl {\n  FILTER type TXT\n }')
  expect(rcodeOf(corefile, '10.2.3.4')).toBe('NOERROR')
  expect(rcodeOf(corefile, '10.2.3.4', 'MX')).toBe('REFUSED')
  expect(rcodeOf(corefile, 'fd00::1')).toBe('REFUSED')
  expect(oneCoredns('1.11.3', corefile, upstreams).ask({ name: 'a.test.', type: 'TXT', client: '10.9.0.1' })).toMatchObject({ rcode: 'NOERROR', answer: [] })
})

test('a drop leaves the client without a reply since 1.10.1, and EDE comes with a block since 1.9.4', () => {
  expect(rcodeOf(block('acl {\n  drop\n }'), '10.0.0.1')).toBe(LOST)
  expect(refusalOf('1.9.4', block('acl {\n  drop\n }'))).toBe('plugin/acl: Error during parsing: unexpected token "drop"; expect \'allow\', \'block\', or \'filter\'')
  const blocked = (version: string) => oneCoredns(version, block('acl {\n  block\n }'), upstreams).ask({ name: 'a.test.', client: '10.0.0.1' })
  expect(blocked('1.9.4')).toMatchObject({ rcode: 'REFUSED', edns: { sizeBytes: 4096, do: true, options: [[15, '000f']] } })
  expect(blocked('1.9.3')).not.toHaveProperty('edns')
})

test('a blocked client gets a kept answer from 1.14.3 to 1.14.6 only', () => {
  const corefile = block('acl {\n  block net 10.0.0.1\n }', 'cache\n forward . 10.0.0.53')
  const second = (version: string): unknown => {
    const server = oneCoredns(version, corefile, upstreams)
    server.ask({ name: 'a.test.', client: '10.0.0.2' })
    const reply = server.ask({ name: 'a.test.', client: '10.0.0.1' })
    return reply === LOST ? LOST : reply.rcode
  }
  expect(['1.14.2', '1.14.3', '1.14.6', '1.14.7'].map(second)).toEqual(['REFUSED', 'NOERROR', 'NOERROR', 'REFUSED'])
})

test('who asks and is not known is an unknown of its own', () => {
  const said = (choice: number): unknown => {
    const picks: unknown[] = []
    const corefile = block('acl {\n  block net 10.0.0.1 fd00::/8\n }')
    const reply = oneCoredns('1.11.3', corefile, upstreams, {}, p => { picks.push([p.key, p.options, corefile.slice(p.source?.start, p.source?.end)]); return choice }).ask({ name: 'a.test.' })
    return [picks, reply === LOST ? LOST : reply.rcode]
  }
  const picks = [['coredns ns/pod acl client in net 10.0.0.1 fd00::/8', ['inside', 'outside'], 'block net 10.0.0.1 fd00::/8']]
  expect([said(0), said(1)]).toEqual([[picks, 'REFUSED'], [picks, 'NOERROR']])
})

test('what it did is the cause', () => {
  const causeOf = (action: string): unknown => {
    const reply = oneCoredns('1.11.3', block(`acl {\n  ${action}\n }`), upstreams).ask({ name: 'a.test.', client: '10.0.0.1' })
    return reply === LOST ? LOST : reply.cause
  }
  expect(['block', 'Filter', 'allow'].map(causeOf)).toEqual([{ kind: 'policy', by: 'coredns ns/pod acl', detail: 'block' }, { kind: 'policy', by: 'coredns ns/pod acl', detail: 'filter' }, undefined])
})

test('a client with a zone is told by its address, one that is no address is blocked, and a mapped prefix holds no IPv4 client', () => {
  expect(rcodeOf(block('acl {\n  block net fe80::/10\n }'), 'fe80::1%eth0')).toBe('REFUSED')
  expect(rcodeOf(block('acl {\n  allow\n }'), 'pod')).toBe('REFUSED')
  expect(rcodeOf(block('acl {\n  block net ::ffff:10.0.0.1\n }'), '10.0.0.1')).toBe('NOERROR')
  expect(rcodeOf(block('acl {\n  block net 0.0.0.0/0\n }'), '10.0.0.1')).toBe('REFUSED')
})

test('what it cannot read is refused in the words of the program', () => {
  const said = (line: string): string => refusalOf('1.11.3', block(`acl {\n  ${line}\n }`)).replace('plugin/acl: Error during parsing: ', '')
  expect(said('block from 10.0.0.1')).toBe('unexpected token "from"; expect \'type | net\'')
  expect(said('block type')).toBe('no token specified in "type" section')
  expect(said('block type a')).toBe('unexpected token "a"; expect legal QTYPE')
  expect(said('block net 10.0.0.256')).toBe('illegal CIDR notation "10.0.0.256/32"')
  expect(said('block net 10.0.0.0/33')).toBe('illegal CIDR notation "10.0.0.0/33"')
})

test('with nothing behind it, the error names the question', () => {
  const server = oneCoredns('1.11.3', '. {\n errors\n acl {\n  allow\n }\n}\n')
  server.ask({ name: 'A.test.' })
  expect(server.lines()).toEqual(['[ERROR] plugin/errors: 2 a.test. A: plugin/a.test.: no next plugin found'])
})

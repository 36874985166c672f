// What a CoreDNS process does with a question before any plugin, and what its sockets are taken to be: core/dnsserver/server.go, request/.
import { describe, expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const ask = (corefile: string, query: Partial<DnsQuery> = {}, version = '1.11.3'): Reply | typeof LOST => oneCoredns(version, corefile).ask({ name: 'a.test.', ...query })
const WHOAMI = '. {\n whoami\n}\n'

describe('refused at the door', () => {
  test('a question of more than 512 octets over UDP, not over TCP', () => {
    const options = (bytes: number): NonNullable<DnsQuery['edns']> => ({ sizeBytes: 4096, options: [[65_001, '00'.repeat(bytes)]] })
    // Header 12, question 12, OPT 11 and 4 before the option.
    expect([ask(WHOAMI, { edns: options(473) }), ask(WHOAMI, { edns: options(474) }), ask(WHOAMI, { edns: options(474), transport: 'tcp' })].map(reply => (reply === LOST ? LOST : reply.rcode))).toEqual(['NOERROR', 'FORMERR', 'NOERROR'])
    expect(ask(WHOAMI, { edns: options(474) })).toMatchObject({ cause: { kind: 'policy', by: 'coredns ns/pod', detail: 'query longer than 512 bytes' } })
  })

  test('other opcodes than QUERY and NOTIFY', () => {
    expect(ask(WHOAMI, { opcode: 'STATUS' as NonNullable<DnsQuery['opcode']> })).toMatchObject({ rcode: 'NOTIMP', flags: [], cause: { kind: 'policy', detail: 'opcode STATUS' } })
    expect(ask(WHOAMI, { opcode: 'NOTIFY' })).toMatchObject({ rcode: 'NOERROR' })
  })

  test('other classes than IN, but not where chaos or forward may want them', () => {
    expect(ask(WHOAMI, { class: 'CH' })).toMatchObject({ rcode: 'REFUSED', cause: { kind: 'policy', detail: 'class CH' } })
    expect(ask(WHOAMI, { class: 'ANY' })).toMatchObject({ rcode: 'REFUSED', cause: { detail: 'class ANY' } })
    expect(ask(WHOAMI, { class: 'IN' })).toMatchObject({ rcode: 'NOERROR' })
    expect(ask('. {\n chaos\n whoami\n}\n', { class: 'CH' })).toMatchObject({ rcode: 'NOERROR' })
    expect(ask('. {\n whoami\n}\nb.test {\n forward . 10.0.0.1\n}\n', { class: 'CH' })).toMatchObject({ rcode: 'NOERROR' })
  })

  test('EDNS of a later version, up to 1.10.0 without the question', () => {
    const bad = { edns: { sizeBytes: 1232, version: 1 } }
    expect(ask(WHOAMI, bad)).toMatchObject({ rcode: 'BADVERS', edns: { sizeBytes: 0 }, cause: { kind: 'policy', detail: 'EDNS version 1' } })
    expect([ask(WHOAMI, bad), ask(WHOAMI, bad, '1.10.1'), ask(WHOAMI, bad, '1.10.0')].map(reply => (reply === LOST ? LOST : reply.question))).toEqual([undefined, undefined, { name: '', type: '' }])
  })

  test('a name that no block has, and one whose block has nothing that answers', () => {
    expect(ask('b.test {\n whoami\n}\n')).toMatchObject({ rcode: 'REFUSED', cause: { detail: 'no server block for this name' } })
    expect(ask('test {\n}\n')).toMatchObject({ rcode: 'REFUSED', cause: { detail: 'the server block has no plugin that answers' } })
  })
})

describe('the port that questions come to', () => {
  const said = (corefile: string): readonly string[] => oneCoredns('1.11.3', corefile).problems.map(p => `${p.code}: ${p.message}`)

  test('is 53 if any block has it, else that of the first, which is said where there are several', () => {
    expect(said('a:1053 {\n whoami\n}\n. {\n whoami\n}\n')).toEqual([])
    expect(said('a:1053 {\n whoami\n}\nb:1053 {\n whoami\n}\n')).toEqual([])
    expect(said('a:1053 {\n whoami\n}\nb:1054 {\n whoami\n}\n')).toEqual(['corefile-several-ports: listens on ports 1053, 1054; queries are taken to come to 1053'])
    expect(ask('.:1053 {\n whoami\n}\n')).toMatchObject({ rcode: 'NOERROR' })
    expect(ask('.:1053 {\n whoami\n}\n.:1054 {\n erratic\n}\n')).toMatchObject({ rcode: 'NOERROR' })
    expect(ask('.:1053 {\n whoami\n}\nb.test {\n whoami\n}\n')).toMatchObject({ rcode: 'REFUSED' })
    expect(ask('tls://. {\n whoami\n}\n')).toMatchObject({ rcode: 'REFUSED' })
  })

  test('blocks bound to different addresses are said so, at the line of the odd one', () => {
    const lines = (corefile: string): unknown => oneCoredns('1.11.3', corefile).problems.filter(p => p.code === 'corefile-bind').map(p => p.source?.line)
    expect(lines('a {\n bind 127.0.0.1 ::1\n}\nb {\n bind ::1\n bind 127.0.0.1\n}\n')).toEqual([])
    expect(lines('a {\n bind 127.0.0.1\n}\nb {\n whoami\n bind ::1\n}\n')).toEqual([6])
    expect(lines('a {\n bind 127.0.0.1\n}\nb {\n whoami\n}\n')).toEqual([2])
    expect(lines('a {\n whoami\n}\nb {\n bind 127.0.0.1\n}\nc {\n bind ::1\n}\n')).toEqual([5])
    expect(lines('a {\n bind 127.0.0.1\n}\ntls://b {\n bind ::1\n}\n')).toEqual([])
  })
})

test('who asks and from which socket is told only to plugins that look at it', () => {
  const picks = (corefile: string): unknown => {
    const server = oneCoredns('1.11.3', corefile)
    server.ask({ name: 'a.test.', client: '10.244.1.9', flow: 'x' })
    return server.lines()
  }
  expect(picks('. {\n log\n whoami\n}\n')).toEqual([expect.stringContaining('10.244.1.9')])
})

import { expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import { REFUSED_PORT, type DnsQuery } from '../../dns/message.ts'
import { oneCoredns, zone, type OneCoredns } from '../../../test/support/one-coredns.ts'

const upstream = zone('a.test. 60 A 10.1.1.1')
const refusing: Hop = function* () { return REFUSED_PORT }

type Pair = OneCoredns & { first: Hop; asked: () => unknown[]; readonly probes: DnsQuery[] }
/** The first server is what a test makes of it, the second answers. */
function made(options: string, version = '1.14.7'): Pair {
  const state = { first: refusing, probes: [] } as unknown as Pair
  const first: Hop = function* (query) {
    if ((query as unknown as DnsQuery).type === 'NS') state.probes.push(query as unknown as DnsQuery)
    return yield* state.first(query)
  }
  const server = oneCoredns(version, `. {\n errors\n forward . 10.0.0.1 10.0.0.2 {\n  policy sequential\n  ${options}\n }\n}\n`, { '10.0.0.1': first, '10.0.0.2': upstream })
  const asked = (): unknown[] => {
    const before = server.run.notes.length
    expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'NOERROR' })
    return server.run.notes.slice(before).filter(n => n.note.kind === 'upstream-asked').map(n => n.note['to'])
  }
  return Object.assign(state, server, { asked })
}
const BOTH = ['10.0.0.1', '10.0.0.2']

test('a server is down after more failed probes in a row than max_fails, one at once and then one each interval', () => {
  const after = (options: string, ms: number): unknown[] => {
    const pair = made(options)
    expect(pair.asked()).toEqual(BOTH)
    pair.run.pass(ms)
    return pair.asked()
  }
  expect([after('health_check 1s', 1999), after('health_check 1s', 2001)]).toEqual([BOTH, ['10.0.0.2']])
  expect([after('health_check 1s\n  max_fails 1', 999), after('health_check 1s\n  max_fails 1', 1001)]).toEqual([BOTH, ['10.0.0.2']])
  expect([after('max_fails 3', 1499), after('max_fails 3', 1501)]).toEqual([BOTH, ['10.0.0.2']])
  expect(after('max_fails 0', 10_000)).toEqual(BOTH)
})

test('it is up again with the first probe that is answered, whatever the answer', () => {
  const pair = made('health_check 1s')
  pair.asked()
  pair.run.pass(3500)
  expect(pair.asked()).toEqual(['10.0.0.2'])
  pair.first = function* () { return { rcode: 'REFUSED', flags: [], answer: [], authority: [], additional: [] } as unknown as Plain }
  pair.run.pass(1000)
  pair.first = upstream
  expect(pair.asked()).toEqual(['10.0.0.1'])
})

test('a silent server takes a second a probe', () => {
  const pair = made('health_check 1s')
  pair.first = function* () { return LOST }
  expect(pair.asked()).toEqual(BOTH)
  // A second of silence and a second of waiting each: at 0, 2 and 4 seconds.
  pair.run.pass(3999)
  expect(pair.probes).toHaveLength(2)
  pair.run.pass(2)
  expect(pair.probes).toHaveLength(3)
})

test('a probe asks for the root, or the name that is set, over the protocol of the questions', () => {
  const probe = (options: string): unknown => {
    const pair = made(options)
    pair.asked()
    pair.run.pass(1)
    return pair.probes.map(({ name, type, rd, transport }) => [name, type, rd ?? false, transport])[0]
  }
  expect(probe('health_check 1s')).toEqual(['.', 'NS', true, 'udp'])
  expect(probe('health_check 1s no_rec')).toEqual(['.', 'NS', false, 'udp'])
  expect(probe('health_check 1s domain probe.test no_rec')).toEqual(['probe.test.', 'NS', false, 'udp'])
  expect(probe('health_check 1s no_rec domain probe.test.')).toEqual(['probe.test.', 'NS', false, 'udp'])
  expect(probe('health_check 1s domain x.test.\n  force_tcp')).toEqual(['x.test.', 'NS', true, 'tcp'])
})

test('a server to which no packet can be sent is broken, in the words of the program', () => {
  const said = (to: string, text = ''): unknown => {
    const server = oneCoredns('1.11.3', `. {\n errors\n forward . ${to} {\n  max_fails 0\n }\n}\n`, {}, { files: new Map([['/f', { file: 'f', text }]]) })
    const reply = server.ask({ name: 'a.test.' })
    return [reply === LOST ? LOST : reply.cause, server.lines()]
  }
  const line = (text: string): string => `[ERROR] plugin/errors: 2 a.test. A: ${text}`
  expect(said('10.0.0.1:99999')).toEqual([{ kind: 'broken', by: 'upstream 10.0.0.1:99999' }, [line('dial udp: lookup udp/99999: unknown port')]])
  expect(said('/f', 'nameserver fe80::bad::1\n')).toEqual([{ kind: 'broken', by: 'upstream fe80::bad::1' }, [line('dial udp: lookup fe80::bad::1: no such host')]])
})

test('and may go down anew, after as many failures as the first time', () => {
  const after = (ms: number): unknown[] => {
    const pair = made('health_check 1s')
    pair.asked()
    pair.run.pass(3500)
    pair.first = upstream
    pair.run.pass(1000)
    expect(pair.asked()).toEqual(['10.0.0.1'])
    pair.first = refusing
    pair.asked()
    pair.run.pass(ms)
    return pair.asked()
  }
  expect([after(500), after(1999), after(2001)]).toEqual([BOTH, BOTH, ['10.0.0.2']])
})

test('force_tcp is for probes, too, since 1.9.0', () => {
  const transport = (options: string, version: string): unknown => {
    const pair = made(options, version)
    pair.asked()
    pair.run.pass(1)
    return pair.probes[0]?.transport
  }
  expect(['1.8.7', '1.9.0'].map(version => [transport('force_tcp', version), transport('max_fails 2', version)])).toEqual([['udp', 'udp'], ['tcp', 'udp']])
})

test('a probe that cannot be packed is never sent, and fails: before 1.9.4 the one for a name without its final dot', () => {
  const later = (options: string, version: string): unknown => {
    const pair = made(options, version)
    pair.asked()
    pair.first = upstream
    pair.run.pass(5000)
    return [pair.asked(), pair.probes.length > 0]
  }
  expect(later('health_check 1s domain a.test', '1.9.3')).toEqual([['10.0.0.2'], false])
  expect([later('health_check 1s domain a.test', '1.9.4'), later('health_check 1s domain a.test.', '1.9.3')]).toEqual([[['10.0.0.1'], true], [['10.0.0.1'], true]])
})

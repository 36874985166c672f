import { expect, test } from 'vitest'
import { call, LOST, sleep, type Hop, type Pick, type Plain } from '../../chain/effects.ts'
import { hopId } from '../../chain/hop.ts'
import { REFUSED_PORT, type DnsQuery, type Reply } from '../../dns/message.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'

const upstream = zone('a.test. 60 A 10.1.1.1', 'b.test. 60 A 10.1.1.2')
const upstreams = { '10.0.0.1': upstream, '10.0.0.2': upstream, '10.0.0.3': upstream }
const replying = (reply: Partial<Reply>): Hop => function* () { return { rcode: 'NOERROR', flags: ['ra'], answer: [], authority: [], additional: [], ...reply } as unknown as Plain }
const block = (forward: string, key = '.'): string => `${key} {\n errors\n ${forward}\n}\n`

function picksOf(corefile: string, choose: (p: Pick) => number = () => 0, version = '1.14.7'): Pick[] {
  const picks: Pick[] = []
  oneCoredns(version, corefile, upstreams, {}, p => { picks.push(p); return choose(p) }).ask({ name: 'none.test.' })
  return picks
}

test('each use of a block draws under a name of its own: its block, its FROM, and which of the same FROM it is', () => {
  const on = (from: string): string => `forward ${from} 10.0.0.1 10.0.0.2 {\n  next NXDOMAIN\n }\n `
  expect(picksOf(block(on('.') + on('.') + on('test') + on('.'))).map(p => p.at)).toEqual(
    ['coredns ns/pod forward . server 1', 'coredns ns/pod forward . #2 server 1', 'coredns ns/pod forward test. server 1', 'coredns ns/pod forward . #3 server 1'])
  expect(picksOf(block(on('.') + on('.'), 'test')).map(p => p.at)).toEqual(['coredns ns/pod test. forward . server 1', 'coredns ns/pod test. forward . #2 server 1'])
})

test('a server is drawn among those that were not, each as likely; the last is not drawn', () => {
  const silent: Hop = function* () { return REFUSED_PORT }
  const picks: Pick[] = []
  oneCoredns('1.14.7', block('forward . 10.0.0.1 10.0.0.2 10.0.0.3'), { ...upstreams, '10.0.0.2': silent, '10.0.0.1': silent }, {}, p => { picks.push(p); return 0 }).ask({ name: 'a.test.' })
  expect(picks.map(p => [p.options, p.odds])).toEqual([
    [['10.0.0.1', '10.0.0.2', '10.0.0.3'], [[1n, 3n], [1n, 3n], [1n, 3n]]], [['10.0.0.2', '10.0.0.3'], [[1n, 2n], [1n, 2n]]],
  ])
})

test('where the counter of round_robin stands is not known at first; it moves on by one', () => {
  const askedAt = (before: number): unknown[] => {
    const picks: Pick[] = []
    const server = oneCoredns('1.14.7', block('forward . 10.0.0.1 10.0.0.2 10.0.0.3 {\n  policy round_robin\n }'), upstreams, {}, p => { picks.push(p); return before })
    for (let n = 0; n < 4; n++) server.ask({ name: 'a.test.' })
    expect(picks.map(p => [p.at, p.options])).toEqual([['coredns ns/pod forward . counter', [0, 1, 2]]])
    return server.run.notes.filter(n => n.note.kind === 'upstream-asked').map(n => n.note['to'])
  }
  expect([0, 2].map(askedAt)).toEqual([['10.0.0.2', '10.0.0.3', '10.0.0.1', '10.0.0.2'], ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.1']])
})

test.each([
  ['/etc/missing.conf', '1.11.3', 'forward: the evidence has no /etc/missing.conf of ns/pod'], ['./x/missing', '1.14.7', 'forward: the evidence has no /x/missing of ns/pod'],
  ['up.conf', '1.11.3', 'forward: the evidence has no /up.conf of ns/pod'],
  ['dns.corp', '1.14.7', 'forward: "dns.corp" is no address; what it resolved to at the start is not known'],
])('servers of %s are not known, and it says why', (to, version, detail) => {
  const server = oneCoredns(version, block(`forward . ${to}`))
  expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: 'coredns ns/pod forward .', detail } })
  expect(server.problems).toMatchObject([{ code: 'forward-servers-unknown', state: 'unknown', message: detail }])
})

test('every nameserver line of a file counts and its twin only once', () => {
  const to = (file: string, text: string): unknown[] => {
    const server = oneCoredns('1.11.3', block(`forward . ${file} {\n  policy sequential\n }`), { '10.0.0.1': function* () { return REFUSED_PORT }, '10.0.0.2': upstream }, { files: new Map([[file, { file, text }]]) })
    server.ask({ name: 'a.test.' })
    return server.run.notes.filter(n => n.note.kind === 'upstream-asked').map(n => n.note['to'])
  }
  expect(to('/f', '#nameserver 10.0.0.3\n nameserver\t10.0.0.1 more\nnameserver 10.0.0.1\nnameserver 10.0.0.2')).toEqual(['10.0.0.1', '10.0.0.2'])
  expect(refusalOf('1.11.3', block('forward . nofile'))).toBe('plugin/forward: not an IP address or file: "nofile"')
})

const causeOf = (hop: Hop, version = '1.11.3', type = 'A'): unknown => {
  const reply = oneCoredns(version, block('forward . 10.0.0.1'), { '10.0.0.1': hop }).ask({ name: 'a.test.', type })
  return reply === LOST ? LOST : reply.cause
}

test('what an upstream said is the cause, and an upstream that gave none is named', () => {
  const by = 'upstream 10.0.0.1'
  expect(causeOf(replying({ rcode: 'NXDOMAIN' }))).toEqual({ kind: 'denied', by })
  expect(causeOf(replying({ rcode: 'REFUSED' }))).toEqual({ kind: 'refused', by })
  expect(causeOf(replying({ rcode: 'SERVFAIL' }))).toEqual({ kind: 'failed', by, detail: 'SERVFAIL' })
  expect(causeOf(replying({}))).toEqual({ kind: 'denied', by })
  expect(causeOf(replying({ flags: ['tc', 'ra'] }))).toEqual({ kind: 'truncated', by })
  expect(causeOf(upstream)).toBeUndefined()
  expect(causeOf(replying({ rcode: 'NXDOMAIN', cause: { kind: 'policy', by: 'the upstream\'s own' } }))).toEqual({ kind: 'policy', by: 'the upstream\'s own' })
  expect(causeOf(function* () { return REFUSED_PORT })).toEqual({ kind: 'refused', by })
  expect(causeOf(function* () { return LOST })).toEqual({ kind: 'lost', by })
})

const again: Hop = function* (query) { return yield* call(hopId.coredns('ns/pod'), query) }
/** Asks the same server for another name meanwhile. */
const nested: Hop = function* (value) {
  const query = value as unknown as DnsQuery
  return query.name === 'b.test.' ? yield* upstream(value) : yield* call(hopId.coredns('ns/pod'), { ...query, name: 'b.test.' } as unknown as Plain)
}

test('a loop ends by time, and with max_concurrent in a refusal that says the limit', () => {
  expect(causeOf(again)).toEqual({ kind: 'loop', by: 'coredns ns/pod' })
  const server = oneCoredns('1.11.3', block('forward . 10.0.0.1 {\n  max_concurrent 1\n }'), { '10.0.0.1': again })
  const detail = 'concurrent queries exceeded maximum 1'
  expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'REFUSED', cause: { kind: 'loop', by: 'coredns ns/pod', detail } })
  expect(server.run.nowMs).toBe(0)
  expect(server.lines()).toContain(`[ERROR] plugin/errors: 5 a.test. A: ${detail}`)
})

const thrice = (...each: readonly unknown[]): unknown[] => [each, each, each]

test('max_concurrent refuses the query that is one too many, and a query that has ended counts no longer', () => {
  const rcodes = (limit: number): unknown[] => {
    const { ask } = oneCoredns('1.11.3', block(`forward . 10.0.0.1 {\n  max_concurrent ${limit}\n }`), { '10.0.0.1': nested })
    return ['a.test.', 'a.test.', 'a.test.'].map(name => ask({ name })).map(reply => (reply === LOST ? LOST : [reply.rcode, reply.cause?.kind]))
  }
  expect(rcodes(0)).toEqual(thrice('NOERROR', undefined))
  expect(rcodes(1)).toEqual(thrice('REFUSED', 'policy'))
  expect(rcodes(2)).toEqual(thrice('NOERROR', undefined))
})

test('proxy, the forerunner, has options of its own', () => {
  const corefile = (option: string): string => block(`proxy . 10.0.0.1 {\n  ${option}\n }`)
  const refused = (option: string): string => refusalOf('1.4.0', corefile(option))
  for (const option of ['policy random', 'fail_timeout 1s', 'max_fails 2', 'health_check /x', 'except a.test', 'spray', 'protocol dns force_tcp']) expect(refused(option)).toBe('')
  expect(refused('max_concurrent 3')).toBe('plugin/forward: Error during parsing: unknown property \'max_concurrent\'')
  const server = oneCoredns('1.4.0', corefile('protocol dns force_tcp'), upstreams)
  expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'NOERROR' })
  expect(server.run.notes.find(n => n.note.kind === 'upstream-asked')?.note['transport']).toBe('tcp')
  expect(server.problems.filter(p => p.code === 'corefile-proxy')).toMatchObject([{ state: 'partly-modelled', message: 'proxy is taken to work like forward; its own time limits and `spray` are not modelled' }])
})

test('upstreams over TLS are asked as plain DNS, at the port of the scheme, and that is said', () => {
  const server = oneCoredns('1.11.3', block('forward . tls://10.0.0.1%dns.test'), { '10.0.0.1#853': upstream, '10.0.0.1:853': upstream, '10.0.0.1': upstream })
  expect(server.problems).toMatchObject([{ code: 'forward-transport', state: 'partly-modelled', message: 'forward: tls upstreams are asked as plain DNS here' }])
})

test('a reply over UDP is waited for two seconds', () => {
  const rcode = (afterMs: number, transport: 'udp' | 'tcp'): unknown => {
    const late: Hop = function* (query) {
      yield* sleep(afterMs)
      return yield* upstream(query)
    }
    const reply = oneCoredns('1.11.3', block('forward . 10.0.0.1 {\n  max_fails 0\n }'), { '10.0.0.1': late }).ask({ name: 'a.test.', transport })
    return reply === LOST ? LOST : reply.rcode
  }
  expect([rcode(1999, 'udp'), rcode(2001, 'udp'), rcode(1500, 'tcp')]).toEqual(['NOERROR', 'SERVFAIL', 'NOERROR'])
})

import { expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import { REFUSED_PORT, type Reply } from '../../dns/message.ts'
import { oneCoredns, zone, type OneCoredns } from '../../../test/support/one-coredns.ts'

const upstream = zone('a.test. 60 A 10.1.1.1')
const replying = (reply: Partial<Reply>): Hop => function* () { return { rcode: 'NOERROR', flags: ['ra'], answer: [], authority: [], additional: [], ...reply } as unknown as Plain }
const failing = replying({ rcode: 'SERVFAIL' })
const THREE = '10.0.0.1 10.0.0.2 10.0.0.3'
const made = (options: string, upstreams: Readonly<Record<string, Hop>>, choose = (): number => 0, picks: unknown[] = []): OneCoredns =>
  oneCoredns('1.11.3', `. {\n errors\n fanout . ${Object.keys(upstreams).join(' ')} {\n  ${options}\n }\n}\n`, upstreams, {}, p => { picks.push([p.at, p.options, p.odds]); return choose() })
const askedOf = ({ run }: OneCoredns): unknown[] => run.notes.filter(n => n.note.kind === 'upstream-asked').map(n => n.note['to'])
const all = (hop: Hop): Record<string, Hop> => Object.fromEntries(THREE.split(' ').map(address => [address, hop]))

test('all servers are asked at once; with fewer workers each asks its own one after the other', () => {
  const order = (options: string): unknown[] => {
    const server = made(`attempt-count 1\n  ${options}`, all(failing))
    expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'SERVFAIL' })
    return askedOf(server).toSorted()
  }
  for (const options of ['', 'worker-count 2', 'worker-count 3', 'worker-count 32']) expect(order(options)).toEqual(THREE.split(' '))
  const ended = made('worker-count 2', all(upstream))
  ended.ask({ name: 'a.test.' })
  expect(askedOf(ended)).toEqual(['10.0.0.1', '10.0.0.2'])
})

test('weighted servers are drawn by their weights among those left', () => {
  const picks: unknown[] = []
  const server = made('policy weighted-random\n  weighted-random-server-count 2\n  weighted-random-load-factor 50 30 20', all(failing), () => 1, picks)
  server.ask({ name: 'a.test.' })
  expect(picks).toEqual([
    ['coredns ns/pod fanout . server 1', ['10.0.0.1', '10.0.0.2', '10.0.0.3'], [[1n, 2n], [3n, 10n], [1n, 5n]]],
    ['coredns ns/pod fanout . server 2', ['10.0.0.1', '10.0.0.3'], [[5n, 7n], [2n, 7n]]],
  ])
  expect(new Set(askedOf(server))).toEqual(new Set(['10.0.0.2', '10.0.0.3']))
  const without: unknown[] = []
  made('policy weighted-random\n  weighted-random-server-count 1', all(upstream), () => 0, without).ask({ name: 'a.test.' })
  expect(without).toEqual([['coredns ns/pod fanout . server 1', THREE.split(' '), [[1n, 3n], [1n, 3n], [1n, 3n]]]])
})

test('NOERROR comes before another code, a code before an error; with race whatever comes first', () => {
  const replies = (options: string, first: Hop, second: Hop): unknown => {
    const reply = made(`attempt-count 1\n  ${options}`, { '10.0.0.1': first, '10.0.0.2': second }).ask({ name: 'a.test.' })
    return reply === LOST ? LOST : reply.rcode
  }
  const refusing: Hop = function* () { return REFUSED_PORT }
  expect(replies('', failing, upstream)).toBe('NOERROR')
  expect(replies('', refusing, replying({ rcode: 'REFUSED' }))).toBe('REFUSED')
  expect(replies('', replying({ rcode: 'NXDOMAIN' }), failing)).toBe('NXDOMAIN')
  expect(replies('race', failing, upstream)).toBe('SERVFAIL')
})

test('what the upstream said is the cause; errors count their attempts', () => {
  const said = (hop: Hop, options = 'attempt-count 2'): unknown => {
    const server = made(options, { '10.0.0.1': hop })
    const reply = server.ask({ name: 'a.test.' })
    return [reply === LOST ? LOST : reply.cause, askedOf(server).length, server.lines().length]
  }
  const by = 'upstream 10.0.0.1'
  expect(said(replying({ rcode: 'NXDOMAIN' }))).toEqual([{ kind: 'denied', by }, 1, 0])
  expect(said(replying({}))).toEqual([{ kind: 'denied', by }, 1, 0])
  expect(said(failing)).toEqual([{ kind: 'failed', by }, 1, 0])
  expect(said(upstream)).toEqual([undefined, 1, 0])
  expect(said(function* () { return REFUSED_PORT })).toEqual([{ kind: 'refused', by }, 2, 1])
  expect(said(function* () { return REFUSED_PORT }, 'attempt-count 3\n  network tcp')).toEqual([{ kind: 'refused', by }, 3, 1])
})

test('servers that are not known are said not to be modelled', () => {
  const server = oneCoredns('1.11.3', '. {\n fanout . /etc/missing.conf\n}\n')
  expect(server.ask({ name: 'a.test.' })).toMatchObject({
    rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: 'coredns ns/pod fanout .', detail: 'forward: the evidence has no /etc/missing.conf of ns/pod' },
  })
})

test('of two answers with NOERROR that come together the first is given', () => {
  const server = made('race', { '10.0.0.1': zone('a.test. 60 A 10.1.1.1'), '10.0.0.2': zone('a.test. 60 A 10.2.2.2') })
  expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'NOERROR', answer: [{ data: '10.1.1.1' }] })
  const plain = made('attempt-count 1', { '10.0.0.1': zone('a.test. 60 A 10.1.1.1'), '10.0.0.2': zone('a.test. 60 A 10.2.2.2') })
  expect(plain.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'NOERROR', answer: [{ data: '10.1.1.1' }] })
})

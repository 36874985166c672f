import { expect, test } from 'vitest'
import { LOST, sleep, type Hop, type Plain } from '../../chain/effects.ts'
import { REFUSED_PORT, type Reply } from '../../dns/message.ts'
import { REFUSED_CODE, refusalText } from './refuse.ts'
import { oneCoredns, zone, type OneCoredns } from '../../../test/support/one-coredns.ts'

const upstream = zone('a.test. 60 A 10.1.1.1')
const replying = (reply: Partial<Reply>): Hop => function* () { return { rcode: 'NOERROR', flags: ['ra'], answer: [], authority: [], additional: [], ...reply } as unknown as Plain }
const refusing: Hop = function* () { return REFUSED_PORT }
const silent: Hop = function* () { return LOST }
const after = (ms: number, hop: Hop): Hop => function* (query) {
  yield* sleep(ms)
  return yield* hop(query)
}
const made = (options: string, upstreams: Readonly<Record<string, Hop>>): OneCoredns =>
  oneCoredns('1.11.3', `. {\n errors\n fanout . ${Object.keys(upstreams).join(' ')} {\n  ${options}\n }\n forward . 10.0.0.9\n}\n`, { '10.0.0.9': replying({ rcode: 'YXDOMAIN' }), ...upstreams })
/** The code of the answer, after how long, and how often a server was asked. */
const told = (options: string, upstreams: Readonly<Record<string, Hop>>, name = 'a.test.'): unknown[] => {
  const server = made(options, upstreams)
  const reply = server.ask({ name })
  return [reply === LOST ? LOST : reply.rcode, server.run.nowMs, server.run.notes.filter(n => n.note.kind === 'upstream-asked').length]
}

test('a server is asked three times with 100 ms between', () => {
  expect(told('', { '10.0.0.1': refusing })).toEqual(['SERVFAIL', 300, 3])
  expect(told('attempt-count 1', { '10.0.0.1': refusing })).toEqual(['SERVFAIL', 100, 1])
  expect(told('', { '10.0.0.1': silent })).toEqual(['SERVFAIL', 6300, 3])
})

test('attempts end with the time: 30 s if it is not said', () => {
  // 2 s of silence and 100 ms: the fifteenth begins at 29.4 s.
  expect(told('attempt-count 0', { '10.0.0.1': silent })).toEqual(['SERVFAIL', 30_000, 15])
  expect(told('attempt-count 0\n  timeout 1s', { '10.0.0.1': refusing })).toEqual(['SERVFAIL', 1000, 10])
  expect(told('attempt-count 0\n  timeout 250ms', { '10.0.0.1': refusing })).toEqual(['SERVFAIL', 250, 3])
  expect(told('timeout 0s', { '10.0.0.1': upstream }).slice(0, 2)).toEqual(['SERVFAIL', 0])
})

test('the first answer with NOERROR ends it, however many servers there are', () => {
  expect(told('', { '10.0.0.1': after(50, upstream), '10.0.0.2': after(70, upstream) })).toEqual(['NOERROR', 50, 2])
  expect(told('', { '10.0.0.1': after(50, replying({ rcode: 'REFUSED' })), '10.0.0.2': after(70, upstream) })).toEqual(['NOERROR', 70, 2])
  expect(told('race', { '10.0.0.1': after(50, replying({ rcode: 'REFUSED' })), '10.0.0.2': after(70, upstream) })).toEqual(['REFUSED', 50, 2])
  expect(told('worker-count 2', { '10.0.0.1': after(50, upstream), '10.0.0.2': after(70, upstream) })).toEqual(['NOERROR', 50, 2])
})

test('of several codes that are no NOERROR the first to come is given', () => {
  expect(told('', { '10.0.0.1': after(70, replying({ rcode: 'REFUSED' })), '10.0.0.2': after(50, replying({ rcode: 'SERVFAIL' })) })).toEqual(['SERVFAIL', 70, 2])
  expect(told('', { '10.0.0.1': after(50, replying({ rcode: 'NOTIMP' })), '10.0.0.2': after(70, replying({ rcode: 'NXDOMAIN' })) })).toEqual(['NOTIMP', 70, 2])
})

test('a reply to another question is a malformed one', () => {
  expect(told('', { '10.0.0.1': replying({ question: { name: 'b.test.', type: 'A' } }) })).toEqual(['FORMERR', 0, 1])
})

test('over TCP it dials; weights and counts at their bounds are taken', () => {
  const transports = (options: string): unknown => {
    const server = made(options, { '10.0.0.1': upstream })
    server.ask({ name: 'a.test.', transport: 'tcp' })
    return server.run.notes.filter(n => n.note.kind === 'upstream-asked').map(n => n.note['transport'])
  }
  expect([transports(''), transports('network tcp'), transports('network tcp-tls'), transports('network udp')]).toEqual([['udp'], ['tcp'], ['tcp'], ['udp']])
})

test('names of except pass, those of every line of it', () => {
  const passes = (name: string): boolean => told('except b.test c.test\n  except d.test', { '10.0.0.1': upstream }, name)[0] === 'YXDOMAIN'
  expect(['a.test.', 'b.test.', 'x.c.test.', 'd.test.'].map(passes)).toEqual([false, true, true, true])
})

function refused(options: string, to = '10.0.0.1'): string {
  const { problems } = oneCoredns('1.11.3', `. {\n fanout ${to} {\n  ${options}\n }\n}\n`)
  const first = problems.find(p => p.code === REFUSED_CODE)
  return first ? refusalText(first).replace(/^plugin\/fanout: /, '') : ''
}
const argument = (word: string): string => `Error during parsing: Wrong argument count or unexpected line ending after '${word}'`

test('words are missing, or one too many', () => {
  expect([refused('', ''), refused('', '.'), refused('tls a b c', '. 10.0.0.1'), refused('tls a b c d', '. 10.0.0.1')]).toEqual([argument('fanout'), argument('.'), '', argument('d')])
})

test('what stands behind the one word of an option is read as the next option', () => {
  expect([refused('network udp race', '. 10.0.0.1'), refused('attempt-count 2 timeout 1s', '. 10.0.0.1'), refused('network udp odd', '. 10.0.0.1'), refused('network udp timeout x', '. 10.0.0.1')]).toEqual(
    ['', '', 'unknown property odd', 'time: invalid duration "x"'])
})

test('names of except-file are excepted beside those of except', () => {
  const upstreams = { '10.0.0.1': upstream }
  const files = new Map([['/names', { file: 'names', text: 'c.test' }]])
  const server = oneCoredns('1.11.3', '. {\n fanout . 10.0.0.1 {\n  except b.test\n  except-file names\n }\n}\n', upstreams, { files })
  const passes = (name: string): boolean => { const reply = server.ask({ name }); return reply !== LOST && reply.rcode === 'SERVFAIL' }
  expect(['a.test.', 'x.b.test.', 'x.c.test.'].map(passes)).toEqual([false, true, true])
})

import { expect, test } from 'vitest'
import { LOST, sleep, type Hop, type Plain } from '../../chain/effects.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { oneCoredns, type OneCoredns } from '../../../test/support/one-coredns.ts'

type Upstream = OneCoredns & { answer: Partial<Reply> | undefined; asked: number; delayMs: number }
const bare: Reply = { rcode: 'NOERROR', flags: ['ra'], answer: [], authority: [], additional: [] }
const address = (ttlS: number, data = '10.0.0.1'): Partial<Reply> => ({ answer: [{ name: 'a.test.', type: 'A', ttlS, data }] })
const FAILS: Partial<Reply> = { rcode: 'SERVFAIL' }

/** An upstream whose answer a test changes. */
function made(options: string, version = '1.14.7'): Upstream {
  const state = { answer: address(10), asked: 0, delayMs: 0 } as Upstream
  const hop: Hop = function* () {
    state.asked++
    if (state.delayMs > 0) yield* sleep(state.delayMs)
    return state.answer ? { ...bare, ...state.answer } as unknown as Plain : LOST
  }
  return Object.assign(state, oneCoredns(version, `. {\n cache {\n  ${options}\n }\n forward . 10.0.0.1 {\n  max_fails 0\n }\n}\n`, { '10.0.0.1': hop }))
}
const told = (server: OneCoredns, query: Partial<DnsQuery> = {}): string => {
  const reply = server.ask({ name: 'a.test.', ...query })
  return reply === LOST ? LOST : [reply.rcode, ...reply.answer.map(r => `${r.ttlS} ${r.data}`)].join(' ')
}
/** What is told each time that this many milliseconds have passed since the answer was kept, while the upstream fails. */
const after = (options: string, times: readonly number[], version?: string): string[] => times.map(ms => {
  const server = made(options, version)
  told(server)
  server.answer = FAILS
  server.run.pass(ms)
  return told(server)
})

test('a stale answer is given for as many whole seconds as serve_stale says, not one more', () => {
  const fresh = ['NOERROR 1 10.0.0.1', 'NOERROR 0 10.0.0.1']
  expect(after('serve_stale 3s', [9000, 10_000, 11_999, 12_000, 12_999, 13_000])).toEqual([...fresh, ...Array.from({ length: 3 }, () => fresh[1]), 'SERVFAIL'])
  expect(after('serve_stale 2500ms', [11_999, 12_000])).toEqual([fresh[1], 'SERVFAIL'])
  expect(after('serve_stale 999ms', [9999, 10_000])).toEqual([fresh[0], 'SERVFAIL'])
  expect(after('success 100', [9999, 10_000])).toEqual([fresh[0], 'SERVFAIL'])
})

test('a TTL for stale answers takes the place of 0, and of what keepttl keeps', () => {
  expect(after('serve_stale 1h immediate 7s', [9000, 10_000])).toEqual(['NOERROR 1 10.0.0.1', 'NOERROR 7 10.0.0.1'])
  expect(after('keepttl\n  serve_stale 1h', [9000, 11_000])).toEqual(['NOERROR 10 10.0.0.1', 'NOERROR 10 10.0.0.1'])
  expect(after('keepttl\n  serve_stale 1h immediate 7s', [11_000])).toEqual(['NOERROR 7 10.0.0.1'])
})

test('verify asks first: an answer replaces the stale one, a failure leaves it', () => {
  const server = made('serve_stale 1h verify')
  told(server)
  server.run.pass(11_000)
  server.answer = FAILS
  expect([told(server), server.asked]).toEqual(['NOERROR 0 10.0.0.1', 2])
  server.answer = address(20, '10.0.0.2')
  expect([told(server), told(server), server.asked]).toEqual(['NOERROR 20 10.0.0.2', 'NOERROR 20 10.0.0.2', 3])
})

test('verify with a time waits as long for an answer; what comes later is kept for the next', () => {
  const server = made('serve_stale 1h verify 300ms')
  told(server)
  server.run.pass(11_000)
  server.answer = address(20, '10.0.0.2')
  server.delayMs = 500
  const began = server.run.nowMs
  expect([told(server), server.run.nowMs - began]).toEqual(['NOERROR 0 10.0.0.1', 300])
  server.run.pass(201)
  expect([told(server), server.asked]).toEqual(['NOERROR 20 10.0.0.2', 2])
  server.run.pass(21_000)
  server.answer = address(20, '10.0.0.3')
  server.delayMs = 200
  expect([told(server), server.asked]).toEqual(['NOERROR 20 10.0.0.3', 3])
})

test('after a failure nothing is renewed until the time to recheck is over', () => {
  const server = made('serve_stale 1h verify 0s 7s 5s')
  told(server)
  server.answer = FAILS
  server.run.pass(11_000)
  expect([told(server), told(server), server.asked]).toEqual(['NOERROR 7 10.0.0.1', 'NOERROR 7 10.0.0.1', 2])
  server.run.pass(5001)
  expect([told(server), server.asked]).toEqual(['NOERROR 7 10.0.0.1', 3])
})

test('an entry that is asked for often is renewed ahead of its end', () => {
  const asked = (prefetch: string, ms: number): number => {
    const server = made(prefetch)
    told(server)
    told(server)
    server.run.pass(ms)
    told(server)
    server.run.pass(1)
    return server.asked
  }
  // 10 % of 10 s is the last second, and the second question is the first that is answered from what is kept.
  expect([asked('prefetch 2', 8000), asked('prefetch 2', 9000), asked('prefetch 3', 9000), asked('prefetch 2 1s', 9000), asked('prefetch 2 1m 20%', 8000), asked('prefetch 0', 9000)]).toEqual([1, 2, 1, 1, 2, 1])
})

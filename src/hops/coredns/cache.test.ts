import { describe, expect, test } from 'vitest'
import { LOST, sleep, type Hop, type Plain } from '../../chain/effects.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { oneCoredns, type OneCoredns } from '../../../test/support/one-coredns.ts'
import { isRenewed } from './cache-stale.ts'
import type { CorednsVersion } from './plugin.ts'

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
  server.run.pass(21_000)
  server.answer = FAILS
  expect([told(server), server.asked]).toEqual(['NOERROR 0 10.0.0.3', 4])
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

test.each([['success 100', 5000], ['servfail 3s', 3000], ['servfail 1500ms', 1000], ['servfail 0s', 0], ['servfail 5m', 300_000]])('with %s a failure is kept %i ms', (option, ms) => {
  const askedAt = (passed: number): number => {
    const server = made(option)
    server.answer = FAILS
    told(server)
    server.run.pass(passed)
    told(server)
    return server.asked
  }
  if (ms > 0) expect(askedAt(ms - 1)).toBe(1)
  expect(askedAt(ms)).toBe(2)
})

test('the bounds of success and denial are for answers and for denials', () => {
  const denial = (ttlS: number): Partial<Reply> => ({ rcode: 'NXDOMAIN', authority: [{ name: 'test.', type: 'SOA', ttlS, data: 'ns.test. h.test. 1 2 3 4 5' }] })
  const ttl = (options: string, answer: Partial<Reply>): number | undefined => {
    const server = made(options)
    server.answer = answer
    const reply = server.ask({ name: 'a.test.' })
    return reply === LOST ? undefined : [...reply.answer, ...reply.authority][0]?.ttlS
  }
  const options = 'success 100 30 10\n  denial 100 40 20'
  expect([5, 25, 50].map(ttlS => ttl(options, address(ttlS)))).toEqual([10, 25, 30])
  expect([5, 25, 50].map(ttlS => ttl(options, denial(ttlS)))).toEqual([20, 25, 40])
  expect([1, 3601].map(ttlS => ttl('keepttl', address(ttlS)))).toEqual([5, 3600])
  expect([1, 1801].map(ttlS => ttl('keepttl', denial(ttlS)))).toEqual([5, 1800])
  expect([0, 1].map(ttlS => ttl('success 100 30 0', address(ttlS)))).toEqual([0, 1])
})

test('disable keeps nothing of one kind, in its zones', () => {
  const asked = (options: string, answer: Partial<Reply>): number => {
    const server = made(options)
    server.answer = answer
    told(server)
    told(server)
    return server.asked
  }
  expect([asked('disable success', address(10)), asked('disable success a.test', address(10)), asked('disable success b.test', address(10)), asked('disable denial', address(10))]).toEqual([2, 2, 1, 1])
  expect([asked('disable denial', FAILS), asked('disable success', FAILS), asked('disable denial b.test', FAILS)]).toEqual([2, 1, 1])
})

test('AD is left for a client that set AD or DO, the first time and from what is kept', () => {
  const flags = (query: Partial<DnsQuery>): unknown => {
    const server = made('success 100')
    server.answer = { ...address(10), flags: ['ra', 'ad'] }
    return [1, 2].map(() => {
      const reply = server.ask({ name: 'a.test.', ...query })
      return reply !== LOST && reply.flags.includes('ad')
    })
  }
  expect([flags({}), flags({ ad: true }), flags({ edns: { sizeBytes: 1232, do: true } }), flags({ edns: { sizeBytes: 1232 } })]).toEqual([[false, false], [true, true], [true, true], [false, false]])
})

test('one renewal of an entry runs at a time since 1.14.3', () => {
  const asked = (version: string): number => {
    const server = made('serve_stale 1h', version)
    told(server)
    server.run.pass(11_000)
    server.delayMs = 500
    for (let n = 0; n < 3; n++) told(server)
    server.run.pass(501)
    return server.asked
  }
  expect(['1.14.2', '1.14.3', '1.14.7'].map(asked)).toEqual([4, 2, 2])
})

test('when a renewal is over the next may begin; one that failed behind the client\'s back is not tried again for the time to recheck', () => {
  const asked = (options: string): readonly number[] => {
    const server = made(options)
    told(server)
    server.answer = FAILS
    server.run.pass(11_000)
    return [1, 1, 5001].map(ms => {
      told(server)
      server.run.pass(ms)
      return server.asked
    })
  }
  expect(asked('serve_stale 1h')).toEqual([2, 3, 4])
  expect(asked('serve_stale 1h immediate 7s 5s')).toEqual([2, 2, 2])
  const server = made('serve_stale 1h immediate 7s 5s')
  told(server)
  server.answer = FAILS
  server.run.pass(11_000)
  told(server)
  server.run.pass(5001)
  server.answer = address(10, '10.0.0.2')
  told(server)
  server.run.pass(1)
  expect([told(server), server.asked]).toEqual(['NOERROR 10 10.0.0.2', 3])
  server.run.pass(11_000)
  server.answer = address(10, '10.0.0.3')
  told(server)
  server.run.pass(1)
  expect([told(server), server.asked]).toEqual(['NOERROR 10 10.0.0.3', 4])
})

describe('a renewal takes', () => {
  const query = { name: 'a.test.', type: 'A', transport: 'udp', rd: true } as DnsQuery
  const answer: Reply = { ...bare, answer: [{ name: 'a.test.', type: 'A', ttlS: 10, data: '10.0.0.1' }] }
  const alias: Reply = { ...bare, answer: [{ name: 'a.test.', type: 'CNAME', ttlS: 10, data: 'b.test.' }] }
  const none: Reply = { ...bare, authority: [{ name: 'test.', type: 'SOA', ttlS: 10, data: 'ns.test. h.test. 1 2 3 4 5' }] }
  const cut: Reply = { ...answer, flags: ['tc'] }
  const other: Reply = { ...answer, question: { name: 'b.test.', class: 'IN', type: 'A' } }
  const of = (rcode: Reply['rcode']): Reply => ({ ...bare, rcode })
  const odd: Reply = { ...answer, rcode: 'NXDOMAIN' }
  const taken = (version: CorednsVersion, behind: boolean, prefersPositive = false): readonly boolean[] => [undefined, answer, none, of('NXDOMAIN'), of('SERVFAIL'), of('REFUSED'), cut, other, odd, bare, alias]
    .map(reply => isRenewed(reply, query, { stale: { prefersPositive } } as never, version, behind))
  test('anything up to 1.14.6 behind the client\'s back, and before it what is no error', () => {
    expect(taken([1, 14, 6], true)).toEqual([false, true, true, true, true, true, true, true, true, true, true])
    expect(taken([1, 14, 6], false)).toEqual([false, true, true, true, false, false, true, true, true, true, true])
  })
  test('whole answers and denials since 1.14.7, and with prefer_positive answers alone', () => {
    expect(taken([1, 14, 7], true)).toEqual([false, true, true, true, false, false, false, false, false, true, true])
    expect(taken([1, 14, 7], true)).toEqual(taken([1, 14, 7], false))
    expect(taken([1, 14, 7], true, true)).toEqual([false, true, false, false, false, false, false, false, false, false, false])
  })
})

test('a notify is not answered from what is kept since 1.15.0', () => {
  const asked = (version: string): number => {
    const server = made('success 100', version)
    told(server)
    server.ask({ name: 'a.test.', opcode: 'NOTIFY' })
    return server.asked
  }
  expect(['1.14.7', '1.15.0'].map(asked)).toEqual([1, 2])
})

describe('a second message, which a rewrite behind the cache writes for a code that was left to the server,', () => {
  const refusing = (rule: string): string => `. {\n rewrite ${rule}\n template IN A . {\n  answer "a.test. 60 IN A 10.0.0.1"\n  rcode REFUSED\n }\n cache 50\n}\n`

  test('leaves without the OPT of the copy that went to later plugins', () => {
    const reply = oneCoredns('1.9.3', refusing('edns0 local set 0xffee {qname}'), {}).ask({ name: 'a.test.' })
    expect(reply !== LOST && [reply.edns, reply.also?.map(({ rcode, edns }) => [rcode, edns])]).toEqual([undefined, [['REFUSED', undefined]]])
  })

  test('is not kept where its code is none to keep, and the first one is', () => {
    const server = oneCoredns('1.11.3', refusing('rcode regex .* REFUSED NOERROR'), {})
    const asked = (): unknown => { const reply = server.ask({ name: 'a.test.' }); return reply !== LOST && [reply.rcode, reply.answer.length, reply.also?.map(({ rcode }) => rcode)] }
    expect([asked(), asked()]).toEqual([['NOERROR', 1, ['REFUSED']], ['NOERROR', 1, undefined]])
  })
})

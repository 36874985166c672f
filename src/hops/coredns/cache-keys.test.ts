// Which questions share an entry of `cache`, and what one entry does to another: plugin/cache/cache.go and handler.go of the releases.
import { describe, expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { oneCoredns, type OneCoredns } from '../../../test/support/one-coredns.ts'

const bare: Reply = { rcode: 'NOERROR', flags: ['ra'], answer: [], authority: [], additional: [] }
const address = (ttlS: number, data = '10.0.0.1'): Reply => ({ ...bare, answer: [{ name: 'a.test.', type: 'A', ttlS, data }] })
const denial = (ttlS: number): Reply => ({ ...bare, rcode: 'NXDOMAIN', authority: [{ name: 'test.', type: 'SOA', ttlS, data: `ns.test. h.test. 1 2 3 4 ${ttlS}` }] })
type Upstream = OneCoredns & { answer: Reply; asked: number }

function made(version: string, options = 'success 100', answer = address(10)): Upstream {
  const state = { answer, asked: 0 } as Upstream
  const hop: Hop = function* () {
    state.asked++
    return state.answer as unknown as Plain
  }
  return Object.assign(state, oneCoredns(version, `. {\n cache {\n  ${options}\n }\n forward . 10.0.0.1 {\n  max_fails 0\n }\n}\n`, { '10.0.0.1': hop }))
}
const told = (server: OneCoredns, query: Partial<DnsQuery> = {}): string => {
  const reply = server.ask({ name: 'a.test.', ...query })
  return reply === LOST ? LOST : [reply.rcode, ...reply.answer.map(r => `${r.ttlS} ${r.data}`)].join(' ')
}

describe('a question shares the entry of another', () => {
  const DO = { edns: { sizeBytes: 1232, do: true } } as Partial<DnsQuery>
  const asked = (version: string, ...queries: readonly Partial<DnsQuery>[]): number => {
    const server = made(version)
    for (const query of queries) told(server, query)
    return server.asked
  }
  test('of another class up to 1.14.6', () => {
    expect(['1.14.6', '1.14.7'].map(version => asked(version, {}, { class: 'CH' }))).toEqual([1, 2])
    expect(asked('1.14.7', {}, { class: 'IN' })).toBe(1)
  })
  test('with another CD up to 1.11.1', () => {
    expect(['1.11.1', '1.11.2'].map(version => asked(version, {}, { cd: true }))).toEqual([1, 2])
    expect(asked('1.11.2', { cd: true }, { cd: true })).toBe(1)
  })
  test('with another DO where every question goes on with DO, from 1.7.1 to 1.10.0', () => {
    expect(['1.7.0', '1.7.1', '1.10.0', '1.10.1'].map(version => asked(version, {}, DO))).toEqual([2, 1, 1, 2])
    expect(asked('1.15.0', DO, DO)).toBe(1)
  })
  test('of the same letters only', () => {
    expect([asked('1.15.0', {}, { name: 'A.Test.' }), asked('1.15.0', {}, { name: 'b.test.' }), asked('1.15.0', {}, { type: 'AAAA' })]).toEqual([1, 2, 2])
  })
})

test('from 1.7.1 to 1.10.0 proofs are taken out for a client without DO, from what comes and from what is kept', () => {
  const record = (type: string): ResourceRecord => ({ name: 'a.test.', type, ttlS: 10, data: type === 'A' ? '10.0.0.1' : 'x' })
  const all = ['A', 'DS', 'NSEC', 'NSEC3', 'RRSIG', 'SIG', 'SRV'].map(record)
  const types = (version: string, query: Partial<DnsQuery>): unknown => {
    const server = made(version, 'success 100', { ...bare, answer: all, authority: all, additional: all })
    return [1, 2].map(() => {
      const reply = server.ask({ name: 'a.test.', transport: 'tcp', ...query })
      return reply === LOST ? LOST : [reply.answer, reply.authority, reply.additional].map(records => records.map(r => r.type).join(' '))
    })
  }
  const left = ['A SRV', 'A SRV', 'A SRV']
  const whole = Array.from({ length: 3 }, () => all.map(r => r.type).join(' '))
  expect(types('1.10.0', {})).toEqual([left, left])
  expect(types('1.10.0', { edns: { sizeBytes: 4096, do: true } })).toEqual([whole, whole])
  expect(types('1.10.1', {})).toEqual([whole, whole])
})

test('an answer that comes by a renewal takes the denial away, one that was verified stands beside it', () => {
  const after = (options: string): readonly unknown[] => {
    const server = made('1.14.7', options, denial(10))
    told(server)
    server.run.pass(11_000)
    server.answer = address(20)
    const first = told(server)
    server.run.pass(1)
    return [first, told(server), server.asked]
  }
  expect(after('serve_stale 1h')).toEqual(['NXDOMAIN', 'NOERROR 20 10.0.0.1', 2])
  expect(after('serve_stale 1h verify')).toEqual(['NOERROR 20 10.0.0.1', 'NOERROR 20 10.0.0.1', 3])
})

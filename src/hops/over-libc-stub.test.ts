// Programs over a C library: the cache of the JVM at the edges of its lifetimes, and each program's words for the library's failures.
import { expect, test } from 'vitest'
import type { Hop, Plain } from '../chain/effects.ts'
import type { StubKind, StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { simulate } from '../drivers/simulate.ts'
import { lookedUp } from '../../test/support/one-stub.ts'
import { stubHops } from './stub.ts'

const A = '10.0.0.1'

/** How many questions Java sends for lookups at these seconds, and what each ended in. */
function java(word: 'address' | 'denial', atS: readonly number[], names: readonly string[] = []): { readonly asked: number; readonly says: readonly string[] } {
  let asked = 0
  const model: StubModel = { place: 'p', node: 'n', kind: 'java', version: '17', certainty: 'confirmed', resolvConf: readResolvConf('f', `nameserver ${A}\n`).value, hosts: [] }
  const server: Hop = function* (query) {
    const { name, type } = query as { name: string; type: string }
    asked += type === 'A' ? 1 : 0
    const answer = word === 'address' && type === 'A' ? [{ name, type, ttlS: 1, data: '10.1.1.1' }] : []
    return { rcode: word === 'denial' ? 'NXDOMAIN' : 'NOERROR', flags: ['ra'], answer, authority: [], additional: [] } as unknown as Plain
  }
  const chain = new Map<string, Hop>([[A, server], ...stubHops(model, address => address)])
  const schedule = atS.map((at, i) => ({ atMs: at * 1000, ask: { hop: 'stub p', query: { name: names[i] ?? 'a.corp', family: 'unspec' } } }))
  const says = [...simulate(chain, schedule, { seed: 1 })].map(one => (one.value as unknown as StubResult).says)
  return { asked, says }
}

test('the JVM keeps addresses for thirty seconds and failures for ten, whatever the TTL', () => {
  expect([29, 31].map(at => java('address', [0, at]).asked)).toEqual([1, 2])
  expect([9, 11].map(at => java('denial', [0, at]).asked)).toEqual([1, 2])
  expect(java('address', [0, 1, 2], ['a.corp', 'A.CORP', 'b.corp']).asked).toBe(2)
})

test('the JVM tells a failure that it kept by the name alone', () => {
  expect(java('denial', [0, 1]).says).toEqual(['java.net.UnknownHostException: a.corp: Name or service not known', 'java.net.UnknownHostException: a.corp'])
})

test('each program has its own words for a failure of the library', () => {
  const ended = (kind: StubKind, word: string): string => {
    const { result } = lookedUp({ kind, version: '1', conf: `nameserver ${A}\noptions attempts:1\n`, name: 'A.corp', servers: { [A]: word } })
    return `${result.code}: ${result.says}`
  }
  expect(['NX', 'NODATA', 'SERVFAIL'].map(word => ended('cgo', word))).toEqual([
    'no such host: lookup A.corp: no such host', 'no such host: lookup A.corp: no such host', 'Temporary failure in name resolution: lookup A.corp: Temporary failure in name resolution',
  ])
  expect(['NX', 'NODATA', 'SERVFAIL'].map(word => ended('node', word))).toEqual(['ENOTFOUND', 'ENOTFOUND', 'EAI_AGAIN'].map(code => `${code}: getaddrinfo ${code} A.corp`))
  for (const word of ['NX', 'SERVFAIL']) expect(['curl', 'getent', 'getent-hosts'].map(kind => ended(kind as StubKind, word))).toEqual(['exit 6: (6) Could not resolve host: A.corp', 'exit 2: ', 'exit 2: '])
})

test('getent hosts asks for IPv6, and for IPv4 where there is none', () => {
  const asked = (word: string): readonly string[] => lookedUp({ kind: 'getent-hosts', version: '2.36', conf: `nameserver ${A}\n`, name: 'a.corp', servers: { [A]: word } }).asked.map(line => line.split(' ')[3] as string)
  expect([asked('ADDR fd00::1'), asked('NODATA')]).toEqual([['AAAA'], ['AAAA', 'A']])
})

// What programs make of a reply whose question is not the one they asked, as a `rewrite` of CoreDNS that is not undone sends it. Looked at with
// glibc 2.36, musl 1.2.3, Go 1.21 to 1.26 (npm run conform) and dig, host and nslookup 9.18.49.
import { expect, test } from 'vitest'
import type { StubKind } from '../chain/model.ts'
import { lookedUp, type Script } from '../../test/support/one-stub.ts'

const A = '10.0.0.1'
const OTHER = 'AS other.test. A ADDR 10.0.0.5'
const looked = (kind: StubKind, version: string, script: Script = OTHER, options = '', family: 'unspec' | 'inet' = 'unspec') =>
  lookedUp({ kind, version, conf: `nameserver ${A}\noptions timeout:1 attempts:2 ${options}\n`, name: 'a.test', family, servers: { [A]: script } })

test.each<[StubKind, string, string, string, number]>([
  ['glibc', '2.36', '', 'EAI_AGAIN', 2000], ['go', '1.26', '', `read udp CLIENT:PORT->${A}:53: i/o timeout`, 2000], ['c-ares', '1.34.6', '', 'ETIMEOUT', 14_000],
])('%s %s passes it over, and waits: %s', (kind, version, options, code, ms) => {
  const { result, ms: took } = looked(kind, version, OTHER, options)
  expect([result.code, took, result.cause?.detail]).toEqual([code, ms, 'reply to another question'])
})

test.each<[StubKind, string, string]>([['musl', '1.2.3', ''], ['busybox', '1.35.0', ''], ['glibc', '2.36', 'use-vc']])('%s %s %s takes it', (kind, version, options) => {
  expect(looked(kind, version, OTHER, options, 'inet').result.addresses).toEqual(['10.0.0.5'])
})

test('over TCP it is a failure to Go, at once', () => {
  const { result, ms } = looked('go', '1.26', OTHER, 'use-vc')
  expect([result.code, result.says, ms]).toEqual(['invalid DNS response', `lookup a.test on ${A}:53: invalid DNS response`, 0])
})

test('dig, host and nslookup say what they got, and wait', () => {
  const got = ';; ;; Question section mismatch: got other.test/A/IN\n;; communications error to 10.0.0.1#53: timed out'
  for (const tool of ['dig', 'host', 'nslookup'] as const) expect(looked(tool, '9.18.49').result.says).toBe(`${got}\n${got}\n;; no servers could be reached`)
})

test('of a pair glibc takes the one that has its own question, and asks for the other in two more ways', () => {
  const { result, ms } = looked('glibc', '2.36', q => (q.type === 'AAAA' ? 'AS @ A ADDR 10.0.0.5' : 'ADDR 10.0.0.6'))
  expect([result.addresses, ms]).toEqual([['10.0.0.6'], 3000])
})

test('the letters of a name do not matter', () => {
  expect(looked('go', '1.26', 'AS A.TEST. A ADDR 10.0.0.5', '', 'inet').result.addresses).toEqual(['10.0.0.5'])
})

import { expect, test } from 'vitest'
import type { Plain, Hop } from '../../chain/effects.ts'
import { oneCoredns, refusalOf } from '../../../test/support/one-coredns.ts'

const failing: Hop = function* () { return { rcode: 'SERVFAIL', flags: ['rd', 'ra'], answer: [], authority: [], additional: [] } as unknown as Plain }
const COREFILE = '.:53 {\n  errors\n  forward . 10.0.0.1 10.0.0.2 {\n    failover SERVFAIL\n  }\n}\n'

test.each([['1.13.2', 'no healthy proxies', 5000], ['1.14.6', 'no healthy proxies', 5000], ['1.14.7', undefined, 0]])('CoreDNS %s, when every server has the rcode of `failover`: %s after %i ms', (version, said, ms) => {
  const { ask, run, lines } = oneCoredns(version, COREFILE, { '10.0.0.1': failing, '10.0.0.2': failing })
  const began = run.nowMs
  expect(ask({ name: 'a.test.' })).toMatchObject({ rcode: 'SERVFAIL' })
  expect(run.nowMs - began).toBe(ms)
  expect(lines()).toEqual(said === undefined ? [] : [`[ERROR] plugin/errors: 2 a.test. A: ${said}`])
})

test('max_age below expire is refused by the first release that has it, too', () => {
  const refused = (version: string): string => refusalOf(version, '.:53 {\n  forward . 10.0.0.1 {\n    max_age 1s\n  }\n}\n')
  expect([refused('1.14.3'), refused('1.14.7')]).toEqual(['plugin/forward: max_age (1s) must not be less than expire (10s)', 'plugin/forward: max_age (1s) must not be less than expire (10s)'])
})

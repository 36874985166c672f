import { expect, test } from 'vitest'
import { fallthroughZones, matchZone, originsOf } from './origins.ts'

test.each([
  [[], ['block.']], [['Corp.Test'], ['corp.test.']], [['dns://a.test:53'], ['a.test.']], [['10.0.0.0/8'], ['10.in-addr.arpa.']],
  [['a..b', 'x:'], []],
  [['10.16.0.0/15'], ['16.10.in-addr.arpa.', '17.10.in-addr.arpa.']], [['fd00::/8'], ['d.f.ip6.arpa.']], [
    ['2001:db8::/29'], ['8', '9', 'a', 'b', 'c', 'd', 'e', 'f'].map(n => `${n}.b.d.0.1.0.0.2.ip6.arpa.`),
  ],
])('%j', (args, zones) => {
  expect(originsOf(args, ['block.'])).toEqual(zones)
})

test('the longest zone that covers the name', () => {
  expect(matchZone(['.', 'a.test.', 'b.a.test.'], 'x.B.a.test.')).toBe('b.a.test.')
  expect(matchZone(['a.test.'], 'xa.test.')).toBeUndefined()
  expect(matchZone(fallthroughZones([]), 'any.thing.')).toBe('.')
})

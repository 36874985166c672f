import { expect, test } from 'vitest'
import { addressOfReverse, parseAddress } from './go-address.ts'

test.each([
  ['10.0.0.1', '10.0.0.1', 4], ['::1', '::1', 6], ['FD00:0:0::01', 'fd00::1', 6], ['::ffff:10.0.0.1', '10.0.0.1', 4],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3', 6],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7', 6], ['::', '::', 6], [
    '64:ff9b::10.1.2.3', '64:ff9b::a01:203', 6,
  ], ['1::', '1::', 6], ['0:0:1::', '0:0:1::', 6],
])('%s', (given, text, family) => {
  expect(parseAddress(given)).toEqual({ text, family })
})

test.each([
  '', '010.0.0.1', '1.2.3', '256.1.1.1', '1.2.3.4.5', ':', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7', 'fe80::1%eth0',
  '12345::', '::1.2.3', '1.2.3.4::', 'a', 'g::',
])(
  '%j is no address', given => expect(parseAddress(given)).toBeUndefined())

test('reverse names', () => {
  const v6 = `${'3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.6.9.0.0.0.1.0.0.0.0.d.f'}.ip6.arpa.`
  expect(addressOfReverse('1.0.96.10.in-addr.arpa.')?.text).toBe('10.96.0.1')
  expect(addressOfReverse(v6)?.text).toBe('fd00:10:96::3')
  expect(addressOfReverse(`x.${v6}`)?.text).toBe('fd00:10:96::3')
  for (const name of [
    '96.10.in-addr.arpa.', 'in-addr.arpa.', v6.slice(2), 'a.b.', '5.1.0.96.10.in-addr.arpa.',
  ]) expect(addressOfReverse(name), name).toBeUndefined()
})

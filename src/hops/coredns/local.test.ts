import { expect, test } from 'vitest'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { local } from './local.ts'
import type { CorednsVersion, PluginSetup, Served } from './plugin.ts'

function answer(name: string, type: string, version: CorednsVersion = [1, 15, 0]): Reply | undefined {
  const query: DnsQuery = { name, type, transport: 'udp', rd: true }
  const handler = local({ version, directives: [], model: { corefile: { blocks: [] } } } as unknown as PluginSetup)
  // Nothing of it is an effect: the first step is the end.
  const { value } = handler?.(query, function* () { return { rcode: 'REFUSED' } }).next() ?? {}
  return (value as Served | undefined)?.reply
}

test('owners are spelt as the client spelt them, the zone of a missing name too', () => {
  expect(answer('LOCALHOST.', 'SOA')?.answer[0]?.name).toBe('LOCALHOST.')
  expect(answer('9.127.IN-ADDR.arpa.', 'PTR')).toMatchObject({ rcode: 'NXDOMAIN', authority: [{ name: '127.IN-ADDR.arpa.' }] })
  expect(answer('127.in-addr.arpa.', 'A')).toMatchObject({ rcode: 'NOERROR', answer: [], authority: [{ type: 'SOA' }] })
})

test('names below localhost are loopback since 1.14.5, and before that only those that begin with it', () => {
  expect(answer('a.localhost.', 'A')?.answer[0]?.data).toBe('127.0.0.1')
  expect(answer('a.localhost.', 'A', [1, 11, 3])?.rcode).toBe('NXDOMAIN')
  expect(answer('localhost.test.', 'AAAA', [1, 11, 3])?.answer[0]?.data).toBe('::1')
  expect(answer('a.test.', 'A')).toBeUndefined()
})

// What CoreDNS's own functions of expressions say of a query: plugin/pkg/expression/expression.go.
import { expect, test } from 'vitest'
import type { DnsQuery } from '../../dns/message.ts'
import { isInside, queryFunctions } from './expression-query.ts'
import { UnknownInput } from './expression-value.ts'
import type { PluginSetup } from './plugin.ts'

const said = (name: string, query: Partial<DnsQuery> = {}, args: readonly string[] = [], addresses: readonly string[] = ['10.244.0.5'], plugins: readonly string[] = []): unknown => {
  const setup = { has: (plugin: string) => plugins.includes(plugin), model: { addresses } as unknown as PluginSetup['model'] }
  try {
    return queryFunctions(setup, { name: 'A.test.', type: 'A', transport: 'udp', ...query })(name, args)
  } catch (thrown) {
    if (thrown instanceof UnknownInput) return `unknown: ${thrown.message}`
    throw thrown
  }
}

test('the question is told with its name in small letters', () => {
  expect([said('name'), said('type', { type: 'TXT' }), said('class'), said('class', { class: 'CH' }), said('proto'), said('proto', { transport: 'tcp' }), said('server_port')]).toEqual(['a.test.', 'TXT', 'IN', 'CH', 'udp', 'tcp', '53'])
  expect([said('opcode'), said('opcode', { opcode: 'NOTIFY' })]).toEqual([0n, 4n])
})

test('its size, its buffer and DO are those of its OPT record', () => {
  const edns = { sizeBytes: 1232, do: true }
  expect([said('size'), said('size', { edns }), said('do'), said('do', { edns }), said('do', { edns: { sizeBytes: 1232 } }), said('bufsize'), said('bufsize', { edns }), said('bufsize', { transport: 'tcp' })]).toEqual([24n, 35n, false, true, false, 512n, 1232n, 65_535n])
})

test('the client is told without its zone, and the server by its socket', () => {
  expect([said('client_ip', { client: '10.1.2.3' }), said('client_ip', { client: 'fe80::1%eth0' })]).toEqual(['10.1.2.3', 'fe80::1'])
  expect([said('server_ip'), said('server_ip', { transport: 'tcp' }), said('server_ip', {}, [], ['10.244.0.5'], ['bind'])]).toEqual(['::', '10.244.0.5', '10.244.0.5'])
})

test('metadata is told by its label, and is empty where there is none', () => {
  const metadata = { 'view/name': 'v' }
  expect([said('metadata', { metadata }, ['view/name']), said('metadata', { metadata }, ['a/b']), said('metadata', {}, ['view/name'])]).toEqual(['v', '', ''])
})

test('an address is inside of a network or not', () => {
  expect([said('incidr', {}, ['10.1.2.3', '10.0.0.0/8']), said('incidr', {}, ['11.1.2.3', '10.0.0.0/8']), isInside('fd00::1', 'fd00::/8'), isInside('10.1.2.3', 'fd00::/8')]).toEqual([true, false, true, false])
})

test('what is not known is said to be unknown', () => {
  expect([said('client_ip'), said('server_ip', { transport: 'tcp' }, [], []), said('server_ip', { transport: 'tcp' }, [], ['10.0.0.1', 'fd00::1']), said('port'), said('id'), said('metadata', {}, ['geoip/x'], [], ['metadata', 'geoip'])])
    .toEqual(['unknown: the client', 'unknown: the address asked', 'unknown: the address asked', 'unknown: port', 'unknown: id', 'unknown: metadata geoip/x'])
})

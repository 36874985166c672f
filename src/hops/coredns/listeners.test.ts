import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import type { CorednsModel } from '../../chain/model.ts'
import { corednsHops } from './server.ts'
import { listenerAt } from './listeners.ts'

const INTERFACES = new Map([['lo', ['127.0.0.1', '::1']], ['eth0', ['10.1.0.5', '169.254.20.10', '224.0.0.5', 'fe80::1', 'febf::1', 'ff02::1', 'fd00::5', 'fec0::1']]])

function start(corefile: string, version = '1.11.3', interfaces: ReadonlyMap<string, readonly string[]> | undefined = INTERFACES) {
  const model: CorednsModel = {
    pod: 'ns/pod', node: 'node', addresses: [], version, corefile: readCorefile('Corefile', corefile, { env: new Map() }).value, files: new Map(), resolvConf: undefined, hostNetwork: false,
    kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }, machine: { ...(interfaces && { interfaces }) },
  }
  return corednsHops(model, address => address)
}
const sockets = (corefile: string, version?: string, interfaces?: ReadonlyMap<string, readonly string[]> | undefined): readonly string[] =>
  start(corefile, version, ...(interfaces === undefined ? [] : [interfaces] as const)).listeners.map(l => `${l.transport} ${l.address} ${l.port} ${l.zones.join(',')}`)
const refusal = (corefile: string, version = '1.11.3'): string | undefined => start(corefile, version).refusals[0]?.text

test('keys of one transport, address and port are one socket, in the order of the file', () => {
  expect(sockets('a.test b.test {\n}\nc.test:54 {\n}\nd.test {\n bind 127.0.0.1 ::1\n}\ne.test {\n}\ntls://a.test {\n}\nunix://x {\n}\n')).toEqual([
    'dns  53 a.test.,b.test.,e.test.', 'dns  54 c.test.', 'dns 127.0.0.1 53 d.test.', 'dns ::1 53 d.test.', 'tls  853 a.test.'])
})

// plugin/bind/setup.go: link-local addresses of an interface are left out up to 1.11.3, and carry its name later; those of IPv4 up to 1.12.1.
test.each([
  ['1.11.3', ['10.1.0.5', 'fd00::5', 'fec0::1']],
  ['1.11.4', ['10.1.0.5', '169.254.20.10%eth0', '224.0.0.5%eth0', 'fe80::1%eth0', 'febf::1%eth0', 'ff02::1%eth0', 'fd00::5', 'fec0::1']],
  ['1.12.1', ['10.1.0.5', '169.254.20.10%eth0', '224.0.0.5%eth0', 'fe80::1%eth0', 'febf::1%eth0', 'ff02::1%eth0', 'fd00::5', 'fec0::1']],
  ['1.12.2', ['10.1.0.5', '169.254.20.10', '224.0.0.5', 'fe80::1%eth0', 'febf::1%eth0', 'ff02::1%eth0', 'fd00::5', 'fec0::1']],
])('CoreDNS %s binds the addresses %j of an interface', (version, addresses) => {
  expect(sockets('. {\n bind eth0\n}\n', version)).toEqual(addresses.map(address => `dns ${address} 53 .`))
})

test('trace panics before 1.13 in a block that is left no address', () => {
  const traced = '. {\n bind lo {\n  except lo\n }\n trace a b\n}\n'
  expect(['1.12.4', '1.13.0'].map(version => refusal(traced, version))).toEqual(['panic: runtime error: index out of range [0] with length 0', 'plugin/trace: tracing endpoint type \'a\' is not supported'])
  expect(refusal('. {\n bind lo\n trace\n}\n', '1.12.4')).toBeUndefined()
})

test('except takes addresses away, by themselves or by an interface; with none left nobody listens', () => {
  expect(sockets('. {\n bind lo 10.9.9.9 {\n  except ::1 10.9.9.9\n }\n}\n')).toEqual(['dns 127.0.0.1 53 .'])
  expect(sockets('. {\n bind lo 10.9.9.9 {\n  except lo\n }\n}\n')).toEqual(['dns 10.9.9.9 53 .'])
  expect(sockets('. {\n bind lo {\n  except lo\n }\n}\n')).toEqual([])
})

test('an interface that nobody knows the addresses of is refused where interfaces are known, and else no reason to listen nowhere', () => {
  expect(refusal('. {\n bind eth9\n}\n')).toBe('plugin/bind: not a valid IP address or interface name: "eth9"')
  const unknown = corednsHops({
    pod: 'ns/pod', node: 'node', addresses: [], version: '1.11.3', corefile: readCorefile('Corefile', '. {\n bind eth9\n}\nb {\n bind lo\n}\n', { env: new Map() }).value, files: new Map(),
    resolvConf: undefined, hostNetwork: false, kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined },
  }, address => address)
  expect(unknown.listeners.map(l => [l.address, l.zones])).toEqual([['', ['.']], ['127.0.0.1', ['b.']], ['::1', ['b.']]])
})

test('a packet comes to the socket of its address before one for all, and to no other port or transport', () => {
  const at = (address: string, port: number, ...bound: readonly string[]): string | undefined =>
    listenerAt(bound.map(each => ({ transport: 'dns', address: each, port: 53 })), address, port)?.address
  expect(at('10.0.0.1', 53, '', '10.0.0.1')).toBe('10.0.0.1')
  expect(at('10.0.0.2', 53, '10.0.0.1', '')).toBe('')
  expect(at('10.0.0.2', 53, '::')).toBe('::')
  expect(at('10.0.0.2', 53, '0.0.0.0')).toBe('0.0.0.0')
  expect(at('fd00::1', 53, '0.0.0.0')).toBeUndefined()
  expect(at('10.0.0.2', 54, '')).toBeUndefined()
  expect(listenerAt([{ transport: 'tls', address: '', port: 53 }], '10.0.0.1', 53)).toBeUndefined()
})

test.each([
  ['a:65535 {\n}\n', '1.11.3', undefined], ['a:65536 {\n}\n', '1.11.3', 'address 65536: invalid port'], ['a:-1 {\n}\n', '1.11.3', 'address -1: invalid port'], ['a:0 {\n}\n', '1.11.3', undefined],
  ['a {\n}\na {\n}\n', '1.11.3', 'cannot serve dns://a.:53 - it is already defined'], ['a a {\n}\n', '1.11.3', 'cannot serve dns://a.:53 - it is already defined'],
  ['a {\n}\na:54 {\n}\n', '1.11.3', undefined], ['a {\n bind 127.0.0.1\n}\na {\n bind ::1\n}\n', '1.11.3', undefined],
  ['a {\n bind 127.0.0.1\n}\na {\n bind 127.0.0.1\n}\n', '1.11.3', 'cannot serve dns://a.:53 on 127.0.0.1 - it is already defined'],
  ['a {\n}\na {\n bind 127.0.0.1\n}\n', '1.11.3', 'cannot serve dns://a.:53 on 127.0.0.1 - zone overlap listener capacity with dns://a.:53'],
  ['a {\n bind 127.0.0.1 ::1\n}\na {\n}\n', '1.11.3', 'cannot serve dns://a.:53 - zone overlap listener capacity with dns://a.:53 on ::1'],
  ['b:65536 {\n}\na {\n}\na {\n}\n', '1.11.3', 'address 65536: invalid port'], ['b:65536 {\n}\na {\n}\na {\n}\n', '1.9.3', 'cannot serve dns://a.:53 - it is already defined'],
  ['https3://a {\n}\n', '1.13.2', 'DoH3 requires TLS, no TLS config found'],
])('%j, CoreDNS %s: %s', (corefile, version, text) => {
  expect(refusal(corefile, version)).toBe(text)
})

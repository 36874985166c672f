import { expect, test } from 'vitest'
import { pluginOrder } from './order.ts'
import type { CorednsVersion } from './plugin.ts'

const at = (text: string): CorednsVersion => text.split('.').map(Number) as unknown as CorednsVersion

/** core/dnsserver/zdirectives.go of the releases: what each has that the one before had not. */
test.each([
  ['1.5.1', '1.5.0', 'any'], ['1.6.2', '1.6.1', 'azure'], ['1.6.3', '1.6.2', 'clouddns sign'], ['1.6.4', '1.6.3', 'acl'], ['1.6.5', '1.6.4', 'transfer'], ['1.6.6', '1.6.5', 'bufsize'], ['1.7.0', '1.6.9', 'dns64'], ['1.8.1', '1.8.0', 'local'], ['1.8.4', '1.8.3', 'minimal'], ['1.8.5', '1.8.4', 'geoip header'],
  ['1.9.4', '1.9.3', 'tsig'], ['1.10.0', '1.9.4', 'view'], ['1.10.1', '1.10.0', 'timeouts'], ['1.12.0', '1.11.4', 'multisocket'], ['1.12.2', '1.12.1', 'quic'],
  ['1.13.0', '1.12.4', 'nomad'], ['1.14.0', '1.13.2', 'grpc_server https https3'], ['1.14.2', '1.14.1', 'proxyproto'], ['1.14.7', '1.14.6', 'shed'], ['1.15.0', '1.14.7', 'siit dynupdate'],
])('CoreDNS %s has what %s had not: %s', (release, before, names) => {
  const had = new Set(pluginOrder(at(before)))
  expect(pluginOrder(at(release)).filter(name => !had.has(name)).join(' ')).toBe(names)
})

test('root is set up first since 1.11.2, acl looks behind rewrite since 1.14.3, and cache behind acl since 1.14.7', () => {
  const isBefore = (release: string, first: string, second: string): boolean => pluginOrder(at(release)).indexOf(first) < pluginOrder(at(release)).indexOf(second)
  expect(['1.11.1', '1.11.2'].map(release => isBefore(release, 'root', 'metadata'))).toEqual([false, true])
  expect(['1.14.2', '1.14.3'].map(release => isBefore(release, 'acl', 'rewrite'))).toEqual([true, false])
  expect(['1.14.6', '1.14.7'].map(release => isBefore(release, 'cache', 'acl'))).toEqual([true, false])
})

test('proxy went with 1.5.0 and federation with 1.7.0', () => {
  const has = (release: string, name: string): boolean => pluginOrder(at(release)).includes(name)
  expect(['1.4.0', '1.5.0'].map(release => has(release, 'proxy'))).toEqual([true, false])
  expect(['1.6.9', '1.7.0'].map(release => has(release, 'federation'))).toEqual([true, false])
  const old = pluginOrder(at('1.6.9'))
  expect([old.filter(name => name === 'federation').length, old[old.indexOf('federation') + 1]]).toEqual([1, 'k8s_external'])
})

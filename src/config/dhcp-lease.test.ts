import { expect, test } from 'vitest'
import { readDhclientLeases, readNetworkdLease } from './dhcp-lease.ts'

test('networkd', () => {
  const { servers, domains } = readNetworkdLease('l',
    '# This is private data. Do not parse.\nADDRESS=192.0.2.9\nDNS=192.0.2.53 192.0.2.54\nDOMAINNAME=lan.example\n').value
  expect(servers.map(s => `${s.value} ${s.source.line}:${s.source.column}`)).toEqual(['192.0.2.53 3:5', '192.0.2.54 3:16'])
  expect(domains.map(d => d.value)).toEqual(['lan.example'])
})

test('dhclient: the last lease of an interface', () => {
  const lease = (dns: string): string =>
    `lease {\n  interface "eth0";\n  option domain-name-servers ${dns};\n  option domain-name "lan.example";\n}\n`
  const [one] = readDhclientLeases('l', lease('10.0.0.1') + lease('10.0.0.2, 10.0.0.3')).value
  expect(one?.interface).toBe('eth0')
  expect(one?.servers.map(s => `${s.value} ${s.source.line}:${s.source.column} ${s.source.text}`)).toEqual(['10.0.0.2 8:30 10.0.0.2',
    '10.0.0.3 8:40 10.0.0.3'])
  expect(one?.domains.map(d => d.value)).toEqual(['lan.example'])
})

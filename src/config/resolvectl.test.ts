import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readResolvectlStatus } from './resolvectl.ts'

const blocks = (text: string) => readResolvectlStatus('s', text).value.blocks.map(b => ({
  name: b.name, index: b.index, scopes: b.currentScopes, current: b.currentServer?.value, servers: b.servers.map(s => s.value),
  fallback: b.fallbackServers.map(s => s.value), domains: b.domains.map(d => d.value), route: b.defaultRoute?.value }))

test('v252: a wrapped list, fields of the Global block without a colon', () => {
  expect(blocks(`Global
         Protocols: +LLMNR +mDNS -DNSOverTLS DNSSEC=no/unsupported
  resolv.conf mode: foreign
Current DNS Server: 1.1.1.1
       DNS Servers 1.1.1.1 9.9.9.9#dns.quad9.net
Fallback DNS Servers: 8.8.8.8
        DNS Domain corp.example

Link 2 (eth0)
    Current Scopes: DNS LLMNR/IPv4
         Protocols: -DefaultRoute +LLMNR
Current DNS Server: 10.0.0.1
       DNS Servers: 10.0.0.1 10.0.0.2
                    2001:db8::1
        DNS Domain: lan ~corp.example

Link 3 (lo0)
Current Scopes: none
     Protocols: +DefaultRoute
`)).toEqual([
    { name: 'global', index: undefined, scopes: undefined, current: '1.1.1.1', servers: ['1.1.1.1', '9.9.9.9#dns.quad9.net'],
      fallback: ['8.8.8.8'], domains: ['corp.example'], route: undefined },
    { name: 'eth0', index: 2, scopes: ['DNS', 'LLMNR/IPv4'], current: '10.0.0.1', servers: ['10.0.0.1', '10.0.0.2', '2001:db8::1'],
      fallback: [], domains: ['lan', '~corp.example'], route: false },
    { name: 'lo0', index: 3, scopes: [], current: undefined, servers: [], fallback: [], domains: [], route: true },
  ])
})

test('v245: one server a line, settings by their own names', () => {
  expect(blocks(`Global
       LLMNR setting: no
          DNSSEC NTA: 10.in-addr.arpa
                      16.172.in-addr.arpa

Link 2 (ens3)
      Current Scopes: DNS
DefaultRoute setting: yes
       LLMNR setting: yes
  Current DNS Server: 10.0.0.1
         DNS Servers: 10.0.0.1
                      10.0.0.2
          DNS Domain: ~.
                      corp.example
`)[1]).toMatchObject({ name: 'ens3', current: '10.0.0.1', servers: ['10.0.0.1', '10.0.0.2'], domains: ['~.', 'corp.example'], route: true })
})

test('positions point at the word', () => {
  const text = 'Link 2 (eth0)\n   DNS Servers: 10.0.0.1\n                10.0.0.2\n'
  const [first, second] = readResolvectlStatus('s', text).value.blocks[0]!.servers
  expect([first?.source, second?.source].map(s => [s?.line, s?.column, text.slice(s?.start, s?.end)])).toEqual([[2, 17, '10.0.0.1'],
    [3, 17, '10.0.0.2']])
})

test('other text gives Problems, never an exception', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom('Global', 'Link 2 (eth0)', '\n', '  ', 'DNS Servers', ':', ' 10.0.0.1', 'Current', 'x',
    '\t', '\u0000'), { maxLength: 60 }), parts => {
    readResolvectlStatus('s', parts.join(''))
  }), { numRuns: 500 })
  expect(readResolvectlStatus('s', 'Global\nnot a field\n').problems.map(p => p.code)).toEqual(['resolvectl-line'])
})

// Where health, ready, prometheus and pprof listen: net.Listen and url.Parse of Go, in the words of the releases that CoreDNS is built with.
import { describe, expect, test } from 'vitest'
import type { CorednsMachine } from '../../chain/model.ts'
import { bindFault, listenFault, urlFault } from './http-address.ts'
import type { CorednsVersion } from './plugin.ts'
import type { SetupAt } from './setup-check.ts'

const INTERFACES = new Map([['lo', ['127.0.0.1', '::1']], ['eth0', ['10.1.0.5', 'fe80::5']]])
const listens = (address: string, version: CorednsVersion = [1, 11, 4], machine: CorednsMachine = { interfaces: INTERFACES }): string | undefined =>
  listenFault({ version, model: { machine } } as unknown as SetupAt, address)

describe('a port', () => {
  // net/port_unix.go and lookup.go: the services that Go knows by itself.
  test.each([
    ['domain', 53], ['ftp', 21], ['ftps', 990], ['gopher', 70], ['http', 80], ['https', 443], ['imap2', 143], ['imap3', 220], ['imaps', 993], ['pop3', 110], ['pop3s', 995], ['smtp', 25], ['ssh', 22],
    ['submissions', 465], ['telnet', 23], ['HTTP', 80], ['080', 80], ['+8080', 8080], ['', 0],
  ])('%s is the number %i', (word, number) => {
    expect(listens(`192.0.2.1:${word}`)).toBe(`listen tcp 192.0.2.1:${number}: bind: cannot assign requested address`)
  })

  test('that nobody knows is looked up, in the words of Go up to 1.21 an address', () => {
    expect([listens(':nope', [1, 11, 3]), listens(':nope', [1, 11, 4])]).toEqual(['listen tcp: address tcp/nope: unknown port', 'listen tcp: lookup tcp/nope: unknown port'])
  })

  test('has 16 bits', () => {
    expect([':65535', ':65536', ':0', ':-1'].map(address => listens(address))).toEqual([undefined, 'listen tcp: address 65536: invalid port', undefined, 'listen tcp: address -1: invalid port'])
    expect(listens('8080')).toBe('listen tcp: address 8080: missing port in address')
  })
})

test('an address is taken if an interface has it, is of the loopback, of a group or of all, or nobody knows the interfaces', () => {
  expect([':80', '10.1.0.5:80', '127.9.9.9:80', '0.0.0.0:80', '[::]:80', '[::1]:80', '224.0.0.1:80', '239.1.1.1:80'].map(address => listens(address))).toEqual(Array.from({ length: 8 }, () => undefined))
  expect(['10.1.0.6:80', '223.1.1.1:80', '240.0.0.1:80', '[::2]:80'].map(address => listens(address))).toEqual(
    ['10.1.0.6:80', '223.1.1.1:80', '240.0.0.1:80', '[::2]:80'].map(address => `listen tcp ${address}: bind: cannot assign requested address`))
  expect(listens('10.1.0.6:80', [1, 11, 4], {})).toBeUndefined()
})

test('a link-local address of IPv6 needs its interface', () => {
  expect(bindFault({ interfaces: INTERFACES }, 'fe80::9', 80)).toBe('listen tcp [fe80::9]:80: bind: invalid argument')
  expect(bindFault({ interfaces: INTERFACES }, 'FEB0::9', 80)).toBe('listen tcp [FEB0::9]:80: bind: invalid argument')
  expect(bindFault({ interfaces: INTERFACES }, 'fe80::9%eth0', 80)).toBe('listen tcp [fe80::9%eth0]:80: bind: cannot assign requested address')
  expect(bindFault({ interfaces: INTERFACES }, 'fe80::5%eth0', 80)).toBeUndefined()
})

test('a name is asked of the nameserver of the process, localhost is not', () => {
  const machine = { nameserver: { address: '10.255.255.53:53', fault: 'connect: network is unreachable' } }
  expect(listens('a.test:80', [1, 11, 4], machine)).toMatch(/^listen tcp: lookup a\.test/)
  expect([listens('localhost:80', [1, 11, 4], machine), listens('a.test:80', [1, 11, 4], {})]).toEqual([undefined, undefined])
})

// net/url parseAuthority; Go 1.25.2 and later look at what is in the brackets.
test.each([
  ['a:80', ''], [':80', ''], ['a:80/x y', ''], ['a:80?x', ''], ['a:80#x', ''], ['a:x', 'invalid port ":x" after host'], ['a:', ''], ['a b:80', 'invalid character " " in host name'], ['a{:80', 'invalid character "{" in host name'],
  ['a%zz:80', 'invalid URL escape "%zz"'], ['a%4:80', 'invalid URL escape "%4:"'], ['a%25:80', ''], ['a%80:80', ''],
])('the address %s as a URL: %s', (address, why) => {
  expect(urlFault(address, [1, 15, 0])).toBe(why === '' ? undefined : `parse "http://${address}": ${why}`)
})

test('brackets hold an address, since 1.14', () => {
  expect([urlFault('[x]:80', [1, 13, 2]), urlFault('[x]:80', [1, 14, 0])]).toEqual([undefined, 'parse "http://[x]:80": invalid host: ParseAddr("x"): unable to parse IP'])
  expect([urlFault('[::1]:80', [1, 14, 0]), urlFault('[fe80::1%eth0]:80', [1, 14, 0])]).toEqual([undefined, 'parse "http://[fe80::1%eth0]:80": invalid URL escape "%et"'])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePasted } from './pasted-name.ts'
import { resolverErrorIn } from './resolver-error.ts'

test.each([
  ['dial tcp: lookup a.xxx.com on 172.17.0.10:53: no such host', 'a.xxx.com', 'nxdomain', 'go', '172.17.0.10'],
  ['Get "https://a.b.c:8443/x": dial tcp: lookup a.b.c on [fd00::a]:53: server misbehaving', 'a.b.c', 'servfail', 'go', 'fd00::a'],
  ['lookup a.b on 10.0.0.2:53: read udp 10.2.3.4:33->10.0.0.2:53: i/o timeout', 'a.b', 'timeout', 'go', '10.0.0.2'],
  ['lookup a.b.c: Temporary failure in name resolution', 'a.b.c', 'error', 'glibc', undefined],
  ['lookup x.y: Try again', 'x.y', 'error', 'musl', undefined],
  ['Error: getaddrinfo ENOTFOUND a.b.c a.b.c:443', 'a.b.c', 'nxdomain', 'node', undefined],
  ['getaddrinfo EAI_AGAIN redis', 'redis', 'error', 'node', undefined],
  ['Error: queryA ESERVFAIL db.x', 'db.x', 'servfail', 'node', undefined],
  ['java.net.UnknownHostException: db.corp: Name or service not known', 'db.corp', 'nxdomain', 'glibc', undefined],
  ['java.net.UnknownHostException: db.corp', 'db.corp', 'nxdomain', 'java', undefined],
  ['java.net.UnknownHostException: db.corp: Name does not resolve', 'db.corp', 'nxdomain', 'musl', undefined],
  ['curl: (6) Could not resolve host: a.b.c', 'a.b.c', 'error', 'curl', undefined],
  ['ping: a.b: Name or service not known', 'a.b', 'nxdomain', 'glibc', undefined],
  ['wget: bad address \'a.b:80\'', 'a.b', 'error', 'busybox', undefined],
  ['nginx: [emerg] host not found in upstream "a.b" in /etc/nginx/x.conf:3', 'a.b', 'nxdomain', 'nginx', undefined],
  ['[error] 7#7: *1 a.b.c could not be resolved (3: Host not found), client: 1.2.3.4', 'a.b.c', 'nxdomain', 'nginx', undefined],
  ['HTTPSConnectionPool(host=\'a.b\', port=443): Max retries (Caused by NameResolutionError("x: Failed to resolve \'a.b\' ([Errno -3] '
    + 'Temporary failure in name resolution)"))', 'a.b', 'error', 'glibc', undefined],
  ['psql: error: could not translate host name "db" to address: Name or service not known', 'db', 'nxdomain', 'glibc', undefined],
  ['DNS resolution failed for a.b:443: C-ares status is not ARES_SUCCESS qtype=A name=a.b is_balancer=0: Domain name not found', 'a.b',
    'nxdomain', 'c-ares', undefined],
  ['Unhandled exception. System.Net: Name or service not known (a.b:443)', 'a.b', 'nxdomain', 'glibc', undefined],
])('%s', (line, name, result, library, server) => {
  const { start: _start, ...found } = resolverErrorIn(line) ?? { start: -1 }
  expect(found).toEqual({ name, result, library, ...(server !== undefined && { server }) })
})

test.each(['socket.gaierror: [Errno -2] Name or service not known', 'lookup ok', 'looked up a.b: fine',
  'lookup tcp/8080x: no such host of a port', 'getaddrinfo: Name or service not known',
  'HTTPSConnectionPool(host=\'a.b\', port=443): Read timeout error'])('no name is made up: %s', line => {
  expect(resolverErrorIn(line)).toBeUndefined()
})

test('NAME on the command line', () => {
  const of = (text: string): unknown => parsePasted(text)
  expect(of('a.corp-example.com')).toEqual({ name: 'a.corp-example.com' })
  expect(of('https://user@a.corp-example.com:8443/x?y#z')).toEqual({ name: 'a.corp-example.com' })
  expect(of('a.corp-example.com.:443')).toEqual({ name: 'a.corp-example.com.' })
  expect(of('"db"')).toEqual({ name: 'db' })
  expect(of('2026/11/25 level=error err="dial tcp: lookup a.x.com on 172.17.0.10:53: no such host"')).toEqual({ name: 'a.x.com',
    server: '172.17.0.10', library: 'go', result: 'nxdomain' })
  for (const none of ['', '   ', '10.0.0.1', '[::1]:53', 'two words', `${'x'.repeat(64)}.com`, 'a..b', 'http://']) expect([none,
    of(none)]).toEqual([none, undefined])
})

test('any text: no exception', () => {
  const piece = fc.constantFrom('lookup ', ' on ', '10.0.0.1:53', ': ', 'no such host', 'getaddrinfo ', 'ENOTFOUND ', 'a.b', '"', '\'',
    'Name or service not known', 'bad address \'', '..', '\\')
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 20 }), parts => {
    const text = parts.join('')
    const found = resolverErrorIn(text)
    if (found) expect(text).toContain(found.name)
    parsePasted(text)
  }), { numRuns: 2000 })
})

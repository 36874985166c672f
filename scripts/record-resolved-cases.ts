// The cases that scripts/record-resolved.ts runs on the real systemd-resolved.
import type { ResolvedRule } from '../test/fidelity/resolved-script.ts'

export interface ResolvedLink {
  readonly name: string
  readonly dns?: readonly string[]
  readonly domains?: readonly string[]
  readonly routeDomains?: readonly string[]
  readonly defaultRoute?: 'yes' | 'no'
  readonly operState?: string
}
export interface ResolvedStep {
  readonly name?: string
  readonly type?: string
  readonly rd?: false
  readonly sleepMs?: number
}
export interface ResolvedCase {
  readonly group: string
  readonly case: string
  /** Lines of `[Resolve]`; `DNS=` alone keeps it from reading /etc/resolv.conf. */
  readonly conf: readonly string[]
  /** A foreign /etc/resolv.conf. */
  readonly etc?: string
  readonly hosts?: string
  readonly links: readonly ResolvedLink[]
  readonly rules?: readonly ResolvedRule[]
  readonly steps?: readonly ResolvedStep[]
  /** The daemon is started this often, to see the orders of links. */
  readonly starts?: number
}

const [S1, S2, S3, S4, S5] = ['10.10.0.1', '10.10.0.2', '10.10.0.3', '10.10.0.4', '10.10.0.5'] as const
const OFF = ['DNS='] as const
const eth0 = (dns: readonly string[], more: Omit<ResolvedLink, 'name' | 'dns'> = {}): ResolvedLink => ({ name: 'eth0', dns, ...more })
const eth1 = (dns: readonly string[], more: Omit<ResolvedLink, 'name' | 'dns'> = {}): ResolvedLink => ({ name: 'eth1', dns, ...more })
const ask = (...names: readonly string[]): readonly ResolvedStep[] => names.map(word => {
  const [name = '', type = 'A'] = word.split(' ')
  return { name, type }
})
const wait = (sleepMs: number): ResolvedStep => ({ sleepMs })
const knows: ResolvedRule = { server: S1, do: 'ADDR 10.1.1.1' }
const other: ResolvedRule = { server: S2, do: 'ADDR 10.2.2.2' }

const files = (name: string, links: readonly ResolvedLink[], conf: readonly string[] = OFF, more: Partial<ResolvedCase> = {}): ResolvedCase =>
  ({ group: 'files', case: name, conf, links, starts: 2, ...more })
const routing = (name: string, links: readonly ResolvedLink[], names: readonly string[], conf: readonly string[] = OFF): ResolvedCase =>
  ({ group: 'routing', case: name, conf, links, rules: [knows, other, { do: 'ADDR 10.3.3.3' }], steps: ask(...names) })
const one = (group: string) => (name: string, rules: readonly ResolvedRule[], steps: readonly ResolvedStep[], dns: readonly string[] = [S1, S2], conf: readonly string[] = OFF): ResolvedCase =>
  ({ group, case: name, conf, links: [eth0(dns)], rules, steps })
const race = (name: string, rules: readonly ResolvedRule[]): ResolvedCase =>
  ({ group: 'race', case: name, conf: OFF, links: [eth0([S1]), eth1([S2])], rules, steps: ask('a.example.') })
const sticky = one('sticky')
const cache = one('cache')
const stub = one('stub')
const hosts = (name: string, text: string, steps: readonly ResolvedStep[]): ResolvedCase =>
  ({ group: 'hosts', case: name, conf: OFF, hosts: text, links: [eth0([S1])], rules: [knows], steps })

export const CASES: readonly ResolvedCase[] = [
  files('one link, two servers', [eth0([S1, S2])]),
  files('two links: the order is drawn at each start', [eth0([S1, S2]), eth1([S3])], OFF, { starts: 12 }),
  files('five servers', [eth0([S1, S2, S3, S4, S5])]),
  files('global servers come first', [eth0([S1])], [`DNS=${S3} ${S4}`]),
  files('the same server globally and on a link', [eth0([S1])], [`DNS=${S1}`]),
  files('the same server twice on a link', [eth0([S1, S1, S2])]),
  files('a server with a port', [eth0([`${S1}:5353`, S2])]),
  files('a server with a name for TLS', [eth0([`${S1}#dns.example`])]),
  files('a routing domain takes the link out', [eth0([S1], { routeDomains: ['corp.example'] }), eth1([S2])]),
  files('a routing domain, but default route yes', [eth0([S1], { routeDomains: ['corp.example'], defaultRoute: 'yes' })]),
  files('default route no', [eth0([S1], { defaultRoute: 'no' })]),
  files('the root as routing domain', [eth0([S1], { routeDomains: ['.'] })]),
  files('search domains of global and link, once each', [eth0([S1], { domains: ['b.example', 'a.example', 'B.example'] })], ['DNS=', 'Domains=a.example ~r.example']),
  files('search domains of a link that is no default route', [eth0([S1], { domains: ['a.example'], routeDomains: ['corp.example'] })]),
  files('no server', [eth0([])]),
  files('a link that is not routable', [eth0([S1], { operState: 'carrier' })]),
  files('a link that is not routable, with a routing domain and a search domain', [eth0([S1], { operState: 'carrier', routeDomains: ['corp.example'], domains: ['a.example'] }), eth1([S2])], OFF, { starts: 12 }),
  files('a link in state degraded', [eth0([S1], { operState: 'degraded' })]),
  files('fallback servers, nobody else has one', [eth0([])], ['DNS=', `FallbackDNS=${S4}`]),
  files('fallback servers beside a link with one', [eth0([S1])], ['DNS=', `FallbackDNS=${S4}`]),
  files('a foreign /etc/resolv.conf gives global servers', [eth0([S1])], [], { etc: `domain d.example\nsearch s.example\nnameserver ${S4}\nnameserver 127.0.0.53\nsearch t.example\n` }),
  files('a foreign file, but servers are assigned', [eth0([S1])], [`DNS=${S3}`], { etc: `nameserver ${S4}\n` }),
  files('the same global server twice, and one with a port', [eth0([S1])], [`DNS=${S3} ${S3} ${S4}:5353`]),
  files('fallback servers beside a link that is no default route', [eth0([S1], { defaultRoute: 'no' })], ['DNS=', `FallbackDNS=${S4}`]),
  files('fallback servers beside a link whose only server has a port', [eth0([`${S1}:5353`])], ['DNS=', `FallbackDNS=${S4}`]),
  files('eight search domains', [eth0([S1], { domains: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(letter => `${letter}.example`) })]),
  files('an IPv6 server', [eth0(['fd00::1', S1])]),
  routing('a routing domain', [eth0([S1], { routeDomains: ['corp.example'] }), eth1([S2])], ['x.corp.example.', 'corp.example.', 'x.example.', 'xcorp.example.']),
  routing('the longest domain', [eth0([S1], { routeDomains: ['example'] }), eth1([S2], { routeDomains: ['corp.example'] })], ['x.corp.example.', 'x.example.', 'x.test.']),
  routing('a search domain routes as well', [eth0([S1], { domains: ['corp.example'] }), eth1([S2])], ['x.corp.example.', 'x.example.']),
  routing('the root silences the others', [eth0([S1], { routeDomains: ['.'] }), eth1([S2])], ['x.example.']),
  routing('nobody takes it', [eth0([S1], { defaultRoute: 'no' })], ['x.example.', 'x.example. TXT']),
  routing('a single label', [eth0([S1])], ['host.', 'host. AAAA', 'host. TXT', 'host. SOA']),
  routing('a single label with a search domain', [eth0([S1], { domains: ['corp.example'] }), eth1([S2])], ['host.', 'host. TXT']),
  routing('a single label that may be sent', [eth0([S1], { domains: ['corp.example'] }), eth1([S2])], ['host.'], ['DNS=', 'ResolveUnicastSingleLabel=yes']),
  routing('.local', [eth0([S1])], ['x.local.', 'x.local. TXT']),
  routing('.local with a domain', [eth0([S1], { routeDomains: ['local'] }), eth1([S2])], ['x.local.']),
  routing('reverse names', [eth0([S1]), eth1([S2])], ['9.0.20.10.in-addr.arpa. PTR', '1.1.254.169.in-addr.arpa. PTR', '9.9.9.9.in-addr.arpa. PTR']),
  routing('reverse names of this machine and of nobody', [eth0([S1])], ['5.0.0.127.in-addr.arpa. PTR', '53.0.0.127.in-addr.arpa. PTR', '1.0.0.0.in-addr.arpa. PTR', '255.255.255.255.in-addr.arpa. PTR', '5.0.0.127.in-addr.arpa. A']),
  routing('reverse names in the subnet of a link', [eth0([S1]), eth1([S2])], ['9.1.20.10.in-addr.arpa. PTR', '9.1.20.10.in-addr.arpa. A', '1.20.10.in-addr.arpa. SOA']),
  routing('reverse names in a subnet, and a link with the root', [eth0([S1]), eth1([S2], { routeDomains: ['.'] })], ['9.0.20.10.in-addr.arpa. PTR', '9.9.9.9.in-addr.arpa. PTR']),
  routing('reserved names', [eth0([S1])], ['x.invalid.', 'invalid. TXT', 'x.test.', 'x.onion.', 'x.home.arpa.', 'resolver.arpa. TXT']),
  routing('a global server beside a link: both are asked', [eth0([S1])], ['x.example.'], [`DNS=${S2}`]),
  routing('the root name', [eth0([S1])], ['.', '. NS']),
  race('data slow, no data fast', [{ server: S1, do: 'DELAY 300 ADDR 10.1.1.1' }, { server: S2, do: 'NODATA' }]),
  race('data slow, NXDOMAIN fast', [{ server: S1, do: 'DELAY 300 ADDR 10.1.1.1' }, { server: S2, do: 'NX' }]),
  race('data slow, SERVFAIL fast', [{ server: S1, do: 'DELAY 300 ADDR 10.1.1.1' }, { server: S2, do: 'SERVFAIL' }]),
  race('data slow, REFUSED fast', [{ server: S1, do: 'DELAY 300 ADDR 10.1.1.1' }, { server: S2, do: 'REFUSED' }]),
  race('data slow, silence', [{ server: S1, do: 'DELAY 300 ADDR 10.1.1.1' }, { server: S2, do: 'DROP' }]),
  race('NXDOMAIN twice', [{ do: 'NX' }]),
  race('SERVFAIL twice', [{ do: 'SERVFAIL' }]),
  sticky('one packet lost: the other server, and it stays', [{ server: S1, nth: 1, do: 'DROP' }, knows, { server: S2, do: 'NX' }], ask('a.example.', 'b.example.', 'a.example.')),
  sticky('a cached name is forgotten at the switch', [{ server: S1, upTo: 1, do: 'ADDR 10.1.1.1' }, { server: S1, nth: 2, do: 'DROP' }, knows, { server: S2, do: 'NX' }], ask('a.example.', 'a.example.', 'b.example.', 'a.example.')),
  sticky('NXDOMAIN is final', [{ server: S1, do: 'NX' }, other], ask('a.example.')),
  sticky('no data is final', [{ server: S1, do: 'NODATA' }, other], ask('a.example.')),
  sticky('SERVFAIL: the next server, and it stays', [{ server: S1, do: 'SERVFAIL' }, other], ask('a.example.', 'b.example.')),
  sticky('SERVFAIL of all', [{ do: 'SERVFAIL' }], ask('a.example.', 'a.example.')),
  sticky('REFUSED: the next server, and it stays', [{ server: S1, do: 'REFUSED' }, other], ask('a.example.', 'b.example.')),
  sticky('REFUSED of all', [{ do: 'REFUSED' }], ask('a.example.', 'a.example.')),
  sticky('FORMERR once', [{ server: S1, nth: 1, do: 'FORMERR' }, knows, other], ask('a.example.')),
  sticky('FORMERR always', [{ server: S1, do: 'FORMERR' }, other], ask('a.example.')),
  sticky('NOTIMP always', [{ server: S1, do: 'NOTIMP' }, other], ask('a.example.')),
  sticky('three servers, two refuse', [{ server: S1, do: 'REFUSED' }, { server: S2, do: 'REFUSED' }, { do: 'ADDR 10.3.3.3' }], ask('a.example.', 'b.example.'), [S1, S2, S3]),
  sticky('one server, SERVFAIL', [{ do: 'SERVFAIL' }], ask('a.example.'), [S1]),
  sticky('one server, REFUSED', [{ do: 'REFUSED' }], ask('a.example.'), [S1]),
  sticky('one server, one packet lost', [{ nth: 1, do: 'DROP' }, knows], ask('a.example.', 'b.example.'), [S1]),
  sticky('truncated', [{ server: S1, do: 'TC 10.1.1.1' }, other], ask('a.example.')),
  cache('positive', [knows], [...ask('a.example.'), wait(2100), ...ask('a.example.', 'A.EXAMPLE.')], [S1]),
  cache('TTL above two hours', [{ do: 'ADDR 10.1.1.1 100000' }], [...ask('a.example.'), wait(1100), ...ask('a.example.')], [S1]),
  cache('TTL 0', [{ do: 'ADDR 10.1.1.1 0' }], ask('a.example.', 'a.example.'), [S1]),
  cache('TTL 1, gone after it', [{ do: 'ADDR 10.1.1.1 1' }], [...ask('a.example.'), wait(1500), ...ask('a.example.')], [S1]),
  cache('NXDOMAIN holds for all types', [{ do: 'NX' }], ask('a.example.', 'a.example.', 'a.example. AAAA', 'a.example. TXT', 'b.a.example.'), [S1]),
  cache('NXDOMAIN without SOA is not kept', [{ do: 'NXNOSOA' }], ask('a.example.', 'a.example.'), [S1]),
  cache('no data is kept by type', [{ do: 'NODATA' }], ask('a.example.', 'a.example.', 'a.example. AAAA'), [S1]),
  cache('SERVFAIL is kept for ten seconds', [{ do: 'SERVFAIL' }], [...ask('a.example.', 'a.example.'), wait(10_500), ...ask('a.example.')], [S1]),
  cache('REFUSED is not kept', [{ do: 'REFUSED' }], ask('a.example.', 'a.example.'), [S1]),
  cache('switched off', [knows], ask('a.example.', 'a.example.'), [S1], ['DNS=', 'Cache=no']),
  cache('no negative', [{ name: 'a.example.', do: 'ADDR 10.1.1.1' }, { do: 'NX' }], ask('a.example.', 'a.example.', 'b.example.', 'b.example.'), [S1], ['DNS=', 'Cache=no-negative']),
  cache('an alias', [{ name: 'a.example.', do: 'CNAME c.example. 10.1.1.1' }, knows], ask('a.example.', 'a.example.', 'c.example.'), [S1]),
  cache('an alias, asked with another type', [{ name: 'a.example.', type: 'A', do: 'CNAME c.example. 10.1.1.1' }, { type: 'AAAA', name: 'c.example.', do: 'ADDR fd00::7' }, { do: 'NODATA' }], ask('a.example.', 'a.example. AAAA', 'a.example. AAAA', 'a.example. CNAME'), [S1]),
  cache('an alias without its target', [{ name: 'a.example.', do: 'CNAME c.example.' }, knows], ask('a.example.', 'a.example.'), [S1]),
  stub('recursion not desired', [knows], [{ name: 'a.example.', type: 'A', rd: false }], [S1]),
  stub('types', [{ do: 'NODATA' }], ask('a.example. AXFR', 'a.example. TXT', 'a.example. MX', 'a.example. MD', 'a.example. ANY'), [S1]),
  stub('localhost', [knows], ask('localhost.', 'localhost. AAAA', 'x.localhost.', 'localhost. MX', '1.0.0.127.in-addr.arpa. PTR', 'localhost.localdomain.'), [S1]),
  hosts('names and addresses', '10.9.9.9 First.example second.example # one\n10.9.9.8 second.example\nfd00::9 second.example\n0.0.0.0 gone.example\n10.9.9.7 under_score.example\n10.9.9.300 bad.example\n',
    ask('first.example.', 'first.example. AAAA', 'first.example. TXT', 'first.example. ANY', 'gone.example.', 'gone.example. TXT', 'under_score.example.', 'bad.example.', '9.9.9.10.in-addr.arpa. PTR', '8.9.9.10.in-addr.arpa. PTR', '9.9.9.10.in-addr.arpa. TXT', 'x.first.example.')),
  hosts('two addresses', '10.9.9.8 a.example\n10.9.9.9 a.example\nfd00::9 a.example\n', ask('a.example.', 'a.example. AAAA', 'a.example. ANY')),
  hosts('localhost with another name', '127.0.0.1 localhost here.example\n::1 localhost\n', ask('localhost.', 'localhost. AAAA', 'here.example.', '1.0.0.127.in-addr.arpa. PTR')),
  hosts('localhost elsewhere', '127.0.0.1 localhost\n10.9.9.9 localhost\n', ask('localhost.', 'localhost. AAAA', '1.0.0.127.in-addr.arpa. PTR')),
  hosts('aliases', '10.9.9.9 first.example second.example third.example\n10.9.9.8 second.example fourth.example\nfd00::9 fourth.example first.example\n',
    ask('second.example.', 'second.example. AAAA', 'second.example. TXT', 'second.example. ANY', 'second.example. CNAME', 'third.example.', 'third.example. AAAA', 'fourth.example.', 'fourth.example. AAAA', 'first.example. AAAA')),
  hosts('localhost under another name first', '127.0.0.1 here.example localhost\n127.0.1.1 own.example own\n', ask('localhost.', 'localhost. AAAA', 'here.example.', 'own.example.', 'own.', '1.0.0.127.in-addr.arpa. PTR', '1.1.0.127.in-addr.arpa. PTR')),
  { group: 'hosts', case: 'not read', conf: ['DNS=', 'ReadEtcHosts=no'], hosts: '10.9.9.9 a.example\n', links: [eth0([S1])], rules: [knows], steps: ask('a.example.') },
  { group: 'stub', case: 'no server anywhere', conf: OFF, links: [eth0([])], rules: [], steps: ask('a.example.') },
]

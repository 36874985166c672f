import { expect, test } from 'vitest'
import { LOST, pick, sleep, type Hop, type Plain } from '../chain/effects.ts'
import type { StubKind, StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { lineSource, type Sourced } from '../chain/source.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { explore } from '../drivers/explore.ts'
import type { DnsQuery, Rcode, Reply } from '../dns/message.ts'
import { stubFrom } from './stub-from.ts'
import { stubHops } from './stub.ts'

const CLUSTER = 'nameserver 10.96.0.10\nsearch shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n'

const said = (rcode: Rcode, ...addresses: string[]): Plain =>
  ({ rcode, flags: ['rd', 'ra'], answer: addresses.map(data => ({ name: 'x.', type: 'A', ttlS: 30, data })), authority: [], additional: [] }) as unknown as Plain

type Server = (q: DnsQuery) => Plain | Hop
const server = (answer: Server): Hop => function* (query) {
  const asked = query as unknown as DnsQuery
  const got = answer(asked)
  const value = typeof got === 'function' ? yield* got(query) : got
  // The owner of what `said` says is the name that is asked for.
  const reply = value as unknown as Reply
  return value === LOST ? LOST : ({ ...reply, answer: reply.answer.map(record => ({ ...record, name: asked.name })) }) as unknown as Plain
}

interface Asked { readonly kind: StubKind; readonly version: string; readonly resolvConf: string; readonly name: string; readonly family?: string; readonly api?: string; readonly more?: Partial<StubModel> }

/** Different outcomes, in whatever worlds, as `code addresses elapsed cause`. */
function ends(asked: Asked, servers: Readonly<Record<string, Server>>): string[] {
  const { kind, version, name } = asked
  const model: StubModel = { place: 'shop/cart', node: 'n1', kind, version, certainty: 'confirmed', resolvConf: readResolvConf('f', asked.resolvConf).value, hosts: [], ...asked.more }
  const chain = new Map<string, Hop>([...Object.entries(servers).map(([address, answer]) => [address, server(answer)] as const), ...stubHops(model, address => address)])
  const explored = explore(chain, { hop: 'stub shop/cart', query: { name, family: asked.family ?? 'unspec', ...(asked.api !== undefined && { api: asked.api }) } }, { start: 'cold' })
  expect(explored.complete).toBe(true)
  return [...new Set(explored.outcomes.map(({ value, elapsedMs }) => {
    const { code, addresses, cause } = value as unknown as StubResult
    return [code, ...addresses, elapsedMs, cause ? `${cause.kind} by ${cause.by}` : ''].join(' ').trim()
  }))].sort()
}

test('glibc and Go report a lost cluster answer as a name that does not exist; musl says try again', () => {
  const lossy: Server = q => (q.name === 'app.shop.svc.cluster.local.' ? LOST : said('NXDOMAIN'))
  const conf = CLUSTER.replace('ndots:5', 'ndots:5 timeout:1')
  expect(ends({ kind: 'glibc', version: '2.36', resolvConf: conf, name: 'app' }, { '10.96.0.10': lossy })).toEqual(['EAI_NONAME 2000 lost by 10.96.0.10'])
  expect(ends({ kind: 'musl', version: '1.2.5', resolvConf: conf, name: 'app' }, { '10.96.0.10': lossy })).toEqual(['EAI_AGAIN 1000 lost by all nameservers'])
  expect(ends({ kind: 'go', version: '1.21', resolvConf: conf, name: 'app' }, { '10.96.0.10': lossy })).toEqual(['no such host 2000 denied by 10.96.0.10'])
})

test('the pair breaks on musl from 1.2.1 on, and nowhere else', () => {
  const ipv4Only: Server = q => (q.type === 'A' ? said('NOERROR', '10.1.1.1') : said('NXDOMAIN'))
  const answers = (kind: StubKind, version: string) => ends({ kind, version, resolvConf: 'nameserver 10.96.0.10\n', name: 'db.corp.' }, { '10.96.0.10': ipv4Only })
  expect(answers('musl', '1.1.24')).toEqual(['OK 10.1.1.1 0'])
  expect(answers('musl', '1.2.0')).toEqual(['OK 10.1.1.1 0'])
  expect(answers('musl', '1.2.1')).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
  expect(answers('musl', '1.2.5')).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
  expect(answers('glibc', '2.36')).toEqual(['OK 10.1.1.1 0'])
  expect(answers('go', '1.26')).toEqual(['OK 10.1.1.1 0'])
})

test('two servers that disagree: musl races them, glibc asks the first only', () => {
  const conf = 'nameserver 10.0.0.1\nnameserver 8.8.8.8\n'
  const servers: Record<string, Server> = { '10.0.0.1': () => said('NOERROR', '10.1.1.1'), '8.8.8.8': () => said('NXDOMAIN') }
  expect(ends({ kind: 'musl', version: '1.2.5', resolvConf: conf, name: 'db.corp' }, servers)).toEqual(['EAI_NONAME 0 denied by 8.8.8.8', 'OK 10.1.1.1 0'])
  expect(ends({ kind: 'glibc', version: '2.36', resolvConf: conf, name: 'db.corp' }, servers)).toEqual(['OK 10.1.1.1 0'])
})

test('a search list costs what its candidates cost, not their product', () => {
  const up = (address: string): Server => () => function* () {
    return (yield* pick({ at: `${address} up`, key: `${address} up`, options: [true, false] })) ? said('NXDOMAIN') : LOST
  }
  for (const [kind, version] of [['glibc', '2.36'], ['musl', '1.2.5'], ['go', '1.21']] as const) {
    const got = ends({ kind, version, resolvConf: `${CLUSTER}nameserver 10.96.0.11\n`, name: 'app' }, { '10.96.0.10': up('10.96.0.10'), '10.96.0.11': up('10.96.0.11') })
    expect(got.length, kind).toBeLessThan(30)
  }
})

test('numeric names, localhost of nss-myhostname, and a service that answers before DNS', () => {
  const none: Record<string, Server> = { '10.96.0.10': () => said('NXDOMAIN') }
  const nss = (...words: string[]) => ({ nss: words.map(value => ({ value, source: lineSource('nsswitch.conf', 1, value) })) })
  const glibc = { kind: 'glibc', version: '2.36', resolvConf: CLUSTER } as const
  expect(ends({ ...glibc, name: '127.1' }, none)).toEqual(['OK 127.0.0.1 0'])
  expect(ends({ ...glibc, name: 'a.localhost', more: nss('files', 'myhostname', 'dns') }, none)).toEqual(['OK 127.0.0.1 ::1 0'])
  expect(ends({ ...glibc, name: 'db.corp', more: nss('files', 'resolve', '[!UNAVAIL=return]', 'dns') }, none)).toEqual(['unmodelled 0 unmodelled by nsswitch.conf'])
  expect(ends({ ...glibc, name: 'db.corp', more: nss('files', '[NOTFOUND=return]', 'dns') }, none)).toEqual(['EAI_NONAME 0'])
  expect(ends({ ...glibc, name: 'db.corp', more: nss('files', 'mdns4_minimal', '[NOTFOUND=return]', 'dns') }, none)).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
})

test('a loop and an unmodelled answer keep their causes', () => {
  const looping: Server = () => ({ rcode: 'SERVFAIL', flags: [], answer: [], authority: [], additional: [], cause: { kind: 'loop', by: 'coredns a' } }) as unknown as Plain
  const odd: Server = () => ({ rcode: 'SERVFAIL', flags: [], answer: [], authority: [], additional: [], cause: { kind: 'unmodelled', by: 'coredns a', detail: 'etcd' } }) as unknown as Plain
  for (const [kind, version] of [['glibc', '2.36'], ['musl', '1.2.5'], ['go', '1.21']] as const) {
    expect(ends({ kind, version, resolvConf: CLUSTER, name: 'db.corp.' }, { '10.96.0.10': looping })[0], kind).toContain('loop by coredns a')
    expect(ends({ kind, version, resolvConf: CLUSTER, name: 'db.corp.' }, { '10.96.0.10': odd })[0], kind).toContain('unmodelled by coredns a')
  }
})

test('Java on Alpine fails as musl does and keeps the failure for ten seconds, and says so in its own words', () => {
  const ipv4Only: Server = q => (q.type === 'A' ? said('NOERROR', '10.1.1.1') : said('NXDOMAIN'))
  const java = (libc: StubModel['libc']): string[] =>
    ends({ kind: 'java', version: '17', resolvConf: 'nameserver 10.96.0.10\n', name: 'db.corp.', more: { ...(libc && { libc }) } }, { '10.96.0.10': ipv4Only })
  expect(java(undefined)).toEqual(['OK 10.1.1.1 0'])
  expect(java({ kind: 'musl', version: '1.2.5' })).toEqual(['UnknownHostException 0 denied by 10.96.0.10'])
})

test('stubs are named as on the command line', () => {
  expect(stubFrom('musl@1.2.2')).toEqual({ kind: 'musl', version: '1.2.2' })
  expect(stubFrom(' Go ')).toEqual({ kind: 'go', version: '1.26' })
  expect(stubFrom('glibc@2.36-9+deb12u4')).toEqual({ kind: 'glibc', version: '2.36-9+deb12u4' })
  expect(stubFrom('java@17')).toEqual({ kind: 'java', version: '17' })
  expect(stubFrom('java@17+musl@1.2.2')).toEqual({ kind: 'java', version: '17', libc: { kind: 'musl', version: '1.2.2' } })
  expect(stubFrom('node+musl')).toEqual({ kind: 'node', version: '24', libc: { kind: 'musl', version: '1.2.5' } })
  expect(stubFrom('c-ares')).toEqual({ kind: 'c-ares', version: '1.34.8' })
  expect(stubFrom('dig')).toEqual({ kind: 'dig', version: '9.20.30' })
  expect(stubFrom('dig+musl')).toHaveProperty('error')
  expect(stubFrom('bionic')).toHaveProperty('error')
  expect(stubFrom('musl@')).toHaveProperty('error')
})

test('a number of the other family is refused in the words of each library', () => {
  const none: Record<string, Server> = { '10.96.0.10': () => said('NXDOMAIN') }
  const got = (kind: StubKind, version: string, name: string, family: string): string[] => ends({ kind, version, resolvConf: CLUSTER, name, family }, none)
  for (const [name, right, wrong, address] of [['10.1', 'inet', 'inet6', '10.0.0.1'], ['fd00::1', 'inet6', 'inet', 'fd00::1']] as const) {
    expect(got('glibc', '2.36', name, right)).toEqual([`OK ${address} 0`])
    expect(got('glibc', '2.36', name, wrong)).toEqual(['EAI_ADDRFAMILY 0'])
    expect(got('musl', '1.2.3', name, wrong)).toEqual(['EAI_NONAME 0'])
    expect(got('musl', '1.2.4', name, wrong)).toEqual(['EAI_NODATA 0'])
    expect(got('musl', '1.2.4', name, right)).toEqual([`OK ${address} 0`])
  }
  // Go reads no short forms.
  expect(got('go', '1.26', '10.0.0.1', 'inet6')).toEqual(['no suitable address found 0'])
  expect(got('go', '1.26', 'fd00::1', 'inet')).toEqual(['no suitable address found 0'])
  expect(got('go', '1.26', '10.0.0.1', 'unspec')).toEqual(['OK 10.0.0.1 0'])
  expect(got('glibc', '2.36', '0x0a.010.7', 'unspec')).toEqual(['OK 10.8.0.7 0'])
  expect(got('glibc', '2.36', '010.0.0.1', 'unspec')).toEqual(['OK 8.0.0.1 0'])
})

const word = (value: string): Sourced<string> => ({ value, source: lineSource('hosts', 1, value) })
const HOSTS = [{ address: word('10.3.3.3'), names: [word('db.corp')] }]

test('a service of nsswitch.conf that has no answer ends the lookup where its action says so', () => {
  const silent: Record<string, Server> = { '10.96.0.10': () => LOST }
  const denying: Record<string, Server> = { '10.96.0.10': () => said('NXDOMAIN') }
  const glibc = (servers: Record<string, Server>, ...words: string[]): string[] => ends({
    kind: 'glibc', version: '2.36', resolvConf: 'nameserver 10.96.0.10\noptions timeout:1 attempts:1\n', name: 'db.corp',
    more: { hosts: HOSTS, nss: words.map(value => ({ value, source: lineSource('nsswitch.conf', 1, value) })) },
  }, servers)
  expect(glibc(denying, 'dns', '[NOTFOUND=return]', 'files')).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
  expect(glibc(silent, 'dns', '[NOTFOUND=return]', 'files')).toEqual(['OK 10.3.3.3 1000'])
  expect(glibc(silent, 'dns', '[TRYAGAIN=return]', 'files')).toEqual(['EAI_AGAIN 1000 lost by 10.96.0.10'])
  expect(glibc(denying, 'dns', '[!TRYAGAIN=return]', 'files')).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
  expect(glibc(silent, 'dns', '[!TRYAGAIN=return]', 'files')).toEqual(['OK 10.3.3.3 1000'])
  expect(glibc(denying, 'dns', '[notfound=Return]', 'files')).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
  expect(glibc(denying, 'dns', '[NOTFOUND=continue]', 'files')).toEqual(['OK 10.3.3.3 0'])
  expect(glibc(denying, 'nis', '[UNAVAIL=return]', 'files')).toEqual(['EAI_NONAME 0'])
  expect(glibc(denying, 'nis', '[NOTFOUND=return]', 'files')).toEqual(['OK 10.3.3.3 0'])
})

test('nss-myhostname knows localhost and what is below it, by family, and no other name', () => {
  const none: Record<string, Server> = { '10.96.0.10': () => said('NXDOMAIN') }
  const asked = (name: string, family: string, more: Partial<StubModel> = {}): string[] => ends({
    kind: 'glibc', version: '2.36', resolvConf: 'nameserver 10.96.0.10\n', name, family,
    more: { nss: ['myhostname', 'dns'].map(value => ({ value, source: lineSource('nsswitch.conf', 1, value) })), ...more },
  }, none)
  expect(asked('localhost', 'inet')).toEqual(['OK 127.0.0.1 0'])
  expect(asked('LocalHost.', 'inet6')).toEqual(['OK ::1 0'])
  expect(asked('notlocalhost', 'unspec')).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
  expect(asked('pod7', 'unspec', { hostname: 'POD7' })).toEqual(['unmodelled 0 unmodelled by nsswitch.conf'])
  expect(asked('_gateway', 'unspec')).toEqual(['unmodelled 0 unmodelled by nsswitch.conf'])
  expect(asked('pod8', 'unspec', { hostname: 'pod7' })).toEqual(['EAI_NONAME 0 denied by 10.96.0.10'])
})

test('Go takes /etc/hosts and DNS in the order of nsswitch.conf, and asks nobody for what is no name', () => {
  const knows: Record<string, Server> = { '10.96.0.10': q => (q.type === 'A' ? said('NOERROR', '10.1.1.1') : said('NOERROR')) }
  const denying: Record<string, Server> = { '10.96.0.10': () => said('NXDOMAIN') }
  const go = (servers: Record<string, Server>, name: string, ...words: string[]): string[] => ends({
    kind: 'go', version: '1.26', resolvConf: 'nameserver 10.96.0.10\n', name, more: { hosts: HOSTS, nss: words.map(value => ({ value, source: lineSource('nsswitch.conf', 1, value) })) },
  }, servers)
  expect(go(knows, 'db.corp')).toEqual(['OK 10.3.3.3 0'])
  expect(go(knows, 'db.corp', 'files', 'dns')).toEqual(['OK 10.3.3.3 0'])
  expect(go(knows, 'db.corp', 'dns', 'files')).toEqual(['OK 10.1.1.1 0'])
  expect(go(denying, 'db.corp', 'dns', 'files')).toEqual(['OK 10.3.3.3 0'])
  expect(go(knows, 'db.corp', 'dns')).toEqual(['OK 10.1.1.1 0'])
  expect(go(knows, 'web.corp', 'files')).toEqual(['no such host 0 failed by go'])
  expect(go(knows, 'a..b')).toEqual(['no such host 0 failed by go'])
})

test('single-request: both questions share the time of one, and AAAA is not asked before A is answered', () => {
  const asked: string[] = []
  const late = (type: string, ms: number): Server => q => function* () {
    asked.push(q.type)
    if (q.type !== type) return LOST
    yield* sleep(ms)
    return said('NOERROR', '10.1.1.1')
  }
  const conf = 'nameserver 10.96.0.10\noptions single-request timeout:2 attempts:1\n'
  expect(ends({ kind: 'glibc', version: '2.41', resolvConf: conf, name: 'db.corp' }, { '10.96.0.10': late('A', 500) })).toEqual(['OK 10.1.1.1 4000'])
  // Half a pair in time is asked for once more from a new socket, and then does.
  expect(asked).toEqual(['A', 'AAAA', 'A', 'AAAA'])
  asked.length = 0
  expect(ends({ kind: 'glibc', version: '2.41', resolvConf: conf, name: 'db.corp' }, { '10.96.0.10': late('AAAA', 0) })).toEqual(['EAI_AGAIN 2000 lost by 10.96.0.10'])
  expect(new Set(asked)).toEqual(new Set(['A']))
})

test('an entry of /etc/hosts with both families gives the one that is asked for', () => {
  const none: Record<string, Server> = { '10.96.0.10': () => said('NXDOMAIN') }
  const hosts = [{ address: word('10.3.3.3'), names: [word('db')] }, { address: word('fd00::3'), names: [word('db')] }]
  for (const [kind, version] of [['glibc', '2.36'], ['musl', '1.2.5'], ['go', '1.26']] as const) {
    const got = (family: string): string[] => ends({ kind, version, resolvConf: CLUSTER, name: 'db', family, more: { hosts } }, none)
    expect(got('inet'), kind).toEqual(['OK 10.3.3.3 0'])
    expect(got('inet6'), kind).toEqual(['OK fd00::3 0'])
    expect(got('unspec')[0], kind).toMatch(/10\.3\.3\.3.*fd00::3|fd00::3.*10\.3\.3\.3/)
  }
})

test('the numbers of the resolver calls: glibc by what went wrong, musl since 1.2.2', () => {
  const replies: Record<string, Server> = { '10.96.0.10': q => said(q.name.startsWith('no') ? 'NXDOMAIN' : q.name.startsWith('bad') ? 'SERVFAIL' : q.name.startsWith('odd') ? 'FORMERR' : 'NOERROR') }
  const code = (kind: StubKind, version: string, name: string): string =>
    (ends({ kind, version, resolvConf: 'nameserver 10.96.0.10\noptions attempts:1\n', name, api: 'query' }, replies)[0] as string).split(' ')[0] as string
  expect(['no.corp', 'bad.corp', 'odd.corp', 'empty.corp'].map(name => code('glibc', '2.36', name))).toEqual(['h_errno=1', 'h_errno=2', 'h_errno=3', 'h_errno=4'])
  expect(['1.2.1', '1.2.2'].map(version => code('musl', version, 'no.corp'))).toEqual(['h_errno=0', 'h_errno=1'])
})

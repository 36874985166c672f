import { expect, test } from 'vitest'
import { ask, LOST, type Chain, type Hop, type Plain } from '../chain/effects.ts'
import { hopId } from '../chain/hop.ts'
import type { HostsLine, ResolvedModel, ResolvedScope } from '../chain/model.ts'
import { formatRational } from '../chain/rational.ts'
import { lineSource, type Sourced } from '../chain/source.ts'
import type { DnsQuery, Reply } from '../dns/message.ts'
import { explore } from '../drivers/explore.ts'
import { simulate } from '../drivers/simulate.ts'
import { router } from './systemd-resolved-routing.ts'
import { resolvedHops } from './systemd-resolved.ts'

const said = (value: string): Sourced<string> => ({ value, source: lineSource('netplan', 1, value) })
const scope = (name: string, servers: readonly string[], domains: readonly string[] = [], defaultRoute = true): ResolvedScope =>
  ({ name, servers: servers.map(said), domains: domains.map(said), defaultRoute })
const model = (scopes: readonly ResolvedScope[], more: Partial<ResolvedModel> = {}): ResolvedModel =>
  ({ node: 'n1', version: '252', scopes, fallbackServers: [], stubListener: true, readEtcHosts: true, hosts: [], ...more })

type Script = (query: DnsQuery, nth: number) => string
const SOA = { name: 'corp.example.', type: 'SOA', ttlS: 300, data: 'ns. h. 1 2 3 4 60' }

/** `10.0.0.1` = that address with TTL 600; rcode words; `LOST`; `TC`; `CNAME x`. */
function made(query: DnsQuery, word: string, address: string): Plain {
  if (word === LOST || word === 'PORT_UNREACHABLE') return word
  const reply = (rcode: string, answer: readonly object[] = []): object =>
    ({ rcode, flags: ['rd', 'ra', ...(word === 'TC' && query.transport === 'udp' ? ['tc'] : [])],
    answer, authority: answer.length === 0 && (rcode === 'NXDOMAIN' || rcode === 'NOERROR') ? [SOA] : [], additional: [],
    ...(rcode === 'NXDOMAIN' && { cause: { kind: 'denied', by: `upstream ${address}` } }) })
  if (word.startsWith('CNAME ')) return reply('NOERROR', [{ name: query.name, type: 'CNAME', ttlS: 600, data: word.slice(6) }]) as Plain
  if (word === 'TC') return reply('NOERROR', query.transport === 'tcp' ? [{ name: query.name, type: 'A', ttlS: 600, data: '10.9.9.9' }]
    : []) as Plain
  if (word === 'NODATA') return reply('NOERROR') as Plain
  return (/^\d/.test(word) ? reply('NOERROR', [{ name: query.name, type: 'A', ttlS: 600, data: word }]) : reply(word)) as Plain
}

interface World { readonly chain: Chain; readonly asked: string[] }

function world(resolved: ResolvedModel, servers: Readonly<Record<string, Script>>): World {
  const asked: string[] = []
  const hops: [string, Hop][] = Object.entries(servers).map(([address, script]) => [hopId.upstream(address), function* (value) {
    const query = value as unknown as DnsQuery
    asked.push(`${address} ${query.name} ${query.type}${query.edns ? ' edns' : ''}${query.transport === 'tcp' ? ' tcp' : ''}`)
    return made(query, script(query, asked.filter(line => line.startsWith(`${address} `)).length), address)
  }])
  return { asked, chain: new Map([...resolvedHops(resolved, address => hopId.upstream(address)), ...hops]) }
}

const question = (name: string, type = 'A', more: object = {}): Plain => ({ name, type, transport: 'udp', rd: true, ...more })
const stub = hopId.resolved('n1')
const shown = (value: Plain): string => {
  if (typeof value !== 'object' || value === null) return String(value)
  const reply = value as unknown as Reply
  return [reply.rcode, ...reply.answer.map(record => record.data), ...(reply.cause ? [`(${reply.cause.kind})`] : [])].join(' ')
}
const outcomes = ({ chain }: World, name: string, type = 'A'): string[] => {
  const explored = explore(chain, { hop: stub, query: question(name, type) }, { start: 'cold' })
  expect(explored.complete).toBe(true)
  return explored.outcomes.map(o => {
    const when = [...o.world].map(([key, is]) => `${key} = ${String(is)}: `).join('')
    return `${when}${shown(o.value)} ${formatRational(o.odds)} ${o.elapsedMs} ms`
  }).sort()
}

const knows: Script = () => '10.1.1.1'
const denies: Script = () => 'NXDOMAIN'
const silent: Script = () => LOST

test('an internal and a public server in one scope: which is current decides, and nobody knows', () => {
  expect(outcomes(world(model([scope('eth0', ['10.0.0.1', '223.5.5.5'])]), { '10.0.0.1': knows, '223.5.5.5': denies }),
    'a.corp.example.')).toEqual([
    'resolved n1 eth0 current server = 10.0.0.1: NOERROR 10.1.1.1 1 0 ms',
    'resolved n1 eth0 current server = 223.5.5.5: NXDOMAIN (denied) 1 0 ms',
  ])
})

test('two scopes: the first success wins, whoever denies', () => {
  const two = model([scope('eth0', ['10.0.0.1']), scope('eth1', ['223.5.5.5'])])
  expect(outcomes(world(two, { '10.0.0.1': knows, '223.5.5.5': denies }), 'a.corp.example.')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
  expect(outcomes(world(two, { '10.0.0.1': silent, '223.5.5.5': denies }), 'a.corp.example.').every(o =>
    /NXDOMAIN|LOST/.test(o))).toBe(true)
})

test('two scopes that both deny: the client hears so at once', () => {
  const two = model([scope('eth0', ['10.0.0.1']), scope('eth1', ['223.5.5.5'])])
  const heard = outcomes(world(two, { '10.0.0.1': denies, '223.5.5.5': denies }), 'a.corp.example.')
  expect(heard.filter(one => !one.includes('LOST')).length).toBeGreaterThan(0)
  expect(heard.every(one => one.endsWith(' 0 ms'))).toBe(true)
})

test('a routing domain: only its link is asked; NXDOMAIN there is final', () => {
  const split = model([scope('eth0', ['223.5.5.5']), scope('tun0', ['10.0.0.1'], ['~corp.example'], false)])
  const servers = { '10.0.0.1': knows, '223.5.5.5': denies }
  const inside = world(split, servers)
  expect(outcomes(inside, 'a.corp.example.')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
  expect(inside.asked.every(line => line.startsWith('10.0.0.1'))).toBe(true)
  expect(outcomes(world(split, servers), 'www.public.example.')).toEqual(['NXDOMAIN (denied) 1 0 ms'])
})

test('silence moves the current server, and it stays moved', () => {
  const flip = world(model([scope('eth0', ['10.0.0.1', '223.5.5.5'])]),
    { '10.0.0.1': (_, nth) => (nth === 1 ? LOST : '10.1.1.1'), '223.5.5.5': denies })
  const schedule = ['a.corp.example.', 'b.corp.example.', 'a.corp.example.'].map((name, index) =>
    ({ atMs: index * 20_000, ask: { hop: stub, query: question(name) } }))
  const seen = [...simulate(flip.chain, schedule, { seed: 1, world: new Map([['resolved n1 eth0 current server', '10.0.0.1']]) })]
  expect(seen.map(lookup => `${shown(lookup.value)} ${lookup.elapsedMs}`)).toEqual(['NXDOMAIN (denied) 5000', 'NXDOMAIN (denied) 0',
    'NXDOMAIN (denied) 0'])
  // v252 asks again without EDNS after NXDOMAIN; the third lookup comes from the cache.
  expect(flip.asked).toEqual(['10.0.0.1 a.corp.example. A edns', '223.5.5.5 a.corp.example. A edns', '223.5.5.5 a.corp.example. A',
    '223.5.5.5 b.corp.example. A edns', '223.5.5.5 b.corp.example. A'])
})

test('SERVFAIL: three questions a server, then the next; all of them: SERVFAIL, kept for 10 s', () => {
  const one = world(model([scope('eth0', ['10.0.0.1', '10.0.0.2'])]), { '10.0.0.1': () => 'SERVFAIL', '10.0.0.2': knows })
  const world1 = new Map<string, Plain>([['resolved n1 eth0 current server', '10.0.0.1']])
  const run = (w: World, times: readonly number[]): string[] =>
    [...simulate(w.chain, times.map(atMs => ({ atMs, ask: { hop: stub, query: question('a.corp.example.') } })),
      { seed: 1, world: world1 })].map(l => shown(l.value))
  expect(run(one, [0])).toEqual(['NOERROR 10.1.1.1'])
  expect(one.asked).toEqual(['10.0.0.1 a.corp.example. A edns', '10.0.0.1 a.corp.example. A edns', '10.0.0.1 a.corp.example. A',
    '10.0.0.2 a.corp.example. A edns'])
  const both = world(model([scope('eth0', ['10.0.0.1', '10.0.0.2'])]), { '10.0.0.1': () => 'SERVFAIL', '10.0.0.2': () => 'SERVFAIL' })
  expect(run(both, [0, 5_000])).toEqual(['SERVFAIL', 'SERVFAIL'])
  expect(both.asked.length).toBe(6)
  const old = world(model([scope('eth0', ['10.0.0.1', '10.0.0.2'])], { version: '249' }),
    { '10.0.0.1': () => 'SERVFAIL', '10.0.0.2': () => 'SERVFAIL' })
  run(old, [0])
  expect(old.asked.length).toBe(4)
})

test('REFUSED: each server once, then REFUSED, not kept', () => {
  const all = world(model([scope('eth0', ['10.0.0.1', '10.0.0.2'])]), { '10.0.0.1': () => 'REFUSED', '10.0.0.2': () => 'REFUSED' })
  const seen = [...simulate(all.chain, [0, 1000].map(atMs => ({ atMs, ask: { hop: stub, query: question('a.corp.example.') } })),
    { seed: 3 })]
  expect(seen.map(l => shown(l.value))).toEqual(['REFUSED', 'REFUSED'])
  expect(all.asked.length).toBe(4)
})

test('every server silent: the client gets nothing, after two minutes', () => {
  expect(outcomes(world(model([scope('eth0', ['10.0.0.1'])]), { '10.0.0.1': silent }), 'a.corp.example.')).toEqual(['LOST 1 120000 ms'])
})

test('the cache: TTLs run down, NXDOMAIN holds for all types of the name, answers of a loopback server are not kept', () => {
  const simulated = (servers: Readonly<Record<string, Script>>, asks: readonly (readonly [number, string, string])[],
    more: Partial<ResolvedModel> = {}): { readonly seen: Reply[]; readonly asked: number } => {
    const w = world(model([scope('eth0', Object.keys(servers))], { version: '255', ...more }), servers)
    const seen = [...simulate(w.chain, asks.map(([atMs, name, type]) => ({ atMs, ask: { hop: stub, query: question(name, type) } })),
      { seed: 1 })]
    return { seen: seen.map(l => l.value as unknown as Reply), asked: w.asked.length }
  }
  const positive = simulated({ '10.0.0.1': knows },
    [[0, 'a.corp.example.', 'A'], [100_000, 'A.corp.example.', 'A'], [700_000, 'a.corp.example.', 'A']])
  expect(positive.seen.map(reply => reply.answer[0]?.ttlS)).toEqual([600, 500, 600])
  expect(positive.asked).toBe(2)
  expect(simulated({ '10.0.0.1': denies },
    [[0, 'x.corp.example.', 'A'], [1000, 'x.corp.example.', 'AAAA'], [61_000, 'x.corp.example.', 'A']]).asked).toBe(2)
  expect(simulated({ '10.0.0.1': () => 'NODATA' }, [[0, 'x.corp.example.', 'A'], [1000, 'x.corp.example.', 'AAAA']]).asked).toBe(2)
  expect(simulated({ '127.0.0.1': knows }, [[0, 'a.corp.example.', 'A'], [1000, 'a.corp.example.', 'A']]).asked).toBe(2)
  expect(simulated({ '10.0.0.1': knows }, [[0, 'a.corp.example.', 'A'], [1000, 'a.corp.example.', 'A']], { cache: 'no' }).asked).toBe(2)
  expect(simulated({ '10.0.0.1': denies }, [[0, 'x.corp.example.', 'A'], [1000, 'x.corp.example.', 'A']],
    { cache: 'no-negative' }).asked).toBe(2)
})

test('who would not be asked: single labels, .local, no server', () => {
  const one = model([scope('eth0', ['10.0.0.1'])])
  const w = (m: ResolvedModel): World => world(m, { '10.0.0.1': knows })
  expect(outcomes(w(one), 'app.')).toEqual(['REFUSED (refused) 1 0 ms'])
  expect(outcomes(w(one), 'app.', 'SOA')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
  expect(outcomes(w(one), 'printer.local.')).toEqual(['REFUSED (refused) 1 0 ms'])
  expect(outcomes(w(model([scope('eth0', ['10.0.0.1'], ['local'])])), 'printer.local.')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
  expect(outcomes(w({ ...one, llmnr: true }), 'app.')).toEqual(['SERVFAIL (unmodelled) 1 0 ms'])
  expect(outcomes(w({ ...one, unicastSingleLabel: true }), 'app.')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
  expect(outcomes(w(model([scope('eth0', [])])), 'a.example.')).toEqual(['REFUSED (refused) 1 0 ms'])
  expect(outcomes(w(model([], { fallbackServers: [said('10.0.0.1')] })), 'a.example.')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
})

test('/etc/hosts and localhost answer without a server, authoritatively', () => {
  const hosts: readonly HostsLine[] = [{ address: said('192.0.2.7'), names: [said('db.corp.example'), said('db')] }]
  const w = world(model([scope('eth0', ['10.0.0.1'])], { hosts }), { '10.0.0.1': denies })
  expect(outcomes(w, 'DB.corp.example.')).toEqual(['NOERROR 192.0.2.7 1 0 ms'])
  expect(outcomes(w, 'db.corp.example.', 'AAAA')).toEqual(['NOERROR 1 0 ms'])
  expect(outcomes(w, '7.2.0.192.in-addr.arpa.', 'PTR')).toEqual(['NOERROR db.corp.example. db. 1 0 ms'])
  expect(outcomes(w, 'localhost.')).toEqual(['NOERROR 127.0.0.1 1 0 ms'])
  expect(w.asked).toEqual([])
  const [only] = explore(w.chain, { hop: stub, query: question('db.', 'A', { edns: { sizeBytes: 1232 } }) }, { start: 'cold' }).outcomes
  expect(only?.value).toMatchObject({ flags: ['aa', 'rd', 'ra'], edns: { sizeBytes: 65494 } })
})

test('truncated: the same server by TCP; an open alias chain is followed; a question without recursion is refused', () => {
  const w = world(model([scope('eth0', ['10.0.0.1'])]),
    { '10.0.0.1': query => (query.name === 'alias.example.' ? 'CNAME big.example.' : 'TC') })
  expect(outcomes(w, 'alias.example.')).toEqual(['NOERROR big.example. 10.9.9.9 1 0 ms'])
  const [refused] = explore(w.chain, { hop: stub, query: question('a.example.', 'A', { rd: false }) }, { start: 'cold' }).outcomes
  expect(shown(refused?.value ?? null)).toBe('REFUSED (refused)')
})

test('a server that asks this very resolver: a loop, not an answer', () => {
  const resolved = model([scope('eth0', ['10.96.0.10'])])
  const back: Hop = function* (query) {
    const got = yield* ask([{ hop: stub, query }], 2000)
    return got[0]?.value ?? LOST
  }
  const chain: Chain = new Map([...resolvedHops(resolved, () => 'coredns'), ['coredns', back]])
  const values = explore(chain, { hop: stub, query: question('a.example.') }, { start: 'cold' }).outcomes.map(o => shown(o.value))
  expect(values).toEqual(['LOOP'])
})

test('a cache that was filled before: what any server of the past may have left, and nothing else', () => {
  const w = world(model([scope('eth0', ['10.0.0.1', '223.5.5.5'])], { version: '255' }), { '10.0.0.1': knows, '223.5.5.5': denies })
  const explored = explore(w.chain, { hop: stub, query: question('a.corp.example.') }, { start: 'any' })
  expect(explored.complete).toBe(true)
  expect(new Set(explored.outcomes.map(o => shown(o.value)))).toEqual(new Set(['NOERROR 10.1.1.1', 'NXDOMAIN (denied)']))
  const steady = explore(w.chain, { hop: stub, query: question('a.corp.example.') }, { start: 'steady' })
  expect(new Set(steady.outcomes.map(o =>
    `${o.world.get('resolved n1 eth0 current server')} ${shown(o.value)} ${formatRational(o.odds)}`))).toEqual(
    new Set(['10.0.0.1 NOERROR 10.1.1.1 1', '223.5.5.5 NXDOMAIN (denied) 1']))
})

test('routing by the best domain, with the label count of the longest', () => {
  const routed = (name: string, type = 'A'): string => {
    const found = router(model([]), [scope('a', ['1'], ['corp.example']), scope('b', ['2'], ['~eu.corp.example'], false),
      scope('c', ['3'], ['~.'], true), scope('d', ['4'])], 255)(name, type)
    return found.kind === 'scopes' ? found.scopes.map(s => s.name).join() : found.kind
  }
  expect([routed('x.eu.corp.example.'), routed('x.corp.example.'), routed('other.test.'), routed('9.1.254.169.in-addr.arpa.', 'PTR'),
    routed('tld.', 'NS')]).toEqual(['b', 'a', 'c', 'c', 'a'])
})

test('names of .local go to mDNS where that is on, and to a link that routes them before it', () => {
  const plainLink = [scope('a', ['1'])]
  const routed = (scopes: readonly ResolvedScope[], more: Partial<ResolvedModel>, name: string, type = 'A', version = 255): string => {
    const found = router(model([], more), scopes, version)(name, type)
    return found.kind === 'scopes' ? found.scopes.map(s => s.name).join() : `${found.kind}: ${found.why}`
  }
  expect(routed(plainLink, { mdns: true }, 'printer.local.')).toBe('unmodelled: names in .local are resolved by mDNS')
  expect(routed(plainLink, {}, 'printer.local.')).toBe('nobody: no link takes this name')
  expect(routed([scope('a', ['1'], ['~local'])], { mdns: true }, 'printer.local.')).toBe('a')
  expect(routed(plainLink, { mdns: true }, 'printer.localx.')).toBe('a')
  expect(routed([], {}, 'a.example.')).toBe('nobody: no link has a name server')
})

test('a single label goes to links that search, and with ResolveUnicastSingleLabel to all of them since 248', () => {
  const links = [scope('a', ['1'], ['corp.example']), scope('b', ['2'], ['~eu.example']), scope('c', ['3'], ['.']), scope('d', ['4'])]
  const routed = (more: Partial<ResolvedModel>, version: number): string => {
    const found = router(model([], more), links, version)('app.', 'A')
    return found.kind === 'scopes' ? found.scopes.map(s => s.name).join() : found.kind
  }
  expect(routed({}, 255)).toBe('nobody')
  expect(routed({ llmnr: true }, 255)).toBe('unmodelled')
  expect(routed({ unicastSingleLabel: true }, 255)).toBe('a,b,c,d')
  expect(routed({ unicastSingleLabel: true, llmnr: true }, 247)).toBe('a')
})

test('reverse names go to the link whose subnet they are in since 248, and link-local ones to nobody', () => {
  const links: readonly ResolvedScope[] = [{ ...scope('a', ['1'], [], false), addresses: ['192.0.2.9/24', '2001:db8::9/64'] }, { ...scope('b', ['2']), addresses: ['198.51.100.1'] }]
  const routed = (name: string, version = 255): string => {
    const found = router(model([]), links, version)(name, 'PTR')
    return found.kind === 'scopes' ? found.scopes.map(s => s.name).join() : found.kind
  }
  expect(routed('7.2.0.192.in-addr.arpa.')).toBe('a')
  expect(routed('7.2.0.192.in-addr.arpa.', 247)).toBe('b')
  expect(routed('7.3.0.192.in-addr.arpa.')).toBe('b')
  expect(routed(`1.${'0.'.repeat(15)}0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.`)).toBe('a')
  // An address alone is a subnet of one.
  expect(routed('1.100.51.198.in-addr.arpa.')).toBe('b')
  for (const zone of ['8', '9', 'a', 'b']) expect(routed(`1.${zone}.e.f.ip6.arpa.`), zone).toBe('nobody')
  expect(routed('1.c.e.f.ip6.arpa.')).toBe('b')
  expect(routed('1.1.254.169.in-addr.arpa.')).toBe('nobody')
})

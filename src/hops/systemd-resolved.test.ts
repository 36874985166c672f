import { expect, test } from 'vitest'
import { ask, LOST, type Chain, type Hop, type Plain } from '../chain/effects.ts'
import type { HostsLine, ResolvedModel, ResolvedScope } from '../chain/model.ts'
import { formatRational } from '../chain/rational.ts'
import type { Reply } from '../dns/message.ts'
import { explore } from '../drivers/explore.ts'
import { simulate } from '../drivers/simulate.ts'
import { model, question, said, scope, shown, stub, world, type Script, type World } from '../../test/support/one-resolved.ts'
import { router } from './systemd-resolved-routing.ts'
import { resolvedHops } from './systemd-resolved.ts'

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
  const two = router(model([]), [scope('a', ['1'], ['example', 'eu.corp.example']), scope('b', ['2'], ['~corp.example'])], 255)('x.eu.corp.example.', 'A')
  expect(two).toMatchObject({ kind: 'scopes', scopes: [{ name: 'a' }] })
  // A link that searches is as good for a single label as one that routes just this label.
  const single = router(model([]), [scope('a', ['1'], ['corp.example']), scope('b', ['2'], ['~tld']), scope('c', ['3'])], 255)('tld.', 'NS')
  expect(single).toMatchObject({ kind: 'scopes', scopes: [{ name: 'a' }, { name: 'b' }] })
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
  expect(routed([scope('a', ['1'], ['~.'])], { mdns: true }, 'printer.local.')).toBe('a')
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
  const links: readonly ResolvedScope[] = [{ ...scope('a', ['1'], [], false), addresses: ['192.0.2.9/24', '2001:db8::9/64'] }, { ...scope('b', ['2']), addresses: ['203.0.113.1'] },
    { ...scope('c', ['3'], [], false), addresses: ['198.51.100.1', '2001:db8:1::9'] }]
  const routed = (name: string, version = 255): string => {
    const found = router(model([]), links, version)(name, 'PTR')
    return found.kind === 'scopes' ? found.scopes.map(s => s.name).join() : found.kind
  }
  expect(routed('7.2.0.192.in-addr.arpa.')).toBe('a')
  expect(routed('7.2.0.192.in-addr.arpa.', 247)).toBe('b')
  expect(routed('7.3.0.192.in-addr.arpa.')).toBe('b')
  expect(routed(`1.${'0.'.repeat(15)}0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.`)).toBe('a')
  // An address alone is a subnet of one.
  expect(['1.100.51.198.in-addr.arpa.', '2.100.51.198.in-addr.arpa.'].map(name => routed(name))).toEqual(['c', 'b'])
  const v6 = (last: number): string => routed(`${last}.${'0.'.repeat(18)}0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.`)
  expect([v6(9), v6(8)]).toEqual(['c', 'b'])
  expect([247, 248].map(version => routed('7.2.0.192.in-addr.arpa.', version))).toEqual(['b', 'a'])
  for (const zone of ['8', '9', 'a', 'b']) expect(routed(`1.${zone}.e.f.ip6.arpa.`), zone).toBe('nobody')
  expect(routed('1.c.e.f.ip6.arpa.')).toBe('b')
  expect(routed('1.1.254.169.in-addr.arpa.')).toBe('nobody')
})

const reply = (value: Plain | undefined): Reply => value as unknown as Reply
const only = (w: World, query: Plain): { readonly value: Reply; readonly elapsedMs: number } => {
  const [outcome] = explore(w.chain, { hop: stub, query }, { start: 'cold' }).outcomes
  return { value: reply(outcome?.value), elapsedMs: outcome?.elapsedMs ?? -1 }
}

test('transfers and the types of the protocol itself are refused, before 248 as not implemented, and so is a question without recursion', () => {
  const refused = (version: string, type: string, more: object = {}): Reply => only(world(model([scope('eth0', ['10.0.0.1'])], { version }), { '10.0.0.1': knows }), question('a.example.', type, more)).value
  for (const type of ['AXFR', 'IXFR', 'OPT', 'TSIG', 'TKEY', 'MAILA', 'MAILB', 'MD', 'MF']) {
    expect(['247', '248', '257'].map(version => refused(version, type).rcode), type).toEqual(['NOTIMP', 'REFUSED', 'REFUSED'])
  }
  expect(refused('252', 'AXFR').cause?.detail).toBe('type AXFR')
  expect(['247', '248'].map(version => refused(version, 'A', { rd: false })).map(one => [one.rcode, one.cause?.detail, one.flags])).toEqual([
    ['REFUSED', 'recursion not desired', ['rd', 'ra']], ['REFUSED', 'recursion not desired', ['ra']],
  ])
})

test('a name that nobody takes is refused with authority, before 248 it was a failure without', () => {
  const nobody = (version: string): Reply => only(world(model([scope('eth0', ['10.0.0.1'])], { version }), { '10.0.0.1': knows }), question('app.')).value
  expect(['247', '248'].map(nobody).map(one => [one.rcode, one.flags])).toEqual([['SERVFAIL', ['rd', 'ra']], ['REFUSED', ['aa', 'rd', 'ra']]])
  expect(nobody('248').cause).toMatchObject({ kind: 'refused', by: stub })
})

test('what a server says goes on without its flags, and before 248 without all but the answer', () => {
  const denial = { name: 'corp.example.', type: 'SOA', ttlS: 300, data: 'ns. h. 1 2 3 4 60' }
  const script: Script = () => ({ rcode: 'NXDOMAIN', flags: ['aa', 'tc', 'ad', 'rd', 'ra'].filter(flag => flag !== 'tc'), authority: [denial], additional: [denial], edns: { sizeBytes: 1232 } })
  const passed = (version: string, more: object): Reply => only(world(model([scope('eth0', ['10.0.0.1'])], { version }), { '10.0.0.1': script }), question('a.example.', 'A', more)).value
  expect(passed('247', {})).toEqual({ rcode: 'NXDOMAIN', flags: ['rd', 'ra'], answer: [], authority: [], additional: [] })
  expect(passed('248', { edns: { sizeBytes: 512 } })).toEqual({ rcode: 'NXDOMAIN', flags: ['rd', 'ra'], answer: [], authority: [denial], additional: [denial], edns: { sizeBytes: 65_494 } })
})

test('open alias chains are followed sixteen times', () => {
  const chain = (last: number): Script => query => {
    const at = Number(/^n(\d+)\./.exec(query.name)?.[1])
    return at === last ? '10.1.1.1' : `CNAME n${at + 1}.example.`
  }
  const followed = (last: number): { readonly value: Reply } => only(world(model([scope('eth0', ['10.0.0.1'])]), { '10.0.0.1': chain(last) }), question('n0.example.'))
  expect(followed(16).value).toMatchObject({ rcode: 'NOERROR', answer: { length: 17 } })
  expect(followed(17).value).toMatchObject({ rcode: 'SERVFAIL', answer: [], flags: ['rd', 'ra'], cause: { kind: 'loop', detail: 'more than 16 aliases' } })
})

test('a chain is followed from its end on, what is found there stands behind it, and a denied one is not followed', () => {
  const alias = (name: string, data: string): Reply['answer'][number] => ({ name, type: 'CNAME', ttlS: 60, data })
  const two = [alias('b.example.', 'c.example.'), alias('a.example.', 'b.example.')]
  const w = (rcode: Reply['rcode'], behind: string): World => world(model([scope('eth0', ['10.0.0.1'])], { version: '255' }), { '10.0.0.1': query => (query.name === 'a.example.' ? { rcode, answer: two } : behind) })
  const open = w('NOERROR', '10.1.1.1')
  expect([shown(only(open, question('a.example.')).value as unknown as Plain), open.asked.map(line => line.split(' ')[1])]).toEqual(['NOERROR c.example. b.example. 10.1.1.1', ['a.example.', 'c.example.']])
  expect(shown(only(w('NOERROR', 'NXDOMAIN'), question('a.example.')).value as unknown as Plain)).toBe('NXDOMAIN c.example. b.example. (denied)')
  const denied = w('NXDOMAIN', '10.1.1.1')
  expect([shown(only(denied, question('a.example.')).value as unknown as Plain), denied.asked.length]).toEqual(['NXDOMAIN c.example. b.example.', 1])
  for (const type of ['CNAME', 'ANY']) {
    const asked = w('NOERROR', '10.1.1.1')
    expect([only(asked, question('a.example.', type)).value.answer.length, asked.asked.length], type).toEqual([2, 1])
  }
})

test('fallback servers are asked where no link has one, and nowhere else', () => {
  const fallback = { fallbackServers: [said('10.0.0.9')] }
  const servers: Record<string, Script> = { '10.0.0.1': knows, '10.0.0.9': denies }
  expect(outcomes(world(model([scope('eth0', ['10.0.0.1'])], fallback), servers), 'a.example.')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
  expect(outcomes(world(model([scope('eth0', [])], fallback), servers), 'a.example.')).toEqual(['NXDOMAIN (denied) 1 0 ms'])
})

test('where the node does not say its release, it is one of the usual ones', () => {
  const w = world({ node: 'n1', scopes: [scope('eth0', ['10.0.0.1'])], fallbackServers: [], stubListener: true, readEtcHosts: true, hosts: [] }, { '10.0.0.1': denies })
  expect([outcomes(w, '9.0.0.127.in-addr.arpa.', 'PTR'), outcomes(w, 'invalid.')]).toEqual([['NXDOMAIN (denied) 1 0 ms'], ['NXDOMAIN (denied) 1 0 ms']])
})

test('of several scopes none is waited for once one has an answer, and silence of all is two minutes', () => {
  const three = model([scope('eth0', ['10.0.0.1']), scope('eth1', ['10.0.0.2']), scope('eth2', ['10.0.0.3'])])
  expect(outcomes(world(three, { '10.0.0.1': denies, '10.0.0.2': knows, '10.0.0.3': silent }), 'a.example.')).toEqual(['NOERROR 10.1.1.1 1 0 ms'])
  expect(outcomes(world(three, { '10.0.0.1': silent, '10.0.0.2': silent, '10.0.0.3': silent }), 'a.example.')).toEqual(['LOST 1 120000 ms'])
})

test('whose failure is reported is not known, unless all say the same', () => {
  const two = model([scope('eth0', ['10.0.0.1']), scope('eth1', ['10.0.0.2'])], { version: '255' })
  const key = 'resolved n1 scope whose failure is reported'
  expect(outcomes(world(two, { '10.0.0.1': denies, '10.0.0.2': () => 'SERVFAIL' }), 'a.example.')).toEqual([`${key} = eth0: NXDOMAIN (denied) 1 0 ms`, `${key} = eth1: SERVFAIL 1 0 ms`])
  expect(outcomes(world(two, { '10.0.0.1': () => 'SERVFAIL', '10.0.0.2': () => 'SERVFAIL' }), 'a.example.')).toEqual(['SERVFAIL 1 0 ms'])
  expect(outcomes(world(two, { '10.0.0.1': denies, '10.0.0.2': silent }), 'a.example.')).toEqual([`${key} = eth0: NXDOMAIN (denied) 1 120000 ms`, `${key} = eth1: LOST 1 120000 ms`])
})

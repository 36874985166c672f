// The cache and the transactions of one scope of systemd-resolved, at the edges of their numbers: resolved-dns-cache.c and
// resolved-dns-transaction.c, v247 to v257.
import { describe, expect, test } from 'vitest'
import { LOST, sleep, type Chain, type Hop, type Plain } from '../chain/effects.ts'
import type { ResolvedModel } from '../chain/model.ts'
import type { Reply, ResourceRecord } from '../dns/message.ts'
import { explore } from '../drivers/explore.ts'
import { simulate } from '../drivers/simulate.ts'
import { model, question, scope, shown, stub, world, type Script, type World } from '../../test/support/one-resolved.ts'
import { resolvedHops } from './systemd-resolved.ts'

const record = (name: string, type: string, data: string, ttlS = 600): ResourceRecord => ({ name, type, ttlS, data })
const SOA = record('corp.example.', 'SOA', 'ns. h. 1 2 3 4 60', 300)
const NAME = 'a.corp.example.'

interface Seen { readonly replies: readonly Reply[]; readonly texts: readonly string[]; readonly asked: readonly string[]; readonly flows: readonly string[]; readonly ms: readonly number[] }

/** One server, or two of which the first is current; lookups at these seconds. */
function seen(script: Script | readonly [Script, Script], lookups: readonly (readonly [atS: number, name?: string, type?: string])[], more: Partial<ResolvedModel> = {}, sized = false): Seen {
  const scripts = typeof script === 'function' ? [script] : script
  const servers = Object.fromEntries(scripts.map((one, i) => [`10.0.0.${i + 1}`, one]))
  const w: World = world(model([scope('eth0', Object.keys(servers))], { version: '255', ...more }), servers, sized)
  const schedule = lookups.map(([atS, name = NAME, type = 'A']) => ({ atMs: atS * 1000, ask: { hop: stub, query: question(name, type) } }))
  const ended = [...simulate(w.chain, schedule, { seed: 1, world: new Map([['resolved n1 eth0 current server', '10.0.0.1']]) })].sort((a, b) => a.index - b.index)
  const replies = ended.map(one => one.value as unknown as Reply)
  return { replies, texts: ended.map(one => shown(one.value)), asked: w.asked, flows: w.flows, ms: ended.map(one => one.elapsedMs) }
}
const askedFor = (script: Script, at: readonly (number | readonly [number, string?, string?])[], more: Partial<ResolvedModel> = {}): number =>
  seen(script, at.map(one => (typeof one === 'number' ? [one] : one)), more).asked.length

describe('the cache of a scope', () => {
  const answer = (...answers: readonly ResourceRecord[]): Script => () => ({ answer: answers })

  test('holds an answer as long as its shortest record, two hours at most, and counts all records down from there', () => {
    const two = answer(record(NAME, 'A', '10.1.1.1', 600), record(NAME, 'A', '10.1.1.2', 300))
    expect([askedFor(two, [0, 299.9]), askedFor(two, [0, 300.1])]).toEqual([1, 2])
    expect(seen(two, [[0], [100]]).replies[1]?.answer.map(one => one.ttlS)).toEqual([200, 200])
    const long = answer(record(NAME, 'A', '10.1.1.1', 86_400))
    expect([askedFor(long, [0, 7199]), askedFor(long, [0, 7201])]).toEqual([1, 2])
    expect(seen(long, [[0], [200]]).replies.map(reply => reply.answer[0]?.ttlS)).toEqual([86_400, 7000])
    expect(askedFor(answer(record(NAME, 'A', '10.1.1.1', 0)), [0, 0.5])).toBe(2)
  })

  test('holds a denial by the least of the SOA’s lifetime, its minimum and the records of the answer', () => {
    const denial = (soa: ResourceRecord, ...answers: readonly ResourceRecord[]): Script => () => ({ rcode: 'NXDOMAIN', authority: [record('corp.example.', 'NS', 'ns.'), soa], answer: answers })
    const held = (script: Script): boolean[] => [20, 40, 61, 301].map(atS => askedFor(script, [0, atS], { version: '255' }) === 1)
    expect(held(denial(SOA))).toEqual([true, true, false, false])
    expect(held(denial({ ...SOA, data: 'ns. h. 1 2 3 4 900' }))).toEqual([true, true, true, false])
    expect(held(denial(SOA, record(NAME, 'CNAME', 'gone.corp.example.', 30)))).toEqual([true, false, false, false])
    expect(held(denial({ ...SOA, name: 'other.example.' }))).toEqual([false, false, false, false])
    expect(held(denial({ ...SOA, data: 'ns. h.' }))).toEqual([false, false, false, false])
    expect(held(() => ({ rcode: 'NXDOMAIN' }))).toEqual([false, false, false, false])
  })

  test('holds NODATA for the one type, and NXDOMAIN for all types at once', () => {
    const nodata: Script = () => ({ authority: [SOA] })
    expect([askedFor(nodata, [0, 59]), askedFor(nodata, [0, 61]), askedFor(nodata, [0, [1, NAME, 'AAAA']])]).toEqual([1, 2, 2])
    expect(askedFor(() => ({ rcode: 'NXDOMAIN', authority: [SOA] }), [0, [1, NAME, 'AAAA']])).toBe(1)
    expect(askedFor(answer(record(NAME, 'A', '10.1.1.1')), [0, [0, NAME, 'TXT']])).toBe(2)
  })

  test('shows records of the authority that ran out meanwhile with one second', () => {
    const script: Script = () => ({ rcode: 'NXDOMAIN', authority: [{ ...SOA, data: 'ns. h. 1 2 3 4 300' }, record('corp.example.', 'NS', 'ns.', 10)] })
    expect(seen(script, [[0], [30]]).replies[1]?.authority.map(one => one.ttlS)).toEqual([270, 1])
  })

  test('holds SERVFAIL for ten seconds, before 247 for thirty, and no other failure', () => {
    const rounds = (version: string, atS: number): boolean => {
      const once = askedFor(() => 'SERVFAIL', [0], { version })
      return askedFor(() => 'SERVFAIL', [0, atS], { version }) === once
    }
    expect([rounds('252', 9.9), rounds('252', 10.1), rounds('247', 10.1), rounds('246', 29.9), rounds('246', 30.1)]).toEqual([true, false, false, true, false])
    const odd: Script = () => ({ rcode: 'REFUSED', authority: [SOA] })
    expect(askedFor(odd, [0, 1])).toBe(2)
  })

  test('keeps the records of an alias chain apart, all of a name together, for the lifetime of the whole', () => {
    const chain = answer(record(NAME, 'CNAME', 'b.corp.example.', 600), record('b.corp.example.', 'A', '10.1.1.1', 300), record('b.corp.example.', 'A', '10.1.1.2', 300))
    expect(seen(chain, [[0], [299, 'b.corp.example.']])).toMatchObject({ texts: ['NOERROR b.corp.example. 10.1.1.1 10.1.1.2', 'NOERROR 10.1.1.1 10.1.1.2'], asked: { length: 1 } })
    expect(askedFor(chain, [0, [301, 'b.corp.example.']])).toBe(2)
    // The alias holds for all types of its name, and the rest of the chain is then asked for.
    const types: Script = query => (query.type === 'A' ? { answer: [record(NAME, 'CNAME', 'b.corp.example.'), record('b.corp.example.', 'A', '10.1.1.1')] } : { answer: [record(query.name, query.type, 'x')] })
    expect(seen(types, [[0], [1, NAME, 'TXT']]).asked.map(line => line.split(' ').slice(1, 3).join(' '))).toEqual([`${NAME} A`, 'b.corp.example. TXT'])
    expect(seen(types, [[0], [1, NAME, 'CNAME']]).asked.length).toBe(1)
  })

  test('keeps nothing apart of a failure, of an answer that may not be kept, and of one without lifetime', () => {
    const apart = (rcode: Reply['rcode'], ttlS: number, more: Partial<ResolvedModel> = {}): number =>
      askedFor(query => ({ rcode: query.name === NAME ? rcode : 'NOERROR', authority: [SOA], answer: query.name === NAME ? [record(NAME, 'CNAME', 'b.corp.example.', ttlS), record('b.corp.example.', 'A', '10.1.1.1', ttlS)] : [record(query.name, 'A', '10.2.2.2')] }),
        [0, [0, 'b.corp.example.']], more)
    expect([apart('NOERROR', 600), apart('NXDOMAIN', 600), apart('NOERROR', 0), apart('NOERROR', 600, { cache: 'no' })]).toEqual([1, 2, 2, 2])
    const w = world(model([scope('eth0', ['127.0.0.1'])], { version: '255' }), { '127.0.0.1': answer(record(NAME, 'CNAME', 'b.corp.example.'), record('b.corp.example.', 'A', '10.1.1.1')) })
    expect([...simulate(w.chain, [NAME, 'b.corp.example.'].map(name => ({ atMs: 0, ask: { hop: stub, query: question(name) } })), { seed: 1 })].length).toBe(2)
    expect(w.asked.length).toBe(2)
  })

  test('that was filled before holds what the servers answer to this very question, and never silence', () => {
    const any = (script: Script): readonly string[] => {
      const w = world(model([scope('eth0', ['10.0.0.1'])], { version: '255' }), { '10.0.0.1': script })
      return [...new Set(explore(w.chain, { hop: stub, query: question(NAME) }, { start: 'any' }).outcomes.map(one => shown(one.value)))]
    }
    expect(any(query => (query.name === NAME && query.type === 'A' ? '10.1.1.1' : 'SERVFAIL'))).toEqual(['NOERROR 10.1.1.1'])
    expect(any(() => LOST)).toEqual(['LOST'])
    const slow: Hop = function* () {
      yield* sleep(7)
      return { rcode: 'NOERROR', flags: ['ra'], answer: [record(NAME, 'A', '10.1.1.1')], authority: [], additional: [] } as unknown as Plain
    }
    const chain: Chain = new Map([...resolvedHops(model([scope('eth0', ['10.0.0.1'])], { version: '255' }), () => 'server'), ['server', slow]])
    expect([...new Set(explore(chain, { hop: stub, query: question(NAME) }, { start: 'any' }).outcomes.map(one => one.elapsedMs))].sort()).toEqual([0, 7])
  })
})

describe('a transaction', () => {
  const count = (version: string, word: string): number => askedFor(() => word, [0], { version })
  const attempts = (flows: readonly string[]): string => flows.map(flow => flow.split(' ').slice(-2).join(' ')).join(', ')

  test('asks again without EDNS after NXDOMAIN from 248 to 253', () => {
    expect(['247', '248', '253', '254'].map(version => count(version, 'NXDOMAIN'))).toEqual([1, 2, 2, 1])
  })

  test('asks once more with EDNS after SERVFAIL since 250, and without it after each failure', () => {
    expect(['248', '249', '250', '257'].map(version => count(version, 'SERVFAIL'))).toEqual([2, 2, 3, 3])
    for (const word of ['FORMERR', 'NOTIMP']) expect(['248', '250'].map(version => count(version, word)), word).toEqual([2, 2])
    const mixed = seen((_, nth) => ['SERVFAIL', 'NXDOMAIN', 'SERVFAIL'][nth - 1] ?? '10.1.1.1', [[0]], { version: '252' })
    expect([mixed.asked.map(line => line.includes('edns')), mixed.texts]).toEqual([[true, true, false], ['SERVFAIL']])
    expect(attempts(mixed.flows)).toBe('1 udp, 2 udp, 3 udp')
  })

  test('goes to the next server after failures, with all that it may try there', () => {
    const both = seen([() => 'SERVFAIL', () => 'SERVFAIL'], [[0]], { version: '252' })
    expect([both.asked.map(line => line.slice(0, 8)), both.asked.map(line => line.includes('edns'))]).toEqual([
      ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.2', '10.0.0.2'], [true, true, false, true, true, false],
    ])
    expect(attempts(both.flows)).toBe('1 udp, 2 udp, 3 udp, 4 udp, 5 udp, 6 udp')
  })

  test('of refusals ends when each server was asked since 248, and before when the attempts are over', () => {
    const refused = (version: string): readonly [string, number, number] => {
      const { texts, asked, ms } = seen([() => 'REFUSED', () => 'REFUSED'], [[0]], { version })
      return [texts[0] as string, asked.length, ms[0] as number]
    }
    expect(['247', '248', '257'].map(refused)).toEqual([['LOST', 24, 0], ['REFUSED', 2, 0], ['REFUSED', 2, 0]])
    expect(seen(() => 'REFUSED', [[0]], { version: '248' }).asked.length).toBe(1)
  })

  test('counts a server that was silent as one that was asked', () => {
    expect(seen([() => LOST, () => 'REFUSED'], [[0]])).toMatchObject({ texts: ['REFUSED'], asked: { length: 2 }, ms: [5000] })
    expect(seen(() => LOST, [[0]])).toMatchObject({ texts: ['LOST'], asked: { length: 24 }, ms: [120_000] })
    expect(seen([() => LOST, (_, nth) => (nth === 1 ? LOST : 'SERVFAIL')], [[0]]).asked.slice(-3).every(line => line.startsWith('10.0.0.2'))).toBe(true)
  })

  test('takes the whole reply by TCP, and the next server when none comes', () => {
    const cut: Script = query => (query.transport === 'udp' ? { flags: ['tc'] } : LOST)
    expect(seen([cut, () => '10.1.1.1'], [[0]])).toMatchObject({ texts: ['NOERROR 10.1.1.1'], ms: [5000] })
    const refused: Script = query => (query.transport === 'udp' ? { flags: ['tc'] } : 'PORT_UNREACHABLE')
    expect(seen([refused, () => '10.1.1.1'], [[0]])).toMatchObject({ texts: ['NOERROR 10.1.1.1'], ms: [0] })
    expect(attempts(seen([refused, () => '10.1.1.1'], [[0]]).flows)).toBe('1 udp, 1 tcp, 2 udp')
  })

  test('offers 512 bytes before 248 and what a link of 1500 holds since', () => {
    expect(['247', '248', '257'].map(version => seen(() => '10.1.1.1', [[0]], { version }, true).asked)).toEqual([512, 1472, 1472].map(size => [`10.0.0.1 ${NAME} A edns ${size}`]))
  })

  test('that comes back to this very resolver waits until all attempts are over', () => {
    const back: Hop = function* (query) { return yield* resolvedAgain(query) }
    function* resolvedAgain(query: Plain): ReturnType<Hop> { return (yield { op: 'call', ask: { hop: stub, query } }) as Plain }
    const chain: Chain = new Map([...resolvedHops(model([scope('eth0', ['10.96.0.10'])]), () => 'coredns'), ['coredns', back]])
    const [only] = explore(chain, { hop: stub, query: question('a.example.') }, { start: 'cold' }).outcomes
    expect([shown(only?.value ?? null), only?.elapsedMs]).toEqual(['LOOP', 120_000])
  })
})

test('a server is reached at its address and port, without interface and name', () => {
  const reached: string[] = []
  const hop: Hop = function* () { return LOST }
  for (const server of ['10.0.0.1', '10.0.0.1:5353', '10.0.0.1:5353%eth0#dns.example', '10.0.0.1#dns.example', '2001:db8::1', '[2001:db8::1]:5353', '[2001:db8::1]:5353%eth0', 'fe80::1%eth0']) {
    const chain: Chain = new Map([...resolvedHops(model([scope('eth0', [server])]), (address, port) => {
      reached.push(`${address} ${port}`)
      return 'server'
    }), ['server', hop]])
    explore(chain, { hop: stub, query: question('a.example.') }, { start: 'cold' })
  }
  expect([...new Set(reached)]).toEqual(['10.0.0.1 53', '10.0.0.1 5353', '2001:db8::1 53', '2001:db8::1 5353', 'fe80::1 53'])
})

test('which server is current is asked with the line of the first one, and of each', () => {
  const w = world(model([scope('eth0', ['10.0.0.1', '10.0.0.2'])]), { '10.0.0.1': () => '10.1.1.1', '10.0.0.2': () => '10.1.1.2' })
  const { sites } = explore(w.chain, { hop: stub, query: question(NAME) }, { start: 'cold' })
  expect((sites ?? []).map(site => [site.at, site.source?.text, site.options.map(option => option.source?.text)])).toEqual([
    ['resolved n1 eth0 current server', '10.0.0.1', ['10.0.0.1', '10.0.0.2']],
  ])
})

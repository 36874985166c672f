// What no recorded row tells of glibc: when a new socket is opened (a Service draws anew for it), what a reply that comes late still does, a TCP
// that stays silent, closed ports in the middle of a search. After resolv/res_send.c and res_query.c.
import { describe, expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../chain/effects.ts'
import type { StubModel } from '../chain/model.ts'
import { formatRational } from '../chain/rational.ts'
import { lineSource } from '../chain/source.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { explore } from '../drivers/explore.ts'
import { lookedUp, type Ended, type Lookup, type Script } from '../../test/support/one-stub.ts'
import { stubHops } from './stub.ts'

const [A, B, C] = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
const ONE = `nameserver ${A}\n`
const TWO = `${ONE}nameserver ${B}\n`
const LIST = 'search x y\n'

const asked = (more: Partial<Lookup>): Ended => lookedUp({ kind: 'glibc', version: '2.36', conf: ONE, name: 'a.corp', servers: { [A]: 'NX' }, ...more })
const said = ({ result, ms }: Ended): string => [result.code, ...result.addresses, ms].join(' ')
const byType = (v4: string, v6: string): Script => q => (q.type === 'A' ? v4 : v6)
const of = (name: string, script: Script, otherwise = 'NX'): Script => (q, nth) => (q.name !== name ? otherwise : typeof script === 'string' ? script : script(q, nth))
/** Server and number of its socket, `tcp` or the type where the socket is one of its own. */
const sockets = (more: Partial<Lookup>): string => asked(more).flows.map(flow => flow.split('|').at(-1)).join(', ')

describe('glibc opens a new socket', () => {
  const three = `${ONE}options attempts:3\n`

  test('after a bad reply to a single question, and none after bad replies to a pair', () => {
    expect(sockets({ conf: three, family: 'inet', servers: { [A]: 'SERVFAIL' } })).toBe('0 0, 0 1, 0 2')
    expect(sockets({ conf: three, servers: { [A]: 'SERVFAIL' } })).toBe('0 0, 0 0, 0 0, 0 0, 0 0, 0 0')
    expect(sockets({ conf: `${three}options strict-error\n`, version: '2.41', servers: { [A]: byType('SERVFAIL', 'NODATA') } })).toBe('0 0, 0 0, 0 1, 0 1, 0 2, 0 2')
  })

  test('after a bad reply to the first of two single requests since 2.41', () => {
    const single = { conf: `${ONE}options single-request attempts:2\n`, servers: { [A]: 'SERVFAIL' } }
    expect(['2.36', '2.40', '2.41'].map(version => sockets({ ...single, version }))).toEqual(['0 0, 0 0', '0 0, 0 0', '0 0, 0 1'])
  })

  test('after a closed port', () => {
    expect(sockets({ conf: three, family: 'inet', servers: { [A]: (_, nth) => (nth < 3 ? 'CLOSED' : 'NX') } })).toBe('0 0, 0 1, 0 2')
    expect(sockets({ conf: three, servers: { [A]: (_, nth) => (nth < 3 ? 'CLOSED' : 'NX') } })).toBe('0 0, 0 0, 0 1, 0 1')
  })

  test('no one after silence, so that the next server has one and the first keeps its own', () => {
    expect(sockets({ conf: `${TWO}options timeout:1\n`, family: 'inet', servers: { [A]: 'DROP', [B]: 'DROP' } })).toBe('0 0, 1 0, 0 0, 1 0')
  })

  test('for TCP, anew for each server', () => {
    expect(sockets({ conf: TWO, servers: { [A]: q => (q.transport === 'udp' ? 'TC' : 'CLOSED'), [B]: 'NX' } })).toBe('0 0, 0 0, 0 tcp 1, 0 tcp 1, 1 tcp 2, 1 tcp 2')
  })

  test('for the second question with single-request-reopen, and for the pair when half of it was missing twice', () => {
    const half = { [A]: byType('ADDR 10.1.1.1', 'DROP') }
    expect(sockets({ conf: `${ONE}options attempts:1\n`, servers: half })).toBe('0 0, 0 0, 0 0, 0 0, 0 1, 0 1 AAAA')
    expect(sockets({ conf: `${ONE}options single-request\n`, servers: half })).toBe('0 0, 0 0, 0 1, 0 1 AAAA')
    expect(sockets({ conf: `${ONE}options single-request-reopen\n`, servers: half })).toBe('0 0, 0 0 AAAA')
  })
})

test('a lookup of AF_INET alone whose last question was answered, by TCP with SERVFAIL, has no such name', () => {
  const vc = { conf: `${ONE}options use-vc\n`, name: 'a', servers: { [A]: 'SERVFAIL' } }
  expect((['inet', 'inet6'] as const).map(family => asked({ ...vc, family }).result.code)).toEqual(['EAI_NONAME', 'EAI_AGAIN'])
  expect(asked({ ...vc, conf: ONE, family: 'inet' }).result.code).toBe('EAI_AGAIN')
})

describe('with no-aaaa a lookup for IPv6 alone', () => {
  const end = (options: string, server: Script): string => {
    const { result, candidates } = asked({ conf: `${ONE}${options}\noptions no-aaaa attempts:1 timeout:1\n`, name: 'host', family: 'inet6', servers: { [A]: server } })
    return [result.code, ...candidates].join(' ')
  }

  test('says that there is no address where nothing was heard at all, as glibc 2.36 itself does', () => {
    expect([end('', 'DROP'), end('', 'CLOSED'), end('options use-vc', 'CLOSED')]).toEqual(Array.from({ length: 3 }, () => 'EAI_NODATA host. NO_DATA'))
    expect([end('', 'SERVFAIL'), end('', q => (q.transport === 'udp' ? 'TC' : 'CLOSED'))]).toEqual(['EAI_AGAIN host. TRY_AGAIN', 'EAI_AGAIN host. TRY_AGAIN'])
  })

  test('gives up its search at a closed port all the same', () => {
    expect(end('search x y', 'CLOSED')).toBe('EAI_AGAIN host.x. NO_DATA')
  })
})

describe('a reply that comes while another server is asked', () => {
  const late = (ms: number): Script => (_, nth) => (nth === 1 ? `DELAY ${ms} ADDR 10.1.1.1` : 'DROP')
  const silent = { [B]: 'DROP', [C]: 'DROP' }

  test('is read when its own server is asked again', () => {
    expect(said(asked({ conf: `${TWO}options timeout:1\n`, family: 'inet', servers: { ...silent, [A]: late(1500) } }))).toBe('OK 10.1.1.1 2000')
    expect(said(asked({ conf: `${TWO}nameserver ${C}\noptions timeout:1\n`, family: 'inet', servers: { ...silent, [A]: late(1500) } }))).toBe('OK 10.1.1.1 3000')
    expect(said(asked({ conf: `${TWO}options timeout:1 attempts:1\n`, family: 'inet', servers: { ...silent, [A]: late(1500) } }))).toBe('EAI_AGAIN 2000')
  })

  test('counts as half of a pair whose other half comes in time', () => {
    const servers = { ...silent, [A]: ((q, nth) => (nth > 2 ? 'DROP' : q.type === 'A' ? 'DELAY 1500 ADDR 10.1.1.1' : 'DELAY 2300 NODATA')) as Script }
    expect(said(asked({ conf: `${TWO}options timeout:1\n`, servers }))).toBe('OK 10.1.1.1 2300')
  })

  test('is gone when the sockets were closed meanwhile', () => {
    expect(said(asked({ conf: `${TWO}options timeout:1\n`, family: 'inet', servers: { [A]: late(1500), [B]: 'DELAY 700 SERVFAIL' } }))).toBe('EAI_AGAIN 3400')
  })

  test('is passed over when it answers a question that was answered already', () => {
    const servers = { [A]: ((q, nth) => (q.type === 'A' ? (nth === 1 ? 'DELAY 2500 ADDR 10.1.1.1' : 'DELAY 700 SERVFAIL') : nth === 2 ? 'DROP' : 'DELAY 1000 NODATA')) as Script }
    expect(said(asked({ conf: `${ONE}options timeout:2\n`, servers }))).toBe('OK 10.1.1.1 3000')
  })

  test('leaves the whole time for the second of two single requests', () => {
    const servers = { ...silent, [A]: ((q, nth) => (nth === 1 ? 'DELAY 1500 ADDR 10.1.1.1' : q.type === 'AAAA' && nth > 4 ? 'NODATA' : 'DROP')) as Script }
    expect(asked({ conf: `${TWO}options timeout:1 single-request\n`, servers }).asked.slice(2, 5)).toEqual([`2000 ${A} a.corp. A`, `2000 ${A} a.corp. AAAA`, `3000 ${A} a.corp. A`])
  })

  test('of another server takes nothing off the time of two single requests', () => {
    const servers = { [A]: late(2500), [B]: byType('DELAY 1000 ADDR 10.1.1.2', 'DROP') }
    expect(asked({ conf: `${TWO}options timeout:2 single-request\n`, servers }).asked.slice(1, 4)).toEqual([`2000 ${B} a.corp. A`, `3000 ${B} a.corp. AAAA`, `4000 ${B} a.corp. A`])
  })
})

describe('TCP of glibc', () => {
  const vc = (options = ''): string => `${TWO}options use-vc ${options}\n`

  test('waits 127 s for each server that takes no connection, once whatever the attempts are', () => {
    const silent = asked({ conf: vc('attempts:3'), servers: { [A]: 'DROP', [B]: 'DROP' } })
    expect([said(silent), silent.result.cause?.kind]).toEqual(['EAI_AGAIN 254000', 'lost'])
    expect(asked({ conf: vc('attempts:0'), servers: { [A]: 'DROP' } }).asked).toEqual([])
  })

  test('takes nothing of a pair that is not whole', () => {
    expect(said(asked({ conf: vc(), servers: { [A]: byType('ADDR 10.1.1.1', 'DROP'), [B]: byType('ADDR 10.1.1.2', 'NODATA') } }))).toBe('OK 10.1.1.2 127000')
  })

  test('that is refused everywhere ends the search, as ECONNREFUSED does', () => {
    const closed = asked({ name: 'a', conf: `${vc()}${LIST}`, servers: {} })
    expect([said(closed), closed.candidates, closed.result.cause]).toEqual(['EAI_AGAIN 0', ['a.x. TRY_AGAIN'], { kind: 'refused', by: 'closed', detail: 'nobody listens' }])
    expect(asked({ name: 'a', conf: `${vc()}${LIST}`, servers: { [A]: of('a.x.', 'CLOSED'), [B]: of('a.x.', 'DROP') } }).candidates).toEqual(['a.x. TRY_AGAIN', 'a. HOST_NOT_FOUND'])
  })

  test('after TC is tried with the servers of this round that are left', () => {
    const cut: Script = q => (q.transport === 'udp' ? 'TC' : 'CLOSED')
    const tcp = (servers: Lookup['servers']): string => asked({ conf: `${TWO}options timeout:1 attempts:3\n`, family: 'inet', servers }).flows.map(flow => flow.split('|').at(-1)).join(', ')
    expect(tcp({ [A]: cut, [B]: cut })).toBe('0 0, 0 tcp 1, 1 tcp 2')
    expect(tcp({ [A]: 'DROP', [B]: cut })).toBe('0 0, 1 0, 1 tcp 1')
    expect(tcp({ [A]: (q, nth) => (nth === 1 ? 'DROP' : q.transport === 'udp' ? 'TC' : 'CLOSED'), [B]: (_, nth) => (nth === 1 ? 'DROP' : 'NX') })).toBe('0 0, 1 0, 0 0, 0 tcp 1, 1 tcp 2')
  })

  test('takes SERVFAIL for an answer; the search remembers it if it was the first of the two', () => {
    const ends = (script: Script): [string, ...string[]] => {
      const ended = asked({ name: 'a', conf: `${vc()}${LIST}`, servers: { [A]: of('a.x.', script) } })
      return [ended.result.code, ...ended.candidates]
    }
    expect(ends(byType('SERVFAIL', 'NODATA'))).toEqual(['EAI_AGAIN', 'a.x. TRY_AGAIN', 'a.y. HOST_NOT_FOUND', 'a. HOST_NOT_FOUND'])
    expect(ends(byType('NODATA', 'SERVFAIL'))).toEqual(['EAI_NONAME', 'a.x. TRY_AGAIN', 'a. HOST_NOT_FOUND'])
    expect(ends('FORMERR')).toEqual(['EAI_NONAME', 'a.x. NO_RECOVERY', 'a. HOST_NOT_FOUND'])
  })
})

describe('a search of glibc', () => {
  const search = (options: string, script: Script, more: Partial<Lookup> = {}): Ended => asked({ name: 'a', conf: `${ONE}${LIST}options attempts:1 ${options}\n`, servers: { [A]: script }, ...more })

  test('ends at a closed port, whatever the names behind it have', () => {
    const closed = search('', of('a.x.', 'CLOSED', 'ADDR 10.1.1.1'))
    expect([said(closed), closed.candidates, closed.asked.length]).toEqual(['EAI_AGAIN 0', ['a.x. TRY_AGAIN'], 2])
    const single = search('single-request', of('a.x.', 'CLOSED'))
    expect([single.candidates, single.asked.length, single.ms]).toEqual([['a.x. TRY_AGAIN'], 1, 0])
  })

  test('goes on when the port was closed after something had been heard', () => {
    expect(search('single-request', of('a.x.', byType('ADDR 10.1.1.1', 'CLOSED'))).candidates).toEqual(['a.x. TRY_AGAIN', 'a. HOST_NOT_FOUND'])
    expect(search('', of('a.x.', byType('SERVFAIL', 'CLOSED'))).candidates).toEqual(['a.x. TRY_AGAIN', 'a.y. HOST_NOT_FOUND', 'a. HOST_NOT_FOUND'])
  })

  test('goes on after silence of one server and a closed port of another, and asks the bare name alone', () => {
    const both = asked({ name: 'a', conf: `${TWO}${LIST}options attempts:1 timeout:1\n`, servers: { [A]: of('a.x.', 'CLOSED'), [B]: of('a.x.', 'DROP') } })
    expect(both.candidates).toEqual(['a.x. TRY_AGAIN', 'a. HOST_NOT_FOUND'])
  })

  test('of two failures the first that came decides, unless it is a NODATA', () => {
    const ends = (v4: string, v6: string): string => asked({ servers: { [A]: byType(v4, v6) } }).candidates.join().replace('a.corp. ', '')
    expect(ends('NX', 'FORMERR')).toBe('HOST_NOT_FOUND')
    expect(ends('DELAY 5 NX', 'FORMERR')).toBe('NO_RECOVERY')
    expect(ends('NODATA', 'FORMERR')).toBe('NO_RECOVERY')
    expect(ends('FORMERR', 'NODATA')).toBe('NO_RECOVERY')
    expect(ends('NODATA', 'NX')).toBe('HOST_NOT_FOUND')
  })

  test('of two equal failures the cause is that of A', () => {
    const slow = asked({ servers: { [A]: byType('DELAY 20 NX', 'NX') } })
    expect([said(slow), slow.result.cause]).toEqual(['EAI_NONAME 20', { kind: 'denied', by: A, detail: 'NXDOMAIN' }])
    const cause = (type: string): Plain => ({ rcode: 'NXDOMAIN', flags: ['ra'], answer: [], authority: [], additional: [], cause: { kind: 'denied', by: `for ${type}` } })
    const hop: Hop = function* (query) { return cause((query as { type: string }).type) }
    const model: StubModel = { place: 'p', node: 'n', kind: 'glibc', version: '2.36', certainty: 'confirmed', resolvConf: readResolvConf('f', ONE).value, hosts: [] }
    const { outcomes } = explore(new Map([[A, hop], ...stubHops(model, address => address)]), { hop: 'stub p', query: { name: 'a.corp', family: 'unspec' } }, { start: 'cold' })
    expect([...new Set(outcomes.map(({ value }) => (value as { cause: { by: string } }).cause.by))]).toEqual(['for A'])
  })

  test('a bad reply to the first of two single requests used up the time before 2.36', () => {
    const single = (version: string): Ended => search('single-request timeout:2', byType('DELAY 300 SERVFAIL', 'NODATA'), { version, name: 'a.corp' })
    expect(['2.31', '2.35', '2.36'].map(version => single(version).ms)).toEqual([6000, 6000, 900])
  })

  test('a loop is no reply: the time is waited out', () => {
    expect(said(asked({ conf: `${ONE}options timeout:1 attempts:1\n`, servers: { [A]: 'LOOP' } }))).toBe('EAI_AGAIN 1000')
  })

  test('the root on the list stands for the bare name, up to where the list was left', () => {
    const names = (list: string): readonly string[] => asked({ name: 'a', conf: `${ONE}search ${list}\noptions attempts:1\n`, servers: { [A]: of('a.x.', 'FORMERR') } }).candidates
    expect(names('. x')).toEqual(['a. HOST_NOT_FOUND', 'a.x. NO_RECOVERY'])
    expect(names('x .')).toEqual(['a.x. NO_RECOVERY', 'a. HOST_NOT_FOUND'])
  })

  test('no-tld-query keeps a name without a dot from being asked bare, if there is a list', () => {
    const names = (name: string, list: string): string[] => asked({ name, conf: `${ONE}${list}options no-tld-query ndots:3\n` }).candidates.map(one => one.replace(' HOST_NOT_FOUND', ''))
    expect(names('a', LIST)).toEqual(['a.x.', 'a.y.'])
    expect(names('a.b', LIST)).toEqual(['a.b.x.', 'a.b.y.', 'a.b.'])
    expect(names('a', '')).toEqual(['a.'])
  })
})

describe('rotate of glibc', () => {
  const explored = (conf: string) => {
    const model: StubModel = { place: 'p', node: 'n', kind: 'glibc', version: '2.36', certainty: 'confirmed', resolvConf: readResolvConf('f', conf).value, hosts: [] }
    const reply = (data: string): Hop => function* () { return data === '' ? LOST : { rcode: 'NOERROR', flags: ['ra'], answer: [{ name: 'a.corp.', type: 'A', ttlS: 1, data }], authority: [], additional: [] } }
    const chain = new Map<string, Hop>([[A, reply('10.1.1.1')], [B, reply('10.1.1.2')], ...stubHops(model, address => address)])
    return explore(chain, { hop: 'stub p', query: { name: 'a.corp', family: 'inet' } }, { start: 'cold' })
  }

  test('begins with either of two servers at even odds, and says which words make it so', () => {
    const { outcomes, sites } = explored(`${TWO}options rotate\n`)
    expect(outcomes.map(({ value, odds }) => `${String((value as { addresses: readonly string[] }).addresses[0])} ${formatRational(odds)}`).sort()).toEqual(['10.1.1.1 1/2', '10.1.1.2 1/2'])
    expect((sites ?? []).map(site => [site.at, site.source?.text, site.options.map(option => option.source?.text)])).toEqual([['stub p rotate', 'rotate', [A, B]]])
  })

  test('is no choice with one server, or without the option', () => {
    expect([explored(`${ONE}options rotate\n`).sites, explored(TWO).sites]).toEqual([[], []])
  })

  test('moves on by one server for each name', () => {
    const conf = `${TWO}nameserver ${C}\n${LIST}options rotate attempts:1\n`
    const servers = { [A]: 'NX', [B]: 'NX', [C]: 'NX' }
    const firsts = new Set(Array.from({ length: 8 }, (_, seed) => asked({ name: 'a', conf, family: 'inet', servers, seed }).asked.map(line => line.split(' ')[1]?.slice(-1)).join('')))
    expect(firsts.size).toBeGreaterThan(1)
    for (const order of firsts) expect(['123', '231', '312']).toContain(order)
  })

  test('goes round the servers from the first on', () => {
    const orders = new Set(Array.from({ length: 8 }, (_, seed) => asked({
      conf: `${TWO}nameserver ${C}\noptions rotate attempts:1 timeout:3\n`, family: 'inet', servers: { [A]: 'DROP', [B]: 'DROP', [C]: 'DROP' }, seed,
    }).asked.map(line => line.split(' ')[1]?.slice(-1)).join('')))
    for (const order of orders) expect(['123', '231', '312']).toContain(order)
  })
})

describe('getaddrinfo of glibc', () => {
  const LONG = `${'l'.repeat(64)}.corp.${'m'.repeat(60)}`

  test('asks nobody since 2.29 for what is no host name, and says so with its beginning', () => {
    const odd = (name: string, version: string): readonly string[] => asked({ name, version, family: 'inet' }).asked
    for (const name of ['a%b.corp', '-a.corp', 'a b.corp']) expect([odd(name, '2.28').length > 0, odd(name, '2.29'), odd(name, '2.31')]).toEqual([true, [], []])
    for (const name of ['a_b.corp', 'a-.corp', '_a.corp']) expect(odd(name, '2.36')).toEqual([`0 ${A} ${name}. A`])
    expect([asked({ name: LONG }).result.cause, asked({ name: LONG, version: '2.28' }).result.cause]).toEqual([
      { kind: 'failed', by: 'glibc', detail: `${LONG.slice(0, 80)} is no host name` }, { kind: 'failed', by: 'glibc', detail: `${LONG.slice(0, 80)} is no domain name` },
    ])
  })

  test('takes a number with a blank and more behind it until 2.28', () => {
    expect(['2.28', '2.29', '2.31'].map(version => said(asked({ name: '10.7.7.7 x', version })))).toEqual(['OK 10.7.7.7 0', 'EAI_NONAME 0', 'EAI_NONAME 0'])
  })

  test('tells that a name has no A record from that it is not there since 2.27, when only A is wanted', () => {
    const ends = (version: string, family: Lookup['family'], script: Script): string => asked({ version, family: family as 'inet', conf: `${ONE}options attempts:1\n`, servers: { [A]: script } }).result.code
    expect(['2.26', '2.27'].map(version => ends(version, 'inet', 'NX'))).toEqual(['EAI_NODATA', 'EAI_NONAME'])
    expect(['2.26', '2.27'].map(version => ends(version, 'inet6', 'NX'))).toEqual(['EAI_NONAME', 'EAI_NONAME'])
    expect(['2.26', '2.27'].map(version => ends(version, 'unspec', 'NX'))).toEqual(['EAI_NONAME', 'EAI_NONAME'])
    expect(['2.26', '2.27'].map(version => ends(version, 'inet', 'NODATA'))).toEqual(['EAI_NODATA', 'EAI_NODATA'])
    expect(['2.26', '2.27'].map(version => ends(version, 'inet', 'SERVFAIL'))).toEqual(['EAI_AGAIN', 'EAI_AGAIN'])
  })

  test('reads several actions behind one service', () => {
    const nss = (action: string) => ['files', action, 'dns'].map(value => ({ value, source: lineSource('nsswitch.conf', 1, value) }))
    const code = (action: string): string => asked({ servers: { [A]: 'ADDR 10.1.1.1' }, family: 'inet', more: { nss: nss(action) } }).result.code
    expect([code('[NOTFOUND=return UNAVAIL=continue]'), code('[UNAVAIL=continue NOTFOUND=return]'), code('[UNAVAIL=return TRYAGAIN=return]')]).toEqual(['EAI_NONAME', 'EAI_NONAME', 'OK'])
  })
})

test('res_query hands out the number of what went wrong', () => {
  const ended = (script: Script): Ended => asked({ api: 'query', conf: `${ONE}options attempts:1 timeout:1\n`, servers: { [A]: script } })
  expect(ended('CNAME b.corp').result).toMatchObject({ code: 'h_errno=0', result: 'nxdomain', says: '' })
  expect(ended('NX').result).toMatchObject({ code: 'h_errno=1', result: 'nxdomain' })
  expect(ended('DROP').result).toMatchObject({ code: 'h_errno=2', result: 'timeout' })
  expect(ended('SERVFAIL').result).toMatchObject({ code: 'h_errno=2', result: 'servfail' })
  expect(ended('CLOSED').result).toMatchObject({ code: 'h_errno=2', result: 'refused' })
  expect(ended('REFUSED').result).toMatchObject({ code: 'h_errno=2', result: 'refused' })
  expect(ended('FORMERR').result).toMatchObject({ code: 'h_errno=3' })
  expect(ended('NODATA').result).toMatchObject({ code: 'h_errno=4', result: 'nodata' })
})

test('once a name of the list is done, its sockets and its cells are forgotten, and no other name’s', () => {
  const model: StubModel = { place: 'p', node: 'n', kind: 'glibc', version: '2.36', certainty: 'confirmed', resolvConf: readResolvConf('f', ONE).value, hosts: [] }
  const exchange = new Map(stubHops(model, address => address)).get('stub p exchange') as Hop
  const forgets = (key: string): boolean => exchange.forgets?.({ name: 'a.x.', step: 0 }, key) === true
  expect(['flow stub p|0 a.x.|0 0 10.96.0.10:53', 'cache coredns a.x. A'].map(forgets)).toEqual([true, true])
  expect(['flow stub p|1 a.x.|0 0', 'flow stub p|0 a.y.|0 0', 'cache coredns a.y. A', 'view 10.0.0.53 a.x. A'].map(forgets)).toEqual([false, false, false, false])
})

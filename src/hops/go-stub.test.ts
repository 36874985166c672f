// What no recorded row tells of Go's resolver: which errors of a pair is told with which cause, names and lists at the edge of their length, TCP, rotate.
// After net/dnsclient_unix.go.
import { describe, expect, test } from 'vitest'
import type { Hop } from '../chain/effects.ts'
import type { StubModel } from '../chain/model.ts'
import type { Cause, Reply } from '../dns/message.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { explore } from '../drivers/explore.ts'
import { lookedUp, type Ended, type Lookup, type Script } from '../../test/support/one-stub.ts'
import { longestMs } from './go-stub-question.ts'
import { goSettings } from './go-stub-settings.ts'
import { stubHops } from './stub.ts'

const [A, B, C] = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
const ONE = `nameserver ${A}\n`
const TWO = `${ONE}nameserver ${B}\n`
const asked = (more: Partial<Lookup>): Ended => lookedUp({ kind: 'go', version: '1.26', conf: ONE, name: 'a.corp', servers: { [A]: 'NX' }, ...more })
const said = ({ result, ms }: Ended): string => [result.code, ...result.addresses, ms].join(' ')
const byType = (v4: string, v6: string): Script => q => (q.type === 'A' ? v4 : v6)
const modelOf = (conf: string): StubModel => ({ place: 'p', node: 'n', kind: 'go', version: '1.26', certainty: 'confirmed', resolvConf: readResolvConf('f', conf).value, hosts: [] })

describe('the error that Go tells', () => {
  test('has the cause of A where both say the same, whichever came first', () => {
    const cause = (type: string): Cause => ({ kind: 'denied', by: `for ${type}` })
    const denials: Script = q => ({ rcode: 'NXDOMAIN', cause: cause(q.type) })
    for (const seed of [1, 2, 3, 4]) expect(asked({ servers: { [A]: denials }, atOnce: true, seed }).result.cause).toEqual(cause('A'))
    expect(asked({ servers: { [A]: denials }, conf: `${ONE}options single-request\n` }).result.cause).toEqual(cause('A'))
    const mixed: Script = q => ({ rcode: q.type === 'A' ? 'SERVFAIL' : 'NXDOMAIN', cause: cause(q.type) })
    expect(asked({ servers: { [A]: mixed }, conf: `${ONE}options single-request attempts:1\n` }).result).toMatchObject({ code: 'no such host', cause: cause('AAAA') })
  })

  test('is that for the name as it was asked, and the first of the list where that cannot be asked', () => {
    const script: Script = q => (q.name === 'a.' ? 'NX' : 'SERVFAIL')
    const list = asked({ name: 'a', conf: `${ONE}search x y\noptions attempts:1\n`, servers: { [A]: script } })
    expect([list.result.code, list.candidates]).toEqual(['no such host', ['a.x. server misbehaving, server misbehaving', 'a.y. server misbehaving, server misbehaving', 'a. no such host, no such host']])
    expect(asked({ servers: { [A]: byType('ADDR 10.1.1.1', 'NX') } }).candidates).toEqual(['a.corp. addresses'])
  })

  test('tells a server that refuses from one that fails', () => {
    const ended = (word: string): Ended['result'] => asked({ conf: `${ONE}options attempts:1\n`, servers: { [A]: word } }).result
    expect(ended('REFUSED')).toMatchObject({ code: 'server misbehaving', result: 'refused' })
    for (const word of ['SERVFAIL', 'FORMERR', 'NOTIMP']) expect(ended(word)).toMatchObject({ code: 'server misbehaving', result: 'servfail' })
    expect(ended('NODATA')).toMatchObject({ code: 'no such host', result: 'nxdomain' })
    expect(ended('LAME')).toMatchObject({ code: 'lame referral', result: 'servfail' })
  })

  test('by TCP names the dialling where the port is closed', () => {
    const ended = (word: string): Ended['result'] => asked({ conf: `${ONE}options attempts:1 use-vc\n`, servers: { [A]: word } }).result
    expect(ended('CLOSED')).toMatchObject({ code: `dial tcp ${A}:53: connect: connection refused`, result: 'refused' })
    expect(ended('DROP')).toMatchObject({ code: `read tcp CLIENT:PORT->${A}:53: i/o timeout`, result: 'timeout' })
  })

  test('is a lame referral also with records behind it before 1.23', () => {
    const lame: Partial<Reply> = { flags: ['rd'], additional: [{ name: 'ns.example.', type: 'A', ttlS: 1, data: '10.1.1.1' }] }
    const edns: Partial<Reply> = { flags: ['rd'], edns: { sizeBytes: 1232 } }
    for (const reply of [lame, edns]) {
      expect(['1.22', '1.23'].map(version => asked({ version, conf: `${ONE}options attempts:1\n`, servers: { [A]: () => reply } }).result.code)).toEqual(['lame referral', 'no such host'])
    }
  })

  test('before 1.20 is that of a name with two final dots, which cannot be written', () => {
    const dots = (version: string): Ended => asked({ version, name: 'a', conf: `${ONE}search .\n` })
    expect(dots('1.19').candidates).toEqual(['a.. cannot marshal DNS message, cannot marshal DNS message', 'a. no such host, no such host'])
    expect(dots('1.20').candidates).toEqual(['a. no such host, no such host'])
  })
})

describe('the names that Go asks for', () => {
  const label = (length: number): string => `${'l'.repeat(61)}.`.repeat(Math.floor((length - 1) / 62)) + 'm'.repeat((length - 1) % 62 + 1)
  const names = (more: Partial<Lookup>): readonly string[] => asked({ family: 'inet', ...more }).asked.map(line => line.split(' ')[2] as string)

  test('are left out when they are longer than 254 characters with their final dot', () => {
    const conf = readResolvConf('f', `${ONE}search x\n`).value
    const [server, list] = conf.lines
    const withDomain = (length: number): StubModel['resolvConf'] => ({ ...conf, lines: [server!, { ...list!, words: [{ ...list!.words[0]!, value: label(length) }] }] })
    expect(names({ name: 'a', more: { resolvConf: withDomain(251) } })).toEqual([`a.${label(251)}.`, 'a.'])
    expect(names({ name: 'a', more: { resolvConf: withDomain(252) } })).toEqual(['a.'])
  })

  test('are none for .onion, alone or behind the list, and then there is no suitable address', () => {
    const onion = asked({ name: 'x.onion', conf: `${ONE}search y\noptions ndots:5\n` })
    expect(names({ name: 'x.onion', conf: `${ONE}search y.onion\n` })).toEqual([])
    expect([said(onion), onion.asked[0]]).toEqual(['no such host 0', `0 ${A} x.onion.y. A edns 1232`])
    expect(asked({ name: 'x.onion', conf: ONE }).result).toEqual({ result: 'error', addresses: [], code: 'no suitable address found', says: 'address x.onion: no suitable address found' })
  })

  test('have letters, digits, hyphens within, and underscores, and something that is no digit', () => {
    for (const odd of ['a%b.corp', '12.34', '-a.corp', 'a-.corp', 'b.-a', 'b.a-', `${'l'.repeat(64)}.corp`, 'a..b', label(254), `${label(254)}.`]) expect(names({ name: odd }), odd).toEqual([])
    for (const good of ['a_b.corp', 'a-b.corp', '12.a', '1-2', '_.corp', label(253)]) expect(names({ name: good }), good).toEqual([`${good}.`])
    expect(names({ name: `${label(253)}.` })).toEqual([`${label(253)}.`])
    expect(names({ name: '.' })).toEqual(['.'])
  })

  test('with a dot go out as they are first, where the file says nothing else', () => {
    expect([names({ name: 'a.b', conf: `${ONE}search x\n` }), names({ name: 'a', conf: `${ONE}search x\n` })]).toEqual([['a.b.', 'a.b.x.'], ['a.x.', 'a.']])
  })
})

describe('rotate of Go', () => {
  const sites = (conf: string) => {
    const hop: Hop = function* () { return { rcode: 'NXDOMAIN', flags: ['ra'], answer: [], authority: [], additional: [] } }
    return (explore(new Map([[A, hop], [B, hop], ...stubHops(modelOf(conf), address => address)]), { hop: 'stub p', query: { name: 'a.corp', family: 'inet' } }, { start: 'cold' }).sites ?? [])
      .map(site => [site.at, site.unknown, site.source?.text, site.options.map(option => option.source?.text)])
  }

  test('begins nobody knows where, if there are two servers and the option', () => {
    expect(sites(`${TWO}options rotate\n`)).toEqual([['stub p rotate', true, 'rotate', [A, B]]])
    expect([sites(`${ONE}options rotate\n`), sites(TWO)]).toEqual([[], []])
  })

  test('moves on by one server for each question', () => {
    const conf = `${TWO}nameserver ${C}\nsearch x\noptions rotate single-request\n`
    const order = (seed: number): string => asked({ name: 'a', conf, servers: { [A]: 'NX', [B]: 'NX', [C]: 'NX' }, seed }).asked.map(line => line.split(' ')[1]?.slice(-1)).join('')
    const seen = new Set(Array.from({ length: 12 }, (_, seed) => order(seed)))
    expect(seen.size).toBeGreaterThan(1)
    for (const one of seen) expect(['1231', '2312', '3123']).toContain(one)
  })

  test('without the option every question begins with the first server', () => {
    const order = asked({ name: 'a', conf: `${TWO}search x\n`, servers: { [A]: 'NX', [B]: 'NX' } }).asked
    expect(order.every(line => line.includes(A))).toBe(true)
    expect(asked({ family: 'inet', conf: TWO, servers: { [A]: 'SERVFAIL', [B]: 'SERVFAIL' } }).asked.map(line => line.split(' ')[1])).toEqual([A, B, A, B])
  })
})

test('a pair of questions is waited for as long as all servers, attempts and both transports can take', () => {
  expect(longestMs(goSettings(readResolvConf('f', `${TWO}options attempts:3 timeout:4\n`).value, '1.26'))).toBe(48_001)
  expect(said(asked({ conf: `${ONE}options attempts:2 timeout:3\n`, servers: { [A]: q => (q.transport === 'udp' ? 'DELAY 2900 TC' : 'DROP') } }))).toBe(`read tcp CLIENT:PORT->${A}:53: i/o timeout 11800`)
})

test('what Go reads of a file names the words it comes from', () => {
  const read = goSettings(readResolvConf('f', 'options ndots:3 debug rotate single-request-reopen inet6\n').value, '1.26')
  expect([...read.optionSources].map(([option, source]) => `${option}: ${source.text}`)).toEqual(['ndots: ndots:3', 'rotate: rotate', 'single-request: single-request-reopen'])
})

test('numbers are addresses of their family', () => {
  const number = (name: string, family: 'unspec' | 'inet' | 'inet6'): string => said(asked({ name, family }))
  expect([number('10.1.1.1', 'unspec'), number('10.1.1.1', 'inet'), number('fd00::1', 'unspec'), number('fd00::1', 'inet6')]).toEqual(['OK 10.1.1.1 0', 'OK 10.1.1.1 0', 'OK fd00::1 0', 'OK fd00::1 0'])
})

test('once a question is done, its sockets and its cells are forgotten, and those of no other', () => {
  const question = new Map(stubHops(modelOf(ONE), address => address)).get('stub p question') as Hop
  const forgets = (key: string): boolean => question.forgets?.({ name: 'a.x.', step: 0, type: 'A', at: 0, turn: 0 }, key) === true
  expect(['flow stub p|0 a.x.|A 0 udp 10.96.0.10:53', 'cache coredns a.x. A'].map(forgets)).toEqual([true, true])
  expect(['flow stub p|1 a.x.|A 0 udp', 'flow stub p|0 a.x.|AAAA 0 udp', 'cache coredns a.x. NS', 'cache coredns a.y. A'].map(forgets)).toEqual([false, false, false, false])
})

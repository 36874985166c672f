// What no recorded row tells of musl: replies of one instant in any order, times within a round, names and lists at the edge of their length, and
// the resolver calls. After src/network/res_msend.c, lookup_name.c and res_query.c.
import { describe, expect, test } from 'vitest'
import type { Hop } from '../chain/effects.ts'
import type { HostsLine, StubModel } from '../chain/model.ts'
import { lineSource } from '../chain/source.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { lookedUp, type Ended, type Lookup, type Script } from '../../test/support/one-stub.ts'
import { stubHops } from './stub.ts'

const [A, B, C] = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
const ONE = `nameserver ${A}\n`
const TWO = `${ONE}nameserver ${B}\n`
const THREE = `${TWO}nameserver ${C}\n`

const asked = (more: Partial<Lookup>): Ended => lookedUp({ kind: 'musl', version: '1.2.5', conf: ONE, name: 'a.corp', servers: { [A]: 'NX' }, ...more })
const said = ({ result, ms }: Ended): string => [result.code, ...result.addresses, ms].join(' ')
const byType = (v4: string, v6: string): Script => q => (q.type === 'A' ? v4 : v6)
const times = (ended: Ended): readonly number[] => ended.asked.map(line => Number(line.split(' ')[0]))
/** All that comes of sixteen orders of the replies of one instant. */
const inAnyOrder = (more: Partial<Lookup>, what: (ended: Ended) => string): readonly string[] =>
  [...new Set(Array.from({ length: 16 }, (_, seed) => what(asked({ ...more, atOnce: true, seed }))))].sort()

describe('the rounds of musl', () => {
  test('divide the timeout, and the last one has what is left of it', () => {
    const silent = asked({ family: 'inet', conf: `${ONE}options timeout:5 attempts:3\n`, servers: { [A]: 'DROP' } })
    expect([times(silent), silent.ms]).toEqual([[0, 1666, 3332], 5000])
    expect(asked({ family: 'inet', conf: `${ONE}options timeout:1 attempts:1\n`, servers: { [A]: 'DROP' } }).ms).toBe(1000)
  })

  test('are not put off by a reply that counts for nothing', () => {
    const odd: Script = (_, nth) => (nth === 1 ? 'DELAY 300 FORMERR' : 'DROP')
    expect(times(asked({ family: 'inet', conf: `${ONE}options timeout:2 attempts:2\n`, servers: { [A]: odd } }))).toEqual([0, 1000])
  })

  test('take a reply to a question of an earlier round', () => {
    expect(said(asked({ family: 'inet', conf: `${ONE}options timeout:2 attempts:2\n`, servers: { [A]: (_, nth) => (nth === 1 ? 'DELAY 1300 ADDR 10.1.1.1' : 'DROP') } }))).toBe('OK 10.1.1.1 1300')
  })

  test('use one socket for a name, and one for each question by TCP', () => {
    const cut = asked({ servers: { [A]: q => (q.transport === 'udp' ? 'TC' : q.type === 'A' ? 'ADDR 10.1.1.1' : 'NODATA') } })
    expect([said(cut), cut.flows]).toEqual(['OK 10.1.1.1 0', ['udp', 'udp', 'tcp A', 'tcp AAAA'].map(socket => `stub p|0 a.corp.|${socket}`)])
  })

  test('end at once when TCP comes to nothing, and with the time when it stays silent', () => {
    const tcp = (word: string): string => said(asked({ servers: { [A]: q => (q.transport === 'udp' ? 'TC' : q.type === 'A' ? word : 'NODATA') } }))
    expect(['CLOSED', 'SERVFAIL', 'DROP'].map(tcp)).toEqual(['EAI_AGAIN 0', 'EAI_AGAIN 0', 'EAI_AGAIN 5000'])
    expect(said(asked({ version: '1.2.3', family: 'inet', servers: { [A]: 'TCPART' } }))).toBe('OK 10.7.7.7 0')
    expect(inAnyOrder({ servers: { [A]: q => (q.transport === 'udp' ? 'TC' : q.type === 'A' ? 'CLOSED' : 'NODATA') } }, said)).toEqual(['EAI_AGAIN 0'])
  })
})

describe('of replies to one question musl takes', () => {
  const round = `options timeout:2 attempts:1\n`

  test('the acceptable one, however many others came before', () => {
    expect(inAnyOrder({ family: 'inet', conf: THREE + round, servers: { [A]: 'FORMERR', [B]: 'ADDR 10.1.1.1', [C]: 'REFUSED' } }, said)).toEqual(['OK 10.1.1.1 0'])
    expect(inAnyOrder({ family: 'inet', conf: THREE + round, servers: { [A]: 'SERVFAIL', [B]: 'SERVFAIL', [C]: 'ADDR 10.1.1.1' } }, said)).toEqual(['OK 10.1.1.1 0'])
    expect(inAnyOrder({ family: 'inet', conf: TWO + round, servers: { [A]: 'ADDR 10.1.1.1', [B]: 'ADDR 10.1.1.2' } }, said)).toEqual(['OK 10.1.1.1 0', 'OK 10.1.1.2 0'])
  })

  test('by TCP too, where one of a pair comes at once and the other later', () => {
    expect(inAnyOrder({ servers: { [A]: q => (q.transport === 'udp' ? 'TC' : q.type === 'A' ? 'ADDR 10.1.1.1' : 'DELAY 5 NODATA') } }, said)).toEqual(['OK 10.1.1.1 5'])
    expect(inAnyOrder({ servers: { [A]: q => (q.transport === 'udp' ? 'TC' : q.type === 'AAAA' ? 'NODATA' : 'DELAY 5 ADDR 10.1.1.1') } }, said)).toEqual(['OK 10.1.1.1 5'])
  })

  test('the first of two acceptable ones that come apart', () => {
    expect(said(asked({ family: 'inet', conf: TWO + round, servers: { [A]: 'DELAY 20 ADDR 10.1.1.1', [B]: 'ADDR 10.1.1.2' } }))).toBe('OK 10.1.1.2 0')
  })

  test('for the cause of a failure that of the first server of the file', () => {
    const cause = ({ result, ms }: Ended): string => `${result.cause?.by} ${result.cause?.detail} ${ms}`
    const late: Lookup['servers'] = { [A]: 'DELAY 300 FORMERR', [B]: 'REFUSED', [C]: 'DELAY 100 NOTIMP' }
    const soon: Lookup['servers'] = { [A]: 'FORMERR', [B]: 'DELAY 100 REFUSED', [C]: 'NOTIMP' }
    for (const servers of [late, soon]) expect(cause(asked({ family: 'inet', conf: THREE + round, servers }))).toBe(`${A} FORMERR 2000`)
    expect(inAnyOrder({ family: 'inet', conf: THREE + round, servers: { [A]: 'FORMERR', [B]: 'REFUSED', [C]: 'NOTIMP' } }, cause)).toEqual([`${A} FORMERR 2000`])
    expect(cause(asked({ family: 'inet', conf: `${ONE}options timeout:2 attempts:2\n`, servers: { [A]: (_, nth) => (nth === 1 ? 'FORMERR' : 'NOTIMP') } }))).toBe(`${A} NOTIMP 2000`)
    expect(cause(asked({ conf: TWO + round, servers: { [A]: byType('NODATA', 'DROP'), [B]: byType('DROP', 'NODATA') } }))).toBe(`${A} NODATA 0`)
    expect(cause(asked({ conf: TWO + round, servers: { [A]: byType('DROP', 'NODATA'), [B]: byType('NODATA', 'DROP') } }))).toBe(`${B} NODATA 0`)
  })

  test('SERVFAIL for a reason to ask again, twice the questions of a round in all, the first servers first', () => {
    const counts = ({ asked: packets }: Ended): string => [A, B, C].map(server => packets.filter(line => line.includes(server)).length).join()
    const servers = { [A]: 'SERVFAIL', [B]: 'SERVFAIL', [C]: 'SERVFAIL' }
    expect(inAnyOrder({ family: 'inet', conf: THREE + round, servers }, counts)).toEqual(['2,2,1'])
    expect(asked({ family: 'inet', conf: ONE + round, servers: { [A]: 'SERVFAIL' } }).asked.length).toBe(3)
    expect(asked({ conf: ONE + round, servers: { [A]: 'SERVFAIL' } }).asked.length).toBe(6)
    expect(asked({ family: 'inet', conf: `${ONE}options timeout:2 attempts:2\n`, servers: { [A]: 'SERVFAIL' } }).asked.length).toBe(6)
  })

  test('another server’s answer after SERVFAIL was asked again', () => {
    expect(said(asked({ family: 'inet', conf: TWO + round, servers: { [A]: 'SERVFAIL', [B]: 'DELAY 300 ADDR 10.1.1.1' } }))).toBe('OK 10.1.1.1 300')
    expect(inAnyOrder({ family: 'inet', conf: TWO + round, servers: { [A]: 'SERVFAIL', [B]: 'DELAY 1 NX' } }, said)).toEqual(['EAI_NONAME 1'])
  })

  test('records of the type asked for alone since 1.2.4, and any address before', () => {
    const other = (version: string): string => said(asked({ version, family: 'inet', conf: ONE + round, servers: { [A]: 'ADDR fd00::1' } }))
    expect(['1.2.3', '1.2.4'].map(other)).toEqual(['OK fd00::1 0', 'EAI_NODATA 0'])
  })
})

describe('getaddrinfo of musl', () => {
  const label = (length: number): string => `${'l'.repeat(61)}.`.repeat(Math.floor((length - 1) / 62)) + 'm'.repeat((length - 1) % 62 + 1)

  test('takes names of up to 254 characters', () => {
    const line = (name: string): HostsLine => ({ address: { value: '10.3.3.3', source: lineSource('hosts', 1, '10.3.3.3') }, names: [{ value: name, source: lineSource('hosts', 1, name) }] })
    const ended = (length: number): string => said(asked({ name: label(length), more: { hosts: [line(label(length))] } }))
    expect([label(254).length, label(255).length, ended(254), ended(255)]).toEqual([254, 255, 'OK 10.3.3.3 0', 'EAI_NONAME 0'])
    expect(asked({ name: '' }).result.code).toBe('EAI_NONAME')
  })

  test('asks for a name with one final dot, and for none that is only that', () => {
    expect(asked({ name: 'a.', family: 'inet' }).asked).toEqual([`0 ${A} a. A`])
    for (const name of ['.', '..', 'a..']) expect(asked({ name, family: 'inet' }).asked, name).toEqual([])
  })

  test('writes no packet for an empty label, though one for two final dots before 1.2.4', () => {
    const rooted = (name: string, version: string): string => said(asked({ name, version, conf: `search .\n${ONE}options timeout:1 ndots:5\n`, family: 'inet' }))
    expect([rooted('a..b', '1.2.3'), rooted('a.b', '1.2.3'), rooted('a..b', '1.2.5')]).toEqual(['EAI_NONAME 0', 'EAI_AGAIN 1000', 'EAI_NONAME 0'])
  })

  test('passes over a domain of the list that does not fit into 255 bytes behind the name', () => {
    const names = (length: number, version: string, name: string): readonly string[] =>
      asked({ version, name, family: 'inet', conf: `${ONE}search ${label(length)} y\n`, more: {} }).candidates.map(one => one.replace(' absent', ''))
    // At 253 it is asked for, and is no domain name: a failure for 1.2.3, and not there for 1.2.4. A line of resolv.conf holds less, so the model is given one.
    const conf = readResolvConf('f', `${ONE}search ${label(100)} y\n`).value
    const [server, list] = conf.lines
    const withDomain = (length: number): StubModel['resolvConf'] => ({ ...conf, lines: [server!, { ...list!, words: [{ ...list!.words[0]!, value: label(length) }, list!.words[1]!] }] })
    const ended = (length: number, version: string): string => {
      const { result, candidates } = asked({ version, name: 'a', family: 'inet', more: { resolvConf: withDomain(length) } })
      return [result.code, result.cause?.kind, ...candidates].join(' ')
    }
    expect(names(100, '1.2.5', 'a')).toEqual([`a.${label(100)}.`, 'a.y.', 'a.'])
    expect([253, 254].map(length => ended(length, '1.2.3'))).toEqual(['EAI_NONAME broken', 'EAI_NONAME denied a.y. absent a. absent'])
    expect([253, 254].map(length => ended(length, '1.2.4'))).toEqual(['EAI_NONAME denied a.y. absent a. absent', 'EAI_NONAME denied a.y. absent a. absent'])
  })

  test('sends two final dots out before 1.2.4 and waits for nothing; then they are no name', () => {
    const ended = (version: string): string => {
      const { result, ms } = asked({ version, api: 'query', name: 'a..', conf: `${ONE}options timeout:2\n` })
      return `${result.code} ${result.cause?.detail} ${ms}`
    }
    expect(['1.2.3', '1.2.4'].map(ended)).toEqual(['h_errno=2 a.. is no domain name 2000', 'h_errno=0 a.. is no domain name 0'])
  })

  test('is done with a name of the other family in the hosts file since 1.1.20', () => {
    const hosts: readonly HostsLine[] = [{ address: { value: '10.3.3.3', source: lineSource('hosts', 1, '10.3.3.3') }, names: [{ value: 'db', source: lineSource('hosts', 1, 'db') }] }]
    expect(['1.1.19', '1.1.20', '1.1.24'].map(version => asked({ version, name: 'db', family: 'inet6', more: { hosts } }).asked.length)).toEqual([1, 0, 0])
  })

  test('names the question that was lost, A before AAAA', () => {
    const lost = (version: string, script: Script): string | undefined => asked({ version, conf: `${ONE}options timeout:1 attempts:1\n`, servers: { [A]: script } }).result.cause?.detail
    for (const version of ['1.2.0', '1.2.5']) expect(lost(version, 'DROP'), version).toBe('no acceptable reply to A')
    expect([lost('1.2.0', byType('NODATA', 'DROP')), lost('1.2.5', byType('NODATA', 'DROP'))]).toEqual(['NODATA', 'no acceptable reply to AAAA'])
  })

  test('shows the beginning of what is no name', () => {
    const long = `${'l'.repeat(64)}.corp.${'m'.repeat(60)}`
    expect(asked({ name: long }).result.cause).toEqual({ kind: 'broken', by: 'musl', detail: `${long.slice(0, 80)} is no domain name` })
  })
})

describe('res_query of musl', () => {
  const query = (script: Script, version = '1.2.5', more: Partial<Lookup> = {}): Ended => asked({ version, api: 'query', conf: `${ONE}options timeout:1 attempts:1\n`, servers: { [A]: script }, ...more })

  test('tells of a failure by number since 1.2.2', () => {
    const codes = (script: Script): readonly string[] => ['1.2.1', '1.2.2', '1.2.4'].map(version => query(script, version).result.code)
    expect(codes('NX')).toEqual(['h_errno=0', 'h_errno=1', 'h_errno=1'])
    expect(codes('DROP')).toEqual(['h_errno=0', 'h_errno=2', 'h_errno=2'])
    expect(codes('SERVFAIL')).toEqual(['h_errno=0', 'h_errno=2', 'h_errno=2'])
    expect(codes('NODATA')).toEqual(['h_errno=0', 'h_errno=4', 'h_errno=4'])
    expect(codes('ADDR 10.1.1.1')).toEqual(['h_errno=0', 'h_errno=0', 'h_errno=0'])
  })

  test('fails with no number for an alias to nothing, and for what cannot be written; attempts:0 ends the program', () => {
    expect(query('CNAME b.corp').result).toMatchObject({ code: 'h_errno=0', addresses: [] })
    expect(query('NX', '1.2.5', { name: 'a..b' })).toMatchObject({ asked: [], result: { code: 'h_errno=0', result: 'nxdomain' } })
    expect(query('NX', '1.2.5', { conf: `${ONE}options attempts:0\n` }).result).toMatchObject({ code: 'SIGFPE' })
  })

  test('asks for the name as it is, with AD since 1.2.1', () => {
    const packets = (version: string): Ended => query('NX', version, { name: 'a', conf: `${ONE}search x\n`, api: 'search' })
    expect(['1.2.0', '1.2.1'].map(version => packets(version).asked)).toEqual([[`0 ${A} a. A`], [`0 ${A} a. A ad`]])
    expect(packets('1.2.5').flows).toEqual(['stub p|0 a.|udp'])
  })
})

test('once a name of the list is done, its sockets and its cells are forgotten, and no other name’s', () => {
  const model: StubModel = { place: 'p', node: 'n', kind: 'musl', version: '1.2.5', certainty: 'confirmed', resolvConf: readResolvConf('f', ONE).value, hosts: [] }
  const round = new Map(stubHops(model, address => address)).get('stub p round') as Hop
  const forgets = (key: string): boolean => round.forgets?.({ name: 'a.x.', step: 0 }, key) === true
  expect(['flow stub p|0 a.x.|udp 10.96.0.10:53', 'cache coredns a.x. A'].map(forgets)).toEqual([true, true])
  expect(['flow stub p|1 a.x.|udp', 'flow stub p|0 a.y.|udp', 'cache coredns a.y. A'].map(forgets)).toEqual([false, false, false])
})

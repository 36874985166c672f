// What no recorded row tells of BIND's tools: the edges of a resolv.conf that they can read, TCP that stays silent, which name is asked for more.
import { describe, expect, test } from 'vitest'
import { readResolvConf } from '../config/resolv-conf.ts'
import type { ResourceRecord } from '../dns/message.ts'
import { lookedUp, type Ended, type Lookup, type Script } from '../../test/support/one-stub.ts'
import { bindToolSettings, type BindToolSettings } from './bind-tool-settings.ts'
import { stubVersion } from './stub-version.ts'

const [A, B] = ['10.0.0.1', '10.0.0.2']
const ONE = `nameserver ${A}\n`
const TWO = `${ONE}nameserver ${B}\n`
const asked = (more: Partial<Lookup>): Ended => lookedUp({ kind: 'host', version: '9.18.49', conf: ONE, name: 'a.corp', servers: { [A]: 'NX' }, ...more })
const tcpAlone = (...words: readonly string[]): Script => q => (q.transport === 'udp' ? 'TC' : words[0] as string)
const packets = (ended: Ended): readonly string[] => ended.asked.map(line => line.replace(/ a\.corp\. A| edns \d+| ad/g, ''))

describe('resolv.conf as the tools read it', () => {
  const read = (text: string, version = '9.18.49'): BindToolSettings => bindToolSettings(readResolvConf('f', text).value, stubVersion(version), undefined)
  const isBroken = (line: string, version = '9.18.49'): boolean => read(`${ONE}${line}\n`, version).broken !== undefined

  test('takes numbers up to 255, and breaks off at others', () => {
    expect(['ndots:255', 'ndots:256', 'timeout:255', 'timeout:256', 'attempts:-1', 'attempts:x', 'ndots:', 'ndots:200'].map(option => isBroken(`options ${option}`))).toEqual([false, true, false, true, true, true, false, false])
    expect(['rotate', 'edns0', 'timeouts:x'].map(option => isBroken(`options ${option}`))).toEqual([false, false, false])
    expect([read(ONE).ndots, read(`${ONE}options ndots:7 timeout:9 attempts:4\n`)]).toMatchObject([1, { ndots: 7, timeoutMs: 9000, tries: 4 }])
    expect(read(`${ONE}options timeout:0 attempts:0\n`)).toMatchObject({ timeoutMs: 5000, tries: 3 })
    expect(read(`${ONE}options timeout:9 attempts:4\n`, '9.16.50').tries).toBe(3)
  })

  test('breaks off at a keyword without a value, also where a comment takes it, and passes over what it does not know', () => {
    expect(['nameserver', 'domain', 'search', 'options', 'sortlist'].map(line => isBroken(line))).toEqual([true, true, true, true, true])
    expect(['search # x', 'search ;x', 'domain #x'].map(line => isBroken(line))).toEqual([true, true, true])
    expect(['family', 'lookup file bind', 'Search'].map(line => isBroken(line))).toEqual([false, false, false])
    expect(read(`${ONE}search a b # c\n`).search.map(one => one.value)).toEqual(['a', 'b'])
    expect([isBroken('domain a b'), isBroken('domain a # b'), isBroken('domain a')]).toEqual([true, false, false])
  })

  test('wants addresses in a sortlist, all of them and on both sides of the stroke', () => {
    expect(['10.0.0.0/255.0.0.0', '10.0.0.0', '10.0.0.0 x', 'x 10.0.0.0', '10.0.0.0/x', 'x/255.0.0.0'].map(value => isBroken(`sortlist ${value}`))).toEqual([false, false, true, true, true, true])
  })

  test('takes short addresses since 9.18, and the loopback address for 0.0.0.0', () => {
    expect([isBroken('nameserver 10.1', '9.16.50'), isBroken('nameserver 10.1', '9.18.0')]).toEqual([true, false])
    expect(read('nameserver 0.0.0.0\n').servers.map(server => server.address)).toEqual(['127.0.0.1'])
    expect(read('search x\n').servers.map(server => server.address)).toEqual(['::1', '127.0.0.1'])
  })

  test('that is broken ends each tool in its way, with the line as the cause', () => {
    const line = `domain ${'x'.repeat(40)} ${'y'.repeat(60)}`
    const ended = (kind: Lookup['kind'], version: string): readonly (string | undefined)[] => {
      const { result } = asked({ kind, version, conf: `${ONE}${line}\n` })
      return [result.code, result.says, result.cause?.detail]
    }
    const detail = `resolv.conf: ${line.slice(0, 80)}`
    expect(ended('host', '9.18.49')).toEqual(['exit 1', 'host: parse of /etc/resolv.conf failed', detail])
    expect(ended('dig-search', '9.18.49')).toEqual(['no reply', 'dig: parse of /etc/resolv.conf failed', detail])
    expect(['9.16.50', '9.18.0'].map(version => ended('nslookup', version)[0])).toEqual(['exit 10', 'exit 1'])
  })
})

describe('names', () => {
  test('that are none are refused with the reason, a label being up to 63 long', () => {
    const why = (name: string): string | undefined => /\((.*)\)$/.exec(asked({ name }).result.says)?.[1]
    const l63 = 'l'.repeat(63)
    expect([why(`${'l'.repeat(64)}.x`), why([l63, l63, l63, l63].join('.')), why('.a'), why('a..b'), why(`${'l'.repeat(32)}.${[l63, l63, l63, l63].join('.')}`)]).toEqual([
      'label too long', 'ran out of space', 'empty label', 'empty label', 'ran out of space',
    ])
    expect(asked({ name: `${l63}.x` }).asked.length).toBe(1)
  })

  test('with a dot are asked as they are, where the file does not say otherwise', () => {
    expect([asked({ name: 'a.b', conf: `${ONE}search x\n` }), asked({ name: 'a', conf: `${ONE}search x\n` })].map(one => one.asked.map(line => line.split(' ')[2]))).toEqual([['a.b.'], ['a.x.', 'a.']])
  })

  test('of which more is asked are the last of the aliases', () => {
    const alias = (name: string, data: string): ResourceRecord => ({ name, type: 'CNAME', ttlS: 1, data })
    const chain: Script = q => (q.type === 'A' ? { answer: [alias('a.corp.', 'b.corp.'), alias('b.corp.', 'c.corp.'), { name: 'c.corp.', type: 'A', ttlS: 1, data: '10.1.1.1' }] } : 'NODATA')
    expect(asked({ servers: { [A]: chain } }).asked.map(line => line.split(' ').slice(2, 4).join(' '))).toEqual(['a.corp. A', 'c.corp. AAAA', 'c.corp. MX'])
    expect(asked({ servers: { [A]: chain }, version: '9.20.30' }).asked.length).toBe(4)
  })
})

describe('the end of a lookup', () => {
  const result = (kind: Lookup['kind'], word: string, more: Partial<Lookup> = {}): Ended['result'] => asked({ kind, servers: { [A]: word }, ...more }).result

  test('names the cause, and what came', () => {
    expect(result('dig', 'NODATA')).toMatchObject({ result: 'nodata', code: 'NOERROR', addresses: [], cause: { kind: 'denied', by: A } })
    expect(result('dig', 'REFUSED')).toMatchObject({ result: 'refused', code: 'REFUSED' })
    expect(result('dig', 'DROP')).toMatchObject({ result: 'timeout', code: 'no reply', cause: { kind: 'lost', by: A } })
    expect(result('dig', 'CLOSED')).toMatchObject({ result: 'timeout', code: 'no reply', cause: { kind: 'refused', by: A } })
    expect(result('host', 'NODATA')).toMatchObject({ result: 'nodata', code: 'OK', cause: { kind: 'denied', by: A } })
    expect(result('host', 'NX')).toMatchObject({ result: 'nxdomain', code: 'exit 1', cause: { kind: 'denied', by: A, detail: 'NXDOMAIN' } })
    expect(result('host', 'DROP')).toMatchObject({ result: 'timeout', code: 'exit 1', cause: { kind: 'lost', by: A } })
    expect(result('host', 'CNAME b.corp')).toMatchObject({ result: 'error', code: 'OK' })
  })

  test('is told by host with the number of what went wrong', () => {
    const said = (rcode: string): string => result('host', rcode).says
    expect(['FORMERR', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'NOTAUTH', 'NOTZONE'].map(said)).toEqual([
      '1(FORMERR)', '3(NXDOMAIN)', '4(NOTIMP)', '5(REFUSED)', '6(YXDOMAIN)', '9(NOTAUTH)', '10(NOTZONE)',
    ].map(text => `Host a.corp not found: ${text}`))
  })

  test('before 9.18 keeps what was said while servers were left', () => {
    expect(asked({ kind: 'nslookup', version: '9.16.50', conf: TWO, servers: { [A]: 'SERVFAIL', [B]: 'DROP' } }).result.says.split('\n')).toEqual([
      ...[1, 2, 3].map(() => `;; Got SERVFAIL reply from ${A}, trying next server`), ';; connection timed out; no servers could be reached',
    ])
  })
})

describe('a lookup that went to TCP', () => {
  const silent = { [A]: tcpAlone('DROP'), [B]: 'DROP' }

  test('gives the first server all tries, since 9.18', () => {
    expect(packets(asked({ kind: 'dig', family: 'inet', conf: `${TWO}options timeout:2 attempts:2\n`, servers: silent }))).toEqual([`0 ${A}`, `0 ${A} tcp`, `2000 ${A} tcp`, `4000 ${B} tcp`])
  })

  test('begins with the first server again while tries are left, and by UDP it does not', () => {
    const servers = (word: (transport: string) => string): Lookup['servers'] => ({ [A]: q => word(q.transport), [B]: 'DROP' })
    const conf = `${TWO}options timeout:1 attempts:2\n`
    expect(packets(asked({ kind: 'nslookup', family: 'inet', conf, servers: servers(transport => (transport === 'udp' ? 'TC' : 'SERVFAIL')) })).slice(0, 5)).toEqual([`0 ${A}`, `0 ${A} tcp`, `0 ${B} tcp`, `1000 ${A} tcp`, `1000 ${B} tcp`])
    expect(packets(asked({ kind: 'nslookup', family: 'inet', conf, servers: servers(() => 'SERVFAIL') }))).toEqual([`0 ${A}`, `0 ${B}`, `1000 ${B}`])
  })

  test('waits ten seconds for the last server before 9.18, where UDP waits five', () => {
    const old = { kind: 'dig', version: '9.16.50', family: 'inet' } as const
    expect(asked({ ...old, servers: { [A]: tcpAlone('DROP') } })).toMatchObject({ ms: 30_000, asked: { length: 4 } })
    expect(asked({ ...old, servers: { [A]: 'DROP' } }).ms).toBe(15_000)
    expect(asked({ ...old, conf: TWO, servers: { [A]: 'DROP', [B]: 'DROP' } }).ms).toBe(18_000)
  })
})

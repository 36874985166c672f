// What no recorded row tells of busybox nslookup: whose reply says how the lookup ended, times within a turn, a resolv.conf that ends the program.
import { describe, expect, test } from 'vitest'
import { lookedUp, type Ended, type Lookup, type Script } from '../../test/support/one-stub.ts'

const [A, B] = ['10.0.0.1', '10.0.0.2']
const ONE = `nameserver ${A}\n`
const TWO = `${ONE}nameserver ${B}\n`
const asked = (more: Partial<Lookup>): Ended => lookedUp({ kind: 'busybox', version: '1.37.0', conf: ONE, name: 'a.corp', servers: { [A]: 'NX' }, ...more })
const byType = (v4: string, v6: string): Script => q => (q.type === 'A' ? v4 : v6)
const times = (ended: Ended): readonly number[] => ended.asked.map(line => Number(line.split(' ')[0]))

describe('busybox nslookup', () => {
  test('ends when a server of the file is no address, and shows the beginning of it', () => {
    expect(asked({ conf: `${ONE}nameserver nosuch\nnameserver other\n` })).toMatchObject({ asked: [], result: { result: 'error', code: 'exit 1', says: "nslookup: bad address 'nosuch'" } })
    expect(asked({ conf: `nameserver ${'x'.repeat(100)}\n` }).result.says).toBe(`nslookup: bad address '${'x'.repeat(80)}'`)
  })

  test('is told the first failure, whatever else was answered', () => {
    const ended = (v4: string, v6: string): string => {
      const { result } = asked({ servers: { [A]: byType(v4, v6) } })
      return `${result.code} ${result.result} ${result.cause?.detail}`
    }
    expect([ended('NX', 'NODATA'), ended('NODATA', 'NX'), ended('REFUSED', 'FORMERR'), ended('FORMERR', 'REFUSED')]).toEqual([
      'exit 1 nxdomain NXDOMAIN', 'exit 1 nxdomain NXDOMAIN', 'exit 1 refused REFUSED', 'exit 1 servfail FORMERR',
    ])
    expect([ended('NODATA', 'NODATA'), ended('NODATA', 'CNAME b.corp')]).toEqual(['OK nodata NODATA', 'OK nodata NODATA'])
    const cause: Script = q => ({ cause: { kind: 'denied', by: `for ${q.type}` } })
    expect(asked({ servers: { [A]: cause } }).result.cause).toEqual({ kind: 'denied', by: 'for A' })
    expect(asked({ servers: { [A]: byType('ADDR 10.1.1.1', 'NX') } }).result).toEqual({ result: 'answer', addresses: ['10.1.1.1'], code: 'exit 1', says: "server can't find a.corp: NXDOMAIN" })
  })

  test('remarks upon an answer without records in 1.32 and 1.33 alone', () => {
    const says = (version: string, word: string): string => asked({ version, family: 'inet', servers: { [A]: word } }).result.says
    expect(['1.31', '1.32', '1.33', '1.34', '1.37.0'].map(version => says(version, 'NODATA'))).toEqual(['', "Can't find a.corp: No answer", "Can't find a.corp: No answer", '', ''])
    expect([says('1.32', 'CNAME b.corp'), says('1.32', 'ADDR 10.1.1.1')]).toEqual(['', ''])
  })

  test('asks again after 2.5 s, and the next server after five if nothing at all was answered', () => {
    const silent = asked({ family: 'inet', conf: TWO, servers: { [A]: 'DROP', [B]: 'DROP' } })
    expect([times(silent), silent.ms, silent.result.result, silent.result.cause]).toEqual([[0, 2500, 5000, 7500], 10_000, 'timeout', { kind: 'lost', by: B, detail: 'no reply' }])
    const half = asked({ conf: TWO, servers: { [A]: byType('NX', 'DROP'), [B]: 'NX' } })
    expect([half.ms, half.result.says]).toEqual([5000, "server can't find a.corp: NXDOMAIN\nCan't find a.corp: No answer"])
  })

  test('is not put off by a SERVFAIL that it asks again after, and waits no moment for what is there', () => {
    expect(times(asked({ family: 'inet', servers: { [A]: (_, nth) => (nth === 1 ? 'DELAY 500 SERVFAIL' : 'DROP') } }))).toEqual([0, 500, 2500])
    const failing = asked({ family: 'inet', servers: { [A]: 'SERVFAIL' } })
    expect([failing.asked, failing.ms]).toEqual([[1, 2, 3].map(() => `0 ${A} a.corp. A`), 0])
    expect(asked({ servers: { [A]: 'SERVFAIL' } }).asked.length).toBe(6)
    expect(asked({ servers: { [A]: 'SERVFAIL' }, atOnce: true })).toMatchObject({ ms: 0, asked: { length: 6 } })
  })

  test('takes a reply of the first round in the second', () => {
    expect(asked({ family: 'inet', servers: { [A]: (_, nth) => (nth === 1 ? 'DELAY 3000 ADDR 10.1.1.1' : 'DROP') } })).toMatchObject({ ms: 3000, result: { code: 'OK' } })
  })

  test('leaves a server whose port is closed at once when it sends a second question, and after five seconds when it sends but one', () => {
    const closed = (family: 'unspec' | 'inet'): Ended => asked({ family, conf: TWO, servers: { [B]: 'NX' } })
    expect([closed('unspec').ms, closed('inet').ms]).toEqual([0, 5000])
    expect(asked({ servers: {} }).result).toMatchObject({ result: 'timeout', cause: { kind: 'refused' } })
  })

  test('asks nobody where a name of the list cannot be written', () => {
    expect(asked({ name: 'a', conf: `${TWO}search x..\n` })).toMatchObject({ asked: [], result: { result: 'timeout', cause: { kind: 'failed', by: 'busybox' } } })
  })
})

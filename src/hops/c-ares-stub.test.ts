// What no recorded row tells of Node's c-ares: times that are drawn, lines of resolv.conf that it does not read, and the ends of a question.
import { describe, expect, test } from 'vitest'
import { LOST, type Hop } from '../chain/effects.ts'
import type { StubModel } from '../chain/model.ts'
import { formatRational } from '../chain/rational.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import { explore } from '../drivers/explore.ts'
import { lookedUp, type Ended, type Lookup } from '../../test/support/one-stub.ts'
import { waitsS } from './c-ares-stub.ts'
import { stubHops } from './stub.ts'

const A = '10.0.0.1'
const ONE = `nameserver ${A}\n`
const asked = (more: Partial<Lookup>): Ended => lookedUp({ kind: 'c-ares', version: '1.34.6', conf: ONE, name: 'a.corp', servers: { [A]: 'NX' }, ...more })

describe('how long c-ares waits', () => {
  test('is a second more at first, the same for each server, and twice as much in each round', () => {
    expect([waitsS(2, 3, 0), waitsS(2, 3, 1), waitsS(2, 3, 2)]).toEqual([[3], [2], [2]])
    expect([waitsS(2, 1, 1), waitsS(2, 3, 3), waitsS(2, 3, 5)]).toEqual([[3, 4], [3, 4], [3, 4]])
    expect([waitsS(1, 1, 1), waitsS(1, 1, 2), waitsS(1, 1, 3)]).toEqual([[2], [3, 4], [5, 6, 7, 8]])
    expect([waitsS(2, 1, 2), waitsS(2, 1, 3)]).toEqual([[5, 6, 7, 8], [9, 10, 11, 12, 13, 14, 15, 16]])
  })

  test('is one of eight times between more than half and the whole where these are many, an hour at most', () => {
    expect(waitsS(5, 1, 2)).toEqual([11, 12, 14, 15, 16, 17, 19, 20])
    expect(waitsS(3600, 1, 0)).toEqual([3601])
    expect(waitsS(3000, 1, 1)).toEqual([1801, 2058, 2315, 2572, 2829, 3086, 3343, 3600])
  })

  test('is drawn, each time as likely as the others', () => {
    const model: StubModel = { place: 'p', node: 'n', kind: 'c-ares', version: '1.34.6', certainty: 'confirmed', resolvConf: readResolvConf('f', ONE).value, hosts: [] }
    const answers: Hop = function* (query) { return (query as { flow: string }).flow === '' ? null : LOST }
    const { outcomes, sites } = explore(new Map([[A, answers], ...stubHops(model, address => address)]), { hop: 'stub p', query: { name: 'a.corp', family: 'inet' } }, { start: 'cold' })
    expect((sites ?? []).map(site => [site.at, site.options.length])).toEqual([['stub p c-ares jitter 4 s', 2], ['stub p c-ares jitter 8 s', 4], ['stub p c-ares jitter 16 s', 8]])
    // 3 s, then 3 to 4, 5 to 8 and 9 to 16: the shortest and the longest way through.
    const shown = outcomes.map(({ elapsedMs, odds }) => `${elapsedMs} ${formatRational(odds)}`)
    expect([shown.includes('20000 1/64'), shown.includes('31000 1/64')]).toEqual([true, true])
  })
})

describe('resolv.conf as c-ares reads it', () => {
  const first = (conf: string): Ended => asked({ conf, family: 'inet', servers: { [A]: (_, nth) => (nth === 1 ? 'DROP' : 'ADDR 10.1.1.1') } })

  test('names the timeout by two words, of which nothing is read below one second and above an hour', () => {
    expect(['', 'timeout:1', 'timeout:7', 'retrans:7', 'timeout:0', 'timeout:-3', 'timeout:x', 'ndots:9', 'timeout:3600', 'timeout:9999'].map(option => first(`${ONE}options ${option}\n`).ms))
      .toEqual([3000, 2000, 8000, 8000, 3000, 3000, 3000, 3000, 3_601_000, 3_601_000])
  })

  test('has options on the lines that begin so, and servers too', () => {
    expect(first(`${ONE}search timeout:9 use-vc\ndomain ${A}\n`)).toMatchObject({ ms: 3000, asked: [`0 ${A} a.corp. A`, `3000 ${A} a.corp. A`] })
    expect(asked({ conf: `nameserver\nsearch 10.0.0.2\n${ONE}`, servers: { [A]: 'ADDR 10.1.1.1', '10.0.0.2': 'ADDR 10.1.1.2' } }).result.addresses).toEqual(['10.1.1.1'])
    for (const option of ['use-vc', 'usevc']) expect(asked({ conf: `${ONE}options ${option}\n` }).asked).toEqual([`0 ${A} a.corp. A tcp`])
  })

  test('that names no server means the loopback address; one that is named twice is asked once', () => {
    expect(asked({ conf: '', servers: { '127.0.0.1': 'ADDR 10.1.1.1' } }).asked).toEqual(['0 127.0.0.1 a.corp. A'])
    expect(asked({ conf: `${ONE}${ONE}`, servers: {} }).result).toMatchObject({ code: 'ECONNREFUSED', result: 'refused' })
  })
})

test('c-ares tells silence from a closed port, and asks for one type', () => {
  const ended = (word: string): Ended['result'] => asked({ conf: `${ONE}options timeout:1\n`, servers: { [A]: word } }).result
  expect(ended('DROP')).toMatchObject({ code: 'ETIMEOUT', result: 'timeout', says: 'queryA ETIMEOUT a.corp', cause: { kind: 'lost', by: A } })
  expect(ended('CLOSED')).toMatchObject({ code: 'ECONNREFUSED', result: 'refused', cause: { kind: 'refused', by: A } })
  expect(ended('NX')).toMatchObject({ code: 'ENOTFOUND', result: 'nxdomain' })
  expect(asked({ family: 'inet6' })).toMatchObject({ asked: [`0 ${A} a.corp. AAAA`], result: { says: 'queryAaaa ENOTFOUND a.corp' } })
})

import { describe, expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import { hopId } from '../../chain/hop.ts'
import type { CorednsModel, ResolvConf } from '../../chain/model.ts'
import type { Outcome } from '../../chain/outcome.ts'
import { formatRational } from '../../chain/rational.ts'
import { sourcesOf } from '../../chain/source.ts'
import { readCorefile } from '../../config/corefile.ts'
import type { Cause, DnsQuery, Reply } from '../../dns/message.ts'
import { explore, type Start } from '../../drivers/explore.ts'
import { corednsHops } from './server.ts'

const STOCK = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
`

const resolvConfText = 'nameserver 10.6.0.53\nnameserver 10.6.0.54\nnameserver 223.5.5.5\n'
const resolvConf: ResolvConf = (() => {
  const at = sourcesOf('node/resolv.conf', resolvConfText)
  const lines = [...resolvConfText.matchAll(/nameserver (\S+)/g)].map(m => ({
    keyword: 'nameserver', words: [{ value: m[1] as string, source: at(m.index + 11, m.index + m[0].length) }], source: at(m.index, m.index + m[0].length),
  }))
  return { file: 'node/resolv.conf', lines }
})()

const modelOf = (corefile: string, more: Partial<CorednsModel> = {}): CorednsModel => ({
  pod: 'kube-system/coredns-x', node: 'n1', addresses: ['10.244.0.5'], version: '1.9.3', corefile: readCorefile('Corefile', corefile, { env: new Map() }).value,
  files: new Map(), resolvConf, hostNetwork: false,
  kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }, ...more,
})

const knows: Hop = function* (q) { return reply(q, { answer: [{ name: nameOf(q), type: 'A', ttlS: 300, data: '10.1.2.3' }] }) }
const denies: Hop = function* (q) {
  return reply(q, { rcode: 'NXDOMAIN', authority: [{ name: '.', type: 'SOA', ttlS: 86400, data: 'a. b. 1 2 3 4 5' }] })
}
const silent: Hop = function* () { return LOST }
const nameOf = (q: Plain): string => (q as unknown as DnsQuery).name
const reply = (q: Plain, parts: Partial<Reply>): Plain =>
  ({ rcode: 'NOERROR', flags: (q as unknown as DnsQuery).rd ? ['rd', 'ra'] : ['ra'], answer: [], authority: [], additional: [], ...parts }) as unknown as Plain

const QUERY = { name: 'a.corp.test.', type: 'A', transport: 'udp', rd: true } as const

function outcomesOf(model: CorednsModel, upstreams: Readonly<Record<string, Hop>>, start: Start = 'cold', query: DnsQuery = QUERY) {
  const { entries, problems } = corednsHops(model, address => (address.startsWith('127.') ? hopId.coredns(model.pod) : hopId.upstream(address)))
  const chain = new Map<string, Hop>([...entries, ...Object.entries(upstreams).map(([a, hop]) => [hopId.upstream(a), hop] as const)])
  const explored = explore(chain, { hop: hopId.coredns(model.pod), query: query as unknown as Plain }, { start })
  return { explored, problems, ends: explored.outcomes.map(o => [replyOf(o).rcode, formatRational(o.odds)]) }
}
const replyOf = (o: Outcome): Reply => o.value as unknown as Reply
const causes = (outcomes: readonly Outcome[]): (Cause | undefined)[] => outcomes.map(o => replyOf(o).cause)

const MIXED = { '10.6.0.53': knows, '10.6.0.54': knows, '223.5.5.5': denies }

describe('two internal upstreams and a public one', () => {
  test('a third of the fills is NXDOMAIN, and the choice names its lines', () => {
    const { explored, ends, problems } = outcomesOf(modelOf(STOCK), MIXED)
    expect(problems).toEqual([])
    expect(explored.complete).toBe(true)
    expect(ends.sort()).toEqual([['NOERROR', '2/3'], ['NXDOMAIN', '1/3']])
    const denial = explored.outcomes.find(o => replyOf(o).rcode === 'NXDOMAIN') as Outcome
    expect(replyOf(denial).cause).toEqual({ kind: 'denied', by: 'upstream 223.5.5.5' })
    expect(denial.witness).toMatchObject([{ at: 'coredns kube-system/coredns-x forward . server 1', taken: '223.5.5.5', source: { file: 'node/resolv.conf', line: 3 } }])
    expect(denial.notes.map(n => [n.kind, n['to']])).toEqual([['upstream-asked', '223.5.5.5']])
  })
  test('a busy cache shows each content as long as it is kept', () => {
    const caps = STOCK.replace('cache 30', 'cache {\n success 10000 300\n denial 10000 1800\n }')
    // 2 of 3 fills live 300 s, 1 of 3 lives 1800 s.
    expect(outcomesOf(modelOf(caps), MIXED, 'steady').ends.sort()).toEqual([['NOERROR', '1/4'], ['NXDOMAIN', '3/4']])
    expect(outcomesOf(modelOf(STOCK), MIXED, 'steady').ends.sort()).toEqual([['NOERROR', '2/3'], ['NXDOMAIN', '1/3']])
  })
  test('a silent server costs 2 s and hands over to another', () => {
    const { explored } = outcomesOf(modelOf(STOCK), { ...MIXED, '10.6.0.53': silent })
    const seen = explored.outcomes.map(o => [replyOf(o).rcode, o.elapsedMs, formatRational(o.odds)].join(' ')).sort()
    expect(seen).toEqual(['NOERROR 0 1/3', 'NOERROR 2000 1/6', 'NXDOMAIN 0 1/3', 'NXDOMAIN 2000 1/6'])
  })
})

describe('what is not an answer says why', () => {
  const forwardTo = (to: string, options = ''): CorednsModel => modelOf(`. {\n errors\n forward . ${to}${options === '' ? '' : ` {\n ${options}\n }`}\n}\n`)
  test('nobody answers', () => {
    const { explored } = outcomesOf(forwardTo('9.9.9.9'), { '9.9.9.9': silent })
    expect(causes(explored.outcomes)).toEqual([{ kind: 'lost', by: 'upstream 9.9.9.9' }])
    expect(explored.outcomes[0]?.elapsedMs).toBe(6000)
    expect(explored.outcomes[0]?.notes.find(n => n.kind === 'errors')?.['line']).toBe('[ERROR] plugin/errors: 2 a.corp.test. A: read udp 10.244.0.5:0->9.9.9.9:53: i/o timeout')
  })
  test('a forwarder that reaches itself', () => {
    expect(causes(outcomesOf(forwardTo('127.0.0.1'), {}).explored.outcomes).map(c => c?.kind)).toEqual(['loop'])
    const limited = outcomesOf(forwardTo('127.0.0.1', 'max_concurrent 1000'), {})
    expect(limited.ends).toEqual([['REFUSED', '1']])
    expect(causes(limited.explored.outcomes).map(c => c?.kind)).toEqual(['loop'])
  })
  test('no block, no plugin, end of the chain', () => {
    const of = (corefile: string) => outcomesOf(modelOf(corefile), {})
    expect(of('other.test {\n whoami\n}\n').ends).toEqual([['REFUSED', '1']])
    expect(of('. {\n health\n}\n').ends).toEqual([['REFUSED', '1']])
    expect(causes(of('. {\n errors\n log\n}\n').explored.outcomes)).toEqual([{ kind: 'policy', by: 'coredns kube-system/coredns-x', detail: 'plugin/log: no next plugin found' }])
  })
  test('a plugin that is not modelled: what reaches it, and nothing else', () => {
    const corefile = '. {\n etcd odd.test\n forward . 9.9.9.9\n}\n'
    const { problems, ends } = outcomesOf(modelOf(corefile), { '9.9.9.9': knows })
    expect(problems).toMatchObject([{ code: 'corefile-plugin-unmodelled', state: 'unmodelled', source: { line: 2 } }])
    expect(ends).toEqual([['NOERROR', '1']])
    const reached = outcomesOf(modelOf(corefile), { '9.9.9.9': knows }, 'cold', { ...QUERY, name: 'x.odd.test.' })
    expect(causes(reached.explored.outcomes)).toMatchObject([{ kind: 'unmodelled' }])
  })
  test('an unknown plugin may be anywhere, so everything in its block is unmodelled', () => {
    const { problems, explored } = outcomesOf(modelOf('. {\n ownplugin original\n forward . 9.9.9.9\n}\n'), { '9.9.9.9': knows })
    expect(problems).toMatchObject([{ code: 'corefile-unknown-plugin', state: 'unmodelled' }])
    expect(causes(explored.outcomes)).toMatchObject([{ kind: 'unmodelled' }])
  })
  test('servers of a file that the evidence lacks', () => {
    const { problems, explored } = outcomesOf(modelOf(STOCK, { resolvConf: undefined }), {})
    expect(problems).toMatchObject([{ code: 'forward-servers-unknown', state: 'unknown' }])
    expect(causes(explored.outcomes)).toMatchObject([{ kind: 'unmodelled' }])
  })
})

test('round_robin stands anywhere: an unknown, not a share', () => {
  const { explored } = outcomesOf(modelOf('. {\n forward . /etc/resolv.conf {\n policy round_robin\n }\n}\n'), MIXED)
  const worlds = explored.outcomes.map(o => [replyOf(o).rcode, formatRational(o.odds), o.world.get('coredns kube-system/coredns-x forward . counter')].join(' '))
  expect(worlds.sort()).toEqual(['NOERROR 1 0', 'NOERROR 1 2', 'NXDOMAIN 1 1'])
})

test('proxy tells that the release is an old one', () => {
  const { problems, ends } = outcomesOf(modelOf('. {\n proxy . /etc/resolv.conf\n}\n', { version: undefined }), MIXED)
  expect(problems.map(p => [p.code, p.state])).toEqual([['coredns-version-unknown', 'unknown'], ['corefile-proxy', 'partly-modelled']])
  expect(ends.sort()).toEqual([['NOERROR', '2/3'], ['NXDOMAIN', '1/3']])
})

test('an unknown version is said', () => {
  expect(outcomesOf(modelOf(STOCK, { version: undefined }), MIXED).problems).toMatchObject([{ code: 'coredns-version-unknown', state: 'unknown' }])
})

describe('what was there before the lookup', () => {
  const ad: Hop = function* (q) { return reply(q, { flags: ['ra', 'ad'], answer: [{ name: nameOf(q), type: 'A', ttlS: 300, data: '10.1.2.3' }] }) }
  const CACHED = '. {\n cache\n forward . 10.6.0.53\n}\n'
  const flagsOf = (version: string, query: Partial<DnsQuery>): unknown => outcomesOf(modelOf(CACHED, { version }), { '10.6.0.53': ad }, 'any', { ...QUERY, ...query }).explored.outcomes
    .map(o => [replyOf(o).flags.includes('ad'), replyOf(o).rcode, replyOf(o).answer.length, o.witness.filter(w => w.at.endsWith('wanted AD')).map(w => w.taken)])

  test('may have been kept for a client that did not want AD, from 1.12.3 to 1.14.6', () => {
    for (const version of ['1.12.3', '1.14.6']) {
      expect(flagsOf(version, { ad: true }), version).toEqual(expect.arrayContaining([[true, 'NOERROR', 1, []], [true, 'NOERROR', 1, [true]], [false, 'NOERROR', 1, [false]]]))
      expect(flagsOf(version, {}), version).not.toContainEqual([true, 'NOERROR', 1, []])
    }
    for (const version of ['1.12.2', '1.14.7']) expect(flagsOf(version, { ad: true }), version).toEqual(expect.not.arrayContaining([[false, 'NOERROR', 1, [false]]]))
    expect(outcomesOf(modelOf(CACHED, { version: '1.14.6' }), { '10.6.0.53': knows }, 'any', { ...QUERY, ad: true } as DnsQuery).explored.outcomes.every(o => o.witness.every(w => !w.at.endsWith('wanted AD')))).toBe(true)
  })

  test('counts for as long as it is kept: an answer of 300 s twice as long as one of 150 s', () => {
    const two = (first: number, second: number): unknown => outcomesOf(modelOf('. {\n cache\n forward . 10.6.0.53 10.6.0.54\n}\n'), {
      '10.6.0.53': function* (q) { return reply(q, { answer: [{ name: nameOf(q), type: 'A', ttlS: first, data: '10.1.2.3' }] }) },
      '10.6.0.54': function* (q) { return reply(q, { rcode: 'NXDOMAIN', authority: [{ name: '.', type: 'SOA', ttlS: second, data: `a. b. 1 2 3 4 ${second}` }] }) },
    }, 'steady').ends.sort()
    expect([two(300, 150), two(300, 300), two(100, 300)]).toEqual([[['NOERROR', '2/3'], ['NXDOMAIN', '1/3']], [['NOERROR', '1/2'], ['NXDOMAIN', '1/2']], [['NOERROR', '1/4'], ['NXDOMAIN', '3/4']]])
  })

  test('may have put a silent server down, and never one that answers', () => {
    const elapsed = (upstreams: Readonly<Record<string, Hop>>, options = ''): unknown =>
      [...new Set(outcomesOf(modelOf(`. {\n forward . 10.6.0.53 10.6.0.54 {\n  policy sequential\n${options} }\n}\n`), upstreams, 'any').explored.outcomes.map(o => `${replyOf(o).rcode} ${o.elapsedMs}`))].sort()
    expect(elapsed({ '10.6.0.53': silent, '10.6.0.54': knows })).toEqual(['NOERROR 0', 'NOERROR 2000'])
    expect(elapsed({ '10.6.0.53': knows, '10.6.0.54': silent })).toEqual(['NOERROR 0'])
    expect(elapsed({ '10.6.0.53': silent, '10.6.0.54': knows }, '  max_fails 0\n')).toEqual(['NOERROR 2000'])
  })
})

import { expect, test } from 'vitest'
import { LOOP, LOST, type Hop, type Plain } from '../../chain/effects.ts'
import { readCorefile } from '../../config/corefile.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { dns64 } from './dns64.ts'
import { panicked, type CorednsVersion, type PluginSetup, type Served } from './plugin.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'

const upstreams = { '10.0.0.53': zone('four.test. 400 A 192.0.2.33', 'four.test. 400 CNAME x.test.', 'both.test. 60 A 192.0.2.1', 'both.test. 60 AAAA 2001:db8::1', 'text.test. 60 TXT "x"') }
const block = (line: string): string => `. {\n errors\n log\n ${line}\n forward . 10.0.0.53\n}\n`
const answer = (corefile: string, name: string, client = 'fd00::9', version = '1.11.3', type = 'AAAA'): unknown => {
  const reply = oneCoredns(version, corefile, upstreams).ask({ name, type, client })
  return reply === LOST ? LOST : reply.answer.map(r => `${r.ttlS} ${r.type} ${r.data}`)
}

test('an IPv6 client gets the A records behind the prefix, with the smaller TTL of record and SOA', () => {
  expect(answer(block('dns64'), 'four.test.')).toEqual(['300 AAAA 64:ff9b::c000:221'])
  expect(answer(block('dns64'), 'four.test.', '10.0.0.9')).toEqual([])
  expect(answer(block('dns64 {\n  allow_ipv4\n }'), 'four.test.', '10.0.0.9')).toEqual(['300 AAAA 64:ff9b::c000:221'])
  expect(answer(block('dns64'), 'four.test.', 'fd00::9', '1.11.3', 'A')).toEqual(['400 A 192.0.2.33'])
})

test('with an AAAA of its own a name is left alone unless all are translated; NXDOMAIN always is', () => {
  expect(answer(block('dns64'), 'both.test.')).toEqual(['60 AAAA 2001:db8::1'])
  expect(answer(block('dns64 {\n  translate_all\n }'), 'both.test.')).toEqual(['60 AAAA 64:ff9b::c000:201'])
  expect(oneCoredns('1.11.3', block('dns64'), upstreams).ask({ name: 'none.test.', type: 'AAAA', client: 'fd00::9' })).toMatchObject({ rcode: 'NXDOMAIN' })
  expect(answer(block('dns64'), 'text.test.')).toEqual([])
})

test('the address leaves bits 64 to 71 out, at any length of the prefix (RFC 6052 §2.4)', () => {
  const at = (prefix: string): unknown => answer(block(`dns64 ${prefix}`), 'four.test.')
  expect(at('2001:db8::/32')).toEqual(['300 AAAA 2001:db8:c000:221::'])
  expect(at('2001:db8:100::/40')).toEqual(['300 AAAA 2001:db8:1c0:2:21::'])
  expect(at('2001:db8:122:300::/56')).toEqual(['300 AAAA 2001:db8:122:3c0:0:221::'])
  expect(at('2001:db8:122:344::/64')).toEqual(['300 AAAA 2001:db8:122:344:c0:2:2100:0'])
})

test('behind a prefix on its own line the switches of the block are read as prefixes or as nothing', () => {
  expect(answer(block('dns64 64:ff9b::/96 {\n  allow_ipv4\n }'), 'four.test.', '10.0.0.9')).toEqual([])
  expect(answer(block('dns64 64:ff9b::/96 {\n  prefix 2001:db8::/96\n }'), 'four.test.')).toEqual(['300 AAAA 2001:db8::c000:221'])
})

test('the code of the A answer counts since 1.15.0', () => {
  const empty = zone('x.test. 60 TXT "x"')
  const failing: Hop = function* (query) {
    const isA = (query as unknown as DnsQuery).type === 'A'
    return isA ? { rcode: 'SERVFAIL', flags: [], answer: [], authority: [], additional: [] } : yield* empty(query)
  }
  const rcode = (version: string): unknown => {
    const reply = oneCoredns(version, block('dns64'), { '10.0.0.53': failing }).ask({ name: 'x.test.', type: 'AAAA', client: 'fd00::1' })
    return reply === LOST ? LOST : reply.rcode
  }
  expect(['1.14.7', '1.15.0'].map(rcode)).toEqual(['NOERROR', 'SERVFAIL'])
})

test('the family of a client that is not known is an unknown of its own, but where both get the same', () => {
  const asked = (corefile: string, choice: number): unknown => {
    const picks: unknown[] = []
    const reply = oneCoredns('1.11.3', corefile, upstreams, {}, p => { picks.push([p.key, p.options]); return choice }).ask({ name: 'four.test.', type: 'AAAA' })
    return [picks, reply === LOST ? LOST : reply.answer.length]
  }
  const picks = [['coredns ns/pod dns64 client', ['ipv4', 'ipv6']]]
  expect([asked(block('dns64'), 0), asked(block('dns64'), 1)]).toEqual([[picks, 0], [picks, 1]])
  expect(asked(block('dns64 {\n  allow_ipv4\n }'), 0)).toEqual([[], 1])
})

test('where there is no A either, the cause is why', () => {
  const reply = oneCoredns('1.11.3', block('dns64'), upstreams).ask({ name: 'text.test.', type: 'AAAA', client: 'fd00::1' })
  expect(reply).toMatchObject({ rcode: 'NOERROR', answer: [], cause: { kind: 'denied', by: 'upstream 10.0.0.53' } })
  expect(oneCoredns('1.11.3', block('dns64'), upstreams).ask({ name: 'four.test.', type: 'AAAA', client: 'fd00::1' })).not.toHaveProperty('cause')
})

test('a prefix it does not take is refused in the words of the program', () => {
  expect(refusalOf('1.11.3', block('dns64 bogus'))).toBe('plugin/dns64: invalid CIDR address: bogus')
  expect(refusalOf('1.11.3', block('dns64 10.0.0.0/8'))).toBe('plugin/dns64: Error during parsing: invalid netmask 32 IPv6 address: "10.0.0.0/8"')
  expect(refusalOf('1.14.7', block('dns64 2001:db8::/72'))).toBe('')
  expect(refusalOf('1.15.0', block('dns64 2001:db8::/72'))).toBe('plugin/dns64: Error during parsing: invalid prefix length "2001:db8::/72"')
  expect(refusalOf('1.11.3', block('dns64 {\n  nothing\n }'))).toBe('plugin/dns64: Error during parsing: unknown property \'nothing\'')
  expect(refusalOf('1.11.3', block('dns64 a b'))).toBe('plugin/dns64: Error during parsing: Wrong argument count or unexpected line ending after \'b\'')
})

test.each([[32, true, true], [40, true, true], [48, true, true], [56, true, true], [64, true, true], [96, true, true], [72, true, false], [88, true, false], [24, false, false], [16, false, false], [33, false, false], [104, false, false]])(
  'a prefix of %i bits is taken up to 1.14.7: %j, and since 1.15: %j', (bits, before, now) => {
    expect(['1.14.7', '1.15.0'].map(version => refusalOf(version, block(`dns64 2001:db8::/${bits}`)) === '')).toEqual([before, now])
  })

test('allow_ipv4 is known since 1.8.7', () => {
  expect(['1.8.6', '1.8.7'].map(version => refusalOf(version, block('dns64 {\n  allow_ipv4\n }')))).toEqual(['plugin/dns64: Error during parsing: unknown property \'allow_ipv4\'', ''])
})

test('the last prefix counts', () => {
  expect(answer(block('dns64 {\n  prefix 2001:db8:1::/96\n  prefix 2001:db8:2::/96\n }'), 'four.test.')).toEqual(['300 AAAA 2001:db8:2::c000:221'])
  expect(answer(block('dns64 2001:db8:1::/96\n dns64 {\n  prefix 2001:db8:2::/96\n  translate_all\n }'), 'both.test.')).toEqual(['60 AAAA 2001:db8:2::c000:201'])
})

interface Inner { readonly first?: Served; readonly inner?: Plain; readonly version?: CorednsVersion; readonly has?: readonly string[] }
/** What dns64 makes of the first result, and of what the server's own question for A brings. */
function made({ first = { rcode: 'NOERROR', reply: EMPTY }, inner = LOST, version = [1, 14, 7], has = [] }: Inner): Served {
  const directives = readCorefile('Corefile', '. {\n dns64\n}\n', { env: new Map() }).value.blocks[0]!.directives
  const setup: Partial<PluginSetup> = { server: 's', directives, version, has: name => has.includes(name) }
  const run = dns64(setup as PluginSetup)!({ name: 'a.test.', type: 'AAAA', transport: 'udp', client: 'fd00::1' }, function* () { return first })
  let step = run.next()
  while (!step.done) step = run.next(inner as never)
  return step.value
}
const EMPTY: Reply = { rcode: 'NOERROR', flags: [], answer: [], authority: [], additional: [] }

test('the question of its own may loop, or bring nothing: a panic before 1.15', () => {
  expect(made({ inner: LOOP })).toEqual({ rcode: 'SERVFAIL', cause: { kind: 'loop', by: 's' } })
  expect(made({})).toMatchObject({ panic: true, cause: { by: 's dns64' } })
  const error = 'dns64: upstream returned no response'
  expect(made({ version: [1, 15, 0] })).toEqual({ rcode: 'SERVFAIL', error, cause: { kind: 'failed', by: 's dns64', detail: error } })
})

test('what is made is written with NOERROR, to the query as a later plugin has left it', () => {
  const inner = { ...EMPTY, answer: [{ name: 'a.test.', type: 'A', ttlS: 60, data: '192.0.2.33' }] } as unknown as Plain
  const query: DnsQuery = { name: 'b.test.', type: 'AAAA', transport: 'udp' }
  expect(made({ inner })).toMatchObject({ rcode: 'NOERROR', reply: { answer: [{ type: 'AAAA', data: '64:ff9b::c000:221' }] } })
  expect([made({ inner }).query, made({ inner, first: { rcode: 'NOERROR', reply: EMPTY, query } }).query]).toEqual([undefined, query])
})

test('the nil message of minimal is none, but for a plugin between that looks into it', () => {
  const first: Served = panicked('s minimal', 'panic: nothing was written')
  expect(made({ first })).toEqual({ rcode: 'NOERROR' })
  expect(['cache', 'header', 'loadbalance'].map(name => made({ first, has: [name] }))).toEqual([first, first, first])
})

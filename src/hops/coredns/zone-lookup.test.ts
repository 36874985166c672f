// Answers from a zone where releases of CoreDNS differ, and where one record of many decides (plugin/file/lookup.go, closest.go and dname.go at their tags).
import { describe, expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { oneCoredns, zone } from '../../../test/support/one-coredns.ts'

const HEAD = ['@ 60 IN SOA ns h 1 2 3 4 5', '@ 60 IN NS ns', 'ns 60 IN A 10.0.0.1']
interface Zone { readonly origin?: string; readonly corefile?: string; readonly head?: readonly string[] }

function replyOf(version: string, lines: readonly string[], query: Partial<DnsQuery> & { readonly name: string }, { origin = 'zone.test.', corefile = '', head = HEAD }: Zone = {}): Reply {
  const text = `$ORIGIN ${origin}\n${[...head, ...lines].join('\n')}\n`
  const server = oneCoredns(version, `. {\n file /z ${origin}\n${corefile}}\n`, { '10.0.0.53': zone('far.other.test. 90 A 192.0.2.1') }, { files: new Map([['/z', { file: 'z', text }]]) })
  const reply = server.ask(query)
  return reply === LOST ? { rcode: 'SERVFAIL', flags: [], answer: [], authority: [], additional: [], cause: { kind: 'lost' } as never } : reply
}

const DO = { edns: { sizeBytes: 4096, do: true } } as Partial<DnsQuery>
const short = (records: Reply['answer']): readonly string[] => records.map(r => `${r.name.replace(/\.zone\.test\.$/, '')} ${r.type} ${r.data.split(' ')[0]}`)
const authority = (version: string, lines: readonly string[], name: string): readonly string[] =>
  short(replyOf(version, lines, { name, ...DO }).authority).filter(text => text.includes('NSEC'))

describe('the NSEC records that prove a name is not there', () => {
  const lines = ['@ 60 IN NSEC b A', 'b 60 IN A 10.0.0.2', 'b 60 IN NSEC ns A', 'ns 60 IN NSEC @ A']
  const [apex, b] = ['zone.test. NSEC b.zone.test.', 'b NSEC ns.zone.test.']
  test('are of the name before it and of the one before the wildcard of its closest encloser', () => {
    for (const version of ['1.12.4', '1.15.0']) {
      expect(authority(version, lines, 'x.y.b.zone.test.'), version).toEqual([b])
      expect(authority(version, lines, 'c.zone.test.'), version).toEqual([b, apex])
      expect(authority(version, lines, 'a.zone.test.'), version).toEqual([apex])
    }
  })
  test('up to 1.12.3 the encloser is looked for in longer and longer steps, which end at real dots', () => {
    const of = (name: string): readonly string[] => authority('1.12.3', lines, name)
    expect([of('y.b.zone.test.'), of('x.y.b.zone.test.'), of('x\\.y.b.zone.test.'), of('x\\\\.y.b.zone.test.')]).toEqual([[b], [b, apex], [b], [b, apex]])
  })
})

describe('a name that is only above others', () => {
  const lines = ['* 60 IN A 10.0.0.9', 'a.empty 60 IN A 10.0.0.2', '*.deep.w 60 IN A 10.0.0.3', 'sub.full.v 60 IN A 10.0.0.4', 'full.v 60 IN TXT x']
  const answer = (version: string, name: string): unknown => {
    const { rcode, answer: records } = replyOf(version, lines, { name })
    return [rcode, ...records.map(r => r.data)]
  }
  test('is closer than the wildcard since 1.14.7', () => {
    expect([answer('1.14.6', 'x.empty.zone.test.'), answer('1.14.7', 'x.empty.zone.test.')]).toEqual([['NOERROR', '10.0.0.9'], ['NXDOMAIN']])
    expect([answer('1.14.6', 'x.y.empty.zone.test.'), answer('1.14.7', 'x.y.empty.zone.test.')]).toEqual([['NOERROR', '10.0.0.9'], ['NXDOMAIN']])
    expect([answer('1.14.6', 'z.zone.test.'), answer('1.14.7', 'x.z.zone.test.')]).toEqual([['NOERROR', '10.0.0.9'], ['NOERROR', '10.0.0.9']])
  })
  test('has no records of its own, in all releases', () => {
    const only = ['a.empty 60 IN A 10.0.0.2']
    for (const version of ['1.9.3', '1.15.0']) expect(replyOf(version, only, { name: 'empty.zone.test.' }), version).toMatchObject({ rcode: 'NOERROR', answer: [], authority: [{ type: 'SOA' }] })
    for (const version of ['1.9.3', '1.15.0']) expect(replyOf(version, only, { name: 'none.zone.test.' }), version).toMatchObject({ rcode: 'NXDOMAIN' })
  })
})

test('a wildcard of a zone of one label answers, one of the root does not', () => {
  expect(replyOf('1.14.7', ['* 60 IN A 10.0.0.9'], { name: 'x.test.' }, { origin: 'test.' }).answer.map(r => r.data)).toEqual(['10.0.0.9'])
  for (const version of ['1.9.3', '1.14.5', '1.15.0']) expect(replyOf(version, ['* 60 IN A 10.0.0.9'], { name: 'x.' }, { origin: '.' }).rcode, version).toBe('NXDOMAIN')
})

test('a wildcard brings addresses of the hosts it names since 1.14.5', () => {
  const of = (version: string): unknown => short(replyOf(version, ['* 60 IN MX 1 ns'], { name: 'x.zone.test.', type: 'MX' }).additional)
  expect([of('1.14.4'), of('1.14.5')]).toEqual([[], ['ns A 10.0.0.1']])
})

test('addresses go along for hosts of the zone alone, each once since 1.14.7, for SVCB and HTTPS since 1.14.3', () => {
  const lines = ['m 60 IN MX 1 ns', 'm 60 IN MX 2 ns', 'm 60 IN MX 3 out.other.test.', 'h 60 IN HTTPS 1 ns', 's 60 IN SVCB 1 ns', 'v 60 IN SRV 1 2 3 ns', 'out.other.test. 60 IN A 10.0.0.7']
  const of = (version: string, name: string, type: string): unknown => short(replyOf(version, lines, { name: `${name}.zone.test.`, type }).additional)
  const ns = 'ns A 10.0.0.1'
  expect([of('1.14.6', 'm', 'MX'), of('1.14.7', 'm', 'MX')]).toEqual([[ns, ns], [ns]])
  expect([['h', 'HTTPS'], ['s', 'SVCB'], ['v', 'SRV']].map(([name, type]) => ['1.14.2', '1.14.3'].map(version => of(version, name as string, type as string)))).toEqual([[[], [ns]], [[], [ns]], [[ns], [ns]]])
})

describe('an alias', () => {
  const lines = [
    'c 60 IN CNAME d', 'c 60 IN RRSIG CNAME 13 3 60 20300101000000 20200101000000 1 zone.test. AAAA', 'd 60 IN CNAME e', 'd 60 IN RRSIG CNAME 13 3 60 20300101000000 20200101000000 1 zone.test. AAAA',
    'd 60 IN RRSIG A 13 3 60 20300101000000 20200101000000 1 zone.test. AAAA', 'e 60 IN A 10.0.0.5', 'e 60 IN RRSIG A 13 3 60 20300101000000 20200101000000 1 zone.test. AAAA', 'e 60 IN RRSIG MX 13 3 60 20300101000000 20200101000000 1 zone.test. AAAA',
    'cut 60 IN NS ns.cut', 'ns.cut 60 IN A 10.0.0.8', 'tocut 60 IN CNAME www.cut', 'atcut 60 IN CNAME cut', 'top 60 IN CNAME @', 'far 60 IN CNAME far.other.test.', 'off 60 IN CNAME none.other.test.', 'nowhere 60 IN CNAME none', 'loop 60 IN CNAME loop',
  ]
  const asked = (version: string, name: string, type = 'A', more: Partial<DnsQuery> = {}): Reply => replyOf(version, lines, { name: `${name}.zone.test.`, type, ...more }, { corefile: ' forward . 10.0.0.53\n' })
  test('has its signatures with DO, and so has each behind it', () => {
    expect(short(asked('1.11.3', 'c', 'A', DO).answer)).toEqual(['c CNAME d.zone.test.', 'c RRSIG CNAME', 'd CNAME e.zone.test.', 'd RRSIG CNAME', 'e A 10.0.0.5', 'e RRSIG A'])
    expect(short(asked('1.11.3', 'c').answer)).toEqual(['c CNAME d.zone.test.', 'd CNAME e.zone.test.', 'e A 10.0.0.5'])
    expect(short(asked('1.11.3', 'c', 'MX', DO).answer)).toEqual(['c CNAME d.zone.test.', 'c RRSIG CNAME', 'd CNAME e.zone.test.', 'd RRSIG CNAME'])
    expect(short(asked('1.11.3', 'c', 'CNAME').answer)).toEqual(['c CNAME d.zone.test.'])
  })
  test('that leads below a cut ends in a referral since 1.14.7', () => {
    for (const [name, before] of [['tocut', 'SOA'], ['atcut', 'NS']] as const) {
      expect(short(asked('1.14.6', name).authority), name).toEqual([`zone.test. ${before} ns.zone.test.`])
      expect(asked('1.14.7', name), name).toMatchObject({ authority: [{ name: 'cut.zone.test.', type: 'NS' }], additional: [{ name: 'ns.cut.zone.test.', data: '10.0.0.8' }] })
    }
  })
  test('that leads to the apex is asked for SOA and NS anew since 1.14.2', () => {
    const end = (version: string, type: string): unknown => asked(version, 'top', type).answer.map(r => r.type)
    expect([end('1.14.1', 'SOA'), end('1.14.2', 'SOA'), end('1.14.1', 'NS'), end('1.14.2', 'NS')]).toEqual([['CNAME', 'SOA'], ['CNAME', 'SOA'], ['CNAME', 'NS'], ['CNAME', 'NS']])
  })
  test('that leads out of the zone has what the server says of its target, and why', () => {
    expect(asked('1.11.3', 'far')).toMatchObject({ rcode: 'NOERROR', answer: [{ type: 'CNAME' }, { type: 'A', data: '192.0.2.1' }] })
    expect(asked('1.11.3', 'off')).toMatchObject({ rcode: 'NXDOMAIN', answer: [{ type: 'CNAME' }] })
    expect(asked('1.14.5', 'nowhere')).toMatchObject({ rcode: 'NXDOMAIN', answer: [{ type: 'CNAME' }], authority: [{ type: 'SOA' }] })
    expect(asked('1.14.4', 'nowhere')).toMatchObject({ rcode: 'NXDOMAIN', answer: [{ type: 'CNAME' }], authority: [{ type: 'NS' }] })
  })
})

describe('a DNAME', () => {
  const lines = ['d 60 IN DNAME e', 'www.e 60 IN A 10.0.0.5', '* 60 IN CNAME www.e']
  test('makes an alias, which is the answer to a question for an alias', () => {
    expect(short(replyOf('1.11.3', lines, { name: 'www.d.zone.test.', type: 'A' }).answer)).toEqual(['d DNAME e.zone.test.', 'www.d CNAME www.e.zone.test.', 'www.e A 10.0.0.5'])
    expect(short(replyOf('1.11.3', lines, { name: 'www.d.zone.test.', type: 'CNAME' }).answer)).toEqual(['d DNAME e.zone.test.', 'www.d CNAME www.e.zone.test.'])
    expect(short(replyOf('1.11.3', lines, { name: 'x.zone.test.', type: 'CNAME' }).answer)).toEqual(['x CNAME www.e.zone.test.'])
  })
  test('of itself fails', () => {
    for (const version of ['1.14.6', '1.14.7']) expect(replyOf(version, ['d 60 IN DNAME d'], { name: 'www.d.zone.test.' }).rcode, version).toBe('SERVFAIL')
  })
})

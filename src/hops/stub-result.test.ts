// What stubs read off a reply and what an application is told: each word by itself, since a row tells only what comes of them together.
import { expect, test } from 'vitest'
import { LOOP, type Plain } from '../chain/effects.ts'
import type { HostsLine } from '../chain/model.ts'
import { lineSource } from '../chain/source.ts'
import { REFUSED_PORT, type Reply } from '../dns/message.ts'
import { stubFrom } from './stub-from.ts'
import { hostsEntry, hostsReaderOf } from './stub-hosts.ts'
import { causeOf, looksLame, ownAddressesOf } from './stub-reply.ts'
import { excerpt, failed } from './stub-result.ts'

const reply = (more: Partial<Reply> = {}): Reply => ({ rcode: 'NOERROR', flags: ['rd', 'ra'], answer: [], authority: [], additional: [], ...more })
const record = { name: 'a.corp.', type: 'A', ttlS: 1, data: '10.1.1.1' }

test('a reply looks lame that is empty, not authoritative, and offers no recursion', () => {
  expect(looksLame(reply({ flags: ['rd'] }))).toBe(true)
  expect(looksLame(reply({ flags: ['rd', 'tc', 'ad', 'cd'] }))).toBe(true)
  for (const other of [{ flags: ['aa'] }, { flags: ['ra'] }, { answer: [record] }, { additional: [record] }, { edns: { sizeBytes: 512 } }, { rcode: 'NXDOMAIN' as const }]) {
    expect(looksLame(reply({ flags: [], ...other })), JSON.stringify(other)).toBe(false)
  }
})

test('the cause of a failure is what the reply brings with it, else what it is', () => {
  const cause = (more: Partial<Reply>): string => {
    const { kind, detail } = causeOf(reply(more) as unknown as Plain, 'server')
    return `${kind} ${detail}`
  }
  expect([cause({ rcode: 'NXDOMAIN' }), cause({}), cause({ rcode: 'SERVFAIL' }), cause({ rcode: 'REFUSED' }), cause({ answer: [record] })]).toEqual([
    'denied NXDOMAIN', 'denied NODATA', 'failed SERVFAIL', 'failed REFUSED', 'failed NODATA',
  ])
  expect([cause({ flags: ['tc', 'ra'] }), cause({ flags: ['ad', 'ra'] })]).toEqual(['truncated undefined', 'denied NODATA'])
  expect(cause({ flags: ['tc'], cause: { kind: 'loop', by: 'coredns a', detail: 'x' } })).toBe('loop x')
  expect([REFUSED_PORT, LOOP, undefined].map(value => causeOf(value, 'server'))).toEqual([
    { kind: 'refused', by: 'server', detail: 'nobody listens' }, { kind: 'loop', by: 'server' }, { kind: 'lost', by: 'server', detail: 'no reply' },
  ])
})

test('addresses are those of the name, or of what its aliases lead to in the order of the answer', () => {
  const alias = { name: 'a.corp.', type: 'CNAME', ttlS: 1, data: 'b.corp.' }
  const behind = { ...record, name: 'B.corp.', data: '10.1.1.2' }
  const of = (...answer: Reply['answer']): readonly string[] => ownAddressesOf(reply({ answer }), 'A.corp.', 'A')
  expect([of(record), of(alias, behind), of(behind, alias), of(alias, record), of({ ...record, class: 'CH' }), of({ ...record, type: 'AAAA' })]).toEqual([['10.1.1.1'], ['10.1.1.2'], [], [], [], []])
})

test('a failure is called by what it is; EAI_AGAIN is three things, which the cause tells apart', () => {
  const result = (code: Parameters<typeof failed>[1], cause?: Parameters<typeof failed>[2]): string => failed('glibc', code, cause).result
  expect([result('EAI_NONAME'), result('EAI_NODATA'), result('EAI_FAIL'), result('EAI_ADDRFAMILY')]).toEqual(['nxdomain', 'nodata', 'error', 'error'])
  expect(([['lost'], ['refused'], ['failed', 'REFUSED'], ['failed', 'SERVFAIL'], ['failed', 'FORMERR'], ['failed', 'NXDOMAIN'], ['loop']] as const)
    .map(([kind, detail]) => result('EAI_AGAIN', { kind, by: 'server', ...(detail && { detail }) }))).toEqual(['timeout', 'refused', 'refused', 'servfail', 'servfail', 'servfail', 'servfail'])
  expect(result('EAI_AGAIN')).toBe('servfail')
})

test('the sentences are those of each library', () => {
  const says = (library: 'glibc' | 'musl'): readonly string[] => (['EAI_NONAME', 'EAI_NODATA', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_ADDRFAMILY'] as const).map(code => failed(library, code).says)
  expect(says('glibc')).toEqual([
    'Name or service not known', 'No address associated with hostname', 'Temporary failure in name resolution', 'Non-recoverable failure in name resolution', 'Address family for hostname not supported',
  ])
  expect(says('musl')).toEqual(['Name does not resolve', 'Name has no usable address', 'Try again', 'Non-recoverable error', 'Name does not resolve'])
})

test('of a long text its first eighty characters are shown', () => {
  expect([excerpt('x'.repeat(81)).length, excerpt('ab')]).toEqual([80, 'ab'])
})

const hosts = (...lines: readonly string[]): readonly HostsLine[] => lines.map(line => {
  const [address = '', ...names] = line.split(' ').map(value => ({ value, source: lineSource('hosts', 1, value) }))
  return { address: address as HostsLine['address'], names }
})

test('names of the hosts file are compared as each library does', () => {
  const file = hosts('10.3.3.3 db DB.corp', 'fd00::3 db', '10.3.3.4 dot.')
  const found = (kind: 'glibc' | 'musl' | 'go', name: string): string => {
    const entry = hostsEntry(kind, file, name)
    return entry ? [...entry.v4, ...entry.v6].join(' ') : 'none'
  }
  expect(['db', 'DB', 'db.corp', 'db.', 'db.corp.', 'da', 'xb', 'c'].map(name => found('go', name))).toEqual(['10.3.3.3 fd00::3', '10.3.3.3 fd00::3', '10.3.3.3', 'none', '10.3.3.3', 'none', 'none', 'none'])
  expect(['db', 'DB', 'db.corp', 'db.', 'db.corp.'].map(name => found('glibc', name))).toEqual(['10.3.3.3 fd00::3', '10.3.3.3 fd00::3', '10.3.3.3', 'none', 'none'])
  expect(['db', 'DB', 'DB.corp', 'db.corp', 'db.', 'dot.', 'dot'].map(name => found('musl', name))).toEqual(['10.3.3.3 fd00::3', 'none', '10.3.3.3', 'none', 'none', '10.3.3.4', 'none'])
})

test('the hosts file is read by Go, by the library below a program, and by nobody for tools that ask servers', () => {
  const reader = (kind: Parameters<typeof hostsReaderOf>[0]['kind'], libc?: 'glibc' | 'musl'): string => hostsReaderOf({ kind, version: '1', ...(libc && { libc: { kind: libc, version: '1' } }) })
  expect([reader('go'), reader('musl'), reader('glibc'), reader('java', 'musl'), reader('java'), reader('dig')]).toEqual(['go', 'musl', 'glibc', 'musl', 'glibc', 'glibc'])
})

test('a stub that is named wrongly is told so with the beginning of what was said', () => {
  expect(stubFrom('java@17+glibc@2.31')).toEqual({ kind: 'java', version: '17', libc: { kind: 'glibc', version: '2.31' } })
  expect(stubFrom('JAVA+GLIBC')).toEqual({ kind: 'java', version: '17', libc: { kind: 'glibc', version: '2.41' } })
  expect(stubFrom('dig+glibc')).toEqual({ error: 'dig+glibc: dig does not ask a C library' })
  expect(stubFrom(`x${'y'.repeat(100)}`)).toEqual({ error: `x${'y'.repeat(79)}: a stub is named glibc@2.36, musl@1.2.5, go@1.26, java@17+musl@1.2.5 or dig` })
  expect(stubFrom('')).toHaveProperty('error')
})

import { expect, test } from 'vitest'
import { readCorednsLog } from './coredns-log.ts'
import { readPasted } from './pasted.ts'
import { readProbes } from './probes.ts'
import { resultsKey, resultsSeen } from './results-seen.ts'
import { denialOf, viewsOf } from './views.ts'

const SOA = (serial: number, ttl: number) => [{ name: 'b.', type: 'SOA', ttl, data: `ns.b. h.b. ${serial} 3600 1200 86400 60` }]
const probe = (server: string, more: object): string => JSON.stringify({ server, name: 'a.b', type: 'A', rcode: 'NOERROR', answers: [],
  authority: [], ...more })
const a = (...data: string[]) => data.map((address, i) => ({ name: 'a.b.', type: 'A', ttl: 100 - i, data: address }))

test('rotated and counted-down answers are one reply with the fullest TTLs; a serial that moves is no new denial', () => {
  const lines = [probe('10.0.0.1', { answers: a('1.1.1.1', '2.2.2.2') }), probe('10.0.0.1', { answers: a('2.2.2.2', '1.1.1.1') }),
    probe('10.0.0.2', { rcode: 'NXDOMAIN', authority: SOA(1, 10) }), probe('10.0.0.2', { rcode: 'NXDOMAIN', authority: SOA(2, 600) })]
  const [first, second] = viewsOf(readProbes('p', lines.join('\n')).value)
  expect(first?.view[0]?.replies.map(({ reply, count }) => [count, reply.answer.map(({ ttlS }) => ttlS)])).toEqual([[2, [100, 100]]])
  expect(second?.view[0]?.replies.length).toBe(1)
  expect(denialOf(second?.view[0] as never)).toMatchObject({ result: 'nxdomain', zone: 'b.', primary: 'ns.b.', ttlS: 60, count: 2 })
})

test('a server that changes its mind has two replies, most frequent first', () => {
  const lines = [probe('10.0.0.1', { rcode: 'NXDOMAIN' }), probe('10.0.0.1', { answers: a('1.1.1.1') }),
    probe('10.0.0.1', { answers: a('1.1.1.1') })]
  const entry = viewsOf(readProbes('p', lines.join('\n')).value)[0]?.view[0]
  expect(entry?.replies.map(({ reply, count }) => [reply.rcode, count])).toEqual([['NOERROR', 2], ['NXDOMAIN', 1]])
  expect(denialOf(entry as never)).toMatchObject({ zone: undefined, ttlS: undefined })
})

test('reachable: yes, no, sometimes; our own addresses, loopback and unnamed servers have no view', () => {
  const lines = [probe('10.0.0.1', {}), probe('10.0.0.2', { rcode: undefined, error: 'timeout' }), probe('10.0.0.3', {}),
    probe('10.0.0.3', { rcode: undefined }), probe('10.9.9.9', {}), probe('127.0.0.53', {})]
  const errors = readCorednsLog('[ERROR] plugin/errors: 2 a. A: read udp 10.2.0.1:1->10.0.0.4:53: i/o timeout\n[ERROR] plugin/errors: 2 '
    + 'a. A: no healthy proxies\n', { file: 'l', place: 'p' })
  const views = viewsOf([...readProbes('p', lines.join('\n')).value, ...errors.value,
    ...readPasted('t', '$ getent hosts a.b\n10.1.1.1 a.b\n').value], { isOurs: address => address === '10.9.9.9' })
  expect(views.map(({ address, reachable }) => [address, reachable])).toEqual([['10.0.0.1', 'yes'], ['10.0.0.2', 'no'],
    ['10.0.0.3', 'sometimes'], ['10.0.0.4', 'no']])
})

test('a lost ping proves nothing alone, and joins what is proved', () => {
  const ping = readPasted('t', 'PING 10.0.0.4 (10.0.0.4): 56 data bytes\nRequest timeout for icmp_seq 0\n').value
  expect(viewsOf(ping)).toEqual([])
  const error = readCorednsLog('[ERROR] plugin/errors: 2 a. A: read udp 10.2.0.1:1->10.0.0.4:53: i/o timeout\n',
    { file: 'l', place: 'p' }).value
  expect(viewsOf([...error, ...ping])[0]?.reachableSources.map(({ file }) => file)).toEqual(['l', 't'])
})

test('tools without TTLs say so; a reply with TTLs replaces theirs; places are bounded', () => {
  const host = readPasted('t', '$ host a.b 10.0.0.1\nAddress: 10.0.0.1#53\na.b has address 1.1.1.1\n').value
  expect(viewsOf(host)[0]?.view[0]?.replies[0]).toMatchObject({ ttlUnknown: true, count: 1 })
  const both = viewsOf([...host, ...readProbes('p', Array.from({ length: 20 }, () =>
    probe('10.0.0.1', { answers: a('1.1.1.1') })).join('\n')).value])[0]?.view[0]?.replies[0]
  expect([both?.count, both?.ttlUnknown, both?.reply.answer[0]?.ttlS, both?.sources.length]).toEqual([21, undefined, 100, 5])
})

test('results by pod, and by upstream where the log names it', () => {
  const line = (rcode: string, upstream: string): string =>
    `[INFO] 10.0.0.1:1 - 1 "A IN a.b. udp 20 false 512" ${rcode} qr,rd,ra 40 0.05s "0" ${upstream}\n`
  const seen = readCorednsLog(line('NXDOMAIN', '223.5.5.5:53') + line('NOERROR', '10.0.0.1:53') + line('NOERROR', '10.0.0.1:53'),
    { file: 'l', place: 'kube-system/c' }).value
  const results = resultsSeen(seen).get(resultsKey('kube-system/c', 'A.b', 'A'))
  expect(Object.fromEntries(results?.counts ?? [])).toEqual({ NXDOMAIN: 1, NOERROR: 2 })
  expect([...(results?.byUpstream ?? [])].map(([server, counts]) => [server, Object.fromEntries(counts)])).toEqual([['223.5.5.5',
    { NXDOMAIN: 1 }], ['10.0.0.1', { NOERROR: 2 }]])
})

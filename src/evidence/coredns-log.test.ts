import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CorednsLogEntry } from './coredns-log.ts'
import { corednsLogReader, readCorednsLog } from './coredns-log.ts'
import type { ServedQuery } from './observation.ts'

const settings = { file: 'coredns.log', place: 'kube-system/coredns-0' }
const one = (line: string): CorednsLogEntry | undefined => readCorednsLog(line, settings).value[0]
const query = (line: string): ServedQuery => {
  const seen = one(line)
  if (seen?.kind !== 'served') throw new Error(`not a query line: ${line}`)
  return seen
}
const PLAIN = '10.244.1.17:40321 - 7821 "A IN registry.corp.lan. udp 35 false 512" NXDOMAIN qr,rd,ra 118 0.207400241s'

describe('query lines', () => {
  test('the default format', () => {
    const line = `[INFO] ${PLAIN}`
    const { source, ...seen } = query(line)
    expect(seen).toEqual({
      kind: 'served', place: 'kube-system/coredns-0', atMs: undefined, client: '10.244.1.17', clientPort: 40321, id: 7821, type: 'A',
        class: 'IN', name: 'registry.corp.lan.',
      transport: 'udp', querySizeBytes: 35, do: false, rcode: 'NXDOMAIN', flags: ['qr', 'rd', 'ra'], replySizeBytes: 118,
        durationMs: 207.400241,
    })
    expect([source.line, source.start, source.end, source.text]).toEqual([1, 0, line.length, line])
  })

  test.each([
    ['kubectl --timestamps', `2026-11-25T23:31:12.755062108Z [INFO] ${PLAIN}`, Date.UTC(2026, 10, 25, 23, 31, 12) + 755.062],
    ['kubectl --timestamps with a zone', `2026-11-26T07:31:12.755+08:00 [INFO] ${PLAIN}`, Date.UTC(2026, 10, 25, 23, 31, 12, 755)],
    ['1.3 to 1.6 with its own time', `2018-12-16T10:11:03.695Z [INFO] ${PLAIN}`, Date.UTC(2018, 11, 16, 10, 11, 3, 695)],
    ['1.2', `2018/09/06 13:02:45 [INFO] ${PLAIN}`, Date.UTC(2018, 8, 6, 13, 2, 45)],
    ['kubectl --prefix', `[pod/coredns-x/coredns] 2026-11-25T23:31:12.755Z [INFO] ${PLAIN}`, Date.UTC(2026, 10, 25, 23, 31, 12, 755)],
    ['CRI', `2026-11-25T23:31:12.755Z stdout F [INFO] ${PLAIN}`, Date.UTC(2026, 10, 25, 23, 31, 12, 755)],
    ['Docker', JSON.stringify({ log: `[INFO] ${PLAIN}\n`, stream: 'stdout', time: '2026-11-25T23:31:12.755Z' }),
      Date.UTC(2026, 10, 25, 23, 31, 12, 755)],
    ['-log-format=json', JSON.stringify({ time: '2026-11-25T23:31:12.755Z', level: 'INFO', msg: PLAIN }),
      Date.UTC(2026, 10, 25, 23, 31, 12, 755)],
    ['node-cache', `node-cache [INFO] ${PLAIN}`, undefined],
    ['no tag', PLAIN, undefined],
  ])('%s', (_name, line, atMs) => {
    expect([query(line).atMs, query(line).client, query(line).id, query(line).durationMs]).toEqual([atMs, '10.244.1.17', 7821, 207.400241])
  })

  test('{combined} and metadata labels; the upstream is taken from them', () => {
    expect(query(`[INFO] ${PLAIN} "0"`).upstream).toBeUndefined()
    expect(query(`[INFO] ${PLAIN} "0" 223.5.5.5:53`).upstream).toBe('223.5.5.5')
    expect(query(`[INFO] ${PLAIN} [2001:db8::1]:5353 denial`).upstream).toBe('[2001:db8::1]:5353')
    expect(query(`[INFO] ${PLAIN} denial NXDOMAIN -`).upstream).toBeUndefined()
  })

  test('1.0: no port, no id, time in brackets, Go durations; 0.9: no flags', () => {
    const old = query('10.32.0.1 - [21/Dec/2017:18:06:34 +0000] "A IN kube-dns.kube-system.svc.cluster.local. udp 68 false 4096" '
      + 'NOERROR qr,aa,rd,ra 84 104.117µs')
    expect([old.client, old.clientPort, old.id, old.atMs, old.durationMs]).toEqual(['10.32.0.1', -1, -1, Date.UTC(2017, 11, 21, 18, 6, 34),
      0.104117])
    const older = query('10.2.6.127 - [23/Feb/2017:14:49:44 +0000] "MX IN kubernetes.default.svc.cluster.local. udp 54 false 512" '
      + 'NOERROR 107 7.576897ms')
    expect([older.flags, older.replySizeBytes, older.durationMs]).toEqual([[], 107, 7.576897])
  })

  test('IPv6 clients, TCP, DO, odd types, names with escapes, nothing written', () => {
    const six = query('[INFO] [fd00::9]:40001 - 12 "SRV IN _http._tcp.web.prod.svc.cluster.local. tcp 55 true 65535" NOERROR qr,aa,rd '
      + '180 0.000203s')
    expect([six.client, six.clientPort, six.transport, six.do]).toEqual(['fd00::9', 40001, 'tcp', true])
    const odd = query('[INFO] 10.0.0.1:1 - 0 "TYPE65280 CLASS255 a\\"b\\ c\\032\\.d.example. udp 40 false 512" - - 0 6.004210737s')
    expect([odd.type, odd.class, odd.name, odd.rcode, odd.flags]).toEqual(['TYPE65280', 'CLASS255', 'a\\"b\\ c\\032\\.d.example.', '-', []])
    expect(query('[INFO] 10.0.0.1:1 - 0 "A IN . udp 17 false 512" NOERROR  512 1s').flags).toEqual([])
  })

  test('only names that are asked for; the rest is counted', () => {
    const kept: CorednsLogEntry[] = []
    const reader = corednsLogReader({ ...settings, accepts: name => name === 'b.' }, seen => kept.push(seen))
    reader.push(['a.', 'b.', 'c.'].map(name => `[INFO] 10.0.0.1:1 - 1 "A IN ${name} udp 20 false 512" NOERROR qr 20 0.1s\n`).join(''))
    expect(reader.end()).toMatchObject({ lines: 3, queries: 3, kept: 1, problems: [] })
    expect(kept[0]?.source.line).toBe(2)
  })
})

describe('errors and events', () => {
  test.each([
    ['[ERROR] plugin/errors: 2 api.example. A: read udp 10.0.0.5:441->192.0.2.53:53: i/o timeout', 'timeout', '192.0.2.53', 'api.example.'],
    ['2018/11/21 06:48:51 [ERROR] 2 c.internal. AAAA: unreachable backend: read udp 10.0.0.1:4->8.8.8.8:53: i/o timeout', 'timeout',
      '8.8.8.8', 'c.internal.'],
    ['23/Feb/2017:14:49:52 +0000 [ERROR 0 kube-dns.default. A] no items found', 'other', undefined, 'kube-dns.default.'],
    ['[ERROR] plugin/errors: 2 a. A: read udp 10.0.0.5:4->10.0.0.9:53: read: connection refused', 'refused', '10.0.0.9', 'a.'],
    ['[ERROR] plugin/errors: 2 a. A: dial tcp [2001:db8::1]:853: connect: network is unreachable', 'unreachable', '[2001:db8::1]:853',
      'a.'],
    ['[ERROR] plugin/errors: 2 a. A: no healthy proxies', 'unreachable', undefined, 'a.'],
    ['[ERROR] plugin/errors: 2 a. A: plugin/loop: no next plugin found', 'other', undefined, 'a.'],
  ])('%s', (line, failure, upstream, name) => {
    expect(one(line)).toMatchObject({ kind: 'server-error', failure, name })
    expect((one(line) as { upstream?: string }).upstream).toBe(upstream)
  })

  test.each([
    ['CoreDNS-1.14.7', 'version', '1.14.7'],
    ['2018/09/06 13:02:45 [INFO] CoreDNS-1.2.2', 'version', '1.2.2'],
    ['.:53', 'started', '.:53'],
    ['2026-11-25T23:31:12.755Z cluster.local.:53 on 169.254.20.10', 'started', 'cluster.local.:53 on 169.254.20.10'],
    ['[INFO] plugin/reload: Running configuration SHA512 = 2f9a11bb', 'reload', '2f9a11bb'],
    ['[FATAL] plugin/loop: Loop (127.0.0.1:51384 -> :1053) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. '
      + 'Query: "HINFO 278.442."', 'loop-detected', 'HINFO 278.442.'],
    ['[FATAL] plugin/loop: Seen "HINFO IN 205.562." more than twice, loop detected', 'loop-detected', 'HINFO IN 205.562.'],
    ['[INFO] plugin/ready: Still waiting on: "kubernetes"', 'waiting-for-kubernetes', 'kubernetes'],
    ['[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API', 'unsynced-kubernetes', undefined],
    ['E0706 21:02:37.616396 1 reflector.go:138] x: Failed to watch *v1.EndpointSlice: failed to list *v1.EndpointSlice: '
      + 'endpointslices.discovery.k8s.io is forbidden: User "x" cannot list', 'api-forbidden', 'endpointslices.discovery.k8s.io'],
    ['/etc/coredns/Corefile:5 - Error during parsing: Unknown directive \'forwrad\'', 'corefile-error', 'Unknown directive \'forwrad\''],
    ['plugin/forward: no nameservers found', 'no-nameservers', undefined],
    ['[ERROR] plugin/errors: 3 errors like \'^read udp .* i/o timeout$\' occurred in last 30s', 'consolidated-errors', '3'],
  ])('%s', (line, event, value) => {
    expect(one(line)).toMatchObject({ kind: 'server-event', event })
    expect((one(line) as { value?: string }).value).toBe(value)
  })

  test('start-up chatter is no problem; strangers are one Problem, with their number', () => {
    expect(readCorednsLog('maxprocs: Leaving GOMAXPROCS=2: CPU quota undefined\nlinux/amd64, go1.20.14, \n\n', settings)).toEqual({
      value: [], problems: [] })
    const odd = readCorednsLog('hello\n[WARNING] plugin/x: odd\nworld\n', settings)
    expect(odd.problems.map(({ code, message, source }) => [code, message, source?.line])).toEqual([
      ['log-unknown-line', 'lines that are not CoreDNS\' (2 times)', 1],
        ['log-unknown-statement', 'lines of CoreDNS whose statement is not read', 2],
    ])
  })

  test('a line that never ends to repeat is kept a thousand times', () => {
    const read = readCorednsLog('[INFO] plugin/ready: Still waiting on: "kubernetes"\n'.repeat(5000), settings)
    expect(read.value.length).toBe(1000)
    expect(read.problems[0]?.message).toMatch(/\(4000 times\)$/)
  })
})

describe('hostile input', () => {
  const log = [`2026-11-25T23:31:12.755Z [INFO] ${PLAIN}`, '.:53', 'odd', `[INFO] ${PLAIN} "0" 10.0.0.1:53\r`,
    '[ERROR] plugin/errors: 2 a. A: no healthy proxies', PLAIN].join('\n')

  test('cut anywhere, the same observations and places', () => {
    const whole = readCorednsLog(log, settings)
    fc.assert(fc.property(fc.array(fc.nat(log.length), { maxLength: 12 }), cuts => {
      const seen: CorednsLogEntry[] = []
      const reader = corednsLogReader(settings, entry => seen.push(entry))
      let from = 0
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        reader.push(log.slice(from, cut))
        from = cut
      }
      reader.push(log.slice(from))
      expect({ value: seen, problems: reader.end().problems }).toEqual(whole)
    }), { numRuns: 200 })
    for (const entry of whole.value) expect(log.slice(entry.source.start, entry.source.end)).toBe(entry.source.text)
  })

  test('mutated lines never throw, and every place is inside the text', () => {
    fc.assert(fc.property(fc.nat(log.length), fc.string({ unit: 'binary', maxLength: 40 }), fc.nat(30), (at, put, cut) => {
      const text = log.slice(0, at) + put + log.slice(at + cut)
      for (const { source } of readCorednsLog(text, settings).value) expect(source.end).toBeLessThanOrEqual(text.length)
    }), { numRuns: 2000 })
  })

  test('one line of 100 MB, in one piece and in many: its head is read, the rest dropped and said', () => {
    const piece = 'x'.repeat(1 << 20)
    const reader = corednsLogReader(settings, () => {})
    reader.push(`[INFO] ${PLAIN}\n"A IN `)
    for (let i = 0; i < 100; i++) reader.push(piece)
    reader.push(`\n[INFO] ${PLAIN}\n`)
    const summary = reader.end()
    expect([summary.lines, summary.queries]).toEqual([3, 2])
    expect(summary.problems.map(({ code }) => code)).toContain('log-long-line')
    expect(readCorednsLog(`${piece.repeat(8)}\n[INFO] ${PLAIN}`, settings).value[0]?.source).toMatchObject({ line: 2,
      start: (1 << 23) + 1 })
  })

  test('places stay right after a line that was too long for one piece', () => {
    const text = `${'y'.repeat(200_000)}\n[INFO] ${PLAIN}\n`
    const seen: CorednsLogEntry[] = []
    const reader = corednsLogReader(settings, entry => seen.push(entry))
    for (let at = 0; at < text.length; at += 7000) reader.push(text.slice(at, at + 7000))
    reader.end()
    expect(seen[0]?.source).toMatchObject({ line: 2, start: 200_001 })
  })
})

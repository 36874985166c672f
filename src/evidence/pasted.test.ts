import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DirectAnswer, Observation } from './observation.ts'
import { readPasted } from './pasted.ts'
import { placeOf, readProbes } from './probes.ts'

const direct = (text: string): DirectAnswer[] => readPasted('t.txt', text).value.filter((seen): seen is DirectAnswer =>
  seen.kind === 'direct')
const short = (text: string): unknown[] => direct(text).map(({ tool, server, query, reply, failure }) =>
  [tool, server, query.name, query.type, reply ? [reply.rcode, ...reply.answer.map(({ data }) => data)].join(' ') : failure])

const answer = (server: string, rcode: string): string => `
; <<>> DiG 9.18.1 <<>> @${server} -p 5353 a.b +tcp AAAA
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: ${rcode}, id: 15592
;; flags: qr aa tc rd ra ad; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags: do; udp: 1232
;; QUESTION SECTION:
;a.b.\t\t\tIN\tAAAA

;; ANSWER SECTION:
a.b.\t30\tIN\tCNAME\tc.d.
c.d.\t20\tIN\tAAAA\t2001:db8::1

;; Query time: 4 msec
;; SERVER: ${server}#5353(${server}) (TCP)
;; WHEN: Wed Nov 25 23:32:16 UTC 2026
;; MSG SIZE  rcvd: 93
`

describe('dig', () => {
  test('everything it prints, several in one file, each at its place', () => {
    const text = `$ dig @10.0.0.1 a.b\n# from pod ns/web-0\n${answer('10.0.0.1', 'NOERROR')}$ dig @10.0.0.2 a.b\n# from node n1\n`
      + `${answer('10.0.0.2', 'SERVFAIL')}`
    const [first, second] = direct(text)
    expect(first).toMatchObject({
      place: 'ns/web-0', server: '10.0.0.1:5353', atMs: Date.UTC(2026, 10, 25, 23, 32, 16), rttMs: 4,
        query: { name: 'a.b.', type: 'AAAA', transport: 'tcp' },
      reply: { rcode: 'NOERROR', flags: ['aa', 'tc', 'rd', 'ra', 'ad'], edns: { sizeBytes: 1232, do: true },
        answer: [{ name: 'a.b.', type: 'CNAME', ttlS: 30, data: 'c.d.' }, { type: 'AAAA', ttlS: 20 }] },
    })
    expect([second?.place, second?.reply?.rcode,
      text.slice(second?.source.start).startsWith('; <<>> DiG 9.18.1 <<>> @10.0.0.2')]).toEqual(['node/n1', 'SERVFAIL', true])
    expect(first?.source.end).toBeLessThan(second?.source.start as number)
  })

  test('no answer', () => {
    expect(short('$ dig @10.0.0.9 a.b\n\n; <<>> DiG 9.18 <<>> @10.0.0.9 a.b\n;; communications error to 10.0.0.9#53: timed out\n;; '
      + 'communications error to 10.0.0.9#53: timed out\n;; no servers could be reached\n'))
      .toEqual([['dig', '10.0.0.9', 'a.b.', 'A', 'timeout']])
    expect(short('; <<>> DiG 9.18 <<>> a.b\n;; communications error to 127.0.0.53#53: connection refused\n')).toEqual([['dig', '127.0.0.53',
      'a.b.', 'A', 'refused']])
  })

  test('+short and +noall +answer; no data proves nothing', () => {
    expect(short('$ dig +short a.b @10.0.0.1\nc.d.\n10.1.1.1\n')).toEqual([['dig', '10.0.0.1', 'a.b.', 'A', 'NOERROR c.d. 10.1.1.1']])
    expect(direct('$ dig +short a.b @10.0.0.1\n10.1.1.1\n')[0]?.ttlKnown).toBe(false)
    expect(short('$ dig +short a.b @10.0.0.1\n')).toEqual([])
    expect(short('$ dig +noall +answer a.b @10.0.0.1\na.b.\t30\tIN\tA\t10.1.1.1\n')).toEqual([['dig', '10.0.0.1', 'a.b.', 'A',
      'NOERROR 10.1.1.1']])
  })

  test('a place that is not written stays unknown', () => {
    expect(direct(answer('10.0.0.1', 'NOERROR'))[0]?.place).toBeUndefined()
  })
})

describe('nslookup', () => {
  test('BIND: a denial after an address is AAAA\'s, one without it is A\'s', () => {
    const header = 'Server:\t\t10.0.0.10\nAddress:\t10.0.0.10#53\n\n'
    expect(short(`$ nslookup a.b\n;; Got recursion not available from 10.0.0.10\n${header}Name:\ta.b\nAddress: 10.1.1.1\n** server `
      + `can't find a.b: NXDOMAIN\n\n`))
      .toEqual([['nslookup', '10.0.0.10', 'a.b.', 'A', 'NOERROR 10.1.1.1'], ['nslookup', '10.0.0.10', 'a.b.', 'AAAA', 'NXDOMAIN']])
    expect(short(`${header}** server can't find a.b: SERVFAIL\n`)).toEqual([['nslookup', '10.0.0.10', 'a.b.', 'A', 'SERVFAIL']])
    expect(short(`${header}Non-authoritative answer:\n*** Can't find a.b.search: No answer\n`)).toEqual([['nslookup', '10.0.0.10',
      'a.b.search.', 'A', 'NOERROR'], ['nslookup', '10.0.0.10', 'a.b.search.', 'AAAA', 'NOERROR']])
    expect(short('$ nslookup a.b\n;; connection timed out; no servers could be reached\n')).toEqual([['nslookup', '', 'a.b.', 'A',
      'timeout']])
  })

  test('busybox, old and new', () => {
    expect(short('/ # nslookup x.y\nServer:    10.0.0.10\nAddress 1: 10.0.0.10 kube-dns.kube-system.svc.cluster.local\n\nName:      '
      + 'x.y\nAddress 1: 10.1.1.1 x.y\n')).toEqual([['nslookup', '10.0.0.10', 'x.y.', 'A', 'NOERROR 10.1.1.1']])
    expect(short('Server:    10.0.0.10\nAddress 1: 10.0.0.10\n\nnslookup: can\'t resolve \'x.y\'\n')).toEqual([['nslookup', '', 'x.y.', 'A',
      'unresolved']])
    expect(short('Server:\t\t10.0.0.10\nAddress:\t10.0.0.10:53\n\n** server can\'t find x.y: NXDOMAIN\n\n** server can\'t find x.y: '
      + 'NXDOMAIN\n').length).toBeGreaterThan(0)
  })
})

test('host, getent, ping', () => {
  expect(short('$ host a.b 10.0.0.1\nUsing domain server:\nName: 10.0.0.1\nAddress: 10.0.0.1#53\nAliases: \n\na.b has address 10.1.1.1\n'
    + 'a.b has address 10.1.1.2\nHost c.d not found: 3(NXDOMAIN)\n'))
    .toEqual([['host', '10.0.0.1', 'a.b.', 'A', 'NOERROR 10.1.1.1 10.1.1.2'], ['host', '10.0.0.1', 'c.d.', 'A', 'NXDOMAIN']])
  expect(short('$ getent hosts a.b\n2001:db8::1     a.b\n')).toEqual([['getent', '', 'a.b.', 'AAAA', 'NOERROR 2001:db8::1']])
  expect(short('$ getent ahosts a.b\n# from node n1\n\n')).toEqual([['getent', '', 'a.b.', 'A', 'unresolved']])
  const ping = readPasted('t',
    'PING a.b (10.1.1.1) 56(84) bytes of data.\nFrom 10.0.0.7 icmp_seq=1 Destination Host Unreachable\n\n--- a.b ping statistics ---\n3 '
      + 'packets transmitted, 0 received, +3 errors, 100% packet loss, time 2045ms\n').value
  expect(ping.map(({ kind }) => kind)).toEqual(['direct', 'reachability'])
  expect(ping[1]).toMatchObject({ address: '10.1.1.1', sent: 3, received: 0, failure: 'unreachable' })
  const head = 'PING 10.1.1.1 (10.1.1.1): 56 data bytes\n'
  expect(readPasted('t', `${head}64 bytes from 10.1.1.1: seq=0 ttl=42 time=0.1 ms\n`).value)
    .toMatchObject([{ kind: 'reachability', sent: 1, received: 1 }])
  expect(readPasted('t', `${head}Request timeout for icmp_seq 0\nRequest timeout for icmp_seq 1\n`).value)
    .toMatchObject([{ sent: 2, received: 0, failure: 'timeout' }])
  expect(short('$ ping a.b\nping: bad address \'a.b\'\n')).toEqual([['ping', '', 'a.b.', 'A', 'unresolved']])
})

test('what no reader knows is a Problem; an error line in it is still read', () => {
  expect(readPasted('t', '$ uname -a\nLinux\n').problems).toMatchObject([{ code: 'pasted-unknown', state: 'unknown' }])
  expect(readPasted('t', '$ tcpdump -A port 80\n23:32:32.103511 IP 10.0.0.1.35232 > 10.0.0.2.80: Flags [S], seq 1, win 1, length 0\n').problems)
    .toMatchObject([{ code: 'pasted-not-read', state: 'ignored', message: 'tcpdump text: not read yet' }])
  expect(readPasted('t', '$ ss -s\nNetid State\n').problems)
    .toMatchObject([{ code: 'pasted-not-read', state: 'ignored', message: 'netstat or ss output: not read yet' }])
  expect(readPasted('t', '$ curl https://a.b\n# from pod ns/x\ncurl: (6) Could not resolve host: a.b\n').value)
    .toMatchObject([{ kind: 'application', name: 'a.b', ok: false, place: 'ns/x' }])
})

describe('probes', () => {
  test('answers, questions without one, and damaged lines', () => {
    const good = { at: '2026-11-25T23:31:21.871Z', from: 'pod kube-system/c-0', server: '10.0.0.1', name: 'a.b.', type: 'A',
      transport: 'udp', rcode: 'NOERROR', flags: ['qr', 'aa'], answers: [{ name: 'a.b.', type: 'A', ttl: 600, data: '10.1.1.1' }],
      authority: [], rttMs: 4 }
    const text = [JSON.stringify(good), JSON.stringify({ server: '10.0.0.2:5353', name: 'a.b', error: 'read: connection refused' }),
      '{"server":', '[]', '{"server":"x"}'].join('\n')
    const { value, problems } = readProbes('p.jsonl', text)
    expect(value[0]).toMatchObject({ place: 'kube-system/c-0', server: '10.0.0.1', rttMs: 4,
      reply: { rcode: 'NOERROR', flags: ['aa'], answer: [{ ttlS: 600, data: '10.1.1.1' }] } })
    expect(value[1]).toMatchObject({ server: '10.0.0.2:5353', query: { name: 'a.b.', type: 'A' }, reply: undefined, failure: 'refused',
      place: undefined, atMs: undefined })
    expect(problems.map(({ code, message }) => [code, message])).toEqual([['probe-syntax', 'lines that are not JSON objects (2 times)'],
      ['probe-incomplete', 'probes without server or name']])
    expect([placeOf('node n1'), placeOf('ns/pod'), placeOf('somewhere')]).toEqual(['node/n1', 'ns/pod', undefined])
  })
})

test('any text: no exception, places inside the text', () => {
  const piece = fc.constantFrom('$ dig ', '$ nslookup x\n', '; <<>> DiG 9 <<>> a.b\n',
    ';; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n', ';; ANSWER SECTION:\n', 'a.b. 30 IN A 1.2.3.4\n', 'Server: 1.2.3.4\n',
    'Address: 1.2.3.4\n', 'Name: x\n',
    '** server can\'t find x: NXDOMAIN\n', 'PING a (1.2.3.4)\n', ';; MSG SIZE\n', 'Wed Nov 25 23:32:16 UTC 2026\n', '# from pod a/b\n',
      '\n', '{"server":"__proto__","name":"x"}\n', 'a has address 1.2.3.4\n')
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 10 })), { maxLength: 40 }), parts => {
    const text = parts.join('')
    const seen: readonly Observation[] = [...readPasted('t', text).value, ...readProbes('t', text).value]
    for (const { source } of seen) expect(source.start <= source.end && source.end <= text.length).toBe(true)
  }), { numRuns: 1500 })
})

// The external plugin `alternate`: a second way for replies with certain codes (github.com/coredns/alternate, setup.go and alternate.go).
import { expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { oneCoredns, zone } from '../../../test/support/one-coredns.ts'
import { REFUSED_CODE } from './refuse.ts'

const refused = (line: string): string => oneCoredns('1.11.3', `. {\n alternate ${line}\n forward . 10.0.0.1\n}\n`).problems.find(p => p.code === REFUSED_CODE)?.message ?? ''

test.each([
  ['', "Wrong argument count or unexpected line ending after 'alternate'"], ['original', "Wrong argument count or unexpected line ending after 'original'"], ['NXDOMAIN', "Wrong argument count or unexpected line ending after 'NXDOMAIN'"],
  ['NXDOMAIN .', "Wrong argument count or unexpected line ending after '.'"], ['ODD . 10.0.0.2', 'ODD is not a valid rcode'], ['NXDOMAIN,ODD . 10.0.0.2', 'ODD is not a valid rcode'],
  ['NXDOMAIN . 10.0.0.2 tls://10.0.0.3', 'only dns transport allowed'], ['NXDOMAIN . tls://10.0.0.3', 'only dns transport allowed'], ['NXDOMAIN . 10.0.0.2 {\n  max_fails 1\n }', 'additional parameters not allowed'],
  ['NXDOMAIN . 10.0.0.2\n alternate SERVFAIL,NXDOMAIN . 10.0.0.3', "rcode 'NXDOMAIN' is specified more than once"],
])('`alternate %s` is refused: %s', (line, text) => {
  expect(refused(line)).toContain(text)
})

test('what has the code goes to the other server, with what plugins before it made of the query', () => {
  const seen: unknown[] = []
  const other: Hop = function* (query) {
    seen.push((query as unknown as DnsQuery).edns?.sizeBytes)
    return { rcode: 'NOERROR', flags: [], answer: [{ name: 'none.test.', type: 'A', ttlS: 5, data: '10.9.9.9' }], authority: [], additional: [] } as unknown as Plain
  }
  const ask = (line: string, name: string): unknown => {
    const server = oneCoredns('1.11.3', `. {\n alternate ${line}\n bufsize 600\n forward . 10.0.0.1\n}\n`, { '10.0.0.1': zone('a.test. 60 A 10.0.0.9'), '10.0.0.2': other })
    const reply = server.ask({ name, edns: { sizeBytes: 1400 } } as never)
    return reply === LOST ? LOST : reply.answer.map(r => r.data)
  }
  expect([ask('NXDOMAIN . 10.0.0.2', 'a.test.'), ask('NXDOMAIN . 10.0.0.2', 'none.test.'), ask('original NXDOMAIN,SERVFAIL . 10.0.0.2', 'none.test.'), ask('SERVFAIL . 10.0.0.2', 'none.test.')]).toEqual([['10.0.0.9'], ['10.9.9.9'], ['10.9.9.9'], []])
  expect(seen).toEqual([600, 600])
})

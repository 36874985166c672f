// The codec beside tshark 4.0.17, named 9.18.49 and dig 9.18.49: what they said of 25,140 packets is recorded (tshark-README.md).
import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rdataBytes, rdataFromText, recordFromText, recordToText } from '../../src/dns/presentation-record.ts'
import type { Rdata } from '../../src/dns/rdata-layout.ts'
import { decodeMessage } from '../../src/dns/wire-decode.ts'
import { encodeMessage } from '../../src/dns/wire-encode.ts'
import type { WireRecord } from '../../src/dns/wire-message.ts'
import { rcodeOf } from '../../src/dns/wire-message.ts'
import { className, rcodeName, typeName } from '../../src/dns/wire-numbers-table.ts'
import { queryFromWire, queryToWire, replyFromWire, replyToWire } from '../../src/dns/wire-chain.ts'
import type { DnsQuery } from '../../src/dns/message.ts'
import { lineOfMessage, tsharkLines } from './tshark-lines.ts'
import { CAPTURES, fileBytes, messagesIn } from './tshark-packets.ts'

/** Packets of each file that a tshark on the PATH is asked about again. */
const LIVE = 600
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test.each(CAPTURES)('$name: every packet is read as tshark reads it, and written again byte for byte', ({ name, path }) => {
  const expected = gunzipSync(readFileSync(new URL(`tshark-${name}.txt.gz`, import.meta.url))).toString('utf8').trimEnd().split('\n')
  const packets = messagesIn(path)
  expect(packets.length).toBe(expected.length)
  const different: unknown[] = []
  const lines = packets.map((bytes, n) => {
    const { message, faults } = decodeMessage(bytes)
    const line = lineOfMessage(message)
    if (faults.length > 0 || line !== expected[n] || hex(encodeMessage(message)) !== hex(bytes)) different.push({ packet: n + 1, faults, line, expected: expected[n] })
    return line
  })
  expect(different.slice(0, 5)).toEqual([])
  expect(tsharkLines(name, LIVE) ?? lines.slice(0, LIVE)).toEqual(lines.slice(0, LIVE))
})

test('the packets of the incident come out the same through the words of the chain, compressed or in full as the server did', () => {
  const written = { query: 0, compressed: 0, full: 0, other: 0 }
  for (const bytes of messagesIn(CAPTURES[2].path)) {
    const { message } = decodeMessage(bytes)
    const query = queryFromWire(message, { transport: 'udp' }) as DnsQuery
    const is = (again: Uint8Array | undefined): boolean => again !== undefined && hex(again) === hex(bytes)
    const reply = (compress: boolean): Uint8Array | undefined => replyToWire(replyFromWire(message, query), query, message.id, { compress }).value
    if ((message.flags & 0x8000) === 0) written[is(queryToWire(query, message.id).value) ? 'query' : 'other']++
    else written[is(reply(true)) ? 'compressed' : is(reply(false)) ? 'full' : 'other']++
  }
  // The others come from recursors that point to names but spell out the target of a CNAME.
  expect(written).toEqual({ query: 3773, compressed: 304, full: 3447, other: 22 })
})

interface DigRow {
  readonly id: number
  readonly rcode: string
  readonly answers: readonly string[]
  readonly authorities: readonly string[]
  readonly additionals: readonly string[]
}
const digRows = fileBytes('test/captures/tshark-zoo-dig.jsonl.gz').toString('utf8').trimEnd().split('\n').map(line => JSON.parse(line) as DigRow)
const zooReplies = messagesIn(CAPTURES[0].path).map(bytes => decodeMessage(bytes).message).filter(message => (message.flags & 0x8000) !== 0)

test('records of the real named are printed as dig prints them, and dig lines are read into the bytes that named sent', () => {
  expect(zooReplies.map(reply => reply.id)).toEqual(digRows.map(row => row.id))
  const different: string[] = []
  const types = new Set<string>()
  zooReplies.forEach((reply, n) => {
    const row = digRows[n] as DigRow
    expect(rcodeName(rcodeOf(reply))).toBe(row.rcode)
    for (const section of ['answers', 'authorities', 'additionals'] as const) {
      const records = reply[section].filter(record => record.type !== 41)
      expect(records.length).toBe(row[section].length)
      records.forEach((record, at) => {
        const line = row[section][at] as string
        const { value, fault } = recordFromText(line)
        types.add(typeName(record.type))
        if (!value || recordToText(value) !== recordToText(record) || hex(rdataBytes(value.rdata)) !== hex(rdataBytes(record.rdata))) different.push(`${fault?.code}: ${line}: ${recordToText(record)}`)
        else if (!sameText(line, record)) different.push(`${line} is printed as ${recordToText(record)}`)
      })
    }
  })
  expect(different).toEqual([])
  expect([...types].sort()).toEqual(['A', 'AAAA', 'CAA', 'CDNSKEY', 'CDS', 'CNAME', 'DNAME', 'DNSKEY', 'DS', 'HINFO', 'HTTPS', 'MX', 'NAPTR', 'NS', 'NSEC', 'NSEC3', 'NSEC3PARAM',
    'PTR', 'RRSIG', 'SMIMEA', 'SOA', 'SPF', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'TYPE65280', 'TYPE65281'])
})

/** White space aside: dig aligns columns. BIND 9.18 has no word for the key of RFC 9461. */
const sameText = (line: string, record: WireRecord): boolean => line.replace(/\s+/g, ' ').trimEnd().replace(' key7=', ' dohpath=') === recordToText(record)

test('zone file lines are read into the bytes that named sent for them', () => {
  const lines = fileBytes('test/captures/tshark-zoo.zone').toString('utf8').trimEnd().split('\n').slice(1)
  const sent = new Set(zooReplies.flatMap(reply => [...reply.answers, ...reply.authorities, ...reply.additionals])
    .map(record => `${record.name.text.toLowerCase()} ${className(record.class)} ${typeName(record.type)} ${hex(rdataBytes(record.rdata))}`))
  const missing = lines.filter(line => {
    const { value } = recordFromText(line, { origin: 'zoo.test.', ttlS: 300 })
    return value === undefined || !sent.has(`${value.name.text.toLowerCase()} ${className(value.class)} ${typeName(value.type)} ${hex(rdataBytes(value.rdata))}`)
  })
  // Not asked for by name: what is below the delegation, and the targets of others.
  expect(missing.map(line => line.split(' ').slice(0, 3).join(' '))).toEqual(['ds.sub IN NS', '*.wild IN A'])
})

test('what named sent is read from its generic form as well', () => {
  for (const reply of zooReplies) for (const record of reply.answers) {
    const bytes = rdataBytes(record.rdata)
    const { value } = rdataFromText(record.type, `\\# ${bytes.length} ${hex(bytes)}`)
    expect(hex(rdataBytes(value as Rdata))).toBe(hex(bytes))
  }
})

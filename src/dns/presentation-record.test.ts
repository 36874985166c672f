import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RDATA_KINDS, rdataOf } from '../../test/support/random-message.ts'
import { rdataBytes, rdataFromText, rdataToText, recordFromText, recordToText, ttlFromText } from './presentation-record.ts'
import type { Rdata } from './rdata-layout.ts'
import { FAULT_CODES } from './wire-fault.ts'
import { typeNumber } from './wire-numbers-table.ts'

const SHA1 = '2FD4E1C67A2D28FCED849EE1BB76E7391B93EB12'

test.each([
  ['A', '10.0.0.1'], ['AAAA', '::'], ['AAAA', 'fd00:10:96::3'], ['AAAA', '::ffff:10.0.0.1'], ['AAAA', '1:0:0:2::3'],
  ['CNAME', 'a.corp-example.com.'], ['DNAME', '.'], ['NS', 'a\\.b.'], ['PTR', '*.\\@.\\000\\255.'], ['MX', '10 mail.example.'], ['SRV', '0 100 53 a.'],
  ['SOA', 'ns.dns.cluster.local. hostmaster.cluster.local. 1764113481 7200 1800 86400 5'],
  ['TXT', '"a b;c" "q\\"x" "\\\\" "" "\\000\\127\\255"'], ['HINFO', '"ANY obsoleted" "See RFC 8482"'], ['CAA', '128 issue "ca.example; policy=ev"'],
  ['NAPTR', '100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" .'], ['DS', `60485 5 1 ${SHA1}`], ['CDS', '0 0 0 00'], ['SSHFP', `2 1 ${SHA1}`],
  ['DNSKEY', '256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8nokfzj31GajIQKY+5CptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhjL742iU/TpPSEDhm2SNKLijfUppn1UaNvv4w=='],
  ['RRSIG', 'A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQ=='], ['RRSIG', 'TYPE65280 5 3 0 21060207062815 19700101000000 0 . AA=='],
  ['NSEC', 'host.example.com. A MX RRSIG NSEC TYPE1234'], ['NSEC', '.'],
  ['NSEC3', '1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM'], ['NSEC3', '1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR'],
  ['NSEC3PARAM', '1 0 10 AABB'], ['TLSA', `3 1 1 ${SHA1}`], ['SMIMEA', '3 0 0 AB'], ['SPF', '"v=spf1 -all"'],
  ['HTTPS', '0 pool.example.'], ['HTTPS', '1 . alpn="h2,h3" no-default-alpn port=8443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1'],
  ['SVCB', '1 foo.example. mandatory=alpn,ipv4hint alpn="f\\\\\\\\oo\\\\,bar,h2" ipv4hint=192.0.2.1 ech=AAAA dohpath="/dns-query{?dns}" ohttp key667="hello\\210qoo" key668'],
  ['AFSDB', '1 db.example.'], ['KX', '10 kx.example.'], ['RT', '10 relay.example.'], ['LP', '10 l64.example.'], ['L32', '10 10.1.2.0'], ['MB', 'mb.example.'], ['MR', 'mr.example.'],
  ['MINFO', 'owner.example. error.example.'], ['RP', 'admin.example. txt.example.'], ['X25', '311061700956'], ['EUI48', '00-00-5e-00-53-2a'], ['EUI64', '00-00-5e-ef-10-00-00-2a'],
  ['NSAP-PTR', 'foo.example.'], ['GPOS', '-32.6882 116.8652 10.0'], ['UID', '5'], ['GID', '7'], ['UINFO', '"abc d"'], ['EID', 'AABB'], ['NIMLOC', 'AABB'], ['PX', '10 a.example. b.example.'],
  ['NID', '10 0014:4fff:ff20:ee64'], ['L64', '10 2001:0DB8:1140:1000'], ['TALINK', 'a.example. b.example.'], ['NINFO', '"a" "b"'], ['AVC', '"app-name:x"'], ['RKEY', '0 0 5 AQAB'],
  ['OPENPGPKEY', 'AQPSKmyn'], ['DHCID', 'AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA='], ['KEY', '512 255 1 AQAB'], ['CSYNC', '66 3 A NS AAAA'],
  ['URI', '10 1 "ftp://ftp1.example.com/public"'], ['ZONEMD', '2018031500 1 1 00112233445566778899AABBCCDDEEFF'],
  ['TYPE65280', '\\# 4 0A000001'], ['NULL', '\\# 0'], ['OPT', '\\# 12 000A00080011223344556677'],
])('%s %s is printed as it is read', (type, text) => {
  const { value, fault } = rdataFromText(type, text)
  expect(fault).toBeUndefined()
  expect(rdataToText(value as Rdata)).toBe(text)
})

test.each([
  ['AAAA', 'FD00:0:0::01', 'fd00::1'], ['AAAA', '64:ff9b::10.1.2.3', '64:ff9b::a01:203'], ['TXT', 'plain 中', '"plain" "\\228\\184\\173"'],
  ['DS', `60485 5 1 ( ${SHA1.slice(0, 20).toLowerCase()} ; first half\n ${SHA1.slice(20)} )`, `60485 5 1 ${SHA1}`], ['A', '\\# 4 0a 00 00 01', '10.0.0.1'],
  ['MX', '\\# 3 000a00', '10 .'], ['RRSIG', 'A 5 3 86400 4294967295 0 2642 . AA==', 'A 5 3 86400 21060207062815 19700101000000 2642 . AA=='],
  ['NSEC', '. MX A A', '. A MX'], ['HTTPS', '1 . port=53 alpn=h2', '1 . alpn="h2" port=53'], ['HTTPS', '1 . key3="\\001\\187" key1=\\002h2', '1 . alpn="h2" port=443'],
  ['HTTPS', '1 . key3=x', '1 . key3="x"'], ['NS', 'a\\098c.', 'abc.'], ['CNAME', 'a.', 'a.'], ['CAA', '0 "issue" ca', '0 issue "ca"'],
])('%s %s is %s', (type, text, printed) => {
  expect(rdataToText(rdataFromText(type, text).value as Rdata)).toBe(printed)
})

test.each([
  ['A', '10.0.0.256', 'text-address'], ['A', '10.0.0.01', 'text-address'], ['A', '', 'text-field-missing'], ['A', '1.2.3.4 x', 'text-field-extra'], ['AAAA', '1::2::3', 'text-address'],
  ['MX', '65536 a.', 'text-number'], ['MX', '-1 a.', 'text-number'], ['MX', '10', 'text-field-missing'], ['NS', 'relative', 'text-name-relative'], ['NS', 'a..b.', 'label-empty'],
  ['NS', `${'a'.repeat(64)}.`, 'label-too-long'], ['NS', `${'a.'.repeat(128)}`, 'name-too-long'], ['NS', 'a\\256.', 'text-escape'], ['NS', 'a\\25.', 'text-escape'], ['NS', 'a\\', 'text-name-relative'],
  ['TXT', '"open', 'text-quote-open'], ['TXT', `"${'x'.repeat(256)}"`, 'text-string-too-long'], ['TXT', '', 'text-field-missing'], ['TXT', 'a\nb', 'text-line-end'],
  ['EUI48', '00-00-5e-00-53', 'text-address'], ['EUI48', '00-00-5e-00-53-2', 'text-address'], ['EUI64', '00-00-5e-ef-10-00-00-2g', 'text-address'], ['X25', '', 'text-field-missing'], ['NID', '10 0014:4fff:ff20', 'text-address'], ['L64', '10 2001:db8:1140:1000', 'text-address'],
  ['DS', '1 1 1 ABC', 'text-hex'], ['DS', '1 1 1 GG', 'text-hex'], ['DS', '( 1 1 1 AB', 'text-parenthesis'], ['DS', '1 1 1 AB )', 'text-parenthesis'], ['DNSKEY', '1 1 1 A===', 'text-base64'],
  ['DNSKEY', '1 1 1 AB', 'text-base64'], ['DNSKEY', '1 1 1 AB==', 'text-base64'], ['NSEC3', '1 0 0 - W', 'text-base32'], ['NSEC', '. NOPE', 'text-type'],
  ['RRSIG', 'A 5 3 1 20260230000000 0 1 . AA==', 'text-time'], ['RRSIG', 'A 5 3 1 tomorrow 0 1 . AA==', 'text-time'], ['HTTPS', '1 . alpn=h2 alpn=h3', 'text-svcb-param'],
  ['HTTPS', '1 . port=70000', 'text-svcb-param'], ['HTTPS', '1 . nope=1', 'text-svcb-param'], ['HTTPS', '1 . ipv4hint=', 'text-svcb-param'], ['TYPE65280', '1.2.3.4', 'text-type'],
  ['TYPE65280', '\\# 3 0A', 'text-generic-length'], ['TYPE65280', '\\# x 0A', 'text-number'], ['A', '\\# 3 0A0000', 'rdata-length-mismatch'], ['TYPE65536', 'x', 'text-type'], ['OPT', '"x"', 'text-type'],
  ['MX', '\\# 4 000ac00c', 'pointer-forward'],
])('%s %j: %s', (type, text, code) => {
  const { fault } = rdataFromText(type, text)
  expect(fault?.code).toBe(code)
  expect((fault?.start ?? -1) >= 0 && (fault?.end ?? -1) <= text.length).toBe(true)
})

test('records: TTL with units, class and TTL in either order, names completed by an origin', () => {
  const read = (text: string, options = {}): string => {
    const { value, fault } = recordFromText(text, options)
    return value ? recordToText(value) : (fault as { code: string }).code
  }
  expect(read('a.example. 1h30m IN A 10.0.0.1')).toBe('a.example. 5400 IN A 10.0.0.1')
  expect(read('a.example. CH 5 TXT x ; said')).toBe('a.example. 5 CH TXT "x"')
  expect(read('www MX 10 mail', { origin: 'example.', ttlS: 30 })).toBe('www.example. 30 IN MX 10 mail.example.')
  expect(read('@ 0 NS @', { origin: 'example.' })).toBe('example. 0 IN NS example.')
  expect(read('www 1 A 10.0.0.1', { origin: '.' })).toBe('www. 1 IN A 10.0.0.1')
  expect(read('a. CLASS32 TYPE65280 \\# 1 00', { ttlS: 9 })).toBe('a. 9 CLASS32 TYPE65280 \\# 1 00')
  expect(read('a\\;b\\(.c. 1 SOA m.c. r\\.x.c. ( 1 2\n3 4\n5 )')).toBe('a\\;b\\(.c. 1 IN SOA m.c. r\\.x.c. 1 2 3 4 5')
  expect([read(''), read('a. IN A 1.2.3.4'), read('a. 1 IN'), read('a. 1 IN WHAT x'), read('a 1 A 1.2.3.4'), read('a. 1 A (')])
    .toEqual(['text-field-missing', 'text-ttl', 'text-field-missing', 'text-type', 'text-name-relative', 'text-parenthesis'])
})

test.each([['0', 0], ['2147483648', 2 ** 31], ['1w2d3h4m5s', 788_645], ['1H', 3600], ['4294967296', undefined], ['1x', undefined], ['', undefined], ['1h30', undefined], ['h', undefined]])(
  'TTL %s', (text, ttlS) => expect(ttlFromText(text)).toBe(ttlS))

test.each(RDATA_KINDS.filter(kind => kind !== 'OPT'))('any %s is printed and read back as the same bytes', kind => {
  fc.assert(fc.property(rdataOf(kind), rdata => {
    const text = rdataToText(rdata)
    const { value, fault } = rdataFromText(kind, text)
    expect(fault, text).toBeUndefined()
    expect(rdataBytes(value as Rdata)).toEqual(rdataBytes(rdata))
    expect(rdataToText(value as Rdata)).toBe(text)
    const generic = rdataToText({ kind: 'generic', bytes: rdataBytes(rdata) })
    expect(rdataToText(rdataFromText(kind, generic).value as Rdata)).toBe(text)
  }), { numRuns: 60 })
})

test('any text is read or refused with a place in it', () => {
  const piece = fc.constantFrom('10', 'a.', '"', '\\', '\\#', '(', ')', ';', '\n', ' ', '=', 'alpn=', '__proto__', 'A', '\\300', '1.2.3.4', 'é', '\ud800')
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.array(piece, { maxLength: 12 }).map(pieces => pieces.join('')))
  fc.assert(fc.property(fc.constantFrom(...RDATA_KINDS), text, (kind, given) => {
    for (const { value, fault } of [rdataFromText(typeNumber(kind) as number, given), recordFromText(`x. 1 ${kind} ${given}`), recordFromText(given, { origin: '.', ttlS: 1 })]) {
      if (fault) expect(FAULT_CODES.includes(fault.code) && fault.start >= 0 && fault.start <= fault.end).toBe(true)
      else expect(value).toBeDefined()
    }
  }), { numRuns: 2000 })
})

test('long hostile text is read in proportion to its length', () => {
  for (const text of ['('.repeat(1e5), '"'.repeat(1e5), '\\'.repeat(1e5), `${'a='.repeat(5e4)}"`, ' '.repeat(1e5), ';'.repeat(1e5), '9'.repeat(1e5), `\\# 65535 ${'0 '.repeat(1e5)}`]) {
    for (const kind of ['TXT', 'HTTPS', 'NSEC', 'A'] as const) expect(() => rdataFromText(kind, text)).not.toThrow()
  }
})

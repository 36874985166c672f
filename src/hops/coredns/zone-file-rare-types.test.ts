// Rare types as miekg/dns itself reads them: each pair is a record without its owner and TTL, and what ZoneParser of v1.1.72 (CoreDNS 1.15.0) made of it,
// recorded from the library: RDATA as it is printed after the wire, or `!` and the error at line:column. A third part has what other releases make of it.
import { expect, test } from 'vitest'
import type { CorednsVersion } from './plugin.ts'
import { dialectOf } from './zone-data.ts'
import { readZoneFile } from './zone-file.ts'

type Recorded = readonly [text: string, result: string, others?: Readonly<Record<string, string>>]

/** v1.1.72, .58, .55, .49. */
const RELEASES: Readonly<Record<string, CorednsVersion>> = { '1.15.0': [1, 15, 0], '1.11.3': [1, 11, 3], '1.11.0': [1, 11, 0], '1.9.3': [1, 9, 3] }

const NEXT = 'z.example.org. 5 IN A 1.1.1.1'

/** Behind it another record stands, which is left out where it is read as itself. */
function read(text: string, release: string): string {
  const options = { origin: 'example.org.', path: 'z.db', dialect: dialectOf(RELEASES[release] as CorednsVersion), open: () => undefined }
  const { value } = readZoneFile('z.db', `n 5 ${text}\nz 5 A 1.1.1.1\n`, options)
  const records = value.records.map(r => `${r.name} ${r.ttlS} ${r.class} ${r.type} ${r.data}`.replace(/^n\.example\.org\. 5 IN \S+ /, ''))
  const error = value.error ? [`! ${value.error.text.replace(/^z\.db: dns: /, '').replace('at line: ', 'at ')}`] : []
  return [...records.filter((record, i) => i === 0 || record !== NEXT), ...error].join(' | ')
}

const RECORDED: readonly Recorded[] = [
  ['LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m', '\\# 16 000016138B3CF018810CBCE0009895B8'],
  ['LOC 42 21 54 N 71 06 18 W -24m 30m', '\\# 16 0033161389172DD070BE15F000988D20'], ['LOC 42 N 71 W 0', '\\# 16 001216138903210070C3DA8000989680'],
  ['LOC 42 21 N 71 06 W 0m', '! bad LOC Latitude seconds: "N" at 1:16'], ['LOC 90 N 180 E 1', '\\# 16 00121613934FD900A69FB200009896E4'],
  ['LOC 90 1 N 180 E 1', '! bad LOC Latitude seconds: "N" at 1:15'], ['LOC 91 N 1 E 1', '! bad LOC Latitude: "91" at 1:11'],
  ['LOC -1 N 1 E 1', '! bad LOC Latitude: "-1" at 1:11'], ['LOC 52 60 N 1 E 1', '! bad LOC Latitude minutes: "60" at 1:14'],
  ['LOC 52 22 60 N 1 E 1', '! bad LOC Latitude seconds: "60" at 1:17'], ['LOC 52 22 59.9999 S 1 E 1', '\\# 16 0012161374C27F618036EE80009896E4'],
  ['LOC 52 22 x N 1 E 1', '! bad LOC Latitude seconds: "x" at 1:16'], ['LOC 52 22 3 X 1 E 1', '! bad LOC Latitude North/South: "X" at 1:18'],
  ['LOC 52 N 181 E 1', '! bad LOC Longitude: "181" at 1:17'], ['LOC 52 N 1 60 E 1', '! bad LOC Longitude minutes: "60" at 1:18'],
  ['LOC 52 N 1 1 60 E 1', '! bad LOC Longitude seconds: "60" at 1:20'], ['LOC 52 N 1 1 1 N 1', '! bad LOC Longitude East/West: "N" at 1:21'],
  ['LOC 52 N 1 E x', '! bad LOC Altitude: "x" at 1:18'], ['LOC 52 N 1 E ', '! bad LOC Altitude: "\\n" at 1:17'], ['LOC 52 N 1 E', '! bad LOC Altitude: "z" at 2:2'],
  ['LOC 52 N 1 E m', '! bad LOC Altitude: "" at 1:18'], ['LOC 52 N 1 E 1 1.5 .5 0.05', '\\# 16 001251508B2872008036EE80009896E4'],
  ['LOC 52 N 1 E 1 x', '! bad LOC Size: "x" at 1:20'], ['LOC 52 N 1 E 1 1 x', '! bad LOC HorizPre: "x" at 1:22'],
  ['LOC 52 N 1 E 1 1 1 x', '! bad LOC VertPre: "x" at 1:24'], ['LOC 52 N 1 E 1 1 1 1 x', '\\# 16 001212128B2872008036EE80009896E4'],
  ['LOC 52 N 1 E 1 "1"', '! bad LOC Size, HorizPre or VertPre: "\\"" at 1:20'], ['LOC 52 N 1 E 1 90000000', '\\# 16 009916138B2872008036EE80009896E4'],
  ['LOC 52 N 1 E 1 90000000.01', '! bad LOC Size: "90000000.01" at 1:30'], ['LOC 52 N 1 E 1 1.234', '! bad LOC Size: "1.234" at 1:24'],
  ['LOC 52 N 1 E 1 1.', '! bad LOC Size: "1." at 1:21'], ['LOC 52 N 1 E 1 +1', '! bad LOC Size: "+1" at 1:21'], ['LOC 52 N 1 E 1 m', '! bad LOC Size: "m" at 1:20'],
  ['LOC 52 n 1 w 1e2 12345m', '\\# 16 001616138B2872007FC911800098BD90'], ['LOC "', '! bad LOC Latitude: "\\"" at 1:9'],
  ['LOC 52 1 1.5 n 0 0 0.001 e -100000m', '\\# 16 001216138B29623C8000000100000000'], ['LOC 52 22 1e1 N 1 E 0x1p3', '\\# 16 001216138B3CBD508036EE80009899A0'],
  ['LOC 52 22 1_0 N 1 E 1', '\\# 16 001216138B3CBD508036EE80009896E4'], ['LOC 52 N 1 E 1 )', '\\# 16 001216138B2872008036EE80009896E4'],
  ['CERT PKIX 1 2 AQNR', '\\# 8 0001000102010351'], ['CERT pkix 1 2 AQNR', '! bad CERT Type: "pkix" at 1:14'],
  ['CERT 65535 65535 RSASHA256 AQNR AAAA', '\\# 11 FFFFFFFF08010351000000'], ['CERT 1 1 rsasha256 AQNR', '! bad CERT Algorithm: "rsasha256" at 1:23'],
  ['CERT 1 1 1', '\\# 5 0001000101'], ['CERT 1 x 1 AQ==', '! bad CERT KeyTag: "x" at 1:13'], ['CERT 65536 1 1 AQ==', '! bad CERT Type: "65536" at 1:15'],
  ['CERT 1 1 256 AQ==', '! bad CERT Algorithm: "256" at 1:17'], ['CERT OID 0 0 AQ= =', '\\# 6 00FE00000001'],
  ['CERT 1 1 1 "AQ=="', '! bad CERT Certificate: "\\"" at 1:16'], ['CERT', '! unexpected newline: "\\n" at 1:8'], ['CERT 1', '! bad CERT KeyTag: "z" at 2:2'],
  ['CERT URI 1 PRIVATEOID AQ==', '\\# 6 00FD0001FE01'],
  ['HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdx a. b', '\\# 44 10020006200100107B1A74DF365639CC39F1D57803010001B7710161000162076578616D706C65036F726700'],
  ['HIP 2 20 AwEA', '\\# 8 0102000320030100'], ['HIP 256 20 AwEA', '! bad HIP PublicKeyAlgorithm: "256" at 1:12'], ['HIP 2 20 Aw', '! bad HIP PublicKey: "Aw" at 1:15'],
  ['HIP 2', '! bad HIP PublicKey: "5" at 2:4'], ['HIP 2 20', '! bad HIP PublicKey: "z" at 2:2'], ['HIP 2 20 AwEA a..b', '! bad HIP RendezvousServers: "a..b" at 1:22'],
  ['HIP 2 20 AwEA "a"', '! bad HIP RendezvousServers: "\\"" at 1:19'],
  ['HIP 2 20 AwEA @ x', '\\# 36 0102000320030100076578616D706C65036F7267000178076578616D706C65036F726700'], ['HIP 2 "20" AwEA', '! bad HIP PublicKey: "\\"" at 1:14'],
  ['HIP 2 20 AwEA a b c', '\\# 53 01020003200301000161076578616D706C65036F7267000162076578616D706C65036F7267000163076578616D706C65036F726700'],
  ['APL 1:192.0.2.0/24 !2:2001:db8::/32', '\\# 15 00011803C000020002208420010DB8'], ['APL 1:0.0.0.0/0', '\\# 4 00010000'], ['APL', '! unexpected newline: "\\n" at 1:7'],
  ['APL  ', '\\# 0'], ['APL 1:192.0.2.1/24', '! extra bits in APL address: "1:192.0.2.1/24" at 1:22'],
  ['APL 1:192.0.2.0', '! : "1:192.0.2.0" at 1:19', { '1.11.0': '! failed to parse APL address: invalid CIDR address: 192.0.2.0: "1:192.0.2.0" at 1:19', '1.9.3': '! failed to parse APL address: invalid CIDR address: 192.0.2.0: "1:192.0.2.0" at 1:19' }],
  ['APL 3:1.2.3.4/32', '! unrecognized APL family: "3:1.2.3.4/32" at 1:20'],
  ['APL x:1.2.3.4/32', '! : "x:1.2.3.4/32" at 1:20', { '1.11.0': '! failed to parse APL family: strconv.ParseUint: parsing "x": invalid syntax: "x:1.2.3.4/32" at 1:20', '1.9.3': '! failed to parse APL family: strconv.ParseUint: parsing "x": invalid syntax: "x:1.2.3.4/32" at 1:20' }],
  ['APL :1.2.3.4/32', '! : ":1.2.3.4/32" at 1:19', { '1.11.0': '! failed to parse APL family: strconv.ParseUint: parsing "": invalid syntax: ":1.2.3.4/32" at 1:19', '1.9.3': '! failed to parse APL family: strconv.ParseUint: parsing "": invalid syntax: ":1.2.3.4/32" at 1:19' }],
  ['APL !1:10.0.0.0/8', '\\# 5 000108810A'], ['APL 1:2001:db8::/32', '! address mismatch with the APL family: "1:2001:db8::/32" at 1:23'],
  ['APL 2:1.2.3.0/24', '! address mismatch with the APL family: "2:1.2.3.0/24" at 1:20'], ['APL 192.0.2.0/24', '! missing colon in APL field: "192.0.2.0/24" at 1:20'],
  ['APL 1:1.2.3.4/33', '! : "1:1.2.3.4/33" at 1:20', { '1.11.0': '! failed to parse APL address: invalid CIDR address: 1.2.3.4/33: "1:1.2.3.4/33" at 1:20', '1.9.3': '! failed to parse APL address: invalid CIDR address: 1.2.3.4/33: "1:1.2.3.4/33" at 1:20' }],
  ['APL "1:1.2.3.4/32"', '! unexpected APL field: "\\"" at 1:9'], ['APL 1:1.2.3.4/32 x', '! missing colon in APL field: "x" at 1:22'],
  ['APL 65536:1.2.3.4/32', '! : "65536:1.2.3.4/32" at 1:24', { '1.11.0': '! failed to parse APL family: strconv.ParseUint: parsing "65536": value out of range: "65536:1.2.3.4/32" at 1:24', '1.9.3': '! failed to parse APL family: strconv.ParseUint: parsing "65536": value out of range: "65536:1.2.3.4/32" at 1:24' }],
  ['APL 2:::ffff:1.2.3.0/120', '\\# 19 0002780F00000000000000000000FFFF010203'], ['APL 2:::/0', '\\# 4 00020000'], ['APL 2:1::/16', '\\# 6 000210020001'],
  ['APL !:1.2.3.4/8', '! : "!:1.2.3.4/8" at 1:19', { '1.11.0': '! failed to parse APL family: strconv.ParseUint: parsing "": invalid syntax: "!:1.2.3.4/8" at 1:19', '1.9.3': '! failed to parse APL family: strconv.ParseUint: parsing "": invalid syntax: "!:1.2.3.4/8" at 1:19' }],
  ['APL 1:10.1.0.0/16  1:10.2.0.0/16', '\\# 12 000110020A01000110020A02'],
  ['IPSECKEY 10 1 2 192.0.2.38 AQNR', '! garbage after rdata: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 0 2 . AQNR', '! garbage after rdata: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 0 2 x AQNR', '! : "x" at 1:22', { '1.11.0': '! IPSECKEY gateway type none with gateway set: "x" at 1:22', '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 3 2 mygateway AQNR', '! garbage after rdata: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 2 2 2001:db8::1 AQ==', '! garbage after rdata: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 1 2 2001:db8::1 AQ==', '! : "2001:db8::1" at 1:32', { '1.11.0': '! IPSECKEY gateway IP family mismatch: "2001:db8::1" at 1:32', '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 2 2 192.0.2.1 AQ==', '! : "192.0.2.1" at 1:30', { '1.11.0': '! IPSECKEY gateway IP family mismatch: "192.0.2.1" at 1:30', '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 1 2 x AQ==', '! : "x" at 1:22', { '1.11.0': '! IPSECKEY gateway IP invalid: "x" at 1:22', '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 256 1 2 192.0.2.1 AQ==', '! bad IPSECKEY value: "256" at 1:17', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 256 2 1.2.3.4 AQ==', '! bad IPSECKEY value: "256" at 1:20', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 1 x 1.2.3.4 AQ==', '! bad IPSECKEY value: "x" at 1:20', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 4 2 x AQ==', '! garbage after rdata: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 1 2 1.2.3.4', '! bad IPSECKEY PublicKey: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 1 2 1.2.3.4 A', '! garbage after rdata: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 3 2 a..b AQ==', '! : "a..b" at 1:25', { '1.11.0': '! IPSECKEY invalid gateway host: "a..b" at 1:25', '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 1 2 ::ffff:1.2.3.4 AQ==', '! garbage after rdata: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 2 2 ::ffff:1.2.3.4 AQ==', '! : "::ffff:1.2.3.4" at 1:35', { '1.11.0': '! IPSECKEY gateway IP family mismatch: "::ffff:1.2.3.4" at 1:35', '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10', '! bad IPSECKEY value: "z" at 2:2', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['IPSECKEY 10 1 2 1.2.3.4 "AQ=="', '! bad IPSECKEY PublicKey: "\\"" at 1:29', { '1.9.3': '! expecting RR type or class, not this...: "IPSECKEY" at 1:13' }],
  ['AMTRELAY 10 0 1 203.0.113.15', '\\# 6 0A01CB00710F', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 1 2 2001:db8::15', '\\# 2 0A82', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 128 1 3 relay', '\\# 2 8083', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 0 .', '\\# 2 0A00', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 0 x', '! : "x" at 1:21', { '1.11.0': '! AMTRELAY gateway type none with gateway set: "x" at 1:21', '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 2 1 1.2.3.4', '! bad discovery value: "2" at 1:18', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 128 .', '\\# 2 0A80', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 129 1.2.3.4', '\\# 2 0A81', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 1 1 x', '! : "x" at 1:21', { '1.11.0': '! AMTRELAY gateway IP invalid: "x" at 1:21', '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 1 ::1', '! : "::1" at 1:23', { '1.11.0': '! AMTRELAY gateway IP family mismatch: "::1" at 1:23', '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 2 1.2.3.4', '! : "1.2.3.4" at 1:27', { '1.11.0': '! AMTRELAY gateway IP family mismatch: "1.2.3.4" at 1:27', '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 256 0 1 1.2.3.4', '! bad AMTRELAY value: "256" at 1:17', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 256 1.2.3.4', '! bad AMTRELAY value: "256" at 1:22', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 1 1.2.3.4 x', '! garbage after rdata: "x" at 1:29', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 3 a..b', '! : "a..b" at 1:24', { '1.11.0': '! AMTRELAY invalid gateway host: "a..b" at 1:24', '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 7 anything', '\\# 2 0A07', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 1 "1.2.3.4"', '! : "\\"" at 1:21', { '1.11.0': '! AMTRELAY gateway IP invalid: "\\"" at 1:21', '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 0 1', '! : "z" at 2:2', { '1.11.0': '! AMTRELAY gateway IP invalid: "z" at 2:2', '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['AMTRELAY 10 "0" 1 1.2.3.4', '! bad discovery value: "\\"" at 1:17', { '1.9.3': '! expecting RR type or class, not this...: "AMTRELAY" at 1:13' }],
  ['CSYNC 66 3 A NS AAAA', '66 3 A NS AAAA'], ['CSYNC 66 3', '66 3'], ['CSYNC 66 3 ', '66 3'], ['CSYNC 66 x A', '! bad CSYNC flags: "x" at 1:15'],
  ['CSYNC x 3 A', '! bad CSYNC serial: "x" at 1:12'], ['CSYNC 66 3 FOO', '! bad CSYNC TypeBitMap: "FOO" at 1:18'], ['CSYNC 66 3 TYPE65280', '66 3 TYPE65280'],
  ['CSYNC 66 65536 A', '! bad CSYNC flags: "65536" at 1:19'], ['CSYNC 4294967296 1 A', '! bad CSYNC serial: "4294967296" at 1:21'], ['CSYNC 1 1 a ns', '1 1 A NS'],
  ['CSYNC 1 1 "A"', '! bad CSYNC TypeBitMap: "\\"" at 1:15'], ['CSYNC 1 1 NS A', '1 1 A NS'], ['CSYNC 1 1 XXXX5', '1 1 CNAME'],
  ['EUI48 00-00-5e-00-53-2a', '00-00-5e-00-53-2a'], ['EUI48 00-00-5E-00-53-2A', '00-00-5e-00-53-2a'],
  ['EUI48 00:00:5e:00:53:2a', '! bad EUI48 Address: "00:00:5e:00:53:2a" at 1:27'], ['EUI48 00-00-5e-00-53-2', '! bad EUI48 Address: "00-00-5e-00-53-2" at 1:26'],
  ['EUI48 00-00-5e-00-53-2g', '! bad EUI48 Address: "00-00-5e-00-53-2g" at 1:27'], ['EUI48 00-00-5e-00-53-2a x', '! garbage after rdata: "x" at 1:29'],
  ['EUI48 "00-00-5e-00-53-2a"', '! bad EUI48 Address: "\\"" at 1:11'], ['EUI48 00-00-5e-00-53-2-', '! bad EUI48 Address: "00-00-5e-00-53-2-" at 1:27'],
  ['EUI48 0_-00-5e-00-53-2a', '! bad EUI48 Address: "0_-00-5e-00-53-2a" at 1:27'],
  ['EUI64 00-00-5e-ef-10-00-00-2a', '00-00-5e-ef-10-00-00-2a'], ['EUI64 00-00-5e-ef-10-00-00-2g', '! bad EUI68 Address: "00-00-5e-ef-10-00-00-2g" at 1:33'],
  ['EUI64 00-00-5e-ef-10-00-00', '! bad EUI64 Address: "00-00-5e-ef-10-00-00" at 1:30'],
  ['EUI64 00-00-5e-ef-10-00-00:2a', '! bad EUI64 Address: "00-00-5e-ef-10-00-00:2a" at 1:33'],
  ['EUI64 00-00-5e-ef-10-00-00-2a )', '! garbage after rdata: "extra closing brace" at 1:35'],
  ['EID e32c6f78163a9348', 'E32C6F78163A9348'], ['EID e3 2c', 'E32C'], ['EID', '! unexpected newline: "\\n" at 1:7'], ['EID "e3"', '! bad EID Endpoint: "\\"" at 1:9'],
  ['NIMLOC 3257 6f', '32576F'],
  ['GPOS -32.6882 116.8652 10.0', '-32.6882 116.8652 10.0'], ['GPOS x 1 1', '! bad GPOS Longitude: "x" at 1:11'], ['GPOS 1 x 1', '! bad GPOS Latitude: "x" at 1:13'],
  ['GPOS 1 1 x', '! bad GPOS Altitude: "x" at 1:14'], ['GPOS 1 1 1 1', '! garbage after rdata: "1" at 1:16'], ['GPOS 1e3 0x1p-2 inf', '1e3 0x1p-2 inf'],
  ['GPOS "1" 1 1', '! bad GPOS Longitude: "\\"" at 1:10'], ['GPOS nan nan nan', 'nan nan nan'], ['GPOS 1 1', '! bad GPOS Altitude: "z" at 2:2'],
  ['X25 311061700956', '311061700956'], ['X25', '! unexpected newline: "\\n" at 1:7'], ['X25 a b', '! garbage after rdata: "b" at 1:11'],
  ['X25 "311"', '! garbage after rdata: "311" at 1:13'], ['X25 x', 'x'],
  ['PX 10 net2. PRMD-net2.ADMD', '10 net2. PRMD-net2.ADMD.example.org.'], ['PX 10 a', '! garbage after rdata: "5" at 2:4'],
  ['PX 10 a..b c', '! bad PX Map822: "a..b" at 1:15'], ['PX 10 a b..c', '! bad PX Mapx400: "b..c" at 1:16'], ['PX x a b', '! bad PX Preference: "x" at 1:9'],
  ['PX 10 a b c', '! garbage after rdata: "c" at 1:15'], ['PX 10 @ @', '10 example.org. example.org.'],
  ['NINFO "a" "b"', '"a" "b"'], ['NINFO a b', '"a" "b"'], ['NINFO', '! unexpected newline: "\\n" at 1:9'], ['NINFO "', '! bad NINFO ZSData: " " at 1:10'],
  ['RKEY 0 255 1 AwEA', '0 255 1 AwEA'], ['RKEY x 1 1 AQ==', '! bad RKEY Flags: "x" at 1:11'], ['RKEY 0 256 1 AQ==', '! bad RKEY Protocol: "256" at 1:15'],
  ['RKEY 0 1 x AQ==', '! bad RKEY Algorithm: "x" at 1:15'], ['RKEY 0 1 1', '0 1 1'], ['RKEY 0 1 1 "', '! bad RKEY PublicKey: "\\"" at 1:16'],
  ['TALINK . b', '. b.example.org.'], ['TALINK a @', 'a.example.org. example.org.'], ['TALINK a..b c', '! bad TALINK PreviousName: "a..b" at 1:16'],
  ['TALINK a b..c', '! bad TALINK NextName: "b..c" at 1:17'], ['TALINK a b c', '! garbage after rdata: "c" at 1:16'], ['TALINK a', '! garbage after rdata: "5" at 2:4'],
  ['UID 1', '1'], ['UID 4294967295', '4294967295'], ['UID 4294967296', '! bad UID Uid: "4294967296" at 1:18'], ['UID x', '! bad UID Uid: "x" at 1:9'],
  ['UID 1 2', '! garbage after rdata: "2" at 1:11'],
  ['GID 1', '1'], ['GID x', '! bad GID Gid: "x" at 1:9'], ['GID 1 1', '! garbage after rdata: "1" at 1:11'],
  ['UINFO text', '"text"'], ['UINFO "a b" c', '"a b"'], ['UINFO', '! unexpected newline: "\\n" at 1:9'], ['UINFO "', '! bad UINFO Uinfo: " " at 1:10'],
  ['NID 10 0014:4fff:ff20:ee64', '10 0014:4fff:ff20:ee64'], ['NID 10 0014:4fff:ff20:ee6', '! bad NID/L64 NodeID/Locator64: "0014:4fff:ff20:ee6" at 1:29'],
  ['NID 10 0014.4fff:ff20:ee64', '10 0014:4fff:ff20:ee64'], ['NID 10 00144fff:ff20:ee64xxx', '! bad NID/L64 NodeID/Locator64: "00144fff:ff20:ee64xxx" at 1:32'],
  ['NID 10 0014:4fff:ff20:eeg4', '! bad NID/L64 NodeID/Locator64: "0014:4fff:ff20:eeg4" at 1:30'], ['NID x 0014:4fff:ff20:ee64', '! bad NID Preference: "x" at 1:10'],
  ['NID 10 0014:4fff:ff20:ee64 x', '! garbage after rdata: "x" at 1:32'], ['NID 10 0014:4fff:ff20:ee645', '10 0014:4fff:ff20:ee64'],
  ['NID 10 ""', '! bad NID/L64 NodeID/Locator64: "\\"" at 1:12'], ['NID 10 001_:4fff:ff20:ee64', '! bad NID/L64 NodeID/Locator64: "001_:4fff:ff20:ee64" at 1:30'],
  ['L32 10 10.1.2.0', '10 10.1.2.0'], ['L32 10 ::1', '10 0.0.0.0'], ['L32 10 ::ffff:1.2.3.4', '10 1.2.3.4'], ['L32 10 x', '! bad L32 Locator: "x" at 1:12'],
  ['L32 x 1.2.3.4', '! bad L32 Preference: "x" at 1:10'], ['L32 10 1.2.3.4 x', '! garbage after rdata: "x" at 1:20'],
  ['L64 10 2001:0DB8:1140:1000', '10 2001:0DB8:1140:1000'], ['L64 10 2001:DB8:1140:1000', '! bad NID/L64 NodeID/Locator64: "2001:DB8:1140:1000" at 1:29'],
  ['L64 10 2001-0DB8-1140-1000', '! bad NID/L64 NodeID/Locator64: "2001-0DB8-1140-1000" at 1:30'],
  ['LP 10 l64', '10 l64.example.org.'], ['LP 10 a..b', '! bad LP Fqdn: "a..b" at 1:14'], ['LP x a', '! bad LP Preference: "x" at 1:9'],
  ['LP 10 a b', '! garbage after rdata: "b" at 1:13'],
  ['TA 1 8 2 AB', '\\# 5 00010802AB'], ['TA 1 RSASHA256 2 AB', '\\# 5 00010802AB'], ['TA 1 rsasha256 2 ab', '\\# 5 00010802AB'],
  ['TA 1 x 2 ab', '! bad TA Algorithm: "x" at 1:11'], ['TA x 8 2 ab', '! bad TA KeyTag: "x" at 1:9'], ['TA 1 8 256 ab', '! bad TA DigestType: "256" at 1:15'],
  ['TA 1 8 2', '\\# 4 00010802'],
  ['TKEY a. 2 abcd 1 ab', '\\# 22 0161000000000000000000000000000002ABCD0001AB'], ['TKEY a. x abcd 1 ab', '! bad TKEY key length: "x" at 1:14'],
  ['TKEY a. 256 abcd 1 ab', '! bad TKEY key length: "256" at 1:16'], ['TKEY a. 2 "abcd" 1 ab', '! bad TKEY key: "\\"" at 1:15'],
  ['TKEY a. 2 abcd x ab', '! bad TKEY otherdata length: "x" at 1:21'], ['TKEY a. 2 abcd 1', '! bad TKEY otherday: "z" at 2:2'],
  ['TKEY a. 2 abcd 1 ab x', '\\# 22 0161000000000000000000000000000002ABCD0001AB | ! not a TTL: "x" at 1:25'],
  ['TKEY "a." 2 abcd 1 ab', '! bad TKEY algorithm: "\\"" at 1:10'], ['TKEY a. 1 "" 0 ""', '! bad TKEY key: "\\"" at 1:15'],
  ['ZONEMD 2018031500 1 1 FEBE', '2018031500 1 1 FEBE'], ['ZONEMD x 1 1 ab', '! bad ZONEMD Serial: "x" at 1:13'],
  ['ZONEMD 1 256 1 ab', '! bad ZONEMD Scheme: "256" at 1:17'], ['ZONEMD 1 1 256 ab', '! bad ZONEMD Hash Algorithm: "256" at 1:19'], ['ZONEMD 1 1 1', '1 1 1'],
  ['ZONEMD 1 1 1 ab cd', '1 1 1 ABCD'], ['ZONEMD 1 1 1 "', '! bad ZONEMD Digest: "\\"" at 1:18'],
  ['RESINFO qnamemin exterr=15-17 "infourl=https://x/"', '\\# 41 08716E616D656D696E0C6578746572723D31352D313712696E666F75726C3D68747470733A2F2F782F', { '1.11.3': '! expecting RR type or class, not this...: "RESINFO" at 1:12', '1.11.0': '! expecting RR type or class, not this...: "RESINFO" at 1:12', '1.9.3': '! expecting RR type or class, not this...: "RESINFO" at 1:12' }],
  ['RESINFO', '! unexpected newline: "\\n" at 1:11', { '1.11.3': '! expecting RR type or class, not this...: "RESINFO" at 1:11', '1.11.0': '! expecting RR type or class, not this...: "RESINFO" at 1:11', '1.9.3': '! expecting RR type or class, not this...: "RESINFO" at 1:11' }],
  ['RESINFO "', '! bad RESINFO Resinfo: " " at 1:12', { '1.11.3': '! expecting RR type or class, not this...: "RESINFO" at 1:12', '1.11.0': '! expecting RR type or class, not this...: "RESINFO" at 1:12', '1.9.3': '! expecting RR type or class, not this...: "RESINFO" at 1:12' }],
  ['RESINFO a"b"', '\\# 4 01610162', { '1.11.3': '! expecting RR type or class, not this...: "RESINFO" at 1:12', '1.11.0': '! expecting RR type or class, not this...: "RESINFO" at 1:12', '1.9.3': '! expecting RR type or class, not this...: "RESINFO" at 1:12' }],
  ['ISDN "150862028003217" "004"', '\\# 20 0F31353038363230323830303332313703303034', { '1.11.0': '! bad RFC3597 Rdata: "\\"" at 1:10', '1.9.3': '! bad RFC3597 Rdata: "\\"" at 1:10' }],
  ['ISDN 150862028003217 004', '\\# 20 0F31353038363230323830303332313703303034', { '1.11.0': '! bad RFC3597 Rdata: "150862028003217" at 1:25', '1.9.3': '! bad RFC3597 Rdata: "150862028003217" at 1:25' }],
  ['ISDN "a b"', '\\# 4 01610162', { '1.11.0': '! bad RFC3597 Rdata: "\\"" at 1:10', '1.9.3': '! bad RFC3597 Rdata: "\\"" at 1:10' }],
  ['ISDN a', '\\# 3 016100', { '1.11.0': '! bad RFC3597 Rdata: "a" at 1:10', '1.9.3': '! bad RFC3597 Rdata: "a" at 1:10' }],
  ['ISDN', '! unexpected newline: "\\n" at 1:8'],
  ['ISDN "', '! bad ISDN Fields: " " at 1:9', { '1.11.0': '! bad RFC3597 Rdata: "\\"" at 1:10', '1.9.3': '! bad RFC3597 Rdata: "\\"" at 1:10' }],
  ['ISDN a b c', '\\# 6 016103622063', { '1.11.0': '! bad RFC3597 Rdata: "a" at 1:11', '1.9.3': '! bad RFC3597 Rdata: "a" at 1:11' }],
  ['SIG A 8 2 60 20300101000000 20200101000000 1 a. AQNR', '\\# 24 000108020000003C70DBD8805E0BE1000001016100010351'],
  ['SIG A 8 2 60 20300101000000 20200101000000 1 a..b AQNR', '! bad RRSIG SignerName: "a..b" at 1:54'],
  ['SIG FOO 8 2 60 20300101000000 20200101000000 1 a. AQNR', '! bad RRSIG Typecovered: "FOO" at 1:12'],
  ['SIG A x 2 60 1 1 1 a. AQ==', '! bad RRSIG Algorithm: "x" at 1:12'],
  ['NXT b A MX', '\\# 19 0162076578616D706C65036F72670000024001', { '1.11.0': '! bad RFC3597 Rdata: "b" at 1:10', '1.9.3': '! bad RFC3597 Rdata: "b" at 1:10' }],
  ['NXT b FOO', '! bad NSEC TypeBitMap: "FOO" at 1:13', { '1.11.0': '! bad RFC3597 Rdata: "b" at 1:10', '1.9.3': '! bad RFC3597 Rdata: "b" at 1:10' }],
  ['NXT b..c A', '! bad NSEC NextDomain: "b..c" at 1:13', { '1.11.0': '! bad RFC3597 Rdata: "b..c" at 1:13', '1.9.3': '! bad RFC3597 Rdata: "b..c" at 1:13' }],
  ['NXT b', '\\# 15 0162076578616D706C65036F726700', { '1.11.0': '! bad RFC3597 Rdata: "b" at 1:9', '1.9.3': '! bad RFC3597 Rdata: "b" at 1:9' }],
  ['NULL x', '! NULL records do not have a presentation format: " " at 1:9'], ['NULL \\# 1 ab', '\\# 1 AB'], ['NULL \\# 0', '\\# 0'],
  ['OPT x', '! OPT records do not have a presentation format: " " at 1:8'], ['OPT \\# 0', '\\# 0'],
  ['TSIG x', '! TSIG records do not have a presentation format: " " at 1:9'],
  ['NXNAME x', '! NXNAME records do not have a presentation format: " " at 1:11', { '1.11.3': '! expecting RR type or class, not this...: "NXNAME" at 1:11', '1.11.0': '! expecting RR type or class, not this...: "NXNAME" at 1:11', '1.9.3': '! expecting RR type or class, not this...: "NXNAME" at 1:11' }],
  ['NXNAME \\# 0', '\\# 0', { '1.11.3': '! expecting RR type or class, not this...: "NXNAME" at 1:11', '1.11.0': '! expecting RR type or class, not this...: "NXNAME" at 1:11', '1.9.3': '! expecting RR type or class, not this...: "NXNAME" at 1:11' }],
  ['NXNAME  ', '! NXNAME records do not have a presentation format: " " at 1:11', { '1.11.3': '! expecting RR type or class, not this...: "NXNAME" at 1:11', '1.11.0': '! expecting RR type or class, not this...: "NXNAME" at 1:11', '1.9.3': '! expecting RR type or class, not this...: "NXNAME" at 1:11' }],
  ['ANY x', '! unknown RR type: "x" at 1:9'],
  ['ATMA x', '! bad RFC3597 Rdata: "x" at 1:10'], ['ATMA \\# 1 ab', '\\# 1 AB'],
  ['AXFR x', '! bad RFC3597 Rdata: "x" at 1:10'],
  ['MAILB \\# 1 00', '\\# 1 00'],
  ['UNSPEC x', '! bad RFC3597 Rdata: "x" at 1:12'],
]

test.each(Object.keys(RELEASES))('%s: the data of rare types is read, and refused in the words of the library', release => {
  expect(RECORDED.map(([text]) => [text, read(text, release)])).toEqual(RECORDED.map(([text, result, others]) => [text, others?.[release] ?? result]))
})

// Of what the library reads and cannot pack there is no RDATA to record.
test.each([
  ['CERT 1 1 1 AQ', '1 1 1 AQ'], ['CERT 1 1 1 A*==', '1 1 1 A*=='], ['HIP 2 2 AwEA', '2 2 AwEA'], ['HIP 2 zz AwEA', '2 zz AwEA'], ['EID e', 'e'], ['EID zz', 'zz'], ['NIMLOC xyz', 'xyz'], ['TA 1 8 2 a', '1 8 2 a'], ['TKEY a 2 abcd 1 ab', 'a 2 abcd 1 ab'], ['TKEY a. 2 abc 1 ab', 'a. 2 abc 1 ab'], ['ZONEMD 1 1 1 a', '1 1 1 a'],
])('%s stays as it is written', (text, result) => {
  expect(read(text, '1.15.0')).toBe(result)
})

test('a text that ends right behind the type is a record of zero octets', () => {
  const of = (type: string, release = '1.15.0'): string => {
    const dialect = dialectOf(RELEASES[release] as CorednsVersion)
    return readZoneFile('z.db', `n 5 ${type} `, { origin: 'example.org.', path: 'z.db', dialect, open: () => undefined }).value.records.map(r => r.data).join()
  }
  expect(['A', 'MX', 'CERT', 'UID', 'UINFO', 'GPOS', 'NINFO', 'ISDN'].map(type => of(type))).toEqual(['\\# 0', '\\# 2 0000', '\\# 5 0000000000', '0', '""', '"" "" ""', '\\# 0', '\\# 2 0000'])
  expect(of('ISDN', '1.11.0')).toBe('\\# 0')
})

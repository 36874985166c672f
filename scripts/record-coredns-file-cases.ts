// What scripts/record-coredns-file.ts asks: Corefiles with `file` and `auto`, their zone files, and questions. `do` and a UDP size may follow a question.
export interface RecordedCase {
  readonly id: string
  readonly corefile: string
  readonly files: Readonly<Record<string, string>>
  /** None: only the start is recorded. */
  readonly asks: readonly string[]
}

const SOA = '@ IN SOA ns.example.org. h.example.org. 7 7200 1800 86400 60\n'
const APEX = `$ORIGIN example.org.\n$TTL 600\n${SOA}@ IN NS ns\n@ IN NS ns.other.test.\nns IN A 10.0.0.1\nns IN AAAA 2001:db8::1\n`

const RICH = `${APEX}@ IN MX 10 mail\n@ IN MX 20 mail\n@ IN TXT "v=spf1 -all" "second part"\n@ IN CAA 0 issue "ca.test"
mail 300 IN A 10.0.0.2\nMAIL 300 IN A 10.0.0.3\nmail IN AAAA 2001:db8::2
www IN CNAME web\nweb IN A 10.0.0.4\nchain CNAME c1\nc1 CNAME c2\nc2 CNAME web\nshort CNAME Web.Example.ORG.
dead IN CNAME gone\nout IN CNAME x.other.test.\nnodata CNAME mail\ntocut CNAME a.sub\nself CNAME self\nl1 CNAME l2\nl2 CNAME l1\ntoapex CNAME @
toent CNAME deep\ntowild CNAME any.wild\nto-mx CNAME @
*.wild IN A 10.0.0.5\n*.wild IN TXT "star"\n*.wild IN MX 5 mail\na.wild IN TXT "own"\nx.b.wild IN A 10.0.0.6
*.cw IN CNAME web\n*.cx IN CNAME nothere\n*.loop IN CNAME again.loop\n*.starcut.ent2 IN A 10.0.0.7
ent.deep IN A 10.0.0.8\na.b.c.d IN A 10.0.0.9\nx.*.estar IN A 10.0.0.20
sub IN NS ns.sub\nsub IN NS ns.elsewhere.test.\nns.sub IN A 10.0.0.10\nsub IN DS 1 8 2 ABCD\nbelow.sub IN A 10.0.0.11\nsub2 IN NS ns
_sip._tcp IN SRV 0 5 5060 Sip\n_sip._tcp IN SRV 0 5 5061 sip\nsip IN A 10.0.0.12\n_X._TCP IN SRV 1 1 1 web.other.test.
dn IN DNAME dst\ndn IN A 10.0.0.13\nw.dst IN A 10.0.0.14\ndx IN DNAME outside.test.\nds DNAME x.ds
svc IN SVCB 1 Mail alpn=h2\nsvc2 IN HTTPS 1 . alpn="h2,h3" port=8443\nnaptr NAPTR 10 20 "u" "E2U+sip" "!^.*$!sip:x@y!" .
tlsa TLSA 3 1 1 ABCDEF\nhinfo HINFO "cpu" "os"\nrp RP m t\nuri URI 10 1 "ftp://x/"\ngen TYPE65280 \\# 2 ABCD\nloc TXT a b c\ntxt TXT "semi;colon" "quo\\"te" "back\\\\slash"
has\\.dot A 10.0.0.15\nhas\\046two A 10.0.0.16\nsp\\032ace A 10.0.0.17\nptr PTR web\nch CH A 10.0.0.18\nbig TXT "${'x'.repeat(255)}" "${'y'.repeat(255)}" "${'z'.repeat(255)}"
_d.a.b.c.d A 10.0.0.19\n`

const SIGNED = `${APEX}@ RRSIG SOA 8 2 600 20300101000000 20200101000000 1 @ AAAA\n@ RRSIG NS 8 2 600 20300101000000 20200101000000 1 @ AQAA
@ DNSKEY 257 3 8 AwEAAQ==\n@ NSEC a.example.org. NS SOA RRSIG NSEC DNSKEY\n@ RRSIG NSEC 8 2 60 20300101000000 20200101000000 1 @ AgAA
a A 10.0.0.1\na RRSIG A 8 3 600 20300101000000 20200101000000 1 @ AwAA\na NSEC c.example.org. A RRSIG NSEC\na RRSIG NSEC 8 3 60 20300101000000 20200101000000 1 @ BAAA
c CNAME a\nc RRSIG CNAME 8 3 600 20300101000000 20200101000000 1 @ BQAA\nc NSEC *.w.example.org. CNAME RRSIG NSEC
*.w A 10.0.0.2\n*.w RRSIG A 8 3 600 20300101000000 20200101000000 1 @ BgAA\n*.w NSEC s.example.org. A RRSIG NSEC
s NS ns.s\ns DS 1 8 2 ABCD\ns RRSIG DS 8 3 600 20300101000000 20200101000000 1 @ BwAA\nns.s A 10.0.0.3\ns NSEC example.org. NS DS RRSIG NSEC
d DNAME a\nd RRSIG DNAME 8 3 600 20300101000000 20200101000000 1 @ CAAA\nm MX 1 a\nm RRSIG MX 8 3 600 20300101000000 20200101000000 1 @ CQAA\n`

const forwardRest = '. {\n errors\n log\n forward . 127.0.0.11\n}\n'
const block = (plugin: string, key = 'example.org'): string => `${key} {\n errors\n log\n ${plugin}\n}\n`
const names = (type: string, ...all: readonly string[]): string[] => all.map(n => `${n}.example.org. ${type}`)

const RICH_ASKS = [
  ...['A', 'AAAA', 'MX', 'TXT', 'CAA', 'SOA', 'NS', 'ANY', 'DS', 'CNAME', 'AXFR'].map(type => `example.org. ${type}`),
  ...names('A', 'www', 'chain', 'short', 'dead', 'out', 'tocut', 'self', 'l1', 'toapex', 'toent', 'towild', 'WWW', 'mail', 'q.wild', 'a.wild', 'b.wild', 'y.b.wild', 'deep.y.wild',
    'x.cw', 'x.cx', 'x.loop', 'wild', 'deep', 'c.d', 'd', 'nope', 'x.nope', 'q.estar', 'estar', 'z.starcut.ent2', 'a.sub', 'sub', 'ns.sub', 'below.sub', 'sub2', 'x.sub2',
    'dn', 'w.dn', 'nope.dn', 'x.dx', 'z.ds', 'has\\.dot', 'has\\.two', 'sp\\032ace', 'ns', '_sip._tcp', '*.wild', 'x.a.b.c.d', 'b.c.d'),
  ...names('AAAA', 'www', 'nodata', 'mail', 'q.wild', 'x.cw', 'w.dn', 'out'),
  ...names('MX', 'q.wild', 'to-mx', 'www', 'nope'), ...names('TXT', 'txt', 'loc', 'big', 'q.wild', 'toapex', 'chain'),
  ...names('SRV', '_sip._tcp', '_x._tcp', '_SIP._TCP'), ...names('CNAME', 'www', 'x.cw', 'w.dn', 'self'), ...names('NS', 'sub', 'toapex', 'www', 'a.sub'),
  ...names('SOA', 'toapex', 'www', 'sub'), ...names('DS', 'sub', 'a.sub', 'www'), ...names('DNAME', 'dn', 'w.dn'),
  'svc.example.org. SVCB', 'svc2.example.org. HTTPS', 'naptr.example.org. NAPTR', 'tlsa.example.org. TLSA', 'hinfo.example.org. HINFO',
  'gen.example.org. TYPE65280', 'ptr.example.org. PTR', 'example.org. ANY do', 'big.example.org. TXT tcp', 'big.example.org. TXT 1232', 'www.example.org. A 4096', 'sub.example.org. A do',
  'other.test. A', 'www.example.org. IXFR',
]
const SIGNED_ASKS = ['example.org. SOA', 'example.org. NS', 'example.org. DNSKEY', 'a.example.org. A', 'a.example.org. AAAA', 'c.example.org. A', 'x.w.example.org. A', 'x.w.example.org. TXT',
  's.example.org. A', 'x.s.example.org. A', 's.example.org. DS', 'nope.example.org. A', 'bb.example.org. A', 'x.nope.example.org. A', 'w.example.org. A', 'x.d.example.org. A',
  'm.example.org. MX', 'a.example.org. RRSIG', 'a.example.org. NSEC', 'deep.x.y.example.org. A'].flatMap(ask => [`${ask} do`, ask])

const bad = (lines: string): string => `$ORIGIN example.org.\n$TTL 600\n${SOA}@ NS ns\nns A 10.0.0.1\n${lines}\nlast A 10.0.0.99\n`
const BAD_LINES: Readonly<Record<string, string>> = {
  'bad-address': 'x A 300.1.1.1', 'bad-mx': 'x MX mail 10', 'bad-ttl': 'x 1y A 1.1.1.1', 'no-type': 'x IN', 'unknown-type': 'x IN FOO bar', 'extra': 'x A 1.1.1.1 2.2.2.2',
  'open-brace': 'x TXT ( "a"', 'extra-brace': 'x A 1.1.1.1 )', 'open-quote': 'x TXT "a', 'bad-owner': 'bad..x A 1.1.1.1', 'bad-directive': '$TTL x', 'bad-origin': '$ORIGIN bad..',
  'include-missing': '$INCLUDE nofile.db', 'include-garbage': '$INCLUDE inc.db sub x', 'generate-range': '$GENERATE 5-1 a A 1.1.1.1', 'generate-modifier': '$GENERATE 1-2 a${0,2,q} A 1.1.1.1',
  'generate-address': '$GENERATE 250-257 h$ A 10.0.0.$', 'nsec3': 'x NSEC3PARAM 1 0 10 AABB', 'rrsig': 'x RRSIG A RSASHA256 2 600 20300101000000 20200101000000 1 @ AAAA', 'unknown-directive': '$FOO x',
  'bad-class': 'x CLASSx A 1.1.1.1', 'soa-other': 'other SOA ns h 8 1 1 1 1', 'soa-twice': '@ SOA ns2 h 9 1 1 1 1', 'type-bad': 'x TYPE99999 \\# 0', 'long-ttl': 'x 4294967297 A 1.1.1.1',
  'svcb-key': 'x SVCB 1 . nope=1', 'caa': 'x CAA 0 issue a b', 'naptr': 'x NAPTR 1 1 u s r .', 'aaaa-four': 'x AAAA 1.2.3.4',
}

export const CASES: readonly RecordedCase[] = [
  { id: 'file.rich', corefile: `${block('file z.db')}${forwardRest}`, files: { 'z.db': RICH }, asks: RICH_ASKS },
  { id: 'file.alone', corefile: block('file z.db example.org', '.'), files: { 'z.db': RICH }, asks: ['www.example.org. A', 'other.test. A', 'out.example.org. A', 'org. A', 'x.dx.example.org. A'] },
  { id: 'file.signed', corefile: `${block('file z.db')}${forwardRest}`, files: { 'z.db': SIGNED }, asks: SIGNED_ASKS },
  { id: 'file.apex-only', corefile: block('file z.db'), files: { 'z.db': `@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 NS ns.test.\n` }, asks: ['example.org. A', 'example.org. SOA', 'example.org. NS', 'x.example.org. A', 'example.org. TXT do'] },
  { id: 'file.no-ns', corefile: block('file z.db'), files: { 'z.db': `@ 60 IN SOA ns h 1 2 3 4 5\nwww A 1.1.1.1\n` }, asks: ['example.org. NS', 'www.example.org. A', 'example.org. A'] },
  { id: 'file.two-origins', corefile: block('file z.db example.org example.net', '.'), files: { 'z.db': '@ 60 IN SOA ns h 1 2 3 4 5\n@ NS ns\nwww A 1.1.1.1\nfix.example.org. A 2.2.2.2\n' },
    asks: ['www.example.org. A', 'www.example.net. A', 'fix.example.org. A', 'example.net. SOA', 'x.test. A'] },
  { id: 'file.two-files', corefile: '. {\n errors\n log\n file a.db example.org\n file b.db sub.example.org\n file a.db example.org\n}\n',
    files: { 'a.db': '$ORIGIN example.org.\n@ 60 IN SOA ns h 1 2 3 4 5\n@ NS ns\nsub NS ns.sub\nx.sub A 1.1.1.1\n', 'b.db': '$ORIGIN sub.example.org.\n@ 60 IN SOA ns h 1 2 3 4 5\nx A 2.2.2.2\n' },
    asks: ['x.sub.example.org. A', 'sub.example.org. NS', 'y.sub.example.org. A', 'y.example.org. A', 'sub.example.org. DS'] },
  { id: 'file.root', corefile: '. {\n root zones\n errors\n log\n file z.db\n}\n', files: { 'zones/z.db': '. 60 IN SOA ns. h. 1 2 3 4 5\n. 60 NS ns.\nns. 60 A 1.1.1.1\na.b. 60 A 2.2.2.2\n*.w. 60 TXT x\n' },
    asks: ['ns. A', 'a.b. A', 'b. A', 'x.w. TXT', '. NS', '. SOA', 'nope. A', '. A'] },
  { id: 'file.missing', corefile: `${block('file nofile.db')}${forwardRest}`, files: {}, asks: ['www.example.org. A', 'example.org. SOA', 'x.test. A', 'example.org. AXFR'] },
  { id: 'file.reverse', corefile: block('file z.db 10.0.0.0/24', '.'), files: { 'z.db': '@ 60 IN SOA ns.test. h.test. 1 2 3 4 5\n@ NS ns.test.\n$GENERATE 1-5/2 $ PTR host${100}.test.\n$GENERATE 10-12 $ CNAME $.sub\n' },
    asks: ['1.0.0.10.in-addr.arpa. PTR', '2.0.0.10.in-addr.arpa. PTR', '3.0.0.10.in-addr.arpa. PTR', '11.0.0.10.in-addr.arpa. PTR', '0.0.10.in-addr.arpa. NS', '9.9.9.10.in-addr.arpa. PTR'] },
  { id: 'file.include', corefile: block('file zones/z.db'), files: { 'zones/z.db': `${SOA.replace('IN', '60 IN')}@ NS ns\n$INCLUDE inc.db\n$INCLUDE inc.db sub\n A 9.9.9.9\nlast A 3.3.3.3\n`, 'zones/inc.db': 'inc 5 A 1.1.1.1\n  TXT "x"\n' },
    asks: ['inc.example.org. A', 'inc.sub.example.org. A', 'inc.example.org. TXT', 'last.example.org. A', 'ns.example.org. A', 'example.org. A'] },
  { id: 'file.cache', corefile: `${block('cache 30\n file z.db')}${forwardRest}`, files: { 'z.db': RICH }, asks: ['www.example.org. A', 'www.example.org. A', 'nope.example.org. A', 'nope.example.org. A', 'a.sub.example.org. A', 'a.sub.example.org. A', 'out.example.org. A', 'dead.example.org. A', 'x.loop.example.org. A'] },
  { id: 'file.minimal', corefile: `${block('minimal\n file z.db')}${forwardRest}`, files: { 'z.db': RICH }, asks: ['www.example.org. A', 'example.org. MX', 'nope.example.org. A', 'a.sub.example.org. A'] },
  { id: 'file.options', corefile: block('file z.db {\n  reload 30s\n  upstream x\n }'), files: { 'z.db': RICH }, asks: ['www.example.org. A'] },
  { id: 'file.fallthrough', corefile: '. {\n errors\n log\n file z.db example.org {\n  fallthrough\n }\n forward . 127.0.0.11\n}\n', files: { 'z.db': RICH },
    asks: ['nope.example.org. A', 'www.example.org. TXT', 'deep.example.org. A', 'example.org. A', 'a.sub.example.org. A', 'dead.example.org. A', 'www.example.org. A', 'other.test. A'] },
  { id: 'file.fallthrough-zones', corefile: '. {\n errors\n log\n file z.db example.org {\n  fallthrough w.example.org x.test\n }\n forward . 127.0.0.11\n}\n', files: { 'z.db': RICH }, asks: ['nope.example.org. A', 'a.w.example.org. A', 'w.example.org. A'] },
  { id: 'file.mtime', corefile: block('file z.db {\n  reload_by_mtime\n }'), files: { 'z.db': RICH }, asks: ['www.example.org. A'] },
  { id: 'file.serial-zero', corefile: block('file z.db'), files: { 'z.db': '@ 60 IN SOA ns h 0 2 3 4 5\nwww A 1.1.1.1\n' }, asks: ['www.example.org. A'] },
  { id: 'file.empty', corefile: block('file z.db'), files: { 'z.db': '' }, asks: ['www.example.org. A'] },
  { id: 'file.no-soa', corefile: block('file z.db'), files: { 'z.db': 'www 60 A 1.1.1.1\n' }, asks: ['www.example.org. A'] },
  { id: 'file.bad-first', corefile: block('file z.db'), files: { 'z.db': 'x 60 A 1.1.1.300\n@ 60 IN SOA ns h 1 2 3 4 5\n' }, asks: ['www.example.org. A'] },
  ...Object.entries(BAD_LINES).map(([id, line]): RecordedCase => ({
    id: `file.line-${id}`, corefile: block('file z.db'), files: { 'z.db': bad(line), 'inc.db': 'inc A 1.1.1.1\n' }, asks: ['ns.example.org. A', 'last.example.org. A', 'x.example.org. A', 'example.org. SOA'],
  })),
  { id: 'setup.file-no-argument', corefile: '. {\n file\n}\n', files: {}, asks: [] },
  { id: 'setup.file-property', corefile: '. {\n file z.db example.org {\n  nope\n }\n}\n', files: { 'z.db': RICH }, asks: [] },
  { id: 'setup.file-reload-none', corefile: '. {\n file z.db example.org {\n  reload\n }\n}\n', files: { 'z.db': RICH }, asks: [] },
  { id: 'setup.file-reload-bad', corefile: '. {\n file z.db example.org {\n  reload 10\n }\n}\n', files: { 'z.db': RICH }, asks: [] },
  { id: 'setup.file-missing-reload-off', corefile: '. {\n file nofile.db example.org {\n  reload 0\n }\n}\n', files: {}, asks: [] },
  { id: 'setup.file-missing-reload', corefile: '. {\n root sub/dir\n file nofile.db example.org {\n  reload 90s\n }\n}\n', files: {}, asks: [] },
  { id: 'setup.auto-property', corefile: '. {\n auto {\n  nope\n }\n}\n', files: {}, asks: [] },
  { id: 'setup.auto-directory-none', corefile: '. {\n auto {\n  directory\n }\n}\n', files: {}, asks: [] },
  { id: 'setup.auto-no-group', corefile: '. {\n auto {\n  directory zones x {1}\n }\n}\n', files: { 'zones/db.example.org': RICH }, asks: [] },
  { id: 'setup.auto-no-template', corefile: '. {\n auto {\n  directory zones (.*)\n }\n}\n', files: { 'zones/db.example.org': RICH }, asks: [] },
  { id: 'setup.auto-extra', corefile: '. {\n auto {\n  directory zones (.*) {1} x\n }\n}\n', files: { 'zones/db.example.org': RICH }, asks: [] },
  { id: 'setup.auto-regexp', corefile: '. {\n auto {\n  directory zones (?=a) {1}\n }\n}\n', files: { 'zones/db.example.org': RICH }, asks: [] },
  { id: 'setup.auto-reload-bad', corefile: '. {\n auto {\n  directory zones\n  reload -1s\n }\n}\n', files: { 'zones/db.example.org': RICH }, asks: [] },
  { id: 'setup.auto-missing', corefile: '. {\n auto {\n  directory nodir\n }\n}\n', files: {}, asks: [] },
  { id: 'auto.zones', corefile: `. {\n errors\n log\n auto {\n  directory zones\n }\n}\n`,
    files: { 'zones/db.example.org': RICH, 'zones/db.a.test': '@ 60 IN SOA ns h 1 2 3 4 5\nx A 1.1.1.1\n', 'zones/other.b.test': '@ 60 IN SOA ns h 1 2 3 4 5\nx A 1.1.1.1\n', 'zones/sub/db.c.test': '@ 60 IN SOA ns h 1 2 3 4 5\nx A 2.2.2.2\n',
      'zones/db.bad.test': 'x A\n', 'zones/my.db.d.test': '@ 60 IN SOA ns h 1 2 3 4 5\nx A 3.3.3.3\n' },
    asks: ['www.example.org. A', 'x.a.test. A', 'x.b.test. A', 'x.c.test. A', 'x.bad.test. A', 'x.d.test. A', 'nope.example.org. A', 'example.org. AXFR', 'a.sub.example.org. A', 'dead.example.org. A'] },
  { id: 'auto.origins', corefile: `. {\n errors\n log\n auto example.org {\n  directory zones (.*)\\.zone {1}\n  reload 0\n }\n forward . 127.0.0.11\n}\n`,
    files: { 'zones/example.org.zone': RICH, 'zones/a.test.zone': '@ 60 IN SOA ns h 1 2 3 4 5\nx A 1.1.1.1\n', 'zones/sub2.example.org.zone': '@ 60 IN SOA ns h 1 2 3 4 5\nx A 4.4.4.4\n' },
    asks: ['www.example.org. A', 'x.a.test. A', 'x.sub2.example.org. A', 'nope.example.org. A'] },
  { id: 'auto.template', corefile: `. {\n errors\n log\n auto {\n  directory zones zone_(\\w+)_(\\w+) {2}.{1}.test\n }\n forward . 127.0.0.11\n}\n`,
    files: { 'zones/zone_a_b': '@ 60 IN SOA ns h 1 2 3 4 5\nx A 1.1.1.1\n' }, asks: ['x.b.a.test. A', 'x.a.b.test. A'] },
  { id: 'auto.missing', corefile: `example.org {\n errors\n log\n auto {\n  directory nodir\n }\n}\n`, files: {}, asks: ['www.example.org. A'] },
]

// Options by release, and numbers at their edges: setup.go of each plugin at its tags, looked at with the programs of 1.9.3 to 1.15.0.
import { describe, expect, test } from 'vitest'
import { refusalOf } from '../../../test/support/one-coredns.ts'

const during = (text: string): string => `Error during parsing: ${text}`
const wrongEnd = (word: string): string => during(`Wrong argument count or unexpected line ending after '${word}'`)
const BRACE = during('Unexpected token \'{\', expecting argument')
const unknown = (word: string): string => during(`unknown property '${word}'`)
/** Without `plugin/NAME: `. `;` stands for the end of a line. */
const said = (version: string, use: string): string => refusalOf(version, `a.test {\n ${use.replaceAll('; ', '\n ')}\n}\n`).replace(`plugin/${use.split(' ')[0]}: `, '')

describe('an option is taken from the release that has it first', () => {
  test.each([
    ['etcd {; max-lease-ttl 30; }', '1.12.3', '1.12.4', unknown('max-lease-ttl')], ['etcd {; min-lease-ttl 30; }', '1.12.3', '1.12.4', unknown('min-lease-ttl')], ['etcd {; no_apex_fallback; }', '1.14.7', '1.15.0', unknown('no_apex_fallback')],
    ['grpc . 10.0.0.1 {; fallthrough; }', '1.12.2', '1.12.3', unknown('fallthrough')], ['loadbalance weighted f', '1.10.0', '1.10.1', wrongEnd('f')],
    ['nomad {; filter a; }', '1.13.1', '1.13.2', unknown('filter')], ['proxyproto {; tlv_metadata; }', '1.14.7', '1.15.0', during('unknown option \'tlv_metadata\'')],
    ['proxyproto {; udp_session_tracking 1s; }', '1.14.2', '1.14.3', during('unknown option \'udp_session_tracking\'')],
    ['tls a b {; keylog x; }', '1.14.2', '1.14.3', during('unknown option \'keylog\'')], ['tls {; acme a; }', '1.14.6', '1.14.7', `plugin/tls: ${wrongEnd('tls')}`],
    ['https {; max_streams 1; }', '1.14.7', '1.15.0', unknown('max_streams')], ['https3 {; max_connections 1; }', '1.14.6', '1.14.7', unknown('max_connections')], ['quic {; max_connections 1; }', '1.14.7', '1.15.0', unknown('max_connections')],
    ['transfer {; source 10.0.0.1; to *; }', '1.14.4', '1.14.5', `plugin/transfer: ${during('unknown property "source"')}`], ['local {; localhost_prefix off; }', '1.14.4', '1.14.5', BRACE],
    ['timeouts {; maxtcpqueries 1; }', '1.14.6', '1.14.7', during('unknown option: \'maxtcpqueries\'')],
    ['errors {; consolidate 1s a error show_first; }', '1.13.2', '1.14.0', wrongEnd('show_first')], ['reload 2s 0s', '1.14.1', '1.14.2', 'jitter value must be greater or equal to 1s'],
    ['file z {; fallthrough; }', '1.12.1', '1.12.2', unknown('fallthrough')], ['file z {; reload_by_mtime; }', '1.14.3', '1.14.4', unknown('reload_by_mtime')], ['tsig {; require_opcode QUERY; }', '1.14.2', '1.14.3', wrongEnd('require_opcode')],
    ['forward . [::1]', '1.14.1', '1.14.2', 'not an IP address or file: "[::1]"'], ['forward . tls://[::1]', '1.14.1', '1.14.2', 'not an IP address or file: "[::1]"'],
    ['acl {; drop; }', '1.10.0', '1.10.1', during('unexpected token "drop"; expect \'allow\', \'block\', or \'filter\'')],
  ])('%s', (use, before, first, refused) => {
    expect([said(before, use), said(first, use)]).toEqual([refused, ''])
  })
})

describe('a word is refused from the release that looks at it first', () => {
  test.each([
    ['any a', '1.14.3', '1.14.4', wrongEnd('a')], ['any {; a; }', '1.14.3', '1.14.4', BRACE], ['local a', '1.14.3', '1.14.4', wrongEnd('a')], ['local {; a; }', '1.14.3', '1.14.4', BRACE], ['trace {; odd; }', '1.14.3', '1.14.4', unknown('odd')],
    ['trace {; zipkin_max_batch_size x; }', '1.9.3', '1.9.4', 'strconv.Atoi: parsing "x": invalid syntax'], ['dnstap s {; odd; }', '1.14.3', '1.14.4', unknown('odd')],
    ['dnstap s {; identity; }', '1.10.0', '1.10.1', wrongEnd('identity')], ['dnstap s {; extra; }', '1.11.0', '1.11.1', wrongEnd('extra')], ['dnstap s full 0', '1.12.4', '1.13.0', during('dnstap: MultipleTcpWriteBuf must be between 1 and 1024 (MiB units): 0')],
    ['multisocket 1025', '1.13.1', '1.13.2', 'num sockets exceeds maximum (1024): 1025'], ['loadbalance round_robin {; odd; }', '1.12.3', '1.12.4', unknown('odd')],
    ['dnssec {; key aws_secretsmanager; }', '1.11.3', '1.11.4', wrongEnd('aws_secretsmanager')],
    ['sign "z\uFFFD"', '1.13.0', '1.13.1', 'dbfile "z�" contains invalid characters'],
    [`errors {; consolidate 1s ${'a'.repeat(10_001)}; }`, '1.13.2', '1.14.0', during('regex pattern too long: 10001 > 10000')],
  ])('%s', (use, before, first, refused) => {
    expect([said(before, use), said(first, use)]).toEqual(['', refused])
  })

  test.each([
    ['health {; odd; }', '1.14.3', '1.14.4', [wrongEnd('odd'), unknown('odd')]], ['ready :1 {; odd; }', '1.12.1', '1.12.2', ['this plugin can only be used once per Server Block', '']], ['ready :1 {; odd; }', '1.14.3', '1.14.4', ['', unknown('odd')]],
    ['ready :1 {; monitor odd; }', '1.12.1', '1.12.2', ['this plugin can only be used once per Server Block', during('monitor type \'odd\' not supported')]], ['prometheus a:1 {; odd; }', '1.14.2', '1.14.3', ['this plugin can only be used once per Server Block', during('unknown option: odd')]],
    ['health %zz:1', '1.10.1', '1.11.0', ['', 'parse "http://%zz:1": invalid URL escape "%zz"']],
    ['log {; odd; }', '1.14.3', '1.14.4', [wrongEnd('odd'), unknown('odd')]], ['errors {; consolidate 1s a odd; }', '1.13.2', '1.14.0', [during('unknown log level argument in consolidate: odd'), during('unknown option in consolidate: odd')]],
    ['dnstap listen', '1.14.3', '1.14.4', ['', during('dnstap listen requires an endpoint argument')]], ['dnstap s {; tls a b; }', '1.14.3', '1.14.4', ['', during('tls directive only valid for listeners')]],
    ['reload 2s 1ms', '1.14.1', '1.14.2', ['jitter value must be greater or equal to 1s', 'jitter value must be 0 or greater or equal to 1s']],
  ])('%s: the words changed', (use, before, first, texts) => {
    expect([said(before, use), said(first, use)]).toEqual(texts)
  })
})

const hosts = (count: number): string => Array.from({ length: count }, (_, i) => `10.0.0.${i + 1}`).join(' ')

describe('the last value that is taken, and the first that is not', () => {
  test.each([
    ['etcd {; max-lease-ttl 4294967295; }', 'etcd {; max-lease-ttl 4294967296; }', during('invalid max-lease-ttl value: TTL too large, maximum is 4294967295 seconds')],
    ['etcd {; max-lease-ttl 0; }', 'etcd {; max-lease-ttl -1s; }', during('invalid max-lease-ttl value: TTL must be non-negative')],
    ['etcd {; max-lease-ttl 1h; }', 'etcd {; max-lease-ttl 18446744073709551616; }', during('invalid max-lease-ttl value: invalid TTL format, use format like \'30\', \'30s\', \'5m\', \'1h\', or \'2h30m\'')],
    ['etcd {; max-lease-ttl " "; }', 'etcd {; max-lease-ttl; }', wrongEnd('max-lease-ttl')], ['etcd {; credentials a b; }', 'etcd {; credentials a b c; }', during('credentials requires 2 arguments, username and password')],
    [`grpc . ${hosts(15)}`, `grpc . ${hosts(16)}`, 'more than 15 TOs configured: 16'],
    ['nomad {; TTL 3600; }', 'nomad {; ttl 3601; }', during('ttl must be in range [0, 3600]: 3601')], ['nomad {; ttl 0; }', 'nomad {; ttl -1; }', during('ttl must be in range [0, 3600]: -1')], ['nomad {; token a; }', 'nomad {; token a b; }', during('exactly one token is required')],
    ['proxyproto {; udp_session_tracking 1s 1; }', 'proxyproto {; udp_session_tracking 1s 0; }', 'udp_session_tracking: invalid max sessions "0": must be a positive integer'], ['proxyproto {; default SKIP; }', 'proxyproto {; default odd; }', wrongEnd('odd')],
    ['grpc_server {; max_streams 0; }', 'grpc_server {; max_streams -1; }', during('max_streams must be a non-negative integer: -1')], ['quic {; max_streams 1; }', 'quic {; max_streams 0; }', during('max_streams must be a positive integer: 0')],
    ['https {; max_streams 4294967295; }', 'https {; max_streams 4294967296; }', during('max_streams must not exceed 4294967295: 4294967296')], ['quic {; worker_pool_size 1; }', 'quic {; worker_pool_size 1; worker_pool_size 1; }', during('worker_pool_size already defined for this server block')],
    ['erratic {; drop 2147483647; }', 'erratic {; drop 2147483648; }', 'strconv.ParseInt: parsing "2147483648": value out of range'], ['erratic {; drop 0; }', 'erratic {; drop -1; }', 'illegal amount value given "-1"'],
    ['erratic {; drop; }', 'erratic {; drop -2147483649; }', 'strconv.ParseInt: parsing "-2147483649": value out of range'], ['erratic {; large; }', 'erratic {; drop -2147483648; }', 'illegal amount value given "-2147483648"'],
    ['erratic {; delay 1 1s; }', 'erratic {; delay 1 1s 2; }', wrongEnd('2')], ['erratic {; truncate 1; }', 'erratic {; truncate 1 2; }', wrongEnd('2')],
    ['dnstap s full 1024 4096', 'dnstap s full 1025', during('dnstap: MultipleTcpWriteBuf must be between 1 and 1024 (MiB units): 1025')], ['dnstap s full 1 1', 'dnstap s full 1 4097', during('dnstap: MultipleQueue must be between 1 and 4096 (x10k messages): 4097')],
    ['dnstap listen tcp://a full 1', 'dnstap listen tcp://a full 0', during('dnstap: MultipleTcpWriteBuf must be between 1 and 1024 (MiB units): 0')], ['dnstap listen tcp://a {; tls a b; }', 'dnstap listen tcp://a {; tls a; }', during('tls requires cert and key file paths')],
    ['trace DataDog b', 'trace a b', 'tracing endpoint type \'a\' is not supported'], ['trace a', 'trace zipkin b c', wrongEnd('c')], ['trace {; client_server; }', 'trace {; client_server true 1; }', wrongEnd('1')], ['trace {; datadog_analytics_rate; }', 'trace {; every; }', wrongEnd('every')],
    ['trace {; datadog_analytics_rate 1; }', 'trace {; datadog_analytics_rate 1.5; }', 'datadog analytics rate must be between 0 and 1, \'1.500000\' is not supported'], ['trace {; datadog_analytics_rate 0; }', 'trace {; datadog_analytics_rate -0.5; }', 'datadog analytics rate must be between 0 and 1, \'-0.500000\' is not supported'],
    ['trace {; every 18446744073709551615; }', 'trace {; every 18446744073709551616; }', 'strconv.ParseUint: parsing "18446744073709551616": value out of range'],
    ['bufsize 512', 'bufsize 511', `plugin/bufsize: ${wrongEnd('511')}`], ['bufsize 4096', 'bufsize 4097', `plugin/bufsize: ${wrongEnd('4097')}`], ['cancel 1ns', 'cancel 0s', 'invalid negative duration: "0s"'],
    ['multisocket 1', 'multisocket 0', 'num sockets can not be zero or negative: 0'], ['multisocket 1024', 'multisocket 1025', 'num sockets exceeds maximum (1024): 1025'],
    ['timeouts {; read 1; write 86400; idle 24h; }', 'timeouts {; read 86401; }', during('timeout provided \'24h0m1s\' needs to be between 1 second and 24 hours')], ['timeouts {; read 1000ms; }', 'timeouts {; read 999ms; }', during('timeout provided \'999ms\' needs to be between 1 second and 24 hours')],
    ['timeouts {; maxtcpqueries -1; }', 'timeouts {; maxtcpqueries -2; }', during('maxtcpqueries provided \'-2\' needs to be -1 (unlimited) or a positive integer')], ['timeouts {; maxtcpqueries 1; }', 'timeouts {; maxtcpqueries 0; }', during('maxtcpqueries provided \'0\' needs to be -1 (unlimited) or a positive integer')],
    ['reload 2s', 'reload 1999ms', 'interval value must be greater or equal to 2s'], ['reload 2s 1s', 'reload 2s 999ms', 'jitter value must be 0 or greater or equal to 1s'], ['reload 2s 0s', 'reload 2s 1s 3', wrongEnd('3')],
    ['siit {; ipv6_prefix 64:ff9b::/96; }', 'siit {; ipv6_prefix 64:ff9b::/95; }', during('invalid prefix length "64:ff9b::/95": must be one of /32, /40, /48, /56, /64, /96')],
    ['siit {; ipv6_prefix fd00::ff:0:0:0/96; }', 'siit {; ipv6_prefix fd00::ff00:0:0:0/96; }', during('invalid prefix "fd00::ff00:0:0:0/96": reserved octet (byte 8) must be zero')],
    [`errors {; consolidate 1s ${'a'.repeat(10_000)}; }`, 'errors {; consolidate 1s; }', wrongEnd('1s')], ['errors {; consolidate 1s a error show_first; }', 'errors {; consolidate 1s a show_first error; }', during('log level must come before show_first in consolidate')],
    ['errors stdout', 'errors stdout a', wrongEnd('a')], ['errors {; consolidate 1s a warning; }', 'errors {; consolidate 1s a warning info; }', during('multiple log levels specified in consolidate')],
  ])('%s is taken, %s is not', (taken, refused, text) => {
    expect([said('1.15.0', taken), said('1.15.0', refused)]).toEqual(['', text])
  })
})

describe('two blocks of one zone', () => {
  const once = 'cannot serve dns://a.:53 - it is already defined'
  const view = 'a {\n view x {\n  expr true\n }\n}\n'
  const bare = 'a {\n whoami\n}\n'
  test('are told apart by a view: that of the first, and since 1.14.3 that of the second', () => {
    expect(['1.10.0', '1.14.2', '1.14.3', '1.15.0'].map(version => [bare + bare, view + bare, view + view, bare + view].map(text => refusalOf(version, text)))).toEqual([[once, '', '', once], [once, '', '', once], [once, '', '', ''], [once, '', '', '']])
  })
  test('may share no address', () => {
    const at = (first: string, second: string): string => refusalOf('1.11.3', `a {\n bind ${first}\n}\na {\n bind ${second}\n}\n`)
    const on = (address: string): string => `cannot serve dns://a.:53 on ${address} - it is already defined`
    expect([at('127.0.0.1 127.0.0.2', '127.0.0.2'), at('127.0.0.2', '127.0.0.1 127.0.0.2'), at('127.0.0.1', '127.0.0.1 127.0.0.2'), at('127.0.0.1', '127.0.0.2')]).toEqual([on('127.0.0.2'), on('127.0.0.2'), on('127.0.0.1'), ''])
  })
  test('and what cannot listen is said first since 1.10.0', () => {
    const text = 'a:99999 {\n}\nb {\n}\nb {\n}\n'
    expect(['1.9.4', '1.10.0', '1.11.3'].map(version => refusalOf(version, text))).toEqual(['cannot serve dns://b.:53 - it is already defined', 'address 99999: invalid port', 'address 99999: invalid port'])
  })
})

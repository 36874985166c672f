// Words that a Corefile of a start is made of: for each plugin what may stand behind its name and in its block (setup.go of each), right and wrong.
import type { CorednsVersion } from '../../src/hops/coredns/plugin.ts'

export interface PluginWords {
  readonly args: readonly string[]
  /** Lines of its block. */
  readonly options: readonly string[]
  /** First release of the stock build that has it. */
  readonly since?: CorednsVersion
}

const TIMES = ['5s', '0', '0s', '-1s', '5', 'x', '1h', '100ms', '99999h', '1.5s', ''] as const
const NUMBERS = ['0', '1', '-1', '10', '100', '65535', '65536', '99999999999999999999', 'x', '1.5', '0x10', '+3', ''] as const
const ZONES = ['.', 'test', 'test.', 'a.test b.test', '10.0.0.0/8', '10.0.0.0/33', 'fd00::/64', 'TEST', 'a..b', '*.test', 'test:53', 'bücher.test', '\\"'] as const
const NETS = ['10.0.0.0/8', '127.0.0.1', '*', '10.0.0.0/33', 'fd00::/8', 'x', '::1', '300.1.1.1'] as const

const each = (word: string, values: readonly string[]): string[] => values.map(value => `${word} ${value}`.trim())

export const WORDS: Readonly<Record<string, PluginWords>> = {
  acl: { args: ['', ...ZONES], options: ['allow', 'block', 'filter', 'drop', 'deny', 'allow net', ...each('allow net', NETS), ...each('block type', ['A', 'A AAAA', '*', 'X', '', 'ANY']), 'block type A net 127.0.0.1 10.0.0.0/8', 'filter net 10.0.0.1 type A', 'block net type A', 'allow x', 'drop type TXT'] },
  any: { args: ['', 'x', '.'], options: ['x'] },
  auto: { args: ['', ...ZONES], options: ['directory zones', 'directory', 'directory nowhere', 'directory zones (.*) {1}', 'directory zones db\\.(.*) {1}', 'directory zones (.* {1}', 'directory zones (.*) {2}', 'directory zones (.*)', 'directory zones a b c', ...each('reload', TIMES), 'upstream', 'upstream 1.1.1.1', 'no_reload', 'transfer to *', 'x'] },
  autopath: { args: ['', '@x', 'search.conf', '. search.conf', 'test @kubernetes', 'nowhere.conf', '. empty.conf', 'test test search.conf', '10.0.0.0/8 search.conf'], options: [] },
  bind: { args: ['', '127.0.0.1', '127.0.0.1 ::1', '::1', 'lo', 'eth99', '300.1.1.1', '127.0.0.1 127.0.0.1', '10.1.2.3', '0.0.0.0', '::'], options: ['except 127.0.0.1', 'except ::1', 'except', 'except lo', 'x'] },
  bufsize: { args: ['', ...NUMBERS, '511', '512', '4096', '4097', '512 512'], options: ['x'] },
  cache: {
    args: ['', ...NUMBERS, '30 test', 'test', '30 x y', '-5'],
    options: [...each('success', [...NUMBERS, '100 30', '100 30 5', '100 30 5 1', '100 x', '100 30 x', '100 -1', '100 5 30']), ...each('denial', [...NUMBERS, '100 30', '100 30 5', '100 30 x']), ...each('prefetch', [...NUMBERS, '1 1m', '1 1m 10%', '1 1m 10', '1 1m 0%', '1 1m 100%', '1 1m 101%', '1 x', '1 1m 10% x']), ...each('serve_stale', [...TIMES, '1h immediate', '1h verify', '1h x', 'immediate', '1h verify 1s', '1h verify x', '1h immediate 1s']), ...each('servfail', [...TIMES, '6m', '5m']), ...each('disable', ['success', 'denial', 'success test', 'x', '', 'success 10.0.0.0/8']), 'keepttl', 'keepttl x', 'serve_stale_policy prefer_positive', 'serve_stale_policy x', 'serve_stale_policy', 'prefer_positive', 'x', 'success', 'denial'],
  },
  cancel: { args: ['', ...TIMES, '5s 5s'], options: ['x'] },
  chaos: { args: ['', 'v', 'v a@b', 'v a b c d e f', '"" x'], options: ['x'] },
  debug: { args: ['', 'x'], options: ['x'] },
  dns64: { args: ['', 'fd64::/96', '64:ff9b::/96', 'fd64::/95', '10.0.0.0/8', 'x', 'fd64::/96 x', 'fd64::/64', 'fd64::/32', '::1/128'], options: ['prefix fd64::/96', 'prefix', 'prefix x', 'prefix fd64::/56', 'prefix 10.0.0.0/24', 'translate_all', 'translate_all x', 'allow_ipv4', 'allow_ipv4 x', 'x'] },
  dnstap: { args: ['', '/tmp/dnstap.sock', 'tcp://127.0.0.1:6000', 'unix:///tmp/x', 'http://x', 'tcp://127.0.0.1:6000 full', 'tcp://127.0.0.1:6000 x', '/tmp/x full 1 2', '/tmp/x full x'], options: ['identity x', 'identity', 'version x', 'extra x', 'skipverify', 'x'] },
  erratic: { args: ['', 'x'], options: [...each('drop', [...NUMBERS, '1 2']), ...each('truncate', NUMBERS), ...each('delay', [...NUMBERS, '2 20ms', '2 x', '2 20ms x']), 'large', 'large x', 'x'] },
  errors: { args: ['', 'x', 'stdout', 'stdout x'], options: ['stacktrace', ...each('consolidate', ['5m ".*"', '5m "(x"', '0 ".*"', '-1s ".*"', 'x ".*"', '5m', '', '5m ".*" warning', '5m ".*" error', '5m ".*" x', '5m ".*" info y', '5m ".*" debug show_first', '5m ".*" show_first', '5m ".*" warning show_first']), 'x'] },
  file: { args: ['', 'zone.db', 'zone.db test', 'nowhere.db test', 'broken.db test', 'zone.db example.org', 'zone.db 10.0.0.0/8', 'zone.db test sub.test', 'empty.db test', 'zones test', 'noSoa.db test'], options: [...each('reload', TIMES), 'upstream', 'upstream x', 'fallthrough', 'fallthrough test', 'transfer to *', 'no_reload', 'x'] },
  forward: {
    args: ['', '.', '. 127.0.0.11', '. 127.0.0.11 127.0.0.12', '. 127.0.0.11:53', '. 127.0.0.11:99999', '. x', '. dns://127.0.0.11', '. tls://127.0.0.11', '. tls://127.0.0.11%name', '. https://127.0.0.11', '. grpc://127.0.0.11', '. quic://127.0.0.11', '. resolv.conf', '. empty.conf', '. nowhere.conf', '. search.conf', 'test 127.0.0.11', 'test. 127.0.0.11', '10.0.0.0/8 127.0.0.11', '10.0.0.0/33 127.0.0.11', '. ::1', '. [::1]:53', '. [::1', `. ${Array.from({ length: 16 }, (_, i) => `127.0.0.${i + 20}`).join(' ')}`, '. http://x', '. 127.0.0.11/24', '. 127.0.0.11 resolv.conf', 'a..b 127.0.0.11', '. 127.0.0.11%x', '. dns://x'],
    options: [
      ...each('except', ['', 'test', 'a.test b.test', '10.0.0.0/8', '*', 'a..b']), ...each('max_fails', NUMBERS), ...each('expire', TIMES), ...each('policy', ['random', 'round_robin', 'sequential', 'x', '', 'random x']),
      ...each('health_check', [...TIMES, '1s no_rec', '1s domain test', '1s domain', '1s no_rec domain test.', '1s x', '1s domain a..b', '1s no_rec x']), ...each('max_concurrent', NUMBERS), ...each('tls', ['', 'a', 'a b', 'a b c', 'a b c d']),
      ...each('tls_servername', ['', 'x', 'x y']), 'force_tcp', 'force_tcp x', 'prefer_udp', 'prefer_udp x', ...each('next', ['', 'NXDOMAIN', 'NXDOMAIN SERVFAIL', 'x', 'nxdomain', '3']), ...each('failover', ['', 'SERVFAIL', 'SERVFAIL REFUSED', 'NOERROR', 'x', 'servfail']),
      'failfast_all_unhealthy_upstreams', 'failfast_all_unhealthy_upstreams x', ...each('max_connect_attempts', NUMBERS), ...each('max_idle_conns', NUMBERS), ...each('max_age', TIMES), ...each('read_timeout', TIMES), 'next_on_nodata', 'next_on_nodata x',
      ...each('doh_method', ['GET', 'POST', 'x', '']), ...each('source_address', ['127.0.0.1', 'x', '']), ...each('resolver', ['127.0.0.11', 'x', '']), 'x', 'spray',
    ],
  },
  header: { args: ['', 'x'], options: ['set ra', 'clear ra', 'response set ra', 'response clear aa rd', 'query set rd', 'query clear cd', 'response set', 'response set x', 'response x aa', 'x', 'response', 'set', 'clear', 'set x'] },
  health: { args: ['', ':8080', '127.0.0.1:8080', 'localhost:8080', ':x', '8080', ':8080 x', ':99999'], options: [...each('lameduck', TIMES), 'x'] },
  hosts: { args: ['', 'hosts.txt', 'hosts.txt test', 'nowhere.txt', 'hosts.txt 10.0.0.0/8', 'hosts.txt a..b', 'zones', '10.0.0.1 a.test', 'test'], options: ['10.0.0.1 a.test', 'x a.test', '10.0.0.1', 'fallthrough', 'fallthrough test', ...each('ttl', NUMBERS), 'no_reverse', 'no_reverse x', ...each('reload', TIMES), 'fallthrough_unsupported', 'x', '10.0.0.999 a'] },
  import: { args: ['', 'snippet', 'nowhere', 'nowhere/*', 'import.conf', 'import.conf x', 'impo*.conf', 'imp*/*'], options: [] },
  k8s_external: { args: ['', 'test', 'ext.test x.test', '10.0.0.0/8'], options: [...each('apex', ['dns', '', 'a b']), ...each('ttl', NUMBERS), 'headless', 'headless x', 'fallthrough', 'fallthrough test', 'x'] },
  kubernetes: {
    args: ['', 'cluster.local', 'cluster.local in-addr.arpa', 'a..b', '10.0.0.0/8', '. '],
    options: [
      ...each('endpoint', ['http://127.0.0.1:1', 'x y', '', 'https://127.0.0.1:1']), ...each('tls', ['', 'a b', 'a b c', 'a b c d', 'a']), ...each('kubeconfig', ['', 'nowhere', 'kubeconfig', 'kubeconfig ctx', 'a b c']), ...each('namespaces', ['', 'a', 'a b']),
      ...each('labels', ['', 'a=b', 'a in (b,c)', 'a=', '!a', 'a b', 'a==b,c!=d', 'a in b']), ...each('namespace_labels', ['', 'a=b', 'a in (b)', '(']), ...each('pods', ['', 'disabled', 'insecure', 'verified', 'x', 'insecure x']),
      'endpoint_pod_names', 'endpoint_pod_names x', ...each('ttl', [...NUMBERS, '3600', '3601']), 'noendpoints', 'noendpoints x', ...each('fallthrough', ['', 'test', 'in-addr.arpa ip6.arpa']), ...each('ignore', ['empty_service', 'x', '']), ...each('startup_timeout', TIMES),
      ...each('apiserver_qps', NUMBERS), ...each('apiserver_burst', NUMBERS), ...each('apiserver_max_inflight', NUMBERS), ...each('multicluster', ['', 'clusterset.local', 'cluster.local']), 'zonal', 'transfer to *', 'resyncperiod 5s', 'upstream', 'x', 'namespaces a\n namespace_labels b=c',
    ],
  },
  loadbalance: { args: ['', 'round_robin', 'x', 'round_robin x', 'weighted', 'weighted w.txt', 'weighted nowhere.txt', 'random'], options: [...each('reload', TIMES), 'x', 'prefer 10.0.0.0/8', 'prefer', 'prefer x', 'prefer 10.0.0.0/8 fd00::/8'] },
  local: { args: ['', 'x'], options: ['localhost_prefix on', 'localhost_prefix off', 'localhost_prefix x', 'localhost_prefix', 'x'] },
  log: { args: ['', '.', 'test', '. {common}', '. {combined}', '. "{type} {x}"', 'test example.org', 'test "{name}" x', '10.0.0.0/8', '{common}', '. "{/meta/data} {>id}"'], options: [...each('class', ['', 'all', 'denial error', 'success', 'x', 'denial x', 'ALL']), 'x', 'class denial\n class error'] },
  loop: { args: ['', 'x'], options: ['x'] },
  metadata: { args: ['', 'test', 'test x'], options: ['x'] },
  minimal: { args: ['', 'x'], options: ['x'] },
  multisocket: { args: ['', ...NUMBERS, '2 2', '1024', '1025'], options: ['x'], since: [1, 12, 0] },
  nsid: { args: ['', 'x', 'x y', '"a b"'], options: ['x'] },
  pprof: { args: ['', ':6053', '127.0.0.1', ':x y', '127.0.0.1:6053'], options: ['block', 'block 1', 'block x', 'block 1 2', 'x'] },
  prometheus: { args: ['', ':9153', '127.0.0.1:9153', 'x', ':x', ':9153 y', 'localhost:99999'], options: ['runtime_metrics', 'runtime_metrics x', 'tls', 'tls x', 'tls x y', 'x'] },
  ready: { args: ['', ':8181', '127.0.0.1:8181', 'x', ':8181 x', '127.0.0.1'], options: ['monitor until-ready', 'monitor continuously', 'monitor x', 'monitor', 'x'] },
  reload: { args: ['', ...TIMES, '10s 5s', '2s 1s', '10s 10s', '30s x', '10s 6s', '5s 1s 1s', '1s'], options: ['x'] },
  rewrite: {
    args: [
      '', 'name', 'name a b', 'name exact a b', 'name prefix a b', 'name suffix a b', 'name substring a b', 'name regex (.*)\\.a {1}.b', 'name regex (.* b', 'name regex (.*) {2}.b', 'name x a b', 'name exact a b answer auto', 'name suffix a b answer auto',
      'name suffix a b answer name a b', 'name suffix a b answer name a b answer value a b', 'name suffix a b answer auto answer name a b', 'name suffix a b answer', 'name suffix a b answer x', 'name suffix a b answer name a', 'name regex a b answer name (.*) {1}', 'name regex a b answer name (.* {1}',
      'name exact a', 'name a b c', 'type ANY HINFO', 'type X A', 'type A', 'type A AAAA MX', 'class CH IN', 'class X IN', 'class CH', 'edns0 local set 0xffee 0x61', 'edns0 local set ffee 0x61', 'edns0 local set 0xffee 0x6', 'edns0 local x 0xffee a', 'edns0 local unset 0xffee', 'edns0 local unset all', 'edns0 nsid set',
      'edns0 nsid x', 'edns0 nsid unset', 'edns0 subnet set 24 56', 'edns0 subnet set 33 56', 'edns0 subnet set 24 129', 'edns0 subnet set x 56', 'edns0 subnet set 24', 'edns0 x set a', 'edns0', 'edns0 local set 0xffee {client_ip}', 'edns0 local set 0xffee {nope}', 'edns0 local set 0xffee {client_ip} revert',
      'edns0 nsid set revert', 'edns0 subnet set 24 56 revert', 'ttl exact a 30', 'ttl a 30', 'ttl regex (.* 30', 'ttl suffix a x', 'ttl suffix a -1', 'ttl suffix a 10-60', 'ttl suffix a 60-10', 'ttl suffix a -', 'ttl suffix a 10-', 'ttl a', 'ttl x a 30', 'ttl suffix a 4294967296', 'rcode suffix a NXDOMAIN NOERROR', 'rcode suffix a X NOERROR',
      'rcode suffix a 3 0', 'rcode a NXDOMAIN NOERROR', 'rcode a', 'rcode x a NXDOMAIN NOERROR', 'rcode regex (.* NXDOMAIN NOERROR', 'cname exact a b', 'cname a b', 'cname x a b', 'cname regex (.* b', 'cname a', 'stop name exact a b', 'continue name exact a b', 'stop', 'continue', 'x a b', 'stop x', 'name exact a "b c"', 'NAME exact a b', 'name EXACT a b', 'stop type A AAAA', 'edns0 local set 65535 x', 'edns0 local set 65536 x', 'edns0 local set 0xffee {query_id}', 'edns0 local set 0xffee {/meta/x}', 'edns0 local set 0xffee ""',
    ],
    options: [],
  },
  root: { args: ['', 'zones', 'nowhere', 'zones x', '/', 'zone.db'], options: [] },
  template: {
    args: ['', 'IN A', 'IN A test', 'ANY ANY', 'ANY ANY .', 'X A', 'IN X', 'IN', 'IN A 10.0.0.0/8', 'IN A test example.org'],
    options: ['match .*', 'match (x', 'match', 'answer "{{ .Name }} 60 IN A 10.0.0.1"', 'answer "{{ .Name "', 'answer', 'answer "{{ .Nope }}"', 'additional "x 60 IN A 1.1.1.1"', 'authority "{{ .Zone }} 60 IN SOA a b (1 2 3 4 5)"', 'rcode NXDOMAIN', 'rcode X', 'rcode', 'rcode NXDOMAIN x', 'ederror 1 "x"', 'ederror x', 'ederror', 'ederror 1', 'upstream', 'upstream x', 'fallthrough', 'fallthrough test', 'x', 'match a b', 'answer a b'],
  },
  timeouts: { args: ['', 'x'], options: [...each('read', [...TIMES, '24h', '25h']), ...each('write', TIMES), ...each('idle', TIMES), ...each('maxtcpqueries', NUMBERS), 'x 5s'], since: [1, 10, 1] },
  tls: { args: ['', 'a', 'a b', 'a b c', 'a b c d'], options: ['client_auth nocert', 'client_auth x', 'x', 'keylog x'] },
  trace: { args: ['', 'zipkin', 'zipkin 127.0.0.1:9411', 'datadog', 'x', 'zipkin a b', 'a', 'zipkin http://x/y'], options: [...each('every', NUMBERS), 'service x', 'service', 'client_server', 'client_server x', 'client_server false', 'datadog_analytics_rate 0.5', 'datadog_analytics_rate 2', 'zipkin_max_backlog_size 5', 'zipkin_max_batch_size x', 'zipkin_max_batch_interval 5s', 'x'] },
  transfer: { args: ['', 'test', 'test x'], options: ['to *', 'to 127.0.0.1', 'to', 'to x', 'to 10.0.0.0/8', 'x'] },
  view: { args: ['', 'a', 'a b', '"a b"'], options: ['expr true', 'expr', 'expr x', "expr incidr(client_ip(), '10.0.0.0/8')", "expr name() matches '^a'", 'expr 1 + 1', "expr type() == 'A'", 'x', "expr incidr(client_ip(), 'x')", 'expr (', 'expr name() == 1', 'expr true and false', "expr metadata('a/b') == 'c'", "expr metadata('a') == 'c'"], since: [1, 10, 0] },
  whoami: { args: ['', 'x'], options: ['x'] },
}

export const KEY_LINES = ['.', '.:5300', 'test', 'test:53', 'test. example.org', '10.0.0.0/8', '10.0.0.0/12', '10.0.0.0/33', '10.0.0.0/33:53', 'fd00::/61', 'dns://.', 'tls://.', 'grpc://test', 'https://test:99', 'quic://.', 'https3://.', 'x://.', '.:x', '.:99999', 'test:', ':53', 'a..b', '*.test', 'TEST', 'bücher.test', 'test,example.org', 'test, example.org', '(snippet)', '.:53 test:53', 'test test', 'http://.', '{$ZONE}', '{$NONE}', '{%ZONE%}', '"test"', 'dns://test:0', '"a b"', '_x._udp.test', 'a_b.test'] as const

export const STRAY = ['{', '}', '"', '\\', '{$ZONE}', '{$NONE}', '# note', '"a b"', '\\"', '{$', '{$ZONE', ',', 'x', '""', '{%ZONE%}', '\t', '\r', '{ }', '} {', "'a b'", '`', '\u00a0', '@', 'import snippet', '{x}', '10.0.0.0/8', '\\#x', 'a\\ b'] as const

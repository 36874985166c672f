// The compiled order of the plugins: plugin.cfg of CoreDNS 1.5 to 1.15.0. A query passes the plugins of its block in this order,
// whatever the order in the Corefile. Nearly every deployed cluster has `BEFORE_1_14_3`.
// Not modelled: builds with other plugins or another plugin.cfg (a name that is not here is not known to be anywhere).
import { since, type CorednsVersion } from './plugin.ts'

const FRONT = [
  'metadata', 'geoip', 'cancel', 'proxyproto', 'quic', 'grpc_server', 'https', 'https3', 'timeouts', 'multisocket', 'reload', 'nsid', 'bufsize',
  'bind', 'debug', 'trace', 'ready', 'health', 'pprof', 'shed', 'prometheus', 'errors', 'log', 'dnstap', 'local', 'dns64', 'siit',
]
const BACK = [
  'template', 'transfer', 'dynupdate', 'hosts', 'route53', 'azure', 'clouddns', 'k8s_external', 'kubernetes', 'file', 'auto', 'secondary', 'etcd',
  'loop', 'forward', 'grpc', 'erratic', 'whoami', 'on', 'sign', 'view', 'nomad',
]
const BEFORE_1_14_3 = ['acl', 'any', 'chaos', 'loadbalance', 'tsig', 'cache', 'rewrite', 'header', 'dnssec', 'autopath', 'minimal']
const SINCE_1_14_3 = ['any', 'chaos', 'loadbalance', 'tsig', 'cache', 'rewrite', 'acl', 'header', 'dnssec', 'autopath', 'minimal']
const SINCE_1_14_7 = ['any', 'chaos', 'loadbalance', 'tsig', 'rewrite', 'autopath', 'acl', 'cache', 'header', 'dnssec', 'tls', 'minimal']

/** First release whose core/dnsserver/zdirectives.go has the plugin; those of 1.5.0 are not listed. */
const SINCE: ReadonlyMap<string, CorednsVersion> = new Map([
  ['any', [1, 5, 1]], ['azure', [1, 6, 2]], ['clouddns', [1, 6, 3]], ['sign', [1, 6, 3]], ['acl', [1, 6, 4]], ['transfer', [1, 6, 5]],
  ['bufsize', [1, 6, 6]], ['dns64', [1, 7, 0]], ['local', [1, 8, 1]], ['minimal', [1, 8, 4]], ['geoip', [1, 8, 5]], ['header', [1, 8, 5]],
  ['tsig', [1, 9, 4]], ['view', [1, 10, 0]], ['timeouts', [1, 10, 1]], ['multisocket', [1, 12, 0]], ['quic', [1, 12, 2]], ['nomad', [1, 13, 0]],
  ['grpc_server', [1, 14, 0]], ['https', [1, 14, 0]], ['https3', [1, 14, 0]], ['proxyproto', [1, 14, 2]], ['shed', [1, 14, 7]],
  ['dynupdate', [1, 15, 0]], ['siit', [1, 15, 0]],
])

/** First release without it, for plugins that were taken out. */
const UNTIL: ReadonlyMap<string, CorednsVersion> = new Map([['proxy', [1, 5, 0]], ['federation', [1, 7, 0]]])

/** Directive names the build knows, in the order in which a query passes them. */
export function pluginOrder(version: CorednsVersion): readonly string[] {
  const middle = since(version, 1, 14, 7) ? SINCE_1_14_7 : since(version, 1, 14, 3) ? SINCE_1_14_3 : BEFORE_1_14_3
  const isRootFirst = since(version, 1, 11, 2)
  const afterOf: ReadonlyMap<string, string> = new Map([...(isRootFirst ? [] : [['bufsize', 'root'] as const]), ...(since(version, 1, 14, 7) ? [] : [['cancel', 'tls'] as const])])
  const front = [...(isRootFirst ? ['root'] : []), ...FRONT.flatMap(name => [name, ...afterOf.has(name) ? [afterOf.get(name) as string] : []])]
  const all = [...front, ...middle, ...BACK].flatMap(name => (name === 'forward' ? [name, 'proxy'] : name === 'k8s_external' ? ['federation', name] : [name]))
  return all.filter(name => {
    const from = SINCE.get(name)
    const until = UNTIL.get(name)
    return (!from || since(version, ...from)) && (!until || !since(version, ...until))
  })
}

/** Plugins that keep CoreDNS from starting when a block has them twice (`hosts` and `kubernetes` look themselves). */
export const ONCE: ReadonlySet<string> = new Set(['cache', 'errors', 'loop', 'nsid', 'prometheus', 'ready', 'view'])

/** Directives that only set something up: they are no "plugin in the block" when a block has nothing else. */
export const SETUP_ONLY: ReadonlySet<string> = new Set([
  'root', 'bind', 'debug', 'health', 'ready', 'pprof', 'reload', 'timeouts', 'multisocket', 'tls', 'quic', 'https', 'https3', 'grpc_server',
  'proxyproto', 'on', 'sign',
])

/** Plugins that are not CoreDNS's own: a build that has them has them ahead of `forward`, as they ask for. The stock binary does not know them. */
export const EXTERNAL: ReadonlySet<string> = new Set(['alternate', 'fanout'])

/** As in a build with these. */
export const withExternal = (order: readonly string[], used: ReadonlySet<string>): readonly string[] =>
  order.flatMap(name => (name === 'forward' ? [...[...EXTERNAL].filter(e => used.has(e)), name] : [name]))

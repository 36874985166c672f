// The compiled order of the plugins: plugin.cfg of CoreDNS 1.8 to 1.15.0. A query passes the plugins of its block in this order,
// whatever the order in the Corefile. Nearly every deployed cluster has `BEFORE_1_14_2`.
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
const BEFORE_1_14_2 = ['acl', 'any', 'chaos', 'loadbalance', 'tsig', 'cache', 'rewrite', 'header', 'dnssec', 'autopath', 'minimal']
const SINCE_1_14_2 = ['any', 'chaos', 'loadbalance', 'tsig', 'cache', 'rewrite', 'acl', 'header', 'dnssec', 'autopath', 'minimal']
const SINCE_1_14_7 = ['any', 'chaos', 'loadbalance', 'tsig', 'rewrite', 'autopath', 'acl', 'cache', 'header', 'dnssec', 'tls', 'minimal']

/** First release that has the plugin; those older than 1.8 are not listed. */
const SINCE: ReadonlyMap<string, CorednsVersion> = new Map([
  ['dynupdate', [1, 15, 0]], ['multisocket', [1, 12, 0]], ['nomad', [1, 13, 0]], ['proxyproto', [1, 14, 3]], ['quic', [1, 13, 0]],
  ['shed', [1, 14, 6]], ['siit', [1, 15, 0]], ['timeouts', [1, 10, 1]], ['tsig', [1, 10, 0]], ['view', [1, 10, 0]],
  ['grpc_server', [1, 13, 0]], ['https', [1, 13, 0]], ['https3', [1, 13, 0]], ['geoip', [1, 8, 5]], ['local', [1, 8, 0]],
  ['minimal', [1, 8, 4]], ['header', [1, 8, 5]],
])

/** Last line of plugin.cfg that had it, for plugins that were taken out. */
const UNTIL: ReadonlyMap<string, CorednsVersion> = new Map([['proxy', [1, 5, 0]], ['federation', [1, 7, 0]]])

/** Directive names the build knows, in the order in which a query passes them. */
export function pluginOrder(version: CorednsVersion): readonly string[] {
  const middle = since(version, 1, 14, 7) ? SINCE_1_14_7 : since(version, 1, 14, 2) ? SINCE_1_14_2 : BEFORE_1_14_2
  const isRootFirst = since(version, 1, 11)
  const afterOf: ReadonlyMap<string, string> = new Map([...(isRootFirst ? [] : [['bufsize', 'root'] as const]), ...(since(version, 1, 14, 7) ? [] : [['cancel', 'tls'] as const])])
  const front = [...(isRootFirst ? ['root'] : []), ...FRONT.flatMap(name => [name, ...afterOf.has(name) ? [afterOf.get(name) as string] : []])]
  const all = [...front, ...middle, ...BACK].flatMap(name => (name === 'forward' ? [name, 'proxy'] : name === 'kubernetes' ? [name, 'federation'] : [name]))
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

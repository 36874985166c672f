// Options of CoreDNS's `forward` plugin, 1.9.3 to 1.15.0 (plugin/forward/setup.go, plugin/pkg/parse/host.go), and of its forerunner
// `proxy` (until 1.5.0). Servers come from addresses and from resolv.conf-style files, of which every `nameserver` line counts.
// Not modelled: DoT, DoH and QUIC upstreams (asked as plain DNS over TCP on their port, and said), host names as upstreams.
import type { CorednsModel, Directive } from '../../chain/model.ts'
import { sourcesOf, type Source } from '../../chain/source.ts'
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import { formatServer } from '../../dns/socket-address.ts'
import { cancelMs } from './cancel.ts'
import { goDurationMs } from './go-duration.ts'
import { originsOf } from './origins.ts'
import { since, type CorednsVersion, type PluginSetup } from './plugin.ts'
import { argumentText, refuse } from './refuse.ts'

export interface Server {
  /** `10.0.0.1`, with the port if it is not 53. */
  readonly label: string
  readonly address: string
  readonly port: number
  /** An address that no packet can be sent to: the error of the attempt. */
  readonly broken?: string
  readonly source: Source
}

export interface ForwardOptions {
  readonly from: string
  readonly except: readonly string[]
  readonly servers: readonly Server[]
  /** Some servers are not known: the file is not in the evidence. */
  readonly unknown: string | undefined
  readonly policy: 'random' | 'round_robin' | 'sequential'
  readonly maxFails: number
  readonly healthCheckMs: number
  readonly probe: { readonly name: string; readonly rd: boolean; readonly canBePacked: boolean }
  readonly forceTcp: boolean
  readonly preferUdp: boolean
  readonly maxConcurrent: number
  readonly readTimeoutMs: number
  /** Attempts of one query; 0 = as many as fit in the time. */
  readonly attempts: number
  readonly next: ReadonlySet<string>
  readonly nextOnNodata: boolean
  readonly failover: ReadonlySet<string>
  readonly failfast: boolean
  /** No attempt begins later than this; sooner with `cancel`. */
  readonly deadlineMs: number
  readonly source: Source
}

/** One `forward` of a block, as its hops know it. */
export interface Forward {
  readonly setup: PluginSetup
  readonly options: ForwardOptions
  /** `coredns kube-system/coredns-x forward .`: begins its picks, cells and hops. */
  readonly id: string
  readonly probes: ReadonlyMap<Server, string>
}

const PORTS: ReadonlyMap<string, number> = new Map([['dns', 53], ['tls', 853], ['https', 443], ['quic', 853]])
export const MOST_SERVERS = 15
const READ_TIMEOUT_MS = 2000
const DEADLINE_MS = 5000

export function readForward(directive: Directive, setup: PluginSetup): ForwardOptions {
  const [from, ...tos] = directive.args
  if (!from || tos.length === 0) refuseForward(setup, directive.source, argumentText(from?.value ?? directive.name))
  const found = tos.map(to => serversOf(to.value, to.source, setup))
  const servers = withoutTwins(found.flatMap(f => f.servers))
  if (servers.length > MOST_SERVERS) refuseForward(setup, directive.source, `more than ${MOST_SERVERS} TOs configured: ${servers.length}`)
  const unknown = found.find(f => f.unknown)?.unknown
  if (servers.length === 0 && unknown === undefined) refuseForward(setup, directive.source, 'no nameservers found')
  const option = (name: string): Directive | undefined => directive.properties.findLast(p => p.name === name)
  const listed = (name: string): string[] => directive.properties.filter(p => p.name === name).flatMap(p => p.args.map(a => a.value))
  for (const property of directive.properties) checkOption(setup, property)
  return {
    from: originsOf(from ? [from.value] : [], [])[0] ?? '.',
    except: originsOf(listed('except'), []),
    servers, unknown,
    policy: policyOf(option('policy')?.args[0]?.value, setup, option('policy')),
    // Of `proxy` it is plugin/proxy/upstream.go, 1.4.0.
    maxFails: natural(option('max_fails')) ?? (directive.name === 'proxy' ? 3 : 2),
    healthCheckMs: goDurationMs(option('health_check')?.args[0]?.value ?? '') || 500,
    probe: probeOf(option('health_check'), setup),
    forceTcp: option('force_tcp') !== undefined || option('protocol')?.args[1]?.value === 'force_tcp',
    preferUdp: option('prefer_udp') !== undefined,
    maxConcurrent: natural(option('max_concurrent')) ?? 0,
    readTimeoutMs: goDurationMs(option('read_timeout')?.args[0]?.value ?? '') || READ_TIMEOUT_MS,
    attempts: natural(option('max_connect_attempts')) ?? (since(setup.version, 1, 14, 7) ? 2 * servers.length : 0),
    next: new Set(listed('next').map(r => r.toUpperCase())), nextOnNodata: option('next_on_nodata') !== undefined,
    failover: new Set(listed('failover').map(r => r.toUpperCase())),
    failfast: option('failfast_all_unhealthy_upstreams') !== undefined,
    deadlineMs: since(setup.version, 1, 11, 3) ? Math.min(DEADLINE_MS, cancelMs(setup)) : DEADLINE_MS,
    source: directive.source,
  }
}

const refuseForward = (setup: PluginSetup, source: Source, text: string): void => refuse(setup.report, `plugin/forward: ${text}`, source)

/** Options by the release that has them first. */
export const FORWARD_OPTIONS: ReadonlyMap<string, CorednsVersion> = new Map([
  ['except', [1, 4, 0]], ['expire', [1, 4, 0]], ['failfast_all_unhealthy_upstreams', [1, 12, 1]], ['failover', [1, 13, 0]], ['force_tcp', [1, 4, 0]],
  ['health_check', [1, 4, 0]], ['max_age', [1, 14, 3]], ['max_concurrent', [1, 6, 8]], ['max_connect_attempts', [1, 13, 2]], ['max_fails', [1, 4, 0]],
  ['max_idle_conns', [1, 14, 1]], ['next', [1, 11, 4]], ['next_on_nodata', [1, 14, 4]], ['policy', [1, 4, 0]], ['prefer_udp', [1, 4, 0]],
  ['read_timeout', [1, 14, 5]], ['tls', [1, 4, 0]], ['tls_servername', [1, 4, 0]], ['doh_method', [1, 14, 5]], ['resolver', [1, 14, 4]],
  ['source_address', [1, 14, 6]],
])
const PROXY_OPTIONS = new Set(['policy', 'fail_timeout', 'max_fails', 'health_check', 'except', 'spray', 'protocol'])

function checkOption(setup: PluginSetup, property: Directive): void {
  if (setup.directives[0]?.name === 'proxy') {
    if (!PROXY_OPTIONS.has(property.name)) refuseForward(setup, property.source, `Error during parsing: unknown property '${property.name}'`)
    return
  }
  const from = FORWARD_OPTIONS.get(property.name)
  if (!from || !since(setup.version, ...from)) return refuseForward(setup, property.source, `Error during parsing: unknown property '${property.name}'`)
  const text = property.args[0]?.value ?? ''
  if (DURATIONS.has(property.name) && goDurationMs(text) === undefined) {
    refuseForward(setup, property.source, /^\d+$/.test(text) ? `time: missing unit in duration "${text}"` : `time: invalid duration "${text}"`)
  }
  if (!NUMBERS.has(property.name)) return
  if (!/^[+-]?\d+$/.test(text)) refuseForward(setup, property.source, `strconv.Atoi: parsing "${text}": invalid syntax`)
  else if (Number(text) < 0) refuseForward(setup, property.source, `${property.name} can't be negative: ${Number(text)}`)
}

const DURATIONS = new Set(['expire', 'health_check', 'max_age', 'read_timeout'])
const NUMBERS = new Set(['max_concurrent', 'max_connect_attempts', 'max_fails', 'max_idle_conns'])

function natural(directive: Directive | undefined): number | undefined {
  const text = directive?.args[0]?.value
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

function policyOf(text: string | undefined, setup: PluginSetup, directive: Directive | undefined): ForwardOptions['policy'] {
  if (text === 'round_robin' || text === 'sequential' || text === 'random') return text
  if (text === 'first' && setup.directives[0]?.name === 'proxy') return 'sequential'
  if (text !== undefined && directive) refuseForward(setup, directive.source, `Error during parsing: unknown policy '${text}'`)
  return 'random'
}

function probeOf(directive: Directive | undefined, setup: PluginSetup): ForwardOptions['probe'] {
  const words = directive?.args.slice(1).map(a => a.value) ?? []
  const at = words.indexOf('domain')
  const name = at >= 0 ? words[at + 1] ?? '.' : '.'
  const isAbsolute = name.endsWith('.')
  return { name: isAbsolute ? name : `${name}.`, rd: !words.includes('no_rec'), canBePacked: isAbsolute || since(setup.version, 1, 9, 4) }
}

interface Found { readonly servers: readonly Server[]; readonly unknown?: string }

function serversOf(to: string, source: Source, setup: PluginSetup): Found {
  const scheme = /^([a-z0-9]+):\/\//.exec(to)?.[1] ?? ''
  const transport = PORTS.has(scheme) ? scheme : 'dns'
  const rest = PORTS.has(scheme) ? to.slice(scheme.length + 3).replace(transport === 'tls' ? /%[^:\]]*/ : /(?!)/, '') : to
  if (transport !== 'dns') {
    setup.report({ code: 'forward-transport', message: `forward: ${transport} upstreams are asked as plain DNS here`, source, state: 'partly-modelled' })
  }
  const server = addressOf(rest, PORTS.get(transport) as number, source)
  return server ? { servers: [server] } : fileServers(rest, source, setup)
}

/** `IP`, `IP:port`, `[v6]`, `[v6]:port`. */
export function addressOf(text: string, defaultPort: number, source: Source): Server | undefined {
  const whole = parseAddress(withoutZone(text))
  const [, host = '', portText] = /^(?:\[([^\]]*)\](?::(\w+))?)$/.exec(text) ?? /^([^:]*):(\w+)$/.exec(text) ?? []
  const address = whole ?? parseAddress(withoutZone(host))
  if (!address) return undefined
  const port = whole || portText === undefined ? defaultPort : Number(portText)
  // Accepted at the start, and no packet can be sent to it.
  if (!(port <= 65_535)) return { label: text, address: address.text, port: 0, source, broken: `dial udp: lookup udp/${portText}: unknown port` }
  return server(address.text, port, source)
}

const server = (address: string, port: number, source: Source): Server =>
  ({ label: formatServer({ address, port }), address, port, source })

const withoutTwins = (servers: readonly Server[]): Server[] => servers.filter((s, i) => servers.findIndex(o => o.label === s.label) === i)

function fileServers(path: string, source: Source, setup: PluginSetup): Found {
  const absolute = path.startsWith('/') ? path : `/${path.replace(/^(\.\/)+/, '')}`
  const lines = nameservers(setup.model, absolute)
  if (!lines) return missing(path, absolute, source, setup)
  return { servers: lines.flatMap(line => nameserver(line.text, line.source)) }
}

/** Neither an address nor a file of the evidence: a file that was not collected, a host name (since 1.14.4), or a mistake. */
function missing(path: string, absolute: string, source: Source, setup: PluginSetup): Found {
  const isFile = path.includes('/') || path.includes('.conf')
  if (path === '' && since(setup.version, 1, 11)) refuseForward(setup, source, 'invalid address: ""')
  else if (path === '' || (!isFile && !since(setup.version, 1, 14, 4))) refuseForward(setup, source, `not an IP address or file: "${path}"`)
  const message = isFile ? `forward: the evidence has no ${absolute} of ${setup.model.pod}` : `forward: "${path}" is no address; what it resolved to at the start is not known`
  setup.report({ code: 'forward-servers-unknown', message, source, state: 'unknown' })
  return { servers: [], unknown: message }
}

/** A word that is no address: with a colon it is taken for one, and no packet can be sent to it; without, it is skipped. */
function nameserver(text: string, source: Source): Server[] {
  const address = parseAddress(withoutZone(text))
  if (address) return [server(address.text, 53, source)]
  return text.includes(':') ? [{ label: text, address: text, port: 53, source, broken: `dial udp: lookup ${text}: no such host` }] : []
}

/** Every one counts, in a file of any name; [1] is the address. */
export const NAMESERVER_LINES = /^[ \t]*nameserver[ \t]+([^\s]+)[^\n]*/gm

function nameservers(model: CorednsModel, path: string): { readonly text: string; readonly source: Source }[] | undefined {
  if (path === '/etc/resolv.conf' && model.resolvConf) {
    return model.resolvConf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => (l.words[0] ? [{ text: l.words[0].value, source: l.words[0].source }] : []))
  }
  const file = model.files.get(path)
  if (!file) return undefined
  const at = sourcesOf(file.file, file.text)
  return [...file.text.matchAll(NAMESERVER_LINES)].map(m => ({ text: m[1] as string, source: at(m.index, m.index + m[0].trimEnd().length) }))
}

// The options of CoreDNS's `forward` plugin as its set-up takes or refuses them, 1.9.3 to 1.15.0: plugin/forward/setup.go parseBlock.
import { parseAddress } from '../../dns/go-address.ts'
import { isDomainName } from '../../dns/name.ts'
import type { Dispenser } from './dispenser.ts'
import { durationText, parseDuration } from './go-duration.ts'
import { splitHostPort } from './go-host-port.ts'
import { atoi, isFault, parseUint } from './go-number.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { noWords, pathState, rooted, unknownProperty, valueOf, type SetupAt } from './setup-check.ts'

export interface ForwardSeen { maxAgeMs: number; expireMs: number; serverName: string }

type Option = (c: Dispenser, at: SetupAt, seen: ForwardSeen) => void

export function checkForwardOption(c: Dispenser, at: SetupAt, seen: ForwardSeen): void {
  const option = OPTIONS.get(c.val())
  if (!option || !since(at.version, ...option.from)) throw unknownProperty(c)
  option.read(c, at, seen)
}

function word(c: Dispenser): string {
  if (!c.nextArg()) throw c.argErr()
  return c.val()
}

const nothing: Option = c => {
  if (c.nextArg()) throw c.argErr()
}
const natural = (bits: number): Option => c => void valueOf(c, parseUint(word(c), bits))

const notNegative = (name: string): Option => c => {
  const count = valueOf(c, atoi(word(c)))
  if (count < 0) throw c.refuse(`${name} can't be negative: ${count}`)
}

const except: Option = c => {
  if (c.remainingArgs().length === 0) throw c.argErr()
}

const healthCheck: Option = (c, at) => {
  const ms = valueOf(c, parseDuration(word(c)))
  // Printed with %d: nanoseconds.
  if (ms < 0) throw c.refuse(`health_check can't be negative: ${Math.round(ms * 1e6)}`)
  while (c.nextArg()) {
    const name = c.val()
    if (name === 'no_rec') continue
    if (name !== 'domain') throw c.refuse(`health_check: unknown option ${name}`)
    const domain = word(c)
    if (since(at.version, 1, 10) && !isDomainName(domain)) throw c.refuse(`health_check: invalid domain name ${domain}`)
  }
}

const time = (name: string, keep: (seen: ForwardSeen, ms: number) => void): Option => (c, _, seen) => {
  const ms = valueOf(c, parseDuration(word(c)))
  if (ms < 0) throw c.refuse(`${name} can't be negative: ${durationText(ms)}`)
  keep(seen, ms)
}

const readTimeout: Option = c => {
  const ms = valueOf(c, parseDuration(word(c)))
  if (ms <= 0) throw c.refuse(`read_timeout must be positive: ${durationText(ms)}`)
}

const dohMethod: Option = c => {
  const method = word(c)
  if (method !== 'POST' && method !== 'GET') throw c.refuse('doh_method must be either POST or GET')
}

const POLICIES = new Set(['random', 'round_robin', 'sequential'])

const policy: Option = c => {
  const name = word(c)
  if (!POLICIES.has(name)) throw c.err(`unknown policy '${name}'`)
}

const tls: Option = (c, at) => {
  const files = c.remainingArgs()
  if (files.length > 3) throw c.argErr()
  const root = since(at.version, 1, 10)
  const missing = files.find(f => pathState(at, root ? rooted(at, f) : f) === 'missing')
  if (missing === undefined) return
  const path = root ? rooted(at, missing) : missing
  throw c.refuse(files.length === 2 ? `could not load TLS cert: open ${path}: no such file or directory` : tlsText(files, path))
}

const tlsText = (files: readonly string[], path: string): string =>
  files.length === 1 ? `error reading ${path}: open ${path}: no such file or directory` : `could not load TLS cert: open ${path}: no such file or directory`

const serverName: Option = (c, _, seen) => void (seen.serverName = word(c))

/** dns.StringToRcode. */
const RCODES = new Set([
  'NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'NOTIMPL', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE', 'DSOTYPENI', 'BADSIG', 'BADKEY',
  'BADTIME', 'BADMODE', 'BADNAME', 'BADALG', 'BADTRUNC', 'BADCOOKIE',
])

const rcodes = (takesSuccess: boolean): Option => c => {
  const names = c.remainingArgs()
  if (names.length === 0) throw c.argErr()
  for (const name of names) {
    if (!RCODES.has(name.toUpperCase())) throw c.refuse(`${name} is not a valid rcode`)
    if (!takesSuccess && name.toUpperCase() === 'NOERROR') throw c.refuse('NoError cannot be used in failover')
  }
}

const resolver: Option = c => {
  const servers = c.remainingArgs()
  if (servers.length === 0) throw c.argErr()
  for (const server of servers) {
    const parts = splitHostPort(server)
    if (!parseAddress(isFault(parts) ? server : parts.value.host)) throw c.refuse(`resolver must be an IP address or IP:port: ${JSON.stringify(server)}`)
  }
}

const sourceAddress: Option = c => {
  const address = word(c)
  if (!parseAddress(address)) throw c.err(`invalid IP address: ${address}`)
}

/** Options by the release that has them first. */
const OPTIONS: ReadonlyMap<string, { readonly from: CorednsVersion; readonly read: Option }> = new Map([
  ['doh_method', { from: [1, 14, 5], read: dohMethod }],
  ['except', { from: [1, 4, 0], read: except }],
  ['expire', { from: [1, 4, 0], read: time('expire', (seen, ms) => void (seen.expireMs = ms)) }],
  ['failfast_all_unhealthy_upstreams', { from: [1, 12, 1], read: noWords }],
  ['failover', { from: [1, 13, 0], read: rcodes(false) }],
  ['force_tcp', { from: [1, 4, 0], read: nothing }],
  ['health_check', { from: [1, 4, 0], read: healthCheck }],
  ['max_age', { from: [1, 14, 3], read: time('max_age', (seen, ms) => void (seen.maxAgeMs = ms)) }],
  ['max_concurrent', { from: [1, 6, 9], read: notNegative('max_concurrent') }],
  ['max_connect_attempts', { from: [1, 13, 2], read: natural(32) }],
  ['max_fails', { from: [1, 4, 0], read: natural(32) }],
  ['max_idle_conns', { from: [1, 14, 1], read: notNegative('max_idle_conns') }],
  ['next', { from: [1, 11, 4], read: rcodes(true) }],
  ['next_on_nodata', { from: [1, 14, 4], read: nothing }],
  ['policy', { from: [1, 4, 0], read: policy }],
  ['prefer_udp', { from: [1, 4, 0], read: nothing }],
  ['read_timeout', { from: [1, 14, 5], read: readTimeout }],
  ['resolver', { from: [1, 14, 4], read: resolver }],
  ['source_address', { from: [1, 14, 6], read: sourceAddress }],
  ['tls', { from: [1, 4, 0], read: tls }],
  ['tls_servername', { from: [1, 4, 0], read: serverName }],
])

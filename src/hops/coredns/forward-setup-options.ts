// The options of CoreDNS's `forward` plugin as its set-up takes or refuses them, 1.9.3 to 1.15.0: plugin/forward/setup.go parseBlock.
import { parseAddress } from '../../dns/go-address.ts'
import { isDomainName } from '../../dns/name.ts'
import { checkTlsOption } from './client-tls.ts'
import type { Dispenser } from './dispenser.ts'
import { FORWARD_OPTIONS } from './forward-options.ts'
import { durationText, parseDuration } from './go-duration.ts'
import { splitHostPort } from './go-host-port.ts'
import { atoi, intText, isFault, parseUint } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { since } from './plugin.ts'
import { nextWord, noWords, unknownProperty, valueOf, type SetupAt } from './setup-check.ts'

export interface ForwardSeen { maxAgeMs: number; expireMs: number; serverName: string; resolvers: readonly string[] }

type Option = (c: Dispenser, at: SetupAt, seen: ForwardSeen) => void

export function checkForwardOption(c: Dispenser, at: SetupAt, seen: ForwardSeen): void {
  const [read, from] = [OPTIONS.get(c.val()), FORWARD_OPTIONS.get(c.val())]
  if (!read || !from || !since(at.version, ...from)) throw unknownProperty(c)
  read(c, at, seen)
}

const nothing: Option = c => {
  if (c.nextArg()) throw c.argErr()
}

const natural = (bits: number): Option => c => void valueOf(c, parseUint(nextWord(c), bits))

const notNegative = (name: string): Option => c => {
  const count = valueOf(c, atoi(nextWord(c)))
  if (count < 0) throw c.refuse(`${name} can't be negative: ${intText(count)}`)
}

export function except(c: Dispenser): void {
  if (c.remainingArgs().length === 0) throw c.argErr()
}

const healthCheck: Option = (c, at) => {
  const ms = valueOf(c, parseDuration(nextWord(c)))
  // Printed with %d: nanoseconds.
  if (ms < 0) throw c.refuse(`health_check can't be negative: ${Math.round(ms * 1e6)}`)
  while (c.nextArg()) {
    const name = c.val()
    if (name === 'no_rec') continue
    if (name !== 'domain' || !since(at.version, 1, 9, 2)) throw c.refuse(`health_check: unknown option ${name}`)
    const domain = nextWord(c)
    if (since(at.version, 1, 9, 4) && !isDomainName(domain)) throw c.refuse(`health_check: invalid domain name ${domain}`)
  }
}

const time = (name: string, keep: (seen: ForwardSeen, ms: number) => void): Option => (c, _, seen) => {
  const ms = valueOf(c, parseDuration(nextWord(c)))
  if (ms < 0) throw c.refuse(`${name} can't be negative: ${durationText(ms)}`)
  keep(seen, ms)
}

const readTimeout: Option = c => {
  const ms = valueOf(c, parseDuration(nextWord(c)))
  if (ms <= 0) throw c.refuse(`read_timeout must be positive: ${durationText(ms)}`)
}

const dohMethod: Option = c => {
  const method = nextWord(c)
  if (method !== 'POST' && method !== 'GET') throw c.refuse('doh_method must be either POST or GET')
}

const POLICIES = new Set(['random', 'round_robin', 'sequential'])

export function policy(c: Dispenser): void {
  const name = nextWord(c)
  if (!POLICIES.has(name)) throw c.err(`unknown policy '${name}'`)
}

export function tls(c: Dispenser, at: SetupAt): void {
  const files = c.remainingArgs()
  if (files.length > 3) throw c.argErr()
  checkTlsOption(c, at, files)
}

const serverName: Option = (c, _, seen) => void (seen.serverName = nextWord(c))

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

const resolver: Option = (c, _, seen) => {
  const servers = c.remainingArgs()
  if (servers.length === 0) throw c.argErr()
  for (const server of servers) {
    const parts = splitHostPort(server)
    if (!parseAddress(isFault(parts) ? server : parts.value.host)) throw c.refuse(`resolver must be an IP address or IP:port: ${goQuote(server)}`)
  }
  seen.resolvers = [...seen.resolvers, ...servers]
}

const sourceAddress: Option = c => {
  const address = nextWord(c)
  if (!parseAddress(address)) throw c.err(`invalid IP address: ${address}`)
}

/** How the words of each are read; since when it is known: forward-options.ts. */
const OPTIONS: ReadonlyMap<string, Option> = new Map<string, Option>([
  ['doh_method', dohMethod],
  ['except', except],
  ['expire', time('expire', (seen, ms) => void (seen.expireMs = ms))],
  ['failfast_all_unhealthy_upstreams', noWords],
  ['failover', rcodes(false)],
  ['force_tcp', nothing],
  ['health_check', healthCheck],
  ['max_age', time('max_age', (seen, ms) => void (seen.maxAgeMs = ms))],
  ['max_concurrent', notNegative('max_concurrent')],
  ['max_connect_attempts', natural(32)],
  ['max_fails', (c, at, seen) => (since(at.version, 1, 9) ? natural(32) : notNegative('max_fails'))(c, at, seen)],
  ['max_idle_conns', notNegative('max_idle_conns')],
  ['next', rcodes(true)],
  ['next_on_nodata', nothing],
  ['policy', policy],
  ['prefer_udp', nothing],
  ['read_timeout', readTimeout],
  ['resolver', resolver],
  ['source_address', sourceAddress],
  ['tls', tls],
  ['tls_servername', serverName],
])

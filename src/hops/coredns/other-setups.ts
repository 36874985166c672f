// What the set-ups of CoreDNS's dnstap, erratic, shed, tls, trace, transfer and transport plugins refuse, 1.9.3 to 1.15.0: setup.go of each.
// Not modelled: values of the ACME options of `tls` (since 1.14.7), the contents of key files.
import { parseAddress } from '../../dns/go-address.ts'
import { checkTlsFiles } from './client-tls.ts'
import type { Dispenser } from './dispenser.ts'
import { parseDuration } from './go-duration.ts'
import { joinHostPort, splitHostPort } from './go-host-port.ts'
import { atoi, intText, isFault, parseBool, parseFloat64, parseUint, type Parsed } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { checkHostPort } from './secondary-setup.ts'
import { joined, nextWord, noWords, once, onlyWord, unknownProperty, valueOf, type SetupAt, type SetupCheck } from './setup-check.ts'

const CLIENT_AUTH = new Set(['nocert', 'request', 'require', 'verify_if_given', 'require_and_verify'])

export const tlsSetup: SetupCheck = (c, at) => {
  const twice = (text: string): Error => c.refuse(`plugin/tls: ${text}`)
  if (at.hasTls) throw twice(c.err('TLS already configured for this server instance').message)
  while (c.next()) {
    const files = c.remainingArgs()
    if (files.length === 0 && since(at.version, 1, 14, 7)) {
      acme(c)
      at.hasTls = true
      continue
    }
    if (files.length < 2 || files.length > 3) throw twice(c.argErr().message)
    while (c.nextBlock()) {
      const name = c.val()
      if (name !== 'client_auth' && !(name === 'keylog' && since(at.version, 1, 14, 3))) throw c.err(`unknown option '${name}'`)
      const word = onlyWord(c)
      if (name === 'client_auth' && !CLIENT_AUTH.has(word)) throw c.err(`unknown authentication type '${word}'`)
    }
    checkTlsFiles(c, at, files.map(f => (since(at.version, 1, 11, 2) ? joined(at, f) : f)))
    at.hasTls = true
  }
}

/** What `quic`, `https`, `https3` and `grpc_server` limit; 0 = as many as come, where it is allowed. */
const limitsSetup = (limits: ReadonlyMap<string, { readonly from: CorednsVersion; readonly positive?: true; readonly most?: number }>): SetupCheck => (c, at) => {
  c.next()
  noWords(c)
  const seen = new Set<string>()
  while (c.nextBlock()) {
    const name = c.val()
    const limit = limits.get(name)
    if (!limit || !since(at.version, ...limit.from)) throw unknownProperty(c)
    const word = onlyWord(c)
    const value = atoi(word)
    if (isFault(value)) throw c.err(`invalid ${name} value '${word}': ${value.fault}`)
    if (value.value < (limit.positive ? 1 : 0)) throw c.err(`${name} must be a ${limit.positive ? 'positive' : 'non-negative'} integer: ${intText(value.value)}`)
    if (limit.most !== undefined && value.value > limit.most) throw c.err(`${name} must not exceed ${limit.most}: ${intText(value.value)}`)
    if (seen.has(name)) throw c.err(`${name} already defined for this server block`)
    seen.add(name)
  }
}

const FIRST: CorednsVersion = [1, 14, 0]
const QUIC: CorednsVersion = [1, 12, 2]
const LATER: CorednsVersion = [1, 15, 0]
export const streamLimits = limitsSetup(new Map([['max_streams', { from: FIRST }], ['max_connections', { from: FIRST }]]))
export const https3Limits = limitsSetup(new Map([['max_streams', { from: FIRST }], ['max_connections', { from: [1, 14, 7] as CorednsVersion }]]))
export const httpsLimits = limitsSetup(new Map([['max_streams', { from: LATER, most: 2 ** 32 - 1 }], ['max_connections', { from: FIRST }]]))
export const quicLimits = limitsSetup(new Map([
  ['max_streams', { from: QUIC, positive: true }], ['max_connections', { from: LATER }], ['worker_pool_size', { from: QUIC, positive: true }],
]))

export const shedSetup: SetupCheck = c => once(c, () => {
  noWords(c)
  if (c.nextBlock()) throw c.err('shed takes no options')
})

const ACME_OPTIONS = new Set(['acme', 'email', 'ca', 'storage', 'ca_root', 'resolver'])

/** `tls` without files. */
function acme(c: Dispenser): void {
  const seen = new Set<string>()
  while (c.nextBlock()) {
    const name = c.val()
    const args = c.remainingArgs()
    if (seen.has(name)) throw c.err(`ACME option ${goQuote(name)} can only be specified once`)
    seen.add(name)
    if (!ACME_OPTIONS.has(name)) throw c.err(`unknown ACME option ${goQuote(name)}`)
    if (args.length === 0 || (name !== 'acme' && args.length > 1)) throw c.argErr()
  }
  if (!seen.has('acme')) throw c.refuse('ACME requires at least one domain')
}

export const transferSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    c.remainingArgs()
    let [hasTo, hasSource] = [false, false]
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'to') {
        const hosts = c.remainingArgs()
        if (hosts.length === 0) throw c.argErr()
        for (const host of hosts) if (host !== '*') checkHostPort(c, host, at.version)
        hasTo = true
      } else if (name === 'source' && since(at.version, 1, 14, 5)) {
        const address = onlyWord(c)
        if (hasSource) throw c.refuse(`plugin/transfer: ${c.err('source already specified').message}`)
        if (!parseAddress(address)) throw c.refuse(`plugin/transfer: ${c.err(`invalid source address ${goQuote(address)}`).message}`)
        hasSource = true
      } else throw c.refuse(`plugin/transfer: ${c.err(`unknown property ${goQuote(name)}`).message}`)
    }
    if (!hasTo) throw c.refuse(`plugin/transfer: ${c.err('\'to\' is required').message}`)
  }
}

export const erraticSetup: SetupCheck = c => {
  while (c.next()) {
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'large') continue
      if (name !== 'drop' && name !== 'delay' && name !== 'truncate') throw unknownProperty(c)
      const args = c.remainingArgs()
      if (args.length > (name === 'delay' ? 2 : 1)) throw c.argErr()
      const [amount, time] = args
      if (amount === undefined) continue
      const parsed = atoi(amount)
      if (isFault(parsed)) throw c.refuse(parsed.fault.replace('Atoi', 'ParseInt'))
      if (parsed.value >= 2 ** 31 || parsed.value < -(2 ** 31)) throw c.refuse(`strconv.ParseInt: parsing ${goQuote(amount)}: value out of range`)
      if (parsed.value < 0) throw c.refuse(`illegal amount value given ${goQuote(amount)}`)
      if (time !== undefined) valueOf(c, parseDuration(time))
    }
  }
}

/** `extra` is one since 1.11.1. */
const OWN_WORDS = new Set(['identity', 'version', 'extra'])

export const dnstapSetup: SetupCheck = (c, at) => {
  if (!since(at.version, 1, 10, 1)) {
    // Later uses and blocks are not read.
    c.next()
    sayNobody(at, nextWord(c))
    return
  }
  while (c.next()) {
    const args = c.remainingArgs()
    if (args.length === 0) throw c.argErr()
    const isNew = since(at.version, 1, 14, 4)
    const listens = isNew && args[0] === 'listen'
    if (listens && args.length < 2) throw c.err('dnstap listen requires an endpoint argument')
    if (since(at.version, 1, 13)) multiples(c, listens ? args.slice(1) : args)
    if (!listens) sayNobody(at, args[0] as string)
    while (c.nextBlock()) {
      const name = c.val()
      if (OWN_WORDS.has(name) && (name !== 'extra' || since(at.version, 1, 11, 1))) nextWord(c)
      else if (name === 'tls' && isNew) {
        if (!listens) throw c.err('tls directive only valid for listeners')
        if (c.remainingArgs().length < 2) throw c.err('tls requires cert and key file paths')
      } else if (name !== 'skipverify' && isNew) throw unknownProperty(c)
    }
  }
}

/** What it prints when nobody listens at its endpoint: known only of a machine of which everything is. */
function sayNobody(at: SetupAt, endpoint: string): void {
  if (!at.model.machine?.hasAllFiles) return
  // Up to 1.10 what is not tcp is a path.
  const [, scheme, host = ''] = (since(at.version, 1, 11) ? /^(tcp|tls):\/\/([^/]*)/ : /^(tcp):\/\/([^/]*)/).exec(endpoint) ?? []
  const path = endpoint.replace(/^unix:\/\//, '')
  // A name behind an @ is of no file system.
  const why = scheme === undefined ? `dial unix ${path}: connect: ${path.startsWith('@') ? 'connection refused' : 'no such file or directory'}` : `dial tcp${dialFault(at, host)}`
  at.printAtStart(`[ERROR] plugin/dnstap: No connection to dnstap endpoint${since(at.version, 1, 8) ? `: ${why}` : ''}`)
}

function dialFault({ model: { machine } }: SetupAt, endpoint: string): string {
  if (endpoint === '') return ': missing address'
  const parts = splitHostPort(endpoint)
  if (isFault(parts)) return `: ${parts.fault}`
  const { host, port } = parts.value
  const own = host === 'localhost' ? '127.0.0.1' : host
  if (host === '' || parseAddress(own) || !machine?.nameserver) return ` ${joinHostPort(own, port)}: connect: connection refused`
  return `: lookup ${host} on ${machine.nameserver.address}:53: ${machine.nameserver.fault}`
}

function multiples(c: Dispenser, [, , buffer, queue]: readonly string[]): void {
  multiple(c, buffer, 'MultipleTcpWriteBuf', 1024, 'MiB units')
  multiple(c, queue, 'MultipleQueue', 4096, 'x10k messages')
}

function multiple(c: Dispenser, text: string | undefined, name: string, most: number, unit: string): void {
  if (text === undefined) return
  const count = atoi(text)
  if (isFault(count)) throw c.err(`dnstap: invalid ${name} ${goQuote(text)}: ${count.fault}`)
  if (count.value < 1 || count.value > most) throw c.err(`dnstap: ${name} must be between 1 and ${most} (${unit}): ${intText(count.value)}`)
}

const ENDPOINTS = new Set(['zipkin', 'datadog'])

export const traceSetup: SetupCheck = (c, at) => {
  if (at.isBoundNowhere && !since(at.version, 1, 13)) throw c.panic('runtime error: index out of range [0] with length 0')
  let type = ''
  while (c.next()) {
    const args = c.remainingArgs()
    if (args.length > 2) throw c.argErr()
    type = args.length === 2 ? (args[0] as string).toLowerCase() : 'zipkin'
    if (!ENDPOINTS.has(type)) throw c.refuse(`tracing endpoint type '${type}' is not supported`)
    while (c.nextBlock()) traceOption(c, at)
  }
  if (type === 'zipkin') sayBadEndpoint(at)
}

/** Up to 1.14.6 the port is put behind an address of IPv6 as it is. */
function sayBadEndpoint({ version, addresses: [address = ''], port, printAtStart }: SetupAt): void {
  if (!address.includes(':') || since(version, 1, 14, 7)) return
  printAtStart(`[WARNING] ${since(version, 1, 9, 4) ? 'plugin/trace: ' : ''}build Zipkin endpoint found err: address ${address}:${port}: too many colons in address`)
}

function traceOption(c: Dispenser, at: SetupAt): void {
  const name = c.val()
  const read = TRACE_OPTIONS.get(name)
  const isKnown = read && (!name.startsWith('zipkin_') || since(at.version, 1, 9, 4))
  if (!isKnown) {
    if (since(at.version, 1, 14, 4)) throw unknownProperty(c)
    return
  }
  const args = c.remainingArgs()
  if (args.length > 1 || (args.length === 0 && !read.optional)) throw c.argErr()
  if (args[0] === undefined) return
  const value = valueOf(c, read.parse(args[0]))
  if (name === 'datadog_analytics_rate' && typeof value === 'number' && (value > 1 || value < 0))
    throw c.refuse(`datadog analytics rate must be between 0 and 1, '${Number.isFinite(value) ? value.toFixed(6) : value > 0 ? '+Inf' : '-Inf'}' is not supported`)
}

const TRACE_OPTIONS: ReadonlyMap<string, { readonly optional?: true; readonly parse: (text: string) => Parsed<unknown> }> = new Map([
  ['client_server', { optional: true, parse: parseBool }],
  ['datadog_analytics_rate', { optional: true, parse: parseFloat64 }],
  ['every', { parse: (text: string) => parseUint(text, 64) }],
  ['service', { parse: (text: string) => ({ value: text }) }],
  ['zipkin_max_backlog_size', { parse: atoi }],
  ['zipkin_max_batch_interval', { parse: parseDuration }],
  ['zipkin_max_batch_size', { parse: atoi }],
])

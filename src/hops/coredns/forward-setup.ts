// What the set-up of CoreDNS's `forward` plugin refuses, 1.9.3 to 1.15.0: plugin/forward/setup.go and resolve.go, plugin/pkg/parse/host.go.
// Up to 1.14.3 the upstreams are looked at before the options, later after them.
// Not modelled: `tls` files that cannot be read, whether a host name given as upstream resolves (machine.nameserver tells when not).
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import { isDomainName } from '../../dns/name.ts'
import type { Dispenser } from './dispenser.ts'
import { MOST_SERVERS, NAMESERVER_LINES } from './forward-options.ts'
import { checkForwardOption, type ForwardSeen } from './forward-setup-options.ts'
import { durationText } from './go-duration.ts'
import { joinHostPort, splitHostPort } from './go-host-port.ts'
import { lookupFault } from './go-lookup.ts'
import { containerPath } from './go-path.ts'
import { isFault } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { originsOf } from './origins.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { ONCE_TEXT } from './refuse.ts'
import { MISSING, nextWord, pathState, statFault, type SetupAt, type SetupCheck } from './setup-check.ts'
import { transportOf } from './transport.ts'

export const forwardSetup: SetupCheck = (c, at) => {
  const counts: number[] = []
  while (c.next()) {
    if (counts.length > 0 && !since(at.version, 1, 9, 4)) throw c.refuse(ONCE_TEXT)
    counts.push(stanza(c, at))
  }
  const tooMany = counts.find(n => n > MOST_SERVERS)
  if (tooMany !== undefined) throw c.refuse(`more than ${MOST_SERVERS} TOs configured: ${tooMany}`)
}

/** How many upstreams count. */
function stanza(c: Dispenser, at: SetupAt): number {
  const from = nextWord(c)
  const zones = originsOf([from], [])
  if (zones.length === 0) throw c.refuse(`unable to normalize '${from}'`)
  if (zones.length > 1) at.print(`[WARNING] plugin/forward: Unsupported CIDR notation: '${from}' expands to multiple zones. Using only '${zones[0]}'.`)
  const to = c.remainingArgs()
  if (to.length === 0) throw c.argErr()
  if (since(at.version, 1, 14, 4)) return optionsFirst(c, at, to)
  const hosts = to.flatMap(text => serversOf(c, at, text))
  if (hosts.length === 0) throw c.refuse('no nameservers found')
  const knowsNames = since(at.version, 1, 13, 2)
  if (!knowsNames) for (const host of hosts) protocolOf(c, at, host)
  const { serverName } = readOptions(c, at)
  if (knowsNames) for (const host of hosts) protocolOf(c, at, host, serverName)
  return hosts.length
}

const EXPIRE_MS = 10_000

function optionsFirst(c: Dispenser, at: SetupAt, to: readonly string[]): number {
  const { serverName, resolvers } = readOptions(c, at)
  const withPath = since(at.version, 1, 14, 5) && to.find(text => transportOf(text, at.version).transport === 'https' && transportOf(text, at.version).rest.includes('/'))
  if (withPath) throw c.refuse(`paths are not allowed in HTTPS upstream addresses (the /dns-query path is used by default): ${withPath}`)
  const entries = to.map(text => ({ text, hosts: entryOf(c, at, text) }))
  for (const { text, hosts } of entries) if (!hosts) lookUp(c, at, hostOf(text, at.version), resolvers)
  if (entries.every(e => e.hosts?.length === 0)) throw c.refuse('no valid upstream addresses found')
  for (const host of entries.flatMap(e => e.hosts ?? [])) protocolOf(c, at, host, serverName)
  return entries.filter(e => e.hosts?.length !== 0).length
}

function readOptions(c: Dispenser, at: SetupAt): ForwardSeen {
  const seen: ForwardSeen = { maxAgeMs: 0, expireMs: EXPIRE_MS, serverName: '', resolvers: [] }
  while (c.nextBlock()) checkForwardOption(c, at, seen)
  const { maxAgeMs, expireMs } = seen
  if (maxAgeMs > 0 && maxAgeMs < expireMs) throw c.refuse(`max_age (${durationText(maxAgeMs)}) must not be less than expire (${durationText(expireMs)})`)
  return seen
}

/** Servers of an address or a file; undefined = a host name. */
function entryOf(c: Dispenser, at: SetupAt, text: string): readonly string[] | undefined {
  const { rest } = transportOf(text, at.version)
  if (rest === '') throw c.refuse(`invalid address: ${goQuote(text)}`)
  const hosts = addressOrFile(at, text)
  if (hosts) return hosts
  const { transport } = transportOf(withoutServerName(text), at.version)
  const host = hostOf(text, at.version)
  const isForwardable = transport === 'dns' || transport === 'tls' || transport === 'https' || (transport === 'quic' && since(at.version, 1, 15))
  if (isForwardable && host !== '' && isDomainName(host) && !parseAddress(host)) return undefined
  throw c.refuse(`not an IP address, file, or valid domain: ${goQuote(text)}`)
}

const hostOf = (text: string, version: CorednsVersion): string => {
  const { rest } = transportOf(withoutServerName(text), version)
  const parts = splitHostPort(rest)
  return withoutBrackets(isFault(parts) ? rest : parts.value.host)
}

const withoutBrackets = (text: string): string => text.replace(/^[[\]]+|[[\]]+$/g, '')

/** An address or path as HostPortOrFile takes it when it has no port. */
const bareOf = (rest: string, version: CorednsVersion): string => (since(version, 1, 14, 2) && isFault(splitHostPort(rest)) ? withoutBrackets(rest) : rest)

/** splitZone: `tls://9.9.9.9%dns.quad9.net` without the name; the port stays. */
function withoutServerName(text: string): string {
  const [, scheme = '', host = text] = /^([^:/]*:\/\/)(.*)$/s.exec(text) ?? []
  const at = host.lastIndexOf('%')
  if (at < 0) return text
  const [head, zone] = [host.slice(0, at), host.slice(at + 1)]
  const port = zone.includes(':') ? zone.slice(zone.lastIndexOf(':')) : ''
  return `${scheme}${head}${head.startsWith('[') ? ']' : ''}${port}`
}

function lookUp(c: Dispenser, at: SetupAt, host: string, resolvers: readonly string[]): void {
  const nameserver = at.model.machine?.nameserver
  const last = resolvers.at(-1)
  if (nameserver && last !== undefined) throw c.refuse(`failed to resolve ${goQuote(host)}: no addresses found for ${goQuote(host)}: ${unanswered(last, nameserver.fault)}`)
  // In /etc/hosts, which nobody looks into since 1.15.
  if (!nameserver || (host === 'localhost' && !since(at.version, 1, 15))) return
  const asked = since(at.version, 1, 15) ? `${host.replace(/\.$/, '')}.` : host
  throw c.refuse(`failed to resolve ${goQuote(host)}: ${lookupFault(asked, nameserver)}`)
}

/** Where nobody can be asked: of the last resolver. */
function unanswered(resolver: string, fault: string): string {
  const parts = splitHostPort(resolver)
  const address = isFault(parts) ? joinHostPort(resolver, 53) : resolver
  const host = isFault(parts) ? resolver : parts.value.host
  if (host.startsWith('127.')) return `read udp 127.0.0.1:0->${address}: read: connection refused`
  if (host === '::1') return `read udp [::1]:0->${address}: read: connection refused`
  return fault.replace(/^(dial udp )\S+:/, (_, dial: string) => `${dial}${address}:`)
}

/** HostPortOrFile, which knows no host names: `forward` up to 1.14.3, and `grpc`. */
export function serversOf(c: Dispenser, at: SetupAt, text: string): readonly string[] {
  const { rest } = transportOf(text, at.version)
  if (rest === '' && since(at.version, 1, 11)) throw c.refuse(`invalid address: ${goQuote(text)}`)
  const hosts = addressOrFile(at, text)
  if (hosts) return hosts
  const bare = bareOf(rest, at.version)
  if (!since(at.version, 1, 14, 5)) throw c.refuse(`not an IP address or file: ${goQuote(bare)}`)
  const fault = statFault(at, bare) ?? MISSING
  const why = fault === MISSING ? `failed to open file ${goQuote(bare)}: ${goQuote(`open ${bare}: ${fault}`)}` : `open ${bare}: ${fault}`
  throw c.refuse(`not an IP address or file ${goQuote(bare)}: ${why}`)
}

/** Undefined: neither. What the evidence cannot tell of is taken to be there. */
function addressOrFile(at: SetupAt, text: string): readonly string[] | undefined {
  const { transport, rest } = transportOf(text, at.version)
  if (transport === 'unix') return [text]
  const parts = splitHostPort(rest)
  const bare = bareOf(rest, at.version)
  if (parseAddress(withoutZone(isFault(parts) ? bare : parts.value.host))) return [isFault(parts) ? withPort(transport, bare) : text]
  const state = rest === '' ? 'missing' : pathState(at, rest)
  if (state === undefined) return rest.includes('/') || rest.includes('.conf') ? ['?'] : undefined
  // A directory opens, and nothing is read from it.
  return state === 'file' ? nameserversIn(at, rest) : state === 'directory' ? [] : undefined
}

const PORTS: ReadonlyMap<string, number> = new Map([['tls', 853], ['quic', 853], ['grpc', 443], ['https', 443]])

/** What is refused later is printed with its port. */
const withPort = (transport: string, host: string): string => (transport === 'dns' ? host : `${transport}://${joinHostPort(host, PORTS.get(transport) ?? 53)}`)

function nameserversIn(at: SetupAt, path: string): readonly string[] {
  const file = at.model.files.get(containerPath(path))
  const words = [...file?.text.matchAll(NAMESERVER_LINES) ?? []].map(m => m[1] as string)
  return words.filter(w => w.includes(':') || parseAddress(withoutZone(w)))
}

function protocolOf(c: Dispenser, at: SetupAt, text: string, serverName = ''): void {
  const isNew = since(at.version, 1, 13, 2)
  const host = isNew ? withoutServerName(text) : text
  const { transport } = transportOf(host, at.version)
  const allowed = transport === 'dns' || transport === 'tls' || (transport === 'https' && since(at.version, 1, 14, 5)) || (transport === 'quic' && since(at.version, 1, 15))
  if (!allowed) throw c.refuse(`'${transport}' is not supported as a destination protocol in forward: ${host}`)
  const name = isNew && host !== text ? /%([^:\]]*)/.exec(text.slice(text.lastIndexOf('%')))?.[1] ?? '' : ''
  if (name !== '' && serverName !== '' && (transport === 'tls' || transport === 'quic')) {
    throw c.refuse(`both forward ('${serverName}') and proxy level ('${name}') TLS servernames are set for upstream proxy '${host}'`)
  }
}

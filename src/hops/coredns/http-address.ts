// The one word that health, ready, prometheus and pprof take: the address of their HTTP server, and why Go cannot listen there.
import type { CorednsModel } from '../../chain/model.ts'
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import type { Dispenser } from './dispenser.ts'
import { joinHostPort, splitHostPort } from './go-host-port.ts'
import { lookupFault } from './go-lookup.ts'
import { isFault } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { since, type CorednsVersion } from './plugin.ts'
import type { SetupAt } from './setup-check.ts'

/** The address, if there is one. */
export function addressAlone(c: Dispenser): string | undefined {
  const [address, ...more] = c.remainingArgs()
  if (more.length > 0) throw c.argErr()
  if (address === undefined) return undefined
  const parts = splitHostPort(address)
  if (isFault(parts)) throw c.refuse(parts.fault)
  return address
}

/** Names that Go knows without /etc/services. */
const SERVICES: ReadonlyMap<string, number> = new Map([
  ['domain', 53], ['ftp', 21], ['ftps', 990], ['gopher', 70], ['http', 80], ['https', 443], ['imap2', 143], ['imap3', 220], ['imaps', 993],
  ['pop3', 110], ['pop3s', 995], ['smtp', 25], ['ssh', 22], ['submissions', 465], ['telnet', 23],
])
const LARGEST_PORT = 65_535

/** What net.Listen("tcp", address) says; undefined = it listens, or nobody knows. */
export function listenFault(at: SetupAt, address: string): string | undefined {
  const parts = splitHostPort(address)
  if (isFault(parts)) return `listen tcp: ${parts.fault}`
  const { host, port } = parts.value
  const number = /^[+-]?\d*$/.test(port) ? Number(port) : SERVICES.get(port.toLowerCase())
  // Go up to 1.21, of CoreDNS up to 1.11.3, has another word for it.
  if (number === undefined) return `listen tcp: ${since(at.version, 1, 11, 4) ? 'lookup' : 'address'} tcp/${port}: unknown port`
  if (number < 0 || number > LARGEST_PORT) return `listen tcp: address ${port}: invalid port`
  // Only IPv6 has zones.
  const read = parseAddress(host.includes(':') ? withoutZone(host) : host)
  if (read || host === '') return bindFault(at.model.machine, host, number)
  const nameserver = at.model.machine?.nameserver
  return nameserver && host !== 'localhost' ? `listen tcp: ${lookupFault(host, nameserver)}` : undefined
}

/** A socket can have the address, or nobody knows; empty = all. */
function isOwnAddress(machine: CorednsModel['machine'], host: string): boolean {
  if (host === '' || /^(127\.|0\.0\.0\.0$|2(2[4-9]|3\d)\.|::1?$)/.test(host) || !machine?.interfaces) return true
  return [...machine.interfaces.values()].flat().includes(withoutZone(host))
}

/** Why a TCP socket cannot have it. */
export function bindFault(machine: CorednsModel['machine'], host: string, port: number): string | undefined {
  if (isOwnAddress(machine, host)) return undefined
  const isScopeless = /^fe[89ab]/i.test(host) && !host.includes('%')
  return `listen tcp ${joinHostPort(host, port)}: bind: ${isScopeless ? 'invalid argument' : 'cannot assign requested address'}`
}

/** What url.Parse says of `http://ADDRESS`: health asks itself since 1.11.0. */
export function urlFault(address: string, version: CorednsVersion): string | undefined {
  const [authority = ''] = address.split(/[/?#]/)
  const refused = (why: string): string => `parse ${goQuote(`http://${address}`)}: ${why}`
  const colon = authority.lastIndexOf(':')
  const port = authority.slice(colon)
  if (colon >= 0 && !/^:\d*$/.test(port)) return refused(`invalid port ${goQuote(port)} after host`)
  const host = colon >= 0 ? authority.slice(0, colon) : authority
  const escape = /%(?!25|[89A-Fa-f][0-9A-Fa-f]).{0,2}/.exec(authority)
  if (escape) return refused(`invalid URL escape ${goQuote(escape[0])}`)
  const odd = /[ \\^`{|}]/.exec(host)
  if (odd) return refused(`invalid character ${goQuote(odd[0])} in host name`)
  // Go 1.25.2 and later look at what is in the brackets.
  if (since(version, 1, 14) && host.startsWith('[') && !parseAddress(withoutZone(host.slice(1, -1)))) return refused(`invalid host: ParseAddr(${goQuote(host.slice(1, -1))}): unable to parse IP`)
  return undefined
}

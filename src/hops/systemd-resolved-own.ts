// What systemd-resolved answers by itself: /etc/hosts (src/resolve/resolved-etc-hosts.c), and names that no DNS server is asked for
// (dns_scope_good_domain of resolved-dns-scope.c, resolved-dns-synthesize.c), v245 to v257; recorded at v247, v252 and v257.
// Of /etc/hosts it takes names of letters, digits and hyphens; 0.0.0.0 and :: mean "no address"; lines that only say what it makes up
// for localhost itself are left out (before 248: that name in any line).
// Seen at 257 and not at 252, in between not looked at: a name that is there answers for all types, the first name of an address is what the
// others are aliases of, resolver.arpa is answered here.
// Not modelled: the node's own name, `_gateway`, `_outbound`, and the names of its own addresses (asked of DNS first).
import type { HostsLine, ResolvedModel } from '../chain/model.ts'
import { addressOfReverse, parseAddress } from '../dns/go-address.ts'
import type { Cause, Reply, ResourceRecord } from '../dns/message.ts'
import { absolute, isSubdomain, labelsOf, nameKey, sameName } from '../dns/name.ts'
import { isLoopback } from '../dns/socket-address.ts'

const LOOPBACK_ZONE = '127.in-addr.arpa.'
const OWN_HOST = '127.0.0.2'
/** From v253 on only these of 127/8 have a name. */
const LOCAL_NAMES: Readonly<Record<string, string>> = { '127.0.0.1': 'localhost.', '127.0.0.53': '_localdnsstub.', '127.0.0.54': '_localdnsproxy.' }
const NAMED_ONE_BY_ONE = 253
const FIRST_NAME_CANONICAL = 257
/** The stub and what it makes up were written anew; recorded at 247 and 252. */
export const STUB_ANEW = 248
/** RFC 6303 and RFC 6761. */
const NEVER_THERE = ['0.in-addr.arpa.', 'invalid.']
/** RFC 9462: nobody's resolver is found by asking another one. */
const DISCOVERY = 'resolver.arpa.'
const NULL_ADDRESSES = new Set(['0.0.0.0', '::'])
const LOOPBACKS = ['127.0.0.1', '::1']
const LOCALHOSTS = ['localhost.', 'localhost.localdomain.']

const isLocalhost = (name: string): boolean => LOCALHOSTS.some(one => isSubdomain(one, absolute(name)))
const isHostName = (name: string): boolean => /^[a-z0-9.-]+$/i.test(name) && !/(?:^|\.)-|-(?:\.|$)/.test(name)

/** Undefined: DNS is asked. */
export type OwnAnswer = (name: string, type: string) => Reply | undefined

export function ownAnswers(model: ResolvedModel, version: number, by: string): OwnAnswer {
  const hosts = model.readEtcHosts ? taken(model.hosts, version) : undefined
  return (name, type) => (hosts && fromHosts(hosts, version, name, type)) ?? synthetic(version, by, name, type)
}

/** The stub sets the other flags. */
const own = (answer: readonly ResourceRecord[]): Reply => ({ rcode: 'NOERROR', flags: ['aa'], answer, authority: [], additional: [] })
const made = (name: string, type: string, data: string): ResourceRecord => ({ name, type, ttlS: 0, data })
const typeOf = (address: string): string => (parseAddress(address)?.family === 4 ? 'A' : 'AAAA')
const takes = (asked: string, type: string): boolean => asked === type || asked === 'ANY'

/** What is taken of the file. */
function taken(all: readonly HostsLine[], version: number): Hosts {
  const read = all.map((line): Line => ({ address: line.address.value, names: line.names.map(one => one.value).filter(isHostName) }))
  return version < STUB_ANEW ? { lines: read.map(line => ({ ...line, names: line.names.filter(one => !isLocalhost(one)) })), gone: [] } : withoutLocalhost(read)
}

function fromHosts({ lines, gone }: Hosts, version: number, name: string, type: string): Reply | undefined {
  const address = addressOfReverse(nameKey(name))?.text
  if (address !== undefined) {
    const here = lines.filter(line => line.address === address && !NULL_ADDRESSES.has(address))
    // An address that is there answers for all types: without data for those other than PTR.
    return here.length === 0 ? undefined : own(takes(type, 'PTR') ? once(here.flatMap(line => line.names)).map(one => made(name, 'PTR', absolute(one))) : [])
  }
  const isAddress = ['A', 'AAAA', 'ANY'].includes(type)
  if (!isAddress && version < FIRST_NAME_CANONICAL) return undefined
  const here = gone.some(one => sameName(one, name)) ? [] : lines.filter(line => line.names.some(one => sameName(one, name)))
  if (here.length === 0) return undefined
  const addresses = once(here.map(line => line.address)).filter(one => isAddress && !NULL_ADDRESSES.has(one) && takes(type, typeOf(one)))
  return own(version < FIRST_NAME_CANONICAL ? addresses.map(one => made(name, typeOf(one), one)) : canonical(lines, name, addresses))
}

/** Addresses that are first called something else stand under that name, behind an alias, unless others are the name's own. */
function canonical(lines: readonly Line[], name: string, addresses: readonly string[]): readonly ResourceRecord[] {
  const called = addresses.map(address => ({ address, first: lines.find(line => line.address === address)?.names[0] ?? name }))
  const aliases = once(called.flatMap(({ first }) => (sameName(first, name) ? [] : [absolute(first)])))
  const mine = called.filter(({ first }) => sameName(first, name)).map(({ address }) => made(name, typeOf(address), address))
  const theirs = called.map(({ address, first }) => made(absolute(first), typeOf(address), address))
  return [...aliases.map(first => made(name, 'CNAME', first)), ...(mine.length > 0 ? mine : theirs)]
}

interface Line { readonly address: string; readonly names: readonly string[] }
interface Hosts {
  readonly lines: readonly Line[]
  /** Names that no line gives an address any more; the other loopback address keeps them for its reverse name. */
  readonly gone: readonly string[]
}

/** strip_localhost: addresses that say localhost and nothing else, when localhost is nowhere else, for what is made up says the same and
 * more. */
function withoutLocalhost(lines: readonly Line[]): Hosts {
  const elsewhere = (name: string): boolean => lines.some(line => !isLoopback(line.address) && !NULL_ADDRESSES.has(line.address)
    && line.names.some(other => sameName(other, name)))
  const plain = LOOPBACKS.filter(address => {
    const names = lines.filter(line => line.address === address).flatMap(line => line.names)
    return names.every(name => isLocalhost(name) && !elsewhere(name))
  })
  return { lines: lines.filter(line => !plain.includes(line.address)),
    gone: lines.filter(line => plain.includes(line.address)).flatMap(line => line.names) }
}

const once = (names: readonly string[]): readonly string[] =>
  names.filter((one, index) => names.findIndex(other => other.toLowerCase() === one.toLowerCase()) === index)

function synthetic(version: number, by: string, name: string, type: string): Reply | undefined {
  // Addresses of the root are not looked up.
  if (labelsOf(name).length === 0) return type !== 'A' && type !== 'AAAA' ? undefined : version < STUB_ANEW ? denied(version, by) : own([])
  if (isLocalhost(name)) return own([made(name, 'A', '127.0.0.1'), made(name, 'AAAA', '::1')].filter(one => takes(type, one.type)))
  const address = addressOfReverse(nameKey(name))?.text
  const pointer = (to: string): Reply => own(takes(type, 'PTR') ? [made(name, 'PTR', to)] : [])
  if (version >= FIRST_NAME_CANONICAL && isSubdomain(DISCOVERY, name)) return own([])
  if (address === '::1') return pointer('localhost.')
  if (address === '255.255.255.255' || address === '::' || NEVER_THERE.some(zone => isSubdomain(zone, name))) return denied(version, by)
  if (!isSubdomain(LOOPBACK_ZONE, name)) return undefined
  if (address === OWN_HOST) return { ...denied(version, by, { kind: 'unmodelled', by, detail: 'the node’s own name is not in the evidence' }), rcode: 'SERVFAIL' }
  const named = version < NAMED_ONE_BY_ONE ? undefined : LOCAL_NAMES[address ?? '']
  if (named !== undefined) return pointer(named)
  return version < NAMED_ONE_BY_ONE || version >= FIRST_NAME_CANONICAL ? pointer('localhost.') : denied(version, by)
}

const denied = (version: number, by: string, cause: Cause = { kind: 'denied', by, detail: 'a reserved name that no server is asked for' }): Reply =>
  ({ ...own([]), rcode: version < STUB_ANEW ? 'SERVFAIL' : 'NXDOMAIN', cause })

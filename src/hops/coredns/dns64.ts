// CoreDNS's `dns64` plugin, 1.9.3 to 1.15.0: plugin/dns64/ (RFC 6147, addresses by RFC 6052). An AAAA question from an IPv6 client (of any
// client with `allow_ipv4`) that has no AAAA and is not NXDOMAIN is asked again as A through the server's front door, and the
// addresses found are put behind the prefix, with the smaller of their TTL and that of the SOA (600 without one).
// Not modelled: RFC 6147's exclusion of networks and its checks of DNSSEC; the plugin has neither.
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import { parseAddress } from '../../dns/go-address.ts'
import { cidrText, parseCidr, type Cidr } from '../../dns/go-cidr.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { ip4Bytes, ip6Text } from '../../dns/presentation-address.ts'
import { internalLookup } from './internal-lookup.ts'
import { keptBack } from './minimal.ts'
import { panicked, since, written, type CorednsVersion, type Handler, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { replyTypeOf } from './reply-type.ts'
import { copiedFlags } from './server-reply.ts'

interface Options {
  readonly prefix: Cidr
  readonly translateAll: boolean
  readonly allowIpv4: boolean
}

const WELL_KNOWN = parseCidr('64:ff9b::/96') as Cidr
const TTL_WITHOUT_SOA_S = 600

export const dns64: PluginFactory = setup => handler(setup, readOptions(setup))

const handler = (setup: PluginSetup, options: Options): Handler => function* (query, next) {
  const isAsked = query.type === 'AAAA' && (query.class ?? 'IN') === 'IN'
  if (!isAsked || (!options.allowIpv4 && !(yield* isFromIpv6(setup, query)))) {
    const passed = yield* next(query)
    return endsHere(setup.version, passed, true) ? panicked(`${setup.server} dns64`) : passed
  }
  const below = yield* next(query)
  // A plugin between that looks into what is written panics itself.
  const first = WRITERS.some(setup.has) ? below : keptBack(below)
  if (!first.reply) return endsHere(setup.version, first, false) ? panicked(`${setup.server} dns64`) : first
  if (!isTranslated(first.reply, query, options, setup.version)) return first
  // A later `rewrite` changes the query itself: its name is looked up, and the reply has its question.
  const changed = first.query ?? query
  const found = yield* internalLookup(setup, changed, nameKey(changed.name), 'A')
  if (found === 'loop') return { rcode: 'SERVFAIL', cause: { kind: 'loop', by: setup.server } }
  if (found === 'nothing') return without(setup)
  return { ...written(synthesised(changed, first.reply, found, options, setup.version)), ...(first.query && { query: first.query }) }
}

/** `rewrite` sees to it itself: it looks only where a rule has fitted. */
const WRITERS = ['cache', 'header', 'loadbalance'] as const

/** As the last plugin it calls nobody: what it wants to answer itself panics, what it passes on only in 1.9.3. */
const endsHere = (version: CorednsVersion, served: Served, passing: boolean): boolean =>
  served.error === 'plugin/dns64: no next plugin found' && (!passing || !since(version, 1, 11, 3))

function without(setup: PluginSetup): Served {
  if (!since(setup.version, 1, 15)) return panicked(`${setup.server} dns64`)
  const error = 'dns64: upstream returned no response'
  return { rcode: 'SERVFAIL', error, cause: { kind: 'failed', by: `${setup.server} dns64`, detail: error } }
}

/** Who asks may not be in the evidence. */
function* isFromIpv6(setup: PluginSetup, query: DnsQuery): HopRun<boolean> {
  if (query.client !== undefined) return parseAddress(query.client)?.family === 6
  const key = `${setup.server} dns64 client`
  return (yield* pick({ at: key, key, options: ['ipv4', 'ipv6'], source: (setup.directives[0] as Directive).source })) === 'ipv6'
}

function isTranslated(reply: Reply, query: DnsQuery, options: Options, version: CorednsVersion): boolean {
  if (replyTypeOf(reply, query, version) === 'NXDOMAIN') return false
  return options.translateAll || !reply.answer.some(r => r.type === 'AAAA')
}

function synthesised(query: DnsQuery, first: Reply, found: Reply, options: Options, version: CorednsVersion): Reply {
  const soaTtlS = first.authority.findLast(r => r.type === 'SOA')?.ttlS ?? TTL_WITHOUT_SOA_S
  const answer = found.answer.map((r): ResourceRecord => {
    const bytes = r.type === 'A' ? ip4Bytes(r.data) : undefined
    return bytes ? { ...r, type: 'AAAA', ttlS: Math.min(r.ttlS, soaTtlS), data: ip6Text(embedded(options.prefix, bytes)) } : r
  })
  const cause = answer.some(r => r.type === 'AAAA') ? undefined : found.cause ?? first.cause
  return {
    rcode: since(version, 1, 15) ? found.rcode : 'NOERROR', flags: [...(found.flags.includes('tc') ? ['tc'] : []), ...copiedFlags(query)],
    answer, authority: found.authority, additional: found.additional, ...(found.edns && { edns: found.edns }), ...(cause && { cause }),
  }
}

/** Bits 64 to 71 stay zero (RFC 6052 §2.2), but in prefixes longer than 64 that only earlier releases take. */
function embedded({ bytes: prefix, bits }: Cidr, address: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16)
  let at = bits / 8
  bytes.set(prefix.subarray(0, at))
  for (const byte of address) {
    if (at === 8) at++
    bytes[at++] = byte
  }
  return bytes
}

/** As its set-up has taken it. A prefix on the plugin's own line ends the reading of its block: what is in it is read as further uses, whose
 * first word is another prefix. */
function readOptions({ directives, version }: PluginSetup): Options {
  const draft = { prefix: WELL_KNOWN, translateAll: false, allowIpv4: false }
  const take = (text: string | undefined): void => {
    const prefix = text === undefined ? '' : readPrefix(text, version)
    if (typeof prefix !== 'string') draft.prefix = prefix
  }
  for (const { args: [own], properties } of directives) {
    take(own?.value)
    for (const { name, args } of properties) {
      if (own || name === 'prefix') take(args[0]?.value)
      if (!own && name === 'translate_all') draft.translateAll = true
      if (!own && name === 'allow_ipv4') draft.allowIpv4 = true
    }
  }
  return draft
}

const RFC_LENGTHS = new Set([32, 40, 48, 56, 64, 96])

/** The error text, if CoreDNS would not take it. */
export function readPrefix(text: string, version: CorednsVersion): Cidr | string {
  const cidr = parseCidr(text)
  if (!cidr) return `invalid CIDR address: ${text}`
  if (cidr.bytes.length !== 16) return `Error during parsing: invalid netmask 32 IPv6 address: "${cidrText(cidr)}"`
  const isTaken = since(version, 1, 15) ? RFC_LENGTHS.has(cidr.bits) : cidr.bits % 8 === 0 && cidr.bits >= 32 && cidr.bits <= 96
  return isTaken ? cidr : `Error during parsing: invalid prefix length "${cidrText(cidr)}"`
}

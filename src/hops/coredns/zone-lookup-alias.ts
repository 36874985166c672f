// Aliases in a zone: CNAME and DNAME are followed inside the zone, and by a question to the server itself where the target is not a name of it
// (plugin/file/lookup.go externalLookup and dname.go of CoreDNS, 1.9.3 to 1.15.0).
// Since 1.14.2 SOA and NS at the end of an alias are asked for that way, too; since 1.14.5 a negative end has the SOA in the authority
// section; since 1.14.7 a cut on the way is a referral and additional records are added.
import type { HopRun } from '../../chain/effects.ts'
import type { ResourceRecord } from '../../dns/message.ts'
import { isSubdomain, labelsOf, nameKey } from '../../dns/name.ts'
import { since } from './plugin.ts'
import { answered, type ZoneAnswer, type ZoneQuestion, type ZoneResult } from './zone-answer.ts'
import type { Zone } from './zone-data.ts'
import { addressesOf, delegationAt, nameAt, nsOf, soaOf } from './zone-lookup-parts.ts'
import { recordsOf, signaturesOf, type ZoneNode } from './zone-tree.ts'

type Records = readonly ResourceRecord[]

/** Aliases followed inside the zone after the first. */
const MAX_INSIDE = 8

/** The CNAME that a DNAME makes of a name below it; undefined: the name is not below it. */
export function synthesized(name: string, owner: string, dname: ResourceRecord): ResourceRecord | undefined {
  if (!isSubdomain(owner, name) || name === owner) return undefined
  const labels = labelsOf(name)
  const kept = [...labels.slice(0, labels.length - labelsOf(owner).length), ...labelsOf(dname.data)]
  return { name, type: 'CNAME', ttlS: dname.ttlS, data: `${kept.join('.')}.` }
}

/** `node` holds the alias, `aliases` are its records as they go into the answer. */
export function* followAlias(q: ZoneQuestion, node: ZoneNode, aliases: Records): HopRun<ZoneAnswer> {
  const { zone, type, isDo } = q
  const answer = [...aliases, ...(isDo ? signaturesOf(node, 'CNAME') : [])]
  let target = (aliases[0] as ResourceRecord).data
  for (let followed = 0; ; followed++) {
    const at = zone.tree.search(target)
    const cut = since(zone.version, 1, 14, 7) ? cutAbove(q, target) : undefined
    if (cut) return answered('delegation', answer, cut.ns, cut.glue)
    if (!at || isAskedOutside(q, target)) return yield* outside(q, target, answer)
    if (followed > MAX_INSIDE) return ended(q, answer, 'success')
    const [alias, ...more] = recordsOf(at, 'CNAME')
    if (!alias) return ended(q, [...answer, ...recordsOf(at, type), ...(isDo && recordsOf(at, type).length > 0 ? signaturesOf(at, type) : [])], 'success')
    if (since(zone.version, 1, 15) && nameKey(alias.name) === nameKey(alias.data)) return answered('failed')
    answer.push(alias, ...more, ...(isDo ? signaturesOf(at, 'CNAME') : []))
    target = alias.data
  }
}

/** NS whatever the target, as the real condition reads. */
const isAskedOutside = ({ zone, type }: ZoneQuestion, target: string): boolean =>
  since(zone.version, 1, 14, 2) && (type === 'NS' || (type === 'SOA' && target === zone.origin))

function* outside(q: ZoneQuestion, target: string, answer: Records): HopRun<ZoneAnswer> {
  const reply = yield* q.lookup(target, q.type, (q.query.aliases ?? 0) + 1)
  if (reply === 'loop') return answered('loop', answer)
  if (reply === 'nothing') return ended(q, answer, 'success')
  const { rcode } = reply
  const result: ZoneResult = rcode === 'NXDOMAIN' ? 'no name' : rcode === 'SERVFAIL' ? 'failed' : rcode === 'NOERROR' && reply.answer.length === 0 ? 'no data' : 'success'
  return { ...ended(q, [...answer, ...reply.answer], result), ...(reply.cause && { cause: reply.cause }) }
}

function ended({ zone, isDo }: ZoneQuestion, answer: Records, result: ZoneResult): ZoneAnswer {
  const isNegative = since(zone.version, 1, 14, 5) && (result === 'no name' || result === 'no data')
  const additional = since(zone.version, 1, 14, 7) ? additionalFor(zone, answer, isDo) : []
  return answered(result, answer, isNegative ? soaOf(zone, isDo) : nsOf(zone, isDo), additional)
}

/** The first cut from the apex down to the name. */
function cutAbove({ zone, type, isDo }: ZoneQuestion, name: string): ReturnType<typeof delegationAt> {
  for (let depth = 1; ; depth++) {
    const part = nameAt(zone, name, depth)
    if (part === undefined) return undefined
    const node = zone.tree.search(part)
    const cut = node && delegationAt(zone, node, name, type, isDo)
    if (cut) return cut
  }
}

/** Word of RDATA that names a host whose addresses go along. */
const HOST_WORD: Readonly<Record<string, number>> = { MX: 1, SRV: 3, SVCB: 1, HTTPS: 1 }

export function additionalFor(zone: Zone, answer: Records, isDo: boolean): Records {
  const hosts = answer.flatMap(({ type, data }) => {
    const at = (type === 'SVCB' || type === 'HTTPS') && !since(zone.version, 1, 14, 3) ? undefined : HOST_WORD[type]
    const host = at === undefined ? '' : data.split(' ')[at] ?? ''
    return host !== '' && isSubdomain(zone.origin, host) ? [host] : []
  })
  // Each host once, since 1.14.7.
  const once = since(zone.version, 1, 14, 7) ? [...new Map(hosts.map(h => [nameKey(h), h])).values()] : hosts
  return once.flatMap(host => {
    const node = zone.tree.search(host)
    return node ? addressesOf(node, isDo) : []
  })
}

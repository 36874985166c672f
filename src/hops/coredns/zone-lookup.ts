// How CoreDNS's `file` and `auto` answer from a zone: plugin/file/lookup.go, 1.9.3 to 1.15.0. Label by label from the apex down: DNAME, cut,
// wildcard; then the name itself, the wildcard, or nothing. Names without records of their own above others (empty non-terminals) are
// found by looking at the next name in order.
import type { HopRun } from '../../chain/effects.ts'
import type { ResourceRecord } from '../../dns/message.ts'
import { labelsOf, nameKey } from '../../dns/name.ts'
import { since } from './plugin.ts'
import { answered, type ZoneAnswer, type ZoneQuestion } from './zone-answer.ts'
import { additionalFor, followAlias, synthesized } from './zone-lookup-alias.ts'
import { closerEmptyName, denied, hasDescendant } from './zone-lookup-denial.ts'
import { delegationAt, glueOf, nameAt, nsOf, recordsFor, soaOf, withSignatures } from './zone-lookup-parts.ts'
import { recordsOf, signaturesOf, type ZoneNode } from './zone-tree.ts'

/** Aliases that are followed by questions to the server itself. */
const MAX_ALIASES = 8

export function* lookUpInZone(q: ZoneQuestion): HopRun<ZoneAnswer> {
  const { zone, name, type, isDo } = q
  if (!zone.soa) return answered('failed')
  if (name === zone.origin && type === 'SOA') return answered('success', soaOf(zone, isDo), nsOf(zone, isDo))
  if (name === zone.origin && type === 'NS') {
    const ns = nsOf(zone, isDo)
    return answered('success', ns, [], glueOf(zone, ns, isDo))
  }
  if ((q.query.aliases ?? 0) > MAX_ALIASES) return answered('failed')
  const walked = walk(q)
  if (walked.dname) return yield* throughDname(q, walked.dname)
  if (walked.ended) return walked.ended
  if (walked.node) return yield* atName(q, walked.node)
  if (walked.wildcard !== undefined && !(since(zone.version, 1, 14, 7) && closerEmptyName(zone, name, walked.wildcard))) {
    const made = yield* fromWildcard(q, walked.wild)
    return walked.wild ? { ...made, wildcard: walked.wildcard } : made
  }
  return denied(q)
}

interface Walked {
  readonly dname?: { readonly node: ZoneNode; readonly alias: ResourceRecord }
  readonly ended?: ZoneAnswer
  /** The name itself. */
  readonly node?: ZoneNode | undefined
  /** Name of the closest wildcard; `wild` is absent where it has only names below it. */
  readonly wildcard?: string | undefined
  readonly wild?: ZoneNode | undefined
}

function walk(q: ZoneQuestion): Walked {
  const { zone, name, type, isDo } = q
  const { tree, version } = zone
  let wild: ZoneNode | undefined
  let wildcard: string | undefined
  let node: ZoneNode | undefined
  for (let depth = 0; ; depth++) {
    const part = nameAt(zone, name, depth)
    if (part === undefined) return { node, wild, wildcard }
    node = tree.search(part)
    if (!node) {
      const [, ...above] = labelsOf(part)
      // The root has no wildcard: behind a name of one label dns.NextLabel finds nothing to put an asterisk before.
      if (above.length === 0) continue
      const star = `*.${above.join('.')}.`
      const found = tree.search(star)
      if (found) [wild, wildcard] = [found, found.name]
      else if (since(version, 1, 14, 7) && hasDescendant(zone, star)) [wild, wildcard] = [undefined, star]
      continue
    }
    const dname = recordsOf(node, 'DNAME')[0]
    const alias = dname && synthesized(name, node.name, dname)
    // A DNAME that makes the name of itself can only loop.
    if (alias && nameKey(alias.data) === name && since(version, 1, 14, 7)) return { ended: answered('failed') }
    if (alias) return { dname: { node, alias } }
    const cut = delegationAt(zone, node, name, type, isDo)
    if (cut) return { ended: answered('delegation', [], cut.ns, cut.glue) }
  }
}

function* throughDname(q: ZoneQuestion, { node, alias }: { readonly node: ZoneNode; readonly alias: ResourceRecord }): HopRun<ZoneAnswer> {
  const { zone, isDo, type } = q
  const below = type === 'CNAME' ? answered('success', [alias], nsOf(zone, isDo)) : yield* followAlias(q, node, [alias])
  return { ...below, answer: [...recordsFor(node, 'DNAME', isDo), ...below.answer] }
}

function* atName(q: ZoneQuestion, node: ZoneNode): HopRun<ZoneAnswer> {
  const { zone, type, isDo } = q
  const aliases = recordsOf(node, 'CNAME')
  if (aliases.length > 0 && type !== 'CNAME') return yield* followAlias(q, node, aliases)
  const records = recordsOf(node, type)
  if (records.length === 0) return noData(q, node)
  return answered('success', recordsFor(node, type, isDo), nsOf(zone, isDo), additionalFor(zone, records, isDo))
}

const noData = ({ zone, isDo }: ZoneQuestion, node: ZoneNode): ZoneAnswer =>
  answered('no data', [], [...soaOf(zone, isDo), ...(isDo ? withSignatures(node, 'NSEC') : [])])

function* fromWildcard(q: ZoneQuestion, node: ZoneNode | undefined): HopRun<ZoneAnswer> {
  const { zone, name, shown, type, isDo } = q
  if (!node) return answered('no data', [], soaOf(zone, isDo))
  const expanded = (records: readonly ResourceRecord[]): ResourceRecord[] => records.map(r => ({ ...r, name: shown }))
  const aliases = expanded(recordsOf(node, 'CNAME'))
  if (aliases.length > 0 && type !== 'CNAME') return yield* followAlias(q, node, aliases)
  const records = expanded(recordsOf(node, type))
  if (records.length === 0) return noData(q, node)
  const additional = since(zone.version, 1, 14, 5) ? additionalFor(zone, records, isDo) : []
  if (!isDo) return answered('success', records, nsOf(zone, isDo), additional)
  const denies = zone.tree.previous(name)
  const authority = [...nsOf(zone, isDo), ...(denies ? withSignatures(denies, 'NSEC') : [])]
  return answered('success', [...records, ...expanded(signaturesOf(node, type))], authority, additional)
}

// Pieces of answers from a zone: its apex, signatures, cuts and glue (plugin/file/lookup.go and tree/glue.go of CoreDNS, 1.9.3 to 1.15.0).
import type { ResourceRecord } from '../../dns/message.ts'
import { isSubdomain, labelsOf } from '../../dns/name.ts'
import type { Zone } from './zone-data.ts'
import { recordsOf, signaturesOf, type ZoneNode } from './zone-tree.ts'

type Records = readonly ResourceRecord[]

export const soaOf = (zone: Zone, isDo: boolean): Records => [...(zone.soa ? [zone.soa] : []), ...(isDo ? zone.soaSignatures : [])]
export const nsOf = (zone: Zone, isDo: boolean): Records => (isDo ? [...zone.ns, ...zone.nsSignatures] : zone.ns)

export const withSignatures = (node: ZoneNode, type: string): Records => [...recordsOf(node, type), ...signaturesOf(node, type)]

/** As a question with or without DO gets them. */
export const recordsFor = (node: ZoneNode, type: string, isDo: boolean): Records => (isDo ? withSignatures(node, type) : recordsOf(node, type))

/** The origin with so many labels of the name in front; undefined: the name has no more. */
export function nameAt(zone: Zone, name: string, depth: number): string | undefined {
  if (depth === 0) return zone.origin
  const labels = labelsOf(name)
  const from = labels.length - labelsOf(zone.origin).length - depth
  return from < 0 ? undefined : `${labels.slice(from).join('.')}.`
}

/** What a zone cut at `node` answers; undefined: there is none, or DS is asked for at the cut itself. */
export function delegationAt(zone: Zone, node: ZoneNode, name: string, type: string, isDo: boolean): { readonly ns: Records; readonly glue: Records } | undefined {
  const ns = recordsOf(node, 'NS')
  if (ns.length === 0 || (type === 'DS' && node.name === name)) return undefined
  return { ns: isDo ? [...ns, ...withSignatures(node, 'DS')] : ns, glue: glueOf(zone, ns, isDo) }
}

/** Addresses of servers whose names are at or below the record's own. */
export const glueOf = (zone: Zone, ns: Records, isDo: boolean): Records => ns.flatMap(record => {
  if (record.type !== 'NS' || !isSubdomain(record.name, record.data)) return []
  const node = zone.tree.search(record.data)
  return node ? addressesOf(node, isDo) : []
})

export const addressesOf = (node: ZoneNode, isDo: boolean): Records =>
  ['A', 'AAAA'].flatMap(type => recordsFor(node, type, isDo))

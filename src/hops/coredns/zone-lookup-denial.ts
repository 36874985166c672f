// What a zone says of a name it does not have: plugin/file/lookup.go and closest.go of CoreDNS, 1.9.3 to 1.15.0.
import { isSubdomain, labelsOf } from '../../dns/name.ts'
import { since } from './plugin.ts'
import type { Zone } from './zone-data.ts'
import { soaOf, withSignatures } from './zone-lookup-parts.ts'
import { answered, type ZoneAnswer, type ZoneQuestion } from './zone-answer.ts'
import type { ZoneNode } from './zone-tree.ts'

/** NXDOMAIN, or NODATA where only names below it exist; for DO the records that prove it. */
export function denied({ zone, name, isDo }: ZoneQuestion): ZoneAnswer {
  const isEmpty = hasDescendant(zone, name)
  const result = isEmpty ? 'success' : 'no name'
  const soa = soaOf(zone, isDo)
  const before = isDo ? zone.tree.previous(name) : undefined
  if (!before) return answered(result, [], soa)
  const proof = [...soa, ...withSignatures(before, 'NSEC')]
  const encloser = isEmpty ? undefined : closestEncloser(zone, name)
  const beforeWildcard = encloser && zone.tree.previous(`*.${encloser.name}`)
  if (!beforeWildcard || beforeWildcard.name === before.name) return answered(result, [], proof)
  return answered(result, [], [...proof, ...withSignatures(beforeWildcard, 'NSEC')])
}

/** A name strictly below it is in the zone. */
export function hasDescendant(zone: Zone, name: string): boolean {
  const next = zone.tree.next(name)
  return next !== undefined && !zone.tree.isSame(next, name) && isSubdomain(name, next.name)
}

/** Between the wildcard and the name stands a name without records: it is the closest encloser, and the wildcard does not apply (RFC 4592). */
export function closerEmptyName(zone: Zone, name: string, wildcard: string): boolean {
  const parent = wildcard.slice(2)
  const labels = labelsOf(name)
  for (let at = 1; ; at++) {
    const above = `${labels.slice(at).join('.')}.`
    if (above === parent || !isSubdomain(parent, above)) return false
    if (hasDescendant(zone, above)) return true
  }
}

/** Up to 1.12.3 each step goes further than one label. */
function closestEncloser(zone: Zone, name: string): ZoneNode | undefined {
  let rest = name
  let offset = nextLabel(rest, 0)
  while (offset !== undefined) {
    const node = zone.tree.search(rest)
    if (node) return node
    rest = rest.slice(offset)
    offset = nextLabel(rest, since(zone.version, 1, 12, 4) ? 0 : offset)
  }
  return zone.tree.search(zone.origin)
}

/** Where the label after the next dot begins. */
function nextLabel(name: string, from: number): number | undefined {
  for (let at = from; at < name.length; at++) {
    if (name[at] !== '.') continue
    let slashes = 0
    while (name[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at + 1
  }
  return undefined
}

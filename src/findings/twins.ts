// Copies of one zone out of step, told from servers that know different zones. By the SOA that comes with a denial (findings.md F01, F60):
// the root's or a parent's is the word of a server that does not have the zone; the zone's own is that of a copy that lacks the record.
import { labelsOf, nameKey } from '../dns/name.ts'
import type { Case } from './case.ts'
import { isPrivateAddress, viewsOf, type UpstreamOption } from './upstream-choice.ts'

export function areTwins(c: Case, knows: readonly UpstreamOption[], denies: readonly UpstreamOption[]): boolean {
  const known = knows.flatMap(o => soasOf(c, o.address))
  const zones = new Set(known.map(soa => soa.zone))
  const oneClass = new Set([...knows, ...denies].map(o => isPrivateAddress(o.address))).size === 1
  return denies.every(o => {
    const own = soasOf(c, o.address)
    if (own.some(soa => known.some(other => other.zone === soa.zone && other.primary === soa.primary))) return true
    if (!oneClass) return false
    // Masters that replicate among themselves (Active Directory) each name themselves as the primary. Nobody shows a private zone of one label.
    return own.length === 0 || own.some(soa => zones.has(soa.zone)) || (zones.size === 0 && own.every(soa => labelsOf(soa.zone).length >= 2))
  })
}

function soasOf(c: Case, address: string): { readonly zone: string; readonly primary: string }[] {
  return viewsOf(c, address).flatMap(v => v.replies).flatMap(r => r.reply.authority).filter(r => r.type === 'SOA')
    .map(r => ({ zone: nameKey(r.name), primary: nameKey(r.data.split(' ')[0] ?? '') }))
}

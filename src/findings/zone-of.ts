// Which zone a private name belongs to, by what its servers say: the owner of the SOA they send along.
import type { Model } from '../chain/model.ts'
import { isSubdomain, labelsOf, nameKey } from '../dns/name.ts'

export interface ZoneCut {
  readonly zone: string
  /** Who showed the SOA; undefined = nobody did, the zone is the name without its first label. */
  readonly shownBy: string | undefined
}

/** The zone of `name` (absolute) as the servers of `addresses` show it, in their order. Never the root nor a top-level domain. */
export function zoneOf(model: Model, name: string, addresses: readonly string[]): ZoneCut {
  for (const address of addresses) {
    for (const entry of model.upstreams.filter(u => u.address === address).flatMap(u => u.view)) {
      if (nameKey(entry.name) !== nameKey(name)) continue
      for (const { reply } of entry.replies) {
        const soa = reply.authority.find(r => r.type === 'SOA')
        if (soa && isSubdomain(soa.name, name) && labelsOf(soa.name).length >= 2) return { zone: nameKey(soa.name), shownBy: address }
      }
    }
  }
  const labels = labelsOf(nameKey(name))
  return { zone: `${(labels.length > 2 ? labels.slice(1) : labels).join('.')}.`, shownBy: undefined }
}

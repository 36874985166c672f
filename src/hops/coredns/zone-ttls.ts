// What CoreDNS before 1.12.3 does to a zone by answering from it through its cache: `cache` writes the TTL of a reply into the records (filterRRSlice
// of plugin/cache/dnssec.go), and `file` and `auto` hand out the records they hold. From then on the zone has that TTL, until it is written
// again or the zone is loaded anew. An answer of a wildcard is made for the question, and only its authority is the zone's own.
// Not modelled: a reload of the zone, two queries at one instant.
import { get, put, type HopRun } from '../../chain/effects.ts'
import type { Reply, ResourceRecord } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { inBlock, since, type PluginSetup } from './plugin.ts'
import type { ZoneAnswer } from './zone-answer.ts'
import type { Zone } from './zone-data.ts'
import { recordsOf } from './zone-tree.ts'

type Setup = Pick<PluginSetup, 'server' | 'block' | 'version' | 'has'>

export const sharesRecords = ({ version, has }: Setup): boolean => !since(version, 1, 12, 3) && has('cache') && (has('file') || has('auto'))

const cellOf = (setup: Setup): string => inBlock(setup, 'TTLs written into zones')
const keyOf = (r: ResourceRecord): string => `${nameKey(r.name)} ${r.type} ${r.data}`

/** A reply on its way through `cache`, with the TTLs it leaves with. */
export function* writeTtls(setup: Setup, { answer, authority, additional }: Reply): HopRun<void> {
  const records = [...answer, ...authority, ...additional]
  if (records.length === 0) return
  const held = yield* get(cellOf(setup))
  const before = (held?.value ?? {}) as Readonly<Record<string, number>>
  if (records.every(r => before[keyOf(r)] === r.ttlS)) return
  yield* put(cellOf(setup), { ...before, ...Object.fromEntries(records.map(r => [keyOf(r), r.ttlS])) }, Infinity)
}

/** An answer of the zone as it is by now. */
export function* withWrittenTtls(setup: Setup, zone: Zone, found: ZoneAnswer): HopRun<ZoneAnswer> {
  const held = yield* get(cellOf(setup))
  if (!held) return found
  const written = held.value as Readonly<Record<string, number>>
  const isOwn = (r: ResourceRecord): boolean => {
    const node = zone.tree.search(nameKey(r.name))
    const all = [...(node ? recordsOf(node, r.type) : []), ...zone.ns, ...(zone.soa ? [zone.soa] : [])]
    return all.some(own => own.type === r.type && own.data === r.data && nameKey(own.name) === nameKey(r.name))
  }
  const now = (records: readonly ResourceRecord[]): ResourceRecord[] => records.map(r => {
    const ttlS = written[keyOf(r)]
    return ttlS === undefined || ttlS === r.ttlS || !isOwn(r) ? r : { ...r, ttlS }
  })
  return { ...found, answer: now(found.answer), authority: now(found.authority), additional: now(found.additional) }
}

// Which server block gets a query: ServeDNS of core/dnsserver/server.go, 1.9.3 to 1.15.0. The longest zone first, by whole labels; of the
// blocks of one zone, in the order of the file, the first whose view takes it; if none does, the next shorter zone. A DS question
// goes to the last block found on the way up, of several in one zone too, but the root's, unless it is of the root itself.
import type { HopRun } from '../../chain/effects.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { labelsOf, nameKey } from '../../dns/name.ts'

export interface Choosable {
  /** Undefined: no plugin of it answers. */
  readonly head: string | undefined
  /** Of its `view`; the query brings along what the block has collected. */
  readonly takes?: (query: DnsQuery) => HopRun<boolean>
  /** Of its `metadata`. */
  readonly collects?: (query: DnsQuery) => NonNullable<DnsQuery['metadata']>
}

/** By zone, in the order of the file. */
export function byZoneOf<B>(served: readonly { readonly zone: string; readonly block: B }[]): ReadonlyMap<string, readonly B[]> {
  return new Map([...Map.groupBy(served, s => s.zone)].map(([zone, of]) => [zone, of.map(s => s.block)]))
}

/** The labels that the last block which was looked at has collected, whether its view took the query or not. */
export interface Chosen<B> {
  readonly block: B
  readonly metadata: DnsQuery['metadata']
}

/** A block without a head: the query is refused there. */
export function* chosenBlock<B extends Choosable>(byZone: ReadonlyMap<string, readonly B[]>, query: DnsQuery): HopRun<Chosen<B> | undefined> {
  const labels = labelsOf(nameKey(query.name))
  let { metadata } = query
  let highest: B | undefined
  for (let at = 0; at <= labels.length; at++) {
    // The last resort; a question for the root finds its blocks as any other finds those of its name.
    const isResort = at === labels.length && at > 0
    if (isResort && highest) return { block: highest, metadata }
    for (const block of byZone.get(at === labels.length ? '.' : `${labels.slice(at).join('.')}.`) ?? []) {
      if (block.head === undefined) {
        if (isResort) continue
        return { block, metadata }
      }
      const collected = block.collects?.(query)
      metadata = collected ?? metadata
      if (block.takes && !(yield* block.takes(collected ? { ...query, metadata: collected } : query))) continue
      if (isResort || query.type !== 'DS') return { block, metadata }
      highest = block
    }
  }
  return highest && { block: highest, metadata }
}

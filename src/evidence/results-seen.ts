// Results that upstreams gave, where nobody names the upstream: by fills of a CoreDNS log. Two different results for one question mean that
// the upstreams behind this pod disagree (or that one changed its mind); worlds in which all agree are thereby ruled out.
import { nameKey } from '../dns/name.ts'
import type { Source } from '../chain/source.ts'
import type { Observation, ServedQuery } from './observation.ts'
import { fillsOf, type FillSettings } from './fills.ts'

export interface ResultsSeen {
  readonly pod: string
  readonly name: string
  readonly type: string
  /** rcode → fills. */
  readonly counts: ReadonlyMap<string, number>
  /** Upstream → rcode → fills; only what the log names. */
  readonly byUpstream: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** The first fills of each rcode. */
  readonly sources: readonly Source[]
}

const SOURCES_EACH = 3

export const resultsKey = (pod: string, name: string, type: string): string => `${pod}|${nameKey(name)}|${type}`

const add = (counts: Map<string, number>, rcode: string): number => {
  const count = (counts.get(rcode) ?? 0) + 1
  counts.set(rcode, count)
  return count
}

/** Key: `pod|name|type`. Lines whose pod is not known are left out; only names that were filled at least once are listed. */
export function resultsSeen(observations: Iterable<Observation>, settings: FillSettings = {}): Map<string, ResultsSeen> {
  const byPod = new Map<string, ServedQuery[]>()
  for (const seen of observations) {
    if (seen.kind !== 'served' || seen.place === undefined) continue
    const lines = byPod.get(seen.place)
    if (lines) lines.push(seen)
    else byPod.set(seen.place, [seen])
  }
  const results = new Map<string, { pod: string; name: string; type: string; counts: Map<string, number>; byUpstream: Map<string,
    Map<string, number>>; sources: Source[] }>()
  for (const [pod, lines] of byPod) {
    for (const { name, type, fills } of fillsOf(lines, settings)) {
      if (fills.length === 0) continue
      const key = resultsKey(pod, name, type)
      let result = results.get(key)
      if (!result) results.set(key, (result = { pod, name, type, counts: new Map(), byUpstream: new Map(), sources: [] }))
      for (const fill of fills) {
        if (add(result.counts, fill.rcode) <= SOURCES_EACH) result.sources.push(fill.source)
        if (fill.upstream === undefined) continue
        let ofUpstream = result.byUpstream.get(fill.upstream)
        if (!ofUpstream) result.byUpstream.set(fill.upstream, (ofUpstream = new Map()))
        add(ofUpstream, fill.rcode)
      }
    }
  }
  return results
}

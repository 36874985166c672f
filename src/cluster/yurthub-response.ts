// What a client of YurtHub is given: its request's filters run over the objects of a list, one object, or the events of a watch
// (pkg/yurthub/filter/filter.go, from v1.5 …/responsefilter/filter.go and …/objectfilter/chain.go). Every ending is returned: several filters
// run in the order of a Go map, drawn anew for each request (from v1.6.1 once for each start).
// A watch event whose object a filter takes away is swallowed before v1.5 and becomes DELETED afterwards. BOOKMARK and ERROR pass
// untouched since v1.4.1. v1.3 and v1.4 hand the missing object to the next filter, which may end the whole process.
import type { Fields } from './fields.ts'
import type { Inventory } from './inventory.ts'
import type { PoolView } from './node-pools.ts'
import { filtersNamed, type HubRequest } from './yurthub-approver.ts'
import type { HubFilter, HubRun, HubSettings } from './yurthub-filter.ts'
import { enabledFilters, releaseOf } from './yurthub-filters.ts'
import { informerRequests } from './yurthub-informers.ts'

export type HubEnding =
  | { readonly kind: 'objects'; readonly objects: readonly Fields[] }
  | { readonly kind: 'events'; readonly events: readonly WatchEvent[] }
  /** Of a list the request fails; a watch is filtered where nothing recovers, and YurtHub ends. */
  | { readonly kind: 'panics'; readonly endsProcess: boolean }
  | { readonly kind: 'hangs' }

export interface WatchEvent {
  readonly type: string
  readonly object: Fields
}

export interface HubAnswer {
  /** As the approver names them, sorted. From v1.6.1 filters that are switched off are still named. */
  readonly filterNames: readonly string[]
  readonly ending: HubEnding
  readonly informerRequests: readonly string[]
}

/** `eventType` for a watch: that of all objects. */
export function answersOf(
  hub: HubSettings, request: HubRequest, cluster: Inventory, view: PoolView, objects: readonly Fields[], eventType = 'ADDED',
): readonly HubAnswer[] {
  const named = filtersNamed(hub, request, cluster)
  const enabled = enabledFilters(hub)
  return named.flatMap(filterNames => {
    const filters = enabled.filter(one => filterNames.includes(one.name))
    return ordersOf(filters).map(order => {
      let nodeRead = false
      const run: HubRun = {
        hub, cluster, version: releaseOf(hub), verb: request.verb, kept: {},
        view: { ...view, poolLabel: name => {
          // A GET without a name is refused before it is sent.
          nodeRead ||= name !== ''
          return view.poolLabel(name)
        } },
      }
      const ending = endingOf(order, run, objects, eventType)
      return { filterNames, ending, informerRequests: informerRequests(hub, nodeRead) }
    })
  })
}

/** No request meets more than a handful of filters, and it has more than one order only when several do something. */
const MOST_SHUFFLED = 4

function ordersOf(filters: readonly HubFilter[]): readonly (readonly HubFilter[])[] {
  if (filters.length < 2 || filters.length > MOST_SHUFFLED) return [filters]
  return filters.flatMap(first => ordersOf(filters.filter(one => one !== first)).map(rest => [first, ...rest]))
}

function endingOf(filters: readonly HubFilter[], run: HubRun, objects: readonly Fields[], type: string): HubEnding {
  if (filters.some(one => one.hangs?.(run))) return { kind: 'hangs' }
  return run.verb === 'watch' ? watched(filters, run, objects, type) : listed(filters, run, objects)
}

function listed(filters: readonly HubFilter[], run: HubRun, objects: readonly Fields[]): HubEnding {
  const left: Fields[] = []
  for (const object of objects) {
    const result = chained(filters, run, object)
    if (result.kind === 'panics') return { kind: 'panics', endsProcess: false }
    if (result.kind === 'kept') left.push(result.body)
  }
  return { kind: 'objects', objects: left }
}

function watched(filters: readonly HubFilter[], run: HubRun, objects: readonly Fields[], type: string): HubEnding {
  const events: WatchEvent[] = []
  for (const object of objects) {
    const untouched = run.version > 10400 && (type === 'BOOKMARK' || type === 'ERROR')
    const result = untouched ? { kind: 'kept' as const, body: object } : chained(filters, run, object)
    if (result.kind === 'panics') return { kind: 'panics', endsProcess: true }
    if (result.kind === 'kept') events.push({ type, object: result.body })
    else if (run.version >= 10500) events.push({ type: 'DELETED', object: result.body })
  }
  return { kind: 'events', events }
}

type Chained = { readonly kind: 'kept' | 'dropped'; readonly body: Fields } | { readonly kind: 'panics' }

/** `body` of a dropped object: with what earlier filters changed in it. */
function chained(filters: readonly HubFilter[], run: HubRun, object: Fields): Chained {
  let body = object
  for (const [at, filter] of filters.entries()) {
    const result = filter.apply(body, run)
    if (result.kind === 'panics') return result
    if (result.kind === 'dropped') return afterDropped(filters.slice(at + 1), run) ? { kind: 'panics' } : { kind: 'dropped', body }
    body = result.body
  }
  return { kind: 'kept', body }
}

const afterDropped = (rest: readonly HubFilter[], run: HubRun): boolean =>
  run.verb === 'watch' && run.version < 10500 && rest.some(one => one.meetsNil?.(run) === 'panics')

// One recorded run of YurtHub's response filters: which filters the request meets, what YurtHub read for them, and what came out. A row
// of which the real program's runs differed is equal when the recorded endings and ours are the same set.
import type { Fields } from '../../src/cluster/fields.ts'
import { inventory } from '../../src/cluster/inventory.ts'
import { nodePools } from '../../src/cluster/node-pools.ts'
import type { HubSettings } from '../../src/cluster/yurthub-filter.ts'
import { answersOf, type HubEnding } from '../../src/cluster/yurthub-response.ts'
import { releaseNumber } from '../../src/cluster/yurthub-topology.ts'
import { objectsOf } from '../support/cluster-files.ts'
import { judged, type Verdict } from './verdict.ts'

interface Outcome {
  readonly out?: readonly Fields[] | null
  readonly outEvents?: readonly { readonly type: string; readonly object: Fields }[] | null
  readonly panic?: string
  readonly panicEndsProcess?: boolean
  readonly error?: string
}
export interface OpenyurtRow extends Outcome {
  readonly version: string
  readonly group: string
  readonly case: string
  readonly env: {
    readonly nodeName: string
    readonly nodePoolName: string
    readonly enableNodePool: boolean
    readonly enablePoolServiceTopology: boolean
    readonly workingMode: 'edge' | 'cloud' | 'local'
    readonly disabledFilters?: readonly string[] | null
    readonly enableResourceFilter: boolean
    readonly enableDummyIf: boolean
  }
  readonly cluster: Readonly<Record<string, readonly object[] | null>>
  readonly request: { readonly userAgent: string; readonly verb: string; readonly resource: string }
  readonly in: readonly Fields[] | null
  readonly watchEvent?: string
  readonly filterNames?: readonly string[]
  readonly informerRequests?: readonly string[]
  readonly otherOutcomes?: readonly Outcome[]
}

const settingsOf = ({ version, env }: OpenyurtRow): HubSettings => ({
  mode: env.workingMode, resourceFilter: env.enableResourceFilter, disabled: env.disabledFilters ?? [], dummyInterface: env.enableDummyIf,
  filter: {
    version: releaseNumber(version), node: env.nodeName, poolFlag: env.nodePoolName, enableNodePool: env.enableNodePool,
    enablePoolServiceTopology: env.enablePoolServiceTopology, cloud: env.workingMode === 'cloud',
  },
})

export function replay(row: OpenyurtRow): Verdict {
  const hub = settingsOf(row)
  if (hub.filter.version === undefined) return { kind: 'not modelled', why: `no such release of OpenYurt: ${row.version}` }
  const cluster = inventory(objectsOf(Object.values(row.cluster).flatMap(list => list ?? [])))
  const answers = answersOf(hub, row.request, cluster, nodePools(cluster).view, row.in ?? [], row.watchEvent)
  // Where no filter is found, the recorder wrote down the objects of a watch, not its events.
  const unfiltered = row.out !== undefined && row.outEvents === undefined
  const mine = new Set(answers.map(answer => modelled(answer.ending, unfiltered)))
  const recorded = new Set([row, ...(row.otherOutcomes ?? [])].map(seen))
  const what = [...recorded].filter(one => !mine.has(one)).map(one => `ends ${[...mine].join(' or ')} instead of ${one}`)
  if (recorded.size > 1) what.push(...[...mine].filter(one => !recorded.has(one)).map(one => `never seen: ${one}`))
  // A process that ended could not tell what it was about to do.
  if (row.filterNames === undefined) return judged(what)
  const names = answers.map(answer => answer.filterNames.join())
  if (!names.includes(row.filterNames.join())) what.push(`filters ${names[0]} instead of ${row.filterNames.join()}`)
  const asked = answers.map(answer => answer.informerRequests.join('; '))
  const theirs = row.informerRequests?.join('; ')
  if (theirs !== undefined && !asked.includes(theirs)) what.push(`reads ${asked[0]} instead of ${theirs}`)
  return judged(what)
}

function modelled(ending: HubEnding, unfiltered: boolean): string {
  switch (ending.kind) {
    case 'objects': return text(ending.objects)
    case 'events': return text(unfiltered ? ending.events.map(event => event.object) : ending.events)
    case 'panics': return `panics${ending.endsProcess ? ' and YurtHub ends' : ''}`
    case 'hangs': return 'hangs'
  }
}

function seen(outcome: Outcome): string {
  if (outcome.panic !== undefined) return `panics${outcome.panicEndsProcess ? ' and YurtHub ends' : ''}`
  if (outcome.error !== undefined) return 'hangs'
  return text(outcome.out ?? outcome.outEvents ?? [])
}

const text = (list: readonly unknown[]): string => JSON.stringify(list.map(bare))

/** Without what the program's encoder adds or leaves out: nulls, empty values, zeros; keys in order. `false` says something. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(bare)
  if (typeof value !== 'object' || value === null) return value === null || value === '' || value === 0 ? undefined : value
  const members = Object.entries(value).map(([key, one]) => [key, bare(one)] as const).filter(([, one]) => one !== undefined)
  return members.length === 0 ? undefined : Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)))
}

// The observations of a bundle about one name: logs, probes, pasted output and captures. Only lines about the name (with or without a
// search suffix) are kept of a CoreDNS log, so that its length does not matter.
import { nameKey } from '../dns/name.ts'
import type { Problem } from '../chain/source.ts'
import { readApplicationLogs, type ApplicationLog } from '../evidence/application-log.ts'
import { corednsLogReader } from '../evidence/coredns-log.ts'
import { namesByAddress } from '../evidence/names-by-address.ts'
import type { Observation } from '../evidence/observation.ts'
import { readPasted } from '../evidence/pasted.ts'
import { readProbes } from '../evidence/probes.ts'
import { recognise } from '../evidence/recognise.ts'
import type { CorednsPod } from '../cluster/coredns-pods.ts'
import type { Gathered } from './gather.ts'
import type { LogFile } from './layout.ts'
import { observeCaptures, type CapturesObserved } from './observe-captures.ts'

export interface Observed {
  readonly observations: readonly Observation[]
  /** Query lines of all names, per CoreDNS pod. */
  readonly queriesAtPod: ReadonlyMap<string, number>
  /** What packets tell, joined with the above; undefined: no captures. */
  readonly captured: CapturesObserved | undefined
  readonly problems: readonly Problem[]
}

/** Lines about the name that are kept of one log: hours of a busy pod. The rest is counted, and said. */
const LINES_KEPT = 60_000
/** Enough of a log to see whose it is. */
const HEAD_LENGTH = 16_384

export function observe(gathered: Gathered, name: string, servers: readonly CorednsPod[]): Observed {
  const corednsPlaces = new Set(servers.map(s => s.place))
  const observations: Observation[] = []
  const problems: Problem[] = []
  const queriesAtPod = new Map<string, number>()
  const nearMs = collectedAtMs(gathered)
  for (const file of gathered.layout.probes) take(readProbes(file.path, file.text()))
  for (const file of gathered.layout.pasted) take(readPasted(file.path, file.text(), nearMs))
  const applications: ApplicationLog[] = []
  const about = aboutName(name)
  for (const log of gathered.layout.logs) {
    const place = placeOf(gathered, log)
    const [head = ''] = log.file.chunks()
    if (!corednsPlaces.has(place) && recognise(log.file.path, head.slice(0, HEAD_LENGTH)) !== 'coredns-log') {
      applications.push({ file: log.file.path, text: log.file.text(), place })
      continue
    }
    const reader = corednsLogReader({ file: log.file.path, place, accepts: about, limit: LINES_KEPT, ...(nearMs !== undefined && { nearMs }) }, seen => observations.push(seen))
    for (const chunk of log.file.chunks()) reader.push(chunk)
    const summary = reader.end()
    queriesAtPod.set(place, (queriesAtPod.get(place) ?? 0) + summary.queries)
    problems.push(...summary.problems)
  }
  take(readApplicationLogs(applications, { names: namesByAddress(observations), ...(nearMs !== undefined && { nearMs }) }))
  const captured = observeCaptures(gathered, servers, observations, name)
  if (captured) take({ value: captured.observations, problems: captured.problems })
  return { observations, queriesAtPod, captured, problems }

  function take(read: { readonly value: readonly Observation[]; readonly problems: readonly Problem[] }): void {
    for (const seen of read.value) observations.push(seen)
    problems.push(...read.problems)
  }
}

/** True for the name itself and for the name with any suffix of a search list. */
function aboutName(name: string): (logged: string) => boolean {
  const key = nameKey(name)
  return logged => {
    if (logged.length < key.length) return false
    const seen = nameKey(logged)
    return seen === key || seen.startsWith(key)
  }
}

/** `<namespace>/<pod>` of a log file; the file may also name the container. */
function placeOf(gathered: Gathered, log: LogFile): string {
  const known = (pod: string): boolean => gathered.inventory.get('Pod', pod, log.namespace) !== undefined || gathered.layout.podFiles.has(`${log.namespace}/${pod}`)
  if (known(log.stem)) return `${log.namespace}/${log.stem}`
  const dot = log.stem.lastIndexOf('.')
  return dot > 0 && known(log.stem.slice(0, dot)) ? `${log.namespace}/${log.stem.slice(0, dot)}` : `${log.namespace}/${log.stem}`
}

function collectedAtMs(gathered: Gathered): number | undefined {
  const text = gathered.layout.bundle?.text().slice(0, 65_536) ?? ''
  const at = /^collectedAt:\s*['"]?([0-9T:.Z+-]{10,35})/m.exec(text)?.[1]
  const ms = at === undefined ? NaN : Date.parse(at)
  return Number.isNaN(ms) ? undefined : ms
}

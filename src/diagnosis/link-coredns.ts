// The CoreDNS pods of the model: Corefile as mounted, with every place moved into the file a person edits; the resolv.conf the
// pod was given; and whether the process serves at all, as far as its log says.
import type { CorednsModel } from '../chain/model.ts'
import type { Problem, Sourced } from '../chain/source.ts'
import type { CorednsPod } from '../cluster/coredns-pods.ts'
import type { MountedFile } from '../cluster/mounted-files.ts'
import { readCorefile } from '../config/corefile.ts'
import { embeddedText, moveSources, wholeFile, type EmbeddedText } from '../config/embedded-text.ts'
import type { Observation, ServerEvent } from '../evidence/observation.ts'
import type { GivenResolvConf } from '../findings/case.ts'
import { targets } from '../findings/forward-loop.ts'
import type { CorefileText } from '../fixes/corefile-edit.ts'
import { viewAtNode } from '../cluster/view-at-node.ts'
import type { Gathered } from './gather.ts'
import type { LinkedNode } from './link-nodes.ts'

export interface LinkedCoredns {
  readonly model: CorednsModel
  readonly text: CorefileText
}

/** Undefined: the Corefile is not in the evidence, so nothing is known about what this pod answers. */
export function linkCoredns(gathered: Gathered, server: CorednsPod, node: LinkedNode | undefined, given: GivenResolvConf | undefined, observations: readonly Observation[], problems: Problem[]): LinkedCoredns | undefined {
  const found = corefileOf(gathered, server)
  if (!found) {
    problems.push({ code: 'corefile-not-seen', message: `the Corefile of ${server.place} is not in the evidence`, source: server.pod.source, state: 'unknown' })
    return undefined
  }
  const files = new Map([...server.files].map(([path, file]) => [path, { file: file.file, text: file.text }]))
  for (const [path, file] of gathered.layout.podFiles.get(server.place) ?? []) if (!files.has(path)) files.set(path, { file: file.path, text: file.text() })
  const read = readCorefile(found.innerFile, found.embedded.text, { path: server.corefilePath, files })
  const movers = [found, ...[...server.files.values()].filter(f => f.file !== found.innerFile).map(f => ({ innerFile: f.file, embedded: embeddedOf(gathered, f) }))]
  const moved = <T>(value: T): T => movers.reduce((all, { innerFile, embedded }) => (innerFile === embedded.file ? all : moveSources(all, innerFile, embedded.outer)), value)
  problems.push(...moved(read.problems))
  const events = observations.filter((o): o is ServerEvent => o.kind === 'server-event' && o.place === server.place)
  const model: CorednsModel = {
    pod: server.place, node: server.node, addresses: server.addresses, hostNetwork: server.hostNetwork, files,
    version: server.version?.value ?? versionLogged(events)?.value,
    ...((server.version ?? versionLogged(events)) && { versionSource: (server.version ?? versionLogged(events))!.source }),
    corefile: moved(read.value), resolvConf: given?.resolvConf, kubernetes: node ? viewAtNode(gathered.inventory, gathered.pools, node.hub) : gathered.inventory.view,
  }
  const down = endedBy(events) ?? loopsAtStart(model)
  const synced = lastWord(events, ['unsynced-kubernetes', 'api-forbidden'], [])
  return {
    model: { ...model, ...(down && { down }), ...(synced && { kubernetesSynced: { value: false, source: synced.source } }) },
    text: { embedded: found.embedded, blocks: read.value.blocks },
  }
}

function corefileOf(gathered: Gathered, server: CorednsPod): { readonly innerFile: string; readonly embedded: EmbeddedText } | undefined {
  if (server.corefile) return { innerFile: server.corefile.file, embedded: embeddedOf(gathered, server.corefile) }
  const file = gathered.layout.podFiles.get(server.place)?.get(server.corefilePath)
  return file && { innerFile: file.path, embedded: wholeFile(file.path, file.text()) }
}

function embeddedOf(gathered: Gathered, mounted: MountedFile): EmbeddedText {
  const outer = gathered.evidence.files.get(mounted.source.file)?.text() ?? ''
  return embeddedText(mounted.source.file, outer, mounted.source.start, mounted.source.end, mounted.text)
}

const versionLogged = (events: readonly ServerEvent[]): Sourced<string> | undefined => {
  const event = events.findLast(e => e.event === 'version' && e.value !== undefined)
  const version = /\d+\.\d+\.\d+/.exec(event?.value ?? '')?.[0]
  return event && version !== undefined ? { value: version, source: event.source } : undefined
}

/** The last event among `words`, unless one of `revoked` came after it. */
function lastWord(events: readonly ServerEvent[], words: readonly ServerEvent['event'][], revoked: readonly ServerEvent['event'][]): ServerEvent | undefined {
  const at = events.findLastIndex(e => words.includes(e.event))
  return at >= 0 && !events.slice(at + 1).some(e => revoked.includes(e.event)) ? events[at] : undefined
}

function endedBy(events: readonly ServerEvent[]): Sourced<string> | undefined {
  const event = lastWord(events, ['loop-detected', 'corefile-error', 'no-nameservers'], ['started', 'version', 'reload'])
  return event && { value: event.text, source: event.source }
}

/** The loop plugin ends the process when its own probe comes back (plugin/loop): a pod that forwards to its own loopback never serves. */
function loopsAtStart(model: CorednsModel): Sourced<string> | undefined {
  if (model.hostNetwork || !model.corefile.blocks.some(b => b.directives.some(d => d.name === 'loop'))) return undefined
  const own = targets(model).filter(t => t.address.startsWith('127.') || t.address === '::1')
  const target = own.length === targets(model).length ? own[0] : undefined
  return target && { value: 'plugin/loop ends the process at its start', source: target.source ?? target.directive }
}

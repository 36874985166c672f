// The CoreDNS pods of the model: Corefile as mounted, with every place moved into the file a person edits; the resolv.conf the
// pod was given; and whether the process serves at all, as far as its log says.
import type { CorednsModel, NobodyModel } from '../chain/model.ts'
import type { Problem, Source, Sourced } from '../chain/source.ts'
import type { CorednsPod } from '../cluster/coredns-pods.ts'
import type { MountedFile } from '../cluster/mounted-files.ts'
import { readCorefile } from '../config/corefile.ts'
import { embeddedText, moveSources, wholeFile, type EmbeddedText } from '../config/embedded-text.ts'
import type { Observation, ServerEvent } from '../evidence/observation.ts'
import type { GivenResolvConf } from '../findings/case.ts'
import { comesBack, forwardLines, targetsOf } from '../findings/forward-targets.ts'
import type { CorefileText } from '../fixes/corefile-edit.ts'
import { checkCorefile } from '../hops/coredns/check.ts'
import { REFUSED_CODE } from '../hops/coredns/refuse.ts'
import { isNodeLocal } from '../cluster/node-local.ts'
import { viewAtNode } from '../cluster/view-at-node.ts'
import { filledIn, onItsNode } from './link-node-local.ts'
import type { Gathered } from './gather.ts'
import type { LinkedNode } from './link-nodes.ts'

export interface LinkedCoredns {
  readonly model: CorednsModel
  readonly text: CorefileText
  /** NodeLocal DNSCache that is not there: its addresses. */
  readonly nobody: readonly NobodyModel[]
}

/** The release that most clusters run where nothing tells which it is. */
const ASSUMED_VERSION = '1.11.3'

/** Undefined: the Corefile is not in the evidence, so nothing is known about what this pod answers. */
export function linkCoredns(gathered: Gathered, server: CorednsPod, node: LinkedNode | undefined, given: GivenResolvConf | undefined, observations: readonly Observation[], problems: Problem[]): LinkedCoredns | undefined {
  const found = corefileOf(gathered, server)
  if (!found) {
    problems.push({ code: 'corefile-not-seen', message: `the Corefile of ${server.place} is not in the evidence`, source: server.pod.source, state: 'unknown' })
    return undefined
  }
  const files = new Map([...server.files].map(([path, file]) => [path, { file: file.file, text: file.text }]))
  for (const [path, file] of gathered.layout.podFiles.get(server.place) ?? []) if (!files.has(path)) files.set(path, { file: file.path, text: file.text() })
  const said: Problem[] = []
  const local = isNodeLocal(server) ? server : undefined
  const own = local && filledIn(gathered, local, found.innerFile, found.embedded.text, said)
  const outer = (inner: Source): Source => (inner.file === found.innerFile ? found.embedded.outer(inner) : inner)
  problems.push(...moveSources(said, found.innerFile, outer))
  if (local && !own) return undefined
  const read = readCorefile(found.innerFile, own?.text ?? found.embedded.text, { path: own?.path ?? server.corefilePath, files })
  const movers = [...server.files.values()].filter(f => f.file !== found.innerFile).map(f => ({ innerFile: f.file, embedded: embeddedOf(gathered, f) }))
  const moved = <T>(value: T): T => movers.reduce((all, { innerFile, embedded }) => (innerFile === embedded.file ? all : moveSources(all, innerFile, embedded.outer)),
    own || found.innerFile !== found.embedded.file ? moveSources(value, found.innerFile, inner => outer(own ? own.back(inner) : inner)) : value)
  problems.push(...moved(read.problems))
  const events = observations.filter((o): o is ServerEvent => o.kind === 'server-event' && o.place === server.place)
  const version = own?.version ?? server.version ?? versionLogged(events)
  const model: CorednsModel = {
    pod: server.place, node: server.node, addresses: server.addresses, hostNetwork: server.hostNetwork, files,
    version: version?.value, ...(version && { versionSource: version.source }), ...(own && { build: own.build }),
    corefile: moved(read.value), resolvConf: given?.resolvConf, kubernetes: node ? viewAtNode(gathered.inventory, gathered.pools, node.hub) : gathered.inventory.view,
  }
  const refused = refusedBy(model, moved(read.problems))
  if (refused) problems.push({ code: REFUSED_CODE, message: refused.value, source: refused.source, state: 'damaged' })
  const down = endedBy(events) ?? loopsAtStart(model) ?? (refused && !server.ready ? refused : undefined)
  const synced = lastWord(events, ['unsynced-kubernetes', 'api-forbidden'], [])
  const whole: CorednsModel = { ...model, ...(down && { down }), ...(refused && { refused }), ...(synced && { kubernetesSynced: { value: false, source: synced.source } }) }
  const placed = local ? onItsNode(gathered, local, node, whole, problems) : { model: whole, nobody: [] }
  // Edits are made in the template.
  const blocks = own ? readCorefile(found.innerFile, found.embedded.text).value.blocks : read.value.blocks
  return { ...placed, text: { embedded: found.embedded, blocks } }
}

function corefileOf(gathered: Gathered, server: CorednsPod): { readonly innerFile: string; readonly embedded: EmbeddedText } | undefined {
  if (server.corefile) return { innerFile: server.corefile.file, embedded: embeddedOf(gathered, server.corefile) }
  const files = gathered.layout.podFiles.get(server.place)
  const file = files?.get(server.corefilePath) ?? (server.nodeLocal && files?.get(server.nodeLocal.written))
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

/** The loop plugin ends the process when its own probe comes back (plugin/loop): a block that forwards to itself alone never serves. */
function loopsAtStart(model: CorednsModel): Sourced<string> | undefined {
  const line = forwardLines(model).find(l => {
    const all = targetsOf(model, l.forward)
    return l.block.directives.some(d => d.name === 'loop') && all.length > 0 && all.every(target => comesBack(l, target))
  })
  const target = line && targetsOf(model, line.forward)[0]
  return target && { value: 'plugin/loop ends the process at its start', source: target.source ?? target.directive }
}

/** A syntax error, or a set-up that this release refuses. An unknown plugin may be in the image's own build; it is unmodelled instead. */
function refusedBy(model: CorednsModel, readProblems: readonly Problem[]): Sourced<string> | undefined {
  const problem = readProblems.find(p => p.code.startsWith('corefile-') && p.state === 'damaged')
    ?? checkCorefile(model.corefile, model.version ?? ASSUMED_VERSION, model.files, model.build).find(p => p.code === REFUSED_CODE)
  return problem?.source && { value: problem.message, source: problem.source }
}

// One CoreDNS process, 1.9.3 to 1.15.0 (core/dnsserver/server.go and register.go): which server block gets a query, the chain of its
// plugins in compiled order, and what the client sees of their result. Each place of the chain is a hop of its own, so that the
// explorer merges there.
// The hop of the server itself takes a query as if sent to its port 53, whatever the address; each socket has a hop of its own, too.
// Not modelled: listeners other than plain DNS, packets that are no DNS.
import { call, LOOP, LOST, note, type Hop, type HopRun } from '../../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../../chain/hop.ts'
import type { CorednsModel, Directive } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import type { Cause, DnsQuery, Rcode, Reply } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { queryBytes } from '../../dns/size.ts'
import { byZoneOf, chosenBlock, type Choosable } from './block-choice.ts'
import { CHECKED_SINCE, setUpBlocks, type BlockSetup, type SetUpBlock, type StartRefusal } from './block-setup.ts'
import { debugs } from './debug.ts'
import { joinHostPort } from './go-host-port.ts'
import { PLUGINS } from './index.ts'
import { listenersOf, type Listener as Socket } from './listeners.ts'
import { boundAddress } from './local-address.ts'
import { loopProbeHop, loopProbeId } from './loop.ts'
import { metadataCollector } from './metadata.ts'
import { EXTERNAL, ONCE, pluginOrder, SETUP_ONLY, withExternal } from './order.ts'
import { isHarmless } from './passive.ts'
import { inBlock, plain, since, WRITTEN_BY_SERVER, type CorednsVersion, type Handler, type Next, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { ONCE_TEXT, REFUSED_CODE, refusalText, refuse } from './refuse.ts'
import { CHECKS } from './setup-checks.ts'
import { registeredOptions } from './registered-options.ts'
import { bareReply, messagesOf, replyTo, scrubbed } from './server-reply.ts'
import { unmodelledPlugin } from './unmodelled.ts'
import { readVersion } from './version.ts'
import { viewFilter } from './view.ts'

interface Config {
  readonly zone: string
  readonly block: Block
}

/** `head`: hop id of the first plugin. */
type Block = SetUpBlock & Choosable

interface Server {
  readonly id: string
  readonly version: CorednsVersion
  readonly model: CorednsModel
  readonly reach: Reach
  readonly entries: [string, Hop][]
  readonly report: (problem: Problem) => void
}

const UDP_READ_BYTES = 512

/** A socket, and the hop that gets what comes to it. */
export interface ListeningHop {
  readonly id: string
  readonly transport: string
  /** Empty = all addresses. */
  readonly address: string
  readonly port: number
  readonly sockets: number
  readonly hasTls: boolean
  readonly zones: readonly string[]
}

/** A `loop` probe: a hop that runs once from the start, given a LoopDraw; what it asks, and for which zone. */
export interface StartProbe {
  readonly id: string
  readonly zone: string
  readonly address: string
  readonly port: number
}

export interface CorednsHops {
  readonly entries: HopEntries
  readonly problems: Problem[]
  readonly listeners: readonly ListeningHop[]
  /** In the order in which CoreDNS would meet them; it ends at the first. */
  readonly refusals: readonly StartRefusal[]
  readonly setup: BlockSetup
  readonly atStart: readonly StartProbe[]
}

export function corednsHops(model: CorednsModel, reach: Reach): CorednsHops {
  const problems: Problem[] = []
  const report = (problem: Problem): void => void problems.push(problem)
  const server: Server = { id: hopId.coredns(model.pod), version: readVersion(model, report), model, reach, entries: [], report }
  const setup = setUpBlocks(model, server.version, report)
  const refusals = [...setup.refusals]
  const blocks = setup.blocks.map((block): Block => {
    const said = (name: string) => (problem: Problem): void => {
      if (problem.code !== REFUSED_CODE) return report(problem)
      // Where its set-up was checked, the handler has no say.
      const isChecked = CHECKS.has(name) && block.block.uses !== undefined && since(server.version, ...CHECKED_SINCE)
      if (!isChecked) refusals.push({ text: refusalText(problem), plugin: name, block: block.index, source: problem.source })
    }
    return { ...block, head: buildChain(server, block, said), ...takesOf(server, block) }
  })
  const inOrder = sortedRefusals(refusals, server.version)
  for (const { text, source } of inOrder) refuse(report, text, source)
  const listener = listenerOf(server, blocks)
  server.entries.unshift([server.id, serverHop(server, listener)])
  const listeners = listenersOf(blocks).map(s => listeningHop(server, s))
  return { entries: server.entries, problems, listeners, refusals: inOrder, setup, atStart: loopProbes(server, blocks, listeners) }
}

/** Keys first, then plugins in compiled order, block after block, then the sockets. */
function sortedRefusals(refusals: readonly StartRefusal[], version: CorednsVersion): StartRefusal[] {
  const order = pluginOrder(version)
  const rank = ({ plugin, block }: StartRefusal): number => (plugin === undefined ? (block < 0 ? -1 : order.length) : order.indexOf(plugin))
  return refusals.toSorted((a, b) => rank(a) - rank(b) || a.block - b.block)
}

function loopProbes(server: Server, blocks: readonly Block[], listeners: readonly ListeningHop[]): StartProbe[] {
  return blocks.flatMap(block => {
    const key = block.keys[0]
    const address = block.addresses[0] ?? ''
    const own = key && listeners.find(l => l.transport === key.transport && l.port === key.port && l.address === address)
    if (!block.uses.has('loop') || !key || !own || own.transport !== 'dns') return []
    const id = loopProbeId({ server: server.id, block: block.index })
    const zone = key.zones[0] ?? '.'
    server.entries.push([id, loopProbeHop({ id, listener: own.id, zone })])
    return [{ id, zone, address, port: key.port }]
  })
}

function listeningHop(server: Server, { transport, address, port, sockets, served }: Socket<Block>): ListeningHop {
  const id = `${server.id} ${transport}://${joinHostPort(address, port)}`
  server.entries.push([id, serverHop(server, listenerFor(served))])
  return { id, transport, address, port, sockets, hasTls: served.some(s => s.block.hasTls), zones: [...new Set(served.map(s => s.zone))] }
}

function takesOf(server: Server, { index: block, uses, keys }: SetUpBlock): Pick<Block, 'takes' | 'collects'> {
  const of = { server: server.id, block, version: server.version, model: server.model, zones: zonesOf(keys), has: (plugin: string) => uses.has(plugin) }
  const collects = metadataCollector(of)
  const directives = pluginOrder(server.version).includes('view') ? uses.get('view') : undefined
  return { ...(collects && { collects }), ...(directives && { takes: viewFilter({ ...of, directives }) }) }
}

const zonesOf = (keys: SetUpBlock['keys']): readonly string[] => keys.flatMap(k => k.zones.map(nameKey))

/** Handlers in compiled order; those of unknown names come first, since nobody knows where such a build has them. */
function buildChain(server: Server, { block, index, keys, uses: used }: SetUpBlock, said: (plugin: string) => (problem: Problem) => void): string | undefined {
  const order = withExternal(pluginOrder(server.version), new Set(used.keys()))
  const unknown = [...used.keys()].filter(name => !order.includes(name))
  const chain = [...unknown, ...order.filter(name => used.has(name) && !SETUP_ONLY.has(name))]
  for (const name of ONCE) {
    const second = used.get(name)?.[1]
    if (second && !(block.uses && CHECKS.has(name))) refuse(said(name), `plugin/${name}: ${ONCE_TEXT}`, second.source)
  }
  for (const name of EXTERNAL) sayExternal(server, name, used.get(name)?.[0])
  const id = (name: string): string => inBlock({ server: server.id, block: index }, name)
  let next: string | undefined
  // From the last to the first, as CoreDNS folds them: each needs the hop behind it.
  for (const name of chain.toReversed()) {
    const after = next ?? endOf(server, id(`after ${name}`), name)
    const setup: PluginSetup = {
      server: server.id, block: index, zones: zonesOf(keys), directives: used.get(name) as Directive[],
      version: server.version, model: server.model, reach: server.reach, nextHop: after, isLast: next === undefined, has: plugin => used.has(plugin),
      report: said(name), register: (hop, run) => void server.entries.push([hop, run]),
    }
    const handler = order.includes(name) && isHarmless(name) ? undefined : factoryOf(name, order)(setup)
    if (!handler) {
      // It passes everything on, and is still "a plugin in the block".
      next ??= after
      continue
    }
    next = id(name)
    server.entries.push([next, handlerHop(handler, nextOf(after))])
  }
  return next
}

function sayExternal(server: Server, name: string, use: Directive | undefined): void {
  if (!use || server.model.machine?.plugins?.includes(name)) return
  const message = `${name} is no plugin of CoreDNS ${server.version.join('.')}: the stock binary does not start (Unknown directive '${name}'); taken to be a build that has it ahead of forward`
  server.report({ code: 'corefile-unknown-plugin', message, state: 'partly-modelled', source: use.source })
}

const factoryOf = (name: string, order: readonly string[]): PluginFactory =>
  (order.includes(name) ? PLUGINS.get(name) : undefined) ?? unmodelledPlugin(name, order.includes(name))

function endOf(server: Server, id: string, name: string): string {
  const detail = `plugin/${name}: no next plugin found`
  const end: Served = { rcode: 'SERVFAIL', error: detail, cause: { kind: 'policy', by: server.id, detail } }
  server.entries.push([id, function* () { return plain(end) }])
  return id
}

const handlerHop = (handler: Handler, next: Next): Hop => function* (query) {
  return plain(yield* handler(query as unknown as DnsQuery, next))
}

const nextOf = (hop: string): Next => function* (query) {
  const served = yield* call(hop, plain(query))
  if (served === LOOP) return { rcode: 'SERVFAIL', error: 'loop', cause: { kind: 'loop', by: hop } }
  return served as unknown as Served
}

interface Listener {
  readonly byZone: ReadonlyMap<string, readonly Block[]>
  /** Classes other than IN get past the door. */
  readonly anyClass: boolean
  /** Some plugin looks at who asks. */
  readonly seesClient: boolean
}

/** Plugins whose replies or log lines depend on the asker's address. */
const CLIENT_PLUGINS = ['acl', 'autopath', 'dns64', 'geoip', 'log', 'rewrite', 'template', 'view', 'whoami']

function listenerOf(server: Server, blocks: readonly Block[]): Listener {
  const served = blocks.flatMap(block => block.keys.filter(k => k.transport === 'dns').map(key => ({ block, key })))
  const ports = new Set(served.map(s => s.key.port))
  const port = ports.has(53) ? 53 : served[0]?.key.port
  if (ports.size > 1 && !ports.has(53)) {
    server.report({ code: 'corefile-several-ports', message: `listens on ports ${[...ports].join(', ')}; queries are taken to come to ${port}`, state: 'partly-modelled' })
  }
  const mine = served.filter(s => s.key.port === port)
  sayBinds(server, mine.map(m => m.block))
  return listenerFor(mine.flatMap(({ block, key }) => key.zones.map(zone => ({ zone, block }))))
}

function listenerFor(served: readonly Config[]): Listener {
  const byZone = byZoneOf(served)
  const has = (plugin: string): boolean => served.some(s => s.block.uses.has(plugin))
  return { byZone, anyClass: has('chaos') || has('forward'), seesClient: CLIENT_PLUGINS.some(has) }
}

/** With one set of addresses for all blocks, `bind` changes no answer; with several, the address asked decides. */
function sayBinds(server: Server, blocks: readonly Block[]): void {
  const bindsOf = (block: Block): readonly Directive[] => block.uses.get('bind') ?? []
  const addresses = (block: Block): string => bindsOf(block).flatMap(d => d.args.map(a => a.value)).sort().join(' ')
  const odd = blocks.find(b => addresses(b) !== addresses(blocks[0] as Block))
  if (!odd) return
  const source = (bindsOf(odd)[0] ?? bindsOf(blocks[0] as Block)[0])?.source
  server.report({
    code: 'corefile-bind', message: 'the blocks are bound to different addresses; which address was asked is not looked at', state: 'partly-modelled',
    ...(source && { source }),
  })
}

const serverHop = (server: Server, listener: Listener): Hop => function* (asked) {
  const query = withoutSender(asked as unknown as DnsQuery, listener)
  const refusal = refusedAtTheDoor(server, listener, query)
  if (refusal) return plain(refusal)
  const chosen = yield* chosenBlock(listener.byZone, query)
  const block = chosen?.block
  if (!block?.head) {
    const detail = block ? 'the server block has no plugin that answers' : 'no server block for this name'
    return plain(scrubbed(query, bareReply(query, 'REFUSED', { kind: 'policy', by: server.id, detail }), server.version))
  }
  return yield* answered(server, chosen?.metadata ? { ...query, metadata: chosen.metadata } : query, block, block.head)
}

function* answered(server: Server, query: DnsQuery, block: Block, head: string): HopRun {
  const served = yield* call(head, plain(query))
  if (served === LOOP) return LOOP
  const { rcode, reply, cause, query: changed, answered: atWrite, panic } = served as unknown as Served
  if (panic && debugs(server.model)) {
    yield* note({ kind: 'process-panicked', by: server.id })
    return LOST
  }
  if (panic) yield* note({ kind: 'errors', by: server.id, line: `[ERROR] Recovered from panic in server: "${socketOf(server, block)}"${since(server.version, 1, 9) ? ` ${PANIC}` : ''}` })
  // The client gets nothing at all from a handler that says "written" and wrote nothing.
  if (!reply && !WRITTEN_BY_SERVER.has(rcode)) return LOST
  const asked = atWrite ?? changed ?? query
  const registered = registeredOptions(server.model)
  const why: Cause = cause ?? { kind: 'failed', by: server.id, detail: rcode }
  const messages = reply ? writtenBy(reply, rcode, () => bareReply(asked, rcode, cause)) : [bareReply(asked, rcode, why)]
  const [first, ...also] = messages.flatMap(message => replyTo(query, asked, message, server.version, registered) ?? [])
  return !first ? LOST : plain(also.length > 0 ? { ...first, also } : first)
}

/** What goes out for a reply that was written: one message, unless a plugin wrote several or the server adds its own for the rcode. */
function writtenBy(reply: Reply, rcode: Rcode, own: () => Reply): readonly Reply[] {
  const isDouble = WRITTEN_BY_SERVER.has(rcode)
  if (!reply.also && !isDouble) return [reply]
  return [...messagesOf(reply), ...isDouble ? [own()] : []]
}

/** `dns://127.0.0.1:53`; without an address where it listens on all. */
function socketOf(server: Server, block: Block): string {
  return `dns://${joinHostPort(boundAddress({ model: server.model, block: block.index }) ?? '', block.keys[0]?.port ?? 53)}`
}

/** The one panic that is modelled. */
const PANIC = 'runtime error: invalid memory address or nil pointer dereference'

/** The socket it came from decides nothing here; who asked, only for plugins that look. */
function withoutSender(query: DnsQuery, listener: Listener): DnsQuery {
  const { flow: _, client, ...rest } = query
  return { ...rest, ...(listener.seesClient && client !== undefined && { client }) }
}

function refusedAtTheDoor(server: Server, listener: Listener, query: DnsQuery): Reply | undefined {
  const cause = (detail: string): Cause => ({ kind: 'policy', by: server.id, detail })
  const opcode = query.opcode ?? 'QUERY'
  if (query.transport === 'udp' && queryBytes(query.name, query.edns) > UDP_READ_BYTES) return bareReply(query, 'FORMERR', cause('query longer than 512 bytes'))
  if (opcode !== 'QUERY' && opcode !== 'NOTIFY') return bareReply(query, 'NOTIMP', cause(`opcode ${opcode}`))
  if (query.class !== undefined && query.class !== 'IN' && !listener.anyClass) {
    return scrubbed(query, bareReply(query, 'REFUSED', cause(`class ${query.class}`)), server.version)
  }
  if (!query.edns?.version) return undefined
  const refusal = { ...bareReply(query, 'BADVERS', cause(`EDNS version ${query.edns.version}`)), edns: { sizeBytes: 0 } }
  return since(server.version, 1, 10, 1) ? refusal : { ...refusal, question: { name: '', type: '' } }
}

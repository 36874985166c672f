// One CoreDNS process, 1.9.3 to 1.15.0 (core/dnsserver/server.go and register.go): which server block gets a query, the chain of its
// plugins in compiled order, and what the client sees of their result. Each place of the chain is a hop of its own, so that the
// explorer merges there.
// Not modelled: listeners other than plain DNS on one port, which of several bound addresses was asked, the life of the
// process (reload, signals, a start that fails: CorednsModel.down), packets that are no DNS, several replies to one query.
import { call, LOOP, LOST, note, type Hop, type HopRun, type Plain } from '../../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../../chain/hop.ts'
import type { CorednsModel, Directive, ServerBlock } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import type { Cause, DnsQuery, Reply } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { queryBytes } from '../../dns/size.ts'
import { byZoneOf, chosenBlock } from './block-choice.ts'
import { readBlockKey, type BlockKey } from './block-keys.ts'
import { PLUGINS } from './index.ts'
import { ONCE, pluginOrder, SETUP_ONLY } from './order.ts'
import { isHarmless } from './passive.ts'
import { plain, since, type CorednsVersion, type Handler, type Next, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { ONCE_TEXT, refuse } from './refuse.ts'
import { registeredOptions } from './registered-options.ts'
import { bareReply, replyTo, scrubbed } from './server-reply.ts'
import { unmodelledPlugin } from './unmodelled.ts'
import { readVersion } from './version.ts'
import { viewFilter } from './view.ts'

interface Block {
  readonly index: number
  readonly keys: readonly BlockKey[]
  /** Hop id of the first plugin; undefined = no plugin that handles queries. */
  readonly head: string | undefined
  readonly plugins: ReadonlySet<string>
  /** Of its `view`. */
  readonly takes?: (query: DnsQuery) => HopRun<boolean>
}

interface Server {
  readonly id: string
  readonly version: CorednsVersion
  readonly model: CorednsModel
  readonly reach: Reach
  readonly entries: [string, Hop][]
  readonly report: (problem: Problem) => void
}

const UDP_READ_BYTES = 512

export function corednsHops(model: CorednsModel, reach: Reach): { entries: HopEntries; problems: Problem[] } {
  const problems: Problem[] = []
  const report = (problem: Problem): void => void problems.push(problem)
  const server: Server = { id: hopId.coredns(model.pod), version: readVersion(model, report), model, reach, entries: [], report }
  const blocks = model.corefile.blocks.map((block, index) => buildBlock(server, block, index))
  refuseOverlaps(server, blocks)
  const listener = listenerOf(server, blocks)
  server.entries.unshift([server.id, serverHop(server, listener)])
  return { entries: server.entries, problems }
}

function buildBlock(server: Server, block: ServerBlock, index: number): Block {
  const { version, report } = server
  const keys = block.keys.flatMap(key => {
    const read = readBlockKey(key, version)
    if (typeof read !== 'string') return [read]
    refuse(report, `error inspecting server blocks: ${read}`, key.source)
    return []
  })
  for (const key of keys) {
    if (!key.unreachable) continue
    const message = `CoreDNS ${version.join('.')} never matches the upper-case letters of ${key.key.value}: queries for this zone do not come here`
    report({ code: 'corefile-upper-case-key', message, source: key.key.source, state: 'ignored' })
  }
  const names = new Set(block.directives.map(d => d.name))
  return { index, keys, plugins: names, head: buildChain(server, block, index, keys), ...takesOf(server, index, Map.groupBy(block.directives, d => d.name)) }
}

function takesOf(server: Server, block: number, uses: ReadonlyMap<string, readonly Directive[]>): Pick<Block, 'takes'> {
  const directives = uses.get('view')
  if (!directives || !pluginOrder(server.version).includes('view')) return {}
  return { takes: viewFilter({ server: server.id, block, version: server.version, model: server.model, directives, has: plugin => uses.has(plugin) }) }
}

/** Handlers in compiled order; those of unknown names come first, since nobody knows where such a build has them. */
function buildChain(server: Server, block: ServerBlock, index: number, keys: readonly BlockKey[]): string | undefined {
  const used = new Map<string, Directive[]>()
  for (const directive of block.directives) used.set(directive.name, [...used.get(directive.name) ?? [], directive])
  const order = pluginOrder(server.version)
  const unknown = [...used.keys()].filter(name => !order.includes(name))
  const chain = [...unknown, ...order.filter(name => used.has(name) && !SETUP_ONLY.has(name))]
  for (const name of ONCE) {
    const second = used.get(name)?.[1]
    if (second) refuse(server.report, `plugin/${name}: ${ONCE_TEXT}`, second.source)
  }
  const id = (name: string): string => `${server.id} block ${index + 1} ${name}`
  let next: string | undefined
  // From the last to the first, as CoreDNS folds them: each needs the hop behind it.
  for (const name of chain.toReversed()) {
    const after = next ?? endOf(server, id(`after ${name}`), name)
    const setup: PluginSetup = {
      server: server.id, block: index, zones: keys.flatMap(k => k.zones.map(nameKey)), directives: used.get(name) as Directive[],
      version: server.version, model: server.model, reach: server.reach, nextHop: after, isLast: next === undefined, has: plugin => used.has(plugin),
      report: server.report, register: (hop, run) => void server.entries.push([hop, run]),
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
  const byZone = byZoneOf(mine.flatMap(({ block, key }) => key.zones.map(zone => ({ zone, block }))))
  sayBinds(server, mine.map(m => m.block))
  const has = (plugin: string): boolean => mine.some(m => m.block.plugins.has(plugin))
  return { byZone, anyClass: has('chaos') || has('forward'), seesClient: CLIENT_PLUGINS.some(has) }
}

/** Zones that two keys claim on one socket (core/dnsserver/address.go). Views tell blocks of one zone apart. */
function refuseOverlaps(server: Server, blocks: readonly Block[]): void {
  const claimed = new Map<string, { readonly address: string; readonly hasView: boolean }[]>()
  for (const block of blocks) {
    const hasView = block.plugins.has('view')
    const addresses = bindsOf(server, block).flatMap(d => d.args.map(a => a.value))
    for (const key of block.keys) {
      for (const zone of key.zones) {
        const name = `${key.transport}://${zone}:${key.port}`
        const others = claimed.get(name) ?? []
        claimed.set(name, others)
        for (const address of addresses.length > 0 ? addresses : ['']) {
          const text = hasView ? undefined : overlap(name, address, others)
          if (text !== undefined) refuse(server.report, text, key.key.source)
          others.push({ address, hasView })
        }
      }
    }
  }
}

function overlap(name: string, address: string, others: readonly { readonly address: string; readonly hasView: boolean }[]): string | undefined {
  const on = (at: string): string => (at === '' ? name : `${name} on ${at}`)
  if (others.some(o => o.address === address && !o.hasView)) return `cannot serve ${on(address)} - it is already defined`
  const other = others.find(o => (o.address === '') !== (address === ''))
  return other && `cannot serve ${on(address)} - zone overlap listener capacity with ${on(other.address)}`
}

const bindsOf = (server: Server, block: Block): Directive[] =>
  server.model.corefile.blocks[block.index]?.directives.filter(d => d.name === 'bind') ?? []

/** With one set of addresses for all blocks, `bind` changes no answer; with several, the address asked decides. */
function sayBinds(server: Server, blocks: readonly Block[]): void {
  const addresses = (block: Block): string => bindsOf(server, block).flatMap(d => d.args.map(a => a.value)).sort().join(' ')
  const odd = blocks.find(b => addresses(b) !== addresses(blocks[0] as Block))
  if (!odd) return
  const source = (bindsOf(server, odd)[0] ?? bindsOf(server, blocks[0] as Block)[0])?.source
  server.report({
    code: 'corefile-bind', message: 'the blocks are bound to different addresses; which address was asked is not looked at', state: 'partly-modelled',
    ...(source && { source }),
  })
}

const serverHop = (server: Server, listener: Listener): Hop => function* (asked) {
  const query = withoutSender(asked as unknown as DnsQuery, listener)
  const refusal = refusedAtTheDoor(server, listener, query)
  if (refusal) return plain(refusal)
  const block = yield* chosenBlock(listener.byZone, query)
  if (!block?.head) {
    const detail = block ? 'the server block has no plugin that answers' : 'no server block for this name'
    return plain(scrubbed(query, bareReply(query, 'REFUSED', { kind: 'policy', by: server.id, detail }), server.version))
  }
  return yield* answered(server, query, block.head)
}

function* answered(server: Server, query: DnsQuery, head: string): HopRun {
  const served = yield* call(head, plain(query))
  if (served === LOOP) return LOOP
  const { rcode, reply, cause, query: changed, answered: atWrite, panic } = served as unknown as Served
  if (panic) yield* note({ kind: 'errors', by: server.id, line: `[ERROR] Recovered from panic in server: "dns://:53" ${PANIC}` })
  const asked = atWrite ?? changed ?? query
  const registered = registeredOptions(server.model)
  const sent = (message: Reply): Plain => {
    const whole = replyTo(query, asked, message, server.version, registered)
    return whole ? plain(whole) : LOST
  }
  if (reply) return sent(reply)
  // The client gets nothing at all from a handler that says "written" and wrote nothing.
  if (!WRITTEN_BY_SERVER.has(rcode)) return LOST
  const why: Cause = cause ?? { kind: 'failed', by: server.id, detail: rcode }
  return sent(bareReply(asked, rcode, why))
}

/** The one panic that is modelled. */
const PANIC = 'runtime error: invalid memory address or nil pointer dereference'

const WRITTEN_BY_SERVER: ReadonlySet<string> = new Set(['FORMERR', 'SERVFAIL', 'NOTIMP', 'REFUSED'])

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
  return since(server.version, 1, 10) ? refusal : { ...refusal, question: { name: '', type: '' } }
}

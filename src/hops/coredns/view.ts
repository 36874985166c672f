// CoreDNS's `view` plugin, 1.10.0 to 1.15.0: plugin/view/ over plugin/pkg/expression. Its expressions decide whether the server block gets
// a query (server.ts asks `viewFilter`); in the chain it only passes on. An expression that fails, or gives anything but true, does not
// match; a view without `expr` matches everything.
// Not modelled: functions of the expression library that the expression files name; `metadata('…')` of providers other than `view`
// where the block has `metadata`, the client's port and the query's id (each an unknown of its own).
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import type { Source } from '../../chain/source.ts'
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import { cidrContains, parseCidr } from '../../dns/go-cidr.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { queryBytes } from '../../dns/size.ts'
import { opcodeNumber } from '../../dns/wire-numbers-table.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { checkExpression } from './expression-check.ts'
import { ExpressionFault, ExpressionUnmodelled, faultText, isModern } from './expression-fault.ts'
import { parseExpression, type Node } from './expression-parser.ts'
import { runExpression } from './expression-run.ts'
import { RuntimeFault, stop, stringOf, UnknownInput, type Value } from './expression-value.ts'
import type { PluginFactory, PluginSetup } from './plugin.ts'
import { argumentText, ONCE_TEXT, refuse } from './refuse.ts'
import { clientBytes } from './server-reply.ts'

/** What of a set-up decides. */
export type ViewSetup = Pick<PluginSetup, 'server' | 'block' | 'version' | 'model' | 'directives' | 'has'>

interface Expression {
  readonly text: string
  readonly source: Source
  /** Undefined: not modelled. */
  readonly node: Node | undefined
}
interface View {
  readonly name: string
  readonly expressions: readonly Expression[]
}
type Refused = { readonly refused: string; readonly source: Source }

export const view: PluginFactory = setup => {
  const read = readView(setup)
  if ('refused' in read) {
    refuse(setup.report, `plugin/view: ${read.refused}`, read.source)
    return refusedHandler(`${setup.server} view`, read.refused)
  }
  for (const { node, text, source } of read.expressions) {
    if (node) continue
    setup.report({ code: 'corefile-expression-unmodelled', message: `view ${read.name}: what the expression ${text} gives is not modelled`, source, state: 'unmodelled' })
  }
  return function* (query, next) {
    return yield* next(query)
  }
}

/** Whether the block of this view gets the query. */
export function viewFilter(setup: ViewSetup): (query: DnsQuery) => HopRun<boolean> {
  const read = readView(setup)
  const expressions = 'refused' in read ? [] : read.expressions
  return function* (query) {
    for (const expression of expressions) if (!(yield* isMet(setup, read as View, expression, query))) return false
    return true
  }
}

function* isMet(setup: ViewSetup, of: View, { node, text, source }: Expression, query: DnsQuery): HopRun<boolean> {
  try {
    if (!node) throw new UnknownInput(text)
    return runExpression(node, { version: setup.version, call: (name, args) => called(setup, of, query, name, args) }) === true
  } catch (thrown) {
    if (thrown instanceof RuntimeFault) return false
    if (!(thrown instanceof UnknownInput)) throw thrown
  }
  const key = `${setup.server} block ${setup.block + 1} view ${of.name}: ${text}`
  return (yield* pick({ at: key, key, options: [true, false], source }))
}

function readView(setup: ViewSetup): View | Refused {
  const [directive, second] = setup.directives as readonly [Directive, ...Directive[]]
  if (directive.args.length !== 1) return { refused: argumentText(directive.args.at(-1)?.value ?? 'view'), source: directive.source }
  const expressions: Expression[] = []
  for (const { name, args, source } of directive.properties) {
    if (name !== 'expr') return { refused: `Error during parsing: unknown property '${name}'`, source }
    const compiled = compiledExpression(args.map(a => a.value).join(' '), setup)
    if (typeof compiled === 'string') return { refused: compiled, source }
    expressions.push({ ...compiled, source })
  }
  return second ? { refused: ONCE_TEXT, source: second.source } : { name: directive.args[0]?.value ?? '', expressions }
}

function compiledExpression(text: string, { version }: ViewSetup): Omit<Expression, 'source'> | string {
  const modern = isModern(version)
  try {
    const node = parseExpression(text, modern)
    checkExpression(node, version)
    return { text, node }
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) return faultText(text, thrown, modern)
    if (thrown instanceof ExpressionUnmodelled) return { text, node: undefined }
    throw thrown
  }
}

/** The functions of CoreDNS. Of the query, what the server has of it before any plugin. */
function called(setup: ViewSetup, of: View, query: DnsQuery, name: string, args: readonly Value[]): Value {
  switch (name) {
    case 'incidr': return isInside(stringOf(args[0] as Value), stringOf(args[1] as Value))
    case 'metadata': return metadata(setup, of, stringOf(args[0] as Value))
    case 'type': return query.type
    case 'name': return nameKey(query.name)
    case 'class': return query.class ?? 'IN'
    case 'proto': return query.transport
    case 'size': return queryBytes(query.name, query.edns)
    case 'client_ip': return withoutZone(query.client ?? unknown('the client'))
    case 'opcode': return opcodeNumber(query.opcode ?? 'QUERY') ?? 0
    case 'do': return query.edns?.do === true
    case 'bufsize': return clientBytes(query)
    case 'server_ip': return serverAddress(setup, query)
    case 'server_port': return '53'
    default: return unknown(name)
  }
}

function unknown(what: string): never {
  throw new UnknownInput(what)
}

function isInside(address: string, network: string): boolean {
  if (!parseAddress(address)) return stop('first argument is not an IP address')
  const cidr = parseCidr(network)
  return cidr ? cidrContains(cidr, address) : stop(`invalid CIDR address: ${network}`)
}

/** Without the plugin of that name nothing is ever set. */
function metadata(setup: ViewSetup, of: View, label: string): string {
  if (!setup.has('metadata')) return ''
  return label === 'view/name' ? of.name : unknown(`metadata ${label}`)
}

/** The address of the socket: that of all addresses for UDP without `bind`. */
function serverAddress(setup: ViewSetup, query: DnsQuery): string {
  if (query.transport === 'udp' && !setup.has('bind')) return '::'
  const [own, ...others] = setup.model.addresses
  return own !== undefined && others.length === 0 ? own : unknown('the address asked')
}

// CoreDNS's `view` plugin, 1.10.0 to 1.15.0: plugin/view/ over plugin/pkg/expression. Its expressions decide whether the server block gets
// a query (server.ts asks `viewFilter`); in the chain it only passes on. An expression that fails, or gives anything but true, does not
// match; a view without `expr` matches everything.
// Not modelled: what expression.ts names; `metadata('…')` of providers other than `view` where the block has `metadata`, the client's port and
// the query's id (each an unknown of its own).
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import type { Source } from '../../chain/source.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { compileExpression, type CompiledExpression } from './expression.ts'
import { queryFunctions } from './expression-query.ts'
import { inBlock, type PluginFactory, type PluginSetup } from './plugin.ts'
import { argumentText, ONCE_TEXT, refuse } from './refuse.ts'

/** What of a set-up decides. */
export type ViewSetup = Pick<PluginSetup, 'server' | 'block' | 'version' | 'model' | 'directives' | 'has'>

interface Expression {
  readonly text: string
  readonly source: Source
  /** Undefined: not modelled. */
  readonly compiled: CompiledExpression | undefined
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
  for (const { compiled, text, source } of read.expressions) {
    if (compiled) continue
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

function* isMet(setup: ViewSetup, of: View, { compiled, text, source }: Expression, query: DnsQuery): HopRun<boolean> {
  const given = compiled?.run(queryFunctions(setup, query)) ?? 'unknown'
  if (given !== 'unknown') return given !== 'failed' && given.value === true
  const key = inBlock(setup, `view ${of.name}: ${text}`)
  return (yield* pick({ at: key, key, options: [true, false], source }))
}

function readView(setup: ViewSetup): View | Refused {
  const [directive, second] = setup.directives as readonly [Directive, ...Directive[]]
  if (directive.args.length !== 1) return { refused: argumentText(directive.args.at(-1)?.value ?? 'view'), source: directive.source }
  const expressions: Expression[] = []
  for (const { name, args, source } of directive.properties) {
    if (name !== 'expr') return { refused: `Error during parsing: unknown property '${name}'`, source }
    const text = args.map(a => a.value).join(' ')
    const compiled = compileExpression(text, setup.version)
    if (compiled && 'fault' in compiled) return { refused: compiled.fault, source }
    expressions.push({ text, compiled, source })
  }
  return second ? { refused: ONCE_TEXT, source: second.source } : { name: directive.args[0]?.value ?? '', expressions }
}

// Expressions of `view` (since 1.10) and `template` (since 1.15): antonmedv/expr 1.15.5 in CoreDNS 1.11, expr-lang/expr 1.17.8 since 1.12. A text
// is taken or refused when CoreDNS starts, and gives a value for a query.
// Not modelled: the clock and the calendar, the order of a map's keys, the order of more than 12 elements of which some are equal, the address
// of a function: what comes of them is not known. Nesting and steps have bounds of ours, where the library has memory.
import { checkExpression } from './expression-check.ts'
import { ExpressionFault, ExpressionUnmodelled, faultText, isModern } from './expression-fault.ts'
import { childrenOf, type Node } from './expression-nodes.ts'
import { optimized } from './expression-optimizer.ts'
import { parseExpression } from './expression-parser.ts'
import { runExpression } from './expression-run.ts'
import { ENVIRONMENT, UNKNOWN, type Type } from './expression-types.ts'
import { RuntimeFault, UnknownInput, type Value } from './expression-value.ts'
import { compileGoRegexp, isRefused, type GoRegexp, type Refused } from './go-regexp.ts'
import type { CorednsVersion } from './plugin.ts'

/** What a name that the expression uses is for this query: a function's answer, or a variable's value. Throws RuntimeFault or UnknownInput. */
export type Caller = (name: string, args: readonly Value[]) => Value

export interface CompiledExpression {
  /** Of what it gives, as far as the library knows. */
  readonly type: Type
  readonly run: (call: Caller) => Outcome
}

/** `unknown`: something that it asks for is not known here. */
export type Outcome = { readonly value: Value } | 'failed' | 'unknown'

/** `fault`: what CoreDNS refuses it with. Undefined: it would be taken, and is not modelled. */
export function compileExpression(text: string, version: CorednsVersion, environment: ReadonlyMap<string, Type> = ENVIRONMENT): CompiledExpression | { readonly fault: string } | undefined {
  const modern = isModern(version)
  try {
    const tree = parseExpression(text, modern)
    const { node, types } = optimized(tree, checkExpression(tree, version, environment), modern)
    const patterns = new Map<string, GoRegexp | Refused>()
    checkRest(node, { version, modern, patterns })
    const type = types.get(node)
    return { type: !type || type.kind === 'nil' ? UNKNOWN : type, run: call => outcome(() => runExpression(node, types, { version, modern, environment, patterns, call })) }
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) return { fault: faultText(text, thrown, modern) }
    if (thrown instanceof ExpressionUnmodelled) return undefined
    throw thrown
  }
}

function outcome(run: () => Value): Outcome {
  try {
    return { value: run() }
  } catch (thrown) {
    if (thrown instanceof RuntimeFault) return 'failed'
    if (thrown instanceof UnknownInput) return 'unknown'
    throw thrown
  }
}

interface Rest {
  readonly version: CorednsVersion
  readonly modern: boolean
  readonly patterns: Map<string, GoRegexp | Refused>
}

/**
 * What the library finds out last: a pattern that is put together of parts is none, or an argument of what is not known to be a function has a
 * pointer that is none. The newer library then goes on with a stack trace, which is left out here.
 * Compiles the patterns that stand there as literals, so that no query has to.
 */
function checkRest(node: Node, rest: Rest): void {
  const { version, modern, patterns } = rest
  if (node.kind === 'pointer' && !POINTERS.has(node.name)) throw new ExpressionFault(`unknown pointer ${node.name}`, undefined)
  if (node.kind === 'binary' && node.op === 'matches' && node.right.kind === 'string') {
    const compiled = patterns.get(node.right.value) ?? compileGoRegexp(node.right.value, version)
    patterns.set(node.right.value, compiled)
    if (modern && isRefused(compiled)) throw compiled.unmodelled ? new ExpressionUnmodelled(compiled.error) : new ExpressionFault(compiled.error, undefined)
  }
  if (node.kind === 'builtin' && node.then) checkRest(node.then, rest)
  for (const child of childrenOf(node)) checkRest(child, rest)
}

const POINTERS = new Set(['', 'index', 'acc'])

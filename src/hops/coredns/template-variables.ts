// `var` and `expr` of CoreDNS's `template`, 1.15.0: plugin/template/setup.go and template.go over the expression library. Variables are worked out
// in their order once a pattern fits; then each condition must be true. An expression that fails ends the query with SERVFAIL, one that
// is not true does so unless the stanza falls through.
// Not modelled: functions kept in a variable.
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Source } from '../../chain/source.ts'
import type { Dispenser } from './dispenser.ts'
import { isBuiltin, isPredicate } from './expression-builtins.ts'
import { checkExpression } from './expression-check.ts'
import { ExpressionFault, ExpressionUnmodelled, faultText } from './expression-fault.ts'
import { parseExpression, type Node } from './expression-parser.ts'
import { runExpression, type Surroundings } from './expression-run.ts'
import { ANY, arrayOf, ENVIRONMENT, func, INT, INTERFACE, STRING, type Type } from './expression-types.ts'
import { isArray, RuntimeFault, UnknownInput, type Value } from './expression-value.ts'
import { goQuote } from './go-quote.ts'
import { goBool, goInt, goString, type GoValue } from './go-value.ts'
import type { CorednsVersion } from './plugin.ts'

interface Compiled {
  readonly name: string
  readonly text: string
  readonly node: Node
  readonly type: Type
  readonly source: Source | undefined
}

/** Of one stanza, in the order of the file. */
export interface Expressions {
  readonly variables: Compiled[]
  readonly conditions: Compiled[]
  readonly environment: Map<string, Type>
  unmodelled: string | undefined
}

export const noExpressions = (): Expressions => ({
  variables: [], conditions: [], unmodelled: undefined, environment: new Map([...ENVIRONMENT, ['group', func([ANY], STRING, 'func(interface {}) string')]]),
})

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** The words behind `var` or `expr`. @throws SetupRefused */
export function readExpression(c: Dispenser, kind: 'var' | 'expr', into: Expressions, version: CorednsVersion): void {
  const source = c.word?.source
  const args = c.remainingArgs()
  const [name = '', ...more] = kind === 'var' ? args : ['', ...args]
  if (more.length === 0) throw c.argErr()
  if (kind === 'var' && !NAME.test(name)) throw c.err(`invalid variable name ${goQuote(name)}`)
  if (kind === 'var' && isReserved(name, into)) throw c.err(`variable name ${goQuote(name)} is reserved`)
  const text = more.join(' ')
  try {
    const node = parseExpression(text, true)
    const checked = checkExpression(node, version, into.environment)
    const type = node.kind === 'binary' && node.op === '..' ? INTS : checked
    if (kind === 'expr') into.conditions.push({ name, text, node, type, source })
    else {
      if (type.kind === 'func') throw new ExpressionUnmodelled('a function as the value of a variable')
      into.variables.push({ name, text, node, type, source })
      into.environment.set(name, keptType(type))
    }
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) throw c.err(`could not compile expression: ${kind === 'var' ? `${name}, ` : ''}${faultText(text, thrown, true)}`)
    if (!(thrown instanceof ExpressionUnmodelled)) throw thrown
    into.unmodelled ??= `what the expression ${text} gives is not modelled`
    if (kind === 'var') into.environment.set(name, INTERFACE)
  }
}

/** Of a range, which the check of the library takes for any list. */
const INTS: Type = { kind: 'array', elem: INT, name: '[]int' }

/** Names of functions, of earlier variables, and words of the language. */
function isReserved(name: string, { environment }: Expressions): boolean {
  if (environment.has(name) || isBuiltin(name, true) || isPredicate(name, true)) return true
  try {
    return parseExpression(name, true).kind !== 'name'
  } catch (thrown) {
    if (thrown instanceof ExpressionFault || thrown instanceof ExpressionUnmodelled) return true
    throw thrown
  }
}

/** What Go's own type still tells: elements of a list made in an expression are anything. */
function keptType(type: Type): Type {
  if (type.kind === 'any' || type.kind === 'nil') return INTERFACE
  return type.kind === 'array' && type.name === undefined ? arrayOf(INTERFACE) : type
}

export type Worked =
  | { readonly kind: 'met'; readonly values: ReadonlyMap<string, GoValue> }
  | { readonly kind: 'unmet' | 'failed' }
  | { readonly kind: 'unmodelled'; readonly what: string }

/** `call`: the functions of CoreDNS. `key` names the unknown that a condition nobody can work out is. */
export function* worked({ variables, conditions }: Expressions, call: Surroundings['call'], version: CorednsVersion, key: string): HopRun<Worked> {
  const values = new Map<string, Value>()
  const surroundings: Surroundings = { version, variables: values, call }
  for (const { name, node, text } of variables) {
    const given = attempt(node, surroundings)
    if (given === 'failed') return { kind: 'failed' }
    if (given === 'unknown') return { kind: 'unmodelled', what: `what the expression ${text} gives is not known` }
    values.set(name, given.value)
  }
  for (const { node, text, source } of conditions) {
    const given = attempt(node, surroundings)
    if (given === 'failed') return { kind: 'failed' }
    const at = `${key}: ${text}`
    const met = given === 'unknown' ? yield* pick({ at, key: at, options: [true, false], ...(source && { source }) }) : given.value === true
    if (!met) return { kind: 'unmet' }
  }
  return { kind: 'met', values: new Map(variables.map(({ name, type }) => [name, goValueOf(values.get(name) as Value, type)])) }
}

function attempt(node: Node, surroundings: Surroundings): { readonly value: Value } | 'failed' | 'unknown' {
  try {
    return { value: runExpression(node, surroundings) }
  } catch (thrown) {
    if (thrown instanceof RuntimeFault) return 'failed'
    if (thrown instanceof UnknownInput) return 'unknown'
    throw thrown
  }
}

/** As a template sees it. Where the type does not say, a whole number is an int. */
function goValueOf(value: Value, type: Type | undefined): GoValue {
  if (value === null) return { kind: 'nil' }
  if (typeof value === 'string') return goString(value)
  if (typeof value === 'boolean') return goBool(value)
  if (typeof value === 'number') return Number.isInteger(value) && type?.kind !== 'float' ? goInt(value) : { kind: 'float', value }
  if (isArray(value)) {
    const elem = type?.kind === 'array' ? type.elem : undefined
    return { kind: 'slice', type: type?.kind === 'array' && type.name !== undefined ? type.name : '[]interface {}', items: value.map(v => goValueOf(v, elem)) }
  }
  return { kind: 'map', type: 'map[string]interface {}', empty: undefined, entries: new Map([...value as ReadonlyMap<string, Value>].map(([key, v]) => [key, goValueOf(v, undefined)])) }
}
